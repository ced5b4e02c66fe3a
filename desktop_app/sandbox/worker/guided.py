"""Picks tokens that a grammar allows, at the price of one look at most of them."""

from __future__ import annotations

import ctypes
import math
from typing import Any


class GrammarError(Exception):
    """llama.cpp does not take the grammar, or it leaves no token to pick."""


class Guide:
    """A grammar and how far the answer has come in it; close frees it.

    The model is asked first and the grammar afterwards: only if it refuses the token, which is seldom, all 50,000 are
    held against it and the pick is made again. llama.cpp's own programs do the same.
    """

    def __init__(self, llama: Any, vocabulary: Any, grammar: str) -> None:
        import numpy

        self._llama, self._vocabulary = llama, vocabulary
        self._grammar = llama.llama_sampler_init_grammar(vocabulary, grammar.encode("utf-8"), b"root")
        if not self._grammar:
            raise GrammarError("the grammar is not valid")
        count = llama.llama_vocab_n_tokens(vocabulary)
        # Rows of token, logit, probability; all as numbers of one type, because copying mixed ones costs ten times as much.
        self._fresh = numpy.zeros((count, 3), numpy.float32)
        self._fresh[:, 0] = numpy.arange(count, dtype=numpy.int32).view(numpy.float32)
        self._all = self._fresh.copy()  # samplers sort it and write into it
        self._data = self._all.ctypes.data_as(ctypes.POINTER(llama.llama_token_data))
        self._one = (llama.llama_token_data * 1)()

    def pick(self, chain: Any, context: Any, place: int = -1) -> int:
        """The next token of the answer, by the chain of samplers; both go on to what follows it.

        place is the token of those computed last behind which to look, -1 the last.
        """
        llama = self._llama
        token = self._chosen(chain, self._candidates(context, place))
        if token < 0 or not self._allows(token):
            candidates = self._candidates(context, place)
            llama.llama_sampler_apply(self._grammar, ctypes.byref(candidates))
            token = self._chosen(chain, candidates)
            if token < 0 or not self._allows(token):
                raise GrammarError("the grammar leaves the model no token to go on with")
        llama.llama_sampler_accept(self._grammar, token)
        llama.llama_sampler_accept(chain, token)
        return token

    def take(self, tokens: list[int]) -> None:
        """Go past the text that was written already; raises GrammarError if it is not what the grammar allows."""
        for token in tokens:
            if not self._allows(token):
                raise GrammarError("the answer to go on from does not follow the grammar")
            self._llama.llama_sampler_accept(self._grammar, token)

    def close(self) -> None:
        """Free what llama.cpp holds."""
        self._llama.llama_sampler_free(self._grammar)

    def _candidates(self, context: Any, place: int) -> Any:
        import numpy

        count = len(self._all)
        logits = ctypes.cast(self._llama.llama_get_logits_ith(context, place), ctypes.POINTER(ctypes.c_float * count))
        self._all[:] = self._fresh
        self._all[:, 1] = numpy.frombuffer(logits.contents, numpy.float32)
        return self._llama.llama_token_data_array(self._data, count, -1, False)

    def _chosen(self, chain: Any, candidates: Any) -> int:
        self._llama.llama_sampler_apply(chain, ctypes.byref(candidates))
        if not 0 <= candidates.selected < candidates.size:
            return -1
        return int(candidates.data[candidates.selected].id)

    def _allows(self, token: int) -> bool:
        self._one[0] = self._llama.llama_token_data(token, 1.0, 0.0)
        candidates = self._llama.llama_token_data_array(self._one, 1, -1, False)
        self._llama.llama_sampler_apply(self._grammar, ctypes.byref(candidates))
        return not math.isinf(self._one[0].logit)
