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
        self._ids = numpy.arange(count, dtype=numpy.int32)
        self._all = numpy.zeros(count, dtype=[("id", "i4"), ("logit", "f4"), ("p", "f4")])
        self._one = (llama.llama_token_data * 1)()

    def pick(self, chain: Any, context: Any) -> int:
        """The next token of the answer, by the chain of samplers; both go on to what follows it."""
        llama = self._llama
        token = self._chosen(chain, self._candidates(context))
        if token < 0 or not self._allows(token):
            candidates = self._candidates(context)
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

    def _candidates(self, context: Any) -> Any:
        import numpy

        logits = self._llama.llama_get_logits_ith(context, -1)
        self._all["id"] = self._ids
        self._all["logit"] = numpy.ctypeslib.as_array(logits, shape=(len(self._ids),))
        self._all["p"] = 0
        data = self._all.ctypes.data_as(ctypes.POINTER(self._llama.llama_token_data))
        return self._llama.llama_token_data_array(data, len(self._ids), -1, False)

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
