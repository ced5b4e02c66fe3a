"""What waits for a decision, one version looked at closely, and deciding about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from threading import Event
from time import monotonic

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError, ContentError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts import deciding
from desktop_app.prompts.deciding import ConflictError, Signer
from desktop_app.prompts.decision import Action, Decision
from desktop_app.prompts.diff import PartDiff, diff_versions
from desktop_app.prompts.evaluate.shipped import ShippedResult, read_shipped, shipped_for
from desktop_app.prompts.library import read_prompt
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.prompts.queue import Waiting, read_queue
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.curate.signing import Desk

ACTIONS: tuple[Action, ...] = ("submit", "take", "approve", "reject", "label", "deprecate", "withdraw")
_SAY_AFTER_S = 0.5


@dataclass(frozen=True, slots=True)
class Looked:
    """One version with all that a decision needs. before is what it is compared with: the approved version, else the one
    before it. refusals says for each action why this person may not take it, "" if they may.
    """

    prompt: Prompt
    version: PromptVersion
    before: PromptVersion | None
    parts: tuple[PartDiff, ...]
    tested: ShippedResult | None
    tested_before: ShippedResult | None
    refusals: Mapping[Action, str]

    def may(self, action: Action) -> bool:
        """True if this person may take the action now."""
        return not self.refusals.get(action, "-")


@dataclass(frozen=True, slots=True)
class ReviewState:
    """said is what was just decided; refused is why a decision was not made, is_conflict if somebody else was quicker."""

    waiting: tuple[Waiting, ...] = ()
    library: Path | None = None
    chosen: Waiting | None = None
    looked: Looked | None = None
    reading: str = ""
    problem: str = ""
    said: str = ""
    refused: str = ""
    is_conflict: bool = False
    is_deciding: bool = False
    is_loaded: bool = False

    @property
    def shown(self) -> tuple[Waiting, ...]:
        """What waits in the chosen library folder, or in all."""
        return tuple(one for one in self.waiting if self.library in (None, one.library))


@dataclass(frozen=True, slots=True)
class Wish:
    """A decision as a person made it in the window; label names the label, remove takes it away."""

    action: Action
    reason: str = ""
    how: Mapping[str, object] = field(default_factory=dict)


class ReviewPageModel(QObject):
    """Signals: changed(ReviewState); decided(Decision), once it stands."""

    changed = Signal(object)
    decided = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs, self.desk = services, jobs, desk
        self._queue, self._look = Event(), Event()
        self._started = 0.0
        self.state = ReviewState()
        desk.changed.connect(self.look_again)

    def reload(self) -> None:
        """Read the queue anew, in the background."""
        self._queue.set()
        self._started = monotonic()
        self._queue = self._jobs.start(
            read_queue(self._services.prompts.folders), self._on_read, self._on_failed, self._on_progress
        )

    def show_library(self, library: Path | None) -> None:
        """Show only what waits in one folder, or in all."""
        self._show(library=library)

    def choose(self, one: Waiting | None) -> None:
        """Look at one thing closely."""
        if one is not None and (self.state.chosen is None or _key(one) != _key(self.state.chosen)):
            self._show(chosen=one, looked=None, refused="", is_conflict=False, said="")
            self.look_again()

    def open(self, prompt: Prompt, version: int) -> None:
        """Look at any version, whether it waits or not."""
        standing, chosen = prompt.standing(version), prompt.numbered(version)
        library = chosen.path.parent.parent
        self.choose(Waiting(library, prompt.id, version, standing.state, chosen.name, last=prompt.history.last))

    def look_again(self) -> None:
        """Read the chosen prompt anew, after which a decision is about what it says now."""
        self._look.set()
        if (one := self.state.chosen) is not None:
            who = self.desk.signer_or_none(one.library)
            self._look = self._jobs.start(_looked(one, who), partial(self._on_looked, one), self._on_look_failed)

    def decide(self, wish: Wish) -> None:
        """Make a decision about the shown version as it was shown; what came of it is in the state."""
        looked = self.state.looked
        if looked is None or self.state.is_deciding:
            return
        try:
            who = self.desk.signer(looked.version.path.parent.parent)
        except AppError as error:
            self._show(refused=str(error), is_conflict=False)
            return
        self._show(is_deciding=True, refused="", said="", is_conflict=False)
        self._jobs.start(_decision(looked, who, wish), partial(self._on_decided, looked), self._on_refused)

    def forget_refusal(self) -> None:
        """The person turned to something else."""
        self._show(refused="", is_conflict=False)

    def close(self) -> None:
        """End what is read."""
        self._queue.set()
        self._look.set()

    def _on_progress(self, step: object) -> None:
        if isinstance(step, Progress) and monotonic() > self._started + _SAY_AFTER_S:
            self._show(reading=f"Reading the library: {step.done:,} of {step.total or 0:,} prompts")

    def _on_read(self, waiting: tuple[Waiting, ...]) -> None:
        chosen = self.state.chosen
        waiting = tuple(_one_each(waiting))
        found = next((one for one in waiting if chosen and _key(one) == _key(chosen)), None)
        self._show(waiting=waiting, is_loaded=True, reading="", problem="")
        if chosen is None and waiting:
            self.choose(self.state.shown[0] if self.state.shown else waiting[0])
        elif found is not None:
            self._show(chosen=found)

    def _on_failed(self, error: Exception) -> None:
        self._show(problem=_words(error), reading="", is_loaded=True)

    def _on_looked(self, one: Waiting, looked: Looked) -> None:
        if self.state.chosen is not None and _key(one) == _key(self.state.chosen):
            self._show(looked=looked, problem="")

    def _on_look_failed(self, error: Exception) -> None:
        self._show(looked=None, problem=_words(error))

    def _on_decided(self, looked: Looked, made: Decision) -> None:
        words = (
            f"{looked.version.name}, version {made.version}: {_DONE[made.action]}. Decision {made.number} is written."
        )
        self._show(is_deciding=False, said=words)
        self.decided.emit(made)
        self.look_again()
        self.reload()

    def _on_refused(self, error: Exception) -> None:
        self._show(is_deciding=False, refused=_words(error), is_conflict=isinstance(error, ConflictError))

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


_DONE: Mapping[Action, str] = {
    "submit": "submitted", "take": "yours to review", "approve": "approved", "reject": "sent back", "label": "labelled",
    "deprecate": "deprecated", "withdraw": "withdrawn",
}  # fmt: skip


def _key(one: Waiting) -> tuple[Path, str, int | None]:
    return one.library, one.id, one.version


def _one_each(waiting: Iterable[Waiting]) -> Iterator[Waiting]:
    """What is wrong with one prompt's decisions as one entry, however many files it is in."""
    for _, alike in groupby(waiting, _key):
        first, *others = alike
        yield replace(first, reason="\n".join(one.reason for one in (first, *others)))


def _words(error: Exception) -> str:
    if not isinstance(error, AppError):
        raise error
    return str(error)


def _looked(one: Waiting, who: Signer | None) -> Job[Looked]:
    yield Progress(0)
    prompt, problems = read_prompt(one.library / one.id)
    if prompt is None:
        raise problems[0]
    there = {version.version: version for version in prompt.versions}
    version = there.get(one.version or 0) or prompt.newest
    before = _compared_with(prompt, version)
    yield Progress(1)
    try:
        results = read_shipped(one.library)
    except ContentError:  # lint says what is wrong with it; a decision does not wait for it
        results = ()
    refusals = {action: deciding.refusal(version, who, action) for action in ACTIONS} if who else {}
    return Looked(
        prompt, version, before, diff_versions(before, version) if before else (), shipped_for(results, version),
        shipped_for(results, before) if before else None, refusals,
    )  # fmt: skip


def _compared_with(prompt: Prompt, version: PromptVersion) -> PromptVersion | None:
    approved = prompt.labels.get("approved")
    if approved not in (None, version.version):
        return prompt.numbered(approved)
    earlier = [one for one in prompt.versions if one.version < version.version]
    return earlier[-1] if earlier else None


def _decision(looked: Looked, who: Signer, wish: Wish) -> Job[Decision]:
    yield Progress(0)  # a share may be slow
    act: Callable[..., Decision] = getattr(deciding, wish.action)
    return act(looked.version, who, reason=wish.reason, expected=looked.prompt.history.last, **wish.how)
