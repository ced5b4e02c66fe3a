"""Checking the library's YAML files against their published schemas, with a sentence and a place for what is wrong."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.errors import ContentError
from desktop_app.prompts.conforms import compiled

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_MOST_FAULTS = 1000  # of which the first in the file is told
_SHOWN = 60
_LISTED = 10
_SCHEMAS = Path(__file__).resolve().parents[2] / "resources" / "schemas"


def against_schema(
    name: str,
    data: Any,
    lines: Mapping[tuple[str | int, ...], tuple[int, int]],
    path: Path,
    *,
    later: Collection[str] = (),
) -> Any:
    """data with its dates as text, if it keeps to the schema with this name; raises ContentError for the first fault.

    The fields in later are left as they are, to be checked when they are used.
    """
    data = _dates_as_text(data)
    now = {key: value for key, value in data.items() if key not in later} if isinstance(data, dict) else data
    if _quick(name)(now):
        return data
    some = islice(validator(name).iter_errors(now), _MOST_FAULTS)
    for error in sorted(some, key=lambda error: lines.get(tuple(error.absolute_path), (0, 0))):
        message, key = _in_words(error)
        while key and key not in lines:
            key = key[:-1]
        raise ContentError(message, path, *lines.get(key, (1, 1)))
    return data


@functools.cache
def _quick(name: str) -> Callable[[Any], bool]:
    return compiled(_read(name))


@functools.cache
def validator(name: str) -> Validator:
    """The checker of resources/schemas/<name>.schema.json."""
    from jsonschema import Draft202012Validator  # 100 ms to import, so not before the first file is read
    from jsonschema.validators import extend

    return extend(Draft202012Validator, {"uniqueItems": _unique})(_read(name))


def _unique(_: Any, wanted: bool, items: Any, __: Any) -> Iterator[ValidationError]:
    """As jsonschema's own, which compares each with each: a file's worth of mappings would take it hours."""
    from jsonschema import ValidationError

    if wanted and isinstance(items, list) and len({json.dumps(item, sort_keys=True) for item in items}) < len(items):
        yield ValidationError("has the same entry twice")


def _read(name: str) -> dict[str, Any]:
    return json.loads((_SCHEMAS / f"{name}.schema.json").read_text("utf-8"))


def shown(value: Any) -> str:
    """A value as a message quotes it, cut after 60 characters."""
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{value[:_SHOWN]!r}…"
    text = repr(value)
    return text if len(text) <= _SHOWN + 2 else f"{text[:_SHOWN]}…"


def some_of(words: Collection[object]) -> str:
    """The first ten, and how many more there are; "none" for none."""
    more = f" and {len(words) - _LISTED:,} more" if len(words) > _LISTED else ""
    return (", ".join(str(word) for word in islice(words, _LISTED)) or "none") + more


def near(word: str, known: list[str]) -> str:
    """ " (did you mean …?)" for the known word that is most like word, or ""."""
    close = get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _dates_as_text(value: Any) -> Any:
    """YAML knows dates, the schema (JSON) does not."""
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _in_words(error: ValidationError) -> tuple[str, tuple[str | int, ...]]:
    """The schema's complaint as a sentence, and the key it is about."""
    key = tuple(error.absolute_path)
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in key) or "The file"
    match error.validator:
        case "required":
            missing = next(field for field in error.validator_value if field not in error.instance)
            where = "" if not key else f" in {name}"
            return f'"{missing}" is missing{where}. Add it.', key
        case "additionalProperties":
            known = list(error.schema["properties"])
            extra = next(field for field in error.instance if field not in known)
            return f'"{str(extra)[:_SHOWN]}" is not a field here{near(str(extra), known)}.', (*key, extra)
        case "enum":
            return f"{name}: {shown(error.instance)} is not one of {', '.join(map(str, error.validator_value))}.", key
        case "type":
            if not key:
                return "The file must be a mapping of fields such as name: and messages:.", key
            wanted = (
                error.validator_value if isinstance(error.validator_value, str) else " or ".join(error.validator_value)
            )
            return f"{name} must be {_KINDS.get(wanted, wanted)}, not {_kind(error.instance)}.", key
        case "minLength" | "minItems":
            return f"{name} is empty or too short (at least {error.validator_value}).", key
        case "maxLength" | "maxItems":
            return f"{name} is too long (at most {error.validator_value}).", key
        case "pattern":
            return (
                f"{name}: {shown(error.instance)} has characters that are not allowed (pattern {error.validator_value}).",
                key,
            )
        case "uniqueItems":
            return f"{name} has the same entry twice. Remove one.", key
    return f"{name}: {error.message[:200]}.", key


_KINDS = {"string": "text", "array": "a list", "object": "a mapping", "integer": "a whole number", "number": "a number"}


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    names = {bool: "true or false", str: "text", list: "a list", dict: "a mapping", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)
