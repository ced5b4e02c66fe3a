"""Two texts compared word by word, what came underlined, what went struck out."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from desktop_app.prompts.diff import Change
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, label, row

_CONTEXT = 160  # characters of what stayed, before and after a change


class DiffView(QWidget):
    """Signals: closed()."""

    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = label("", "strong", wrap=True)
        self._text = QTextBrowser()
        self._text.setAccessibleName("Comparison")
        self._changes: Sequence[Change] = ()
        theme.changed.connect(self._restyle)
        self._text.setTabChangesFocus(True)
        close = Button(theme, "Close the comparison", "x")
        close.clicked.connect(self.closed)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 0, 0, 0)
        box.addWidget(self._title)
        box.addWidget(self._text, 1)
        box.addLayout(row(1, close))
        self.parts = (self._text, close)  # as Tab goes

    def show_changes(self, title: str, changes: Sequence[Change]) -> None:
        """Show what differs, with a little of what stands around it."""
        self._title.setText(title)
        self._changes = changes
        self._restyle()

    def _restyle(self) -> None:
        t = self._theme.tokens
        parts = []
        for number, change in enumerate(self._changes):
            is_last = number == len(self._changes) - 1
            text = change.text if change.kind != "same" else _shortened(change.text, number == 0, is_last)
            text = html.escape(text).replace("\n", "<br>")
            if change.kind == "added":
                text = f'<span style="background: {t.accent_soft}; text-decoration: underline">{text}</span>'
            elif change.kind == "removed":
                text = f'<span style="background: {t.danger_soft}; text-decoration: line-through">{text}</span>'
            parts.append(text)
        self._text.setHtml("".join(parts) if len(parts) > 1 else "They are the same.")

    @property
    def text(self) -> str:
        """What it shows."""
        return self._text.toPlainText()


def _shortened(text: str, is_first: bool, is_last: bool) -> str:
    """The beginning and the end of what stayed, of the first stretch only the end, of the last only the beginning."""
    if len(text) <= 2 * _CONTEXT:
        return text
    return f"{'' if is_first else text[:_CONTEXT]}\n⋯\n{'' if is_last else text[-_CONTEXT:]}"
