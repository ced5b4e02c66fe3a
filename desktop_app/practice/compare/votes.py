"""Blind votes: in which order a row's columns are shown, and what the votes say and do not say."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from math import comb

from desktop_app.practice.compare.comparison import ALL_BAD, LETTERS, NO_DIFFERENCE, Plan, Vote

CHANCE = 0.05  # below this, votes are said to be more than chance


def order(plan: Plan, row: int) -> tuple[int, ...]:
    """The columns of a row in the order they are shown: shuffled for a blind vote, and always the same for a row."""
    columns = list(range(len(plan.columns)))
    if plan.blind:
        random.Random(f"{plan.shuffle}/{row}").shuffle(columns)  # it hides names, no secrets
    return tuple(columns)


def letter(plan: Plan, row: int, column: int) -> str:
    """The letter a column carries in a row."""
    return LETTERS[order(plan, row).index(column)]


def by_chance(leader: int, votes: int, columns: int) -> float:
    """How likely some column gets that many votes or more if people only guess (at most 1.0).

    The exact binomial probability of one column, once for each column (Bonferroni); with two columns that is the
    two-sided sign test.
    """
    if not votes:
        return 1.0
    tail = sum(comb(votes, k) * (columns - 1) ** (votes - k) for k in range(leader, votes + 1)) / columns**votes
    return min(1.0, columns * tail)


def tally(votes: Mapping[int, Vote], titles: Sequence[str]) -> str:
    """The votes in words, with how much they are worth; "" before the first."""
    if not votes:
        return ""
    counts = Counter(vote.choice for vote in votes.values())
    named = [counts[column] for column in range(len(titles))]
    decided, most = sum(named), max(named, default=0)
    parts = [_verdict(titles, named, decided, most)]
    if counts[NO_DIFFERENCE]:
        parts.append(f"{counts[NO_DIFFERENCE]} × no difference.")
    if counts[ALL_BAD]:
        parts.append(f"{counts[ALL_BAD]} × all are bad.")
    if seen := sum(vote.seen for vote in votes.values()):
        parts.append(f"{seen} of the votes {'was' if seen == 1 else 'were'} given with the names in view.")
    return " ".join(filter(None, parts))


def _verdict(titles: Sequence[str], named: Sequence[int], decided: int, most: int) -> str:
    if not decided:
        return ""
    leaders = [title for title, count in zip(titles, named, strict=True) if count == most]
    if len(leaders) > 1:
        return f"{most} {'vote' if most == 1 else 'votes'} each for {' and '.join(leaders)}: undecided."
    head = f"{most} of {decided} for {leaders[0]}"
    chance = by_chance(most, decided, len(titles))
    if chance >= CHANCE:
        few = "with so few this" if decided < 30 else "this"
        return f"{head}; {few} may be chance."
    often = "less than once in 1,000 times" if chance < 0.001 else f"about once in {round(1 / chance):,} times"
    return f"{head}; guessing would give such a lead {often}."
