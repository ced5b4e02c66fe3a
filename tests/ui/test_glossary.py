"""Words of the glossary in the window: the card at a link, the page from A to Z, the palette."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.lessons.glossary import Entry, Glossary
from desktop_app.services import Services
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.learn.glossary import GlossaryPage
from desktop_app.ui.palette import Palette
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.links import follow_links
from desktop_app.ui.widgets.prose import Prose
from desktop_app.ui.words import WordCard
from tests.lessons.builders import WORDS, lesson_text, write_lesson

QUIZ = "<!-- id: q -->\nWhich [model](glossary:model)?\n\n[(X)] this\n    > It reads [tokens](glossary:token).\n[( )] that\n"
BODY = f"## Start\n\nA [small piece](glossary:token) [a test](glossary:benchmark) and [a prompt](prompt:shorten-notice). {WORDS}\n\n{QUIZ}"
LONG = "## Start\n\n" + WORDS * 12 + "\n\nAt last a [small piece](glossary:token).\n"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder that the window reads, with a lesson that links to words."""
    folder = tmp_path / "content"
    write_lesson(folder / "lessons", lesson_text(BODY))
    write_lesson(folder / "lessons", lesson_text(LONG, id="long"), "long")
    german = lesson_text(BODY, language="de", title="Eine Probe")
    (folder / "lessons" / "sample" / "lesson.de.md").write_text(german, encoding="utf-8")
    return folder


@pytest.fixture
def reading(content: Path, window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window in front, with the lesson open."""
    window.resize(900, 600)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.open_lesson("sample")
    return window


def prose(window: MainWindow) -> Prose:
    return next(one for one in window.learn.reader.findChildren(Prose) if one.isVisible())


def place_of(text: Prose, address: str) -> QPoint:
    link = next(one for one in text._links() if one.charFormat().anchorHref() == address)
    cursor = QTextCursor(text.document())
    cursor.setPosition(link.position() + 2)
    return text.cursorRect(cursor).center()


def cards(window: MainWindow) -> list[WordCard]:
    return window.findChildren(WordCard)


def click(window: MainWindow, address: str, qtbot: QtBot) -> WordCard:
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.learn.reader.findChildren(Prose)))
    text = prose(window)
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place_of(text, address))
    (card,) = cards(window)
    return card


# -- the card ------------------------------------------------------------------------------------------------------------


def test_a_click_explains_the_word_at_its_place(reading: MainWindow, qtbot: QtBot) -> None:
    card = click(reading, "glossary:token", qtbot)
    text = prose(reading)
    assert card.accessibleName() == "Glossary: Token"
    assert "piece of a word" in card.accessibleDescription()
    assert "piece of a word" in card.text.toPlainText()
    assert "See also Context window" in card.text.toPlainText()
    link = text.mapToGlobal(place_of(text, "glossary:token"))
    assert card.geometry().top() > link.y() and card.geometry().top() - link.y() < 60
    inside = QRect(reading.mapToGlobal(QPoint(0, 0)), reading.size())
    assert inside.contains(card.geometry())
    assert card.text.height() + card.open_button.height() < card.height(), "nothing is cut off"
    assert reading.learn.is_reading


def test_links_in_the_card_go_on_and_escape_returns_to_the_link(reading: MainWindow, qtbot: QtBot) -> None:
    card = click(reading, "glossary:token", qtbot)
    card.text.link_opened.emit("glossary:context-window")
    assert card.entry.id == "context-window"
    assert card.accessibleName() == "Glossary: Context window"
    card.text.link_opened.emit("glossary:no-such-word")
    assert card.entry.id == "context-window"
    gone = weakref.ref(card)
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not cards(reading))
    assert reading.learn.is_reading, "Esc closed the card, not the lesson"
    qtbot.waitUntil(lambda: QApplication.focusWidget() is prose(reading))
    del card
    gc.collect()
    assert gone() is None


def test_a_word_is_explained_by_keyboard(reading: MainWindow, qtbot: QtBot) -> None:
    text = prose(reading)
    text.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        if text.textCursor().charFormat().anchorHref() != "glossary:token":
            qtbot.keyClick(text, Qt.Key.Key_Tab)
    qtbot.keyClick(text, Qt.Key.Key_Return)
    (card,) = cards(reading)
    assert card.entry.id == "token"
    link = text.mapToGlobal(place_of(text, "glossary:token"))
    assert abs(card.geometry().top() - link.y()) < 60
    qtbot.keyClick(card.text, Qt.Key.Key_Tab)
    qtbot.keyClick(card.text, Qt.Key.Key_Return)
    assert card.entry.id == "context-window", "the first link of the card"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not cards(reading))
    qtbot.waitUntil(lambda: QApplication.focusWidget() is text)


def test_at_the_lower_edge_the_card_opens_above(reading: MainWindow, qtbot: QtBot) -> None:
    reading.open_lesson("long")
    scroll = reading.learn.reader._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: scroll.maximum() > 0)
    text = prose(reading)
    scroll.setValue(scroll.maximum() - 40)
    card = click(reading, "glossary:token", qtbot)
    assert card.geometry().bottom() < text.mapToGlobal(place_of(text, "glossary:token")).y()


def test_the_card_speaks_the_language_of_the_lesson(reading: MainWindow, qtbot: QtBot) -> None:
    reading.learn_model.open("sample", "de")
    card = click(reading, "glossary:token", qtbot)
    assert "Wortstück" in card.text.toPlainText()
    assert reading.services.lessons.language == "en", "the profile's is another"


def test_the_card_leads_to_the_page_and_back_to_the_lesson(reading: MainWindow, qtbot: QtBot) -> None:
    card = click(reading, "glossary:token", qtbot)
    card.open_button.click()
    page = reading.learn.glossary
    assert reading.learn.currentWidget() is page
    qtbot.waitUntil(lambda: not cards(reading))
    qtbot.waitUntil(lambda: page._scroll.verticalScrollBar().value() > 0)
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert reading.learn.is_reading
    assert prose(reading).isVisible()


def test_a_word_in_a_question_is_explained_too(reading: MainWindow, qtbot: QtBot) -> None:
    question = next(one for one in reading.learn.reader.findChildren(QLabel) if "glossary:model" in one.text())
    assert question.focusPolicy() & Qt.FocusPolicy.TabFocus
    question.linkActivated.emit("glossary:model")
    (card,) = cards(reading)
    assert card.entry.id == "model"


def test_a_word_nobody_explains_is_said(window: MainWindow) -> None:
    window.explain_word("no-such-word")
    assert not cards(window)
    assert "no-such-word" in window.banner.text


def test_words_look_different_from_links_that_leave(theme: Theme, qtbot: QtBot) -> None:
    text = Prose(theme)
    qtbot.addWidget(text)
    text.show_html('<p><a href="glossary:token">a</a> <a href="lesson:b">b</a></p>', "Text")
    word, lesson = (one.charFormat() for one in text._links())
    assert word.underlineStyle() == QTextCharFormat.UnderlineStyle.DotLine
    assert lesson.underlineStyle() != QTextCharFormat.UnderlineStyle.DotLine
    assert word.foreground().color().name().upper() == theme.tokens.text


def test_labels_without_links_take_no_tab_stop(qtbot: QtBot) -> None:
    opened: list[str] = []
    made = QLabel("plain")
    made.setTextFormat(Qt.TextFormat.RichText)
    qtbot.addWidget(made)
    follow_links(made, opened.append)
    assert made.focusPolicy() == Qt.FocusPolicy.NoFocus
    made.linkActivated.emit("glossary:token")
    assert opened == ["glossary:token"]


# -- the page ------------------------------------------------------------------------------------------------------------


def shown(page: GlossaryPage) -> list[str]:
    return [entry.id for entry in page.shown]


def test_learn_leads_to_all_words_and_typing_narrows_them(window: MainWindow, qtbot: QtBot) -> None:
    window.go("learn")
    next(b for b in window.learn.findChildren(QPushButton) if b.text() == "Glossary").click()
    page = window.learn.glossary
    assert window.learn.currentWidget() is page
    assert len(shown(page)) >= 50
    terms = [entry.term.casefold() for entry in page.shown]
    assert terms == sorted(terms)
    assert page.search.hasFocus() or page.window().focusWidget() is page.search
    qtbot.keyClicks(page.search, "GDPR")
    assert shown(page)[0] == "gdpr"
    assert f"{len(shown(page))} of" in page._count.text()
    assert "The GDPR is the EU's" in page.text.toPlainText()
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == "" and window.learn.currentWidget() is page
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert window.learn.currentWidget() is not page and not window.learn.is_reading


def test_nothing_found_leads_back_to_all(window: MainWindow, qtbot: QtBot) -> None:
    window.open_glossary()
    page = window.learn.glossary
    qtbot.keyClicks(page.search, "qqqq")
    assert not page.text.isVisible() and "qqqq" in page._nothing.text()
    button = next(b for b in page.findChildren(QPushButton) if b.text() == "Show all words")
    button.click()
    assert len(shown(page)) >= 50 and page.text.isVisible() and not button.isVisible()


def test_an_entry_is_in_view_when_it_is_asked_for(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(900, 600)
    page = window.learn.glossary
    for entry in ("temperature", "agent", "token"):
        page.search.setText("data")
        window.open_glossary(entry)
        assert page.search.text() == ""
        term = page._glossary.get(entry).term

        def is_in_view(term: str = term) -> bool:
            found = page.text.document().find(term + "\u00a0")  # the heading: the other words come after a fixed space
            y = page.text.viewport().mapTo(page._scroll.viewport(), page.text.cursorRect(found).topLeft()).y()
            return 0 <= y < page._scroll.viewport().height() / 2

        qtbot.waitUntil(is_in_view)


def test_links_on_the_page_go_to_words_and_lessons(content: Path, window: MainWindow, qtbot: QtBot) -> None:
    window.open_glossary("token")
    page = window.learn.glossary
    said = page.text.toPlainText()
    assert "Used in" in said and "A sample" in said, "the page names the first few lessons that use a word"
    page.search.setText("token")
    page.text.link_opened.emit("glossary:model")
    assert page.search.text() == "" and len(shown(page)) >= 50
    page.text.link_opened.emit("lesson:sample")
    assert window.learn.is_reading
    assert window.learn_model.reader.lesson is not None and window.learn_model.reader.lesson.id == "sample"


def test_the_page_speaks_the_learners_language(window: MainWindow) -> None:
    window.services.lessons.language = "de"
    window.open_glossary("context-window")
    assert "Kontextfenster" in window.learn.glossary.text.toPlainText()


def test_without_a_glossary_the_page_says_where_one_comes_from(theme: Theme, services: Services, qtbot: QtBot) -> None:
    page = GlossaryPage(theme, services)
    qtbot.addWidget(page)
    page.show()
    assert "glossary.yml" in page._nothing.text() and page._nothing.isVisible()
    assert not page.search.isVisible()


def test_the_look_follows_the_theme(window: MainWindow, theme: Theme) -> None:
    window.open_glossary("token")
    theme.apply("dark", 150)
    assert theme.tokens.muted.lower() in window.learn.glossary.text.toHtml()
    theme.apply("light", 100)


def test_the_palette_has_every_word(window: MainWindow, qtbot: QtBot) -> None:
    window.show_palette()
    (palette,) = window.findChildren(Palette)
    qtbot.keyClicks(palette.field, "glossary context win")
    assert palette._shown[0].title == "Context window  ·  Glossary"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.learn.currentWidget() is window.learn.glossary
    assert window.learn.glossary._asked == "context-window"


def test_a_card_fits_the_longest_entry(theme: Theme, qtbot: QtBot, window: MainWindow) -> None:
    window.resize(900, 600)
    entry = Entry(
        "long", "Datenschutz-Folgenabschätzung und noch mehr", "wort " * 79 + "Ende.", ("ein anderes Wort",) * 4
    )
    for scale in (100, 150):
        theme.apply("light", scale)
        place = QRect(window.mapToGlobal(QPoint(850, 300)), window.size() / 100)
        card = WordCard(theme, Glossary([entry]), entry, place, window)
        card.show()
        assert QRect(window.mapToGlobal(QPoint(0, 0)), window.size()).contains(card.geometry())
        card.close()
    theme.apply("light", 100)
