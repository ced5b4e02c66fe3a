"""How the shown version's tests did on the bundled model, and running them now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.prompts.evaluate.matrix import Result
from desktop_app.prompts.evaluate.overview import Overview
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.prompt_tests import Known, Subject, read_known
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.test_run import RunProgress, TestRun

SEEDS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class VersionTestsState:
    """version is the one shown; subject is None if it has no tests. older is the version before it that has results.

    progress is None unless its tests run; failed says why they could not, problem what could not be read.
    """

    version: PromptVersion | None = None
    subject: Subject | None = None
    known: Overview | None = None
    older: Overview | None = None
    model_name: str = ""
    progress: RunProgress | None = None
    sandbox: SandboxState | None = None
    problem: str = ""
    failed: str = ""
    is_loaded: bool = False

    @property
    def can_run(self) -> bool:
        """Whether the tests can be run now."""
        is_off = self.sandbox is not None and self.sandbox.phase == "off"
        return self.known is not None and self.progress is None and not is_off


class VersionTestsModel(QObject):
    """Reads only while somebody looks. Signals: changed(VersionTestsState)."""

    changed = Signal(object)

    def __init__(
        self, services: Services, jobs: Jobs, sandbox: SandboxModel | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self._cancel, self._watched = Event(), False
        self._run = TestRun(services, jobs, self)
        self._run.progressed.connect(lambda progress: self._show(progress=progress))
        self._run.came.connect(self._on_came)
        self._run.ended.connect(lambda _: self._on_ended(""))
        self._run.failed.connect(self._on_ended)
        self.state = VersionTestsState(sandbox=sandbox.state if sandbox is not None else None)
        if sandbox is not None:
            sandbox.changed.connect(lambda state: self._show(sandbox=state))

    def show_version(self, prompt: Prompt, version: PromptVersion) -> None:
        """Show a version; what ran for another is stopped, and what it did is kept."""
        if self.state.version == version and self.state.is_loaded:
            self.reload()
            return
        self._run.stop()
        self._show(version=version, subject=None, known=None, older=None, failed="", problem="", is_loaded=False)
        self.reload()

    def watch(self, watched: bool) -> None:
        """Say whether somebody looks."""
        self._watched = watched
        self.reload()

    def reload(self) -> None:
        """Read the version's tests and what is known of them, without a model."""
        self._cancel.set()
        version = self.state.version
        if not self._watched or version is None or self._run.is_running:
            return
        job = read_known(self._services, SEEDS, (), version.id)
        self._cancel = self._jobs.start(job, partial(self._on_known, version), self._on_failed)

    def run(self) -> None:
        """Run the version's tests with three seeds."""
        if self.state.can_run and self.state.subject is not None and self.state.known is not None:
            self._cancel.set()
            self._show(failed="")
            self._run.start([self.state.subject.key], SEEDS, (), self.state.known.missing)

    def stop(self) -> None:
        """Stop; what was done is kept."""
        self._run.stop()

    def close(self) -> None:
        """End what runs."""
        self._cancel.set()
        self._run.close()

    def _on_known(self, asked: PromptVersion, known: Known) -> None:
        if asked is not self.state.version:
            return
        subject = next((one for one in known.subjects if one.key == (asked.id, asked.version)), None)
        by_version = {one.tested.version.version: one for one in known.overviews}
        own = by_version.get(asked.version) if subject is not None and not subject.problem else None
        older = [by_version[number] for number in sorted(by_version) if number < asked.version]
        self._show(
            subject=subject, known=own.keeping(self.state.known) if own is not None else None,
            older=next((one for one in reversed(older) if one.results), None),
            model_name=next(iter((known.models or {}).values()), ""), problem=known.problem, is_loaded=True,
        )  # fmt: skip

    def _on_came(self, results: tuple[Result, ...]) -> None:
        known = self.state.known
        if known is not None:
            key = (known.tested.version.id, known.tested.version.version)
            own = [one for one in results if (one.prompt_id, one.version) == key]
            self._show(known=known.with_results(own) if own else known)

    def _on_ended(self, problem: str) -> None:
        self._show(progress=None, failed=problem)
        self.reload()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(problem=str(error), is_loaded=True)

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)
