"""A JSON Schema as a GBNF grammar: whatever the grammar lets through keeps to the schema.

It may let less through than the schema allows (fields come in the schema's order, numbers without exponents, nothing
unnamed); what it cannot promise is a SchemaError that names the keyword, never a promise broken later.
docs/formats/structured-output.md lists what is kept. GBNF: llama.cpp's grammars/README.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from desktop_app.errors import AppError
from desktop_app.sandbox.grammar.fixed import FORMATS, RULES
from desktop_app.sandbox.grammar.kinds import distinct, is_a
from desktop_app.sandbox.grammar.numbers import between
from desktop_app.sandbox.grammar.patterns import PatternError, from_pattern

SCHEMA_CHARS = 64 * 1024
GRAMMAR_CHARS = 256 * 1024
DEEPEST = 16
MOST_PARTS = 2000  # with what $ref brings in, counted each time
MOST_CHOICES = 500
_MOST_REPEATS = 1000  # llama.cpp refuses more than 2,000
_FREE_DEPTH = 4  # of a value the schema says nothing about
_DECIMALS = 2  # of a number with limits

Schema = Mapping[str, Any]

_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
# Keywords that say what a value must be, and that only a look at the whole value can keep.
_NOT_KEPT = (
    "not", "if", "then", "else", "allOf", "contains", "minContains", "maxContains", "uniqueItems", "prefixItems",
    "additionalItems", "unevaluatedItems", "patternProperties", "propertyNames", "dependentRequired",
    "dependentSchemas", "dependencies", "unevaluatedProperties", "multipleOf", "$dynamicRef", "$recursiveRef",
)  # fmt: skip
# A keyword that gives the type away where "type" does not stand.
_HINTS = {
    "properties": "object", "required": "object", "additionalProperties": "object", "items": "array",
    "minItems": "array", "maxItems": "array", "minLength": "string", "maxLength": "string", "pattern": "string",
    "format": "string", "minimum": "number", "maximum": "number", "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
}  # fmt: skip
_UNIONS = ("anyOf", "oneOf")


class SchemaError(AppError):
    """A JSON Schema that cannot be kept; the text names the place and the keyword."""


def read_schema(text: str) -> Any:
    """The schema in a JSON text; raises SchemaError if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise SchemaError(f"The schema is no JSON: {str(problem)[:120]}.") from None


def grammar_of(schema: Any) -> str:
    """The GBNF of the JSON texts that keep to the schema; raises SchemaError for what cannot be promised."""
    try:
        text = json.dumps(schema, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except (ValueError, TypeError, RecursionError):
        raise SchemaError("The schema is no JSON: it holds something that JSON has no word for.") from None
    if len(text) > SCHEMA_CHARS:
        raise SchemaError(f"The schema has {len(text):,} characters, more than {SCHEMA_CHARS:,}. Ask for less at once.")
    return _Writer(schema).grammar()


class _Writer:
    """Turns one schema into rules; equal rules are written once."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._rules: dict[str, str] = {}
        self._names: dict[str, str] = {}  # body → name
        self._resolved: dict[str, tuple[str, int]] = {}  # $ref → rule, parts
        self._open: list[str] = []  # the $refs we are inside of
        self._parts = 0

    def grammar(self) -> str:
        """All rules, root first."""
        start = self._visit(self._root, (), 0)
        lines = [f"root ::= {start}", *(f"{name} ::= {body}" for name, body in (RULES | self._rules).items())]
        text = "\n".join(lines) + "\n"
        if len(text) > GRAMMAR_CHARS:
            raise SchemaError("The schema is too large to be kept while the model writes. Ask for less at once.")
        return text

    def _rule(self, body: str) -> str:
        """The name of a rule with this body."""
        if body not in self._names:
            self._names[body] = f"r{len(self._names)}"
            self._rules[self._names[body]] = body
        return self._names[body]

    def _visit(self, schema: Any, at: tuple[str, ...], depth: int) -> str:
        """The name of the rule for a schema."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise SchemaError(f"The schema has more than {MOST_PARTS:,} parts. Ask for less at once.")
        if depth > DEEPEST:
            raise _fault(at, f"is nested more than {DEEPEST} deep")
        if schema is True:
            return self._anything(_FREE_DEPTH)
        if not isinstance(schema, Mapping):
            raise _fault(at, "allows nothing" if schema is False else "is no schema: a mapping is wanted")
        for word in _NOT_KEPT:
            if word in schema and not _harmless(word, schema):
                raise _fault(at, f'uses "{word}", which cannot be kept while the model writes. Take it out')
        if "$id" in schema and depth:
            raise _fault(at, 'has an "$id" of its own, which "$ref" would look at. Take it out')
        if "allOf" in schema:  # one part, as some programs write a reference
            return self._visit(schema["allOf"][0], at, depth + 1)
        if "$ref" in schema:
            return self._reference(schema, at, depth)
        if "const" in schema or "enum" in schema:
            return self._choices(schema, at)
        for word in _UNIONS:
            if word in schema:
                return self._union(word, schema, at, depth)
        kinds = _kinds(schema, at)
        if not kinds:
            return self._anything(_FREE_DEPTH)
        return self._either([self._typed(kind, schema, at, depth) for kind in kinds])

    def _typed(self, kind: str, schema: Schema, at: tuple[str, ...], depth: int) -> str:
        if kind == "object":
            return self._object(schema, at, depth)
        if kind == "array":
            return self._array(schema, at, depth)
        if kind == "string":
            return self._string(schema, at)
        if kind in ("number", "integer"):
            return self._number(kind, schema, at)
        return kind

    def _either(self, names: list[str]) -> str:
        names = list(dict.fromkeys(names))
        return names[0] if len(names) == 1 else self._rule(" | ".join(names))

    def _reference(self, schema: Schema, at: tuple[str, ...], depth: int) -> str:
        target = schema["$ref"]
        if not isinstance(target, str) or not (target == "#" or target.startswith("#/")) or "%" in target:
            raise _fault(
                at, f'refers to "{str(target)[:60]}" elsewhere. Only "#/$defs/…" of the same schema is followed'
            )
        if _says_more(schema, "$ref"):
            raise _fault(at, 'says more beside "$ref". Write that part out')
        if target in self._open:
            raise _fault(at, f'refers to "{target[:60]}" from inside it. Write as many levels out as you want')
        if target in self._resolved:
            name, parts = self._resolved[target]
            self._parts += parts
            return name
        before = self._parts
        self._open.append(target)
        name = self._visit(self._find(target, at), (*at, target), depth + 1)
        self._open.pop()
        self._resolved[target] = (name, self._parts - before)
        return name

    def _find(self, target: str, at: tuple[str, ...]) -> Any:
        found = self._root
        for part in target[1:].split("/")[1:]:
            part = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or part not in found:
                raise _fault(at, f'refers to "{target[:60]}", which is not there')
            found = found[part]
        return found

    def _choices(self, schema: Schema, at: tuple[str, ...]) -> str:
        """const and enum, as far as "type" agrees; limits beside them would have to be checked for each."""
        listed = [schema["const"]] if "const" in schema else schema["enum"]
        if "const" in schema and "enum" in schema:
            raise _fault(at, 'has both "const" and "enum". Keep one of them')
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_CHOICES:
            raise _fault(at, f'has an "enum" that is no list of 1 to {MOST_CHOICES} values')
        if words := _says_more(schema, "const", "enum", "type"):
            raise _fault(at, f'has "{words[0]}" beside "enum" or "const". Take one of them out')
        kinds = _kinds(schema, at) if "type" in schema else _TYPES
        fitting = [value for value in listed if any(is_a(kind, value) for kind in kinds)]
        if not fitting:
            raise _fault(at, 'has an "enum" of which no value is of its "type"')
        texts = [json.dumps(value, ensure_ascii=False) for value in fitting]
        return self._rule(" | ".join(map(_literal, dict.fromkeys(texts))))

    def _union(self, word: str, schema: Schema, at: tuple[str, ...], depth: int) -> str:
        branches = schema[word]
        if not isinstance(branches, list) or not branches:
            raise _fault(at, f'has an "{word}" that is no list of schemas')
        if words := _says_more(schema, word):
            raise _fault(at, f'has "{words[0]}" beside "{word}". Move it into each part')
        if word == "oneOf" and not distinct(branches):
            raise _fault(at, 'uses "oneOf" with parts that may be true at once. Write "anyOf"')
        return self._either(
            [self._visit(branch, (*at, f"{word} {n}"), depth + 1) for n, branch in enumerate(branches, 1)]
        )

    def _object(self, schema: Schema, at: tuple[str, ...], depth: int) -> str:
        properties, required = schema.get("properties", {}), schema.get("required", [])
        others = schema.get("additionalProperties", True)
        if not isinstance(properties, Mapping):
            raise _fault(at, 'has "properties" that are no mapping')
        if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
            raise _fault(at, 'has a "required" that is no list of names')
        unnamed = [name for name in dict.fromkeys(required) if name not in properties]
        if unnamed and others is False:
            raise _fault(at, f'requires "{unnamed[0][:60]}", which is none of its "properties"')
        fields = {str(name): value for name, value in properties.items()} | dict.fromkeys(unnamed, others)
        least, most = self._count(schema, "minProperties", at), self._count(schema, "maxProperties", at)
        if not fields and others is not False:
            if least:
                raise _fault(at, 'uses "minProperties", which cannot be kept while the model writes. Name the fields')
            return self._map(self._visit(others, (*at, "additionalProperties"), depth + 1), most)
        if least is not None and least > len(set(required)):
            raise _fault(at, 'has a "minProperties" above the number of "required" fields. Require them by name')
        if most is not None and most < len(fields):
            raise _fault(at, 'has a "maxProperties" below the number of its fields. Take some out')
        return self._fields(fields, set(required), at, depth)

    def _map(self, value: str, most: int | None) -> str:
        pair = self._rule(f'string ":" s {value}')
        if most == 0:
            return self._rule('"{" "}"')
        more = "*" if most is None else f"{{0,{min(most, _MOST_REPEATS) - 1}}}"
        return self._rule(f'"{{" ({pair} ("," s {pair}){more})? "}}"')

    def _fields(self, fields: dict[str, Any], required: set[str], at: tuple[str, ...], depth: int) -> str:
        """The fields in their order, each optional one there or not: two rules for each, before the first and after."""
        first = after = '"}"'
        for name, value in reversed(fields.items()):
            pair = (
                f"{_literal(json.dumps(name, ensure_ascii=False) + ':')} s {self._visit(value, (*at, name), depth + 1)}"
            )
            if name in required:
                first, after = f"{pair} {after}", self._rule(f'"," s {pair} {after}')
            else:
                first, after = self._rule(f"{pair} {after} | {first}"), self._rule(f'"," s {pair} {after} | {after}')
        return self._rule(f'"{{" {first}')

    def _array(self, schema: Schema, at: tuple[str, ...], depth: int) -> str:
        if isinstance(schema.get("items"), list):
            raise _fault(at, 'has a list of "items". Name the parts as fields of an object')
        least, most = self._count(schema, "minItems", at) or 0, self._count(schema, "maxItems", at)
        self._in_order(least, most, "minItems", "maxItems", at)
        if most == 0:
            return self._rule('"[" "]"')
        item = self._visit(schema.get("items", True), (*at, "items"), depth + 1)
        top = None if most is None else min(most, _MOST_REPEATS)
        some = f'{item} ("," s {item}){{{max(0, least - 1)},{"" if top is None else top - 1}}}'
        return self._rule(f'"[" {some} "]"' if least else f'"[" ({some})? "]"')

    def _string(self, schema: Schema, at: tuple[str, ...]) -> str:
        least, most = self._count(schema, "minLength", at) or 0, self._count(schema, "maxLength", at)
        self._in_order(least, most, "minLength", "maxLength", at)
        if "pattern" in schema:
            return self._pattern(schema["pattern"], least, most, at)
        if (kind := schema.get("format")) in FORMATS and not least and most is None:
            return self._rule(f'"\\"" {FORMATS[kind]} "\\""')
        if not least and most is None:
            return "string"
        top = "" if most is None else min(most, _MOST_REPEATS)
        return self._rule(f'"\\"" char{{{least},{top}}} "\\""')

    def _pattern(self, pattern: Any, least: int, most: int | None, at: tuple[str, ...]) -> str:
        if not isinstance(pattern, str):
            raise _fault(at, 'has a "pattern" that is no text')
        try:
            body, shortest, longest = from_pattern(pattern)
        except PatternError as problem:
            raise _fault(at, f'has a "pattern" that {problem}. Write it simpler, or use "enum"') from None
        if shortest < least or (most is not None and longest > most):
            raise _fault(at, 'has a length beside its "pattern". Write the length into the pattern, such as {2,8}')
        return self._rule(f'"\\"" {body} "\\""')

    def _number(self, kind: str, schema: Schema, at: tuple[str, ...]) -> str:
        limits = {word: _limit(schema, word, at) for word in _LIMITS}
        if all(value is None for value in limits.values()):
            return kind
        parts = []
        for decimals in (0,) if kind == "integer" else (0, _decimals(limits)):
            step = Decimal(1).scaleb(-decimals)
            low, high = limits["minimum"], limits["maximum"]
            if (above := limits["exclusiveMinimum"]) is not None:
                above = (above / step).to_integral("ROUND_FLOOR") * step + step
                low = above if low is None else max(low, above)
            if (below := limits["exclusiveMaximum"]) is not None:
                below = (below / step).to_integral("ROUND_CEILING") * step - step
                high = below if high is None else min(high, below)
            parts.append(between(low, high, decimals))
        if not any(parts):
            raise _fault(at, "has limits with no number between them")
        return self._rule(" | ".join(part for part in dict.fromkeys(parts) if part))

    def _anything(self, depth: int) -> str:
        """Any JSON value, to a depth."""
        if depth == 0:
            return self._rule("string | number | boolean | null")
        inner = self._anything(depth - 1)
        items = self._rule(f'"[" ({inner} ("," s {inner})*)? "]"')
        return self._rule(f"{self._map(inner, None)} | {items} | string | number | boolean | null")

    def _count(self, schema: Schema, word: str, at: tuple[str, ...]) -> int | None:
        value = schema.get(word)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise _fault(at, f'has a "{word}" that is no whole number')
        if value > _MOST_REPEATS and word.startswith("min"):
            raise _fault(at, f'has a "{word}" above {_MOST_REPEATS:,}')
        return value

    def _in_order(self, least: int, most: int | None, low: str, high: str, at: tuple[str, ...]) -> None:
        if most is not None and most < least:
            raise _fault(at, f'has a "{high}" below its "{low}"')


_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def _limit(schema: Schema, word: str, at: tuple[str, ...]) -> Decimal | None:
    value = schema.get(word)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e15:
        raise _fault(at, f'has a "{word}" that is no number up to 1,000,000,000,000,000')
    return Decimal(str(value))


def _decimals(limits: dict[str, Decimal | None]) -> int:
    """As many as the limits have, at least two."""
    exponents = [value.normalize().as_tuple().exponent for value in limits.values() if value is not None]
    return min(6, max(_DECIMALS, *(-exponent for exponent in exponents if isinstance(exponent, int))))


def _kinds(schema: Schema, at: tuple[str, ...]) -> list[str]:
    """The types a value may have; none if the schema does not say."""
    named = schema.get("type")
    if named is None:
        return next(([kind] for word, kind in _HINTS.items() if word in schema), [])
    kinds = [named] if isinstance(named, str) else named
    if not isinstance(kinds, list) or not kinds:
        raise _fault(at, 'has a "type" that is no name and no list of names')
    for kind in kinds:
        if kind not in _TYPES:
            raise _fault(at, f'has the unknown "type" {str(kind)[:60]}')
    return kinds


def _harmless(word: str, schema: Schema) -> bool:
    """Whether a keyword that is not kept asks for nothing here."""
    value = schema[word]
    if word == "allOf":
        return isinstance(value, list) and len(value) == 1 and not _says_more(schema)
    return (word == "uniqueItems" and value is False) or (
        word == "multipleOf" and value == 1 and value is not True and schema.get("type") == "integer"
    )


def _says_more(schema: Schema, *besides: str) -> list[str]:
    """The keywords of a schema that ask for something, but for those named."""
    asking = {"type", "const", "enum", "$ref", "minProperties", "maxProperties", *_HINTS, *_UNIONS} - {"format"}
    return [word for word in schema if word in asking and word not in besides]


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\x7f", "\\x7F") + '"'


def _fault(at: tuple[str, ...], what: str) -> SchemaError:
    place = ".".join(part[:60] for part in at[-6:])
    return SchemaError(f"The schema cannot be used: {f'“{place}”' if place else 'it'} {what}.")
