"""What fits into the model's context: instructions, documents, earlier turns, the question, and room for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.jobs import Job
from desktop_app.practice.conversation import Turn
from desktop_app.sandbox.client import ModelClient

_MOST_PAIRS = 100  # the worker takes 400 turns; no context holds that many
Said = tuple[str, str]  # who speaks and what is said


@dataclass(frozen=True, slots=True)
class Meter:
    """How the context is used, in tokens. instructions hold what the chat template adds too: its own instructions, and the
    marks around each turn. answer is the room kept for the answer.
    """

    instructions: int
    documents: int
    history: int
    question: int
    answer: int
    context: int

    @property
    def used(self) -> int:
        """What the model reads, and the room for the answer."""
        return self.instructions + self.documents + self.history + self.question + self.answer

    @property
    def free(self) -> int:
        """What is left; 0 if nothing is."""
        return max(0, self.context - self.used)

    @property
    def over(self) -> int:
        """How much too long it is; 0 if it fits."""
        return max(0, self.used - self.context)


@dataclass(frozen=True, slots=True)
class Fit:
    """What is sent, and what was left out. keep_turns of the messages will come again with the next question.

    left_out are the ids of the turns that no longer fit, oldest first. Nothing may be sent while meter.over is not 0.
    """

    messages: tuple[Said, ...]
    keep_turns: int
    meter: Meter
    left_out: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What was left out and why, as a sentence; "" if nothing was."""
        return left_out_words(len(self.left_out) // 2, self.meter.context) if self.left_out else ""


def left_out_words(questions: int, context_tokens: int) -> str:
    """Why the oldest questions are not read by the model any more."""
    first = "The first question no longer fits" if questions == 1 else f"The first {questions} questions no longer fit"
    answers = "its answer" if questions == 1 else "their answers"
    return f"{first}, nor {answers}: {context_tokens:,} tokens are all this model can read at once."


def fit(
    client: ModelClient,
    *,
    start: Sequence[Said],
    history: Sequence[tuple[Turn, Turn]],
    question: Sequence[Said],
    answer_tokens: int,
    context_tokens: int,
    documents: Sequence[str] = (),
    so_far: str = "",
) -> Job[Fit]:
    """Count the parts and leave out the oldest questions with their answers until the rest fits.

    history are questions with their answers, oldest first. documents are the parts of the question's text that come from
    documents, question the turns that ask, so_far the beginning of an answer that is to be continued. The instructions,
    the documents and the question are never left out: if they alone are too much, meter.over says by how much.
    """
    history, older = history[-_MOST_PAIRS:], history[:-_MOST_PAIRS]
    said = [text for pair in history for turn in pair if (text := turn.text) is not None]
    turns = [(turn.role, turn.text or "") for pair in history for turn in pair]
    texts = [*(text for _, text in start), *said, *(text for _, text in question), *documents, so_far]
    whole, counts = yield from client.count_parts([*start, *turns, *question], texts)
    first, past, asked = len(start), len(start) + len(said), len(start) + len(said) + len(question)
    added = max(0, whole - sum(counts[:asked])) // max(1, asked)  # about what the template adds to each turn
    sizes = [counts[at] + counts[at + 1] + 2 * added for at in range(first, past, 2)]
    begun, left, total = counts[-1], 0, whole
    while left < len(sizes) and total + begun + answer_tokens > context_tokens:
        total -= sizes[left]
        left += 1
        if total + begun + answer_tokens <= context_tokens or left == len(sizes):  # the sum is nearly right: count
            total, _ = yield from client.count_parts([*start, *turns[2 * left :], *question], ())
    from_documents, earlier = sum(counts[asked:-1]), sum(counts[first + 2 * left : past])
    own = max(0, sum(counts[past:asked]) - from_documents)
    meter = Meter(
        max(0, total - earlier - own - from_documents),
        from_documents,
        earlier,
        own + begun,
        answer_tokens,
        context_tokens,
    )
    messages = (*start, *turns[2 * left :], *question)
    gone = tuple(turn.id for pair in (*older, *history[:left]) for turn in pair)
    return Fit(tuple(messages), len(messages) - len(question), meter, gone)
