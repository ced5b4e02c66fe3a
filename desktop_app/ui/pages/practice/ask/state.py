"""What the Ask tab shows, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.practice.context import Meter, left_out_words
from desktop_app.practice.conversation import Conversation, Turn
from desktop_app.prompts.prompt import ModelParameters, PromptVersion
from desktop_app.prompts.run import FREE_PARAMETERS
from desktop_app.ui.sandbox_model import SandboxState


@dataclass(frozen=True, slots=True)
class AskState:
    """phase is "empty" before the first question, "running" while an answer is written, else "done".

    streaming is the id of the answer that is being written; note says what it waits for. problem is one sentence, and
    problem_at where it happened: "form", "follow_up" or an answer's id. field_problems are by input name. fixed_seed is what
    every answer uses, None draws a new one. own_words has the model answer from documents in
    its own words, also a small one that would rather quote. left_out are the turns that the next question leaves behind. unkept says why
    texts stay in memory only, "" if they are kept. editing is the id of the question that is being rewritten.
    """

    phase: str = "empty"
    prompt: PromptVersion | None = None
    status: str = ""
    conversation: Conversation | None = None
    parameters: ModelParameters = FREE_PARAMETERS
    fixed_seed: int | None = None
    document_ids: tuple[str, ...] = ()
    own_words: bool = False
    streaming: str = ""
    waiting: int = 0
    note: str = ""
    problem: str = ""
    problem_at: str = "form"
    field_problems: Mapping[str, str] = field(default_factory=dict)
    judgements: Mapping[str, str] = field(default_factory=dict)
    editing: str = ""
    meter: Meter | None = None
    left_out: tuple[str, ...] = ()
    context_tokens: int = 2048
    unkept: str = ""
    sandbox: SandboxState = SandboxState()

    @property
    def can_ask(self) -> bool:
        """True if a question would be sent now."""
        return self.phase != "running" and self.sandbox.phase == "ready"

    @property
    def branch(self) -> tuple[Turn, ...]:
        """The turns that are shown."""
        return self.conversation.branch if self.conversation else ()

    @property
    def last_answer(self) -> Turn | None:
        """The newest answer that is shown, None if the branch ends in a question or is empty."""
        branch = self.branch
        return branch[-1] if branch and branch[-1].role == "assistant" else None

    @property
    def answer(self) -> str:
        """The newest answer's text, "" before there is one."""
        return (self.last_answer.text or "") if self.last_answer else ""

    @property
    def seed(self) -> int | None:
        """The newest answer's seed."""
        return self.last_answer.seed if self.last_answer else None

    @property
    def judgement(self) -> str:
        """What the person said about the newest answer."""
        return self.judgements.get(self.last_answer.run_id, "") if self.last_answer else ""

    @property
    def left_out_words(self) -> str:
        """What the next question leaves behind, and why; "" if nothing."""
        return left_out_words(len(self.left_out) // 2, self.context_tokens) if self.left_out else ""
