"""The Models tab: the list left, one model or a file to add right, and what goes on above; one at a time where it is narrow."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.sandbox.models.catalogue import in_bytes
from desktop_app.ui.pages.practice.models.candidate_view import CandidateView
from desktop_app.ui.pages.practice.models.detail import ModelDetail
from desktop_app.ui.pages.practice.models.model import ModelsModel
from desktop_app.ui.pages.practice.models.state import PLACES, ModelRow, ModelsState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Icon, Scroll, column, fill, label, meter, row, shortcut
from desktop_app.ui.widgets.entries import Entry, EntryList

_BESIDE_PX, _LOW_PX = 600, 520
_ALONE_HEIGHT_PX, _HEIGHT_PX = 160, 300  # below these the tab scrolls
_REFRESH_MS = 2000
_SIGNS = {"fits": "✓", "slow": "!", "no": "✕", "unknown": "?"}
_WORK = {
    "load": "Loading the model", "add": "Adding the file", "verify": "Comparing every byte", "remove": "Working",
    "examine": "Looking at the file",
}  # fmt: skip


class ModelsTab(QWidget):
    """Everything about models: nothing here needs a network."""

    def __init__(self, theme: Theme, model: ModelsModel, detail: ModelDetail) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self.model, self.detail = theme, model, detail
        self.setAcceptDrops(True)
        self._has_one = False  # what is in view where there is no room for both
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(model.refresh)
        self._build()
        self._connect()
        self._render(model.state)

    def _build(self) -> None:
        self.add = Button(
            self._theme,
            "Add a model",
            "plus",
            shortcut="Ctrl+Shift+A",
            tip="Choose a GGUF file: a model, or an adapter for one",
        )
        self.again = Button(
            self._theme,
            "Look again",
            "refresh-cw",
            kind="quiet",
            shortcut="F5",
            tip="Look into the folders of models again",
        )
        self.all_models = Button(self._theme, "All models", "arrow-left", kind="quiet", tip="Back to the list (Esc)")
        self._honest = label(
            "Models are files on this computer. Nothing here needs a network, and nothing is sent.", "muted", wrap=True
        )
        self._banner = Banner(self._theme, action="Undo", icon="")
        self._notes = Banner(self._theme)
        self._work, self._bar = label("", "strong"), meter(name="How far it is")
        self.cancel = Button(self._theme, "Cancel", "x", kind="quiet", tip="Stop; nothing half-done stays")
        self._going = QWidget()
        self._going.setObjectName("clear")
        going = QVBoxLayout(self._going)
        going.setContentsMargins(0, 0, 0, 0)
        going.addLayout(row(column(self._work, self._bar, spacing=4), self.cancel))
        self.list = EntryList(self._theme, "Models", lines=3)
        self._left = QWidget()
        self._left.setObjectName("clear")
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(12)
        left.addWidget(self.list, 1)
        self._drop = self._build_drop()
        left.addWidget(self._drop)
        self.candidate = CandidateView(self._theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.detail)
        self._stack.addWidget(self.candidate)
        self._side = side = Card(margin=16)
        side.box.addWidget(self._stack)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(16)
        self.splitter.setChildrenCollapsible(False)
        # it takes what room there is; what it would like to have is no reason to scroll
        self.splitter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.splitter.addWidget(self._left)
        self.splitter.addWidget(side)
        self.splitter.setSizes([340, 640])
        self._scroll = scroll = Scroll(margins=(0, 12, 0, 0), spacing=12)
        top = row(self.all_models, self._honest, 1, self.again, self.add)
        top.setStretch(1, 100)
        scroll.box.addLayout(top)
        for part in (self._banner, self._notes, self._going):
            scroll.box.addWidget(part)
        scroll.box.addWidget(self.splitter, 1)
        fill(self, scroll)

    def _build_drop(self) -> Card:
        card = Card(margin=16)
        words = column(
            label("Drop a GGUF file here", "strong"),
            label(
                "You get one from a model's publisher, or from IT on a stick or a share. It is looked at before anything is copied: "
                "whether it is sound, fits this computer, and under which licence.",
                "small", wrap=True,
            ), spacing=2,
        )  # fmt: skip
        line = row(Icon(self._theme, "download"), words)
        line.setAlignment(line.itemAt(0).widget(), Qt.AlignmentFlag.AlignTop)
        card.box.addLayout(line)
        return card

    def _connect(self) -> None:
        model = self.model
        self.list.chosen.connect(model.select)
        self.list.activated_key.connect(lambda _: self.show_one(True))
        self.list.clicked.connect(lambda _: self.show_one(True))
        self.all_models.clicked.connect(self._on_back)
        self._leave = shortcut(self, "Esc", self._on_back)
        self.detail.tabs.currentChanged.connect(lambda _: self._lay_out())
        self.add.clicked.connect(self._on_add_clicked)
        self.again.clicked.connect(model.look)
        self.cancel.clicked.connect(model.cancel)
        self._banner.acted.connect(model.undo)
        self.detail.used.connect(model.use)
        self.detail.unloaded.connect(model.unload)
        self.detail.verified.connect(model.verify)
        self.detail.removed.connect(model.remove)
        self.detail.strength_set.connect(model.set_strength)
        self.detail.adapter_removed.connect(model.remove_file)
        self.candidate.accepted.connect(lambda accepted: model.add(accept_template=accepted))
        self.candidate.declined.connect(self._on_declined)
        model.changed.connect(self._render)

    def focus_first(self) -> None:
        """Put the keyboard into the list."""
        self.list.setFocus()

    @property
    def is_narrow(self) -> bool:
        """True while there is room for the list or for one model, not for both."""
        return self.width() < self._theme.px(_BESIDE_PX)

    def show_one(self, has_one: bool) -> None:
        """Have one model in view, or the list, where there is no room for both."""
        self._has_one = has_one
        self._lay_out()
        if self.is_narrow and has_one:
            self.detail.tabs.setFocus()

    def _on_back(self) -> None:
        self.show_one(False)
        self.list.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Look into the folders when the tab is shown, and watch the memory while it is."""
        super().showEvent(event)
        self._timer.start()
        self.model.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees the memory now."""
        super().hideEvent(event)
        self._timer.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file can be dropped."""
        if len([url for url in event.mimeData().urls() if url.isLocalFile()]) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.model.examine(Path(url.toLocalFile()))
                break
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One at a time where there is no room for both side by side."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        narrow, adding = self.is_narrow, self.model.state.candidate is not None
        has_one = self._has_one or adding
        self._left.setVisible(not narrow or not has_one)
        self._side.setVisible(not narrow or has_one)
        alone = narrow and has_one and not adding
        self.all_models.setVisible(alone)
        # Esc is the scorecard's own where that is in front: two shortcuts at once and neither acts
        self._leave.setEnabled(alone and self.detail.tabs.currentIndex() == 0)
        for button in (self.again, self.add):
            button.setVisible(not narrow or not has_one)
        self._honest.setVisible(not narrow)
        self.splitter.setMinimumHeight(self._theme.px(_ALONE_HEIGHT_PX if narrow and not adding else _HEIGHT_PX))
        self._drop.setVisible(not narrow and self.height() > self._theme.px(_LOW_PX))  # a file can be dropped anyway

    def _on_add_clicked(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Add a model", "", "Models and adapters (*.gguf);;All files (*)")
        if file:
            self.model.examine(Path(file))

    def _on_declined(self) -> None:
        self.model.decline()
        self.list.setFocus()

    def _render(self, state: ModelsState) -> None:
        self.list.show_entries([_entry(each, state) for each in state.rows], state.selected)
        self.detail.show_state(state)
        if state.candidate is not None:
            self.candidate.show_candidate(state.candidate, is_busy=state.is_busy)
        self._lay_out()
        if state.candidate is not None and self._stack.currentIndex() == 0:
            self._stack.setCurrentIndex(1)
            self._scroll.ensureWidgetVisible(self.candidate)
            self.candidate.take_focus()
        self._stack.setCurrentIndex(0 if state.candidate is None else 1)
        self.add.setEnabled(not state.is_busy)
        self._banner.say(
            state.problem or state.said, "danger" if state.problem else "good", action="Undo" if state.removed else ""
        )
        self._notes.say(_notes(state), "caution")
        self._render_work(state)

    def _render_work(self, state: ModelsState) -> None:
        self._going.setVisible(state.is_busy)
        if not state.is_busy:
            return
        done, total = state.progress.done, state.progress.total
        far = (
            f": {in_bytes(done)} of {in_bytes(total)}"
            if total and total > 1000
            else f": {state.progress.note}"
            if state.progress.note
            else ""
        )
        self._work.setText(_WORK[state.work] + far)
        self._bar.setRange(0, 1000 if total else 0)  # no end known: it runs to and fro
        if total:
            self._bar.setValue(round(1000 * done / total))


def _entry(each: ModelRow, state: ModelsState) -> Entry:
    model, in_use = each.model, each.model.id == state.in_use
    chip = "Cannot be used" if each.problem else "In use" if in_use else PLACES.get(model.origin, "").capitalize()
    tone = "danger" if each.problem else "good" if in_use else "plain"
    speed = f", about {each.fit.tokens_per_second:.0f} tokens a second" if each.fit.tokens_per_second else ""
    fit = f"{_SIGNS[each.fit.verdict]} {each.fit.words.capitalize()}{speed}"  # what it needs stands beside the list
    return Entry(model.id, model.name, chip, tone, f"{model.size} · {model.publisher}", each.problem or fit)


def _notes(state: ModelsState) -> str:
    """What is wrong with folders, and files nobody described."""
    stray = [f"{path} has no entry in its models.json; drop it here to add it." for path in state.strays]
    said = [*state.problems, *stray]
    more = f"\nAnd {len(said) - 4} more." if len(said) > 4 else ""
    return "\n".join(said[:4]) + more
