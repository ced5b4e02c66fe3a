"""Dotprompt files: Picoschema, roles and helpers are read, and what is written keeps to the format's rules."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings

from desktop_app.errors import ContentError
from desktop_app.prompts.interchange import dotprompt
from desktop_app.prompts.interchange.schemas import PicoschemaError, picoschema
from desktop_app.prompts.prompt import PromptVersion
from tests.helpers.interchange import DATA, contents, landed, read_text, said, the_one, versions
from tests.helpers.prompt_files import version_of
from tests.prompts.interchange.test_handlebars import rendered

# google.github.io/dotprompt/reference/frontmatter
RULES: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"}, "variant": {"type": "string"}, "description": {"type": "string"},
        "model": {"type": "string"}, "tools": {"type": "array"}, "metadata": {"type": "object"},
        "config": {"type": "object"},
        "input": {
            "type": "object", "additionalProperties": False,
            "properties": {"default": {"type": "object"}, "schema": {"type": "object"}},
        },
        "output": {
            "type": "object", "additionalProperties": False,
            "properties": {"format": {"enum": ["json", "text", "media"]}, "schema": {"type": "object"}},
        },
    },
}  # fmt: skip
ROLE = re.compile(r'\{\{role "(\w+)"\}\}\n?')


def messages_of(file: bytes) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Front matter, checked, and the turns as dotprompt makes them."""
    head, _, body = file.decode().removeprefix("---\n").partition("\n---\n")
    data = yaml.safe_load(head)
    jsonschema.validate(data, RULES)
    _, *parts = ROLE.split(body)
    return data, [(role, rendered(text.strip("\n"))) for role, text in zip(parts[::2], parts[1::2], strict=True)]


def test_a_file_with_everything(tmp_path: Path) -> None:
    found = the_one(list(dotprompt.read(DATA / "dotprompt" / "menu.prompt")))
    notes = said(found)
    for note in (
        '6: left out: The setting "topK".',
        '9: left out: The field "tools".',
        '15: left out: The input "vegan" is not used in the text.',
        '16: changed: "allergies" is a list or an object there; here it is asked for as text.',
        "29: left out: The comment {{!-- keep it short --}}.",
        "31: left out: The partial {{>house_style}} is in another file.",
        "32: left out: The place of an earlier conversation, {{history}}.",
        "38: left out: A picture or other medium: only text is sent here.",
    ):
        assert note in notes, notes
    version = landed(found, tmp_path)
    assert version.parameters.stop == ("###",) and version.parameters.max_tokens == 120
    inputs = {item.name: item for item in version.inputs}
    assert inputs["theme"].default == "the sea" and inputs["theme"].help == "what the restaurant is about"
    assert inputs["course"].choices == ("starter", "main", "dessert") and inputs["course"].default == "main"
    assert (inputs["guests"].type, inputs["guests"].required) == ("number", False)
    assert version.extra["jsonSchema"]["properties"]["price"] == {"type": ["number", "null"]}
    assert contents(version)[1][1].endswith("Avoid: {{allergies}}. Write {{two_braces}}title}} as it is.")


def test_a_file_without_front_matter_is_one_message(tmp_path: Path) -> None:
    version = landed(the_one(list(dotprompt.read(DATA / "dotprompt" / "plain.prompt"))), tmp_path)
    assert contents(version) == [("user", "Say hello to {{person_first_name}} in{{language}}!")]


def test_a_partial_is_no_prompt() -> None:
    problem = next(dotprompt.read(DATA / "dotprompt" / "_house_style.prompt"))
    assert isinstance(problem, ContentError) and "partial" in problem.message


@pytest.mark.parametrize(
    ("pico", "schema"),
    [("string", {"type": "string"}), ("number, how many, at most", {"type": "number", "description": "how many, at most"}),
     ({"a?": "any"}, {"type": "object", "properties": {"a": {}}, "additionalProperties": False}),
     ({"a(array, words)": "string"},
      {"type": "object", "additionalProperties": False, "required": ["a"],
       "properties": {"a": {"type": "array", "items": {"type": "string"}, "description": "words"}}}),
     ({"a?(enum)": ["x", "y"], "(*)": "integer"},
      {"type": "object", "properties": {"a": {"enum": ["x", "y", None]}}, "additionalProperties": {"type": "integer"}}),
     ({"a?(object)": {"b": "boolean"}},
      {"type": "object", "additionalProperties": False, "properties": {
          "a": {"type": ["object", "null"], "required": ["b"], "additionalProperties": False,
                "properties": {"b": {"type": "boolean"}}}}}),
     ({"type": "object", "properties": {"a": {}}}, {"type": "object", "properties": {"a": {}}})],
)  # fmt: skip
def test_picoschema_becomes_json_schema(pico: Any, schema: dict[str, Any]) -> None:
    assert picoschema(pico) == schema


@pytest.mark.parametrize("pico", ["MySchema", {"a": 1}, {"a(map)": "string"}, {"a(enum)": "x"}, [1], {"a": None}])
def test_what_is_no_picoschema_is_refused(pico: Any) -> None:
    with pytest.raises(PicoschemaError):
        picoschema(pico)


def test_a_named_schema_is_left_out(tmp_path: Path) -> None:
    found = the_one(read_text(dotprompt, tmp_path / "a.prompt", "---\ninput:\n  schema: MySchema\n---\nSay {{word}}\n"))
    assert said(found)[-1] == '3: left out: The input\'s schema: "MySchema" is the name of a schema in a program.'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [("---\nmodel: {\n---\nx\n", 3, "not valid YAML"), ("---\nmodel: a\n---\n\n", 1, "no text"),
     ("---\na: *b\n---\nx", 2, "Anchors"), ('{{role "model"}}x', 1, "no message of the user"), (b"\xff\xfe", 1, "not UTF-8")],
)  # fmt: skip
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, text: str | bytes, line: int, words: str) -> None:
    problem = read_text(dotprompt, tmp_path / "a.prompt", text)[0]
    assert isinstance(problem, ContentError) and problem.line == line and words in problem.message


def test_inputs_become_picoschema(tmp_path: Path) -> None:
    inputs = [
        {"name": "question", "label": "The question", "help": "One at a time"},
        {
            "name": "tone",
            "label": "Tone (of voice)",
            "type": "choice",
            "choices": ["a", "b"],
            "required": False,
            "default": "b",
        },
    ]
    data, _ = messages_of(dotprompt.write(version_of(tmp_path, inputs=inputs)).files["answer-invoice.prompt"])
    assert data["input"] == {
        "schema": {"question": "string, One at a time", "tone?(enum, Tone [of voice])": ["a", "b"]}, "default": {"tone": "b"},
    }  # fmt: skip
    assert picoschema(data["input"]["schema"])["required"] == ["question"]


@settings(max_examples=60)
@given(versions())
def test_what_is_written_is_read_alike_by_dotprompt_and_by_us(version: PromptVersion) -> None:
    file = dotprompt.write(version).files["a-prompt.prompt"]
    data, turns = messages_of(file)
    expected = [
        (
            "model" if role == "assistant" else role,
            re.sub(r"\{\{(\w+)\}\}", lambda f: "{{" if f[1] == "two_braces" else f"<{f[1]}>", text),
        )
        for role, text in contents(version)
    ]
    assert turns == expected and data["name"] == "a-prompt"
    with tempfile.TemporaryDirectory() as folder:
        back = landed(the_one(read_text(dotprompt, Path(folder) / "a-prompt.prompt", file)), Path(folder) / "library")
    assert contents(back) == contents(version)
    assert back.parameters == version.parameters and back.name == version.name
    assert {item.name: item.default for item in back.inputs} == {item.name: item.default for item in version.inputs}
