"""How close two texts are: edit distance, ROUGE-N and BLEU, each by its published definition."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

_TOKEN = re.compile(r"\w+|[^\w\s]")
_ORDERS = 4
_NOTHING = 1e-7  # what a precision of 0 counts as, so that one missing order does not decide all; promptfoo's value


def edit_distance(one: str, other: str, most: int) -> int | None:
    """The fewest insertions, deletions and substitutions that turn one text into the other, None if more than most.

    Levenshtein, V. I. (1966), Binary codes capable of correcting deletions, insertions, and reversals. Only the band of
    the table that can hold a distance up to most is computed (Ukkonen, 1985), so the time is length × most.
    """
    if abs(len(one) - len(other)) > most:
        return None
    beyond = most + 1
    above = [min(place, beyond) for place in range(len(other) + 1)]
    for done, letter in enumerate(one, 1):
        row = [beyond] * (len(other) + 1)
        row[0] = min(done, beyond)
        for place in range(max(1, done - most), min(len(other), done + most) + 1):
            changed = above[place - 1] + (letter != other[place - 1])
            row[place] = min(changed, above[place] + 1, row[place - 1] + 1, beyond)
        above = row
    return above[-1] if above[-1] <= most else None


def rouge_n(answer: str, reference: str) -> float:
    """The share of the reference's words that the answer has too, each as often as it stands there (ROUGE-1 recall).

    Lin, C.-Y. (2004), ROUGE: A Package for Automatic Evaluation of Summaries, section 2, with N = 1, which is what
    promptfoo's rouge-n takes. Words and punctuation marks are tokens, upper and lower case are the same. 0 for a
    reference without words.
    """
    wanted, found = _counts(_TOKEN.findall(reference.lower())), _counts(_TOKEN.findall(answer.lower()))
    total = sum(wanted.values())
    return sum((wanted & found).values()) / total if total else 0.0


def bleu(answer: str, references: Sequence[str]) -> float:
    """The BLEU score of an answer against references, 0 to 1.

    Papineni, K. et al. (2002), BLEU: a Method for Automatic Evaluation of Machine Translation: the geometric mean of the
    clipped n-gram precisions for n = 1 to 4 with equal weights, times the brevity penalty exp(1 - r/c) where the answer
    (c words) is shorter than the closest reference (r words). Words are what white space separates, in lower case, and
    a precision of 0 counts as 1e-7, as in promptfoo. An answer of fewer than four words has no longer n-grams, so only
    those it has are averaged. Blank references count for nothing; with no words on either side the score is 0.
    """
    words = answer.lower().split()
    targets = [target for reference in references if (target := reference.lower().split())]
    if not words or not targets:
        return 0.0
    orders = min(_ORDERS, len(words))
    logs = [math.log(_precision(words, targets, order) or _NOTHING) for order in range(1, orders + 1)]
    closest = min((abs(len(target) - len(words)), len(target)) for target in targets)[1]
    penalty = 1.0 if len(words) >= closest else math.exp(1 - closest / len(words))
    return penalty * math.exp(sum(logs) / orders)


def _precision(words: list[str], targets: list[list[str]], order: int) -> float:
    found = _counts(words, order)
    allowed: Counter[tuple[str, ...]] = Counter()
    for target in targets:
        allowed |= _counts(target, order)
    return sum((found & allowed).values()) / sum(found.values())


def _counts(words: list[str], order: int = 1) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[start : start + order]) for start in range(len(words) - order + 1))
