"""Shelves of the library: favourites, recent prompts, collections; what is like a prompt; typing with a mistake in it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.errors import StoreError
from desktop_app.records.usage import Feedback
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.library.facets import collection_menu, facet_menu
from desktop_app.ui.pages.library.shelves import FAVOURITES, RECENT


def listed(window: MainWindow) -> list[str]:
    return [hit.id for hit in window.library_model.state.found.hits]


def lines(window: MainWindow) -> dict[str, QPushButton]:
    return {b.property("facet"): b for b in window.library._facets.findChildren(QPushButton) if b.property("facet")}


@pytest.fixture
def library(window: MainWindow) -> MainWindow:
    window.go("library")
    return window


def test_recent_prompts_come_latest_first(library: MainWindow, qtbot: QtBot) -> None:
    for prompt_id in ("offer-facts", "shorten-notice", "offer-facts", "message-facts"):
        library.services.learner.usage.add_use(prompt_id, 1, "ab" * 32, "run")
    library.library_model.shelves.reload()
    lines(library)["shelf/recent"].click()
    qtbot.waitUntil(lambda: listed(library) == ["message-facts", "offer-facts", "shorten-notice"])
    assert lines(library)["shelf/recent"].isChecked()
    library.library.search.setText("notice")
    qtbot.waitUntil(lambda: listed(library) == ["shorten-notice"])


def test_copying_puts_a_prompt_among_the_recent_ones(library: MainWindow, qtbot: QtBot) -> None:
    library.open_prompt("shorten-notice")
    use = library.library_model.use
    use.use_example()
    with qtbot.waitSignal(use.left_app):
        use.copy()
    library.library_model.shelves.choose(RECENT)
    qtbot.waitUntil(lambda: listed(library) == ["shorten-notice"])


def test_an_empty_shelf_says_how_it_fills(library: MainWindow, qtbot: QtBot) -> None:
    lines(library)["shelf/favourites"].click()
    qtbot.waitUntil(lambda: not listed(library))
    assert "press the star" in library.library._nothing.text()
    library.library._on_reset_clicked()
    qtbot.waitUntil(lambda: len(listed(library)) > 12)


def test_a_collection_is_named_in_place_filled_renamed_and_deleted_with_undo(library: MainWindow, qtbot: QtBot) -> None:
    model, bar = library.library_model, library.library.shelf_bar
    library.open_prompt("offer-facts")
    menu = collection_menu(library.theme, model, library.library.detail.collection_asked.emit, library)
    menu.actions()[-1].trigger()
    assert bar.isVisible() and bar.edit.hasFocus()
    bar.edit.setText("  ")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert "needs a name" in bar._problem.text
    bar.edit.setText("Monday reports")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    [made] = model.shelves.state.collections
    assert (made.name, made.prompt_ids) == ("Monday reports", ("offer-facts",))
    assert not bar.isVisible(), "named and not chosen"

    library.open_prompt("shorten-notice")
    collection_menu(library.theme, model, print, library).actions()[0].trigger()
    model.shelves.choose(made.id)
    qtbot.waitUntil(lambda: listed(library) == ["offer-facts", "shorten-notice"])
    assert collection_menu(library.theme, model, print, library).actions()[0].isChecked()

    bar.rename.click()
    qtbot.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert bar._name.text() == "Monday reports" and bar._stack.currentIndex() == 0
    bar.rename.click()
    bar.edit.setText("Reports")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert bar._name.text() == "Reports"

    bar.remove.click()
    assert model.shelves.state.collections == () and model.shelves.state.chosen == "all"
    bar._removed.button.click()
    [back] = model.shelves.state.collections
    assert (back.name, back.prompt_ids) == ("Reports", ("offer-facts", "shorten-notice"))


def test_a_full_disk_is_told_and_nothing_is_lost(library: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full. Free space, then try again.")

    model = library.library_model
    model.shelves.add("Reports")
    [made] = model.shelves.state.collections
    monkeypatch.setattr(library.services.learner.usage, "set_collection_prompts", full)
    model.shelves.toggle(made.id, "offer-facts")
    assert "disk is full" in library.library.shelf_bar._problem.text
    assert [one.name for one in model.shelves.state.collections] == ["Reports"]


def test_a_mistyped_word_is_searched_as_it_was_meant(library: MainWindow, qtbot: QtBot) -> None:
    library.library.search.setText("shroten notce")
    qtbot.waitUntil(library.library._corrected.isVisible)
    assert "shorten-notice" in listed(library) and "shorten" in library.library._corrected.text()
    library.library.search.setText("shorten notice")
    qtbot.waitUntil(lambda: not library.library._corrected.isVisible())


def test_a_prompt_names_its_lessons_and_what_is_like_it_as_links(library: MainWindow, qtbot: QtBot) -> None:
    library.open_prompt("shorten-notice")
    model = library.library_model
    qtbot.waitUntil(lambda: model.detail is not None and bool(model.detail.similar))
    html = library.library.detail._text.toHtml()
    assert "lesson:what-generative-ai-is/" in html
    assert model.detail is not None
    other = model.detail.similar[0]
    library.library.detail._on_link_clicked(QUrl(f"prompt:{other.id}"))
    assert model.detail.prompt.id == other.id
    library.library.detail._on_link_clicked(QUrl("lesson:what-generative-ai-is/no-such-step"))
    assert library.page == "learn"


def test_a_narrow_window_narrows_by_menu(library: MainWindow, qtbot: QtBot) -> None:
    library.resize(900, 600)
    qtbot.waitUntil(library.library._narrow.isVisible)
    assert not library.library._facets.isVisible()
    menu = facet_menu(library.library_model, library.library)
    groups = {action.text(): action.menu() for action in menu.actions()}
    assert next(iter(groups)) == "Show" and "Role" in groups
    role = groups["Role"].actions()[1]  # type: ignore[union-attr]
    role.trigger()
    qtbot.waitUntil(lambda: bool(library.library_model.state.filters))


def test_what_was_rated_well_comes_first_among_equals(library: MainWindow) -> None:
    library.services.learner.usage.save_feedback(Feedback("offer-facts", 1, "ab" * 32, "yes", 5))
    library.services.learner.usage.save_feedback(Feedback("offer-facts", 1, "ab" * 32, "yes", 4))
    assert library.library_model._read_taste().ratings == {"offer-facts": 4.5}


def test_favourites_are_a_shelf(library: MainWindow, qtbot: QtBot) -> None:
    library.open_prompt("offer-facts")
    library.library_model.star(True)
    library.library_model.shelves.choose(FAVOURITES)
    qtbot.waitUntil(lambda: listed(library) == ["offer-facts"])
    library.library_model.star(False)
    qtbot.waitUntil(lambda: listed(library) == [])


def test_a_prompt_opened_by_a_link_stays_when_the_list_gets_the_keyboard(library: MainWindow, qtbot: QtBot) -> None:
    library.library.search.setText("shorten a notice")
    qtbot.waitUntil(lambda: "offer-facts" not in listed(library))
    library.library_model.select("offer-facts")
    library.library.list.setFocus(Qt.FocusReason.TabFocusReason)
    assert library.library_model.detail is not None
    assert library.library_model.detail.prompt.id == "offer-facts"
    qtbot.keyClick(library.library.list, Qt.Key.Key_Down)
    assert library.library_model.detail.prompt.id == listed(library)[0]


def test_a_search_gives_way_to_a_prompt_it_does_not_list(library: MainWindow, qtbot: QtBot) -> None:
    library.library.search.setText("zeppelin xyz")
    qtbot.waitUntil(lambda: not listed(library))
    library.open_prompt("offer-facts")
    qtbot.waitUntil(lambda: "offer-facts" in listed(library))
    assert library.library.search.text() == "" and library.library._side.currentWidget() is library.library.detail
    assert library.library.list.currentIndex().data() == library.services.prompts.get("offer-facts").offered.name
