"""What stands at a lesson's end: the result, what is worth another look, and where to go from here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import ReaderState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, Clickable, Icon, label, row
from desktop_app.ui.widgets.ring import Ring
from desktop_app.ui.widgets.shortened import Shortened


class LessonEnd(Card):
    """One result; first is what takes the keyboard.

    Signals: closed(), lesson_chosen(id), certificate_wanted(), step_chosen(number from 0), retake_wanted().
    """

    closed = Signal()
    lesson_chosen = Signal(str)
    certificate_wanted = Signal()
    step_chosen = Signal(int)
    retake_wanted = Signal()

    def __init__(self, theme: Theme, state: ReaderState) -> None:
        super().__init__(margin=32, spacing=12)
        assert state.lesson is not None
        self._theme = theme
        ring = Ring(theme, "Questions right")
        total = len(state.lesson.graded)
        ring.show_share(total - len(state.missed), total)
        self.box.addWidget(ring, 0, Qt.AlignmentFlag.AlignHCenter)
        self._say(state)
        for heading, answered in (("Not right yet", True), ("Not answered", False)):
            self._list(heading, [(at, text) for at, text, was_answered in state.missed if was_answered is answered])
        self.box.addSpacing(8)
        self.first = self._add_actions(state)

    def _say(self, state: ReaderState) -> None:
        assert state.lesson is not None
        title = label("Lesson passed" if state.passed else "Not passed yet", "page")
        said = f"You have {state.score:.0%}; {state.lesson.pass_mark:.0%} is needed to pass."
        if state.passed:
            said = f"You have {state.score:.0%}. It is recorded on this computer."
            if state.path_passed:
                said += f" You have passed every lesson of {state.path_title}."
        for words in (title, label(said, "muted", wrap=True)):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.box.addWidget(words)

    def _list(self, heading: str, questions: list[tuple[int, str]]) -> None:
        if questions:
            self.box.addSpacing(8)
            self.box.addWidget(label(heading, "strong"))
        for number, question in questions:
            again = Clickable(self._theme, f"{heading}: {plain_text(question)}", margin=12)
            again.box.addLayout(row(label(plain_text(question), wrap=True), Icon(self._theme, "arrow-right")))
            again.clicked.connect(lambda at=number: self.step_chosen.emit(at))
            self.box.addWidget(again)

    def _add_actions(self, state: ReaderState) -> Button:
        """The buttons; returns the one that is pressed next in most cases."""
        leave = Button(self._theme, "Back to the path", "list-checks")
        leave.clicked.connect(self.closed)
        buttons: list[Button] = []
        if state.passed and state.next_lesson:
            following, title_text = state.next_lesson
            onward = Shortened(self._theme, f"Next: {title_text}", "arrow-right", kind="primary")
            onward.clicked.connect(lambda: self.lesson_chosen.emit(following))
            buttons.append(onward)
        if state.path_passed:
            kind = "" if state.next_lesson else "primary"
            award = Button(self._theme, "Get your certificate", "badge-check", kind=kind)
            award.clicked.connect(self.certificate_wanted)
            buttons.append(award)
        if not state.passed:
            retry = Button(self._theme, "Answer again", "rotate-ccw", kind="primary")
            retry.clicked.connect(self.retake_wanted)
            buttons.append(retry)
        first, *others = *buttons, leave
        if len(others) > 1:  # the one that is pressed next has its own line
            self.box.addWidget(_Centred(first))
            self.box.addWidget(_Centred(*others))
        else:
            self.box.addWidget(_Centred(first, *others))
        return first


class _Centred(QWidget):
    """Buttons in the middle of a line, or below each other where the line is too short for them."""

    def __init__(self, *buttons: Button) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._buttons = buttons
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._box.addStretch(1)
        for button in buttons:
            self._box.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._box.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below each other before one has to be shortened."""
        super().resizeEvent(event)
        needed = sum(button.sizeHint().width() + 8 for button in self._buttons)
        narrow = len(self._buttons) > 1 and self.width() < needed
        self._box.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
