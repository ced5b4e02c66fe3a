"""What an export cannot carry, said in the same words for every dialect."""

from __future__ import annotations

from collections.abc import Collection

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.variables import BRACES
from desktop_app.prompts.prompt import Input, ModelParameters, PromptVersion

_USUAL = ModelParameters()


def left_behind(version: PromptVersion, notes: Notes, keeps: Collection[str]) -> None:
    """Note what the version states and the dialect has no place for.

    keeps names the fields that it carries: those of the file, of modelParameters and of an input. Tests and the answer's
    format are the dialect's to mention.
    """
    parameters = version.parameters
    stated = {
        "temperature": parameters.temperature != _USUAL.temperature,
        "topP": parameters.top_p != _USUAL.top_p,
        "repeatPenalty": parameters.repeat_penalty != _USUAL.repeat_penalty,
        "maxTokens": parameters.max_tokens != _USUAL.max_tokens,
        "stop": bool(parameters.stop),
        "seed": parameters.seed is not None,
        "model": bool(version.extra.get("model")),
        "description": bool(version.description),
        "roles": version.roles != ("everyone",),
        "task": True,
        "tags": bool(version.tags),
        "data_class": True,
        "owner": True,
        "author": bool(version.author),
        "changelog": True,
        "review_by": version.review_by is not None,
        "origin": version.origin is not None,
        "larger_model": version.larger_model,
    }
    if lost := [name for name, said in stated.items() if said and name not in keeps]:
        notes.left_out(1, f"There is no place for {', '.join(lost)}.")
    for item in version.inputs:
        if item.name != BRACES and (parts := [part for part in _parts(item) if part not in keeps]):
            notes.left_out(1, f"The input {item.name} loses {', '.join(parts)}.")


def note_tests(version: PromptVersion, notes: Notes) -> None:
    """Note that tests stay behind, if the version has any."""
    if any(version.extra.get(key) for key in ("tests", "testData", "evaluators")):
        notes.left_out(1, "There is no place for tests.")


def _parts(item: Input) -> list[str]:
    """What an input states besides its name and label."""
    stated = {
        "type": item.type in ("date", "file", "clipboard"),
        "number": item.type == "number",
        "required": not item.required,
        "default": bool(item.default),
        "choices": bool(item.choices),
        "example": bool(item.example),
        "help": bool(item.help),
        "max_length": item.max_length != 4000,
        "sensitive": item.sensitive,
        "limits": item.minimum is not None or item.maximum is not None,
    }
    return [name for name, said in stated.items() if said]
