"""What people decided about a prompt's versions, and the state each version is in, as frozen data. Rules are in review.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

Action = Literal["submit", "take", "approve", "reject", "label", "deprecate", "withdraw"]
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

    labels is None where the prompt's own labels.yml holds: there is no decision. conflict is a sentence if two people
    decided at the same time or the chain is broken, "" otherwise.
    """

    decisions: tuple[Decision, ...] = ()
    labels: Mapping[str, int] | None = None
    statuses: Mapping[int, VersionStatus] = field(default_factory=dict)
    conflict: str = ""
