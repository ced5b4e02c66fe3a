"""The decision exercise: options, the reason to write, and afterwards what a good reason names and how a colleague put it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app.lessons.decisions import FEWEST_WORDS
from desktop_app.lessons.render import plain_text
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.learn.exercises.decision_model import DecisionModel, DecisionState
from desktop_app.ui.pages.learn.questions.choices import OptionRow
from desktop_app.ui.pages.learn.questions.marks import Mark, announce
from desktop_app.ui.pages.learn.questions.rich import block_html, inline_html, rich_label
from desktop_app.ui.pages.learn.questions.words import worth
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, column, label, row, shortcut
from desktop_app.ui.widgets.guarded_edit import GuardedEdit

_ARROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
_LINES = 4
_KEPT = "Kept encrypted on this computer, for you alone."
_UNKEPT = "Kept only while Greenroom is open."
_GONE = "What you wrote is not here any more; only the decision was kept."


class DecisionPane(Card):
    """One DecisionModel. folder is where the lesson's images lie."""

    def __init__(self, theme: Theme, model: DecisionModel, jobs: Jobs, folder: Path | None = None) -> None:
        super().__init__(spacing=12)
        self._theme, self._model, self._folder = theme, model, folder
        self._was_taken = model.state.phase == "taken"
        self._build(jobs)
        self._connect()
        self._render(model.state)

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self, jobs: Jobs) -> None:
        theme, decision = self._theme, self._model.state.decision
        self.setAccessibleName(f"Decision: {decision.title}")
        self._title = label("Your decision", "strong")
        self._left = label("", "small")
        self.box.addLayout(row(self._title, 1, self._left))
        self.box.addWidget(self._build_options())
        self.box.addWidget(_Line(theme))
        self.box.addWidget(rich_label(decision.defend, self._folder, "strong"))
        self.reason = GuardedEdit(
            theme, jobs, plain_text(decision.defend), lines=_LINES, placeholder="In your own words, as you would say it"
        )
        self._count = label("", "small")
        self._kept = label("", "small", wrap=True)
        foot = row(self._kept, self._count, spacing=16)
        foot.setStretch(0, 1)
        foot.setAlignment(self._count, Qt.AlignmentFlag.AlignTop)
        self._writing = QWidget()
        self._writing.setObjectName("clear")
        self._writing.setLayout(column(self.reason, foot, spacing=6))
        self.take = Button(theme, "Take the decision", "check", kind="primary", tip="Take the decision (Ctrl+Enter)")
        self.box.addWidget(self._writing)
        self._after = self._build_after()
        self.box.addWidget(self._after)
        self.problem = Banner(theme)
        self.box.addWidget(self.problem)
        self.again = Button(theme, "Decide again", "rotate-ccw", tip="Choose and write again; your reason stays")
        self.box.addLayout(row(self.take, self.again, 1))

    def _build_options(self) -> QWidget:
        theme, self._group = self._theme, QButtonGroup(self)
        self.options: list[QRadioButton] = []
        self._marks: list[Mark] = []
        self._feedback: list[Banner] = []
        box = column(spacing=4)
        for number, option in enumerate(self._model.state.decision.options):
            button = QRadioButton()
            button.setAccessibleName(plain_text(option.text))
            button.installEventFilter(self)
            button.toggled.connect(lambda on, at=number: self._model.choose(at) if on else None)
            self._group.addButton(button, number)
            mark, feedback = Mark(theme), Banner(theme)
            for made, things in ((button, self.options), (mark, self._marks), (feedback, self._feedback)):
                things.append(made)  # type: ignore[attr-defined]
            box.addWidget(OptionRow(button, option.text, self._folder, mark))
            box.addWidget(feedback)
        holder = QWidget()
        holder.setObjectName("clear")
        holder.setAccessibleName("Options")
        holder.setLayout(box)
        return holder

    def _build_after(self) -> QWidget:
        """What stands below the decision once it is taken."""
        decision = self._model.state.decision
        self._wrote = label("", wrap=True, selectable=True)
        paper = _Paper(self._theme)
        paper.box.addWidget(self._wrote)
        self._says = label("", "small")
        self.points: list[QCheckBox] = []
        points = column(spacing=2)
        for number, point in enumerate(decision.points):
            tick = QCheckBox()
            tick.setAccessibleName(f"My reason says: {plain_text(point)}")
            tick.toggled.connect(lambda on, at=number: self._model.tick(at, on))
            self.points.append(tick)
            points.addWidget(OptionRow(tick, point, self._folder, Mark(self._theme)))
        self.example = Banner(self._theme, icon="message-square-text")
        head = row(label("My reason says this", "strong"), 1, self._says)
        made = QWidget()
        made.setObjectName("clear")
        made.setLayout(column(paper, head, points, self.example, spacing=12))
        return made

    def _connect(self) -> None:
        model = self._model
        self.reason.text_changed.connect(model.write)
        self.take.clicked.connect(self._take)
        self.again.clicked.connect(model.decide_again)
        model.changed.connect(self._render)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut(self, keys, self._take)

    # -- showing -----------------------------------------------------------------------------------------------------

    def _render(self, state: DecisionState) -> None:
        taken = state.phase == "taken"
        self._show_options(state)
        self._writing.setVisible(not taken)
        self.take.setVisible(not taken)
        self.take.setEnabled(state.can_take)
        self.take.setAccessibleDescription("" if state.can_take else self._lacking(state))
        if not taken and self.reason.text != state.reason:
            self.reason.set_text(state.reason)
        missing = state.words_missing
        self._count.setText(f"{missing} more {'word' if missing == 1 else 'words'}" if missing else "Long enough")
        self._kept.setText(_UNKEPT if state.unkept else _KEPT)
        self._kept.setToolTip(state.unkept)
        self._after.setVisible(taken)
        self.again.setVisible(taken and state.tries_left != 0)
        self.problem.say(state.problem, "danger")
        left = state.tries_left
        self._left.setText("" if left is None else f"{left or 'No'} {'try' if left == 1 else 'tries'} left")
        if taken:
            self._show_after(state)
        if taken != self._was_taken:
            self._was_taken = taken
            if self.isVisible():
                self._lead(state)

    def _show_options(self, state: DecisionState) -> None:
        taken = state.phase == "taken"
        self._group.setExclusive(False)  # an exclusive group cannot be emptied
        for number, option in enumerate(state.decision.options):
            chosen = number == state.chosen
            button = self.options[number]
            button.setChecked(chosen)
            button.setEnabled(not taken and state.tries_left != 0)
            word = worth(float(option.right)) if taken and chosen else ""
            self._marks[number].say(word)
            button.setAccessibleDescription(word)
            said = inline_html(option.feedback, self._folder) if word else ""
            self._feedback[number].say(said, "good" if option.right else "caution", rich=True)
        self._group.setExclusive(True)

    def _show_after(self, state: DecisionState) -> None:
        self._wrote.setText(state.reason or _GONE)
        self._wrote.setAccessibleName(f"Your reason: {state.reason or _GONE}")
        for tick, says in zip(self.points, state.ticks, strict=True):
            tick.setChecked(says)
            tick.setEnabled(bool(state.reason))
        self._says.setText(f"{sum(state.ticks)} of {len(state.ticks)}")
        colleague = f"<p style='margin:0 0 4px 0'><b>How a colleague put it</b></p>{block_html(state.decision.example, self._folder)}"
        self.example.say(colleague, "plain", rich=True)

    def _lacking(self, state: DecisionState) -> str:
        if state.chosen is None:
            return "Choose an option first."
        return f"The reason needs {state.words_missing} more words of {FEWEST_WORDS}." if state.words_missing else ""

    def _lead(self, state: DecisionState) -> None:
        """Say what came of it, take the keyboard on, and show the result first."""
        if state.phase == "open":
            next((one for one in self.options if one.isChecked()), self.options[0]).setFocus(
                Qt.FocusReason.TabFocusReason
            )
            return
        option = state.option
        if option is not None:
            announce(self, f"{worth(float(option.right))}. {plain_text(option.feedback)}")
        if state.reason:
            self.points[0].setFocus(Qt.FocusReason.TabFocusReason)
        if (area := self._area()) is not None and (inside := area.widget()) is not None:
            inside.adjustSize()
            area.verticalScrollBar().setValue(max(0, self.mapTo(inside, self.rect().topLeft()).y() - 12))

    def _area(self) -> QScrollArea | None:
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        return area

    # -- what is done ------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        if self._model.state.can_take:
            self._model.take()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys go through the options, also where none is picked yet; Enter picks one, then goes to the reason."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched in self.options:
            at = self.options.index(watched)  # type: ignore[arg-type]
            step = _ARROWS.get(Qt.Key(event.key()))
            if step and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                button = self.options[(at + step) % len(self.options)]
                button.setFocus(Qt.FocusReason.TabFocusReason)
                button.click()
                return True
            if (
                event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
                and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            ):
                if self.options[at].isChecked():
                    self.reason.edit.setFocus(Qt.FocusReason.TabFocusReason)
                else:
                    self.options[at].click()
                return True
        return super().eventFilter(watched, event)


class _Line(QFrame):
    """A hairline between two parts of a card."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFixedHeight(1)
        Restyler(theme, self, lambda: self.setStyleSheet(f"background: {theme.tokens.hairline};"))


class _Paper(QFrame):
    """Sunken ground for what the learner wrote."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("paper")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(14, 10, 14, 10)
        Restyler(
            theme, self,
            lambda: self.setStyleSheet(f"QFrame#paper {{ border: 1px solid {theme.tokens.hairline}; border-radius: 8px; }}"),
        )  # fmt: skip
