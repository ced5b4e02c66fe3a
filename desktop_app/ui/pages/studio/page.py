"""Studio's page: connects the models of folder and file with the workbench, and opens trials and exports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget

from desktop_app.errors import AppError
from desktop_app.jobs import Progress
from desktop_app.lessons.content_folder import Entry
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.problem import Problem
from desktop_app.prompts.diff import Change
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.studio.actions import Actions
from desktop_app.ui.pages.studio.exporting import export_lesson
from desktop_app.ui.pages.studio.file_model import FileModel
from desktop_app.ui.pages.studio.folder_model import FolderModel
from desktop_app.ui.pages.studio.state import FileState, FolderState, PreviewState
from desktop_app.ui.pages.studio.trial import Trial
from desktop_app.ui.pages.studio.workbench import Workbench
from desktop_app.ui.palette import Command
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.timers import single_shot

_BIG_CHARS = 60_000  # a longer text is handed on after a pause in typing, not with every key
_BIG_PAUSE_MS = 200
_MOST_NOTES = 4
_CLOSE = (("dismiss", "Close"),)


class StudioPage(QStackedWidget):
    """The workbench, or a trial of the open lesson."""

    def __init__(self, theme: Theme, services: Services, sandbox: SandboxModel, jobs: Jobs) -> None:
        super().__init__()
        self._theme, self._services, self._sandbox, self._jobs = theme, services, sandbox, jobs
        self.choose_folder: Callable[[], str] = lambda: QFileDialog.getExistingDirectory(self, "Open a content folder")
        self.choose_target: Callable[[str], str] = lambda name: QFileDialog.getSaveFileName(self, "Export to", name)[0]
        self.folder, self.file = FolderModel(services, jobs, self), FileModel(services, jobs, self)
        self.bench = Workbench(theme)
        self.addWidget(self.bench)
        self.trial: Trial | None = None
        self._syncing = False
        self._folder_said: tuple[str, str, bool] = ("", "", False)
        self._places: dict[Path, int] = {}
        self._export_cancel = Event()
        self._later = single_shot(self, _BIG_PAUSE_MS, self._hand_on)
        self._actions = Actions(theme, self)
        self.setAcceptDrops(True)
        self._connect()
        self._render_folder(self.folder.state)
        self._render_file(self.file.state)

    def _connect(self) -> None:
        bench, folder, file = self.bench, self.folder, self.file
        folder.changed.connect(self._render_folder)
        folder.made.connect(self.open_file)
        folder.gone.connect(self._on_gone)
        file.changed.connect(self._render_file)
        file.opened.connect(self._on_opened)
        file.replaced.connect(bench.editor.replace_text)
        file.previewed.connect(self._on_previewed)
        file.checked.connect(self._on_checked)
        file.compared.connect(self._on_compared)
        file.saved.connect(folder.note_saved)
        bench.notice.acted.connect(file.act)
        bench.doing.acted.connect(self._on_doing_acted)
        editor = bench.editor
        editor.textChanged.connect(self._on_typed)
        editor.left.connect(self._on_left)
        editor.image_given.connect(self._on_image_given)
        editor.cursorPositionChanged.connect(self._on_cursor_moved)
        editor.verticalScrollBar().valueChanged.connect(lambda _: self._on_editor_scrolled())
        bench.preview.scrolled.connect(self._on_preview_scrolled)
        bench.preview.line_chosen.connect(lambda line: (editor.go_to(line), editor.setFocus()))
        bench.problems.chosen.connect(self._on_problem_chosen)
        bench.tree.chosen.connect(self._on_entry_chosen)
        bench.tree.rename_asked.connect(self.rename)
        bench.tree.trash_asked.connect(self.trash)
        bench.filter.textChanged.connect(bench.tree.filter)
        bench.form.lesson_asked.connect(self._on_lesson_asked)
        bench.form.named.connect(self._on_named)
        bench.form.closed.connect(self._render_start)
        bench.start.open_asked.connect(self.ask_folder)
        bench.start.recent_chosen.connect(self.open)
        bench.start.new_asked.connect(self.new_lesson)
        for view in (bench.diff, bench.picture):
            view.closed.connect(lambda: bench.show_side(bench.preview))
        bench.picture.insert_asked.connect(editor.insert_image)
        QGuiApplication.instance().applicationStateChanged.connect(self._on_app_state_changed)  # type: ignore[union-attr]

    # -- opening -----------------------------------------------------------------------------------------------------

    def restore(self) -> None:
        """Open what was open the last time, or the folder given on the command line."""
        kept = self._services.settings.value.window.get("studio")
        kept = kept if isinstance(kept, dict) else {}
        for name, splitter in self._splitters().items():
            sizes = kept.get(name)
            if isinstance(sizes, list) and all(type(size) is int for size in sizes):
                splitter.setSizes(sizes)
        if type(kept.get("zoom")) is int and 50 <= kept["zoom"] <= 300:
            self.bench.editor.set_zoom(kept["zoom"])
        if (folder := self.folder.suggested()) is not None and self.folder.open(folder):
            file = kept.get("file")
            if isinstance(file, str) and Path(file).is_file() and Path(file).is_relative_to(folder):
                if type(kept.get("line")) is int:
                    self._places[Path(file)] = kept["line"]
                self.open_file(Path(file))

    def open(self, chosen: Path) -> None:
        """Open a content folder, or a file and the folder it is in."""
        if self.folder.open(chosen):
            if self.file.state.path and not self.file.state.path.is_relative_to(self.folder.state.root or chosen):
                self._leave_file()
            target = chosen / "lesson.md" if (chosen / "lesson.md").is_file() else chosen
            if target.is_file():
                self.open_file(target.absolute())

    def ask_folder(self) -> None:
        """Let the person choose a folder."""
        if chosen := self.choose_folder():
            self.open(Path(chosen))

    def open_file(self, path: Path) -> None:
        """Show a file of the folder in the editor."""
        if path == self.file.state.path:
            return
        self._leave_file(to_start=False)
        self.bench.show_side(self.bench.preview)
        self.file.open(path)
        self.bench.tree.mark(path)
        self.bench.editor.go_to(self._places.get(path, 1))
        self.bench.editor.setFocus()

    def _leave_file(self, *, to_start: bool = True) -> None:
        self._hand_on()
        if self.file.state.path is not None:
            self._places[self.file.state.path] = self.bench.editor.line
            if to_start:
                self.file.close_file()

    def on_keyring(self) -> None:
        """The keyring has answered."""
        self.file.on_keyring()

    def close_page(self) -> None:
        """Keep what is unsaved, and how everything stands."""
        self._leave_file(to_start=False)
        self.end_trial()
        self._export_cancel.set()
        self.file.close()
        self.folder.close()
        window = dict(self._services.settings.value.window)
        kept = window.get("studio")
        path = self.file.state.path
        studio = (dict(kept) if isinstance(kept, dict) else {}) | {
            "file": str(path) if path else "",
            "line": self.bench.editor.line,
            "zoom": self.bench.editor.zoom,
            **{name: splitter.sizes() for name, splitter in self._splitters().items()},
        }
        self._services.settings.change(window=window | {"studio": studio})

    def _splitters(self) -> dict[str, QSplitter]:
        return {"panes": self.bench.panes, "work": self.bench.work, "middle": self.bench.middle}

    # -- what can be done --------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        """What the palette offers while Studio is shown."""
        return self._actions.commands()

    def save(self) -> None:
        """Save the file."""
        self._hand_on()
        self.file.save()

    def new_lesson(self) -> None:
        """Ask what a new lesson is to be."""
        self._ask("lesson")

    def new_path(self) -> None:
        """Ask what a new path is called."""
        self._ask("path")

    def new_document(self) -> None:
        """Ask what a new document is called."""
        self._ask("document")

    def _ask(self, what: str, current: str = "") -> None:
        if self.folder.state.root is None:
            self.ask_folder()
        if self.folder.state.root is not None:
            self.bench.form.ask(what, self.folder.taken(), current=current)

    def rename(self) -> None:
        """Ask for another id of the lesson."""
        entry = self._entry()
        if entry is not None and entry.kind == "lesson":
            self._ask("rename", entry.lesson)

    def duplicate(self) -> None:
        """Copy the lesson."""
        entry = self._entry()
        if entry is not None and entry.kind == "lesson":
            self._hand_on()
            self.folder.duplicate(entry)

    def trash(self) -> None:
        """Move the lesson, or another file, to the trash."""
        entry = self._entry()
        if entry is not None:
            self._hand_on()
            self.folder.trash(entry)

    def _entry(self) -> Entry | None:
        """The file that the list's current row or the editor means."""
        if self.bench.tree.hasFocus() or self.file.state.path is None:
            return self.bench.tree.current
        return self.folder.entry(self.file.state.path) or self.bench.tree.current

    def insert(self, name: str) -> None:
        """Insert a question or an exercise."""
        if self.file.state.path is None or self.file.state.kind != "lesson":
            self._say("Open a lesson first: questions and exercises go into lessons.", "caution")
            return
        self._hand_on()
        text = self.folder.snippet(name, self.file.text)
        self.bench.editor.insert_block(text, [piece.line for piece in self.file.preview.pieces])
        self.bench.editor.setFocus()

    def try_lesson(self) -> None:
        """Go through the lesson as it is now, saved or not."""
        self._hand_on()
        path = self.file.state.path
        if path is None or self.file.state.kind != "lesson" or not self._is_sound("try"):
            return
        lesson, _ = parse_lesson(self.file.text, path)
        if lesson is None:
            return
        self.end_trial()
        self.trial = Trial(self._theme, self._services, lesson, self.folder.state.root, self._sandbox, self._jobs)
        self.trial.closed.connect(self.end_trial)
        self.addWidget(self.trial)
        self.setCurrentWidget(self.trial)
        self.trial.start(self.bench.editor.line)

    def end_trial(self) -> None:
        """Go back to writing."""
        trial, self.trial = self.trial, None
        if trial is not None:
            trial.end()
            self.setCurrentWidget(self.bench)
            self.removeWidget(trial)
            trial.deleteLater()
            self.bench.editor.setFocus()

    def export(self, form: str, suffix: str) -> None:
        """Write the lesson in another format."""
        self._hand_on()
        path, root = self.file.state.path, self.folder.state.root
        if path is None or root is None or self.file.state.kind != "lesson" or not self._is_sound("export"):
            return
        lesson, _ = parse_lesson(self.file.text, path)
        target = self.choose_target(str(root.parent / f"{path.parent.name}{suffix}"))
        if lesson is None or not target:
            return
        job = export_lesson(self._services, lesson, root, form, Path(target))
        self._export_cancel = self._jobs.start(
            job, partial(self._on_exported, Path(target)), self._on_export_failed, self._on_export_progress
        )

    def _is_sound(self, what: str) -> bool:
        """True for a lesson without errors; otherwise says what is in the way."""
        path = self.file.state.path
        _, problems = parse_lesson(self.file.text, path) if path else (None, ())
        errors = sum(problem.severity == "error" for problem in problems)
        if errors:
            count = f"{errors} error{'s' if errors > 1 else ''}"
            said = f"The lesson has {count}, and learners could not open it. Correct that first, then {what} it."
            self._say(said, "caution", (("errors", "Show the first"), *_CLOSE))
        return not errors

    # -- the folder --------------------------------------------------------------------------------------------------

    def _render_folder(self, state: FolderState) -> None:
        bench = self.bench
        bench.tree.show_state(state)
        bench.tree.mark(self.file.state.path)
        if (said := (state.problem, state.said, state.undo)) != self._folder_said:
            self._folder_said = said  # what the page itself said since stays otherwise
            undo = (("undo", "Undo"),) if state.undo and not state.problem else ()
            self._say(state.problem or state.said, "danger" if state.problem else "good", undo + _CLOSE)
        self._render_start()
        if not state.busy and self.file.state.path is not None:
            self.folder.note_problems(self.file.state.path, self.file.problems)

    def _render_start(self) -> None:
        state, bench = self.folder.state, self.bench
        bench.show_file(self.file.state.path is not None, has_folder=state.root is not None)
        if state.root is None:
            bench.start.show_no_folder(state.recent, state.problem)
        elif self.file.state.path is None:
            lessons = sum(entry.kind == "lesson" for entry in state.entries)
            bench.start.show_no_file(lessons, state.root.name)

    def _say(self, text: str, tone: str = "plain", actions: tuple[tuple[str, str], ...] = _CLOSE) -> None:
        self.bench.doing.say(text, tone, actions)

    def _on_doing_acted(self, name: str) -> None:
        if name == "undo":
            self.folder.undo()
        elif name == "errors":
            self._say("")
            self.bench.problems.step(0)
        elif name == "cancel":
            self._export_cancel.set()
            self._say("")
        else:
            self._say("")
            self.folder.dismiss()

    def _on_entry_chosen(self, entry: Entry) -> None:
        if entry.kind != "image":
            self.open_file(entry.path)
            return
        path = self.file.state.path
        fits = path is not None and self.file.state.kind == "lesson" and entry.path.parent == path.parent
        if path is None:
            self._say("Open the lesson to see its images beside it.")
            return
        self.bench.picture.show_picture(entry.path, fits=fits)
        self.bench.show_side(self.bench.picture)

    def _on_gone(self, path: Path) -> None:
        if self.file.state.path == path:
            self._leave_file()
            self.bench.editor.show_text("", only_yaml=False)

    def _on_lesson_asked(self, facts: object) -> None:
        if self.folder.new_lesson(facts):  # type: ignore[arg-type]
            self.bench.form.close_form()
        else:
            self.bench.form.show_problem(self.folder.state.problem)

    def _on_named(self, what: str, text: str) -> None:
        if what == "rename":
            entry = self._entry()
            if self.file.state.changed:
                self.save()
            done = entry is not None and self.folder.rename(entry, text)
        else:
            done = self.folder.new_path(text) if what == "path" else self.folder.new_document(text)
        if done:
            self.bench.form.close_form()
        else:
            self.bench.form.show_problem(self.folder.state.problem)

    # -- the file ----------------------------------------------------------------------------------------------------

    def _render_file(self, state: FileState) -> None:
        bench, root = self.bench, self.folder.state.root
        self._render_start()
        notice = state.notice
        bench.notice.say(
            notice.text if notice else "", notice.tone if notice else "plain", notice.actions if notice else ()
        )
        if state.path is None:
            return
        shown = state.path.relative_to(root) if root and state.path.is_relative_to(root) else state.path
        is_original = state.kind == "lesson" and shown.name == "lesson.md"
        bench.crumb.show_text(shown.parent.name if is_original else "  ›  ".join(shown.parts[-2:]))
        bench.crumb.setToolTip(str(state.path))
        bench.status.setText("● Not saved" if state.changed else state.said or "Saved")
        bench.save_button.setEnabled(state.changed)
        for button in (bench.insert_button, bench.try_button):
            button.setEnabled(state.kind == "lesson")

    def _on_opened(self, text: str) -> None:
        self._later.stop()
        self.bench.editor.show_text(text, only_yaml=self.file.state.kind in ("path", "list"))

    def _on_typed(self) -> None:
        if self.bench.editor.document().characterCount() > _BIG_CHARS:
            self._later.start()
        else:
            self._hand_on()
        self.bench.find.text_changed()

    def _hand_on(self) -> None:
        """Tell the model the text as it is now."""
        self._later.stop()
        if self.file.state.path is not None:
            self.file.edit(self.bench.editor.text)

    def _on_left(self) -> None:
        self._hand_on()
        self.file.keep()

    def _on_app_state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.file.check_disk()
        else:
            self._on_left()

    def _on_previewed(self, preview: PreviewState) -> None:
        self.bench.preview.show_state(preview)
        self._on_cursor_moved()

    def _on_checked(self, problems: tuple[Problem, ...]) -> None:
        self.bench.editor.show_problems(problems)
        self.bench.problems.show_problems(problems)
        if self.file.state.path is not None:
            self.folder.note_problems(self.file.state.path, problems)

    def _on_compared(self, title: str, changes: tuple[Change, ...]) -> None:
        self.bench.diff.show_changes(title, changes)
        self.bench.show_side(self.bench.diff)

    def _on_problem_chosen(self, problem: Problem) -> None:
        self.bench.editor.go_to(problem.line, problem.column, select=True)
        self.bench.editor.setFocus()

    def _on_image_given(self, data: bytes, name: str) -> None:
        path = self.file.state.path
        if path is None or self.file.state.kind != "lesson":
            self._say("Images go into lessons. Open one first.", "caution")
        elif added := self.folder.add_image(data, name, path):
            self.bench.editor.insert_image(added)

    # -- text and preview move together ------------------------------------------------------------------------------

    def _on_cursor_moved(self) -> None:
        if not self._syncing:
            self.bench.preview.reveal(self.bench.editor.line)

    def _on_editor_scrolled(self) -> None:
        if not self._syncing:
            self.bench.preview.follow(self.bench.editor.top)

    def _on_preview_scrolled(self, line: float) -> None:
        self._syncing = True
        self.bench.editor.scroll_to(line)
        self._syncing = False

    # -- export ------------------------------------------------------------------------------------------------------

    def _on_export_progress(self, progress: object) -> None:
        if isinstance(progress, Progress):
            self._say(f"{progress.note}…", "plain", (("cancel", "Cancel"),))

    def _on_exported(self, target: Path, notes: tuple[str, ...]) -> None:
        more = f" and {len(notes) - _MOST_NOTES} more" if len(notes) > _MOST_NOTES else ""
        said = f" Not carried over as it was: {'; '.join(notes[:_MOST_NOTES])}{more}." if notes else ""
        self._say(f"Written to {target}.{said}", "caution" if notes else "good")

    def _on_export_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            self._say("")
            raise error
        self._say(f"Not exported. {error}", "danger")

    # -- drag and drop -----------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a folder or a content file."""
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        if (path := _dropped(event)) is not None:
            event.acceptProposedAction()
            self.open(path)


def _dropped(event: QDragEnterEvent | QDropEvent) -> Path | None:
    for url in event.mimeData().urls():
        path = Path(url.toLocalFile()) if url.isLocalFile() else None
        if path is not None and (path.is_dir() or path.suffix in (".md", ".yml")):
            return path
    return None
