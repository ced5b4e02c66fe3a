"""The time, as everything that is recorded takes it; repositories accept another clock for tests."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)
