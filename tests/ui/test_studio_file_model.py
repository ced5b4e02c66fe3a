"""The open file: saved as it was, never lost, and honest about other programs."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.studio.file_model import FileModel
from desktop_app.ui.pages.studio.recovery import Recovery, beside
from tests.helpers.command import files_below
from tests.lessons.builders import lesson_text, write_lesson

TYPED = "Zaunkönig typed and not saved"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_lesson(tmp_path / "content" / "lessons", lesson_text())


class Desk:
    """A model with the text a view would show."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.model = FileModel(services, InlineJobs())
        self.text = ""
        self.compared: list[str] = []
        self.model.opened.connect(self._set)
        self.model.replaced.connect(self._replace)
        self.model.compared.connect(lambda title, changes: self.compared.append("".join(c.text for c in changes)))

    def _set(self, text: str) -> None:
        self.text = text

    def _replace(self, text: str) -> None:
        self.text = text
        self.model.edit(text)

    def type(self, text: str) -> None:
        self._replace(text)

    def die(self) -> None:
        """Let nothing happen any more, as after a kill: what is not kept now is lost."""
        self.model.blockSignals(True)
        self.model._closed = True
        self.model.close()
        self.services.close()

    @property
    def notice(self) -> str:
        return self.model.state.notice.kind if self.model.state.notice else ""


@pytest.fixture
def desk(services: Services, qapp: object) -> Generator[Desk, None, None]:
    services.unlock_vault()  # answers: there is no keyring, unless the test has one
    made = Desk(services)
    yield made
    made.model.close()


def again(desk: Desk) -> Desk:
    """Another session with the same profile, after this one ended without a word."""
    desk.die()
    services = desk.services
    fresh = Services(Locations(services.locations.profile, *_rest(services.locations)))
    fresh.unlock_vault()
    return Desk(fresh)


def _rest(locations: Locations) -> tuple[tuple[Path, ...], tuple[Path, ...], Path]:
    return locations.content, locations.libraries, locations.resources


# -- saving --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_saving_keeps_line_ends_and_rights(desk: Desk, file: Path, end: str) -> None:
    file.write_bytes(lesson_text().replace("\n", end).encode())
    file.chmod(0o640)
    desk.model.open(file)
    desk.type(desk.text + "\nMore.\n")
    assert desk.model.state.changed
    assert desk.model.save()
    assert file.read_bytes() == (lesson_text() + "\nMore.\n").replace("\n", end).encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert not desk.model.state.changed and desk.model.state.said.startswith("Saved at")


def test_a_byte_order_mark_goes_and_nothing_else_does(desk: Desk, file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + lesson_text("## Start\n\nno\u00a0break\n").encode())
    desk.model.open(file)
    desk.type(desk.text + "!")
    desk.model.save()
    assert file.read_bytes() == (lesson_text("## Start\n\nno\u00a0break\n") + "!").encode()


def test_nothing_is_written_where_nothing_changed(desk: Desk, file: Path) -> None:
    desk.model.open(file)
    before = file.stat().st_mtime_ns
    desk.type(desk.text + "x")
    desk.type(desk.text[:-1])
    assert not desk.model.state.changed
    assert not desk.model.save()
    assert file.stat().st_mtime_ns == before


def test_half_a_character_is_named_with_its_line(desk: Desk, file: Path) -> None:
    desk.model.open(file)
    line = desk.text.count("\n") + 1
    desk.type(desk.text + "\ud83d")
    assert not desk.model.save()
    assert desk.model.state.notice is not None and f"Line {line} " in desk.model.state.notice.text
    assert file.read_text("utf-8") == lesson_text()


def test_a_file_that_cannot_be_read_is_said(desk: Desk, file: Path) -> None:
    file.write_bytes(b"\xff\xfe not utf-8")
    desk.model.open(file)
    assert desk.notice == "failed" and desk.model.state.path is None


# -- other programs ------------------------------------------------------------------------------------------------------


def test_a_change_on_disk_is_read_while_nothing_is_unsaved(desk: Desk, file: Path) -> None:
    desk.model.open(file)
    file.write_text(lesson_text() + "theirs\n")
    desk.model.check_disk()
    assert desk.text.endswith("theirs\n") and not desk.model.state.changed
    assert "read again" in desk.model.state.said


def test_a_change_on_disk_asks_when_something_is_unsaved(desk: Desk, file: Path) -> None:
    desk.model.open(file)
    desk.type(desk.text + "mine\n")
    file.write_text(lesson_text() + "theirs\n")
    assert not desk.model.save(), "saving would overwrite what nobody here has seen"
    assert desk.notice == "disk"
    desk.model.act("compare-disk")
    assert "theirs" in desk.compared[0] and "mine" in desk.compared[0]
    desk.model.act("mine")
    assert file.read_text() == lesson_text() + "mine\n"
    assert desk.notice == ""


def test_reloading_takes_theirs(desk: Desk, file: Path, qtbot: QtBot) -> None:
    desk.model.open(file)
    desk.type(desk.text + "mine\n")
    file.write_text(lesson_text() + "\ntheirs\n")
    desk.model.check_disk()
    desk.model.act("reload")
    assert desk.text.endswith("theirs\n") and not desk.model.state.changed
    qtbot.waitUntil(lambda: any("theirs" in piece.html for piece in desk.model.preview.pieces))


def test_a_deleted_file_can_be_saved_again(desk: Desk, file: Path) -> None:
    desk.model.open(file)
    desk.type(desk.text + "mine\n")
    file.unlink()
    desk.model.check_disk()
    assert desk.notice == "gone"
    desk.model.act("again")
    assert file.read_text() == lesson_text() + "mine\n"


def test_the_watcher_notices_by_itself(desk: Desk, file: Path, qtbot: QtBot) -> None:
    desk.model.open(file)
    scratch = file.with_name("scratch")
    scratch.write_text(lesson_text() + "theirs\n")
    scratch.replace(file)  # as editors save
    qtbot.waitUntil(lambda: desk.text.endswith("theirs\n"))
    file.write_text(lesson_text() + "again\n")
    qtbot.waitUntil(lambda: desk.text.endswith("again\n"))


# -- nothing is lost -----------------------------------------------------------------------------------------------------


def test_unsaved_text_comes_back_sealed_in_between(
    file_keyring: dict[str, str], services: Services, file: Path, qapp: object
) -> None:
    services.unlock_vault()
    desk = Desk(services)
    desk.model.open(file)
    desk.type(desk.text + TYPED)
    desk.model.keep()
    for name, data in files_below(services.locations.profile).items():
        assert TYPED.encode() not in data, name
    after = again(desk)
    after.model.open(file)
    assert after.text.endswith(TYPED) and after.model.state.changed
    assert after.notice == "recovered"
    after.model.act("compare-saved")
    assert TYPED in after.compared[0]
    after.model.act("discard")
    assert after.text == lesson_text() and not after.model.state.changed
    third = again(after)
    third.model.open(file)
    assert third.notice == ""
    third.die()


def test_it_is_kept_while_typing_without_any_call(
    file_keyring: dict[str, str], services: Services, file: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.ui.pages.studio.file_model._KEEP_MS", 10)
    services.unlock_vault()
    desk = Desk(services)
    desk.model.open(file)
    desk.type(desk.text + TYPED)
    recovery = Recovery(services.learner)
    qtbot.waitUntil(lambda: (kept := recovery.find(file)) is not None and kept.text.endswith(TYPED))
    desk.model.save()
    assert recovery.find(file) is None
    desk.model.close()


def test_before_the_keyring_answers_nothing_is_overwritten(
    file_keyring: dict[str, str], services: Services, file: Path, qapp: object
) -> None:
    services.unlock_vault()
    desk = Desk(services)
    desk.model.open(file)
    desk.type(desk.text + TYPED)
    desk.model.keep()
    desk.die()
    fresh = Services(Locations(services.locations.profile, *_rest(services.locations)))
    late = Desk(fresh)
    late.model.open(file)
    assert late.text == lesson_text(), "the keyring was not asked yet"
    late.model.keep()
    fresh.unlock_vault()
    late.model.on_keyring()
    assert late.text.endswith(TYPED)
    late.die()


def test_without_a_keyring_the_trainer_decides(desk: Desk, file: Path) -> None:
    desk.model.open(file)
    desk.type(desk.text + TYPED)
    assert desk.notice == "keyring"
    desk.model.keep()
    assert not beside(file).exists()
    desk.model.act("beside")
    assert TYPED.encode() in beside(file).read_bytes()
    after = again(desk)
    after.model.open(file)
    assert after.text.endswith(TYPED)
    after.model.act("keep")
    after.model.save()
    assert not beside(file).exists()
    assert not [data for data in files_below(desk.services.locations.profile).values() if TYPED.encode() in data]
    after.die()


def test_no_is_remembered(desk: Desk, file: Path) -> None:
    desk.model.open(file)
    desk.type(desk.text + "x")
    desk.model.act("no")
    desk.model.save()
    after = again(desk)
    after.model.open(file)
    after.type(after.text + "y")
    assert after.notice == ""
    after.die()


def test_a_cut_off_recovery_file_is_ignored(desk: Desk, file: Path) -> None:
    beside(file).write_text('{"text": "half')
    desk.model.open(file)
    assert desk.text == lesson_text() and desk.notice == ""


# -- preview and problems ------------------------------------------------------------------------------------------------


def test_preview_and_problems_follow_the_text(desk: Desk, file: Path, qtbot: QtBot) -> None:
    desk.model.open(file)
    assert [found.code for found in desk.model.problems if found.severity == "error"] == []
    desk.type(desk.text.replace("[(X)] this", "[( )] this, really"))
    qtbot.waitUntil(lambda: any("this, really" in piece.html for piece in desk.model.preview.pieces))
    qtbot.waitUntil(lambda: "L201" in [found.code for found in desk.model.problems])
    line = next(found.line for found in desk.model.problems if found.code == "L201")
    assert "this, really" in desk.text.split("\n")[line - 1]


def test_paths_documents_and_lists_have_their_own_preview(desk: Desk, file: Path) -> None:
    root = file.parents[2]
    files = {
        "paths/ours.yml": "id: ours\ntitle: Ours\ndescription: D.\nroles: [everyone]\nlessons: [sample, gone]\n",
        "documents/note.md": "---\nid: note\ntitle: A note\nkind: note\nlanguage: en\nplanted: []\n---\nHello.\n",
        "terms.yml": "terms: []\n",
    }
    said = []
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
        desk.model.open(root / name)
        said.append("".join(piece.html for piece in desk.model.preview.pieces) or desk.model.preview.words)
    assert "gone (not found)" in said[0] and "Hello." in said[1] and "no preview" in said[2]
    assert os.listdir(root / "paths") == ["ours.yml"], "opening leaves nothing behind"  # noqa: PTH208
