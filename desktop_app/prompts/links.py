"""greenroom:// links: to a prompt, with values to fill in, or to a lesson. The grammar is docs/formats/links.md.

A link comes from anywhere, so reading one is strict and following one only ever shows something.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote_to_bytes

from desktop_app.errors import AppError
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.prompts.render import check_value

SCHEME = "greenroom"
MOST_CHARS = 4000
MOST_VALUES = 20
MOST_VALUE_CHARS = 1000
_LINK = re.compile(r"(prompt|lesson)/([a-z0-9][a-z0-9-]{0,59})(?:@([a-z0-9_.-]{1,36}))?(?:\?([!-~]*))?")
_START = re.compile(r"greenroom://", re.IGNORECASE)  # some programs write the scheme in capitals
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ESCAPES = re.compile(r"(?:[^%]|%[0-9a-fA-F]{2})*")


class LinkError(AppError):
    """A text is no link that this app follows."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads: at is a version or a label, "" for what the library offers; values fill a prompt's inputs."""

    kind: Literal["prompt", "lesson"]
    id: str
    at: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """What PromptLibrary.resolve takes."""
        return f"{self.id}@{self.at}" if self.at else self.id

    def __str__(self) -> str:
        start = f"{SCHEME}://{self.kind}/{self.reference}"
        pairs = [f"{name}={quote(value, safe='')}" for name, value in self.values.items()]
        return start + (f"?{'&'.join(pairs)}" if pairs else "")


def parse_link(text: str) -> Link:
    """The link that text is, to the letter; raises LinkError, which quotes nothing of it but plain ASCII."""
    if len(text) > MOST_CHARS:
        raise LinkError(f"The link has {len(text):,} characters; {MOST_CHARS:,} are the most that Greenroom follows.")
    start = _START.match(text)
    found = _LINK.fullmatch(text, start.end()) if start else None
    if found is None:
        raise LinkError(
            f"{_quoted(text)} is no link that Greenroom follows. "
            "It looks like greenroom://prompt/shorten-notice or greenroom://lesson/what-never-to-paste."
        )
    kind, name, at, query = found.groups()
    if kind == "lesson" and (at or query is not None):
        raise LinkError("A link to a lesson ends with the lesson's id: greenroom://lesson/what-never-to-paste.")
    return Link("prompt" if kind == "prompt" else "lesson", name, at or "", _values(query or ""))


def prompt_link(prompt_id: str, version: int | None = None) -> str:
    """The address of a prompt, or of one version of it; never with values."""
    return str(Link("prompt", prompt_id, "" if version is None else str(version)))


def fitting_values(version: PromptVersion, values: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Those of a link's values that a prompt's form may take, and one sentence for each that it may not."""
    inputs = {item.name: item for item in version.inputs}
    taken, refused = {}, []
    for name, value in values.items():
        item = inputs.get(name)
        if item is None:
            refused.append(f"This prompt has no field {name}.")
        elif item.sensitive:
            refused.append(f"{item.label} is sensitive and is only ever filled by you.")
        elif problem := check_value(item, value) if value.strip() else "":
            refused.append(problem)
        elif value.strip():
            taken[name] = value
    return taken, tuple(refused)


def _values(query: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        name, equals, value = pair.partition("=")
        if not equals or not _NAME.fullmatch(name) or name in values:
            raise LinkError("What follows the ? of a link is name=value, joined by &, each name once.")
        values[name] = _decoded(name, value)
    if len(values) > MOST_VALUES:
        raise LinkError(f"The link fills {len(values)} fields; {MOST_VALUES} are the most.")
    return values


def _decoded(name: str, value: str) -> str:
    try:
        if not _ESCAPES.fullmatch(value):
            raise ValueError
        text = unquote_to_bytes(value).decode("utf-8")
    except ValueError as exc:
        raise LinkError(f"The value of {name} in the link is not written as UTF-8 with %20 for a space.") from exc
    if len(text) > MOST_VALUE_CHARS:
        raise LinkError(f"The value of {name} in the link has {len(text):,} characters; {MOST_VALUE_CHARS:,} fit.")
    if any(_is_unseen(char) for char in text):
        raise LinkError(f"The value of {name} in the link has characters that cannot be seen.")
    return text


def _is_unseen(char: str) -> bool:
    """Controls, and what hides or turns text around; line breaks and tabs are fine."""
    return char not in "\n\t" and unicodedata.category(char) in ("Cc", "Cf", "Cs")


def _quoted(text: str) -> str:
    plain = "".join(char for char in text[:60] if " " <= char <= "~")
    return f"“{plain}{'…' if len(text) > 60 else ''}”" if plain.strip() else "This"
