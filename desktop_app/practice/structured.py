"""What came of an answer that was held to a JSON Schema: its value, or how much of it is there; and how to show it.

Without Qt: form_of gives labels, groups, lists and tables, which ui/widgets/result_form.py draws and the command prints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from desktop_app.prompts.run import RunRequest
from desktop_app.sandbox.grammar.kinds import is_a
from desktop_app.sandbox.grammar.schema import grammar_of, read_schema

MISSING = object()  # in place of a value that the answer has not reached
_DEEPEST = 40
_CELL_CHARS = 4000


@dataclass(frozen=True, slots=True)
class Structured:
    """An answer read as JSON. value is MISSING if nothing of it can be used; problem is "" if all of it is there.

    An answer that was cut off keeps what was whole: there of wanted fields of the schema's first level.
    """

    value: Any
    problem: str
    there: int = 0
    wanted: int = 0

    @property
    def whole(self) -> bool:
        """Whether the answer is complete and keeps to its schema."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Field:
    """One part of a form. A "group" has fields, a "table" columns and rows of cells, a "list" and a "value" texts.

    missing is True for what the answer does not have; texts holds one text for a "value".
    """

    kind: Literal["value", "list", "table", "group"]
    label: str
    texts: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    missing: bool = False


def checked_schema(text: str) -> str:
    """The JSON text of a schema that answers can be held to; raises SchemaError naming what cannot be kept."""
    schema = read_schema(text)
    grammar_of(schema)
    return json.dumps(schema, ensure_ascii=False)


def held_to(request: RunRequest, schema: str) -> RunRequest:
    """The request, its answer held to a schema. A free text is not punished for repeating itself: JSON repeats its marks."""
    parameters = request.parameters if request.prompt else replace(request.parameters, repeat_penalty=1.0)
    return replace(request, schema=schema, parameters=parameters)


def plain(value: Any) -> Any:
    """A result's value for JSON output: null where there is none."""
    return None if value is MISSING else value


def read_result(text: str, schema: str, stop_reason: str) -> Structured:
    """The answer's value, held against its schema once more; stop_reason is the answer's."""
    from desktop_app.prompts.evaluate.json_form import misfit, parse_json

    wanted = read_schema(schema)
    try:
        value = parse_json(text)
    except ValueError:
        return _unfinished(text, wanted, stop_reason)
    if problem := misfit(value, wanted):
        return Structured(value, f"The answer does not keep to its form: {problem}.", *_count(value, wanted))
    return Structured(value, "", *_count(value, wanted))


def _unfinished(text: str, schema: Any, stop_reason: str) -> Structured:
    begun = _Beginning(text)
    value, there, wanted = begun.value, begun.fields, _count(begun.value, schema)[1]
    if wanted:
        fields = f"{there} of the {wanted} fields" if there else f"none of the {wanted} fields"
        much = f"{fields} {'is' if there == 1 else 'are'} there"
    elif isinstance(value, list):
        much = f"{len(value)} {'entry is' if len(value) == 1 else 'entries are'} there"
    else:
        much = "it is not complete"
    ending = {
        "length": f"The answer ran out of tokens: {much}. Raise Longest answer and run it again.",
        "cancelled": f"The answer was stopped: {much}.",
        "died": f"The model stopped: {much}. Run it again.",
    }
    return Structured(
        value, ending.get(stop_reason, f"The answer is no whole JSON: {much}. Run it again."), there, wanted
    )


def _count(value: Any, schema: Any) -> tuple[int, int]:
    properties = _resolved(schema, schema, value).get("properties")
    if not isinstance(properties, Mapping):
        return 0, 0
    return (sum(name in value for name in properties) if isinstance(value, Mapping) else 0), len(properties)


class _Beginning:
    """What is whole of a JSON text that breaks off: fields and entries that are complete, and what those hold that are not."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.fields = 0  # of the outermost object, complete
        self.value = self._part(self._skip(0), 0)[0]

    def _part(self, at: int, depth: int) -> tuple[Any, int]:
        """The value that begins here and where it ends, or what there is of it and -1."""
        if at >= len(self._text) or depth > _DEEPEST:
            return MISSING, -1
        if self._text[at] == "{":
            return self._object(at + 1, depth)
        if self._text[at] == "[":
            return self._array(at + 1, depth)
        try:
            value, end = json.JSONDecoder().raw_decode(self._text, at)
        except (ValueError, RecursionError):
            return MISSING, -1
        if end == len(self._text) and isinstance(value, int | float):  # more digits might have followed
            return MISSING, -1
        return value, end

    def _object(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        made: dict[str, Any] = {}
        while (at := self._skip(at)) < len(self._text) and self._text[at] != "}":
            name, at = self._part(at, depth + 1)
            if not isinstance(name, str) or at < 0 or not self._text.startswith(":", at := self._skip(at)):
                return made, -1
            value, at = self._part(self._skip(at + 1), depth + 1)
            if at >= 0 or _holds_something(value):
                made[name] = value
            if at < 0:
                return made, -1
            self.fields += depth == 0
            at = self._past_comma(at)
        return made, at + 1 if at < len(self._text) else -1

    def _array(self, at: int, depth: int) -> tuple[list[Any], int]:
        made: list[Any] = []
        while (at := self._skip(at)) < len(self._text) and self._text[at] != "]":
            value, at = self._part(at, depth + 1)
            if at >= 0 or _holds_something(value):
                made.append(value)
            if at < 0:
                return made, -1
            at = self._past_comma(at)
        return made, at + 1 if at < len(self._text) else -1

    def _past_comma(self, at: int) -> int:
        at = self._skip(at)
        return at + self._text.startswith(",", at)

    def _skip(self, at: int) -> int:
        while at < len(self._text) and self._text[at] in " \t\r\n":
            at += 1
        return at


def _holds_something(value: Any) -> bool:
    return value is not MISSING and value != {} and value != []


# How it is shown.


def form_of(value: Any, schema: Any, label: str = "") -> Field:
    """The value as a form, in the schema's order; fields the schema names and the value lacks are there as missing."""
    return _field(value, schema, schema, label, 0)


def _field(value: Any, schema: Any, root: Any, label: str, depth: int) -> Field:
    schema = _resolved(schema, root, value)
    label = label or _title(schema, "")
    if value is MISSING:
        return Field("value", label, missing=True)
    if isinstance(value, Mapping) and depth < _DEEPEST:
        properties = schema.get("properties")
        named = properties if isinstance(properties, Mapping) else {}
        names = [*named, *(name for name in value if name not in named)]
        fields = (
            _field(value.get(name, MISSING), named.get(name, {}), root, _title(named.get(name, {}), name), depth + 1)
            for name in names
        )
        return Field("group", label, fields=tuple(fields))
    if isinstance(value, list) and value and all(isinstance(entry, Mapping) for entry in value):
        return _table(value, schema, root, label)
    if isinstance(value, list):
        return Field("list", label, texts=tuple(map(shown, value)))
    return Field("value", label, texts=(shown(value),))


def _table(entries: list[Any], schema: Mapping[str, Any], root: Any, label: str) -> Field:
    properties = _resolved(schema.get("items", {}), root, entries[0]).get("properties")
    named = properties if isinstance(properties, Mapping) else {}
    there = dict.fromkeys(name for entry in entries for name in entry)
    names = [*(name for name in named if name in there), *(name for name in there if name not in named)]
    rows = tuple(tuple(shown(entry[name]) if name in entry else "" for name in names) for entry in entries)
    columns = tuple(_title(named.get(name, {}), name) for name in names)
    return Field("table", label, columns=columns, rows=rows)


def shown(value: Any) -> str:
    """One value as a person reads it; what has parts of its own as JSON."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(not isinstance(entry, list | Mapping) for entry in value):
        return ", ".join(map(shown, value))
    return json.dumps(value, ensure_ascii=False)[:_CELL_CHARS]


def _title(schema: Any, name: str) -> str:
    """The schema's title, else the name in words: dueDate and due_date are "Due date"."""
    title = schema.get("title") if isinstance(schema, Mapping) else None
    if isinstance(title, str) and title.strip():
        return title.strip()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", name).replace("_", " ").replace("-", " ").split()
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in words]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _resolved(schema: Any, root: Any, value: Any) -> Mapping[str, Any]:
    """The mapping that speaks about this value: references followed, and of several parts the one of its type."""
    for _ in range(_DEEPEST):
        if not isinstance(schema, Mapping):
            return {}
        if isinstance(schema.get("$ref"), str):
            schema = _at(root, schema["$ref"]) | ({"title": schema["title"]} if "title" in schema else {})
            continue
        branches = next(
            (schema[word] for word in ("anyOf", "oneOf", "allOf") if isinstance(schema.get(word), list)), None
        )
        if branches is None:
            return schema
        fits: Callable[[Any], bool] = lambda branch: _speaks_of(_resolved(branch, root, value), value)  # noqa: E731
        title = {"title": schema["title"]} if "title" in schema else {}
        schema = dict(next(filter(fits, branches), {})) | title
    return {}


def _speaks_of(schema: Mapping[str, Any], value: Any) -> bool:
    kinds = schema.get("type")
    if isinstance(value, Mapping) and isinstance(schema.get("properties"), Mapping):
        return set(schema.get("required", ())) <= set(value) <= set(schema["properties"])
    return any(isinstance(kind, str) and is_a(kind, value) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _at(root: Any, reference: str) -> dict[str, Any]:
    for part in reference.removeprefix("#").split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        root = root.get(part) if isinstance(root, Mapping) else None
    return dict(root) if isinstance(root, Mapping) else {}


# How it is copied.


def as_json(value: Any) -> str:
    """The value as indented JSON; "" if there is none."""
    return "" if value is MISSING else json.dumps(value, ensure_ascii=False, indent=2)


def as_table(form: Field) -> str:
    """Lines with tabs, for a spreadsheet: the table's own columns, or one line for each field of a form."""
    if form.kind == "table":
        return _lines([form.columns, *form.rows])
    return _lines(list(_flat(form, "")))


def _flat(form: Field, before: str) -> list[tuple[str, ...]]:
    name = f"{before}{form.label}"
    if form.kind == "group":
        return [line for field in form.fields for line in _flat(field, f"{name} – " if name else "")]
    if form.kind == "table":
        return [(name, *form.columns), *(("", *row) for row in form.rows)]
    return [(name, *form.texts)]


def _lines(rows: list[tuple[str, ...]]) -> str:
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows)
