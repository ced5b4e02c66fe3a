"""`greenroom sandbox compare` as people and scripts meet it."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.command import Done, greenroom, sentence

SEEDS = ("--column", "max_tokens=6,seed=1,text=Name one use of {{topic}}.",
         "--column", "max_tokens=6,seed=2,text=Name one use of {{topic}}.")  # fmt: skip
LONG = tuple(text.replace("max_tokens=6", "max_tokens=60") for text in SEEDS)


def compare(profile: Path, *arguments: object) -> Done:
    return greenroom("--profile", profile, "sandbox", "compare", *arguments)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "topics.csv"
    file.write_text("topic,note\na tent,x\nMail anna@example.org,y\n", encoding="utf-8")
    return file


@pytest.mark.model
def test_two_seeds_on_a_table_are_kept_exported_and_read_again(
    profile: Path, tmp_path: Path, table: Path, file_keyring: dict[str, str]
) -> None:
    out = tmp_path / "out.csv"
    done = compare(profile, *SEEDS, "--table", table, "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 of 4 answers, the columns differ in ")
    assert "Not used, because no input has that name: note" in done.stderr
    assert "Guard: One e-mail address in 1 of 2 rows." in done.stderr and "in what is written to out.csv" in done.stderr
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert [row["topic"] for row in rows] == ["a tent", "Mail anna@example.org"] and rows[0]["A: seed 1"]

    again = compare(profile, "--resume", "last", "--json")
    document = json.loads(again.stdout)
    assert again.returncode == 0 and document["id"] in done.stdout
    assert [row["answers"][0]["text"] for row in document["rows"]] == [row["A: seed 1"] for row in rows]


@pytest.mark.model
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize(("sent", "code"), [("SIGINT", 130), ("SIGKILL", -9)])
def test_ctrl_c_or_a_kill_keeps_what_was_done_and_resume_does_only_the_rest(
    profile: Path, table: Path, file_keyring: dict[str, str], sent: str, code: int
) -> None:
    command = [sys.executable, "-m", "desktop_app", "--profile", profile, "sandbox", "compare", *LONG, "--table", table]
    running = subprocess.Popen(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | file_keyring,
    )
    database = profile / "learner.db"
    while not _kept(database) and running.poll() is None:
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.05)
    running.send_signal(getattr(signal, sent))
    _, errors = running.communicate(timeout=60)
    assert running.returncode == code and ("What was done is kept" in errors) == (sent == "SIGINT"), errors
    kept = _kept(database)
    assert 1 <= len(kept) < 4

    rest = compare(profile, "--resume", "last")
    assert rest.returncode == 0 and "4 of 4 answers" in rest.stdout
    assert kept.items() <= _kept(database).items(), "what was there was not made again"


def _kept(database: Path) -> dict[str, bytes]:
    if not database.exists():
        return {}
    with closing(sqlite3.connect(database, timeout=5)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'comparison_cells'").fetchone():
            return {}
        return dict(db.execute("SELECT id, text_sealed FROM comparison_cells"))


def test_what_is_wrong_with_a_table_is_named_with_its_lines_and_nothing_runs(profile: Path, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text('topic\nfine\na,b\n"open\n', encoding="utf-8")
    done = compare(profile, *SEEDS, "--table", file)
    assert done.returncode == 1 and done.stdout == ""
    assert f"{file}:3: This row has 2 cells" in done.stderr and f'{file}:4: A quote (")' in done.stderr
    assert "nothing was run" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((*SEEDS, "--set", "subject=x"), "'subject'"),
        ((*SEEDS,), "Topic is needed"),
        (("--column", "prompt=no-such-prompt", *SEEDS), "no-such-prompt"),
        (("--column", "model=no-such-model,text=x", *SEEDS), "no-such-model"),
        (("--column", "colour=red", *SEEDS), "colour"),
        (SEEDS[:2], "2 to 4 columns"),
        (("--resume", "feed"), "feed"),
        (("--resume", "last"), "no comparison"),
    ],
)
def test_a_mistake_is_one_sentence(profile: Path, arguments: tuple[str, ...], name: str) -> None:
    sentence(compare(profile, *arguments), name)


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("--resume", "last", *SEEDS), (*SEEDS, "--out", "answers.xlsx"),
        (*SEEDS, "--set", "topic=x", "--table", __file__), (*SEEDS, "--set", "topic"),
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(profile: Path, arguments: tuple[str, ...]) -> None:
    done = compare(profile, *arguments)
    assert done.returncode == 2 and "Error:" in done.stderr


def test_a_tables_header_does_not_steer_the_terminal(profile: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("no\x1b]0;owned\x07tes\n1\n", "utf-8")
    done = compare(profile, "--column", "text=Say {{notes}}", "--column", "text=Tell {{notes}}", "--table", odd)
    assert done.returncode == 1 and "owned" in done.stderr and not set(done.stderr) & set("\x1b\x07")
