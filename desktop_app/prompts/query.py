"""What a person types into the search box, as an expression of FTS5; no character of that language gets through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_TERM = re.compile(r'"([^"]*)"|(\w+)')
_WORD = re.compile(r"\w+")
_MAX_TERMS = 12
# Letters that no accent can be taken from; SQLite folds the others.
_SPELT_OUT = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several that must follow each other; is_unfinished if more letters may come."""

    words: str
    is_phrase: bool = False
    is_unfinished: bool = False


def fold(text: str) -> str:
    """text as the index holds it: composed, with ß and its like spelt out. SQLite takes case and accents off."""
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_SPELT_OUT)


def plain(word: str) -> str:
    """A word without case and accents, to compare letters."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", fold(word).lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Every word of a text, plain."""
    return [plain(word) for word in _WORD.findall(text)]


def terms(text: str) -> tuple[Term, ...]:
    """What to search for: each word, what stands in quotes as a phrase; the last one may be unfinished. () for nothing."""
    text = fold(text)
    found = []
    for phrase, word in _TERM.findall(text)[:_MAX_TERMS]:
        parts = _WORD.findall(phrase or word)
        if parts:
            found.append(Term(" ".join(parts), is_phrase=bool(phrase)))
    if found and text.rstrip('"') == text and not text[-1:].isspace():
        found[-1] = Term(found[-1].words, found[-1].is_phrase, is_unfinished=True)
    return tuple(found)


def expression(wanted: Sequence[Term], corrections: Mapping[Term, str] | None = None) -> str:
    """The FTS5 expression that every term must match, "" for none; a corrected one may also be what it was corrected to."""
    corrections = corrections or {}
    return " AND ".join(
        f'({_quoted(term)} OR "{corrections[term]}")' if term in corrections else _quoted(term) for term in wanted
    )


def any_of(found: Sequence[str]) -> str:
    """The FTS5 expression that one of some plain words must match."""
    return " OR ".join(f'"{word}"' for word in found)


def two_of(found: Sequence[str]) -> str:
    """The FTS5 expression that two of some plain words must match."""
    return " OR ".join(f'("{one}" AND "{other}")' for at, one in enumerate(found) for other in found[at + 1 :])


def corrected_text(wanted: Sequence[Term], corrections: Mapping[Term, str]) -> str:
    """What is searched for in the end, for "Showing results for …"."""
    return " ".join(corrections.get(term, f'"{term.words}"' if term.is_phrase else term.words) for term in wanted)


def _quoted(term: Term) -> str:
    return f'"{term.words}"' + ("*" if term.is_unfinished else "")
