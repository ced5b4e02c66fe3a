"""The open folder: what is made, renamed and thrown away, and that each can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.lessons.content_folder import Entry
from desktop_app.lessons.lint import lint_text
from desktop_app.lessons.templates import NewLesson
from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.studio.folder_model import FolderModel
from tests.helpers.command import files_below
from tests.lessons.builders import lesson_text, write_lesson

FACTS = NewLesson("first-check", "Check it first", ("sales",), 5)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))  # where the system's trash is
    root = tmp_path / "content"
    write_lesson(root / "lessons", lesson_text())
    (root / "paths").mkdir()
    (root / "paths" / "ours.yml").write_text(
        "id: ours\ntitle: Ours\ndescription: All.\nroles: [everyone]\nlessons:\n  - sample\n"
    )
    return root


@pytest.fixture
def model(services: Services, qapp: object, root: Path) -> FolderModel:
    services.locations.make_profile()
    made = FolderModel(services, InlineJobs())
    assert made.open(root)
    return made


def entry(model: FolderModel, name: str) -> Entry:
    return next(one for one in model.state.entries if one.id == name)


def test_opening_lists_checks_and_remembers(model: FolderModel, services: Services, root: Path) -> None:
    assert [(one.kind, one.id, one.errors) for one in model.state.entries] == [
        ("lesson", "sample", 0),
        ("path", "ours", 0),
    ]
    assert not model.state.busy
    assert FolderModel(services, InlineJobs()).state.recent == (root,)
    assert FolderModel(services, InlineJobs()).suggested() == root


def test_a_folder_that_is_gone_is_said_and_the_open_one_stays(model: FolderModel, root: Path) -> None:
    assert not model.open(root / "nowhere" / "at" / "all")
    assert "not there any more" in model.state.problem
    assert model.state.root == root


def test_a_new_lesson_is_listed_clean_opened_and_can_be_undone(model: FolderModel, root: Path) -> None:
    made: list[Path] = []
    gone: list[Path] = []
    model.made.connect(made.append)
    model.gone.connect(gone.append)
    before = files_below(root)
    assert model.new_lesson(FACTS)
    assert made == [root / "lessons" / "first-check" / "lesson.md"]
    assert (entry(model, "first-check").errors, entry(model, "first-check").warnings) == (0, 0)
    assert not model.new_lesson(FACTS), "it exists now"
    assert "exists already" in model.state.problem
    model.undo()
    assert gone == made and files_below(root) == before


def test_what_is_thrown_away_comes_back_whole(model: FolderModel, root: Path, tmp_path: Path) -> None:
    (root / "lessons" / "sample" / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    before = files_below(root)
    assert model.trash(entry(model, "sample"))
    assert not (root / "lessons" / "sample").exists()
    assert [one.id for one in model.state.entries] == ["ours"]
    assert any(name.endswith("lesson.md") for name in files_below(tmp_path / "data")), "it is in the system's trash"
    model.undo()
    assert files_below(root) == before
    assert not [name for name in files_below(tmp_path / "data") if "lesson" in name or "trashinfo" in name]
    assert not model.state.undo


def test_renaming_takes_the_path_along_and_back(model: FolderModel, root: Path) -> None:
    before = files_below(root)
    assert model.rename(entry(model, "sample"), "renamed")
    assert entry(model, "ours").errors == 0, "the path lists the new id"
    assert "changed 1 path." in model.state.said
    model.undo()
    assert files_below(root) == before
    assert not model.rename(entry(model, "sample"), "Not An Id")
    assert "An id has" in model.state.problem


def test_a_copy_a_path_and_a_document(model: FolderModel, root: Path) -> None:
    assert model.duplicate(entry(model, "sample"))
    assert model.new_path("Our team") and model.new_document("A letter")
    assert {one.id for one in model.state.entries} == {"sample", "sample-2", "ours", "our-team", "a-letter"}
    assert [one.id for one in model.state.entries if one.errors] == []


def test_the_open_files_text_counts_in_the_list(model: FolderModel, root: Path) -> None:
    file = root / "lessons" / "sample" / "lesson.md"
    known = model._services.known_to_lint([file])
    broken = tuple(lint_text(lesson_text(level=None), file, known, FACTS.today))
    model.note_problems(file, broken)
    assert entry(model, "sample").errors == 1
    file.write_text(lesson_text(title="Another title"))
    model.note_saved(file)
    assert (entry(model, "sample").title, entry(model, "sample").errors) == ("Another title", 1)


def test_redact_gets_a_document_where_there_is_none(model: FolderModel, root: Path) -> None:
    found = model.snippet("redact", lesson_text())
    assert "document: visitor-message" in found
    assert entry(model, "visitor-message").errors == 0
    assert "document: visitor-message" in model.snippet("redact", lesson_text())


def test_images_of_a_lesson_are_listed_below_it(model: FolderModel, root: Path) -> None:
    file = root / "lessons" / "sample" / "lesson.md"
    assert model.add_image(b"\x89PNG\r\n\x1a\n", "A chart.png", file) == "a-chart.png"
    assert entry(model, "a-chart.png").lesson == "sample"
    assert model.add_image(b"MZ", "x.png", file) == ""
    assert "is no image" in model.state.problem
