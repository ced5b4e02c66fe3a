"""Copying an answer: looked through first, asked about where policy or a finding wants that, and then recorded."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop_app.errors import AppError
from desktop_app.guard.output import OutputReport
from desktop_app.services import Services

CHECK = "Before it leaves this computer: are names, numbers and dates right, and may everything in it go out?"


@dataclass(frozen=True, slots=True)
class CopyState:
    """What the card below an answer says. phase is "" (nothing), "asks", "copied" or "failed"."""

    phase: str = ""
    words: str = ""
    tone: str = "plain"


class AnswerCopy(QObject):
    """Copies answers of one view.

    Signals: changed(CopyState), after every change.
    """

    changed = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.state = CopyState()
        self._waiting = ""
        self._report = OutputReport()

    def look_through(self, answer: str, *, given: str = "", has_source: bool | None = None) -> OutputReport:
        """What is wrong with an answer; has_source is None for one that was not to be drawn from documents.

        Raises GuardError if a check fails.
        """
        from desktop_app.guard.output import check_output  # the window opens without the guard's tables

        policy = self._services.policy
        return check_output(
            answer, given=given, phrases=policy.forbidden_phrases, canaries=policy.canaries,
            needs_source=policy.sources_required and has_source is not None, has_source=bool(has_source),
        )  # fmt: skip

    def copy(self, answer: str, *, given: str = "", has_source: bool | None = None) -> None:
        """Copy an answer, or ask first. given is what the person sent, to tell their own data from what is new."""
        try:
            report = self.look_through(answer, given=given, has_source=has_source)
        except AppError as error:
            self._show("failed", f"Not copied. {error}", "danger")
            return
        self._waiting, self._report = answer, report
        said = " ".join(report.sentences)
        if report.must_ask or self._services.policy.check_before_copy:
            self._show("asks", f"{said} {CHECK}".strip(), "caution")
            return
        self._copied(said)

    def confirm(self) -> None:
        """The person says that they checked it: copy, and record that they said so."""
        if self.state.phase != "asks":
            return
        facts = {"characters": len(self._waiting), "findings": self._report.counts}
        try:
            self._services.learner.record("answer_checked", facts)
        except AppError as error:
            self._show("failed", f"Not copied, because your check could not be recorded. {error}", "danger")
            return
        self._copied(" ".join(self._report.sentences))

    def cancel(self) -> None:
        """Do not copy, and say no more."""
        self._waiting = ""
        self._show("", "", "plain")

    def _copied(self, said: str) -> None:
        QGuiApplication.clipboard().setText(self._waiting)
        self._waiting = ""
        words = (
            f"Copied. {said}" if said else "Copied. It is a draft: check names, numbers and dates before you use it."
        )
        self._show("copied", words, "caution" if said else "plain")

    def _show(self, phase: str, words: str, tone: str) -> None:
        self.state = CopyState(phase, words, tone)
        self.changed.emit(self.state)
