"""Problems as SARIF 2.1.0, which code review tools show beside the lines (OASIS standard, sections 3.13 to 3.31)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from desktop_app.lessons.problem import RULES, Problem

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_NUMBERS = {code: number for number, code in enumerate(RULES)}


def sarif(problems: Iterable[Problem], version: str) -> dict[str, Any]:
    """One SARIF log with one run; version is the app's. Files are relative to the current folder where possible."""
    here = Path.cwd()
    rules = [{"id": code, "shortDescription": {"text": rule.title}} for code, rule in RULES.items()]
    driver = {"name": "greenroom lesson lint", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(p, here) for p in problems],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(problem: Problem, here: Path) -> dict[str, Any]:
    region = {"startLine": problem.line, "startColumn": problem.column}
    place = {"physicalLocation": {"artifactLocation": {"uri": _uri(problem.path, here)}, "region": region}}
    return {
        "ruleId": problem.code,
        "ruleIndex": _NUMBERS[problem.code],
        "level": problem.severity,
        "message": {"text": problem.message},
        "locations": [place],
    }


@lru_cache(maxsize=16)  # a file's problems follow each other
def _uri(path: Path, here: Path) -> str:
    """A relative reference below the current folder, else a file: address; both percent-encoded."""
    absolute = here / path
    if not absolute.is_relative_to(here):
        return absolute.as_uri()
    return absolute.as_uri().removeprefix(here.as_uri()).lstrip("/")
