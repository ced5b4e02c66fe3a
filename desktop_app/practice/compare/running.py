"""Running a comparison: cell by cell on one worker, model by model, each answer once; a cell that fails stops no other."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.practice.compare.comparison import Cell, CellKey, Plan
from desktop_app.practice.compare.planning import Side
from desktop_app.prompts.answer_schema import answer_schema
from desktop_app.prompts.prompt import Message, ModelParameters
from desktop_app.prompts.run import RunRequest, run
from desktop_app.sandbox.client import Adapters, Answer, ModelClient, Piece
from desktop_app.sandbox.models.catalogue import ModelFile

_TRIES = 2  # a worker that dies is started anew once for a cell

# What an answer follows from: the model's SHA-256 with its adapters, the messages, the parameters with the seed, the schema.
AnswerKey = tuple[str, tuple[Message, ...], ModelParameters, str]
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
    What the client uses for others stays as it is. Closing the job loses the cell that was being made.
    """
    there, known, models = there or {}, {} if known is None else known, _Models(client)
    for (row, at), cell in there.items():
        if not cell.problem and cell.text is not None:
            known.setdefault(models.key(sides[at], plan.rows[row]), cell)
    todo = [(row, at) for row, at in _in_order(plan, sides) if (row, at) not in there or there[row, at].problem]
    done = plan.places - len(todo)
    for number, (row, at) in enumerate(todo):
        yield Progress(done + number, plan.places, f"Answer {done + number + 1} of {plan.places}")
        yield Begun(row, at)
        yield (yield from _cell(sides[at], plan.rows[row], row, at, models, known))
    yield Progress(plan.places, plan.places)
    return len(todo)


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


def _cell(
    side: Side, values: Mapping[str, str], row: int, at: int, models: _Models, known: Answers
) -> Generator[object, None, Cell]:
    seed = side.column.seed or 0
    try:
        key = models.key(side, values)
        if key in known:
            return replace(known[key], row=row, column=at, kept=True)
        answer = yield from _answer(side, key[1], row, at, models)
    except AppError as problem:  # too long for the context, no model, a worker that does not start
        return Cell(row, at, "", seed, "error", str(problem))
    stopped = "The answer was stopped before it was complete." if answer.stop_reason == "cancelled" else ""
    cell = Cell(row, at, answer.text, seed, answer.stop_reason, answer.problem or stopped, answer.timings)
    if not cell.problem:
        known[key] = cell
    return cell


def _answer(
    side: Side, messages: tuple[Message, ...], row: int, at: int, models: _Models
) -> Generator[object, None, Answer]:
    """The answer; one whose worker died is asked for once more."""
    version = side.version
    seed = version.parameters.seed or 0
    request = RunRequest(messages, version.parameters, seed, {}, (), version, schema=answer_schema(version))
    for left in reversed(range(_TRIES)):
        job = run(models.client, request, on=models.of(side))
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


class _Models:
    """The client, and what it used when the comparison began: adapters belong to that model and to no other.

    Each request names its model: somebody else may ask, or choose another one, between two cells.
    """

    def __init__(self, client: ModelClient) -> None:
        self.client, self._used = client, (client.model, client.adapters)

    def of(self, side: Side) -> tuple[ModelFile, Adapters]:
        """The model of a column, with its adapters."""
        return self._used if side.model == self._used[0] else (side.model, ())

    def key(self, side: Side, values: Mapping[str, str]) -> AnswerKey:
        """What the answer of a column to a row follows from."""
        _, adapters = self.of(side)
        model = f"{side.model.sha256} {adapters}" if adapters else side.model.sha256
        return model, side.messages(values), side.version.parameters, answer_schema(side.version)
