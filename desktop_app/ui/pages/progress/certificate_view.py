"""A certificate on show: the page, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QLineEdit, QSizePolicy, QWidget

from desktop_app.records.credentials import Certificate
from desktop_app.ui.pages.progress.model import ProgressModel, ProgressState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.apart import Apart
from desktop_app.ui.widgets.basic import Banner, Button, Card, Choice, Scroll, fill, label, row, shortcut
from desktop_app.ui.widgets.shortened import Shortened

_RATIO = {"A4": 841.89 / 595.28, "Letter": 792 / 612}
_WIDEST_PX = 1000


class CertificateView(QWidget):
    """Signals: left(), when the person goes back."""

    left = Signal()

    def __init__(self, theme: Theme, model: ProgressModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model = theme, model
        model.choose_file = self._choose_file
        self._build()
        leave = shortcut(self, "Esc", self.left.emit)
        leave.setContext(Qt.ShortcutContext.WindowShortcut)  # wherever the keyboard is, while this is on show
        shortcut(self, "Ctrl+S", model.save_pdf)

    def _build(self) -> None:
        scroll = Scroll(max_width=_WIDEST_PX)
        fill(self, scroll)
        self.back = Button(self._theme, "Progress", "arrow-left", kind="quiet", tip="Back to Progress (Esc)")
        self.back.clicked.connect(self.left)
        self.paper = Choice()
        self.paper.setAccessibleName("Paper")
        self.paper.addItems(list(_RATIO))
        self.paper.textActivated.connect(self._model.use_paper)
        self.save_pdf = Button(self._theme, "Save PDF…", "download", kind="primary", tip="Save as a PDF (Ctrl+S)")
        self.save_pdf.clicked.connect(self._model.save_pdf)
        self.save_credential = Shortened(self._theme, "Save credential…", "file-text")
        self.save_credential.clicked.connect(self._model.save_credential)
        self.said = Banner(self._theme)
        self._page = _Page(self._theme)
        self._facts = label("", "muted", wrap=True, selectable=True)
        about = Card(margin=20)
        about.box.addWidget(label("What it is worth", "section"))
        about.box.addWidget(self._facts)
        self._key = QLineEdit()  # no space to break it at: in a label it would make the page wider than the window
        self._key.setReadOnly(True)
        self._key.setAccessibleName("Issuer key")
        about.box.addLayout(row(label("Issuer key", "muted"), self._key, spacing=12))
        saving = QWidget()
        saving.setObjectName("clear")
        saving.setLayout(row(self.paper, self.save_credential, self.save_pdf))
        scroll.box.addWidget(Apart(self.back, saving))
        for widget in (self.said, self._page, about):
            scroll.box.addWidget(widget)
        scroll.box.addStretch(1)

    def show_state(self, state: ProgressState) -> None:
        """Show the state's certificate."""
        self.said.say(state.said, state.said_tone)
        if state.shown is None:
            return
        certificate = state.shown.certificate
        self.paper.setCurrentText(state.shown.paper)
        self._page.show_picture(state.shown.picture, _RATIO[state.shown.paper], _in_words(certificate))
        self._facts.setText(
            f"{certificate.issuer_says}\n\nThe PDF carries the signed credential (Open Badges 3.0); the credential alone is "
            f"a small file for badge wallets. Whoever gets either can check, without a network, that nothing was altered: "
            f"greenroom records verify FILE\n\nNumber {certificate.id}"
        )
        self._key.setText(certificate.key)
        self._key.setCursorPosition(0)

    def _choose_file(self, name: str) -> Path | None:
        kind = "PDF (*.pdf)" if name.endswith(".pdf") else "Credential (*.json)"
        chosen, _ = QFileDialog.getSaveFileName(self, "Save certificate", str(Path.home() / name), kind)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix else path.with_suffix(Path(name).suffix)


class _Page(QWidget):
    """The page as a picture as wide as there is room; its accessible name says what stands on it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._picture, self._ratio = theme, QPixmap(), _RATIO["A4"]
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_picture(self, picture: QImage | None, ratio: float, words: str) -> None:
        """Show a page; None keeps the place free until it is painted."""
        self._picture, self._ratio = QPixmap.fromImage(picture) if picture is not None else QPixmap(), ratio
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A width that the layout may stretch."""
        return QSize(640, round(640 / self._ratio))

    def hasHeightForWidth(self) -> bool:
        """True: paper keeps its shape."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the page at a width."""
        return round(width / self._ratio)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page with a hairline around it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self.rect().adjusted(0, 0, -1, -1)
        painter.fillRect(box, Qt.GlobalColor.white)
        if not self._picture.isNull():
            ratio = self.devicePixelRatio()
            size = box.size() * ratio
            shown = self._picture.scaled(
                size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            shown.setDevicePixelRatio(ratio)
            painter.drawPixmap(box.topLeft(), shown)
        painter.setPen(self._theme.tokens.hairline)
        painter.drawRect(box)
        painter.end()


def _in_words(certificate: Certificate) -> str:
    award = certificate.award
    kind = "learning path" if award.kind == "path" else "lesson"
    lessons = ", ".join(f"{one.title} {one.percent}%" for one in award.lessons)
    return f"Certificate for {award.learner}, {kind} {award.title}: {lessons}. Number {certificate.short_id}."
