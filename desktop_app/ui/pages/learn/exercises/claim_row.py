"""One claim with its two verdicts, and afterwards what the key says of it and why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QVBoxLayout, QWidget

from desktop_app.lessons.claims import Key
from desktop_app.ui.theme import CARD_RADIUS, Restyler, Theme
from desktop_app.ui.widgets.basic import Button, Icon, column, label, row

_WORDS = {True: "Supported", False: "Not supported"}


class ClaimRow(QFrame):
    """A claim; the selected one is the Tab stop of its list, the arrow keys go to the others.

    Signals: selected(), judged(bool). key_pressed gets each key and says whether it was meant for the list.
    """

    selected = Signal()
    judged = Signal(bool)

    def __init__(self, theme: Theme, number: int, count: int) -> None:
        super().__init__()
        self._theme, self._number, self._count = theme, number, count
        self.key_pressed: Callable[[QKeyEvent], bool] = lambda _: False
        self._current = False
        self.text = label("", wrap=True)
        self.supported = Button(theme, "Supported", "check", tip="The source says so (S)")
        self.not_supported = Button(theme, "Not supported", "x", tip="The source does not say so (N)")
        self._group = QButtonGroup(self)
        for button, verdict in ((self.supported, True), (self.not_supported, False)):
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # for the mouse; the claim itself takes S and N
            button.setAccessibleName(f"Claim {number}: {_WORDS[verdict]}")
            button.clicked.connect(lambda _=False, verdict=verdict: self._on_clicked(verdict))
            self._group.addButton(button)
        self._icon = Icon(theme, "info")
        self._verdict = label("", "strong", wrap=True)
        self._why = label("", "muted", wrap=True)
        self._result = QWidget()
        self._result.setObjectName("clear")
        result = row(self._icon, column(self._verdict, self._why, spacing=2), spacing=8)
        result.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        result.setStretch(1, 1)
        self._result.setLayout(result)
        self._buttons = QWidget()
        self._buttons.setObjectName("clear")
        self._buttons.setLayout(row(self.supported, self.not_supported, 1, spacing=8))
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 10, 12, 10)
        box.setSpacing(8)
        box.addWidget(self.text)
        box.addWidget(self._buttons)
        box.addWidget(self._result)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        Restyler(theme, self, self._restyle)

    def show_claim(self, key: Key, verdict: bool | None, *, is_current: bool, checked: bool) -> None:
        """Show the claim with its verdict, and the key once it is checked."""
        self.text.setText(key.claim.text)
        self._group.setExclusive(False)
        self.supported.setChecked(verdict is True)
        self.not_supported.setChecked(verdict is False)
        self._group.setExclusive(True)
        self._buttons.setVisible(not checked)
        self._result.setVisible(checked)
        said = "not judged" if verdict is None else _WORDS[verdict].lower()
        outcome = ""
        if checked and verdict is not None:
            icon, color, words = _outcome(key.supported, verdict)
            self._icon.show_icon(icon, color)
            self._verdict.setText(words)
            self._why.setText(key.why)
            outcome = f" {words} {key.why}"
        self.setAccessibleName(f"Claim {self._number} of {self._count}: {key.claim.text} You said: {said}.{outcome}")
        self.setAccessibleDescription("" if checked else "S for supported, N for not supported.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_current else Qt.FocusPolicy.ClickFocus)
        if is_current != self._current:
            self._current = is_current
            self._restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Judge or move; other keys are the page's."""
        if not self.key_pressed(event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select this claim."""
        super().mousePressEvent(event)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.selected.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A claim that takes the keyboard is the selected one."""
        super().focusInEvent(event)
        self.selected.emit()

    def _on_clicked(self, verdict: bool) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.judged.emit(verdict)

    def _restyle(self) -> None:
        t = self._theme.tokens
        ground, edge = (t.sunken, t.edge) if self._current else (t.surface, t.hairline)
        self.setStyleSheet(
            f"ClaimRow {{ background: {ground}; border: 1px solid {edge}; border-radius: {CARD_RADIUS - 2}px; }}"
            f"ClaimRow:focus {{ border: 2px solid {t.accent}; }}"
        )


def _outcome(supported: bool | None, verdict: bool) -> tuple[str, str, str]:
    """Icon, its colour and words for a checked claim."""
    if supported is None:
        return "user", "muted", f"You said {_WORDS[verdict].lower()}. No key."
    if supported == verdict:
        return "circle-check", "good", f"Right: {_WORDS[supported].lower()}."
    if verdict:
        return "circle-x", "danger", "You believed it, but it is not supported."
    return "triangle-alert", "caution", "You distrusted it, but it is supported."
