"""Guesses what comes next where an answer copies: from the place in the prompt or the answer that it seems to follow. Pure."""

from __future__ import annotations

from collections.abc import Iterable

LOOKUP_TOKENS = 3  # so many tokens in a row must have stood somewhere before
RUN_TOKENS = 4  # and so many after them must have come as they did there, before anything is drafted
DRAFT_MOST = 15
PAYS = 1.1  # a draft must promise this much more speed


class Drafter:
    """Follows the text: what it would have guessed is checked against what comes, which costs nothing. It drafts only after
    guesses that would have been right, and only where the machine computes several tokens in less time than one by one.

    What has been copied for n tokens is taken to go on for k more with probability n / (n + k), less where drafts were
    wrong before.
    """

    def __init__(self, tokens: Iterable[int]) -> None:
        """tokens are the prompt's, or what of it may be copied from."""
        self._tokens: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}  # what stood after these tokens last time
        self._next: int | None = None  # the place whose token is guessed to come
        self._run, self._trust = 0, 1.0
        self.drafted = self.accepted = 0  # tokens so far
        for token in tokens:
            self._append(token)

    def add(self, token: int) -> None:
        """The answer goes on with this token."""
        if self._next is not None and self._tokens[self._next] == token:
            self._next += 1
            self._run += 1
        else:
            self._next, self._run = None, 0
        key = self._append(token)
        if self._next is None:
            self._next = self._after.get(key)

    def draft(self, most: int, usual_s: float, more_s: float) -> list[int]:
        """At most so many tokens that may come next, often none.

        usual_s is what a token takes by itself, more_s what each further one takes in a step that computes several.
        """
        if self._next is None or self._run < RUN_TOKENS:
            return []
        length, best_s = 0, 0.0
        expected, copied = 1.0, self._run * self._trust
        for count in range(1, min(most, DRAFT_MOST) + 1):
            expected += copied / (copied + count)
            saved_s = expected * usual_s - PAYS * (usual_s + count * more_s)
            if saved_s > best_s:
                length, best_s = count, saved_s
        return self._tokens[self._next : self._next + length]

    def judge(self, drafted: int, accepted: int) -> None:
        """So many tokens were drafted, so many of them were right."""
        self.drafted += drafted
        self.accepted += accepted
        self._trust += (accepted / drafted - self._trust) / 3

    def _append(self, token: int) -> tuple[int, ...]:
        before = tuple(self._tokens[-LOOKUP_TOKENS:])
        if len(before) == LOOKUP_TOKENS:
            self._after[before] = len(self._tokens)
        self._tokens.append(token)
        return tuple(self._tokens[-LOOKUP_TOKENS:])
