"""What the window says about an answer from documents: its citations, its marks, what was not found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from desktop_app.guard.support import Fact
from desktop_app.practice.grounding.passage import GroundedAnswer, Mark, Passage

_CITATIONS = re.compile(r"\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\]")  # [1] or [1, 3]
_NUMBER = re.compile(r"\d{1,3}")
LEGEND = "Looking something up is not proof: read the passage."
QUOTED = (
    "Quoted word for word: a small model often gets figures wrong, so it was not asked. "
    "Whether this answers your question is for you to read."
)
_FIRST_WORDS = 110
_UNIT = re.compile(r"\s?[^\W\d_]+|\s?[%€$£]")  # what a number counts


def source_name(number: int, passage: Passage) -> str:
    """What a citation is called, such as "Source 1: Leave policy, page 3"; number counts from 1."""
    return f"Source {number}: {passage.place}"


def count_found(answer: GroundedAnswer) -> str:
    """How much was found, such as "2 of 3 sentences found in the sources."; "" if nothing could be looked up."""
    looked_up = [mark for mark in answer.marks if mark.verdict != "none"]
    if not looked_up:
        return ""
    found = sum(mark.verdict == "supported" for mark in looked_up)
    sentences = "sentence" if len(looked_up) == 1 else "sentences"
    partly = sum(mark.verdict == "partly" for mark in looked_up)
    return f"{found} of {len(looked_up)} {sentences} found in the sources{f', {partly} partly' if partly else ''}."


def explain(mark: Mark, sentence: str) -> str:
    """What was found of a sentence and what was not, in words."""
    where = " and ".join(f"source {number + 1}" for number in mark.passages)
    missing = ", ".join(missing_words(mark, sentence))
    if mark.verdict == "supported":
        if mark.support.is_quotation:
            return f"Stands word for word in {where or 'the sources'}."
        return f"Its names, numbers and words are in {where or 'the sources'}. Read there whether it means the same."
    if mark.apart and not mark.support.missing_figures:
        names = ", ".join(dict.fromkeys(fact.text for fact in mark.apart))
        return f"In {where or 'the sources'}, but beside other words: {names}. Compare it with the passage."
    rest = f" The rest is in {where}." if where and mark.verdict == "partly" else ""
    if missing:
        return f"Not found in the sources: {missing}.{rest}"
    return f"Not found in the sources.{rest}"


def missing_words(mark: Mark, sentence: str) -> tuple[str, ...]:
    """What of a sentence was not found, in its order, with what belongs to it: "14 days", "Marta Lind"."""
    support = mark.support
    wanted = support.missing_figures or support.missing
    names = [fact for fact in support.missing if fact.kind == "term" and fact.text[:1].isupper()]
    spans: list[tuple[int, int]] = []
    for fact in sorted({*wanted, *names} if support.missing_figures else wanted, key=lambda fact: fact.start):
        start, end = fact.start, fact.end
        if fact.kind == "number" and (unit := _UNIT.match(sentence, end)):
            end = unit.end()
        if spans and start <= spans[-1][1]:
            continue
        if spans and sentence[spans[-1][1] : start].isspace():
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return tuple(dict.fromkeys(sentence[start:end] for start, end in spans if _says_something(wanted, start, end)))


def _says_something(wanted: Iterable[Fact], start: int, end: int) -> bool:
    return any(start <= fact.start < end for fact in wanted)


def link_says(answer: GroundedAnswer | None, link: str) -> str:
    """What a link is called: "source:0" is the first passage, "mark:2" the third sentence."""
    kind, _, number = link.partition(":")
    if answer is None or not number.isdigit():
        return ""
    if kind == "source":
        return source_name(int(number) + 1, answer.passages[int(number)])
    mark = answer.marks[int(number)]
    return explain(mark, answer.text[mark.start : mark.end])


def first_words(passage: Passage) -> str:
    """The first words of a passage, in one line."""
    below = passage.body if passage.body < len(passage.text) else 0  # the heading is in its name already
    return cut(" ".join(passage.text[below : below + 4 * _FIRST_WORDS].split()), _FIRST_WORDS)


def cited_part(answer: GroundedAnswer, number: int) -> str:
    """A passage in one short line: from the sentence on that it is cited for, where that stands in it word for word."""
    passage = answer.passages[number]
    whole = " ".join(passage.text.split())
    for mark in answer.marks:
        sentence = " ".join(_CITATIONS.sub("", answer.text[mark.start : mark.end]).split()).rstrip(" .")
        if number in mark.passages and sentence and (at := whole.find(sentence)) >= 0:
            before = whole[:at].strip()
            shown = (
                f"… {whole[at:]}"
                if before and not passage.text[passage.body :].lstrip().startswith(sentence)
                else whole[at:]
            )
            return cut(shown, _FIRST_WORDS)
    return first_words(passage)


def cut(text: str, most: int) -> str:
    """A text shortened to a number of characters, with … where there is more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip(' .,;:')}…"


def used_passages(answer: GroundedAnswer) -> frozenset[int]:
    """The positions of the passages that the answer cites or that support a sentence of it."""
    cited = {number for _, _, number in citations(answer.text, len(answer.passages))}
    return frozenset(cited | {number for mark in answer.marks for number in mark.passages})


def citations(text: str, passages: int) -> Iterator[tuple[int, int, int]]:
    """Start and end of each citation in a text and the position of its passage; others, such as [2026], are none."""
    for group in _CITATIONS.finditer(text):
        numbers = list(_NUMBER.finditer(text, group.start(), group.end()))
        for found in numbers:
            if 1 <= int(found[0]) <= passages:
                whole = len(numbers) == 1  # the brackets belong to it
                yield found.start() - whole, found.end() + whole, int(found[0]) - 1
