"""Compare in the whole window, with the real model: from the library's versions and from Ask, and back to Ask."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.practice.compare.opening import compare_question, compare_versions
from desktop_app.ui.pages.practice.compare.tab import CompareTab


def compare_tab(window: MainWindow) -> CompareTab:
    tab = window.practice.built("compare")
    assert isinstance(tab, CompareTab) and window.page == "practice" and window.practice.tab == "compare"
    return tab


@pytest.mark.model
def test_two_versions_answer_what_the_librarys_form_holds_and_one_goes_on_in_ask(
    window: MainWindow, qtbot: QtBot
) -> None:
    prompt = window.services.prompts.get("shorten-notice")
    notice = "The lift in building B is out of order until Thursday."
    window.values.put(prompt.numbered(2), {"notice": notice})
    compare_versions(window, "shorten-notice", 1, 2)
    tab = compare_tab(window)
    assert [column.prompt_version for column in tab.model.state.columns] == [1, 2]
    assert tab.model.values == {"notice": notice}
    tab.model.run()
    qtbot.waitUntil(lambda: bool(tab.model.state.comparison) and tab.model.state.progress is None, timeout=60_000)
    shown = tab.model.state.comparison
    assert shown is not None and shown.done == 2 and "lift" in (shown.cells[0, 1].text or "")
    tab.results.answers.columns[1].to_ask.trigger()
    assert window.practice.tab == "ask"
    asked = window.practice_model
    assert asked.state.prompt is not None and asked.state.prompt.version == 2 and asked.values == {"notice": notice}


@pytest.mark.model
def test_what_stands_in_ask_is_compared_with_its_own_settings(window: MainWindow) -> None:
    asked = window.practice_model
    asked.use_free()
    asked.set_value("prompt", "Name a colour.")
    compare_question(window)
    tab = compare_tab(window)
    assert [column.seed for column in tab.model.state.columns] == [1, 2, 3]
    assert tab.model.values["prompt"] == "Name a colour."
    assert tab.setup.input.form._fields["prompt"].value == "Name a colour."


@pytest.mark.model
def test_erasing_the_records_leaves_no_comparison(window: MainWindow, qtbot: QtBot) -> None:
    tab = window.practice.go("compare")
    assert isinstance(tab, CompareTab)
    tab.model.set_value("prompt", "Name a colour.")
    window.services.learner.erase()
    window.settings_model.erased.emit()
    assert tab.model.values == {} and tab.model.state.history == ()
