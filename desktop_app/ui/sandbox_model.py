"""What the window knows of the sandbox: whether it runs, what its self-test showed, why it is off."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Progress
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs

if TYPE_CHECKING:
    from desktop_app.sandbox.client import ModelClient, WorkerReport
    from desktop_app.sandbox.models.catalogue import ModelFile
    from desktop_app.sandbox.protocol import Channel


@dataclass(frozen=True, slots=True)
class SandboxState:
    """phase is "starting", "ready" or "off"; problem says why it is off. report is of the last start, channels
    are what its self-test tried, also when one was open. loaded is False after somebody unloaded the model: the next
    question loads it again.
    """

    phase: str = "starting"
    problem: str = ""
    report: WorkerReport | None = None
    channels: tuple[Channel, ...] = ()
    loaded: bool = True

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
            return f"{self.report.refused} of {self.report.total} ways out shut" if self.loaded else "Loads when asked"
        return "Practice waits for it" if self.phase == "starting" else "See why"

    @property
    def tone(self) -> str:
        """plain, good, caution or danger."""
        if self.phase == "ready":
            return "good" if self.report is not None and self.report.proven else "caution"
        return "plain" if self.phase == "starting" else "danger"


class SandboxModel(QObject):
    """Starts the model's process in the background, and changes which model it holds.

    Signals: changed(SandboxState), after every change; progressed(Progress), while a model is checked and loaded;
    choice_failed(str), why another model could not be loaded: the one before is used again; fell_back(str), why the chosen
    model could not be loaded when the app started: the bundled one is used meanwhile, and the choice is kept.
    """

    changed = Signal(object)
    progressed = Signal(object)
    choice_failed = Signal(str)
    fell_back = Signal(str)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = SandboxState()
        self._cancel = Event()
        self._before: ModelFile | None = None  # what was used before a choice that is not loaded yet

    @property
    def client(self) -> ModelClient:
        """The client; raises ModelError if there is no model file."""
        return self._services.model

    @property
    def is_choosing(self) -> bool:
        """True while another model is being loaded."""
        return self._before is not None

    @property
    def in_use(self) -> str:
        """The id of the model that is used; while another one is being loaded, of the one before."""
        return (self._before or self.client.model).id

    def start(self) -> None:
        """Start (again) and self-test; returns at once."""
        self._show(SandboxState("starting", report=self.state.report))
        try:
            job = self.client.start()
        except AppError as error:
            self._on_failed(error)
            return
        self._cancel = self._jobs.start(job, self._on_started, self._on_failed, self._on_progress)

    def restart(self) -> None:
        """End the model's process and start it anew, with its self-test."""
        self._cancel.set()
        self.client.close()
        self.start()

    def choose(self, model_id: str) -> None:
        """Load this model, with the adapters chosen for it, in a new process; kept as the choice once it is loaded.

        Raises ModelError if there is no such model.
        """
        model = self._services.models.find(model_id)
        if self._before is None:
            self._before = self.client.model
        self.client.use(model, self._services.models.chosen_adapters(model_id))
        self.restart()

    def cancel_choice(self) -> None:
        """Give up loading another model, and load the one before again."""
        if self._before is not None:
            self._go_back()

    def unload(self) -> None:
        """End the model's process, which gives its memory back; the next question starts it again."""
        self._cancel.set()
        self.client.close()
        phase = "ready" if self.state.report is not None else "off"
        self._show(SandboxState(phase, self.state.problem, self.state.report, self.state.channels, loaded=False))

    def close(self) -> None:
        """Give up starting; the services end the process."""
        self._cancel.set()

    def _fall_back(self, error: AppError) -> bool:
        """Use the bundled model if it is another one's fault: a share may be out of reach today."""
        from desktop_app.sandbox.client import SandboxOpenError
        from desktop_app.sandbox.models.catalogue import bundled_model

        bundled = bundled_model()
        if isinstance(error, SandboxOpenError) or self.client.model.id == bundled.id:
            return False
        self.client.use(bundled, self._services.models.chosen_adapters(bundled.id))
        self.restart()
        self.fell_back.emit(f"{error} Meanwhile {bundled.name} is used.")
        return True

    def _go_back(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            self.client.use(before, self._services.models.chosen_adapters(before.id))
            self.restart()

    def _on_progress(self, step: object) -> None:
        if isinstance(step, Progress):
            self.progressed.emit(step)

    def _on_started(self, report: WorkerReport) -> None:
        chosen, self._before = self._before is not None, None
        facts = {"refused": report.refused, "channels": report.total, "proven": report.proven, "model": report.model_id}
        if chosen:
            try:
                self._services.models.choose(self.client.model)
            except AppError as error:
                self.choice_failed.emit(f"{error} The next start will use another model.")
        self._show(SandboxState("ready", report=report, channels=report.channels))
        self._services.learner.record("sandbox_checked", facts)  # last: a full disk must not leave it "starting"

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        if self._before is not None and self._before != self.client.model:
            name = self._before.name
            self._go_back()
            self.choice_failed.emit(f"{error} {name} is used again.")
            return
        self._before = None
        if self._fall_back(error):
            return
        self._show(SandboxState("off", str(error), channels=getattr(error, "channels", ())))

    def _show(self, state: SandboxState) -> None:
        self.state = state
        self.changed.emit(state)
