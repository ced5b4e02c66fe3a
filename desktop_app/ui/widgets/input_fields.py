"""The fields of a prompt's form, one class per type of input. Every text is watched by the guard and can be undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDate, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.errors import AppError
from desktop_app.jobs import Progress
from desktop_app.prompts.file_text import ENDINGS, FileText, read_file_text
from desktop_app.prompts.prompt import Input
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Choice, icon_button, label, row
from desktop_app.ui.widgets.calendar import CalendarPopup
from desktop_app.ui.widgets.guarded_edit import GuardedEdit

FREE = Input(
    "prompt",
    "Your prompt",
    "long_text",
    example="Say the task, give the context, paste the material, name the form of the answer.",
)
_LINES = {"text": 1, "number": 1, "date": 1, "long_text": 5, "file": 6, "clipboard": 5}
_COUNT_FROM = 0.8  # of max_length: before that nobody needs to know
_PROGRESS_AFTER_MS = 500


class InputField(QWidget):
    """One field. Signals: changed(str), with its value; attention(QWidget), which should be in view."""

    changed = Signal(str)
    attention = Signal(object)

    def __init__(self, theme: Theme, item: Input) -> None:
        super().__init__()
        self._theme, self.item = theme, item
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(4)

    @property
    def value(self) -> str:
        """What is in it."""
        raise NotImplementedError

    @property
    def target(self) -> QWidget:
        """What takes the keyboard."""
        raise NotImplementedError

    def set_value(self, text: str) -> None:
        """Put a value in; it can be undone."""
        raise NotImplementedError

    def describe(self, words: str) -> None:
        """Give screen readers what stands beside the field."""
        self.target.setAccessibleName(self.item.label)
        self.target.setAccessibleDescription(words)


class TextField(InputField):
    """Typed text of one line or several, with a count once its limit is near."""

    def __init__(self, theme: Theme, item: Input, jobs: Jobs) -> None:
        super().__init__(theme, item)
        lines = _LINES[item.type]
        self.guarded = GuardedEdit(theme, jobs, item.label, lines=lines, placeholder=_placeholder(item))
        self.guarded.edit.single_line = lines == 1
        self._tools = row()
        self._count = label("", "small")
        self._count.hide()
        self._build()
        self.guarded.text_changed.connect(self._on_text_changed)
        self.guarded.findings_changed.connect(self._on_findings_changed)

    def _build(self) -> None:
        self.box.addWidget(self.guarded, 1)
        self.box.addLayout(self._tools)
        self.box.addWidget(self._count)

    @property
    def edit(self) -> QPlainTextEdit:
        """The editor itself."""
        return self.guarded.edit

    @property
    def value(self) -> str:
        """What is typed."""
        return self.guarded.text

    @property
    def target(self) -> QWidget:
        """The editor."""
        return self.guarded.edit

    def set_value(self, text: str) -> None:
        """Put a text in; Ctrl+Z takes it out again."""
        self.guarded.set_text(text)

    def _on_text_changed(self, text: str) -> None:
        most = self.item.max_length
        self._count.setVisible(self.item is not FREE and len(text) >= _COUNT_FROM * most)
        over = f": {len(text) - most:,} too many" if len(text) > most else ""
        self._count.setText(f"{len(text):,} of {most:,} characters{over}")
        self.changed.emit(text)

    def _on_findings_changed(self) -> None:
        if self.guarded.findings:
            self.attention.emit(self.guarded.banner)


class DateField(TextField):
    """A typed date, or one picked in a calendar."""

    def __init__(self, theme: Theme, item: Input, jobs: Jobs) -> None:
        super().__init__(theme, item, jobs)
        today = Button(theme, "Today", tip="Put in today's date")
        self.pick = icon_button(theme, "calendar-days", "Pick a day")
        self.pick.setToolTip("Pick a day (Alt+Down)")
        today.clicked.connect(lambda: self._take(QDate.currentDate()))
        self.pick.clicked.connect(self.open_calendar)
        for button in (self.pick, today):
            button.setAccessibleDescription(item.label)
            self._tools.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.edit.installEventFilter(self)

    def _build(self) -> None:
        self.box.addLayout(row(self.guarded, self._tools, spacing=4))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt+Down opens the calendar, as in every date field."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
            return True
        return super().eventFilter(watched, event)

    def open_calendar(self) -> CalendarPopup:
        """Show a month below the field, at the day that is typed or today."""
        typed = QDate.fromString(self.value.strip(), Qt.DateFormat.ISODate)
        day = typed if typed.isValid() else QDate.currentDate()
        popup = CalendarPopup(self._theme, f"{self.item.label}: pick a day", day, self.pick)
        popup.picked.connect(self._take)
        return popup

    def _take(self, day: QDate) -> None:
        self.set_value(day.toString(Qt.DateFormat.ISODate))
        self.edit.setFocus()


class ClipboardField(TextField):
    """A text that is mostly pasted. The clipboard is read when the button is pressed, never before."""

    def __init__(self, theme: Theme, item: Input, jobs: Jobs) -> None:
        super().__init__(theme, item, jobs)
        self.paste = Button(theme, "Paste", "clipboard-paste", tip="Put in what was copied, in place of what is here")
        self.paste.setAccessibleDescription(item.label)
        self.paste.clicked.connect(self._on_paste_clicked)
        self._said = label("", "small")
        self._tools.addWidget(self.paste)
        self._tools.addWidget(self._said)
        self._tools.addStretch(1)

    def _on_paste_clicked(self) -> None:
        text = QGuiApplication.clipboard().text()
        self._said.setText("" if text.strip() else "There is no text on the clipboard.")
        if text.strip():
            self.set_value(text)
            self.guarded.scan_now()
        self.edit.setFocus()


class FileField(TextField):
    """The text of a file, which is dropped here or chosen; the guard reads it before it is put in."""

    def __init__(self, theme: Theme, item: Input, jobs: Jobs) -> None:
        super().__init__(theme, item, jobs)
        self._jobs = jobs
        self._cancel: Callable[[], object] | None = None
        self.choose_file: Callable[[], str] = self._ask
        self.choose = Button(theme, "Choose a file", "folder-open", tip="Take the text of a file")
        self.stop = Button(theme, "Cancel", "x", kind="quiet", tip="Read no further")
        self.choose.setAccessibleDescription(item.label)
        self.choose.clicked.connect(lambda: self.take(self.choose_file()))
        self.stop.clicked.connect(self.cancel)
        self.stop.hide()
        self.said = label("", "small", wrap=True)
        for widget in (self.choose, self.stop):
            self._tools.addWidget(widget)
        self._tools.addWidget(self.said, 1)
        self._patience = QTimer(self, singleShot=True, interval=_PROGRESS_AFTER_MS)
        self._patience.timeout.connect(self.stop.show)
        for part in (self.edit, self.edit.viewport()):
            part.installEventFilter(self)

    def take(self, path: str) -> None:
        """Read a file's text in the background and put it in."""
        if not path:
            return
        self.cancel()
        self.said.setText("")
        self.choose.setEnabled(False)
        self._patience.start()
        cancelled = self._jobs.start(read_file_text(Path(path)), self._on_read, self._on_failed, self._on_progress)
        self._cancel = cancelled.set if not self.choose.isEnabled() else None  # it may have ended already

    def cancel(self) -> None:
        """Stop reading; what was in the field stays."""
        if self._cancel is not None:
            self._cancel()
            self._end("Not read to the end, so nothing was put in.")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A file that is dropped is read instead of its name being inserted; a text is dropped as everywhere."""
        if isinstance(event, QDropEvent) and (path := _dropped_file(event)):
            if isinstance(event, QDragEnterEvent) or event.type() == QEvent.Type.DragMove:
                event.acceptProposedAction()
            elif event.type() == QEvent.Type.Drop:
                event.acceptProposedAction()
                self.take(path)
            return True
        return super().eventFilter(watched, event)

    def _ask(self) -> str:
        endings = " ".join(f"*{ending}" for ending in ENDINGS)
        return QFileDialog.getOpenFileName(self, self.item.label, "", f"Texts ({endings})")[0]

    def _on_progress(self, step: object) -> None:
        if isinstance(step, Progress) and self.stop.isVisible():
            self.said.setText(step.note)

    def _on_read(self, read: FileText) -> None:
        self._end(f"{read.name}, {len(read.text):,} characters")
        self.guarded.set_scanned_text(read.text, read.findings)
        self.edit.setFocus()

    def _on_failed(self, error: Exception) -> None:
        self._end(str(error) if isinstance(error, AppError) else "")
        if not isinstance(error, AppError):
            raise error

    def _end(self, words: str) -> None:
        self._cancel = None
        self._patience.stop()
        self.stop.hide()
        self.choose.setEnabled(True)
        self.said.setText(words)
        self.attention.emit(self.said)


class ChoiceField(InputField):
    """One of the prompt's choices; Ctrl+Z brings the one before back."""

    def __init__(self, theme: Theme, item: Input) -> None:
        super().__init__(theme, item)
        self.combo = Choice()
        self.combo.addItems(item.choices if item.required and item.default else ("", *item.choices))
        self._before: list[str] = []
        self._now = self.combo.currentText()
        self.box.addWidget(self.combo)
        self.combo.currentTextChanged.connect(self._on_changed)
        self.combo.installEventFilter(self)

    @property
    def value(self) -> str:
        """The chosen one, "" if none is."""
        return self.combo.currentText()

    @property
    def target(self) -> QWidget:
        """The combo box."""
        return self.combo

    def set_value(self, text: str) -> None:
        """Choose text if it is among the choices."""
        self.combo.setCurrentIndex(max(0, self.combo.findText(text)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Undo."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and self._before and event.matches(QKeySequence.StandardKey.Undo):
            self._now = self._before.pop()
            self.set_value(self._now)
            return True
        return super().eventFilter(watched, event)

    def _on_changed(self, text: str) -> None:
        if text != self._now:
            self._before.append(self._now)
            self._now = text
        self.changed.emit(text)


def make_field(theme: Theme, item: Input, jobs: Jobs) -> InputField:
    """The field for an input's type."""
    if item.type == "choice":
        return ChoiceField(theme, item)
    kinds = {"date": DateField, "file": FileField, "clipboard": ClipboardField}
    return kinds.get(item.type, TextField)(theme, item, jobs)


def _placeholder(item: Input) -> str:
    if item is FREE or not item.example:
        return item.example or {"date": "Such as 2026-11-22", "file": "Drop a file here, or type"}.get(item.type, "")
    return f"For example: {item.example}"


def _dropped_file(event: QDropEvent) -> str:
    urls = event.mimeData().urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""
