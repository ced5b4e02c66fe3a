"""Drafts: what is being written on the left; its text beside what people will get from it on the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QStringListModel, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFileDialog,
    QLineEdit,
    QMenu,
    QSplitter,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.curate.drafts_editor import DraftEditor
from desktop_app.ui.pages.curate.drafts_model import Draft, DraftsModel, DraftsState
from desktop_app.ui.pages.curate.drafts_preview import DraftPreview
from desktop_app.ui.pages.curate.drafts_report import report_html, summary
from desktop_app.ui.pages.curate.drafts_text import Checked
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.standing import state_tone
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, icon_button, label, row, shortcut, tab_as_read
from desktop_app.ui.widgets.entries import Entry, EntryList

_NARROW_PX = 900
_FORMS = "Prompts of other tools (*.yml *.yaml *.prompty *.prompt *.md *.csv *.json *.txt);;All files (*)"


class DraftsTab(QWidget):
    """The list, the open draft with its preview, and what an import did."""

    def __init__(
        self, theme: Theme, model: DraftsModel, sandbox: SandboxModel, jobs: Jobs, ids: Callable[[], tuple[str, ...]]
    ) -> None:
        """ids gives the prompts of which a new version can be begun."""
        super().__init__()
        self._theme, self._model, self._ids = theme, model, ids
        self.setAcceptDrops(True)
        self._build(sandbox, jobs)
        self._connect()
        self._render(model.state)

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self, sandbox: SandboxModel, jobs: Jobs) -> None:
        self._banner = Banner(self._theme, action="Undo")
        self.back = icon_button(self._theme, "chevron-left", "All drafts")
        self.new = Button(self._theme, "New prompt", "plus", tip="Begin a prompt of your own")
        self.next = Button(self._theme, "New version of…", "pencil", tip="Begin the next version of a prompt there is")
        self.importing = Button(
            self._theme, "Import…", "download", tip="Prompts of other tools, as drafts in your library"
        )
        self._reading = label("", "small")
        self.ask = self._build_ask()
        self._progress = Banner(self._theme, action="Stop")
        self.list = EntryList(self._theme, "Drafts")
        self._left = QWidget()
        self._left.setObjectName("clear")
        box = QVBoxLayout(self._left)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.list, 1)
        self._side = QStackedWidget()
        self._side.addWidget(self._build_empty())
        self._side.addWidget(self._build_open(sandbox, jobs))
        self._side.addWidget(self._build_report())
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self._left.setMinimumWidth(180)
        for widget in (self._left, self._side):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([220, 900])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 12, 0, 0)
        outer.setSpacing(10)
        outer.addLayout(row(self.back, self.new, self.next, self.importing, 1, self._reading))
        for widget in (self.ask, self._progress, self._banner):
            outer.addWidget(widget)
        outer.addWidget(self.splitter, 1)

    def _build_ask(self) -> QWidget:
        """One line that asks for the name of a new prompt, or for the prompt of which a version is begun."""
        holder = QWidget()
        holder.setObjectName("clear")
        self.field = QLineEdit()
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.field.setCompleter(completer)
        self.begin = Button(self._theme, "Begin", kind="primary")
        cancel = Button(self._theme, "Cancel")
        cancel.clicked.connect(self._end_asking)
        holder.setLayout(row(self.field, self.begin, cancel))
        holder.hide()
        self._asks_for = ""
        return holder

    def _build_empty(self) -> Card:
        card = Card(margin=24)
        card.box.addWidget(label("Write a prompt", "section"))
        card.box.addWidget(
            label(
                "A draft is yours alone, sealed on this computer, until you publish it to a library folder and submit it for "
                "review. Begin a new one, the next version of a prompt there is, or drop files of other tools here.",
                "muted", wrap=True,
            )
        )  # fmt: skip
        card.box.addStretch(1)
        return card

    def _build_open(self, sandbox: SandboxModel, jobs: Jobs) -> QWidget:
        self.editor = DraftEditor(self._theme)
        self.preview = DraftPreview(self._theme, sandbox, jobs)
        self._name, self._where = label("", "section", wrap=True), label("", "small")
        self.save = Button(self._theme, "Save", "save", tip="Save", shortcut="Ctrl+S")
        self.more = Button(self._theme, "More", "ellipsis", tip="Duplicate or delete it")
        self.publish = Button(
            self._theme, "Publish…", "folder-open", kind="primary", tip="Put it into a library folder"
        )
        self.submit = Button(self._theme, "Submit", "arrow-right", kind="primary", tip="Ask somebody to review it")
        self.menu = QMenu(self)
        self._duplicate = self.menu.addAction("Duplicate")
        self._as_new = self.menu.addAction("Save as a new version")
        self._delete = self.menu.addAction("Delete")
        self.targets = QMenu(self)
        self.pair = QSplitter(Qt.Orientation.Horizontal)
        self.pair.setHandleWidth(12)
        self.pair.setChildrenCollapsible(False)
        self.editor.setMinimumWidth(220)
        self.preview.setMinimumWidth(220)
        self.pair.addWidget(self.editor)
        self.pair.addWidget(self.preview)
        self.pair.setSizes([560, 400])
        card = Card(margin=14, spacing=8)
        head = row(self._name, self._where, self.save, self.more, self.publish, self.submit)
        card.box.addLayout(head)
        card.box.addWidget(self.pair, 1)
        return card

    def _build_report(self) -> Card:
        card = Card(margin=20)
        self._summary = label("", "section", wrap=True)
        self.report = QTextBrowser()
        self.report.setOpenLinks(False)
        self.report.setAccessibleName("What was imported")
        self.report.setTabChangesFocus(True)
        close = Button(self._theme, "Close", "x")
        close.clicked.connect(self._model.close_report)
        card.box.addLayout(row(self._summary, close))
        card.box.addWidget(self.report, 1)
        Restyler(self._theme, card, lambda: self._draw_report(self._model.state))
        return card

    def _connect(self) -> None:
        model = self._model
        self.list.chosen.connect(lambda key: self._open(key))
        self.list.activated_key.connect(lambda _: self.editor.text.setFocus())
        self.new.clicked.connect(lambda: self._ask("name"))
        self.next.clicked.connect(lambda: self._ask("id"))
        self.begin.clicked.connect(self._on_begin)
        self.field.returnPressed.connect(self._on_begin)
        shortcut(self.ask, "Esc", self._end_asking)
        self.importing.clicked.connect(self._on_import_clicked)
        self.back.clicked.connect(model.close_draft)
        self._progress.acted.connect(model.cancel_import)
        self._banner.acted.connect(model.bring_back)
        self.editor.edited.connect(model.edit)
        self.save.clicked.connect(model.save)
        self.submit.clicked.connect(model.submit)
        self.publish.clicked.connect(self._on_publish_clicked)
        self.more.clicked.connect(lambda: self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2))))
        self._duplicate.triggered.connect(model.duplicate)
        self._delete.triggered.connect(model.forget)
        self._as_new.triggered.connect(self._on_as_new)
        shortcut(self.editor.text, "Esc", self.editor.adds[0].setFocus)
        shortcut(self, "Ctrl+Return", self.preview.run_or_stop)
        model.changed.connect(self._render)
        model.opened.connect(self._on_opened)
        model.replaced.connect(self.editor.text.replace_text)
        model.checked.connect(self._on_checked)

    # -- what a person does ------------------------------------------------------------------------------------------

    def begin_version(self, prompt_id: str, version: int | None) -> None:
        """Begin the next version of a prompt."""
        self._model.begin_version(prompt_id, version)
        self.editor.text.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Files may have come meanwhile."""
        super().showEvent(event)
        self._model.reload()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of other tools can be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        self._model.import_files([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the list gives way to the draft that is open, and the preview stands below the text."""
        super().resizeEvent(event)
        self._fit(self._model.state)

    def _fit(self, state: DraftsState) -> None:
        narrow = self.width() < self._theme.px(_NARROW_PX)
        is_open = self._side.currentIndex() == 1
        self._left.setVisible(bool(state.drafts) and not (narrow and is_open))
        self.back.setVisible(narrow and is_open)
        for button, words in ((self.save, "Save"), (self.more, "More")):
            if button.text() != ("" if narrow else words):
                button.setText("" if narrow else words)
                button.setAccessibleName(words)
                button.redraw()

    def _open(self, key: object) -> None:
        found = next((one for one in self._model.state.drafts if one.key == key), None)
        if found is not None:
            self._model.open(found)

    def _ask(self, what: str) -> None:
        self._asks_for = what
        is_name = what == "name"
        words = (
            "What the prompt does, such as “Reply to a complaint”"
            if is_name
            else "The id of a prompt, such as reply-to-complaint"
        )
        self._names.setStringList([] if is_name else list(self._ids()))
        self.field.clear()
        self.field.setPlaceholderText(words)
        self.field.setAccessibleName("Name of the new prompt" if is_name else "Prompt of which to begin a version")
        self.ask.show()
        self.field.setFocus()

    def _end_asking(self) -> None:
        self.ask.hide()
        (self.new if self._asks_for == "name" else self.next).setFocus()

    def _on_begin(self) -> None:
        text = self.field.text().strip()
        if not text or not self.ask.isVisibleTo(self):
            return
        self.ask.hide()
        if self._asks_for == "name":
            self._model.begin(text)
        else:
            self._model.begin_version(text)
        if self._model.state.chosen is not None:
            self.editor.text.setFocus()

    def _on_import_clicked(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Import prompts of other tools", "", _FORMS)
        if files:
            self._model.import_files([Path(file) for file in files])

    def _on_publish_clicked(self) -> None:
        self._fill_targets(self._model.publish)
        if self.targets.isEmpty():
            self._model.publish_nowhere()
            return
        self.targets.popup(self.publish.mapToGlobal(QPoint(0, self.publish.height() + 2)))

    def _on_as_new(self) -> None:
        chosen = self._model.state.chosen
        if chosen is not None and chosen.library is not None:
            self._model.publish(chosen.library)

    def _fill_targets(self, then: Callable[[Path], object]) -> None:
        self.targets.clear()
        for library in self._model.targets():
            own = library == self._model.own_library
            entry = self.targets.addAction("Your own library" if own else f"{library.name}  ({library.parent})")
            entry.triggered.connect(lambda _=False, library=library: then(library))

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _on_opened(self, text: str) -> None:
        self.preview.forget()
        self.editor.show_text(text)

    def _on_checked(self, checked: Checked) -> None:
        self.editor.show_checked(checked)
        self.preview.show_checked(checked)
        self._render_head(self._model.state)
        # the text comes last, since Tab indents in it; a new form would come after it
        tab_as_read(self._side.widget(1), self.editor.text)

    def _render(self, state: DraftsState) -> None:
        self._reading.setText(state.reading)
        self._progress.say(state.importing, "plain", action="Stop")
        self._banner.say(
            state.problem or state.said,
            "danger" if state.problem else "good",
            action="Undo" if state.forgotten and not state.problem else "",
        )
        self.list.show_entries(
            [_entry(one, self._model.own_library) for one in state.drafts], state.chosen.key if state.chosen else None
        )
        self._side.setCurrentIndex(2 if state.report is not None else 1 if state.chosen is not None else 0)
        self._draw_report(state)
        self._render_head(state)
        self._fit(state)

    def _render_head(self, state: DraftsState) -> None:
        chosen = state.chosen
        if chosen is None:
            return
        latest = self._model.latest
        version = latest.version if latest else None
        self._name.setText(version.name if version else chosen.name)
        own = chosen.version is None
        self._where.setText(
            "Only you" if own else _place(chosen, self._model.own_library) + (" · changed" if state.is_changed else "")
        )
        self.publish.setVisible(self._model.is_private)
        self.publish.setEnabled(version is not None)
        self.submit.setVisible(not self._model.is_private)
        self.submit.setEnabled(version is not None and not state.is_changed)
        self.submit.setToolTip(
            "Save it first: what is in the file is submitted" if state.is_changed else "Ask somebody to review it"
        )
        self._delete.setVisible(own)
        self._as_new.setVisible(not own)

    def _draw_report(self, state: DraftsState) -> None:
        if state.report is not None:
            self._summary.setText(summary(state.report))
            self.report.setHtml(report_html(state.report, self._theme.tokens))


def _place(draft: Draft, own_library: Path) -> str:
    number = draft.version.version if draft.version else 1
    return f"{_folder(draft, own_library)} · v{number}"


def _folder(draft: Draft, own_library: Path) -> str:
    if draft.library is None:
        return ""
    return "Only you" if draft.library == own_library else draft.library.name


def _entry(draft: Draft, own_library: Path) -> Entry:
    if draft.version is None:
        return Entry(draft.key, draft.name, "Only you", "good", draft.id)
    chip = f"{draft.state.capitalize()} · v{draft.version.version}"
    place, file = _folder(draft, own_library), str(draft.version.path)
    return Entry(draft.key, draft.name, chip, state_tone(draft.state), place, "", file)
