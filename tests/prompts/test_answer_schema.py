"""The form a prompt file asks its answers to keep to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_app.prompts.answer_schema import ANY_OBJECT, answer_schema
from desktop_app.prompts.library import PromptLibrary, lint
from desktop_app.prompts.prompt import PromptId, PromptVersion
from desktop_app.prompts.run import from_prompt
from desktop_app.sandbox.grammar.schema import SchemaError

FACTS = {"type": "object", "properties": {"room": {"type": "string"}}, "required": ["room"]}


@pytest.fixture(scope="module")
def version() -> PromptVersion:
    return PromptLibrary([Path(__file__).parents[2] / "prompt_library"]).get(PromptId("shorten-notice")).offered


def wanting(version: PromptVersion, **extra: Any) -> PromptVersion:
    return replace(version, extra=extra)


@pytest.mark.parametrize("given", [
    FACTS, json.dumps(FACTS), {"name": "facts", "strict": True, "schema": FACTS}, json.dumps({"name": "facts", "schema": FACTS}),
])  # fmt: skip
def test_a_schema_is_text_or_a_mapping_and_may_be_wrapped(version: PromptVersion, given: Any) -> None:
    assert json.loads(answer_schema(wanting(version, responseFormat="json_schema", jsonSchema=given))) == FACTS


def test_other_formats(version: PromptVersion) -> None:
    assert answer_schema(version) == answer_schema(wanting(version, responseFormat="text", jsonSchema=FACTS)) == ""
    assert answer_schema(wanting(version, responseFormat="json_object")) == ANY_OBJECT


@pytest.mark.parametrize(("given", "said"), [
    (None, "It is not there"), ("{", "no JSON"), ({"properties": {"a": {"not": {}}}}, '“a” uses "not"'),
])  # fmt: skip
def test_a_schema_that_cannot_be_kept_stops_the_run_with_the_prompts_name(
    version: PromptVersion, given: Any, said: str
) -> None:
    asking = wanting(version, responseFormat="json_schema", jsonSchema=given)
    with pytest.raises(SchemaError, match="The prompt shorten-notice cannot be run as it is: its jsonSchema") as caught:
        from_prompt(asking, {"notice": "x"})
    assert said in str(caught.value)


def test_a_run_carries_the_schema(version: PromptVersion) -> None:
    asking = wanting(version, responseFormat="json_schema", jsonSchema=FACTS)
    assert json.loads(from_prompt(asking, {"notice": "x"}).schema) == FACTS
    assert from_prompt(version, {"notice": "x"}).schema == ""


def test_lint_names_what_cannot_be_kept_and_where(version: PromptVersion, tmp_path: Path) -> None:
    text = version.path.read_text("utf-8").replace(
        "messages:", "responseFormat: json_schema\njsonSchema: '{\"not\": {}}'\nmessages:", 1
    )
    folder = tmp_path / "library" / "facts"
    folder.mkdir(parents=True)
    (folder / "1.prompt.yml").write_text(text, "utf-8")
    [fault] = lint(tmp_path / "library")
    assert 'uses "not"' in fault.message and text.splitlines()[(fault.line or 0) - 1].startswith("responseFormat")
