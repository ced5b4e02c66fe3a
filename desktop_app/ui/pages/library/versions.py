"""The versions of a prompt: who decided what and when, and what differs between any two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop_app.prompts.interchange.dialects import NAMES
from desktop_app.ui.pages.library.versions_model import VersionsModel, VersionsState
from desktop_app.ui.standing import state_tone, version_entries
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Banner, Button, Choice, Scroll, fill, icon_button, label, row
from desktop_app.ui.widgets.comparison import Comparison
from desktop_app.ui.widgets.entries import EntryList


class VersionsTab(QWidget):
    """Signals: version_chosen(number); restore_asked(str, int) and review_asked(str, int), with the prompt's id and version;
    try_asked(str, int, int), with two versions to run side by side.
    """

    version_chosen = Signal(object)
    restore_asked = Signal(str, int)
    review_asked = Signal(str, int)
    try_asked = Signal(str, int, int)

    def __init__(self, theme: Theme, model: VersionsModel, mode: str, keep_mode: Callable[[str], object]) -> None:
        """mode is how to compare at first; keep_mode is called when somebody chooses another."""
        super().__init__()
        self._theme, self._model = theme, model
        self._build(mode)
        self.comparison.mode_chosen.connect(keep_mode)
        self.timeline.chosen.connect(self.version_chosen)
        self.before.activated.connect(self._on_picked)
        self.after.activated.connect(self._on_picked)
        self.restore.clicked.connect(lambda: self._ask(self.restore_asked))
        self.review.clicked.connect(lambda: self._ask(self.review_asked))
        self.export.clicked.connect(self.ask_format)
        model.changed.connect(self._render)

    def _build(self, mode: str) -> None:
        self.timeline = EntryList(self._theme, "Versions, newest first", rail=True, lines=3)
        self.before, self.after = Choice(), Choice()
        self.before.setAccessibleName("Compare from version")
        self.after.setAccessibleName("Compare to version")
        self._first = label("The first version: there is nothing to compare it with.", "muted", wrap=True)
        self._standing = Banner(self._theme)
        self.comparison = Comparison(self._theme, mode, grows=True)
        self.restore = Button(self._theme, "Restore", "rotate-ccw", tip="Write a new version that begins with it")
        self.review = Button(self._theme, "Decide", "badge-check", tip="Review, label or withdraw it in Curate")
        self.export = icon_button(self._theme, "download", "Export in another tool's format")
        self.formats = QMenu(self)
        for name in NAMES:
            entry = self.formats.addAction(name)
            entry.triggered.connect(lambda _=False, name=name: self._on_format_chosen(name))
        self._exported = Banner(self._theme)
        self._picks = QWidget()
        self._picks.setObjectName("clear")
        self.try_both = Button(
            self._theme,
            "Compare answers",
            "git-compare",
            kind="quiet",
            tip="Run both versions on the same input, side by side",
        )
        self.try_both.clicked.connect(self._on_try)
        picks = row(label("From", "small"), self.before, label("to", "small"), self.after, 1, self.try_both)
        self._picks.setLayout(picks)
        scroll = self._scroll = Scroll(margins=(0, 12, 4, 0), spacing=8)
        for widget in (self.timeline, self._standing, self._first, self._picks):
            scroll.box.addWidget(widget)
        scroll.box.addWidget(self.comparison)
        scroll.box.addWidget(self._exported)
        scroll.box.addLayout(row(self.restore, self.review, 1, self.export, spacing=6))
        scroll.box.addStretch(1)
        fill(self, scroll)
        Restyler(self._theme, self, self._set_heights)

    def ask_format(self) -> None:
        """Let the person choose in which tool's format the shown version is written."""
        self._scroll.ensureWidgetVisible(self.export, 0, 8)
        self.export.setFocus()
        self.formats.popup(self.export.mapToGlobal(QPoint(0, self.export.height() + 2)))

    def showEvent(self, event: QShowEvent) -> None:
        """Compare from now on."""
        super().showEvent(event)
        self._model.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Compare no more."""
        super().hideEvent(event)
        self._model.watch(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break anew, so entries get other heights."""
        super().resizeEvent(event)
        self._set_heights()

    def _set_heights(self) -> None:
        """Two entries and the beginning of a third, which shows that there are more."""
        self.timeline.setFixedHeight(self.timeline.height_of(2.4))

    def _on_picked(self) -> None:
        before, after = self.before.currentData(), self.after.currentData()
        if before is not None and after is not None:
            self._model.compare(before, after)

    def _on_format_chosen(self, dialect: str) -> None:
        if folder := QFileDialog.getExistingDirectory(self, f"Export as {dialect}: choose a folder"):
            self._model.export(dialect, Path(folder))

    def _on_try(self) -> None:
        prompt, before, after = self._model.state.prompt, self.before.currentData(), self.after.currentData()
        if prompt is not None and before is not None and after is not None:
            self.try_asked.emit(prompt.id, before, after)

    def _ask(self, signal: object) -> None:
        if self._model.state.prompt is not None:
            signal.emit(self._model.state.prompt.id, self._model.state.shown)  # type: ignore[attr-defined]

    def _render(self, state: VersionsState) -> None:
        prompt = state.prompt
        if prompt is None:
            return
        self.timeline.show_entries(version_entries(prompt), state.shown)
        self._set_heights()
        standing = prompt.standing(state.shown)
        tone = "danger" if state_tone(standing.state) == "danger" else "caution"
        self._standing.say("" if standing.usable else standing.reason, tone)
        self.export.setEnabled(standing.usable)
        self._exported.say(state.problem or state.said, "danger" if state.problem else "good")
        numbers = [one.version for one in prompt.versions]
        for box, chosen in ((self.before, state.before), (self.after, state.after)):
            _fill(box, numbers, chosen)
        self._picks.setVisible(len(numbers) > 1)
        self._first.setVisible(state.before is None)
        self.comparison.setVisible(state.before is not None)
        self.comparison.show_parts(state.parts or (), f"Version {state.before}", f"Version {state.after}")


def _fill(box: Choice, numbers: list[int], chosen: int | None) -> None:
    if [box.itemData(at) for at in range(box.count())] != numbers:
        box.clear()
        for number in numbers:
            box.addItem(f"v{number}", number)
    box.setCurrentIndex(numbers.index(chosen) if chosen in numbers else -1)
