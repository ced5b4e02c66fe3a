"""A question and an answer as the thread shows them, each with its quiet actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from desktop_app.practice.conversation import Turn
from desktop_app.records.learning import JUDGEMENTS
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.ask.growing_text import GrowingText
from desktop_app.ui.pages.practice.ask.state import AskState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, chip, column, icon_button, label, row
from desktop_app.ui.widgets.copy_guard import CopyGuard
from desktop_app.ui.widgets.guarded_edit import GuardedEdit


class Switcher(QWidget):
    """Which of several branches is shown: "2 of 3" between two arrows. Signals: moved(int), -1 or 1."""

    moved = Signal(int)

    def __init__(self, theme: Theme, what: str) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.back = icon_button(theme, "chevron-left", f"The {what} before")
        self.on = icon_button(theme, "chevron-right", f"The next {what}")
        self._where = label("", "small")
        self.setLayout(row(self.back, self._where, self.on, spacing=0))
        self.back.clicked.connect(lambda: self.moved.emit(-1))
        self.on.clicked.connect(lambda: self.moved.emit(1))

    def show_place(self, at: int, count: int, *, enabled: bool) -> None:
        """Show place at (from 0) of count; hidden if there is only one."""
        self.setVisible(count > 1)
        self._where.setText(f"{at + 1} of {count}")
        self.back.setEnabled(enabled and at > 0)
        self.on.setEnabled(enabled and at < count - 1)


class QuestionCard(QFrame):
    """What was asked.

    Signals: moved(int), to another branch; edit_asked(); rewritten(str), the question in other words; edit_left().
    """

    moved = Signal(int)
    edit_asked = Signal()
    rewritten = Signal(str)
    edit_left = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, turn: Turn) -> None:
        super().__init__()
        self.setObjectName("soft")
        self.turn = turn
        self._theme, self._jobs = theme, jobs
        self._edit: GuardedEdit | None = None
        self.text = GrowingText("Question")
        self.text.set_text(turn.text if turn.text is not None else "This question was not kept.")
        self.switcher = Switcher(theme, "version of this question")
        self.switcher.moved.connect(self.moved)
        self.edit_button = icon_button(theme, "pencil", "Edit this question; the old one stays")
        self.edit_button.clicked.connect(self.edit_asked)
        self._left_out = chip("Not read any more", "caution")
        self._editing = QWidget()
        self._editing.setObjectName("clear")
        self._inner = QVBoxLayout(self._editing)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._editing.hide()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(16, 10, 10, 10)
        self._box.setSpacing(4)
        self._box.addLayout(row(label("You", "eyebrow"), self._left_out, 1, self.switcher, self.edit_button, spacing=4))
        self._box.addWidget(self.text)
        self._box.addWidget(self._editing)
        self._left_out.hide()
        self.switcher.hide()

    @property
    def actions(self) -> dict[str, QWidget]:
        """What can be pressed, by name."""
        return {"back": self.switcher.back, "on": self.switcher.on, "edit": self.edit_button}

    def show_state(self, state: AskState, turn: Turn) -> None:
        """Show where it stands among its branches, and whether it is being rewritten."""
        self.turn = turn
        assert state.conversation is not None
        same = state.conversation.siblings(turn)
        idle = state.phase != "running"
        self.switcher.show_place([one.id for one in same].index(turn.id), len(same), enabled=idle)
        self.edit_button.setEnabled(idle and turn.text is not None)
        self._left_out.setVisible(turn.id in state.left_out)
        self._left_out.setToolTip(state.left_out_words)
        self._show_editor(state.editing == turn.id and idle)

    def _show_editor(self, shown: bool) -> None:
        if shown == self._editing.isVisibleTo(self):
            return
        if shown and self._edit is None:
            self._build_editor()
        self.text.setVisible(not shown)
        self._editing.setVisible(shown)
        if shown and self._edit is not None:
            self._edit.set_text(self.turn.text or "")
            self._edit.edit.setFocus()

    def _build_editor(self) -> None:
        self._edit = GuardedEdit(self._theme, self._jobs, "Your question", lines=4)
        ask = Button(self._theme, "Ask this", "play", tip="Ask this instead (Ctrl+Enter); the old question stays")
        leave = Button(self._theme, "Leave as it is", kind="quiet", tip="Leave it as it is (Esc)")
        ask.clicked.connect(self._on_done)
        leave.clicked.connect(self.edit_left)
        self._inner.addWidget(self._edit)
        self._inner.addLayout(row(ask, leave, 1))

    def _on_done(self) -> None:
        if self._edit is not None:
            self.rewritten.emit(self._edit.text)

    def event(self, event: QEvent) -> bool:
        """Ctrl+Enter and Esc belong to the question while it is rewritten, before the tab's own shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter asks, Esc leaves the question as it is."""
        if not self._is_ours(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.edit_left.emit()
        else:
            self._on_done()

    def _is_ours(self, event: QKeyEvent) -> bool:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return self._editing.isVisible() and (event.key() == Qt.Key.Key_Escape or (enter and ctrl))


class AnswerCard(QFrame):
    """What the model answered. What else belongs to an answer (sources, a form, findings) goes in with add_extra.

    Signals: moved(int), to another branch; copy_asked(str); again_asked(); seeds_asked(int), how many other seeds;
    go_on_asked(); pinned(int), a seed to use from now on; details_asked(), what it took; judged(str).
    """

    moved = Signal(int)
    copy_asked = Signal(str)
    again_asked = Signal()
    seeds_asked = Signal(int)
    go_on_asked = Signal()
    pinned = Signal(int)
    details_asked = Signal()
    judged = Signal(str)

    def __init__(self, theme: Theme, turn: Turn) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.turn = turn
        self._theme = theme
        self._is_covered, self._asks_judgement = False, True
        self._build()
        self._connect()

    def _build(self) -> None:
        theme = self._theme
        self.text = GrowingText("Answer")
        self._note = label("", "small")
        self.switcher = Switcher(theme, "answer to this question")
        self.copy = icon_button(theme, "copy", "Copy this answer")
        self.again = icon_button(theme, "rotate-ccw", "Answer again with these settings")
        self.seeds = icon_button(theme, "dices", "Answer with another seed")
        menu = QMenu(self.seeds)
        self._one = QAction("Another seed", menu)
        self._three = QAction("Three more seeds, one after another", menu)
        self._pin = QAction("", menu)
        menu.addActions([self._one, self._three, self._pin])
        self._menu = menu
        self.go_on = Button(theme, "Continue", "play", tip="Go on where this answer ended")
        self._facts = label("", "small", wrap=True, selectable=True)
        self._details = QWidget()
        self._details.setObjectName("clear")
        self._details.setLayout(column(self._facts, spacing=6))
        self._details.hide()
        self.details = icon_button(theme, "gauge", "What this answer took")
        self.details.setCheckable(True)
        self.banner = Banner(theme)
        self._extras = QWidget()
        self._extras.setObjectName("clear")
        self._extras.setLayout(column(spacing=8))
        self._actions = QWidget()
        self._actions.setObjectName("clear")
        self._actions.setLayout(row(self.copy, self.again, self.seeds, self.details, self.go_on, 1, spacing=2))
        self._judge = self._make_judgement()
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 0, 10, 8)
        box.setSpacing(6)
        box.addLayout(row(label("Model", "eyebrow"), self._note, 1, self.switcher, spacing=8))
        box.addWidget(self.text)
        box.addWidget(self.banner)
        box.addWidget(self._extras)
        box.addWidget(self._actions)
        box.addWidget(self._details)
        box.addWidget(self._judge)

    def _make_judgement(self) -> QWidget:
        self.judge_buttons = {judgement: Button(self._theme, judgement.capitalize()) for judgement in JUDGEMENTS}
        bar = row(label("Would you send this?", "strong"), spacing=6)
        for judgement, button in self.judge_buttons.items():
            button.setCheckable(True)
            button.setAccessibleName(f"Would you send this? {judgement}")
            button.clicked.connect(lambda _=False, text=judgement: self.judged.emit(text))
            bar.addWidget(button)
        bar.addStretch(1)
        holder = QWidget()
        holder.setObjectName("clear")
        holder.setLayout(bar)
        return holder

    def _connect(self) -> None:
        self.switcher.moved.connect(self.moved)
        self.copy.clicked.connect(lambda: self.copy_asked.emit(self.copied_text))
        CopyGuard(self.text, lambda: self.copy_asked.emit(self.copied_text))
        self.again.clicked.connect(self.again_asked)
        self.seeds.clicked.connect(lambda: self._menu.popup(self.seeds.mapToGlobal(self.seeds.rect().bottomLeft())))
        self._one.triggered.connect(lambda: self.seeds_asked.emit(1))
        self._three.triggered.connect(lambda: self.seeds_asked.emit(3))
        self._pin.triggered.connect(lambda: self.pinned.emit(self.turn.seed or 0))
        self.go_on.clicked.connect(self.go_on_asked)
        self.details.toggled.connect(self._details.setVisible)
        self.details.toggled.connect(lambda shown: self.details_asked.emit() if shown else None)

    def add_extra(self, widget: QWidget) -> None:
        """Put a widget below the answer's text and above its actions: sources, a form view, findings, the meter line.

        The card owns it from then on. AskTab's card_ready says when an answer is complete, and again when it went on;
        extras are hidden while the answer is written.
        """
        layout = self._extras.layout()
        assert layout is not None
        layout.addWidget(widget)

    def details_below(self, make: Callable[[], QWidget]) -> QWidget:
        """The widget below what the answer took, made when it is first asked for."""
        layout = self._details.layout()
        assert layout is not None
        if layout.count() == 1:
            layout.addWidget(make())
        return layout.itemAt(1).widget()

    @property
    def actions(self) -> dict[str, QWidget]:
        """What can be pressed and is found again once another answer stands here, by name."""
        return {"back": self.switcher.back, "on": self.switcher.on, "details": self.details}

    @property
    def copied_text(self) -> str:
        """What copying takes: what is selected, or the whole answer."""
        return self.text.chosen if self.text.isVisible() else self.turn.text or ""

    def cover_text(self, *, asks_judgement: bool = True) -> None:
        """Show an extra in place of the text, such as the answer with its sources; while it is written the text shows."""
        self._is_covered, self._asks_judgement = True, asks_judgement
        self._judge.setVisible(asks_judgement and self._judge.isVisibleTo(self))
        self.text.hide()

    def show_state(self, state: AskState, turn: Turn, *, is_last: bool) -> None:
        """Show everything but the text that streams, which append adds."""
        self.turn = turn
        streaming, idle = state.streaming == turn.id, state.phase != "running"
        if not streaming:
            self.text.set_text(turn.text if turn.text is not None else "This answer was not kept.")
            self.text.say_rest()
        self.text.setVisible(bool(self.text.text) and (streaming or not self._is_covered))
        self._extras.setVisible(not streaming)
        assert state.conversation is not None
        same = state.conversation.siblings(turn)
        self.switcher.show_place([one.id for one in same].index(turn.id), len(same), enabled=idle)
        more = f" · {state.waiting} more to come" if state.waiting else ""
        self._note.setText(
            f"{state.note}…{more}" if streaming else f"Seed {turn.seed}" if turn.seed is not None else ""
        )
        self._note.setToolTip("The same prompt with the same seed and settings gives the same answer.")
        self._pin.setText(f"Use seed {turn.seed} from now on")
        self._actions.setVisible(not streaming)
        for button in (self.again, self.seeds, self.go_on):
            button.setEnabled(state.can_ask)
        self.copy.setEnabled(bool(turn.text))
        self.go_on.setVisible(turn.can_go_on)
        self._facts.setText(facts_words(turn))
        self._show_banner(state, turn, streaming=streaming)
        judgement = state.judgements.get(turn.run_id, "")
        is_whole = not streaming and bool(turn.text) and turn.stop_reason != "died"
        self._judge.setVisible(is_last and is_whole and self._asks_judgement)
        for said, button in self.judge_buttons.items():
            button.setChecked(said == judgement)

    def append(self, piece: str) -> None:
        """Add streamed text."""
        self.text.setVisible(True)
        self.text.append_text(piece)

    def _show_banner(self, state: AskState, turn: Turn, *, streaming: bool) -> None:
        if state.problem and state.problem_at == turn.id:
            self.banner.say(state.problem, "danger")
        elif streaming:
            self.banner.say("")
        else:
            self.banner.say(_ending(turn), "caution")


def _ending(turn: Turn) -> str:
    """What a person should know about how an answer ended."""
    words = {
        "died": "This answer is not complete: it was cut off.",
        "cancelled": "You stopped this answer, so it is not complete.",
        "length": "The answer reached its length and may end in mid-sentence.",
    }.get(turn.stop_reason, "")
    return words if turn.text else "There is no answer: it was cut off before it began." if words else ""


def facts_words(turn: Turn) -> str:
    """What an answer took, for those who ask: tokens, speed, model, parameters."""
    facts = turn.facts
    if "completion_tokens" not in facts:
        return f"Seed {turn.seed}"
    first = f"first word after {float(str(facts['first_token_ms'])) / 1000:.2f} s"
    speed = f"{facts['completion_tokens']} tokens · {facts['tokens_per_second']} tokens/s · {first}"
    read = f"{facts['prompt_tokens']} tokens read, {facts.get('cached_tokens', 0)} of them known already"
    how = f"temperature {facts['temperature']} · top_p {facts['top_p']} · repeat penalty {facts['repeat_penalty']}"
    return f"{speed}\n{read}\n{facts['model_id']} · {how}"
