"""From columns and rows to what can be run: prompts resolved, seeds drawn, models found, every value checked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop_app.errors import AppError
from desktop_app.practice.compare.columns import check_columns, facts, resolve, shared_inputs, titles
from desktop_app.practice.compare.comparison import Column, Plan
from desktop_app.prompts.library import PromptLibrary
from desktop_app.prompts.prompt import Input, Message, PromptVersion
from desktop_app.prompts.render import find_problems, render
from desktop_app.prompts.run import new_seed
from desktop_app.sandbox.models.catalogue import ModelFile

FindModel = Callable[[str], ModelFile]  # by id; "" is the model in use


@dataclass(frozen=True, slots=True)
class Side:
    """A column that can be run: the prompt with the column's parameters, and the model."""

    column: Column
    version: PromptVersion
    model: ModelFile

    @property
    def inputs(self) -> frozenset[str]:
        """The names of the inputs it takes."""
        return frozenset(item.name for item in self.version.inputs)

    def messages(self, values: Mapping[str, str]) -> tuple[Message, ...]:
        """What goes to the model for a row; raises ValueProblem."""
        return render(self.version, {name: text for name, text in values.items() if name in self.inputs})


def sides_of(columns: Sequence[Column], library: PromptLibrary, find: FindModel) -> tuple[Side, ...]:
    """The columns ready to run; those without a seed get one, the same for all. Raises AppError."""
    check_columns(columns)
    drawn = new_seed()
    found = []
    for column in columns:
        made, version = resolve(column, library)
        seed = drawn if made.seed is None else made.seed
        model = find(made.model_id)
        made = replace(made, seed=seed, model_id=model.id)
        found.append(Side(made, replace(version, parameters=replace(version.parameters, seed=seed)), model))
    return tuple(found)


def inputs_of(sides: Sequence[Side]) -> tuple[Input, ...]:
    """The inputs of one form for all columns."""
    return shared_inputs([side.version for side in sides])


def make_plan(
    sides: Sequence[Side], rows: Sequence[Mapping[str, str]], *, blind: bool = False, source: str = ""
) -> Plan:
    """What is to be compared; raises AppError if columns are all the same or a value does not fit."""
    told = {_identity(side) for side in sides}
    if len(told) < len(sides):
        raise AppError("Two columns are the same, so they would answer the same. Change one, its seed for example.")
    if not rows:
        raise AppError("There is nothing to compare on yet. Fill in the form or choose a table.")
    for number, values in enumerate(rows, 1):
        for side in sides:
            problems = find_problems(side.version, values)
            if problems:
                where = f"Row {number}: " if len(rows) > 1 else ""
                raise AppError(where + next(iter(problems.values())))
    names = titles([facts(side.column, {side.model.id: side.model.name}) for side in sides])
    title = f"{_head(sides, rows[0])}\n{', '.join(names)}"
    return Plan(
        title=title[:200], columns=tuple(side.column for side in sides), rows=tuple(dict(row) for row in rows),
        models=tuple(side.model.sha256 for side in sides), source=source,
        shuffle=secrets.randbelow(2**31 - 1) + 1 if blind else 0,
    )  # fmt: skip


def _head(sides: Sequence[Side], values: Mapping[str, str]) -> str:
    """What it is about: the prompts' titles, or of a free prompt the first words of what was typed."""
    names = dict.fromkeys(side.column.name for side in sides)
    typed = " ".join(values.get("prompt", "").split())
    free = typed and not any(side.column.prompt_id or side.column.text for side in sides)
    return (typed if free else " or ".join(names))[:100]


def sides_again(plan: Plan, library: PromptLibrary, find: FindModel) -> tuple[Side, ...]:
    """The sides of a plan that was begun before; raises AppError if a prompt or a model is no longer what it was."""
    sides = sides_of(plan.columns, library, find)
    for side, sha256 in zip(sides, plan.models, strict=True):
        if side.model.sha256 != sha256:
            raise AppError(
                f"The model {side.model.name} is another file than when this comparison began, so its answers would "
                "not fit together. Start a new comparison."
            )
    return sides


def _identity(side: Side) -> tuple[object, ...]:
    return side.version.messages, side.version.parameters, side.model.sha256
