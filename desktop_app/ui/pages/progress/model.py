"""What Progress shows: lessons and questions in figures, the latest runs, whether the audit chain is whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job
from desktop_app.records.audit import AuditReport
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Run
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson's bar: share is the score once there is one, else the share of steps done, from 0.0 to 1.0."""

    id: str
    title: str
    words: str
    share: float
    is_passed: bool


@dataclass(frozen=True, slots=True)
class ProgressState:
    """first_try is the share of questions right at the first try, None before the first answer."""

    lessons: tuple[LessonLine, ...] = ()
    passed: int = 0
    answered: int = 0
    first_try: float | None = None
    run_count: int = 0
    tokens: int = 0
    runs: tuple[Run, ...] = ()
    prompt_names: dict[str, str] | None = None
    audit: AuditReport | None = None
    audit_problem: str = ""


class ProgressModel(QObject):
    """Signals: changed(ProgressState), after every change."""

    changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = ProgressState()
        self._cancel = Event()

    def reload(self) -> None:
        """Read everything again, and check the audit chain in the background."""
        learner = self._services.learner
        known = learner.all_progress()
        lines = []
        first: list[float] = []
        for lesson in self._services.lessons.in_path_order():
            at = known.get(lesson.id)
            first += [attempt.score for attempt in learner.attempts(lesson.id) if attempt.number == 1] if at else []
            done = len({step.key for step in lesson.steps} & set(at.steps_done)) if at else 0
            if at is not None and at.score is not None:
                words = f"{'Passed' if at.passed_at else 'Not passed yet'} · {at.score:.0%}"
                share = at.score
            else:
                words = f"{done} of {len(lesson.steps)} steps" if at else "Not started"
                share = done / len(lesson.steps)
            lines.append(LessonLine(lesson.id, lesson.title, words, share, bool(at and at.passed_at)))
        runs = learner.runs(limit=50)
        names = {prompt.id: prompt.offered.name for prompt in self._services.prompts.prompts()}
        self.state = replace(
            self.state, lessons=tuple(lines), passed=sum(line.is_passed for line in lines), answered=learner.answer_count(),
            first_try=sum(score == 1.0 for score in first) / len(first) if first else None, run_count=learner.run_count(),
            tokens=sum(run.completion_tokens for run in runs), runs=runs, prompt_names=names,
        )  # fmt: skip
        self.changed.emit(self.state)
        self._cancel.set()
        self._cancel = self._jobs.start(self._verify(), self._on_verified, self._on_failed)

    def close(self) -> None:
        """End a check that runs."""
        self._cancel.set()

    def _verify(self) -> Job[AuditReport]:
        # its own connection: the window's belongs to the window's thread
        learner = LearnerRepository(self._services.locations)
        try:
            return (yield from learner.audit.verify(self._services.learner.vault))
        finally:
            learner.close()

    def _on_verified(self, report: AuditReport) -> None:
        self.state = replace(self.state, audit=report, audit_problem="")
        self.changed.emit(self.state)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self.state = replace(self.state, audit_problem=str(error))
        self.changed.emit(self.state)
