"""Asking the local model, as the window sees it: one conversation with its branches, and everything that can be done to it.

inputs_model.py is what goes into a question, answers_model.py how an answer is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from desktop_app.clock import utc_now
from desktop_app.errors import AppError
from desktop_app.practice.conversation import Conversation, Turn, title_of
from desktop_app.practice.parameters import from_kept
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.prompts.render import ValueProblem, find_problems
from desktop_app.ui.pages.practice.ask.answers_model import AnswersModel
from desktop_app.ui.pages.practice.ask.inputs_model import FREE_DRAFT, NO_TEXT, new_id


class AskModel(AnswersModel):
    """Signals: those of AnswersModel."""

    # -- beginning anew ----------------------------------------------------------------------------------------------

    def use_free(self, start: str = "") -> None:
        """A new conversation with a free prompt; a half-typed one comes back, otherwise start."""
        self._begin_anew()
        self._take_prompt(None, None, {"prompt": start} | self._draft_of(FREE_DRAFT))
        self.count_soon()

    def use_prompt(self, prompt: Prompt, version: PromptVersion, values: Mapping[str, str] | None = None) -> None:
        """A new conversation with a library prompt; values given win over half-typed ones."""
        self._begin_anew()
        self._take_prompt(prompt, version, values or self._draft_of(f"practice/prompt/{version.id}"))
        self.count_soon()

    def use_text(self, text: str) -> None:
        """A new conversation with a free prompt that holds this text."""
        self._begin_anew()
        self._take_prompt(None, None, {"prompt": text})
        self._type("form")

    def leave(self) -> None:
        """Show an empty conversation in place of this one, which is to be deleted."""
        self._begin_anew()

    def take_title(self, conversation_id: str, title: str) -> None:
        """A conversation was renamed."""
        if self.state.conversation is not None and self.state.conversation.id == conversation_id:
            self._show(conversation=replace(self.state.conversation, title=title))

    def new(self) -> None:
        """A new conversation: with the same prompt and its values, or with an empty free one."""
        self._begin_anew()
        if self.state.prompt is None:
            self.values = {"prompt": ""}
            self._save_draft(FREE_DRAFT, "")
        self._show()
        self.count_soon()

    def _remember(self, conversation_id: str) -> None:
        """Open this conversation at the next start, also after a kill."""
        settings = self._services.settings
        if settings.value.window.get("conversation", "") != conversation_id:
            with suppress(AppError):  # then the next start begins with an empty one; the history has it
                settings.change(window=dict(settings.value.window) | {"conversation": conversation_id})

    def _begin_anew(self) -> None:
        if self.state.conversation is not None:
            self._remember("")
        self._leave()
        self.save_draft()
        self.follow_up = ""
        self._show(
            phase="empty", conversation=None, note="", problem="", problem_at="form", field_problems={}, judgements={},
            editing="", meter=None, left_out=(), document_ids=(), unkept=self._unkept(),
        )  # fmt: skip

    def open(self, conversation_id: str) -> None:
        """Show a conversation as it was left; raises StoreError if it is gone."""
        learner = self._services.learner
        conversation = learner.conversations.get(conversation_id)
        self._begin_anew()
        first = next(iter(conversation.branch), None)
        values = first.kept.get("values") if first else None
        prompt, version = self._known_prompt(conversation)
        if version is None and conversation.prompt_id:  # gone from the library: what was asked still stands there
            values = {"prompt": first.text or "" if first else ""}
        self._take_prompt(prompt, version, values if isinstance(values, dict) else {})
        settings = conversation.settings
        seed, documents = settings.get("seed"), settings.get("documents")
        runs = [turn.run_id for turn in conversation.turns if turn.run_id]
        self.follow_up = learner.draft(f"practice/follow-up/{conversation_id}")
        self._show(
            phase="done" if conversation.branch else "empty",
            conversation=conversation,
            parameters=from_kept(settings.get("parameters"), self.state.parameters),
            fixed_seed=seed if isinstance(seed, int) else None,
            document_ids=tuple(map(str, documents)) if isinstance(documents, list) else (),
            own_words=settings.get("own_words") is True,
            judgements=learner.judgements(runs),
        )
        self._remember(conversation_id)
        self.count_soon()

    def _known_prompt(self, conversation: Conversation) -> tuple[Prompt | None, PromptVersion | None]:
        if not conversation.prompt_id:
            return None, None
        try:
            prompt = self._services.prompts.get(conversation.prompt_id)
            return prompt, prompt.numbered(conversation.prompt_version)
        except (AppError, KeyError):
            return None, None

    def reload_draft(self) -> None:
        """Bring back what was half-typed, or the conversation left open, once the keyring is open; typed text wins."""
        self._show(unkept=self._unkept())
        if self._touched or self.state.phase != "empty":
            return
        last = self._services.settings.value.window.get("conversation")
        if isinstance(last, str) and last and self.state.prompt is None and not any(self.values.values()):
            try:
                self.open(last)
                return
            except AppError:  # deleted since
                pass
        self.values = {name: self._draft_of(self.draft_key).get(name) or value for name, value in self.values.items()}
        self._show()
        self.count_soon()

    def _unkept(self) -> str:
        learner = self._services.learner
        return learner.vault.reason if learner.keyring_asked and not learner.vault.is_open else ""

    # -- asking ------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Ask what the form says: the first question, or another branch of it if there is one already."""
        if not self.state.can_ask:
            return
        try:
            text, start = self._first_question()
        except ValueProblem as problem:
            version = self.state.prompt
            problems = find_problems(version, self.values) if version else {}
            self._show(problem="", field_problems=problems or {problem.name: str(problem)})
            return
        except AppError as error:
            self._show(problem=str(error), problem_at="form", field_problems={})
            return
        kept = {"values": dict(self.values), "start": [list(said) for said in start]}
        branch = self.state.branch
        if branch and branch[0].text == text and branch[0].kept == kept:
            self._answer_again(branch[0], seed=None)
            return
        self._ask(Turn(new_id(), "", "user", text, utc_now(), {}, kept), at="form")

    def follow(self, text: str | None = None) -> None:
        """Ask the next question, by default what stands in the field for it."""
        text = self.follow_up if text is None else text
        last = self.state.last_answer
        if not self.state.can_ask or last is None:
            return
        if not text.strip():
            self._show(problem=NO_TEXT, problem_at="follow_up")
            return
        self.follow_up = ""
        self._touched.add("follow_up")
        self.save_draft()
        self._ask(Turn(new_id(), last.id, "user", text, utc_now()), at="follow_up")

    def rewrite(self, turn_id: str, text: str) -> None:
        """Ask a question anew in other words; the old one stays as another branch."""
        conversation = self.state.conversation
        if conversation is None or not self.state.can_ask:
            return
        old = conversation.turn(turn_id)
        if not text.strip():
            self._show(problem=NO_TEXT, problem_at=turn_id)
            return
        kept = dict(old.kept)
        if "values" in kept:  # the first question of a free conversation; a prompt's is rewritten in its form
            kept["values"] = self.values = {"prompt": text}
        if text == old.text:
            self._answer_again(old, seed=None)
        else:
            self._ask(Turn(new_id(), old.parent, "user", text, utc_now(), {}, kept), at=turn_id)

    def _ask(self, turn: Turn, *, at: str) -> None:
        before = self.state.conversation
        conversation = before or self._new_conversation(turn)
        self._show(conversation=conversation)
        try:
            self._store(turn, leaf=turn.id)
            self._remember(conversation.id)
            self._begin(turn, partial(self._take_back, before, turn, at), seed=None)
        except AppError as error:
            self._take_back(before, turn, at)
            self._show(phase="done" if self.state.branch else "empty", problem=str(error))

    def _new_conversation(self, first: Turn) -> Conversation:
        version, now = self.state.prompt, utc_now()
        typed = next((value for value in self.values.values() if value.strip()), "") if version else first.text or ""
        title = title_of(typed) if typed.strip() or version is None else version.name
        prompt_id, number = (version.id, version.version) if version else ("", 0)
        return Conversation(new_id(), title, prompt_id, number, now, now, "", (), self._settings)

    def _take_back(self, before: Conversation | None, turn: Turn, at: str, _: Turn | None = None) -> None:
        """The question could not be asked: it goes back to where it was typed."""
        self._forget_turn(turn.id, leaf=before.leaf if before else "")
        if at == "follow_up":
            self.follow_up = turn.text or ""
            self._touched.add("follow_up")
        self._show(conversation=before, problem_at=at, editing="" if at in ("form", "follow_up") else at)

    def _forget_turn(self, turn_id: str, *, leaf: str) -> None:
        conversation = self.state.conversation
        if conversation is not None:
            with suppress(AppError):  # what could not be asked is there without an answer: nothing is lost by that
                self._services.learner.conversations.take_back(conversation.id, turn_id, leaf=leaf)

    # -- answering again ---------------------------------------------------------------------------------------------

    def regenerate(self, turn: Turn | None = None) -> None:
        """Answer the same question again, as the parameters and the seed are set now; the old answer stays."""
        self._again(turn, seed=None)

    def another_seed(self, turn: Turn | None = None, *, count: int = 1) -> None:
        """Answer the same question with other seeds, one after another."""
        from desktop_app.prompts.run import new_seed

        question = self._question_of(turn)
        if question is None or not self.state.can_ask:
            return
        self._queue = [partial(self._answer_again, question, seed=new_seed()) for _ in range(count - 1)]
        self._answer_again(question, seed=new_seed())

    def _again(self, turn: Turn | None, *, seed: int | None) -> None:
        question = self._question_of(turn)
        if question is not None and self.state.can_ask:
            self._answer_again(question, seed=seed)

    def _question_of(self, answer: Turn | None) -> Turn | None:
        """The question of an answer; by default the last one shown."""
        branch = self.state.branch
        answer = answer or (branch[-1] if branch else None)
        if answer is None or self.state.conversation is None:
            return None
        return answer if answer.role == "user" else self.state.conversation.turn(answer.parent)

    def _answer_again(self, question: Turn, *, seed: int | None) -> None:
        before = self.state.conversation
        assert before is not None

        def undo(answer: Turn) -> None:
            self._forget_turn(answer.id, leaf=before.leaf)
            self._show(conversation=before, problem_at="follow_up")

        try:
            self._begin(question, undo, seed=seed)
        except AppError as error:
            self._show(conversation=before, problem=str(error), problem_at="follow_up")

    def go_on(self, turn: Turn | None = None) -> None:
        """Go on with an answer that was stopped or reached its length."""
        turn = turn or self.state.last_answer
        conversation = self.state.conversation
        if turn is None or conversation is None or not turn.can_go_on or not self.state.can_ask:
            return
        before = conversation

        def undo(_: Turn) -> None:
            self._show(conversation=before, problem_at=turn.id)

        try:
            self._begin(conversation.turn(turn.parent), undo, seed=turn.seed, on=turn)
        except AppError as error:
            self._show(problem=str(error), problem_at=turn.id)

    # -- branches ----------------------------------------------------------------------------------------------------

    def edit(self, turn_id: str = "") -> None:
        """Begin to rewrite a question, by default the last one; "" while rewriting ends it."""
        branch = self.state.branch
        questions = [turn.id for turn in branch if turn.role == "user"]
        if turn_id or (questions and not self.state.editing):
            self._show(editing=turn_id or questions[-1])

    def stop_editing(self) -> None:
        """Leave the question as it is."""
        self._show(editing="", problem="")

    def switch(self, turn: Turn, step: int) -> None:
        """Show the branch so many places beside this turn."""
        conversation = self.state.conversation
        if conversation is None or self.state.phase == "running":
            return
        other = conversation.beside(turn, step)
        if other.id == turn.id:
            return
        moved = replace(conversation, leaf=conversation.newest_below(other.id))
        try:
            moved = self._services.learner.conversations.save(moved, model_id=self._model_id)
        except AppError as error:
            self._show(problem=str(error), problem_at=turn.id)
        self._show(conversation=moved)
        values = moved.branch[0].kept.get("values") if not other.parent else None
        if isinstance(values, dict):  # the form shows what the first question of this branch was made from
            self.values = dict(values)
            self._show()
        self.count_soon()

    # -- keeping -----------------------------------------------------------------------------------------------------

    def _store(self, turn: Turn, *, leaf: str | None = None) -> None:
        conversation = self.state.conversation
        assert conversation is not None
        changed = replace(conversation, leaf=conversation.leaf if leaf is None else leaf, settings=self._settings)
        self._show(conversation=changed.with_turn(turn))
        saved = self._services.learner.conversations.save_turn(changed, turn, model_id=self._model_id)
        self._show(conversation=saved)

    @property
    def conversation_id(self) -> str:
        """The conversation that is shown, "" before its first question."""
        return self.state.conversation.id if self.state.conversation else ""

    def close(self) -> None:
        """Keep what is half-typed and what is written, and end what runs."""
        self.stop_counting()
        self._leave()
        self.save_draft()

    def drop(self) -> None:
        """Keep nothing: end what runs unrecorded and forget what is half-typed."""
        self._draft_timer.stop()
        self._touched.clear()
        running, self._running = self._running, None
        self._queue.clear()
        self._keep_timer.stop()
        if running is not None:
            running.cancel.set()
            self._sandbox.client.cancel()
        self._show(phase="empty", conversation=None, streaming="", note="")

    def forget(self) -> None:
        """Start with an empty free prompt: the records were erased."""
        self.drop()
        self.use_free()
