"""One loaded model: reads prompts, answers them, keeps what it has read. The only module that uses llama.cpp."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from typing import Any

from desktop_app.sandbox.grammar.schema import SchemaError, grammar_of, read_schema
from desktop_app.sandbox.protocol import (
    STATE_BYTES,
    Adapter,
    Carried,
    Done,
    Generate,
    GenerationParameters,
    Prepare,
    Reading,
    Reply,
    Save,
    Saved,
    StopReason,
    Timings,
    Tokens,
)
from desktop_app.sandbox.streaming import TextFilter
from desktop_app.sandbox.worker.backend import prove
from desktop_app.sandbox.worker.context import Context, DecodeError
from desktop_app.sandbox.worker.drafting import Drafter
from desktop_app.sandbox.worker.guided import GrammarError, Guide
from desktop_app.sandbox.worker.rendering import Template, TemplateError
from desktop_app.sandbox.worker.states import Unit, common, pack, tokens_in, unpack

# Reading so many takes a fifth of a second or more, restoring them from disk a few milliseconds.
WORTH_SAVING_TOKENS = 64
HEAD_BYTES = 16 * 1024 * 1024  # far more than the tokens of any context take before a state
PENALTY_WINDOW_TOKENS = 64
TOP_K, MIN_P = 40, 0.05  # what llama-cpp-python uses; they cut the tail that top_p alone would leave to sort
# Each message wakes two threads of the app, which costs the model up to 2 % of its speed on a busy machine. No screen
# shows more than one in this time, so tokens that come quicker share one.
SEND_S = 0.03


class RequestError(Exception):
    """A request that cannot be answered; kind and over_tokens go into the Error message."""

    def __init__(self, kind: str, message: str, over_tokens: int = 0) -> None:
        super().__init__(message)
        self.kind, self.over_tokens = kind, over_tokens


class Engine:
    """One loaded model with one context. Not for use by two threads."""

    def __init__(
        self,
        path: str,
        context_tokens: int,
        threads: int | None,
        adapters: tuple[Adapter, ...] = (),
        template: str = "",
    ) -> None:
        # Imported here and not above: not one line of native code may run before the lock-down.
        import llama_cpp.llama_cpp as llama
        from llama_cpp import __version__ as llama_version
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._llama = llama
        llama.llama_backend_init()
        self._model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
        if not self._model:
            raise RequestError("load", "llama.cpp cannot load this model")
        self._vocabulary = llama.llama_model_get_vocab(self._model)
        self.context_tokens = min(context_tokens, llama.llama_model_n_ctx_train(self._model))
        loaded = self._load_adapters(adapters)  # before the context, whose size depends on them
        try:
            self._context = Context(llama, self._model, self.context_tokens)
        except MemoryError:
            raise RequestError(
                "load", f"there is not enough memory for {self.context_tokens} tokens of context"
            ) from None
        self._use_adapters(loaded)
        self._piece = ctypes.create_string_buffer(1024)
        own = llama.llama_model_chat_template(self._model, None)
        text = template or (own.decode("utf-8", "replace") if own else "")
        if not text:
            raise RequestError("load", "the model has no chat template")
        try:
            eos, bos = self._special("eos"), self._special("bos")
            self._template = Template(lambda: Jinja2ChatFormatter(text, eos_token=eos, bos_token=bos))
            self._context.get_ready(threads)
        except (TemplateError, DecodeError) as problem:
            raise RequestError("load", str(problem)) from None
        self._drafter: Drafter | None = None
        # Another build, or the same on another processor, computes other bits.
        built = llama.llama_print_system_info().decode("ascii", "replace")
        weights = llama.llama_model_size(self._model)
        self._maker = f"{llama_version}|{built}|{weights}|{self.context_tokens}|{self._context.exact}"

    def prove(self) -> None:
        """Let llama.cpp compute before anything is asked of it; raises BuildError if that makes no sense."""
        handle = self._context.handle
        prove(self._llama, handle, self._llama.llama_vocab_n_tokens(self._vocabulary))
        self._llama.llama_memory_clear(self._llama.llama_get_memory(handle), True)

    @property
    def threads(self) -> int:
        """How many threads the next token gets."""
        return self._context.threads

    @property
    def rates(self) -> tuple[tuple[int, float], ...]:
        """Steps a second by thread count, as measured at the start."""
        return self._context.rates

    def _load_adapters(self, adapters: tuple[Adapter, ...]) -> list[tuple[Any, float]]:
        """The adapters as llama.cpp holds them, with their strengths. One of strength 0 changes nothing, not even bits."""
        loaded = []
        for adapter in adapters:
            if adapter.scale == 0.0:
                continue
            handle = self._llama.llama_adapter_lora_init(self._model, adapter.path.encode())
            if not handle:
                raise RequestError("load", f"the adapter {adapter.path} is damaged or made for another model")
            loaded.append((handle, adapter.scale))
        return loaded

    def _use_adapters(self, loaded: list[tuple[Any, float]]) -> None:
        if not loaded:
            return
        handles = (self._llama.llama_adapter_lora_p_ctypes * len(loaded))(*(handle for handle, _ in loaded))
        scales = (ctypes.c_float * len(loaded))(*(scale for _, scale in loaded))
        if self._llama.llama_set_adapters_lora(self._context.handle, handles, len(loaded), scales) != 0:
            raise RequestError("load", "the adapters cannot be used with this model")

    def _special(self, name: str) -> str:
        token = getattr(self._llama, f"llama_vocab_{name}")(self._vocabulary)
        return "" if token < 0 else self._llama.llama_vocab_get_text(self._vocabulary, token).decode("utf-8")

    def tokens_of(self, messages: tuple[tuple[str, str], ...]) -> list[int]:
        """The prompt as the model reads it, chat template applied, ending where the answer begins."""
        try:
            text = self._template.render(messages)
        except TemplateError as problem:
            raise RequestError("request", str(problem)) from None
        return self._tokens(text.encode("utf-8", "replace"), special=True)

    def _prompt(self, request: Generate) -> list[int]:
        """The tokens to answer; those of an answer that is to be continued stand after where it begins."""
        if not request.continue_last:
            return self.tokens_of(request.messages)
        *before, (role, begun) = request.messages
        if role != "assistant" or not before:
            raise RequestError("request", "only an answer can be continued")
        return self.tokens_of(tuple(before)) + self._tokens(begun.encode("utf-8"), special=False)

    def count(self, text: str) -> int:
        """How many tokens a text is by itself, without the chat template."""
        return len(self._tokens(text.encode("utf-8"), special=False))

    def _tokens(self, text: bytes, *, special: bool) -> list[int]:
        buffer = (self._llama.llama_token * (len(text) + 8))()
        count = self._llama.llama_tokenize(self._vocabulary, text, len(text), buffer, len(buffer), False, special)
        if count < 0:
            raise RequestError("request", "the text cannot be cut into tokens")
        return buffer[:count]

    def answer(self, request: Generate, cancelled: Callable[[], bool], send: Callable[[Reply], None]) -> Done:
        """Stream the answer through send and return its last message."""
        start = time.perf_counter()
        prompt = self._prompt(request)
        over = len(prompt) + 1 - self.context_tokens
        if over > 0:
            raise RequestError("context", f"the prompt is {over} tokens too long", over)
        cached = self._read(self._context.units(prompt), request.id, cancelled, send, answer=True)
        prompt_ms = (time.perf_counter() - start) * 1000
        if cached is None:
            return Done(
                request.id,
                "cancelled",
                Timings(len(prompt), prompt_ms=prompt_ms, threads=self.threads, seed=request.seed),
            )
        room = min(request.parameters.max_tokens, self.context_tokens - len(prompt))
        reason, count, first, last = self._stream(request, prompt, room, cancelled, send)
        first_ms = (first - start) * 1000 if count else 0.0
        rate = (count - 1) / (last - first) if last > first else 0.0
        drafter = self._drafter
        return Done(request.id, reason, Timings(
            len(prompt), count, cached, prompt_ms, first_ms, (last - first) * 1000, rate, self.threads, request.seed,
            drafter.drafted if drafter else 0, drafter.accepted if drafter else 0,
        ))  # fmt: skip

    def prepare(self, request: Prepare, cancelled: Callable[[], bool], send: Callable[[Reply], None]) -> Done:
        """Read the turns that are to be kept and return the last message; what was read stays, also if cancelled."""
        start = time.perf_counter()
        kept = self._kept(request.messages, request.keep_turns)
        size = tokens_in(kept)
        cached = self._read(kept, request.id, cancelled, send) if kept and size < self.context_tokens else 0
        timings = Timings(
            size, cached_tokens=cached or 0, prompt_ms=(time.perf_counter() - start) * 1000, threads=self.threads
        )
        return Done(request.id, "cancelled" if cached is None else "end", timings)

    def save(self, request: Save) -> Carried:
        """What reading the turns to be kept left behind, for restore."""
        units = self._kept(request.messages, request.keep_turns)
        worth = tokens_in(units) >= WORTH_SAVING_TOKENS
        state = self._context.state_of(units, STATE_BYTES - HEAD_BYTES) if worth else None
        data = pack(state, self._maker) if state else b""
        return Carried(Saved(request.id, len(data)), data)

    def restore(self, data: bytes) -> None:
        """Take what save gave, perhaps to another process; whatever it is else, it is dropped."""
        state = unpack(data, self._maker)
        size = self._llama.llama_vocab_n_tokens(self._vocabulary)
        if state and all(0 <= token < size for unit in state.units for token in unit):
            self._context.add_state(state)

    def _kept(self, messages: tuple[tuple[str, str], ...], keep_turns: int) -> list[Unit]:
        """What stands at the start of the prompt and belongs to the first keep_turns messages alone."""
        whole = self._context.units(self.tokens_of(messages))
        try:
            first = self._context.units(self.tokens_of(messages[:keep_turns]))
        except RequestError:  # a template may want a question at the end
            return []
        return whole[: common(whole, first)]

    def _stream(
        self,
        request: Generate,
        prompt: list[int],
        room: int,
        cancelled: Callable[[], bool],
        send: Callable[[Reply], None],
    ) -> tuple[StopReason, int, float, float]:
        """Send the text as it comes; return why it ended, how many tokens it has, and when the first and last came."""
        guide = self._guide(request)  # it knows where the answer ends, so that a stop text could only cut it
        text, held, sent_at, count = TextFilter(() if guide else request.parameters.stop), "", 0.0, 0
        reason: StopReason = "length"
        first = last = time.perf_counter()
        for piece in self._generate(request, prompt, room, guide):
            if piece is None:
                reason = "end"
                break
            count += 1
            last = time.perf_counter()
            first = last if count == 1 else first
            held += text.feed(piece)
            if held and last - sent_at >= SEND_S:
                send(Tokens(request.id, held, count))
                held, sent_at = "", last
            if text.stopped or cancelled():
                reason = "stop" if text.stopped else "cancelled"
                break
        if held := held + text.flush():
            send(Tokens(request.id, held, count))
        return reason, count, first, last

    def _read(
        self,
        units: list[Unit],
        request: int,
        cancelled: Callable[[], bool],
        send: Callable[[Reply], None],
        *,
        answer: bool = False,
    ) -> int | None:
        """Context.read, told to the app."""
        try:
            return self._context.read(
                units, cancelled, lambda done, total: send(Reading(request, done, total)), answer=answer
            )
        except DecodeError as problem:
            raise RequestError("generate", str(problem)) from None

    def _guide(self, request: Generate) -> Guide | None:
        """What keeps the answer to the request's schema or grammar, if it has one, as far as the answer was begun."""
        if not request.schema and not request.grammar:
            return None
        try:
            guide = Guide(self._llama, self._vocabulary, request.grammar or grammar_of(read_schema(request.schema)))
            if request.continue_last:
                guide.take(self._tokens(request.messages[-1][1].encode("utf-8"), special=False))
        except (SchemaError, GrammarError) as problem:
            raise RequestError("request", str(problem).rstrip(".")) from None
        return guide

    def _generate(self, request: Generate, prompt: list[int], room: int, guide: Guide | None) -> Iterator[bytes | None]:
        """The bytes of each token, then None if the model ended the answer itself.

        Where drafts are tried, each token is picked by the same samplers from the same numbers as without: only what
        is picked counts, and a draft that guessed it saves a step.
        """
        llama, context = self._llama, self._context
        sampler = self._sampler(request.parameters, request.seed)
        self._drafter = None
        tried: list[int] = []  # computed in one go: a token of the answer and a draft of what follows
        place = -1  # the token of those behind which the next one is picked; -1 is the last
        try:
            for count in range(1, room + 1):
                if guide:
                    token = guide.pick(sampler, context.handle, place)
                else:
                    token = llama.llama_sampler_sample(sampler, context.handle, place)
                if llama.llama_vocab_is_eog(self._vocabulary, token):
                    yield None
                    return
                length = llama.llama_token_to_piece(self._vocabulary, token, self._piece, len(self._piece), 0, False)
                yield self._piece.raw[: max(0, length)]
                if self._drafter:
                    self._drafter.add(token)
                elif request.draft and context.exact:  # made after the first token, which nothing may delay
                    self._drafter = Drafter([*prompt, token])
                if place + 1 < len(tried) and tried[place + 1] == token:
                    place += 1
                    continue
                if tried:
                    self._settle(tried, place)
                    tried = []
                if count == room:  # what follows the last token is of no interest
                    return
                if draft := self._draft(room - count - 1):
                    tried, place = [token, *draft], 0
                    context.try_tokens(tried)
                else:
                    context.step(token)
                    place = -1
        except (GrammarError, DecodeError) as problem:
            raise RequestError("generate", str(problem)) from None
        finally:
            if tried:
                self._settle(tried, place)
            llama.llama_sampler_free(sampler)
            if guide:
                guide.close()

    def _draft(self, most: int) -> list[int]:
        return self._drafter.draft(most, self._context.usual_s, self._context.more_s) if self._drafter else []

    def _settle(self, tried: list[int], right: int) -> None:
        """Of the tokens tried, the first and as many of the draft as were right belong to the answer."""
        self._context.keep_tried(tried[: right + 1])
        if self._drafter:
            self._drafter.judge(len(tried) - 1, right)

    def _sampler(self, parameters: GenerationParameters, seed: int) -> Any:
        llama = self._llama
        chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        steps = []
        if parameters.repeat_penalty != 1.0:
            size = llama.llama_vocab_n_tokens(self._vocabulary)
            steps.append(
                llama.llama_sampler_init_penalties(size, PENALTY_WINDOW_TOKENS, parameters.repeat_penalty, 0, 0)
            )
        if parameters.temperature == 0.0:
            steps.append(llama.llama_sampler_init_greedy())
        else:
            steps += [
                llama.llama_sampler_init_top_k(TOP_K),
                llama.llama_sampler_init_top_p(parameters.top_p, 1),
                llama.llama_sampler_init_min_p(MIN_P, 1),
                llama.llama_sampler_init_temp(parameters.temperature),
                llama.llama_sampler_init_dist(seed),
            ]
        for step in steps:
            llama.llama_sampler_chain_add(chain, step)
        return chain
