"""A review session: one question at a time, its feedback and rating, and the end with what was remembered."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.lessons.lesson import Prose as ProseBlock
from desktop_app.lessons.render import plain_text, render_html
from desktop_app.lessons.review import ReviewItem
from desktop_app.lessons.schedule import RATING_NAMES
from desktop_app.ui.pages.learn.questions.card import QuizCard
from desktop_app.ui.pages.review.model import ReviewModel, ReviewState
from desktop_app.ui.pages.review.words import counted, full_day, in_days, on_day
from desktop_app.ui.theme import READING_WIDTH, Theme
from desktop_app.ui.widgets.basic import (
    Banner,
    Button,
    Card,
    Clickable,
    Icon,
    Scroll,
    chip,
    clear,
    column,
    icon_button,
    label,
    meter,
    row,
    shortcut,
    tab_as_read,
)
from desktop_app.ui.widgets.crumbs import Crumbs
from desktop_app.ui.widgets.links import follow_links
from desktop_app.ui.widgets.prose import Prose
from desktop_app.ui.widgets.ring import Ring

_RATINGS_PX = 460
_SAYS = {1: "I did not know it", 2: "I knew it with effort", 3: "I knew it", 4: "I knew it at once"}


class RatingCard(Card):
    """When the question is seen next, and four buttons to say how well it was known. Signals: rated(int)."""

    rated = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(margin=16, spacing=8)
        self._theme = theme
        self._next = label("", "strong", wrap=True)
        self._why = label("", "muted", wrap=True)
        self.buttons = {rating: self._button(rating) for rating in RATING_NAMES}
        self._line = row(*self.buttons.values())
        for widget in (self._next, self._why):
            self.box.addWidget(widget)
        self.box.addLayout(self._line)

    def _button(self, rating: int) -> Button:
        button = Button(self._theme, RATING_NAMES[rating], "circle", tip=f"{_SAYS[rating]} ({rating})")
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        button.clicked.connect(lambda: self.rated.emit(rating))
        return button

    def show_rating(self, state: ReviewState) -> None:
        """Show the rating of the present question, and when each one would bring it back."""
        due = state.done[-1].due
        self._next.setText(f"Seen again {in_days(state.interval_days)}")
        self._next.setToolTip(full_day(due))
        self._why.setText(
            f"Counted as “{RATING_NAMES[state.rating]}”. Was it different for you? Say so with a click or the keys 1 to 4."
        )
        for (rating, button), days in zip(self.buttons.items(), state.intervals, strict=True):
            chosen = rating == state.rating
            button.setChecked(chosen)
            button.set_icon("circle-dot" if chosen else "circle", "accent" if chosen else "muted")
            button.setText(f"{RATING_NAMES[rating]}\n{in_days(days)}")
            button.setAccessibleName(f"{RATING_NAMES[rating]}: {_SAYS[rating]}, seen {in_days(days)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One button below the other where four do not fit side by side."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_RATINGS_PX)
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


class ReviewSession(QWidget):
    """Signals: step_chosen(lesson id, step key), with "" for wherever the lesson was left; word_asked(glossary id)."""

    step_chosen = Signal(str, str)
    word_asked = Signal(str)

    def __init__(self, theme: Theme, model: ReviewModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model = theme, model
        self._shown: tuple[str, int, int] = ("", 0, 0)  # phase, number and rating of what is drawn
        self._build()
        self._connect()

    def _build(self) -> None:
        self._leave = icon_button(self._theme, "arrow-left", "End the session here", shortcut="Alt+Left")
        self._crumbs = Crumbs()
        self._count = chip("")
        self._bar = meter(name="Questions done")
        self._scroll = Scroll(margins=(24, 20, 24, 32), spacing=16)
        self._lesson = Button(
            self._theme, "Open the lesson", "book-open", kind="quiet", tip="Read it again where it was"
        )
        self._hint = label("", "small")
        self._next = Button(self._theme, "Next", "arrow-right", kind="primary", tip="Next question (Enter)")
        top = row(self._leave, self._crumbs, self._count, spacing=8)
        top.setStretch(1, 1)
        top.setContentsMargins(24, 20, 32, 8)
        bar = row(self._bar)
        bar.setContentsMargins(32, 0, 32, 4)
        foot = row(self._lesson, 1, self._hint, self._next, spacing=12)
        foot.setContentsMargins(32, 10, 32, 16)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for part in (top, bar):
            box.addLayout(part)
        box.addWidget(self._scroll, 1)
        box.addLayout(foot)

    def _connect(self) -> None:
        self._leave.clicked.connect(self._model.leave)
        self._next.clicked.connect(self._model.next)
        self._lesson.clicked.connect(self._on_lesson_clicked)
        leave = shortcut(self, "Escape", self._on_escape)
        leave.setContext(Qt.ShortcutContext.WindowShortcut)  # wherever the keyboard is, while a session is on show
        keys = [(str(rating), partial(self._model.rate, rating)) for rating in RATING_NAMES]
        keys += [("Return", self._model.next), ("Enter", self._model.next)]
        self._keys = [shortcut(self, key, slot) for key, slot in keys]
        self._model.changed.connect(self._render)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes as the page reads: the question, its feedback, then the buttons at the foot."""
        tab_as_read(self._scroll, self._lesson, self._next)
        return super().focusNextPrevChild(forward)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def _render(self, state: ReviewState) -> None:
        before, self._shown = self._shown, (state.phase, state.number, state.rating)
        if state.phase == "question" and self._shown[:2] != before[:2]:
            self._show_question(state)
        elif state.phase == "end" and before[0] != "end":
            self._show_end(state)
        if state.phase == "question":
            self._show_answered(state, is_new=before[2] == 0 and state.rating > 0)

    def _show_question(self, state: ReviewState) -> None:
        item, question = state.item, self._model.question
        assert item is not None and question is not None
        clear(self._scroll.box)
        self._show_frame(is_question=True)
        self._crumbs.say(f"Review  ›  {item.lesson.title}")
        self._count.setText(f"{state.number} of {state.total}")
        self._bar.setAccessibleDescription(f"{len(state.done)} of {state.total}")
        # not the step's title: it often gives the answer away
        self._add(label("RULE" if item.is_rule else "FROM A LESSON", "eyebrow"))
        self.card = QuizCard(self._theme, question, question.state, item.lesson.path.parent)
        self._add(self.card)
        self._problem = Banner(self._theme)
        self._add(self._problem)
        self.rating = RatingCard(self._theme)
        self.rating.rated.connect(self._model.rate)
        self.rating.hide()
        self._add(self.rating)
        self._rule = self._rule_card(item)
        if self._rule is not None:
            self._add(self._rule)
        self._scroll.box.addStretch(1)
        self._scroll.verticalScrollBar().setValue(0)
        question.question_changed.connect(lambda _: self._set_keys())
        self.card.focus()

    def _show_answered(self, state: ReviewState, *, is_new: bool) -> None:
        answered = state.rating > 0
        self._bar.setValue(round(1000 * len(state.done) / max(1, state.total)))
        self._problem.say(f"This answer is not stored yet. {state.problem}" if state.problem else "", "danger")
        self._next.setEnabled(answered or bool(state.problem))
        self._next.setText(
            "Try to store it again"
            if state.problem and not answered
            else "Next"
            if state.number < state.total
            else "Finish"
        )
        self._hint.setText(f"Seen again {in_days(state.interval_days)}" if answered else "")
        self.rating.setVisible(answered)
        if answered:
            self.rating.show_rating(state)
        if self._rule is not None:
            self._rule.setVisible(answered)
        self._set_keys()
        if is_new:
            self._next.setFocus()

    def _set_keys(self) -> None:
        """Enter and the digits work once the question is answered, and not while it is open for another try."""
        question = self._model.question
        done = self._model.state.rating > 0 and question is not None and question.state.score is not None
        for key in self._keys:
            key.setEnabled(done)

    def _rule_card(self, item: ReviewItem) -> Card | None:
        """The rule in full, for after the answer; a lesson is a click away instead."""
        self._lesson.setVisible(not item.is_rule)
        words = "\n\n".join(block.markdown for block in item.step.blocks if isinstance(block, ProseBlock))
        if not item.is_rule or not words.strip():
            return None
        card = Card(margin=16, spacing=4)
        card.box.addWidget(label("THE RULE", "eyebrow"))
        card.box.addWidget(label(item.step.title, "strong", wrap=True))
        prose = Prose(self._theme, folder=item.lesson.path.parent)
        prose.show_html(render_html(words), f"The rule: {item.step.title}")
        prose.link_opened.connect(self._on_link_opened)
        card.box.addWidget(prose)
        return card

    def _show_end(self, state: ReviewState) -> None:
        clear(self._scroll.box)
        self._show_frame(is_question=False)
        self._add(self._end_card(state))
        self._scroll.box.addStretch(1)
        self._onward.setFocus()

    def _end_card(self, state: ReviewState) -> Card:
        card = Card(margin=32, spacing=12)
        kept, total = sum(one.is_remembered for one in state.done), len(state.done)
        ring = Ring(self._theme, "Questions known")
        ring.show_share(kept, total)
        card.box.addWidget(ring, 0, Qt.AlignmentFlag.AlignHCenter)
        title = (
            "Five minutes are over" if state.out_of_time else "Done for today" if not state.status.waiting else "Done"
        )
        for text, role in ((title, "page"), (_end_words(state, kept, total), "muted")):
            words = label(text, role, wrap=True)
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            card.box.addWidget(words)
        missed = [one for one in state.done if not one.is_remembered]
        if missed:
            card.box.addSpacing(8)
            card.box.addWidget(label("These come back soon", "strong"))
        for one in missed:
            card.box.addWidget(self._missed(one.item, in_days((one.due - state.today).days)))
        card.box.addSpacing(8)
        card.box.addLayout(self._end_buttons(state))
        return card

    def _missed(self, item: ReviewItem, when: str) -> QWidget:
        question = plain_text(item.quiz.question)
        where = label(f"{item.step.title if item.is_rule else item.lesson.title} · {when}", "small", wrap=True)
        words = column(label(question, wrap=True), where, spacing=2)
        if item.is_rule:
            card = Card(margin=12)
            card.box.addLayout(words)
            return card
        again = Clickable(self._theme, f"Open the lesson: {question}", margin=12)
        again.box.addLayout(row(words, Icon(self._theme, "arrow-right")))
        again.clicked.connect(lambda: self.step_chosen.emit(item.lesson.id, item.step.key))
        return again

    def _end_buttons(self, state: ReviewState) -> QBoxLayout:
        actions = row(1)
        done = Button(self._theme, "Done", "check", kind="" if state.status.waiting else "primary")
        done.clicked.connect(self._model.leave)
        self._onward = done
        if state.status.waiting:
            self._onward = Button(self._theme, "Another round", "repeat", kind="primary")
            self._onward.clicked.connect(self._model.start)
            actions.addWidget(self._onward)
        actions.addWidget(done)
        actions.addStretch(1)
        return actions

    # -- parts -------------------------------------------------------------------------------------------------------

    def _show_frame(self, *, is_question: bool) -> None:
        for widget in (self._count, self._bar, self._lesson, self._next, self._hint):
            widget.setVisible(is_question)
        if not is_question:
            self._crumbs.say("Review")
            for key in self._keys:
                key.setEnabled(False)

    def _add(self, widget: QWidget) -> None:
        """Add in a column for reading."""
        follow_links(widget, self._on_link_opened)
        widget.setMaximumWidth(self._theme.px(READING_WIDTH) + 24)
        line = row(spacing=0)
        line.addStretch(1)
        line.addWidget(widget, 1000)
        line.addStretch(1)
        self._scroll.box.addLayout(line)

    # -- what happened -----------------------------------------------------------------------------------------------

    def _on_escape(self) -> None:
        """One step back: first out of a field, then out of the session."""
        focused = self.focusWidget()
        if isinstance(focused, QLineEdit | QPlainTextEdit) and focused.hasFocus():
            self._leave.setFocus()
        else:
            self._model.leave()

    def _on_lesson_clicked(self) -> None:
        item = self._model.state.item
        if item is not None:
            self.step_chosen.emit(item.lesson.id, item.step.key)

    def _on_link_opened(self, address: str) -> None:
        kind, _, rest = address.partition(":")
        if kind == "lesson":
            self.step_chosen.emit(rest, "")
        elif kind == "glossary":
            self.word_asked.emit(rest)
        elif kind == "https":  # neither this app nor a browser it would start has internet
            QGuiApplication.clipboard().setText(address)
            self._crumbs.say("Link copied: open it in your browser")


def _end_words(state: ReviewState, kept: int, total: int) -> str:
    said = f"You knew {kept} of {counted(total, 'question')}." if total else "No question was answered this time."
    if state.status.waiting:
        more = state.status.waiting
        return f"{said} {counted(more, 'more question')} {'is' if more == 1 else 'are'} due."
    if state.status.next_day is None:
        return said
    return f"{said} {coming(state)}"


def coming(state: ReviewState) -> str:
    """When the next questions come, as a sentence; "" if none do."""
    status = state.status
    if status.next_day is None:
        return ""
    return f"Next: {counted(status.next_count, 'question')} {on_day(status.next_day, state.today)}."
