"""Sensitive data in a lesson's text. Examples may use what the fictional company's register allows, nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop_app.guard.scan import GuardError, scan
from desktop_app.lessons.known import Allows
from desktop_app.lessons.problem import Problems

# What every finding has: an at sign, a key's name or sign, or some digits. Lines without any need no scan, which makes
# lint three times as fast; tests/lessons/test_lint_data.py proves that nothing is lost on the guard's own corpus.
_WORTH_A_LOOK = re.compile(
    r"[@＠]|[\[({<]\s*(?:at|ät|dot)\b|\b(?:dot|punkt)\b|://|(?:\d\D{0,3}){6}|[0-9a-f]{2}[:.][0-9a-f]|[a-z]{2}\d{2}|"
    r"[a-z0-9_/+=-]{16}|-----|pass|pwd|pin\b|secret|key|token|kennwort|bearer|::",
    re.IGNORECASE,
)


def check_data(lines: Sequence[str], first_line: int, allows: Allows, problems: Problems) -> None:
    """Note each finding of the guard in lines that allows does not know; code and exercises are read too."""
    for number, text in enumerate(lines, first_line):
        if not _WORTH_A_LOOK.search(text):
            continue
        try:
            found = scan(text)
        except GuardError as error:
            problems.add("L603", error.message, number)
            continue
        for one in found:
            if not allows(one.kind, text[one.start : one.end]):
                message = f"This looks like real sensitive data: {one.label.lower()}. Use the fictional company's."
                problems.add("L603", message, number, one.start + 1)
