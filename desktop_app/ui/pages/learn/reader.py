"""The lesson reader: one step at a time in a column for reading, exercises across the full width."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.errors import AppError
from desktop_app.lessons.lesson import Claims, Decision, Practice, Quiz, Redact
from desktop_app.lessons.render import render_html
from desktop_app.lessons.translation import language_name
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.learn.exercises.claims import ClaimsPane
from desktop_app.ui.pages.learn.exercises.claims_model import ClaimsModel
from desktop_app.ui.pages.learn.exercises.decision import DecisionPane
from desktop_app.ui.pages.learn.exercises.decision_model import DecisionModel
from desktop_app.ui.pages.learn.exercises.practice import AfterRun, PracticePane
from desktop_app.ui.pages.learn.exercises.practice_model import PracticeModel
from desktop_app.ui.pages.learn.exercises.redact import RedactPane
from desktop_app.ui.pages.learn.exercises.redact_model import RedactModel
from desktop_app.ui.pages.learn.lesson_end import LessonEnd
from desktop_app.ui.pages.learn.model import LearnModel, ReaderState
from desktop_app.ui.pages.learn.questions.card import QuizCard
from desktop_app.ui.run_model import RunModel
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import READING_WIDTH, Theme
from desktop_app.ui.widgets.basic import (
    Banner,
    Button,
    Card,
    Choice,
    Scroll,
    chip,
    clear,
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
from desktop_app.ui.widgets.run_pane import RunPane

_PANE_MIN_PX = 420
_ABOUT_TOKENS, _ABOUT_SEED = 60, 7
_FOCUS_MARGIN_PX = 64  # what stays in view around the field that takes the keyboard


class _OneStep(Button):
    """Goes one step, also for people who double-click everything: the second click would skip what nobody has read."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class Reader(QWidget):
    """Signals: closed(), lesson_chosen(id), prompt_chosen(id), word_asked(glossary id), certificate_wanted()."""

    closed = Signal()
    certificate_wanted = Signal()
    lesson_chosen = Signal(str)
    prompt_chosen = Signal(str)
    word_asked = Signal(str)

    def __init__(self, theme: Theme, model: LearnModel, services: Services, sandbox: SandboxModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model, self._services, self._sandbox, self._jobs = theme, model, services, sandbox, jobs
        self.runs: list[RunModel | PracticeModel | ClaimsModel | DecisionModel] = []
        self._redactions: dict[tuple[str, str], RedactModel] = {}  # half-done ones outlive their step
        self._cards: list[QuizCard] = []  # of the present step
        self._build()
        model.step_changed.connect(self._render)
        model.forgotten.connect(self._on_forgotten)

    def _build(self) -> None:
        back = icon_button(self._theme, "arrow-left", "Back to the path", shortcut="Alt+Left")
        back.clicked.connect(self.closed)
        self._crumbs = Crumbs()
        self._step = chip("")
        self._language = Choice()
        self._language.setAccessibleName("Language of this lesson")
        self._language.activated.connect(self._on_language_chosen)
        self._bar = meter(name="Steps done")
        self._scroll = Scroll(margins=(32, 20, 24, 32), spacing=16)
        self._back = Button(self._theme, "Back", "arrow-left", tip="Step before", shortcut="Ctrl+PgUp")
        self._next = _OneStep(
            self._theme, "Next", "arrow-right", kind="primary", tip="Next step", shortcut="Ctrl+PgDown"
        )
        self._back.clicked.connect(lambda: self._model.go(self._model.reader.number - 1))
        self._next.clicked.connect(self._model.next)
        top = row(back, self._crumbs, self._language, self._step, spacing=8)
        top.setStretch(1, 1)
        top.setContentsMargins(24, 20, 32, 8)
        bar = row(self._bar)
        bar.setContentsMargins(32, 0, 32, 4)
        foot = row(self._back, 1, self._next)
        foot.setContentsMargins(32, 10, 32, 16)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addLayout(bar)
        box.addWidget(self._scroll, 1)
        box.addLayout(foot)
        leave = shortcut(self, "Escape", self._on_escape)
        leave.setContext(Qt.ShortcutContext.WindowShortcut)  # wherever the keyboard is, while a lesson is open

    def close_runs(self) -> None:
        """Keep what is half-typed in exercises; what runs is stopped and recorded."""
        for run in self.runs:
            run.retire()
        self.runs = []

    def _on_forgotten(self) -> None:
        for run in self.runs:
            run.drop()
        self.close_runs()
        clear(self._scroll.box)
        for redaction in self._redactions.values():
            redaction.deleteLater()
        self._redactions = {}

    def _on_escape(self) -> None:
        """One step back: first a run, then the field, then the lesson."""
        running = [run for run in self.runs if not isinstance(run, DecisionModel) and run.state.phase == "running"]
        focused = self.focusWidget()
        if running:
            running[0].stop()
        elif isinstance(focused, QLineEdit | QPlainTextEdit) and focused.hasFocus():
            focused.clearFocus()
        else:
            self.closed.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes as the page reads: the step's content, then Back and Next."""
        tab_as_read(self._scroll, self._back, self._next)
        return super().focusNextPrevChild(forward)

    def _render(self, state: ReaderState) -> None:
        self.close_runs()
        if not self._language.hasFocus():
            # what had the keyboard is about to go; here Space and Page Down scroll, and Tab goes to what the step asks
            self._scroll.setFocus()
        clear(self._scroll.box)
        lesson, step = state.lesson, state.step
        for widget in (self._bar, self._step, self._back, self._next):
            widget.setVisible(lesson is not None)
        if lesson is None or step is None:
            self._crumbs.say("")
            self._language.hide()
            self._add_problem(f"This lesson cannot be opened. {state.problem}")
            self._scroll.box.addStretch(1)
            return
        self._set_primary(True)
        notes = ["draft: progress is not stored"] if lesson.is_draft else []
        if state.missing_language:
            notes.append(f"not available in {language_name(state.missing_language)} yet")
        self._crumbs.say(f"{state.path_title}  ›  {lesson.title}" + (f"  ({', '.join(notes)})" if notes else ""))
        self._language.clear()
        for language in state.languages:
            self._language.addItem(language_name(language), language)
        self._language.setCurrentIndex(self._language.findData(lesson.language))
        self._language.setVisible(len(state.languages) > 1)
        self._step.setText(f"Step {state.number + 1} of {len(lesson.steps)}")
        share = len(lesson.steps) if state.finished else state.number
        self._bar.setValue(round(1000 * share / len(lesson.steps)))
        self._bar.setAccessibleDescription(f"{share} of {len(lesson.steps)}")
        self._back.setEnabled(state.number > 0 and not state.finished)
        self._next.setText("Finish lesson" if state.number + 1 == len(lesson.steps) else "Next")
        self._next.setVisible(not state.finished)
        self._back.setVisible(not state.finished)
        if state.finished:
            self._show_end(state)
        else:
            self._show_step(state)
        self._scroll.box.addStretch(1)
        self._scroll.verticalScrollBar().setValue(0)
        place = (
            "End of the lesson" if state.finished else f"Step {state.number + 1} of {len(lesson.steps)}: {step.title}"
        )
        self._scroll.setAccessibleName(place)

    def _on_language_chosen(self) -> None:
        lesson = self._model.reader.lesson
        if lesson is not None:
            self._model.open(lesson.id, self._language.currentData())

    def _show_step(self, state: ReaderState) -> None:
        assert state.lesson is not None and state.step is not None
        self._add(label(state.step.title, "page", wrap=True))
        self._cards = []
        for block in state.step.blocks:
            if isinstance(block, Quiz):
                self._add_question(state, block)
            elif isinstance(block, Practice):
                self._add_practice(state, block)
            elif isinstance(block, Claims):
                self._add_claims(state, block)
            elif isinstance(block, Redact):
                self._add_redact(state, block)
            elif isinstance(block, Decision):
                self._add_decision(state, block)
            else:
                self._add(self._prose(state, block.markdown))

    def _add_question(self, state: ReaderState, quiz: Quiz) -> None:
        assert state.lesson is not None
        card = QuizCard(self._theme, self._model, state.questions[quiz.id], state.lesson.path.parent)
        card.solved.connect(lambda: self._on_solved(card))
        self._cards.append(card)
        self._add(card)

    def _on_solved(self, card: QuizCard) -> None:
        """The keyboard goes to the next question that is open, and to Next when there is none."""
        at = self._cards.index(card)
        following = next((other for other in [*self._cards[at + 1 :], *self._cards[:at]] if other.is_open), None)
        if following is None:
            self._next.setFocus(Qt.FocusReason.TabFocusReason)
            return
        following.focus()
        if focused := self.focusWidget():
            self._scroll.ensureWidgetVisible(focused, 0, self._theme.px(_FOCUS_MARGIN_PX))

    def _prose(self, state: ReaderState, markdown: str) -> Prose:
        assert state.lesson is not None and state.step is not None
        prose = Prose(self._theme, folder=state.lesson.path.parent)
        prose.show_html(render_html(markdown), f"{state.step.title}: text")
        prose.link_opened.connect(self._on_link_opened)
        return prose

    def _add(self, widget: QWidget, *, wide: bool = False) -> None:
        """Add in the reading column, or across the page."""
        follow_links(widget, self._on_link_opened)
        if wide:
            self._scroll.box.addWidget(widget)
            return
        widget.setMaximumWidth(self._theme.px(READING_WIDTH) + 24)
        line = row(spacing=0)
        line.addStretch(1)
        line.addWidget(widget, 1000)
        line.addStretch(1)
        self._scroll.box.addLayout(line)

    def _add_task(self, state: ReaderState, eyebrow: str, title: str, task: str) -> None:
        card = Card(spacing=8)
        card.box.addWidget(label(eyebrow, "eyebrow"))
        card.box.addWidget(label(title, "section", wrap=True))
        words = self._prose(state, task)
        words.setAccessibleName(f"Exercise: {title}")
        card.box.addWidget(words)
        self._add(card)

    def _add_redact(self, state: ReaderState, redact: Redact) -> None:
        assert state.lesson is not None
        self._add_task(state, "WOULD HAVE LEAKED", redact.title, redact.task)
        try:
            model = self._redaction(state.lesson.id, state.lesson.attempts, redact)
        except AppError as error:
            self._add_problem(f"This exercise cannot be shown: {error}")
            return
        pane = RedactPane(self._theme, model, partial(self._ask_about, state.lesson.id, redact.id))
        self._add(pane, wide=True)
        self._set_primary(model.state.result is not None)
        pane.checked.connect(lambda: self._set_primary(True))

    def _redaction(self, lesson_id: str, most_tries: int, redact: Redact) -> RedactModel:
        key = (lesson_id, redact.id)
        document = self._services.documents.get(redact.document)
        if key not in self._redactions or self._redactions[key].state.document != document:
            self._redactions[key] = RedactModel(
                document, self._model.exercise_attempts(redact.id), partial(self._model.save_exercise, redact.id),
                self._jobs, most_tries=most_tries, parent=self,
            )  # fmt: skip
        return self._redactions[key]

    def _ask_about(self, lesson_id: str, exercise_id: str, prompt: str) -> RunPane:
        run = RunModel(self._services, self._sandbox, self._jobs, self)
        run.use_text(lesson_id, exercise_id, prompt, max_tokens=_ABOUT_TOKENS, seed=_ABOUT_SEED)
        self.runs.append(run)
        pane = RunPane(self._theme, run, self._jobs)
        pane.answer.set_question("Is the answer still of use?")
        pane.show_description(False)
        pane.setMinimumHeight(max(self._theme.px(_PANE_MIN_PX), self._scroll.viewport().height() - 32))
        run.recorded.connect(lambda _: self._on_run_recorded())
        run.run()
        return pane

    def _add_practice(self, state: ReaderState, practice: Practice) -> None:
        assert state.lesson is not None
        self._add_task(state, "PRACTICE ON YOUR OWN COMPUTER", practice.title, practice.task)
        if practice.seeds or practice.prompt_checks or practice.rubric:
            self._add_seeds(state.lesson.id, practice)
            return
        run = RunModel(self._services, self._sandbox, self._jobs, self)
        try:
            run.use_practice(state.lesson.id, practice)
        except AppError as error:
            run.retire()
            self._add_problem(f"This exercise cannot run: {error}")
            return
        self.runs.append(run)
        pane = RunPane(self._theme, run, self._jobs)
        pane.answer.set_question(practice.judge)
        # notice and answer are compared: the pane takes all the height there is, without a scroll inside a scroll
        pane.setMinimumHeight(max(self._theme.px(_PANE_MIN_PX), self._scroll.viewport().height() - 32))
        self._add(pane, wide=True)
        self._add(AfterRun(self._theme, practice, run))
        pane.show_description(False)
        self._set_primary(run.state.phase == "done")  # the exercise first, then "Next"
        run.recorded.connect(lambda _: self._on_run_recorded())

    def _add_seeds(self, lesson_id: str, practice: Practice) -> None:
        save = partial(self._model.save_exercise, practice.id)
        model = PracticeModel(self._services, self._sandbox, self._jobs, save, self)
        try:
            model.use(lesson_id, practice, partial(self._model.exercise_attempts, practice.id))
        except AppError as error:
            model.deleteLater()
            self._add_problem(f"This exercise cannot run: {error}")
            return
        self.runs.append(model)
        self._add(PracticePane(self._theme, model, self._jobs), wide=True)
        self._set_primary(model.state.phase == "done")
        model.recorded.connect(lambda _: self._on_run_recorded())

    def _add_claims(self, state: ReaderState, claims: Claims) -> None:
        assert state.lesson is not None
        self._add_task(state, "CHECK EVERY CLAIM", claims.title, claims.task)
        model = ClaimsModel(
            self._services, self._sandbox, self._jobs, self._model.exercise_attempts, self._model.save_exercise, self
        )
        try:
            model.use(state.lesson.id, claims, most_tries=state.lesson.attempts)
        except AppError as error:
            model.deleteLater()
            self._add_problem(f"This exercise cannot be shown: {error}")
            return
        self.runs.append(model)
        self._add(ClaimsPane(self._theme, model), wide=True)
        self._set_primary(model.state.phase == "checked")
        model.checked.connect(lambda: self._set_primary(True))
        model.recorded.connect(lambda _: self._model.progress_saved.emit())

    def _add_decision(self, state: ReaderState, decision: Decision) -> None:
        assert state.lesson is not None
        self._add_task(state, "DECIDE AND SAY WHY", decision.title, decision.task)
        model = DecisionModel(
            self._services.learner, f"lesson/{state.lesson.id}/{decision.id}", decision,
            partial(self._model.exercise_attempts, decision.id), partial(self._model.save_exercise, decision.id),
            most_tries=state.lesson.attempts, parent=self,
        )  # fmt: skip
        self.runs.append(model)
        self._add(DecisionPane(self._theme, model, self._jobs, state.lesson.path.parent))
        self._set_primary(model.state.phase == "taken")
        model.taken.connect(lambda: self._set_primary(True))

    def _add_problem(self, text: str) -> None:
        problem = Banner(self._theme)
        problem.say(text, "danger")
        self._add(problem)

    def _on_run_recorded(self) -> None:
        self._set_primary(True)
        self._model.progress_saved.emit()

    def _set_primary(self, primary: bool) -> None:
        self._next.setObjectName("primary" if primary else "")
        self._next.set_icon("arrow-right", "on_accent" if primary else "text")
        self._next.style().polish(self._next)

    def _show_end(self, state: ReaderState) -> None:
        end = LessonEnd(self._theme, state)
        end.closed.connect(self.closed)
        end.lesson_chosen.connect(self.lesson_chosen)
        end.certificate_wanted.connect(self.certificate_wanted)
        end.step_chosen.connect(self._model.go)
        end.retake_wanted.connect(self._model.retake)
        self._add(end)
        end.first.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_link_opened(self, address: str) -> None:
        kind, _, rest = address.partition(":")
        if kind == "lesson":
            self.lesson_chosen.emit(rest)
        elif kind == "prompt":
            self.prompt_chosen.emit(rest)
        elif kind == "glossary":
            self.word_asked.emit(rest)
        elif kind == "https":
            # this app has no internet, and neither has a browser it would start
            QGuiApplication.clipboard().setText(address)
            self._crumbs.say("Link copied: open it in your browser")
