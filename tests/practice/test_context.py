"""What fits: the oldest questions are left out first and with their answers, the instructions and the question never."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.jobs import Job, finish
from desktop_app.practice.context import Fit, Meter, fit, left_out_words
from desktop_app.practice.conversation import Turn

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Words:
    """Counts words as tokens, with three more for each turn and two at the end, as a chat template adds them."""

    def __init__(self) -> None:
        self.asked = 0

    def count_parts(
        self, messages: Sequence[tuple[str, str]], texts: Sequence[str]
    ) -> Job[tuple[int, tuple[int, ...]]]:
        self.asked += 1
        yield None
        whole = sum(len(text.split()) + 3 for _, text in messages) + 2
        return whole, tuple(len(text.split()) for text in texts)


def words(count: int) -> str:
    return "w " * count


def pair(number: int, size: int) -> tuple[Turn, Turn]:
    question = Turn(f"q{number}", "", "user", words(size), NOW)
    return question, Turn(f"a{number}", f"q{number}", "assistant", words(size), NOW)


def fitted(
    sizes: list[int], *, asked: int = 5, start: int = 10, room: int = 20, context: int = 100, **more: object
) -> Fit:
    return finish(
        fit(
            Words(), start=[("system", words(start))], history=[pair(n, size) for n, size in enumerate(sizes)],
            question=[("user", words(asked))], answer_tokens=room, context_tokens=context, **more,
        )  # type: ignore[arg-type]
    )  # fmt: skip


def test_everything_is_sent_while_it_fits_and_counted_by_part() -> None:
    whole = fitted([4])
    assert whole.left_out == () and whole.says == ""
    assert [role for role, _ in whole.messages] == ["system", "user", "assistant", "user"]
    assert whole.keep_turns == 3, "all but the question come again with the next one"
    assert whole.meter == Meter(instructions=10 + 4 * 3 + 2, documents=0, history=8, question=5, answer=20, context=100)
    assert whole.meter.used + whole.meter.free == 100


def test_the_first_questions_are_left_out_with_their_answers_and_named() -> None:
    part = fitted([10, 10, 10])
    assert part.left_out == ("q0", "a0") and not part.meter.over
    assert (
        part.says
        == "The first question no longer fits, nor its answer: 100 tokens are all this model can read at once."
    )
    assert left_out_words(3, 2048).startswith("The first 3 questions no longer fit, nor their answers: 2,048 tokens")
    assert fitted([30, 30, 1]).left_out == ("q0", "a0", "q1", "a1")


def test_what_is_too_long_without_any_history_is_over_by_so_many_tokens() -> None:
    over = fitted([5], asked=90)
    assert over.left_out == ("q0", "a0")
    assert over.meter.over == over.meter.used - 100 > 0


def test_documents_and_the_beginning_of_an_answer_count() -> None:
    counted = fitted([], asked=30, documents=[words(12)], so_far=words(7)).meter
    assert counted.documents == 12
    assert counted.used == (10 + 3) + (30 + 3) + 2 + 7 + 20, "what continues the answer is read too"


@given(st.lists(st.integers(1, 30), max_size=8), st.integers(1, 120), st.integers(0, 40), st.integers(1, 60))
def test_what_is_sent_fits_or_nothing_is_left_to_leave_out(sizes: list[int], asked: int, start: int, room: int) -> None:
    made = fitted(sizes, asked=asked, start=start, room=room, context=200)
    left = len(made.left_out) // 2
    assert made.left_out == tuple(one for n in range(left) for one in (f"q{n}", f"a{n}"))
    assert made.messages[0][0] == "system" and made.messages[-1] == ("user", words(asked))
    assert not made.meter.over or left == len(sizes)
    exact = sum(len(text.split()) + 3 for _, text in made.messages) + 2 + room
    assert made.meter.used == exact, "the parts are what is really sent"
    if left:  # one pair more would not have fitted
        assert exact + 2 * (sizes[left - 1] + 3) > 200


def test_a_conversation_of_thousands_of_turns_is_counted_in_a_few_requests() -> None:
    client = Words()
    job = fit(
        client, start=(), history=[pair(n, 3) for n in range(2000)], question=[("user", "why")], answer_tokens=10,
        context_tokens=500,
    )  # type: ignore[arg-type]  # fmt: skip
    made = finish(job)
    assert client.asked <= 4 and not made.meter.over
    assert len(made.left_out) + len(made.messages) - 1 == 4000
