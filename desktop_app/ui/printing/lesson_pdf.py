"""Lessons as a PDF worksheet: pages with running titles and numbers, Inter inside, A4 or Letter.

Lengths are in points. QTextDocument is laid out in tenths of a point, so that no screen's resolution plays a part.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.export import FORMATS, Format
from desktop_app.lessons.interchange.worksheet import PAGE_OF, Worksheet, worksheet
from desktop_app.notes import Notes, Package
from desktop_app.ui.printing.pen import UNIT, Pen
from desktop_app.ui.theme import LIGHT
from desktop_app.ui.widgets.pictures import drawing, photo

Paper = Literal["A4", "Letter"]
PAPERS: dict[Paper, tuple[float, float]] = {"A4": (595.28, 841.89), "Letter": (612.0, 792.0)}
_SIDE, _TOP, _BOTTOM = 62.0, 72.0, 64.0  # margins
_ANCHORS = QTextFormat.Property.UserProperty.value + 1
_PX = 0.75  # points of an image's pixel
_MOST_OF_A_PAGE = 0.85  # what is higher may be broken


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page's size and what is left of it for text."""

    width: float
    height: float

    @property
    def text(self) -> QSizeF:
        """In units."""
        return QSizeF(self.width - 2 * _SIDE, self.height - _TOP - _BOTTOM) * UNIT


def lesson_pdf(course: Course, *, paper: Paper = "A4", answers: bool = True) -> Package:
    """One PDF file named after the course, with a note for everything that paper cannot carry.

    Needs a QGuiApplication; make_offscreen_application makes one for a command.
    """
    notes = Notes()
    made = worksheet(course, notes, answers=answers)
    sheet = _Sheet(*PAPERS[paper])
    document = _laid_out(made, sheet)
    return Package({f"{course.id}.pdf": _written(document, made, sheet, paper)}, notes.sorted())


def _write(course: Course) -> Package:
    return lesson_pdf(course)


PDF = Format(
    "pdf", "PDF worksheet", ".pdf", "To print and fill in, with the answers on the last pages.", _write, zipped=False
)
ALL_FORMATS: dict[str, Format] = {**FORMATS, PDF.id: PDF}


def make_offscreen_application(resources: Path) -> QGuiApplication:
    """An application without a window, for a command, with the app's fonts; the running one if there is one."""
    existing = QGuiApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    app = QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    for file in sorted((resources / "fonts").glob("Inter-*.ttf")):
        QFontDatabase.addApplicationFont(str(file))
    return app


# -- layout --------------------------------------------------------------------------------------------------------------


def _laid_out(made: Worksheet, sheet: _Sheet) -> QTextDocument:
    """The document with its pages broken; the contents name pages, so it is laid out until they are right."""
    numbers: dict[str, int] = {}
    for _ in range(3):  # the numbers' widths may move a line, hardly ever a page
        document = _document(made, sheet, numbers)
        _keep_together(document, sheet)
        found = _pages_of_parts(document, sheet)
        if found == numbers or not PAGE_OF.search(made.html):
            break
        numbers = found
    return document


def _document(made: Worksheet, sheet: _Sheet, numbers: dict[str, int]) -> QTextDocument:
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setIndentWidth(16 * UNIT)
    document.setDefaultFont(_font(10.5))
    document.setDefaultStyleSheet(_css())
    document.setPageSize(sheet.text)
    html = PAGE_OF.sub(lambda match: str(numbers.get(match[1], 0)), made.html)
    for name, data in made.images.items():
        image, size = _image(data, sheet.text.width())
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), image)
        sized = f'<img src="{escape(name)}" width="{size.width():.0f}" height="{size.height():.0f}">'
        html = html.replace(f'<img src="{escape(name)}">', sized)
    document.setHtml(html)
    _take_anchors(document)
    return document


def _take_anchors(document: QTextDocument) -> None:
    """Make each anchor a property of its block: on a letter it would cut the word in two where text is copied."""
    found: list[tuple[int, int, QTextCharFormat]] = []
    block = document.begin()
    while block.isValid():
        fragments = block.begin()
        if not fragments.atEnd() and (fragment := fragments.fragment()).charFormat().anchorNames():
            found.append((block.position(), fragment.length(), fragment.charFormat()))
        block = block.next()
    for position, length, letters in found:  # only now: a change makes what was read from the document invalid
        of_block = QTextBlockFormat()
        of_block.setProperty(_ANCHORS, " ".join(letters.anchorNames()))
        letters.clearProperty(QTextFormat.Property.IsAnchor)
        letters.clearProperty(QTextFormat.Property.AnchorName)
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        cursor.mergeBlockFormat(of_block)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(letters)


def _font(size: float) -> QFont:
    font = QFont("Inter")
    font.setPixelSize(round(size * UNIT))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("calt"), 0)  # its other hyphens and brackets are lost when text is copied from a PDF
    return font


def _css() -> str:
    def px(points: float) -> str:
        return f"{round(points * UNIT)}px"

    t = LIGHT
    return f"""
    body, p, li, td, th {{ color: {t.text}; }}
    p {{ margin: 0 0 {px(6)} 0; line-height: 145%; }}
    ul, ol {{ margin: 0 0 {px(6)} 0; }}
    li {{ margin: 0 0 {px(3)} 0; line-height: 140%; }}
    p.title {{ font-size: {px(24)}; font-weight: 600; line-height: 115%; margin: 0 0 {px(8)} 0; }}
    p.lead {{ font-size: {px(12)}; color: {t.muted}; margin: 0 0 {px(8)} 0; }}
    h2 {{ font-size: {px(15)}; font-weight: 600; color: {t.accent}; margin: {px(20)} 0 {px(7)} 0; }}
    h3, h4, h5, h6 {{ font-size: {px(12)}; font-weight: 600; margin: {px(12)} 0 {px(4)} 0; }}
    p.kind {{ font-size: {px(8.5)}; font-weight: 600; color: {t.accent}; margin: {px(12)} 0 {px(2)} 0; }}
    p.ask {{ font-weight: 600; margin: 0 0 {px(5)} 0; }}
    p.label {{ font-size: {px(9)}; font-weight: 600; color: {t.muted}; margin: {px(6)} 0 {px(3)} 0; }}
    p.open {{ line-height: 190%; }}
    p.answer {{ margin: 0 0 {px(3)} 0; }}
    p.code {{ font-family: monospace; font-size: {px(9)}; }}
    p.gap {{ font-size: {px(4)}; line-height: 100%; margin: 0; }}
    .muted, p.small, ul.small, ul.small li {{ color: {t.muted}; font-size: {px(9)}; }}
    .line {{ text-decoration: underline; color: {t.edge}; }}
    code {{ font-family: monospace; font-size: {px(9.5)}; }}
    th {{ font-size: {px(9)}; font-weight: 600; color: {t.muted}; text-align: left; }}
    table.rows, table.write {{ border-collapse: collapse; margin: {px(2)} 0 {px(8)} 0; }}
    table.rows td, table.rows th {{ border-bottom: {px(0.5)} solid {t.hairline}; padding: {px(4)} {px(8)} {px(4)} 0; }}
    table.box {{ background-color: {t.window}; margin: {px(2)} 0 {px(2)} 0; }}
    table.box td {{ padding: {px(8)} {px(11)} {px(3)} {px(11)}; }}
    table.options {{ margin: {px(2)} 0 {px(4)} 0; }}
    table.options td {{ padding: {px(2.5)} 0 {px(2.5)} 0; }}
    table.options td.mark {{ padding-right: {px(9)}; color: {t.muted}; }}
    table.write td {{ border-bottom: {px(0.75)} solid {t.edge}; padding: {px(5)} 0 0 0; }}
    """


def _image(data: bytes, most: float) -> tuple[QImage, QSizeF]:
    """A picture and how large it is drawn, in units, at most as wide as the text."""
    image = photo(data)
    size = image.size()
    if image.isNull():
        image, size = drawing(data, 4.0)
    drawn = QSizeF(size) * _PX * UNIT
    return image, drawn * min(1.0, most / max(1.0, drawn.width()))


# -- pages ---------------------------------------------------------------------------------------------------------------


def _keep_together(document: QTextDocument, sheet: _Sheet) -> None:
    """Start a page before what would be cut in two: a heading and what follows it, a question."""
    height = sheet.text.height()
    for start, end in _groups(document):
        top, bottom = _top(document, start), _bottom(document, end)
        while bottom - top > _MOST_OF_A_PAGE * height and end.position() > start.position():
            end = end.previous()
            bottom = _bottom(document, end)
        is_cut = int(top // height) != int((bottom - 1) // height)
        if is_cut and top % height > UNIT:
            cursor = QTextCursor(start)
            form = QTextBlockFormat()
            form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            cursor.mergeBlockFormat(form)
            document.markContentsDirty(0, document.characterCount())  # else what follows keeps its old place


def _groups(document: QTextDocument) -> list[tuple[QTextBlock, QTextBlock]]:
    """First and last block of each group: headings with what follows them, a question from "keep" to "free"."""
    found: list[tuple[QTextBlock, QTextBlock]] = []
    heading: QTextBlock | None = None
    keep: QTextBlock | None = None
    block = document.begin()
    while block.isValid():
        names = _names(block)
        if "keep" in names:
            keep, heading = heading or block, None
        elif block.blockFormat().headingLevel():
            heading = heading or block
        elif "free" in names and keep is not None:
            found.append((keep, block.previous()))
            keep = None
        elif heading is not None and block.text().strip() and "free" not in names:
            found.append((heading, block))
            heading = None
        block = block.next()
    return found


def _names(block: QTextBlock) -> list[str]:
    return (block.blockFormat().stringProperty(_ANCHORS)).split()


def _top(document: QTextDocument, block: QTextBlock) -> float:
    return document.documentLayout().blockBoundingRect(block).top()


def _bottom(document: QTextDocument, block: QTextBlock) -> float:
    return document.documentLayout().blockBoundingRect(block).bottom()


def _pages_of_parts(document: QTextDocument, sheet: _Sheet) -> dict[str, int]:
    """The page, counted from 1, on which each part starts, in order; see Worksheet.parts."""
    found: dict[str, int] = {}
    block = document.begin()
    while block.isValid():
        for name in _names(block):
            if name.startswith("part-"):  # measured at its end: a page break before it belongs to the block
                found.setdefault(name.removeprefix("part-"), int(_bottom(document, block) // sheet.text.height()) + 1)
        block = block.next()
    return found


def _written(document: QTextDocument, made: Worksheet, sheet: _Sheet, paper: Paper) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    size = QPageSize(QSizeF(sheet.width, sheet.height), QPageSize.Unit.Point, paper)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    writer.setResolution(72 * UNIT)
    writer.setTitle(made.title)
    writer.setCreator("Greenroom")
    painter = QPainter(writer)
    parts = _pages_of_parts(document, sheet)
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        painter.save()
        scale = writer.width() / (sheet.width * UNIT)
        painter.scale(scale, scale)
        begun = [name for name, page in parts.items() if page <= number + 1]
        _paint_page(painter, document, made, sheet, number, made.parts.get(begun[-1], "") if begun else "")
        painter.restore()
    painter.end()
    return bytes(buffer.data().data())


def _paint_page(
    painter: QPainter, document: QTextDocument, made: Worksheet, sheet: _Sheet, number: int, part: str
) -> None:
    pen, right = Pen(painter), sheet.width - _SIDE
    if number:
        pen.text(QRectF(_SIDE, 36, right - _SIDE, 12), made.title, 8.5, 500, LIGHT.muted)
        pen.text(QRectF(_SIDE, 36, right - _SIDE, 12), part, 8.5, 400, LIGHT.muted, right=True)
        pen.line(_SIDE, 52, right, LIGHT.hairline, 0.5)
    painter.save()
    area = QRectF(0, number * sheet.text.height(), sheet.text.width(), sheet.text.height())
    painter.translate(_SIDE * UNIT, _TOP * UNIT - area.top())
    painter.setClipRect(area)
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = area
    context.palette.setColor(QPalette.ColorRole.Text, QColor(LIGHT.text))
    document.documentLayout().draw(painter, context)
    painter.restore()
    said = made.words["paper_page"].format(n=number + 1, count=document.pageCount())
    pen.text(QRectF(_SIDE, sheet.height - 40, right - _SIDE, 12), said, 8.5, 400, LIGHT.muted, right=True)
