"""Importing: every dialect found in a folder, drafts written once, nothing overwritten, and the rest loads whatever is broken."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.jobs import Progress, finish
from desktop_app.prompts.interchange.dialects import NAMES, named
from desktop_app.prompts.interchange.imported import slug
from desktop_app.prompts.interchange.importing import ImportReport, as_row, import_paths
from desktop_app.prompts.library import PromptLibrary, lint
from desktop_app.prompts.loading import PROMPT_ID
from tests.helpers.command import files_below
from tests.helpers.interchange import DATA
from tests.helpers.prompt_files import prompt_text

OURS = ("dotprompt", "github", "promptfoo", "prompty")


def run(*paths: Path, to: Path, **options: object) -> ImportReport:
    """Import to the end."""
    return finish(import_paths(paths, to, **options))  # type: ignore[arg-type]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Imported, updated, unchanged, left out."""
    return (report.count("imported"), report.count("updated"), report.count("unchanged"), len(report.problems))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the fixtures that a test may change."""
    folder = tmp_path / "source"
    for name in OURS:
        shutil.copytree(DATA / name, folder / name)
    return folder


def test_a_folder_of_everything_becomes_drafts(source: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    report = run(source, to=library)
    assert counts(report) == (11, 0, 0, 4)
    assert {file.dialect for file in report.files} == set(OURS)
    assert not lint(library)
    for prompt in PromptLibrary([library]).prompts():
        assert [version.version for version in prompt.versions] == [1]
        assert prompt.status(1) == "draft" and not prompt.labels
        assert prompt.newest.origin is not None and prompt.newest.origin.source.startswith(OURS)
        assert (prompt.newest.roles, prompt.newest.task, prompt.newest.owner) == (
            ("everyone",),
            "imported",
            "Not yet assigned",
        )


def test_importing_twice_changes_nothing(source: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run(source, to=library)
    before = files_below(library)
    assert counts(run(source, to=library)) == (0, 0, 11, 4)
    assert counts(run(source / "github", source / "prompty" / "second.prompty", to=library)) == (0, 0, 3, 0)
    assert files_below(library) == before


def test_what_changed_in_its_source_becomes_the_next_version(source: Path, tmp_path: Path) -> None:
    library, path = tmp_path / "library", source / "dotprompt" / "plain.prompt"
    run(path, to=library)
    path.write_text("Say good evening to {{person}}.\n")
    report = run(path, to=library)
    assert counts(report) == (0, 1, 0, 0) and report.files[0].landed[0].reference == "plain@2"
    newest = PromptLibrary([library]).get("plain").newest
    assert newest.changelog == "Imported again: dotprompt: dotprompt/plain.prompt has changed."
    assert counts(run(path, to=library)) == (0, 0, 1, 0)


def test_a_version_made_here_is_kept_when_the_source_comes_again(source: Path, tmp_path: Path) -> None:
    library, path = tmp_path / "library", source / "dotprompt" / "plain.prompt"
    run(path, to=library)
    (library / "plain" / "2.prompt.yml").write_text(prompt_text())
    assert counts(run(path, to=library)) == (0, 0, 1, 0)
    path.write_text("Say good evening.\n")
    assert run(path, to=library).files[0].landed[0].reference == "plain@3"


def test_an_id_of_another_prompt_is_not_taken(source: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    (library / "menu").mkdir(parents=True)
    (library / "menu" / "1.prompt.yml").write_text(prompt_text())
    before = (library / "menu" / "1.prompt.yml").read_bytes()
    report = run(
        source / "dotprompt" / "menu.prompt",
        source / "dotprompt" / "plain.prompt",
        to=library,
        taken={"plain", "plain-2"},
    )
    assert [file.landed[0].reference for file in report.files] == ["menu-2@1", "plain-3@1"]
    assert (library / "menu" / "1.prompt.yml").read_bytes() == before


def test_files_of_the_same_name_in_different_folders_are_different_prompts(tmp_path: Path) -> None:
    for place, text in (("a/x", "One {{a}}"), ("b/x", "Two {{b}}"), ("c/x", "One {{a}}")):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "hello.prompt").write_text(text)
    library = tmp_path / "library"
    sources = [tmp_path / name for name in "abc"]
    assert counts(run(*sources, to=library)) == (2, 0, 1, 0), "the same text is the same prompt"
    assert sorted(entry.name for entry in library.iterdir()) == ["hello", "hello-2"]
    assert counts(run(*sources, to=library)) == (0, 0, 3, 0)


def test_versions_of_our_own_library_stay_versions(tmp_path: Path) -> None:
    folder = tmp_path / "theirs" / "answer-invoice"
    folder.mkdir(parents=True)
    for number, words in ((1, "First."), (2, "Second.")):
        (folder / f"{number}.prompt.yml").write_text(prompt_text(description=words))
    library = tmp_path / "library"
    assert counts(run(tmp_path / "theirs", to=library)) == (1, 1, 0, 0)
    versions = PromptLibrary([library]).get("answer-invoice").versions
    assert [version.description for version in versions] == ["First.", "Second."]
    assert counts(run(tmp_path / "theirs", to=library)) == (0, 0, 2, 0)


def test_what_is_broken_keeps_nothing_else_out(source: Path, tmp_path: Path) -> None:
    (source / "bad.prompt.yml").write_text("messages: [")
    (source / "cyclic.prompt.yml").write_text("messages: &a\n- *a\n")
    (source / "latin.prompty").write_bytes("---\nname: größe\n---\nx".encode("latin-1"))
    (source / "nul.prompt").write_bytes(b"---\nmodel: \0\n---\nHello")
    (source / "large.prompty").write_text("user:\n" + "x" * 1_000_001)
    (source / "long.prompt").write_text("x" * 400_000)
    (source / "empty.prompt").write_text("")
    report = run(source, to=tmp_path / "library")
    assert report.count("imported") == 11 and len(report.problems) == 4 + 7
    for problem in report.problems:
        assert problem.message.endswith(".") and problem.path.is_relative_to(source)
    assert not lint(tmp_path / "library")


def test_links_out_of_the_folder_and_circles_are_not_followed(source: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.prompt").write_text("secret")
    (source / "link.prompt").symlink_to(tmp_path / "outside.prompt")
    (source / "circle").symlink_to(source)
    report = run(source, to=tmp_path / "library")
    assert report.count("imported") == 11
    assert [p.message for p in report.problems if p.path.name == "link.prompt"] == [
        "This is a link to a place outside the folder; it was not followed."
    ]


def test_a_configurations_own_files_are_not_imported_twice(tmp_path: Path) -> None:
    folder = tmp_path / "evals"
    (folder / "prompts").mkdir(parents=True)
    (folder / "prompts" / "a.md").write_text("Say {{a}}")
    (folder / "prompts" / "b.md").write_text("Say {{b}}")
    (folder / "promptfooconfig.yaml").write_text("prompts: [file://prompts/a.md]\n")
    report = run(folder, to=tmp_path / "library")
    assert [(file.path.name, file.dialect) for file in report.files] == [
        ("promptfooconfig.yaml", "promptfoo"),
        ("b.md", "markdown"),
    ]


def test_what_is_no_prompt_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    report = run(tmp_path / "a.docx", tmp_path / "empty", tmp_path / "none", to=tmp_path / "library")
    assert [problem.message for problem in report.problems] == [
        "This is no prompt file that Greenroom knows. Say what it is with --as.",
        "There is no prompt of a known form in this folder.",
        "There is no such file.",
    ]


def test_a_name_says_what_a_file_does_not(tmp_path: Path) -> None:
    path = tmp_path / "hello.txt"
    path.write_text("Say hello to {{name}}.")
    assert counts(run(path, to=tmp_path / "library", dialect="dotprompt")) == (1, 0, 0, 0)


def test_cancelling_keeps_what_was_written(source: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    job = import_paths([source], library)
    steps = []
    while len(list(library.glob("*/*.yml")) if library.exists() else []) < 3:
        steps.append(next(job))
    job.close()
    assert all(isinstance(step, Progress) for step in steps)
    assert not lint(library) and not list(library.rglob("*.new"))
    there = len(list(library.glob("*/1.prompt.yml")))
    assert counts(run(source, to=library)) == (11 - there, 0, there, 4)


def test_a_library_that_cannot_be_written_is_named(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file cannot be written"):
        run(source, to=tmp_path / "file")


def test_a_report_as_json(source: Path, tmp_path: Path) -> None:
    row = as_row(run(source / "prompty" / "second.prompty", to=tmp_path / "library").files[0])
    assert row["dialect"] == "prompty" and row["left_out"] == []
    assert row["prompts"][0]["reference"] == "classify-mail@1" and row["prompts"][0]["outcome"] == "imported"
    assert {"line", "severity", "what"} == row["prompts"][0]["notes"][0].keys()


def test_every_dialect_has_its_name() -> None:
    assert [named(name).NAME for name in NAMES] == list(NAMES)


_BITS = st.lists(
    st.sampled_from(
        ["---\n", "name: a\n", "messages:\n", "- role: user\n", "  content: {{x}}\n", "model:\n  api: chat\n", "inputs:\n  x:\n    type: [1]\n",
         "input:\n  schema:\n    x(enum): [a]\n", "prompts:\n- a {{x}}\n", "tests:\n- vars: [1]\n  assert: {}\n", "sample: 1\n", "user:\n",
         "{{#if x}}\n", "{% for %}\n", "tags: {a: b}\n", "authors: [1, []]\n", "config: {stopSequences: [1]}\n", "output: {schema: 3}\n",
         "testData: [1]\n", "evaluators: {}\n", "defaultTest: []\n", "providers: {}\n", "template: {format: []}\n", "hello {{ y }}\n", "\x00"]
    ),
    max_size=9,
).map("".join)  # fmt: skip


@settings(max_examples=80)
@given(_BITS, st.sampled_from(["a.prompt.yml", "a.prompty", "a.prompt", "promptfooconfig.yaml"]))
def test_whatever_stands_in_a_file_what_lands_is_valid(text: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in" / name
        path.parent.mkdir()
        path.write_text(text)
        report = run(path, to=Path(folder) / "library")
        assert report.files and (report.problems or report.count("imported"))
        assert not lint(Path(folder) / "library"), text
        assert [entry.name for entry in path.parent.iterdir()] == [name]


def test_two_imports_at_once_land_one_copy(tmp_path: Path) -> None:
    """Both have read the library before either wrote: as two processes do that start together."""
    file = tmp_path / "prompts.csv"
    file.write_text("act,prompt\n" + "".join(f"Act {number},Text {number}\n" for number in range(30)))
    library = tmp_path / "library"
    jobs = [import_paths([file], library) for _ in range(2)]
    steps: list[object] = [next(job) for job in jobs]
    for job in jobs:
        while not isinstance(step := next(job), Progress) or not step.total:
            steps.append(step)
    first, second = (finish(job) for job in jobs)
    assert first.count("imported") == 30 and second.count("unchanged") == 30
    assert len(list(library.iterdir())) == 30 and not lint(library)


def test_a_new_prompt_is_there_with_its_first_version_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "prompts.csv"
    file.write_text("act,prompt\nOne,Text\nTwo,Text two\n")

    def killed(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        finish(import_paths([file], tmp_path / "library"))
    monkeypatch.undo()
    assert not lint(tmp_path / "library")
    assert finish(import_paths([file], tmp_path / "library")).count("imported") == 2
    assert not lint(tmp_path / "library")


def test_what_is_no_file_in_the_library_does_not_hold_an_import_up(tmp_path: Path) -> None:
    file = tmp_path / "prompts.csv"
    file.write_text("act,prompt\nOne,Text\n")
    (tmp_path / "library" / "pipe").mkdir(parents=True)
    os.mkfifo(tmp_path / "library" / "pipe" / "1.prompt.yml")
    (tmp_path / "library" / "circle").symlink_to("circle")
    assert finish(import_paths([file], tmp_path / "library")).count("imported") == 1


@pytest.mark.parametrize("name", ["CON", "nul", "Com1", "LPT9", "aux."])
def test_names_that_windows_keeps_for_devices_get_a_longer_id(name: str) -> None:
    assert slug(name).endswith("-prompt") and PROMPT_ID.fullmatch(slug(name))
