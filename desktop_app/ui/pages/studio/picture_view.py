"""An image of the folder, and a way to put it into the open lesson."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, label, row
from desktop_app.ui.widgets.pictures import MOST_PX, picture


class PictureView(QWidget):
    """Signals: insert_asked(str), the file's name; closed()."""

    insert_asked = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._name, self._image = "", QImage()
        self._facts = label("", "small", wrap=True)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._insert = Button(theme, "Insert into the lesson", "plus")
        close = Button(theme, "Close", "x")
        self._insert.clicked.connect(lambda: self.insert_asked.emit(self._name))
        close.clicked.connect(self.closed)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 0, 0, 0)
        box.addWidget(self._facts)
        box.addWidget(self._picture, 1)
        box.addLayout(row(self._insert, 1, close))
        self.parts = (self._insert, close)  # as Tab goes

    def show_picture(self, path: Path, *, fits: bool) -> None:
        """Show an image; fits says whether it lies in the open lesson's folder."""
        self._name, self._image = path.name, picture(path, MOST_PX)
        size = (
            f"{self._image.width()} × {self._image.height()} pixels" if not self._image.isNull() else "cannot be shown"
        )
        self._facts.setText(f"{path.name} · {size} · {path.stat().st_size / 1000:.0f} kB")
        self._picture.setAccessibleName(f"Image {path.name}")
        self._insert.setVisible(fits)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As large as there is room, never larger than it is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._image.isNull():
            self._picture.setPixmap(QPixmap())
            return
        room = self._picture.size().boundedTo(self._image.size())
        scaled = self._image.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._picture.setPixmap(QPixmap.fromImage(scaled))
