"""The answer as it streams: it can be selected while it grows and scrolls along only while the reader is at its end."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QTextCursor
from PySide6.QtWidgets import QButtonGroup, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.records.learning import JUDGEMENTS
from desktop_app.ui.answer_copy import AnswerCopy
from desktop_app.ui.run_model import RunState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Icon, clear, icon_button, label, row
from desktop_app.ui.widgets.copy_check import CopyCheck
from desktop_app.ui.widgets.copy_guard import CopyGuard

_SENTENCE = re.compile(r"[.!?\n]\s*$")
_EMPTY = "The answer appears here.\n\nThe model runs on this computer: nothing you type leaves it. It is small and often wrong, so read its answers as a draft to check."


class AnswerView(QWidget):
    """Answer, checks and judgement. Signals: judged(str), one of learning.JUDGEMENTS."""

    judged = Signal(str)

    def __init__(self, theme: Theme, copying: AnswerCopy, given: Callable[[], str]) -> None:
        """given is what the person sent: sensitive data of the answer that stands there too came from them."""
        super().__init__()
        self._theme, self._copying, self._given = theme, copying, given
        self._unsaid = ""
        self._shown_run: tuple[str, tuple[tuple[str, bool], ...]] = ("", ())
        self._build()

    def _build(self) -> None:
        self._stats = label("", "small")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Answer")
        self.text.setPlaceholderText(_EMPTY)
        self.text.setTabChangesFocus(True)
        self.text.setProperty("role", "reading")
        self.banner = Banner(self._theme)
        self._checks = QVBoxLayout()
        self._checks.setSpacing(4)
        self._question = label("Would you send this?", "strong")
        self._copy = icon_button(self._theme, "copy", "Copy the answer", shortcut="Ctrl+Shift+C")
        self._copy.clicked.connect(self._on_copy_clicked)
        CopyGuard(self.text, self._on_copy_clicked)
        self.copy_check = CopyCheck(self._theme, self._copying)
        self.copy_check.answered.connect(self.text.setFocus)
        self._judge = QWidget()
        self._judge.setObjectName("clear")
        self._buttons = QButtonGroup(self)
        bar = row(spacing=8)
        for judgement in JUDGEMENTS:
            button = Button(self._theme, judgement.capitalize())
            button.setCheckable(True)
            button.setAccessibleName(f"Would you send this? {judgement}")
            button.clicked.connect(lambda _=False, text=judgement: self.judged.emit(text))
            self._buttons.addButton(button)
            bar.addWidget(button)
        bar.addStretch(1)
        judge = QVBoxLayout(self._judge)
        judge.setContentsMargins(0, 0, 0, 0)
        judge.addWidget(self._question)
        judge.addLayout(bar)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addLayout(row(label("Answer", "section"), 1, self._stats, self._copy))
        box.addWidget(self.text, 1)
        box.addWidget(self.banner)
        box.addWidget(self.copy_check)
        box.addLayout(self._checks)
        box.addWidget(self._judge)
        self._judge.setVisible(False)

    def set_question(self, question: str) -> None:
        """Ask the exercise's own question for the judgement."""
        self._question.setText(question or "Would you send this?")

    def show_state(self, state: RunState) -> None:
        """Show everything but the streamed text, which append adds."""
        if state.phase != "running" and self.text.toPlainText() != state.answer:
            self.text.setPlainText(state.answer)
            self._copying.cancel()
        if state.phase == "running" and not state.answer:
            self.text.setPlainText("")
            self._unsaid = ""
            self._copying.cancel()
        self._stats.setText(state.note)
        self._stats.setToolTip(f"The same prompt with the same seed gives the same answer.\n{state.speed}".strip())
        tone = "danger" if "not complete" in state.problem and "You stopped" not in state.problem else "caution"
        self.banner.say(state.problem, tone, action="")
        self._show_checks(state)
        whole = state.phase == "done" and bool(state.answer)
        self._copy.setVisible(whole)
        self._judge.setVisible(whole and "not complete. " not in state.problem)
        for button in self._buttons.buttons():
            chosen = button.text().lower() == state.judgement
            self._buttons.setExclusive(False)
            button.setChecked(chosen)
            self._buttons.setExclusive(True)
        if state.phase == "done":
            self._announce(self._unsaid)
            self._unsaid = ""

    def append(self, piece: str) -> None:
        """Add streamed text; a selection stays, and so does the place of a reader who scrolled up."""
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece)
        if at_end:
            bar.setValue(bar.maximum())
        self._unsaid += piece
        if _SENTENCE.search(self._unsaid[-3:]):
            self._announce(self._unsaid)
            self._unsaid = ""

    def _announce(self, text: str) -> None:
        if text.strip() and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.text, text.strip()))

    def _show_checks(self, state: RunState) -> None:
        if self._shown_run == (state.phase, state.checks):
            return
        self._shown_run = (state.phase, state.checks)
        clear(self._checks)
        for says, held in state.checks:
            words = label(f"{says}: {'yes' if held else 'no'}", wrap=True)
            self._checks.addLayout(
                row(
                    Icon(self._theme, "circle-check" if held else "circle-x", "good" if held else "danger"),
                    words,
                    spacing=8,
                )
            )

    def _on_copy_clicked(self) -> None:
        text = self.text.textCursor().selectedText().replace("\u2029", "\n") or self.text.toPlainText()
        self._copying.copy(text, given=self._given())
