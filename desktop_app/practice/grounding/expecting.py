"""What kind of answer a question asks for, and whether a sentence holds something of that kind."""

from __future__ import annotations

import re
from typing import Literal

from desktop_app.guard.months import MONTHS, WEEKDAYS
from desktop_app.guard.stop_words import ENGLISH, GERMAN, NUMBERS, STOP_WORDS
from desktop_app.practice.grounding.words import stem, stems

Expected = Literal["number", "count", "money", "time", ""]

_MONEY = re.compile(
    r"\b(?:costs?|price|earns?|salary|rent|fee|kostet|kosten|preis|verdient|gehalt|miete|euros?|eur|pounds|sum|betrag)\b"
)
_AMOUNT = re.compile(
    r"\b(?:how (?:many|much|long|high|often|fast|large|big|early|late|far|old|heavy|tall|wide)|for how long|what number|"
    r"which number|wie ?viele?n?|wie (?:lange|hoch|oft|schnell|gro(?:ß|ss)|schwer|weit|alt|früh)|what percentage|"
    r"(?:from|up to|bis zu|ab|mit) (?:which|what|welche[mnr]?) (?:amount|value|sum|night|betrag|bestellwert|gewicht|nachlass|lärm))\b"
)
_COUNT = re.compile(r"\b(?:how (?:many|long|often|fast|old|far|tall)|wie ?viele|wie (?:lange|oft|schnell|alt|weit))\b")
_TIME = re.compile(
    r"\b(?:when|wann|(?:by|until|at|after|before|since) (?:when|what time|what times)|on (?:which|what) (?:day|date)|seit wann|bis wann|um wie viel uhr)\b"
)
_CURRENCY = re.compile(r"€|\$|£|\b(?:eur|euros?|gbp|chf|usd|pounds?|cents?|franken)\b")
_NOT_MONEY = re.compile(
    r"(?<![\d.,€$£])(?<![€$£] )\d+(?:[.,]\d+)*(?![\d.,]*\s?(?:€|\$|£|eur|gbp|chf|usd|pounds?|cents?|franken))\b"
)
_CONDITION = re.compile(
    r"\b(?:if|when|after|before|until|once|as soon as|wenn|sobald|nach|vor|bis|solange|twice|daily|every|jede[nsrm]?)\b"
)
_NUMBER_WORDS = frozenset(("one", "half", "once", "twice", "no", "every", "ein", "eine", "einmal", "halbe", "jede"))
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def expected(question: str) -> Expected:
    """What would answer the question: a sum of money, a number (of things or time: count), a time, or "" for anything."""
    low = " ".join(question.casefold().split())
    if _TIME.search(low):
        return "time"
    asks_amount = _AMOUNT.search(low) is not None
    if _MONEY.search(low) and (asks_amount or re.match(r"(?:what|was|which|welche)", low)):
        return "money"
    if not asks_amount:
        return ""
    return "count" if _COUNT.search(low) else "number"


def holds(sentence: str, kind: Expected) -> bool:
    """True if a sentence holds something of that kind; always for ""."""
    low = sentence.casefold()
    words = set(_WORD.findall(low))
    has_number = any(map(str.isdigit, low)) or not words.isdisjoint(NUMBERS) or bool(words & _NUMBER_WORDS)
    if kind == "count" and not words & (_NUMBER_WORDS | NUMBERS.keys()):
        return _NOT_MONEY.search(low) is not None
    if kind == "money":
        return has_number and _CURRENCY.search(low) is not None
    if kind == "time":
        return (
            has_number
            or not words.isdisjoint(MONTHS)
            or not words.isdisjoint(WEEKDAYS)
            or _CONDITION.search(low) is not None
        )
    return kind == "" or has_number


def language(text: str) -> str:
    """ "de" or "en" by the small words in it, "" if they do not say."""
    words = [word.casefold() for word in _WORD.findall(text[:2000])]
    german, english = (sum(word in known for word in words) for known in (GERMAN - ENGLISH, ENGLISH - GERMAN))
    return "" if german == english else "de" if german > english else "en"


def names(question: str) -> frozenset[str]:
    """The names in a question as written: words with a capital inside an English sentence, and words with a number behind."""
    found = set(re.findall(r"\b[^\W\d_]{2,}(?=[ -]-?\d)", question))
    words = _WORD.findall(question)
    if language(question) == "en":
        found |= {word for word in words[1:] if word[0].isupper() and word.casefold() not in STOP_WORDS}
    return frozenset(word for word in found if word[0].isupper())


_FOCUS = re.compile(
    r"\b(?:how (?:many|much)|which|what|wie ?viele?n?|welche[rsmn]?|is there an?|are there(?: any)?|gibt es (?:einen?|ein)?) ?([^\W\d_]+)",
    re.IGNORECASE,
)


def focus(question: str) -> str:
    """The word a question turns on: "stars" of "How many stars has the hotel?"; "" if it names none so."""
    found = _FOCUS.search(" ".join(question.split()))
    return found[1] if found else ""


_COUNTED = re.compile(r"\b(?:how many|wie ?viele?n?) ([^\W\d_]+)", re.IGNORECASE)
_NEAR = 4  # words behind a number that it may count


def counted(question: str) -> str:
    """What a question asks the number of: "keys" of "How many keys are there?"; "" for other questions."""
    found = _COUNTED.search(" ".join(question.split()))
    return found[1] if found else ""


def counts(sentence: str, noun: str) -> bool:
    """True if a sentence holds a number with the noun close behind it ("two spare security keys")."""
    words, wanted = stems(sentence), stem(noun)
    return any(word[:1].isdigit() and wanted in words[at + 1 : at + 1 + _NEAR] for at, word in enumerate(words))
