"""Puts documents into the Ask tab: the list, the sources of answers, the document beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop_app.practice.conversation import Turn
from desktop_app.ui.pages.practice.documents.beside import Beside
from desktop_app.ui.pages.practice.documents.dropping import FileDrops
from desktop_app.ui.pages.practice.documents.panel import DocumentsPanel
from desktop_app.ui.pages.practice.documents.reader import DocumentView
from desktop_app.ui.pages.practice.documents.session import DocumentsSession

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow
    from desktop_app.ui.pages.practice.ask.tab import AskTab


class DocumentsInTab(QObject):
    """What documents add to the Ask tab; it belongs to the tab."""

    def __init__(self, window: MainWindow, tab: AskTab) -> None:
        super().__init__(tab)
        self.session = DocumentsSession(window.theme, window.services, window.jobs, tab.model, self)
        self.panel = DocumentsPanel(window.theme, self.session.documents)
        self.view = DocumentView(window.theme, self.session.reader)
        layout = tab.layout()
        assert layout is not None
        self.beside = Beside(window.theme, self.view, tab.set_reading)
        layout.replaceWidget(tab.splitter, self.beside)
        self.beside.hold(tab.splitter)
        tab.inputs.add_documents(self.panel)
        self.drops = FileDrops(tab, self.session.documents.add)
        self.drops.watch(tab.thread.follow_up.edit)
        self._tab, self._prompt = tab, object()
        self._connect(window)

    def _connect(self, window: MainWindow) -> None:
        session, tab = self.session, self._tab
        tab.card_ready.connect(session.show_sources)
        tab.model.answered.connect(self._on_answered)
        tab.model.changed.connect(lambda state: self._watch_fields(state.prompt))
        self.panel.own_words_wanted.connect(tab.model.set_own_words)
        tab.model.changed.connect(lambda state: self.panel.show_own_words(state.own_words))
        self.panel.open_wanted.connect(session.open_document)
        session.opened.connect(self._on_opened)
        session.closed.connect(self.beside.close_view)
        session.documents_wanted.connect(self.panel.choose_files)
        window.keyring_answered.connect(session.documents.reload)
        window.settings_model.erased.connect(session.forget)
        window.practice.closing.connect(session.close)
        for card in tab.thread.answers:
            session.show_sources(card)
        self._watch_fields(tab.model.state.prompt)
        session.documents.reload()

    def _on_opened(self, answer: QWidget | None) -> None:
        self.beside.open()
        if answer is not None:  # it stays in view beside its document
            self._tab.show_answers()
            QTimer.singleShot(0, answer, lambda: self._tab.thread.scroll.ensureWidgetVisible(answer, 0, 24))

    def _on_answered(self, turn: Turn) -> None:
        """What an answer is drawn from is known only when it is stored."""
        for card in self._tab.thread.answers:
            if card.turn.id == turn.id:
                self.session.show_sources(card)

    def _watch_fields(self, prompt: object) -> None:
        """Fields of the form would take the name of a dropped file as text; a new prompt has new ones."""
        if prompt is not self._prompt:
            self._prompt = prompt
            for edit in self._tab.inputs.form.findChildren(QPlainTextEdit):
                self.drops.watch(edit)


def add_documents(window: MainWindow, tab: AskTab) -> DocumentsInTab:
    """Put documents into the Ask tab."""
    return DocumentsInTab(window, tab)
