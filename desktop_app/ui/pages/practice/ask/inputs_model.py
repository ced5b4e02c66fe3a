"""What goes into a question: a prompt or a free text with its values, parameters, seed, documents; and how much fits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from threading import Event
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.practice.context import Fit, fit
from desktop_app.practice.conversation import pairs
from desktop_app.practice.parameters import LENGTHS, as_kept, in_style
from desktop_app.prompts.prompt import Message, ModelParameters, Prompt, PromptVersion
from desktop_app.prompts.render import render
from desktop_app.prompts.run import FREE_PARAMETERS
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.ask.state import AskState
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.timers import single_shot

FREE_DRAFT = "practice/free"
_DRAFT_PAUSE_MS = 800
_COUNT_PAUSE_MS = 400
NO_TEXT = "There is no question yet. Write what the model should do, then ask."


class InputsModel(QObject):
    """The part of AskModel that is about what goes in. Signals: changed(AskState), after every change."""

    changed = Signal(object)

    def __init__(self, services: Services, sandbox: SandboxModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._sandbox, self._jobs = services, sandbox, jobs
        self.state = AskState(sandbox=sandbox.state)
        self.values: dict[str, str] = {}
        self.follow_up = ""
        self._touched: set[str] = set()  # "form", "follow_up": what was typed since it was kept
        self._count_cancel, self._ahead_cancel = Event(), Event()
        self._read_ahead: tuple[tuple[str, str], ...] = ()
        self._draft_timer = single_shot(self, _DRAFT_PAUSE_MS, self.save_draft)
        self._count_timer = single_shot(self, _COUNT_PAUSE_MS, self._count)
        sandbox.changed.connect(self._on_sandbox_changed)

    # -- the prompt and its values -----------------------------------------------------------------------------------

    def _take_prompt(self, prompt: Prompt | None, version: PromptVersion | None, values: Mapping[str, str]) -> None:
        """Show a prompt's form, or the free one, with values, and start with its parameters."""
        names = [item.name for item in version.inputs] if version else ["prompt"]
        defaults = {item.name: item.default for item in version.inputs} if version else {}
        self.values = {name: values.get(name) or defaults.get(name, "") for name in names}
        status = prompt.status(version.version) if prompt and version else ""
        parameters = version.parameters if version else FREE_PARAMETERS
        self._show(prompt=version, status=status, parameters=parameters, fixed_seed=parameters.seed, field_problems={})

    @property
    def draft_key(self) -> str:
        """Where what is half-typed in the form is kept."""
        return f"practice/prompt/{self.state.prompt.id}" if self.state.prompt else FREE_DRAFT

    def set_value(self, name: str, text: str) -> None:
        """Take what was typed into a field; "prompt" is the free prompt."""
        if self.values.get(name) == text:
            return
        self.values[name] = text
        self._type("form")
        if self.state.field_problems or (self.state.problem and self.state.problem_at == "form"):
            self._show(field_problems={}, problem="")  # it was about the text before

    def set_follow_up(self, text: str) -> None:
        """Take what was typed into the field for the next question."""
        if text == self.follow_up:
            return
        self.follow_up = text
        self._type("follow_up")
        if self.state.problem and self.state.problem_at == "follow_up":
            self._show(problem="")

    def _type(self, what: str) -> None:
        self._touched.add(what)
        self._draft_timer.start()
        self.count_soon()

    # -- half-typed texts --------------------------------------------------------------------------------------------

    @property
    def _follow_up_key(self) -> str:
        return f"practice/follow-up/{self.state.conversation.id}" if self.state.conversation else ""

    def save_draft(self) -> None:
        """Keep what is half-typed (sealed)."""
        self._draft_timer.stop()
        touched, self._touched = self._touched, set()
        if "form" in touched:
            secret = {item.name for item in self.state.prompt.inputs if item.sensitive} if self.state.prompt else set()
            kept = {name: value for name, value in self.values.items() if value and name not in secret}
            self._save_draft(self.draft_key, json.dumps(kept) if kept else "")
        if "follow_up" in touched and self._follow_up_key:
            self._save_draft(self._follow_up_key, self.follow_up)

    def _save_draft(self, key: str, text: str) -> None:
        if text != self._services.learner.draft(key):
            self._services.learner.save_draft(key, text)

    def _draft_of(self, key: str) -> dict[str, str]:
        draft = self._services.learner.draft(key)
        return json.loads(draft) if draft else {}

    # -- how it is answered ------------------------------------------------------------------------------------------

    def set_parameters(self, **changes: object) -> None:
        """Change fields of ModelParameters such as temperature or max_tokens."""
        self._set_parameters(replace(self.state.parameters, **changes))  # type: ignore[arg-type]

    def set_style(self, style: str) -> None:
        """Answer in one of parameters.STYLES."""
        self._set_parameters(in_style(self.state.parameters, style))

    def set_length(self, length: str) -> None:
        """Let the answer be as long as one of parameters.LENGTHS."""
        self.set_parameters(max_tokens=LENGTHS[length][1])

    def set_max_tokens(self, max_tokens: int) -> None:
        """Let the answer have at most this many tokens."""
        self.set_parameters(max_tokens=max_tokens)

    def _set_parameters(self, parameters: ModelParameters) -> None:
        if parameters != self.state.parameters:
            self._show(parameters=parameters)
            self._keep_settings()
            self.count_soon()

    def set_seed(self, seed: int | None) -> None:
        """Use this seed for every answer, or a new one each time for None."""
        if seed != self.state.fixed_seed:
            self._show(fixed_seed=seed)
            self._keep_settings()

    def set_documents(self, document_ids: tuple[str, ...]) -> None:
        """Have the next answers drawn from these documents; () for none."""
        if document_ids != self.state.document_ids:
            self._show(document_ids=document_ids)
            self._keep_settings()
            self.count_soon()

    def set_own_words(self, own_words: bool) -> None:
        """Let the model answer from documents in its own words, or have a small one quote."""
        if own_words != self.state.own_words:
            self._show(own_words=own_words)
            self._keep_settings()

    @property
    def document_ids(self) -> tuple[str, ...]:
        """The documents that answers are drawn from."""
        return self.state.document_ids

    @property
    def _settings(self) -> dict[str, object]:
        """How the conversation is left, as JSON can hold it."""
        state = self.state
        return {
            "parameters": as_kept(state.parameters),
            "seed": state.fixed_seed,
            "documents": list(state.document_ids),
            "own_words": state.own_words,
        }

    def _keep_settings(self) -> None:
        conversation = self.state.conversation
        if conversation is None:
            return
        try:
            saved = self._services.learner.conversations.save(
                replace(conversation, settings=self._settings), model_id=self._model_id
            )
        except AppError as error:
            self._show(problem=str(error), problem_at="form")
            return
        self._show(conversation=saved)

    @property
    def _model_id(self) -> str:
        try:
            return self._sandbox.client.model.id
        except AppError:
            return ""

    # -- how much fits -----------------------------------------------------------------------------------------------

    def count_soon(self) -> None:
        """Count what goes in once typing pauses."""
        self._count_timer.start()

    def _first_question(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The question that the form makes, and the instructions and examples before it. Raises AppError like render."""
        version = self.state.prompt
        if version is None:
            text = self.values.get("prompt", "")
            if not text.strip():
                raise AppError(NO_TEXT)
            return text, ()
        messages: tuple[Message, ...] = render(version, self.values)
        return messages[-1].content, tuple((one.role, one.content) for one in messages[:-1])

    def _count(self) -> None:
        if self.state.sandbox.phase != "ready" or self.state.phase == "running":
            return
        branch, start = self.state.branch, ()
        if branch:
            text, start = self.follow_up, self.state.conversation.start if self.state.conversation else ()
        else:
            try:
                text, start = self._first_question()
            except AppError:
                text = ""
        self._count_cancel.set()
        job = fit(
            self._sandbox.client, start=start, history=tuple(pairs(branch)), question=(("user", text),),
            answer_tokens=self.state.parameters.max_tokens, context_tokens=self.state.context_tokens,
        )  # fmt: skip
        self._count_cancel = self._jobs.start(job, self._on_counted, lambda _: None)

    def _on_counted(self, fitted: Fit) -> None:
        self._show(meter=fitted.meter, left_out=fitted.left_out)
        again = fitted.messages[: fitted.keep_turns]
        if again and again != self._read_ahead and not self.state.document_ids:
            self._read_ahead = again  # the model reads it while the question is being typed
            self._stop_reading_ahead()
            job = self._sandbox.client.prepare(fitted.messages, fitted.keep_turns)
            self._ahead_cancel = self._jobs.start(job, lambda _: None, lambda _: None)

    def _stop_reading_ahead(self) -> None:
        self._ahead_cancel.set()

    def stop_counting(self) -> None:
        """End what only counts and reads ahead."""
        self._count_timer.stop()
        self._count_cancel.set()
        self._stop_reading_ahead()

    # -- what is shown -----------------------------------------------------------------------------------------------

    def _on_sandbox_changed(self, sandbox: SandboxState) -> None:
        self._read_ahead = ()  # a model that was started anew has read nothing
        room = sandbox.report.context_tokens if sandbox.report else self.state.context_tokens
        self._show(sandbox=sandbox, context_tokens=room)
        self.count_soon()

    def start_sandbox(self) -> None:
        """Start the model's process again after it was off."""
        self._sandbox.start()

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def new_id() -> str:
    """An id for a conversation or a turn."""
    return uuid4().hex
