"""The redact exercise by keys and by mouse: bars, undo, the result in the text and in words, and what comes back later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.errors import StoreError
from desktop_app.lessons.documents import Document, Planted
from desktop_app.records.learning import Attempt
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.learn.exercises.redact import RedactPane
from desktop_app.ui.pages.learn.exercises.redact_model import RedactModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Clickable, Scroll

TEXT = "Dear Ms Lee 😀,\n\nyour knee is torn. Write to ann.lee@mail.example or call 069 90009 100.\n\nAnn Lee\n"
LETTER = Document(
    "d", "A short letter", "letter", "en",
    (
        Planted("Lee", "person", "Her name."), Planted("torn", "health", "A diagnosis."),
        Planted("ann.lee@mail.example", "email", "Her address."), Planted("Ann Lee", "person", "Her full name."),
    ),
    TEXT, Path("d.md"), ask="What is it about?",
)  # fmt: skip
PLACES = [(start, end) for start, end, _ in LETTER.spans()]
Saved = list[tuple[float, tuple[int, ...]]]


def make(saved: Saved, *, attempts: tuple[Attempt, ...] = (), most_tries: int = 0) -> RedactModel:
    return RedactModel(
        LETTER, attempts, lambda score, chosen: saved.append((score, chosen)), InlineJobs(), most_tries=most_tries
    )


def attempt(score: float, chosen: tuple[int, ...]) -> Attempt:
    return Attempt("lesson", "1.0", "d", 1, score, chosen, "", datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def saved() -> Saved:
    return []


@pytest.fixture
def model(qapp: object, saved: Saved) -> RedactModel:
    return make(saved)


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, model: RedactModel) -> RedactPane:
    return show(qtbot, theme, model)


def show(
    qtbot: QtBot, theme: Theme, model: RedactModel, ask: Callable[[str], QWidget] = lambda _: QWidget()
) -> RedactPane:
    made = RedactPane(theme, model, ask)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.view.setFocus()
    return made


def select(pane: RedactPane, part: str) -> None:
    """Put the caret before part and select it with Shift and the arrow keys."""
    place = TEXT.index(part)
    cursor = pane.view.textCursor()
    cursor.setPosition(len(TEXT[:place].encode("utf-16-le")) // 2)
    pane.view.setTextCursor(cursor)
    for _ in part:
        QTest.keyClick(pane.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)


def key(pane: RedactPane, *keys: Qt.Key, control: bool = False) -> None:
    for one in keys:
        QTest.keyClick(
            pane.view, one, Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        )


def point_of(pane: RedactPane, part: str) -> QPoint:
    """The middle of the first line of part, in the text's viewport."""
    place = TEXT.index(part)
    return next(iter(pane.view._rects(place, place + len(part)))).center().toPoint()


def bars(model: RedactModel) -> list[str]:
    return [model.marked_text(mark) for mark in model.state.marks]


def words(widget: QWidget) -> str:
    """Every label that can be read in widget, once the layout has shown what was added."""
    QApplication.processEvents()
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


# -- the bars --------------------------------------------------------------------------------------------------------


def test_bars_that_touch_become_one_and_undo_takes_each_step_back(model: RedactModel) -> None:
    model.mark(0, 4)
    model.mark(4, 7)
    assert model.state.marks == ((0, 7),)
    model.undo()
    assert model.state.marks == ((0, 4),) and model.state.can_redo
    model.redo()
    assert model.state.marks == ((0, 7),)
    model.undo()
    model.mark(8, 11)
    assert not model.state.can_redo, "a new bar ends what could be done again"


def test_a_bar_over_nothing_but_space_is_no_change(model: RedactModel) -> None:
    model.mark(4, 5)
    assert model.state.marks == () and not model.state.can_undo


def test_only_the_bars_that_are_touched_go(model: RedactModel) -> None:
    for mark in PLACES:
        model.mark(*mark)
    model.unmark(PLACES[1][0] + 1, PLACES[1][0] + 1)
    assert model.state.marks == (PLACES[0], *PLACES[2:])


# -- checking --------------------------------------------------------------------------------------------------------


def test_a_check_stores_numbers_and_a_new_try_keeps_the_bars(model: RedactModel, saved: Saved) -> None:
    model.mark(*PLACES[0])
    model.check()
    assert saved == [(0.25, PLACES[0])]
    model.mark(*PLACES[1])
    model.undo()
    assert model.state.marks == (PLACES[0],), "a checked text stays as it is"
    model.try_again()
    for mark in PLACES[1:]:
        model.mark(*mark)
    model.check()
    assert saved[-1] == (1.0, tuple(place for mark in PLACES for place in mark))
    assert model.state.best == 1.0


def test_the_guard_is_asked_for_real_and_only_after_the_check(model: RedactModel) -> None:
    assert model.state.guard is None
    model.check()
    assert model.state.guard is not None
    assert (model.state.guard.found, len(model.state.guard.needless)) == (1, 1)


def test_an_earlier_result_comes_back_with_its_bars(qapp: object, saved: Saved) -> None:
    again = make(saved, attempts=(attempt(0.5, (*PLACES[0], *PLACES[2])),))
    assert again.state.marks == (PLACES[0], PLACES[2])
    assert again.state.result is not None and again.state.result.found == 2
    assert again.state.best == 0.5 and saved == []


def test_bars_of_another_version_of_the_text_do_not_come_back(qapp: object, saved: Saved) -> None:
    again = make(saved, attempts=(attempt(0.5, (0, 5000)),))
    assert again.state.marks == () and again.state.result is None


def test_the_last_try_ends_it(qapp: object, saved: Saved) -> None:
    model = make(saved, most_tries=1)
    model.check()
    assert model.state.tries_left == 0
    model.try_again()
    model.check()
    assert len(saved) == 1 and model.state.result is not None


def test_a_result_that_cannot_be_stored_is_shown_and_says_so(qapp: object) -> None:
    def fail(score: float, chosen: tuple[int, ...]) -> None:
        raise StoreError("The disk is full.")

    model = RedactModel(LETTER, (), fail, InlineJobs())
    model.check()
    assert model.state.result is not None
    assert "not stored" in model.state.problem and "The disk is full." in model.state.problem


# -- by keys ---------------------------------------------------------------------------------------------------------


def test_select_with_shift_and_black_out_with_r(pane: RedactPane, model: RedactModel) -> None:
    select(pane, "torn")
    key(pane, Qt.Key.Key_R)
    assert bars(model) == ["torn"]
    assert pane.marks.count() == 1 and pane.marks.item(0).text() == "torn"
    assert not pane.view.textCursor().hasSelection()


def test_r_without_a_selection_takes_the_word_at_the_caret(pane: RedactPane, model: RedactModel) -> None:
    select(pane, "to")
    pane.view.moveCursor(QTextCursor.MoveOperation.Left)
    key(pane, Qt.Key.Key_R)
    assert bars(model) == ["torn"]


@pytest.mark.parametrize("back", [Qt.Key.Key_Backspace, Qt.Key.Key_Delete])
def test_backspace_and_delete_bring_back(pane: RedactPane, model: RedactModel, back: Qt.Key) -> None:
    for part in ("torn", "Ann Lee"):
        select(pane, part)
        key(pane, Qt.Key.Key_R)
    key(pane, back)  # the caret stands behind the bar
    assert bars(model) == ["torn"]
    select(pane, "knee is torn. Write")
    key(pane, back)
    assert bars(model) == []


def test_undo_and_redo_by_keys(pane: RedactPane, model: RedactModel) -> None:
    select(pane, "torn")
    key(pane, Qt.Key.Key_R)
    key(pane, Qt.Key.Key_Z, control=True)
    assert bars(model) == [] and pane.redo.isEnabled()
    key(pane, Qt.Key.Key_Y, control=True)
    assert bars(model) == ["torn"] and pane.undo.isEnabled()


def test_places_behind_an_emoji_are_right(pane: RedactPane, model: RedactModel) -> None:
    select(pane, "your knee")
    key(pane, Qt.Key.Key_R)
    assert bars(model) == ["your knee"]


def test_typing_changes_nothing_and_tab_goes_on(pane: RedactPane) -> None:
    QTest.keyClicks(pane.view, "hello")
    assert pane.view.toPlainText() == TEXT.rstrip("\n")
    key(pane, Qt.Key.Key_Tab)
    assert not pane.view.hasFocus()


def test_escape_drops_the_selection_first(pane: RedactPane) -> None:
    select(pane, "torn")
    key(pane, Qt.Key.Key_Escape)
    assert not pane.view.textCursor().hasSelection()


def test_control_return_checks(pane: RedactPane, model: RedactModel) -> None:
    key(pane, Qt.Key.Key_Return, control=True)
    assert model.state.result is not None


def test_the_list_of_bars_shows_a_bar_and_takes_it_away(pane: RedactPane, model: RedactModel) -> None:
    for mark in PLACES[:2]:
        model.mark(*mark)
    pane.marks.setFocus()
    pane.marks.setCurrentRow(1)
    QTest.keyClick(pane.marks, Qt.Key.Key_Return)
    assert pane.view.hasFocus() and pane.view._shown == PLACES[1]
    QTest.keyClick(pane.marks, Qt.Key.Key_Delete)
    assert bars(model) == ["Lee"]


# -- by mouse --------------------------------------------------------------------------------------------------------


def test_a_double_click_offers_to_black_out_the_word_beside_it(pane: RedactPane, model: RedactModel) -> None:
    spot = point_of(pane, "torn")
    QTest.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)  # sends no release of its own
    QTest.mouseRelease(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert pane.view._offer.isVisible()
    QTest.mouseClick(pane.view._offer, Qt.MouseButton.LeftButton)
    assert bars(model) == ["torn"]
    assert not pane.view._offer.isVisible()


def test_a_click_on_a_bar_brings_it_back_and_one_beside_it_does_not(pane: RedactPane, model: RedactModel) -> None:
    model.mark(*PLACES[1])
    QTest.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(pane, "Write"))
    assert bars(model) == ["torn"]
    QTest.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(pane, "torn"))
    assert bars(model) == []


# -- the result ------------------------------------------------------------------------------------------------------


def test_the_result_says_what_would_have_left_and_what_would_have_been_fine(
    pane: RedactPane, model: RedactModel
) -> None:
    for part in ("Lee", "ann.lee", "069 90009 100"):
        select(pane, part)
        key(pane, Qt.Key.Key_R)
    pane.check.click()
    said = words(pane.result)
    assert "1 of 4 kept inside" in said
    assert "This would have left the building" in said and "A diagnosis." in said
    assert "still readable: “mail.example”" in said
    assert "Blacked out without need" in said and "“069 90009 100”" in said
    assert "The guard alone finds 1 of 4 and also marks a passage that is public." in said
    assert {passage.style for passage in pane.view._passages} == {"found", "leaked", "needless"}


def test_nothing_drawn_overlaps_so_that_every_word_has_one_colour(pane: RedactPane, model: RedactModel) -> None:
    for part in ("Ms Lee 😀,", "ann.lee", "069 90009 100", "Ann"):
        select(pane, part)
        key(pane, Qt.Key.Key_R)
    pane.check.click()
    spans = sorted((passage.start, passage.end) for passage in pane.view._passages)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_an_item_of_the_list_leads_to_its_place(pane: RedactPane, model: RedactModel) -> None:
    pane.check.click()
    items = [item for item in pane.result.findChildren(Clickable) if "torn" in item.accessibleName()]
    items[0].setFocus()
    QTest.keyClick(items[0], Qt.Key.Key_Return)
    assert pane.view.hasFocus() and pane.view._shown == PLACES[1]


def test_try_again_keeps_the_bars_and_gives_the_text_the_keyboard(pane: RedactPane, model: RedactModel) -> None:
    model.mark(*PLACES[0])
    pane.check.click()
    assert pane.again.isVisible() and not pane.check.isVisible() and not pane.marks.isVisible()
    pane.again.click()
    assert bars(model) == ["Lee"] and pane.check.isVisible() and pane.marks.isVisible()
    assert pane.view.hasFocus()


def test_what_would_have_been_sent_can_be_read_and_handed_to_the_model(
    qtbot: QtBot, theme: Theme, model: RedactModel
) -> None:
    asked: list[str] = []

    def ask(prompt: str) -> QWidget:
        asked.append(prompt)
        return QTextEdit()

    pane = show(qtbot, theme, model, ask)
    for mark in PLACES:
        model.mark(*mark)
    pane.check.click()
    assert "[HEALTH-1]" not in words(pane.result)
    buttons = {button.text(): button for button in pane.result.findChildren(type(pane.check))}
    buttons["Show the text"].click()
    assert "your knee is [HEALTH-1]. Write to [EMAIL-1]" in words(pane.result)
    buttons["Ask the local model"].click()
    assert asked[0].startswith("What is it about?\n\nDear Ms [PERSON-1]")
    assert "torn" not in asked[0]


def test_bars_survive_leaving_the_step(qtbot: QtBot, theme: Theme, model: RedactModel) -> None:
    first = show(qtbot, theme, model)
    select(first, "torn")
    key(first, Qt.Key.Key_R)
    first.close()
    second = show(qtbot, theme, model)
    assert second.marks.item(0).text() == "torn"
    key(second, Qt.Key.Key_Z, control=True)
    assert bars(model) == []


def test_everything_that_takes_the_keyboard_has_a_name(pane: RedactPane, model: RedactModel) -> None:
    model.mark(*PLACES[0])
    for _ in range(2):
        for widget in pane.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert widget.accessibleName() or getattr(widget, "text", str)(), widget
        pane.check.click()
    assert "1 black bar" in pane.view.accessibleDescription()


@pytest.mark.parametrize("width", [420, 640, 1000])
@pytest.mark.parametrize("scale", [100, 200])
def test_the_whole_text_is_visible_at_any_width(
    qtbot: QtBot, theme: Theme, pane: RedactPane, width: int, scale: int
) -> None:
    theme.apply("dark", scale)
    pane.resize(width, 700)
    qtbot.waitUntil(lambda: pane.view.document().size().height() <= pane.view.height())
    assert not pane.view.verticalScrollBar().isVisible()
    assert pane.view.document().size().width() <= pane.view.viewport().width() + 1


@pytest.mark.parametrize("width", [620, 1200])
def test_after_a_check_the_result_is_in_view(qtbot: QtBot, theme: Theme, model: RedactModel, width: int) -> None:
    area = Scroll()
    qtbot.addWidget(area)
    pane = RedactPane(theme, model, lambda _: QWidget())
    area.box.addWidget(pane)
    area.resize(width, 460)
    area.show()
    qtbot.waitExposed(area)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    pane.check.click()
    qtbot.waitUntil(lambda: 0 <= pane.result.mapTo(area, QPoint()).y() < 100)
