"""What a loaded model has read: decodes tokens, keeps them, puts them aside and brings them back. Gets llama.cpp from engine.py."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from desktop_app.sandbox.worker.states import State, StateStore, Unit, common, tokens_in
from desktop_app.sandbox.worker.tuning import ThreadTuner

# The prompt is read in pieces of at most this many tokens: its progress is told between two. Larger ones are 10 % faster.
CHUNK_TOKENS = 128
TELLING_TOKENS = 64  # the time of a shorter piece says little about what a token takes
MEASURE_MS, MEASURE_TOKENS = 400, 16
STORE_BYTES = 64 * 1024 * 1024
# Copying what 1,000 tokens left in memory takes 2 ms, reading one token 3 ms or more.
WORTH_TOKENS = 32
_ABORTED = 2


class DecodeError(Exception):
    """llama.cpp cannot compute what was asked; the text says how it put it."""


class Context:
    """The context of one model. Not for use by two threads.

    exact says whether tokens give the same bits however they are grouped. If so, every token that was read or written is
    kept. If not, the cuts depend on the tokens alone, only whole chunks of a prompt are kept, and nothing is drafted.
    """

    def __init__(self, llama: Any, model: Any, tokens: int) -> None:
        """Raises MemoryError if there is not enough for so many tokens."""
        self._llama, self._vocabulary = llama, llama.llama_model_get_vocab(model)
        self.handle = self._make(model, tokens)
        self._memory = llama.llama_get_memory(self.handle)
        self._batch = llama.llama_batch_init(CHUNK_TOKENS, 0, 1)
        self._abort_type = llama.ggml_abort_callback
        self.known: list[Unit] = []  # what the context's memory holds, from its start
        self._store = StateStore(STORE_BYTES)
        self.rates: tuple[tuple[int, float], ...] = ()
        self.exact = False
        self.usual_s = 0.0  # what a step takes that computes one token
        self.more_s = 0.0  # and what each further token adds to a step

    def get_ready(self, threads: int | None) -> None:
        """Measure, with the adapters in place, what this machine and this model can do; threads None is measured too."""
        best = threads or self._measure_threads()
        counts = [threads] if threads else [count for count, _ in self.rates]
        self._writing = ThreadTuner(counts, {count: 1 / rate for count, rate in self.rates}, best)
        # Several tokens at once may pay for more threads than one does, where waiting for each other costs most.
        reading = self._measure_reading({best, counts[-1]})
        fastest = min(reading, key=reading.__getitem__)
        self._reading = ThreadTuner(counts, reading, fastest, window=1, tries=1)
        self._threads_set = (0, 0)
        self.exact = self._is_exact()
        if self.exact:
            self._measure_trying()

    @property
    def threads(self) -> int:
        """How many threads the next token gets."""
        return self._writing.threads

    def units(self, tokens: Sequence[int]) -> list[Unit]:
        """The tokens in groups that must be computed in one go: by themselves if exact.

        Else cut after every turn, and within a turn after every CHUNK_TOKENS.
        """
        if self.exact:
            return [(token,) for token in tokens]
        return list(self._chunks(tokens))

    def read(
        self, units: Sequence[Unit], cancelled: Callable[[], bool], tell: Callable[[int, int], None], *, answer: bool
    ) -> int | None:
        """Bring the units into the context; return how many of their tokens were there, or None if cancelled.

        tell gets the number of tokens read and the total. With answer the last unit is read in any case, because the
        answer's first token comes out of it.
        """
        self._recall(units)
        same = min(common(self.known, units), len(units) - answer)
        if answer or same < len(units):  # a prompt that is there already is left as it is, with what follows it
            self.keep(same)
        total, done = tokens_in(units), tokens_in(units[:same])
        cached = done
        for group in self._groups(units[same:]):
            if cancelled():
                return None
            tell(done, total)
            tokens = [token for unit in group for token in unit]
            if not self._read_chunk(tokens, cancelled):
                return None
            self.known += group
            done += len(tokens)
        return cached

    def step(self, token: int) -> None:
        """Compute the token, the one after which sampling goes on."""
        start = time.perf_counter()
        self._decode([token])
        seconds = time.perf_counter() - start
        self.usual_s = _drawn(self.usual_s, seconds)
        self._writing.observe(seconds)
        if self.exact:
            self.known.append((token,))

    def try_tokens(self, tokens: Sequence[int]) -> None:
        """Compute the tokens in one go, so that sampling can look behind each; keep_tried says how many stay."""
        batch, start = self._batch, tokens_in(self.known)
        batch.n_tokens = len(tokens)
        for at, token in enumerate(tokens):
            batch.token[at], batch.pos[at], batch.logits[at] = token, start + at, 1
            batch.n_seq_id[at] = 1
            batch.seq_id[at][0] = 0
        # With as many threads as a single token: more of them cost a fixed time that only a long piece earns back.
        self._set_threads(self._writing.chosen)
        begun = time.perf_counter()
        self._checked(self._llama.llama_decode(self.handle, batch))
        if len(tokens) > 1:
            self.more_s = _drawn(self.more_s, (time.perf_counter() - begun - self.usual_s) / (len(tokens) - 1))

    def keep_tried(self, tokens: Sequence[int]) -> None:
        """Of the tokens tried last, these at the start belong to the text."""
        self.known += [(token,) for token in tokens]
        self._forget(len(self.known))

    def keep(self, units: int) -> None:
        """Drop everything after so many units; put aside what was worth reading."""
        if tokens_in(self.known[units:]) >= WORTH_TOKENS:
            self._put_aside()
        self.known = self.known[:units]
        self._forget(tokens_in(self.known))

    def state_of(self, units: Sequence[Unit], most_bytes: int) -> State | None:
        """The memory after reading just these units, if they have been read, are still known, and it is small enough."""
        self._recall(units)
        if not units or common(self.known, units) < len(units) or self._state_bytes() > most_bytes:
            return None
        whole = self._state()
        self.keep(len(units))
        state = self._state()
        if len(whole.units) > len(units):
            self._bring_back(whole, len(whole.units))
        return state

    def add_state(self, state: State) -> None:
        """Take a state that state_of gave once, perhaps in another process."""
        self._store.put(state)

    def _recall(self, units: Sequence[Unit]) -> None:
        """Bring back the state that saves the most, if it saves enough."""
        best = self._store.best(units)
        if best is None:
            return
        shared, state = best
        if tokens_in(units[:shared]) < tokens_in(self.known[: common(self.known, units)]) + WORTH_TOKENS:
            return
        if tokens_in(self.known) >= WORTH_TOKENS:
            self._put_aside()
        self._bring_back(state, shared)

    def _state_bytes(self) -> int:
        """How large a state of all that stands in the context would be; a large model's fill some hundred megabytes."""
        return int(self._llama.llama_state_seq_get_size(self.handle, 0))

    def _state(self) -> State:
        self._forget(tokens_in(self.known))  # an answer that is not kept stands behind it
        size = self._state_bytes()
        buffer = (ctypes.c_uint8 * size)()
        written = self._llama.llama_state_seq_get_data(self.handle, buffer, size, 0)
        return State(tuple(self.known), bytes(memoryview(buffer)[:written]))

    def _put_aside(self) -> None:
        if not self._store.holds(self.known) and self._state_bytes() <= STORE_BYTES:
            self._store.put(self._state())

    def _bring_back(self, state: State, units: int) -> None:
        # Emptied first, so that the state comes to lie where reading would have put it: sums run in that order.
        self._llama.llama_memory_clear(self._memory, False)
        buffer = (ctypes.c_uint8 * len(state.data)).from_buffer_copy(state.data)
        if self._llama.llama_state_seq_set_data(self.handle, buffer, len(state.data), 0) == len(state.data):
            self.known = list(state.units[:units])
            self._forget(tokens_in(self.known))
        else:  # not a state of this model: read anew
            self._llama.llama_memory_clear(self._memory, True)
            self.known = []

    def _make(self, model: Any, tokens: int) -> Any:
        parameters = self._llama.llama_context_default_params()
        parameters.n_ctx = tokens
        parameters.n_batch = parameters.n_ubatch = CHUNK_TOKENS
        # Flash attention splits its sums by thread, so the text would depend on how many threads were free. Without it
        # logits were equal to the last bit for 1 and 2 threads.
        parameters.flash_attn_type = 0
        parameters.no_perf = True
        context = self._llama.llama_init_from_model(model, parameters)
        if not context:
            raise MemoryError
        return context

    def _measure_threads(self) -> int:
        """The thread count whose decode steps are quickest now; other programs keep cores busy, so counting lies."""
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        candidates = [count for count in (1, 2, 3, 4, 6, 8, 12, 16) if count <= available]
        spent = {count: 0.0 for count in candidates}
        rounds, end = 0, time.perf_counter() + MEASURE_MS / 1000
        while rounds < 8 and time.perf_counter() < end:
            for count in candidates:
                self._llama.llama_set_n_threads(self.handle, count, count)
                self._compute([1])  # the first step after a change wakes the threads
                start = time.perf_counter()
                self._compute([1])
                spent[count] += time.perf_counter() - start
            self._forget(0)
            rounds += 1
        # The mean and not the quickest: with one core busy two threads are quick now and then, and slow on the whole.
        rates = {count: rounds / seconds for count, seconds in spent.items()}
        self.rates = tuple((count, round(rate, 1)) for count, rate in rates.items())
        # A second thread must earn its core: at equal speed the learner's other programs get it.
        return next(count for count in candidates if rates[count] >= 0.95 * max(rates.values()))

    def _measure_reading(self, counts: set[int]) -> dict[int, float]:
        """Seconds a token for each thread count, read in one go."""
        found = {}
        for count in sorted(counts):
            self._llama.llama_set_n_threads(self.handle, count, count)
            self._compute([1, 1])
            start = time.perf_counter()
            self._compute([1] * MEASURE_TOKENS)
            found[count] = (time.perf_counter() - start) / MEASURE_TOKENS
            self._forget(0)
        return found

    def _measure_trying(self) -> None:
        """Learn what a draft would cost before one is made."""
        for _ in range(3):
            self.step(1)
        self.try_tokens([1] * (MEASURE_TOKENS // 2))
        self.known = []
        self._forget(0)

    def _is_exact(self) -> bool:
        """True if five tokens one by one and in one go give the same bits; that depends on the build and the weights."""
        size = self._llama.llama_vocab_n_tokens(self._vocabulary)
        tokens = [(place * 7919 + 11) % size for place in range(5)]
        found = []
        for groups in ([[token] for token in tokens], [tokens]):
            for group in groups:
                self._decode(group)
            logits = self._llama.llama_get_logits_ith(self.handle, -1)
            found.append(ctypes.string_at(logits, size * ctypes.sizeof(ctypes.c_float)))
            self._forget(0)
        return found[0] == found[1]

    def _chunks(self, tokens: Sequence[int]) -> Iterator[Unit]:
        chunk: list[int] = []
        for token in tokens:
            chunk.append(token)
            if len(chunk) == CHUNK_TOKENS or self._llama.llama_vocab_is_eog(self._vocabulary, token):
                yield tuple(chunk)
                chunk = []
        if chunk:
            yield tuple(chunk)

    def _groups(self, units: Sequence[Unit]) -> Iterator[Sequence[Unit]]:
        """Units that may be read in one go."""
        step = CHUNK_TOKENS if self.exact else 1
        return (units[at : at + step] for at in range(0, len(units), step))

    def _read_chunk(self, tokens: list[int], cancelled: Callable[[], bool]) -> bool:
        """Compute the tokens; False if that was cancelled, and then none of them stays."""
        start = time.perf_counter()
        stop = self._abort_type(lambda _: cancelled())  # asked some hundred times, so only where much is computed
        self._llama.llama_set_abort_callback(self.handle, stop, None)
        try:
            code = self._decode(tokens, may_end=True)
        finally:
            self._llama.llama_set_abort_callback(self.handle, self._abort_type(), None)
        if code == _ABORTED:
            self._forget(tokens_in(self.known))
            return False
        if len(tokens) >= TELLING_TOKENS:
            self._reading.observe((time.perf_counter() - start) / len(tokens))
        return True

    def _decode(self, tokens: list[int], *, may_end: bool = False) -> int:
        self._set_threads(self._reading.threads if len(tokens) >= TELLING_TOKENS else self._reading.chosen)
        return self._compute(tokens, may_end=may_end)

    def _set_threads(self, reading: int) -> None:
        threads = (self._writing.threads, reading)
        if threads != self._threads_set:
            self._llama.llama_set_n_threads(self.handle, *threads)
            self._threads_set = threads

    def _compute(self, tokens: list[int], *, may_end: bool = False) -> int:
        array = (self._llama.llama_token * len(tokens))(*tokens)
        code = self._llama.llama_decode(self.handle, self._llama.llama_batch_get_one(array, len(tokens)))
        return code if may_end and code == _ABORTED else self._checked(code)

    def _checked(self, code: int) -> int:
        if code != 0:
            raise DecodeError(f"llama.cpp cannot go on (code {code})")
        return code

    def _forget(self, position: int) -> None:
        """Drop everything from this position of the context on."""
        if not self._llama.llama_memory_seq_rm(self._memory, 0, position, -1):
            self._llama.llama_memory_clear(self._memory, True)
            self.known = []


def _drawn(mean: float, latest: float) -> float:
    """The mean moved towards the latest value; 0 is none yet."""
    return mean + (latest - mean) / 6 if mean else latest
