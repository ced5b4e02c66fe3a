"""What the dialects' files share: front matter, settings of a model, and files that a file names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Notes
from desktop_app.storage.yaml_text import KeyPath, Place, load_yaml_with_lines, read_utf8

Lines = Mapping[KeyPath, Place]
# Comments and blank lines may stand before the first ---; the closing line is --- too.
_FRONT = re.compile(r"\A((?:[ \t]*(?:#[^\n]*)?\n)*)---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def front_matter(path: Path) -> tuple[Mapping[str, Any], Lines, str, int]:
    """The front matter with its lines, the text after it, and the line on which that starts; {} if there is none.

    Raises ContentError for a file that cannot be read and front matter that is no mapping.
    """
    text = read_utf8(path)
    found = _FRONT.match(text)
    if not found:
        return {}, {(): (1, 1)}, text, 1
    first = found[0].count("\n", 0, found.start(2)) + 1
    data, lines = load_yaml_with_lines(found[2], path, first)
    if data is None:
        data = {}
    if not isinstance(data, Mapping):
        raise ContentError("The part between the --- lines must be fields such as name: Summary.", path, first)
    return data, lines, text[found.end() :], found[0].count("\n") + 1


def line_of(lines: Lines, *key: str | int) -> int:
    """The line of a key, or of the nearest thing around it that has one."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, (1, 1))[0]


def inside(folder: Path, name: str) -> Path | None:
    """The file that a file in folder names, None if it lies outside the folder, by its name or through a link."""
    try:
        target = (folder / name).resolve()
        return target if target.is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError, ValueError):  # a cycle of links; a NUL in the name
        return None


def settings(stated: Any, ours: Mapping[str, str], notes: Notes, line: Callable[[str], int]) -> dict[str, Any]:
    """modelParameters from another tool's settings; ours maps its names to ours, line gives a name's line.

    What is not a value of the right kind, out of range or not known is noted.
    """
    made: dict[str, Any] = {}
    for key, value in (stated if isinstance(stated, Mapping) else {}).items():
        name = ours.get(key)
        if name is None:
            notes.left_out(line(key), f'The setting "{key}".')
            continue
        taken = _setting(name, value)
        if taken is None:
            notes.left_out(line(key), f'The setting "{key}": {str(value)[:40]!r} is out of range here.')
            continue
        if taken != value:
            notes.changed(line(key), f'The setting "{key}" is {taken} here.')
        made[name] = taken
    return made


_RANGES = {"temperature": (0, 2), "topP": (0.001, 1), "repeatPenalty": (0.5, 2)}


def _setting(name: str, value: Any) -> Any:
    """The value as ours may be, None if it cannot."""
    if name == "stop":
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            return None
        return words[:8] or None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    if name in ("maxTokens", "seed"):
        if int(value) != value or value < (1 if name == "maxTokens" else 0):
            return None
        return min(int(value), 4096) if name == "maxTokens" else int(value) if value <= 4294967294 else None
    low, high = _RANGES[name]
    return value if low <= value <= high else None
