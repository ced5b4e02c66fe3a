"""Feedback on a prompt after a use: what is asked, what was said, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import StoreError
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.usage import Feedback, GoalMet

FROM_JUDGEMENT: dict[str, GoalMet] = {"yes": "yes", "after a fix": "partly", "no": "no"}


@dataclass(frozen=True, slots=True)
class FeedbackState:
    """given is what was said so far, None while nothing is asked; saved is what is stored; problem is one sentence.

    used_at is when the use was that is asked about, None if it was just now.
    """

    version: PromptVersion | None = None
    used_at: datetime | None = None
    given: Feedback | None = None
    saved: Feedback | None = None
    problem: str = ""

    @property
    def asks(self) -> bool:
        """True if the question stands there, answered or not."""
        return self.version is not None


class FeedbackModel(QObject):
    """Signals: changed(FeedbackState); saved(), when feedback was stored or taken back."""

    changed = Signal(object)
    saved = Signal()

    def __init__(self, learner: Callable[[], LearnerRepository], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._learner = learner
        self._declined: set[tuple[str, datetime]] = set()
        self.state = FeedbackState()

    def ask(
        self, version: PromptVersion | None, goal_met: GoalMet | None = None, *, used_at: datetime | None = None
    ) -> None:
        """Ask about a use of version, with an answer that was given elsewhere already; None asks nothing any more."""
        given = _first(version, goal_met) if version is not None and goal_met is not None else None
        self._show(FeedbackState(version, used_at, given))

    def ask_about_last_copy(self, prompt: Prompt | None) -> None:
        """Ask how it went once somebody is back from where they pasted a prompt, unless they said so or would not."""
        if self.state.given is not None and self.state.saved is None and self._is_about(prompt):
            return  # they are answering
        try:
            use = self._learner().usage.last_copy_without_feedback(prompt.id) if prompt is not None else None
        except StoreError as error:
            self._show(FeedbackState(problem=str(error)))
            return
        known = {version.version: version for version in prompt.versions} if prompt is not None else {}
        if use is None or use.version not in known or (use.prompt_id, use.at) in self._declined:
            self.ask(None)
        else:
            self.ask(known[use.version], used_at=use.at)

    def decline(self) -> None:
        """Not now: this use is not asked about again while the window is open."""
        if self.state.version is not None and self.state.used_at is not None:
            self._declined.add((self.state.version.id, self.state.used_at))
        self.ask(None)

    def _is_about(self, prompt: Prompt | None) -> bool:
        return prompt is not None and self.state.version is not None and self.state.version.id == prompt.id

    def say(self, **said: object) -> None:
        """Take an answer: fields of Feedback such as goal_met, rating, reason, minutes_saved, comment."""
        version = self.state.version
        if version is None or self.state.saved is not None:
            return
        given = self.state.given or _first(version, "yes")
        self._show(replace(self.state, given=replace(given, **said), problem=""))  # type: ignore[arg-type]

    def save(self) -> None:
        """Store what was said; the goal alone is enough."""
        if self.state.given is None or self.state.saved is not None:
            return
        try:
            stored = self._learner().usage.save_feedback(self.state.given)
        except StoreError as error:
            self._show(replace(self.state, problem=str(error)))
            return
        self._show(replace(self.state, saved=stored, problem=""))
        self.saved.emit()

    def take_back(self) -> None:
        """Delete what was stored just now; the answers stand there again."""
        if self.state.saved is None:
            return
        try:
            self._learner().usage.delete_feedback(self.state.saved.id)
        except StoreError as error:
            self._show(replace(self.state, problem=str(error)))
            return
        self._show(replace(self.state, saved=None, problem=""))
        self.saved.emit()

    def _show(self, state: FeedbackState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def _first(version: PromptVersion, goal_met: GoalMet) -> Feedback:
    return Feedback(version.id, version.version, version.content_hash, goal_met)
