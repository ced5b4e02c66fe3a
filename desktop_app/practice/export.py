"""A conversation as a file to keep or hand on: Markdown or plain text, with how each answer was made; read by the guard first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from desktop_app.guard.finding import Finding
from desktop_app.guard.redact import redact
from desktop_app.guard.scan import scan
from desktop_app.jobs import Job, Progress
from desktop_app.practice.conversation import Conversation, Turn
from desktop_app.storage.files import write_atomically

ExportForm = Literal["md", "txt"]
FORMS: dict[ExportForm, str] = {"md": "Markdown", "txt": "Text"}
_ENDINGS = {
    "cancelled": "stopped by the person, not complete",
    "length": "ended at its longest length",
    "died": "cut off, not complete",
}


def exported(conversation: Conversation, form: ExportForm, *, prompt_name: str = "") -> str:
    """The branch that is shown, from its instructions to its last answer, as one text."""
    parts = [*_head(conversation, form, prompt_name)]
    parts += _section("Instructions", form, 2) if conversation.start else []
    parts += [_said(role, text, form) for role, text in conversation.start]
    number = 0
    for turn in conversation.branch:
        number += turn.role == "user"
        parts += _turn(turn, number, form)
    others = len(conversation.turns) - len(conversation.branch)
    if others:
        parts += _section("Not in this file", form, 2)
        parts.append(f"{others} {'message' if others == 1 else 'messages'} of other branches of this conversation.")
    return "\n\n".join(parts) + "\n"


def read(text: str) -> Job[tuple[Finding, ...]]:
    """What the guard finds in what would leave; raises GuardError if it cannot read it."""
    yield Progress(0, None, "Checking what would leave")
    return scan(text)


def hidden(text: str, findings: tuple[Finding, ...]) -> str:
    """The text with placeholders for what was found."""
    return redact(text, findings).text


def write(path: Path, text: str) -> Job[Path]:
    """Write the file and return its path; raises StoreError."""
    yield Progress(0, None, "Saving")
    write_atomically(path, text.encode("utf-8", "replace"))
    return path


def _head(conversation: Conversation, form: ExportForm, prompt_name: str) -> Iterator[str]:
    yield from _section(conversation.title or "Conversation", form, 1)
    when = f"{conversation.created_at.astimezone():%d %B %Y, %H:%M}"
    prompt = f" Prompt: {prompt_name}, version {conversation.prompt_version}." if prompt_name else ""
    yield f"Practised in Greenroom on {when}.{prompt} Written by a small local model: check it before you use it."


def _section(title: str, form: ExportForm, level: int) -> list[str]:
    line = " ".join(title.split())
    return [f"{'#' * level} {line}" if form == "md" else f"{line}\n{'=-'[level > 1] * min(len(line), 80)}"]


def _said(role: str, text: str, form: ExportForm) -> str:
    who = {"system": "Instructions", "user": "Example question", "assistant": "Example answer"}[role]
    return f"{_bold(who, form)}\n\n{_quoted(text, form)}"


def _turn(turn: Turn, number: int, form: ExportForm) -> list[str]:
    text = turn.text if turn.text is not None else "(not kept)"
    if turn.role == "user":
        return [*_section(f"Question {number}", form, 2), _quoted(text, form)]
    made = _made(turn)
    return [
        *_section(f"Answer {number}", form, 2),
        text,
        *_sources(turn, form),
        f"*{made}*" if form == "md" else f"({made})",
    ]


def _made(turn: Turn) -> str:
    """How an answer was made, on one line."""
    facts = turn.facts
    parts = [f"Model {facts.get('model_id', 'unknown')}", f"seed {turn.seed}"]
    names = {
        "temperature": "temperature",
        "top_p": "top p",
        "repeat_penalty": "repeat penalty",
        "max_tokens": "at most tokens",
    }
    parts += [f"{words} {facts[name]}" for name, words in names.items() if name in facts]
    if "completion_tokens" in facts:
        parts.append(f"{facts['prompt_tokens']} tokens read, {facts['completion_tokens']} written")
    left_out = facts.get("left_out")
    if isinstance(left_out, list):
        parts.append(f"the first {len(left_out) // 2} questions no longer fitted")
    if turn.stop_reason in _ENDINGS:
        parts.append(_ENDINGS[turn.stop_reason])
    return " · ".join(parts)


def _sources(turn: Turn, form: ExportForm) -> list[str]:
    from desktop_app.practice.grounding.keeping import from_kept

    answer = from_kept(turn.text or "", turn.kept)
    if answer is None or not answer.passages:
        return []
    lines = [f"{number}. {passage.place}" for number, passage in enumerate(answer.passages, 1)]
    return ["\n".join((_bold("Sources", form), "", *lines))]


def _bold(text: str, form: ExportForm) -> str:
    return f"**{text}**" if form == "md" else f"{text}:"


def _quoted(text: str, form: ExportForm) -> str:
    """A question's own headings and lists stay what they are and never look like the file's."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if form == "md" else text
