"""greenroom tour: the main job in a terminal, with the real model, leaving nothing behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.helpers.command import greenroom

PARTS = [
    "1. The sandbox proves that it is offline", "2. A step of the lesson", "3. Its question, answered wrongly first",
    "4. The guard reads what you type", "5. The library prompt", "6. What was recorded",
]  # fmt: skip


@pytest.mark.model
def test_the_tour_shows_every_part_and_keeps_nothing(profile: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("greenroom-tour-*"))
    done = greenroom("--profile", profile, "tour")
    text = done.stdout
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    places = [text.index(part) for part in PARTS]
    assert places == sorted(places)
    assert "ways out refused, proven by its own test at this start" in text
    assert ": not right." in text and ": right." in text
    assert "ines.falk@norwind.example" not in text.split(PARTS[3])[1], "the guard shows what it found masked"
    assert "[EMAIL-1]" in text and "[CARD-1]" in text
    answer = text.split("Answer: ")[1].split("\n\n")[0]
    assert answer.strip() and "tokens/s, seed 7" in text
    assert "2 answers, 1 run" in text and "The audit chain is whole." in text
    assert "Tour done." in text.splitlines()[-1]
    assert not profile.exists()
    assert set(Path(tempfile.gettempdir()).glob("greenroom-tour-*")) == before
