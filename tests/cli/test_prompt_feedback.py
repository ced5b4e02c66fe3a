"""greenroom prompt feedback: what a person said is handed on as a file, and the curators' figures come out of many."""

from __future__ import annotations

import json
from pathlib import Path

from desktop_app.records.learner import LearnerRepository
from desktop_app.records.usage import Feedback
from desktop_app.storage.locations import Locations
from tests.helpers.command import greenroom


def person(profile: Path, *said: Feedback, uses: int = 1) -> Path:
    learner = LearnerRepository(Locations.find(profile))
    for one in said:
        learner.usage.save_feedback(one)
    for _ in range(uses):
        learner.usage.add_use("offer-facts", 2, "ab" * 32, "run")
    learner.close()
    return profile


def test_two_people_hand_on_what_they_found_and_the_curator_sees_what_to_mend(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    no = Feedback("offer-facts", 2, "ab" * 32, "no", 2, "missing", -3)
    yes = Feedback("message-facts", 1, "ab" * 32, "yes", 5, "", 10)
    for name, said in (("ines", no), ("omar", yes)):
        done = greenroom(
            "--profile", person(tmp_path / name, said), "prompt", "feedback", "--out", inbox / f"{name}.json"
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    curator = person(tmp_path / "curator", uses=5)
    shown = greenroom("--profile", curator, "prompt", "feedback", inbox)
    assert shown.stdout.splitlines()[0] == ("offer-facts@2  uses 7  goal met 0% of 1  rating 2.0  minutes saved -3"), (
        shown.stdout + shown.stderr
    )
    rows = json.loads(greenroom("--profile", curator, "prompt", "feedback", inbox, "--json").stdout)
    assert [(row["prompt_id"], row["people"]) for row in rows] == [("offer-facts", 3), ("message-facts", 1)]


def test_a_broken_file_is_named_and_the_rest_is_counted(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    done = greenroom("--profile", person(tmp_path / "me"), "prompt", "feedback", broken)
    assert done.returncode == 1 and "broken.json" in done.stderr and "offer-facts@2" in done.stdout


def test_comments_go_only_into_a_file(tmp_path: Path) -> None:
    done = greenroom("--profile", tmp_path / "me", "prompt", "feedback", "--comments")
    assert done.returncode == 2 and "--out" in done.stderr
