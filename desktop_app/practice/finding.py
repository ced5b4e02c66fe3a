"""Searching one's own conversations and single runs. Their texts are sealed, so each is opened and looked through."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Literal

from desktop_app.errors import StoreError
from desktop_app.jobs import Job
from desktop_app.practice.conversation import title_of
from desktop_app.records.conversations import Head
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Run

MOST_FOUND = 300
_BEAT_S = 0.1
_BEFORE, _AROUND = 40, 220
_LONGEST_QUERY, _MOST_WORDS = 200, 8
_FIRST_WITHOUT_SPACES = 0x2E80  # from here on scripts that put no spaces between words


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: every word must begin a word somewhere in the texts. None is no limit; "" is a free prompt."""

    text: str = ""
    since: datetime | None = None
    prompt_id: str | None = None
    model_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation, or a run that belongs to none (a lesson's exercise, the command line).

    snippet is where the first word was found, marked the pieces of it that were; both are empty without words.
    """

    id: str
    kind: Literal["conversation", "run"]
    title: str
    prompt_id: str
    model_id: str
    at: datetime
    lesson_id: str = ""
    snippet: str = ""
    marked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What was found since the last batch, newest first, and how far the search is."""

    found: tuple[Found, ...]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a search ended: how many texts it looked through, and whether there is more than it shows.

    unopened counts those whose text was not kept or cannot be opened now.
    """

    looked: int
    unopened: int
    has_more: bool


def find(open_records: Callable[[], LearnerRepository], search: Search, *, most: int = MOST_FOUND) -> Job[Ended]:
    """Yield Batch a few times a second, return how it ended. The records are opened on the thread that steps through."""
    words = words_of(search.text)
    records = open_records()
    try:
        heads = [
            head
            for head in records.conversations.heads()
            if _fits(search, head.updated_at, head.prompt_id, head.model_id)
        ]
        runs = [run for run in records.loose_runs() if _fits(search, run.at, run.prompt_id, run.model_id)]
        things: list[tuple[datetime, Head | Run]] = [(head.updated_at, head) for head in heads]
        things += [(run.at, run) for run in runs]
        things.sort(key=lambda thing: thing[0], reverse=True)
        held: list[Found] = []
        count = unopened = done = 0
        beat = monotonic()
        for done, (_, thing) in enumerate(things, 1):
            is_head = isinstance(thing, Head)
            try:
                found, opened = _head(records, thing, words) if is_head else _run(records, thing, words)  # type: ignore[arg-type]
            except StoreError:  # one damaged text hides no other
                found, opened = None, False
            unopened += not opened
            if found is not None:
                held.append(found)
                count += 1
            if count >= most:
                break
            if monotonic() - beat > _BEAT_S:
                yield Batch(tuple(held), done, len(things))
                held, beat = [], monotonic()
        yield Batch(tuple(held), done, len(things))
        return Ended(done, unopened, done < len(things))
    finally:
        records.close()


def _fits(search: Search, at: datetime, prompt_id: str, model_id: str) -> bool:
    return (
        (search.since is None or at >= search.since)
        and search.prompt_id in (None, prompt_id)
        and search.model_id in (None, model_id)
    )


def _head(records: LearnerRepository, head: Head, words: tuple[str, ...]) -> tuple[Found | None, bool]:
    """The conversation if it holds all words, and whether its texts could be read."""
    if head.title is None:
        return None, False
    texts = [head.title]
    if words:
        texts += [turn.text for turn in records.conversations.turns(head.id) if turn.text]
    hit = _look(texts, words)
    if hit is None:
        return None, True
    return Found(head.id, "conversation", head.title, head.prompt_id, head.model_id, head.updated_at, "", *hit), True


def _run(records: LearnerRepository, run: Run, words: tuple[str, ...]) -> tuple[Found | None, bool]:
    whole = records.run(run.id)
    if whole is None or whole.text is None:
        return None, False
    typed = [value for value in whole.text.values.values() if value.strip()]
    title = title_of(typed[0] if typed else whole.text.answer)
    hit = _look([*typed, whole.text.answer], words)
    if hit is None:
        return None, True
    return Found(run.id, "run", title, run.prompt_id, run.model_id, run.at, run.lesson_id, *hit), True


def _look(texts: list[str], words: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """Where the words are found: a snippet and its pieces that match; None if one of them is nowhere."""
    if not words:
        return "", ()
    folded = [folded_text(text) for text in texts]
    if not all(any(_position(text, word) >= 0 for text in folded) for word in words):
        return None
    # the text that holds most of them; the title is shown anyway, so rather a turn
    order = [*range(1, len(texts)), 0]
    best = max(order, key=lambda number: sum(_position(folded[number], word) >= 0 for word in words))
    return _snippet(texts[best], words)


def words_of(text: str) -> tuple[str, ...]:
    """The words to look for, folded; at most eight."""
    folded = folded_text(text[:_LONGEST_QUERY])
    spaced = "".join(char if char.isalnum() else " " for char in folded)
    return tuple(dict.fromkeys(spaced.split()))[:_MOST_WORDS]


class _Folds(dict[int, str]):
    """What becomes of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        folded = self[code] = "".join(char for char in apart if not unicodedata.combining(char))
        return folded


_FOLDS = _Folds()


def folded_text(text: str) -> str:
    """The text without capitals and accents: "Straße" and "STRASSE", "café" and "cafe" become the same."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def _position(text: str, word: str) -> int:
    """Where a word of text begins with word, -1 if none does."""
    at = text.find(word)
    while at > 0 and text[at - 1].isalnum() and ord(word[0]) < _FIRST_WITHOUT_SPACES:
        at = text.find(word, at + 1)
    return at


def _snippet(text: str, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A line of text around the first word found, and the pieces of it that match words, each once."""
    folded, origin = _folded_with_places(text)
    first = next(at for word in words if (at := _position(folded, word)) >= 0)
    start = max(0, origin[first] - _BEFORE)
    while start and not text[start - 1].isspace() and start < origin[first]:
        start += 1
    line = " ".join(text[start : start + _AROUND].split())
    return ("… " if start else "") + line, tuple(dict.fromkeys(_pieces(line, words)))


def _pieces(line: str, words: Iterable[str]) -> Iterator[str]:
    folded, origin = _folded_with_places(line)
    for word in words:
        at = _position(folded, word)
        if at >= 0:
            end = origin[at + len(word)] if at + len(word) < len(origin) else len(line)
            yield line[origin[at] : max(end, origin[at] + 1)]


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters which one of text it comes from."""
    parts, places = [], []
    for at, char in enumerate(text):
        part = folded_text(char)
        parts.append(part)
        places += [at] * len(part)
    return "".join(parts), places
