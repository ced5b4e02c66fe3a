"""The list of documents: reading several, what goes wrong, choosing, tagging, removing with a way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.practice.documents.model import DocumentsModel
from desktop_app.ui.pages.practice.documents.state import Item
from desktop_app.ui.pages.settings.model import SettingsModel

LEAVE = "Leave policy\n\nEvery employee has 28 days of paid leave a year. Write to sabine.kraus@norwind.example.\n"
TRAVEL = "Travel rules\n\nA hotel may cost at most 140 euros a night.\n"


@pytest.fixture
def model(services: Services, qapp: object) -> DocumentsModel:
    made = DocumentsModel(services, InlineJobs())
    made.reload()
    return made


@pytest.fixture
def leave(tmp_path: Path) -> Path:
    file = tmp_path / "leave.md"
    file.write_text(LEAVE, "utf-8")
    return file


@pytest.fixture
def travel(tmp_path: Path) -> Path:
    file = tmp_path / "travel.txt"
    file.write_text(TRAVEL, "utf-8")
    return file


def item(model: DocumentsModel, name: str) -> Item:
    return next(one for one in model.state.documents if one.row.name == name)


def test_nothing_is_there_at_first(model: DocumentsModel) -> None:
    assert model.state.is_loaded
    assert (model.state.documents, model.state.headline, model.chosen) == ((), "", ())


def test_several_files_at_once_are_read_and_used(model: DocumentsModel, leave: Path, travel: Path) -> None:
    new: list[str] = []
    model.added.connect(new.append)
    model.add([travel, leave, travel])
    assert [one.row.name for one in model.state.documents] == ["leave.md", "travel.txt"]
    assert model.state.reading == ()
    assert set(new) == set(model.chosen) == model.known
    assert model.state.headline == "2 of 2 used"
    assert item(model, "leave.md").facts == "Markdown · 1 passage"


def test_the_guard_counts_what_a_document_holds(model: DocumentsModel, leave: Path, travel: Path) -> None:
    model.add([leave, travel])
    assert item(model, "leave.md").holds == "One e-mail address"
    assert item(model, "travel.txt").holds == ""
    assert model.state.warning == "Nothing leaves this computer, but what you copy from an answer does."
    model.choose(item(model, "leave.md").row.id, False)
    assert model.state.warning == ""


def test_a_file_that_cannot_be_read_says_why_and_the_others_come_in(
    model: DocumentsModel, leave: Path, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.pdf"
    model.add([gone, leave])
    [failed] = model.state.reading
    assert failed.path == gone
    assert "gone.pdf" in failed.problem
    assert [one.row.name for one in model.state.documents] == ["leave.md"]
    model.cancel(failed.key)
    assert model.state.reading == ()


def test_reading_again_takes_the_place_of_what_failed(model: DocumentsModel, tmp_path: Path) -> None:
    file = tmp_path / "late.md"
    model.add([file])
    assert model.state.reading[0].problem
    file.write_text(LEAVE, "utf-8")
    model.add([file])
    assert model.state.reading == ()
    assert item(model, "late.md").chosen


def test_one_document_is_left_out_and_taken_back(model: DocumentsModel, leave: Path, travel: Path) -> None:
    model.add([leave, travel])
    first = item(model, "leave.md").row.id
    model.choose(first, False)
    assert first not in model.chosen and len(model.chosen) == 1
    model.choose_only([first, "an id that is gone"])
    assert model.chosen == (first,)


def test_what_is_chosen_before_the_list_is_read_is_chosen_then(
    model: DocumentsModel, services: Services, leave: Path
) -> None:
    model.add([leave])
    [known] = model.known
    other = DocumentsModel(services, InlineJobs())
    other.choose_only([known, "gone"])
    assert other.chosen == ()
    other.reload()
    assert other.chosen == (known,)


def test_the_data_class_and_the_count_come_back(model: DocumentsModel, services: Services, leave: Path) -> None:
    model.add([leave])
    model.set_class(item(model, "leave.md").row.id, "confidential")
    other = DocumentsModel(services, InlineJobs())
    other.reload()
    assert item(other, "leave.md").data_class == "confidential"
    assert item(other, "leave.md").facts.endswith("· Confidential")
    assert not item(other, "leave.md").chosen
    model.set_class(item(model, "leave.md").row.id, "no such class")
    assert item(model, "leave.md").data_class == ""


def test_removing_can_be_undone_and_otherwise_removes(
    model: DocumentsModel, services: Services, leave: Path, travel: Path
) -> None:
    model.add([leave, travel])
    removed = item(model, "leave.md").row
    model.remove(removed.id)
    assert [one.row.name for one in model.state.documents] == ["travel.txt"]
    assert model.state.removed == removed
    assert removed.id not in model.chosen
    model.undo_remove()
    assert item(model, "leave.md").chosen
    assert model.state.removed is None

    gone: list[str] = []
    model.gone.connect(gone.append)
    model.remove(removed.id)
    model.finish_removing()
    assert gone == [removed.id]
    assert [row.name for row in services.grounding.documents()] == ["travel.txt"]
    assert model.state.removed is None


def test_a_document_that_is_removed_does_not_come_back_with_the_next_one(
    model: DocumentsModel, leave: Path, travel: Path
) -> None:
    model.add([leave])
    model.remove(item(model, "leave.md").row.id)
    model.add([travel])
    assert [one.row.name for one in model.state.documents] == ["travel.txt"]
    assert model.state.removed is not None


def test_adding_again_what_was_just_removed_keeps_it(model: DocumentsModel, services: Services, leave: Path) -> None:
    model.add([leave])
    model.remove(item(model, "leave.md").row.id)
    model.add([leave])
    assert model.state.removed is None
    model.close()
    assert [row.name for row in services.grounding.documents()] == ["leave.md"]


def test_closing_removes_for_good(model: DocumentsModel, services: Services, leave: Path) -> None:
    model.add([leave])
    model.remove(item(model, "leave.md").row.id)
    model.close()
    assert services.grounding.documents() == ()


def test_who_erases_their_records_erases_the_copies_of_documents(
    model: DocumentsModel, services: Services, leave: Path
) -> None:
    model.add([leave])
    SettingsModel(services).erase()
    model.forget()
    assert services.grounding.documents() == ()
    assert model.state.documents == ()
    assert b"28 days" not in services.locations.index_db.read_bytes()
    assert leave.exists()


def test_examples_are_the_invented_company(model: DocumentsModel) -> None:
    model.add_examples()
    assert [one.row.kind for one in model.state.documents] == ["pdf", "md", "docx"]
    assert model.state.reading == ()
