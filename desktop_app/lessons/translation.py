"""Translations: lesson.<language>.md beside lesson.md, with the same steps, questions and exercises in the same order.

A translation takes its step keys and its ids from the original, so progress, answers and review cards belong to both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from desktop_app.lessons.lesson import Block, Claims, Decision, Lesson, Practice, Prose, Quiz, Step

ORIGINAL = "lesson.md"
# What each language calls itself; one that is not listed shows its tag.
NAMES = {
    "ar": "العربية", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "en": "English", "es": "Español", "fi": "Suomi",
    "fr": "Français", "he": "עברית", "hu": "Magyar", "it": "Italiano", "ja": "日本語", "nb": "Norsk", "nl": "Nederlands",
    "pl": "Polski", "pt": "Português", "pt-BR": "Português (Brasil)", "ro": "Română", "sv": "Svenska", "tr": "Türkçe",
    "uk": "Українська", "zh": "中文",
}  # fmt: skip
_TRANSLATION = re.compile(r"lesson\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\.md")


def language_name(language: str) -> str:
    """What people who speak it call a language; the tag itself where that is not known."""
    return NAMES.get(language, language)


class Difference(NamedTuple):
    """Where a translation does not match its original; line is the translation's, code one of problem.RULES."""

    code: str
    message: str
    line: int


def language_of(path: Path) -> str:
    """The language in a translation's file name, "" for lesson.md and any other file."""
    match = _TRANSLATION.fullmatch(path.name)
    return match[1] if match else ""


def differences(original: Lesson, translation: Lesson) -> tuple[Difference, ...]:
    """What keeps translation from standing in for original; nothing if it can. Prose may differ freely."""
    found = [*_front(original, translation)]
    if len(original.steps) != len(translation.steps):
        message = (
            f"There are {len(translation.steps)} steps here and {len(original.steps)} in {ORIGINAL}. Make them match."
        )
        line = translation.steps[-1].line if translation.steps else 1
        return (*found, Difference("L702", message, line))
    for own, other in zip(original.steps, translation.steps, strict=True):
        found += _step(own, other)
    return tuple(found)


def adopt(original: Lesson, translation: Lesson) -> Lesson:
    """translation with the original's step keys and with its ids where the file gives none; they must match."""
    steps = tuple(
        replace(step, key=own.key, blocks=tuple(_with_ids(own, step)))
        for own, step in zip(original.steps, translation.steps, strict=True)
    )
    return replace(translation, steps=steps)


def _front(original: Lesson, translation: Lesson) -> Iterator[Difference]:
    wanted = language_of(translation.path)
    if translation.language != wanted:
        message = f'The language is "{translation.language}" but the file is for "{wanted}". Make them match.'
        yield Difference("L701", message, 1)
    if translation.version != original.version:
        message = (
            f"This translates version {translation.version}; {ORIGINAL} is at {original.version}. Bring it up to date."
        )
        yield Difference("L703", message, 1)
    for name in ("pass_mark", "attempts"):
        if getattr(translation, name) != getattr(original, name):
            yield Difference("L702", f"{name} differs from {ORIGINAL}. Give both the same.", 1)


def _step(original: Step, translation: Step) -> Iterator[Difference]:
    ours, theirs = _answered(original), _answered(translation)
    if len(ours) != len(theirs):
        message = (
            f"This step has {len(theirs)} questions and exercises, but {len(ours)} in {ORIGINAL}. Make them match."
        )
        yield Difference("L702", message, translation.line)
        return
    for own, other in zip(ours, theirs, strict=True):
        if said := _mismatch(own, other):
            yield Difference("L702", f"{said} Make it match line {own.line} of {ORIGINAL}.", other.line)


def _answered(step: Step) -> list[Block]:
    return [block for block in step.blocks if not isinstance(block, Prose)]


def _mismatch(own: Block, other: Block) -> str:
    """What differs between two blocks at the same place, "" if nothing that matters does."""
    if type(own) is not type(other):
        return "Another kind of question or exercise stands here."
    if isinstance(own, Quiz) and isinstance(other, Quiz):
        return _quiz_mismatch(own, other)
    if isinstance(own, Prose) or isinstance(other, Prose):
        return ""
    if own.id != other.id:
        return f'The id is "{other.id}".'
    if isinstance(own, Claims) and isinstance(other, Claims):
        same = [claim.supported for claim in own.claims] == [claim.supported for claim in other.claims]
        return "" if same else "The claims or their verdicts differ."
    if isinstance(own, Decision) and isinstance(other, Decision):
        return _decision_mismatch(own, other)
    if isinstance(own, Practice) and isinstance(other, Practice):
        return "" if len(own.rubric) == len(other.rubric) else "The rubric has another number of questions."
    return ""


def _decision_mismatch(own: Decision, other: Decision) -> str:
    if [option.right for option in own.options] != [option.right for option in other.options]:
        return "The options differ in number or in which are right."
    return "" if len(own.points) == len(other.points) else "The points differ in number."


def _quiz_mismatch(own: Quiz, other: Quiz) -> str:
    if own.kind != other.kind:
        return f"This is a {other.kind} question, not {own.kind}."
    if own.id != other.id and not _is_default(other.id):
        return f'The id is "{other.id}", not "{own.id}".'
    if [choice.right for choice in own.choices] != [choice.right for choice in other.choices]:
        return "The options differ in number or in which are right."
    if [_gap_key(gap.options) for gap in own.gaps] != [_gap_key(gap.options) for gap in other.gaps]:
        return "The gaps differ in number, kind or right option."
    same = len(own.columns) == len(other.columns) and [r.right for r in own.rows] == [r.right for r in other.rows]
    return "" if same else "The matrix differs in size or in which cells are right."


def _gap_key(options: tuple[object, ...]) -> tuple[bool, ...]:
    return tuple(bool(getattr(option, "right", False)) for option in options)


def _is_default(question_id: str) -> bool:
    """True for an id made from the step's heading, which differs between languages."""
    return re.fullmatch(r".+-[0-9]{1,2}", question_id) is not None


def _with_ids(original: Step, step: Step) -> Iterator[Block]:
    ours = iter(_answered(original))
    for block in step.blocks:
        own = None if isinstance(block, Prose) else next(ours)
        yield replace(block, id=own.id) if isinstance(block, Quiz) and isinstance(own, Quiz) else block
