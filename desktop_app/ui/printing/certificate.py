"""A certificate as a page: one design, painted on the screen and into a PDF that carries the signed credential.

Lengths are in points. What does not fit on the first page is told there and stands on the pages after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from PySide6.QtCore import QBuffer, QByteArray, QDate, QIODevice, QLocale, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from desktop_app.records.credentials import ATTACHMENT, ISSUER_NAME, SELF_ISSUED, Certificate, PassedLesson
from desktop_app.ui.printing.pen import UNIT, Pen, rosette
from desktop_app.ui.theme import LIGHT

Paper = Literal["A4", "Letter"]
PAPERS: dict[Paper, tuple[float, float]] = {"A4": (841.89, 595.28), "Letter": (792.0, 612.0)}  # landscape
_MARGIN = 54.0
_BAND = 176.0
_BODY = (12, 11, 10.5, 10, 9.5, 9, 8.5, 8)  # type sizes, the largest that fits is taken
_HEAD = 22.0
_INDENT = 13.0
_FIGURES = 112.0  # the columns of version and score


@dataclass(frozen=True, slots=True)
class Words:
    """The page's labels in one language."""

    certificate: str
    path: str
    lesson: str
    learned: str
    lessons: str
    version: str
    score: str
    passed: str
    issued: str
    by: str
    this_computer: str
    number: str
    key: str
    check: str
    self_issued: str
    more: str
    continued: str
    day: str


_ENGLISH = Words(
    "Certificate", "has passed every lesson of the learning path", "has passed the lesson", "What was learned", "Lessons",
    "Version", "Score", "Passed", "Issued on", "by", ISSUER_NAME, "Number", "Issuer key",
    "The signed credential (Open Badges 3.0) is attached to the PDF file of this page. Anybody can check it, without a "
    "network: greenroom records verify FILE", SELF_ISSUED, "{} more on page 2", "continued", "d MMMM yyyy",
)  # fmt: skip
_GERMAN = Words(
    "Zertifikat", "hat alle Lektionen des Lernpfads bestanden", "hat die Lektion bestanden", "Was gelernt wurde", "Lektionen",
    "Version", "Ergebnis", "Bestanden", "Ausgestellt am", "von", "Greenroom auf diesem Computer", "Nummer", "Schlüssel der ausstellenden Stelle",
    "Der signierte Nachweis (Open Badges 3.0) hängt an der PDF-Datei dieser Seite. Prüfen kann ihn jeder, ohne Netz: "
    "greenroom records verify DATEI",
    "Selbst ausgestellt auf dem Computer der lernenden Person. Zeigt, dass diese Fragen dort beantwortet wurden, nicht, "
    "wer an der Tastatur saß.", "{} weitere auf Seite 2", "Fortsetzung", "d. MMMM yyyy",
)  # fmt: skip


def default_paper() -> Paper:
    """Letter where people measure in inches, else A4."""
    imperial = QLocale.system().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
    return "Letter" if imperial else "A4"


def certificate_pdf(certificate: Certificate, credential: bytes, *, paper: Paper = "A4", language: str = "en") -> bytes:
    """The PDF, with its fonts embedded and the credential attached as credential.json."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    width, height = PAPERS[paper]
    size = QPageSize(QSizeF(height, width), QPageSize.Unit.Point, paper)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Landscape, QMarginsF()))
    writer.setResolution(72 * UNIT)
    writer.setTitle(f"{certificate.award.title}: {certificate.award.learner}")
    writer.setCreator("Greenroom")
    writer.addFileAttachment(ATTACHMENT, QByteArray(credential), "application/json")
    page = CertificatePage(certificate, paper=paper, language=language)
    painter = QPainter(writer)
    for number, paint in enumerate(page.pages()):
        if number:
            writer.newPage()
        painter.save()
        scale = writer.width() / (width * UNIT)
        painter.scale(scale, scale)
        paint(painter)
        painter.restore()
    painter.end()
    return bytes(buffer.data().data())


def certificate_image(certificate: Certificate, width_px: int, *, paper: Paper = "A4", language: str = "en") -> QImage:
    """The first page as a picture, width_px wide."""
    width, height = PAPERS[paper]
    image = QImage(width_px, round(width_px * height / width), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)  # the last row of pixels is only partly page
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(width_px / (width * UNIT), width_px / (width * UNIT))
    CertificatePage(certificate, paper=paper, language=language).pages()[0](painter)
    painter.end()
    return image


class CertificatePage:
    """Paints the pages of one certificate."""

    def __init__(self, certificate: Certificate, *, paper: Paper, language: str) -> None:
        self._certificate, self._award = certificate, certificate.award
        self._words = _GERMAN if language == "de" else _ENGLISH
        self._locale = QLocale(language if language == "de" else "en")
        self._width, self._height = PAPERS[paper]
        self._left = _BAND + 48
        self._right = self._width - _MARGIN

    def pages(self) -> list[Callable[[QPainter], None]]:
        """One function a page; the painter is scaled so that a point is ten units."""
        return [self._paint_first, *(self._continuation(part) for part in self._annex())]

    # -- the first page ----------------------------------------------------------------------------------------------

    def _paint_first(self, painter: QPainter) -> None:
        pen = Pen(painter)
        pen.ground(self._width, self._height)
        self._paint_band(pen)
        y = self._paint_head(pen)
        self._paint_body(pen, y + 26)
        self._paint_foot(pen)

    def _paint_band(self, pen: Pen) -> None:
        pen.fill(QRectF(0, 0, _BAND, self._height), LIGHT.accent)
        centre = QPointF(_BAND, self._height * 0.52)
        pen.curves(rosette(self._certificate.id, centre, 168), LIGHT.on_accent, 0.4, opacity=0.34)
        pen.text(QRectF(28, 50, _BAND - 40, 24), "Greenroom", 15, 600, LIGHT.on_accent)
        bottom = self._height - 50
        pen.text(QRectF(28, bottom - 26, _BAND - 40, 12), self._words.number, 7.5, 500, LIGHT.accent_soft)
        pen.text(QRectF(28, bottom - 14, _BAND - 40, 16), self._certificate.short_id, 11, 600, LIGHT.on_accent)

    def _paint_head(self, pen: Pen) -> float:
        award, words = self._award, self._words
        width = self._right - self._left
        pen.text(QRectF(self._left, 52, width, 16), words.certificate.upper(), 9.5, 600, LIGHT.accent, spacing=118)
        y = pen.fitted(
            QRectF(self._left - 1, 84, width, 92), award.learner, (38, 34, 30, 26, 22, 18, 14), 600, LIGHT.text
        )
        passed = words.path if award.kind == "path" else words.lesson
        y = pen.fitted(QRectF(self._left, y + 8, width, 18), passed, (12, 10), 400, LIGHT.muted)
        return pen.fitted(QRectF(self._left, y + 6, width, 60), award.title, (22, 19, 16, 13), 600, LIGHT.accent)

    def _paint_body(self, pen: Pen, top: float) -> int:
        """Returns how many objectives and lessons found no room."""
        pen.line(self._left, top, self._right, LIGHT.hairline)
        top, bottom, gap = top + 18, self._height - 132, 34.0
        objectives = [objective for one in self._award.lessons for objective in one.objectives]
        half = (self._right - self._left - gap) * 0.46 if objectives else -gap
        learned = QRectF(self._left, top, half, bottom - top)
        taken = QRectF(self._left + half + gap, top, self._right - self._left - half - gap, bottom - top)
        size = next((one for one in _BODY if self._fits(pen, learned, taken, objectives, one)), _BODY[-1])
        left_out = self._paint_objectives(pen, learned, objectives, size) if objectives else 0
        return left_out + self._paint_lessons(pen, taken, size)

    def _fits(self, pen: Pen, learned: QRectF, taken: QRectF, objectives: Sequence[str], size: float) -> bool:
        left = sum(pen.height(one, size, learned.width() - _INDENT) + size / 2 for one in objectives) - size / 2
        right = sum(self._lesson_height(pen, taken.width(), one, size) for one in self._award.lessons)
        return max(left, right) + _HEAD <= taken.height()

    def _paint_objectives(self, pen: Pen, box: QRectF, objectives: Sequence[str], size: float) -> int:
        pen.text(QRectF(box.left(), box.top(), box.width(), 14), self._words.learned, 9.5, 600, LIGHT.text)
        y = box.top() + _HEAD
        for number, objective in enumerate(objectives):
            height = pen.height(objective, size, box.width() - _INDENT)
            left = len(objectives) - number
            if y + height > box.bottom() - (14 if left > 1 else 0):
                pen.text(box.translated(_INDENT, y - box.top()), self._words.more.format(left), 8, 500, LIGHT.muted)
                return left
            self._paint_objective(pen, QRectF(box.left(), y, box.width(), height), objective, size)
            y += height + size / 2
        return 0

    def _paint_objective(self, pen: Pen, box: QRectF, objective: str, size: float) -> None:
        pen.dot(QPointF(box.left() + 3, box.top() + size * 0.62), size * 0.16, LIGHT.accent)
        pen.text(box.adjusted(_INDENT, 0, 0, 2), objective, size, 400, LIGHT.text)

    def _paint_lessons(self, pen: Pen, box: QRectF, size: float) -> int:
        words, lessons, y = self._words, self._award.lessons, box.top()
        score, version = box.right(), box.right() - 54
        pen.text(QRectF(box.left(), y, box.width() - _FIGURES, 14), words.lessons, 9.5, 600, LIGHT.text)
        pen.text(QRectF(version - 60, y + 1, 60, 12), words.version, 8, 500, LIGHT.muted, right=True)
        pen.text(QRectF(score - 50, y + 1, 50, 12), words.score, 8, 500, LIGHT.muted, right=True)
        y += _HEAD
        for number, one in enumerate(lessons):
            height = self._lesson_height(pen, box.width(), one, size)
            left = len(lessons) - number
            if y + height - size / 2 > box.bottom() - (14 if left > 1 else 0):
                pen.text(box.translated(0, y - box.top()), words.more.format(left), 8, 500, LIGHT.muted)
                return left
            self._paint_lesson(pen, QRectF(box.left(), y, box.width(), height), one, size)
            y += height
        return 0

    def _lesson_height(self, pen: Pen, width: float, one: PassedLesson, size: float) -> float:
        return pen.height(one.title, size, width - _FIGURES) + (size * 1.2 if one.passed_on else 0) + size * 0.7

    def _paint_lesson(self, pen: Pen, box: QRectF, one: PassedLesson, size: float) -> None:
        pen.text(box.adjusted(0, 0, -_FIGURES, 0), one.title, size, 500, LIGHT.text)
        if one.passed_on:
            below = box.translated(0, pen.height(one.title, size, box.width() - _FIGURES) + 1)
            when = f"{self._words.passed} {self._day(one.passed_on)}"
            pen.text(below, when, max(7.5, size * 0.82), 400, LIGHT.muted)
        pen.text(box.adjusted(0, 0, -54, 0), one.version, size, 400, LIGHT.muted, right=True)
        pen.text(box, f"{one.percent}%", size, 600, LIGHT.text, right=True)

    def _paint_foot(self, pen: Pen) -> None:
        words, certificate = self._words, self._certificate
        top, width = self._height - 118, self._right - self._left
        pen.line(self._left, top, self._right, LIGHT.hairline)
        half = width / 2 - 17
        issuer = words.this_computer if certificate.issuer == ISSUER_NAME else certificate.issuer
        day = self._day(certificate.issued_at.astimezone().date())
        pen.text(QRectF(self._left, top + 14, half, 14), f"{words.issued} {day}", 10, 600, LIGHT.text)
        pen.text(QRectF(self._left, top + 30, half, 24), f"{words.by} {issuer}", 9, 400, LIGHT.muted)
        says = words.self_issued if certificate.issuer_says == SELF_ISSUED else certificate.issuer_says
        right = self._left + half + 34
        y = top + 14
        for text in (says, words.check):
            height = pen.height(text, 7.5, half)
            pen.text(QRectF(right, y, half, height + 2), text, 7.5, 400, LIGHT.muted)
            y += height + 4
        pen.text(QRectF(self._left, self._height - 60, half, 10), words.key, 7, 500, LIGHT.muted)
        pen.fitted(QRectF(self._left, self._height - 50, half, 10), certificate.key, (7, 6, 5.5), 400, LIGHT.muted)

    # -- what did not fit --------------------------------------------------------------------------------------------

    def _annex(self) -> list[list[PassedLesson]]:
        """The lessons page by page, if the first page has no room for all of them with their objectives."""
        image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        pen = Pen(painter)
        left_out = self._paint_body(pen, self._paint_head(pen) + 26)
        pages: list[list[PassedLesson]] = [[]]
        y = 0.0
        for one in self._award.lessons if left_out else ():
            height = self._annex_height(pen, one)
            if pages[-1] and y + height > self._height - 2 * _MARGIN:
                pages.append([])
                y = 0.0
            pages[-1].append(one)
            y += height
        painter.end()
        return [page for page in pages if page]

    def _annex_height(self, pen: Pen, one: PassedLesson) -> float:
        width = self._width - 2 * _MARGIN
        objectives = sum(pen.height(text, 9, width - _INDENT) + 4 for text in one.objectives)
        return 16 + self._lesson_height(pen, width, one, 9.5) + objectives

    def _continuation(self, lessons: Sequence[PassedLesson]) -> Callable[[QPainter], None]:
        def paint(painter: QPainter) -> None:
            pen = Pen(painter)
            pen.ground(self._width, self._height)
            pen.fill(QRectF(0, 0, self._width, 8), LIGHT.accent)
            width = self._width - 2 * _MARGIN
            head = (
                f"{self._award.title} · {self._award.learner} · {self._certificate.short_id} · {self._words.continued}"
            )
            pen.fitted(QRectF(_MARGIN, 34, width, 14), head, (9, 8, 7, 6), 500, LIGHT.muted)
            y = _MARGIN + 14
            for one in lessons:
                self._paint_annexed(pen, QRectF(_MARGIN, y, width, 0), one)
                y += self._annex_height(pen, one)

        return paint

    def _paint_annexed(self, pen: Pen, box: QRectF, one: PassedLesson) -> None:
        pen.line(box.left(), box.top(), box.right(), LIGHT.hairline)
        y = box.top() + 9
        self._paint_lesson(pen, QRectF(box.left(), y, box.width(), 60), one, 9.5)
        y += self._lesson_height(pen, box.width(), one, 9.5)
        for objective in one.objectives:
            height = pen.height(objective, 9, box.width() - _INDENT)
            self._paint_objective(pen, QRectF(box.left(), y, box.width(), height), objective, 9)
            y += height + 4

    def _day(self, day: date) -> str:
        return self._locale.toString(QDate(day.year, day.month, day.day), self._words.day)
