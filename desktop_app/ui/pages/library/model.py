"""What the library shows: hits and facets for what is typed, and one prompt with its versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.using import LessonUse, lessons_by_prompt
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.prompts.search import NO_TASTE, Found, Hit, Taste
from desktop_app.services import Services
from desktop_app.storage.settings import SettingsFile
from desktop_app.ui.feedback_model import FeedbackModel
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.library.shelves import ALL, ShelvesModel
from desktop_app.ui.pages.library.versions_model import VersionsModel
from desktop_app.ui.prompt_values import PromptValues
from desktop_app.ui.use_model import UseModel

if TYPE_CHECKING:
    from desktop_app.ui.pages.library.tests_model import VersionTestsModel
    from desktop_app.ui.sandbox_model import SandboxModel

_SHOW_EVERY_S = 1.0
_MANY_SIMILAR = 5


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What is searched and found; problem says why it cannot be searched, to_mend what is wrong with which files."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    found: Found = Found((), 0)
    favourites: frozenset[str] = frozenset()
    problem: str = ""
    to_mend: tuple[str, ...] = ()
    is_loaded: bool = False


@dataclass(frozen=True, slots=True)
class DetailState:
    """One prompt in the version shown. similar prompts and the lessons that use it come a moment later."""

    prompt: Prompt
    version: PromptVersion
    is_favourite: bool
    similar: tuple[Hit, ...] = ()
    lessons: tuple[LessonUse, ...] = ()


class LibraryModel(QObject):
    """Signals: changed(LibraryState); detail_changed(DetailState); around_changed(DetailState), similar prompts are there."""

    changed = Signal(object)
    detail_changed = Signal(object)
    around_changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, values: PromptValues, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = LibraryState()
        self.detail: DetailState | None = None
        self.use = UseModel(services, values, jobs, self)  # the shown prompt's form and its way out
        self.versions = VersionsModel(jobs, self)
        self.sandbox: SandboxModel | None = None  # where there is one, tests say when it is off
        self.shelves = ShelvesModel(services, self)
        self.shelves.chosen.connect(lambda: self._find(self.state))
        self.use.left_app.connect(self.shelves.reload)
        self.feedback = FeedbackModel(lambda: services.learner, self)
        self.use.left_app.connect(lambda: self.feedback.ask(None))  # they have yet to see how it does
        self._taste, self._lessons = NO_TASTE, None
        self._cancel, self._stop_refresh, self._stop_similar = (
            Event(),
            Event(),
            Event(),
        )  # typing ends a search, never the reading of files

    @cached_property
    def tests(self) -> VersionTestsModel:
        """How the shown version was tested; made when somebody looks."""
        from desktop_app.ui.pages.library.tests_model import VersionTestsModel

        made = VersionTestsModel(self._services, self._jobs, self.sandbox, self)
        if self.detail is not None:
            made.show_version(self.detail.prompt, self.detail.version)
        return made

    @property
    def settings(self) -> SettingsFile:
        """How this person looks at things."""
        return self._services.settings

    def reload(self) -> None:
        """Read the files again, bring the index up to date and search."""
        self._lessons = None
        self.shelves.reload()
        self._taste = self._read_taste()
        self._stop_refresh.set()
        self._stop_refresh = self._jobs.start(self._refresh(), self._on_found, self._on_failed, self._on_hits)

    def search(self, text: str) -> None:
        """Find prompts for text; ends the search before this one."""
        self._find(replace(self.state, text=text))

    def set_filter(self, facet: str, value: str) -> None:
        """Show only prompts with this value, or all again for ""."""
        filters = {key: kept for key, kept in self.state.filters.items() if key != facet} | (
            {facet: value} if value else {}
        )
        self._find(replace(self.state, filters=filters))

    def clear_filters(self) -> None:
        """Show everything again."""
        self.shelves.choose(ALL)
        self._find(replace(self.state, text="", filters={}))

    def select(self, prompt_id: str, version: int | None = None) -> None:
        """Show a prompt, by default in the version that is offered."""
        try:
            prompt = self._services.prompts.get(prompt_id)
        except AppError as error:
            self._show(replace(self.state, problem=str(error)))
            return
        shown = prompt.offered if version is None else prompt.numbered(version)
        starred = prompt_id in self._services.learner.favourites()
        self.detail = DetailState(prompt, shown, starred)
        self.use.show(prompt, shown)
        self.versions.show_version(prompt, shown)
        if "tests" in self.__dict__:
            self.tests.show_version(prompt, shown)
        self.detail_changed.emit(self.detail)
        self.ask_how_it_went()
        self._stop_similar.set()
        self._stop_similar = self._jobs.start(self._around(prompt.id), self._on_around, self._on_failed)

    def ask_how_it_went(self) -> None:
        """Ask about the last copy of the shown prompt: somebody comes back to it."""
        self.feedback.ask_about_last_copy(self.detail.prompt if self.detail is not None else None)

    def select_again(self) -> None:
        """Read the shown prompt anew: somebody decided about it."""
        if self.detail is not None:
            number = self.detail.version.version
            there = [one.version for one in self._versions_of(self.detail.prompt.id)]
            self.select(self.detail.prompt.id, number if number in there else None)

    def open(self, prompt_id: str, version: int | None = None) -> None:
        """Show a prompt that was chosen elsewhere; a search that does not list it gives way."""
        self.select(prompt_id, version)
        listed = any(hit.id == prompt_id for hit in self.state.found.hits)
        if self.detail is not None and self.detail.prompt.id == prompt_id and self.state.is_loaded and not listed:
            self.clear_filters()

    def star(self, starred: bool) -> None:
        """Make the shown prompt a favourite or not."""
        if self.detail is not None:
            self._services.learner.set_favourite(self.detail.prompt.id, starred)
            self.detail = replace(self.detail, is_favourite=starred)
            self.detail_changed.emit(self.detail)
            self._show(replace(self.state, favourites=self._services.learner.favourites()))
            self.shelves.reload()

    def close(self) -> None:
        """End a search that runs and keep what was typed into the form."""
        self._cancel.set()
        self._stop_refresh.set()
        self._stop_similar.set()
        self.use.close()
        if "tests" in self.__dict__:
            self.tests.close()

    def _versions_of(self, prompt_id: str) -> tuple[PromptVersion, ...]:
        try:
            return self._services.prompts.get(prompt_id).versions
        except AppError:  # select says why
            return ()

    def _find(self, state: LibraryState) -> None:
        self._cancel.set()
        self._show(state)
        self._cancel = self._jobs.start(
            self._search(state.text, dict(state.filters)), self._on_found, self._on_failed, self._on_hits
        )

    def _search(self, text: str, filters: Mapping[str, str]) -> Job[Found]:
        yield Progress(0)
        return self._found(text, filters)

    def _found(self, text: str, filters: Mapping[str, str]) -> Found:
        shelves = self.shelves.state
        found = self._services.index.find(text, filters, taste=self._taste, restrict_to=shelves.ids)
        if shelves.has_order and not text.strip():
            place = {prompt_id: at for at, prompt_id in enumerate(shelves.ids or ())}
            found = replace(found, hits=tuple(sorted(found.hits, key=lambda hit: place[hit.id])))
        return found

    def _around(self, prompt_id: str) -> Job[tuple[str, tuple[Hit, ...], tuple[LessonUse, ...]]]:
        yield Progress(0)
        if self._lessons is None:
            self._lessons = lessons_by_prompt(self._services.lessons.lessons())
        return prompt_id, self._services.index.similar(prompt_id, limit=_MANY_SIMILAR), self._lessons.get(prompt_id, ())

    def _on_around(self, found: tuple[str, tuple[Hit, ...], tuple[LessonUse, ...]]) -> None:
        prompt_id, similar, lessons = found
        if self.detail is not None and self.detail.prompt.id == prompt_id:
            self.detail = replace(self.detail, similar=similar, lessons=lessons)
            self.around_changed.emit(self.detail)

    def _refresh(self) -> Job[Found]:
        yield Progress(0)
        shown = monotonic()
        for progress in self._services.update_index():
            yield progress
            if monotonic() > shown + _SHOW_EVERY_S:  # a library that is read for the first time fills as it is read
                yield self._found(self.state.text, self.state.filters)
                shown = monotonic()
        return self._found(self.state.text, self.state.filters)

    def _read_taste(self) -> Taste:
        learner = self._services.learner
        profile = learner.profile()
        uses: Counter[str] = Counter()
        for (prompt_id, _), count in learner.usage.use_counts().items():
            uses[prompt_id] += count
        ratings: dict[str, list[int]] = {}
        for said in learner.usage.feedback():
            if said.rating is not None:
                ratings.setdefault(said.prompt_id, []).append(said.rating)
        means = {prompt_id: sum(given) / len(given) for prompt_id, given in ratings.items()}
        return Taste(profile.role if profile else "everyone", learner.favourites(), uses, means)

    def _on_hits(self, found: object) -> None:
        if isinstance(found, Found) and found.hits:
            self._show(replace(self.state, found=found))

    def _on_found(self, found: Found) -> None:
        problems = self._services.index.problems()
        to_mend = tuple(f"{'/'.join(one.path.parts[-3:])}: {one.message}" for one in problems)
        favourites = self._services.learner.favourites()
        self._show(replace(self.state, found=found, problem="", to_mend=to_mend, is_loaded=True, favourites=favourites))

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(replace(self.state, problem=str(error), is_loaded=True))

    def _show(self, state: LibraryState) -> None:
        self.state = state
        self.changed.emit(state)
