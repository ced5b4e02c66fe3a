"""Sensitive data in a lesson's text. Examples may use what the fictional company's register allows, nothing else."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from desktop_app.guard.scan import GuardError, scan
from desktop_app.lessons.known import Allows
from desktop_app.lessons.problem import Problems

# What every finding has: an at sign, a key's name or sign, or some digits. Lines without any need no scan, which makes
# lint twice as fast; tests/lessons/test_lint_data.py proves that nothing is lost on the guard's own corpora.
_WORTH_A_LOOK = (
    r"(?i)@|＠|[\[({<]\s*(?:at|ät|dot)\b|\b(?:dot|punkt)\b|://[^/\s]*:|(?:\pN[^\pN\n]{0,3}){7}|[0-9a-f]{2}[:.][0-9a-f]{2}[:.]|"
    r"\d\.\d+\.\d|[a-zａ-ｚ]{2}\pN{2}|[0-9][a-z0-9_/+=-]{11}|[a-z0-9_/+=-]{11}[0-9]|-----|pass(?:w|p|c|\b)|pwd|\bpin\b|kennwort|bearer|hooks?\.|"
    r"(?:secret|key|token)\w*\W{0,3}[:=]|::|a[ks]ia[a-z0-9]{12}|[a-z]{2,4}[-_][a-z0-9_-]{16}"
)
_APART = "\n\n"  # nothing is found across it


@lru_cache(1)
def _worth_a_look() -> Any:
    import re2  # one pass over the whole text; the re module takes fifty times as long for it

    return re2.compile(_WORTH_A_LOOK)


def check_data(lines: Sequence[str], first_line: int, allows: Allows, problems: Problems) -> None:
    """Note each finding of the guard in lines that allows does not know; code and exercises are read too."""
    numbers = _lines_to_scan(lines)
    starts = list(accumulate((len(lines[number]) + len(_APART) for number in numbers), initial=0))
    text = _APART.join(lines[number] for number in numbers)
    try:
        found = scan(text)
    except GuardError as error:
        problems.add("L603", error.message, first_line)
        return
    for one in found:
        if not allows(one.kind, text[one.start : one.end]):
            at = bisect_right(starts, one.start) - 1
            message = f"This looks like real sensitive data: {one.label.lower()}. Use the fictional company's."
            problems.add("L603", message, first_line + numbers[at], one.start - starts[at] + 1)


def _lines_to_scan(lines: Sequence[str]) -> list[int]:
    """The numbers (from 0) of the lines that may hold a finding, in order."""
    data = [line.encode("utf-8", "surrogatepass") for line in lines]
    starts = list(accumulate((len(line) + 1 for line in data), initial=0))
    whole = b"\n".join(data)
    numbers: list[int] = []
    at = 0
    while match := _worth_a_look().search(whole, at):
        number = bisect_right(starts, match.start()) - 1
        numbers.append(number)
        at = starts[number + 1]
        if at > len(whole):
            break
    return numbers
