"""JSON Schema and Picoschema as fields of our inputs, and back.

Picoschema: https://google.github.io/dotprompt/reference/picoschema
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.imported import one_line
from desktop_app.prompts.prompt import Input

_SCALARS = ("string", "boolean", "null", "number", "integer", "any")
_LONGEST_HELP = 200
_NUMBERS = ("number", "integer", "float", "int", "double")
_LISTS = ("array", "object", "list", "dict")


class PicoschemaError(ValueError):
    """What stands there is no Picoschema."""


def as_mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def input_fields(schema: Mapping[str, Any], notes: Notes, line: int, name: str) -> dict[str, Any]:
    """Fields of an input for a property: its type, choices, default, example, help and whether it is required."""
    made: dict[str, Any] = {}
    kind = schema.get("type", schema.get("kind", "string"))
    if isinstance(kind, list):  # ["string", "null"]
        kind = next((one for one in kind if one != "null"), "string")
    choices = schema.get("enum", schema.get("enumValues"))
    options = [_text(one) for one in choices if one is not None] if isinstance(choices, list) else []
    options = list(dict.fromkeys(option for option in options if option))
    if len(options) > 1:
        made |= {"type": "choice", "choices": options}
    elif kind in _NUMBERS:
        made["type"] = "number"
        made |= {key: schema[key] for key in ("minimum", "maximum") if _is_number(schema.get(key))}
        if made.get("minimum", 0) > made.get("maximum", made.get("minimum", 0)):
            del made["minimum"], made["maximum"]
    elif kind in ("boolean", "bool"):
        made |= {"type": "choice", "choices": ["true", "false"]}
    elif kind in _LISTS:
        made["type"] = "long_text"
        notes.changed(line, f'"{name}" is a list or an object there; here it is asked for as text.')
    if help_text := one_line(schema.get("description") or ""):
        made["help"] = help_text if len(help_text) <= _LONGEST_HELP else f"{help_text[: _LONGEST_HELP - 1]}…"
    if schema.get("required", schema.get("is_required", schema.get("isRequired"))) is False:
        made["required"] = False
    for ours, theirs in (("default", "default"), ("example", "sample"), ("example", "example")):
        value = schema.get(theirs)
        if value is not None and value != "":
            made.setdefault(ours, _text(value))
    if made.get("type") == "choice" and made.get("default", made["choices"][0]) not in made["choices"]:
        notes.left_out(line, f'The default of "{name}" is none of its choices.')
        del made["default"]
    return made


def picoschema(schema: Any) -> dict[str, Any]:
    """A Picoschema as JSON Schema; one that is JSON Schema already comes back as it is. Raises PicoschemaError."""
    if isinstance(schema, Mapping):
        if schema.get("type") in (*_SCALARS, "object", "array"):
            return dict(schema)
        if isinstance(schema.get("properties"), Mapping):
            return {**schema, "type": "object"}
    return _pico(schema)


def _pico(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        kind, description = _described(value)
        if kind not in _SCALARS:
            raise PicoschemaError(f'"{kind[:40]}" is the name of a schema in a program')
        made: dict[str, Any] = {} if kind == "any" else {"type": kind}
        return made | ({"description": description} if description else {})
    if not isinstance(value, Mapping):
        raise PicoschemaError("a schema is a mapping of names to types")
    properties: dict[str, Any] = {}
    required: list[str] = []
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    for key, item in value.items():
        if key == "(*)":
            made["additionalProperties"] = _pico(item)
            continue
        name, _, rest = key.partition("(")
        optional = name.endswith("?")
        name = name.removesuffix("?")
        kind, description = _described(rest.removesuffix(")")) if rest else ("", "")
        part = _property(kind, item, optional=optional)
        if description:
            part["description"] = description
        properties[name] = part
        if not optional:
            required.append(name)
    return made | ({"required": required} if required else {})


def _property(kind: str, item: Any, *, optional: bool) -> dict[str, Any]:
    if kind == "enum":
        if not isinstance(item, list):
            raise PicoschemaError("an enum is a list of values")
        return {"enum": [*item, None] if optional and None not in item else list(item)}
    if kind == "array":
        part: dict[str, Any] = {"type": "array", "items": _pico(item)}
    elif kind in ("", "object"):
        part = _pico(item)
    else:
        raise PicoschemaError(f'"({kind[:40]})" is none of array, object and enum')
    if optional and isinstance(part.get("type"), str):
        part["type"] = [part["type"], "null"]
    return part


def _described(text: str) -> tuple[str, str]:
    kind, _, description = text.partition(",")
    return kind.strip(), description.strip()


def written_picoschema(inputs: Sequence[Input]) -> dict[str, Any]:
    """Our inputs as the fields of a Picoschema; help, or else the label, is the description."""
    made: dict[str, Any] = {}
    for item in inputs:
        name = item.name if item.required else f"{item.name}?"
        about = one_line(item.help or item.label)
        if item.type == "choice":
            made[f"{name}(enum, {about.replace('(', '[').replace(')', ']')})"] = list(item.choices)
        else:
            made[name] = f"{'number' if item.type == 'number' else 'string'}, {about}"
    return made


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
