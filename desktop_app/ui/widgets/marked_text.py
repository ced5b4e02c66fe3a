"""The text of an answer from documents, with its sentences marked.

Every sentence is marked by an icon, a word and the way it is underlined, never by colour alone. Marks and citations are
links, and Tab goes through them.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QMimeData, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QToolTip

from desktop_app.practice.grounding.passage import GroundedAnswer, Mark
from desktop_app.ui.theme import SIZES, Restyler, Theme
from desktop_app.ui.widgets.cited_words import citations, link_says

_LINE_HEIGHT = 150.0
_TAG_PX = 14
_Underline = QTextCharFormat.UnderlineStyle
# verdict: word, icon, colour (a token), underline
VERDICTS: dict[str, tuple[str, str, str, _Underline]] = {
    "supported": ("found", "circle-check", "good", _Underline.NoUnderline),
    "partly": ("partly found", "circle-alert", "caution", _Underline.DashUnderline),
    "unsupported": ("not found", "circle-x", "danger", _Underline.WaveUnderline),
}


class MarkedText(QTextBrowser):
    """The marked text, as tall as it is. Signals: link_chosen(str), by click or Enter; link_reached(str), by the keyboard."""

    link_chosen = Signal(str)
    link_reached = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._answer: GroundedAnswer | None = None
        self._reached = ""
        self.setProperty("role", "reading")
        self.setAccessibleName("Answer with its sources")
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.anchorClicked.connect(lambda url: self.link_chosen.emit(url.toString()))
        self.highlighted.connect(self._on_highlighted)
        Restyler(theme, self, self._restyle)

    def show_answer(self, answer: GroundedAnswer) -> None:
        """Show the text with its marks."""
        self._answer, self._reached = answer, ""
        self._restyle()

    def loadResource(self, kind: int, url: QUrl) -> object:
        """Nothing is loaded: the icons are in the document already."""
        return None

    def sizeHint(self) -> QSize:
        """As tall as the text."""
        return QSize(super().sizeHint().width(), self.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The thread scrolls, not the text."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that scroll are the thread's; Enter, copying and selecting are the text's."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def createMimeDataFromSelection(self) -> QMimeData:
        """What was selected without the words of the marks, which are not part of the answer."""
        data = QMimeData()
        data.setText(self.selected_text())
        return data

    def selected_text(self) -> str:
        """The selected part of the answer, or all of it, without the marks."""
        cursor = self.textCursor()
        start, end = (cursor.selectionStart(), cursor.selectionEnd()) if cursor.hasSelection() else (0, 10**9)
        lines: list[str] = []
        block = self.document().begin()
        while block.isValid():
            if block.position() <= end and block.position() + block.length() > start:
                lines.append("".join(_unmarked(block, start, end)))
            block = block.next()
        return "\n".join(lines).strip()

    def _restyle(self) -> None:
        document = self.document()
        document.clear()
        if self._answer is None:
            return
        for word, icon, color, _ in VERDICTS.values():
            pixmap = self._theme.pixmap(icon, color, _TAG_PX)
            document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(f"icon:{word}"), pixmap.toImage())
        cursor = QTextCursor(document)
        block = QTextBlockFormat()
        block.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(block)
        plain = QTextCharFormat()
        plain.setForeground(QColor(self._theme.tokens.text))
        at = 0
        for number, mark in enumerate(self._answer.marks):
            self._insert(cursor, self._answer.text[at : mark.start], plain)
            self._insert_sentence(cursor, number, mark, plain)
            at = mark.end
        self._insert(cursor, self._answer.text[at:], plain)
        self._fit()

    def _insert_sentence(self, cursor: QTextCursor, number: int, mark: Mark, plain: QTextCharFormat) -> None:
        assert self._answer is not None
        form = QTextCharFormat(plain)
        if mark.verdict in VERDICTS:
            _, _, color, underline = VERDICTS[mark.verdict]
            form.setUnderlineStyle(underline)
            form.setUnderlineColor(QColor(getattr(self._theme.tokens, color)))
        self._insert(cursor, self._answer.text[mark.start : mark.end], form)
        if mark.verdict in VERDICTS:
            self._insert_tag(cursor, number, mark, plain)

    def _insert(self, cursor: QTextCursor, text: str, form: QTextCharFormat) -> None:
        """Text with its citations as links."""
        at = 0
        passages = len(self._answer.passages) if self._answer else 0
        for start, end, number in citations(text, passages):
            cursor.insertText(text[at:start], form)
            link = QTextCharFormat()
            link.setForeground(QColor(self._theme.tokens.accent))
            link.setFontUnderline(True)
            link.setFontWeight(600)
            _make_link(link, f"source:{number}")
            cursor.insertText(text[start:end], link)
            at = end
        cursor.insertText(text[at:], form)

    def _insert_tag(self, cursor: QTextCursor, number: int, mark: Mark, plain: QTextCharFormat) -> None:
        word, _, color, _ = VERDICTS[mark.verdict]
        cursor.insertText("\u00a0", plain)
        size = self._theme.px(_TAG_PX)
        image = QTextImageFormat()
        image.setName(f"icon:{word}")
        image.setWidth(size)
        image.setHeight(size)
        image.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        _make_link(image, f"mark:{number}")
        cursor.insertImage(image)
        form = QTextCharFormat()
        form.setForeground(QColor(getattr(self._theme.tokens, color)))
        form.setProperty(QTextCharFormat.Property.FontPixelSize, self._theme.px(SIZES["small"]))
        form.setFontWeight(600)
        _make_link(form, f"mark:{number}")
        cursor.insertText(f"\u00a0{word}".replace(" ", "\u00a0"), form)
        cursor.insertText("", plain)

    def _on_highlighted(self, url: QUrl) -> None:
        """The mouse is on a link: what it says stands in a tip, so that nothing moves."""
        says = link_says(self._answer, url.toString()) if not url.isEmpty() else ""
        self.viewport().setToolTip(says)
        if not says:
            QToolTip.hideText()

    def focusNextPrevChild(self, next_one: bool) -> bool:
        """Tab goes from link to link, and each says what it is; Qt moves there without a signal."""
        moved = super().focusNextPrevChild(next_one)
        self._tell()
        return moved

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard came, perhaps to a link."""
        super().focusInEvent(event)
        self._tell()

    def _tell(self) -> None:
        link = _link_at(self.textCursor()) if self.hasFocus() else ""
        if link != self._reached:
            self._reached = link
            self.link_reached.emit(link)

    def _fit(self) -> None:
        height = round(self.document().size().height()) + 2 * self.frameWidth() + 4
        if height != self.height():
            self.setFixedHeight(height)


def _link_at(cursor: QTextCursor) -> str:
    """The link that is selected, as the Tab key does, "" if none is."""
    if not cursor.hasSelection():
        return ""
    inside = QTextCursor(cursor)
    inside.setPosition(cursor.selectionStart() + 1)  # a format is that of the character before the cursor
    return inside.charFormat().anchorHref()


def _make_link(form: QTextCharFormat, href: str) -> None:
    form.setAnchor(True)
    form.setAnchorHref(href)


def _unmarked(block: QTextBlock, start: int, end: int) -> Iterator[str]:
    it = block.begin()
    while not it.atEnd():
        fragment = it.fragment()
        if not fragment.charFormat().anchorHref().startswith("mark:"):
            left = max(0, start - fragment.position())
            yield fragment.text()[left : max(left, end - fragment.position())].rstrip("\u00a0")
        it += 1
