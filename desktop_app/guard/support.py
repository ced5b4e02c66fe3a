"""What of a sentence stands in a source and what does not, found without a model.

It compares numbers, dates, names and rarer words. So it can say "not found in the source"; it can never say "true": two
numbers may be swapped and every one of them is found. Only a sentence copied word for word counts as a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from desktop_app.guard.months import MONTHS, WEEKDAYS
from desktop_app.guard.sentences import sentences
from desktop_app.guard.stop_words import ENGLISH, GERMAN, NEGATIONS, NUMBERS, STOP_WORDS

FactKind = Literal["number", "date", "name", "term"]
WEIGHTS: dict[FactKind, float] = {"number": 3.0, "date": 3.0, "name": 2.0, "term": 1.0}
_ENOUGH = 1.0  # a passage shares at least this weight
_FEWEST_QUOTED_WORDS = 4

TOKEN = re.compile(
    r"(?P<iso>\b\d{4}-\d{2}-\d{2}\b)|(?P<dotted>\b\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})\b)"
    r"|(?P<time>\b\d{1,2}(?::\d{2}|\.\d{2}(?=\s?(?:Uhr|h)\b))?\s?(?:a\.?m\b\.?|p\.?m\b\.?|Uhr\b|o['’]clock\b)|\b\d{1,2}:\d{2}\b)"
    r"|(?P<number>\d+(?:[.,'’\u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?:st|nd|rd|th)?"
    r"|(?P<word>[^\W\d_]+(?:[-'’][^\W\d_]+)*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something of a sentence that can be looked up: text is as written, start and end count characters of the sentence."""

    kind: FactKind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Support:
    """What was found in the source and what was not, in sentence order.

    passage is the part of the source that shares most with the sentence (start and end in characters), None if nothing
    does. is_quotation: the sentence stands there word for word.
    """

    found: tuple[Fact, ...]
    missing: tuple[Fact, ...]
    passage: tuple[int, int] | None
    is_quotation: bool

    @property
    def missing_figures(self) -> tuple[Fact, ...]:
        """The numbers, dates and names that were not found: those have no other words."""
        return tuple(fact for fact in self.missing if fact.kind != "term")

    @property
    def is_strange(self) -> bool:
        """True if most of its words, four at least, are not in the source."""
        terms = [fact for fact in self.missing if fact.kind == "term"]
        return len(terms) >= 4 and len(terms) > len(self.found)

    @property
    def says(self) -> str:
        """The result as a careful sentence."""
        if self.is_quotation:
            return "It stands word for word in the source."
        if self.missing:
            names = ", ".join(dict.fromkeys(fact.text for fact in self.missing_figures or self.missing))
            return f"Not found in the source: {names}."
        if not self.found:
            return "There is nothing in it that could be looked up."
        return "Everything in it is found in the source. That does not make it true: compare it with the passage."


def support(sentence: str, source: str) -> Support:
    """Look up a sentence in a source; both may be English or German."""
    known = _read(source)
    found, missing = [], []
    for fact, keys in facts_in(sentence):
        if _is_known(fact, keys, known):
            found.append(fact)
        elif fact.kind == "number" and fact.text.isalpha() and not _counts_there(sentence[fact.end :], known):
            missing.append(replace(fact, kind="term"))  # "three days" may be counted from two dates
        else:
            missing.append(fact)
    quoted = _quotation(sentence, source)
    passage = quoted or _best(found, sentence, known)
    return Support(tuple(found), tuple(missing), passage, quoted is not None)


# -- facts ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    spans: tuple[tuple[int, int], ...]
    keys: tuple[frozenset[str], ...]  # by sentence
    all_keys: frozenset[str]
    stems: frozenset[str]


@lru_cache(maxsize=4)
def _read(source: str) -> _Source:
    spans = sentences(source)
    keys = [frozenset(_source_keys(source[start:end])) for start, end in spans]
    # a title or a word at the start of a line counts too, whatever it was taken for
    words = frozenset(f"w:{bare_word(match[0])}" for match in TOKEN.finditer(source) if match["word"])
    counted = frozenset(f"c:{word_stem(bare_word(word))}" for word in _counted(source))
    every = frozenset().union(*keys, words, counted)
    return _Source(source, spans, tuple(keys), every, frozenset(word_stem(key[2:]) for key in words))


def _source_keys(sentence: str) -> Iterator[str]:
    for fact, keys in facts_in(sentence):
        yield from keys
        if fact.kind == "date" and keys[0].startswith("d:"):
            month, day = keys[0][2:].split("-")
            yield from (f"n:{day}", f"m:{month}")  # "from 2 to 4 March", "in March"


def _counted(source: str) -> Iterator[str]:
    """The words right behind a number."""
    tokens = list(TOKEN.finditer(source))
    for token, following in pairwise(tokens):
        is_number = token["number"] or (token["word"] and bare_word(token[0]) in NUMBERS)
        if is_number and following["word"]:
            yield following[0]


def facts_in(sentence: str) -> Iterator[tuple[Fact, tuple[str, ...]]]:
    """Each fact with its keys; one of them in the source is enough."""
    tokens = list(TOKEN.finditer(sentence))
    german = _is_german(sentence)
    skip = -1
    for at, token in enumerate(tokens):
        if at <= skip:
            continue
        if (day := _day(sentence, tokens, at)) is not None:
            keys, skip = day
            yield Fact("date", sentence[token.start() : tokens[skip].end()], token.start(), tokens[skip].end()), keys
        elif token["word"]:
            yield from _word_fact(sentence, token, german)
        else:
            yield Fact("number", token[0], token.start(), token.end()), _number_keys(token)


def _day(sentence: str, tokens: list[re.Match[str]], at: int) -> tuple[tuple[str, ...], int] | None:
    """The keys of a date that starts at a token, and its last token; None if none does."""
    token = tokens[at]
    if token["iso"]:
        _, month, day = token[0].split("-")
        return (f"d:{int(month)}-{int(day)}",), at
    if token["dotted"]:
        day, month, _ = token[0].split(".")
        return (f"d:{int(month)}-{int(day)}",), at
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token["number"] and following and following["word"] and following[0].casefold() in MONTHS:
        between = sentence[token.end() : following.start()].strip()
        if token["number"].isdigit() and between in ("", ".", "of"):
            return (f"d:{MONTHS[following[0].casefold()]}-{int(token['number'])}",), at + 1
    if not token["word"]:
        return None
    month = MONTHS.get(token[0].casefold())
    if month and following and following["number"] and following["number"].isdigit() and int(following["number"]) <= 31:
        return (f"d:{month}-{int(following['number'])}",), at + 1
    if month and token[0][:1].isupper() and len(token[0]) > 2 and (at or token[0].casefold() != "may"):
        return (f"m:{month}", *(f"d:{month}-{day}" for day in range(1, 32))), at
    weekday = WEEKDAYS.get(token[0].casefold())
    if weekday and len(token[0]) > 2 and token[0][:1].isupper():
        return (f"y:{weekday}",), at
    return None


def _number_keys(token: re.Match[str]) -> tuple[str, ...]:
    if token["time"]:
        hours, minutes = re.match(r"(\d+)(?:[:.](\d+))?", token[0]).groups()  # type: ignore[union-attr]
        hour = int(hours)
        low = token[0].casefold().replace(".", "")
        if low.endswith("pm") and hour < 12:
            hour += 12
        if low.endswith("am") and hour == 12:
            hour = 0
        whole = int(minutes or 0) == 0
        return (f"t:{hour}:{int(minutes or 0):02}", *((f"n:{hour}",) if whole else ()))
    text = token["number"]
    if re.fullmatch(r"\d+(?:[.,'’\u00a0\u202f]\d{3})+(?:[.,]\d+)?", text):
        head, mark, tail = text, "", ""
        if len({mark for mark in text if not mark.isdigit()}) > 1:
            head, mark, tail = re.match(r"(.*)([.,])(\d+)$", text).groups()  # type: ignore[union-attr]
        text = re.sub(r"\D", "", head) + (f".{tail}" if mark else "")
    value = text.replace(",", ".")
    value = value.rstrip("0").rstrip(".") if "." in value else value
    value = value.lstrip("0") or "0"
    return (f"n:{value}", *((f"t:{value}:00",) if value.isdigit() and int(value) < 25 else ()))


def _word_fact(sentence: str, token: re.Match[str], german: bool) -> Iterator[tuple[Fact, tuple[str, ...]]]:
    word, bare = token[0], bare_word(token[0])
    fact_at = (word, token.start(), token.end())
    if bare in NUMBERS:
        yield Fact("number", *fact_at), (f"n:{NUMBERS[bare]}", f"t:{NUMBERS[bare]}:00")
    elif (len(word) > 1 and word.isupper()) or _is_name(sentence, token, german):
        yield Fact("name", *fact_at), (f"w:{bare}",)
    elif len(bare) >= 4 and bare not in STOP_WORDS:
        yield Fact("term", *fact_at), (f"w:{bare}",)


def _is_name(sentence: str, token: re.Match[str], german: bool) -> bool:
    """Capitals inside a sentence, which German gives to every noun: there only behind Herr, Frau and the like."""
    word, before = token[0], sentence[max(0, token.start() - 20) : token.start()].rstrip()
    if not word[0].isupper() or bare_word(word) in STOP_WORDS:
        return False
    if german:
        return before.endswith(("Herr", "Herrn", "Frau", "Dr."))
    if not before or before[-1] in '!?:“"„(«-–':
        return sentence[token.end() : token.end() + 1] == ":" or word.endswith(("’s", "'s"))
    return True


def _is_known(fact: Fact, keys: tuple[str, ...], known: _Source) -> bool:
    if not known.all_keys.isdisjoint(keys):
        return True
    if fact.kind not in ("term", "name"):
        return False
    bare = bare_word(fact.text)
    if "-" in bare:
        return all(f"w:{part}" in known.all_keys or word_stem(part) in known.stems for part in bare.split("-"))
    if fact.kind == "name":
        return False
    stem = word_stem(bare)
    return stem in known.stems or any(is_related(stem, other) for other in known.stems)


def _counts_there(after: str, known: _Source) -> bool:
    """True if the source has a number of its own for the word that follows a number."""
    word = re.match(r"\s+([^\W\d_]+)", after)
    return word is not None and f"c:{word_stem(bare_word(word[1]))}" in known.all_keys


def is_related(stem: str, other: str) -> bool:
    """Forms of one word (deliver, delivery), or one inside a German compound (Rampe, Laderampe)."""
    short, long = sorted((stem, other), key=len)
    return (len(short) >= 5 and long.startswith(short)) or (len(short) >= 4 and long.endswith(short))


def bare_word(word: str) -> str:
    """A word without case and the possessive ending."""
    return re.sub(r"['’]s?$", "", word.casefold().replace("’", "'"))


@lru_cache(maxsize=4096)
def word_stem(word: str) -> str:
    """A bare word without its commonest English and German endings."""
    for ending in (
        "ingly",
        "ings",
        "ing",
        "edly",
        "ies",
        "ied",
        "ern",
        "est",
        "et",
        "ed",
        "es",
        "en",
        "er",
        "em",
        "ly",
        "e",
        "s",
        "n",
        "t",
        "y",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _is_german(text: str) -> bool:
    words = [match[0].casefold() for match in re.finditer(r"[^\W\d_]+", text[:2000])]
    german, english = (sum(word in known for word in words) for known in (GERMAN - ENGLISH, ENGLISH - GERMAN))
    return german > english or (german == english and any(mark in text[:2000] for mark in "äöüß"))


# -- passages ------------------------------------------------------------------------------------------------------------


def _quotation(sentence: str, source: str) -> tuple[int, int] | None:
    """Where the sentence stands word for word, unless the words around it there turn it round ("It is not true that")."""
    wanted = [bare_word(match[0]) for match in TOKEN.finditer(sentence)]
    if len(wanted) < _FEWEST_QUOTED_WORDS:
        return None
    matches = list(TOKEN.finditer(source))
    words = [bare_word(match[0]) for match in matches]
    for at in range(len(words) - len(wanted) + 1):
        if words[at] == wanted[0] and words[at : at + len(wanted)] == wanted:
            start, end = matches[at].start(), matches[at + len(wanted) - 1].end()
            whole = next(((a, b) for a, b in sentences(source) if a <= start < b), None)
            if (
                whole is None
                or whole[1] < end
                or _turned_round(source[whole[0] : start] + " " + source[end : whole[1]])
            ):
                return None
            return whole
    return None


def _turned_round(around: str) -> bool:
    return any(bare_word(match[0]) in NEGATIONS for match in TOKEN.finditer(around))


def _best(found: Iterable[Fact], sentence: str, known: _Source) -> tuple[int, int] | None:
    """The sentence of the source that holds most of what was found, the first of equals."""
    wanted = {fact.start for fact in found}
    facts = [(fact, keys) for fact, keys in facts_in(sentence) if fact.start in wanted]
    best, most = None, 0.0
    for span, keys in zip(known.spans, known.keys, strict=True):
        stems = {word_stem(key[2:]) for key in keys if key.startswith("w:")}
        weight = sum(
            WEIGHTS[fact.kind] for fact, wants in facts
            if not keys.isdisjoint(wants) or (fact.kind == "term" and word_stem(bare_word(fact.text)) in stems)
        )  # fmt: skip
        if weight > most and weight >= _ENOUGH:
            best, most = span, weight
    return best
