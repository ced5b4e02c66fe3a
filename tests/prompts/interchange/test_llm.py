"""llm's templates: what comes over, what never does, and files that llm's own rules accept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from string import Template

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.prompts.interchange import llm
from desktop_app.prompts.render import render
from tests.helpers.prompt_imports import (
    NAMES,
    PIECES,
    all_read,
    one_read,
    prompt_with,
    said,
    saved,
    template_of,
    texts,
    written,
)

DATA = Path(__file__).parent / "data" / "llm"


def template(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "a-template.yaml"
    file.write_text(text, "utf-8")
    return file


def test_variables_become_inputs_and_two_dollars_one(tmp_path: Path) -> None:
    found = one_read(llm, DATA / "summarize-voice.yaml")
    version = saved(tmp_path, found.id, found.data)
    assert texts(version) == [
        ("system", "Summarize this text in the voice of {{voice}}. The budget is $500."),
        ("user", "Summarize the following text in {{count}}words or fewer.\n\nText to summarize: {{input}}\n"),
    ]
    assert {item.name: (item.default, item.type) for item in version.inputs} == {
        "voice": ("a patient colleague", "text"), "count": ("100", "text"), "input": ("", "long_text"),
    }  # fmt: skip
    assert (version.parameters.temperature, version.parameters.max_tokens) == (0.3, 400)
    assert (version.id, version.name, version.extra["model"]) == ("summarize-voice", "Summarize voice", "gpt-4o-mini")
    assert version.origin is not None and version.origin.source == "llm: llm/summarize-voice.yaml"
    assert '13: left out: The setting "json_object".' in said(found)


def test_code_tools_and_other_files_never_come_over(tmp_path: Path) -> None:
    found = one_read(llm, DATA / "tidy-commit.yaml")
    version = saved(tmp_path, found.id, found.data)
    assert texts(version) == [
        ("system", "You write the message for a change to source code."),
        ("user", "{{input}}"),
    ]
    kept = (tmp_path / found.id / "1.prompt.yml").read_text("utf-8")
    assert "environ" not in kept and "passwd" not in kept and "screenshot" not in kept
    left = {note.what.split(":")[0]: note.line for note in found.notes if note.severity == "left out"}
    assert left == {"fragments": 3, "attachments": 6, "tools": 8, "functions": 10, "extract": 15}
    assert version.extra["jsonSchema"]["schema"]["required"] == ["title"]


def test_a_file_of_text_alone_is_a_prompt_that_what_is_typed_follows(tmp_path: Path) -> None:
    version = saved(tmp_path, "explain", one_read(llm, DATA / "explain.yaml").data)
    assert texts(version) == [("user", "Explain the following to a new colleague:\n{{input}}")]
    assert not version.inputs[0].required


def test_an_empty_default_makes_an_input_optional(tmp_path: Path) -> None:
    found = one_read(llm, template(tmp_path, "prompt: Greet $who$rest\ndefaults: {rest: '', gone: 1}\n"))
    assert [item.get("required", True) for item in found.data["inputs"]] == [True, False]
    assert "2: left out: The default of gone, which is used nowhere." in said(found)


def test_a_dollar_alone_which_llm_refuses_is_a_dollar(tmp_path: Path) -> None:
    found = one_read(llm, template(tmp_path, "prompt: 5$ or $5 for $who\n"))
    assert found.data["messages"][0]["content"] == "5$ or $5 for {{who}}"
    assert any("A $ stands alone" in line for line in said(found))


@pytest.mark.parametrize(
    "text, line, word",
    [
        ("prompt: [a, b]\n", 1, "must be text"),
        ("system: x\ndefaults: 5\n", 2, "mapping"),
        ("model: x\n", 1, "neither"),
        ("- a\n- b\n", 1, "fields such as"),
        ("prompt: &x a\nsystem: *x\n", 1, "aliases"),
        ("prompt: 'open\n", 2, "YAML"),
    ],
)
def test_what_is_no_template_is_named_with_its_line(tmp_path: Path, text: str, line: int, word: str) -> None:
    (problem,) = llm.read(template(tmp_path, text))
    assert isinstance(problem, ContentError) and problem.line == line and word in problem.message


def test_its_files_are_known_by_their_keys(tmp_path: Path) -> None:
    assert llm.is_one(DATA / "tidy-commit.yaml")
    assert not llm.is_one(template(tmp_path, "prompts: [a]\nproviders: [b]\n"))
    assert not llm.is_one(template(tmp_path, "name: x\nmessages:\n- role: user\n  prompt: x\n"))
    assert not llm.is_one(tmp_path)


@given(st.one_of(st.just([]), PIECES), PIECES, st.dictionaries(NAMES, st.text(st.sampled_from("a$ {}\n"), max_size=5)))
def test_what_is_written_is_filled_by_llm_as_it_is_here(
    system: list[str], user: list[str], values: dict[str, str]
) -> None:
    """llm fills templates with string.Template, which raises for a $ that means nothing."""
    messages = [(role, template_of(part)) for role, part in (("system", system), ("user", user))]
    messages = [(role, content) for role, content in messages if content.strip() or role == "user"]
    if not messages[-1][1].strip():
        messages[-1] = ("user", "x")
    with tempfile.TemporaryDirectory() as folder:
        version = prompt_with(Path(folder), messages)
        stated = yaml.safe_load(written(llm, version, Path(folder)).read_text("utf-8"))
    assert set(stated) <= llm.KEYS
    names = {item.name for item in version.inputs} - {"two_braces"}
    given_values = {name: f"v{values.get(name, '')}" for name in names}
    filled = {role: Template(stated["prompt" if role == "user" else "system"]).substitute(
        {**stated.get("defaults", {}), **given_values}) for role, _ in messages}  # fmt: skip
    assert filled == {message.role: message.content for message in render(version, given_values)}


@given(st.one_of(st.just([]), PIECES), PIECES)
def test_what_is_written_reads_as_the_same_prompt(system: list[str], user: list[str]) -> None:
    messages = [(role, template_of(part)) for role, part in (("system", system), ("user", [*user, "."]))]
    messages = [(role, content) for role, content in messages if content.strip()]
    with tempfile.TemporaryDirectory() as folder:
        version = prompt_with(Path(folder), messages)
        found = one_read(llm, written(llm, version, Path(folder)))
    back = [(message["role"], message["content"]) for message in found.data["messages"]]
    if not messages[-1][1].endswith("{{input}}"):
        back[-1] = ("user", back[-1][1].removesuffix("\n{{input}}"))  # what llm adds where nothing is asked for
    assert back == messages


def test_what_has_no_place_is_listed_and_what_has_comes_back(tmp_path: Path) -> None:
    version = prompt_with(
        tmp_path, [("system", "S"), ("user", "{{a}} {{b}}s")],
        inputs=[
            {"name": "a", "label": "A", "type": "choice", "choices": ["x", "y"], "default": "x"},
            {"name": "b", "label": "B", "required": False},
        ],
        modelParameters={"temperature": 0.7, "topP": 0.5, "stop": ["END"], "repeatPenalty": 1.3, "seed": 4},
        jsonSchema='{"name": "x", "schema": {"type": "object"}}', responseFormat="json_schema",
        tests=[{"vars": {"a": "x"}, "assert": []}],
    )  # fmt: skip
    package = llm.write(version)
    stated = yaml.safe_load(package.files["a-prompt.yaml"])
    assert stated == {
        "system": "S", "prompt": "$a ${b}s", "defaults": {"a": "x", "b": ""}, "schema_object": {"type": "object"},
        "options": {"temperature": 0.7, "top_p": 0.5, "seed": 4, "stop": "END"},
    }  # fmt: skip
    told = " ".join(str(note) for note in package.notes)
    assert all(word in told for word in ("repeatPenalty", "roles", "data_class", "owner", "choices", "tests"))
    back = saved(tmp_path / "back", "b", one_read(llm, written(llm, version, tmp_path)).data)
    assert back.parameters == version.parameters.__class__(0.7, 0.5, 1.1, 256, ("END",), 4)
    assert [(item.name, item.default, item.required) for item in back.inputs] == [("a", "x", True), ("b", "", False)]


def test_more_turns_than_llm_knows_become_one_text(tmp_path: Path) -> None:
    version = prompt_with(tmp_path, [("user", "Hi"), ("assistant", "Hello"), ("user", "{{question}}")])
    package = llm.write(version)
    assert yaml.safe_load(package.files["a-prompt.yaml"])["prompt"] == "User: Hi\n\nAssistant: Hello\n\nUser: $question"
    assert any("3 turns" in note.what for note in package.notes)


def test_every_fixture_is_read() -> None:
    for path in DATA.iterdir():
        assert all_read(llm, path)
