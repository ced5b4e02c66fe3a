"""The look: colours, type and space as tokens, and the palette, style sheet and icons made from them.

No colour and no size stands anywhere else. Sources: Inter (OFL 1.1) and Lucide (ISC), in resources/ with their licences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget


@dataclass(frozen=True, slots=True)
class Tokens:
    """One set of colours. Text pairs are at least 4.5:1, control edges at least 3:1; tests/ui/test_theme.py checks."""

    window: str
    surface: str
    sunken: str
    hairline: str
    edge: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    info: str
    good: str
    caution: str
    caution_soft: str
    danger: str
    danger_soft: str


LIGHT = Tokens(
    window="#F6F7F5", surface="#FFFFFF", sunken="#EDEFEA", hairline="#DDE0D8", edge="#7C857A", text="#1B211D",
    muted="#57605A", accent="#0E6B52", on_accent="#FFFFFF", accent_soft="#DDF0E7", info="#1D5FA8", good="#1E7A3C",
    caution="#8A5A00", caution_soft="#FBEFD5", danger="#B3261E", danger_soft="#FBE4E1",
)  # fmt: skip
DARK = Tokens(
    window="#14181A", surface="#1B2124", sunken="#101416", hairline="#2C3438", edge="#77838A", text="#E8ECE9",
    muted="#A3ADA7", accent="#5CC9A3", on_accent="#06231A", accent_soft="#173A2F", info="#7DB4EE", good="#6CCB86",
    caution="#E3B04B", caution_soft="#3A2E12", danger="#F08A80", danger_soft="#3D1F1C",
)  # fmt: skip

# Type in pixels at 100 %, by role.
SIZES = {"small": 12, "body": 14, "reading": 16, "section": 18, "page": 28}
CARD_RADIUS = 12
ICON_PX = 18
READING_WIDTH = 640  # 68 to 76 characters of Inter at 16 px

_INDICATORS = {
    "radio-off": ("circle", "edge"),
    "radio-on": ("radio-on", "accent"),
    "check-off": ("square", "edge"),
    "check-on": ("square-check", "accent"),
    "down": ("chevron-down", "muted"),
    "up": ("chevron-up", "muted"),
}


# For logs, tables and code, in a style sheet: what each system has, the generic name last.
FIXED = '"Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace'


class Theme(QObject):
    """Applies one set of tokens to the application and follows the system live. Signals: changed(), after every change."""

    changed = Signal()

    def __init__(self, resources: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._resources, self._mode, self.scale = resources, "system", 100
        self.tokens = LIGHT
        for file in sorted((resources / "fonts").glob("Inter-*.ttf")):
            QFontDatabase.addApplicationFont(str(file))
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_scheme_changed)

    @property
    def is_dark(self) -> bool:
        """True if the dark set applies now."""
        return self.tokens is DARK

    def apply(self, mode: str, scale: int) -> None:
        """Use "system", "light" or "dark" and text at scale percent (90 to 200)."""
        self._mode, self.scale = mode, scale
        dark = mode == "dark" or (
            mode == "system" and QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        )
        self.tokens = DARK if dark else LIGHT
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setFont(self.font("body"))
        app.setPalette(_palette(self.tokens))
        app.setStyleSheet(
            _style_sheet(self.tokens, self.px, self._resources / "themes" / ("dark" if dark else "light"))
        )
        self.changed.emit()

    def px(self, size: int) -> int:
        """A size at 100 % scaled as the person chose."""
        return round(size * self.scale / 100)

    def font(self, role: str, weight: int = 400) -> QFont:
        """The font for a role of SIZES; weight is 400, 500 or 600."""
        font = QFont("Inter")
        font.setPixelSize(self.px(SIZES[role]))
        font.setWeight(QFont.Weight(weight))
        return font

    def icon(self, name: str, color: str = "text", *, on: str = "") -> QIcon:
        """A Lucide icon in the colour of a token; on is the token when checked or selected."""
        icon = QIcon()
        for state, token in ((QIcon.State.Off, color), (QIcon.State.On, on or color)):
            icon.addPixmap(self.pixmap(name, token), QIcon.Mode.Normal, state)
        icon.addPixmap(self.pixmap(name, "edge"), QIcon.Mode.Disabled)
        return icon

    def pixmap(self, name: str, color: str = "text", size: int = ICON_PX) -> QPixmap:
        """A Lucide icon drawn at size pixels (scaled) for the primary screen's resolution."""
        ratio = QGuiApplication.primaryScreen().devicePixelRatio() if QGuiApplication.primaryScreen() else 1.0
        return _pixmap(self._resources / "icons" / f"{name}.svg", getattr(self.tokens, color), self.px(size), ratio)

    def prose_css(self) -> str:
        """The document style sheet for lesson texts."""
        t = self.tokens
        return (
            f"body, p, li {{ color: {t.text}; }} p {{ margin: 0 0 {self.px(12)}px 0; }} li {{ margin-bottom: {self.px(6)}px; }}"
            f"a {{ color: {t.accent}; }} code {{ background: {t.sunken}; }} "
            f"pre {{ white-space: pre-wrap; }}"
            f"h3 {{ font-size: {self.px(18)}px; font-weight: 600; margin: {self.px(12)}px 0 {self.px(6)}px 0; }}"
            f"th {{ color: {t.muted}; text-align: left; font-weight: 600; }} td, th {{ padding: 6px 12px 6px 0; }}"
            f"table.lines {{ border-collapse: collapse; margin: 0 0 {self.px(14)}px 0; }}"
            f"table.lines td, table.lines th {{ border-bottom: 1px solid {t.hairline}; }}"
        )

    def framed(self, html: str) -> str:
        """HTML whose quotations and code stand on a ground with room around them, which QTextDocument gives to tables only."""
        style = f'style="padding: {self.px(12)}px"'
        ground = f'width="100%" cellspacing="0" bgcolor="{self.tokens.accent_soft}" style="margin-top: {self.px(4)}px"'

        def frame(found: re.Match[str]) -> str:
            inside = re.sub(
                r"<p>(?!.*<p>)", '<p style="margin: 0">', found[1], flags=re.DOTALL
            )  # no gap below the last
            return f"<table {ground}><tr><td {style}>{inside}</td></tr></table><p></p>"

        def sheet(found: re.Match[str]) -> str:
            code = f'<pre style="white-space: pre-wrap; margin: 0">{found[1].rstrip()}</pre>'
            return f"<table {below}><tr><td {style}>{code}</td></tr></table><p></p>"

        html = html.replace("<table>", '<table class="lines">')
        below = ground.replace(self.tokens.accent_soft, self.tokens.sunken)
        html = re.sub(r"<pre><code[^>]*>(.*?)</code></pre>", sheet, html, flags=re.DOTALL)
        return re.sub(r"<blockquote>(.*?)</blockquote>", frame, html, flags=re.DOTALL)

    def _on_scheme_changed(self) -> None:
        if self._mode == "system":
            self.apply("system", self.scale)


def indicator_files(resources: Path) -> dict[Path, bytes]:
    """The images of resources/themes/ and what belongs in them: style sheets take indicators from files only.

    packaging/indicators.py writes them; tests/ui/test_theme.py fails when a token changed and they did not.
    """
    return {
        resources / "themes" / name / f"{file}.svg": _recoloured(
            resources / "icons" / f"{icon}.svg", getattr(tokens, token)
        )
        for name, tokens in (("light", LIGHT), ("dark", DARK))
        for file, (icon, token) in _INDICATORS.items()
    }


def _recoloured(path: Path, color: str) -> bytes:
    return path.read_text("utf-8").replace("currentColor", color).encode()


@lru_cache(maxsize=400)
def _pixmap(path: Path, color: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(_recoloured(path, color))).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, color in {
        roles.Window: t.window, roles.WindowText: t.text, roles.Base: t.surface, roles.AlternateBase: t.sunken,
        roles.Text: t.text, roles.Button: t.surface, roles.ButtonText: t.text, roles.Highlight: t.accent,
        roles.HighlightedText: t.on_accent, roles.PlaceholderText: t.muted, roles.Link: t.accent, roles.LinkVisited: t.accent,
        roles.ToolTipBase: t.surface, roles.ToolTipText: t.text, roles.Mid: t.hairline, roles.Light: t.surface,
        roles.Dark: t.edge, roles.Midlight: t.hairline, roles.Shadow: t.hairline, roles.Accent: t.accent, roles.BrightText: t.danger,
    }.items():  # fmt: skip
        palette.setColor(role, QColor(color))
    for role in (roles.Text, roles.ButtonText, roles.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.edge))
    return palette


def _style_sheet(t: Tokens, px: object, images: Path) -> str:
    assert callable(px)
    sheet = """
QWidget { font-family: Inter; font-size: {body}px; color: @text; }
QMainWindow, QDialog, #page { background: @window; }
QScrollArea, #clear { background: transparent; border: 0; }
QToolTip { background: @surface; color: @text; border: 1px solid @edge; padding: 4px; }
#rail { background: @sunken; border-right: 1px solid @hairline; }
QFrame#card { background: @surface; border: 1px solid @hairline; border-radius: 12px; }
QFrame#soft { background: @accent_soft; border-radius: 12px; }
QLabel[role="page"] { font-size: {page}px; font-weight: 600; }
QLabel[role="section"] { font-size: {section}px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="small"] { font-size: {small}px; color: @muted; }
QLabel[role="reading"] { font-size: {reading}px; }
QLabel[role="eyebrow"] { font-size: {small}px; font-weight: 600; color: @accent; }
QLabel[role="figure"] { font-size: {page}px; font-weight: 600; }
QLabel[tone] { font-size: {small}px; font-weight: 500; padding: 3px 8px; border-radius: 8px; }
QLabel[tone="plain"] { background: @sunken; color: @muted; }
QLabel[tone="good"] { background: @accent_soft; color: @accent; }
QLabel[tone="caution"] { background: @caution_soft; color: @caution; }
QLabel[tone="danger"] { background: @danger_soft; color: @danger; }
QFrame[banner="good"] { background: @accent_soft; border-radius: 8px; }
QFrame[banner="plain"] { background: @sunken; border-radius: 8px; }
QFrame[banner="caution"] { background: @caution_soft; border-radius: 8px; }
QFrame[banner="danger"] { background: @danger_soft; border-radius: 8px; }
QPushButton, QToolButton { outline: 0; background: @surface; border: 1px solid @hairline; border-bottom-color: @edge; border-radius: 8px; padding: 7px 14px; font-weight: 500; }
QPushButton:hover, QToolButton:hover { background: @sunken; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked { background: @accent_soft; }
QPushButton:focus, QToolButton:focus { border: 2px solid @accent; padding: 6px 13px; }
QPushButton:disabled, QToolButton:disabled { color: @edge; border-color: @hairline; }
QPushButton#primary { background: @accent; color: @on_accent; border: 1px solid @accent; font-weight: 600; }
QPushButton#primary:hover { background: @text; border-color: @text; color: @window; }
QPushButton#primary:focus { border: 2px solid @text; }
QPushButton#primary:disabled { background: @sunken; color: @muted; border-color: @hairline; }
QPushButton#quiet, QToolButton#quiet { background: transparent; border: 1px solid transparent; }
QPushButton#quiet:hover, QToolButton#quiet:hover { background: @sunken; }
QPushButton#quiet:focus, QToolButton#quiet:focus { border: 2px solid @accent; }
QToolButton#quiet:checked { background: @accent_soft; }
QToolButton#quiet { padding: 6px; } QToolButton#quiet:focus { padding: 5px; }
QPushButton#danger { color: @danger; }
QPushButton#nav { text-align: left; background: transparent; border: 1px solid transparent; padding: 8px 12px; color: @muted; font-weight: 500; }
QPushButton#nav[slim="yes"], QPushButton#badge[slim="yes"] { text-align: center; padding: 8px 0; }
QPushButton#nav:hover { background: @hairline; }
QPushButton#nav:checked { background: @surface; color: @text; border-color: @hairline; }
QPushButton#nav:focus { border: 2px solid @accent; padding: 7px 11px; }
QPushButton#nav[slim="yes"]:focus, QPushButton#badge[slim="yes"]:focus { border: 2px solid @accent; padding: 7px 0; }
QPushButton#badge { text-align: left; border-radius: 12px; background: @accent_soft; border: 1px solid transparent; padding: 8px 10px; font-size: {small}px; font-weight: 600; color: @accent; }
QPushButton#badge[tone="caution"] { background: @caution_soft; color: @caution; }
QPushButton#badge[tone="danger"] { background: @danger_soft; color: @danger; }
QPushButton#badge[tone="plain"] { background: @hairline; color: @muted; }
QPushButton#badge:focus { border: 2px solid @accent; padding: 7px 9px; }
QPushButton#row { text-align: left; background: transparent; border: 1px solid transparent; border-radius: 8px; padding: 6px 10px; font-weight: 400; }
QPushButton#row:hover { background: @sunken; }
QPushButton#row:checked { background: @accent_soft; color: @accent; font-weight: 500; }
QPushButton#row:focus { border: 2px solid @accent; padding: 5px 9px; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit { background: @surface; border: 1px solid @edge; border-radius: 8px; padding: 7px 10px; selection-background-color: @accent; selection-color: @on_accent; }
QLineEdit, QPlainTextEdit, QTextEdit { placeholder-text-color: @muted; }
QPlainTextEdit, QTextEdit { padding: 5px 7px; }
#palette, #word { border: 1px solid @edge; border-radius: 12px; } #word { background: @surface; } #word QTextBrowser { border: 2px solid transparent; }
#quick { background: @window; border: 1px solid @edge; }
#palette QListView::item { padding: 8px 10px; border-radius: 8px; } #palette QListView::item:hover { background: @sunken; }
#palette QListView::item:selected { background: @accent_soft; color: @text; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 2px solid @accent; padding: 6px 9px; }
QPlainTextEdit:focus, QTextEdit:focus { padding: 4px 6px; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"] { border: 2px solid @danger; }
QPlainTextEdit[readOnly="true"] { background: transparent; border: 1px solid transparent; padding: 5px 0; }
QPlainTextEdit[readOnly="true"]:focus { border: 2px solid @accent; padding: 4px 6px; }
QPlainTextEdit[role="reading"], QTextBrowser[role="reading"] { font-size: {reading}px; }
QTextBrowser { background: transparent; border: 0; padding: 0; }
QTextBrowser:focus { border: 2px solid @accent; border-radius: 8px; padding: 0; }
QTextBrowser#growing { border: 2px solid transparent; } QTextBrowser#growing:focus { border: 2px solid @accent; }
QMenu { background: @surface; border: 1px solid @edge; padding: 6px; }
QMenu::item { padding: 6px 28px 6px 14px; border-radius: 6px; } QMenu::item:selected { background: @accent_soft; color: @text; }
QMenu::item:disabled { color: @edge; } QMenu::separator { height: 1px; background: @hairline; margin: 5px 8px; }
QComboBox::drop-down { border: 0; width: 28px; } QComboBox::down-arrow { image: url(%down); width: 16px; height: 16px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @edge; selection-background-color: @accent_soft; selection-color: @text; outline: 0; }
QComboBox QAbstractItemView::item { min-height: 30px; padding: 2px 8px; }
#qt_spinbox_lineedit, #qt_spinbox_lineedit:focus { border: 0; padding: 0 0 0 9px; background: transparent; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { border: 0; width: 22px; background: transparent; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(%up); width: 12px; height: 12px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(%down); width: 12px; height: 12px; }
QRadioButton, QCheckBox { spacing: 10px; outline: 0; padding: 6px 8px; border: 2px solid transparent; border-radius: 8px; }
QRadioButton:hover, QCheckBox:hover { background: @sunken; }
QRadioButton:focus, QCheckBox:focus { border-color: @accent; }
#option { border: 2px solid transparent; border-radius: 8px; } #option[ringed="yes"] { border-color: @accent; background: @sunken; }
#option QRadioButton, #option QCheckBox, #option QRadioButton:hover, #option QCheckBox:hover { border: 0; padding: 8px; background: transparent; }
#option:hover { background: @sunken; }
QRadioButton:disabled, QCheckBox:disabled { color: @muted; }
QRadioButton::indicator, QCheckBox::indicator { width: {tick}px; height: {tick}px; }
QRadioButton::indicator:unchecked { image: url(%radio-off); } QRadioButton::indicator:checked { image: url(%radio-on); }
QCheckBox::indicator:unchecked { image: url(%check-off); } QCheckBox::indicator:checked { image: url(%check-on); }
QProgressBar { background: @sunken; border: 0; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QProgressBar[tone="danger"]::chunk { background: @danger; }
QListView, QTreeView, QTableView { background: @surface; border: 1px solid @hairline; border-radius: 12px; outline: 0; padding: 4px; }
QTableView#rows::item { padding: 0 16px 0 6px; border: 0; border-bottom: 1px solid @hairline; }
QTableView#rows::item:selected { background: @accent_soft; color: @text; }
QTableView#rows QHeaderView { background: transparent; }
QTableView#rows QHeaderView::section { background: @surface; color: @muted; border: 0; border-bottom: 1px solid @hairline; padding: 4px 16px 4px 6px; }
QListView:focus, QTreeView:focus, QTableView:focus { border: 2px solid @accent; padding: 3px; }
QCalendarWidget QWidget { alternate-background-color: @surface; } QCalendarWidget #qt_calendar_navigationbar { background: @surface; }
QCalendarWidget QToolButton { border: 1px solid transparent; padding: 6px 10px; } QCalendarWidget QToolButton:focus { border: 2px solid @accent; padding: 5px 9px; }
QCalendarWidget QToolButton::menu-indicator { image: none; } QCalendarWidget QSpinBox { padding: 4px 8px; }
QCalendarWidget QTableView { border: 0; border-radius: 0; padding: 0; selection-background-color: @accent; selection-color: @on_accent; }
QSplitter::handle { background: transparent; } QSplitter::handle:hover { background: @hairline; } QSplitter::handle:focus { background: @accent; }
QTabBar::tab { background: transparent; border: 0; border-bottom: 2px solid transparent; padding: 8px 4px; margin-right: 20px; color: @muted; font-weight: 500; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; } QTabBar::tab:selected:focus { border: 2px solid @accent; border-radius: 6px; padding: 6px 2px 8px 2px; }
QTabWidget::pane { border: 0; border-top: 1px solid @hairline; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; } QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: @edge; border-radius: 4px; min-height: 32px; min-width: 32px; } QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; } QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
    for role, size in (*SIZES.items(), ("tick", ICON_PX)):
        sheet = sheet.replace(f"{{{role}}}", str(px(size)))
    for name in _INDICATORS:
        sheet = sheet.replace(f"%{name})", f"{(images / f'{name}.svg').as_posix()})")
    return re.sub(r"@(\w+)", lambda found: getattr(t, found[1]), sheet)


class Restyler(QObject):
    """Calls back when a widget is first shown and when the theme changes, so icons follow the colours."""

    def __init__(self, theme: Theme, widget: QWidget, restyle: object) -> None:
        super().__init__(widget)
        assert callable(restyle)
        self._restyle = restyle
        theme.changed.connect(self.restyle)
        restyle()

    def restyle(self) -> None:
        """Draw again in the theme's present colours."""
        self._restyle()
