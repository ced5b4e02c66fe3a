"""GitHub's .prompt.yml: what comes over, what is named, and that what is written keeps to GitHub's own rules."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings

from desktop_app.errors import ContentError
from desktop_app.prompts.interchange import github
from desktop_app.prompts.prompt import PromptVersion
from tests.helpers.interchange import DATA, contents, landed, read_text, said, the_one, versions
from tests.helpers.prompt_files import prompt_text, version_of

# The fields that `gh models` unmarshals (pkg/prompt/prompt.go) and docs.github.com describes; nothing else is GitHub's.
RULES: dict[str, Any] = {
    "type": "object",
    "required": ["messages"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "model": {"type": "string"},
        "modelParameters": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"maxTokens": {"type": "integer"}, "temperature": {"type": "number"}, "topP": {"type": "number"}},
        },
        "responseFormat": {"enum": ["text", "json_object", "json_schema"]},
        "jsonSchema": {"type": "string"},
        "messages": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["role", "content"],
                "additionalProperties": False,
                "properties": {"role": {"enum": ["system", "user", "assistant"]}, "content": {"type": "string"}},
            },
        },
        "testData": {"type": "array", "items": {"type": "object"}},
        "evaluators": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "string": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {key: {"type": "string"} for key in ("equals", "contains", "startsWith", "endsWith")},
                    }
                },
            },
        },
    },
}  # fmt: skip


def written(version: PromptVersion) -> dict[str, Any]:
    """The file as GitHub reads it, after checking it against GitHub's rules."""
    package = github.write(version)
    assert list(package.files) == [f"{version.id}.prompt.yml"]
    data = yaml.safe_load(package.files[f"{version.id}.prompt.yml"])
    jsonschema.validate(data, RULES)
    if data.get("responseFormat") == "json_schema":
        assert {"name", "schema"} <= json.loads(data["jsonSchema"]).keys()
    return data


def test_a_file_with_everything(tmp_path: Path) -> None:
    found = the_one(list(github.read(DATA / "github" / "reply-to-late-delivery.prompt.yml")))
    assert said(found) == [
        '8: left out: The setting "frequencyPenalty".',
        '14: changed: The placeholder "orderNumber" is called "order_number" here.',
        '29: left out: An evaluator: "uses" lets a model judge, which gives another answer each time.',
        '31: left out: An evaluator: "llm" lets a model judge, which gives another answer each time.',
    ]
    version = landed(found, tmp_path)
    assert version.parameters.temperature == 0.4 and version.parameters.max_tokens == 200
    assert [item.name for item in version.inputs] == ["order_number", "customer", "new_date"]
    assert version.inputs[1].example == "Mrs Lindgren"
    assert version.messages[1].content.startswith("Order {{order_number}} of {{customer}} is late.\n")
    assert "{braces} and {{ 1 + 1 }} as they are" in version.messages[1].content
    assert version.extra["testData"][1] == {"order_number": 4712, "customer": "Mr Okafor", "new_date": "tomorrow"}
    assert [check["name"] for check in version.extra["evaluators"]] == ["names the date"]
    assert version.origin is not None and version.origin.source == "github: github/reply-to-late-delivery.prompt.yml"
    again = written(version)
    assert again["testData"] == list(version.extra["testData"]) and again["evaluators"] == version.extra["evaluators"]


def test_a_file_with_little(tmp_path: Path) -> None:
    found = the_one(list(github.read(DATA / "github" / "json-answer.prompt.yaml")))
    assert "5: left out: A part of the kind image_url: only text is sent here." in said(found)
    version = landed(found, tmp_path)
    assert version.name == "json-answer" and version.description == "Which country does … lie in?"
    assert contents(version) == [("system", "Answer in JSON."), ("user", "Which country does {{city}} lie in?")]
    assert json.loads(written(version)["jsonSchema"])["name"] == "place"


def test_a_file_of_ours_comes_over_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "answer-invoice" / "4.prompt.yml"
    found = the_one(read_text(github, path, prompt_text(review_by="2027-05-31")))
    assert found.id == "answer-invoice" and found.notes == ()
    assert found.data["origin"] == {"source": "greenroom: answer-invoice"}
    version = landed(found, tmp_path / "library")
    assert version.owner == "Tests" and version.review_by is not None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [("- a\n", 1, "must be a mapping"), ("name: x\n", 1, '"messages" must be a list'),
     ("name: x\nmessages: hello\n", 2, '"messages" must be a list'), ("messages: [{role: tool, content: x}]\n", 1, "no text"),
     ("messages:\n  - {role: user, content: ''}\n", 1, "There is no text"), ("a: &x 1\nmessages: [*x]\n", 1, "Anchors"),
     ("a: [1, 2\n", 2, "not valid YAML"), ("name: \0\n", 1, "U+0000"), ("messages:\n- role: assistant\n  content: x\n", 1, "no message"),
     ("messages:\n- role: user\n  content: '" + "".join(f"{{{{v{i}}}}}" for i in range(30)) + "'\n", 1, "30 placeholders; 20 fit"),
     ("messages:\n" + "- {role: user, content: a}\n" * 41, 1, "41 messages; 40 fit")],
)  # fmt: skip
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    problem = read_text(github, tmp_path / "a.prompt.yml", text)[0]
    assert isinstance(problem, ContentError) and problem.line == line
    assert words in problem.message


def test_what_the_format_has_no_place_for_is_named(tmp_path: Path) -> None:
    package = github.write(version_of(tmp_path, review_by="2027-05-31", modelParameters={"seed": 4, "stop": ["END"]}))
    assert [str(note) for note in package.notes] == [
        "1: left out: There is no place for stop, seed, roles, task, tags, data_class, owner, changelog, review_by.",
        "1: left out: The input tone loses required, default.",
    ]


def test_values_of_tests_become_rows(tmp_path: Path) -> None:
    tests = [{"vars": {"question": "a?"}, "assert": [{"type": "contains", "value": "a"}]}]
    package = github.write(version_of(tmp_path, tests=tests))
    assert yaml.safe_load(package.files["answer-invoice.prompt.yml"])["testData"] == [{"question": "a?"}]
    assert any("What each test asserts" in note.what for note in package.notes)


@settings(max_examples=60)
@given(versions())
def test_what_is_written_comes_back(version: PromptVersion) -> None:
    data = written(version)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a-prompt.prompt.yml"
        path.write_bytes(github.write(version).files["a-prompt.prompt.yml"])
        back = landed(the_one(list(github.read(path))), Path(folder) / "library")
    assert [message["role"] for message in data["messages"]] == [message.role for message in version.messages]
    assert (back.name, back.description) == (version.name, version.description)
    assert back.parameters.temperature == version.parameters.temperature
    if not any("two_braces" in message.content or "{{x.y" in message.content for message in version.messages):
        assert contents(back) == contents(version)
