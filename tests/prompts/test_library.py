"""Folders of prompts: everything readable is there, everything else is named, and a name means one version or none."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop_app.errors import ContentError
from desktop_app.prompts.library import PromptLibrary, UnknownPromptError, lint, read_offered, read_prompt
from desktop_app.prompts.loading import read_version
from desktop_app.storage.locations import Locations
from tests.helpers.prompt_files import library_in, write_prompt


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two prompts: one with three versions and labels, one with one version and none."""
    folder = tmp_path / "library"
    for number in (1, 2, 10):
        write_prompt(folder, version=number, changelog=f"Version {number}.", labels="approved: 2\npilot: 10\n")
    write_prompt(folder, "shorten-notice", name="a shorter notice")
    return folder


def said(folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/") for problem in library_in(folder).problems]


# -- reading -------------------------------------------------------------------------------------------------------------


def test_the_bundled_library_has_no_problem() -> None:
    library = PromptLibrary(Locations.find().libraries)
    assert library.problems == ()
    assert len(library.prompts()) >= 12
    assert {version.id for prompt in library.prompts() for version in prompt.versions} == set(library.ids())
    improved = [prompt for prompt in library.prompts() if len(prompt.versions) > 1]
    assert len(improved) >= 4 and all(version.changelog for prompt in improved for version in prompt.versions)


def test_prompts_come_by_name_with_versions_in_order(library: Path) -> None:
    found = library_in(library)
    assert [prompt.id for prompt in found.prompts()] == ["shorten-notice", "answer-invoice"]
    prompt = found.get("answer-invoice")
    assert [version.version for version in prompt.versions] == [1, 2, 10]
    assert (prompt.offered.version, prompt.newest.version) == (2, 10)
    assert [prompt.status(number) for number in (1, 2, 10)] == ["draft", "approved", "pilot"]


def test_without_an_approved_version_the_newest_is_offered(library: Path) -> None:
    assert library_in(library).get("shorten-notice").offered.version == 1
    (library / "answer-invoice" / "labels.yml").write_text("pilot: 1\n")
    assert library_in(library).get("answer-invoice").offered.version == 10


def test_what_changes_on_disk_is_seen_at_once(library: Path) -> None:
    """Also what keeps its size and its time, as a file that is changed twice within a tick of the clock."""
    found = library_in(library)
    assert found.resolve("answer-invoice").version == 2
    write_prompt(library, "third-one")
    assert "third-one" in found.ids() and found.get("third-one").newest.version == 1
    labels = library / "answer-invoice" / "labels.yml"
    before = labels.stat()
    labels.write_text("approved: 1\npilot: 10\n")
    os.utime(labels, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert found.resolve("answer-invoice").version == 1
    shutil.rmtree(library / "answer-invoice")
    with pytest.raises(UnknownPromptError):
        found.get("answer-invoice")


def test_a_prompt_whose_files_stay_the_same_is_read_once(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in library.rglob("*.yml"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    found, reads = library_in(library), []
    monkeypatch.setattr(
        "desktop_app.prompts.library.read_prompt", lambda folder: reads.append(folder.name) or read_prompt(folder)
    )
    for _ in range(3):
        assert found.get("answer-invoice").newest.version == 10
    assert reads == ["answer-invoice"]
    file = library / "answer-invoice" / "10.prompt.yml"
    file.write_text(file.read_text("utf-8").replace("Version 10.", "Version ten."), "utf-8")
    assert found.get("answer-invoice").newest.changelog == "Version ten."
    assert reads == ["answer-invoice"] * 2


def test_the_state_of_a_prompt_follows_the_calendar(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_prompt(library, "due-one", labels="approved: 1\n", review_by="2030-05-31")
    for file in library.rglob("*.yml"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    found = library_in(library)
    assert found.get("due-one").status(1) == "approved"
    monkeypatch.setattr("desktop_app.prompts.library.utc_now", lambda: datetime(2030, 6, 1, tzinfo=UTC))
    assert found.get("due-one").status(1) == "due for review"


def test_ids_and_references_read_no_version(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a version was read")

    monkeypatch.setattr("desktop_app.prompts.library.read_version", refuse)
    found = library_in(library)
    assert found.ids() == ("answer-invoice", "shorten-notice")
    assert found.references() == {
        "answer-invoice", "answer-invoice@1", "answer-invoice@2", "answer-invoice@10", "answer-invoice@latest",
        "answer-invoice@approved", "answer-invoice@pilot",
        "shorten-notice", "shorten-notice@1", "shorten-notice@latest",
    }  # fmt: skip


def test_references_follow_the_files_and_leave_out_what_nobody_can_resolve(library: Path) -> None:
    found = library_in(library)
    assert "shorten-notice@2" not in found.references()
    write_prompt(library, "shorten-notice", version=2)
    assert "shorten-notice@2" in found.references()
    (library / "shorten-notice" / "labels.yml").write_text("approved: 9\n")
    (library / "Wrong Name").mkdir()
    assert {name.partition("@")[0] for name in found.references()} == {"answer-invoice"}


def test_the_persons_own_folder_comes_last_as_soon_as_it_is_there(library: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    found = PromptLibrary([library], own)
    assert found.folders == (library,) and found.problems == ()
    write_prompt(own, "my-own", name="Mine")
    write_prompt(own, "shorten-notice", name="My notice")
    assert found.folders == (library, own)
    assert found.get("my-own").offered.name == "Mine"
    assert found.get("shorten-notice").offered.name == "a shorter notice"


def test_what_lies_beside_the_prompts_is_no_prompt(library: Path) -> None:
    for name in ("results.json", ".hidden.yml", "README.md"):
        (library / name).write_text("{}")
    (library / ".git").mkdir()
    assert library_in(library).ids() == ("answer-invoice", "shorten-notice") and said(library) == []


@pytest.mark.parametrize(
    "prompt_id", ["..", "../library/shorten-notice", "/etc", "", "a/b", "shorten-notice/", "Ä" * 300]
)
def test_an_id_is_never_a_path(library: Path, prompt_id: str) -> None:
    with pytest.raises(UnknownPromptError):
        library_in(library).get(prompt_id)


def test_the_first_folder_wins_and_the_other_is_named(library: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_prompt(other, "shorten-notice", name="Another")
    write_prompt(other, "only-here")
    both = PromptLibrary([library, other])
    assert both.get("shorten-notice").offered.name == "a shorter notice"
    assert "only-here" in both.ids()
    [problem] = both.problems
    assert problem.path == other / "shorten-notice" and "already in another folder" in problem.message


# -- a bad file hides no other -------------------------------------------------------------------------------------------


def test_one_bad_version_leaves_the_others(library: Path) -> None:
    (library / "answer-invoice" / "1.prompt.yml").write_text("name: [")
    found = library_in(library)
    assert [version.version for version in found.get("answer-invoice").versions] == [2, 10]
    [problem] = found.problems
    assert problem.path.name == "1.prompt.yml" and problem.line is not None


def test_one_bad_prompt_leaves_the_others(library: Path) -> None:
    (library / "shorten-notice" / "1.prompt.yml").write_bytes(b"\xff")
    found = library_in(library)
    assert [prompt.id for prompt in found.prompts()] == ["answer-invoice"]
    with pytest.raises(ContentError, match="not UTF-8"):
        found.get("shorten-notice")


def test_a_broken_prompt_is_never_replaced_by_one_from_another_folder(library: Path, tmp_path: Path) -> None:
    write_prompt(tmp_path / "other", "shorten-notice", name="Another")
    (library / "shorten-notice" / "1.prompt.yml").write_text("name: [")
    with pytest.raises(ContentError, match="not valid YAML"):
        PromptLibrary([library, tmp_path / "other"]).get("shorten-notice")


@pytest.mark.parametrize("text", ["approved: 3", "latest: 1", "approved: [", "Approved: 1"])
def test_a_wrong_label_takes_the_whole_prompt_out(library: Path, text: str) -> None:
    """Else people would silently get another version than the one that was approved."""
    (library / "answer-invoice" / "labels.yml").write_text(text)
    found = library_in(library)
    assert [prompt.id for prompt in found.prompts()] == ["shorten-notice"]
    assert found.problems[0].path.name == "labels.yml"
    with pytest.raises(ContentError):
        found.get("answer-invoice")


def test_a_label_for_a_version_that_cannot_be_read_means_no_other_version(library: Path) -> None:
    (library / "answer-invoice" / "2.prompt.yml").write_text("name: [")
    found = library_in(library)
    assert "answer-invoice" not in [prompt.id for prompt in found.prompts()]
    assert {problem.path.name for problem in found.problems} == {"2.prompt.yml", "labels.yml"}


@pytest.mark.parametrize("name", ["Answer", "a", "1st-answer", "answer_invoice", "ärger", "x" * 61, "answer invoice"])
def test_a_wrong_folder_name_is_named(library: Path, name: str) -> None:
    write_prompt(library, name)
    assert said(library) == [f"{name}: A prompt's folder is named with a-z, 0-9 and -, such as reply-to-complaint."]


@pytest.mark.parametrize(
    "name", ["one.prompt.yml", "0.prompt.yml", "01.prompt.yml", "1.prompt.yaml.yml", "3.yml", "1234567.prompt.yml"]
)
def test_a_wrong_file_name_is_named(library: Path, name: str) -> None:
    write_prompt(library).rename(library / "answer-invoice" / name)
    (library / "answer-invoice" / "labels.yml").unlink()
    assert said(library) == [f"answer-invoice/{name}: A version's file is named with its number, such as 1.prompt.yml."]


def test_other_files_and_hidden_folders_are_passed_over(library: Path) -> None:
    (library / "README.md").write_text("about")
    (library / ".git").mkdir()
    (library / "answer-invoice" / "notes.txt").write_text("mine")
    assert said(library) == []


def test_a_prompt_without_a_version_is_named(library: Path) -> None:
    (library / "empty-one").mkdir()
    found = library_in(library)
    assert ["There is no version here" in problem.message for problem in found.problems] == [True]
    with pytest.raises(ContentError, match="no version here"):
        found.get("empty-one")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    [problem] = library_in(tmp_path / "gone").problems
    assert "cannot be read (No such file or directory)" in problem.message and problem.path == tmp_path / "gone"


# -- what a reference means ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "number"),
    [("answer-invoice", 2), ("answer-invoice@approved", 2), ("answer-invoice@pilot", 10), ("answer-invoice@latest", 10),
     ("answer-invoice@1", 1), ("answer-invoice@010", 10), ("shorten-notice", 1)],
)  # fmt: skip
def test_a_reference_means_one_version(library: Path, reference: str, number: int) -> None:
    assert library_in(library).resolve(reference).version == number


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("answer-invoise", "There is no prompt answer-invoise. Did you mean answer-invoice?"),
        ("zzzzzz", "There is no prompt zzzzzz. `greenroom prompt list` shows all."),
        ("answer-invoice@3", "answer-invoice has no version 3. It has: 1, 2, 10."),
        ("answer-invoice@0", "answer-invoice has no version 0. It has: 1, 2, 10."),
        ("answer-invoice@retired", 'answer-invoice has no label "retired". Its labels: approved → 2, pilot → 10.'),
        ("shorten-notice@approved", 'shorten-notice has no label "approved". Its labels: none.'),
        ("answer-invoice@", 'answer-invoice has no label "". Its labels: approved → 2, pilot → 10.'),
        ("answer-invoice@²", 'answer-invoice has no label "²". Its labels: approved → 2, pilot → 10.'),
        ("answer-invoice@" + "9" * 5000, None),
        ("", "There is no prompt . `greenroom prompt list` shows all."),
        ("@", "There is no prompt . `greenroom prompt list` shows all."),
    ],
)  # fmt: skip
def test_an_unknown_reference_is_an_error_that_names_what_there_is(
    library: Path, reference: str, sentence: str | None
) -> None:
    with pytest.raises(UnknownPromptError) as caught:
        library_in(library).resolve(reference)
    assert sentence is None or str(caught.value) == sentence


# -- lint ----------------------------------------------------------------------------------------------------------------


def test_lint_finds_the_same_from_every_side(library: Path) -> None:
    bad = library / "answer-invoice" / "1.prompt.yml"
    bad.write_text("name: [")
    wanted = [str(problem) for problem in library_in(library).problems]
    assert len(wanted) == 1
    for path in (library, bad.parent, bad):
        assert [str(problem) for problem in lint(path)] == wanted, path
    assert lint(library / "answer-invoice" / "2.prompt.yml") == []
    assert lint(library / "shorten-notice") == []


def test_lint_of_one_file_tells_about_its_folder_and_name(library: Path) -> None:
    assert "folder is named" in lint(write_prompt(library, "Wrong"))[0].message
    file = write_prompt(library, "right-one")
    file = file.rename(file.with_name("one.yml"))
    assert "named with its number" in lint(file)[0].message
    assert "named with its number" in lint(file.parent)[0].message


def test_lint_of_labels_tells_about_the_labels(library: Path) -> None:
    file = library / "answer-invoice" / "labels.yml"
    assert lint(file) == []
    file.write_text("latest: 1")
    assert "reserved" in lint(file)[0].message


def test_lint_of_what_is_no_prompt_says_so(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Hello")
    assert "no prompt" in lint(tmp_path / "README.md")[0].message


def test_lint_of_a_library_with_curators_looks_at_its_prompts(library: Path) -> None:
    (library / "curators.yml").write_text("curators: [")
    (library / "shorten-notice" / "1.prompt.yml").write_text("name: [")
    assert {"curators.yml", "1.prompt.yml"} <= {problem.path.name for problem in lint(library)}


# -- what a list needs ---------------------------------------------------------------------------------------------------


def test_a_list_needs_only_the_versions_with_a_label_or_the_newest(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    monkeypatch.setattr(
        "desktop_app.prompts.library.read_version", lambda path, name, number: read.append(number) or read_version(path, name, number)
    )  # fmt: skip
    for name, numbers in (("answer-invoice", [2, 10]), ("shorten-notice", [1])):
        prompt, problems = read_offered(library / name)
        assert prompt is not None and problems == [] and read == numbers
        assert prompt.offered == read_prompt(library / name)[0].offered  # type: ignore[union-attr]
        read.clear()


@pytest.mark.parametrize("spoiled", ["1.prompt.yml", "2.prompt.yml", "10.prompt.yml", "labels.yml"])
@pytest.mark.parametrize("labels", ["approved: 2\npilot: 10\n", "pilot: 1\n", ""])
def test_what_a_list_shows_is_what_opens(library: Path, spoiled: str, labels: str) -> None:
    folder = library / "answer-invoice"
    (folder / "labels.yml").write_text(labels)
    (folder / spoiled).write_text("name: [")
    shown, opened = read_offered(folder)[0], read_prompt(folder)[0]
    assert (shown and shown.offered) == (opened and opened.offered)
    assert (shown and shown.status(shown.offered.version)) == (opened and opened.status(opened.offered.version))


def test_a_folder_that_cannot_be_listed_is_named(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("desktop_app.prompts.library.os.scandir", refuse)
    prompt, [problem] = read_prompt(library / "shorten-notice")
    assert prompt is None and str(problem).endswith("The prompt's folder cannot be read (Permission denied).")
