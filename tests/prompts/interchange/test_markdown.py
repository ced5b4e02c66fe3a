"""Markdown files as prompts: front matter, headings for roles, placeholders; code stays as it is, and nothing is run."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.jobs import finish
from desktop_app.prompts.interchange import markdown
from desktop_app.prompts.interchange.importing import import_paths
from desktop_app.prompts.interchange.scanning import Code
from desktop_app.prompts.render import render
from tests.helpers.prompt_imports import PIECES, one_read, prompt_with, said, saved, template_of, texts, written

DATA = Path(__file__).parent / "data" / "markdown"


def note(tmp_path: Path, text: str, name: str = "a-note.md") -> Path:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


def content(tmp_path: Path, text: str) -> str:
    return one_read(markdown, note(tmp_path, text)).data["messages"][0]["content"]


def test_a_note_is_named_by_its_heading_and_its_text_is_the_users(tmp_path: Path) -> None:
    found = one_read(markdown, DATA / "notes" / "thank-a-customer.md")
    version = saved(tmp_path, found.id, found.data)
    assert (version.id, version.name) == ("thank-a-customer", "Thank a customer")
    assert (version.tags, version.roles) == (("customer", "thank-you"), ("sales", "support"))
    (message,) = render(version, {"customer": "Ann", "order": "a tent"})
    assert message.content == (
        "Write three sentences that thank Ann for a tent.\n\n"
        "```jinja\nDear {{ customer }}, {% if vip %}welcome back{% endif %}\n```"
    )
    assert {line.split(": ", 2)[2] for line in said(found) if "left out" in line} == {
        '"aliases" has no place here.', '"created" has no place here.', "The role 'astronaut' is not known here.",
    }  # fmt: skip


def test_headings_make_messages_except_in_code(tmp_path: Path) -> None:
    found = one_read(markdown, DATA / "notes" / "two-roles.md")
    version = saved(tmp_path, found.id, found.data)
    assert texts(version) == [
        ("system", "You answer only from the handbook.\n\n### How\n\nIn two sentences."),
        ("user", 'Handbook: """{{handbook}}"""\n\n```md\n## User\nis a heading in this example\n```'),
        ("assistant", "Ask away."),
        ("user", "{{question}}"),
    ]
    assert version.description == "Answers questions about the handbook."


def test_a_code_editors_prompt_file_keeps_its_inputs_and_loses_its_tools(tmp_path: Path) -> None:
    found = one_read(markdown, DATA / "notes" / "form.prompt.md")
    version = saved(tmp_path, found.id, found.data)
    assert texts(version)[0][1] == (
        "Write a form called {{form_name}} from {{selection}}, as in #tool:githubRepo contoso/templates.\n"
        "It costs $1 at most. Greet  too."
    )
    assert (version.id, version.name, version.extra["model"]) == ("form", "Form", "GPT-4o")
    assert version.inputs[0].help == "MyForm"
    told = said(found)
    assert '4: left out: "tools" has no place here.' not in told and '5: left out: "tools" has no place here.' in told
    assert any("would have run code" in line for line in told)


def test_a_command_keeps_its_arguments_and_runs_nothing(tmp_path: Path) -> None:
    found = one_read(markdown, DATA / "commands" / "fix-issue.md")
    version = saved(tmp_path, found.id, found.data)
    assert texts(version)[0][1] == "Fix issue {{arguments}} with priority {{argument_2}}.\n\nStatus: "
    assert version.inputs[0].help == "[issue number]"
    assert any("git status" in line and "would have been run" in line for line in said(found))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a {{ b }} {{c d}} {{#if}} {{ x.y }}", "a {{b}} {{c_d}} {{#if}} {{ x.y }}"),
        ("a `{{b}}` {{b}}", "a `{{two_braces}}b}}` {{b}}"),
        ("price $1, !`x` and $ARGUMENTS", "price $1, !`x` and {{arguments}}"),
        ("---\ninputs: [{name: b, label: B}]\n---\n`{{b}}` {{c}} $ARGUMENTS", "`{{b}}` {{two_braces}}c}} $ARGUMENTS"),
        ("---\ninputs: []\n---\n{{b}}", "{{two_braces}}b}}"),
        ("---\nnot front matter\n---\ntext", "---\nnot front matter\n---\ntext"),
        ("---\nname: N\n---\n# Kept\ntext", "# Kept\ntext"),
        ("\n\n# Gone #\ntext", "text"),
        ("## System\ntext", "text"),
        ("\\## User\ntext", "## User\ntext"),
        ("~~~\n{{b}}\n", "~~~\n{{two_braces}}b}}"),
    ],
)  # fmt: skip
def test_what_is_a_placeholder_and_what_is_text(tmp_path: Path, text: str, expected: str) -> None:
    assert content(tmp_path, text) == expected


@pytest.mark.parametrize(
    "text, line",
    [("---\nname: a: b\n---\nx", 2), ("---\na: &x 1\nb: *x\n---\nx", 2), ("# Only a name\n", 1), ("", 1), ("---\nname: N\n---\n", 1)],
)  # fmt: skip
def test_what_is_no_prompt_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (problem,) = markdown.read(note(tmp_path, text))
    assert isinstance(problem, ContentError) and abs((problem.line or 0) - line) <= 1


def test_inputs_that_contradict_themselves_lose_what_is_wrong(tmp_path: Path) -> None:
    stated = """---
inputs:
  - {name: a, label: A, type: choice, choices: [x, y], default: z}
  - {name: b, label: B, type: choice}
  - {name: c, label: C, type: number, minimum: 5, maximum: 1}
  - {name: d, max_length: -1, help: 5, secret: yes, sensitive: true}
  - {name: Bad Name}
  - e
  - {name: f, type: number, minimum: 0, example: 3}
---
{{a}} {{b}} {{c}} {{d}} {{e}} {{f}}
"""
    found = one_read(markdown, note(tmp_path, stated))
    version = saved(tmp_path, "p", found.data)
    by_name = {item.name: item for item in version.inputs}
    assert (by_name["a"].choices, by_name["a"].default, by_name["b"].type) == (("x", "y"), "", "text")
    assert (by_name["c"].minimum, by_name["d"].sensitive, by_name["d"].max_length) == (None, True, 4000)
    assert (by_name["f"].minimum, by_name["f"].example) == (0, "3")
    assert len([line for line in said(found) if "cannot be as stated" in line]) == 4


def test_files_about_other_files_are_no_prompts(tmp_path: Path) -> None:
    for name in ("README.md", "LICENSE.md", "changelog.markdown", "x.txt"):
        assert not markdown.is_one(note(tmp_path, "x", name))
    assert markdown.is_one(note(tmp_path, "x", "x.prompt.md"))
    assert not markdown.is_one(tmp_path)


def test_a_folder_is_imported_file_by_file_and_only_once(tmp_path: Path) -> None:
    for outcome in ("imported", "unchanged"):
        report = finish(import_paths([DATA], tmp_path / "library"))
        assert [file.count(outcome) for file in report.files] == [1, 1, 1, 1] and not report.problems
    assert len(list((tmp_path / "library").iterdir())) == 4


ROLES = st.lists(st.sampled_from(["system", "assistant", "user"]), max_size=3)
HEADINGS = st.sampled_from(
    ["\n## User\n", "\n\\## System prompt\n", "# x\n", "---\n", "$ARGUMENTS", "${input:a}", "<% a %>"]
)


@given(ROLES, st.lists(PIECES, min_size=4, max_size=4), HEADINGS)
def test_what_is_written_reads_as_the_same_prompt(roles: list[str], parts: list[list[str]], heading: str) -> None:
    messages = [
        (role, template_of([".", *part, heading, "."]).strip())
        for role, part in zip([*roles, "user"], parts, strict=False)
    ]
    if any(Code(message + "\n\nx").holds(len(message) + 2) for _, message in messages[:-1]):
        return  # a fence that is never closed hides the headings after it, which the export says
    with tempfile.TemporaryDirectory() as folder:
        version = prompt_with(Path(folder), messages)
        file = written(markdown, version, Path(folder))
        text = file.read_text("utf-8")
        found = one_read(markdown, file)
    front = yaml.safe_load(re.match(r"---\n(.*?)^---\n", text, re.DOTALL | re.MULTILINE)[1])  # type: ignore[index]
    assert front["name"] == version.name
    assert [(message["role"], message["content"]) for message in found.data["messages"]] == messages


def test_what_has_a_place_comes_back_and_the_rest_is_listed(tmp_path: Path) -> None:
    inputs = [
        {"name": "a", "label": "Which", "type": "choice", "choices": ["x", "y"], "default": "x", "help": "One."},
        {"name": "b", "label": "How many", "type": "number", "minimum": 1, "maximum": 9, "example": 3, "sensitive": True},
    ]  # fmt: skip
    version = prompt_with(tmp_path, [("system", "S {{a}}"), ("user", "{{b}}")], inputs=inputs, author="Me",
                          tests=[{"vars": {"a": "x"}, "assert": []}], modelParameters={"temperature": 1}, review_by="2027-01-31")  # fmt: skip
    package = markdown.write(version)
    told = " ".join(str(note) for note in package.notes)
    assert all(word in told for word in ("review_by", "tests", "changelog")) and "input" not in told
    found = one_read(markdown, written(markdown, version, tmp_path))
    back = saved(tmp_path / "back", str(version.id), found.data)
    for field in (
        "name",
        "description",
        "messages",
        "inputs",
        "roles",
        "task",
        "tags",
        "data_class",
        "owner",
        "author",
    ):
        assert getattr(back, field) == getattr(version, field)
