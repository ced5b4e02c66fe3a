"""The matrix of prompt tests: which versions and models are shown, what is known of them, and running them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Progress
from desktop_app.prompts.evaluate.matrix import Result
from desktop_app.prompts.evaluate.overview import Overview
from desktop_app.prompts.evaluate.report import Report, as_json_text, as_junit, as_table
from desktop_app.prompts.evaluate.summary import regressions, summarise
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.prompt_tests import Known, Subject, read_known
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.test_run import RunProgress, TestRun

Key = tuple[str, int]  # prompt id, version
_SETTING = "prompt_tests"  # in the window's settings
MOST_SEEDS = 10
WHICH = {"offered": "What people get", "all": "All versions", "attention": "Failing or out of date"}
FORMATS = {
    "table": ("Table (*.txt)", as_table),
    "json": ("JSON (*.json)", as_json_text),
    "junit": ("JUnit XML (*.xml)", as_junit),
}


@dataclass(frozen=True, slots=True)
class TestsState:
    """subjects are all versions with tests; shown are those that pass the filters. chosen are the selected ones, in order.

    attention are those that needed it when somebody asked for them, so that what is mended does not vanish at once.
    overviews has an entry per version and model id. progress is None unless tests run. said is what was done just now,
    failed what could not be, problem what could not be read.
    """

    __test__ = False  # pytest: this tests nothing
    subjects: tuple[Subject, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    overviews: Mapping[tuple[str, int, str], Overview] = field(default_factory=dict)
    text: str = ""
    role: str = ""
    which: str = "offered"
    attention: frozenset[Key] = frozenset()
    seeds: int = 3
    files: tuple[Path, ...] = ()
    chosen: tuple[Key, ...] = ()
    model_id: str = ""
    progress: RunProgress | None = None
    reading: str = ""
    sandbox: SandboxState = field(default_factory=SandboxState)
    problem: str = ""
    failed: str = ""
    said: str = ""
    is_loaded: bool = False

    @property
    def shown(self) -> tuple[Subject, ...]:
        """What the filters leave."""
        return tuple(subject for subject in self.subjects if self._is_shown(subject))

    @property
    def runnable(self) -> tuple[Key, ...]:
        """What is shown and can be run."""
        return tuple(subject.key for subject in self.shown if not subject.problem)

    @property
    def can_run(self) -> bool:
        """Whether tests can be run now."""
        return self.is_loaded and self.progress is None and self.sandbox.phase != "off" and bool(self.models)

    @property
    def current(self) -> Subject | None:
        """The version whose results are shown."""
        return self.subject(self.chosen[0]) if self.chosen else None

    def subject(self, key: Key) -> Subject | None:
        """The version with this key."""
        return next((subject for subject in self.subjects if subject.key == key), None)

    def overview(self, subject: Subject, model_id: str) -> Overview | None:
        """What is known of a version on a model."""
        return self.overviews.get((*subject.key, model_id))

    def older(self, subject: Subject, model_id: str) -> Overview | None:
        """What is known of the version before it that has results."""
        known = [
            self.overviews[*other.key, model_id]
            for other in self.subjects
            if other.key[0] == subject.key[0]
            and other.key[1] < subject.key[1]
            and (*other.key, model_id) in self.overviews
        ]
        return next((one for one in reversed(known) if one.results), None)

    def worse_than_older(self, subject: Subject, model_id: str) -> tuple[int, int]:
        """How many runs the version before it passes and this one fails, and that version's number."""
        own, older = self.overview(subject, model_id), self.older(subject, model_id)
        if own is None or older is None:
            return 0, 0
        worse = [each for each in regressions([*older.results, *own.results]) if each.new.version == subject.key[1]]
        return len(worse), older.tested.version.version

    def _is_shown(self, subject: Subject) -> bool:
        version = subject.version
        if self.which == "offered" and not subject.is_offered:
            return False
        if self.which == "attention" and subject.key not in self.attention:
            return False
        if self.role and self.role not in version.roles:
            return False
        words = self.text.casefold().split()
        hay = f"{version.name} {version.id} {version.task} {' '.join(version.tags)}".casefold()
        return all(word in hay for word in words)

    def needs_attention(self, subject: Subject) -> bool:
        """Whether a test fails, cannot be read or is out of date, with the version people get or a newer one."""
        if subject.problem:
            return True
        for model_id in self.models:
            known = self.overview(subject, model_id)
            if known and known.rate and (known.stale or (subject.is_offered and known.rate.passed < known.rate.total)):
                return True
        return False


class TestsModel(QObject):
    """Signals: changed(TestsState)."""

    __test__ = False
    changed = Signal(object)

    def __init__(self, services: Services, sandbox: SandboxModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._sandbox, self._jobs = services, sandbox, jobs
        self._cancel = Event()
        self._run = TestRun(services, jobs, self)
        self._run.progressed.connect(lambda progress: self._show(progress=progress))
        self._run.came.connect(self._on_came)
        self._run.ended.connect(self._on_ended)
        self._run.failed.connect(self._on_run_failed)
        self.state = TestsState(sandbox=sandbox.state, **self._kept())
        sandbox.changed.connect(self._on_sandbox_changed)

    def reload(self) -> None:
        """Read the library's tests and what is known of them, without a model."""
        if self._run.is_running:
            return
        self._cancel.set()
        seeds = range(1, self.state.seeds + 1)
        job = read_known(self._services, seeds, self.state.files)
        self._cancel = self._jobs.start(job, self._on_known, self._on_failed, self._on_reading)

    def search(self, text: str) -> None:
        """Show only prompts with these words."""
        self._filter(text=text)

    def set_role(self, role: str) -> None:
        """Show only this role's prompts, "" for all."""
        self._filter(role=role)

    def set_which(self, which: str) -> None:
        """Show the versions of WHICH."""
        self._filter(which=which, attention=self._needing(self.state))
        self._keep()

    def set_seeds(self, seeds: int) -> None:
        """Run each test with the seeds 1 to this."""
        if seeds != self.state.seeds:
            self._show(seeds=seeds)
            self._keep()
            self.reload()

    def add_model(self, file: Path) -> None:
        """Test on the model in a GGUF file too."""
        self._set_files(dict.fromkeys([*self.state.files, file]))

    def remove_models(self) -> None:
        """Test on the bundled model only; the files stay where they are."""
        self._set_files(())

    def choose(self, keys: Sequence[Key], model_id: str = "") -> None:
        """Show the first of these versions, and run them all when asked."""
        self._show(chosen=tuple(keys), model_id=model_id or self.state.model_id)

    def run(self, keys: Iterable[Key] | None = None) -> None:
        """Run the tests of these versions, by default of all that are shown."""
        state = self.state
        subjects = state.shown if keys is None else [s for key in keys if (s := state.subject(key))]
        wanted = [subject for subject in subjects if not subject.problem]
        if not state.can_run or not wanted:
            return
        self._cancel.set()
        known = [state.overview(subject, model_id) for subject in wanted for model_id in state.models]
        self._show(failed="", said="", reading="")
        seeds = range(1, state.seeds + 1)
        self._run.start([one.key for one in wanted], seeds, state.files, sum(one.missing for one in known if one))

    def stop(self) -> None:
        """Stop; what was done is kept."""
        self._run.stop()

    def start_sandbox(self) -> None:
        """Start the model's process again after it was off."""
        self._sandbox.start()

    def report(self) -> Report:
        """What is known of the shown versions."""
        state = self.state
        results: list[Result] = []
        for subject in state.shown:
            for model_id in state.models:
                known = state.overview(subject, model_id)
                results += known.results if known else ()
        older = frozenset(subject.key for subject in state.subjects if not subject.is_offered)
        worse = [one for one in regressions(results) if (one.new.prompt_id, one.new.version) not in older]
        return Report(summarise(results), tuple(worse), older)

    def export(self, path: Path, form: str) -> None:
        """Write what is shown to a file, in one of FORMATS."""
        report = self.report()
        if not report.summaries:
            self._show(failed="There are no results of this computer to write yet. Test first.", said="")
            return
        try:
            write_atomically(path, f"{FORMATS[form][1](report).rstrip()}\n".encode(), mode=0o644)
        except AppError as error:
            self._show(failed=str(error), said="")
            return
        self._show(said=f"{path.name} is written.", failed="")

    def close(self) -> None:
        """End what runs."""
        self._cancel.set()
        self._run.close()

    # -- what is kept ------------------------------------------------------------------------------------------------

    def _kept(self) -> dict[str, object]:
        kept = self._services.settings.value.window.get(_SETTING)
        if not isinstance(kept, dict):
            return {}
        found: dict[str, object] = {}
        if kept.get("which") in WHICH:
            found["which"] = kept["which"]
        if isinstance(kept.get("seeds"), int):
            found["seeds"] = min(MOST_SEEDS, max(1, kept["seeds"]))
        if isinstance(kept.get("files"), list):
            found["files"] = tuple(Path(file) for file in kept["files"] if isinstance(file, str))
        return found

    def _keep(self) -> None:
        state, settings = self.state, self._services.settings
        kept = {"which": state.which, "seeds": state.seeds, "files": [str(file) for file in state.files]}
        try:
            settings.change(window={**settings.value.window, _SETTING: kept})
        except AppError as error:
            self._show(failed=str(error))

    def _set_files(self, files: Iterable[Path]) -> None:
        self._show(files=tuple(files))
        self._keep()
        self.reload()

    # -- what happened -----------------------------------------------------------------------------------------------

    def _on_reading(self, progress: object) -> None:
        if isinstance(progress, Progress) and not self.state.is_loaded:
            share = f" {progress.done} of {progress.total}" if progress.total else ""
            self._show(reading=f"{progress.note}{share}")

    def _on_known(self, known: Known) -> None:
        names = {one.key[0]: one.version.name.casefold() for one in known.subjects}
        subjects = sorted(known.subjects, key=lambda one: (names[one.key[0]], *one.key))
        old = self.state.overviews
        overviews = {}
        for one in known.overviews:
            key = (one.tested.version.id, one.tested.version.version, one.model_id)
            overviews[key] = one.keeping(old.get(key))
        models = dict(known.models or {})
        model_id = self.state.model_id if self.state.model_id in models else next(iter(models), "")
        self._filter(
            subjects=tuple(subjects), models=models, overviews=overviews, model_id=model_id, reading="", is_loaded=True,
            problem=known.problem,
        )  # fmt: skip

    def _on_came(self, results: tuple[Result, ...]) -> None:
        overviews = dict(self.state.overviews)
        by_key: dict[tuple[str, int, str], list[Result]] = {}
        for result in results:
            by_key.setdefault((result.prompt_id, result.version, result.model_id), []).append(result)
        for key, new in by_key.items():
            if key in overviews:
                overviews[key] = overviews[key].with_results(new)
        self._show(overviews=overviews)

    def _on_ended(self, whole: bool) -> None:
        said = "" if whole else "Stopped. What was done is kept; the next run goes on from there."
        self._show(progress=None, said=said)
        self.reload()

    def _on_run_failed(self, problem: str) -> None:
        self._show(progress=None, failed=problem)
        self.reload()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(problem=str(error), reading="", is_loaded=True)

    def _on_sandbox_changed(self, sandbox: SandboxState) -> None:
        self._show(sandbox=sandbox)

    def _needing(self, state: TestsState) -> frozenset[Key]:
        return frozenset(subject.key for subject in state.subjects if state.needs_attention(subject))

    def _filter(self, **changes: object) -> None:
        """Show other rows; what is chosen is always one of them, so that nothing runs unseen."""
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        if "subjects" in changes:
            changes["attention"] = state.attention | self._needing(state)
            state = replace(state, attention=changes["attention"])
        there = [subject.key for subject in state.shown]
        chosen = tuple(key for key in state.chosen if key in there)
        if not chosen and any(known.rate for known in state.overviews.values()):
            chosen = tuple(there[:1])
        self._show(**changes, chosen=chosen)

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)
