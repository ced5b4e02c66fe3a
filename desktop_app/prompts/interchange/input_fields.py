"""The inputs of a prompt in another file's fields: read with whatever is wrong left out, and written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.imported import MOST_INPUTS
from desktop_app.prompts.interchange.variables import BRACES, BRACES_INPUT
from desktop_app.prompts.prompt import Input, InputType, PromptVersion

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST_HELP, _LONGEST_VALUE = 200, 100_000


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_value(value: object) -> bool:
    return isinstance(value, str) or _is_number(value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "label": lambda value: isinstance(value, str) and 0 < len(value.strip()) <= 80,
    "type": lambda value: value in get_args(InputType),
    "required": lambda value: isinstance(value, bool),
    "default": _is_value,
    "example": _is_value,
    "choices": lambda value: (
        isinstance(value, list) and len(value) >= 2 and all(isinstance(item, str) and item for item in value)
    ),
    "help": lambda value: isinstance(value, str) and len(value) <= _LONGEST_HELP,
    "max_length": lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LONGEST_VALUE,
    "sensitive": lambda value: isinstance(value, bool),
    "minimum": _is_number,
    "maximum": _is_number,
}


def input_fields(stated: Any, notes: Notes, line: int) -> dict[str, dict[str, Any]]:
    """Name → fields of each input in a list as docs/formats/prompt.md has it; what does not fit is left out and noted."""
    made: dict[str, dict[str, Any]] = {}
    for item in stated if isinstance(stated, list) else ():
        name = item.get("name") if isinstance(item, Mapping) else item
        if not isinstance(name, str) or not _NAME.fullmatch(name) or len(made) > MOST_INPUTS:
            notes.left_out(line, f"The input {str(name)[:40]!r}: a name is made of a-z, 0-9 and _.")
            continue
        fields = {key: value for key, value in item.items() if key != "name"} if isinstance(item, Mapping) else {}
        wrong = [key for key, value in fields.items() if key not in _FITS or not _FITS[key](value)]
        made[name] = {key: value for key, value in fields.items() if key not in wrong}
        wrong += _contradictions(made[name])
        if wrong:
            notes.left_out(line, f"The input {name}: {', '.join(map(str, wrong))[:200]} cannot be as stated.")
    return made


def _contradictions(fields: dict[str, Any]) -> list[str]:
    """Take out fields that do not go together; return their names."""
    wrong: list[str] = []
    if (fields.get("type") == "choice") != ("choices" in fields):
        wrong += [key for key in ("type", "choices") if key in fields]
    if fields.get("type") != "number" or fields.get("minimum", -math.inf) > fields.get("maximum", math.inf):
        wrong += [key for key in ("minimum", "maximum") if key in fields]
    if (
        "choices" in fields
        and "choices" not in wrong
        and str(fields.get("default", "")) not in ("", *fields["choices"])
    ):
        wrong.append("default")
    for key in wrong:
        del fields[key]
    return wrong


def written_inputs(version: PromptVersion, *, with_braces: bool) -> list[dict[str, Any]]:
    """The inputs as docs/formats/prompt.md has them, with what differs from the usual; the two braces only if asked for."""
    made = [_written(item) for item in version.inputs if item.name != BRACES]
    return [*made, dict(BRACES_INPUT)] if with_braces else made


def _written(item: Input) -> dict[str, Any]:
    usual = Input(item.name, item.label)
    names = (
        "type",
        "required",
        "default",
        "choices",
        "example",
        "help",
        "max_length",
        "sensitive",
        "minimum",
        "maximum",
    )
    stated = {name: getattr(item, name) for name in names if getattr(item, name) != getattr(usual, name)}
    if "choices" in stated:
        stated["choices"] = list(item.choices)
    return {"name": item.name, "label": item.label, **stated}
