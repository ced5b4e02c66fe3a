"""Filling a prompt: checks the values against the inputs and replaces placeholders in one pass.

One pass over the template means that a value is never looked at again: "{{other}}" typed by a person stays that text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from desktop_app.errors import AppError
from desktop_app.prompts.loading import PLACEHOLDER, read_day
from desktop_app.prompts.prompt import Input, Message, PromptVersion


class ValueProblem(AppError):  # noqa: N818  # it is about a value, the form shows it beside the field
    """A value does not fit its input; name is the input's."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


def check_value(item: Input, value: str) -> str:
    """What is wrong with a value, as one sentence, or "" if it fits."""
    if item.required and not value.strip():
        return f"{item.label} is needed."
    if len(value) > item.max_length:
        return f"{item.label} is {len(value):,} characters long; {item.max_length:,} fit. Shorten it."
    if not value.strip():
        return ""
    if item.type == "choice" and value not in item.choices:
        return f"{item.label}: choose one of {', '.join(item.choices)}."
    if item.type == "number":
        return _check_number(item, value.strip())
    if item.type == "date":
        try:
            read_day(value.strip())
        except ValueError:
            return f"{item.label}: write the date as 2026-11-22."
    return ""


def _check_number(item: Input, value: str) -> str:
    if not re.fullmatch(r"[-+]?[0-9]{1,18}([.,][0-9]{1,9})?", value):
        return f"{item.label}: {value[:20]!r} is not a number."
    number = float(value.replace(",", "."))
    if item.minimum is not None and number < item.minimum:
        return f"{item.label}: at least {item.minimum:g}."
    if item.maximum is not None and number > item.maximum:
        return f"{item.label}: at most {item.maximum:g}."
    return ""


def find_problems(version: PromptVersion, values: Mapping[str, str]) -> dict[str, str]:
    """What does not fit, as one sentence for each input in the form's order; {} if render would take the values."""
    found = {item.name: check_value(item, values.get(item.name, "") or item.default) for item in version.inputs}
    return {name: problem for name, problem in found.items() if problem}


def render(version: PromptVersion, values: Mapping[str, str]) -> tuple[Message, ...]:
    """The messages with values in place of placeholders; an absent value takes the input's default.

    A message that is one placeholder and nothing else is left out where its value is empty: an example nobody gave. The last
    one stays, for it is what is to be answered.

    Raises ValueProblem for a value that is missing, does not fit or belongs to no input.
    """
    inputs = {item.name: item for item in version.inputs}
    for name in values:
        if name not in inputs:
            known = ", ".join(inputs) or "none"
            raise ValueProblem(name, f"{version.id} has no input {name!r}. Its inputs: {known}.")
    filled = {name: values.get(name, "") or item.default for name, item in inputs.items()}
    for name, item in inputs.items():
        if problem := check_value(item, filled[name]):
            raise ValueProblem(name, problem)
    before, last = version.messages[:-1], version.messages[-1:]
    given = [
        one for one in before if not (alone := PLACEHOLDER.fullmatch(one.content.strip())) or filled[alone[1]].strip()
    ]
    return tuple(
        Message(one.role, PLACEHOLDER.sub(lambda found: filled[found[1]], one.content)) for one in (*given, *last)
    )
