"""What becomes of a copy: the guard's question before it, what was copied after it, and the menu of forms."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from desktop_app.prompts.copying import COPY_FORMS, CopyForm
from desktop_app.ui.theme import Theme
from desktop_app.ui.use_model import UseModel, UseState
from desktop_app.ui.widgets.basic import Banner, Button, icon_button

_STACKED_PX = 340
_TONES = {"asks": "caution", "failed": "danger", "copied": "good", "hidden": "good"}


class CopyPane(QWidget):
    """A banner about one UseModel's copy, with the buttons that answer the guard.

    Signals: answered(), when they are gone and the keyboard should go elsewhere.
    """

    answered = Signal()

    def __init__(self, theme: Theme, model: UseModel) -> None:
        super().__init__()
        self._theme = theme
        self.banner = Banner(theme)
        self.replace = Button(
            theme,
            "Replace and copy",
            "replace",
            tip="Copy with placeholders such as [EMAIL-1]; your form stays as it is",
        )
        self.anyway = Button(theme, "Copy as it is", tip="Copy with what was found; you decide where it goes")
        self.restore = Button(
            theme, "Restore the copied answer", "undo-2", tip="Put your values back into the answer on the clipboard"
        )
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.setSpacing(8)
        for button in (self.replace, self.anyway, self.restore):
            self._buttons.addWidget(button)
            button.hide()
        self._buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.banner)
        box.addLayout(self._buttons)
        self.replace.clicked.connect(model.copy_with_placeholders)
        self.anyway.clicked.connect(model.copy_as_it_is)
        self.restore.clicked.connect(model.restore_answer)
        self._phase = ""
        model.changed.connect(self._render)
        self._render(model.state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One button below the other where both do not fit beside each other."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_STACKED_PX)
        self._buttons.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its widest button, so that it never makes the form scroll sideways."""
        widest = max(button.sizeHint().width() for button in (self.replace, self.anyway, self.restore))
        return QSize(widest, super().minimumSizeHint().height())

    def _render(self, state: UseState) -> None:
        asked, self._phase = self._phase == "asks", state.phase
        self.setVisible(bool(state.words))
        self.banner.say(state.words, _TONES.get(state.phase, "plain"))
        for button, phase in ((self.replace, "asks"), (self.anyway, "asks"), (self.restore, "hidden")):
            button.setVisible(state.phase == phase)
        if state.phase == "asks" and not asked:
            self.replace.setFocus()
        elif asked and state.phase == "hidden":
            self.restore.setFocus()
        elif asked and state.phase == "copied":
            self.answered.emit()


class CopyForms(QMenu):
    """The forms a prompt can be copied in, the last one ticked, and its link."""

    def __init__(self, model: UseModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._group = QActionGroup(self)
        self._actions: dict[CopyForm, QAction] = {}
        for form, name in COPY_FORMS.items():
            action = self.addAction(f"Copy as {name if form == 'markdown' else name.lower()}")
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, chosen=form: model.copy(chosen))
            self._group.addAction(action)
            self._actions[form] = action
        self.addSeparator()
        self.addAction("Copy link", model.copy_link)
        self._model = model
        self.aboutToShow.connect(self._mark)

    def _mark(self) -> None:
        state = self._model.state
        self._actions[state.form].setChecked(True)
        for action in self._actions.values():
            action.setEnabled(state.can_use)


def copy_menu_button(theme: Theme, model: UseModel, export: Callable[[], object] | None = None) -> QToolButton:
    """A small button beside Copy that opens the menu of forms; where there is export, it offers that too."""
    made = icon_button(theme, "chevron-down", "Copy in another form, or its link")
    menu = CopyForms(model, made)
    made.clicked.connect(lambda: menu.popup(made.mapToGlobal(QPoint(0, made.height() + 2))))
    if export is not None:
        menu.addAction("Export for another tool…", export)
    return made
