"""Comparisons that teach something at once, made from one column: its seeds, its versions, its styles, other models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop_app.errors import AppError
from desktop_app.practice.compare.comparison import Column
from desktop_app.practice.parameters import STYLES
from desktop_app.prompts.prompt import Prompt

PRESETS = {
    "seeds": ("Three seeds", "The same prompt three times: how much do answers vary by themselves?"),
    "versions": ("Two versions of this prompt", "The version people get and the one before it"),
    "styles": ("Careful and varied", "The likeliest words, or more chances"),
    "models": ("Two models", "The same prompt and seed on two models"),
}


def three_seeds(column: Column) -> tuple[Column, ...]:
    """The column with the seeds 1, 2 and 3."""
    return tuple(replace(column, seed=seed) for seed in (1, 2, 3))


def two_versions(column: Column, prompt: Prompt | None) -> tuple[Column, ...]:
    """The offered version and the usable one next to it; raises AppError if there is only one."""
    usable = [v.version for v in prompt.versions if prompt.standing(v.version).usable] if prompt else []
    if prompt is None or len(usable) < 2:
        raise AppError("This prompt has one version only. Choose a library prompt with several.")
    newer = prompt.offered.version if prompt.offered.version in usable[1:] else usable[-1]
    older = max(version for version in usable if version < newer)
    return tuple(replace(column, prompt_version=version, content_hash="") for version in (older, newer))


def careful_and_varied(column: Column) -> tuple[Column, ...]:
    """The column in two styles."""
    return tuple(replace(column, changes={**column.changes, **style_changes(style)}) for style in ("careful", "varied"))


def two_models(column: Column, model_ids: Sequence[str]) -> tuple[Column, ...]:
    """The column on the model it uses and on another; raises AppError if there is only one model."""
    others = [model_id for model_id in model_ids if model_id != column.model_id]
    first = column.model_id or (others.pop(0) if others else "")
    if not others:
        raise AppError("There is one model only. Add another under Models, then compare.")
    return replace(column, model_id=first), replace(column, model_id=others[0])


def style_changes(style: str) -> dict[str, float]:
    """The parameters of a style, as a column's changes."""
    one = STYLES[style]
    return {"temperature": one.temperature, "top_p": one.top_p, "repeat_penalty": one.repeat_penalty}
