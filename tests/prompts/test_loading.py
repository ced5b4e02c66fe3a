"""One prompt file: what comes back, and one sentence with file, line and column for everything wrong."""

from __future__ import annotations

import hashlib
import json
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from desktop_app.errors import ContentError
from desktop_app.policy.vocabulary import DATA_CLASSES, ROLES
from desktop_app.prompts.loading import PLACEHOLDER, read_labels, read_version
from desktop_app.prompts.prompt import Input, ModelParameters, PromptId
from desktop_app.prompts.render import check_value
from desktop_app.storage.locations import Locations
from desktop_app.storage.yaml_text import load_yaml
from tests.helpers.prompt_files import GOOD, prompt_text, write_prompt

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((Locations.find().resources / "schemas" / "prompt.schema.json").read_text("utf-8"))


def read(path: Path) -> Any:
    return read_version(path, PromptId("answer-invoice"), 1)


def refused(tmp_path: Path, text: str | bytes) -> ContentError:
    """What is said about a file; it always names the file and a place in it."""
    path = tmp_path / "1.prompt.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ContentError) as caught:
        read(path)
    error = caught.value
    assert error.path == path and error.line is not None and error.column is not None
    assert str(error) == f"{path}:{error.line}:{error.column}: {error.message}"
    return error


def examples(page: str, language: str) -> list[str]:
    """The code blocks of a page of docs/formats/."""
    text = (ROOT / "docs" / "formats" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


# -- what comes back -----------------------------------------------------------------------------------------------------


def test_the_documented_example_is_read_as_documented(tmp_path: Path) -> None:
    [text] = examples("prompt.md", "yaml")
    path = tmp_path / "1.prompt.yml"
    path.write_text(text, encoding="utf-8")
    version = read(path)
    assert (version.id, version.version, version.path) == ("answer-invoice", 1, path)
    assert version.name == "Answer a question about an invoice"
    assert version.parameters == ModelParameters(temperature=0.1, max_tokens=80, stop=("\n\n",))
    assert [message.role for message in version.messages] == ["system", "user"]
    assert version.messages[1].content.startswith('Invoice: """{{invoice}}"""\nQuestion:')
    assert version.inputs == (
        Input("invoice", "The invoice", "long_text", example="3 rope samples, 24.00 EUR, due 12 March", sensitive=True),
        Input("question", "The customer's question", max_length=400, help="One question at a time."),
        Input("tone", "Tone", "choice", choices=("friendly", "formal"), default="friendly"),
        Input("today", "Today's date", "date", required=False, example="2026-11-22"),
    )
    assert version.review_by == date(2027, 5, 31)
    assert version.content_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert version.extra["tests"][0]["vars"]["today"] == "2026-11-22"
    assert all(check_value(item, item.example) == "" for item in version.inputs if item.example)


def test_the_schema_agrees_with_the_documented_example_and_page() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    [text] = examples("prompt.md", "yaml")
    data = json.loads(json.dumps(load_yaml(text, Path("prompt.md")), default=str))
    assert list(Draft202012Validator(SCHEMA).iter_errors(data)) == []
    page = (ROOT / "docs" / "formats" / "prompt.md").read_text("utf-8")
    inputs = SCHEMA["properties"]["inputs"]["items"]["properties"]
    parameters = SCHEMA["properties"]["modelParameters"]["properties"]
    for name in [*SCHEMA["properties"], *inputs, *parameters, *inputs["type"]["enum"], *ROLES, *DATA_CLASSES]:
        assert f"`{name}`" in page, f"docs/formats/prompt.md does not tell what {name} means"
    needed = page[page.index("`name`, `description`, `messages`") :].split(" are needed")[0]
    assert set(re.findall("`([a-z_]+)`", needed)) == set(SCHEMA["required"])


def test_the_schemas_words_are_the_programs() -> None:
    assert SCHEMA["properties"]["data_class"]["enum"] == list(DATA_CLASSES)
    pattern = SCHEMA["properties"]["inputs"]["items"]["properties"]["name"]["pattern"]
    for name in ("a", "a1_b", "A", "1a", "", "a" * 41, "ä"):
        assert bool(re.search(pattern, name)) == bool(PLACEHOLDER.fullmatch(f"{{{{{name}}}}}"))


def test_what_is_left_out_has_its_usual_value(tmp_path: Path) -> None:
    fields = {"inputs": None, "tags": None, "messages": [{"role": "user", "content": "Hello"}]}
    version = read(write_prompt(tmp_path, **fields))
    assert (version.inputs, version.tags, version.review_by, version.extra) == ((), (), None, {})
    assert version.parameters == ModelParameters(0.2, 0.95, 1.1, 256, (), None)


def test_fields_for_other_tools_are_kept_as_read(tmp_path: Path) -> None:
    extra = {"model": "x/y", "responseFormat": "json_schema", "jsonSchema": {"a": [1]}, "evaluators": [{"name": "e"}]}
    assert read(write_prompt(tmp_path, **extra)).extra == extra


@pytest.mark.parametrize("text", ["{{question}}", "{{ question }}", "{{    question    }}"])
def test_spaces_around_a_name_are_allowed(tmp_path: Path, text: str) -> None:
    messages = [{"role": "user", "content": text}]
    assert read(write_prompt(tmp_path, messages=messages, inputs=GOOD["inputs"][:1])).inputs[0].name == "question"


@pytest.mark.parametrize(
    "text", ["{{ Name }}", "{{}}", "{question}", "{{ a b }}", "${{ secrets.X }}", "{% if %}", "{{9}}"]
)
def test_other_braces_are_plain_text(tmp_path: Path, text: str) -> None:
    messages = [{"role": "user", "content": text}]
    assert read(write_prompt(tmp_path, messages=messages, inputs=None)).messages[0].content == text


# -- what is wrong -------------------------------------------------------------------------------------------------------


def test_malformed_yaml(tmp_path: Path) -> None:
    error = refused(tmp_path, "name: a\nmessages: [\n")
    assert "not valid YAML" in error.message and error.line >= 2


def test_not_utf_8(tmp_path: Path) -> None:
    error = refused(tmp_path, prompt_text(owner="X").encode() + "note: Grüße\n".encode("latin-1"))
    assert "not UTF-8" in error.message and (error.line, error.column) == (len(prompt_text().splitlines()) + 1, 9)


@pytest.mark.parametrize("text", ["", "# nothing\n", "just text", "- a list", "7"])
def test_no_mapping(tmp_path: Path, text: str) -> None:
    assert "must be a mapping" in refused(tmp_path, text).message


@pytest.mark.parametrize(
    ("fields", "line_of", "words"),
    [
        ({"nmae": "x"}, "nmae:", '"nmae" is not a field here (did you mean name?).'),
        ({"zzz": 1}, "zzz:", '"zzz" is not a field here.'),
        ({"name": 7}, "name: 7", "name must be text, not a number."),
        ({"name": ""}, "name:", "name is empty or too short"),
        ({"name": "x" * 81}, "name:", "name is too long (at most 80)."),
        ({"messages": "hello"}, "messages:", "messages must be a list, not text."),
        ({"messages": []}, "messages:", "messages is empty"),
        ({"messages": [{"role": "user"}]}, "- role", '"content" is missing in messages.1. Add it.'),
        ({"messages": [{"role": "robot", "content": "x"}]}, "- role", "messages.1.role: 'robot' is not one of system, user, assistant."),
        ({"messages": [{"role": "user", "content": 3}]}, "content: 3", "messages.1.content must be text"),
        ({"roles": ["salez"]}, "- salez", "The role 'salez' is not known (did you mean sales?)."),
        ({"roles": ["finance", "finance"]}, "roles:", "roles has the same entry twice."),
        ({"roles": []}, "roles:", "roles is empty"),
        ({"tags": ["Not OK"]}, "- Not OK", "has characters that are not allowed"),
        ({"data_class": "secret"}, "data_class:", "'secret' is not one of public, internal, confidential, restricted."),
        ({"review_by": "soon"}, "review_by:", "'soon' is not a date. Write it as 2027-05-31."),
        ({"review_by": "2027-W01-1"}, "review_by:", "is not a date"),
        ({"review_by": 2027}, "review_by:", "review_by must be text"),
        ({"modelParameters": {"temperature": 3}}, "temperature:", "greater than the maximum of 2"),
        ({"modelParameters": {"maxTokens": True}}, "maxTokens:", "must be a whole number, not true or false"),
        ({"modelParameters": {"temprature": 1}}, "temprature:", "(did you mean temperature?)"),
        ({"inputs": [*GOOD["inputs"], {"name": "extra", "label": "E"}]}, "- name: extra", "The input extra is not used in any message. Use {{extra}} or remove it."),
        ({"inputs": [*GOOD["inputs"], dict(GOOD["inputs"][1])]}, None, "The input tone is declared twice."),
        ({"inputs": GOOD["inputs"][:1]}, None, "{{tone}} is not declared. Add it under inputs"),
        ({"inputs": [GOOD["inputs"][0], {"name": "tome", "label": "T"}]}, None, "(did you mean tome?)"),
        ({"inputs": [GOOD["inputs"][0], {"name": "Tone", "label": "T"}]}, "- name: Tone", "not allowed"),
        ({"inputs": [GOOD["inputs"][0], {"name": "tone", "label": "T", "type": "choice"}]}, "- name: tone", '"choices" belongs to type choice'),
        ({"inputs": [GOOD["inputs"][0], {"name": "tone", "label": "T", "choices": ["a", "b"]}]}, "- name: tone", '"choices" belongs to type choice'),
        ({"inputs": [GOOD["inputs"][0], {"name": "tone", "label": "T", "type": "choice", "choices": ["a", "b"], "default": "c"}]}, "default: c", "the default 'c' is not one of its choices"),
        ({"inputs": [GOOD["inputs"][0], {"name": "tone", "label": "T", "type": "colour"}]}, "type: colour", "is not one of text, long_text"),
        ({"messages": [{"role": "user", "content": "{{question}} {{tone}}"}, {"role": "assistant", "content": "y"}]}, "- role: assistant", "The last message must have the role user"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_sentence_and_its_line(
    tmp_path: Path, fields: dict[str, Any], line_of: str | None, words: str
) -> None:
    text = prompt_text(**fields)
    error = refused(tmp_path, text)
    assert words in error.message
    if line_of is not None:
        found = text.splitlines()[error.line - 1].strip()
        assert found.startswith(line_of), f"line {error.line} is {found!r}"


@pytest.mark.parametrize("field", SCHEMA["required"])
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    assert refused(tmp_path, prompt_text(**{field: None})).message == f'"{field}" is missing. Add it.'


def test_the_first_mistake_in_the_file_is_told_first(tmp_path: Path) -> None:
    assert "name must be text" in refused(tmp_path, prompt_text(name=1, description=2, owner=3)).message


PART = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300) | st.floats(-1, 3) | st.text(max_size=6) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SCHEMA["properties"], "role", "content", "label"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(SCHEMA["properties"])), PART, max_size=4))
def test_any_fields_are_a_version_or_a_mistake_with_a_place(tmp_path: Path, fields: dict[str, Any]) -> None:
    path = tmp_path / "1.prompt.yml"
    path.write_text(prompt_text(**fields), encoding="utf-8")
    try:
        read(path)
    except ContentError as error:
        assert error.line is not None and error.line >= 1 and error.message


# -- labels --------------------------------------------------------------------------------------------------------------


def labels(tmp_path: Path, text: str, versions: set[int]) -> dict[str, int]:
    path = tmp_path / "labels.yml"
    path.write_text(text, encoding="utf-8")
    return read_labels(path, versions)


def test_the_documented_labels_are_read(tmp_path: Path) -> None:
    [text] = examples("labels.md", "yaml")
    assert labels(tmp_path, text, {1, 2, 3}) == {"approved": 2, "pilot": 3}
    assert read_labels(tmp_path / "none.yml", {1}) == {}
    assert labels(tmp_path, "# none yet\n", {1}) == {}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("approved: 1\npilot: 9", 2, "The label pilot names version 9, but there is only: 1, 2."),
        ("approved: true", 1, "names version True"),
        ("approved: '1'", 1, "names version '1'"),
        ("approved:", 1, "names version None"),
        ("approved: 1\nlatest: 2", 2, '"latest" is reserved'),
        ("Approved: 1", 1, "may hold only a-z"),
        ("'': 1", 1, "may hold only a-z"),
        (f"{'x' * 37}: 1", 1, "36 characters"),
        ("2: 1", 1, "would be read as a version number"),
        ("- approved", 1, "maps labels to version numbers"),
        ("approved: 1\napproved: 2", 2, "a second time"),
        ("approved: [1", 1, "not valid YAML"),
    ],
)
def test_a_wrong_label_has_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ContentError) as caught:
        labels(tmp_path, text, {1, 2})
    assert words in caught.value.message and caught.value.line == line


# -- the other documented format -------------------------------------------------------------------------------------------


def test_the_documented_way_to_verify_records_works(tmp_path: Path, profile: Path) -> None:
    import subprocess
    import sys

    from desktop_app.records.learner import LearnerRepository

    places = Locations.find(profile)
    learner = LearnerRepository(places)
    for number in range(3):
        learner.record("counted", {"number": number})
    learner.close()
    [script] = examples("audit.md", "python")
    head = json.loads(places.audit_head.read_text())
    assert head.keys() == json.loads(examples("audit.md", "json")[0]).keys()

    def verify() -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-c", script, str(places.learner_db)], capture_output=True, text=True)
        return done.returncode, (done.stdout + done.stderr).strip()

    assert verify() == (0, "whole")
    places.audit_head.write_text(json.dumps(head | {"hash": "0" * 64}))
    assert verify() == (1, "the head differs")


@pytest.mark.parametrize("place", ["name", "description", "owner", "changelog"])
@pytest.mark.parametrize("escape", ["\\e[2J", "\\0", "\\x9b"])
def test_an_escape_that_would_act_on_a_terminal_is_refused(tmp_path: Path, place: str, escape: str) -> None:
    text = re.sub(rf"(?m)^{place}:.*$", lambda _: f'{place}: "{escape}A"', prompt_text())
    error = refused(tmp_path, text)
    assert "cannot be shown" in str(error) and error.line == text[: text.index(f'{place}: "')].count("\n") + 1


@pytest.mark.parametrize("item", ["{a: %d}", "[%d]", "{a: {b: [%d]}}"])
def test_thousands_of_wrong_entries_are_named_at_once(tmp_path: Path, item: str) -> None:
    text = prompt_text(tags=None) + "tags: [" + ", ".join(item % number for number in range(20_000)) + "]\n"
    started = time.process_time()
    assert "tags.1 must be text" in str(refused(tmp_path, text))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("field, value", [("data_class", "x"), ("roles", "[x]"), ("x", "y")])
def test_a_message_quotes_little_of_what_is_wrong(tmp_path: Path, field: str, value: str) -> None:
    text = prompt_text(**{field: None}) + f"{field}: {value.replace('x', 'x' * 100_000)}\n"
    assert len(refused(tmp_path, text.replace("\nx:", f"\n{'y' * 900}:")).message) < 300


def test_labels_behind_a_broken_link_are_not_no_labels(tmp_path: Path) -> None:
    for target in ("nowhere", "labels.yml"):
        (tmp_path / "labels.yml").symlink_to(target)
        with pytest.raises(ContentError, match="cannot be read"):
            read_labels(tmp_path / "labels.yml", {1})
        (tmp_path / "labels.yml").unlink()
