"""Studio's working place: files on the left, the text in the middle with its problems, the preview on the right."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.ui.pages.studio.diff_view import DiffView
from desktop_app.ui.pages.studio.editor import LessonEditor
from desktop_app.ui.pages.studio.find_bar import FindBar
from desktop_app.ui.pages.studio.new_form import NewForm
from desktop_app.ui.pages.studio.notice_bar import NoticeBar
from desktop_app.ui.pages.studio.picture_view import PictureView
from desktop_app.ui.pages.studio.preview_pane import LessonPreview
from desktop_app.ui.pages.studio.problems import ProblemList
from desktop_app.ui.pages.studio.start import Start
from desktop_app.ui.pages.studio.tree import ContentTree
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Scroll, icon_button, label, row

_THREE_PANES_PX = 860  # below this the files and the preview take turns beside the text


class Workbench(QWidget):
    """The widgets and where they are; page.py connects them to the models. Signals: escaped(), on Esc."""

    escaped = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme = theme
        self._wide: bool | None = None
        self._has_folder = False
        self._build_top()
        self._build_panes()
        self._build()
        self._order_tabs()

    # -- building ----------------------------------------------------------------------------------------------------

    def _build_top(self) -> None:
        theme = self._theme
        self.files_button = icon_button(theme, "panel-left", "Files (Ctrl+Shift+E)")
        self.preview_button = icon_button(theme, "eye", "Preview (Ctrl+Shift+P)")
        for button in (self.files_button, self.preview_button):
            button.setCheckable(True)
            button.setChecked(True)
        self.crumb = Elided("strong")
        self.status = label("", "small")
        self.insert_button = Button(theme, "Insert", "plus", tip="Insert a question or an exercise (Ctrl+Shift+I)")
        self.try_button = Button(theme, "Try it", "play", tip="Go through the lesson as a learner (F5)")
        self.save_button = Button(theme, "Save", "save", kind="primary", tip="Save (Ctrl+S)")
        self.more_button = icon_button(theme, "menu", "More actions")
        self.notice, self.doing = NoticeBar(theme, after=self.more_button), NoticeBar(theme, after=self.more_button)

    def _build_panes(self) -> None:
        theme = self._theme
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter files")
        self.filter.setAccessibleName("Filter files")
        self.filter.setClearButtonEnabled(True)
        self.new_button = icon_button(theme, "plus", "New lesson (Ctrl+N)")
        self.tree = ContentTree(theme)
        self.editor = LessonEditor(theme)
        self.find = FindBar(theme, self.editor)
        self.problems = ProblemList(theme)
        self.preview, self.diff, self.picture = LessonPreview(theme), DiffView(theme), PictureView(theme)
        self.form, self.start = NewForm(theme), Start(theme)

    def _build(self) -> None:
        self.files = QWidget()
        box = QVBoxLayout(self.files)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        line = row(self.filter, self.new_button, spacing=4)
        line.setStretch(0, 1)
        box.addLayout(line)
        box.addWidget(self.tree, 1)
        text = QWidget()
        box = QVBoxLayout(text)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.find)
        box.addWidget(self.editor, 1)
        self.middle = _splitter(Qt.Orientation.Vertical, text, self.problems, sizes=(520, 150))
        self.side = QStackedWidget()
        for widget in (self.preview, self.diff, self.picture):
            self.side.addWidget(widget)
        self.work = _splitter(Qt.Orientation.Horizontal, self.middle, self.side, sizes=(540, 440))
        self.centre = QStackedWidget()
        self._asking = Scroll(max_width=self._theme.px(560), margins=(24, 8, 24, 8))
        self._asking.box.addWidget(self.form)
        self._asking.box.addStretch(1)
        for widget in (self.work, self.start, self._asking):
            self.centre.addWidget(widget)
        self.form.asked.connect(lambda: self.centre.setCurrentWidget(self._asking))
        self.panes = _splitter(Qt.Orientation.Horizontal, self.files, self.centre, sizes=(230, 810))
        self.panes.setStretchFactor(1, 1)
        self.files.setMinimumWidth(self._theme.px(160))
        self.middle.setMinimumWidth(self._theme.px(260))
        self.side.setMinimumWidth(self._theme.px(200))
        self.top = row(
            self.files_button, self.crumb, self.status, self.insert_button, self.try_button, self.save_button,
            self.preview_button, self.more_button, spacing=8,
        )  # fmt: skip
        self.top.setStretch(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(8)
        whole.addLayout(self.top)
        for widget in (self.doing, self.notice):
            whole.addWidget(widget)
        whole.addWidget(self.panes, 1)
        self.files_button.toggled.connect(lambda _: self._arrange(self.files_button))
        self.preview_button.toggled.connect(lambda _: self._arrange(self.preview_button))

    def _order_tabs(self) -> None:
        """The text comes last: in it Tab indents, so nothing may wait behind it."""
        order = (
            self.files_button, self.insert_button, self.try_button, self.save_button, self.preview_button, self.more_button,
            self.filter, self.new_button, self.tree, *self.find.parts, self.preview, *self.diff.parts, *self.picture.parts,
            self.problems.list, self.editor,
        )  # fmt: skip
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    # -- what is seen ------------------------------------------------------------------------------------------------

    def show_file(self, shown: bool, *, has_folder: bool) -> None:
        """Show the text and its companions, or the words that stand there without a file."""
        was_shown, self._has_folder = self.centre.currentWidget() is self.work, has_folder
        if self.form.isHidden():
            self.centre.setCurrentWidget(self.work if shown else self.start)
        for widget in (self.insert_button, self.try_button, self.save_button, self.preview_button, self.status):
            widget.setVisible(shown)
        self.files_button.setVisible(has_folder)
        if not shown:
            self.crumb.show_text("Studio")
        elif not was_shown and not self._wide:
            self.preview_button.setChecked(True)  # the file is chosen, so the list may go
            self._arrange(self.preview_button)
        self._arrange()

    def show_side(self, widget: QWidget) -> None:
        """Show the preview, a comparison or a picture beside the text."""
        self.side.setCurrentWidget(widget)
        if widget is not self.preview:
            self.preview_button.setChecked(True)

    def toggle_files(self) -> None:
        """Show or hide the files."""
        self.files_button.toggle()

    def toggle_preview(self) -> None:
        """Show or hide the preview."""
        self.preview_button.toggle()

    def next_part(self, *, back: bool = False) -> None:
        """Take the keyboard to the next of files, text, preview and problems."""
        parts = [w for w in (self.tree, self.editor, self.preview, self.problems.list) if w.isVisible()]
        if parts:
            at = next((n for n, part in enumerate(parts) if part.hasFocus()), -1 if not back else 0)
            parts[(at + (-1 if back else 1)) % len(parts)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _arrange(self, changed: QWidget | None = None) -> None:
        """Where there is no room for three panes, the one asked for last stays."""
        if not self._wide and self.files_button.isChecked() and self.preview_button.isChecked():
            other = self.files_button if changed is self.preview_button else self.preview_button
            if changed is None:
                other = self.preview_button if self.centre.currentWidget() is self.start else self.files_button
            other.setChecked(False)  # arranges again
            return
        is_start = self.centre.currentWidget() is self.start
        self.files.setVisible(self._has_folder and (self.files_button.isChecked() or is_start))
        self.side.setVisible(self.preview_button.isChecked())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three panes where there is room, two where there is not."""
        super().resizeEvent(event)
        wide = self.width() >= self._theme.px(_THREE_PANES_PX)
        self.status.setMaximumWidth(16_777_215 if self.width() >= self._theme.px(760) else self._theme.px(110))
        if wide != self._wide:
            self._wide = wide
            if wide:
                self.files_button.setChecked(True)
                self.preview_button.setChecked(True)
            self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the text for the buttons above it, so that Tab goes on from there."""
        if event.key() == Qt.Key.Key_Escape and self.editor.hasFocus():
            self.save_button.setFocus(Qt.FocusReason.TabFocusReason)
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class Elided(QLabel):
    """One line that is cut in its middle where there is no room; its tooltip may say all of it."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._whole = ""
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show as much of text as there is room for."""
        self._whole = text
        self.setAccessibleName(text)
        self.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self.show_text(self._whole)


def _splitter(orientation: Qt.Orientation, *widgets: QWidget, sizes: tuple[int, ...]) -> QSplitter:
    made = QSplitter(orientation)
    for widget in widgets:
        made.addWidget(widget)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(8)
    made.setSizes(list(sizes))
    return made
