"""The schemas of redact blocks, documents and the company register say the same as their parsers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.guard.kinds import KINDS
from desktop_app.lessons.company import parse_company
from desktop_app.lessons.documents import KINDS_WITHOUT_PATTERN, parse_document
from desktop_app.lessons.exercise_blocks import read_redact
from desktop_app.lessons.problem import Problems

ROOT = Path(__file__).parents[2]
FULL: dict[str, dict[str, Any]] = {
    "redact": {"id": "r", "title": "T", "task": "T", "document": "a-letter", "x-own": 1},
    "document": {
        "id": "d", "title": "T", "kind": "letter", "language": "en", "ask": "What is it about?", "either": ["this"],
        "planted": [{"text": "x", "kind": "person", "why": "w"}], "x-own": 1,
    },
    "company": {
        "id": "c", "name": "C", "about": "A", "public": ["P"], "places": [{"name": "N", "what": "W"}],
        "products": [{"id": "1", "name": "N", "what": "W", "price_eur": 3}],
        "organisations": [{"name": "N", "what": "W", "domain": "n.example"}],
        "people": [{"name": "N", "role": "R", "of": "O", "email": "n@n.example", "phone": "1"}],
        "values": [{"kind": "iban", "value": "V", "what": "W", "source": "S"}],
        "ranges": [{"kind": "phone", "starts": "+4", "digits": 3, "source": "S"}, {"kind": "ip", "network": "192.0.2.0/24", "source": "S"}],
        "x-own": 1,
    },
}  # fmt: skip


def redact_faults(text: str) -> list[str]:
    problems = Problems(Path("x.md"))
    redact = read_redact(text, 1, problems)
    assert (redact is None) == bool(problems.found)
    return [problem.message for problem in problems.found]


def document_faults(text: str) -> list[str]:
    """Faults of the front matter; what has to stand in the text, and the file's name, no schema can know."""
    problems = parse_document(f"---\n{text}---\n\nx, this, C\n", Path("d.md"))[1]
    return [
        one.message for one in problems if "stand in the doc" not in one.message and "the file is" not in one.message
    ]


def company_faults(text: str) -> list[str]:
    return [problem.message for problem in parse_company(text, Path("company.yml"))[1]]


PARSERS: dict[str, Callable[[str], list[str]]] = {
    "redact": redact_faults, "document": document_faults, "company": company_faults,
}  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "resources" / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    return found


def schema_faults(name: str, value: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schema(name)).iter_errors(value)]


@pytest.mark.parametrize("name", FULL)
def test_schemas_are_valid_and_complete(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    assert set(schema(name)["properties"]) <= set(FULL[name])
    assert schema_faults(name, FULL[name]) == []
    assert PARSERS[name](yaml.safe_dump(FULL[name])) == []


def test_every_kind_may_be_planted() -> None:
    kinds = schema("document")["properties"]["planted"]["items"]["properties"]["kind"]["enum"]
    assert set(kinds) == {*KINDS, *KINDS_WITHOUT_PATTERN}


def test_the_shipped_register_keeps_to_the_schema() -> None:
    text = (ROOT / "content" / "documents" / "company.yml").read_text("utf-8")
    assert schema_faults("company", yaml.safe_load(text)) == []


WRONG = st.sampled_from(
    [None, "", " ", "x", "UPPER", "a b", 0, 1, 1.5, True, [], ["x"], ["x", "x"], [1], {}, {"k": "v"}, "x" * 600, [{}],
     [{"text": "x", "kind": "person"}], [{"text": "x", "kind": "nothing", "why": "w"}], [{"text": "x", "kind": "iban", "why": "w"}],
     [{"text": " ", "kind": "iban", "why": "w"}], [{"text": "x", "kind": "iban", "why": "w", "also": 1}], [{"name": "N", "what": "W"}],
     [{"name": "N", "role": "R", "age": 3}], [{"kind": "ip", "source": "S"}], [{"kind": "ip", "ends": "a", "starts": "b", "source": "S"}],
     [{"kind": "ip", "starts": "1", "digits": 13, "source": "S"}], [{"id": "1", "name": "N", "what": "W", "price_eur": 0}]]
)  # fmt: skip


class Plain(yaml.SafeDumper):
    """Writes equal values out each time instead of as aliases, which content may not have."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted(FULL)), st.data())
def test_schema_and_parser_agree(name: str, data: st.DataObject) -> None:
    value = dict(FULL[name])
    for key in data.draw(st.sets(st.sampled_from([*value, "unknown", "x-y"]), min_size=1, max_size=2)):
        if data.draw(st.booleans()):
            value.pop(key, None)
        else:
            value[key] = data.draw(WRONG)
    assert bool(PARSERS[name](yaml.dump(value, Dumper=Plain))) == bool(schema_faults(name, value)), value
