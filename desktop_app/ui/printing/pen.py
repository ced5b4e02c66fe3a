"""Painting in points with the theme's font, and an ornament drawn from a number."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QTextLayout, QTextOption

UNIT = 10  # fonts have whole sizes only, so a point is ten units and the painter scales down
_TURN = 2 * math.pi
_STEPS = 480


class Pen:
    """A painter that takes points; it must be scaled so that a point is UNIT units."""

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter

    def ground(self, width: float, height: float) -> None:
        """White paper."""
        self._painter.fillRect(_units(QRectF(0, 0, width, height)), Qt.GlobalColor.white)

    def fill(self, box: QRectF, color: str) -> None:
        """A filled rectangle."""
        self._painter.fillRect(_units(box), QColor(color))

    def line(self, left: float, y: float, right: float, color: str, width: float = 0.75) -> None:
        """A horizontal line."""
        self._painter.setPen(QPen(QColor(color), width * UNIT))
        self._painter.drawLine(QPointF(left * UNIT, y * UNIT), QPointF(right * UNIT, y * UNIT))

    def dot(self, centre: QPointF, radius: float, color: str) -> None:
        """A filled circle."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(color))
        self._painter.drawEllipse(centre * UNIT, radius * UNIT, radius * UNIT)

    def curves(self, lines: Sequence[QPolygonF], color: str, width: float, *, opacity: float) -> None:
        """Thin lines through the points of each polygon, open at its ends."""
        self._painter.save()
        self._painter.setOpacity(opacity)
        self._painter.setPen(QPen(QColor(color), width * UNIT))
        for line in lines:
            self._painter.drawPolyline(QPolygonF([QPointF((point * UNIT).toPoint()) for point in line]))
        self._painter.restore()

    def text(
        self,
        box: QRectF,
        text: str,
        size: float,
        weight: int,
        color: str,
        *,
        right: bool = False,
        spacing: int = 100,
    ) -> None:
        """Text from the top of a box; what is too wide goes on in the next line. spacing of letters is in percent."""
        self._painter.setPen(QColor(color))
        layout = _laid_out(text, _font(size, weight, spacing), box.width(), right=right)
        layout.draw(self._painter, box.topLeft() * UNIT)

    def fitted(self, box: QRectF, text: str, sizes: Sequence[float], weight: int, color: str) -> float:
        """Text in the first size in which it is one line, else in the largest that fits the box; returns where it ends."""
        heights = {one: self.height(text, one, box.width(), weight) for one in sizes}
        one_line = [one for one, height in heights.items() if height < 2 * one]
        size = next(iter(one_line or [one for one, height in heights.items() if height <= box.height()]), sizes[-1])
        height = min(self.height(text, size, box.width(), weight), box.height())
        self.text(QRectF(box.left(), box.top(), box.width(), height + 1), text, size, weight, color)
        return box.top() + height

    def height(self, text: str, size: float, width: float, weight: int = 400) -> float:
        """How high text is when it is width wide."""
        return _laid_out(text, _font(size, weight), width).boundingRect().height() / UNIT


def _font(size: float, weight: int, spacing: int = 100) -> QFont:
    font = QFont("Inter")
    font.setPixelSize(round(size * UNIT))
    font.setWeight(QFont.Weight(weight))
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, spacing)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("calt"), 0)  # its other hyphens and brackets are lost when text is copied from a PDF
    return font


def _laid_out(text: str, font: QFont, width: float, *, right: bool = False) -> QTextLayout:
    layout = QTextLayout(text, font)
    option = QTextOption(Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width * UNIT)
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


def _units(box: QRectF) -> QRectF:
    return QRectF(box.topLeft() * UNIT, box.size() * UNIT)


def rosette(seed: str, centre: QPointF, radius: float) -> list[QPolygonF]:
    """The left half of an ornament that every seed draws its own way, as on bank notes."""
    numbers = hashlib.sha256(seed.encode()).digest()
    found: list[QPolygonF] = []
    for ring, (inner, outer) in enumerate(((0.2, 0.62), (0.66, 0.98))):
        petals, waves, depth, lines = numbers[4 * ring : 4 * ring + 4]
        shape = (7 + petals % 9, 2 + waves % 3, 0.32 + depth / 255 * 0.16)
        count = 14 + lines % 5
        middle, swing = (inner + outer) / 2 * radius, (outer - inner) / 2 * radius
        found += [_wave(centre, middle, swing, shape, _TURN * line / count) for line in range(count)]
    return found


def _wave(centre: QPointF, middle: float, swing: float, shape: tuple[int, int, float], phase: float) -> QPolygonF:
    petals, waves, depth = shape
    points = []
    for step in range(_STEPS // 2 + 1):
        angle = _TURN / 4 + _TURN * step / _STEPS
        beat = (1 - depth) + depth * math.cos(waves * angle)
        distance = middle + swing * beat * math.sin(petals * angle + phase)
        points.append(QPointF(centre.x() + distance * math.cos(angle), centre.y() + distance * math.sin(angle)))
    return QPolygonF(points)
