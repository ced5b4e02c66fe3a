"""A learner's session that is killed anywhere: what was acknowledged is stored once, and its chain is whole."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.jobs import finish
from desktop_app.lessons.schedule import Schedule
from desktop_app.records.learning import Review
from desktop_app.services import Services
from tests.helpers.command import files_below
from tests.helpers.learning import MARKER, content, only

KILLS = 8
LEARNER = Path(__file__).parents[1] / "helpers" / "learning.py"


@pytest.mark.parametrize("doing", ["answers", "exercises", "reviews", "certificates"])
def test_killed_again_and_again(doing: str, profile: Path, tmp_path: Path, file_keyring: dict[str, str]) -> None:
    folder = content(tmp_path / "content")
    environment = os.environ | file_keyring | {"PYTHONPATH": str(Path(__file__).parents[2])}
    said = 0
    for kill in range(KILLS):
        command = [sys.executable, str(LEARNER), str(profile), str(folder), doing]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as learner:
            assert learner.stdout is not None
            heard = []
            while len(heard) < 1 + 2 * (kill % 4) and (line := learner.stdout.readline()):
                heard.append(line)
            learner.send_signal(signal.SIGKILL)
            heard += learner.stdout.read().split("\n")[:-1]  # a half-written line was not said
        assert heard, "it came to nothing"
        said += len(heard)
        services = Services(only(profile, folder))
        assert services.unlock_vault().is_open
        check(services, doing, said, kill + 1)
        services.close()
        assert not [name for name, data in files_below(profile).items() if MARKER.encode() in data]
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def check(services: Services, doing: str, said: int, kills: int) -> None:
    """Everything said is stored; at most one thing more for each kill."""
    learner = services.learner
    report = finish(learner.audit.verify(learner.vault))
    assert report.is_whole and report.signed, report
    if doing in ("answers", "exercises"):
        attempts = learner.attempts("every-kind")
        assert said <= len(attempts) <= said + kills
        numbers: dict[str, list[int]] = {}
        for attempt in attempts:
            numbers.setdefault(attempt.question_id, []).append(attempt.number)
        assert all(given == list(range(1, len(given) + 1)) for given in numbers.values())
        typed = [attempt for attempt in attempts if attempt.question_id in ("word", "gaps")]
        assert all(MARKER in attempt.typed for attempt in typed)
    elif doing == "reviews":
        log = learner.reviews.log()
        assert said <= len(log) <= said + kills
        by_question: dict[tuple[str, str], list[Review]] = {}
        for review in log:
            by_question.setdefault((review.lesson_id, review.question_id), []).append(review)
        schedule = Schedule()
        for key, reviews in by_question.items():
            *_, last = schedule.replay(reviews)
            card = learner.reviews.card(*key)
            assert card is not None and (card.due, card.last_review) == (last.due, last.last_review)
    else:
        made = learner.certificates.all()
        assert said <= len(made) <= said + kills
        assert all(one.certificate is not None and MARKER in one.certificate.award.learner for one in made)
