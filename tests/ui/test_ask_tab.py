"""The Ask tab: what goes in left, the conversation right, what was asked before in a drawer; with the keyboard alone, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.clock import utc_now
from desktop_app.records.turns import Conversation, Turn
from desktop_app.services import Services
from desktop_app.storage.vault import Vault
from desktop_app.ui.feedback_model import FeedbackModel
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.practice.ask.examples import Examples
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.pages.practice.ask.tab import AskTab
from desktop_app.ui.pages.practice.ask.thread import AT_ONCE
from desktop_app.ui.pages.practice.ask.turn_cards import AnswerCard, QuestionCard
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Clickable

FACTS = {
    "seed": 7, "model_id": "m", "stop_reason": "end", "prompt_tokens": 9, "completion_tokens": 5, "first_token_ms": 80,
    "tokens_per_second": 40.0, "temperature": 0.3, "top_p": 0.95, "repeat_penalty": 1.0, "run_id": "",
}  # fmt: skip


@pytest.fixture
def tab(qtbot: QtBot, services: Services, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Iterator[AskTab]:
    """The tab in a window of its own; nothing that would reach the model is run."""
    monkeypatch.setattr(AskModel, "_count", lambda self: None)
    services.learner.use_vault(Vault(bytes(32)))
    jobs = InlineJobs()
    sandbox = SandboxModel(services, jobs)
    sandbox.state = SandboxState("ready")
    model = AskModel(services, sandbox, jobs)
    model.use_free()
    examples = Examples(theme, lambda: [("shorten-notice", "Shorten a notice", "One sentence.")])
    made = AskTab(theme, services, model, FeedbackModel(lambda: services.learner), jobs, examples)
    page = QWidget()
    QVBoxLayout(page).addWidget(made)
    qtbot.addWidget(page)
    page.resize(1100, 720)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    yield made
    made.finish()
    page.close()


def talk(tab: AskTab, services: Services, *, last: dict[str, object] | None = None) -> Conversation:
    """A stored conversation: a question with two answers, a second question with its answer."""
    made = Conversation("c", "The depot", "", 0, utc_now(), utc_now(), "a3", ())
    kept = {"values": {"prompt": "Text of q1."}, "start": []}
    rows = (("q1", "", "user"), ("a1", "q1", "assistant"), ("a2", "q1", "assistant"), ("q2", "a2", "user"), ("a3", "q2", "assistant"))  # fmt: skip
    for turn_id, parent, role in rows:
        facts = FACTS | (last or {} if turn_id == "a3" else {}) if role == "assistant" else {}
        turn = Turn(turn_id, parent, role, f"Text of {turn_id}.", utc_now(), facts, kept if turn_id == "q1" else {})
        made = services.learner.conversations.save_turn(made, turn, model_id="m")
    tab.model.open("c")
    QApplication.processEvents()  # what was added is laid out
    return made


def cards(tab: AskTab) -> list[str]:
    return [card.text.text for card in tab.thread.cards]


def stream(tab: AskTab, text: str = "") -> AnswerCard:
    """Bring the tab into the state of an answer being written, with what has come so far."""
    model = tab.model
    conversation = model.state.conversation
    assert conversation is not None
    turn = Turn("new", "q2", "assistant", "", utc_now(), {"seed": 8, "stop_reason": "died"})
    model._show(
        conversation=replace(conversation.with_turn(turn), leaf="new"), phase="running", streaming="new", note="Writing"
    )
    if text:
        model.piece.emit("new", text)
    card = tab.thread.last_answer
    assert card is not None
    return card


def test_the_empty_tab_teaches_with_prompts_of_the_role(tab: AskTab, qtbot: QtBot) -> None:
    examples = tab.inputs.examples
    assert examples.isVisible() and [name for _, name, _ in examples.shown] == ["Shorten a notice"]
    card = examples.findChild(Clickable)
    with qtbot.waitSignal(examples.chosen) as chosen:
        qtbot.keyClick(card, Qt.Key.Key_Return)
    assert chosen.args == ["shorten-notice"]
    tab.model.set_value("prompt", "typed")
    tab.model._show()
    assert not examples.isVisible(), "whoever writes needs no examples"
    assert "stays" in tab.thread._empty.text() and not tab.thread.follow_up.isVisible()


def test_the_branch_is_shown_and_arrows_go_to_the_others(tab: AskTab, services: Services) -> None:
    talk(tab, services)
    assert cards(tab) == ["Text of q1.", "Text of a2.", "Text of q2.", "Text of a3."]
    answer = tab.thread.cards[1]
    assert isinstance(answer, AnswerCard) and answer.switcher._where.text() == "2 of 2"
    assert not answer.switcher.on.isEnabled()
    answer.switcher.back.click()
    assert cards(tab) == ["Text of q1.", "Text of a1."]
    assert tab.thread.cards[0].switcher.isHidden(), "a question that was never edited has no other"


def test_streamed_text_keeps_a_selection_and_the_place_of_who_reads_above(
    tab: AskTab, services: Services, qtbot: QtBot
) -> None:
    talk(tab, services)
    card = stream(tab, "The first words. ")
    cursor = card.text.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(9, QTextCursor.MoveMode.KeepAnchor)
    card.text.setTextCursor(cursor)
    height = card.text.height()
    bar = tab.thread.scroll.verticalScrollBar()
    for _ in range(60):
        tab.model.piece.emit("new", "and more of the words that come one after another. ")
    QApplication.processEvents()
    assert card.text.textCursor().selectedText() == "first" and card.text.height() > height
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)  # who was at the end stays there
    bar.setValue(bar.maximum() // 3)
    place = bar.value()
    for _ in range(60):
        tab.model.piece.emit("new", "and more of the words that come one after another. ")
    QApplication.processEvents()
    assert bar.value() == place, "who reads above is not pulled down"


def test_what_streams_is_announced_by_sentence(
    tab: AskTab, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    talk(tab, services)
    stream(tab)
    for piece in ("It is ", "closed. ", "On Friday", " only"):
        tab.model.piece.emit("new", piece)
    assert said == ["It is closed."]
    turn = Turn("new", "q2", "assistant", "It is closed. On Friday only", utc_now(), FACTS)
    assert tab.model.state.conversation is not None
    tab.model._show(conversation=tab.model.state.conversation.with_turn(turn), phase="done", streaming="")
    assert said == ["It is closed.", "On Friday only"]


def test_how_an_answer_ended_is_said_and_continue_is_offered_where_it_helps(tab: AskTab, services: Services) -> None:
    talk(tab, services, last={"stop_reason": "length"})
    card = tab.thread.last_answer
    assert card is not None and card.go_on.isVisible() and "mid-sentence" in card.banner.text
    first = tab.thread.cards[1]
    assert isinstance(first, AnswerCard) and not first.go_on.isVisible() and first.banner.text == ""


def test_an_answer_says_its_seed_which_can_be_used_from_now_on_and_what_it_took(
    tab: AskTab, services: Services
) -> None:
    talk(tab, services)
    card = tab.thread.last_answer
    assert card is not None and card._note.text() == "Seed 7" and card._details.isHidden()
    card.details.click()
    assert "5 tokens · 40.0 tokens/s · first word after 0.08 s" in card._facts.text()
    card._pin.trigger()
    assert tab.model.state.fixed_seed == 7 and tab.inputs.parameters.same.isChecked()
    assert "seed 7" in tab.inputs.parameters.fold.text()


def test_extras_of_others_stand_with_an_answer_and_can_take_its_place(tab: AskTab, services: Services) -> None:
    ready: list[AnswerCard] = []
    tab.card_ready.connect(ready.append)
    talk(tab, services)
    assert [card.turn.id for card in ready] == ["a2", "a3"] == [card.turn.id for card in tab.thread.answers]
    card, extra = ready[-1], QWidget()
    card.add_extra(extra)
    card.cover_text()
    QApplication.processEvents()
    assert extra.isVisible() and not card.text.isVisible() and card.copied_text == "Text of a3."
    tab.model._show(phase="running", streaming="a3")
    QApplication.processEvents()
    assert card.text.isVisible() and not extra.isVisible(), "while it is written the text shows"
    tab.model._show(phase="done", streaming="")
    assert ready[-1] is card and len(ready) == 3, "again, because it went on"


def test_a_question_is_rewritten_in_place_and_esc_leaves_it(
    tab: AskTab, services: Services, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(tab, services)
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(tab.model, "rewrite", lambda turn_id, text: asked.append((turn_id, text)))
    field = tab.thread.follow_up.edit
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    card = tab.thread.cards[2]
    assert isinstance(card, QuestionCard) and card._edit is not None and card._edit.text == "Text of q2."
    qtbot.waitUntil(lambda: card._edit is not None and card._edit.edit.hasFocus())
    QTest.keyClicks(card._edit.edit, "New ")
    qtbot.keyClick(card._edit.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == [("q2", "Text of q2.New ")]
    qtbot.keyClick(card._edit.edit, Qt.Key.Key_Escape)
    assert tab.model.state.editing == "" and card.text.isVisible() and field.hasFocus()


def test_a_question_is_sent_by_key_and_esc_stops(
    tab: AskTab, services: Services, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(tab, services)
    did: list[str] = []
    monkeypatch.setattr(tab.model, "_ask", lambda turn, at: did.append(turn.text or ""))
    monkeypatch.setattr(tab.model, "stop", lambda: did.append("stop"))
    field = tab.thread.follow_up.edit
    field.setFocus()
    QTest.keyClicks(field, "And on Monday?")
    assert tab.model.follow_up == "And on Monday?"
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert did == ["And on Monday?"]
    stream(tab)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert did[-1] == "stop" and tab.thread.stop.isVisible() and not tab.thread.send.isVisible()


def test_plain_words_and_numbers_stay_in_step(tab: AskTab) -> None:
    panel = tab.inputs.parameters
    panel.fold.click()
    panel.expert.click()
    panel.styles["varied"].click()
    panel.lengths["short"].click()
    assert (panel.temperature.value(), panel.top_p.value(), panel.longest.value()) == (0.9, 0.98, 96)
    panel.styles["varied"].click()
    assert panel.styles["varied"].isChecked(), "pressing it again leaves it"
    panel.temperature.setValue(0.77)
    assert not any(button.isChecked() for button in panel.styles.values()) and "Own settings" in panel.fold.text()
    panel.stop.setText("END|\\n")
    panel.stop.editingFinished.emit()
    assert tab.model.state.parameters.stop == ("END", "\n")
    panel.seed.setValue(42)
    panel.same.click()
    assert tab.model.state.fixed_seed == 42
    panel._copy_seed.click()
    assert QGuiApplication.clipboard().text() == "42"
    panel.same.click()
    assert tab.model.state.fixed_seed is None


def test_the_meter_says_each_part_in_words_and_what_is_left_out_is_marked(tab: AskTab, services: Services) -> None:
    from desktop_app.practice.context import Meter

    talk(tab, services)
    tab.model._show(meter=Meter(40, 0, 1700, 12, 256, 2048), left_out=("q1", "a2"))
    QApplication.processEvents()
    assert tab.inputs.meter.words == "Instructions 40, Earlier 1,700, Question 12, Room for the answer 256, Free 40"
    first, second = tab.thread.cards[0], tab.thread.cards[2]
    assert isinstance(first, QuestionCard) and first._left_out.isVisible()
    assert isinstance(second, QuestionCard) and not second._left_out.isVisible()
    assert "first question no longer fits" in tab.thread._left_out.text
    tab.model.set_follow_up("too much")
    tab.model._show(meter=Meter(40, 0, 0, 2000, 256, 2048))
    assert "Too long by 248" in tab.inputs.meter.words and "248 tokens too long" in tab.thread._problem.text


def test_where_there_is_no_room_one_pane_shows_at_a_time(tab: AskTab, services: Services) -> None:
    window = tab.window()
    window.resize(700, 600)
    QApplication.processEvents()
    assert tab.is_narrow and tab.inputs.isVisible() and not tab.thread.isVisible()
    talk(tab, services)
    tab._flip(False)
    assert tab.thread.isVisible() and not tab.inputs.isVisible() and tab.flip_button.text() == "What goes in"
    tab.flip_button.click()
    assert tab.inputs.isVisible() and not tab.thread.isVisible()
    tab.history_button.click()
    assert tab.history.isVisible() and not tab.inputs.isVisible() and not tab.thread.isVisible()
    tab.history_button.click()
    window.resize(1100, 700)
    QApplication.processEvents()
    assert tab.inputs.isVisible() and tab.thread.isVisible() and not tab.flip_button.isVisible()


def test_copying_looks_at_the_answer_first_and_a_leak_is_told_in_its_card(
    tab: AskTab, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.__dict__["policy"] = replace(services.policy, forbidden_phrases=("Text of a3",))
    talk(tab, services)
    card = tab.thread.last_answer
    assert card is not None
    findings = tab.extras._of(card).findings
    assert findings is not None and "Text of a3" in findings.text
    QGuiApplication.clipboard().setText("before")
    card.copy.click()
    assert QGuiApplication.clipboard().text() == "before", "asked about first"
    copying = tab.extras._of(card).copying
    assert copying is not None
    copying.confirm()
    assert QGuiApplication.clipboard().text() == "Text of a3."


# -- what was asked before -----------------------------------------------------------------------------------------------


def test_history_is_searched_opened_renamed_and_deleted_with_a_way_back(
    tab: AskTab, services: Services, qtbot: QtBot
) -> None:
    saved = talk(tab, services)
    tab.model.new()
    tab.inputs.form.focus_first()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(tab.history_button.isChecked)
    QApplication.processEvents()
    drawer, model = tab.history, tab.history_model
    assert drawer.isVisible() and drawer.field.hasFocus() and not tab.inputs.isVisible()
    assert [entry.title for entry in drawer.list.entries] == ["The depot"]
    drawer.field.setText("nothing of it")
    model.reload()
    assert drawer.list.entries == () and "Try fewer" in drawer._empty.text()
    drawer.field.setText("text a3")
    model.reload()
    [entry] = drawer.list.entries
    assert entry.text == "Text of a3." and entry.marked == ("Text", "a3")
    drawer.rename_button.click()
    drawer._name.setText("The gate")
    qtbot.keyClick(drawer._name, Qt.Key.Key_Return)
    assert services.learner.conversations.get("c").title == "The gate"
    drawer.delete_button.click()
    assert drawer.list.entries == () and services.learner.conversations.heads() == ()
    drawer._said.button.click()
    assert services.learner.conversations.get("c").turns == saved.turns
    qtbot.keyClick(drawer.field, Qt.Key.Key_Return)
    assert cards(tab)[-1] == "Text of a3." and not drawer.isVisible() and tab.thread.follow_up.edit.hasFocus()
    assert tab._title.text() == "The gate"


def test_deleting_the_conversation_on_show_leaves_an_empty_one(tab: AskTab, services: Services) -> None:
    talk(tab, services)
    services.states.save("one", b"what the model had read of it")
    tab.history_model.reload()
    tab.history_model.delete(tab.history_model.state.found[0])
    assert not services.states.has("one")
    assert tab.model.state.phase == "empty" and tab.model.conversation_id == "" and tab.thread.cards == ()


def test_esc_closes_the_history_one_step_at_a_time(tab: AskTab, services: Services, qtbot: QtBot) -> None:
    talk(tab, services)
    tab.history_button.click()
    tab.history.rename_button.click()
    assert tab.history._name.hasFocus()
    qtbot.keyClick(tab.history._name, Qt.Key.Key_Escape)
    assert tab.history._name_row.isHidden() and tab.history.isVisible() and tab.history.list.hasFocus()
    qtbot.keyClick(tab.history.list, Qt.Key.Key_Escape)
    assert tab.history.isHidden() and tab.inputs.isVisible()


def test_a_conversation_is_saved_as_a_file_once_the_guard_has_read_it(
    tab: AskTab, services: Services, tmp_path: Path
) -> None:
    talk(tab, services)
    model = tab.history_model
    model.choose_file = lambda name: tmp_path / name
    model.reload()
    model.export("c", "md")
    assert "Text of a3." in (tmp_path / "the-depot.md").read_text("utf-8")
    assert str(tmp_path) in tab.history._said.text or "Saved" in model.state.said
    asked = replace(services.learner.conversations.get("c").turn("q2"), text="Write to anna@example.org")
    services.learner.conversations.save_turn(services.learner.conversations.get("c"), asked, model_id="m")
    model.export("c", "txt")
    assert "Nothing is saved yet" in model.state.asks and not (tmp_path / "the-depot.txt").exists()
    model.save_with_placeholders()
    assert "anna@example.org" not in (tmp_path / "the-depot.txt").read_text("utf-8") and model.state.asks == ""
    model.choose_file = lambda _: None
    model.export("c", "txt")
    assert model.state.asks == "", "the person thought better of it"


def test_a_single_run_is_found_and_its_text_can_be_used_again(tab: AskTab, services: Services) -> None:
    from records import a_run

    services.learner.save_run(a_run("r1", lesson_id="first-steps"))
    model = tab.history_model
    model.reload()
    [found] = model.state.found
    assert found.kind == "run"
    tab.history_button.click()
    assert tab.history.open_button.text() == "Use again" and not tab.history.delete_button.isEnabled()
    model.open(found)
    assert tab.model.values == {"prompt": "why?"} and tab.model.state.phase == "empty"


def test_of_a_long_conversation_the_latest_turns_are_shown_and_the_others_on_demand(
    tab: AskTab, services: Services, qtbot: QtBot
) -> None:
    count = 2 * AT_ONCE + 5
    turns = tuple(
        Turn(f"t{n}", f"t{n - 1}" if n else "", ("user", "assistant")[n % 2], f"Text {n}.", utc_now(), {} if n % 2 == 0 else FACTS)
        for n in range(count + 1)
    )  # fmt: skip
    long = Conversation("long", "Long", "", 0, utc_now(), utc_now(), turns[-1].id)
    for turn in turns:
        long = services.learner.conversations.save_turn(long, turn, model_id="m")
    tab.model.open("long")
    thread = tab.thread
    assert [card.turn.id for card in thread.cards] == [turn.id for turn in turns[-AT_ONCE:]]
    assert thread.earlier.isVisible() and thread.earlier.text() == "Show earlier questions (13)"
    thread.earlier.setFocus()
    qtbot.keyClick(thread.earlier, Qt.Key.Key_Space)
    assert [card.turn.id for card in thread.cards] == [turn.id for turn in turns[-2 * AT_ONCE :]]
    order = [thread.scroll.box.indexOf(card) for card in thread.cards]
    assert order == sorted(order)
    thread.earlier.click()
    assert len(thread.cards) == len(turns) and not thread.earlier.isVisible()
    tab.model.new()
    assert thread.cards == () and not thread.earlier.isVisible()


def test_the_keyboard_stays_in_reach_when_what_it_was_on_goes(tab: AskTab, services: Services, qtbot: QtBot) -> None:
    talk(tab, services)
    tab.focus_first()
    assert tab.thread.follow_up.edit.hasFocus(), "a conversation that has begun goes on below its answers"
    second = tab.thread.answers[0].switcher.back
    second.setFocus()
    qtbot.keyClick(second, Qt.Key.Key_Space)
    assert cards(tab)[1] == "Text of a1." and tab.thread.answers[0].switcher.on.hasFocus(), "there is none before it"
    again = tab.thread.answers[0].again
    again.setFocus()
    stream_of_first = replace(tab.model.state.branch[1], id="new", text="")
    conversation = tab.model.state.conversation
    assert conversation is not None
    tab.model._show(
        conversation=replace(conversation.with_turn(stream_of_first), leaf="new"), phase="running", streaming="new"
    )
    assert tab.thread.follow_up.edit.hasFocus(), "the button went with its answer"
