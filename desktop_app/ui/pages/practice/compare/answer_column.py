"""One answer among others: what it is called, the text as it streams, what it took, and taking it further."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QTextCursor
from PySide6.QtWidgets import QMenu, QPlainTextEdit

from desktop_app.practice.compare.comparison import LETTERS, Cell
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, icon_button, label, row
from desktop_app.ui.widgets.copy_guard import CopyGuard

_SENTENCE = re.compile(r"[.!?\n]\s*$")
_WAITS = "Waits for its turn: one answer is written after the other."
_HIDDEN = "Shown when all are written, so that nothing gives one away."


class _Text(QPlainTextEdit):
    def sizeHint(self) -> QSize:
        """No more than it needs; a layout that has room gives more."""
        return QSize(super().sizeHint().width(), self.minimumHeight())


class AnswerColumn(Card):
    """Signals: asked(), to take it to Ask; drafted(), to begin a version from it; copy_asked(str), its text or
    what of it is selected.
    """

    asked = Signal()
    drafted = Signal()
    copy_asked = Signal(str)

    def __init__(self, theme: Theme, place: int) -> None:
        super().__init__(margin=12, spacing=6)
        self._theme, self._unsaid = theme, ""
        self.letter = LETTERS[place]
        self.title = label("", "strong", wrap=True)
        self.voted = label("", "eyebrow")
        self.text = _Text()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setProperty("role", "reading")
        self.text.setMinimumHeight(theme.px(72))
        self.problem = Banner(theme)
        self.facts = label("", "small", wrap=True)
        self.copy = icon_button(theme, "copy", f"Copy answer {self.letter}")
        self.copy.clicked.connect(self._on_copy)
        CopyGuard(self.text, self._on_copy)
        self.use = Button(theme, "Use this one", kind="quiet", tip="Go on with this column")
        menu = QMenu(self.use)
        self.to_ask = QAction("Ask with it", menu)
        self.to_draft = QAction("Begin a draft from it", menu)
        self.to_ask.triggered.connect(self.asked)
        self.to_draft.triggered.connect(self.drafted)
        menu.addActions([self.to_ask, self.to_draft])
        self.use.setMenu(menu)
        self.box.addLayout(row(self.title, self.voted))
        self.box.addWidget(self.text, 1)
        self.box.addWidget(self.problem)
        self.box.addWidget(self.facts)
        self.box.addLayout(row(self.use, 1, self.copy))

    def show_cell(
        self, cell: Cell | None, title: str, *, named: bool, hidden: bool, writing: bool, can_draft: bool, voted: bool
    ) -> None:
        """Show the answer, or why there is none; hidden ones wait for the others, those without names give nothing away."""
        self.title.setText(title)
        self.text.setAccessibleName(f"Answer {title}")
        self.voted.setText("Your vote" if voted else "")
        self.voted.setVisible(voted)
        if cell is not None and not hidden:
            text = cell.text if cell.text is not None else "(This answer was not kept: there was no keyring.)"
            if self.text.toPlainText() != text:
                self.text.setPlainText(text)
            self._say_rest()
        elif not writing or hidden:
            self.text.setPlainText("")
        self.text.setPlaceholderText(_HIDDEN if hidden else "" if writing else _WAITS if cell is None else "(nothing)")
        problem = cell.problem if cell is not None and not hidden else ""
        self.problem.say(
            problem if named or not problem else "No whole answer; why is shown with the names.", "caution"
        )
        self.facts.setText(_facts(cell) if cell is not None and named else "")
        self.facts.setVisible(named)
        whole = cell is not None and not hidden and bool(cell.text)
        self.copy.setEnabled(whole)
        self.use.setEnabled(cell is not None and named)
        self.to_draft.setVisible(can_draft)

    def append(self, text: str, *, is_start: bool) -> None:
        """Add streamed text; a selection stays, and so does the place of a reader who scrolled up."""
        if is_start:
            self.text.setPlainText("")
            self._unsaid = ""
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)
        if at_end:
            bar.setValue(bar.maximum())
        self._unsaid += text
        if _SENTENCE.search(self._unsaid[-3:]):
            self._say_rest()

    def _say_rest(self) -> None:
        text, self._unsaid = self._unsaid.strip(), ""
        if text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.text, f"{self.letter}: {text}"))

    def _on_copy(self) -> None:
        text = self.text.textCursor().selectedText().replace("\u2029", "\n") or self.text.toPlainText()
        self.copy_asked.emit(text)


def _facts(cell: Cell) -> str:
    times = cell.timings
    parts = [f"seed {cell.seed}"]
    if times.completion_tokens:
        parts.append(f"{times.completion_tokens} tokens")
    if cell.kept:
        parts.append("known already")
    elif times.tokens_per_second:
        parts.append(f"{times.tokens_per_second:.0f} tokens/s")
    if cell.stop_reason == "length":
        parts.append("cut at its longest")
    return " · ".join(parts)
