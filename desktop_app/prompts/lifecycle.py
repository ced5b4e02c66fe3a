"""The rules of a version's life: which decision may follow which. Reading a history and deciding ask the same rules.

draft → submitted → in review → approved or rejected; approved → deprecated; anything → withdrawn, which is the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from desktop_app.prompts.curators import same_person
from desktop_app.prompts.decision import Decision, State, day_text

APPROVED = "approved"
_WAITING: tuple[State, ...] = ("submitted", "in review")
NEEDS_REASON = ("reject", "deprecate", "withdraw")


class Refusal(NamedTuple):
    """Why a decision does not count, as half a sentence, and what to do instead, as a sentence."""

    why: str
    way_out: str


@dataclass(slots=True)
class VersionLife:
    """What counts so far for one version: its state and the decisions that made it so."""

    state: State = "draft"
    submission: Decision | None = None
    approval: Decision | None = None
    last: Decision | None = None

    def approved(self, content_hash: str) -> bool:
        """True if exactly this content was approved and that still stands."""
        stands = self.state in ("approved", "deprecated")
        return stands and self.approval is not None and self.approval.content_hash == content_hash


@dataclass(slots=True)
class Ledger:
    """All decisions that count so far. labels is what follows from them, None before the first.

    before is what the decision file before the next one says of labels, whether it counts or not: whoever decides next may
    have seen it count, before its signer was taken out of curators.yml.
    """

    labels: dict[str, int] | None = None
    before: Mapping[str, int] | None = None
    versions: dict[int, VersionLife] = field(default_factory=dict)

    def life(self, version: int) -> VersionLife:
        """What counts for a version; a draft if nobody decided about it."""
        return self.versions.get(version) or VersionLife()

    def refusal(self, decision: Decision) -> Refusal | None:
        """Why this decision may not come next, None if it may."""
        life = self.life(decision.version)
        if life.state == "withdrawn":
            assert life.last is not None
            return Refusal(f"{life.last}, and that is final", "Make a new version.")
        if decision.action in NEEDS_REASON and not decision.reason.strip():
            return Refusal("no reason is given", "Say why in a sentence; everybody who uses the prompt reads it.")
        if refused := _RULES[decision.action](self, life, decision):
            return refused
        return None if self._moved(decision) is not None else Refusal("it moves labels that it may not move", "")

    def moves_approved(self, decision: Decision) -> bool:
        """True if the decision is about the label `approved` without being an approval."""
        moved = self._moved(decision)
        return decision.action == "label" and self.labels is not None and (moved is None or APPROVED in moved)

    def apply(self, decision: Decision) -> None:
        """Let a decision count."""
        life = self.versions.setdefault(decision.version, VersionLife())
        self.labels = dict(decision.labels) if self.labels is None else self.labels
        for name, number in (self._moved(decision) or {}).items():
            if number is None:
                self.labels.pop(name, None)
            else:
                self.labels[name] = number
        if decision.action == "label":
            return
        life.state, life.last = _STATE_AFTER[decision.action], decision
        if decision.action == "submit":
            life.submission = decision
        elif decision.action == "approve":
            life.approval = decision

    def _moved(self, decision: Decision) -> dict[str, int | None] | None:
        """The labels it moves, each to a version or away (None); None if those are others than its action may move."""
        after, version = decision.labels, decision.version
        if decision.action == "approve" and after.get(APPROVED) != version:
            return None
        if self.labels is None:
            return {}
        for before in (self.labels, self.before or self.labels):
            moved = {name: after.get(name) for name in {*before, *after} if before.get(name) != after.get(name)}
            if decision.action == "approve":
                allowed = set(moved) <= {APPROVED}
            elif decision.action == "label":
                allowed = len(moved) <= 1 and set(moved.values()) <= {version, None}
            else:
                allowed = not moved
            if allowed:
                return moved | ({APPROVED: version} if decision.action == "approve" else {})
        return None

    # -- one rule for each action; None if it is kept ------------------------------------------------------------------

    def _submit(self, life: VersionLife, decision: Decision) -> Refusal | None:
        if life.state in ("draft", "rejected"):
            return None
        known = life.submission if life.state in _WAITING else life.approval
        if known is None or known.content_hash != decision.content_hash:
            return None
        return Refusal(f"{known} and it has not changed since", "There is nothing to submit.")

    def _take(self, life: VersionLife, decision: Decision) -> Refusal | None:
        if life.state == "in review" and life.last is not None and same_person(life.last, decision):
            return Refusal(f"{life.last} for review already", "Approve or reject it.")
        return self._not_waiting(life) or self._own(life, decision)

    def _approve(self, life: VersionLife, decision: Decision) -> Refusal | None:
        decided = life.state in ("approved", "deprecated")
        known = life.approval if decided else life.submission
        if refusal := (None if decided else self._not_waiting(life)) or self._own(life, decision):
            return refusal
        if known is not None and known.content_hash != decision.content_hash:
            return Refusal(f"its file was changed after {known}", "It must be submitted again.")
        if life.state == "approved" and not _prolongs(decision, known):
            return Refusal(f"{known}", "Give a later review date to prolong it, or move the label to offer it again.")
        return None

    def _reject(self, life: VersionLife, decision: Decision) -> Refusal | None:
        return self._not_waiting(life)

    def _label(self, life: VersionLife, decision: Decision) -> Refusal | None:
        if not self.moves_approved(decision) or APPROVED not in decision.labels:
            return None  # before the first decision, labels.yml may say approved already; nothing vouches for it
        if life.approved(decision.content_hash):
            return None
        return Refusal("nobody approved what is in its file now", "Submit it, and have it approved.")

    def _deprecate(self, life: VersionLife, decision: Decision) -> Refusal | None:
        if life.state == "approved" or (life.state == "draft" and decision.version in decision.labels.values()):
            return None
        if life.state == "deprecated":
            assert life.last is not None
            return Refusal(f"{life.last}", "Withdraw it if nobody may use it any more.")
        return Refusal(
            f"it is {_a(life.state)}", "Only what people were offered can be deprecated; this one can be withdrawn."
        )

    def _withdraw(self, life: VersionLife, decision: Decision) -> Refusal | None:
        return None

    def _not_waiting(self, life: VersionLife) -> Refusal | None:
        if life.state in _WAITING:
            return None
        if life.state == "draft":
            return Refusal("nobody submitted it", "Submit it first.")
        assert life.last is not None
        return Refusal(f"{life.last}", "Submit it again if there is something new to decide.")

    def _own(self, life: VersionLife, decision: Decision) -> Refusal | None:
        if life.submission is None or not same_person(life.submission, decision):
            return None
        day = day_text(life.submission.at)
        return Refusal(
            f"{life.submission.by} submitted it on {day}, with the same key or name", "Somebody else must review it."
        )


_RULES = {
    "submit": Ledger._submit, "take": Ledger._take, "approve": Ledger._approve, "reject": Ledger._reject,
    "label": Ledger._label, "deprecate": Ledger._deprecate, "withdraw": Ledger._withdraw,
}  # fmt: skip
_STATE_AFTER: Mapping[str, State] = {
    "submit": "submitted", "take": "in review", "approve": "approved", "reject": "rejected",
    "deprecate": "deprecated", "withdraw": "withdrawn",
}  # fmt: skip


def _prolongs(decision: Decision, earlier: Decision | None) -> bool:
    if decision.review_by is None:
        return False
    return earlier is None or earlier.review_by is None or decision.review_by > earlier.review_by


def _a(state: State) -> str:
    return "a draft" if state == "draft" else state
