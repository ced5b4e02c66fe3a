"""The open file: its text, whether it is saved, what is wrong with it, what it looks like, and that it is never lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from desktop_app.errors import AppError, ContentError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.content_folder import content_root, kind_of, lesson_ids
from desktop_app.lessons.documents import parse_document
from desktop_app.lessons.glossary import Glossary, GlossaryLibrary
from desktop_app.lessons.known import Known, known_in
from desktop_app.lessons.lint import lint_text
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.paths import parse_path
from desktop_app.lessons.preview import Preview, document_pieces, path_pieces
from desktop_app.lessons.problem import Problem
from desktop_app.prompts.diff import Change, word_diff
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically
from desktop_app.storage.yaml_text import read_utf8
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.studio.recovery import Kept, Recovery
from desktop_app.ui.pages.studio.state import FileState, Notice, PreviewState
from desktop_app.ui.pages.studio.turns import Turns
from desktop_app.ui.timers import single_shot

_LINT_PAUSE_MS = 120
_KEEP_MS = 2000  # a crash costs at most this much typing
_INLINE_CHARS = 60_000  # a preview of less is made within the keystroke's own frame; more goes to a job
_BIG_PAUSE_MS = 250
_RECOVERED = (("keep", "Keep them"), ("compare-saved", "Compare"), ("discard", "Discard"))
_DISK = (("reload", "Reload"), ("mine", "Keep mine"), ("compare-disk", "Compare"))


class FileModel(QObject):
    """One file at a time. edit is told every change of the text.

    Signals: opened(str), a file's text to show afresh; replaced(str), a text to put in as one change that can be undone;
    changed(FileState); previewed(PreviewState); checked(tuple of Problem); compared(str, tuple of Change), a title and
    what differs; saved(Path).
    """

    opened = Signal(str)
    replaced = Signal(str)
    changed = Signal(object)
    previewed = Signal(object)
    checked = Signal(object)
    compared = Signal(str, object)
    saved = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.recovery = Recovery(services.learner)
        self.state, self.text, self.problems, self.preview = FileState(), "", (), PreviewState()
        self._saved_text, self._on_disk = "", b""  # what the file held when it was last read or written
        self._kept: Kept | None = None
        self._closed = False
        self._pieces = Preview()
        self._glossary: tuple[Path, GlossaryLibrary] | None = None  # of the content folder the file is in
        self._previews = Turns(jobs, self._make_preview, self._on_previewed)
        self._lints = Turns(jobs, self._make_lint, self._on_checked)
        self._preview_timer = single_shot(self, 0, self._update_preview)
        self._lint_timer = single_shot(self, _LINT_PAUSE_MS, self._lints.ask)
        self._keep_timer = single_shot(self, _KEEP_MS, self.keep)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda _: self.check_disk())
        self._watcher.directoryChanged.connect(lambda _: self.check_disk())
        self._load_choice()

    # -- opening and closing -----------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Show a file; unsaved text of the one before is kept, and what was kept of this one comes back."""
        if path == self.state.path:
            return
        self.close_file()
        try:
            text, data = read_utf8(path), path.read_bytes()
        except (ContentError, OSError) as error:
            self._show(FileState(None, notice=Notice("failed", f"This file cannot be opened. {error}", "danger")))
            return
        self._take(text, data)
        ends = "\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else "\n"
        self._show(FileState(path, kind_of(path), line_end=ends))
        self._watch()
        self.opened.emit(text)
        self._update_preview()
        self._lints.ask()
        self.bring_back()

    def bring_back(self) -> None:
        """Put unsaved text of an earlier session into the open file; again once the keyring has answered."""
        path = self.state.path
        if path is None or self.state.changed:
            return
        kept = self.recovery.find(path)
        if kept is None or kept.text == self.text:
            return
        self._kept = kept
        self.replaced.emit(kept.text)
        self.edit(kept.text)
        self._notify(
            Notice("recovered", f"Unsaved changes from {_clock(kept.at)} were brought back.", "good", _RECOVERED)
        )

    def on_keyring(self) -> None:
        """The keyring was asked: from now on unsaved text can be kept, or the trainer has to be told that it cannot."""
        if self.state.path is None:
            return
        if self.state.changed:
            self.keep()
            self._warn_unkept()
        else:
            self.bring_back()

    def close_file(self) -> None:
        """Keep what is not saved and forget the file."""
        self.keep()
        self._preview_timer.stop()
        self._lint_timer.stop()
        self._previews.cancel()
        self._lints.cancel()
        self._unwatch()
        self.text, self._saved_text, self._on_disk, self._kept = "", "", b"", None
        self._show(FileState())
        self._on_checked(())

    def close(self) -> None:
        """The window closes: keep what is not saved, and do nothing any more."""
        self.keep()
        self._closed = True
        for timer in (self._preview_timer, self._lint_timer, self._keep_timer):
            timer.stop()
        self._previews.cancel()
        self._lints.cancel()
        self._unwatch()

    # -- typing ------------------------------------------------------------------------------------------------------

    def edit(self, text: str) -> None:
        """Take the text as it is now."""
        if text == self.text or self.state.path is None:
            return
        self.text = text
        self._lints.cancel()  # what it would say is about the text before
        self._lint_timer.start()
        if len(text) <= _INLINE_CHARS:
            self._preview_timer.start(0)
        elif not self._preview_timer.isActive():
            self._preview_timer.start(_BIG_PAUSE_MS)
        if not self._keep_timer.isActive():
            self._keep_timer.start()
        changed = text != self._saved_text
        if changed != self.state.changed:
            self._show(replace(self.state, changed=changed, said=""))
            self._warn_unkept()

    def keep(self) -> None:
        """Keep what is not saved, in case the app ends without a word."""
        self._keep_timer.stop()
        path = self.state.path
        if path is None or self._closed:
            return
        try:
            if self.state.changed:
                self.recovery.keep(path, self.text)
            elif self._kept is None:
                self.recovery.forget(path)
        except AppError as error:
            self._notify(Notice("failed", f"Unsaved text is not being kept. {error} Save with Ctrl+S.", "danger"))

    # -- saving ------------------------------------------------------------------------------------------------------

    def save(self, *, anyway: bool = False) -> bool:
        """Write the file, unless another program changed it meanwhile; True if it was written."""
        path = self.state.path
        if path is None or (not self.state.changed and not anyway):
            return False
        if not anyway and self._differs() is not None:
            self.check_disk()
            return False
        try:
            data = self.text.replace("\n", self.state.line_end).encode()
            write_atomically(path.resolve(), data, mode=_mode(path))
        except UnicodeEncodeError as exc:
            line = exc.object.count("\n", 0, exc.start) + 1
            said = f"Line {line} has half a character that no file can hold. Delete it and save again."
            self._notify(Notice("failed", said, "danger"))
            return False
        except AppError as error:
            self._notify(Notice("failed", f"Not saved. {error}", "danger"))
            return False
        self._take(self.text, data)
        self._kept = None
        self.recovery.forget(path)
        self._watch()
        self._show(replace(self.state, changed=False, notice=None, said=f"Saved at {datetime.now():%H:%M}"))
        self.saved.emit(path)
        self._lints.ask()
        return True

    # -- the file on disk --------------------------------------------------------------------------------------------

    def check_disk(self) -> None:
        """Notice that another program changed or removed the file."""
        path, data = self.state.path, self._differs()
        if path is None or data is None or self._closed:
            if self.state.notice and self.state.notice.kind in ("disk", "gone"):
                self._notify(None)  # it is as it was again
            return
        if data == b"" and not path.exists():
            actions = (("again", "Save it again"), ("close", "Close it"))
            self._notify(
                Notice("gone", f"{path.name} was moved or deleted. Its text is still here.", "caution", actions)
            )
        elif self.state.changed:
            self._notify(Notice("disk", f"{path.name} was changed by another program.", "caution", _DISK))
        else:
            self._reload(path, "The file was changed by another program and read again.")
        self._watch()

    def act(self, name: str) -> None:
        """Do what a notice offers."""
        path, kept = self.state.path, self._kept
        if path is None:
            return
        if name == "reload":
            self._reload(path, "Read again. Ctrl+Z brings your text back.")
        elif name == "mine":
            self._on_disk = _bytes(path)
            self._notify(None)
            self.save(anyway=True)
        elif name == "compare-disk":
            self._compare("What is on disk (struck out) and your text (underlined)", _decoded(_bytes(path)))
        elif name == "compare-saved":
            self._compare("The saved file (struck out) and your text (underlined)", self._saved_text)
        elif name == "discard" and kept is not None:
            self._kept = None
            self._put(self._saved_text)
            self.keep()
            self._show(replace(self.state, notice=None, said="Discarded. Ctrl+Z brings them back."))
        elif name == "keep":
            self._kept = None
            self._notify(None)
        elif name == "again":
            self.save(anyway=True)
        elif name == "close":
            self.close_file()
            self.opened.emit("")
        elif name in ("beside", "no"):
            self.recovery.beside = name == "beside"
            self._remember_choice()
            self._notify(None)
            self.keep()

    def _reload(self, path: Path, said: str) -> None:
        try:
            text = read_utf8(path)
        except ContentError as error:
            self._notify(Notice("failed", f"The changed file cannot be read. {error}", "danger"))
            return
        self._saved_text, self._on_disk = text, _bytes(path)
        self._put(text)
        self.keep()
        self._show(replace(self.state, notice=None, said=said))

    def _put(self, text: str) -> None:
        self.replaced.emit(text)
        self.edit(text)
        self._show(replace(self.state, changed=self.text != self._saved_text))

    def _take(self, text: str, data: bytes) -> None:
        self.text, self._saved_text, self._on_disk = text, text, data

    def _differs(self) -> bytes | None:
        """The bytes on disk if they are not those last read or written."""
        path = self.state.path
        if path is None:
            return None
        data = _bytes(path)
        return data if data != self._on_disk or not path.exists() else None

    def _watch(self) -> None:
        """Watch the file and, as editors replace files instead of changing them, its folder."""
        path = self.state.path
        if path is not None:
            self._unwatch()  # a watch on a file that was replaced would go on looking at the one before
            self._watcher.addPaths([str(one) for one in (path, path.parent) if one.exists()])

    def _unwatch(self) -> None:
        if watched := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(watched)

    def _compare(self, title: str, before: str) -> None:
        self._jobs.start(_diff(before, self.text), lambda changes: self.compared.emit(title, changes), self._on_failed)

    # -- preview and problems ----------------------------------------------------------------------------------------

    def _update_preview(self) -> None:
        path = self.state.path
        if path is None:
            return
        if len(self.text) <= _INLINE_CHARS:
            self._on_previewed(self._preview_of(self.text, path))
        else:
            self._previews.ask()

    def _make_preview(self) -> Job[PreviewState | None]:
        text, path = self.text, self.state.path
        yield Progress(0)
        return self._preview_of(text, path) if path else None

    def _preview_of(self, text: str, path: Path) -> PreviewState:
        match kind_of(path):
            case "lesson":
                lesson, _ = parse_lesson(text, path)
                words = "" if lesson else "Start the file with front matter between --- lines; then it is shown here."
                pieces = self._pieces.pieces(lesson, self._words(path, lesson.language)) if lesson else ()
                return PreviewState(pieces, lesson, path.parent, words)
            case "document":
                document, _ = parse_document(text, path)
                words = "" if document else "Start the file with front matter between --- lines."
                return PreviewState(document_pieces(document) if document else (), None, path.parent, words)
            case "path":
                learning_path, _, _ = parse_path(text, path)
                titles = {str(one.id): one.title for one in self._services.lessons.lessons()}
                titles |= {one: titles.get(one, one) for one in lesson_ids(content_root(path))}
                pieces = path_pieces(learning_path, titles) if learning_path else ()
                return PreviewState(pieces, None, path.parent, "" if pieces else "Write each field as name: value.")
        return PreviewState(words="A list has no preview. Problems below say what to correct.")

    def _words(self, path: Path, language: str) -> Glossary:
        root = content_root(path)
        if self._glossary is None or self._glossary[0] != root:
            self._glossary = root, GlossaryLibrary((root, *self._services.locations.content))
        return self._glossary[1].in_language(language)

    def _make_lint(self) -> Job[tuple[Problem, ...]]:
        text, path = self.text, self.state.path
        known = None if path is None else self.known_for(path)
        yield Progress(0)
        return () if path is None or known is None else tuple(lint_text(text, path, known(), date.today()))

    def known_for(self, path: Path) -> Callable[[], Known]:
        """What references in a file may name; calling the result reads files, so that belongs into a job."""
        lessons = {*self._services.lessons.ids(), *lesson_ids(content_root(path))}
        folders, prompts = self._services.locations.content, self._services.prompts
        return lambda: _known(folders, lessons, prompts.references(), path)

    def _on_previewed(self, preview: PreviewState | None) -> None:
        if preview is not None and preview != self.preview:
            self.preview = preview
            self.previewed.emit(preview)

    def _on_checked(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        self.checked.emit(problems)

    def _on_failed(self, error: Exception) -> None:
        raise error

    # -- small things ------------------------------------------------------------------------------------------------

    def _warn_unkept(self) -> None:
        declined = self._choice().get("beside") is False
        if (
            not self.state.changed
            or self.state.notice
            or not self.recovery.asked
            or self.recovery.is_lasting
            or declined
        ):
            return
        said = "This computer has no keyring, so a crash takes unsaved text with it. A hidden file beside the lesson can keep it."
        actions = (("beside", "Keep a recovery file"), ("no", "No, I save often"))
        self._notify(Notice("keyring", said, "caution", actions))

    def _choice(self) -> dict[str, object]:
        kept = self._services.settings.value.window.get("studio")
        return dict(kept) if isinstance(kept, dict) else {}

    def _load_choice(self) -> None:
        self.recovery.beside = self._choice().get("beside") is True

    def _remember_choice(self) -> None:
        window = dict(self._services.settings.value.window)
        self._services.settings.change(window=window | {"studio": self._choice() | {"beside": self.recovery.beside}})

    def _notify(self, notice: Notice | None) -> None:
        if notice != self.state.notice:
            self._show(replace(self.state, notice=notice))

    def _show(self, state: FileState) -> None:
        self.state = state
        self.changed.emit(state)


def _known(folders: tuple[Path, ...], lessons: set[str], prompts: frozenset[str], path: Path) -> Known:
    try:
        return known_in(folders, lessons, prompts, [path])
    except ContentError:  # a list of terms with a fault of its own, which its own file shows
        return Known(lessons, prompts)


def _diff(before: str, after: str) -> Job[tuple[Change, ...]]:
    yield Progress(0)
    return word_diff(before, after)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _mode(path: Path) -> int:
    """The file's rights, or what a new content file gets."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o644


def _clock(at: datetime) -> str:
    local = at.astimezone()
    return f"{local:%H:%M}" if local.date() == date.today() else f"{local:%d %B, %H:%M}"
