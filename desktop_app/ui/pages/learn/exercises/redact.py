"""The redact exercise: a document to black out, the bars as a list, and what would have left the building."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QListWidget,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.lessons.documents import kind_label
from desktop_app.lessons.redaction import Judged, Mark, Redaction
from desktop_app.ui.pages.learn.exercises.document_view import DocumentView, Passage
from desktop_app.ui.pages.learn.exercises.redact_model import RedactModel, RedactState
from desktop_app.ui.pages.learn.exercises.redact_result import RedactResult
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, chip, column, icon_button, label, row

_STACKED_PX = 820
_PANEL_PX = 340
_ABOVE_PX = 12
_LAYOUT_ROUNDS = 8
_EMPTY = "Nothing is blacked out yet. Select a passage with the mouse or with Shift and the arrow keys, then press R."


class RedactPane(QWidget):
    """Document on the left, bars or results on the right; one above the other where it is narrow.

    Signals: checked(), when a result appeared.
    """

    checked = Signal()

    def __init__(self, theme: Theme, model: RedactModel, ask: Callable[[str], QWidget]) -> None:
        """ask makes a pane that runs a prompt on the local model."""
        super().__init__()
        self._theme, self._model, self._ask = theme, model, ask
        self._asked: QWidget | None = None
        self._shown: Redaction | None = None
        self._build()
        self._connect()
        self._render(model.state)

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        document = self._model.state.document
        self.view = DocumentView(self._theme, document.text, f"Document: {document.title}")
        self.black_out = Button(self._theme, "Black out", "eye-off", tip="Black out what is selected (R)")
        self.undo = icon_button(self._theme, "undo-2", "Undo (Ctrl+Z)")
        self.redo = icon_button(self._theme, "redo-2", "Redo (Ctrl+Y)")
        self.check = Button(self._theme, "Check", "check", kind="primary", tip="Check what is left (Ctrl+Enter)")
        self.again = Button(self._theme, "Try again", "rotate-ccw", tip="Go on with the same black bars")
        self._hint = label("Select, then press R. Backspace or a click on a bar brings it back.", "small", wrap=True)
        self._problem = Banner(self._theme)
        head = row(chip(document.kind.capitalize()), label(document.title, "strong", wrap=True), self.undo, self.redo)
        head.addWidget(self.black_out)
        head.setStretch(1, 1)
        head.setContentsMargins(16, 12, 12, 10)
        foot = row(self._hint, 1, self.again, self.check)
        foot.setStretch(0, 1000)  # the gap is for when the hint is hidden
        foot.setContentsMargins(16, 10, 12, 12)
        paper = Card(margin=0, spacing=0)
        paper.box.addLayout(head)
        paper.box.addWidget(_line(self._theme))
        paper.box.addWidget(self.view)
        paper.box.addWidget(_line(self._theme))
        problem = column(self._problem)
        problem.setContentsMargins(16, 10, 12, 0)
        paper.box.addLayout(problem)
        paper.box.addLayout(foot)
        self._paper = paper
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(16)
        self._sides.addWidget(paper, 1, Qt.AlignmentFlag.AlignTop)
        self._sides.addWidget(self._build_panel(), 0, Qt.AlignmentFlag.AlignTop)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(16)
        self._box.addLayout(self._sides)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def _build_panel(self) -> QWidget:
        self.marks = _MarkList(self._theme)
        self._count = label("", "section")
        self._empty = label(_EMPTY, "muted", wrap=True)
        self._marks_hint = label("Enter shows a bar in the text, Delete takes it away.", "small", wrap=True)
        self._marks_card = Card(margin=16, spacing=8)
        for widget in (self._count, self._empty, self.marks, self._marks_hint):
            self._marks_card.box.addWidget(widget)
        self.result = RedactResult(self._theme)
        self._panel = QWidget()
        self._panel.setObjectName("clear")
        box = QVBoxLayout(self._panel)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._marks_card)
        box.addWidget(self.result)
        return self._panel

    def _connect(self) -> None:
        model, view = self._model, self.view
        view.mark_wanted.connect(model.mark)
        view.unmark_wanted.connect(model.unmark)
        view.undo_wanted.connect(model.undo)
        view.redo_wanted.connect(model.redo)
        view.check_wanted.connect(model.check)
        self.black_out.clicked.connect(view.mark_selection)
        self.undo.clicked.connect(model.undo)
        self.redo.clicked.connect(model.redo)
        self.check.clicked.connect(model.check)
        self.again.clicked.connect(self._on_again_clicked)
        self.marks.itemActivated.connect(lambda item: self._jump_to_mark(self.marks.row(item)))
        self.marks.itemClicked.connect(lambda item: self._jump_to_mark(self.marks.row(item)))
        self.marks.deleted = self._remove_mark
        self.result.jumped.connect(view.jump)
        self.result.ask_wanted.connect(self._on_ask_wanted)
        model.changed.connect(self._render)

    # -- showing -----------------------------------------------------------------------------------------------------

    def _render(self, state: RedactState) -> None:
        before = self.marks.count()
        self.view.show_passages(_passages(state), editable=state.may_mark)
        self.undo.setEnabled(state.may_mark and state.can_undo)
        self.redo.setEnabled(state.may_mark and state.can_redo)
        self.black_out.setEnabled(state.may_mark)
        for button in (self.undo, self.redo, self.black_out, self._hint):
            button.setVisible(state.may_mark)
        self._show_marks(state)
        self._problem.say(state.problem, "danger")
        checked = state.result is not None
        self.again.setVisible(checked and state.tries_left != 0)
        self.check.setVisible(not checked)
        self._marks_card.setVisible(not checked)
        self.result.setVisible(checked)
        if state.result is not None:
            self.result.show_state(state)
            if state.result is not self._shown:
                self._on_checked(state)
        elif before != len(state.marks):
            self._announce(_counted(len(state.marks)))
        self._shown = state.result

    def _show_marks(self, state: RedactState) -> None:
        at = self.marks.currentRow()
        self.marks.show_texts([self._model.marked_text(mark) for mark in state.marks])
        self.marks.setCurrentRow(min(max(at, 0), len(state.marks) - 1))
        self._count.setText(_counted(len(state.marks)) if state.marks else "Black bars")
        self._empty.setVisible(not state.marks)
        self.marks.setVisible(bool(state.marks))
        self._marks_hint.setVisible(bool(state.marks))
        self.view.setAccessibleDescription(f"{_counted(len(state.marks))}. R blacks out, Backspace brings back.")

    def _on_checked(self, state: RedactState) -> None:
        """Show the result where it begins; not when the exercise is only being opened again."""
        assert state.result is not None
        if not self.isVisible():
            return
        self.checked.emit()
        self._announce(self.result.summary)
        self._scroll_later(self.result if self._is_stacked() else self)
        self.again.setFocus() if self.again.isVisible() else self.view.setFocus()

    def _scroll_later(self, target: QWidget, rounds: int = _LAYOUT_ROUNDS) -> None:
        """Scroll to target once the layout has made room for what was added, which takes it a few rounds of events."""
        QTimer.singleShot(0, target, lambda: self._scroll_to(target, rounds))

    def _scroll_to(self, target: QWidget, rounds: int) -> None:
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea) and area.widget() is not None:
            wanted = max(0, target.mapTo(area.widget(), target.rect().topLeft()).y() - _ABOVE_PX)
            area.verticalScrollBar().setValue(wanted)
            if area.verticalScrollBar().maximum() < wanted and rounds:
                self._scroll_later(target, rounds - 1)

    def _announce(self, text: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.view, text))

    # -- what is done ------------------------------------------------------------------------------------------------

    def _jump_to_mark(self, number: int) -> None:
        if 0 <= number < len(self._model.state.marks):
            self.view.jump(*self._model.state.marks[number])

    def _remove_mark(self, number: int) -> None:
        if 0 <= number < len(self._model.state.marks):
            self._model.unmark(*self._model.state.marks[number])

    def _on_again_clicked(self) -> None:
        self._model.try_again()
        self.view.setFocus()

    def _on_ask_wanted(self, prompt: str) -> None:
        """A pane below that runs the question on what was left, in place of an earlier one."""
        if self._asked is not None:
            self._box.removeWidget(self._asked)
            self._asked.hide()
            self._asked.deleteLater()
        self._asked = self._ask(prompt)
        self._box.addWidget(self._asked)
        self._scroll_later(self._asked)

    # -- shape -------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One above the other where there is no room for both side by side."""
        super().resizeEvent(event)
        direction = QBoxLayout.Direction.TopToBottom if self._is_stacked() else QBoxLayout.Direction.LeftToRight
        if direction != self._sides.direction():
            self._sides.setDirection(direction)
        wide = 16_777_215 if self._is_stacked() else self._theme.px(_PANEL_PX)
        self._panel.setMinimumWidth(0 if self._is_stacked() else wide)
        self._panel.setMaximumWidth(wide)
        alignment = Qt.AlignmentFlag(0) if self._is_stacked() else Qt.AlignmentFlag.AlignTop
        for side in (self._paper, self._panel):
            self._sides.setAlignment(side, alignment)

    def _is_stacked(self) -> bool:
        return self.width() < self._theme.px(_STACKED_PX)


class _MarkList(QListWidget):
    """The bars as text, in order, as tall as they are; deleted(row) is called on Delete."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.deleted: Callable[[int], None] = lambda _: None
        self.setAccessibleName("Black bars")
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        Restyler(theme, self, self._restyle)

    def show_texts(self, texts: list[str]) -> None:
        """Show these, in order."""
        if texts != [self.item(number).text() for number in range(self.count())]:
            self.clear()
            self.addItems(texts)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the present bar away; Enter shows it in the text."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.deleted(self.currentRow())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.itemActivated.emit(self.currentItem())
        else:
            super().keyPressEvent(event)

    def _restyle(self) -> None:
        t = self._theme.tokens
        self.setStyleSheet(
            f"QListWidget {{ background: transparent; border: 1px solid transparent; padding: 0; }}"
            f"QListWidget:focus {{ border: 2px solid {t.accent}; padding: 0; }}"
            f"QListWidget::item {{ padding: 5px 8px; border-radius: 6px; color: {t.text}; }}"
            f"QListWidget::item:hover {{ background: {t.sunken}; }}"
            f"QListWidget::item:selected:active {{ background: {t.accent_soft}; color: {t.text}; }}"
            f"QListWidget::item:selected:!active {{ background: transparent; color: {t.text}; }}"
        )
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(sum(self.sizeHintForRow(number) for number in range(self.count())) + 6)


def _line(theme: Theme) -> QWidget:
    made = QWidget()
    made.setFixedHeight(1)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    Restyler(theme, made, lambda: made.setStyleSheet(f"background: {theme.tokens.hairline};"))
    return made


def _counted(marks: int) -> str:
    return f"{marks} black bar" if marks == 1 else f"{marks} black bars"


def _passages(state: RedactState) -> tuple[Passage, ...]:
    """What is drawn: bars while working; afterwards what each of them was, with what was left."""
    result = state.result
    if result is None:
        return tuple(Passage(start, end, "bar") for start, end in state.marks)
    needless = tuple(Passage(one.start, one.end, "needless", "Blacked out without need") for one in result.needless)
    judged = tuple(passage for one in result.judged for passage in _judged(one))
    taken = [(passage.start, passage.end) for passage in needless + judged]
    rest = tuple(
        Passage(*part, "free", "Makes no difference") for mark in result.marks for part in _without(mark, taken)
    )
    return rest + needless + judged


def _judged(one: Judged) -> tuple[Passage, ...]:
    says = f"{kind_label(one.planted.kind)}: {one.planted.why}"
    if one.state == "missed":
        return (Passage(one.start, one.end, "leaked", f"Would have left. {says}"),)
    hidden = _without((one.start, one.end), one.readable)
    return (
        *(Passage(*part, "found", f"Found. {says}") for part in hidden),
        *(Passage(*part, "leaked", f"Still readable. {says}") for part in one.readable),
    )


def _without(mark: Mark, taken: Iterable[Mark]) -> Iterator[Mark]:
    """The parts of a mark that lie in none of the others."""
    at = mark[0]
    for start, end in sorted(taken):
        if start < mark[1] and end > at:
            if start > at:
                yield at, start
            at = end
    if at < mark[1]:
        yield at, mark[1]
