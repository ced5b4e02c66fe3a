"""Running a comparison: cell by cell on one worker, model by model, each answer once; a cell that fails stops no other."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.practice.compare.comparison import Cell, CellKey, Plan
from desktop_app.practice.compare.planning import Side
from desktop_app.prompts.prompt import Message, ModelParameters
from desktop_app.sandbox.client import Answer, ModelClient, Piece
from desktop_app.sandbox.protocol import GenerationParameters

_TRIES = 2  # a worker that dies is started anew once for a cell

# What an answer follows from: the model's SHA-256, the messages, the parameters with the seed.
AnswerKey = tuple[str, tuple[Message, ...], ModelParameters]
Answers = MutableMapping[AnswerKey, Cell]


@dataclass(frozen=True, slots=True)
class Writing:
    """More text of the answer that is being made; started is True for the first piece, which replaces an earlier try."""

    row: int
    column: int
    text: str
    started: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """This cell is being made now."""

    row: int
    column: int


def run_cells(
    plan: Plan,
    sides: Sequence[Side],
    client: ModelClient,
    *,
    there: Mapping[CellKey, Cell] | None = None,
    known: Answers | None = None,
) -> Job[int]:
    """Make every answer that is not there yet (or failed); return how many cells were made.

    Yields Begun, Writing and then the Cell of each, and Progress, whose done counts cells. known holds answers of this
    session by what made them; new ones are put in. Whoever drives the job stores each Cell before it asks for more.
    Afterwards the client uses the model it used before. Closing the job loses the cell that was being made.
    """
    there, known = there or {}, {} if known is None else known
    _remember(plan, sides, there, known)
    todo = [(row, at) for row, at in _in_order(plan, sides) if (row, at) not in there or there[row, at].problem]
    done, before = plan.places - len(todo), (client.model, client.adapters)
    try:
        for number, (row, at) in enumerate(todo):
            yield Progress(done + number, plan.places, f"Answer {done + number + 1} of {plan.places}")
            yield Begun(row, at)
            yield (yield from _cell(plan, sides, row, at, client, known))
        yield Progress(plan.places, plan.places)
    finally:
        client.use(*before)
    return len(todo)


def answer_key(side: Side, values: Mapping[str, str]) -> AnswerKey:
    """What the answer of a column to a row follows from."""
    return side.model.sha256, side.messages(values), side.version.parameters


def _in_order(plan: Plan, sides: Sequence[Side]) -> Iterator[CellKey]:
    """Model by model, so that each is loaded once; of a model row by row, those with the same beginning together."""
    models = list(dict.fromkeys(side.model.sha256 for side in sides))
    for sha256 in models:
        mine = [at for at, side in enumerate(sides) if side.model.sha256 == sha256]
        mine.sort(
            key=lambda at: next(
                n for n, side in enumerate(sides) if side.version.messages == sides[at].version.messages
            )
        )
        yield from ((row, at) for row in range(len(plan.rows)) for at in mine)


def _remember(plan: Plan, sides: Sequence[Side], there: Mapping[CellKey, Cell], known: Answers) -> None:
    for (row, at), cell in there.items():
        if not cell.problem and cell.text is not None and row < len(plan.rows):
            known.setdefault(answer_key(sides[at], plan.rows[row]), cell)


def _cell(
    plan: Plan, sides: Sequence[Side], row: int, at: int, client: ModelClient, known: Answers
) -> Generator[object, None, Cell]:
    side = sides[at]
    seed = side.column.seed or 0
    try:
        key = answer_key(side, plan.rows[row])
        if key in known:
            return replace(known[key], row=row, column=at, kept=True)
        answer = yield from _answer(side, key[1], row, at, client, _shared_turns(plan, sides, at))
    except AppError as problem:  # too long for the context, no model, a worker that does not start
        return Cell(row, at, "", seed, "error", str(problem))
    stopped = "The answer was stopped before it was complete." if answer.stop_reason == "cancelled" else ""
    cell = Cell(row, at, answer.text, seed, answer.stop_reason, answer.problem or stopped, answer.timings)
    if not cell.problem:
        known[key] = cell
    return cell


def _answer(
    side: Side, messages: tuple[Message, ...], row: int, at: int, client: ModelClient, keep_turns: int
) -> Generator[object, None, Answer]:
    """The answer; one whose worker died is asked for once more."""
    chosen = side.version.parameters
    parameters = GenerationParameters(
        temperature=chosen.temperature, top_p=chosen.top_p, repeat_penalty=chosen.repeat_penalty,
        max_tokens=chosen.max_tokens, stop=chosen.stop,
    )  # fmt: skip
    turns = [(message.role, message.content) for message in messages]
    for left in reversed(range(_TRIES)):
        if client.model != side.model:
            client.use(side.model)  # also when somebody else chose another meanwhile
        job = client.generate(turns, parameters, seed=chosen.seed or 0, keep_turns=keep_turns)
        started = True
        try:
            while True:
                step = next(job)
                if isinstance(step, Piece):
                    yield Writing(row, at, step.text, started)
                    started = False
                elif isinstance(step, Progress) and step.note:
                    yield Progress(step.done, None, step.note)
        except StopIteration as end:
            answer: Answer = end.value
        finally:
            job.close()
        if answer.stop_reason != "died" or not left:
            return answer
    raise AssertionError("the last try returns")


def _shared_turns(plan: Plan, sides: Sequence[Side], at: int) -> int:
    """How many of a column's first turns come again: in other rows as far as nothing is filled in, in other columns of
    the same model as far as they say the same.
    """
    mine = sides[at]
    templates = mine.version.messages
    across_rows = 0
    if len(plan.rows) > 1:
        across_rows = _common(
            templates, tuple(message if "{{" not in message.content else None for message in templates)
        )
    others = [
        side.version.messages for n, side in enumerate(sides) if n != at and side.model.sha256 == mine.model.sha256
    ]
    return max([across_rows, *(_common(templates, other) for other in others)])


def _common(one: Sequence[Message | None], other: Sequence[Message | None]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
