"""One loaded model: reads prompts, answers them, keeps what it has read. The only module that uses llama.cpp."""

from __future__ import annotations

import ctypes
import itertools
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from desktop_app.sandbox.grammar.schema import SchemaError, grammar_of, read_schema
from desktop_app.sandbox.protocol import (
    Adapter,
    Done,
    Generate,
    GenerationParameters,
    Prepare,
    Reading,
    Reply,
    StopReason,
    Timings,
    Tokens,
)
from desktop_app.sandbox.streaming import TextFilter
from desktop_app.sandbox.worker.guided import GrammarError, Guide
from desktop_app.sandbox.worker.tuning import ThreadTuner

# The prompt is read in pieces of at most this many tokens: a cancel is noticed between two. Larger ones are 10 % faster.
CHUNK_TOKENS = 128
PENALTY_WINDOW_TOKENS = 64
TOP_K, MIN_P = 40, 0.05  # what llama-cpp-python uses; they cut the tail that top_p alone would leave to sort
MEASURE_MS = 400
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

    def __init__(self, path: str, context_tokens: int, threads: int | None, adapters: tuple[Adapter, ...] = ()) -> None:
        # Imported here and not above: not one line of native code may run before the lock-down.
        import llama_cpp.llama_cpp as llama
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._llama = llama
        llama.llama_backend_init()
        self._model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
        if not self._model:
            raise RequestError("load", "llama.cpp cannot load this model")
        self._vocabulary = llama.llama_model_get_vocab(self._model)
        self.context_tokens = min(context_tokens, llama.llama_model_n_ctx_train(self._model))
        loaded = self._load_adapters(adapters)  # before the context, whose size depends on them
        self._context = self._make_context()
        self._use_adapters(loaded)
        self._memory = llama.llama_get_memory(self._context)
        self._known: list[list[int]] = []  # the chunks at the start of the context's memory
        self._piece = ctypes.create_string_buffer(1024)
        template = llama.llama_model_chat_template(self._model, None)
        if not template:
            raise RequestError("load", "the model has no chat template")
        # Jinja in its own sandbox, inside ours: a template is a program that came with the model.
        self._template = Jinja2ChatFormatter(
            template.decode("utf-8"), eos_token=self._special("eos"), bos_token=self._special("bos")
        )
        self.rates: tuple[tuple[int, float], ...] = ()
        best = threads or self._measure_threads()
        counts = [threads] if threads else [count for count, _ in self.rates]
        self._writing = ThreadTuner(counts, {count: 1 / rate for count, rate in self.rates}, best)
        self._reading = ThreadTuner(counts, {}, best, window=1, tries=1)
        self._threads_set = (0, 0)

    @property
    def threads(self) -> int:
        """How many threads the next token gets."""
        return self._writing.threads

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
        if self._llama.llama_set_adapters_lora(self._context, handles, len(loaded), scales) != 0:
            raise RequestError("load", "the adapters cannot be used with this model")

    def _make_context(self) -> Any:
        parameters = self._llama.llama_context_default_params()
        parameters.n_ctx = self.context_tokens
        parameters.n_batch = parameters.n_ubatch = CHUNK_TOKENS
        # Flash attention splits its sums by thread, so the text would depend on how many threads were free. Without it
        # logits were equal to the last bit for 1 and 2 threads.
        parameters.flash_attn_type = 0
        parameters.no_perf = True
        context = self._llama.llama_init_from_model(self._model, parameters)
        if not context:
            raise RequestError("load", f"there is not enough memory for {self.context_tokens} tokens of context")
        return context

    def _special(self, name: str) -> str:
        token = getattr(self._llama, f"llama_vocab_{name}")(self._vocabulary)
        return "" if token < 0 else self._llama.llama_vocab_get_text(self._vocabulary, token).decode("utf-8")

    def _measure_threads(self) -> int:
        """The thread count whose decode steps are quickest now; other programs keep cores busy, so counting lies."""
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        candidates = [count for count in (1, 2, 3, 4, 6, 8, 12, 16) if count <= available]
        spent = {count: 0.0 for count in candidates}
        rounds, end = 0, time.perf_counter() + MEASURE_MS / 1000
        while rounds < 8 and time.perf_counter() < end:
            for count in candidates:
                self._llama.llama_set_n_threads(self._context, count, count)
                self._step([1])  # the first step after a change wakes the threads
                start = time.perf_counter()
                self._step([1])
                spent[count] += time.perf_counter() - start
            self._forget(0)
            rounds += 1
        # The mean and not the quickest: with one core busy two threads are quick now and then, and slow on the whole.
        rates = {count: rounds / seconds for count, seconds in spent.items()}
        self.rates = tuple((count, round(rate, 1)) for count, rate in rates.items())
        # A second thread must earn its core: at equal speed the learner's other programs get it.
        return next(count for count in candidates if rates[count] >= 0.95 * max(rates.values()))

    def tokens_of(self, messages: tuple[tuple[str, str], ...]) -> list[int]:
        """The prompt as the model reads it, chat template applied, ending where the answer begins."""
        turns = [{"role": role, "content": content} for role, content in messages]
        try:
            text = self._template(messages=turns).prompt.encode("utf-8")
        except Exception as exc:  # a template may fail in any way Jinja can
            raise RequestError("request", f"the model's chat template refuses these turns ({exc})") from None
        return self._tokens(text, special=True)

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
        chunks = list(self._chunks(prompt))
        cached = self._read(chunks, request.id, cancelled, send, answer=True)
        prompt_ms = (time.perf_counter() - start) * 1000
        if cached is None:
            return Done(
                request.id,
                "cancelled",
                Timings(len(prompt), prompt_ms=prompt_ms, threads=self.threads, seed=request.seed),
            )
        room = min(request.parameters.max_tokens, self.context_tokens - len(prompt))
        reason, count, first, last = self._stream(request, room, cancelled, send)
        first_ms = (first - start) * 1000 if count else 0.0
        rate = (count - 1) / (last - first) if last > first else 0.0
        return Done(request.id, reason, Timings(
            len(prompt), count, cached, prompt_ms, first_ms, (last - first) * 1000, rate, self.threads, request.seed
        ))  # fmt: skip

    def prepare(self, request: Prepare, cancelled: Callable[[], bool], send: Callable[[Reply], None]) -> Done:
        """Read the turns that are to be kept and return the last message; what was read stays, also if cancelled."""
        start = time.perf_counter()
        kept = self._kept(list(self._chunks(self.tokens_of(request.messages))), request.messages, request.keep_turns)
        size = sum(map(len, kept))
        cached = self._read(kept, request.id, cancelled, send) if kept and size < self.context_tokens else 0
        timings = Timings(
            size, cached_tokens=cached or 0, prompt_ms=(time.perf_counter() - start) * 1000, threads=self.threads
        )
        return Done(request.id, "cancelled" if cached is None else "end", timings)

    def _kept(self, chunks: list[list[int]], messages: tuple[tuple[str, str], ...], keep_turns: int) -> list[list[int]]:
        """The chunks at the start that belong to the first keep_turns messages alone."""
        try:
            first = list(self._chunks(self.tokens_of(messages[:keep_turns])))
        except RequestError:  # a template may want a question at the end
            return []
        pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(chunks, first, strict=False))
        return [chunk for chunk, _ in pairs]

    def _stream(
        self, request: Generate, room: int, cancelled: Callable[[], bool], send: Callable[[Reply], None]
    ) -> tuple[StopReason, int, float, float]:
        """Send the text as it comes; return why it ended, how many tokens it has, and when the first and last came."""
        guide = self._guide(request)  # it knows where the answer ends, so that a stop text could only cut it
        text, held, sent_at, count = TextFilter(() if guide else request.parameters.stop), "", 0.0, 0
        reason: StopReason = "length"
        first = last = time.perf_counter()
        for piece in self._generate(request.parameters, request.seed, room, guide):
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
        chunks: list[list[int]],
        request: int,
        cancelled: Callable[[], bool],
        send: Callable[[Reply], None],
        *,
        answer: bool = False,
    ) -> int | None:
        """Bring the prompt into the context; return how many of its tokens were there, or None if cancelled.

        With answer the last chunk is read in any case, because the answer's first token comes out of it.

        Numbers computed in batches of different sizes may differ in their last bits, and with them the text. So the
        cuts depend on the tokens alone, and only whole chunks are kept: read anew or kept, they hold the same bits.
        """
        same, total = 0, sum(map(len, chunks))
        while same < min(len(self._known), len(chunks) - answer) and self._known[same] == chunks[same]:
            same += 1
        cached = sum(map(len, chunks[:same]))
        if answer or same < len(chunks):  # a prompt that is there already is left as it is, with what follows it
            self._known = self._known[:same]
            self._forget(cached)
        done = cached
        for chunk in chunks[same:]:
            if cancelled():
                return None
            send(Reading(request, done, total))
            self._read_chunk(chunk)
            self._known.append(chunk)
            done += len(chunk)
        return cached

    def _read_chunk(self, chunk: list[int]) -> None:
        start = time.perf_counter()
        self._decode(chunk)
        if len(chunk) >= CHUNK_TOKENS // 2:  # the time of a short one says little about a token's
            self._reading.observe((time.perf_counter() - start) / len(chunk))

    def _chunks(self, prompt: list[int]) -> Iterator[list[int]]:
        """Cut after every turn, and within a turn after every CHUNK_TOKENS; the last chunk is never empty."""
        chunk: list[int] = []
        for token in prompt:
            chunk.append(token)
            if len(chunk) == CHUNK_TOKENS or self._llama.llama_vocab_is_eog(self._vocabulary, token):
                yield chunk
                chunk = []
        if chunk:
            yield chunk

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

    def _generate(
        self, parameters: GenerationParameters, seed: int, room: int, guide: Guide | None
    ) -> Iterator[bytes | None]:
        """The bytes of each token, then None if the model ended the answer itself."""
        llama, sampler = self._llama, self._sampler(parameters, seed)
        try:
            for count in range(1, room + 1):
                if guide:
                    token = guide.pick(sampler, self._context)
                else:
                    token = llama.llama_sampler_sample(sampler, self._context, -1)
                if llama.llama_vocab_is_eog(self._vocabulary, token):
                    yield None
                    return
                length = llama.llama_token_to_piece(self._vocabulary, token, self._piece, len(self._piece), 0, False)
                yield self._piece.raw[: max(0, length)]
                if count < room:  # what follows the last token is of no interest
                    start = time.perf_counter()
                    self._decode([token])
                    self._writing.observe(time.perf_counter() - start)
        except GrammarError as problem:
            raise RequestError("generate", str(problem)) from None
        finally:
            llama.llama_sampler_free(sampler)
            if guide:
                guide.close()

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

    def _decode(self, tokens: list[int]) -> None:
        threads = (self._writing.threads, self._reading.threads)
        if threads != self._threads_set:
            self._llama.llama_set_n_threads(self._context, *threads)
            self._threads_set = threads
        self._step(tokens)

    def _step(self, tokens: list[int]) -> None:
        array = (self._llama.llama_token * len(tokens))(*tokens)
        code = self._llama.llama_decode(self._context, self._llama.llama_batch_get_one(array, len(tokens)))
        if code != 0:
            raise RequestError("generate", f"llama.cpp cannot go on (code {code})")

    def _forget(self, position: int) -> None:
        """Drop everything from this position of the context on."""
        if not self._llama.llama_memory_seq_rm(self._memory, 0, position, -1):
            self._llama.llama_memory_clear(self._memory, True)
            self._known = []
