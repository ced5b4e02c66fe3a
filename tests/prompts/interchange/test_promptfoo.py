"""promptfoo configurations: prompts inline and in files, tests without code or judges, and what is written fits its schema."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import jinja2
import jsonschema
import pytest
import yaml
from hypothesis import given, settings

from desktop_app.errors import ContentError
from desktop_app.prompts.interchange import promptfoo
from desktop_app.prompts.interchange.imported import Imported
from desktop_app.prompts.prompt import PromptVersion
from tests.helpers.interchange import DATA, contents, landed, read_text, said, the_one, versions
from tests.helpers.prompt_files import version_of

# The parts of promptfoo.dev/config-schema.json that a written configuration uses.
RULES: dict[str, Any] = {
    "type": "object",
    "required": ["prompts"],
    "additionalProperties": False,
    "properties": {
        "description": {"type": "string"},
        "prompts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["raw", "label"],
                "additionalProperties": False,
                "properties": {"raw": {"type": "string"}, "label": {"type": "string"}, "id": {"type": "string"}},
            },
        },
        "providers": {
            "type": "array",
            "items": {
                "type": "object", "additionalProperties": False,
                "properties": {"id": {"type": "string"}, "label": {}, "config": {"type": "object"}},
            },
        },
        "defaultTest": {"$ref": "#/$defs/test"},
        "tests": {"type": "array", "items": {"$ref": "#/$defs/test"}},
    },
    "$defs": {
        "test": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "description": {"type": "string"}, "vars": {"type": "object"}, "threshold": {"type": "number"},
                "assert": {"type": "array", "items": {"$ref": "#/$defs/assertion"}}, "options": {"type": "object"},
            },
        },
        "assertion": {
            "type": "object",
            "required": ["type"],
            "additionalProperties": False,
            "properties": {
                "type": {"type": "string"}, "value": {}, "threshold": {"type": "number"}, "weight": {"type": "number"},
                "metric": {"type": "string"}, "assert": {"type": "array", "items": {"$ref": "#/$defs/assertion"}},
            },
        },
    },
}  # fmt: skip


def written(version: PromptVersion) -> dict[str, Any]:
    """The configuration, after checking it against promptfoo's schema."""
    package = promptfoo.write(version)
    assert list(package.files) == ["promptfooconfig.yaml"]
    data = yaml.safe_load(package.files["promptfooconfig.yaml"])
    jsonschema.validate(data, RULES)
    return data


def all_of(path: Path) -> tuple[dict[str, Imported], list[ContentError]]:
    """The prompts by name, and the problems."""
    found = list(promptfoo.read(path))
    good = {one.data["name"]: one for one in found if isinstance(one, Imported)}
    return good, [one for one in found if isinstance(one, ContentError)]


def test_each_prompt_of_a_configuration(tmp_path: Path) -> None:
    prompts, problems = all_of(DATA / "promptfoo" / "promptfooconfig.yaml")
    assert list(prompts) == [
        "Answer in one sentence: …",
        "You are the help desk of ….",
        "Short 1",
        "Short 2",
        "Translator",
    ]
    assert [(problem.line, problem.message) for problem in problems] == [
        (10, "make_prompt.py:create is a program or a service, which is not run here."),
        (11, "../outside.txt lies outside the configuration's folder and is not read."),
        (12, "No file is called prompts/missing.txt."),
    ]
    translator = landed(prompts["Translator"], tmp_path)
    assert contents(translator) == [("user", "Translate {{question}} into {{language}}.")]
    assert '8: left out: The filter "upper" after question.' in said(prompts["Translator"])
    chat = landed(prompts["You are the help desk of …."], tmp_path)
    assert contents(chat) == [("system", "You are the help desk of {{company}}."), ("user", "{{question}}")]
    assert chat.inputs[0].required is False, "no test has a value for it"
    assert chat.extra["model"] == "openai:gpt-4o-mini" and chat.parameters.max_tokens == 80
    assert "not-a-real-key" not in str(prompts["Short 1"].data)
    short = "6: left out: prompts/two.txt: {% if polite %} is code; the text inside stays, whatever holds, and once."
    assert short in said(prompts["Short 2"])


def test_tests_keep_what_can_be_checked_here() -> None:
    prompt = all_of(DATA / "promptfoo" / "promptfooconfig.yaml")[0]["Translator"]
    first, second = prompt.data["tests"]
    assert first["vars"] == {"language": "German", "question": "When do you open?", "hours": "9 am"}
    assert first["assert"] == [
        {"type": "latency", "threshold": 5000}, {"type": "icontains", "value": "{{hours}}", "weight": 2},
        {"type": "assert-set", "threshold": 0.5, "assert": [{"type": "contains", "value": "open"}]},
    ]  # fmt: skip
    assert second["vars"]["question"] == ["Where are you?", "How do I reach you?"]
    for line, kind in ((35, "llm-rubric lets a model judge"), (37, "javascript runs code"), (39, "python runs code")):
        assert any(note.startswith(f"{line}: left out: An assertion: {kind}") for note in said(prompt)), said(prompt)
    assert "48: left out: The tests in tests.py, which is no YAML or JSON." in said(prompt)


def test_names_are_converted_in_prompts_tests_and_assertions(tmp_path: Path) -> None:
    text = (
        "prompts: ['{{firstName}} asks']\nproviders: [echo]\ntests:\n"
        "- vars: {firstName: Ida}\n  assert: [{type: contains, value: 'Dear {{ firstName }}'}]\n"
    )
    found = the_one(read_text(promptfoo, tmp_path / "promptfooconfig.yaml", text))
    assert found.data["tests"] == [
        {"vars": {"first_name": "Ida"}, "assert": [{"type": "contains", "value": "Dear {{first_name}}"}]}
    ]
    landed(found, tmp_path / "library")


def test_files_are_read_only_below_the_configuration(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (inside / "link.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "good.md").write_text("Say {{word}}")
    (inside / "rows.csv").write_text('prompt,label\n"Say\n{{a}}",One\n"Do {{b}}",Two\n')
    (inside / "chat.yaml").write_text("- role: user\n  content: Yes {{c}}\n")
    names = ["good.md", "link.txt", "../secret.txt", str(tmp_path / "secret.txt"), "rows.csv", "chat.yaml", "*.txt"]
    (inside / "promptfooconfig.yaml").write_text(json.dumps({"prompts": [f"file://{name}" for name in names]}))
    (inside / "tests.yaml").write_text("- vars: {a: file://../secret.txt}\n")
    found = list(promptfoo.read(inside / "promptfooconfig.yaml"))
    good = [one for one in found if isinstance(one, Imported)]
    assert [one.data["messages"][-1]["content"] for one in good] == [
        "Say {{word}}", "Say\n{{a}}", "Do {{b}}", "Yes {{c}}"
    ]  # fmt: skip
    assert len(found) - len(good) == 4 and "secret\n" not in str(found)


@pytest.mark.parametrize("value", ["file://../secret.txt", "file:///etc/hostname", "file://none.txt", "file://a.png"])
def test_values_from_files_elsewhere_are_left_out(tmp_path: Path, value: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    text = json.dumps(
        {"prompts": ["Say {{a}}"], "tests": [{"vars": {"a": value}, "assert": [{"type": "contains", "value": "x"}]}]}
    )
    found = the_one(read_text(promptfoo, tmp_path / "in" / "promptfooconfig.json", text))
    assert found.data["tests"][0].get("vars") is None and "secret" not in str(found.data)
    assert any("The value in the file" in note for note in said(found))


@pytest.mark.parametrize(
    "program",
    ["exec:./make.sh", "file://make.js", "make.py", "langfuse://x", "https://example.org/p.txt", "file://a.ts:make"],
)
def test_programs_and_services_are_not_run(tmp_path: Path, program: str) -> None:
    found = read_text(promptfoo, tmp_path / "promptfooconfig.yaml", f"prompts: ['{program}', 'Say {{{{a}}}}']\n")
    assert isinstance(found[0], ContentError) and "not run here" in found[0].message and found[0].line == 1
    assert isinstance(found[1], Imported), "the rest goes on"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [("a: 1\n", 1, 'has "prompts"'), ("prompts: [1]\n", 1, "no text"), ("prompts:\n- &a x\n- *a\n", 2, "Anchors"),
     ("prompts: [\n", 2, "not valid YAML"), ("prompts: [{function: x}]\n", 1, "made by a program")],
)  # fmt: skip
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    problem = read_text(promptfoo, tmp_path / "promptfooconfig.yaml", text)[0]
    assert isinstance(problem, ContentError) and problem.line == line and words in problem.message


def test_which_files_are_configurations(tmp_path: Path) -> None:
    for name, text, is_one in (
        ("promptfooconfig.yaml", "", True), ("promptfooconfig.de.yml", "", True), ("promptfooconfig.json", "{}", True),
        ("evals.yaml", "prompts:\n- a\ntests: []\n", True), ("other.yaml", "prompts:\n- a\n", False),
        ("a.prompt.yml", "prompts:\ntests:\n", False), ("x.json", '{"prompts": []}', False), ("p.txt", "prompts:", False),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
        assert promptfoo.is_one(tmp_path / name) is is_one, name


def test_our_tests_rows_and_evaluators_are_written(tmp_path: Path) -> None:
    version = version_of(
        tmp_path, testData=[{"question": "a {{b}}?"}], tests=[{"vars": {"question": "file://x"}, "assert": [{"type": "is-json"}]}],
        evaluators=[{"name": "ends", "string": {"endsWith": "(done)"}}, {"name": "has", "string": {"contains": "x"}}],
    )  # fmt: skip
    data = written(version)
    assert data["defaultTest"] == {"vars": {"tone": "friendly"}}
    assert data["tests"][0] == {"vars": {"question": " file://x"}, "assert": [{"type": "is-json"}]}
    assert data["tests"][1]["vars"] == {"question": "a {{ '{{' }}b}}?"}
    assert data["tests"][1]["assert"] == [
        {"type": "regex", "value": r"(?i)\(done\)\s*$", "metric": "ends"}, {"type": "icontains", "value": "x", "metric": "has"},
    ]  # fmt: skip


@settings(max_examples=60)
@given(versions())
def test_what_is_written_is_read_alike_by_promptfoo_and_by_us(version: PromptVersion) -> None:
    data = written(version)
    engine = jinja2.Environment(keep_trailing_newline=True)  # Nunjucks and Jinja agree on all that is written
    names = {item.name: f"<{item.name}>" for item in version.inputs}
    turns = [
        (turn["role"], engine.from_string(turn["content"]).render(names))
        for turn in json.loads(data["prompts"][0]["raw"])
    ]
    expected = []
    for role, content in contents(version):
        for name in names:
            content = content.replace(f"{{{{{name}}}}}", "{{" if name == "two_braces" else f"<{name}>")
        expected.append((role, content))
    assert turns == expected
    with tempfile.TemporaryDirectory() as folder:
        file = promptfoo.write(version).files["promptfooconfig.yaml"]
        back = landed(
            the_one(read_text(promptfoo, Path(folder) / "promptfooconfig.yaml", file)), Path(folder) / "library"
        )
    assert contents(back) == contents(version)
    assert (back.name, back.description) == (version.name, version.description)
    assert back.parameters == version.parameters
