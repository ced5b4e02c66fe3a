"""Which known word somebody meant who mistyped one: one edit in words of four letters or more, two from eight on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

_SHORTEST, _LONG = 4, 8


def allowed_edits(word: str) -> int:
    """How many letters of a word may be wrong, missing, too many or swapped with the next."""
    return 0 if len(word) < _SHORTEST else 1 if len(word) < _LONG else 2


class Vocabulary:
    """The words of the library with the number of prompts each stands in; all plain, see query.plain."""

    def __init__(self, counts: Iterable[tuple[str, int]]) -> None:
        # by length: a word with two edits is at most two letters longer or shorter
        self._by_length: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        self._known: dict[str, int] = {}
        for word, count in counts:
            self._known[word] = count
            self._by_length[len(word)].append((_letters(word), word, count))

    def count(self, word: str) -> int:
        """In how many prompts a word stands."""
        return self._known.get(word, 0)

    def nearest(self, word: str) -> str:
        """The word with the fewest edits that stands in most prompts; "" if there is none within the allowed edits."""
        most = allowed_edits(word)
        letters, best = _letters(word), (most + 1, 0, "")
        for length in range(len(word) - most, len(word) + most + 1) if most else ():
            for known_letters, known, count in self._by_length.get(length, ()):
                # an edit changes at most two of the letters that a word has
                if (letters ^ known_letters).bit_count() <= 2 * most:
                    edits = distance(word, known, most)
                    if edits <= most:
                        best = min(best, (edits, -count, known))
        return best[2]

    def nearest_beginning(self, word: str) -> str:
        """Like nearest for a word that is still being typed, among the words that share its first letter."""
        most = allowed_edits(word)
        letters, best = _letters(word), (most + 1, 0, "")
        for length, group in self._by_length.items() if most else ():
            if length <= len(word):
                continue
            for known_letters, known, count in group:
                if known[0] == word[0] and (letters & ~known_letters).bit_count() <= most:
                    edits = distance(word, known, most, is_beginning=True)
                    if edits <= most:
                        best = min(best, (edits, -count, known))
        return best[2]


def distance(typed: str, known: str, most: int, *, is_beginning: bool = False) -> int:
    """How many letters to insert, delete, replace or swap to get from typed to known, or to how known begins.

    The optimal string alignment distance; most + 1 stands for all that is more than most.
    """
    before: list[int] = []
    row = list(range(len(known) + 1))
    for at, letter in enumerate(typed, 1):
        last, before, row = before, row, [at]
        for place, other in enumerate(known, 1):
            cost = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != other))
            if last and place > 1 and letter == known[place - 2] and typed[at - 2] == other:
                cost = min(cost, last[place - 2] + 1)
            row.append(cost)
        if min(row) > most and (not last or min(before) > most):
            return most + 1
    return min(min(row) if is_beginning else row[-1], most + 1)


def _letters(word: str) -> int:
    """A bit for each letter the word has."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found
