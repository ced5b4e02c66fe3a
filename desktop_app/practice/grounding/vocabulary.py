"""The words of all documents: how rare each is, and which are other forms of one (deliver, delivery; Rampe, Laderampe)."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from desktop_app.practice.grounding.words import alike, content_words

MOST_WORDS = 24  # of a question; a longer one is cut
_MOST_FORMS = 24
_BEGINNING, _ENDING, _COMPOUND = 5, 4, 7  # fewest letters that words share at their beginning, at their end, and in all
_REMEMBERED = 2000


class Vocabulary:
    """The stems of all passages with how many passages hold each; version says which state of the file it is of."""

    def __init__(self, words: Mapping[str, int], passages: int, version: object = None) -> None:
        self._words, self._passages, self.version = words, passages, version
        self._sorted = sorted(words)
        self._backwards = sorted(word[::-1] for word in words if len(word) >= _COMPOUND)
        self._related: dict[str, tuple[str, ...]] = {}

    def weight(self, word: str) -> float:
        """How much a word says: much if it is rare or not there at all, little if it stands nearly everywhere."""
        count = max(self._words.get(form, 0) for form in (word, *self.related(word), *alike(word)))
        return math.log(1 + (self._passages - count + 0.5) / (count + 0.5)) if count < self._passages else 0.1

    def related(self, word: str) -> tuple[str, ...]:
        """Other forms of a word that stand in the documents, the most frequent first."""
        if word not in self._related:
            if len(self._related) >= _REMEMBERED:
                self._related.clear()
            found = {form for form in self._forms(word) if form != word} if not word[:1].isdigit() else set()
            self._related[word] = tuple(sorted(found, key=lambda form: (-self._words[form], form))[:_MOST_FORMS])
        return self._related[word]

    def _forms(self, word: str) -> Iterator[str]:
        size = len(word)
        if size >= _BEGINNING:
            yield from _with_beginning(self._sorted, word)
            yield from (word[:end] for end in range(_BEGINNING, size) if word[:end] in self._words)
        if size >= _ENDING:
            yield from (form[::-1] for form in _with_beginning(self._backwards, word[::-1]))
        if size >= _COMPOUND:
            yield from (word[start:] for start in range(1, size - _ENDING + 1) if word[start:] in self._words)

    def expression(self, question: str) -> str:
        """The FTS5 expression for a question: any of its words in any form; "" if it holds none that count."""
        forms = dict.fromkeys(
            form for word in list(content_words(question))[:MOST_WORDS]
            for form in (word, *self.related(word), *sorted(alike(word)))
            if form in self._words
        )  # fmt: skip
        return " OR ".join(f'"{form}"' for form in forms)


def _with_beginning(words: Sequence[str], beginning: str) -> Iterator[str]:
    for at in range(bisect_left(words, beginning), len(words)):
        if not words[at].startswith(beginning):
            return
        yield words[at]
