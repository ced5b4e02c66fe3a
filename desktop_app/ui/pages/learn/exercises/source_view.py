"""The source beside an answer: it can be searched, and the passage that settles a claim is marked in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from desktop_app.lessons.documents import is_aligned
from desktop_app.lessons.redaction import to_units
from desktop_app.ui.theme import FIXED, Restyler, Theme
from desktop_app.ui.widgets.basic import icon_button, label, row, shortcut

_TALLEST_PX = 460
_MOST_HITS = 200


class SourceView(QWidget):
    """A read-only text with a search field above it. Places count characters."""

    def __init__(self, theme: Theme, title: str, text: str) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._source = theme, text.rstrip("\n")
        self._passage: tuple[int, int] | None = None
        self._hits: list[tuple[int, int]] = []
        self._at = 0
        self._build(title)

    def _build(self, title: str) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the source")
        self.search.setAccessibleName("Search the source")
        self.search.setToolTip("Search the source (Ctrl+F); Enter goes to the next place")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search_changed)
        self.search.returnPressed.connect(self.find_next)
        self._next = icon_button(self._theme, "chevron-down", "Next place in the source")
        self._next.clicked.connect(self.find_next)
        self._count = label("", "small")
        self.text = QTextEdit()
        self.text.setReadOnly(True)
        self.text.setPlainText(self._source)
        self.text.setAccessibleName(f"Source: {title}")
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.text.document().documentLayout().documentSizeChanged.connect(self._fit)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(label(title, "strong", wrap=True))
        box.addLayout(row(self.search, self._count, self._next))
        box.addWidget(self.text)
        box.addStretch(1)
        for widget in (self._next, self._count):
            widget.setVisible(False)
        shortcut(self, "F3", self.find_next)
        Restyler(self._theme, self, self._restyle)

    # -- what is marked ----------------------------------------------------------------------------------------------

    def show_passage(self, passage: tuple[int, int] | None) -> None:
        """Mark a passage and bring it into view; None marks nothing."""
        self._passage = passage
        self._mark()
        if passage is not None:
            self._reveal(*passage)

    def find_next(self) -> None:
        """Go to the next place where the searched text stands."""
        if self._hits:
            self._at = (self._at + 1) % len(self._hits)
            self._show_hit()

    @property
    def hits(self) -> int:
        """How often the searched text stands in the source."""
        return len(self._hits)

    def _on_search_changed(self, wanted: str) -> None:
        self._hits, self._at = _places(self._source, wanted.strip()), 0
        self._count.setVisible(bool(self.search.text()))  # an empty one would leave a gap
        self._next.setVisible(len(self._hits) > 1)
        if not wanted.strip():
            self._count.setText("")
            self._mark()
        elif not self._hits:
            self._count.setText("Not found")
            self._mark()
        else:
            self._show_hit()

    def _show_hit(self) -> None:
        self._count.setText(f"{self._at + 1} of {len(self._hits)}")
        self._mark()
        self._reveal(*self._hits[self._at])

    def _mark(self) -> None:
        marks = []
        if self._passage is not None:
            marks.append(self._selection(*self._passage, "accent_soft", "accent", underline=True))
        for number, hit in enumerate(self._hits):
            marks.append(self._selection(*hit, "caution_soft", "caution", underline=number == self._at))
        self.text.setExtraSelections(marks)

    def _selection(self, start: int, end: int, ground: str, color: str, *, underline: bool) -> QTextEdit.ExtraSelection:
        form = QTextCharFormat()
        form.setBackground(QColor(getattr(self._theme.tokens, ground)))
        form.setForeground(QColor(getattr(self._theme.tokens, color)))
        form.setFontUnderline(underline)
        mark = QTextEdit.ExtraSelection()
        mark.cursor, mark.format = self._cursor(start, end), form  # type: ignore[misc]
        return mark

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(to_units(self._source, start))
        cursor.setPosition(to_units(self._source, end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _reveal(self, start: int, end: int) -> None:
        for place in (end, start):  # both ends, the start for certain
            self.text.setTextCursor(self._cursor(place, place))
            self.text.ensureCursorVisible()

    # -- shape -------------------------------------------------------------------------------------------------------

    def _restyle(self) -> None:
        font = QFont(self._theme.font("body"))
        self.text.setFont(font)
        family = f" font-family: {FIXED};" if is_aligned(self._source) else ""
        cursor = QTextCursor(self.text.document())
        cursor.select(QTextCursor.SelectionType.Document)
        form = QTextBlockFormat()
        form.setLineHeight(150.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(form)
        tokens = self._theme.tokens
        self.text.setStyleSheet(
            f"QTextEdit {{ background: {tokens.surface}; border: 1px solid transparent; padding: 3px;{family} }}"
            f"QTextEdit:focus {{ border: 2px solid {tokens.accent}; border-radius: 8px; padding: 2px; }}"
        )
        self._mark()
        self._fit()

    def _fit(self) -> None:
        height = min(round(self.text.document().size().height()) + 14, self._theme.px(_TALLEST_PX))
        if height != self.text.height():
            self.text.setFixedHeight(height)


def _places(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where wanted stands, case aside; folding letter by letter keeps the places."""
    if not wanted:
        return []
    folded, needle = "".join(_folded(letter) for letter in text), "".join(_folded(letter) for letter in wanted)
    found: list[tuple[int, int]] = []
    at = folded.find(needle)
    while at >= 0 and len(found) < _MOST_HITS:
        found.append((at, at + len(needle)))
        at = folded.find(needle, at + len(needle))
    return found


def _folded(letter: str) -> str:
    low = letter.lower()
    return low if len(low) == 1 else letter
