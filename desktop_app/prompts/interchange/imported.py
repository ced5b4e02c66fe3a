"""What every dialect gives back: one prompt with all the fields of docs/formats/prompt.md, and what could not be carried."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Note, Notes
from desktop_app.prompts.interchange.variables import BRACES, BRACES_INPUT, Names, from_template, label_of
from desktop_app.prompts.loading import PLACEHOLDER
from desktop_app.storage.yaml_text import UNPRINTABLE

LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_SOURCE = 80, 300, 300
MOST_MESSAGES, MOST_INPUTS, MOST_CHARACTERS = 40, 20, 300_000
NOBODY = "Not yet assigned"
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")  # Windows makes no folder of such a name
_ENOUGH_FOR_A_TEXT = 200  # a stated value longer than this suggests a long text


@dataclass(frozen=True, slots=True)
class Imported:
    """One prompt read from another tool's file.

    data holds the fields of docs/formats/prompt.md, complete and valid; id is a suggestion for its PromptId; notes say
    what could not be carried, with lines of the source; line is where the prompt starts there.
    """

    id: str
    data: Mapping[str, Any]
    notes: tuple[Note, ...]
    path: Path
    line: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What a dialect has read of one prompt, before what it lacks is filled in.

    source is origin.source (see source_of); messages are (role, our template); inputs maps our names to fields of an input
    that the dialect states, such as default or example; fields are further fields of the file, such as modelParameters.
    """

    source: str
    name: str
    messages: Sequence[tuple[str, str]]
    description: str = ""
    id: str = ""
    line: int = 1
    inputs: Mapping[str, Mapping[str, Any]] | None = None
    fields: Mapping[str, Any] | None = None
    licence: str = ""
    url: str = ""


def make(path: Path, found: Found, notes: Notes, names: Names | None = None) -> Imported:
    """The prompt with everything filled in; raises ContentError if nothing usable is left or it is too large."""
    line = found.line
    messages = _messages(path, found, notes)
    name = _cut(one_line(found.name), LONGEST_NAME, "name", notes, line) or label_of(path.stem) or "Imported"
    description = one_line(found.description)
    if not description:
        first = "".join(piece if isinstance(piece, str) else "…" for piece in from_template(messages[-1]["content"]))
        description = one_line(first)[: LONGEST_DESCRIPTION - 1] or name
        notes.changed(line, "There was no description; the prompt's first words stand in its place.")
    origin = {"source": found.source[:LONGEST_SOURCE]}
    origin |= {key: one_line(text)[:300] for key, text in (("licence", found.licence), ("url", found.url)) if text}
    data: dict[str, Any] = {
        "name": name,
        "description": _cut(description, LONGEST_DESCRIPTION, "description", notes, line),
        "messages": messages,
        "inputs": _inputs(path, found, messages, notes, names),
        "roles": ["everyone"],
        "task": "imported",
        "data_class": "internal",
        "owner": NOBODY,
        "changelog": f"Imported from {found.source[:LONGEST_SOURCE]}.",
        "origin": origin,
        **(found.fields or {}),
    }
    if not data["inputs"]:
        del data["inputs"]
    return Imported(found.id or slug(name), data, notes.sorted(), path, line)


def source_of(dialect: str, path: Path, part: str = "", *, folders: int = 1) -> str:
    """origin.source: dialect, the file's name with so many folders before it, and which prompt of the file it is."""
    place = "/".join(path.parts[-1 - folders :]).lstrip("/")
    text = one_line(f"{dialect}: {place}{f' # {part}' if part else ''}")
    return text if len(text) <= LONGEST_SOURCE else text[: LONGEST_SOURCE - 1] + "…"


def slug(name: str) -> str:
    """A PromptId for a name: a-z, 0-9 and -, starting with a letter, 2 to 60 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not made or not made[0].isalpha():
        made = f"prompt-{made}".rstrip("-")
    made = made[:60].rstrip("-")
    return made if len(made) > 1 and not _DEVICE.fullmatch(made) else f"{made}-prompt"


def tags_of(words: Iterable[object], notes: Notes, line: int = 1) -> list[str]:
    """Tags as ours are, each once; what leaves none is noted."""
    made: dict[str, None] = {}
    for word in words:
        plain = unicodedata.normalize("NFKD", str(word)).encode("ascii", "ignore").decode().lower()
        tag = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30].rstrip("-")
        if tag:
            made[tag] = None
        else:
            notes.left_out(line, f"The tag {str(word)[:40]!r} has no letters a-z.")
    return list(made)


def one_line(text: object) -> str:
    """Text on one line, without characters that cannot be shown."""
    return " ".join(UNPRINTABLE.sub("", str(text)).split())


def first_sentence(text: str) -> str:
    """The first sentence of a message: what is wrong, without the way out."""
    return f"{text.split('. ')[0].rstrip('.')}."


def _messages(path: Path, found: Found, notes: Notes) -> list[dict[str, str]]:
    made: list[dict[str, str]] = []
    for role, content in found.messages:
        text = content.replace("\r\n", "\n").replace("\r", "\n")
        if UNPRINTABLE.search(text):
            text = UNPRINTABLE.sub("", text)
            notes.changed(found.line, "Characters that cannot be shown were removed.")
        if text.strip():
            made.append({"role": role, "content": text})
        else:
            notes.left_out(found.line, f"A message of the role {role} is empty.")
    if not made:
        raise ContentError("There is no text for a model in this prompt.", path, found.line)
    if sum(len(message["content"]) for message in made) > MOST_CHARACTERS:
        raise ContentError(f"The prompt is longer than {MOST_CHARACTERS:,} characters. Shorten it.", path, found.line)
    if made[-1]["role"] == "system" and len(made) == 1:
        made[0]["role"] = "user"
        notes.changed(found.line, "It has only instructions for the system; they are sent as the user's message.")
    while made[-1]["role"] != "user":
        gone = made.pop()
        notes.left_out(
            found.line, f"The last message must be the user's; one of the role {gone['role']} after it is gone."
        )
        if not made:
            raise ContentError("The prompt has no message of the user, which the model would answer.", path, found.line)
    if len(made) > MOST_MESSAGES:
        raise ContentError(f"The prompt has {len(made)} messages; {MOST_MESSAGES} fit. Split it.", path, found.line)
    return made


def _inputs(
    path: Path, found: Found, messages: Sequence[Mapping[str, str]], notes: Notes, names: Names | None
) -> list[dict[str, Any]]:
    used = dict.fromkeys(name for message in messages for name in PLACEHOLDER.findall(message["content"]))
    stated = found.inputs or {}
    for name in stated:
        if name not in used:
            notes.left_out(found.line, f"The input {name} is not used in any message.")
    if len(used) > MOST_INPUTS:
        raise ContentError(f"The prompt has {len(used)} placeholders; {MOST_INPUTS} fit. Split it.", path, found.line)
    called = {ours: theirs for theirs, ours in names.known().items()} if names else {}
    defaults = names.defaults if names else {}
    return [_input(name, stated.get(name, {}), called.get(name, name), defaults.get(name, "")) for name in used]


def _input(name: str, stated: Mapping[str, Any], called: str, default: str) -> dict[str, Any]:
    if name == BRACES:
        return dict(BRACES_INPUT)
    made: dict[str, Any] = {"name": name, "label": label_of(called)}
    if default:
        made["default"] = UNPRINTABLE.sub("", default)
    made |= {key: UNPRINTABLE.sub("", value) if isinstance(value, str) else value for key, value in stated.items()}
    if "choices" in made:
        made["choices"] = list(dict.fromkeys(filter(None, (UNPRINTABLE.sub("", each) for each in made["choices"]))))
        if len(made["choices"]) < 2:
            del made["choices"]
            made.pop("type", None)
    made["label"] = one_line(made["label"])[:80] or label_of(name)
    longest = max(len(str(made.get(key, ""))) for key in ("default", "example"))
    if made.get("type", "text") == "text" and longest > _ENOUGH_FOR_A_TEXT:
        made["type"] = "long_text"
    if longest > made.get("max_length", 4000):
        made["max_length"] = min(longest, 100_000)
    return made


def _cut(text: str, most: int, what: str, notes: Notes, line: int) -> str:
    if len(text) <= most:
        return text
    notes.changed(line, f"The {what} has {len(text)} characters; {most} fit, so its end is gone.")
    return text[: most - 1].rstrip() + "…"
