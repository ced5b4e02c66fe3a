"""Using a prompt: values that come back, the guard before the clipboard, and what is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop_app.guard import scan as guard_scan
from desktop_app.prompts import copying
from desktop_app.prompts.decision import History, VersionStatus
from desktop_app.prompts.prompt import Prompt
from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.prompt_values import PromptValues
from desktop_app.ui.use_model import UseModel
from tests.helpers.prompt_files import read_good

LEAK = "Why does ines.falk@norwind.example pay twice?"
INPUTS = [
    {"name": "question", "label": "The question", "type": "long_text", "example": "Why twice?"},
    {"name": "tone", "label": "Tone", "type": "choice", "choices": ["friendly", "formal"], "default": "friendly"},
    {"name": "account", "label": "Account", "sensitive": True, "required": False},
]
MESSAGES = [{"role": "user", "content": "{{question}} ({{tone}}{{account}})"}]

Open = Callable[[], UseModel]


@pytest.fixture
def prompt(tmp_path: Path) -> Prompt:
    return read_good(tmp_path / "library", inputs=INPUTS, messages=MESSAGES)


@pytest.fixture
def open_model(qapp: object, services: Services, prompt: Prompt) -> Open:
    """A model as it is after a start of the app, with the prompt shown."""

    def make() -> UseModel:
        model = UseModel(services, PromptValues(services), InlineJobs())
        model.show(prompt, prompt.offered)
        return model

    QGuiApplication.clipboard().setText("before")
    return make


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


# -- values --------------------------------------------------------------------------------------------------------------


def test_values_come_back_the_next_time_but_sensitive_ones_never(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", "Why now?")
    model.set_value("tone", "formal")
    model.set_value("account", "4711")
    model.close()
    again = open_model()
    assert again.values == {"question": "Why now?", "tone": "formal", "account": ""}
    assert (again.state.note, again.state.note_action) == ("Filled with your last values.", "Clear")


def test_a_first_use_says_nothing(open_model: Open) -> None:
    model = open_model()
    assert model.values == {"question": "", "tone": "friendly", "account": ""}
    assert model.state.note == ""


def test_clearing_can_be_undone_and_is_kept(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", "Why now?")
    model.close()
    again = open_model()
    again.act_on_note()
    assert again.values["question"] == ""
    assert (again.state.note, again.state.note_action) == ("Cleared.", "Undo")
    again.act_on_note()
    assert again.values["question"] == "Why now?"
    assert again.state.note == ""
    again.act_on_note()
    assert again.values["question"] == "Why now?"
    model = open_model()
    model.act_on_note()
    model.close()
    assert open_model().values["question"] == ""


def test_the_example_is_not_remembered_and_gives_back_what_was_typed(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", "Half a")
    model.use_example()
    assert model.values["question"] == "Why twice?"
    model.act_on_note()
    assert model.values["question"] == "Half a"
    model.use_example()
    model.close()
    assert open_model().values["question"] != "Why twice?"


def test_typing_ends_the_note(open_model: Open) -> None:
    model = open_model()
    model.use_example()
    model.set_value("question", "Mine")
    assert (model.state.note, model.state.note_action) == ("", "")


def test_a_links_values_are_shown_as_such_and_can_be_undone(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", "Half a")
    model.fill({"question": "From afar", "tone": "rude", "account": "4711", "other": "x"})
    assert model.values == {"question": "From afar", "tone": "friendly", "account": ""}
    assert model.state.note.startswith("Filled by a link: check each value. Tone: choose one of")
    assert "Account is sensitive" in model.state.note and "no field other" in model.state.note
    assert (model.state.phase, clipboard()) == ("", "before")
    model.act_on_note()
    assert model.values["question"] == "Half a"


def test_a_links_values_are_forgotten_unless_somebody_types(open_model: Open) -> None:
    model = open_model()
    model.fill({"question": "From afar"})
    model.close()
    assert open_model().values["question"] == ""


def test_what_the_keyring_locked_comes_back_but_not_over_typed_text(
    services: Services, prompt: Prompt, qapp: object
) -> None:
    values = PromptValues(services)
    model = UseModel(services, values, InlineJobs())
    model.show(prompt, prompt.offered)
    services.learner.save_draft(f"values/{prompt.id}", '{"question": "Earlier"}')
    shown = []
    model.filled.connect(shown.append)
    values.reload()
    assert model.values["question"] == "Earlier"
    assert shown[-1]["question"] == "Earlier"
    model.set_value("question", "Typed")
    services.learner.save_draft(f"values/{prompt.id}", '{"question": "Earlier"}')
    values.reload()
    assert model.values["question"] == "Typed"


def test_two_forms_of_one_prompt_agree(services: Services, prompt: Prompt, qapp: object) -> None:
    values = PromptValues(services)
    library, quick = (UseModel(services, values, InlineJobs()) for _ in range(2))
    library.show(prompt, prompt.offered)
    library.set_value("question", "Typed in the library")
    quick.show(prompt, prompt.offered)
    assert quick.values["question"] == "Typed in the library"


def test_erasing_forgets_values_on_the_screen_too(services: Services, open_model: Open) -> None:
    model = open_model()
    model.set_value("question", "Mine")
    services.learner.erase()
    model._values.forget()
    assert model.values["question"] == ""
    model.close()
    assert services.learner.draft_keys("values/") == ()


# -- copying -------------------------------------------------------------------------------------------------------------


def test_a_copy_is_on_the_clipboard_and_counted(
    open_model: Open, services: Services, prompt: Prompt, qtbot: QtBot
) -> None:
    model = open_model()
    model.set_value("question", "Why now?")
    with qtbot.waitSignal(model.left_app):
        model.copy()
    assert clipboard() == "Why now? (friendly)"
    assert model.state.words == "Copied as plain text. Paste it where you work."
    assert services.learner.usage.use_counts() == {(prompt.id, 1): 1}
    assert services.learner.usage.recent() == (prompt.id,)


def test_rich_text_comes_with_plain_text(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", "Why <now>?")
    model.copy("html")
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "Why <now>? (friendly)"
    assert data.html() == "<p>Why &lt;now&gt;? (friendly)</p>"


def test_the_form_used_last_is_used_again_also_after_a_restart(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", "One\nTwo")
    model.copy("markdown")
    assert clipboard() == "One  \nTwo (friendly)"
    again = open_model()
    again.set_value("question", "Three\nFour")
    again.copy()
    assert clipboard() == "Three  \nFour (friendly)"


def test_what_does_not_fit_is_named_for_every_field_and_nothing_is_copied(open_model: Open) -> None:
    model = open_model()
    model.copy()
    assert model.state.problems == {"question": "The question is needed."}
    assert clipboard() == "before"
    model.set_value("question", "x")
    assert model.state.problems == {}


def test_the_guard_asks_before_anything_is_copied(open_model: Open, services: Services) -> None:
    model = open_model()
    model.set_value("question", LEAK)
    model.copy()
    assert model.state.phase == "asks"
    assert model.state.words == "Nothing is copied yet: one e-mail address would leave this app."
    assert clipboard() == "before"
    assert services.learner.usage.use_counts() == {}


def test_copy_as_it_is_is_the_persons_decision(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", LEAK)
    model.copy()
    model.copy_as_it_is()
    assert clipboard() == f"{LEAK} (friendly)"
    assert model.state.phase == "copied"


def test_placeholders_are_copied_the_form_stays_and_an_answer_is_restored(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", LEAK)
    model.copy()
    model.copy_with_placeholders()
    assert clipboard() == "Why does [EMAIL-1] pay twice? (friendly)"
    assert model.values["question"] == LEAK
    assert model.state.phase == "hidden"
    QGuiApplication.clipboard().setText("Dear [EMAIL-1], you did not.")
    model.restore_answer()
    assert clipboard() == "Dear ines.falk@norwind.example, you did not."
    QGuiApplication.clipboard().setText("No placeholder")
    model.restore_answer()
    assert clipboard() == "No placeholder"
    assert "none of these placeholders" in model.state.words


def test_an_answer_to_the_guard_is_about_the_text_it_read(open_model: Open) -> None:
    model = open_model()
    model.set_value("question", LEAK)
    model.copy()
    model.set_value("question", f"{LEAK} And bo@norwind.example?")
    assert model.state.phase == ""
    model.copy_as_it_is()
    model.copy_with_placeholders()
    assert clipboard() == "before"


def test_a_guard_that_fails_holds_the_text_back(open_model: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(text: str) -> object:
        raise guard_scan.GuardError("The check for x failed, so this text is held back.")

    monkeypatch.setattr(copying, "scan", failing)
    model = open_model()
    model.set_value("question", "x")
    model.copy()
    assert (model.state.phase, clipboard()) == ("failed", "before")


def test_a_link_names_the_prompt_and_never_a_value(open_model: Open, prompt: Prompt) -> None:
    model = open_model()
    model.set_value("question", LEAK)
    model.copy_link()
    assert clipboard() == f"greenroom://prompt/{prompt.id}"


# -- what may not be used ------------------------------------------------------------------------------------------------


def test_a_withdrawn_version_is_neither_copied_nor_tried(open_model: Open, prompt: Prompt) -> None:
    model = open_model()
    model.set_value("question", "x")
    gone = replace(prompt, history=History(statuses={1: VersionStatus("withdrawn", False, "It invents dates.")}))
    model.show(gone, gone.offered)
    assert not model.state.can_use and not model.check()
    model.copy()
    assert clipboard() == "before"


def test_one_that_is_due_for_review_may_be_used(open_model: Open, prompt: Prompt) -> None:
    model = open_model()
    due = replace(prompt, history=History(statuses={1: VersionStatus("due for review", True, "It was due in May.")}))
    model.show(due, due.offered)
    assert model.state.can_use
