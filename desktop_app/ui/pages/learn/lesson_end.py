"""What stands at a lesson's end: the result, what is worth another look, and where to go from here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import ReaderState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, Clickable, Icon, label, row
from desktop_app.ui.widgets.ring import Ring


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
            said = f"{state.lesson.title}: {state.score:.0%}. It is recorded on this computer."
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
        actions = row(1)
        first = leave = Button(self._theme, "Back to the path", "list-checks")
        leave.clicked.connect(self.closed)
        if state.passed and state.next_lesson:
            following, title_text = state.next_lesson
            first = onward = Button(self._theme, f"Next: {title_text}", "arrow-right", kind="primary")
            onward.clicked.connect(lambda: self.lesson_chosen.emit(following))
            actions.addWidget(onward)
        if state.path_passed:
            kind = "" if state.next_lesson else "primary"
            award = Button(self._theme, "Get your certificate", "badge-check", kind=kind)
            award.clicked.connect(self.certificate_wanted)
            actions.addWidget(award)
            first = first if state.next_lesson else award
        if not state.passed:
            first = retry = Button(self._theme, "Answer again", "rotate-ccw", kind="primary")
            retry.clicked.connect(self.retake_wanted)
            actions.addWidget(retry)
        actions.addWidget(leave)
        actions.addStretch(1)
        self.box.addLayout(actions)
        return first
