"""The small parts every page is built from, in the theme's tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.theme import CARD_RADIUS, ICON_PX, Restyler, Theme

_ICON_GAP = 7  # Fusion leaves 4 px between icon and text, too near


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """A label; role is one of the style sheet's (page, section, strong, muted, small, reading, eyebrow, figure)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        policy = made.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        made.setSizePolicy(policy)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def chip(text: str, tone: str = "plain") -> QLabel:
    """A small filled label; tone is plain, good, caution or danger."""
    made = QLabel(text)
    set_tone(made, tone)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def set_tone(widget: QWidget, tone: str, name: str = "tone") -> None:
    """Set a style property and draw the widget anew with it."""
    widget.setProperty(name, tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Button(QPushButton):
    """A push button with an icon in the theme's colours; kind is "", primary, quiet, danger, nav, row or badge."""

    def __init__(
        self, theme: Theme, text: str = "", icon: str = "", *, kind: str = "", shortcut: str = "", tip: str = ""
    ) -> None:
        super().__init__(text)
        self._theme, self._icon_name = theme, icon
        self._pressed_at = -(10**9)
        if kind:
            self.setObjectName(kind)
        if shortcut:
            self.setShortcut(QKeySequence(shortcut))
        native = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        if tip or shortcut:
            self.setToolTip(f"{tip or text} ({native})" if native else tip or text)
        if not text:
            self.setAccessibleName(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves no focus ring behind
        self._color = {"primary": "on_accent", "nav": "muted", "danger": "danger", "badge": "accent"}.get(kind, "text")
        self._on = "accent" if kind == "nav" else ""
        if icon:
            Restyler(theme, self, self._restyle)

    def set_icon(self, name: str, color: str = "") -> None:
        """Show another icon."""
        if (name, color or self._color) != (self._icon_name, self._color):
            self._icon_name, self._color = name, color or self._color
            self._restyle()

    def redraw(self) -> None:
        """Draw the icon anew, after the text came or went."""
        self._restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as Space does; Qt does that in dialogs only."""
        if not _pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember when, for mouseDoubleClickEvent."""
        self._pressed_at = event.timestamp()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Not pressed by a double click whose first half pressed another button, the place of which this one has taken."""
        if event.timestamp() - self._pressed_at <= 2 * QGuiApplication.styleHints().mouseDoubleClickInterval():
            super().mouseDoubleClickEvent(event)
        else:
            event.accept()

    def _restyle(self) -> None:
        size = self._theme.px(ICON_PX)
        if not self.text():
            self.setIconSize(QSize(size, size))
            self.setIcon(self._theme.icon(self._icon_name, self._color, on=self._on))
            return
        self.setIconSize(QSize(size + _ICON_GAP, size))
        icon = self._theme.icon(self._icon_name, self._color, on=self._on)
        wide = type(icon)()
        for state in (icon.State.Off, icon.State.On):
            for mode in (icon.Mode.Normal, icon.Mode.Disabled):
                wide.addPixmap(
                    _with_gap(icon.pixmap(QSize(size, size), self.devicePixelRatio(), mode, state), size), mode, state
                )
        self.setIcon(wide)


def _with_gap(pixmap: QPixmap, size: int) -> QPixmap:
    ratio = pixmap.devicePixelRatio()
    wide = QPixmap(QSize(size + _ICON_GAP, size) * ratio)
    wide.setDevicePixelRatio(ratio)
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return wide


def _pressed_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    if (
        event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        or event.modifiers() & Qt.KeyboardModifier.ControlModifier
    ):
        return False
    if not event.isAutoRepeat():  # a key held down presses once
        button.click()
    return True


class _IconButton(QToolButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _pressed_by_enter(self, event):
            super().keyPressEvent(event)


def icon_button(theme: Theme, icon: str, name: str, *, shortcut: str = "") -> QToolButton:
    """A quiet button that is only an icon; name is its tooltip and accessible name."""
    made = _IconButton()
    made.setObjectName("quiet")
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if shortcut:
        made.setShortcut(QKeySequence(shortcut))
    native = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    made.setToolTip(f"{name} ({native})" if native else name)

    def restyle() -> None:
        made.setIconSize(QSize(theme.px(ICON_PX), theme.px(ICON_PX)))
        made.setIcon(theme.icon(icon, "muted"))

    Restyler(theme, made, restyle)
    return made


class Icon(QLabel):
    """An icon that is only drawn; the words beside it say the same, so screen readers pass over it."""

    def __init__(self, theme: Theme, name: str, color: str = "muted", size: int = ICON_PX) -> None:
        super().__init__()
        self._theme, self._name, self._color, self._px = theme, name, color, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        Restyler(theme, self, self._restyle)

    def show_icon(self, name: str, color: str) -> None:
        """Show another icon."""
        self._name, self._color = name, color
        self._restyle()

    def _restyle(self) -> None:
        self.setPixmap(self._theme.pixmap(self._name, self._color, self._px))


class Card(QFrame):
    """A surface with a hairline; widgets go into `box`."""

    def __init__(self, *, margin: int = 20, spacing: int = 8) -> None:
        super().__init__()
        self.setObjectName("card")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(margin, margin, margin, margin)
        self.box.setSpacing(spacing)


_BANNER_STACKED_PX = 380
_BANNER_ICONS = {
    "good": ("circle-check", "accent"),
    "plain": ("info", "muted"),
    "caution": ("triangle-alert", "caution"),
    "danger": ("circle-x", "danger"),
}


class Banner(QFrame):
    """A message where it happened: icon, words, and what to do. Hidden while it has nothing to say.

    Signals: acted(), when its button is pressed.
    """

    acted = Signal()

    def __init__(self, theme: Theme, *, action: str = "", icon: str = "") -> None:
        super().__init__()
        self._theme, self._icon_name = theme, icon
        self._icon = Icon(theme, "info")
        self._words = label(wrap=True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._words, 1)
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(12, 8, 10, 8)
        self._box.setSpacing(10)
        self._box.addLayout(line, 1)
        self.button = Button(theme, action)
        self.button.clicked.connect(self.acted)
        self._box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        # only once it has a parent: shown before, it is a window of its own for a moment and takes the keyboard away
        self.button.setVisible(bool(action))
        self.setVisible(False)

    def say(self, text: str, tone: str = "plain", *, rich: bool = False, action: str | None = None) -> None:
        """Show text in a tone (plain, good, caution, danger); an empty text hides the banner."""
        self.setVisible(bool(text))
        if not text:
            return
        shown = text if rich else _escaped(text)
        if action is not None:
            self.button.setText(action)
            self.button.setVisible(bool(action))
        name, color = _BANNER_ICONS[tone]
        self._icon.show_icon(self._icon_name or name, color)
        set_tone(self, tone, "banner")
        self._words.setText(shown)
        self.setAccessibleName(text if not rich else "")
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below a certain width the button stands under the words instead of squeezing them."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_BANNER_STACKED_PX)
        self._box.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    @property
    def text(self) -> str:
        """What it says, "" while hidden."""
        return self._words.text() if not self.isHidden() else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


class Scroll(QScrollArea):
    """A page that scrolls; its content goes into `box`, at most max_width wide and centred if given."""

    def __init__(
        self, *, max_width: int = 0, margins: tuple[int, int, int, int] = (32, 24, 32, 32), spacing: int = 16
    ) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # only where text at 200 % leaves no other way: nothing may be out of reach
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        body = QWidget()
        body.setObjectName("clear")
        outer = QHBoxLayout(body)
        outer.setContentsMargins(*margins)
        outer.setSpacing(0)
        self.column = QWidget()
        self.column.setObjectName("clear")
        self.box = QVBoxLayout(self.column)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(spacing)
        if max_width:
            self.column.setMaximumWidth(max_width)
            outer.addStretch(1)
            outer.addWidget(self.column, 1000)
            outer.addStretch(1)
        else:
            outer.addWidget(self.column)
        self.setWidget(body)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space, Home and End scroll too, as in every other reader."""
        bar, action = self.verticalScrollBar(), QAbstractSlider.SliderAction
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        found = {
            Qt.Key.Key_Space: action.SliderPageStepSub if back else action.SliderPageStepAdd,
            Qt.Key.Key_Home: action.SliderToMinimum,
            Qt.Key.Key_End: action.SliderToMaximum,
        }.get(Qt.Key(event.key()))
        if found is None:
            super().keyPressEvent(event)
        else:
            bar.triggerAction(found)


def tab_as_read(content: QWidget, *last: QWidget) -> None:
    """Have Tab go through content as it is laid out, then through last; by itself it goes as things were built."""
    for before, after in pairwise((*_as_read(content), *last)):
        QWidget.setTabOrder(before, after)


def _as_read(widget: QWidget) -> Iterator[QWidget]:
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    if isinstance(widget, QScrollArea):
        yield from _as_read(widget.widget())
    elif isinstance(widget, (QSplitter, QTabWidget)):
        if isinstance(widget, QTabWidget):
            yield widget.tabBar()
        for at in range(widget.count()):
            yield from _as_read(widget.widget(at))
    elif (layout := widget.layout()) is not None:
        yield from _as_laid_out(layout)


def _as_laid_out(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if inner := item.layout():
            yield from _as_laid_out(inner)
        elif found := item.widget():
            yield from _as_read(found)


def fill(page: QWidget, content: QWidget) -> None:
    """Give a page one child that takes all of it."""
    box = QHBoxLayout(page)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(content)


def meter(value: float = 0.0, *, name: str = "") -> QProgressBar:
    """A thin bar; value from 0.0 to 1.0."""
    bar = QProgressBar()
    bar.setRange(0, 1000)
    bar.setValue(round(value * 1000))
    bar.setTextVisible(False)
    bar.setAccessibleName(name)
    return bar


def row(*items: QWidget | QLayout | int, spacing: int = 8) -> QHBoxLayout:
    """A row; a number is a stretch."""
    return _filled(QHBoxLayout(), items, spacing)


def column(*items: QWidget | QLayout | int, spacing: int = 8) -> QVBoxLayout:
    """A column; a number is a stretch."""
    return _filled(QVBoxLayout(), items, spacing)


def _filled(box: QBoxLayout, items: tuple[QWidget | QLayout | int, ...], spacing: int) -> QBoxLayout:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(spacing)
    for item in items:
        if isinstance(item, int):
            box.addStretch(item)
        elif isinstance(item, QLayout):
            box.addLayout(item)
        else:
            box.addWidget(item)
    return box


def clear(box: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while (item := box.takeAt(0)) is not None:
        if item.widget():
            item.widget().hide()
            item.widget().deleteLater()
        elif item.layout():
            clear(item.layout())


def shortcut(owner: QWidget, keys: str, slot: Callable[[], object]) -> QShortcut:
    """A shortcut that works anywhere below owner."""
    made = QShortcut(QKeySequence(keys), owner)
    made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.activated.connect(slot)
    return made


def ago(then: datetime, now: datetime | None = None) -> str:
    """A time as people say it: "2 hours ago"; the full date belongs into the tooltip."""
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count >= 1:
            return "yesterday" if name == "day" and count == 1 else f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


class Choice(QComboBox):
    """A combo box that the mouse wheel changes only while it has the keyboard, not when a page scrolls by."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, unless this is in use."""
        _wheel_if_focused(self, super().wheelEvent, event)


class Number(QSpinBox):
    """A spin box that the mouse wheel changes only while it has the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(9, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, unless this is in use."""
        _wheel_if_focused(self, super().wheelEvent, event)


def _wheel_if_focused(widget: QWidget, turn: Callable[[QWheelEvent], object], event: QWheelEvent) -> None:
    if widget.hasFocus():
        turn(event)
    else:
        event.ignore()


class Clickable(Card):
    """A card that is a button: one Tab stop, Enter or Space presses it. Signals: clicked()."""

    clicked = Signal()

    def __init__(self, theme: Theme, name: str, *, margin: int = 20) -> None:
        super().__init__(margin=margin)
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        Restyler(theme, self, self._restyle)

    def _restyle(self) -> None:
        t = self._theme.tokens
        self.setStyleSheet(
            f"Clickable {{ background: {t.surface}; border: 1px solid {t.hairline}; border-radius: {CARD_RADIUS}px; }}"
            f"Clickable:hover {{ border-color: {t.edge}; }} Clickable:focus {{ border: 2px solid {t.accent}; }}"
        )

    def keyPressEvent(self, event: QEvent) -> None:
        """Press on Enter and Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):  # type: ignore[attr-defined]
            self.clicked.emit()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]

    def mouseReleaseEvent(self, event: QEvent) -> None:
        """Press on a click."""
        if self.rect().contains(event.position().toPoint()):  # type: ignore[attr-defined]
            self.clicked.emit()
