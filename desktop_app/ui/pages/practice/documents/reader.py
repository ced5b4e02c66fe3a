"""A document opened beside the conversation, at a passage."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QMenu, QWidget

from desktop_app.ui.pages.practice.documents.page_text import PageText
from desktop_app.ui.pages.practice.documents.reader_model import ReaderModel, ReaderState
from desktop_app.ui.theme import Theme
from desktop_app.ui.timers import single_shot
from desktop_app.ui.widgets.basic import Banner, Card, icon_button, label, row, shortcut

_FIND_PAUSE_MS = 200
_MOST_HEADINGS = 60  # a menu longer than the screen helps nobody


class DocumentView(Card):
    """Signals: closed(), when Esc or the button closes it."""

    closed = Signal()

    def __init__(self, theme: Theme, model: ReaderModel) -> None:
        super().__init__(margin=16, spacing=8)
        self._theme, self._model = theme, model
        self.setMinimumWidth(280)
        self._build()
        self._connect()
        self._render(model.state)

    def _build(self) -> None:
        theme = self._theme
        self.name = label("", "section", wrap=True)
        self.outline = icon_button(theme, "list-checks", "Headings")
        self.search = icon_button(theme, "search", "Find in this document (Ctrl+F)")
        self.copy_path = icon_button(theme, "copy", "Copy where the file is")
        self.close_button = icon_button(theme, "x", "Close the document (Esc)")
        top = row(self.name, self.outline, self.search, self.copy_path, self.close_button, spacing=0)
        top.setStretch(0, 1)
        self.place = label("", "small", wrap=True)
        self._which = label("", "small")
        self.before = icon_button(theme, "chevron-up", "The cited passage before (Shift+F8)")
        self.after = icon_button(theme, "chevron-down", "The next cited passage (F8)")
        self._passages = QWidget()
        self._passages.setObjectName("clear")
        self._passages.setLayout(row(self._which, self.before, self.after, spacing=4))
        where = row(self.place, self._passages)
        where.setStretch(0, 1)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in this document")
        self.field.setAccessibleName("Find in this document")
        self._count = label("", "small")
        self._find_before = icon_button(theme, "chevron-up", "Find the one before (Shift+F3)")
        self._find_after = icon_button(theme, "chevron-down", "Find the next one (F3)")
        self._find_close = icon_button(theme, "x", "Close the search (Esc)")
        self.find_bar = QFrame()
        self.find_bar.setObjectName("clear")
        line = row(self.field, self._count, self._find_before, self._find_after, self._find_close, spacing=4)
        line.setStretch(0, 1)
        self.find_bar.setLayout(line)
        self.find_bar.hide()
        self.problem = Banner(theme)
        self.text = PageText(theme)
        self.box.addLayout(top)
        self.box.addLayout(where)
        self.box.addWidget(self.find_bar)
        self.box.addWidget(self.problem)
        self.box.addWidget(self.text, 1)

    def _connect(self) -> None:
        model = self._model
        self._find_timer = single_shot(self, _FIND_PAUSE_MS, lambda: model.find(self.field.text()))
        self.outline.clicked.connect(self._show_outline)
        self.search.clicked.connect(self.open_find)
        self.copy_path.clicked.connect(self._copy_path)
        self.close_button.clicked.connect(self.close_document)
        self.before.clicked.connect(lambda: model.step(-1))
        self.after.clicked.connect(lambda: model.step(1))
        self.field.textChanged.connect(lambda _: self._find_timer.start())
        self.field.returnPressed.connect(self._on_return)
        self._find_before.clicked.connect(lambda: model.find_step(-1))
        self._find_after.clicked.connect(lambda: model.find_step(1))
        self._find_close.clicked.connect(self.close_find)
        self.text.place_changed.connect(self._on_place_changed)
        for keys, slot in (
            ("Ctrl+F", self.open_find),
            ("F3", lambda: model.find_step(1)),
            ("Shift+F3", lambda: model.find_step(-1)),
            ("F8", lambda: model.step(1)),
            ("Shift+F8", lambda: model.step(-1)),
        ):
            shortcut(self, keys, slot)
        model.changed.connect(self._render)
        model.place_wanted.connect(self.text.go_to)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the search first, then the document."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.find_bar.isVisibleTo(self):
            self.close_find()
        else:
            self.close_document()

    def close_document(self) -> None:
        """Close it; whoever opened it has the keyboard back."""
        self.close_find()
        self._model.close()
        self.closed.emit()

    def open_find(self) -> None:
        """Show the search, with what is selected as the text to find."""
        selected = self.text.textCursor().selectedText()
        self.find_bar.show()
        if selected and "\u2029" not in selected:
            self.field.setText(selected)
        self.field.setFocus()
        self.field.selectAll()

    def close_find(self) -> None:
        """Hide the search and what it marked."""
        if self.find_bar.isVisibleTo(self):
            self.find_bar.hide()
            self.field.clear()
            self._find_timer.stop()
            self._model.find("")
            self.text.setFocus()

    def _on_return(self) -> None:
        if self._find_timer.isActive() or self.field.text() != self._model.state.wanted:
            self._find_timer.stop()
            self._model.find(self.field.text())
        else:
            self._model.find_step(1)

    def outline_menu(self) -> QMenu:
        """The headings; choosing one goes there."""
        menu = QMenu(self)
        source = self._model.state.source
        for heading in source.headings[:_MOST_HEADINGS] if source else ():
            page = f"    page {heading.page}" if heading.page else ""
            title = heading.title if len(heading.title) <= 60 else f"{heading.title[:59]}…"
            action = menu.addAction(f"{'    ' * heading.level}{title}{page}".replace("&", "&&"))
            action.triggered.connect(lambda _=False, start=heading.start: self._go_to_heading(start))
        return menu

    def _go_to_heading(self, start: int) -> None:
        self.text.go_to(start, start)
        self.text.setFocus()

    def _show_outline(self) -> None:
        menu = self.outline_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.outline.mapToGlobal(QPoint(0, self.outline.height())))

    def _copy_path(self) -> None:
        source = self._model.state.source
        if source is not None:
            QGuiApplication.clipboard().setText(str(source.document.path))
            self.problem.say(f"Copied: {source.document.path}", "plain")

    def _on_place_changed(self, at: int) -> None:
        source = self._model.state.source
        self.place.setText(source.place(at) if source else "")

    def _render(self, state: ReaderState) -> None:
        source = state.source
        self.name.setText(source.document.name if source else "")
        self.text.setAccessibleName(f"Text of {source.document.name}" if source else "Document")
        tone = "danger" if state.phase == "failed" else "plain"
        self.problem.say(state.problem or (source.document.problem if source else ""), tone)
        self.text.setVisible(state.phase != "failed")
        for widget in (self.search, self.copy_path):
            widget.setEnabled(source is not None)
        self.outline.setVisible(source is not None and bool(source.headings))
        self._passages.setVisible(bool(state.cited))
        self._which.setText(
            f"Passage {state.at + 1} of {len(state.cited)}" if state.at >= 0 else _cited(len(state.cited))
        )
        for button in (self.before, self.after):
            button.setVisible(len(state.cited) > 1)
        self._count.setText(state.found_words)
        for button in (self._find_before, self._find_after):
            button.setEnabled(len(state.found) > 1)
        self.text.show_source(source, state.marks if source else ())
        self.text.show_found(state.found)
        if source is None:
            self.place.setText("Opening" if state.phase == "loading" else "")


def _cited(count: int) -> str:
    return f"{count} cited passage{'' if count == 1 else 's'}"
