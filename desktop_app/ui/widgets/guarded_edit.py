"""A text field the guard watches: findings are underlined while typing, explained below, and replaced on request."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import Event

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from desktop_app.guard.finding import Finding, utf16_spans
from desktop_app.jobs import Job, Progress
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.timers import single_shot
from desktop_app.ui.widgets.basic import Banner

_PAUSE_MS = 150  # typing settles before the guard reads again
LIMIT_CHARS = 1_500_000
_LINES_BESIDE_FINDINGS = 3  # what the guard says and its button must be in view


class GuardedEdit(QWidget):
    """A plain text editor with the guard below. Signals: text_changed(str); findings_changed(), after each scan."""

    text_changed = Signal(str)
    findings_changed = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, name: str, *, lines: int = 3, placeholder: str = "") -> None:
        super().__init__()
        self._theme, self._jobs, self._lines = theme, jobs, lines
        self.findings: tuple[Finding, ...] = ()
        self._scanned = ""
        self._cancel = Event()
        self.edit = _Plain(self)
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setTabChangesFocus(True)
        self.banner = Banner(theme, action="Replace")
        self.banner.button.setToolTip("Put placeholders such as [EMAIL-1] in their place; Ctrl+Z brings them back")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.edit, 1)
        box.addWidget(self.banner)
        self._timer = single_shot(self, _PAUSE_MS, self.scan_now)
        self.edit.textChanged.connect(self._on_text_changed)
        self.banner.acted.connect(self.replace_findings)
        Restyler(theme, self, self._restyle)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a text in; it can be undone."""
        if text != self.text:
            cursor = QTextCursor(self.edit.document())
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(text)

    def set_scanned_text(self, text: str, findings: tuple[Finding, ...]) -> None:
        """Put a text in that the guard has read already; what it found shows at once. It can be undone."""
        self.set_text(text)
        self._timer.stop()
        self._on_scanned(text, findings)

    def scan_now(self) -> None:
        """Scan without waiting for the pause."""
        self._timer.stop()
        self._cancel.set()
        text = self.text
        self._cancel = self._jobs.start(_scan(text), partial(self._on_scanned, text), self._on_failed)

    def replace_findings(self) -> None:
        """Put placeholders in place of what was found, as one step of undo."""
        from desktop_app.guard.redact import redact

        if self._scanned == self.text:
            cursor = QTextCursor(self.edit.document())
            cursor.beginEditBlock()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(redact(self.text, self.findings).text)
            cursor.endEditBlock()
        self.edit.setFocus()
        self.scan_now()

    def _on_text_changed(self) -> None:
        if len(self.edit.toPlainText()) > LIMIT_CHARS:
            self.edit.undo()
            self.banner.say(
                f"That is more than {LIMIT_CHARS:,} characters; it was not inserted. Cut it to the part that matters.",
                "danger",
                action="",
            )
            return
        self.text_changed.emit(self.text)
        self._timer.start()

    def _on_scanned(self, text: str, found: tuple[Finding, ...]) -> None:
        if text != self.text:
            return
        self._scanned, self.findings = text, found
        self._restyle()
        if found:
            from desktop_app.guard.summary import consequence, summary

            self.banner.say(f"{summary(found)}. {consequence(found)}", "caution", action="Replace")
            self.banner.setToolTip("\n".join(dict.fromkeys(f"{one.label}: {one.reason}" for one in found)))
        else:
            self.banner.say("")
        self.findings_changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self.findings = ()
        self.banner.say(str(error), "danger", action="")

    def _mark(self) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        form = QTextCharFormat()
        form.setBackground(QColor(self._theme.tokens.caution_soft))
        form.setForeground(QColor(self._theme.tokens.caution))
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        form.setUnderlineColor(QColor(self._theme.tokens.caution))
        for start, length in self._spans():
            cursor = QTextCursor(self.edit.document())
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            mark = QTextEdit.ExtraSelection()
            mark.cursor, mark.format = cursor, form  # type: ignore[misc]
            marks.append(mark)
        self.edit.setExtraSelections(marks)

    def _spans(self) -> Sequence[tuple[int, int]]:
        return utf16_spans(self._scanned, self.findings[:500])  # more marks than that help nobody and slow the editor

    def _restyle(self) -> None:
        self.edit.setFont(self._theme.font("body"))
        lines = min(self._lines, _LINES_BESIDE_FINDINGS) if self.findings else self._lines
        height = self.edit.fontMetrics().lineSpacing() * lines + 24
        self.edit.setMinimumHeight(height)
        self.edit.setMaximumHeight(height if self._lines == 1 else 16_777_215)
        self._mark()


class _Plain(QPlainTextEdit):
    """Leaves Ctrl+Return to the page, and Return too where one line is enough (pasted text may still have several)."""

    single_line = False

    def sizeHint(self) -> QSize:
        """No more than the lines asked for; a layout that has room gives more."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """As low as that, or a layout would give it the height of a scroll area with bars."""
        return QSize(super().minimumSizeHint().width(), self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything but what belongs to the page."""
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and (self.single_line or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            event.ignore()
            return
        super().keyPressEvent(event)


def _scan(text: str) -> Job[tuple[Finding, ...]]:
    from desktop_app.guard.scan import scan

    yield Progress(0)
    return scan(text)
