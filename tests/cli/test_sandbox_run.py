"""greenroom sandbox run, with the real model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.helpers.command import Done, greenroom, sentence

NOTICE = "notice=The canteen is closed on Friday because the kitchen is being painted. Please bring your own lunch."

pytestmark = pytest.mark.model


def run(profile: Path, *arguments: object, stdin: str = "") -> Done:
    return greenroom("--profile", profile, "sandbox", "run", *arguments, stdin=stdin)


def test_the_same_seed_gives_the_same_text(profile: Path) -> None:
    runs = [run(profile, "--prompt", "shorten-notice", "--set", NOTICE, "--seed", 7) for _ in range(2)]
    assert [done.returncode for done in runs] == [0, 0], runs[0].stderr
    assert runs[0].stdout == runs[1].stdout and runs[0].stdout.strip()
    assert "seed 7; a small model, often wrong: check it]" in runs[0].stderr

    services = Services(Locations.find(profile))
    recorded = services.learner.runs()
    services.close()
    assert [(one.prompt_id, one.seed, one.stop_reason) for one in recorded] == [
        ("shorten-notice", 7, recorded[0].stop_reason)
    ] * 2
    assert recorded[0].completion_tokens > 0 and recorded[0].model_id


def test_json_holds_the_text_and_nothing_else_is_printed(profile: Path) -> None:
    done = run(profile, "-", "--json", "--seed", 3, "--max-tokens", 8, stdin="Name a colour.")
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert document["text"].strip() and document["completion_tokens"] <= 8 and document["seed"] == 3


def test_the_guard_speaks_up_before_the_answer(profile: Path) -> None:
    done = run(profile, "Write to ines.falk@norwind.example", "--max-tokens", 2)
    assert done.returncode == 0
    assert done.stderr.startswith("Guard: ") and "e-mail address" in done.stderr.splitlines()[0]
    assert "ines.falk" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--prompt", "shorten-notise"], "Did you mean shorten-notice"),
        (["--prompt", "shorten-notice@nowhere"], 'no label "nowhere"'),
        (["--prompt", "shorten-notice", "--set", "colour=red"], "no input 'colour'"),
        (["--prompt", "shorten-notice"], "is needed."),
        (["  "], "There is no prompt yet."),
        (["-"], "There is no prompt yet."),
    ],
)
def test_what_cannot_run_is_one_sentence(profile: Path, arguments: list[str], words: str) -> None:
    assert words in sentence(run(profile, *arguments))


def test_interrupting_is_130_and_what_was_written_stays_on_the_screen(profile: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "desktop_app",
        "--profile",
        str(profile),
        "sandbox",
        "run",
        "Count to one thousand: 1, 2, 3,",
    ]
    with subprocess.Popen(
        [*command, "--max-tokens", "1024", "--seed", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        first = os.read(process.stdout.fileno(), 1)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
    assert first and process.returncode == 130
    assert "Traceback" not in said and "Error" not in said


def test_a_schema_makes_the_answer_json_or_says_how_much_of_it_is_there(profile: Path, tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"colour": {"enum": ["red", "blue"]}, "size": {"type": "integer", "minimum": 1, "maximum": 9}},
    }
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(schema | {"required": ["colour", "size"]}), "utf-8")
    done = run(profile, "Name a colour and a size.", "--schema", file, "--seed", 3, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["problem"]) == (0, "") and json.loads(document["text"]) == document["value"]
    assert document["value"]["colour"] in ("red", "blue")

    cut = run(profile, "Name a colour and a size.", "--schema", file, "--seed", 3, "--max-tokens", 3)
    assert cut.returncode == 1 and "ran out of tokens: none of the 2 fields are there" in cut.stderr

    file.write_text('{"properties": {"a": {"uniqueItems": true}}}', "utf-8")
    refused = run(profile, "Name a colour.", "--schema", file)
    assert refused.returncode == 1 and '“a” uses "uniqueItems"' in sentence(refused)
