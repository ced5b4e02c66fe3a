"""The glossary: every word from A to Z on one page, narrowed while one types, with the lessons that use it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop_app.lessons.glossary import Entry, Glossary, used_in
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.render import render_inline
from desktop_app.services import Services
from desktop_app.ui.theme import READING_WIDTH, Restyler, Theme
from desktop_app.ui.widgets.basic import Button, Scroll, icon_button, label, row, shortcut
from desktop_app.ui.widgets.prose import Prose

_MOST_LESSONS = 4  # named below a word; the others are counted
_NO_GLOSSARY = "There is no glossary here. A content pack brings one as glossary.yml; ask whoever gave you Greenroom."
_SETTLE_MS = 300  # within which the page has its size
_ABOVE_PX = 14  # what stays free above the entry that is asked for


class GlossaryPage(QWidget):
    """Signals: closed(), lesson_chosen(lesson id)."""

    closed = Signal()
    lesson_chosen = Signal(str)

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        self._glossary, self._asked = Glossary(), ""
        self._is_settling = False
        self._used: Mapping[str, tuple[Lesson, ...]] = {}
        self._build()
        self._connect()

    @property
    def shown(self) -> tuple[Entry, ...]:
        """The entries on the page, in order."""
        return self._glossary.search(self.search.text())

    def open(self, entry_id: str = "") -> None:
        """Read the glossary again and show all of it, at an entry if one is named, else from the top."""
        self._glossary = self._services.glossary.in_language(self._services.lessons.language)
        self._used = used_in(self._services.lessons.in_path_order())
        self._go_to(entry_id)
        if not entry_id:
            self._scroll.verticalScrollBar().setValue(0)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        self._leave = icon_button(self._theme, "arrow-left", "Back", shortcut="Alt+Left")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a word")
        self.search.setAccessibleName("Find a word in the glossary")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(self._theme.px(280))
        self._count = label("", "small")
        top = row(self._leave, label("Glossary", "page"), 1, self._count, self.search, spacing=12)
        top.setStretch(2, 1)
        top.setStretch(4, 1)
        top.setContentsMargins(24, 20, 32, 12)
        self.text = Prose(self._theme)
        self._nothing = label("", "muted", wrap=True)
        self._all = Button(self._theme, "Show all words", "list-checks")
        self._scroll = Scroll(max_width=self._theme.px(READING_WIDTH) + 24, margins=(32, 4, 32, 32))
        for widget in (self._nothing, self.text):
            self._scroll.box.addWidget(widget)
        self._scroll.box.addLayout(row(self._all, 1))
        self._scroll.box.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addWidget(self._scroll, 1)

    def _connect(self) -> None:
        self._leave.clicked.connect(self.closed)
        self.search.textChanged.connect(self._on_search_changed)
        self._all.clicked.connect(self._on_all_clicked)
        self.text.link_opened.connect(self._on_link_opened)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        shortcut(self, "Ctrl+F", self.search.setFocus)
        leave = shortcut(self, "Escape", self._on_escape)
        leave.setContext(Qt.ShortcutContext.WindowShortcut)  # wherever the keyboard is, while the page is open
        self._restyler = Restyler(self._theme, self, self._render)

    # -- showing -----------------------------------------------------------------------------------------------------

    def _render(self) -> None:
        shown, total = self.shown, len(self._glossary.entries)
        self.text.setVisible(bool(shown))
        self.text.show_html("".join(map(self._entry_html, shown)), "Glossary: the words and what they mean")
        self._count.setText(f"{len(shown)} of {total} words" if len(shown) < total else f"{total} words")
        said = f"Nothing found for “{self.search.text().strip()}”. Try a shorter word." if total else _NO_GLOSSARY
        self._nothing.setText(said)
        self._nothing.setVisible(not shown)
        self._all.setVisible(not shown and total > 0)
        self.search.setVisible(total > 0)
        self._count.setVisible(bool(shown))

    def _entry_html(self, entry: Entry) -> str:
        muted, px = self._theme.tokens.muted, self._theme.px
        also = f"font-size: {px(12)}px; font-weight: 400; color: {muted}"
        heading = f"{escape(entry.term)}&nbsp; <span style='{also}'>{escape(', '.join(entry.also))}</span>"
        see = ", ".join(_link("glossary", one.id, one.term) for one in self._glossary.see(entry))
        lessons = self._used.get(entry.id, ())
        used = ", ".join(_link("lesson", one.id, one.title) for one in lessons[:_MOST_LESSONS])
        if len(lessons) > _MOST_LESSONS:
            used += f" and {len(lessons) - _MOST_LESSONS} more"
        small = f"color: {muted}; font-size: {px(14)}px; margin: 0 0 {px(4)}px 0"
        lines = [(name, links) for name, links in (("See also", see), ("Used in", used)) if links]
        more = "".join(f"<p style='{small}'>{name} {links}</p>" for name, links in lines)
        text = f"<p style='margin: 0 0 {px(6)}px 0'>{render_inline(entry.text)}</p>"
        asked = entry.id == self._asked  # stands on a soft ground, as quotations do
        made = f"<h3 style='margin: {0 if asked else px(24)}px 0 {px(4)}px 0'>{heading}</h3>{text}{more}"
        return f"<blockquote>{made}</blockquote>" if asked else made

    def _go_to(self, entry_id: str) -> None:
        """Show all words with one marked and in view; from the top if none is named."""
        self._asked = entry_id
        if self.search.text():
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
        self._render()
        self._is_settling = True
        QTimer.singleShot(0, self, self._scroll_to_asked)
        QTimer.singleShot(_SETTLE_MS, self, self._on_settled)

    def _scroll_to_asked(self) -> None:
        at = next((number for number, entry in enumerate(self.shown) if entry.id == self._asked), -1)
        block = self.text.document().begin()
        while block.isValid() and at >= 0:
            at -= block.blockFormat().headingLevel() > 0
            if at < 0:
                top = self.text.document().documentLayout().blockBoundingRect(block).top()
                self._scroll.verticalScrollBar().setValue(
                    max(0, round(self.text.y() + top) - self._theme.px(_ABOVE_PX))
                )
            block = block.next()

    # -- what happened -----------------------------------------------------------------------------------------------

    def _on_search_changed(self) -> None:
        self._asked = ""
        self._render()
        self._scroll.verticalScrollBar().setValue(0)

    def _on_range_changed(self) -> None:
        if self._is_settling:  # the text has its height only now
            self._scroll_to_asked()

    def _on_settled(self) -> None:
        self._is_settling = False

    def _on_all_clicked(self) -> None:
        self.search.clear()
        self.search.setFocus()

    def _on_link_opened(self, address: str) -> None:
        kind, _, rest = address.partition(":")
        if kind == "glossary":
            self._go_to(rest)
        else:
            self.lesson_chosen.emit(rest)

    def _on_escape(self) -> None:
        """First the search goes, then the page."""
        if self.search.text():
            self.search.clear()
        else:
            self.closed.emit()


def _link(kind: str, target: str, words: str) -> str:
    return f'<a href="{kind}:{target}">{escape(words)}</a>'
