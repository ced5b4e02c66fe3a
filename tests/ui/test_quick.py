"""The quick window: find, fill, copy, gone; and the links that lead into the app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.jobs import finish
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.calling import Request
from desktop_app.ui.front import Front
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.prompt_values import PromptValues
from desktop_app.ui.quick.model import QuickModel
from desktop_app.ui.quick.window import QuickWindow
from desktop_app.ui.theme import Theme
from tests.helpers.prompt_files import write_prompt

CONTROL = Qt.KeyboardModifier.ControlModifier
QUESTION = [{"name": "question", "label": "The question", "type": "long_text"}]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """Three prompts of our own and no others."""
    library = tmp_path / "library"
    for prompt_id, name in (
        ("answer-invoice", "Answer an invoice"),
        ("thank-guest", "Thank a guest"),
        ("plan-day", "Plan a day"),
    ):
        write_prompt(
            library, prompt_id, name=name, inputs=QUESTION, messages=[{"role": "user", "content": "{{question}}"}]
        )
    found = Locations.find(tmp_path / "profile")
    made = Services(Locations(found.profile, (), (library,), found.resources))
    finish(made.updated_index()).close()
    yield made
    made.close()


@pytest.fixture
def quick(theme: Theme, services: Services, qtbot: QtBot) -> QuickWindow:
    QGuiApplication.clipboard().setText("before")
    jobs = InlineJobs()
    made = QuickWindow(theme, services, QuickModel(services, PromptValues(services), jobs), jobs)
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    return made


@pytest.fixture
def elsewhere(qtbot: QtBot) -> QWidget:
    """The window of another program, where the person works."""
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def summon(quick: QuickWindow, qtbot: QtBot, elsewhere: QWidget | None = None) -> None:
    if elsewhere is not None:
        elsewhere.activateWindow()
        qtbot.waitUntil(elsewhere.isActiveWindow)
    quick.summon()
    qtbot.waitUntil(quick.isActiveWindow)


def listed(quick: QuickWindow) -> list[tuple[str, str]]:
    return [(row.id, row.why) for row in quick.model.state.rows]


def test_recent_and_favourite_prompts_come_first_until_something_is_typed(
    quick: QuickWindow, services: Services, qtbot: QtBot
) -> None:
    services.learner.set_favourite("thank-guest", True)
    services.learner.usage.add_use("plan-day", 1, "", "copied")
    services.learner.usage.add_use("gone-since", 1, "", "copied")
    summon(quick, qtbot)
    assert listed(quick) == [("plan-day", "Recent"), ("thank-guest", "Favourite"), ("answer-invoice", "")]
    qtbot.keyClicks(quick.search, "gues")
    assert listed(quick) == [("thank-guest", "Favourite")]


def test_the_main_way_by_keyboard_alone(quick: QuickWindow, qtbot: QtBot, elsewhere: QWidget) -> None:
    summon(quick, qtbot)
    assert QApplication.focusWidget() is quick.search
    qtbot.keyClicks(quick.search, "a")
    names = [row.name for row in quick.model.state.rows]
    qtbot.keyClick(quick.search, Qt.Key.Key_Down)
    qtbot.keyClick(quick.search, Qt.Key.Key_Return)
    assert quick.model.use.state.version is not None and quick.model.use.state.version.name == names[1]
    qtbot.keyClicks(QApplication.focusWidget(), "For Mara")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    assert QGuiApplication.clipboard().text() == "For Mara"
    assert not quick.isVisible()
    summon(quick, qtbot, elsewhere)
    assert not quick.model.state.is_open and quick.search.text() == ""


def test_escape_goes_one_step_back(quick: QuickWindow, qtbot: QtBot) -> None:
    summon(quick, qtbot)
    qtbot.keyClicks(quick.search, "plan")
    qtbot.keyClick(quick.search, Qt.Key.Key_Return)
    assert quick.model.state.is_open
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not quick.model.state.is_open and QApplication.focusWidget() is quick.search
    qtbot.keyClick(quick.search, Qt.Key.Key_Escape)
    assert quick.search.text() == "" and len(listed(quick)) == 3
    qtbot.keyClick(quick.search, Qt.Key.Key_Escape)
    assert not quick.isVisible()


def test_control_enter_in_the_list_copies_or_shows_what_is_missing(quick: QuickWindow, qtbot: QtBot) -> None:
    summon(quick, qtbot)
    qtbot.keyClick(quick.search, Qt.Key.Key_Return, CONTROL)
    assert quick.model.state.is_open
    assert quick.model.use.state.problems == {"question": "The question is needed."}
    assert QGuiApplication.clipboard().text() == "before"


def test_the_guard_keeps_the_window_open_and_asks(quick: QuickWindow, qtbot: QtBot) -> None:
    summon(quick, qtbot)
    qtbot.keyClick(quick.search, Qt.Key.Key_Return)
    qtbot.keyClicks(QApplication.focusWidget(), "ines.falk@norwind.example")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    assert quick.isVisible() and QGuiApplication.clipboard().text() == "before"
    assert QApplication.focusWidget() is quick.use.copied.replace
    qtbot.keyClick(quick.use.copied.replace, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "[EMAIL-1]"
    assert quick.isVisible(), "the answer's values can be put back here"
    assert quick.use.copied.restore.isVisible()


def test_half_typed_values_are_there_the_next_time(quick: QuickWindow, qtbot: QtBot, elsewhere: QWidget) -> None:
    summon(quick, qtbot)
    qtbot.keyClick(quick.search, Qt.Key.Key_Return)
    qtbot.keyClicks(QApplication.focusWidget(), "Half a")
    quick.hide()
    summon(quick, qtbot, elsewhere)
    assert quick.model.state.is_open
    assert list(quick.model.use.values.values()) == ["Half a"]


def test_nothing_found_says_so(quick: QuickWindow, qtbot: QtBot) -> None:
    summon(quick, qtbot)
    qtbot.keyClicks(quick.search, "qqqq zzzz")
    assert quick._nothing.isVisible() and "“qqqq zzzz”" in quick._nothing.text()
    qtbot.keyClick(quick.search, Qt.Key.Key_Return)
    assert not quick.model.state.is_open


def test_size_and_place_are_remembered(quick: QuickWindow, theme: Theme, services: Services, qtbot: QtBot) -> None:
    summon(quick, qtbot)
    quick.setGeometry(40, 30, 700, 500)
    quick.hide()
    jobs = InlineJobs()
    again = QuickWindow(theme, services, QuickModel(services, PromptValues(services), jobs), jobs)
    qtbot.addWidget(again, before_close_func=lambda window: window.finish())
    assert (again.pos(), again.width(), again.height()) == (QPoint(40, 30), 700, 500)


def test_a_place_on_a_screen_that_is_gone_is_not_used(theme: Theme, services: Services, qtbot: QtBot) -> None:
    services.settings.change(window={"quick": [90_000, 90_000, 700, 500]})
    jobs = InlineJobs()
    made = QuickWindow(theme, services, QuickModel(services, PromptValues(services), jobs), jobs)
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    assert made.screen().availableGeometry().contains(made.geometry().topLeft())


def test_closing_it_only_hides_it(quick: QuickWindow, qtbot: QtBot) -> None:
    summon(quick, qtbot)
    assert not quick.close()
    assert not quick.isVisible()


@pytest.mark.parametrize("scale", [100, 200])
def test_everything_that_takes_the_keyboard_has_a_name_and_tab_reaches_it(
    quick: QuickWindow, theme: Theme, qtbot: QtBot, scale: int
) -> None:
    from tests.ui.test_accessibility import name_of, shown

    theme.apply("light", scale)
    summon(quick, qtbot)
    for step in (lambda: None, lambda: quick.model.open("plan-day")):
        step()
        QApplication.processEvents()
        wanted = shown(quick)  # type: ignore[arg-type]
        assert len(wanted) >= 2 and all(map(name_of, wanted))
        reached = set()
        for _ in range(3 * len(wanted)):
            reached.add(QApplication.focusWidget())
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert set(wanted) <= reached
    theme.apply("light", 100)


# -- in the app ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def window(theme: Theme, services: Services) -> Iterator[MainWindow]:
    """The main window, not started: neither model nor first page is needed here."""
    made = MainWindow(services, theme, InlineJobs())
    made.has_started = True
    made.start_reading()
    yield made
    made.close()
    made.deleteLater()


def test_the_quick_window_lists_what_the_library_read_and_leads_to_it(window: MainWindow, qtbot: QtBot) -> None:
    Front(window).act(Request("quick"))
    qtbot.waitUntil(window.quick.isVisible)
    assert len(window.quick.model.state.rows) == 3
    window.quick.model.open("plan-day")
    window.quick._on_library_clicked()
    assert not window.quick.isVisible() and window.isVisible()
    assert window.page == "library" and window.library_model.detail is not None
    assert window.library_model.detail.prompt.id == "plan-day"


def test_a_link_shows_a_prompt_with_its_values_and_runs_nothing(window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("before")
    Front(window).act(Request("open", "greenroom://prompt/plan-day@1?question=Monday%3F"))
    use = window.library_model.use
    assert use.values == {"question": "Monday?"}
    assert window.page == "library"
    assert use.state.note == "Filled by a link: check each value."
    assert window.library.detail.use.use.form._fields["question"].value == "Monday?"
    assert QGuiApplication.clipboard().text() == "before"
    assert window.services.learner.usage.use_counts() == {}
    assert window.banner.text == ""


NOWHERE = {
    "greenroom://prompt/nope": "nope, which the library here does not have",
    "greenroom://prompt/plan-day@7": "plan-day@7, which the library",
    "greenroom://prompt/plan-day@pilot": "plan-day@pilot, which the library",
    "greenroom://lesson/nope": "nope",
    "greenroom://run/plan-day": "is no link that Greenroom follows",
    "greenroom://prompt/plan-day?question=%00": "cannot be seen",
    "": "is no link",
}


def test_a_link_that_leads_nowhere_says_so(window: MainWindow) -> None:
    for link, said in NOWHERE.items():
        window.banner.say("")
        window.follow(link)
        assert said in window.banner.text, link


def test_an_app_started_for_the_quick_window_waits_hidden_and_then_ends(
    theme: Theme, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow(services, theme, InlineJobs())
    front = Front(window)
    front.act(Request("quick"))
    assert window.quick.isVisible() and not window.isVisible() and not window.has_started
    ended: list[str] = []
    monkeypatch.setattr(QApplication, "quit", lambda: ended.append("quit"))
    for _ in range(20):
        front.tick()
    assert ended == [], "its window is in use"
    window.quick.hide()
    for _ in range(14):
        front.tick()
    assert ended == []
    front.tick()
    assert ended == ["quit"]
    assert "page" not in services.settings.value.window, "where a window stood that never was is not kept"
