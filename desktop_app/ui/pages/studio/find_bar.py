"""Find and replace below the editor's toolbar, and going to a line."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout

from desktop_app.ui.pages.studio.editor import LessonEditor
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, icon_button, label, row

_MOST = 2000


class FindBar(QFrame):
    """Works on one editor. Signals: closed()."""

    closed = Signal()

    def __init__(self, theme: Theme, editor: LessonEditor) -> None:
        super().__init__()
        self._editor = editor
        self._found: list[QTextCursor] = []
        self._build(theme)
        self.hide()

    def _build(self, theme: Theme) -> None:
        self.field, self.replacement, self.line = QLineEdit(), QLineEdit(), QLineEdit()
        for field, name in ((self.field, "Find"), (self.replacement, "Replace with"), (self.line, "Go to line")):
            field.setPlaceholderText(name)
            field.setAccessibleName(name)
        self.line.setValidator(QIntValidator(1, 9_999_999, self))
        self._case = QCheckBox("Match case")
        self._count = label("", "small")
        before = icon_button(theme, "chevron-up", "Find the one before (Shift+F3)")
        after = icon_button(theme, "chevron-down", "Find the next one (F3)")
        close = icon_button(theme, "x", "Close (Esc)")
        self._one = Button(theme, "Replace")
        self._all = Button(theme, "Replace all")
        self._find_row = row(self.field, self._count, self._case, before, after, close, spacing=6)
        self._find_row.setStretch(0, 1)
        self._replace_row = row(self.replacement, self._one, self._all, spacing=6)
        self._replace_row.setStretch(0, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 4)
        box.setSpacing(4)
        box.addLayout(self._find_row)
        box.addLayout(self._replace_row)
        box.addWidget(self.line)
        self._find_widgets = (self.field, self._count, self._case, before, after, close)
        self._replace_widgets = (self.replacement, self._one, self._all)
        self.parts = (self.field, self._case, before, after, close, *self._replace_widgets, self.line)  # as Tab goes
        self.field.textChanged.connect(lambda _: self._search(move=True))
        self._case.toggled.connect(lambda _: self._search(move=True))
        self.field.returnPressed.connect(self.find_next)
        self.replacement.returnPressed.connect(self.replace_one)
        self.line.returnPressed.connect(self._go)
        before.clicked.connect(lambda: self.find_next(back=True))
        after.clicked.connect(lambda: self.find_next())
        close.clicked.connect(self.close_bar)
        self._one.clicked.connect(self.replace_one)
        self._all.clicked.connect(self.replace_all)

    # -- showing -----------------------------------------------------------------------------------------------------

    def open(self, *, replace: bool = False) -> None:
        """Show the bar for finding, with what is selected as the text to find."""
        chosen = self._editor.textCursor().selectedText()
        self._show(find=True, replace=replace)
        if chosen and "\u2029" not in chosen:
            self.field.setText(chosen)
        self._search(move=False)
        self.field.setFocus()
        self.field.selectAll()

    def ask_line(self) -> None:
        """Show the field for a line's number."""
        self._show(find=False, replace=False)
        self.line.setText(str(self._editor.line))
        self.line.selectAll()
        self.line.setFocus()

    def close_bar(self) -> None:
        """Hide it and go back to the text."""
        self.hide()
        self._editor.show_found([])
        self._editor.setFocus()
        self.closed.emit()

    def _show(self, *, find: bool, replace: bool) -> None:
        for widget in self._find_widgets:
            widget.setVisible(find)
        for widget in self._replace_widgets:
            widget.setVisible(replace)
        self.line.setVisible(not find)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    # -- finding -----------------------------------------------------------------------------------------------------

    def text_changed(self) -> None:
        """Find anew in the changed text."""
        if self.isVisible() and self.field.isVisible():
            self._search(move=False)

    def find_next(self, *, back: bool = False) -> None:
        """Select the next place, or the one before; from the last one on to the first."""
        if not self.isVisible() and not self.field.text():
            self.open()
            return
        self._search(move=False)
        if not self._found:
            return
        cursor = self._editor.textCursor()
        if back:
            start = cursor.selectionStart()
            found = next((one for one in reversed(self._found) if one.selectionEnd() <= start), self._found[-1])
        else:
            end = cursor.selectionEnd()
            found = next((one for one in self._found if one.selectionStart() >= end), self._found[0])
        self._select(found)

    def replace_one(self) -> None:
        """Replace the selected place and select the next one."""
        cursor = self._editor.textCursor()
        if any(_same(cursor, one) for one in self._found):
            cursor.insertText(self.replacement.text())
        self.find_next()

    def replace_all(self) -> None:
        """Replace every place as one change that can be undone."""
        self._search(move=False)
        count = len(self._found)
        edit = QTextCursor(self._editor.document())
        edit.beginEditBlock()
        for one in reversed(self._found):
            one.insertText(self.replacement.text())
        edit.endEditBlock()
        self._search(move=False)
        self._count.setText(f"{count} replaced")

    def _search(self, *, move: bool) -> None:
        text, self._found = self.field.text(), []
        flags = QTextDocument.FindFlag.FindCaseSensitively if self._case.isChecked() else QTextDocument.FindFlag(0)
        document, at = self._editor.document(), QTextCursor(self._editor.document())
        while text and len(self._found) < _MOST:
            at = document.find(text, at, flags)
            if at.isNull():
                break
            self._found.append(QTextCursor(at))
        self._editor.show_found(self._found)
        if move and self._found:
            start = self._editor.textCursor().selectionStart()
            self._select(next((one for one in self._found if one.selectionStart() >= start), self._found[0]))
        self._say()

    def _select(self, found: QTextCursor) -> None:
        self._editor.setTextCursor(found)
        self._editor.centerCursor()
        self._say()

    def _say(self) -> None:
        cursor = self._editor.textCursor()
        place = next((n for n, one in enumerate(self._found, 1) if _same(cursor, one)), 0)
        total = f"{_MOST}+" if len(self._found) >= _MOST else str(len(self._found))
        said = f"{place} of {total}" if place else f"{total} found"
        self._count.setText(said if self._found else "Nothing found" if self.field.text() else "")
        for button in self._replace_widgets[1:]:
            button.setEnabled(bool(self._found))

    def _go(self) -> None:
        if self.line.text():
            self._editor.go_to(int(self.line.text()))
        self.close_bar()


def _same(a: QTextCursor, b: QTextCursor) -> bool:
    return (a.selectionStart(), a.selectionEnd()) == (b.selectionStart(), b.selectionEnd())
