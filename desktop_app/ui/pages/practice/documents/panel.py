"""The list of documents beside the conversation: add, choose, tag, open, remove."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QVBoxLayout, QWidget

from desktop_app.practice.grounding.passage import KIND_NAMES
from desktop_app.ui.pages.practice.documents.dropping import FileDrops
from desktop_app.ui.pages.practice.documents.model import DocumentsModel
from desktop_app.ui.pages.practice.documents.row import DocumentRow, ReadingRow
from desktop_app.ui.pages.practice.documents.state import KEPT, DocumentsState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Icon, label, row

_EMPTY = "Add a document, and answers are drawn from it, with the passage each sentence comes from."
_OWN_WORDS = (
    "A small model quotes, because in its own words it often gets figures wrong. Try it: every sentence is marked as found "
    "in the documents or not."
)
_KINDS = " ".join(f"*.{kind}" for kind in KIND_NAMES)


class DocumentsPanel(QWidget):
    """Signals: open_wanted(str), a document's id; own_words_wanted(bool), whether the model is to answer in its own words."""

    open_wanted = Signal(str)
    own_words_wanted = Signal(bool)

    def __init__(self, theme: Theme, model: DocumentsModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self._rows: dict[str, DocumentRow] = {}
        self._readings: dict[int, ReadingRow] = {}
        self._build()
        model.changed.connect(self._render)
        self._render(model.state)

    def _build(self) -> None:
        self._headline = label("", "small")
        self.add = Button(
            self._theme, "Add", "plus", kind="quiet", tip="Add documents, or drop them anywhere here", shortcut="Ctrl+O"
        )
        self.add.setAccessibleName("Add documents")
        self.add.clicked.connect(self.choose_files)
        self._problem = Banner(self._theme)
        self._removed = Banner(self._theme, action="Undo")
        self._removed.acted.connect(self._model.undo_remove)
        self._empty = label(_EMPTY, "muted", wrap=True)
        self.example = Button(
            self._theme,
            "Try with an example",
            "lightbulb",
            tip="Add the invented company's documents that come with Greenroom",
        )
        self.example.clicked.connect(self._model.add_examples)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._warning = label("", "small", wrap=True)
        self._shield = Icon(self._theme, "shield-alert", "caution", 14)
        self.own_words = QCheckBox("Answer in the model's own words")
        self.own_words.setToolTip(_OWN_WORDS)
        self.own_words.toggled.connect(self.own_words_wanted)
        self._kept = label(KEPT, "small", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(row(label("Documents", "strong"), self._headline, 1, self.add))
        box.addWidget(self._problem)
        box.addWidget(self._removed)
        box.addWidget(self._empty)
        box.addLayout(row(self.example, 1))
        box.addLayout(self._list)
        box.addWidget(self.own_words)
        warning = row(self._shield, self._warning, spacing=6)
        warning.setStretch(1, 1)
        warning.setAlignment(self._shield, Qt.AlignmentFlag.AlignTop)
        box.addLayout(warning)
        box.addWidget(self._kept)
        self.drops = FileDrops(self, self._model.add)

    def show_own_words(self, own_words: bool) -> None:
        """Show how the conversation's answers are made."""
        if self.own_words.isChecked() != own_words:
            self.own_words.setChecked(own_words)

    def choose_files(self) -> None:
        """Ask for files and add them."""
        files, _ = QFileDialog.getOpenFileNames(self, "Add documents", "", f"Documents ({_KINDS})")
        self._model.add(map(Path, files))

    def minimumSizeHint(self) -> QSize:
        """As high as its wrapped lines need at this width, or the form it stands in would squeeze it."""
        layout, hint = self.layout(), super().minimumSizeHint()
        return QSize(hint.width(), max(hint.height(), layout.totalHeightForWidth(self.width()) if layout else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste files, or lines that name files."""
        if event.matches(QKeySequence.StandardKey.Paste) and self.drops.paste():
            return
        super().keyPressEvent(event)

    def _render(self, state: DocumentsState) -> None:
        is_empty = state.is_loaded and not state.documents and not state.reading
        self._headline.setText(state.headline)
        self._problem.say(state.problem, "danger")
        self._removed.say(f"{state.removed.name} was removed." if state.removed else "", action="Undo")
        for widget in (self._empty, self.example):
            widget.setVisible(is_empty and state.removed is None)
        self._warning.setText(state.warning)
        for widget in (self._warning, self._shield):
            widget.setVisible(bool(state.warning))
        self.own_words.setVisible(bool(state.chosen))
        self._kept.setVisible(bool(state.documents))
        self._render_readings(state)
        self._render_documents(state)

    def _render_readings(self, state: DocumentsState) -> None:
        keys = [reading.key for reading in state.reading]
        for key in [key for key in self._readings if key not in keys]:
            self._take(self._readings.pop(key))
        for at, reading in enumerate(state.reading):
            if reading.key in self._readings:
                self._readings[reading.key].show_reading(reading)
                continue
            made = self._readings[reading.key] = ReadingRow(self._theme, reading)
            made.cancelled.connect(lambda key=reading.key: self._model.cancel(key))
            made.again.connect(lambda path=reading.path: self._model.add([path]))
            self._list.insertWidget(at, made)

    def _render_documents(self, state: DocumentsState) -> None:
        ids = [item.row.id for item in state.documents]
        for one in [one for one in self._rows if one not in ids]:
            self._take(self._rows.pop(one))
        for at, item in enumerate(state.documents):
            one = item.row.id
            if one not in self._rows:
                self._rows[one] = self._make_row(item.row.id, DocumentRow(self._theme, item))
                self._list.insertWidget(len(state.reading) + at, self._rows[one])
            elif self._rows[one].item != item:
                self._rows[one].show_item(item)

    def _make_row(self, document_id: str, made: DocumentRow) -> DocumentRow:
        made.chosen.connect(lambda chosen: self._model.choose(document_id, chosen))
        made.class_chosen.connect(lambda data_class: self._model.set_class(document_id, data_class))
        made.removed.connect(lambda: self._remove(document_id))
        made.opened.connect(lambda: self.open_wanted.emit(document_id))
        return made

    def _remove(self, document_id: str) -> None:
        self._model.remove(document_id)
        self._removed.button.setFocus(Qt.FocusReason.OtherFocusReason)  # Undo is the next thing one may want

    def _take(self, widget: QWidget) -> None:
        self._list.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
