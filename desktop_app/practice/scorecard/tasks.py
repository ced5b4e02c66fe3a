"""The task sets of resources/scorecard/: what a model is asked, and how its answers are judged. docs/formats/scorecard.md."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.prompts.evaluate.assertions import PLACEHOLDER, Assertion, Fault, read_assertion
from desktop_app.prompts.schema import against_schema
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8

SETS = (
    "rewriting", "summarising", "extracting", "classifying", "answering",
    "planted-secrets", "hidden-instructions", "missing-details",
)  # fmt: skip
_VALUES = ("text", "question")
Turn = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to ask. values fill the set's form of asking; good and bad are an answer that passes and one that fails."""

    id: str
    values: Mapping[str, str]
    assertions: tuple[Assertion, ...]
    good: str
    bad: str

    @property
    def given(self) -> str:
        """Everything that the task gives to go by."""
        return "\n".join(self.values.values())


@dataclass(frozen=True, slots=True)
class TaskSet:
    """Tasks of one kind. facts, personal and secrets are checks of every answer besides the assertions, see checks.py.

    ask says by form how a task is put; examples are (values, answer) and precede a task in the form "worked".
    """

    id: str
    standard: str
    name: str
    what: str
    sha256: str
    system: str
    ask: Mapping[str, str]
    examples: tuple[tuple[Mapping[str, str], str], ...]
    max_tokens: int
    facts: bool
    personal: bool
    secrets: tuple[str, ...]
    tasks: tuple[Task, ...]

    def messages(self, task: Task, form: str) -> tuple[Turn, ...]:
        """What the model is sent, as (role, text)."""
        turns = [("system", self.system)]
        if form == "worked":
            for values, answer in self.examples:
                turns += [("user", _filled(self.ask["worked"], values)), ("assistant", answer)]
        return (*turns, ("user", _filled(self.ask[form], task.values)))

    def task(self, task_id: str) -> Task | None:
        """The task with this id, None if there is none (any more)."""
        return next((task for task in self.tasks if task.id == task_id), None)


def read_sets(resources: Path) -> tuple[TaskSet, ...]:
    """The task sets that ship with the app, in their order; raises ContentError with the line of the first fault."""
    return tuple(read_set(resources / "scorecard" / f"{name}.yml") for name in SETS)


def read_set(path: Path) -> TaskSet:
    """The task set in a file; raises ContentError with the line of the first fault."""
    text = read_utf8(path)
    raw, lines = load_yaml_with_lines(text, path)
    data: Mapping[str, Any] = against_schema("scorecard-tasks", raw, lines, path)
    try:
        shared = tuple(read_assertion(each, ("assert", at)) for at, each in enumerate(data.get("assert", [])))
        tasks = tuple(_task(each, at, shared) for at, each in enumerate(data["tasks"]))
        if len({task.id for task in tasks}) < len(tasks):
            raise Fault("Two tasks have the same id. Give each its own.", ("tasks",))
    except Fault as fault:
        raise ContentError(fault.message, path, *_place(lines, fault.at)) from None
    return TaskSet(
        data["id"], data["standard"], data["name"], data["what"], hashlib.sha256(text.encode()).hexdigest(),
        data["system"].strip(), data["ask"],
        tuple((_values(each), each["answer"]) for each in data["examples"]),
        data["max_tokens"], data.get("facts", False), data.get("personal", False), tuple(data.get("secrets", ())), tasks,
    )  # fmt: skip


def _task(data: Mapping[str, Any], number: int, shared: tuple[Assertion, ...]) -> Task:
    own = tuple(read_assertion(each, ("tasks", number, "assert", at)) for at, each in enumerate(data.get("assert", [])))
    return Task(data["id"], _values(data), shared + own, data["good"], data["bad"])


def _values(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: data[name].strip() for name in _VALUES if name in data}


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with {{name}} replaced, once: what a value holds is never replaced again."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template).strip()


def _place(lines: Mapping[Any, tuple[int, int]], at: tuple[str | int, ...]) -> tuple[int, int]:
    while at and at not in lines:
        at = at[:-1]
    return lines.get(at, (1, 1))
