"""The client with a scripted worker, for what the real one cannot be made to do."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, finish
from desktop_app.sandbox.client import Answer, ContextOverflowError, ModelClient, Piece, SandboxOpenError
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters

FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"
HELLO = [("user", "Hello, model")]
SETTINGS = GenerationParameters()


def fake(*answers: list[dict[str, Any]], start: str = "ready", prepare: str = "read", **options: float) -> ModelClient:
    script = {"start": start, "prepare": prepare} | ({"answers": answers} if answers else {})
    return ModelClient(bundled_model(), command=[sys.executable, str(FAKE), json.dumps(script)], **options)  # type: ignore[arg-type]


def ask(client: ModelClient) -> Job[Answer]:
    return client.generate(HELLO, SETTINGS, seed=5)


def begin(job: Job[Answer]) -> None:
    while not isinstance(next(job), Piece):
        pass


def test_pieces_come_in_order_and_make_the_answer() -> None:
    with fake([{"say": "Good "}, {"say": "mörning"}, {"say": " 🌊"}]) as client:
        answer = finish(ask(client))
        assert (answer.text, answer.stop_reason, answer.problem) == ("Good mörning 🌊", "end", "")
        assert answer.timings.completion_tokens == 3 and answer.timings.seed == 5
        assert finish(client.count_tokens(HELLO)) == 2
        assert finish(client.selftest()).refused == 2


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"crash": 7}, "exit code 7"),
        ({"hang": True}, "silent for 0.3 seconds"),
        ({"raw": "llama_print: warming up"}, "no message"),
        ({"raw": '{"type":"tokens","id":1}'}, "no message"),
        ({"raw": "\xff\xfe"}, "no message"),
    ],
)
def test_whatever_happens_the_partial_answer_is_kept_and_the_next_one_works(step: dict[str, Any], says: str) -> None:
    with fake([{"say": "Half an "}, {"say": "answer"}, step], hang_s=0.3) as client:
        answer = finish(ask(client))
        assert (answer.text, answer.stop_reason) == ("Half an answer", "died")
        assert says in answer.problem and "kept" in answer.problem
        assert answer.timings.completion_tokens == 2
        assert client.state == "failed"
        assert finish(ask(client)).text == "Half an answer"  # a new process plays the script from its start


def test_a_worker_that_dies_before_its_first_word_says_so() -> None:
    with fake([{"crash": 9}]) as client:
        answer = finish(ask(client))
        assert answer.text == "" and "Nothing is lost" in answer.problem


def test_messages_for_other_requests_are_passed_over() -> None:
    old = '{"type":"tokens","id":999,"text":"old","count":1}'
    with fake([{"say": "a"}, {"raw": old}, {"say": "b"}]) as client:
        assert finish(ask(client)).text == "ab"


def test_cancel_reaches_the_worker() -> None:
    with fake([{"until_cancel": "x"}]) as client:
        job = ask(client)
        begin(job)
        pid = client.pid
        client.cancel()
        answer = finish(job)
        assert answer.stop_reason == "cancelled" and set(answer.text) <= {"x"}
        assert client.pid == pid and client.state == "ready"


@pytest.mark.parametrize("by_closing", [False, True])
def test_a_worker_that_ignores_a_cancel_is_ended_after_the_grace_time(by_closing: bool) -> None:
    with fake([{"ignore_cancel": "x"}], grace_s=0.2) as client:
        job = ask(client)
        begin(job)
        pid = client.pid
        if by_closing:
            job.close()
        else:
            client.cancel()
            answer = finish(job)
            assert answer.stop_reason == "cancelled" and answer.text
        finish(client.start())
        assert client.pid != pid


def test_a_cancel_while_the_model_starts_gives_an_empty_answer() -> None:
    with fake([{"say": "unwanted"}]) as client:
        job = ask(client)
        next(job)
        client.cancel()
        answer = finish(job)
        assert (answer.text, answer.stop_reason) == ("", "cancelled")


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("crash", r"exit code 3: scripted words"),
        ("hang", "silent for 0.3 seconds"),
        ("load", "cannot load this model"),
        ("lockdown", "The sandbox is off: this system has no Landlock"),
        ("open", "The system does not refuse the model this: UDP"),
    ],
)
def test_a_start_that_fails_is_one_clear_sentence_and_may_be_tried_again(start: str, says: str) -> None:
    with fake(start=start, load_s=0.3 if start == "hang" else 30) as client:
        for job in (client.start, lambda: ask(client)):
            with pytest.raises(ModelError, match=says):
                finish(job())
            assert client.state == "failed" and client.pid is None and client.report is None


def test_an_open_channel_is_told_with_all_results() -> None:
    with fake(start="open") as client, pytest.raises(SandboxOpenError) as raised:
        finish(client.start())
    assert [channel.refused for channel in raised.value.channels] == [True, False]


def test_a_command_that_does_not_exist_is_a_model_error() -> None:
    client = ModelClient(bundled_model(), command=["/nonexistent/worker"])
    with pytest.raises(ModelError, match="did not start: No such file"):
        finish(client.start())
    client.close()


def test_refusals_of_the_worker_become_errors_and_leave_it_running() -> None:
    with fake([{"refuse": ["context", "too long", 31]}], [{"refuse": ["generate", "no", 0]}], [{"say": "x"}]) as client:
        with pytest.raises(ContextOverflowError, match="31 tokens too long") as raised:
            finish(ask(client))
        assert raised.value.over_tokens == 31
        with pytest.raises(ModelError, match="cannot do this: no"):
            finish(ask(client))
        assert finish(ask(client)).text == "x"


def test_a_large_request_to_a_worker_that_does_not_read_blocks_nobody() -> None:
    with fake([{"say": "ok"}], hang_s=0.3) as client:
        finish(client.start())
        assert client.pid
        os.kill(client.pid, signal.SIGSTOP)
        answer = finish(client.generate([("user", "x" * 1_000_000)], SETTINGS, seed=1))
        assert answer.stop_reason == "died" and "silent" in answer.problem


def test_whoever_waits_for_the_model_is_told_and_can_give_up() -> None:
    with fake([{"until_cancel": "x"}]) as client:
        job = ask(client)
        begin(job)
        waiting = client.count_tokens(HELLO)
        step: Any = next(waiting)
        assert step.note == "Waiting for the model"
        waiting.close()
        client.cancel()
        assert finish(job).stop_reason == "cancelled"
        assert finish(client.count_tokens(HELLO)) == 2


def test_closing_while_another_thread_starts_leaves_no_process() -> None:
    client = fake()
    job = client.start()
    next(job)  # the process runs, its first message is awaited
    client.close()
    with pytest.raises(ModelError, match="did not start"):
        finish(job)
    assert client.pid is None


def test_preparing_gives_way_to_an_answer_and_then_goes_on() -> None:
    with fake([{"say": "x"}], prepare="until_cancel") as client:
        finish(client.start())
        preparing, answers = client.prepare(HELLO, 1), []
        while getattr(next(preparing), "note", "") != "Reading the prompt":
            pass
        asking = threading.Thread(target=lambda: answers.append(finish(ask(client))))
        asking.start()
        finish(preparing)  # given up for the answer, then done
        asking.join()
        assert answers[0].text == "x" and client.state == "ready"


def test_preparing_that_is_given_up_leaves_the_worker_running() -> None:
    with fake([{"say": "x"}], prepare="until_cancel") as client:
        preparing = client.prepare(HELLO, 1)
        while getattr(next(preparing), "note", "") != "Reading the prompt":
            pass
        pid = client.pid
        preparing.close()
        assert finish(ask(client)).text == "x" and client.pid == pid
