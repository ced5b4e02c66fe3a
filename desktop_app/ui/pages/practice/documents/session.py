"""Documents and conversations together: which documents a conversation uses, where its answers come from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop_app.errors import AppError
from desktop_app.practice.conversation import Turn
from desktop_app.practice.grounding.keeping import fill_in, from_kept
from desktop_app.practice.grounding.passage import GroundedAnswer
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.pages.practice.ask.state import AskState
from desktop_app.ui.pages.practice.ask.turn_cards import AnswerCard
from desktop_app.ui.pages.practice.documents.model import DocumentsModel
from desktop_app.ui.pages.practice.documents.reader_model import ReaderModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.cited_answer import CitedAnswer
from desktop_app.ui.widgets.cited_words import used_passages
from desktop_app.ui.widgets.copy_guard import CopyGuard


class DocumentsSession(QObject):
    """Signals: opened(QWidget), when a document is to be shown, with the answer it is opened from or None; closed(), when it
    is gone; documents_wanted(), when another document would help.
    """

    opened = Signal(object)
    closed = Signal()
    documents_wanted = Signal()

    def __init__(
        self, theme: Theme, services: Services, jobs: Jobs, ask: AskModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._services, self._jobs, self._ask = theme, services, jobs, ask
        self.documents = DocumentsModel(services, jobs, self)
        self.reader = ReaderModel(services, jobs, self)
        self._ids = ask.document_ids
        self._shown: dict[AnswerCard, CitedAnswer] = {}
        self.documents.chosen_changed.connect(self._on_chosen)
        self.documents.added.connect(lambda _: self._fill_all())
        self.documents.gone.connect(self._on_gone)
        ask.changed.connect(self._on_ask_changed)

    # -- which documents the conversation uses -----------------------------------------------------------------------

    def _on_chosen(self, chosen: tuple[str, ...]) -> None:
        self._ids = chosen
        if set(chosen) != set(self._ask.document_ids):
            self._ask.set_documents(chosen)

    def _on_ask_changed(self, state: AskState) -> None:
        if state.document_ids != self._ids:  # another conversation, not a document that has just been added
            self._ids = state.document_ids
            self.documents.choose_only(state.document_ids)

    # -- where an answer comes from ----------------------------------------------------------------------------------

    def show_sources(self, card: AnswerCard) -> None:
        """Show an answer from documents with its marks and sources in its card; other answers stay as they are."""
        answer = from_kept(card.turn.text or "", card.turn.kept)
        if answer is None:
            return
        cited = self._shown.get(card)
        if cited is None:
            cited = self._shown[card] = CitedAnswer(self._theme)
            cited.passage_wanted.connect(lambda number: self.open_passage(card, number))
            cited.documents_wanted.connect(self.documents_wanted)
            CopyGuard(cited.text, partial(self._copy_cited, card, cited))
            card.add_extra(cited)
            card.destroyed.connect(lambda _=None, card=card: self._shown.pop(card, None))
        card.cover_text(asks_judgement=answer.found)
        cited.show_answer(answer, self._question(card.turn))
        self._fill(card, answer)

    @staticmethod
    def _copy_cited(card: AnswerCard, cited: CitedAnswer) -> None:
        card.copy_asked.emit(cited.text.selected_text())

    def _question(self, turn: Turn) -> str:
        conversation = self._ask.state.conversation
        asked = [one for one in conversation.turns if one.id == turn.parent] if conversation else []
        return (asked[0].text or "") if asked else ""

    def _fill(self, card: AnswerCard, answer: GroundedAnswer) -> None:
        """Put in what the passages say now, and which documents are gone."""
        self._jobs.start(fill_in(self._services.grounding, answer), partial(self._on_filled, card), self._on_not_filled)

    def _on_filled(self, card: AnswerCard, filled: tuple[GroundedAnswer, frozenset[str]]) -> None:
        cited = self._shown.get(card)
        if cited is not None and isValid(cited):
            answer, gone = filled
            cited.show_answer(answer, self._question(card.turn), gone)

    def _on_not_filled(self, error: Exception) -> None:
        if not isinstance(error, AppError):  # a list of documents that cannot be read says so itself
            raise error

    def _fill_all(self) -> None:
        for card, cited in list(self._shown.items()):
            if isValid(cited) and cited.answer is not None:
                self._fill(card, cited.answer)

    def _on_gone(self, document_id: str) -> None:
        if self.reader.state.document_id == document_id:
            self.reader.close()
            self.closed.emit()
        self._fill_all()

    # -- opening -----------------------------------------------------------------------------------------------------

    def open_passage(self, card: AnswerCard, number: int) -> None:
        """Open the document of a passage there, with the answer's other passages before and after it."""
        cited = self._shown.get(card)
        if cited is None or cited.answer is None:
            return
        passages = cited.answer.passages
        numbers = sorted(used_passages(cited.answer) | {number})
        numbers = [at for at in numbers if at < len(passages) and passages[at].text]  # one that is gone has no text
        if number in numbers:
            chosen = [passages[at] for at in numbers]
            self.reader.open(passages[number].document_id, chosen, numbers.index(number), [at + 1 for at in numbers])
            self.opened.emit(cited)

    def open_document(self, document_id: str) -> None:
        """Open a document at its start."""
        self.reader.open(document_id)
        self.opened.emit(None)

    def forget(self) -> None:
        """The records and documents were erased: show none."""
        self.reader.close()
        self.closed.emit()
        self.documents.forget()

    def close(self) -> None:
        """End what is read and remove what was to be removed."""
        self.reader.close()
        self.documents.close()
