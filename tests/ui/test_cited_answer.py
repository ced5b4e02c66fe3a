"""An answer from documents: what its links say, how sentences are marked, what is said when there is no answer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.guard.sentences import sentences
from desktop_app.guard.support import Fact, support
from desktop_app.practice.grounding.passage import GroundedAnswer, Mark, Passage, Verdict
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Clickable
from desktop_app.ui.widgets.cited_answer import CitedAnswer
from desktop_app.ui.widgets.cited_words import cited_part, count_found, explain, first_words, link_says, missing_words

LEAVE = Passage(
    "a1", "Leave policy", 4, "Every employee has 28 days of paid leave. Sabine Kraus approves it in the portal.", 3,
    "Leave > Parental leave", 100, 180,
)  # fmt: skip
HOTELS = Passage("b2", "travel.txt", 0, "A hotel may cost at most 140 euros a night.", None, "", 0, 43)
TEXT = "Every employee has 28 days of paid leave [1]. Marta Lind approves it in 14 days [1]. Bicycles are free."
VERDICTS: tuple[Verdict, ...] = ("supported", "partly", "unsupported")


def answer(text: str = TEXT, verdicts: tuple[Verdict, ...] = VERDICTS) -> GroundedAnswer:
    plain = text.replace("[1]", "   ")
    marks = [
        Mark(start, end, verdict, () if verdict == "unsupported" else (0,), support(plain[start:end], LEAVE.text))
        for (start, end), verdict in zip(sentences(text), verdicts, strict=True)
    ]
    return GroundedAnswer(text, True, (LEAVE, HOTELS), tuple(marks))


def none(*passages: Passage) -> GroundedAnswer:
    return GroundedAnswer("Not in these documents.", False, passages, (), ("parking", "spaces"), ("parking",))


def shown(qtbot: QtBot, theme: Theme, given: GroundedAnswer, **more: object) -> CitedAnswer:
    made = CitedAnswer(theme)
    qtbot.addWidget(made)
    made.show_answer(given, **more)  # type: ignore[arg-type]
    made.resize(600, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def said(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def sources(widget: CitedAnswer) -> list[str]:
    return [one.accessibleName() for one in widget.findChildren(Clickable) if one.isVisibleTo(widget)]


# -- words ---------------------------------------------------------------------------------------------------------------


def test_what_was_found_is_counted() -> None:
    assert count_found(answer()) == "1 of 3 sentences found in the sources, 1 partly."
    one = answer("Every employee has 28 days of paid leave [1].", ("supported",))
    assert count_found(one) == "1 of 1 sentence found in the sources."
    assert count_found(answer("Hello there.", ("none",))) == ""


def test_words_that_stand_side_by_side_are_one_thing_that_was_not_found() -> None:
    given = answer()
    partly = given.marks[1]
    assert missing_words(partly, given.text[partly.start : partly.end]) == ("Marta Lind", "14 days")


def test_a_link_says_what_it_leads_to() -> None:
    given = answer()
    assert link_says(given, "source:0") == "Source 1: Leave policy, page 3, Parental leave"
    assert link_says(given, "source:1") == "Source 2: travel.txt"
    assert link_says(given, "mark:1").startswith("Not found in the sources: Marta Lind, 14 days.")
    assert link_says(given, "mark:1").endswith("The rest is in source 1.")
    assert link_says(given, "mark:2").startswith("Not found in the sources: ")
    assert "in source 1" in link_says(given, "mark:0")
    assert link_says(given, "") == link_says(None, "source:0") == ""


def test_no_mark_ever_says_that_something_is_true() -> None:
    given = answer()
    for mark in given.marks:
        words = explain(mark, given.text[mark.start : mark.end]).lower()
        assert "true" not in words and "correct" not in words and "proven" not in words


def test_the_first_words_of_a_passage_are_one_short_line() -> None:
    assert first_words(HOTELS) == HOTELS.text
    long = Passage("c", "x", 0, "word \n" * 200, None, "", 0, 1200)
    assert len(first_words(long)) <= 110 and first_words(long).endswith("…") and "\n" not in first_words(long)


def test_a_source_shows_the_sentence_it_is_cited_for() -> None:
    text = "Hours. The office opens at 6:30 and is locked at 20:00. A lost badge costs 15 EUR. Rooms are booked in the calendar."
    passage = Passage("d", "handbook.pdf", 0, text, 3, "", 0, len(text))
    mark = replace(answer().marks[0], start=0, end=25, passages=(0,))
    given = replace(answer(), text="A lost badge costs 15 EUR. [1]", passages=(passage,), marks=(mark,))
    assert cited_part(given, 0) == "… A lost badge costs 15 EUR. Rooms are booked in the calendar."
    other = replace(given, text="Badges are not free. [1]")
    assert cited_part(other, 0) == first_words(passage), "in other words it begins where the passage begins"


# -- the widget ----------------------------------------------------------------------------------------------------------


def test_every_sentence_is_marked_with_a_word_and_an_underline(qtbot: QtBot, theme: Theme) -> None:
    text = shown(qtbot, theme, answer()).text
    plain = text.toPlainText().replace("\ufffc", "").replace("\u00a0", " ")
    assert "leave [1].  found" in plain
    assert "14 days [1].  partly found" in plain
    assert "Bicycles are free.  not found" in plain

    def underline(part: str) -> QTextCharFormat.UnderlineStyle:
        cursor = text.document().find(part)
        return cursor.charFormat().underlineStyle()

    style = QTextCharFormat.UnderlineStyle
    assert underline("Every employee") == style.NoUnderline
    assert underline("Marta Lind") == style.DashUnderline
    assert underline("Bicycles") == style.WaveUnderline


def test_tab_goes_through_the_links_and_each_is_explained(qtbot: QtBot, theme: Theme) -> None:
    made = shown(qtbot, theme, answer())
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.text.setFocus(Qt.FocusReason.TabFocusReason)
    heard = []
    while QApplication.focusWidget() is made.text and len(heard) < 12:
        QTest.keyClick(made.text, Qt.Key.Key_Tab)
        if not made.detail.isHidden() and QApplication.focusWidget() is made.text:
            heard.append(made.detail.text)
    assert heard[0] == "Source 1: Leave policy, page 3, Parental leave"
    assert heard[3].startswith("Not found in the sources: Marta Lind")
    assert len(heard) == 5
    assert isinstance(QApplication.focusWidget(), Clickable), "then come the sources"


def test_enter_and_a_click_open_the_passage(qtbot: QtBot, theme: Theme) -> None:
    made = shown(qtbot, theme, answer())
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    wanted: list[int] = []
    made.passage_wanted.connect(wanted.append)
    made.text.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(made.text, Qt.Key.Key_Tab)
    QTest.keyClick(made.text, Qt.Key.Key_Return)
    assert wanted == [0]
    cursor = made.text.document().find("[1]")
    cursor.setPosition(cursor.selectionStart() + 1)
    QTest.mouseClick(made.text.viewport(), Qt.MouseButton.LeftButton, pos=made.text.cursorRect(cursor).center())
    assert wanted == [0, 0]
    second = made.findChildren(Clickable)[1]
    second.setFocus()
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert wanted == [0, 0, 1]


def test_what_is_copied_are_the_answers_own_words(qtbot: QtBot, theme: Theme) -> None:
    made = shown(qtbot, theme, answer())
    made.text.selectAll()
    assert made.text.createMimeDataFromSelection().text() == TEXT


def test_the_legend_never_calls_looking_up_a_proof(qtbot: QtBot, theme: Theme) -> None:
    made = shown(qtbot, theme, answer())
    assert (
        made.legend.text()
        == "1 of 3 sentences found in the sources, 1 partly. Looking something up is not proof: read the passage."
    )


def test_the_sources_stand_below_cited_ones_first(qtbot: QtBot, theme: Theme) -> None:
    made = shown(qtbot, theme, answer())
    assert sources(made) == ["Source 1: Leave policy, page 3, Parental leave", "Source 2: travel.txt, not cited"]
    assert "Every employee has 28 days of paid leave. Sabine Kraus" in said(made)


def test_a_document_that_was_removed_since_is_said_and_cannot_be_opened(qtbot: QtBot, theme: Theme) -> None:
    made = shown(qtbot, theme, answer(), gone=frozenset({"a1"}))
    first = made.findChildren(Clickable)[0]
    assert first.accessibleName().endswith("removed since") and not first.isEnabled()
    assert "This document was removed. Add it again to open the passage." in said(made)


def test_a_number_in_brackets_that_is_no_source_is_no_link(qtbot: QtBot, theme: Theme) -> None:
    text = shown(qtbot, theme, answer("See form [7] and rule [1].", ("supported",))).text
    assert not text.document().find("[7]").charFormat().isAnchor()
    assert text.document().find("[1]").charFormat().isAnchor()


def test_several_sources_in_one_pair_of_brackets_are_a_link_each(qtbot: QtBot, theme: Theme) -> None:
    text = shown(qtbot, theme, answer("Every employee has 28 days of paid leave [1, 2].", ("supported",))).text
    cursor = text.document().find("[1, 2]")
    links = []
    for at in range(cursor.selectionStart(), cursor.selectionEnd()):
        cursor.setPosition(at + 1)
        links.append(cursor.charFormat().anchorHref())
    assert links == ["", "source:0", "", "", "source:1", ""]


def test_figures_that_stand_beside_other_words_are_said_so() -> None:
    swapped = Mark(0, 17, "partly", (0,), support("Leave is 28 days.", LEAVE.text), (Fact("number", "28", 9, 11),))
    assert (
        explain(swapped, "Leave is 28 days.") == "In source 1, but beside other words: 28. Compare it with the passage."
    )


def test_text_of_the_answer_is_never_markup(qtbot: QtBot, theme: Theme) -> None:
    text = shown(qtbot, theme, answer('<img src="file:///etc/passwd"><a href="x">click</a>.', ("unsupported",))).text
    assert '<img src="file:///etc/passwd">' in text.toPlainText()


def test_no_answer_says_what_was_looked_for_and_what_to_do(qtbot: QtBot, theme: Theme) -> None:
    made = shown(qtbot, theme, none(HOTELS), question="How many parking spaces are there?")
    words = said(made)
    assert "Not in these documents" in words
    assert "Looked for: parking, spaces" in words
    assert "add the document that holds the answer" in words
    assert made.text.isHidden() and made.legend.isHidden()
    wanted: list[int] = []
    made.passage_wanted.connect(wanted.append)
    [nearest] = [one for one in made.findChildren(Clickable) if one.isVisibleTo(made)]
    nearest.clicked.emit()
    assert wanted == [0]
    add = next(one for one in made.findChildren(QPushButton) if one.text() == "Add a document")
    with qtbot.waitSignal(made.documents_wanted):
        add.click()


def test_another_answer_takes_its_place_and_the_look_may_change(qtbot: QtBot, theme: Theme) -> None:
    made = shown(qtbot, theme, none())
    made.show_answer(answer())
    theme.apply("dark", 150)
    QApplication.processEvents()
    assert "Not in these documents" not in said(made)
    assert "Bicycles" in made.text.toPlainText()
