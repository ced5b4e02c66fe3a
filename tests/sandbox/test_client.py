"""The client with the real worker and the real model."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress, finish
from desktop_app.sandbox.client import Answer, ContextOverflowError, ModelClient, Piece
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters

POEM = [("user", "Write a short poem about the sea.")]
LIST = [("user", "Count from one to one hundred in words.")]
LIVELY = GenerationParameters(temperature=0.9, max_tokens=24)
LONG = GenerationParameters(temperature=0.9, repeat_penalty=1.0, max_tokens=1500)


@pytest.fixture(scope="module")
def client() -> Iterator[ModelClient]:
    """One worker for the tests that leave it whole."""
    with ModelClient(bundled_model()) as running:
        yield running


def stream(job: Job[Answer]) -> tuple[Answer, list[str]]:
    """The answer, and the pieces it came in."""
    pieces = []
    while True:
        try:
            step = next(job)
        except StopIteration as end:
            return end.value, pieces
        if isinstance(step, Piece):
            pieces.append(step.text)


def first_piece(job: Job[Answer]) -> str:
    """The text of the first piece."""
    return next(step.text for step in job if isinstance(step, Piece))


def test_starting_gives_the_report_and_starting_again_the_same(client: ModelClient) -> None:
    report = finish(client.start())
    assert client.state == "ready" and client.pid
    assert report.refused == report.total >= 12
    assert report.proven and report.seccomp and report.landlock_abi > 0 and report.reason == ""
    assert report.threads in dict(report.rates) and report.context_tokens == 2048
    assert report.as_json()["channels"][0]["refused"] is True
    assert finish(client.start()) is report


def test_the_answer_is_its_pieces_and_its_figures_add_up(client: ModelClient) -> None:
    answer, pieces = stream(client.generate(POEM, LIVELY, seed=7))
    assert answer.text == "".join(pieces) and len(pieces) > 3
    timings = answer.timings
    assert answer.stop_reason == "length" and answer.problem == ""
    assert timings.completion_tokens == LIVELY.max_tokens
    assert timings.prompt_tokens == finish(client.count_tokens(POEM)) > timings.cached_tokens
    assert timings.seed == 7 and timings.threads in dict(finish(client.start()).rates)
    assert timings.tokens_per_second > 0 and timings.first_token_ms >= timings.prompt_ms > 0


def test_the_same_seed_gives_the_same_text_whatever_ran_before_and_with_any_threads(client: ModelClient) -> None:
    long_turn = ("user", "The office moved to the second floor. " * 17 + "Where is the office?")
    system = ("system", "You answer in one sentence.")
    example = [("user", "Name a colour."), ("assistant", "Blue is a colour.")]
    wanted = [system, *example, long_turn]
    first = finish(client.generate(wanted, LIVELY, seed=3))
    finish(client.generate([system, *example, ("user", "Name a town.")], LIVELY, seed=4))
    after_shared_start = finish(client.generate(wanted, LIVELY, seed=3))
    finish(client.generate([*wanted, ("assistant", first.text), ("user", "And before?")], LIVELY, seed=5))
    after_own_continuation = finish(client.generate(wanted, LIVELY, seed=3))
    again_at_once = finish(client.generate(wanted, LIVELY, seed=3))
    texts = [first, after_shared_start, after_own_continuation, again_at_once]
    for threads in (1, 2):
        with ModelClient(bundled_model(), threads=threads) as fresh:
            texts.append(finish(fresh.generate(wanted, LIVELY, seed=3)))
    assert {answer.text for answer in texts} == {first.text}
    assert after_shared_start.timings.cached_tokens > 0
    assert again_at_once.timings.cached_tokens > 0.9 * again_at_once.timings.prompt_tokens
    assert texts[-1].timings.cached_tokens == 0
    assert finish(client.generate(wanted, LIVELY, seed=8)).text != first.text


def test_temperature_zero_does_not_depend_on_the_seed(client: ModelClient) -> None:
    greedy = GenerationParameters(temperature=0, max_tokens=12)
    texts = {finish(client.generate(POEM, greedy, seed=seed)).text for seed in (1, 2)}
    assert len(texts) == 1


def test_a_stop_sequence_ends_the_answer_and_is_not_in_it(client: ModelClient) -> None:
    whole = finish(client.generate(POEM, LIVELY, seed=7)).text
    stop = whole[10:14]
    answer, pieces = stream(client.generate(POEM, replace(LIVELY, stop=(stop,)), seed=7))
    assert answer.stop_reason == "stop"
    assert answer.text == "".join(pieces) == whole.partition(stop)[0]


def test_the_model_can_end_its_answer_itself(client: ModelClient) -> None:
    answer = finish(
        client.generate([("user", "Say yes.")], GenerationParameters(temperature=0, max_tokens=200), seed=1)
    )
    assert answer.stop_reason == "end" and answer.timings.completion_tokens < 200


def test_characters_of_several_tokens_come_whole(client: ModelClient) -> None:
    turns = [
        ("user", "Say: a"),
        ("assistant", "🌊🌊🌊🌊🌊🌊"),
        ("user", "Say: a"),
        ("assistant", "🌊🌊🌊🌊🌊🌊"),
        ("user", "Say: a"),
    ]
    answer, pieces = stream(
        client.generate(turns, GenerationParameters(temperature=0, repeat_penalty=1, max_tokens=20), seed=1)
    )
    assert "🌊" in answer.text
    assert "\ufffd" not in "".join(pieces)[:-1]  # max_tokens may cut the last character


@pytest.mark.parametrize("text", ["", "\x00", "{{ 7*7 }} {% raw %}", "ä̈🏳️‍🌈\u202e\ud83d", "<|im_end|>"])
def test_strange_texts_are_answered(client: ModelClient, text: str) -> None:
    answer = finish(client.generate([("user", text)], GenerationParameters(max_tokens=3), seed=1))
    assert answer.stop_reason in ("length", "end")


def test_a_text_that_does_not_fit_is_refused_with_the_number_of_tokens_over(client: ModelClient) -> None:
    turns = [("user", "word " * 3000)]
    tokens = finish(client.count_tokens(turns))
    with pytest.raises(ContextOverflowError, match="too long for the model's context of 2,048 tokens") as raised:
        finish(client.generate(turns, LIVELY, seed=1))
    assert raised.value.over_tokens == tokens + 1 - 2048
    assert client.state == "ready"


def test_a_paste_of_a_megabyte_is_counted_and_one_of_three_refused(client: ModelClient) -> None:
    assert finish(client.count_tokens([("user", "a paste " * 131_072)])) > 100_000
    with pytest.raises(ModelError, match="longer than 2097152 characters"):
        finish(client.generate([("user", "x" * 3_000_000)], LIVELY, seed=1))
    with pytest.raises(ModelError, match="temperature"):
        finish(client.generate(POEM, GenerationParameters(temperature=9), seed=1))
    assert client.state == "ready"


def test_the_answer_ends_when_the_context_is_full() -> None:
    with ModelClient(bundled_model(), context_tokens=128, threads=1) as small:
        turns = [("user", "Write a long story about the sea. " + "It is blue and cold and wide. " * 7)]
        room = 128 - finish(small.count_tokens(turns))
        answer = finish(small.generate(turns, replace(LONG, temperature=0), seed=1))
    assert 0 < room < 40
    assert answer.stop_reason == "length" and answer.timings.completion_tokens == room


def test_cancel_ends_the_answer_and_keeps_what_there_is(client: ModelClient) -> None:
    pid = client.pid
    job = client.generate(LIST, LONG, seed=2)
    begun = first_piece(job)
    client.cancel()
    answer, _ = stream(job)
    assert answer.stop_reason == "cancelled" and answer.text.startswith(begun)
    assert answer.timings.completion_tokens < 200
    assert client.pid == pid and client.state == "ready"


def test_cancel_is_noticed_while_a_long_prompt_is_read(client: ModelClient) -> None:
    job = client.generate([("user", "A long story about rain. " * 300)], LIVELY, seed=1)
    assert any(isinstance(step, Progress) and step.note == "Reading the prompt" for step in job)
    client.cancel()
    answer, pieces = stream(job)
    assert answer.stop_reason == "cancelled" and pieces == []


def test_closing_the_job_stops_the_model_and_the_next_one_is_answered(client: ModelClient) -> None:
    pid = client.pid
    job = client.generate(LIST, LONG, seed=2)
    first_piece(job)
    assert client.state == "busy"
    job.close()
    assert client.state == "ready"
    assert finish(client.generate(POEM, LIVELY, seed=7)).stop_reason == "length"
    assert client.pid == pid


def test_a_cancel_with_nothing_to_cancel_does_nothing(client: ModelClient) -> None:
    client.cancel()
    assert finish(client.generate(POEM, LIVELY, seed=7)).stop_reason == "length"


def test_the_selftest_can_be_repeated(client: ModelClient) -> None:
    report = finish(client.selftest())
    assert report.refused == report.total and report is client.report


def test_two_threads_take_turns(client: ModelClient) -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(finish(client.generate(POEM, LIVELY, seed=7)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.text for answer in answers}) == 1 and len(answers) == 3


def test_the_worker_needs_little_memory(client: ModelClient) -> None:
    finish(client.start())
    status = Path(f"/proc/{client.pid}/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    assert peak < bundled_model().model_bytes + 200 * 1024**2


def test_a_killed_worker_keeps_the_partial_answer_and_the_next_answer_starts_another() -> None:
    with ModelClient(bundled_model(), threads=1) as client:
        job = client.generate(LIST, LONG, seed=2)
        begun = first_piece(job)
        pid = client.pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        answer, _ = stream(job)
        assert answer.stop_reason == "died" and answer.text.startswith(begun)
        assert "signal 9" in answer.problem and "kept" in answer.problem
        assert answer.timings.completion_tokens > 0
        assert client.state == "failed" and client.pid is None
        assert not Path(f"/proc/{pid}").exists()  # no zombie
        assert finish(client.generate(POEM, LIVELY, seed=7)).stop_reason == "length"
        assert client.state == "ready" and client.pid != pid


def test_a_stopped_worker_is_noticed_and_a_cancel_of_one_does_not_wait_for_it() -> None:
    with ModelClient(bundled_model(), threads=1, hang_s=2, grace_s=0.5) as client:
        for cancel in (False, True):
            job = client.generate(LIST, LONG, seed=2)
            first_piece(job)
            assert client.pid
            os.kill(client.pid, signal.SIGSTOP)
            if cancel:
                client.cancel()
            answer, _ = stream(job)
            assert answer.text and answer.stop_reason == ("cancelled" if cancel else "died")
            assert cancel or "silent for 2 seconds" in answer.problem


def test_the_worker_dies_with_the_thread_that_holds_it_and_close_leaves_nothing() -> None:
    client = ModelClient(bundled_model(), threads=1)
    assert client.state == "off" and client.pid is None
    started = threading.Thread(target=lambda: finish(client.start()))
    started.start()
    started.join()
    pid = client.pid
    assert client.state == "ready" and pid  # the thread that called start has ended, the worker has not
    assert finish(client.count_tokens(POEM)) > 0
    client.close()
    client.close()
    assert client.state == "off" and client.pid is None and not Path(f"/proc/{pid}").exists()
    gc.collect()


def test_closing_ends_a_running_answer_as_died_and_the_client_can_start_again() -> None:
    client = ModelClient(bundled_model(), threads=1)
    job = client.generate(LIST, LONG, seed=2)
    first_piece(job)
    client.close()
    answer, _ = stream(job)
    assert answer.stop_reason == "died" and client.state == "off"
    with client:
        assert finish(client.generate(POEM, LIVELY, seed=7)).text


def test_a_wrong_file_is_told_before_a_process_is_started(tmp_path: Path) -> None:
    client = ModelClient(replace(bundled_model(), path=tmp_path / "gone.gguf"))
    with pytest.raises(ModelError, match="is missing"):
        finish(client.generate(POEM, LIVELY, seed=1))
    assert client.state == "failed" and client.pid is None


@pytest.mark.model
def test_an_answer_goes_on_where_it_ended(client: ModelClient) -> None:
    """The model reads what it has written as the open beginning of its answer, without the end of a turn."""
    likeliest = GenerationParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=12)
    half = finish(client.generate(POEM, likeliest, seed=1))
    begun = [*POEM, ("assistant", half.text)]
    rest = finish(client.generate(begun, likeliest, seed=1, continue_last=True))
    question, (written,) = finish(client.count_parts(POEM, (half.text,)))
    assert half.stop_reason == "length" and rest.text.strip()
    assert rest.timings.prompt_tokens == question + written
    with pytest.raises(ModelError, match="only an answer can be continued"):
        finish(client.generate(POEM, likeliest, seed=1, continue_last=True))


COPYING = [
    ("user", "Repeat: The canteen closes at two on Thursday. Bring your own cup."),
    ("assistant", "The canteen closes at two on Thursday. Bring your own cup."),
    (
        "user",
        "Repeat: " + "The office moves to 14 Harbour Street on Monday. Boxes come to the reception on Friday. " * 2,
    ),
]


@pytest.mark.parametrize("temperature", [0, 0.8])
def test_drafts_change_no_letter(temperature: float) -> None:
    wanted = GenerationParameters(temperature=temperature, repeat_penalty=1.0, max_tokens=60)
    with ModelClient(bundled_model(), threads=1) as client:
        plain = finish(client.generate(COPYING, wanted, seed=4, draft=False))
        drafted = finish(client.generate(COPYING, wanted, seed=4))
    assert drafted.text == plain.text and drafted.stop_reason == plain.stop_reason
    assert drafted.timings.completion_tokens == plain.timings.completion_tokens
    assert plain.timings.drafted_tokens == 0 <= drafted.timings.accepted_tokens <= drafted.timings.drafted_tokens


def test_going_back_to_another_conversation_reads_nothing_again(client: ModelClient) -> None:
    rain, sun = ([("user", f"A long story about {what}. " * 20)] for what in ("rain", "the sun"))
    first = [finish(client.generate(turns, LIVELY, seed=3)) for turns in (rain, sun)]
    again = [finish(client.generate(turns, LIVELY, seed=3)) for turns in (rain, sun)]
    assert [answer.text for answer in again] == [answer.text for answer in first]
    assert all(answer.timings.cached_tokens > 0.9 * answer.timings.prompt_tokens for answer in again)


def test_an_answer_need_not_be_read_again_to_go_on_from_it(client: ModelClient) -> None:
    answer = finish(client.generate(POEM, LIVELY, seed=7))
    go_on = [*POEM, ("assistant", answer.text), ("user", "Shorter.")]
    followed = finish(client.generate(go_on, LIVELY, seed=7))
    assert followed.timings.cached_tokens > answer.timings.prompt_tokens
    with ModelClient(bundled_model(), threads=1) as fresh:
        assert finish(fresh.generate(go_on, LIVELY, seed=7)).text == followed.text


def test_what_was_prepared_is_not_read_again(client: ModelClient) -> None:
    turns = [("system", "You answer briefly. " * 10), ("user", "Name a sea."), ("assistant", "North Sea"), *POEM]
    finish(client.prepare(turns, 3))
    answer = finish(client.generate(turns, LIVELY, seed=7, keep_turns=3))
    assert answer.timings.cached_tokens >= finish(client.count_tokens(turns[:3])) - 8
    with ModelClient(bundled_model(), threads=1) as fresh:
        assert finish(fresh.generate(turns, LIVELY, seed=7)).text == answer.text
