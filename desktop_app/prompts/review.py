"""The life of a prompt: which decisions count, and what state each version is in. The format is docs/formats/approvals.md.

A decision counts if its signature fits, it stands in its place in the chain, its signer may decide that, and the rules of
lifecycle.py allow it. Whatever cannot be relied on makes nothing usable; at the end of the history it makes everything
unusable, until a curator has looked and decided again: it may have been a withdrawal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.prompts.curators import FILE, Curators, read_curators, same_name
from desktop_app.prompts.decision import DRAFT, Decision, History, VersionStatus, day_text
from desktop_app.prompts.decision_files import DecisionFile, read_files
from desktop_app.prompts.lifecycle import APPROVED, Ledger, VersionLife
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.prompts.schema import some_of

_CLOCKS_DIFFER = timedelta(days=1)
AuthorOf = Callable[[int], str]  # who wrote the version with this number, "" if it names nobody


def read_history(
    folder: Path,
    versions: Sequence[PromptVersion],
    labels: Mapping[str, int] | None,
    today: date,
    curators: Curators | None = None,
) -> History:
    """What was decided about the prompt in folder, from its approvals/.

    labels are those of its labels.yml, None if that cannot be read; curators are read from the folder above unless given.
    Raises ContentError if a label that holds names a version that is not there.
    """
    curators = curators or read_curators(folder.parent)
    files, strays = read_files(folder)
    reading = _Reading(folder.name, curators, authors_of(versions), today)
    for file in files:
        reading.take_in(file)
    ledger = reading.ledger
    holding = ledger.labels if ledger.labels is not None else labels or {}
    if files:
        _check_labels(holding, versions, folder)
    view = _View(ledger, holding, curators, today, reading.conflict)
    return History(
        decisions=tuple(reading.decisions),
        labels=dict(holding) if ledger.labels is not None else None,
        statuses={version.version: view.status(version) for version in versions},
        conflict=reading.conflict,
        last=files[-1].number if files else 0,
        problems=(*strays, *reading.open_problems, *_labels_differ(folder, labels, reading)),
    )


def read_ledger(folder: Path, author_of: AuthorOf, today: date, curators: Curators) -> Ledger:
    """The decisions that count so far, for whoever decides next or asks for the labels only."""
    reading = _Reading(folder.name, curators, author_of, today)
    for file in read_files(folder)[0]:
        reading.take_in(file)
    return reading.ledger


def authors_of(versions: Sequence[PromptVersion]) -> AuthorOf:
    """Who wrote each of these versions."""
    known = {one.version: one.author for one in versions}
    return lambda number: known.get(number, "")


class _Reading:
    """Goes through the files in order. open_problems are those that nobody has decided about since."""

    def __init__(self, prompt_id: str, curators: Curators, author_of: AuthorOf, today: date) -> None:
        self._prompt_id, self._curators, self._author_of, self._today = prompt_id, curators, author_of, today
        self.ledger = Ledger()
        self.decisions: list[Decision] = []
        self.open_problems: list[ContentError] = []
        self.conflict = ""
        self.last_that_counts: Decision | None = None
        self._before: DecisionFile | None = None
        self._digests: dict[str, int] = {"": 0}

    def take_in(self, file: DecisionFile) -> None:
        fault = file.problem or self._fault(file)
        refused = None if fault else self._refusal(file)
        problem = fault or refused
        if file.said is not None:
            decision = replace(file.said.decision, path=file.path, problem=problem.message if problem else "")
            self.decisions.append(decision)
            if problem is None:
                self._count(decision)
            self.ledger.before = decision.labels
        if refused and self._curators.problem is not None:  # one fault of the folder, not one of each decision
            self.conflict = f"{FILE} cannot be read, so nobody knows who may decide"
        elif problem is not None:
            self.open_problems.append(problem)
            if not self.conflict and not (refused and file.said and file.said.decision.action == "submit"):
                self.conflict = f"{problem.path.name}: {problem.message}"
        self._before = file
        self._digests[file.digest] = file.number

    def _count(self, decision: Decision) -> None:
        self.ledger.apply(decision)
        self.last_that_counts = decision
        if decision.action != "submit":  # a curator saw what came before; anybody may be allowed to submit
            self.open_problems.clear()
            self.conflict = ""

    def _fault(self, file: DecisionFile) -> ContentError | None:
        """Why the file is not what its name and its place in the chain say."""
        assert file.said is not None
        said, decision = file.said, file.said.decision

        def fault(message: str, field: str) -> ContentError:
            return ContentError(message, file.path, *said.lines.get((field,), (1, 1)))

        if said.prompt_id != self._prompt_id:
            return fault(f"This decision was made for another prompt, {said.prompt_id}. Remove the file.", "prompt")
        if decision.number != file.number:
            message = (
                f"This is decision {decision.number} under another number. Remove the copy, or give it its name back."
            )
            return fault(message, "number")
        if not said.signature_holds:
            message = (
                f"The signature does not fit: something was changed after {decision.by} signed. Put the original back, "
                "or look at the version and decide again."
            )
            return fault(message, "signature")
        if decision.after != (self._before.digest if self._before else ""):
            return fault(self._broken_chain(file.number, decision), "after")
        if decision.at.date() > self._today + _CLOCKS_DIFFER:
            message = f"{decision} is in the future. If a clock was wrong, move the file away and let {decision.by} decide again."
            return fault(message, "at")
        last = self.last_that_counts
        if last is not None and decision.at < last.at:
            return fault(f"It is dated before decision {last.number}, which it follows. Decide again.", "at")
        return None

    def _broken_chain(self, number: int, decision: Decision) -> str:
        previous = self._before.number if self._before else 0
        if number > previous + 1:
            gone = (
                f"{previous + 1:04}.yml" if number == previous + 2 else f"{previous + 1:04}.yml to {number - 1:04}.yml"
            )
            return f"{gone} before it is missing. Put it back, or look at the version and decide again."
        if decision.after in self._digests:
            other = self._digests[decision.after] + 1
            return (
                f"{decision.by} decided this without having seen decision {other}: both follow the same one. "
                "Look at both, then decide again."
            )
        return (
            f"{previous:04}.yml was changed after {decision.by} decided this. Put the original back, or look at the "
            "version and decide again."
        )

    def _refusal(self, file: DecisionFile) -> ContentError | None:
        """Why a genuine decision does not count all the same."""
        assert file.said is not None
        decision = file.said.decision
        why, field = refusal(self.ledger, self._curators, decision, self._author_of), "action"
        if not why:
            return None
        message = f"This does not count ({decision}): {why}."
        return ContentError(message, file.path, *file.said.lines.get((field,), (1, 1)))


def refusal(ledger: Ledger, curators: Curators, decision: Decision, author_of: AuthorOf) -> str:
    """Why a decision may not come next, as half a sentence, or "". The author is asked for only where it matters."""
    if why := curators.refusal(decision, moves_approved=ledger.moves_approved(decision)):
        return why
    if why := author_refusal(decision, author_of):
        return why
    refused = ledger.refusal(decision)
    return refused.why if refused else ""


def author_refusal(decision: Decision, author_of: AuthorOf) -> str:
    """Why the decision's signer may not approve what its author wrote, or ""."""
    author = author_of(decision.version) if decision.action == "approve" else ""
    if author and same_name(author, decision.by):
        return f"{author} wrote it"
    return ""


def _check_labels(labels: Mapping[str, int], versions: Sequence[PromptVersion], folder: Path) -> None:
    there = {version.version for version in versions}
    for label, number in labels.items():
        if number not in there:
            known = some_of(sorted(there))
            message = (
                f"The label {label} names version {number} since the last decision, but there is only: {known}. "
                "Put its file back, or mend it."
            )
            raise ContentError(message, folder / f"{number}.prompt.yml")


def _labels_differ(folder: Path, written: Mapping[str, int] | None, reading: _Reading) -> list[ContentError]:
    holding, last = reading.ledger.labels, reading.last_that_counts
    if holding is None or last is None or written is None or dict(written) == dict(holding):
        return []
    message = (
        f"labels.yml says {_labels_text(written)}, but the last decision ({last.number}, by {last.by} on "
        f"{day_text(last.at)}) says {_labels_text(holding)}, and that holds. Write it so; the next decision does it too."
    )
    return [ContentError(message, folder / "labels.yml", 1, 1)]


def _labels_text(labels: Mapping[str, int]) -> str:
    return some_of([f"{name}: {number}" for name, number in sorted(labels.items())]) if labels else "nothing"


class _View:
    """What a reader is told about each version."""

    def __init__(
        self, ledger: Ledger, labels: Mapping[str, int], curators: Curators, today: date, conflict: str
    ) -> None:
        self._ledger, self._labels, self._curators, self._today = ledger, labels, curators, today
        self._conflict = conflict

    def status(self, version: PromptVersion) -> VersionStatus:
        """Where a version stands; nothing is usable while the end of the history cannot be relied on."""
        found = self._status(version, self._ledger.life(version.version))
        if self._conflict and found.usable:
            reason = f"What was decided last cannot be relied on ({self._conflict})"
            return replace(found, usable=False, reason=reason)
        return found

    def _status(self, version: PromptVersion, life: VersionLife) -> VersionStatus:
        if life.state == "withdrawn":
            return VersionStatus("withdrawn", usable=False, reason=_said(life.last), decision=life.last)
        if life.state in ("approved", "deprecated"):
            known = (
                life.approval or life.last
            )  # where nobody vouches for keys, what only had the label can be deprecated
            if known is not None and known.content_hash != version.content_hash:
                return self._changed(known)
            return self._approved(version, life)
        is_labelled = self._labels.get(APPROVED) == version.version
        if is_labelled and life.approval is not None and life.approval.content_hash != version.content_hash:
            return replace(self._changed(life.approval), state=life.state, decision=life.last)
        if is_labelled and life.approval is None and self._curators.is_curated:
            return VersionStatus(life.state, usable=False, reason=self._unsigned(), decision=life.last)
        if life.state == "draft":
            return self._labelled_only(version) if is_labelled else DRAFT
        reason = _said(life.last) if life.state == "rejected" else ""
        if life.submission is not None and life.state != "rejected":
            changed = life.submission.content_hash != version.content_hash
            reason = f"Its file was changed after {life.submission}; it must be submitted again." if changed else ""
        return VersionStatus(life.state, reason=reason, decision=life.last)

    def _approved(self, version: PromptVersion, life: VersionLife) -> VersionStatus:
        if life.state == "deprecated":
            return VersionStatus("deprecated", reason=_said(life.last), decision=life.last)
        approval = life.approval
        assert approval is not None
        vouched = "" if self._curators.is_curated else f"There is no {FILE} that says whose key {approval.by}'s is."
        if self._labels.get(APPROVED) != version.version:
            other = self._labels.get(APPROVED)
            reason = f"Version {other} is approved now." if other else "The label approved was taken away."
            return VersionStatus("replaced", reason=reason, decision=approval)
        if due := self._due(approval.review_by or version.review_by):
            return VersionStatus("due for review", reason=due, decision=approval)
        return VersionStatus("approved", reason=vouched, decision=approval)

    def _labelled_only(self, version: PromptVersion) -> VersionStatus:
        if due := self._due(version.review_by):
            return VersionStatus("due for review", reason=due)
        return VersionStatus("approved", reason="Not signed: only labels.yml says so.")

    def _due(self, review_by: date | None) -> str:
        is_past = review_by is not None and review_by < self._today
        return f"It was due for review by {day_text(review_by)}." if is_past and review_by else ""

    def _changed(self, known: Decision) -> VersionStatus:
        reason = f"Its file was changed after {known}. It must be put back, or submitted and approved again."
        return VersionStatus("changed", usable=False, reason=reason, decision=known)

    def _unsigned(self) -> str:
        if self._curators.problem is not None:
            return f"It is labelled approved, but {FILE} cannot be read, so nobody knows who may approve."
        return f"It is labelled approved, but nobody in {FILE} approved it."


def _said(decision: Decision | None) -> str:
    """Who did it, when, and why; the version is the reader's context."""
    if decision is None:
        return ""
    words = {"withdraw": "Withdrawn", "deprecate": "Deprecated", "reject": "Rejected"}[decision.action]
    why = " ".join(decision.reason.split())
    return f"{words} by {decision.by} on {day_text(decision.at)}: {why}{'' if why[-1:] in '.!?' else '.'}"
