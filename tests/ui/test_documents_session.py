"""Documents in the Ask tab of the real window: which ones a conversation uses, sources in its answers, opening, removing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.practice.talking import Reply
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.practice.documents.opening import DocumentsInTab
from desktop_app.ui.widgets.basic import Clickable
from desktop_app.ui.widgets.cited_answer import CitedAnswer
from tests.helpers.grounded import add_documents, answered, refused


@pytest.fixture
def parts(open_window: object, qtbot: QtBot) -> DocumentsInTab:
    """The Ask tab's documents, in a window whose model is not waited for."""
    window: MainWindow = open_window()  # type: ignore[operator]
    assert window.first_run is not None
    window.first_run.skipped.emit()
    window.resize(1240, 800)
    window.go("practice")
    made = window.ask.findChild(DocumentsInTab)
    made.window = window  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: made.session.documents.state.is_loaded)
    qtbot.waitUntil(lambda: window.services.learner.keyring_asked)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return made


def window_of(parts: DocumentsInTab) -> MainWindow:
    return parts.window  # type: ignore[attr-defined,no-any-return]


def said(widget: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def opened(parts: DocumentsInTab, conversation_id: str, qtbot: QtBot) -> CitedAnswer:
    """Open a conversation and return its answer, once its passages are filled in."""
    window = window_of(parts)
    parts.session.documents.reload()
    window.practice_model.open(conversation_id)
    [card] = window.ask.thread.answers
    cited = card.findChild(CitedAnswer)
    qtbot.waitUntil(lambda: all(one.text for one in cited.answer.passages))
    qtbot.waitUntil(lambda: len(parts.session.documents.state.documents) == 2)
    return cited


def test_documents_that_are_chosen_are_the_conversations(parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot) -> None:
    window, model = window_of(parts), parts.session.documents
    first, second = add_documents(window.services, tmp_path)
    model.reload()
    qtbot.waitUntil(lambda: len(model.state.documents) == 2)
    assert window.practice_model.document_ids == ()
    model.choose(first.id, True)
    assert window.practice_model.document_ids == (first.id,)
    window.practice_model.set_documents((second.id,))
    assert model.chosen == (second.id,)
    window.practice_model.new()
    assert model.chosen == () == window.practice_model.document_ids


def test_a_question_with_documents_takes_the_way_through_them(
    parts: DocumentsInTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window = window_of(parts)
    [first, _] = add_documents(window.services, tmp_path)
    asked: list[tuple[str, ...]] = []

    def reply(client: object, index: object, question: object, *, own_words: bool) -> Reply:
        asked.append(question.document_ids)  # type: ignore[attr-defined]
        raise RuntimeError("far enough")

    monkeypatch.setattr("desktop_app.practice.grounding.replying.reply_from_documents", reply)
    from desktop_app.practice.talking import Question
    from desktop_app.prompts.run import FREE_PARAMETERS

    question = Question("How many days?", FREE_PARAMETERS, 1, document_ids=(first.id,))
    with pytest.raises(RuntimeError):
        window.practice_model.answer_job(question)
    assert asked == [(first.id,)]


def test_a_conversation_opened_again_shows_its_sources(parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot) -> None:
    window = window_of(parts)
    conversation_id, documents = answered(window.services, tmp_path)
    cited = opened(parts, conversation_id, qtbot)
    assert cited.isVisible()
    words = said(cited)
    assert "1 of 3 sentences found in the sources, 1 partly." in words
    assert "leave.md, Leave policy" in words and "leave.md, Parental leave" in words
    assert set(parts.session.documents.chosen) == {one.id for one in documents}
    [card] = window.ask.thread.answers
    assert not card.text.isVisible(), "the answer stands there once"
    assert card.copied_text == cited.answer.text  # type: ignore[union-attr]


def test_a_citation_opens_the_document_there_and_esc_comes_back(
    parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot
) -> None:
    window = window_of(parts)
    cited = opened(parts, answered(window.services, tmp_path)[0], qtbot)
    cited.text.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        QTest.keyClick(cited.text, Qt.Key.Key_Tab)
    assert "Parental leave" in cited.detail.text
    QTest.keyClick(cited.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: parts.session.reader.state.phase == "open")
    assert QApplication.focusWidget() is parts.view.text
    assert parts.view.place.text() == "Leave policy > Parental leave"
    assert parts.view._which.text() == "Passage 2 of 2"
    assert window.ask.thread.isVisible() and not window.ask.inputs.isVisible(), "there is room for two"
    cursor = parts.view.text.textCursor()
    assert cursor.block().text() == "Parental leave"
    QTest.keyClick(parts.view.text, Qt.Key.Key_Escape)
    assert not parts.view.isVisible()
    assert QApplication.focusWidget() is cited.text
    assert window.ask.inputs.isVisible()


def test_in_a_narrow_window_the_document_lies_over_the_answer(
    parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot
) -> None:
    window = window_of(parts)
    window.resize(900, 600)
    cited = opened(parts, answered(window.services, tmp_path)[0], qtbot)
    window.ask.show_answers()
    cited.passage_wanted.emit(0)
    assert parts.view.isVisible() and not window.ask.thread.isVisible()
    QTest.keyClick(parts.view.text, Qt.Key.Key_Escape)
    assert window.ask.thread.isVisible()


def test_a_document_opens_from_the_list(parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot) -> None:
    add_documents(window_of(parts).services, tmp_path)
    parts.session.documents.reload()
    qtbot.waitUntil(lambda: len(parts.session.documents.state.documents) == 2)
    QApplication.processEvents()
    row = parts.panel._rows[parts.session.documents.state.documents[0].row.id]
    row.box.setFocus()
    QTest.keyClick(row.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: parts.view.name.text() == "leave.md")
    QTest.keyClick(parts.view.text, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is row.box


def test_a_document_that_is_removed_is_said_so_in_the_answers(
    parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot
) -> None:
    conversation_id, documents = answered(window_of(parts).services, tmp_path)
    cited = opened(parts, conversation_id, qtbot)
    cited.passage_wanted.emit(0)
    qtbot.waitUntil(lambda: parts.session.reader.state.phase == "open")
    parts.session.documents.remove(documents[0].id)
    parts.session.documents.finish_removing()
    qtbot.waitUntil(lambda: "This document was removed" in said(cited))
    assert not any(one.isEnabled() for one in cited.findChildren(Clickable) if one.isVisibleTo(cited))
    assert parts.session.reader.state.phase == "closed"
    qtbot.waitUntil(lambda: not parts.view.isVisible())


def test_what_is_not_in_the_documents_is_no_answer_to_judge(
    parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot
) -> None:
    window = window_of(parts)
    cited = opened(parts, refused(window.services, tmp_path)[0], qtbot)
    assert "Not in these documents" in said(cited)
    assert "Looked for: parking, spaces" in said(cited)
    [card] = window.ask.thread.answers
    assert "Would you send this?" not in said(card)
    cited.passage_wanted.emit(0)
    qtbot.waitUntil(lambda: parts.view.name.text() == "travel.txt")


def test_erasing_the_records_empties_the_list(parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot) -> None:
    window = window_of(parts)
    opened(parts, answered(window.services, tmp_path)[0], qtbot)
    window.settings_model.erase()
    qtbot.waitUntil(lambda: parts.session.documents.state.documents == ())
    assert window.services.grounding.documents() == ()


def test_closing_the_window_removes_what_was_to_be_removed(parts: DocumentsInTab, tmp_path: Path, qtbot: QtBot) -> None:
    window = window_of(parts)
    first, second = add_documents(window.services, tmp_path)
    parts.session.documents.reload()
    qtbot.waitUntil(lambda: len(parts.session.documents.state.documents) == 2)
    parts.session.documents.remove(first.id)
    window.close()
    assert [row.id for row in window.services.grounding.documents()] == [second.id]
