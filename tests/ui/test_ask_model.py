"""A conversation as the window sees it, with a scripted worker for what a real model cannot be made to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.practice.conversation import Turn
from desktop_app.records.learner import LearnerRepository
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.storage.vault import Vault
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme

FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"
Start = Callable[..., AskModel]
WAIT = 20_000


@pytest.fixture
def start(services: Services, qtbot: QtBot, theme: Theme) -> Generator[Start, None, None]:
    """A model whose worker plays a script; it counts a word as a token."""
    jobs = JobRunner()
    made: list[AskModel | SandboxModel] = []

    def begin(*answers: list[dict[str, Any]], how: str = "ready", **options: float) -> AskModel:
        script = json.dumps({"start": how, "answers": answers or [[{"say": "Fine."}]]})
        command = [sys.executable, str(FAKE), script]
        services.__dict__["model"] = ModelClient(bundled_model(), command=command, **options)  # type: ignore[arg-type]
        services.learner.use_vault(Vault(bytes(32)))
        sandbox = SandboxModel(services, jobs)
        model = AskModel(services, sandbox, jobs)
        made.extend((sandbox, model))
        model.use_free()
        sandbox.start()
        qtbot.waitUntil(lambda: sandbox.state.phase != "starting", timeout=WAIT)
        return model

    yield begin
    for one in reversed(made):
        one.close()
    services.close()
    assert jobs.stop()


@pytest.fixture
def done(qtbot: QtBot) -> Callable[[AskModel], None]:
    """Waits until nothing is being answered."""
    return lambda model: qtbot.waitUntil(
        lambda: model.state.phase != "running" and not model.state.waiting, timeout=WAIT
    )


def ask(model: AskModel, text: str) -> None:
    model.set_value("prompt", text)
    model.run()


def texts(model: AskModel) -> list[str | None]:
    return [turn.text for turn in model.state.branch]


def stored(services: Services, model: AskModel) -> tuple[Turn, ...]:
    return services.learner.conversations.get(model.conversation_id).branch


def test_an_answer_streams_and_is_kept_with_its_run(start: Start, services: Services, done: Any) -> None:
    model = start([{"say": "Good "}, {"say": "day."}])
    pieces: list[str] = []
    model.piece.connect(lambda _, text: pieces.append(text))
    ask(model, "Greet me")
    assert texts(model) == ["Greet me", ""] and model.state.phase == "running"
    done(model)
    assert "".join(pieces) == model.state.answer == "Good day."
    assert stored(services, model) == model.state.branch
    assert model.state.conversation is not None and model.state.conversation.title == "Greet me"
    model.judge("after a fix")
    [run] = services.learner.runs()
    assert run.text is not None and (run.text.answer, run.judgement) == ("Good day.", "after a fix")
    assert model.state.last_answer is not None and model.state.last_answer.run_id == run.id


def test_questions_follow_each_other_and_the_model_reads_what_was_said(
    start: Start, services: Services, done: Any
) -> None:
    model = start([{"say": "One."}], [{"say": "Two."}])
    ask(model, "first")
    done(model)
    model.set_follow_up("second")
    model.follow()
    assert model.follow_up == "", "the field is free for the next"
    done(model)
    assert texts(model) == ["first", "One.", "second", "Two."]
    run = services.learner.runs()[0]
    assert run.text is not None
    assert run.text.messages == (("user", "first"), ("assistant", "One."), ("user", "second"))


def test_answering_again_and_editing_keep_what_was_there(start: Start, services: Services, done: Any) -> None:
    model = start(*[[{"say": text}] for text in ("One.", "Two.", "Three.", "Four.")])
    ask(model, "first")
    done(model)
    model.regenerate()
    done(model)
    model.edit()
    assert model.state.editing == model.state.branch[0].id
    model.rewrite(model.state.editing, "other words")
    done(model)
    assert texts(model) == ["other words", "Three."]
    model.switch(model.state.branch[0], -1)
    assert texts(model) == ["first", "Two."], "the newest answer of the branch"
    assert model.values == {"prompt": "first"}, "the form shows what this branch was made from"
    model.switch(model.state.branch[1], -1)
    assert texts(model) == ["first", "One."]
    kept = services.learner.conversations.get(model.conversation_id)
    assert len(kept.turns) == 5 and kept.branch == model.state.branch
    model.run()
    done(model)
    assert len(kept.turns) + 1 == len(services.learner.conversations.get(kept.id).turns), (
        "the same again is no new question"
    )


def test_several_seeds_come_one_after_another_and_each_says_its_own(start: Start, done: Any) -> None:
    model = start([{"say": "Fine."}])
    ask(model, "first")
    done(model)
    model.another_seed(count=3)
    assert model.state.waiting == 2
    done(model)
    answers = model.state.conversation.siblings(model.state.branch[1]) if model.state.conversation else ()
    assert len(answers) == 4 and all(one.seed for one in answers)
    model.set_seed(4711)
    model.regenerate()
    done(model)
    assert model.state.seed == 4711


def test_stopping_keeps_what_came_and_continue_goes_on_from_there(
    start: Start, services: Services, qtbot: QtBot, done: Any
) -> None:
    model = start([{"until_cancel": "more "}], [{"say": "and the rest."}])
    ask(model, "Write on and on")
    with qtbot.waitSignal(model.piece, timeout=WAIT):
        pass
    model.stop()
    done(model)
    stopped = model.state.last_answer
    assert stopped is not None and stopped.stop_reason == "cancelled" and stopped.can_go_on
    model.go_on()
    done(model)
    assert model.state.answer == f"{stopped.text}and the rest." and len(model.state.branch) == 2
    assert model.state.last_answer is not None and model.state.last_answer.stop_reason == "end"
    assert stored(services, model) == model.state.branch


def test_stopping_ends_the_seeds_that_wait_too(start: Start, qtbot: QtBot, done: Any) -> None:
    model = start([{"say": "Fine."}], [{"until_cancel": "more "}])
    ask(model, "first")
    done(model)
    model.another_seed(count=3)
    with qtbot.waitSignal(model.piece, timeout=WAIT):
        pass
    model.stop()
    done(model)
    assert model.state.conversation is not None and len(model.state.conversation.turns) == 3


def test_a_worker_that_dies_leaves_what_it_wrote_and_is_started_again(
    start: Start, services: Services, done: Any, qtbot: QtBot
) -> None:
    model = start([{"say": "Half"}, {"crash": 3}], [{"say": " and whole."}])
    ask(model, "first")
    done(model)
    assert model.state.answer == "Half" and "not complete" in model.state.problem
    assert stored(services, model)[-1].text == "Half"
    qtbot.waitUntil(lambda: model.state.can_ask, timeout=WAIT)
    assert model.state.last_answer is not None and model.state.last_answer.can_go_on


def test_what_cannot_be_asked_goes_back_to_where_it_was_typed(start: Start, services: Services, done: Any) -> None:
    model = start([{"say": "Fine."}], [{"refuse": ["request", "the template refuses these turns", 0]}])
    ask(model, "first")
    done(model)
    model.set_follow_up("second")
    model.follow()
    done(model)
    assert model.follow_up == "second" and texts(model) == ["first", "Fine."]
    assert "refuses these turns" in model.state.problem and model.state.problem_at == "follow_up"
    assert stored(services, model) == model.state.branch
    assert len(services.learner.conversations.get(model.conversation_id).turns) == 2


def test_a_first_question_that_is_too_long_is_told_with_the_figures_and_leaves_no_conversation(
    start: Start, services: Services, done: Any
) -> None:
    model = start()
    ask(model, "word " * 2000)
    done(model)
    assert "too long: the model reads 2,048 at once" in model.state.problem and model.state.problem_at == "form"
    assert model.state.phase == "empty" and services.learner.conversations.heads() == ()
    ask(model, "  ")
    assert "no question yet" in model.state.problem


def test_the_oldest_questions_are_left_out_and_named(start: Start, done: Any, qtbot: QtBot) -> None:
    model = start([{"say": "word " * 700}])
    model.set_max_tokens(100)
    for number in range(3):
        if number:
            model.follow("and now?")
        else:
            ask(model, "first")
        done(model)
    assert model.state.last_answer is not None and "left_out" not in model.state.last_answer.facts
    model.follow("and now?")
    done(model)
    assert model.state.last_answer is not None
    assert model.state.last_answer.facts["left_out"] == [turn.id for turn in model.state.branch[:2]]
    qtbot.waitUntil(lambda: len(model.state.left_out) >= 4, timeout=WAIT)
    assert "first 2 questions no longer fit" in model.state.left_out_words
    meter = model.state.meter
    assert meter is not None and meter.history > 0 and meter.answer == 100 and not meter.over


def test_what_was_typed_is_read_by_the_guard_and_held_back_if_it_cannot_be(
    start: Start, services: Services, done: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = start()
    ask(model, "Write to anna@example.org")
    done(model)
    [run] = services.learner.runs()
    assert run.findings == {"email": 1}
    assert model.state.last_answer is not None and model.state.last_answer.facts["findings"] == {"email": 1}
    monkeypatch.setattr("desktop_app.guard.scan._run", lambda *_: None)
    model.follow("and again")
    done(model)
    assert "held back" in model.state.problem and len(services.learner.runs()) == 1 and model.follow_up == "and again"


def test_a_library_prompt_brings_its_instructions_parameters_and_counts_as_used(
    start: Start, services: Services, done: Any
) -> None:
    model = start()
    prompt = services.prompts.get("shorten-notice")
    version = prompt.offered
    model.use_prompt(prompt, version)
    assert model.state.parameters == version.parameters
    model.run()
    assert model.state.field_problems and services.learner.conversations.heads() == ()
    example = {item.name: item.example for item in version.inputs}
    for name, text in example.items():
        model.set_value(name, text)
    model.run()
    done(model)
    model.follow("shorter")
    done(model)
    conversation = model.state.conversation
    assert conversation is not None and conversation.start == tuple(
        (one.role, one.content) for one in version.messages[:-1]
    )
    assert conversation.prompt_id == "shorten-notice" and conversation.title[:10] in next(iter(example.values()))
    assert services.learner.usage.use_counts() == {("shorten-notice", version.version): 1}, (
        "a follow-up is no use of its own"
    )
    first, second = reversed(services.learner.runs())
    assert (first.prompt_id, second.prompt_id) == ("shorten-notice", "")
    assert first.text is not None and second.text is not None
    assert second.text.messages[: len(conversation.start)] == conversation.start, "the instructions stay"


def test_a_conversation_is_opened_exactly_as_it_was_left(start: Start, services: Services, done: Any) -> None:
    model = start([{"say": "One."}])
    ask(model, "first")
    done(model)
    model.set_style("varied")
    model.set_seed(7)
    model.set_documents(("ab" * 32,))
    model.set_follow_up("half-typed")
    model.judge("yes")
    left = model.state
    model.new()
    assert model.state.phase == "empty" and model.values == {"prompt": ""} and model.state.document_ids == ()
    assert left.conversation is not None
    model.open(left.conversation.id)
    assert model.state.branch == left.branch and model.values == {"prompt": "first"} and model.follow_up == "half-typed"
    assert (model.state.parameters, model.state.fixed_seed) == (left.parameters, 7)
    assert model.document_ids == ("ab" * 32,) and model.state.judgement == "yes"


def test_the_conversation_left_open_comes_back_at_the_next_start_but_not_over_typed_text(
    start: Start, services: Services, done: Any
) -> None:
    model = start([{"say": "One."}])
    ask(model, "first")
    done(model)
    again = AskModel(services, model._sandbox, model._jobs)
    again.use_free()
    again.reload_draft()
    assert again.conversation_id == model.conversation_id and texts(again) == ["first", "One."]
    again.close()
    model.new()
    fresh = AskModel(services, model._sandbox, model._jobs)
    fresh.use_free()
    fresh.reload_draft()
    assert fresh.conversation_id == "" and fresh.state.phase == "empty"
    fresh.close()


def test_choosing_another_conversation_while_one_answers_keeps_and_records_what_came(
    start: Start, services: Services, qtbot: QtBot
) -> None:
    model = start([{"until_cancel": "more "}])
    ask(model, "first")
    first = model.conversation_id
    with qtbot.waitSignal(model.piece, timeout=WAIT):
        pass
    model.new()
    assert model.state.phase == "empty" and model.state.branch == ()
    qtbot.waitUntil(lambda: bool(services.learner.runs()), timeout=WAIT)
    answer = services.learner.conversations.get(first).branch[-1]
    assert answer.text and answer.text.startswith("more ") and answer.stop_reason == "cancelled"
    assert answer.run_id == services.learner.runs()[0].id
    assert model.state.branch == (), "the one that is shown is left alone"


def test_of_a_conversation_deleted_while_it_answers_nothing_comes_back(
    start: Start, services: Services, qtbot: QtBot, done: Any
) -> None:
    model = start([{"until_cancel": "more "}], [{"say": "Two."}])
    ask(model, "first")
    first = model.conversation_id
    with qtbot.waitSignal(model.piece, timeout=WAIT):
        pass
    model.leave()
    services.learner.conversations.delete(first)
    ask(model, "second")
    done(model)  # so the first has ended as well
    assert [head.title for head in services.learner.conversations.heads()] == ["second"]
    [run] = services.learner.runs()
    assert run.text is not None and run.text.answer == "Two."


def test_an_answer_is_on_disk_while_it_is_written(start: Start, services: Services, qtbot: QtBot) -> None:
    """Another process sees it: what a kill leaves."""
    model = start([{"until_cancel": "more "}])
    ask(model, "first")
    with qtbot.waitSignal(model._keep_timer.timeout, timeout=WAIT):
        pass
    other = LearnerRepository(services.locations)
    other.use_vault(Vault(bytes(32)))
    [question, answer] = other.conversations.get(model.conversation_id).branch
    other.close()
    assert question.text == "first" and answer.text and answer.stop_reason == "died"
    model.stop()
    qtbot.waitUntil(lambda: model.state.phase == "done", timeout=WAIT)


def test_half_typed_texts_come_back_and_without_a_keyring_it_is_said_that_nothing_stays(
    start: Start, services: Services, qtbot: QtBot
) -> None:
    model = start()
    model.set_value("prompt", "half-typed")
    model.save_draft()
    model.use_prompt(services.prompts.get("shorten-notice"), services.prompts.get("shorten-notice").offered)
    model.use_free()
    assert model.values == {"prompt": "half-typed"} and model.state.unkept == ""
    services.learner.use_vault(Vault(None, "There is no keyring here."))
    model.reload_draft()
    assert model.state.unkept == "There is no keyring here."


def test_erasing_while_an_answer_is_written_leaves_nothing(start: Start, services: Services, qtbot: QtBot) -> None:
    model = start([{"until_cancel": "more "}])
    ask(model, "first")
    with qtbot.waitSignal(model.piece, timeout=WAIT):
        pass
    services.learner.erase()
    model.forget()
    assert model.values == {"prompt": ""} and model.state.phase == "empty"
    qtbot.waitUntil(lambda: services.model.state != "busy", timeout=WAIT)
    assert services.learner.conversations.heads() == () and services.learner.runs() == ()


def test_what_comes_again_is_read_while_the_next_question_is_typed(
    start: Start, services: Services, done: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = start([{"say": "One."}])
    ahead: list[tuple[tuple[str, str], ...]] = []
    prepare = services.model.prepare
    monkeypatch.setattr(
        services.model, "prepare", lambda turns, keep: (ahead.append(turns[:keep]), prepare(turns, keep))[1]
    )
    ask(model, "first")
    done(model)
    qtbot.waitUntil(lambda: ahead == [(("user", "first"), ("assistant", "One."))], timeout=WAIT)
    model.set_follow_up("half a quest")
    qtbot.waitUntil(lambda: model.state.meter is not None and model.state.meter.question == 3, timeout=WAIT)
    assert len(ahead) == 1, "once is enough"
