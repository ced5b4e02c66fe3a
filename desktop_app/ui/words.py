"""A word of the glossary at the place where it was clicked: what it means, what to see also, and the way to all words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget

from desktop_app.lessons.glossary import Entry, Glossary
from desktop_app.lessons.render import plain_text, render_inline
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, label, row
from desktop_app.ui.widgets.prose import Prose

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow

_WIDTH_PX, _GAP_PX, _EDGE_PX, _INDENT_PX = 380, 6, 8, 4


def explain_word(window: MainWindow, entry_id: str, language: str) -> None:
    """Open the word's card at the link that has the keyboard, or at the mouse."""
    glossary = window.services.glossary.in_language(language)
    entry = glossary.find(entry_id)
    if entry is None:
        window.banner.say(f"The glossary has no entry “{entry_id}”.", "caution")
        return
    focused = QApplication.focusWidget()
    place = focused.link_place() if isinstance(focused, Prose) else QRect(QCursor.pos(), QSize(1, 1))
    card = WordCard(window.theme, glossary, entry, place, window)
    card.glossary_asked.connect(window.open_glossary)
    card.finished.connect(window.activateWindow)  # the keyboard returns to the link
    card.show()


class WordCard(QDialog):
    """One entry at a time; its links go on to others, Esc or a click elsewhere closes. Signals: glossary_asked(entry id)."""

    glossary_asked = Signal(str)

    def __init__(self, theme: Theme, glossary: Glossary, entry: Entry, place: QRect, parent: QWidget) -> None:
        """place is the link's, in global coordinates: the card opens below it, or above where there is no room."""
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("word")
        self._theme, self._glossary, self._place = theme, glossary, place
        self._build()
        self.show_entry(entry)

    def _build(self) -> None:
        self._term = label("", "section", wrap=True)
        self._also = label("", "small", wrap=True)
        self.text = Prose(self._theme, role="body")
        self.text.link_opened.connect(self._on_link_opened)
        self.open_button = Button(self._theme, "Open the glossary", "book-open", kind="quiet")
        self.open_button.clicked.connect(self._on_open_clicked)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 8)
        box.setSpacing(6)
        for words in (self._term, self._also):
            words.setContentsMargins(_INDENT_PX, 0, 0, 0)  # where the text below begins
        for widget in (self._term, self._also, self.text):
            box.addWidget(widget)
        box.addLayout(row(1, self.open_button))
        self.setFixedWidth(min(self._theme.px(_WIDTH_PX), self.parentWidget().width() - 2 * _EDGE_PX))

    def show_entry(self, entry: Entry) -> None:
        """Show another entry in the same place."""
        self.entry = entry
        self._term.setText(entry.term)
        self._also.setText(f"Also: {', '.join(entry.also)}" if entry.also else "")
        self._also.setVisible(bool(entry.also))
        self.text.show_html(entry_html(self._glossary, entry), f"{entry.term}: {plain_text(entry.text)}")
        self.setAccessibleName(f"Glossary: {entry.term}")
        self.setAccessibleDescription(plain_text(entry.text))
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)
        self._fit()

    def _fit(self) -> None:
        """As tall as the entry, below the link or above it, and never beyond the window."""
        margins = self.layout().contentsMargins()
        inside = self.width() - margins.left() - margins.right()
        self.text.setFixedWidth(inside)
        self.text.document().setTextWidth(inside)  # a widget that is not shown yet learns its width too late
        self.layout().activate()
        height = self.layout().totalHeightForWidth(self.width()) if self.layout().hasHeightForWidth() else -1
        self.setFixedHeight(max(height, self.layout().totalSizeHint().height()))
        window = self.parentWidget()
        frame = QRect(window.mapToGlobal(QPoint(0, 0)), window.size()).adjusted(
            _EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX
        )
        left = max(frame.left(), min(self._place.left(), frame.right() - self.width()))
        top = self._place.bottom() + _GAP_PX
        if top + self.height() > frame.bottom():
            top = self._place.top() - _GAP_PX - self.height()
        self.move(left, max(frame.top(), min(top, frame.bottom() - self.height())))

    def _on_link_opened(self, address: str) -> None:
        if (entry := self._glossary.find(address.removeprefix("glossary:"))) is not None:
            self.show_entry(entry)

    def _on_open_clicked(self) -> None:
        self.close()
        self.glossary_asked.emit(self.entry.id)


def entry_html(glossary: Glossary, entry: Entry) -> str:
    """What an entry says, and links to those to see also."""
    see = ", ".join(f'<a href="glossary:{one.id}">{escape(one.term)}</a>' for one in glossary.see(entry))
    return f"<p>{render_inline(entry.text)}</p>" + (f"<p>See also {see}</p>" if see else "")
