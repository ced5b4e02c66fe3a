"""The rail: where one can go, and whether the sandbox is shut. Only icons where the window is narrow for its text size."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QVBoxLayout

from desktop_app.ui.sandbox_model import SandboxState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Icon, label, row, set_tone

_WIDE_PX, _SLIM_PX = 208, 68
_MARGIN, _BRAND_PX = 12, 22
_ROOM_PX = 820  # a window narrower than this, at 100 %, keeps its width for the page
_BADGE_ICONS = {
    "good": ("shield-check", "accent"),
    "plain": ("shield-check", "muted"),
    "caution": ("shield-alert", "caution"),
    "danger": ("shield-off", "danger"),
}


class Rail(QFrame):
    """Signals: page_chosen(name)."""

    page_chosen = Signal(str)

    def __init__(self, theme: Theme, pages: Mapping[str, tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName("rail")
        self._theme, self._pages, self._sandbox = theme, pages, SandboxState()
        self._slim: bool | None = None
        self._counts: dict[str, int] = {}
        self._build()

    def _build(self) -> None:
        self._name = label("Greenroom", "strong")
        self._brand = row(Icon(self._theme, "sprout", "accent", _BRAND_PX), self._name, 1, spacing=8)
        self.buttons: dict[str, Button] = {}
        for number, (name, (title, icon)) in enumerate(self._pages.items(), 1):
            button = Button(self._theme, title, icon, kind="nav", shortcut=f"Ctrl+{number}")
            button.setCheckable(True)
            button.setAccessibleName(title)
            button.clicked.connect(lambda _=False, page=name: self.page_chosen.emit(page))
            self.buttons[name] = button
        self.badge = Button(self._theme, " ", "shield-check", kind="badge", tip="What the sandbox's self-test showed")
        *first, last = self.buttons.values()
        box = QVBoxLayout(self)
        box.setContentsMargins(_MARGIN, 16, _MARGIN, 16)
        box.setSpacing(4)
        box.addLayout(self._brand)
        for button in first:
            box.addWidget(button)
        box.addStretch(1)
        box.addWidget(self.badge)
        box.addSpacing(4)
        box.addWidget(last)

    def show_page(self, name: str) -> None:
        """Mark the page that is shown."""
        # not an exclusive group: in one, Qt takes all but the checked button out of the Tab order
        for other, button in self.buttons.items():
            button.setChecked(other == name)

    def show_count(self, name: str, count: int, what: str) -> None:
        """Say beside a page's name how many there are of what, such as 7 due; 0 takes it away."""
        title, button = self._pages[name][0], self.buttons[name]
        self._counts[name] = count
        button.setAccessibleName(f"{title}, {count} {what}" if count else title)
        native = button.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{button.accessibleName()} ({native})")
        self._show_words(name)

    def _show_words(self, name: str) -> None:
        button = self.buttons[name]
        keys = button.shortcut()
        button.setText(self._words(name))
        button.setShortcut(keys)  # a new text takes the shortcut away (QAbstractButton::setText)

    def _words(self, name: str) -> str:
        count = self._counts.get(name, 0)
        return "" if self._slim else f"{self._pages[name][0]}  ·  {count}" if count else self._pages[name][0]

    def show_sandbox(self, state: SandboxState) -> None:
        """Say whether the sandbox is shut."""
        self._sandbox = state
        self.badge.setText("" if self._slim else f"{state.headline}\n{state.detail}")
        self.badge.setAccessibleName(f"{state.headline}. {state.detail}")
        self.badge.setToolTip(f"{state.headline}. {state.detail}")
        set_tone(self.badge, state.tone)
        self.badge.set_icon(*_BADGE_ICONS[state.tone])

    def fit(self, window_px: int) -> None:
        """Show words where the window has room for them at the present text size."""
        slim = window_px < self._theme.px(_ROOM_PX)
        self.setFixedWidth(self._theme.px(_SLIM_PX) if slim else self._theme.px(_WIDE_PX))
        inner = self.width() - 2 * _MARGIN
        self._brand.setContentsMargins((inner - self._theme.px(_BRAND_PX)) // 2 if slim else 6, 0, 0, 10)
        if slim == self._slim:
            return
        self._slim = slim
        self._name.setVisible(not slim)
        for name, button in self.buttons.items():
            self._show_words(name)
            button.redraw()
            set_tone(button, "yes" if slim else "", "slim")
        self.show_sandbox(self._sandbox)
        self.badge.redraw()
        set_tone(self.badge, "yes" if slim else "", "slim")
