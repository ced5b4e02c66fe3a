"""How the prompts do, from this person's records and the feedback files that were added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.clock import utc_now
from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.evaluate.shipped import ShippedResult, read_shipped, shipped_for
from desktop_app.prompts.feedback import Figures, Given, figures, own, read_files, write_file
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs

_PATHS = "feedback_paths"
_STEP = 50


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """One version's line. tests says how its tests did, such as "9 of 9", with "?" where they are out of date."""

    figures: Figures
    name: str
    tests: str = ""
    tests_share: float | None = None
    is_known: bool = True

    @property
    def key(self) -> tuple[str, int]:
        """Prompt id and version."""
        return self.figures.prompt_id, self.figures.version


@dataclass(frozen=True, slots=True)
class FeedbackPageState:
    """rows has what is most worth mending first; people is how many gave figures; said is what was done just now."""

    rows: tuple[FeedbackRow, ...] = ()
    chosen: tuple[str, int] | None = None
    people: int = 0
    paths: tuple[Path, ...] = ()
    problem: str = ""
    said: str = ""
    is_loaded: bool = False

    @property
    def row(self) -> FeedbackRow | None:
        """The chosen row."""
        return next((row for row in self.rows if row.key == self.chosen), None)


class FeedbackPageModel(QObject):
    """Signals: changed(FeedbackPageState)."""

    changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self._cancel, self._unkept = Event(), ""
        kept = services.settings.value.window.get(_PATHS, [])
        paths = tuple(Path(path) for path in kept if isinstance(path, str)) if isinstance(kept, list) else ()
        self.state = FeedbackPageState(paths=paths)

    def reload(self) -> None:
        """Read everything again, in the background."""
        self._cancel.set()
        try:
            mine = own(self._services.learner)
        except AppError as error:
            self._on_failed(error)
            return
        self._cancel = self._jobs.start(_load(self._services, mine, self.state.paths), self._on_loaded, self._on_failed)

    def add(self, paths: Iterable[Path]) -> None:
        """Count these feedback files, or those in these folders, from now on."""
        self._keep_paths(tuple(dict.fromkeys([*self.state.paths, *paths])), "")

    def forget_files(self) -> None:
        """Count only this person's own records again; the files stay where they are."""
        self._keep_paths((), "Only your own figures are shown now. The files stay where they are.")

    def choose(self, key: tuple[str, int] | None) -> None:
        """Show what was said about one version."""
        self._show(replace(self.state, chosen=key))

    def hand_on(self, path: Path, *, comments: bool) -> None:
        """Write this person's own feedback to a file for the curators."""
        try:
            write_file(path, own(self._services.learner), utc_now().date(), comments=comments)
        except AppError as error:
            self._show(replace(self.state, problem=str(error), said=""))
            return
        self._show(replace(self.state, said=f"{path.name} is written. Hand it to your curators.", problem=""))

    def close(self) -> None:
        """End what runs."""
        self._cancel.set()

    def _keep_paths(self, paths: tuple[Path, ...], said: str) -> None:
        self._show(replace(self.state, paths=paths, said=said))
        settings = self._services.settings
        try:
            settings.change(window={**settings.value.window, _PATHS: [str(path) for path in paths]})
            self._unkept = ""
        except AppError as error:
            self._unkept = str(error)
        self.reload()

    def _on_loaded(self, loaded: tuple[tuple[FeedbackRow, ...], int, str]) -> None:
        rows, people, problem = loaded
        problem = "\n".join(filter(None, (self._unkept, problem)))
        keys = [row.key for row in rows]
        chosen = self.state.chosen if self.state.chosen in keys else keys[0] if keys else None
        self._show(replace(self.state, rows=rows, people=people, problem=problem, chosen=chosen, is_loaded=True))

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(replace(self.state, problem=str(error), is_loaded=True))

    def _show(self, state: FeedbackPageState) -> None:
        self.state = state
        self.changed.emit(state)


def _load(services: Services, mine: Given, paths: tuple[Path, ...]) -> Job[tuple[tuple[FeedbackRow, ...], int, str]]:
    yield Progress(0)
    there = [path for path in paths if path.exists()]
    given, problems = read_files(there)
    words = [str(problem) for problem in problems[:5]]
    words += [f"{path} is not there now; its figures are left out." for path in paths if path not in there]
    everybody = [one for one in (mine, *given) if one.uses or one.feedback]
    found = figures(everybody)
    shipped = _shipped(services, words)
    rows = []
    for done, one in enumerate(found):
        if done % _STEP == 0:
            yield Progress(done, len(found))
        rows.append(_row(services, one, shipped))
    return tuple(rows), len({one.source for one in everybody}), "\n".join(words)


def _shipped(services: Services, words: list[str]) -> list[ShippedResult]:
    found: list[ShippedResult] = []
    for library in services.locations.libraries:
        try:
            found += read_shipped(library)
        except AppError as error:
            words.append(str(error))
    return found


def _row(services: Services, one: Figures, shipped: list[ShippedResult]) -> FeedbackRow:
    try:
        version = services.prompts.get(one.prompt_id).numbered(one.version)
    except (AppError, KeyError):  # used once, and not in the library now
        return FeedbackRow(one, one.prompt_id, is_known=False)
    tested = shipped_for(shipped, version)
    if tested is None:
        return FeedbackRow(one, version.name)
    words = f"{tested.rate.passed} of {tested.rate.total}" + (" ?" if tested.is_stale(version) else "")
    return FeedbackRow(one, version.name, words, tested.rate.rate)
