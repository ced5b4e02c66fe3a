"""Awards and certificates for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from desktop_app.records.credentials import Award, PassedLesson, issue
from desktop_app.storage.vault import Vault

KEY = Vault(bytes(range(32)))
OTHER_KEY = Vault(bytes(range(1, 33)))
NOW = datetime(2026, 1, 22, 9, 30, tzinfo=UTC)
SCHEMAS = Path(__file__).parents[2] / "resources" / "schemas"


def a_lesson(number: int = 1, **fields: Any) -> PassedLesson:
    """A passed lesson; fields replace what they name."""
    values: dict[str, Any] = {
        "id": f"lesson-{number}", "title": f"Lesson {number}", "version": "1.0", "percent": 90 + number, "needed": 80,
        "passed_on": date(2026, 1, 20), "objectives": ("You can say what a token is", "You can check an answer"),
    }  # fmt: skip
    return PassedLesson(**(values | fields))


def an_award(**fields: Any) -> Award:
    """A path with two lessons; fields replace what they name."""
    values: dict[str, Any] = {
        "subject": "path/foundations", "title": "Foundations", "description": "What everyone needs.",
        "learner": "Mara Lindström", "language": "en", "lessons": (a_lesson(1), a_lesson(2)),
    }  # fmt: skip
    return Award(**(values | fields))


def a_credential(vault: Vault = KEY, **fields: Any) -> dict[str, Any]:
    """A signed credential for an_award(**fields)."""
    return issue(an_award(**fields), vault, NOW)
