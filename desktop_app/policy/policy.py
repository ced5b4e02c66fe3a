"""What IT has decided for this machine: a few values that only an administrator can set.

The table of values is keys.py, the places they are read from are sources.py; docs/formats/policy.md describes both.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from desktop_app.policy.keys import AS_SET, KEYS, WrongError
from desktop_app.policy.sources import MANAGED_PREFERENCES, read_file, sources


@dataclass(frozen=True, slots=True)
class Policy:
    """The values that hold; a key nobody set has its default. set_by names the source of each key that was set.

    retention_days is how long conversations and texts of runs are kept, None for as long as the person wants. canaries are
    texts planted in documents, which an answer must never repeat. locked are the keys people cannot choose otherwise; a key
    that was set without being locked is IT's default. problems are sentences about sources that cannot be relied on: while
    there are any, the strictest values hold for what a person may do, and nothing is deleted.
    """

    retention_days: int | None = None
    model_folder: Path | None = None
    price_sheet: Path | None = None
    forbidden_phrases: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    sources_required: bool = False
    check_before_copy: bool = False
    set_by: Mapping[str, Path | str] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()

    @property
    def made_strict(self) -> frozenset[str]:
        """The keys that have their strictest value because a source cannot be relied on."""
        return frozenset(key.name for key in KEYS.values() if self.problems and key.strictest is not AS_SET)


assert {each.name: each.default for each in fields(Policy) if each.name in KEYS} == {
    key.name: key.default for key in KEYS.values()
}


def policy_in_words(policy: Policy) -> tuple[str, ...]:
    """What is set, one sentence a value, for the people it holds for; () if nothing is."""
    days, phrases, canaries = policy.retention_days, len(policy.forbidden_phrases), len(policy.canaries)
    said = (
        (days, f"Conversations and the texts of runs are deleted after {days} {'day' if days == 1 else 'days'}."),
        (
            policy.check_before_copy,
            "Before an answer is copied, you say that you checked it. That is recorded, the answer is not.",
        ),
        (policy.sources_required, "An answer from documents must name its source before it is copied."),
        (
            phrases,
            f"Answers are searched for {phrases} {'phrase' if phrases == 1 else 'phrases'} that nobody should use.",
        ),
        (
            canaries,
            f"Answers are searched for {canaries} {'text' if canaries == 1 else 'texts'} planted to find leaks.",
        ),
        (policy.model_folder, f"More models come from {policy.model_folder}."),
        (policy.price_sheet, f"Prices come from {policy.price_sheet}."),
    )
    return tuple(words for value, words in said if value)


def read_policy(
    folder: Path,
    *,
    owner: int = 0,
    system: str = sys.platform,
    preferences: Path = MANAGED_PREFERENCES,
    registry: Any = None,
) -> Policy:
    """What holds on this machine: recommended values, over them managed ones, of several files the last. Never raises.

    folder holds recommended/ and managed/; owner is the user id that must own what is read (0 is root; not asked on
    Windows). On Windows the registry is read in place of the folder, on macOS managed preferences after it.
    """
    if system == "win32" and registry is None:
        import winreg as registry
    policy, problems = Policy(), []
    for source in sources(system, folder, owner=owner, preferences=preferences, registry=registry):
        try:
            values = source.read()
        except (OSError, WrongError) as exc:
            problems.append(_problem(source.name, exc))
            continue
        policy = replace(
            policy,
            **values,
            set_by={**policy.set_by, **dict.fromkeys(values, source.name)},
            locked=policy.locked.union(values if source.locked else ()),
        )
    return _strictest(policy, problems) if problems else policy


def check_policy_file(path: Path) -> str:
    """What is wrong with a policy file, as a sentence; "" if it can be used. Who owns it is not asked."""
    try:
        read_file(path)
    except (OSError, WrongError) as exc:
        return _problem(path, exc)
    return ""


def _strictest(policy: Policy, problems: list[str]) -> Policy:
    strict = {key.name: key.strictest for key in KEYS.values() if key.strictest is not AS_SET}
    return replace(policy, **strict, problems=tuple(problems))


def _problem(place: Path | str, error: Exception) -> str:
    why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return f"The policy {place} cannot be used: {why}. Until IT has mended it, the strictest rules apply."
