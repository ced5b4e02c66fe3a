"""Gaps inline in their sentence: fields to type in and lists to pick from, in text that wraps around them."""

from __future__ import annotations

import html
import re
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from desktop_app.lessons.lesson import GAP, Answer, Gap, Quiz
from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import QuestionState
from desktop_app.ui.pages.learn.questions.inputs import QuestionInput
from desktop_app.ui.pages.learn.questions.marks import Mark, look
from desktop_app.ui.pages.learn.questions.rich import inline_html
from desktop_app.ui.pages.learn.questions.text import LONGEST_ANSWER
from desktop_app.ui.pages.learn.questions.words import given_text, spoken_gap, worth
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Choice, label

_WIDTHS_PX = ((6, 112), (14, 168), (10_000, 240))  # by the longest answer; few sizes, so that a width tells little
_SPACE_PX = 8  # above and below a field, so that lines do not touch
_TAG = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')


class GapsInput(QuestionInput):
    """A sentence with its gaps, and below it, once checked, what each gap is worth."""

    def __init__(self, theme: Theme, quiz: Quiz, folder: Path | None) -> None:
        super().__init__(theme, quiz, folder)
        self.fields: list[QLineEdit | Choice] = []
        self._marks: list[Mark] = []
        for number, gap in enumerate(quiz.gaps):
            field = self._pick(gap) if gap.options else self._line(gap)
            field.setAccessibleName(spoken_gap(quiz, number))
            self.fields.append(field)
            self._marks.append(Mark(theme))
        self.sentence = GapSentence(theme, quiz, folder, self.fields)
        self.box.addWidget(self.sentence)
        for mark in self._marks:
            self.box.addWidget(mark)

    def _line(self, gap: Gap) -> QLineEdit:
        field = QLineEdit()
        field.setMaxLength(LONGEST_ANSWER)
        field.textChanged.connect(self.on_changed)
        field.returnPressed.connect(lambda: self._on_return_pressed(field))
        longest = max((len(answer) for answer in gap.answers), default=0)
        width = next(width for letters, width in _WIDTHS_PX if longest <= letters)
        Restyler(self.theme, field, lambda: field.setFixedWidth(self.theme.px(width)))
        return field

    def _pick(self, gap: Gap) -> Choice:
        field = Choice()
        field.addItem("Choose…", -1)
        for index, option in enumerate(gap.options):
            field.addItem(plain_text(option.text), index)
        field.currentIndexChanged.connect(self.on_changed)
        return field

    def answer(self) -> Answer:
        """One option and one text per gap, as far as they are given."""
        chosen = tuple(field.currentData() if isinstance(field, Choice) else -1 for field in self.fields)
        typed = tuple(field.text().strip() if isinstance(field, QLineEdit) else "" for field in self.fields)
        return Answer(chosen, typed)

    def is_ready(self) -> bool:
        """True if any gap is filled: one that nobody knows may stay open."""
        return any(map(_is_filled, self.fields))

    def first(self) -> QWidget:
        """The first open gap, or the first one."""
        return next((field for field in self.fields if not _is_filled(field)), self.fields[0] if self.fields else self)

    def put(self, answer: Answer | None, state: QuestionState) -> None:
        """Fill the gaps; what is being typed keeps its cursor."""
        for number, field in enumerate(self.fields):
            if isinstance(field, Choice):
                field.setCurrentIndex(answer.chosen[number] + 1 if answer else 0)
                field.setEnabled(state.may_answer)
                continue
            text = answer.typed[number] if answer else ""
            if text != field.text().strip():
                field.setText(text)
            field.setReadOnly(not state.may_answer)

    def mark(self, state: QuestionState) -> None:
        """Say for each gap whether it is right."""
        parts = state.score.parts if state.score and state.answer else ()
        for number, (mark, field) in enumerate(zip(self._marks, self.fields, strict=True)):
            word = worth(parts[number]) if parts else ""
            given = self._given(number, state.answer) if parts and state.answer else ""
            mark.say(word, f": gap {number + 1}, {given}" if len(self.fields) > 1 else "")
            field.setAccessibleDescription(word)
        self.sentence.show_marks([worth(value) for value in parts])

    def _given(self, number: int, answer: Answer) -> str:
        text = given_text(self.quiz.gaps[number], answer.chosen[number], answer.typed[number])
        short = text if len(text) <= 60 else f"{text[:59]}…"
        return f"“{short}”" if short else "left open"

    def _on_return_pressed(self, field: QLineEdit) -> None:
        """Enter goes to the next open gap, and checks when there is none."""
        at = self.fields.index(field)
        for other in [*self.fields[at + 1 :], *self.fields[:at]]:
            if not _is_filled(other) and _is_filled(field):
                other.setFocus(Qt.FocusReason.TabFocusReason)
                return
        self.submitted.emit()


def _is_filled(field: QLineEdit | Choice) -> bool:
    return field.currentIndex() > 0 if isinstance(field, Choice) else bool(field.text().strip())


class GapSentence(QWidget):
    """Text laid out by QTextDocument; an invisible picture holds the place of each field, which is moved onto it."""

    def __init__(self, theme: Theme, quiz: Quiz, folder: Path | None, fields: list[QLineEdit | Choice]) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.setAccessibleName(plain_text(quiz.body.replace(GAP, "blank")))
        self._theme, self._fields = theme, fields
        self._html = _with_places(inline_html(quiz.body, folder), quiz)
        self._words: list[str] = []
        self._signs = [label("") for _ in fields]  # the icon behind a field, once it is checked
        for field, sign in zip(fields, self._signs, strict=True):
            field.setParent(self)
            sign.setParent(self)
            sign.hide()
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        Restyler(theme, self, self._restyle)

    def show_marks(self, words: list[str]) -> None:
        """Put the icon of each word behind its field; an empty list takes them away."""
        self._words = words
        self._restyle()

    def _restyle(self) -> None:
        self._document.setDefaultFont(self._theme.font("reading"))
        self._document.setDefaultStyleSheet(self._theme.prose_css())
        self._document.setHtml(self._html)
        blank = QImage(1, 1, QImage.Format.Format_ARGB32)
        blank.fill(Qt.GlobalColor.transparent)
        for number in range(len(self._fields)):
            self._document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(f"gap:{number}"), blank)
        for number, sign in enumerate(self._signs):
            sign.setVisible(bool(self._words))
            if self._words:
                sign.setPixmap(self._theme.pixmap(*look(self._words[number])))
        self._lay_out()
        self.updateGeometry()

    # -- size --------------------------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        """The narrower, the taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height the text takes at a width."""
        if width <= 0:
            return 0
        self._reserve(width)
        self._document.setTextWidth(width)
        height = self._document.size().height()
        self._document.setTextWidth(self.width())
        return round(height + 0.5)

    def sizeHint(self) -> QSize:
        """The size at the present width."""
        width = max(self.width(), self._theme.px(320))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Room for the widest field."""
        return QSize(max((self._place_of(number)[0] for number in range(len(self._fields))), default=0), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out at the new width."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text; the fields draw themselves."""
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(self._theme.tokens.text))
        painter = QPainter(self)
        self._document.documentLayout().draw(painter, context)
        painter.end()

    # -- layout ------------------------------------------------------------------------------------------------------

    def _place_of(self, number: int) -> tuple[int, int]:
        """Width and height that a gap takes, with the icon behind it once it is checked."""
        hint = self._fields[number].sizeHint()
        fixed = self._fields[number].minimumWidth()
        sign = self._theme.px(18) + 6 if self._words else 0
        return (fixed or hint.width()) + sign, hint.height() + _SPACE_PX

    def _lay_out(self) -> None:
        width = self.width()
        self._reserve(width)
        self._document.setTextWidth(width)
        layout = self._document.documentLayout()
        metrics = QFontMetrics(self._document.defaultFont())
        middle = metrics.capHeight() / 2  # of a capital letter, above the base line
        for number, position in self._positions().items():
            block = self._document.findBlock(position)
            line = block.layout().lineForTextPosition(position - block.position())
            if not line.isValid():
                continue
            x = line.cursorToX(position - block.position())
            left = x[0] if isinstance(x, tuple) else x
            origin = layout.blockBoundingRect(block).topLeft()
            self._move(number, round(origin.x() + left), origin.y() + line.y() + line.ascent() - middle, width)

    def _move(self, number: int, left: int, middle: float, width: int) -> None:
        field, sign = self._fields[number], self._signs[number]
        size = self._theme.px(18)
        taken = min(self._place_of(number)[0], width)
        height = field.sizeHint().height()
        field.setGeometry(left, round(middle - height / 2), taken - (size + 6 if self._words else 0), height)
        sign.setGeometry(left + taken - size, round(middle - size / 2), size, size)

    def _reserve(self, width: int) -> None:
        """Give each picture the size of its field."""
        cursor = QTextCursor(self._document)
        for number, position in self._positions().items():
            cursor.setPosition(position)
            cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
            form = cursor.charFormat().toImageFormat()
            taken, height = self._place_of(number)
            if (form.width(), form.height()) != (min(taken, width), height):
                form.setWidth(min(taken, width))
                form.setHeight(height)
                cursor.setCharFormat(form)

    def _positions(self) -> dict[int, int]:
        """Where in the document each gap's picture stands."""
        found: dict[int, int] = {}
        block = self._document.begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                piece = pieces.fragment()
                form = piece.charFormat().toImageFormat()
                if form.isValid() and form.name().startswith("gap:"):
                    found[int(form.name().removeprefix("gap:"))] = piece.position()
                pieces += 1
            block = block.next()
        return found


def _with_places(made: str, quiz: Quiz) -> str:
    """HTML with a picture in place of each gap; the bare text where a gap stands inside an attribute."""
    pieces = _TAG.split(made)
    if sum(piece.count(GAP) for piece in pieces[::2]) != len(quiz.gaps):
        pieces = [html.escape(quiz.body)]
    number = 0
    for at in range(0, len(pieces), 2):
        parts = pieces[at].split(GAP)
        pieces[at] = parts[0]
        for part in parts[1:]:
            pieces[at] += f'<img src="gap:{number}" style="vertical-align: middle">{part}'
            number += 1
    return "".join(pieces)
