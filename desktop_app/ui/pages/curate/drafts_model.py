"""What is being written: drafts only this person sees, and versions in library folders that nobody submitted yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts import deciding
from desktop_app.prompts.deciding import Signer
from desktop_app.prompts.decision import Decision
from desktop_app.prompts.drafting import (
    PersonalDraft,
    continued,
    delete_personal_draft,
    edit_draft,
    new_version,
    personal_drafts,
    restore,
    save_personal_draft,
)
from desktop_app.prompts.interchange.importing import ImportReport, import_paths
from desktop_app.prompts.loading import read_version
from desktop_app.prompts.prompt import PromptId, PromptVersion
from desktop_app.prompts.queue import unsubmitted, writable
from desktop_app.services import Services
from desktop_app.storage.files import make_shared_folder
from desktop_app.storage.yaml_text import read_utf8
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.curate.drafts_text import Checked, check, id_for, new_text
from desktop_app.ui.pages.curate.signing import Desk
from desktop_app.ui.pages.studio.turns import Turns
from desktop_app.ui.timers import single_shot

_KEEP_MS = 800  # what is typed is kept that soon, while typing goes on too
_CHECK_MS = 150
_EDIT = "prompt-edit/"  # what was changed in a library's version and is not saved there yet


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing being written: a person's own, or version in its library folder."""

    id: str
    name: str
    version: PromptVersion | None = None
    state: str = "draft"

    @property
    def key(self) -> tuple[str, Path | None]:
        """What tells it from the others."""
        return self.id, self.version.path if self.version else None

    @property
    def library(self) -> Path | None:
        """The library folder it lies in, None for a person's own."""
        return self.version.path.parent.parent if self.version else None


@dataclass(frozen=True, slots=True)
class DraftsState:
    """problem is what could not be done; said is what was; forgotten is a draft that can be brought back."""

    own: tuple[Draft, ...] = ()
    shared: tuple[Draft, ...] = ()
    libraries: tuple[Path, ...] = ()
    chosen: Draft | None = None
    is_changed: bool = False
    is_loaded: bool = False
    reading: str = ""
    importing: str = ""
    report: ImportReport | None = None
    problem: str = ""
    said: str = ""
    forgotten: tuple[str, str] | None = None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All, a person's own first."""
        return (*self.own, *self.shared)


NO_TARGET = (
    "There is no shared library folder to publish to. Ask IT to start Greenroom with --library and the folder; "
    "until then the prompt stays yours, and you can use it."
)


class DraftsModel(QObject):
    """Signals: changed(DraftsState); opened(str), another text to show; replaced(str), a text that undo takes back;
    checked(Checked); library_changed(), once files were written.
    """

    changed = Signal(object)
    opened = Signal(str)
    replaced = Signal(str)
    checked = Signal(object)
    library_changed = Signal()

    def __init__(self, services: Services, jobs: Jobs, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs, self.desk = services, jobs, desk
        self.state, self.text, self._started = DraftsState(), "", 0.0
        self._is_kept = True
        self._read, self._import = Event(), Event()
        self.latest: Checked | None = None
        self._checks = Turns(jobs, self._check, self._on_checked)
        self._keep_timer = single_shot(self, _KEEP_MS, self.keep)
        self._check_timer = single_shot(self, _CHECK_MS, self._checks.ask)
        desk.changed.connect(self.reload)

    # -- the list ----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read what there is anew, the library folders in the background."""
        self._read.set()
        self._started = monotonic()
        self._show(own=self._own(), libraries=self._libraries())
        self._read = self._jobs.start(unsubmitted(self._libraries()), self._on_read, self._on_failed, self._on_progress)

    def _libraries(self) -> tuple[Path, ...]:
        return writable(self._services.prompts.folders)

    def targets(self) -> tuple[Path, ...]:
        """Where the open draft can be published: writable library folders, and the person's own even before it is there.

        Not the library that comes with the app: the next version of the app replaces it.
        """
        own = self.own_library
        here = self.state.chosen.library if self.state.chosen else None
        not_here = (here, self._services.locations.bundled_library)
        return tuple(one for one in dict.fromkeys((*self._libraries(), own)) if one not in not_here)

    def publish_nowhere(self) -> None:
        """Say why there is no folder to publish to, and who can change that."""
        self._show(problem=NO_TARGET)

    @property
    def own_library(self) -> Path:
        """The folder of the person's own prompts."""
        return self._services.locations.own_library

    @property
    def is_private(self) -> bool:
        """True if the open draft has yet to be published: it is sealed, or lies in the person's own library."""
        chosen = self.state.chosen
        return chosen is not None and chosen.library in (None, self.own_library)

    def _own(self) -> tuple[Draft, ...]:
        try:
            return tuple(_own_draft(one) for one in personal_drafts(self._services.learner))
        except AppError as error:
            self._show(problem=str(error))
            return ()

    def _on_read(self, found: tuple[tuple[PromptVersion, str], ...]) -> None:
        shared = tuple(Draft(str(one.id), one.name, one, state) for one, state in found)
        self._show(shared=shared, is_loaded=True, reading="")

    def _on_progress(self, step: object) -> None:
        if isinstance(step, Progress) and monotonic() > self._started + 0.5:
            self._show(reading=f"Reading the library: {step.done:,} of {step.total or 0:,}")

    # -- beginning ---------------------------------------------------------------------------------------------------

    def begin(self, name: str) -> None:
        """Begin a new prompt of one's own."""
        taken = {*self._services.prompts.ids(), *(one.id for one in self.state.own)}
        profile = self._services.learner.profile()
        self._begin(
            id_for(name, taken), new_text(" ".join(name.split()) or "New prompt", profile.name if profile else "")
        )

    def begin_version(self, prompt_id: str, number: int | None = None) -> None:
        """Begin the next version of a prompt, from its newest version or from an earlier one."""
        try:
            prompt = self._services.prompts.get(prompt_id)
            version = prompt.newest if number is None else prompt.numbered(number)
            text = continued(version) if version == prompt.newest else restore(version)
        except (AppError, KeyError) as error:
            self._show(problem=str(error))
            return
        own = next((one for one in self._own() if one.id == prompt_id), None)
        if own is None:
            self._begin(prompt_id, text)
            return
        self.open(own)
        self.replaced.emit(text)
        self._show(said=f"You had a draft of {prompt_id} already; Ctrl+Z brings its text back.")

    def duplicate(self) -> None:
        """Begin a prompt of its own with the text that is open."""
        if (chosen := self.state.chosen) is not None:
            taken = {*self._services.prompts.ids(), *(one.id for one in self.state.own)}
            self._begin(id_for(f"{chosen.id}-copy", taken), self.text)

    def _begin(self, draft_id: str, text: str) -> None:
        self.keep()
        try:
            save_personal_draft(self._services.learner, draft_id, text)
        except AppError as error:
            self._show(problem=str(error))
            return
        self.reload()
        self.open(next(one for one in self.state.own if one.id == draft_id))

    def open(self, draft: Draft) -> None:
        """Show a draft's text; what was changed and not saved yet comes back."""
        self.keep()
        learner = self._services.learner
        try:
            if draft.version is None:
                text, is_changed = learner.draft(f"prompt-draft/{draft.id}"), False
            else:
                draft = replace(
                    draft, version=read_version(draft.version.path, draft.version.id, draft.version.version)
                )
                saved = read_utf8(draft.version.path)
                text = learner.draft(_edit_key(draft)) or saved
                is_changed = text != saved
        except AppError as error:
            self._show(problem=str(error))
            return
        self.text, self._is_kept, self.latest = text, True, None
        said = "What you had changed and not saved is here again." if is_changed else ""
        self._show(chosen=draft, is_changed=is_changed, problem="", said=said, report=None)
        self.opened.emit(text)
        self._checks.ask()

    def close_draft(self) -> None:
        """Go back to the list."""
        self.keep()
        self._show(chosen=None)

    # -- writing -----------------------------------------------------------------------------------------------------

    def edit(self, text: str) -> None:
        """Take what was typed; it is kept within a second and checked in a moment."""
        if text == self.text or self.state.chosen is None:
            return
        self.text, self._is_kept = text, False
        if not self._keep_timer.isActive():
            self._keep_timer.start()
        self._check_timer.start()
        if not self.state.is_changed:
            self._show(is_changed=True, said="")

    def keep(self) -> None:
        """Keep what is typed, sealed; a person's own draft is saved by that."""
        self._keep_timer.stop()
        chosen = self.state.chosen
        if self._is_kept or chosen is None:
            return
        learner = self._services.learner
        try:
            if chosen.version is None:
                save_personal_draft(learner, chosen.id, self.text or " ")
            else:
                learner.save_draft(_edit_key(chosen), self.text)
        except AppError as error:
            self._show(problem=f"What you typed is not kept yet. {error}")
            return
        self._is_kept = True
        if chosen.version is None:
            self._show(is_changed=False)

    def save(self) -> None:
        """Write the text where the draft lies: into its file in the library, or keep a person's own."""
        chosen = self.state.chosen
        self.keep()
        if chosen is None or chosen.version is None:
            if chosen is not None:
                self._show(said="Kept. Only you can see it until you publish it.")
            return
        text = self.text
        self._start(_job(partial(edit_draft, chosen.version, text)), partial(self._on_saved, chosen, text))

    def _on_saved(self, draft: Draft, text: str, version: PromptVersion) -> None:
        self._services.learner.save_draft(_edit_key(draft), "")
        self._is_kept = True
        self._show(
            chosen=Draft(draft.id, version.name, version), is_changed=text != self.text, problem="",
            said=f"Saved in {draft.version.path.parent.parent.name if draft.version else ''}.",
        )  # fmt: skip
        self._wrote()

    def publish(self, library: Path) -> None:
        """Put the text into a library folder as the prompt's next version; one from the person's own library moves there."""
        chosen = self.state.chosen
        if chosen is None:
            return
        self.keep()
        if library == self.own_library:
            self._services.locations.make_profile()
            make_shared_folder(library)  # not there before the first prompt
        moved = chosen.version.path if chosen.version and self.is_private and library != chosen.library else None
        job = _job(partial(_published, library, chosen.id, self.text, moved))
        self._start(job, partial(self._on_published, chosen))

    def _on_published(self, draft: Draft, version: PromptVersion) -> None:
        if draft.version is None:
            delete_personal_draft(self._services.learner, draft.id)
        else:
            self._services.learner.save_draft(_edit_key(draft), "")
        library = version.path.parent.parent
        self._is_kept = True
        self._show(chosen=Draft(draft.id, version.name, version), is_changed=False, own=self._own(), problem="")
        self._show(said=f"Version {version.version} is in {library.name}. Submit it when it is ready for review.")
        self._wrote()

    def submit(self) -> None:
        """Ask for a review of the open version, as it is in its file."""
        chosen = self.state.chosen
        if chosen is None or chosen.version is None or chosen.library is None:
            return
        try:
            who = self.desk.signer(chosen.library)
        except AppError as error:
            self._show(problem=str(error))
            return
        self._start(_submitted(chosen.version, who), self._on_submitted)

    def _on_submitted(self, made: Decision) -> None:
        name = self.state.chosen.name if self.state.chosen else ""
        self._show(chosen=None, problem="", said=f"{name}, version {made.version}, waits for review.")
        self._wrote()

    def forget(self) -> None:
        """Delete the open draft of one's own; bring_back undoes it."""
        chosen = self.state.chosen
        if chosen is None or chosen.version is not None:
            return
        self._keep_timer.stop()
        self._is_kept = True
        delete_personal_draft(self._services.learner, chosen.id)
        self._show(chosen=None, said=f"{chosen.name} is deleted.", forgotten=(chosen.id, self.text), own=self._own())

    def bring_back(self) -> None:
        """Undo forget."""
        if self.state.forgotten is not None:
            draft_id, text = self.state.forgotten
            self._show(forgotten=None, said="")
            self._begin(draft_id, text)

    # -- importing ---------------------------------------------------------------------------------------------------

    def import_files(self, paths: Sequence[Path]) -> None:
        """Make drafts in the person's own library of prompts of other tools, in the background."""
        own = self._services.locations.own_library
        try:
            self._services.locations.make_profile()
            there = {entry.name for entry in own.iterdir()} if own.is_dir() else set()
        except (AppError, OSError) as error:
            self._show(problem=str(error))
            return
        self._show(importing="Reading the files", report=None, problem="", said="")
        job = import_paths(paths, own, taken=frozenset(self._services.prompts.ids()) - there)
        self._import = self._jobs.start(job, self._on_imported, self._on_import_failed, self._on_import_progress)

    def cancel_import(self) -> None:
        """End the import; what was written stays."""
        self._import.set()
        self._show(importing="", said="The import was stopped. What was written until then is in your library.")
        self._wrote()

    def _on_import_progress(self, step: object) -> None:
        if isinstance(step, Progress):
            of = f" of {step.total:,}" if step.total else ""
            self._show(importing=f"Importing {step.done:,}{of}: {step.note}")

    def _on_imported(self, report: ImportReport) -> None:
        self._show(importing="", report=report)
        self._wrote()

    def _on_import_failed(self, error: Exception) -> None:
        self._show(importing="")
        self._on_failed(error)

    def close_report(self) -> None:
        """Go back to the drafts."""
        self._show(report=None)

    # -- within ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Keep what is typed and end what runs."""
        self.keep()
        self._check_timer.stop()
        self._checks.cancel()
        self._read.set()
        self._import.set()

    def _wrote(self) -> None:
        self.library_changed.emit()
        self.reload()

    def _check(self) -> Job[Checked]:
        chosen = self.state.chosen
        number, path = (
            (chosen.version.version, chosen.version.path)
            if chosen and chosen.version
            else (1, Path("draft.prompt.yml"))
        )
        return check(self.text, chosen.id if chosen else "draft", number, path)

    def _on_checked(self, found: Checked) -> None:
        self.latest = found
        self.checked.emit(found)

    def _start(self, job: Job[object], then: Callable[..., object]) -> None:
        self._jobs.start(job, then, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(problem=str(error), is_loaded=True, reading="")

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _own_draft(one: PersonalDraft) -> Draft:
    return Draft(one.id, one.name)


def _edit_key(draft: Draft) -> str:
    assert draft.version is not None
    return f"{_EDIT}{draft.version.path}"


def _job(do: Callable[[], object]) -> Job[object]:
    yield Progress(0)  # a share may be slow
    return do()


def _published(library: Path, prompt_id: str, text: str, moved: Path | None) -> PromptVersion:
    path = new_version(library, prompt_id, text)
    if moved is not None:
        with suppress(OSError):  # a copy that stays behind is named by lint
            moved.unlink()
            moved.parent.rmdir()  # only if nothing else is in it
    return read_version(path, PromptId(prompt_id), int(path.name.partition(".")[0]))


def _submitted(version: PromptVersion, who: Signer) -> Job[Decision]:
    yield Progress(0)
    return deciding.submit(version, who)
