"""The curators' feedback page: figures of everybody who handed a file on, what to mend first, and what people said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_app.prompts.feedback import Given, write_file
from desktop_app.records.usage import Feedback
from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.curate.feedback_model import FeedbackPageModel
from desktop_app.ui.pages.curate.feedback_tab import FeedbackTab
from desktop_app.ui.theme import Theme

AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def model(services: Services) -> FeedbackPageModel:
    _ = services.learner  # makes the profile
    return FeedbackPageModel(services, InlineJobs())


@pytest.fixture
def tab(qtbot: QtBot, theme: Theme, model: FeedbackPageModel) -> Iterator[FeedbackTab]:
    made = FeedbackTab(theme, model)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    yield made
    model.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Two people's files: one prompt fails often, another is loved."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    missed = [Feedback("offer-facts", 1, "ab" * 32, "no", 2, "missing", -4, "No date in it.", AT)] * 3
    loved = [Feedback("message-facts", 2, "ab" * 32, "yes", 5, "", 12, "", AT)] * 4
    for source, uses, said in (
        ("0" * 16, {("offer-facts", 1): 30}, missed),
        ("1" * 16, {("message-facts", 2): 9}, loved),
    ):
        write_file(folder / f"{source}.json", Given(source, uses, tuple(said)), date(2026, 11, 22), comments=True)
    return folder


def cells(tab: FeedbackTab, line: int) -> list[str]:
    model = tab.table.model()
    return [str(model.index(line, column).data()) for column in range(model.columnCount())]


def words(tab: FeedbackTab) -> str:
    return "\n".join(one.text() for one in tab._detail.column.findChildren(QLabel))


def test_before_the_first_use_the_page_says_how_figures_come(tab: FeedbackTab, model: FeedbackPageModel) -> None:
    model.reload()
    assert tab._stack.currentIndex() == 1


def test_what_is_most_worth_mending_comes_first(tab: FeedbackTab, model: FeedbackPageModel, inbox: Path) -> None:
    model.add([inbox])
    assert cells(tab, 0)[0] == "Read a supplier's offer · v1"
    assert cells(tab, 0)[1:5] == ["30", "0 of 3", "2.0", "-12"]
    assert "39 uses by 2 people" in tab._summary.text() and "goal met in 4 of 7" in tab._summary.text()
    assert (
        "missed their goal" in words(tab) and "No date in it." in words(tab) and "Something was missing" in words(tab)
    )


def test_a_column_sorts_and_the_choice_stays(tab: FeedbackTab, model: FeedbackPageModel, inbox: Path) -> None:
    model.add([inbox])
    tab.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert cells(tab, 0)[3] == "5.0"
    assert model.state.chosen == ("offer-facts", 1)
    tab.table.selectRow(0)
    assert model.state.chosen == ("message-facts", 2)


def test_dropped_files_count_and_are_remembered(
    tab: FeedbackTab, model: FeedbackPageModel, inbox: Path, services: Services
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(inbox))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    tab.dropEvent(drop)
    assert len(model.state.rows) == 2
    assert FeedbackPageModel(services, InlineJobs()).state.paths == (inbox,)
    tab.only_mine.click()
    assert model.state.rows == () and inbox.exists()


def test_a_broken_file_and_one_that_is_gone_are_named(tab: FeedbackTab, model: FeedbackPageModel, inbox: Path) -> None:
    (inbox / "broken.json").write_text("{")
    model.add([inbox, inbox / "gone.json"])
    assert "broken.json" in tab._banner.text and "gone.json is not there" in tab._banner.text
    assert len(model.state.rows) == 2


def test_own_feedback_is_handed_on_with_comments_only_if_asked(
    tab: FeedbackTab, model: FeedbackPageModel, services: Services, tmp_path: Path
) -> None:
    services.learner.usage.save_feedback(Feedback("offer-facts", 1, "ab" * 32, "no", comment="between us"))
    model.hand_on(tmp_path / "mine.json", comments=False)
    assert b"between us" not in (tmp_path / "mine.json").read_bytes() and "mine.json is written" in tab._banner.text
    model.hand_on(tmp_path / "no-such-folder" / "mine.json", comments=False)
    assert "cannot be written" in tab._banner.text


def test_the_page_opens_a_prompt_in_the_version_it_speaks_of(window: MainWindow, qtbot: QtBot, inbox: Path) -> None:
    window.go("curate")
    tab = window.curate.go("feedback")
    assert isinstance(tab, FeedbackTab)
    tab._model.add([inbox])
    qtbot.waitUntil(lambda: len(tab._model.state.rows) == 2)
    tab._open()
    assert window.page == "library"
    assert window.library_model.detail is not None and window.library_model.detail.version.version == 1
