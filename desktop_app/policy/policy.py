"""What IT has decided for this machine: a few values from JSON files that only an administrator can write.

The format is in docs/formats/policy.md. Signed policies, other systems' stores and the page that shows every value come
later; what stands here is what practising needs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

_MOST_BYTES = 1_000_000
_MOST_PHRASES, _LONGEST_PHRASE = 500, 200


@dataclass(frozen=True, slots=True)
class Policy:
    """The values that hold; a key nobody set has its default. set_by names the file of each key that was set.

    retention_days is how long conversations and texts of runs are kept, None for as long as the person wants. canaries are
    texts planted in documents, which an answer must never repeat. problems are sentences about files that cannot be relied
    on: while there are any, the strictest values hold for what a person may do, and nothing is deleted.
    """

    retention_days: int | None = None
    model_folder: Path | None = None
    price_sheet: Path | None = None
    forbidden_phrases: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    sources_required: bool = False
    check_before_copy: bool = False
    set_by: Mapping[str, Path] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


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


class _WrongError(ValueError):
    """What is wrong with a value, to be put into a sentence with the key."""


def read_policy(folder: Path, *, owner: int = 0) -> Policy:
    """The policy of the files in folder/managed, in order of name: later ones win. Without the folder: the defaults.

    owner is the user id that must own each file and the folder (0 is root; not asked on Windows). Never raises.
    """
    managed, policy, problems = folder / "managed", Policy(), []
    try:
        files = sorted(path for path in managed.iterdir() if path.suffix == ".json" and not path.name.startswith("."))
        if files:
            _trust(managed, owner)
    except FileNotFoundError:
        return policy
    except (OSError, _WrongError) as exc:
        return _strictest(policy, [_problem(managed, exc)])
    for path in files:
        try:
            _trust(path, owner)
            values = _read(path)
            policy = replace(policy, **values, set_by={**policy.set_by, **dict.fromkeys(values, path)})
        except (OSError, _WrongError) as exc:
            problems.append(_problem(path, exc))
    return _strictest(policy, problems) if problems else policy


def check_policy_file(path: Path) -> str:
    """What is wrong with a policy file, as a sentence; "" if it can be used. Who owns it is not asked."""
    try:
        _read(path)
    except (OSError, _WrongError) as exc:
        return _problem(path, exc)
    return ""


def _strictest(policy: Policy, problems: list[str]) -> Policy:
    return replace(policy, sources_required=True, check_before_copy=True, retention_days=None, problems=tuple(problems))


def _problem(path: Path, error: Exception) -> str:
    why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return f"The policy {path} cannot be used: {why}. Until IT has mended it, the strictest rules apply."


def _trust(path: Path, owner: int) -> None:
    """Raise _WrongError if anybody but the administrator could have written it."""
    if os.name != "posix":
        return  # Windows keeps ProgramData for administrators by its own rules
    status = path.stat()
    if status.st_uid != owner:
        raise _WrongError("it does not belong to the administrator")
    if status.st_mode & 0o022:
        raise _WrongError("others than the administrator may write to it")


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise _WrongError("it is no file")
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise _WrongError(f"it has more than {_MOST_BYTES:,} bytes")
    try:
        data = json.loads(content, object_pairs_hook=_once)
        json.dumps(data, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no character
    except (ValueError, RecursionError) as exc:
        raise exc if isinstance(exc, _WrongError) else _WrongError("it is not JSON") from None
    if not isinstance(data, dict):
        raise _WrongError("it is not a JSON object")
    if unknown := sorted(data.keys() - _KEYS.keys()):
        known = ", ".join(_KEYS)
        raise _WrongError(f"{str(unknown[0])[:60]!r} is not a key it may hold ({known})")
    values = {}
    for key, value in data.items():
        try:
            values[key] = _KEYS[key](value)
        except _WrongError as exc:
            raise _WrongError(f"{key} {exc}") from None
    return values


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _WrongError(f"{key[:60]!r} stands there twice")
        found[key] = value
    return found


def _days(value: Any) -> int | None:
    if value is not None and (type(value) is not int or not 1 <= value <= 3650):
        raise _WrongError("must be a whole number of days from 1 to 3650, or null")
    return value


def _path(value: Any) -> Path | None:
    if value is None:
        return None
    if not isinstance(value, str) or "\0" in value or not Path(value).is_absolute():
        raise _WrongError("must be a path from the root on, or null")
    return Path(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongError("must be true or false")
    return value


def _phrases(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_PHRASES:
        raise _WrongError(f"must be a list of at most {_MOST_PHRASES} texts")
    for one in value:
        if not isinstance(one, str) or not 3 <= len(one.strip()) <= _LONGEST_PHRASE:
            raise _WrongError(f"must hold texts of 3 to {_LONGEST_PHRASE} characters")
    return tuple(one.strip() for one in value)


_KEYS: dict[str, Callable[[Any], Any]] = {
    "retention_days": _days,
    "model_folder": _path,
    "price_sheet": _path,
    "forbidden_phrases": _phrases,
    "canaries": _phrases,
    "sources_required": _flag,
    "check_before_copy": _flag,
}
assert _KEYS.keys() == {each.name for each in fields(Policy)} - {"set_by", "problems"}
