"""How long what was asked is kept, where the organisation has decided that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from desktop_app.jobs import Job, Progress
from desktop_app.records.conversations import Expired
from desktop_app.records.learner import LearnerRepository
from desktop_app.sandbox.states import StateFiles


def expire(open_records: Callable[[], LearnerRepository], days: int, now: datetime) -> Job[Expired]:
    """Delete what was last used more than days ago, for good, and return how much that was.

    The records are opened on the thread that steps through.
    """
    yield Progress(0, None, "Deleting what is older than your organisation keeps")
    records = open_records()
    try:
        expired = records.expire(now - timedelta(days=days))
        if expired:  # what the model had read of it lies beside the records
            StateFiles(records.locations.states, lambda: records.vault).erase()
        return expired
    finally:
        records.close()


def kept_words(days: int | None) -> str:
    """How long conversations and the texts of runs are kept, for the privacy section."""
    if days is None:
        return "kept until you delete them"
    return f"kept {days:,} {'day' if days == 1 else 'days'}, set by your organisation"
