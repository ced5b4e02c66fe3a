"""What the window knows of the sandbox: whether it runs, what its self-test showed, why it is off."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs

if TYPE_CHECKING:
    from desktop_app.sandbox.client import ModelClient, WorkerReport
    from desktop_app.sandbox.protocol import Channel


@dataclass(frozen=True, slots=True)
class SandboxState:
    """phase is "starting", "ready" or "off"; problem says why it is off. report is of the last start, channels
    are what its self-test tried, also when one was open.
    """

    phase: str = "starting"
    problem: str = ""
    report: WorkerReport | None = None
    channels: tuple[Channel, ...] = ()

    @property
    def headline(self) -> str:
        """The badge's first line."""
        if self.phase == "starting":
            return "Checking the sandbox"
        if self.phase == "off" or self.report is None:
            return "Sandbox off"
        return "Offline, proven" if self.report.proven else "Offline, not proven here"

    @property
    def detail(self) -> str:
        """The badge's second line."""
        if self.report is not None and self.phase == "ready":
            return f"{self.report.refused} of {self.report.total} ways out shut"
        return "Practice waits for it" if self.phase == "starting" else "See why"

    @property
    def tone(self) -> str:
        """plain, good, caution or danger."""
        if self.phase == "ready":
            return "good" if self.report is not None and self.report.proven else "caution"
        return "plain" if self.phase == "starting" else "danger"


class SandboxModel(QObject):
    """Starts the model's process in the background. Signals: changed(SandboxState), after every change."""

    changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = SandboxState()
        self._cancel = Event()

    @property
    def client(self) -> ModelClient:
        """The client; raises ModelError if there is no model file."""
        return self._services.model

    def start(self) -> None:
        """Start (again) and self-test; returns at once."""
        self._show(SandboxState("starting", report=self.state.report))
        try:
            job = self.client.start()
        except AppError as error:
            self._on_failed(error)
            return
        self._cancel = self._jobs.start(job, self._on_started, self._on_failed)

    def restart(self) -> None:
        """End the model's process and start it anew, with its self-test."""
        self._cancel.set()
        self.client.close()
        self.start()

    def choose(self, model_id: str) -> None:
        """Use this model from now on: keep the choice, end the process and load it in a new one.

        Raises ModelError if there is no such model, StoreError if the choice cannot be kept.
        """
        model = self._services.models.find(model_id)
        self._services.models.choose(model)
        self.client.use(model)
        self.restart()

    def close(self) -> None:
        """Give up starting; the services end the process."""
        self._cancel.set()

    def _on_started(self, report: WorkerReport) -> None:
        facts = {"refused": report.refused, "channels": report.total, "proven": report.proven, "model": report.model_id}
        self._show(SandboxState("ready", report=report, channels=report.channels))
        self._services.learner.record("sandbox_checked", facts)  # last: a full disk must not leave it "starting"

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(SandboxState("off", str(error), channels=getattr(error, "channels", ())))

    def _show(self, state: SandboxState) -> None:
        self.state = state
        self.changed.emit(state)
