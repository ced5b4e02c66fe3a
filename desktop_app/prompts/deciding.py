"""Deciding about a version: each act writes one signed file, then labels.yml. The format is docs/formats/approvals.md.

Every act takes the version as the person saw it and, as `expected`, the number of the last decision they saw; without it
only what happens at the same moment is noticed. Each raises DecisionError if the rules forbid it, ConflictError if somebody
else was quicker or the file changed, StoreError if nothing can be written or signed, ContentError if the prompt is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from desktop_app.clock import utc_now
from desktop_app.errors import AppError, ContentError, StoreError
from desktop_app.prompts.curators import Curators, read_curators
from desktop_app.prompts.decision import Action, Decision, History
from desktop_app.prompts.decision_files import FOLDER, file_of, read_files, signed_text
from desktop_app.prompts.library import read_prompt
from desktop_app.prompts.lifecycle import APPROVED, Ledger
from desktop_app.prompts.loading import LABEL, read_labels
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.prompts.review import author_refusal, authors_of, read_ledger
from desktop_app.records.proof import did_of
from desktop_app.storage.files import create_exclusively, make_shared_folder, shared_mode, write_atomically
from desktop_app.storage.vault import Vault
from desktop_app.storage.yaml_text import UNPRINTABLE
from desktop_app.storage.yaml_writing import to_yaml

Clock = Callable[[], datetime]
_LONGEST_NAME = 80
_LONGEST_REASON = 2000
_ANY_LABEL = "any"
_MOST_LABELS = 100  # more than a decision's file may hold
_LABELS_HEAD = "# A copy for people to read of what the last decision says. `greenroom prompt label` changes it.\n"
_DONE: Mapping[Action, str] = {
    "submit": "submitted", "take": "taken for review", "approve": "approved", "reject": "rejected", "label": "labelled",
    "deprecate": "deprecated", "withdraw": "withdrawn",
}  # fmt: skip


class DecisionError(AppError):
    """The decision is not allowed; the text says why and what to do instead."""


class ConflictError(AppError):
    """Somebody decided, or changed the file, since the person looked; nothing was written."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who decides: a name, and the did:key of the vault that signs for it."""

    name: str
    key: str
    vault: Vault


def signer(vault: Vault, name: str, library: Path) -> Signer:
    """Who decides in a library folder: name, or if it is empty the one curators.yml gives the key.

    Raises StoreError if there is no key in the keyring, DecisionError if there is no name.
    """
    if not vault.is_open:
        raise StoreError(
            f"A decision is signed with a key from the system keyring, and there is none. {vault.reason} "
            "Unlock or set up the keyring, then decide again."
        )
    key = did_of(vault.public_key)
    known = read_curators(library).by_key.get(key)
    name = " ".join(name.split()) or (known.name if known else "")
    if not name:
        raise DecisionError("A decision needs a name: give it with --by, or put yours into Settings.")
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise DecisionError(f"A name may hold at most {_LONGEST_NAME} characters, all of which can be seen.")
    return Signer(name, key, vault)


def submit(
    version: PromptVersion, who: Signer, *, reason: str = "", expected: int | None = None, now: Clock = utc_now
) -> Decision:
    """Ask for a review of a version."""
    return _decide(version, who, "submit", reason, expected, now)


def take(
    version: PromptVersion, who: Signer, *, reason: str = "", expected: int | None = None, now: Clock = utc_now
) -> Decision:
    """Say that one is reviewing a submitted version, so that nobody else does the same work."""
    return _decide(version, who, "take", reason, expected, now)


def approve(
    version: PromptVersion,
    who: Signer,
    *,
    reason: str = "",
    review_by: date | None = None,
    expected: int | None = None,
    now: Clock = utc_now,
) -> Decision:
    """Approve what is in the version's file now, and move the label approved to it; review_by is until when."""
    if review_by is not None and review_by <= now().date():
        raise DecisionError(f"The review date {review_by} is past. Give a later one.")
    return _decide(version, who, "approve", reason, expected, now, {APPROVED: version.version}, review_by=review_by)


def reject(
    version: PromptVersion, who: Signer, *, reason: str, expected: int | None = None, now: Clock = utc_now
) -> Decision:
    """Send a submitted version back with a reason."""
    return _decide(version, who, "reject", reason, expected, now)


def label(
    version: PromptVersion,
    who: Signer,
    name: str,
    *,
    remove: bool = False,
    reason: str = "",
    expected: int | None = None,
    now: Clock = utc_now,
) -> Decision:
    """Give a version a label, or take it away; `approved` can be moved to another version that was approved."""
    if not LABEL.fullmatch(name) or name == "latest" or name.isdigit():
        raise DecisionError(
            f'"{name}" cannot be a label: it is 1 to 36 of a-z, 0-9, _ . -, not only digits, and not "latest".'
        )
    return _decide(version, who, "label", reason, expected, now, {name: None if remove else version.version})


def deprecate(
    version: PromptVersion, who: Signer, *, reason: str, expected: int | None = None, now: Clock = utc_now
) -> Decision:
    """Say that a version people were offered should no longer be chosen; it stays usable."""
    return _decide(version, who, "deprecate", reason, expected, now)


def withdraw(
    version: PromptVersion, who: Signer, *, reason: str, expected: int | None = None, now: Clock = utc_now
) -> Decision:
    """Make a version unusable for good; it stays readable in the history, with the reason."""
    return _decide(version, who, "withdraw", reason, expected, now)


def refusal(version: PromptVersion, who: Signer, action: Action) -> str:
    """Why somebody may not decide this about a version now, as a sentence with the way out; "" if they may.

    For approve it asks about a later review date than any, for label about one that nobody gave yet.
    """
    moved = {"approve": {APPROVED: version.version}, "label": {_ANY_LABEL: version.version}}.get(action)
    review_by = date.max if action == "approve" else None
    try:
        _prepared(version, who, action, "Any reason.", None, utc_now, moved, review_by, despite_conflict=True)
    except AppError as error:
        return str(error)
    return ""


def _decide(
    seen: PromptVersion,
    who: Signer,
    action: Action,
    reason: str,
    expected: int | None,
    now: Clock,
    moved: Mapping[str, int | None] | None = None,
    review_by: date | None = None,
) -> Decision:
    prompt, decision = _prepared(seen, who, action, reason, expected, now, moved, review_by)
    folder = seen.path.parent
    path = _write(prompt, folder, decision, who)
    _write_labels(folder, path)
    return replace(decision, path=path)


def _prepared(
    seen: PromptVersion,
    who: Signer,
    action: Action,
    reason: str,
    expected: int | None,
    now: Clock,
    moved: Mapping[str, int | None] | None,
    review_by: date | None,
    *,
    despite_conflict: bool = False,
) -> tuple[Prompt, Decision]:
    """The prompt as it is now and the decision that may come next; nothing is written."""
    if len(reason) > _LONGEST_REASON:
        raise DecisionError(f"A reason has at most {_LONGEST_REASON:,} characters; this one has {len(reason):,}.")
    folder = seen.path.parent
    curators = read_curators(folder.parent)
    if curators.problem is not None:
        raise curators.problem
    prompt = _as_it_is(folder)
    _refuse_unseen(prompt, seen, prompt.history.last if despite_conflict else expected)
    at = now().replace(microsecond=0)
    ledger = read_ledger(folder, authors_of(prompt.versions), at.date(), curators)
    labels = _moved(prompt.labels, moved or {}, seen)
    decision = Decision(
        prompt.history.last + 1, seen.version, seen.content_hash, action, who.name, who.key,
        _not_before(at, prompt.history), UNPRINTABLE.sub("", reason).strip(), labels, _digest_of_last(prompt), review_by,
    )  # fmt: skip
    if len(labels) > _MOST_LABELS:
        raise DecisionError(
            f"{prompt.id} has {len(labels):,} labels; {_MOST_LABELS} are the most that decisions keep. "
            "Remove those that nobody uses from labels.yml."
        )
    _refuse(prompt, ledger, curators, decision)
    return prompt, decision


def _as_it_is(folder: Path) -> Prompt:
    prompt, problems = read_prompt(folder)
    if prompt is None:
        raise problems[0] if problems else ContentError("There is no prompt here any more.", folder)
    return prompt


def _refuse_unseen(prompt: Prompt, seen: PromptVersion, expected: int | None) -> None:
    """Raise ConflictError if anything is other than the person saw it."""
    history = prompt.history
    if expected is not None and expected != history.last:
        raise _overtaken(history)
    if expected is None and history.conflict:
        raise ConflictError(
            f"{prompt.id}: {history.conflict} To decide all the same, name it as the last decision you saw: {history.last}."
        )
    current = next((one for one in prompt.versions if one.version == seen.version), None)
    if current is None:
        raise ConflictError(f"{seen.path} is gone or cannot be read any more. Put it back, then decide again.")
    if current.content_hash != seen.content_hash:
        raise ConflictError(f"{seen.path} was changed since you looked at it. Look again, then decide.")


def _overtaken(history: History) -> ConflictError:
    newest = next((one for one in history.decisions if one.number == history.last), None)
    said = f"Meanwhile {newest} (decision {newest.number})" if newest else f"The last decision is now {history.last}"
    return ConflictError(f"{said}. Look at it, then decide again.")


def _moved(labels: Mapping[str, int], moved: Mapping[str, int | None], seen: PromptVersion) -> dict[str, int]:
    after = dict(labels)
    for name, number in moved.items():
        if number is not None:
            after[name] = number
        elif after.pop(name, None) != seen.version:
            raise DecisionError(f'{seen.id}@{seen.version} has no label "{name}" that could be taken away.')
    return after


def _not_before(at: datetime, history: History) -> datetime:
    """Decisions follow each other in time too; two clocks may differ a little."""
    return max([at, *(one.at for one in history.decisions if not one.problem)])


def _digest_of_last(prompt: Prompt) -> str:
    folder = prompt.newest.path.parent
    files, _ = read_files(folder)
    if (files[-1].number if files else 0) != prompt.history.last:  # somebody decided since the prompt was read
        raise _overtaken(_as_it_is(folder).history)
    return files[-1].digest if files else ""


def _refuse(prompt: Prompt, ledger: Ledger, curators: Curators, decision: Decision) -> None:
    """Raise DecisionError if the rules do not allow the decision."""
    if ledger.labels is None:
        ledger.labels = dict(prompt.labels)
    moves_approved = ledger.moves_approved(decision)
    why, way_out = curators.refusal(decision, moves_approved=moves_approved), "Ask somebody who may."
    if not why:
        why, way_out = author_refusal(decision, authors_of(prompt.versions)), "Ask somebody else to."
    if not why and (refused := ledger.refusal(decision)):
        why, way_out = refused
    if why:
        name = f"{prompt.id}@{decision.version}"
        raise DecisionError(f"{name} cannot be {_DONE[decision.action]}: {why}. {way_out}".strip())


def _write(prompt: Prompt, folder: Path, decision: Decision, who: Signer) -> Path:
    path = file_of(folder, decision.number)
    content = signed_text(prompt.id, decision, who.vault).encode()
    make_shared_folder(folder / FOLDER)
    try:
        create_exclusively(path, content, mode=shared_mode(folder))
    except FileExistsError:
        newest = next((file.said.decision for file in read_files(folder)[0] if file.path == path and file.said), None)
        said = f"{newest} (decision {newest.number})" if newest else f"somebody made decision {decision.number}"
        raise ConflictError(f"At the same moment {said}. Look at it, then decide again.") from None
    return path


def _write_labels(folder: Path, decided: Path) -> None:
    """Bring labels.yml up to date with the last decision, which by now may be somebody else's."""
    labels = _as_it_is(folder).labels
    file = folder / "labels.yml"
    try:
        written = read_labels(file, set(labels.values()))
    except ContentError:
        written = None
    if written == labels:
        return
    try:
        text = _LABELS_HEAD + (to_yaml(labels) if labels else "")
        write_atomically(file, text.encode(), mode=shared_mode(folder))
    except StoreError as exc:
        raise StoreError(
            f"{exc} The decision itself stands ({decided.name}); the next one brings labels.yml up to date."
        ) from exc
