"""The published schemas and the parsers agree on every file, right or wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.lessons.exercise_blocks import read_claims, read_decision
from desktop_app.lessons.front_matter import read_front_matter
from desktop_app.lessons.paths import parse_path
from desktop_app.lessons.practice_block import read_practice
from desktop_app.lessons.problem import Problems

ROOT = Path(__file__).parents[2]
FULL: dict[str, dict[str, Any]] = {
    "lesson": {
        "id": "a-b", "title": "T", "version": "1.2", "language": "pt-BR", "roles": ["everyone"], "level": "advanced",
        "duration": "PT1H5M", "summary": "S", "objectives": ["O"], "prerequisites": ["x"], "topics": ["t"],
        "pass_mark": 0.5, "attempts": 2, "authors": ["A"], "license": "CC0-1.0", "review_by": date(2030, 1, 1),
        "sources": [{"title": "T", "url": "https://example.org", "checked": date(2026, 1, 1)}], "x-own": 1,
    },
    "practice": {
        "id": "p", "title": "P", "task": "T", "prompt": "a@3", "values": {"k": "v", "n": 3}, "look_for": "L",
        "expect": [{"contains": "a", "says": "s"}, {"max_words": 3, "says": "s"}], "judge": "J", "max_tokens": 9, "seed": 1,
        "seeds": [1, 2], "prompt_checks": ["task", "length"],
        "rubric": [{"ask": "A?", "why": "W"}, {"ask": "B?", "contains": "a"}, {"ask": "C?", "why": "W", "max_words": 3}],
        "samples": [{"passes": True, "values": {"k": "good"}}, {"passes": False, "values": {"k": "careless", "n": 4}}],
    },
    "claims": {
        "id": "c", "title": "C", "task": "T", "source": "A is 1. B is 2.", "output": "A is 1. B is 3.",
        "claims": [{"text": "A is 1.", "supported": True, "passage": "A is 1.", "why": "W"},
                   {"text": "B is 3.", "supported": False, "why": "W"}],
        "prompt": "a@3", "values": {"k": "v"}, "rules": [{"contains": "B", "supported": False, "passage": "B is 2.", "why": "W"}],
        "max_tokens": 9, "seed": 1,
    },
    "decision-block": {
        "id": "d", "title": "D", "task": "T", "defend": "Say why.", "points": ["One.", "Two."], "example": "So.",
        "options": [{"text": "A", "right": True, "feedback": "F"}, {"text": "B", "right": False, "feedback": "F", "x-own": 1}],
    },
    "path": {"id": "p", "title": "P", "description": "D", "roles": ["sales"], "lessons": ["a", "b"], "within_days": 14, "after": ["q"]},
}  # fmt: skip


def lesson_faults(text: str) -> list[str]:
    problems = Problems(Path("x.md"))
    read_front_matter(text, problems)
    return [problem.message for problem in problems.found]


def practice_faults(text: str) -> list[str]:
    problems = Problems(Path("x.md"))
    practice = read_practice(text, 1, problems)
    assert (practice is None) == bool(problems.found)
    return [problem.message for problem in problems.found]


def claims_faults(text: str) -> list[str]:
    """Without what no schema can say: that claims stand in the output and passages in the source."""
    problems = Problems(Path("x.md"))
    claims = read_claims(text, 1, problems)
    assert (claims is None) == bool(problems.found)
    return [problem.message for problem in problems.found if "does not stand in the" not in problem.message]


def decision_faults(text: str) -> list[str]:
    problems = Problems(Path("x.md"))
    decision = read_decision(text, 1, problems)
    assert (decision is None) == bool(problems.found)
    return [problem.message for problem in problems.found]


def path_faults(text: str) -> list[str]:
    return [problem.message for problem in parse_path(text, Path("p.yml"))[1] if "Give both" not in problem.message]


PARSERS: dict[str, Callable[[str], list[str]]] = {
    "lesson": lesson_faults, "practice": practice_faults, "claims": claims_faults,
    "decision-block": decision_faults, "path": path_faults,
}  # fmt: skip


def schema_faults(name: str, value: Any) -> list[str]:
    schema = json.loads((ROOT / "resources" / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["date"]))
    return [error.message for error in validator.iter_errors(json.loads(json.dumps(value, default=str)))]


@pytest.mark.parametrize("name", FULL)
def test_schemas_are_valid_and_complete(name: str) -> None:
    schema = json.loads((ROOT / "resources" / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    missing = set(schema["properties"]) - set(FULL[name]) - {"start", "document"}
    assert missing == set()
    assert schema_faults(name, FULL[name]) == []
    assert PARSERS[name](yaml.safe_dump(FULL[name])) == []


WRONG = st.sampled_from(
    [None, "", " ", "x", "UPPER", "a b", 0, 1, -1, 1.5, 101, True, [], ["x"], ["x", "x"], [1], {}, {"k": "v"}, {"k": 1.5}, "2030-02-30x",
     [{}], [{"title": "t"}], [{"title": "t", "url": "http://x"}], [{"says": "s"}], [{"regex": "a", "says": "s"}], "PT0M", "PT9M", "1.0",
     [{"min_words": 0, "says": "s"}], [{"contains": "a", "min_words": 1, "says": "s"}], "a@b", "x" * 600, "en", "beginner", date(2030, 1, 1), ["task"], ["task", "task"], [1, 1], [1, 2, 3, 4, 5, 6], [2**31], [{"ask": "Q"}],
     [{"ask": "Q", "says": "s", "contains": "x"}], [{"ask": "Q", "contains": "x", "regex": "x"}], [{"text": "A is 1.", "supported": True, "why": "w"}],
     [{"text": "A is 1.", "supported": "yes", "why": "w"}], [{"regex": "a", "supported": True, "why": "w"}], [{"supported": True, "why": "w"}],
     [{"text": "A", "right": True, "feedback": "f"}], [{"text": "A", "right": True, "feedback": "f"}, {"text": "B", "right": True, "feedback": "f"}],
     [{"text": "A", "right": True, "feedback": "f"}, {"text": "B", "right": "no", "feedback": "f"}], ["a", "b"], ["a", "b", "c", "d", "e", "f"],
     [{"text": f"A{n}", "right": n > 0, "feedback": "f"} for n in range(2)], [{"text": str(n), "right": n > 0, "feedback": "f"} for n in range(6)]]
)  # fmt: skip


class Plain(yaml.SafeDumper):
    """Writes equal values out each time instead of as aliases, which lessons may not have."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(sorted(FULL)), st.data())
def test_schema_and_parser_agree(name: str, data: st.DataObject) -> None:
    value = dict(FULL[name])
    keys = st.sampled_from([*value, "unknown", "start", "document", "x-y"])
    for key in data.draw(st.sets(keys, min_size=1, max_size=2)):
        if data.draw(st.booleans()):
            value.pop(key, None)
        else:
            value[key] = data.draw(WRONG)
    if any(isinstance(found, date) for key, found in value.items() if key not in ("review_by", "sources")):
        return  # JSON has no dates: the schema sees a text where YAML has a day
    if isinstance(value.get("review_by"), str):
        return  # the same the other way round
    assert bool(PARSERS[name](yaml.dump(value, Dumper=Plain))) == bool(schema_faults(name, value)), value
