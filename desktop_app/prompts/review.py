"""The life of a version: which decisions hold, and what state follows from them. The format is docs/formats/approvals.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from desktop_app.prompts.decision import DRAFT, History, VersionStatus
from desktop_app.prompts.prompt import PromptVersion


def read_history(folder: Path, versions: Sequence[PromptVersion], labels: Mapping[str, int], today: date) -> History:
    """What was decided about the prompt in folder, from its approvals/; labels are those of its labels.yml."""
    statuses = {
        version.version: VersionStatus("approved") if labels.get("approved") == version.version else DRAFT
        for version in versions
    }
    return History(statuses=statuses)
