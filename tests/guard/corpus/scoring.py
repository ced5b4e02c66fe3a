"""Count how well the guard does on sentences with known places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop_app.guard.kinds import KINDS
from desktop_app.guard.scan import scan

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with one planted value; family is what the score is kept by."""

    family: str
    text: str
    start: int
    end: int


def plant(family: str, template: str, value: str) -> Case:
    """value put in place of the one {} of template."""
    start = template.index("{}")
    return Case(family, template.replace("{}", value, 1), start, start + len(value))


def clean(name: str) -> list[str]:
    """The sentences of a clean corpus."""
    return [line for line in (FOLDER / name).read_text("utf-8").splitlines() if line]


@dataclass(frozen=True, slots=True)
class Score:
    """recall: planted values wholly covered by a finding of the right family. precision: such findings of all findings
    of that family, in the planted sentences of every family and in the clean ones."""

    recall: float
    precision: float
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def scores(cases: Iterable[Case], clean_sentences: Iterable[str]) -> dict[str, Score]:
    total: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    right: Counter[str] = Counter()
    missed: dict[str, list[str]] = {}
    wrong: dict[str, list[str]] = {}
    for case in cases:
        family = base(case.family)
        total[case.family] += 1
        found = list(families(case.text))
        if any(name == family and start <= case.start and case.end <= end for name, start, end in found):
            hit[case.family] += 1
        else:
            missed.setdefault(case.family, []).append(case.text)
        for name, start, end in found:
            if name == family and start < case.end and case.start < end:
                right[case.family] += 1
            else:
                wrong.setdefault(name, []).append(case.text)
    for sentence in clean_sentences:
        for name, _, _ in families(sentence):
            wrong.setdefault(name, []).append(sentence)
    return {
        family: Score(
            hit[family] / total[family],
            right[family] / max(1, right[family] + len(wrong.get(base(family), ()))),
            tuple(missed.get(family, ())),
            tuple(wrong.get(base(family), ())),
        )
        for family in total
    }


def base(family: str) -> str:
    """The family of "email, obfuscated" is "email"."""
    return family.partition(",")[0]


def families(text: str) -> Iterator[tuple[str, int, int]]:
    """Findings by family: every secret is of one family, both kinds of IP address are of another."""
    for found in scan(text):
        family = "secret" if KINDS[found.kind].severity == "secret" else found.kind.removeprefix("internal-")
        yield family, found.start, found.end
