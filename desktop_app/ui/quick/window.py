"""The quick window itself: small, without a frame, made once and kept hidden."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QSizeGrip, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.errors import AppError
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.library.use import UseForm
from desktop_app.ui.quick.model import QuickModel, QuickState
from desktop_app.ui.quick.row_list import RowList
from desktop_app.ui.theme import Theme
from desktop_app.ui.use_model import UseState
from desktop_app.ui.widgets.basic import Banner, Button, chip, icon_button, label, row, set_tone, shortcut
from desktop_app.ui.widgets.copy_pane import copy_menu_button

_WIDTH, _HEIGHT = 640, 560
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}


class QuickWindow(QWidget):
    """Type, pick with the arrow keys, Enter, fill, Ctrl+Enter copies and closes. Signals: prompt_wanted(str), in the library."""

    prompt_wanted = Signal(str)

    def __init__(self, theme: Theme, services: Services, model: QuickModel, jobs: Jobs) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)  # what is filled in is copied from other windows
        self.setWindowTitle("Greenroom quick window")
        self.setObjectName("quick")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme, self._services, self.model = theme, services, model
        self._closing = False
        self._build(jobs)
        self._connect()
        self._restore()

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self, jobs: Jobs) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self._build_list())
        self.stack.addWidget(self._build_form(jobs))
        self._keys = label("", "small")
        grip = QSizeGrip(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 6, 6)
        box.setSpacing(8)
        holder = row(self.stack)
        holder.setContentsMargins(0, 0, 10, 0)
        box.addLayout(holder, 1)
        foot = row(self._keys, 1)
        foot.addWidget(grip, 0, Qt.AlignmentFlag.AlignBottom)
        box.addLayout(foot)
        self._render(self.model.state)

    def _build_list(self) -> QWidget:
        page = QWidget()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a prompt")
        self.search.setAccessibleName("Find a prompt")
        self.list = RowList(self._theme)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys reach it from the field
        self._nothing = label("", "muted", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._problem = Banner(self._theme)
        close = icon_button(self._theme, "x", "Close (Esc)")
        close.clicked.connect(self.hide)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row(self.search, close))
        box.addWidget(self._problem)
        box.addWidget(self._nothing, 1)
        box.addWidget(self.list, 1)
        return page

    def _build_form(self, jobs: Jobs) -> QWidget:
        page = QWidget()
        use = self.model.use
        back = icon_button(self._theme, "arrow-left", "Back to the list (Esc)")
        back.clicked.connect(self.model.back)
        self._name, self._status = label("", "section", wrap=True), chip("")
        self.use = UseForm(self._theme, use, jobs)
        self.copy_button = Button(
            self._theme, "Copy and close", "copy", kind="primary", tip="Copy, then close this window (Ctrl+Enter)"
        )
        self.copy_button.clicked.connect(lambda: use.copy())
        library = Button(
            self._theme, "Open in Greenroom", "panel-right-open", kind="quiet", tip="Versions, tests and more"
        )
        library.clicked.connect(self._on_library_clicked)
        head = row(back, self._name, self._status)
        head.setStretch(1, 1)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(head)
        box.addWidget(self.use, 1)
        copying = row(self.copy_button, copy_menu_button(self._theme, use), spacing=2)
        box.addLayout(row(copying, 1, library))
        return page

    def _connect(self) -> None:
        self.search.textEdited.connect(self.model.search)
        self.search.installEventFilter(self)
        self.search.returnPressed.connect(self._on_picked)
        self.list.clicked.connect(lambda _: self._on_picked())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut(self, keys, self._on_copy_asked)
        self.model.changed.connect(self._render)
        self.model.use.changed.connect(self._render_use)
        self.model.use.left_app.connect(self._on_copied)

    def _restore(self) -> None:
        screen = self.screen().availableGeometry()
        self.resize(self._theme.px(_WIDTH), self._theme.px(_HEIGHT))
        self.resize(self.size().boundedTo(screen.size() * 0.9))
        known = self._services.settings.value.window.get("quick")
        if isinstance(known, list) and len(known) == 4 and all(type(number) is int for number in known):
            place = QRect(*known)
            self.resize(place.size())
            if any(screen.availableGeometry().contains(place.center()) for screen in QGuiApplication.screens()):
                self.move(place.topLeft())
                return
        self.move(screen.center().x() - self.width() // 2, screen.top() + screen.height() // 5)

    # -- coming and going --------------------------------------------------------------------------------------------

    def summon(self) -> None:
        """Come forward with an empty search; a form that is being filled is still there."""
        if not self.model.state.is_open:
            self.search.clear()
            self.model.start()
        self.show()
        self.raise_()
        self.activateWindow()
        if not self.model.state.is_open:
            self.search.setFocus()

    def finish(self) -> None:
        """The app ends: keep what was typed and go."""
        self._closing = True
        self.model.close()
        self.close()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was typed, and where the window stood."""
        super().hideEvent(event)
        self.model.use.close()
        place = self.geometry()
        window = dict(self._services.settings.value.window)
        shape = [place.x(), place.y(), place.width(), place.height()]
        if window.get("quick") != shape:
            try:
                self._services.settings.change(window=window | {"quick": shape})
            except AppError as error:
                self._problem.say(str(error), "danger")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only hide, so that the next time is quick."""
        if not self._closing:
            event.ignore()
            self.hide()

    # -- keys and mouse ----------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the cursor stays in the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()))
            if step:
                self.list.step(step)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes one step back: to the list, then away."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.model.state.is_open:
            self.model.back()
        elif self.search.text():
            self.search.clear()
            self.model.search("")
        else:
            self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Wherever there is nothing to click the window can be dragged; it has no title bar."""
        handle = self.windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and handle is not None:
            handle.startSystemMove()

    # -- what happened -----------------------------------------------------------------------------------------------

    def _on_picked(self) -> None:
        if (found := self.list.current) is not None:
            self.model.open(found.id)

    def _on_copy_asked(self) -> None:
        if self.model.state.is_open:
            self.model.use.copy()
        elif (found := self.list.current) is not None:
            self.model.open(found.id, copy=True)

    def _on_copied(self) -> None:
        if self.isVisible() and self.model.use.state.phase != "hidden":  # after placeholders there is more to say
            self.hide()
            self.model.back()

    def _on_library_clicked(self) -> None:
        prompt = self.model.use.state.prompt
        if prompt is not None:
            self.hide()
            self.prompt_wanted.emit(prompt.id)

    def _render(self, state: QuickState) -> None:
        opened = state.is_open and self.stack.currentIndex() == 0
        closed = not state.is_open and self.stack.currentIndex() == 1
        self.stack.setCurrentIndex(1 if state.is_open else 0)
        self.list.show_rows(state.rows)
        nothing = state.is_read and not state.rows
        self.list.setVisible(not nothing)
        self._nothing.setText(
            f"No prompt matches “{state.text.strip()}”. Try another word for the task." if state.text.strip()
            else "No prompt here yet. Prompts come with Greenroom and from your organisation's library."
        )  # fmt: skip
        self._nothing.setVisible(nothing)
        self._problem.say(state.problem, "danger")
        self._keys.setText(
            "Tab next field · Ctrl+Enter copy and close · Esc back" if state.is_open
            else "↑↓ choose · Enter fill · Ctrl+Enter copy · Esc close"
        )  # fmt: skip
        if opened:
            self.use.form.focus_first()
            if not self.model.use.state.can_use or not self.use.form.has_fields:
                self.copy_button.setFocus()
        elif closed:
            self.search.setFocus()

    def _render_use(self, state: UseState) -> None:
        if state.prompt is None or state.version is None:
            return
        self._name.setText(state.version.name)
        status = state.prompt.status(state.version.version)
        self._status.setText(status.capitalize())
        set_tone(self._status, "good" if status == "approved" else "caution")
        self.copy_button.setEnabled(state.can_use)
