"""The editor: no character is lost, keys do what they say, colours are right after every change."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QMimeData, Qt, QUrl
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop_app.lessons.problem import Problem
from desktop_app.ui.pages.studio.editor import LessonEditor
from desktop_app.ui.pages.studio.highlighter import LessonHighlighter
from desktop_app.ui.theme import Theme

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> LessonEditor:
    made = LessonEditor(theme)
    made.resize(600, 400)
    qtbot.addWidget(made)
    return made


# What no text file of a lesson holds: QTextDocument takes these for the ends of lines and for objects.
_TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\r\u2028\u2029\ufdd0\ufdd1\ufffc\x00"), max_size=60
).filter(lambda text: not text.startswith("\ufeff"))  # no file begins with a byte order mark once it is read


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TEXT)
@example("no\u00a0break, 😀, e\u0301, \ttab, \ufeff")
def test_what_goes_in_comes_out(editor: LessonEditor, text: str) -> None:
    editor.show_text(text, only_yaml=False)
    assert editor.text == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TEXT, _TEXT)
@example("a😀b", "a😎b")
def test_replacing_is_one_undo(editor: LessonEditor, before: str, after: str) -> None:
    editor.show_text(before, only_yaml=False)
    editor.replace_text(after)
    assert editor.text == after
    if before != after:
        editor.undo()
    assert editor.text == before


def test_enter_goes_on_with_options_and_ends_them(editor: LessonEditor, qtbot: QtBot) -> None:
    editor.show_text("## Step\n\nWhich?\n\n[(X)] this", only_yaml=False)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "that")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text.endswith("[(X)] this\n[( )] that\n")
    editor.go_to(6)
    qtbot.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    editor.toggle_right()
    assert "[( )] this\n[(X)] that" in editor.text


def test_tab_indents_and_shift_tab_takes_back(editor: LessonEditor, qtbot: QtBot) -> None:
    editor.show_text("---\nid: a\n---\none\ntwo", only_yaml=False)
    editor.go_to(4)
    editor.moveCursor(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text.endswith("    one\n    two")
    qtbot.keyClick(editor, Qt.Key.Key_Backtab)
    assert editor.text.endswith("\none\ntwo")
    editor.go_to(2)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert "\n  id: a" in editor.text, "front matter indents by two"


def test_bold_stays_selected_with_letters_that_take_two_units(editor: LessonEditor) -> None:
    editor.show_text("😀 one two", only_yaml=False)
    editor.find("two")
    editor.format_selection("**")
    assert editor.text == "😀 one **two**"
    assert editor.textCursor().selectedText() == "two"
    editor.format_selection("**")
    assert editor.text == "😀 one two"


def test_problems_are_underlined_at_their_place(editor: LessonEditor) -> None:
    editor.show_text("😀 a [x](y.pdf) b\nc", only_yaml=False)
    editor.show_problems([Problem("L401", "error", "No.", Path("x"), 1, 5)])
    marked = [mark.cursor.selectedText() for mark in editor.extraSelections() if mark.cursor.hasSelection()]
    assert marked == ["[x](y.pdf)"]


def test_an_image_is_handed_on_and_text_stays_plain(editor: LessonEditor, qtbot: QtBot, tmp_path: Path) -> None:
    given: list[tuple[bytes, str]] = []
    editor.image_given.connect(lambda data, name: given.append((bytes(data), name)))
    file = tmp_path / "dot.png"
    QImage(4, 4, QImage.Format.Format_RGB32).save(str(file))
    source = QMimeData()
    source.setUrls([QUrl.fromLocalFile(str(file))])
    assert editor.canInsertFromMimeData(source)
    editor.insertFromMimeData(source)
    picture = QMimeData()
    picture.setImageData(QImage(3000, 4, QImage.Format.Format_RGB32))
    editor.insertFromMimeData(picture)
    assert [name for _, name in given] == ["dot.png", "picture.png"]
    assert given[0][0] == file.read_bytes()
    assert QImage.fromData(QByteArray(given[1][0])).width() == 1600
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText("bold")
    editor.insertFromMimeData(rich)
    assert editor.text == "bold"


def test_zoom_has_its_bounds(editor: LessonEditor, qtbot: QtBot) -> None:
    small = editor.fontMetrics().height()
    for _ in range(30):
        editor.zoom_by(1)
    assert editor.fontMetrics().height() > 2 * small
    qtbot.keyClick(editor, Qt.Key.Key_0, CONTROL)
    assert editor.fontMetrics().height() == small


# -- colours -------------------------------------------------------------------------------------------------------------


def states(edit: QPlainTextEdit) -> list[tuple[int, list[tuple[int, int, str]]]]:
    """State and formats of every line."""
    found, block = [], edit.document().begin()
    while block.isValid():
        formats = [(f.start, f.length, f.format.foreground().color().name()) for f in block.layout().formats()]
        found.append((block.userState(), formats))
        block = block.next()
    return found


def colour_of(edit: LessonEditor, theme: Theme, line: int, column: int) -> str:
    """The name of the token at a place."""
    block = edit.document().findBlockByNumber(line - 1)
    for form in block.layout().formats():
        if form.start <= column - 1 < form.start + form.length:
            color = form.format.foreground().color().name().upper()
            return next(
                n for n in ("accent", "good", "caution", "info", "muted", "text") if getattr(theme.tokens, n) == color
            )
    return ""


LESSON = """---
id: a
---
# Title
Text **bold** `code` [link](#x) [[gap]]
[(X)] right
[( )] wrong
    > feedback
[[?]] hint
```practice
id: p
```
```
# no title
```
<!-- a
comment -->
plain"""


def test_each_part_has_its_colour(editor: LessonEditor, qtbot: QtBot, theme: Theme) -> None:
    editor.show_text(LESSON, only_yaml=False)
    qtbot.waitUntil(lambda: editor.highlighter.is_done)
    expected = {
        (2, 1): "info", (4, 1): "accent", (5, 6): "text", (5, 16): "muted", (5, 22): "info", (5, 33): "accent", (6, 1): "good",
        (7, 1): "muted", (8, 6): "muted", (9, 1): "caution", (10, 5): "accent", (11, 1): "info", (14, 1): "muted",
        (17, 1): "muted", (18, 1): "",
    }  # fmt: skip
    assert {place: colour_of(editor, theme, *place) for place in expected} == expected


def test_after_any_edit_the_colours_are_those_of_a_fresh_text(
    editor: LessonEditor, qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.ui.pages.studio.highlighter._BUDGET_S", 0.0002)  # many turns, as for a large file
    editor.show_text("\n".join([LESSON] * 12), only_yaml=False)
    chance = random.Random(5)
    fresh = QPlainTextEdit()
    qtbot.addWidget(fresh)
    plain = LessonHighlighter(theme, fresh.document())
    for _ in range(25):
        cursor = QTextCursor(editor.document().findBlockByNumber(chance.randrange(editor.blockCount())))
        if chance.random() < 0.3:
            cursor.movePosition(QTextCursor.MoveOperation.Down, QTextCursor.MoveMode.KeepAnchor, chance.randrange(1, 5))
            cursor.removeSelectedText()
        else:
            cursor.insertText(
                chance.choice(["```\n", "~~~~\n", "<!--\n", "-->\n", "****\n", "---\n", "```practice\n", "x"])
            )
    qtbot.waitUntil(lambda: editor.highlighter.is_done)
    fresh.setPlainText(editor.text)
    qtbot.waitUntil(lambda: plain.is_done)
    assert states(editor) == states(fresh)
