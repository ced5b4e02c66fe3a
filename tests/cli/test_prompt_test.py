"""`greenroom prompt test` as people and pipelines meet it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from desktop_app.cli.prompt_test import _chosen
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.helpers.command import greenroom, sentence
from tests.helpers.prompt_files import write_prompt
from tests.helpers.prompt_suites import ONE_INPUT, SAYS_TENT

# Short answers of a small model: it goes on as the worked example did.
FACTS: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": "My rope is late."}, {"role": "assistant", "content": "Topic: delivery"},
        {"role": "user", "content": "The zip of my jacket broke."}, {"role": "assistant", "content": "Topic: repair"},
        {"role": "user", "content": "{{message}}"},
    ],
    "inputs": ONE_INPUT["inputs"],
    "modelParameters": {"temperature": 0, "repeatPenalty": 1.0, "maxTokens": 8},
    "tests": [{"vars": {"message": "My parcel is late."}, "assert": [{"type": "starts-with", "value": "Topic: "}]}],
}  # fmt: skip
WORSE = FACTS | {"messages": FACTS["messages"][-1:]}


def run(profile: Path, library: Path, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return greenroom("--profile", profile, "--library", library, "prompt", "test", *arguments, **options)


@pytest.mark.model
def test_a_prompt_passes_then_gets_worse_and_a_pipeline_sees_both(profile: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    write_prompt(library, "name-topic", **FACTS)
    first = run(profile, library, "name-topic", "--seeds", 2, "--save")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("ok    name-topic@1") and "2 of 2 passed" in first.stdout
    assert json.loads((library / "results.json").read_text("utf-8"))["results"][0]["passed"] == 2

    again = run(profile, library, "name-topic", "--seeds", 2, "--format", "json", "--out", tmp_path / "all.json")
    document = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert again.returncode == 0 and again.stdout == "" and document["versions"][0]["from_store"] == 2

    write_prompt(library, "name-topic", **WORSE)
    worse = run(profile, library, "name-topic")
    assert worse.returncode == 1 and "Regression: name-topic@1" in worse.stdout
    before, now = worse.stdout.partition("  before:")[2].split("  now:")
    assert "| Topic:" in before and "| Topic:" not in now.partition("runs passed")[0]

    elsewhere = run(tmp_path / "new-profile", library, "name-topic", "--format", "junit")
    root = ElementTree.fromstring(elsewhere.stdout.encode())
    assert elsewhere.returncode == 1 and root.get("failures") == "1"
    assert root[0][0][0].get("type") == "regressed", "results.json says what passed"


@pytest.mark.model
def test_versions_are_compared(profile: Path, tmp_path: Path) -> None:
    write_prompt(tmp_path, "name-topic", 1, **WORSE)
    write_prompt(tmp_path, "name-topic", 2, **FACTS)
    better = run(profile, tmp_path, "name-topic", "--compare", 1, 2)
    assert better.returncode == 0 and "Improved: name-topic" in better.stdout
    assert better.stdout.index("version 1:") < better.stdout.index("version 2:")
    worse = run(profile, tmp_path, "name-topic", "--compare", 2, 1)
    assert worse.returncode == 1 and "Regression: name-topic" in worse.stdout
    both = run(profile, tmp_path, "name-topic", "--versions", "all")
    assert both.returncode == 0 and both.stdout.startswith("old   name-topic@1")


@pytest.mark.model
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_keeps_what_was_done_and_says_how_to_go_on(profile: Path, tmp_path: Path) -> None:
    slow = FACTS | {"modelParameters": {"temperature": 0.8, "maxTokens": 60}}
    write_prompt(tmp_path, "name-topic", **slow)
    command = [sys.executable, "-m", "desktop_app", "--profile", str(profile), "--library", str(tmp_path),
               "prompt", "test", "name-topic", "--seeds", "100"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    database = profile / "results.db-wal"
    while process.poll() is None and not (database.exists() and database.stat().st_size > 60_000):
        with suppress(subprocess.TimeoutExpired):  # until some answers were kept
            process.wait(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "goes on from there" in err and "Traceback" not in err
    assert "name-topic@1" in out


def test_what_cannot_be_tested_is_said(profile: Path, tmp_path: Path) -> None:
    write_prompt(tmp_path, "no-tests")
    write_prompt(tmp_path, "broken-tests", **(ONE_INPUT | {"tests": [{"assert": [{"type": "python", "value": "1"}]}]}))
    write_prompt(tmp_path, "fine", **(ONE_INPUT | {"tests": SAYS_TENT}))
    assert "No tests: no-tests@1" in sentence(run(profile, tmp_path, "no-tests"))
    assert "runs code" in sentence(run(profile, tmp_path, "broken-tests"), tmp_path / "broken-tests" / "1.prompt.yml:")
    sentence(run(profile, tmp_path, "nothing-here"), "nothing-here")
    sentence(run(profile, tmp_path, "fine", "--model", "missing.gguf"), "missing.gguf")
    sentence(run(profile, tmp_path, "fine", "--model", "unheard-of"), "unheard-of")


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["--all", "x"], ["a", "--seeds", 0], ["--all", "--compare", 1, 2], ["a@1", "--compare", 1, 2],
        ["sort-expense-line", "--compare", 1, 1], ["sort-expense-line", "--compare", 1, 2, "--save"],
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2(profile: Path, tmp_path: Path, arguments: list[object]) -> None:
    assert run(profile, tmp_path, *arguments).returncode == 2


def test_a_broken_test_does_not_keep_the_rest_of_a_library_from_its_tests(profile: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    write_prompt(library, "fine", 1, **(ONE_INPUT | {"tests": SAYS_TENT}))
    write_prompt(library, "fine", 2, **(ONE_INPUT | {"tests": SAYS_TENT}))
    write_prompt(library, "untested", **ONE_INPUT)
    broken = write_prompt(
        library, "broken", **(ONE_INPUT | {"tests": [{"assert": [{"type": "python", "value": "1"}]}]})
    )
    services = Services(Locations(profile, (), (library,), Locations.find().resources))
    chosen, older, problems = _chosen(services, (), "all")
    assert [(each.version.id, each.version.version) for each in chosen] == [("fine", 1), ("fine", 2)]
    assert older == {("fine", 1)} and [problem.path for problem in problems] == [broken]
