"""The prompts that a promptfoo configuration states: inline, or in files of its folder. Programs that make prompts are not run.

Which kinds of file there are: https://www.promptfoo.dev/docs/configuration/prompts
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.prompts.interchange.sources import Lines, inside, line_of
from desktop_app.storage.yaml_text import load_yaml, read_utf8

_TEXTS = (".txt", ".md", ".j2", ".json", ".yaml", ".yml", ".csv")
_PROGRAMS = (
    ".js",
    ".cjs",
    ".mjs",
    ".ts",
    ".cts",
    ".mts",
    ".py",
    ".rb",
    ".sh",
    ".bash",
    ".pl",
    ".php",
    ".exe",
    ".bat",
    ".ps1",
)
_ELSEWHERE = re.compile(r"(exec|langfuse|portkey|helicone|https?|huggingface|package):", re.I)
_BETWEEN = re.compile(r"^---[ \t]*$", re.M)
_MOST_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Stated:
    """A prompt as it is stated: its template, the line of the configuration, its label, which part of the file it is, and its own file."""

    text: str
    line: int
    label: str = ""
    part: str = ""
    file: str = ""

    def chat(self) -> list[Any] | None:
        """The turns, if the text is a JSON or YAML list of messages; None for plain text."""
        text = self.text.strip()
        if not text.startswith(("[", "- ")):
            return None
        try:
            value = json.loads(text) if text.startswith("[") else load_yaml(text, Path(self.label or "prompt"))
        except (ValueError, RecursionError, ContentError):
            return None
        is_chat = (
            isinstance(value, list) and value and all(isinstance(turn, Mapping) and "role" in turn for turn in value)
        )
        return value if is_chat else None


def stated_prompts(config: Path, prompts: Any, lines: Lines) -> Iterator[Stated | ContentError]:
    """Every prompt in order; what cannot be read, or is a program, comes as an error with its line."""
    reader = _Reader(config)
    if isinstance(prompts, Mapping):
        for place, label in prompts.items():
            yield from reader.one(place, line_of(lines, "prompts", place), str(label))
        return
    entries = prompts if isinstance(prompts, list) else [prompts]
    for index, entry in enumerate(entries):
        line = line_of(lines, "prompts", index) if isinstance(prompts, list) else line_of(lines, "prompts")
        if isinstance(entry, Mapping):
            text = entry.get("raw", entry.get("id", entry.get("file")))
            if any(key in entry for key in ("function", "transform")):
                yield ContentError("This prompt is made by a program, which is not run here.", config, line)
                continue
            yield from reader.one(text, line, str(entry.get("label") or ""), part=str(index + 1))
        else:
            yield from reader.one(entry, line, "", part=str(index + 1))


@dataclass(slots=True)
class _Reader:
    config: Path
    files: int = 0

    def one(self, place: Any, line: int, label: str, part: str = "") -> Iterator[Stated | ContentError]:
        if not isinstance(place, str) or not place.strip():
            yield ContentError("This prompt has no text.", self.config, line)
            return
        name = place.strip().removeprefix("file://")
        is_file = place.strip().startswith("file://") or self._names_a_file(name)
        if _ELSEWHERE.match(place.strip()) or (is_file and _is_program(name)):
            yield ContentError(f"{name[:60]} is a program or a service, which is not run here.", self.config, line)
        elif not is_file:
            yield Stated(place, line, label, label or part)
        else:
            yield from self._from_files(name, line, label)

    def _names_a_file(self, name: str) -> bool:
        return "\n" not in name and len(name) < 300 and name.lower().endswith((*_TEXTS, *_PROGRAMS)) and " " not in name

    def _from_files(self, name: str, line: int, label: str) -> Iterator[Stated | ContentError]:
        folder = self.config.parent
        if inside(folder, name.split("*")[0].split("?")[0]) is None or ".." in Path(name).parts:
            yield ContentError(
                f"{name[:80]} lies outside the configuration's folder and is not read.", self.config, line
            )
            return
        try:
            paths = sorted(folder.glob(name)) if "*" in name or "?" in name else [folder / name]
        except (ValueError, NotImplementedError, OSError):
            paths = []
        if not paths:
            yield ContentError(f"No file is called {name[:80]}.", self.config, line)
        for path in paths:
            self.files += 1
            if self.files > _MOST_FILES:
                yield ContentError(
                    f"More than {_MOST_FILES:,} files are named. Split the configuration.", self.config, line
                )
                return
            yield from self._from_file(path, line, label)

    def _from_file(self, path: Path, line: int, label: str) -> Iterator[Stated | ContentError]:
        if inside(self.config.parent, str(path.relative_to(self.config.parent))) is None:
            yield ContentError(
                f"{path.name} is a link to a place outside the folder and is not read.", self.config, line
            )
            return
        if not os.path.lexists(path):  # unlike exists(), takes a name that is too long for a file
            yield ContentError(f"No file is called {path.relative_to(self.config.parent)}.", self.config, line)
            return
        try:
            text = read_utf8(path)
            if path.suffix.lower() == ".csv":
                yield from self._rows(path, text, line)
                return
        except ContentError as problem:
            yield problem
            return
        texts = (
            [part for part in _BETWEEN.split(text) if part.strip()]
            if path.suffix.lower() in (".txt", ".j2")
            else [text]
        )
        for number, part in enumerate(texts, 1):
            place = path.relative_to(self.config.parent).as_posix()
            several = f" {number}" if len(texts) > 1 else ""
            yield Stated(part, line, f"{label}{several}" if label else "", f"{place}{several}", place)

    def _rows(self, path: Path, text: str, line: int) -> Iterator[Stated]:
        try:
            rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as exc:
            raise ContentError(f"This is not valid CSV: {exc}. Check the quotes.", path) from exc
        if rows and "prompt" not in rows[0]:
            raise ContentError('The first line must name a column "prompt".', path, 1)
        place = path.relative_to(self.config.parent).as_posix()
        for number, row in enumerate(rows, 1):
            if row.get("prompt"):
                yield Stated(row["prompt"], line, row.get("label") or "", f"{place} {number}", place)


def _is_program(name: str) -> bool:
    return (
        name.lower().split("*")[-1].endswith(_PROGRAMS)
        or re.search(r"\.(py|js|ts|mjs|cjs|rb):\w+$", name, re.I) is not None
    )
