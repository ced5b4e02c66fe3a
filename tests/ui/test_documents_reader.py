"""A document opened at a passage: laid out a few pages at a time, marked, searched, walked through by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSplitter, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.jobs import finish
from desktop_app.practice.grounding.passage import Document, Passage
from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.practice.documents.beside import Beside
from desktop_app.ui.pages.practice.documents.page_text import PageText
from desktop_app.ui.pages.practice.documents.reader import DocumentView
from desktop_app.ui.pages.practice.documents.reader_model import ReaderModel
from desktop_app.ui.pages.practice.documents.source import WINDOW, Source, find_all, source_of
from desktop_app.ui.theme import Theme

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PARAGRAPH = "Everybody 😀 has {} days of paid leave in part {}. It is asked for in the portal. " * 3


def handbook(sections: int) -> tuple[Document, tuple[Passage, ...]]:
    """A document of sections with a heading each, two on a page."""
    text, passages = "", []
    parts = []
    at = 0
    for number in range(sections):
        title = f"Section {number + 1}"
        part = f"{title}\n\n{PARAGRAPH.format(number, number, number, number, number, number).strip()}"
        heading = f"Handbook > {title}"
        passages.append(
            Passage("d", "handbook.pdf", number, part, number // 2 + 1, heading, at, at + len(part), len(title) + 2)
        )
        parts.append(part)
        at += len(part) + 2
    text = "\n\n".join(parts)
    return Document("d", "handbook.pdf", Path("/files/handbook.pdf"), "pdf", text, (sections + 1) // 2), tuple(passages)


def source(sections: int) -> Source:
    return source_of(*handbook(sections))


@pytest.fixture
def text(qtbot: QtBot, theme: Theme) -> PageText:
    made = PageText(theme)
    qtbot.addWidget(made)
    made.resize(420, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


# -- the text without Qt -------------------------------------------------------------------------------------------------


def test_pages_and_headings_come_from_the_passages() -> None:
    made = source(4)
    assert made.pages == ((1, 0), (2, made.passages[2].start))
    assert [(one.title, one.level, one.page) for one in made.headings] == [
        ("Handbook", 0, 1), ("Section 1", 1, 1), ("Section 2", 1, 1), ("Section 3", 1, 2), ("Section 4", 1, 2),
    ]  # fmt: skip
    assert made.place(made.passages[2].start + 5) == "Page 2 of 2 · Handbook > Section 3"


def test_a_text_without_pages_and_headings_says_how_far_one_is() -> None:
    document = Document("t", "notes.txt", Path("/notes.txt"), "txt", "word " * 100, 0)
    made = source_of(document, (Passage("t", "notes.txt", 0, document.text, None, "", 0, 500),))
    assert made.place(250) == "50 % of the text"


@given(st.text(st.sampled_from("ab\n \r\u2029\x00😀é"), max_size=200), st.integers(0, 200), st.integers(2, 60))
def test_lines_hold_every_character_of_a_window_once(text: str, at: int, size: int) -> None:
    made = source_of(Document("t", "t.txt", Path("/t"), "txt", text, 0), ())
    start, end = made.window(min(at, len(text)), size)
    assert 0 <= start <= min(at, len(text)) <= end <= len(text)
    lines = list(made.lines(start, end))
    assert "\n".join(line.text for line in lines) == "\n".join(
        text[line.start : line.end].translate({0: " ", 13: " ", 0x2029: " "}) for line in lines
    )
    covered = "\n".join(text[line.start : line.end] for line in lines)
    assert text[start:end] in (covered, covered + "\n")


def test_marks_stand_where_pages_and_cited_passages_begin() -> None:
    made = source(4)
    cited = [(made.passages[2].start, "Source 1")]
    kinds = [(line.kind, line.text) for line in made.lines(0, len(made.text), cited) if line.kind != "text"]
    assert kinds == [
        ("page", "Page 1"), ("heading", "Section 1"), ("heading", "Section 2"),
        ("page", "Page 2"), ("cited", "Source 1"), ("heading", "Section 3"), ("heading", "Section 4"),
    ]  # fmt: skip


@given(st.text(st.sampled_from("abc"), max_size=60), st.text(st.sampled_from("abcAB"), min_size=1, max_size=4))
def test_every_place_is_found_in_whatever_case(text: str, wanted: str) -> None:
    found = finish(find_all(text, wanted))
    expected, at = [], text.find(wanted.lower())
    while at >= 0:
        expected.append((at, at + len(wanted)))
        at = text.find(wanted.lower(), at + len(wanted))
    assert list(found) == expected


def test_a_search_stops_at_two_thousand_places_and_takes_pattern_signs_as_they_are() -> None:
    assert len(finish(find_all("a" * 1_200_000, "A"))) == 2_000
    assert finish(find_all("x (a+)+ y", "(a+)+")) == ((2, 7),)
    assert finish(find_all("." * 499_999 + "cut" + "." * 10, "cut")) == ((499_999, 500_002),)


# -- laying out ----------------------------------------------------------------------------------------------------------


def test_only_what_is_near_is_laid_out_and_places_keep_their_meaning(text: PageText) -> None:
    made = source(3000)
    text.show_source(made, [])
    assert len(made.text) > 20 * WINDOW
    for number in (0, 2999, 1500, 1501):
        passage = made.passages[number]
        text.go_to(passage.start, passage.end)
        assert text.laid_out < 2 * WINDOW
        cursor = text.textCursor()
        cursor.movePosition(cursor.MoveOperation.EndOfBlock, cursor.MoveMode.KeepAnchor)
        assert cursor.selectedText() == f"Section {number + 1}"
    assert text.first_place <= made.passages[1501].start <= text.place_in_view + 400


def test_scrolling_on_brings_more_and_never_jumps_back(text: PageText) -> None:
    made = source(400)
    text.show_source(made, [])
    bar, places = text.verticalScrollBar(), [0]
    while places[-1] < WINDOW and len(places) < 400:
        bar.setValue(bar.value() + 250)
        places.append(text.first_place)
    assert places == sorted(places) and places[-1] >= WINDOW
    while places[-1] > 0 and len(places) < 900:
        bar.setValue(bar.value() - 250)
        places.append(text.first_place)
        assert places[-1] <= places[-2]
    assert places[-1] == 0


def test_the_ends_of_the_document_are_a_key_away(text: PageText) -> None:
    made = source(600)
    text.show_source(made, [])
    QTest.keyClick(text, Qt.Key.Key_End, CONTROL)
    assert text.toPlainText().endswith(made.text[-60:])
    QTest.keyClick(text, Qt.Key.Key_Home, CONTROL)
    assert text.toPlainText().startswith("Page 1\nSection 1")


def test_one_endless_line_is_cut_into_parts(text: PageText) -> None:
    document = Document("t", "line.txt", Path("/line.txt"), "txt", "word " * 60_000, 0)
    text.show_source(source_of(document, ()), [])
    assert text.laid_out <= WINDOW
    text.go_to(150_000, 150_004)
    assert text.laid_out <= WINDOW
    assert text.textCursor().block().text()


def test_the_cited_passage_is_marked_with_words_and_a_ground(text: PageText) -> None:
    made = source(6)
    passage = made.passages[3]
    text.show_source(made, [(passage.start, passage.end, "Source 2")])
    assert "\nSource 2\nSection 4\n" in text.toPlainText()
    heading, words = (mark.cursor.selectedText() for mark in text.extraSelections())
    assert heading == "Section 4"
    assert words.startswith("Everybody") and words.endswith("portal.")


# -- the view ------------------------------------------------------------------------------------------------------------


LEAVE = "# Leave policy\n\nEverybody has 28 days of paid leave.\n\n## Parental leave\n\nSabine Kraus approves it within 14 days.\n"
TRAVEL = "A hotel may cost at most 140 euros a night.\n"


class Page(QWidget):
    """A field and a document beside it."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.model = ReaderModel(services, InlineJobs())
        self.view = DocumentView(theme, self.model)
        self.content = QSplitter()
        self.field = QLineEdit()
        self.content.addWidget(self.field)
        self.beside = Beside(theme, self.view)
        self.beside.hold(self.content)
        QVBoxLayout(self).addWidget(self.beside)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, services: Services) -> Page:
    made = Page(theme, services)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def cited(services: Services, tmp_path: Path) -> tuple[Passage, ...]:
    """Two passages of one document and one of another."""
    found = []
    for name, words in (("leave.md", LEAVE), ("travel.txt", TRAVEL)):
        (tmp_path / name).write_text(words, "utf-8")
        found += services.grounding.passages(finish(services.grounding.add(tmp_path / name)).id)
    assert len(found) == 3
    return tuple(found)


def test_it_opens_at_the_passage_and_walks_through_the_others(page: Page, cited: tuple[Passage, ...]) -> None:
    page.field.setFocus()
    page.model.open(cited[1].document_id, cited, 1)
    page.beside.open()
    assert QApplication.focusWidget() is page.view.text
    assert page.view.name.text() == "leave.md"
    assert page.view.place.text() == "Leave policy > Parental leave"
    assert "Source 2" in page.view.text.toPlainText()
    QTest.keyClick(page.view.text, Qt.Key.Key_F8)
    assert page.view.name.text() == "travel.txt"
    QTest.keyClick(page.view.text, Qt.Key.Key_F8, SHIFT)
    QTest.keyClick(page.view.text, Qt.Key.Key_F8, SHIFT)
    assert page.model.state.at == 0
    QTest.keyClick(page.view.text, Qt.Key.Key_Escape)
    assert not page.view.isVisible()
    assert QApplication.focusWidget() is page.field
    assert page.model.state.phase == "closed"


def test_where_there_is_no_room_it_lies_over_and_gives_way_again(page: Page, cited: tuple[Passage, ...]) -> None:
    page.resize(600, 500)
    page.field.setFocus()
    page.model.open(cited[0].document_id)
    page.beside.open()
    assert not page.content.isVisible()
    page.resize(1000, 500)
    assert page.content.isVisible()
    page.resize(600, 500)
    QTest.keyClick(page.view.text, Qt.Key.Key_Escape)
    assert page.content.isVisible()
    assert QApplication.focusWidget() is page.field


def test_finding_by_keyboard(page: Page, cited: tuple[Passage, ...], qtbot: QtBot) -> None:
    page.model.open(cited[0].document_id, cited, 0)
    page.beside.open()
    QTest.keyClick(page.view.text, Qt.Key.Key_F, CONTROL)
    assert QApplication.focusWidget() is page.view.field
    QTest.keyClicks(page.view.field, "LEAVE")
    QTest.keyClick(page.view.field, Qt.Key.Key_Return)
    assert page.model.state.found_words == "1 of 3"
    QTest.keyClick(page.view.field, Qt.Key.Key_Return)
    assert page.model.state.found_words == "2 of 3"
    QTest.keyClick(page.view.field, Qt.Key.Key_F3, SHIFT)
    assert page.model.state.found_words == "1 of 3"
    page.view.field.setText("nothing like this")
    QTest.keyClick(page.view.field, Qt.Key.Key_Return)
    assert page.model.state.found_words == "Nothing found"
    QTest.keyClick(page.view.field, Qt.Key.Key_Escape)
    assert page.view.isVisible() and not page.view.find_bar.isVisible()
    assert QApplication.focusWidget() is page.view.text


def test_the_outline_goes_to_a_heading(page: Page, cited: tuple[Passage, ...]) -> None:
    page.model.open(cited[0].document_id)
    page.beside.open()
    actions = page.view.outline_menu().actions()
    assert [action.text().strip() for action in actions] == ["Leave policy", "Parental leave"]
    actions[1].trigger()
    assert page.view.text.textCursor().block().text() == "Parental leave"


def test_the_place_of_the_file_is_copied_not_opened(page: Page, cited: tuple[Passage, ...], tmp_path: Path) -> None:
    page.model.open(cited[0].document_id)
    page.beside.open()
    page.view.copy_path.click()
    assert QApplication.clipboard().text() == str(tmp_path / "leave.md")


def test_a_document_that_is_gone_says_so(page: Page, services: Services, cited: tuple[Passage, ...]) -> None:
    services.grounding.remove(cited[0].document_id)
    page.model.open(cited[0].document_id, cited, 0)
    page.beside.open()
    assert page.model.state.phase == "failed"
    assert "Add it again" in page.view.problem.text
    assert not page.view.text.isVisible()
