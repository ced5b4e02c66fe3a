"""What people decided about a prompt's versions, and the state each version is in, as frozen data. Rules are in review.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from desktop_app.errors import ContentError

Action = Literal["submit", "take", "approve", "reject", "label", "deprecate", "withdraw"]
PAST: Mapping[Action, str] = {
    "submit": "submitted", "take": "took", "approve": "approved", "reject": "rejected", "label": "labelled",
    "deprecate": "deprecated", "withdraw": "withdrew",
}  # fmt: skip
State = Literal[
    "draft", "submitted", "in review", "rejected", "approved", "due for review", "replaced", "changed", "deprecated",
    "withdrawn",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """One signed decision, one file: number counts from 1 within the prompt, in the order decisions were made.

    content_hash is the SHA-256 in hex of the version's file when it was decided; after is that of the decision file
    before this one, "" for the first; labels is what all labels name from now on; key is the signer's did:key;
    problem says why it cannot be relied on, "" if the signature holds and the signer may do this.
    """

    number: int
    version: int
    content_hash: str
    action: Action
    by: str
    key: str
    at: datetime
    reason: str
    labels: Mapping[str, int]
    after: str
    review_by: date | None = None
    problem: str = ""
    path: Path | None = None

    def __str__(self) -> str:
        return f"{self.by} {PAST[self.action]} version {self.version} on {day_text(self.at)}"


def day_text(day: date) -> str:
    """A day as people write it: 22 November 2026."""
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """Where one version stands. reason is one sentence for the reader, "" where the state says all.

    usable is False for what must not be filled, copied or run: withdrawn, or changed since it was approved.
    """

    state: State
    usable: bool = True
    reason: str = ""
    decision: Decision | None = None


DRAFT = VersionStatus("draft")


@dataclass(frozen=True, slots=True)
class History:
    """All decisions about one prompt, oldest first, and what follows from them.

    labels is None where the prompt's own labels.yml holds: there is no decision. last is the number of the last
    decision file, readable or not; whoever decides next names it. problems are what nobody has decided about since, each
    with file and line; conflict is the sentence of the first one after which nothing here can be relied on (two people
    decided at the same time, the chain is broken, a file was altered), "" otherwise.
    """

    decisions: tuple[Decision, ...] = ()
    labels: Mapping[str, int] | None = None
    statuses: Mapping[int, VersionStatus] = field(default_factory=dict)
    conflict: str = ""
    last: int = 0
    problems: tuple[ContentError, ...] = ()
