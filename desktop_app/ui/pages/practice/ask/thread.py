"""What comes out: the turns of the branch that is shown, one below the other; and the field for the next question."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from desktop_app.practice.conversation import Turn
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.pages.practice.ask.state import AskState
from desktop_app.ui.pages.practice.ask.turn_cards import AnswerCard, QuestionCard
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Scroll, label, row, shortcut
from desktop_app.ui.widgets.guarded_edit import GuardedEdit

_EMPTY = (
    "The answer appears here, and you can go on asking below it.\n\nAnswer again, try other seeds or put your question in "
    "other words: every version stays, and you can go back to it.\n\nThe model runs on this computer: nothing you type "
    "leaves it. It is small and often wrong, so read its answers as drafts to check."
)

# A card takes 4 ms to make: a long conversation would hold the window up for seconds.
AT_ONCE = 20


class Thread(Card):
    """Signals: card_ready(AnswerCard), for each answer that is complete, again if it went on; rewrite_asked(), for a question
    that is rewritten in its form; copy_asked(AnswerCard, str); details_asked(AnswerCard).
    """

    card_ready = Signal(object)
    rewrite_asked = Signal()
    copy_asked = Signal(object, str)
    details_asked = Signal(object)

    def __init__(self, theme: Theme, model: AskModel, jobs: Jobs) -> None:
        super().__init__(margin=12, spacing=8)
        self._theme, self._model, self._jobs = theme, model, jobs
        self._cards: list[QuestionCard | AnswerCard] = []
        self._ready: set[AnswerCard] = set()
        self._first = 0  # the turn of the branch that the first card shows
        self._at_end = True
        self._build()
        self._connect()
        self._render(model.state)

    def _build(self) -> None:
        self._unkept = Banner(self._theme)
        self.scroll = Scroll(margins=(0, 0, 6, 0), spacing=14)
        self._empty = label(_EMPTY, "muted", wrap=True)
        self.scroll.box.addWidget(self._unkept)
        self.scroll.box.addWidget(self._empty)
        self.earlier = Button(self._theme, "", "chevron-up", tip="Show the questions and answers before these")
        self.scroll.box.addWidget(self.earlier)
        self._below = QWidget()
        self._below.setObjectName("clear")
        self.scroll.box.addWidget(self._below)
        self.scroll.box.addStretch(1)
        self._left_out = Banner(self._theme)
        self._problem = Banner(self._theme)
        self.follow_up = GuardedEdit(
            self._theme, self._jobs, "Next question", lines=2, placeholder="Ask on, or say what to change"
        )
        self.send = Button(self._theme, "Ask", "play", kind="primary", tip="Ask the next question (Ctrl+Enter)")
        self.stop = Button(self._theme, "Stop", "square", tip="Stop (Esc)")
        self._next = QWidget()
        self._next.setObjectName("clear")
        line = row(self.follow_up, self.send, self.stop)
        line.setStretch(0, 1)
        line.setAlignment(self.send, Qt.AlignmentFlag.AlignBottom)
        line.setAlignment(self.stop, Qt.AlignmentFlag.AlignBottom)
        self._next.setLayout(line)
        self._next.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.box.addWidget(self.scroll, 1)
        for widget in (self._left_out, self._problem, self._next):
            self.box.addWidget(widget)

    def _connect(self) -> None:
        model = self._model
        self.follow_up.text_changed.connect(model.set_follow_up)
        self.follow_up.edit.installEventFilter(self)
        self.send.clicked.connect(lambda: model.follow())
        self.stop.clicked.connect(model.stop)
        self.earlier.clicked.connect(self._show_earlier)
        model.changed.connect(self._render)
        model.piece.connect(self._on_piece)
        bar = self.scroll.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_grown)
        shortcut(self, "Ctrl+Return", lambda: model.follow())
        shortcut(self, "Ctrl+Enter", lambda: model.follow())

    def add_below_answers(self, widget: QWidget) -> None:
        """Put a widget of the tab's own below the newest answer."""
        place = self.scroll.box.indexOf(self._below)
        self.scroll.box.insertWidget(place, widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up in the empty field rewrites the last question."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Up
            and not self.follow_up.text
        ):
            self.edit_last()
            return True
        return super().eventFilter(watched, event)

    def edit_last(self) -> None:
        """Rewrite the last question that is shown."""
        questions = [card for card in self._cards if isinstance(card, QuestionCard)]
        if questions:
            self._edit(questions[-1])

    def _edit(self, card: QuestionCard) -> None:
        if not card.turn.parent and self._model.state.prompt is not None:
            self.rewrite_asked.emit()
        else:
            self._model.edit(card.turn.id)

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _render(self, state: AskState) -> None:
        focused = QApplication.focusWidget()
        place = self._place(focused) if focused is not None and self.isAncestorOf(focused) else None
        self._draw(state)
        if focused is not None and place is not None and not (focused.isVisible() and focused.isEnabled()):
            self._take_keyboard(*place)

    def _place(self, focused: QWidget) -> tuple[int, str]:
        """Which card the keyboard is in and on which of its actions; -1 and "" for the rest of the thread."""
        for at, card in enumerate(self._cards):
            for name, button in card.actions.items():
                if button is focused:
                    return at, name
        return -1, ""

    def _take_keyboard(self, at: int, name: str) -> None:
        """What had the keyboard went or takes nothing now: the same action of the card in its place, or the next question."""
        actions = self._cards[at].actions if 0 <= at < len(self._cards) else {}
        for wanted in (name, {"back": "on", "on": "back"}.get(name, "")):
            button = actions.get(wanted)
            if button is not None and button.isVisible() and button.isEnabled():
                button.setFocus()
                return
        self.follow_up.edit.setFocus()

    def _draw(self, state: AskState) -> None:
        self._show_cards(state)
        has_turns = bool(state.branch)
        self._empty.setVisible(not has_turns)
        self._next.setVisible(has_turns)
        self.stop.setVisible(state.phase == "running")
        self.send.setVisible(state.phase != "running")
        self.send.setEnabled(state.can_ask and state.last_answer is not None)
        if self.follow_up.text != self._model.follow_up:
            self.follow_up.set_text(self._model.follow_up)
        over = state.meter.over if state.meter and has_turns and self._model.follow_up else 0
        self._left_out.say("" if over else state.left_out_words, "plain")
        here = state.problem if state.problem_at == "follow_up" or state.problem_at == state.editing != "" else ""
        too_long = f"This is {over:,} tokens too long to be read beside the instructions: shorten it." if over else ""
        self._problem.say(here or too_long, "danger")
        self._unkept.say("Kept only while Greenroom is open" if state.unkept and has_turns else "", "caution")
        self._unkept.setToolTip(state.unkept)

    def _show_cards(self, state: AskState) -> None:
        branch = self._part(state)
        same = 0
        while same < min(len(self._cards), len(branch)) and self._cards[same].turn.id == branch[same].id:
            same += 1
        for card in self._cards[same:]:
            self._ready.discard(card)  # type: ignore[arg-type]
            card.hide()
            self.scroll.box.removeWidget(card)
            card.deleteLater()
        del self._cards[same:]
        for turn in branch[same:]:
            self._insert(len(self._cards), turn)
            self._at_end = True
        for card, turn in zip(self._cards, branch, strict=True):
            if isinstance(card, QuestionCard):
                card.show_state(state, turn)
            else:
                card.show_state(state, turn, is_last=turn.id == branch[-1].id)
                if state.streaming == turn.id:
                    self._ready.discard(card)
                elif card not in self._ready:
                    self._ready.add(card)
                    self.card_ready.emit(card)

    def _part(self, state: AskState) -> tuple[Turn, ...]:
        """The turns that have cards: the latest, as many before them as were asked for, and what has come since."""
        branch = state.branch
        if not (self._cards and self._first < len(branch) and branch[self._first].id == self._cards[0].turn.id):
            self._first = max(0, len(branch) - AT_ONCE)
        before = (self._first + 1) // 2
        self.earlier.setVisible(before > 0)
        self.earlier.setText(f"Show earlier questions ({before:,})")
        return branch[self._first :]

    def _show_earlier(self) -> None:
        end, self._first = self._first, max(0, self._first - AT_ONCE)
        self._at_end = False
        for at, turn in enumerate(self._model.state.branch[self._first : end]):
            self._insert(at, turn)
        self._render(self._model.state)

    def _insert(self, at: int, turn: Turn) -> None:
        made = self._make_question(turn) if turn.role == "user" else self._make_answer(turn)
        self.scroll.box.insertWidget(3 + at, made)
        made.show()  # now: the keyboard may go to it before the next event
        self._cards.insert(at, made)

    def _make_question(self, turn: object) -> QuestionCard:
        card = QuestionCard(self._theme, self._jobs, turn)  # type: ignore[arg-type]
        model = self._model
        card.moved.connect(lambda step: model.switch(card.turn, step))
        card.edit_asked.connect(lambda: self._edit(card))
        card.rewritten.connect(lambda text: model.rewrite(card.turn.id, text))
        card.edit_left.connect(model.stop_editing)
        card.edit_left.connect(self.follow_up.edit.setFocus)
        return card

    def _make_answer(self, turn: object) -> AnswerCard:
        card = AnswerCard(self._theme, turn)  # type: ignore[arg-type]
        model = self._model
        card.moved.connect(lambda step: model.switch(card.turn, step))
        card.again_asked.connect(lambda: model.regenerate(card.turn))
        card.seeds_asked.connect(lambda count: model.another_seed(card.turn, count=count))
        card.go_on_asked.connect(lambda: model.go_on(card.turn))
        card.pinned.connect(model.set_seed)
        card.judged.connect(lambda judgement: model.judge(judgement, card.turn))
        card.copy_asked.connect(lambda text: self.copy_asked.emit(card, text))
        card.details_asked.connect(lambda: self.details_asked.emit(card))
        return card

    @property
    def cards(self) -> tuple[QuestionCard | AnswerCard, ...]:
        """What is shown, oldest first."""
        return tuple(self._cards)

    @property
    def answers(self) -> tuple[AnswerCard, ...]:
        """The cards of all answers that are complete."""
        return tuple(card for card in self._cards if isinstance(card, AnswerCard) and card in self._ready)

    @property
    def last_answer(self) -> AnswerCard | None:
        """The card of the newest answer."""
        return next((card for card in reversed(self._cards) if isinstance(card, AnswerCard)), None)

    def _on_piece(self, turn_id: str, text: str) -> None:
        for card in self._cards:
            if isinstance(card, AnswerCard) and card.turn.id == turn_id:
                card.append(text)

    # -- scrolling along only at the end -----------------------------------------------------------------------------

    def _on_scrolled(self, value: int) -> None:
        self._at_end = value >= self.scroll.verticalScrollBar().maximum() - 4

    def _on_grown(self, _: int, most: int) -> None:
        if self._at_end:
            self.scroll.verticalScrollBar().setValue(most)
