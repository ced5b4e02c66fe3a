"""Every value that IT may set, in one table. Parsing, the JSON Schema, the documents' table and the templates for Windows and
macOS (packaging/policy/) are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal

MOST_TEXTS, SHORTEST_TEXT, LONGEST_TEXT = 500, 3, 200
ABSOLUTE_PATH = r"^(/|[A-Za-z]:[\\/]|\\\\)"


class WrongError(ValueError):
    """What is wrong with a value, to be put into a sentence after the key or the file."""


class Unchanged(Enum):
    """The strictest value of a key that has none: what is set stays as it is."""

    AS_SET = "as set"


AS_SET = Unchanged.AS_SET


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """One value. default holds where nobody set it, strictest while a policy cannot be relied on.

    least and most bound a number of days. Types: a whole number of days or null, an absolute path or null, a list of texts,
    true or false.
    """

    name: str
    type: Literal["days", "path", "texts", "flag"]
    title: str
    help: str
    default: Any
    strictest: Any
    example: Any
    least: int = 0
    most: int = 0

    @property
    def type_words(self) -> str:
        """What it takes, as people read it."""
        return {
            "days": f"whole number of days from {self.least} to {self.most:,}",
            "path": "absolute path",
            "texts": f"list of at most {MOST_TEXTS} texts of {SHORTEST_TEXT} to {LONGEST_TEXT} characters",
            "flag": "true or false",
        }[self.type]

    def check(self, value: Any) -> Any:
        """The value as the app holds it; raises WrongError."""
        try:
            return _CHECKS[self.type](self, value)
        except WrongError as exc:
            raise WrongError(f"{self.name} {exc}") from None


def _days(key: PolicyKey, value: Any) -> int | None:
    if value is not None and (type(value) is not int or not key.least <= value <= key.most):
        raise WrongError(f"must be a whole number of days from {key.least} to {key.most}, or null")
    return value


def _path(key: PolicyKey, value: Any) -> Path | None:
    if value is None:
        return None
    if not isinstance(value, str) or "\0" in value or not Path(value).is_absolute():
        raise WrongError("must be a path from the root on, or null")
    return Path(value)


def _flag(key: PolicyKey, value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongError("must be true or false")
    return value


def _texts(key: PolicyKey, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_TEXTS:
        raise WrongError(f"must be a list of at most {MOST_TEXTS} texts")
    for one in value:
        if not isinstance(one, str) or not SHORTEST_TEXT <= len(one.strip()) <= LONGEST_TEXT:
            raise WrongError(f"must hold texts of {SHORTEST_TEXT} to {LONGEST_TEXT} characters")
    return tuple(one.strip() for one in value)


_CHECKS = {"days": _days, "path": _path, "texts": _texts, "flag": _flag}

KEYS: dict[str, PolicyKey] = {
    key.name: key
    for key in (
        PolicyKey(
            "retention_days",
            "days",
            "Keep conversations for at most so many days",
            "Conversations and the texts of runs older than this are deleted when Greenroom starts; drafts and records stay.",
            default=None,
            strictest=None,  # nothing is deleted because of a file that is wrong
            example=90,
            least=1,
            most=3650,
        ),
        PolicyKey(
            "model_folder",
            "path",
            "Folder with more models",
            "A folder or share that holds models and their models.json, offered to everybody on this machine.",
            default=None,
            strictest=AS_SET,
            example="/srv/greenroom/models",
        ),
        PolicyKey(
            "price_sheet",
            "path",
            "The organisation's own price sheet",
            "A file with prices that the cost of an answer on a public service is reckoned with.",
            default=None,
            strictest=AS_SET,
            example="/etc/greenroom/prices.json",
        ),
        PolicyKey(
            "forbidden_phrases",
            "texts",
            "Phrases an answer should not say",
            "Before an answer is copied it is searched for these, whatever their capitals, spaces and look-alike letters.",
            default=(),
            strictest=AS_SET,
            example=["we guarantee", "free of charge"],
        ),
        PolicyKey(
            "canaries",
            "texts",
            "Texts planted in documents",
            "An answer that repeats one of these, also spelt out or backwards, has leaked it and is marked.",
            default=(),
            strictest=AS_SET,
            example=["LANTERN-4471-QUILL"],
        ),
        PolicyKey(
            "sources_required",
            "flag",
            "Answers from documents must name their source",
            "An answer from documents that names no source is marked as such before it is copied.",
            default=False,
            strictest=True,
            example=True,
        ),
        PolicyKey(
            "check_before_copy",
            "flag",
            "People say that they checked an answer before it leaves",
            "Before an answer is copied or saved as a file the person says that they checked it, which is recorded; the answer is not.",
            default=False,
            strictest=True,
            example=True,
        ),
    )
}


def check_values(values: Any) -> dict[str, Any]:
    """What a source holds, as the app holds it; raises WrongError naming the key."""
    if not isinstance(values, dict):
        raise WrongError("it is not a JSON object")
    if unknown := sorted(str(name) for name in values.keys() - KEYS.keys()):
        raise WrongError(f"{unknown[0][:60]!r} is not a key it may hold ({', '.join(KEYS)})")
    return {name: KEYS[name].check(value) for name, value in values.items()}
