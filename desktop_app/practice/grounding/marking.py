"""What of an answer stands in the passages it cites, sentence by sentence, found without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop_app.guard.nearness import apart
from desktop_app.guard.sentences import sentences
from desktop_app.guard.support import Support, support
from desktop_app.practice.grounding.passage import Mark, Passage, Verdict

_CITATIONS = re.compile(r"(?:\s*\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\])+")
_NUMBER = re.compile(r"\d{1,3}")
# Shares of the words that must be found where no number, date or name is missing.
_MOST, _SOME = 0.65, 0.4


def mark(answer: str, passages: Sequence[Passage]) -> tuple[Mark, ...]:
    """A mark for each sentence of an answer, in order; [n] in it means passages[n - 1].

    A sentence that cites nothing is looked up in all passages. A citation of a passage that is not there counts as none.
    """
    plain = _CITATIONS.sub(lambda found: " " * len(found[0]), answer)
    spans = sentences(plain)
    marks = []
    for at, (start, end) in enumerate(spans):
        following = spans[at + 1][0] if at + 1 < len(spans) else len(answer)
        cited = _cited(answer[start:following], len(passages))
        marks.append(_mark(plain, start, end, cited, passages))
    return tuple(marks)


def cite(answer: str, passages: Sequence[Passage]) -> str:
    """The answer with [n] behind each sentence that cites nothing and whose facts stand in passages[n - 1]."""
    if _CITATIONS.search(answer):
        return answer
    for one in reversed(mark(answer, passages)):
        if one.passages and one.verdict in ("supported", "partly"):
            answer = f"{answer[: one.end]} [{one.passages[0] + 1}]{answer[one.end :]}"
    return answer


def _cited(text: str, count: int) -> tuple[int, ...]:
    numbers = (int(number) - 1 for group in _CITATIONS.findall(text) for number in _NUMBER.findall(group))
    return tuple(dict.fromkeys(number for number in numbers if 0 <= number < count))


def _mark(text: str, start: int, end: int, cited: tuple[int, ...], passages: Sequence[Passage]) -> Mark:
    sentence = text[start:end]
    source = "\n\n".join(_source(passages[number]) for number in cited or range(len(passages)))
    found = support(sentence, source)
    elsewhere = () if found.is_quotation else apart(sentence, source)
    verdict = _verdict(found, bool(elsewhere))
    where = cited or (() if verdict in ("unsupported", "none") else _where(sentence, found, passages))
    return Mark(start, end, verdict, where, found, elsewhere)


def _source(passage: Passage) -> str:
    """What a passage says, with the headings above it and its document's name as sentences of their own."""
    text = passage.text.replace(
        "\n", "\n\n"
    )  # a line is a paragraph, an item or a row: no sentence goes on in the next
    return f"{passage.heading.replace(' > ', '. ')}.\n\n{text}" if passage.heading else text


def _verdict(found: Support, elsewhere: bool) -> Verdict:
    if found.is_quotation:
        return "supported"
    if not found.found and not found.missing:
        return "none"
    if not found.found:
        return "unsupported"
    share = len(found.found) / (len(found.found) + len(found.missing))
    if found.missing_figures:
        return "partly" if share >= _SOME else "unsupported"
    if share < _SOME:
        return "unsupported"
    return "partly" if elsewhere or share < _MOST else "supported"


def _where(sentence: str, found: Support, passages: Sequence[Passage]) -> tuple[int, ...]:
    """The passage that holds most of what was found, the first of equals."""
    counts = [len(support(sentence, _source(passage)).found) for passage in passages]
    best = max(counts, default=0)
    return (counts.index(best),) if best and found.found else ()
