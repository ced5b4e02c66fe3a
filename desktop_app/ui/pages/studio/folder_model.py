"""The open content folder: its list with problems, and what is done with whole files, each of which can be undone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError, ContentError
from desktop_app.jobs import Job
from desktop_app.lessons.content_folder import (
    Check,
    Entry,
    add_image,
    checked,
    content_root,
    counted,
    duplicate_lesson,
    lesson_ids,
    lessons_folder,
    rename_lesson,
    scan_folder,
)
from desktop_app.lessons.known import Known, known_in
from desktop_app.lessons.lint import lint_text
from desktop_app.lessons.problem import Problem
from desktop_app.lessons.templates import (
    NewLesson,
    create_file,
    create_lesson,
    free_id,
    id_for,
    new_document,
    new_path,
    snippet,
)
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.studio.state import FolderState
from desktop_app.ui.pages.studio.trash import move_to_trash

_MOST_RECENT = 8
_DOCUMENT = "visitor-message"


class FolderModel(QObject):
    """Signals: changed(FolderState), after every change; made(Path), a file to open; gone(Path), a file that is no more."""

    changed = Signal(object)
    made = Signal(object)
    gone = Signal(object)

    def __init__(
        self,
        services: Services,
        jobs: Jobs,
        parent: QObject | None = None,
        to_trash: Callable[[Path], Callable[[], None]] = move_to_trash,
    ) -> None:
        super().__init__(parent)
        self._services, self._jobs, self._to_trash = services, jobs, to_trash
        self.state = FolderState(recent=self._recent())
        self._cancel = Event()
        self._undo: Callable[[], str] | None = None

    # -- the folder --------------------------------------------------------------------------------------------------

    def open(self, chosen: Path) -> bool:
        """Open a content folder, remember it, and check everything in it; False if it is not there."""
        root = content_root(chosen.absolute())
        if not root.is_dir():
            self._show(problem=f"The folder {root} is not there any more. Open another one.")
            return False
        recent = (root, *(one for one in self.state.recent if one != root))[:_MOST_RECENT]
        self._undo = None
        self._show(root=root, entries=(), recent=recent, said="", undo=False, problem="")
        self._remember()
        self.reload()
        return True

    def reload(self) -> None:
        """Read the folder again."""
        self._cancel.set()
        if self.state.root is not None:
            self._show(busy=True)
            job = _scan(self._services, self.state.root)
            self._cancel = self._jobs.start(job, self._on_scanned, self._on_failed, self._on_listed)

    def suggested(self) -> Path | None:
        """The folder to begin with: the last one, else one given with --content."""
        for folder in (*self.state.recent, *reversed(self._services.locations.content[1:])):
            if folder.is_dir():
                return folder
        return None

    def entry(self, path: Path) -> Entry | None:
        """The entry of a file."""
        return next((one for one in self.state.entries if one.path == path), None)

    def note_problems(self, path: Path, problems: tuple[Problem, ...]) -> None:
        """Show in the list what was found in the open file's present text."""
        entries = tuple(counted(one, problems) if one.path == path else one for one in self.state.entries)
        if entries != self.state.entries:
            self._show(entries=entries)

    def note_saved(self, path: Path) -> None:
        """Show a saved file's title and state."""
        entries = tuple(
            replace(checked(one, lambda text, path: ()), errors=one.errors, warnings=one.warnings)
            if one.path == path
            else one
            for one in self.state.entries
        )
        self._show(entries=entries)

    def close(self) -> None:
        """Stop reading."""
        self._cancel.set()

    # -- making ------------------------------------------------------------------------------------------------------

    def taken(self) -> frozenset[str]:
        """The ids of the folder's lessons."""
        return lesson_ids(self.state.root) if self.state.root else frozenset()

    def new_lesson(self, facts: NewLesson) -> bool:
        """Make a lesson from the template; False, with a problem, if that did not work."""
        root = self.state.root
        if root is None:
            return False
        return self._make(
            lambda: create_lesson(self._services.locations.resources, lessons_folder(root), facts),
            f"Made the lesson “{facts.title.strip()}”.",
            whole_folder=True,
        )

    def new_path(self, title: str) -> bool:
        """Make a learning path that starts with the folder's first lesson."""
        first = next((one.lesson for one in self.state.entries if one.kind == "lesson"), "first-lesson")
        return self._new_file("paths", ".yml", title, lambda one: new_path(self._resources, one, title, first))

    def new_document(self, title: str) -> bool:
        """Make a document with something planted in it."""
        return self._new_file("documents", ".md", title, lambda one: new_document(self._resources, one, title))

    def _new_file(self, folder: str, suffix: str, title: str, text: Callable[[str], str]) -> bool:
        root = self.state.root
        if root is None:
            return False

        def make() -> Path:
            taken = {file.stem for file in (root / folder).glob(f"*{suffix}")}
            file_id = id_for(title, taken) or free_id(folder.rstrip("s"), taken)
            file = root / folder / f"{file_id}{suffix}"
            create_file(file, text(file_id))
            return file

        return self._make(make, f"Made “{title.strip()}”.")

    def duplicate(self, entry: Entry) -> bool:
        """Copy a lesson under a new id, as a draft."""
        root = self.state.root
        if root is None:
            return False
        return self._make(lambda: duplicate_lesson(root, entry.lesson), f"Copied “{entry.title}”.", whole_folder=True)

    def _make(self, make: Callable[[], Path], said: str, *, whole_folder: bool = False) -> bool:
        try:
            file = make()
        except AppError as error:
            self._show(problem=str(error))
            return False
        target = file.parent if whole_folder else file

        def undo() -> str:
            self._to_trash(target)
            self.gone.emit(file)
            return f"{target.name} is in the trash."

        self._done(said, undo)
        self.made.emit(file)
        return True

    # -- changing ----------------------------------------------------------------------------------------------------

    def rename(self, entry: Entry, new: str) -> bool:
        """Give a lesson another id, in paths too."""
        root, old = self.state.root, entry.lesson
        if root is None or new == old:
            return False
        try:
            file, paths = rename_lesson(root, old, new)
        except AppError as error:
            self._show(problem=str(error))
            return False

        def undo() -> str:
            back, _ = rename_lesson(root, new, old)
            self.gone.emit(file)
            self.made.emit(back)
            return f"It is {old} again."

        more = f" and changed {paths} path{'s' if paths > 1 else ''}" if paths else ""
        self.gone.emit(entry.path)
        self._done(f"Renamed {old} to {new}{more}. Results of learners hang on the old id.", undo)
        self.made.emit(file)
        return True

    def trash(self, entry: Entry) -> bool:
        """Move a lesson with its folder, or another file, to the system's trash."""
        whole = entry.kind == "lesson" and entry.path.name == "lesson.md"
        target = entry.path.parent if whole else entry.path
        try:
            restore = self._to_trash(target)
        except AppError as error:
            self._show(problem=str(error))
            return False

        def undo() -> str:
            restore()
            if entry.kind != "image":
                self.made.emit(entry.path)
            return f"“{entry.title}” is back."

        self.gone.emit(entry.path)
        self._done(f"“{entry.title}” is in the trash.", undo)
        return True

    def undo(self) -> None:
        """Take the last of these back."""
        step, self._undo = self._undo, None
        if step is None:
            return
        try:
            self._show(said=step(), undo=False, problem="")
        except AppError as error:
            self._show(problem=str(error), undo=False)
        self.reload()

    def dismiss(self) -> None:
        """Say no more about what was done or went wrong."""
        self._show(said="", problem="")

    # -- for the editor ----------------------------------------------------------------------------------------------

    def add_image(self, data: bytes, name: str, file: Path) -> str:
        """Put an image beside a file and return its name, "" with a problem if that did not work."""
        try:
            added = add_image(data, name, file.parent)
        except AppError as error:
            self._show(problem=str(error))
            return ""
        self.reload()
        return added

    def snippet(self, name: str, text: str) -> str:
        """A question or exercise to insert into text; redact gets a document, a new one if there is none."""
        document = ""
        if name == "redact" and self.state.root is not None:
            documents = sorted(file.stem for file in (self.state.root / "documents").glob("*.md"))
            document = documents[0] if documents else self._first_document(self.state.root)
        return snippet(self._resources, name, text, document=document)

    def _first_document(self, root: Path) -> str:
        file = root / "documents" / f"{_DOCUMENT}.md"
        try:
            create_file(file, new_document(self._resources, _DOCUMENT, "A message about a visitor"))
        except AppError as error:
            self._show(problem=str(error))
            return _DOCUMENT
        self._show(said=f"Made documents/{file.name}, which the exercise is about.", problem="")
        self.reload()
        return _DOCUMENT

    # -- inside ------------------------------------------------------------------------------------------------------

    @property
    def _resources(self) -> Path:
        return self._services.locations.resources

    def _done(self, said: str, undo: Callable[[], str]) -> None:
        self._undo = undo
        self._show(said=said, undo=True, problem="")
        self.reload()

    def _on_listed(self, entries: object) -> None:
        if isinstance(entries, tuple):
            # what was known of a file stays until it was checked again, so that nothing flickers
            known = {one.path: one for one in self.state.entries}
            merged = tuple(
                replace(one, errors=known[one.path].errors, warnings=known[one.path].warnings)
                if one.errors is None and one.path in known
                else one
                for one in entries
            )
            self._show(entries=merged)

    def _on_scanned(self, entries: tuple[Entry, ...]) -> None:
        self._show(entries=entries, busy=False)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(entries=(), busy=False, problem=str(error))

    def _recent(self) -> tuple[Path, ...]:
        kept = self._services.settings.value.window.get("studio")
        names = kept.get("recent") if isinstance(kept, dict) else None
        return tuple(Path(name) for name in names if isinstance(name, str)) if isinstance(names, list) else ()

    def _remember(self) -> None:
        window = dict(self._services.settings.value.window)
        kept = window.get("studio")
        studio = (dict(kept) if isinstance(kept, dict) else {}) | {"recent": [str(one) for one in self.state.recent]}
        with contextlib.suppress(AppError):  # a full disk must not keep anybody from opening a folder
            self._services.settings.change(window=window | {"studio": studio})

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _scan(services: Services, root: Path) -> Job[tuple[Entry, ...]]:
    lessons = {*services.lessons.ids(), *lesson_ids(root)}
    prompts = services.prompts.references()
    return (yield from scan_folder(root, _checker(services.locations.content, lessons, prompts, root)))


def _checker(content: tuple[Path, ...], lessons: set[str], prompts: frozenset[str], root: Path) -> Check:
    known: list[Known] = []

    def check(text: str, path: Path) -> list[Problem]:
        if not known:  # made on the job's thread, once
            try:
                known.append(known_in([*content, root], lessons, prompts, []))
            except ContentError:  # a list with a fault of its own, which its own row shows
                known.append(Known(lessons, prompts))
        return lint_text(text, path, known[0], date.today())

    return check
