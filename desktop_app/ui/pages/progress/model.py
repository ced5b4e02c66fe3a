"""What Progress shows: paths and lessons in figures, certificates, the latest runs, whether the audit chain is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.overview import (
    Due,
    LessonOverview,
    Overview,
    PathOverview,
    left_words,
    lesson_award,
    overview,
    path_award,
)
from desktop_app.records.audit import AuditReport
from desktop_app.records.certificates import Issued
from desktop_app.records.credentials import Award, Certificate, credential_bytes
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Run
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically
from desktop_app.ui.answer_copy import AnswerCopy
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.review.model import RetentionModel

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from desktop_app.ui.printing.certificate import Paper

_PICTURE_PX = 1800
_RUNS = 50


@dataclass(frozen=True, slots=True)
class Certifiable:
    """What can be certified now: subject names it; certificate is the id of one that says the same already, else ""."""

    subject: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson's line. state is "new", "started", "completed" or "passed", share from 0.0 to 1.0: the score, else the steps done."""

    id: str
    title: str
    state: str
    words: str
    share: float
    certifiable: Certifiable | None = None


@dataclass(frozen=True, slots=True)
class PathCard:
    """A path. next_lesson is (id, title, what its button says), None once all are passed; clock says when it will be due."""

    title: str
    lessons: tuple[LessonLine, ...]
    passed: int
    words: str
    due: Due | None = None
    clock: str = ""
    next_lesson: tuple[str, str, str] | None = None
    certifiable: Certifiable | None = None


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate on show; picture is None until it is painted."""

    certificate: Certificate
    paper: Paper
    picture: QImage | None = None


@dataclass(frozen=True, slots=True)
class ProgressState:
    """first_try is the share of questions right at the first try, None before the first answer.

    paths are those of the person's role and those they began; more_paths counts the others. said is what happened last and said_tone its tone; cannot_sign says why no certificate can be issued, "" if one can.
    """

    paths: tuple[PathCard, ...] = ()
    more_paths: int = 0
    others: tuple[LessonLine, ...] = ()
    passed: int = 0
    lesson_count: int = 0
    answered: int = 0
    first_try: float | None = None
    run_count: int = 0
    runs: tuple[Run, ...] = ()
    prompt_names: dict[str, str] | None = None
    certificates: tuple[Issued, ...] = ()
    cannot_sign: str = ""
    has_name: bool = True
    shown: CertificateView | None = None
    said: str = ""
    said_tone: str = "good"
    audit: AuditReport | None = None
    audit_problem: str = ""

    @property
    def may_issue(self) -> bool:
        """True if a certificate could be signed with a name on it."""
        return self.has_name and not self.cannot_sign


class ProgressModel(QObject):
    """Signals: changed(ProgressState), after every change.

    choose_file asks where to save: it gets the suggested name and returns a path, or None if the person thought better.
    """

    changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = ProgressState()
        self.retention = RetentionModel(services, jobs, self)
        self.copying = AnswerCopy(services, self)
        self.choose_file: Callable[[str], Path | None] = lambda name: None
        self._awards: dict[str, Award] = {}
        self._cancel, self._cancel_picture = Event(), Event()

    def reload(self) -> None:
        """Read everything again, and check the audit chain in the background."""
        learner, library = self._services.learner, self._services.lessons
        shown = overview(library.paths(), library.lessons(), learner.all_progress(), datetime.now(UTC))
        profile = learner.profile()
        name = profile.name if profile else ""
        mine = {path.id for path in library.paths_for(profile.role if profile else "everyone")}
        near = [one for one in shown.paths if one.path.id in mine or one.is_begun]
        counted = {part.lesson.id: part for one in near for part in one.lessons}.values() if near else shown.others
        certificates = learner.certificates.all()
        self._awards = self._find_awards(shown, name)
        known = {one.award.facts: one.id for made in reversed(certificates) if (one := made.certificate)}
        certifiable = {
            subject: Certifiable(subject, known.get(award.facts, "")) for subject, award in self._awards.items()
        }
        runs = learner.runs(limit=_RUNS)
        self.state = replace(
            self.state,
            paths=tuple(_path_card(one, certifiable) for one in near),
            more_paths=len(shown.paths) - len(near),
            others=tuple(_lesson_line(one, certifiable) for one in shown.others),
            passed=sum(one.state == "passed" for one in counted), lesson_count=len(counted),
            answered=learner.answer_count(), first_try=self._first_try(shown), run_count=learner.run_count(),
            runs=runs, prompt_names=self._prompt_names(runs),
            certificates=certificates, cannot_sign="" if learner.vault.is_open else learner.vault.reason,
            has_name=bool(name.strip()),
        )  # fmt: skip
        self._show()
        self.retention.reload()
        self._cancel.set()
        self._cancel = self._jobs.start(self._verify(), self._on_verified, self._on_failed)

    def close(self) -> None:
        """End what runs in the background."""
        self._cancel.set()
        self._cancel_picture.set()
        self.retention.close()

    # -- certificates ------------------------------------------------------------------------------------------------

    def issue(self, subject: str) -> None:
        """Issue the certificate for a passed path ("path/<id>") or lesson ("lesson/<id>"), and show it.

        One that says the same already, such as that of a double click's first half, is shown instead.
        """
        award, issued = self._awards[subject], self._services.learner.certificates
        try:
            same = (made.id for made in issued.all() if (one := made.certificate) and one.award.facts == award.facts)
            if known := next(same, ""):
                self.view(known)
                return
            made = issued.issue(award)
        except AppError as error:
            self._say(str(error), "danger")
            return
        self.reload()
        self.view(made.id)
        self._say("Your certificate is issued. Save it as a PDF to print or to pass it on.")

    def view(self, certificate_id: str) -> None:
        """Show a certificate."""
        made = self._services.learner.certificates.get(certificate_id)
        if made is None or made.certificate is None:
            self._say(made.problem if made else "This certificate is no longer in your records.", "danger")
            return
        from desktop_app.ui.printing.certificate import default_paper

        before = self.state.shown
        self.state = replace(self.state, said="")
        self._paint(CertificateView(made.certificate, before.paper if before else default_paper()))

    def close_view(self) -> None:
        """Back to the figures."""
        self._cancel_picture.set()
        self.state = replace(self.state, shown=None, said="")
        self._show()

    def use_paper(self, paper: Paper) -> None:
        """Show and save the certificate for another size of paper."""
        if self.state.shown is not None and self.state.shown.paper != paper:
            self._paint(replace(self.state.shown, paper=paper))

    def save_pdf(self) -> None:
        """Save the certificate on show as a PDF with the credential attached; asks where."""
        if self.state.shown is not None:
            self._save(f"{_file_name(self.state.shown.certificate)}.pdf", self.state.shown)

    def save_credential(self) -> None:
        """Save the signed credential of the certificate on show; asks where."""
        if self.state.shown is not None:
            self._save(f"{_file_name(self.state.shown.certificate)}.json", self.state.shown)

    def _save(self, name: str, shown: CertificateView) -> None:
        made = self._services.learner.certificates.get(shown.certificate.id)
        if made is None or made.document is None:
            self._say(made.problem if made else "This certificate is no longer in your records.", "danger")
            return
        path = self.choose_file(name)
        if path is not None:
            job = _write(path, shown, credential_bytes(made.document), self._language)
            self._jobs.start(job, self._on_saved, self._on_failed)

    def _on_saved(self, path: Path) -> None:
        self._say(f"Saved as {path}. To check it: greenroom records verify {path.name}")

    def _paint(self, shown: CertificateView) -> None:
        self.state = replace(self.state, shown=shown)
        self._show()
        self._cancel_picture.set()
        self._cancel_picture = self._jobs.start(_picture(shown, self._language), self._on_painted, self._on_failed)

    def _on_painted(self, shown: CertificateView) -> None:
        self.state = replace(self.state, shown=shown)
        self._show()

    @property
    def _language(self) -> str:
        profile = self._services.learner.profile()
        return profile.language if profile else "en"

    def _find_awards(self, shown: Overview, name: str) -> dict[str, Award]:
        passes = self._services.learner.certificates.passes()
        awards = [path_award(one, passes, name) for one in shown.paths]
        awards += [lesson_award(one, passes, name) for one in shown.lessons]
        return {award.subject: award for award in awards if award}

    # -- inside ------------------------------------------------------------------------------------------------------

    def _prompt_names(self, runs: Iterable[Run]) -> dict[str, str]:
        used = {run.prompt_id for run in runs if run.prompt_id}
        return {hit.id: hit.name for hit in self._services.index.hits(used)}

    def _first_try(self, shown: Overview) -> float | None:
        attempts = [
            attempt.score
            for one in shown.lessons if one.state != "new"
            for attempt in self._services.learner.attempts(one.lesson.id) if attempt.number == 1
        ]  # fmt: skip
        return sum(score == 1.0 for score in attempts) / len(attempts) if attempts else None

    def _verify(self) -> Job[AuditReport]:
        # its own connection: the window's belongs to the window's thread
        learner = LearnerRepository(self._services.locations)
        try:
            return (yield from learner.audit.verify(self._services.learner.vault))
        finally:
            learner.close()

    def _on_verified(self, report: AuditReport) -> None:
        self.state = replace(self.state, audit=report, audit_problem="")
        self._show()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        if self.state.shown is not None:
            self._say(str(error), "danger")
        else:
            self.state = replace(self.state, audit_problem=str(error))
            self._show()

    def _say(self, text: str, tone: str = "good") -> None:
        self.state = replace(self.state, said=text, said_tone=tone)
        self._show()

    def _show(self) -> None:
        self.changed.emit(self.state)


def _path_card(one: PathOverview, certifiable: dict[str, Certifiable]) -> PathCard:
    words = f"{one.passed} of {len(one.lessons)} lessons passed"
    if one.minutes_left:
        words += f" · {_minutes(one.minutes_left)} left"
    if one.missing:
        words += f" · cannot be read: {', '.join(one.missing)}"
    following = next((part for part in one.lessons if part.state in ("started", "completed")), None)
    following = following or next((part for part in one.lessons if part.state == "new"), None)
    clock = f"Due {one.path.within_days} days after you open its first lesson" if one.starts_clock else ""
    return PathCard(
        one.path.title, tuple(_lesson_line(part, certifiable) for part in one.lessons), one.passed, words, one.due, clock,
        (following.lesson.id, following.lesson.title, _verb(following)) if following else None,
        certifiable.get(f"path/{one.path.id}"),
    )  # fmt: skip


def _lesson_line(one: LessonOverview, certifiable: dict[str, Certifiable]) -> LessonLine:
    share = one.score if one.score is not None and one.state in ("passed", "completed") else one.done
    lesson = one.lesson
    return LessonLine(
        lesson.id, lesson.title, one.state, left_words(one), share, certifiable.get(f"lesson/{lesson.id}")
    )


def _verb(one: LessonOverview) -> str:
    return {"started": "Continue", "completed": "Try again"}.get(one.state, "Start")


def _minutes(number: int) -> str:
    return f"{number:,} minute" if number == 1 else f"{number:,} minutes"


def _file_name(certificate: Certificate) -> str:
    return f"certificate-{certificate.award.subject.partition('/')[2]}-{certificate.short_id}"


def _picture(shown: CertificateView, language: str) -> Job[CertificateView]:
    from desktop_app.ui.printing.certificate import certificate_image

    yield Progress(0)
    picture = certificate_image(shown.certificate, _PICTURE_PX, paper=shown.paper, language=language)
    return replace(shown, picture=picture)


def _write(path: Path, shown: CertificateView, credential: bytes, language: str) -> Job[Path]:
    from desktop_app.ui.printing.certificate import certificate_pdf

    yield Progress(0)
    data = credential
    if path.suffix.lower() == ".pdf":
        data = certificate_pdf(shown.certificate, credential, paper=shown.paper, language=language)
    write_atomically(path, data)
    return path
