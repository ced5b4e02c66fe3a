"""Fabric patterns: folders with system.md, whose variables become inputs and whose commands are never taken over."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.jobs import finish
from desktop_app.prompts.interchange import fabric
from desktop_app.prompts.interchange.importing import import_paths
from desktop_app.prompts.render import render
from tests.helpers.prompt_imports import NAMES, PIECES, one_read, prompt_with, said, saved, template_of, texts, written

PATTERNS = Path(__file__).parent / "data" / "fabric" / "patterns"
_VARIABLE = re.compile(r"\{\{([^{}]+)\}\}")


def as_fabric_does(text: str, variables: dict[str, str], typed: str) -> str:
    """Fabric's rules: {{input}} is put at the end if it is missing; any other variable must be known."""
    if "{{input}}" not in text:
        text += ("" if text.endswith("\n") else "\n") + "{{input}}"
    held = text.replace("{{input}}", "\0")
    return _VARIABLE.sub(lambda found: variables[found[1]], held).replace("\0", typed)


def pattern(tmp_path: Path, system: str, **others: str) -> Path:
    folder = tmp_path / "a_pattern"
    folder.mkdir()
    for name, text in {"system": system, **others}.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder


def test_what_follows_the_heading_input_is_said_by_the_user(tmp_path: Path) -> None:
    found = one_read(fabric, PATTERNS / "check_invoice")
    version = saved(tmp_path, found.id, found.data)
    (system, user) = texts(version)
    assert user == ("user", "INPUT:\n{{input}}")
    assert system[1].startswith("# IDENTITY and PURPOSE") and system[1].endswith("findings in {{language}}.")
    assert (version.id, version.name) == ("check-invoice", "Check invoice")
    assert version.description == "Finds the lines of an invoice that differ from the order."
    assert version.origin is not None and version.origin.source == "fabric: check_invoice/system.md"
    assert [(item.name, item.type) for item in version.inputs][-1] == ("input", "long_text")


def test_what_would_run_something_is_left_out_with_its_line() -> None:
    found = one_read(fabric, PATTERNS / "check_invoice")
    assert "11: left out: {{plugin:datetime:today}} would have run something." in said(found)
    assert "plugin" not in str(found.data["messages"])


def test_braces_in_code_stay_text_and_input_is_one_anywhere(tmp_path: Path) -> None:
    found = one_read(fabric, PATTERNS / "explain_template")
    version = saved(tmp_path, found.id, found.data)
    filled = render(version, {"input": "X", "reader": "Ann"})
    assert len(filled) == 1 and filled[0].role == "user"
    assert "<p>{{ user }} has {{ .Count }} messages {{#if many}}today{{/if}}</p>" in filled[0].content
    assert "Inline: `{{ user }}` is replaced by a name, and ${{ secrets.TOKEN }} never is." in filled[0].content
    assert "template: X\n- Then say  what Ann should take away." in filled[0].content
    assert sum("would have run something" in line for line in said(found)) == 2


def test_user_md_is_part_of_the_users_message() -> None:
    found = one_read(fabric, PATTERNS / "write_offer")
    assert found.data["messages"][1] == {"role": "user", "content": "CONTENT:\n{{input}}"}
    assert found.data["description"] == "You write offers that a customer understands at once."


@pytest.mark.parametrize(
    "text, messages",
    [
        ("You summarise.", [("system", "You summarise."), ("user", "{{input}}")]),
        ("You summarise.\n\n{{input}}\n", [("system", "You summarise."), ("user", "{{input}}")]),
        ("Compare {{input}} with nothing.", [("user", "Compare {{input}} with nothing.")]),
        ("{{input}} twice {{input}}", [("user", "{{input}} twice {{input}}")]),
        ("Be {{#role}}.\n\n## Input:\n", [("system", "Be {{role}}."), ("user", "{{input}}")]),
        ("Read {{input}}.\n# INPUT\n", [("user", "Read {{input}}.\n# INPUT")]),
        ("A\n```\n# INPUT\n```\nB", [("system", "A\n```\n# INPUT\n```\nB"), ("user", "{{input}}")]),
        ("A {{plugin:file:read:/etc/passwd}} {{ext:x:y}} {{plugin:unclosed", [("system", "A   {{plugin:unclosed"), ("user", "{{input}}")]),
    ],
)  # fmt: skip
def test_where_what_is_typed_goes(tmp_path: Path, text: str, messages: list[tuple[str, str]]) -> None:
    assert texts(saved(tmp_path, "p", one_read(fabric, pattern(tmp_path, text)).data)) == messages


def test_a_link_out_of_the_pattern_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("private", "utf-8")
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "system.md").symlink_to(tmp_path / "secret")
    (problem,) = fabric.read(folder)
    assert isinstance(problem, ContentError) and "link" in problem.message


def test_an_empty_pattern_is_named(tmp_path: Path) -> None:
    found = one_read(fabric, pattern(tmp_path, " \n"))
    assert found.data["messages"] == [{"role": "user", "content": "{{input}}"}]


def test_a_folder_of_patterns_is_imported_pattern_by_pattern(tmp_path: Path) -> None:
    report = finish(import_paths([PATTERNS.parent], tmp_path / "library"))
    assert [file.dialect for file in report.files] == ["fabric"] * 3
    assert {landed.reference for file in report.files for landed in file.landed} == {
        "check-invoice@1", "explain-template@1", "write-offer@1",
    }  # fmt: skip


@given(st.one_of(st.just([]), PIECES), PIECES, st.dictionaries(NAMES, st.sampled_from(["a", "b c", "$1"])))
def test_what_is_written_is_filled_by_fabric_as_it_is_here(
    system: list[str], user: list[str], values: dict[str, str]
) -> None:
    """Where the text itself has braces that Fabric would take for a variable, the export says so."""
    messages = [("system", template_of(system)), ("user", template_of([*user, "."]))]
    messages = [(role, content) for role, content in messages if content.strip()]
    with tempfile.TemporaryDirectory() as folder:
        version = prompt_with(Path(folder), messages)
    package = fabric.write(version)
    ((name, data),) = package.files.items()
    assert name == "a_prompt/system.md"
    names = {item.name for item in version.inputs} - {"two_braces"}
    filled = {name: values.get(name, "v") for name in names}
    expected = "\n\n".join(message.content.strip() for message in render(version, filled))
    if any("Fabric takes it for a variable" in note.what for note in package.notes):
        return
    got = as_fabric_does(data.decode(), filled, filled.get("input", ""))
    assert got.replace("# INPUT\n\n", "", 1).strip() == expected.strip() or "# INPUT" in expected


@given(st.one_of(st.just([]), PIECES), PIECES)
def test_what_is_written_reads_as_the_same_prompt(system: list[str], user: list[str]) -> None:
    messages = [("system", template_of(system)), ("user", template_of([*user, "."]))]
    messages = [(role, content.strip()) for role, content in messages if content.strip()]
    with tempfile.TemporaryDirectory() as folder:
        version = prompt_with(Path(folder), messages)
        package = fabric.write(version)
        found = one_read(fabric, written(fabric, version, Path(folder)).parent)
    if re.search("```|~~~", "".join(content for _, content in messages[:-1])):
        return  # a fence that is never closed hides the heading between the two
    if any("takes it for a variable" in note.what for note in package.notes):
        return
    if any("stands in code" in note.what for note in found.notes):
        return  # {{tone}} between backticks: Fabric fills it in, and an import takes it for code
    back = [(message["role"], message["content"]) for message in found.data["messages"]]
    if "{{input}}" not in messages[-1][1]:
        back[-1] = ("user", back[-1][1].removesuffix("\n{{input}}"))
    assert back == messages


def test_what_has_no_place_is_listed(tmp_path: Path) -> None:
    version = prompt_with(tmp_path, [("system", "S"), ("user", "{{a}} and {{two_braces}}b}}")], inputs=[
        {"name": "a", "label": "A", "default": "x"},
        {"name": "two_braces", "label": "Braces", "required": False, "default": "{{"},
    ])  # fmt: skip
    package = fabric.write(version)
    assert package.files["a_prompt/system.md"] == b"S\n\n# INPUT\n\n{{a}} and {{b}}\n"
    told = " ".join(str(note) for note in package.notes)
    assert all(word in told for word in ("{{b}} is text", "default", "roles", "description", "no input called input"))
