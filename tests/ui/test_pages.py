"""What people do on the pages of the real window, by keyboard and mouse."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from desktop_app.ui.main_window import PAGES, MainWindow
from desktop_app.ui.palette import Palette
from desktop_app.ui.run_model import RunModel
from desktop_app.ui.widgets.guarded_edit import GuardedEdit
from desktop_app.ui.widgets.prose import Prose


def found(window: MainWindow) -> list[str]:
    return [hit.id for hit in window.library_model.state.found.hits]


def test_ctrl_and_a_number_goes_to_each_page(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for number, name in enumerate(PAGES, 1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda name=name: window.page == name)


def test_search_narrows_with_every_letter_and_facets_count(window: MainWindow, qtbot: QtBot) -> None:
    window.go("library")
    everything = window.library_model.state.found.total
    qtbot.keyClicks(window.library.search, "invoic")
    qtbot.waitUntil(lambda: 0 < len(found(window)) < everything)
    assert all("invoice" in prompt_id for prompt_id in found(window)[:1])
    window.library.search.clear()
    qtbot.waitUntil(lambda: window.library_model.state.found.total == everything)
    role, count = next(iter(window.library_model.state.found.facets["role"].items()))
    window.library_model.set_filter("role", role)
    qtbot.waitUntil(lambda: window.library_model.state.found.total == count)


def test_nothing_found_teaches_and_leads_back(window: MainWindow, qtbot: QtBot) -> None:
    window.go("library")
    window.library.search.setText("qqqq zzzz")
    qtbot.waitUntil(lambda: window.library_model.state.found.total == 0)
    button = next(b for b in window.library.findChildren(QPushButton) if b.text() == "Show all prompts")
    qtbot.waitUntil(button.isVisible)
    button.click()
    qtbot.waitUntil(lambda: len(found(window)) >= 12)


def test_a_prompt_goes_from_the_library_to_practice_with_its_values(window: MainWindow) -> None:
    prompt = window.services.prompts.prompts()[0]
    window.open_prompt(prompt.id)
    window.library_model.use.use_example()
    text = next(f for f in window.library.detail.use.use.form._fields.values()).value
    assert text
    window.library.detail.use.try_it()
    assert window.page == "practice"
    assert window.practice_model.state.prompt == prompt.offered
    assert text in window.practice_model.values.values()


def test_versions_are_compared_with_words_not_colour_alone(window: MainWindow, qtbot: QtBot) -> None:
    prompt = next(p for p in window.services.prompts.prompts() if len(p.versions) > 1)
    window.open_prompt(prompt.id, prompt.newest.version)
    detail = window.library.detail
    detail._tabs.setCurrentWidget(detail.versions)
    qtbot.waitUntil(lambda: "underline" in detail.versions.comparison.text.toHtml())
    assert prompt.newest.changelog in detail.versions.timeline.entries[0].text


def test_a_star_stays(window: MainWindow) -> None:
    prompt = window.services.prompts.prompts()[0]
    window.open_prompt(prompt.id)
    window.library_model.star(True)
    assert prompt.id in window.services.learner.favourites()
    window.go("home")
    assert window.home_model.state.prompts[0].id == prompt.id


def test_the_palette_finds_a_lesson_and_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    lesson = window.services.lessons.lessons()[0]
    window.show_palette()
    [palette] = window.findChildren(Palette)
    qtbot.keyClicks(palette.field, lesson.title[:12].lower())
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.page == "learn"
    assert window.learn_model.reader.lesson == lesson


def test_a_closed_palette_is_freed(window: MainWindow, qtbot: QtBot) -> None:
    window.show_palette()
    [palette] = window.findChildren(Palette)
    gone = weakref.ref(palette)
    palette.close()
    del palette
    qtbot.waitUntil(lambda: not window.findChildren(Palette))
    gc.collect()
    assert gone() is None


def test_escape_leaves_the_lesson_for_the_path(window: MainWindow, qtbot: QtBot) -> None:
    window.open_lesson(window.services.lessons.lessons()[0].id)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.learn.reader._next.setFocus()
    qtbot.keyClick(window.learn.reader._next, Qt.Key.Key_Escape)
    assert not window.learn.is_reading


def test_prose_loads_no_file_and_opens_no_link(window: MainWindow) -> None:
    window.open_lesson(window.services.lessons.lessons()[0].id)
    prose = window.learn.reader.findChildren(Prose)[0]
    for address in ("file:///etc/passwd", "../../../../etc/passwd", "https://example.org/x.png", "/etc/passwd"):
        assert (
            prose.loadResource(
                2, prose.source().fromUserInput(address) if "://" in address else prose.source().resolved(address)
            )
            is None
        )


def test_settings_change_the_look_at_once_and_are_kept(window: MainWindow) -> None:
    window.go("settings")
    dark = next(box for box in window.settings.findChildren(QComboBox) if box.accessibleName() == "Colours")
    dark.setCurrentIndex(dark.findData("dark"))
    dark.activated.emit(dark.currentIndex())
    assert window.theme.is_dark
    assert window.services.settings.value.theme == "dark"


def test_deleting_records_asks_first(window: MainWindow) -> None:
    window.go("settings")
    window.services.learner.save_attempt("x", "1.0", "q", score=1.0)
    window.settings_model.ask_erase()
    assert window.services.learner.answer_count() == 1
    window.settings_model.erase()
    assert window.services.learner.answer_count() == 0
    assert window.services.learner.profile() is None


@pytest.mark.parametrize("size", [(900, 600), (1100, 700), (1600, 1000)])
def test_no_page_needs_more_room_than_it_gets(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    for name in PAGES:
        window.go(name)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size, name


def test_a_lesson_opens_at_once_although_its_page_is_not_built_yet(open_window: Callable[[], MainWindow]) -> None:
    shown = open_window()
    assert "learn" not in shown.__dict__, "the page is built in the background, a moment later"
    shown.open_lesson("what-generative-ai-is")
    assert shown.page == "learn" and shown.learn.is_reading


def test_closing_and_opening_finds_the_lesson_again(open_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    first = open_window()
    first._end_first_run()
    lesson = first.services.lessons.lessons()[0]
    first.open_lesson(lesson.id)
    first.learn_model.go(2)
    first.close()
    again = open_window()
    qtbot.waitUntil(lambda: again.page == "learn")
    assert (again.learn_model.reader.lesson, again.learn_model.reader.number) == (lesson, 2)


@pytest.mark.parametrize("width", [900, 1100, 1600])
def test_no_page_scrolls_sideways(window: MainWindow, qtbot: QtBot, width: int) -> None:
    window.resize(width, 700)
    for name in PAGES:
        window.go(name)
        for _ in range(5):  # a layout that turns to one column settles in later rounds of events
            QApplication.processEvents()
        areas = getattr(window, name).findChildren(QScrollArea)
        assert [
            a.horizontalScrollBar().maximum() for a in areas if a.isVisible() and a.horizontalScrollBar().maximum()
        ] == [], name


SHORT = """---
id: one-exercise
title: One exercise
version: "1.0"
language: en
roles: [everyone]
level: beginner
duration: PT3M
summary: A step to read and a step to do.
objectives: [You can run a prompt]
sources: [{title: Ourselves, checked: 2026-11-22}]
---

## Read

Something.

## Do

```practice
id: free
title: Run it
task: Run it.
start: Write three sentences about tents.
max_tokens: 40
```
"""


@pytest.fixture
def lesson(tmp_path: Path) -> str:
    """A lesson with a single run in its second and last step, in the window's own content folder."""
    file = tmp_path / "content" / "lessons" / "one-exercise" / "lesson.md"
    file.parent.mkdir(parents=True)
    file.write_text(SHORT, encoding="utf-8")
    return "one-exercise"


def test_escape_first_stops_a_run_then_leaves_the_field_then_the_lesson(
    window: MainWindow, lesson: str, qtbot: QtBot
) -> None:
    window.open_lesson(lesson)
    window.learn_model.go(1)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    run = window.learn.reader.runs[0]
    field = next(iter(window.learn.reader.findChildren(GuardedEdit)))
    field.edit.setFocus()
    run.set_max_tokens(1024)
    run.run()
    qtbot.waitUntil(lambda: run.state.phase == "running")
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: run.state.phase == "done", timeout=30_000)
    assert window.learn.is_reading
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert window.learn.is_reading and not field.edit.hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.learn.is_reading


def test_an_exercises_answer_is_there_again_after_leaving_its_step(
    window: MainWindow, lesson: str, qtbot: QtBot
) -> None:
    window.open_lesson(lesson)
    window.learn_model.go(1)
    run = window.learn.reader.runs[0]
    run.run()
    qtbot.waitUntil(lambda: run.state.phase == "done", timeout=60_000)
    run.judge("no")
    answer = run.state.answer
    window.learn_model.go(0)
    window.learn_model.go(1)
    again = window.learn.reader.runs[0].state
    assert (again.answer, again.judgement) == (answer, "no")


def test_the_wheel_changes_nothing_that_is_only_scrolled_past(window: MainWindow) -> None:
    window.go("settings")
    for box in window.settings.findChildren(QComboBox):
        before = box.currentIndex()
        middle = QPointF(box.rect().center())
        turn = QWheelEvent(
            middle, QPointF(box.mapToGlobal(box.rect().center())), QPoint(), QPoint(0, -120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, turn)
        assert box.currentIndex() == before


def test_placeholder_text_can_be_read(window: MainWindow) -> None:
    """The style sheet's text colour would overrule the palette's placeholder colour."""
    window.go("library")
    for mode in ("light", "dark"):
        window.theme.apply(mode, 100)
        colour = window.library.search.palette().color(QPalette.ColorRole.PlaceholderText)
        assert colour.name() == QColor(window.theme.tokens.muted).name()
        assert colour.alpha() == 255


def test_an_exercise_that_was_left_hears_no_more_of_the_sandbox(window: MainWindow, lesson: str, qtbot: QtBot) -> None:
    """Its widgets are gone; a model that still spoke to them would end in an exception."""
    window.open_lesson(lesson)
    for _ in range(3):
        window.learn_model.go(1)
        window.learn_model.go(0)
    qtbot.waitUntil(lambda: not window.learn.reader.findChildren(RunModel))
    window.sandbox.changed.emit(window.sandbox.state)
