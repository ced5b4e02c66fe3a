"""The policy keys as a JSON Schema, as the table of docs/formats/policy.md, and as an example file."""

from __future__ import annotations

import json
from typing import Any

from desktop_app.policy.keys import ABSOLUTE_PATH, KEYS, LONGEST_TEXT, MOST_TEXTS, SHORTEST_TEXT, PolicyKey


def json_schema() -> str:
    """The text of resources/schemas/policy.schema.json."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Greenroom policy",
        "description": "One file in the folder managed/ or recommended/; see docs/formats/policy.md",
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: {"title": key.title, "description": key.help} | _type(key) for key in KEYS.values()},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def table() -> str:
    """The Markdown table of all keys."""
    rows = ["| key | takes | what it does | not set | while a policy is broken |", "|---|---|---|---|---|"]
    for key in KEYS.values():
        strict = "as set" if key.strictest == key.default or not isinstance(key.strictest, bool) else "true"
        if key.type == "days":
            strict = "nothing is deleted"
        rows.append(f"| `{key.name}` | {key.type_words} | {key.help} | {_unset(key)} | {strict} |")
    return "\n".join(rows) + "\n"


def example() -> str:
    """A policy file that sets every key."""
    return json.dumps({key.name: key.example for key in KEYS.values()}, indent=2, ensure_ascii=False) + "\n"


def _unset(key: PolicyKey) -> str:
    words = {"retention_days": "kept until the person deletes them", "price_sheet": "the sheet that ships"}
    return words.get(key.name) or ("false" if key.type == "flag" else "none")


def _type(key: PolicyKey) -> dict[str, Any]:
    if key.type == "days":
        return {"type": ["integer", "null"], "minimum": key.least, "maximum": key.most}
    if key.type == "path":
        return {"type": ["string", "null"], "pattern": ABSOLUTE_PATH}
    if key.type == "texts":
        one = {"type": "string", "minLength": SHORTEST_TEXT, "maxLength": LONGEST_TEXT}
        return {"type": "array", "maxItems": MOST_TEXTS, "items": one}
    return {"type": "boolean"}
