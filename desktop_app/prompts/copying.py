"""A filled prompt on its way out: as plain text, Markdown or HTML, and read by the guard before it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal

from desktop_app.guard.finding import Finding
from desktop_app.guard.redact import redact
from desktop_app.guard.scan import scan
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.prompt import Message

CopyForm = Literal["text", "markdown", "html"]
COPY_FORMS: dict[CopyForm, str] = {"text": "Plain text", "markdown": "Markdown", "html": "Rich text"}
_TITLES = {"system": "Instructions", "user": "Request", "assistant": "Answer"}
_FENCE = re.compile(r" {0,3}(```|~~~)")
_ITEM = re.compile(r"([-*•]|[0-9]{1,3}[.)]) +(?=\S)")
# What public means to a person who copies: where it may go is the organisation's to say, so nothing is promised.
_INTO = {
    "public": "Only public data belongs in this prompt.",
    "internal": "Internal data may go in here. Public AI services are not the place for it.",
    "confidential": "Confidential data may go in here. Public AI services are not the place for it.",
    "restricted": "Restricted data may go in here. Public AI services are not the place for it.",
}


@dataclass(frozen=True, slots=True)
class Copied:
    """What goes on the clipboard: text always, html for rich text only."""

    text: str = field(repr=False)
    html: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """Messages as the guard read them; findings count characters of all contents one after the other."""

    messages: tuple[Message, ...] = field(repr=False)
    findings: tuple[Finding, ...] = ()


def where_it_may_go(data_class: str) -> str:
    """What may go into a prompt of this data class, and where that is out of place, in one or two sentences."""
    return _INTO[data_class]


def read(messages: Sequence[Message]) -> Job[Reading]:
    """Have the guard read everything that would be copied; raises GuardError if it cannot."""
    yield Progress(0)
    return Reading(tuple(messages), scan(_joined(messages)))


def redacted(reading: Reading) -> tuple[tuple[Message, ...], Mapping[str, str]]:
    """The messages with placeholders for what was found, and what each placeholder stands for (sensitive: memory only).

    Equal values get the same placeholder in every message. Should a finding reach from one message into the next,
    such as a private key cut in two, all come as one message.
    """
    joined = _joined(reading.messages)
    hidden = redact(joined, reading.findings)
    parts = hidden.text.split(_separator(reading.messages))
    if len(parts) != len(reading.messages):
        return (Message("user", hidden.text),), hidden.replacements
    pairs = zip(reading.messages, parts, strict=True)
    return tuple(replace(message, content=part) for message, part in pairs), hidden.replacements


def copied(messages: Sequence[Message], form: CopyForm) -> Copied:
    """The messages in the form that was asked for; several are titled by who speaks."""
    if form == "markdown":
        return Copied(_markdown(messages))
    return Copied(_text(messages), _html(messages) if form == "html" else "")


def _separator(messages: Sequence[Message]) -> str:
    """A line that stands in no message. Its character is one that no detector reads on across."""
    mark = "\x1e"
    while any(mark in message.content for message in messages):
        mark += "\x1e"
    return f"\n{mark}\n"


def _joined(messages: Sequence[Message]) -> str:
    return _separator(messages).join(message.content for message in messages)


def _text(messages: Sequence[Message]) -> str:
    if len(messages) == 1:
        return messages[0].content
    return "\n\n".join(f"{_TITLES[message.role]}:\n{message.content.strip()}" for message in messages)


def _markdown(messages: Sequence[Message]) -> str:
    if len(messages) == 1:
        return _with_breaks(messages[0].content)
    return "\n\n".join(f"## {_TITLES[message.role]}\n\n{_with_breaks(message.content.strip())}" for message in messages)


def _with_breaks(text: str) -> str:
    """text with Markdown's hard breaks, so that lines which follow each other are not run together; not inside code."""
    lines, in_code = text.split("\n"), False
    for at, line in enumerate(lines):
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and line.strip() and at + 1 < len(lines) and lines[at + 1].strip():
            lines[at] = line.rstrip() + "  "
    return "\n".join(lines)


def _html(messages: Sequence[Message]) -> str:
    titled = len(messages) > 1
    parts = []
    for message in messages:
        if titled:
            parts.append(f"<p><b>{_TITLES[message.role]}</b></p>")
        parts += _blocks(message.content.strip("\n"))
    return "".join(parts)


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, and lists where every line of one begins with a mark or a number; what was typed stays as it was."""
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        marks = [_ITEM.match(line) for line in lines]
        if all(marks):
            tag = "ol" if lines[0][0].isdigit() else "ul"
            items = "".join(
                f"<li>{_inline(line[mark.end() :])}</li>" for line, mark in zip(lines, marks, strict=True) if mark
            )
            yield f"<{tag}>{items}</{tag}>"
        elif block.strip():
            yield f"<p>{'<br>'.join(map(_inline, lines))}</p>"


def _inline(line: str) -> str:
    """One line, with its spaces: HTML would run them together."""
    return re.sub(r"  +|^ |\t", lambda found: "&nbsp;" * len(found[0].expandtabs(4)), escape(line, quote=False))
