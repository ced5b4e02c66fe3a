"""What a decision is worth, and when a reason is long enough; docs/formats/decision.md says so to trainers."""

from __future__ import annotations

import re

from desktop_app.lessons.lesson import Decision

FEWEST_WORDS = 15
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# Scripts that put no spaces between words: Thai to Khmer, kana, and Han.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def word_count(text: str) -> int:
    """How many words a reason has; where words are not set apart, every second character counts as one."""
    unspaced = len(_UNSPACED.findall(text))
    return unspaced // 2 + len(_WORD.findall(_UNSPACED.sub(" ", text)))


def words_missing(text: str) -> int:
    """How many more words a reason needs, 0 if it is long enough."""
    return max(0, FEWEST_WORDS - word_count(text))


def decision_value(decision: Decision, chosen: int) -> float:
    """1.0 for an option that is right, 0.0 for another; the reason is for the learner alone."""
    return float(decision.options[chosen].right)
