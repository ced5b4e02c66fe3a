"""What the Models tab does: look for models, use one, add and remove files, verify, adapters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.sandbox.models.checking import check_model
from desktop_app.sandbox.models.fit import Memory, fit_of_model, memory_now, resident_bytes
from desktop_app.ui.jobs import Jobs, Then
from desktop_app.ui.pages.practice.models.state import ModelRow, ModelsState

if TYPE_CHECKING:
    from desktop_app.sandbox.models.adapters import AdapterFile
    from desktop_app.sandbox.models.candidate import Candidate
    from desktop_app.sandbox.models.hub import Found
    from desktop_app.sandbox.models.removing import Removed
    from desktop_app.services import Services
    from desktop_app.ui.sandbox_model import SandboxModel, SandboxState


class ModelsModel(QObject):
    """Signals: changed(ModelsState), after every change."""

    changed = Signal(object)

    def __init__(self, services: Services, sandbox: SandboxModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._sandbox, self._jobs = services, sandbox, jobs
        self._cancel, self._looking = Event(), Event()
        self.state = ModelsState(in_use=sandbox.in_use, selected=sandbox.in_use)
        sandbox.changed.connect(self._on_sandbox_changed)
        sandbox.progressed.connect(self._on_loading)
        sandbox.choice_failed.connect(self._on_choice_failed)
        self._take_found()

    def look(self) -> None:
        """Look into the folders again; what is known stays until then."""
        self._looking.set()
        self._looking = self._jobs.start(self._services.models.scan(), self._on_found, self._on_failed)

    def select(self, model_id: str) -> None:
        """Show this model."""
        heard = {} if self.state.removed is not None or self.state.is_busy else {"said": "", "problem": ""}
        self._show(selected=model_id, candidate=None, **heard, **self._adapters(model_id))

    def refresh(self) -> None:
        """Ask anew what the model's process holds."""
        self._show(**self._now())

    # -- using -----------------------------------------------------------------------------------------------------------

    def use(self) -> None:
        """Load the selected model and use it from now on."""
        if (row := self.state.row) is None or self.state.is_busy or row.problem:
            return
        try:
            self._show(work="load", progress=Progress(0), problem="", said="")
            self._sandbox.choose(row.model.id)
        except AppError as error:
            self._show(work="", problem=str(error))

    def unload(self) -> None:
        """Give the memory of the model back until the next question."""
        self._sandbox.unload()
        self._show(said="The model is unloaded; the next question loads it again.", problem="", **self._now())

    def cancel(self) -> None:
        """End what goes on; nothing half-done stays."""
        if self.state.work == "load":
            self._show(work="", said="")
            self._sandbox.cancel_choice()
        elif self.state.work:
            self._cancel.set()
            self._show(work="", said="Cancelled; nothing was changed.")

    def set_strength(self, adapter: AdapterFile, scale: float) -> None:
        """Load the adapter with its model at this strength from now on; 0 leaves it out."""
        chosen = [(each, scale if each.id == adapter.id else now) for each, now in self.state.adapters]
        try:
            self._services.models.choose_adapters(adapter.base, chosen)
            self._show(problem="", **self._adapters(adapter.base))
            if adapter.base == self.state.in_use:
                self._show(work="load", progress=Progress(0), said="")
                self._sandbox.choose(adapter.base)
        except AppError as error:
            self._show(work="", problem=str(error))

    # -- files -----------------------------------------------------------------------------------------------------------

    def examine(self, path: Path) -> None:
        """Look at a file somebody wants to add."""
        if not self.state.is_busy:
            job = self._services.models.examine(path, reference=self._reference())
            self._start("examine", job, self._on_examined)

    def decline(self) -> None:
        """Do not add it."""
        self._show(candidate=None)

    def add(self, *, accept_template: bool) -> None:
        """Add the file that was looked at."""
        if self.state.candidate is not None and not self.state.is_busy:
            job = self._services.models.add(self.state.candidate, accept_template=accept_template)
            self._start("add", job, self._on_added)

    def remove(self) -> None:
        """Remove the selected model."""
        if (row := self.state.row) is not None:
            self.remove_file(row.model)

    def remove_file(self, file: ModelFile | AdapterFile) -> None:
        """Remove a model or an adapter; it can be brought back until the window closes."""
        if not self.state.is_busy:
            self._start("remove", self._services.models.remove(file), self._on_removed)

    def undo(self) -> None:
        """Bring back what was removed last."""
        if (removed := self.state.removed) is not None and not self.state.is_busy:
            self._start("remove", self._services.models.restore(removed), lambda _: self._on_restored(removed))

    def verify(self) -> None:
        """Compare every byte of the selected model's file with what the catalogue says."""
        if (row := self.state.row) is not None and not self.state.is_busy:
            said = f"{row.model.name} is unaltered: every byte is the catalogue's."
            self._start("verify", check_model(row.model, again=True), lambda _: self._done(said=said))

    def close(self) -> None:
        """Give up what goes on."""
        self._cancel.set()
        self._looking.set()

    def _start(self, work: str, job: Job[Any], then: Then) -> None:
        self._show(work=work, progress=Progress(0), problem="", said="", removed=None)
        self._cancel = self._jobs.start(job, then, self._on_failed, self._on_progress)

    def _done(self, **changes: Any) -> None:
        self._show(**{"work": "", **changes})

    def _on_progress(self, step: object) -> None:
        if isinstance(step, Progress):
            self._show(progress=step)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._done(problem=str(error))

    def _on_examined(self, candidate: Candidate) -> None:
        self._done(candidate=candidate)

    def _on_added(self, added: ModelFile | AdapterFile) -> None:
        self._take_found()
        model_id = added.id if isinstance(added, ModelFile) else added.base
        whose = "" if isinstance(added, ModelFile) else " Choose its strength below to load it with the model."
        self._done(candidate=None, selected=model_id, said=f"{added.name} is added.{whose}", **self._adapters(model_id))

    def _on_removed(self, removed: Removed) -> None:
        self._take_found()
        self._done(removed=removed, said=f"{removed.file.name} is removed.")

    def _on_restored(self, removed: Removed) -> None:
        self._take_found()
        selected = removed.file.id if isinstance(removed.file, ModelFile) else removed.file.base
        self._done(selected=selected, said=f"{removed.file.name} is back.", **self._adapters(selected))

    def _on_found(self, _: Found) -> None:
        self._show(is_looked=True)
        self._take_found()

    def _take_found(self) -> None:
        """Show what the hub knows; the selection stays on a model that is there."""
        hub = self._services.models
        broken = tuple(ModelRow(model, self._fit(model), why) for model, why in hub.found.broken)
        rows = tuple(ModelRow(model, self._fit(model)) for model in hub.all()) + broken
        ids = [row.model.id for row in rows]
        selected = self.state.selected if self.state.selected in ids else self._sandbox.in_use
        self._show(
            rows=rows, selected=selected, in_use=self._sandbox.in_use, problems=hub.found.problems, strays=hub.found.strays,
            **self._adapters(selected), **self._now(),
        )  # fmt: skip

    def _fit(self, model: ModelFile) -> Any:
        """With what the loaded model holds counted as free: it is given back when another is loaded."""
        now = memory_now()
        return fit_of_model(model, Memory(now.free_bytes + self._held(), now.total_bytes), self._reference())

    def _reference(self) -> tuple[int, float]:
        """The size of the model in use and the rate its process measured."""
        report = self._sandbox.state.report
        rate = max((rate for _, rate in report.rates), default=0.0) if report else 0.0
        return self._sandbox.client.model.model_bytes, rate

    def _held(self) -> int:
        return resident_bytes(self._sandbox.client.pid)

    def _now(self) -> dict[str, Any]:
        client = self._sandbox.client
        return {"memory_bytes": self._held(), "loaded": client.state in ("ready", "busy")}

    def _adapters(self, model_id: str) -> dict[str, Any]:
        """Those there are, and those switched on whose file is gone: they must be switched off somewhere."""
        hub = self._services.models
        chosen, there = hub.chosen_adapters(model_id), hub.adapters_of(model_id)
        scales = {adapter.id: scale for adapter, scale in chosen}
        ids = {each.id for each in there}
        gone = tuple((each, scale) for each, scale in chosen if each.id not in ids)
        return {"adapters": tuple((each, scales.get(each.id, 0.0)) for each in there) + gone}

    # -- the model's process ---------------------------------------------------------------------------------------------

    def _on_loading(self, step: Progress) -> None:
        if self.state.work == "load":
            self._show(progress=step)

    def _on_sandbox_changed(self, sandbox: SandboxState) -> None:
        if self.state.work == "load" and sandbox.phase != "starting":
            name = self._sandbox.client.model.name
            done = (
                {"said": f"{name} is in use.", "problem": ""}
                if sandbox.phase == "ready"
                else {"problem": sandbox.problem}
            )
            self._done(**done)
        self._show(in_use=self._sandbox.in_use, **self._now())

    def _on_choice_failed(self, problem: str) -> None:
        self._done(problem=problem)

    def _show(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self.changed.emit(state)
