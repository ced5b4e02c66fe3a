"""An answer cut into claims, the key to them, and what the learner's verdicts are worth (docs/formats/claims.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from desktop_app.guard.sentences import sentences
from desktop_app.guard.support import Support, support
from desktop_app.lessons.lesson import ClaimRule, Claims
from desktop_app.lessons.scoring import check_answer

NO_KEY = "There is no key for this one: judge for yourself."
_SEMICOLON = re.compile(r";(?=\s)")


@dataclass(frozen=True, slots=True)
class CutClaim:
    """One claim of an answer: text is its part from start to end (characters, end exclusive)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Key:
    """The truth about one claim: supported is None where nobody can say; passage is a part of the source (characters).

    by: "trainer" (written for this answer, or a rule), "guard" (found by looking figures up) or "nobody".
    """

    claim: CutClaim
    supported: bool | None
    passage: tuple[int, int] | None
    why: str
    by: Literal["trainer", "guard", "nobody"]


@dataclass(frozen=True, slots=True)
class ClaimsScore:
    """Verdicts against the key: value is the share of scored claims judged right, 0.0 where none is scored.

    believed are the positions of wrong claims that were believed, distrusted those of right ones that were not,
    unscored those without a key.
    """

    value: float
    scored: int
    believed: tuple[int, ...]
    distrusted: tuple[int, ...]
    unscored: tuple[int, ...]

    @property
    def right(self) -> int:
        """How many scored claims were judged right."""
        return self.scored - len(self.believed) - len(self.distrusted)


def cut(text: str) -> tuple[CutClaim, ...]:
    """The claims in text, in order and without overlaps: sentences, and the parts of one with semicolons.

    What states nothing is left out: questions, and lines that only lead on to a list.
    """
    spans = [part for start, end in sentences(text) for part in _parts(text, start, end)]
    return tuple(CutClaim(text[start:end], start, end) for start, end in spans if _states(text[start:end]))


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for mark in _SEMICOLON.finditer(text, start, end):
        yield start, mark.end()
        start = mark.end()
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _states(claim: str) -> bool:
    bare = claim.rstrip("\"'”“’»«)]*_ ")
    return any(letter.isalnum() for letter in claim) and not bare.endswith(("?", ":")) and not (
        bare.endswith(",") and len(bare.split()) <= 4  # "Dear team,"
    )  # fmt: skip


def shipped_keys(claims: Claims, source: str) -> tuple[Key, ...]:
    """The key of the shipped answer, in claim order."""
    keys, at = [], 0
    for claim in claims.claims:
        start = claims.output.index(claim.text, at)
        at = start + len(claim.text)
        place = CutClaim(claim.text, start, at)
        keys.append(Key(place, claim.supported, _find(claim.passage, source), claim.why, "trainer"))
    return tuple(keys)


def live_keys(claims: Claims, output: str, source: str) -> tuple[Key, ...]:
    """The key of a live answer, in claim order: the trainer's rules first, then what can be looked up."""
    return tuple(_live_key(claims, claim, source) for claim in cut(output))


def _live_key(claims: Claims, claim: CutClaim, source: str) -> Key:
    if (rule := _rule_for(claims.rules, claim.text)) is not None:
        return Key(claim, rule.supported, _find(rule.passage, source), rule.why, "trainer")
    found = support(claim.text, source)
    supported = _looked_up(found)
    if supported is None:
        hint = found.says if found.missing or found.found else ""
        return Key(claim, None, found.passage, f"{NO_KEY} {hint}".strip(), "nobody")
    return Key(claim, supported, found.passage, found.says, "guard")


def _looked_up(found: Support) -> bool | None:
    """False for a number, date or name, or most words, that the source lacks; True for a quotation; else nobody knows.

    A single word that is missing decides nothing (it may have a synonym there), and neither does finding everything:
    the numbers may be swapped.
    """
    if found.is_quotation:
        return True
    return False if found.missing_figures or found.is_strange else None


def _rule_for(rules: Sequence[ClaimRule], claim: str) -> ClaimRule | None:
    return next((rule for rule in rules if check_answer([rule.expect], claim)[0].met), None)


def _find(passage: str, source: str) -> tuple[int, int] | None:
    at = source.find(passage) if passage else -1
    return (at, at + len(passage)) if at >= 0 else None


def score_claims(keys: Sequence[Key], verdicts: Sequence[bool]) -> ClaimsScore:
    """What verdicts (True: supported), one per key in order, are worth; raises ValueError for another number of them."""
    pairs = list(enumerate(zip(keys, verdicts, strict=True)))
    scored = sum(key.supported is not None for key in keys)
    believed = tuple(at for at, (key, said) in pairs if key.supported is False and said)
    distrusted = tuple(at for at, (key, said) in pairs if key.supported and not said)
    unscored = tuple(at for at, (key, _) in pairs if key.supported is None)
    value = (scored - len(believed) - len(distrusted)) / scored if scored else 0.0
    return ClaimsScore(value, scored, believed, distrusted, unscored)
