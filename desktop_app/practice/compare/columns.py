"""Columns: what a person may write for one, which prompt each stands for, the inputs they share and how they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop_app.errors import AppError
from desktop_app.practice.compare.comparison import FEWEST_COLUMNS, LETTERS, MOST_COLUMNS, Column
from desktop_app.prompts.library import PromptLibrary
from desktop_app.prompts.loading import PLACEHOLDER
from desktop_app.prompts.prompt import Input, Message, PromptId, PromptVersion
from desktop_app.prompts.run import FREE_PARAMETERS

SEED_MAX = 2**32 - 2
LONGEST_TEXT = 100_000
FREE_INPUT = Input(
    "prompt", "Your prompt", "long_text", max_length=LONGEST_TEXT, example="Write one friendly sentence about a tent that leaks."
)  # fmt: skip
PARAMETERS: Mapping[str, tuple[type, float, float]] = {
    "temperature": (float, 0, 2), "top_p": (float, 0.01, 1), "repeat_penalty": (float, 0.5, 2), "max_tokens": (int, 1, 1024),
}  # fmt: skip
_KEYS = ("prompt", "model", "seed", *PARAMETERS)
_WORDS = {
    "temperature": "temperature", "top_p": "top p", "repeat_penalty": "repeat penalty", "max_tokens": "longest answer",
}  # fmt: skip
_UNSAID = {name: f"the prompt's own {words}" for name, words in _WORDS.items()} | {
    "seed": "a drawn seed", "model": "the model in use",
}  # fmt: skip


def read_column(text: str) -> Column:
    """The column that `key=value,key=value` stands for; text= takes all that follows, commas too. Raises AppError.

    name is what was written after prompt=, until resolve looks it up.
    """
    given = dict(_pairs(text))
    if "prompt" in given and "text" in given:
        raise AppError("A column has either prompt= or text=, not both.")
    changes = {name: _number(name, given[name], *PARAMETERS[name]) for name in PARAMETERS if name in given}
    seed = int(_number("seed", given["seed"], int, 0, SEED_MAX)) if "seed" in given else None
    return Column(
        prompt_id=given.get("prompt", "").partition("@")[0], name=given.get("prompt", ""), text=given.get("text", ""),
        model_id=given.get("model", ""), changes=changes, seed=seed,
    )  # fmt: skip


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    rest, seen = text.strip(), set()
    while rest:
        name, equals, after = rest.partition("=")
        name = name.strip()
        if not equals or name not in (*_KEYS, "text"):
            raise AppError(
                f"A column is written as prompt=answer-complaint@2,seed=7, not {text[:60]!r}. "
                f"Known are {', '.join(_KEYS)}, and text at the end."
            )
        if name in seen:
            raise AppError(f"The column {text[:60]!r} says {name} twice. Keep one.")
        seen.add(name)
        value, _, rest = (after, "", "") if name == "text" else after.partition(",")
        if not value.strip():
            raise AppError(f"The column {text[:60]!r} says {name}= and nothing after it.")
        yield name, value.strip()


def _number(name: str, text: str, kind: type, low: float, high: float) -> float:
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not low <= value <= high:
        whole = "a whole number" if kind is int else "a number"
        raise AppError(f"{name} is {whole} from {low:g} to {high:g}, not {text[:40]!r}.")
    return float(value) if kind is float else int(value)


def resolve(column: Column, library: PromptLibrary) -> tuple[Column, PromptVersion]:
    """The column with its version, hash and title, and the prompt it runs, with the column's parameters and seed.

    Raises AppError if there is no such prompt, if it is withdrawn, or if the version is another one than it was.
    """
    if not column.prompt_id:
        return _own(column)
    reference = column.name or column.prompt_id
    if column.prompt_version:
        reference = f"{column.prompt_id}@{column.prompt_version}"
    version = library.usable(reference)
    if column.content_hash and column.content_hash != version.content_hash:
        raise AppError(
            f"{version.id}@{version.version} was changed since this comparison began, so its answers would not fit "
            "together. Start a new comparison."
        )
    made = replace(
        column, prompt_id=version.id, prompt_version=version.version, content_hash=version.content_hash,
        name=version.name, seed=version.parameters.seed if column.seed is None else column.seed,
    )  # fmt: skip
    return made, _changed(version, made)


def _own(column: Column) -> tuple[Column, PromptVersion]:
    """A wording of one's own, or the text that is typed, as a prompt."""
    text = column.text
    names = dict.fromkeys(PLACEHOLDER.findall(text))
    inputs = tuple(Input(name, _label(name), "long_text", max_length=LONGEST_TEXT) for name in names)
    made = replace(column, name=_own_name(text))
    version = PromptVersion(
        PromptId(""), 0, made.name, "", (Message("user", text or "{{prompt}}"),), inputs if text else (FREE_INPUT,),
        FREE_PARAMETERS, (), "", (), "", "", "", None, Path(), "",
    )  # fmt: skip
    return made, _changed(version, made)


def _changed(version: PromptVersion, column: Column) -> PromptVersion:
    changes: dict[str, Any] = dict(column.changes)
    return replace(version, parameters=replace(version.parameters, **changes, seed=column.seed))


def _label(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _own_name(text: str) -> str:
    flat = " ".join(text.split())
    return (flat if len(flat) <= 40 else f"{flat[:39].rstrip()}…") if flat else "Free prompt"


def check_columns(columns: Sequence[Column]) -> None:
    """Raise AppError unless there are two to four columns."""
    if not FEWEST_COLUMNS <= len(columns) <= MOST_COLUMNS:
        raise AppError(f"A comparison has {FEWEST_COLUMNS} to {MOST_COLUMNS} columns, not {len(columns)}.")


def shared_inputs(versions: Sequence[PromptVersion]) -> tuple[Input, ...]:
    """One form for all: every input that a column has, the first one's words for those that share a name.

    It is required if one column needs it, and as long as all of them take.
    """
    found: dict[str, Input] = {}
    for version in versions:
        for item in version.inputs:
            first = found.setdefault(item.name, item)
            found[item.name] = replace(
                first, required=first.required or item.required, max_length=min(first.max_length, item.max_length),
                sensitive=first.sensitive or item.sensitive,
            )  # fmt: skip
    return tuple(found.values())


def facts(column: Column, model_names: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a column is, in words by what they are about, in the order they are shown; "" where there is nothing to say."""
    changes = column.changes
    said = {
        "prompt": column.name or _own_name(column.text),
        "version": f"version {column.prompt_version}" if column.prompt_version else "",
        "model": (model_names or {}).get(column.model_id, column.model_id),
        "seed": "" if column.seed is None else f"seed {column.seed}",
    }
    for name in PARAMETERS:
        said[name] = f"{_WORDS[name]} {changes[name]:g}" if name in changes else ""
    if "max_tokens" in changes:
        said["max_tokens"] += " tokens"
    return said


def differences(said: Sequence[Mapping[str, str]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """What all columns share, said once, and what is each one's own."""
    names = list(said[0]) if said else []
    same = [name for name in names if len({one[name] for one in said}) == 1]
    shared = tuple(said[0][name] for name in same if said[0][name])
    own = tuple(tuple(one[name] or _UNSAID.get(name, "") for name in names if name not in same) for one in said)
    return shared, own


def titles(said: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """A short name of each column: what sets it apart, else its letter."""
    _, own = differences(said)
    short = [" · ".join(filter(None, words)) for words in own]
    return tuple(
        words if words and short.count(words) == 1 else f"Column {LETTERS[at]}" for at, words in enumerate(short)
    )
