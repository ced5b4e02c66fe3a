"""What becomes of an answer's copy: the question before it where one is asked, and what was copied after it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.answer_copy import AnswerCopy, CopyState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, row


class CopyCheck(QWidget):
    """A banner about one AnswerCopy, with the buttons that answer its question.

    Signals: answered(), when they are gone and the keyboard should go back to what was copied.
    """

    answered = Signal()

    def __init__(self, theme: Theme, model: AnswerCopy) -> None:
        super().__init__()
        self._model = model
        self._phase = ""
        self.banner = Banner(theme)
        self.confirm = Button(
            theme,
            "I checked it: copy",
            "check",
            tip="Copy the answer. That you checked it is recorded, the answer is not.",
        )
        self.cancel = Button(theme, "Not yet", kind="quiet", tip="Do not copy (Esc)")
        self._buttons = QWidget()
        self._buttons.setObjectName("clear")
        self._buttons.setLayout(row(self.confirm, self.cancel, 1))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.banner)
        box.addWidget(self._buttons)
        self.confirm.clicked.connect(model.confirm)
        self.cancel.clicked.connect(model.cancel)
        model.changed.connect(self._render)
        self._render(model.state)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc means not yet."""
        if event.key() == Qt.Key.Key_Escape and self._phase == "asks":
            self._model.cancel()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Esc reaches this card before a shortcut of the window takes it."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._phase == "asks"
        ):
            event.accept()
            return True
        return super().event(event)

    def _render(self, state: CopyState) -> None:
        asked, self._phase = self._phase == "asks", state.phase
        self.setVisible(bool(state.words))
        self.banner.say(state.words, state.tone)
        self._buttons.setVisible(state.phase == "asks")
        if state.phase == "asks" and not asked:
            self.confirm.setFocus()
        elif asked and state.phase != "asks":
            self.answered.emit()
