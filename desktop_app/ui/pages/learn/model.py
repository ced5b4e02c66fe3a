"""What Learn shows: the paths with progress, and the reader's present step with its questions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.lessons.lesson import Answer, Lesson, QuestionId, Quiz, Step
from desktop_app.lessons.library import in_order
from desktop_app.lessons.overview import Due, LessonOverview, overview
from desktop_app.lessons.scoring import Score, fits, is_passed, lesson_score, score, stored_answer, typed_as_text
from desktop_app.records.learning import Attempt
from desktop_app.services import Services


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A line of the path: state is "new", "started", "completed" or "passed"; done is from 0.0 to 1.0.

    minutes are those left, or all of them once it is passed; step is where it was left, from 1.
    """

    id: str
    number: int
    title: str
    summary: str
    minutes: int
    state: str
    done: float
    score: float | None
    step: int = 1
    steps: int = 1


@dataclass(frozen=True, slots=True)
class PathRows:
    """A path with its lessons in order; a lesson that cannot be read is left out and named in problem.

    due is None if the path is not due, not begun or passed. is_open is True where its lessons are shown and not the path alone:
    for those of the person's role until they are passed, and those they opened; only what they opened can be closed.
    """

    id: str
    title: str
    description: str
    rows: tuple[LessonRow, ...]
    due: Due | None = None
    is_mine: bool = True
    is_open: bool = True

    @property
    def is_passed(self) -> bool:
        """True if every lesson is passed."""
        return bool(self.rows) and all(row.state == "passed" for row in self.rows)

    @property
    def can_fold(self) -> bool:
        """True where its lessons can be hidden: what is passed, or is for other roles, is not what comes next."""
        return self.is_passed or not self.is_mine


@dataclass(frozen=True, slots=True)
class QuestionState:
    """One question in the reader. answer is the latest one, score what it is worth; None before it and for a new try.

    draft is what is given but not checked. tries counts this person's stored attempts; hints is how many are shown.
    """

    quiz: Quiz
    answer: Answer | None = None
    score: Score | None = None
    best: float | None = None
    tries: int = 0
    hints: int = 0
    solution_shown: bool = False
    tries_left: int | None = None
    draft: Answer | None = None

    @property
    def may_answer(self) -> bool:
        """True while the question is open for an answer."""
        return self.score is None and self.tries_left != 0


@dataclass(frozen=True, slots=True)
class ReaderState:
    """The reader. done counts finished steps; missed holds step number, question and whether it was answered at all.

    next_lesson is the id and title of the next one on the path that is not passed; path_passed means that none is left.

    languages are those the lesson can be read in; missing_language is the wanted one if it is not among them.
    """

    lesson: Lesson | None = None
    step: Step | None = None
    number: int = 0
    questions: dict[QuestionId, QuestionState] = field(default_factory=dict)
    done: int = 0
    path_title: str = ""
    finished: bool = False
    score: float = 0.0
    passed: bool = False
    missed: tuple[tuple[int, str, bool], ...] = ()
    next_lesson: tuple[str, str] | None = None
    path_passed: bool = False
    problem: str = ""
    languages: tuple[str, ...] = ()
    missing_language: str = ""


class LearnModel(QObject):
    """Signals: paths_changed(tuple of PathRows); step_changed(ReaderState); question_changed(QuestionState); forgotten()."""

    paths_changed = Signal(object)
    step_changed = Signal(object)
    question_changed = Signal(object)
    progress_saved = Signal()
    forgotten = Signal()  # the records were erased

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.paths: tuple[PathRows, ...] = ()
        self._opened: set[str] = set()  # paths that can be folded, and are not
        self.problem = ""
        self.reader = ReaderState()
        self._drafts: dict[tuple[str, QuestionId], Answer] = {}
        self._first_hints: dict[tuple[str, str], int] = {}  # hints seen before a question's first try
        self._language: str | None = None  # chosen for this reading
        self._draft_best: dict[str, float] = {}  # of the exercises of a draft, by id

    # -- paths -------------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the paths and progress again."""
        library = self._services.lessons
        mine = [path.id for path in library.paths_for(self.role)]
        by_title = in_order(sorted(library.paths(), key=lambda path: path.title.casefold()))
        wanted = sorted(by_title, key=lambda path: mine.index(path.id) if path.id in mine else len(mine))
        shown = overview(wanted, library.lessons(), self._services.learner.all_progress(), datetime.now(UTC))
        paths = [
            PathRows(
                one.path.id, one.path.title, one.path.description, _rows(one.lessons), one.due, one.path.id in mine
            )
            for one in shown.paths
        ]  # fmt: skip
        if shown.others:
            paths.append(PathRows("", "More lessons", "Lessons that belong to no path", _rows(shown.others)))
        paths = [replace(path, is_open=not path.can_fold or path.id in self._opened) for path in paths]
        problems = self._services.lessons.problems + self._services.glossary.problems(self._services.lessons.language)
        self.problem = "\n".join(str(problem) for problem in problems)
        self.paths = tuple(paths)
        self.paths_changed.emit(self.paths)

    def unfold(self, path_id: str) -> None:
        """Remember that the lessons of a path that can be folded are shown, or no longer."""
        self._opened ^= {path_id}

    @property
    def role(self) -> str:
        """The person's role; "everyone" if they named none."""
        profile = self._services.learner.profile()
        return profile.role if profile else "everyone"

    # -- reader ------------------------------------------------------------------------------------------------------

    def open(self, lesson_id: str, language: str | None = None) -> None:
        """Open a lesson at the step where it was left; a problem is shown instead of it if it cannot be read.

        language is another one than the profile's to read it in.
        """
        self._language = language
        try:
            lesson = self._services.lessons.get(lesson_id, language)
        except AppError as error:
            self._show(ReaderState(problem=str(error)))
            return
        known = self._services.learner.progress(lesson_id)
        keys = [step.key for step in lesson.steps]
        number = keys.index(known.step_key) if known and known.step_key in keys else 0
        self._questions, self._draft_best = self._fresh_questions(lesson), {}
        self._go(lesson, number)

    def go(self, number: int) -> None:
        """Show step number (from 0), if there is one."""
        lesson = self.reader.lesson
        if lesson is not None and 0 <= number < len(lesson.steps):
            self._go(lesson, number)

    def next(self) -> None:
        """Mark the step done and go on; after the last one, finish the lesson."""
        lesson, step = self.reader.lesson, self.reader.step
        if lesson is None or step is None:
            return
        if not lesson.is_draft:
            self._services.learner.finish_step(lesson.id, step.key)
            self._enrol()
        if self.reader.number + 1 < len(lesson.steps):
            self._go(lesson, self.reader.number + 1)
        else:
            self._finish(lesson)
        self.progress_saved.emit()

    def forget(self) -> None:
        """Drop what is known of the lesson and of what was half-given: the records were erased."""
        self._drafts, self._first_hints, self._draft_best = {}, {}, {}
        self.reader = ReaderState()
        self.forgotten.emit()

    def retake(self) -> None:
        """Start the lesson's questions afresh; earlier attempts stay stored."""
        lesson = self.reader.lesson
        if lesson is not None:
            self._drafts = {key: draft for key, draft in self._drafts.items() if key[0] != lesson.id}
            self._questions = {quiz.id: self._question(lesson, quiz, fresh=True) for quiz in lesson.questions}
            self._go(lesson, self.reader.missed[0][0] if self.reader.missed else 0)

    # -- questions ---------------------------------------------------------------------------------------------------

    def answer(self, question_id: QuestionId, answer: Answer) -> None:
        """Score and store an answer."""
        lesson, known = self.reader.lesson, self._questions[question_id]
        if lesson is None or not known.may_answer:
            return
        result, tries = score(known.quiz, answer), known.tries + 1
        if not lesson.is_draft:
            self._services.learner.save_attempt(
                lesson.id, lesson.version, question_id,
                score=result.value, chosen=answer.chosen, typed=typed_as_text(answer),
            )  # fmt: skip
            if not known.tries:
                self._first_hints[lesson.id, question_id] = known.hints
            self._enrol()  # of a step that was finished without this answer
        self._drafts.pop((lesson.id, question_id), None)
        self._update(
            replace(
                known, answer=answer, score=result, draft=None, tries=tries, best=max(result.value, known.best or 0.0),
                tries_left=None if not lesson.attempts else max(0, lesson.attempts - tries),
            )
        )  # fmt: skip
        self.progress_saved.emit()

    def keep(self, question_id: QuestionId, draft: Answer) -> None:
        """Remember what is given but not checked, until the app is closed: nothing half-typed is ever on the disk."""
        lesson, known = self.reader.lesson, self._questions[question_id]
        if lesson is None or not known.may_answer:
            return
        given = draft if fits(known.quiz, draft) else None
        self._drafts.pop((lesson.id, question_id), None)
        if given:
            self._drafts[lesson.id, question_id] = given
        self._remember(replace(known, draft=given))

    def try_again(self, question_id: QuestionId) -> None:
        """Open a question for another answer; one made of parts stays as it was, to be made better."""
        known = self._questions[question_id]
        if known.tries_left != 0:
            draft = None if known.quiz.kind in ("single", "multiple") else known.answer
            self._update(replace(known, score=None, answer=None, draft=draft, solution_shown=False))

    def hint(self, question_id: QuestionId) -> None:
        """Show one more hint."""
        known = self._questions[question_id]
        self._update(replace(known, hints=min(known.hints + 1, len(known.quiz.hints))))

    def show_solution(self, question_id: QuestionId) -> None:
        """Show the worked solution; only after a try."""
        known = self._questions[question_id]
        if known.tries:
            self._update(replace(known, solution_shown=True))

    # -- claims and redact exercises ---------------------------------------------------------------------------------

    def save_exercise(self, exercise_id: str, score: float, chosen: tuple[int, ...] = (), typed: str = "") -> None:
        """Store one try at an exercise; that of a claims or redact one counts towards the lesson; raises StoreError.

        chosen is the exercise's own form of an answer, in numbers; typed names the run it is about, if it is about one.
        A draft stores nothing and counts all the same.
        """
        lesson = self.reader.lesson
        if lesson is None:
            return
        if lesson.is_draft:
            self._draft_best[exercise_id] = max(score, self._draft_best.get(exercise_id, 0.0))
        else:
            self._services.learner.save_attempt(
                lesson.id, lesson.version, exercise_id, score=score, chosen=chosen, typed=typed
            )
        self.progress_saved.emit()

    def exercise_attempts(self, exercise_id: str) -> tuple[Attempt, ...]:
        """The stored tries at an exercise of the present lesson, oldest first."""
        lesson = self.reader.lesson
        return self._services.learner.attempts(lesson.id, exercise_id) if lesson is not None else ()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _fresh_questions(self, lesson: Lesson) -> dict[QuestionId, QuestionState]:
        return {quiz.id: self._question(lesson, quiz, fresh=False) for quiz in lesson.questions}

    def _question(self, lesson: Lesson, quiz: Quiz, *, fresh: bool) -> QuestionState:
        attempts = self._services.learner.attempts(lesson.id, quiz.id)
        left = None if not lesson.attempts else max(0, lesson.attempts - len(attempts))
        draft = self._drafts.get((lesson.id, quiz.id))
        known = QuestionState(
            quiz, tries=len(attempts), tries_left=left, best=max((one.score for one in attempts), default=None),
            draft=draft if draft and fits(quiz, draft) else None,
        )  # fmt: skip
        if fresh or not attempts:
            return known
        answer = stored_answer(quiz, attempts[-1].chosen, attempts[-1].typed)
        return replace(known, answer=answer, score=score(quiz, answer)) if answer else known

    def _go(self, lesson: Lesson, number: int) -> None:
        step = lesson.steps[number]
        if not lesson.is_draft:
            self._services.learner.open_step(lesson.id, lesson.version, step.key)
        library = self._services.lessons
        path = next((path for path in library.paths() if lesson.id in path.lessons), None)
        wanted = (library.language if self._language is None else self._language) or lesson.language
        languages: tuple[str, ...] = (lesson.language,)
        with suppress(AppError):  # its file went away meanwhile: what is being read can be read to its end
            languages = library.languages(lesson.id)
        self._show(
            ReaderState(
                lesson, step, number, {quiz.id: self._questions[quiz.id] for quiz in step.questions},
                self._done(lesson), path.title if path else "Learn",
                languages=languages, missing_language=wanted if wanted != lesson.language else "",
            )
        )  # fmt: skip

    def _finish(self, lesson: Lesson) -> None:
        best = self._services.learner.best_scores(lesson.id)
        if lesson.is_draft:
            best = {str(quiz_id): known.best or 0.0 for quiz_id, known in self._questions.items()} | self._draft_best
        value = lesson_score(lesson, best)
        passed = is_passed(lesson, value)
        if not lesson.is_draft:
            self._services.learner.finish_lesson(lesson.id, score=value, passed=passed)
        missed = tuple(
            (number, block.question if isinstance(block, Quiz) else block.title, block.id in best)
            for number, step in enumerate(lesson.steps)
            for block in step.graded
            if best.get(block.id, 0.0) < 1.0
        )
        self._show(
            replace(
                self.reader, finished=True, score=value, passed=passed, missed=missed, done=self._done(lesson),
                next_lesson=self._following(lesson), path_passed=passed and self._is_path_passed(lesson),
            )
        )  # fmt: skip

    def _is_path_passed(self, lesson: Lesson) -> bool:
        path = next((path for path in self._services.lessons.paths() if lesson.id in path.lessons), None)
        known = self._services.learner.all_progress()
        return path is not None and all(one in known and known[one].passed_at for one in path.lessons)

    def _following(self, lesson: Lesson) -> tuple[str, str] | None:
        """The next lesson of its path that is not passed; once there is none, that of the other paths of the person's role."""
        library, known = self._services.lessons, self._services.learner.all_progress()
        path = next((path for path in library.paths() if lesson.id in path.lessons), None)
        if path is None:
            return None
        at = path.lessons.index(lesson.id)
        others = [other for other in library.paths_for(self.role) if other.id != path.id]
        later = (*path.lessons[at + 1 :], *path.lessons[:at], *(one for other in others for one in other.lessons))
        titles = {other.id: other.title for other in library.lessons()}
        return next(
            ((one, titles[one]) for one in later if one in titles and not (one in known and known[one].passed_at)), None
        )

    def _enrol(self) -> None:
        with suppress(AppError):  # the answer is stored already; Review makes the cards that are missing
            self._services.reviews.enrol(self._first_hints)

    def _done(self, lesson: Lesson) -> int:
        known = self._services.learner.progress(lesson.id)
        return len({step.key for step in lesson.steps} & set(known.steps_done)) if known else 0

    def _update(self, question: QuestionState) -> None:
        self._remember(question)
        self.question_changed.emit(question)

    def _remember(self, question: QuestionState) -> None:
        self._questions[question.quiz.id] = question
        self.reader = replace(self.reader, questions=self.reader.questions | {question.quiz.id: question})

    def _show(self, state: ReaderState) -> None:
        self.reader = state
        self.step_changed.emit(state)


def _rows(lessons: Sequence[LessonOverview]) -> tuple[LessonRow, ...]:
    return tuple(
        LessonRow(
            one.lesson.id, number, one.lesson.title, one.lesson.summary, one.minutes_left or one.lesson.duration_minutes,
            one.state, one.done, one.score, one.step, len(one.lesson.steps),
        )
        for number, one in enumerate(lessons, 1)
    )  # fmt: skip
