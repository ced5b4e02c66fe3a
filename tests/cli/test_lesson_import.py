"""greenroom lesson import, as a trainer runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.helpers.command import greenroom, sentence

GIFT = "::Q::What? {=a#yes ~%25%b ~c}\n\nEssay {}\n"


def test_drafts_are_written_and_every_loss_is_a_line(tmp_path: Path) -> None:
    source = tmp_path / "basics.gift"
    source.write_text(GIFT)
    done = greenroom("lesson", "import", source, "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert (
        f"{source}:1: changed: An answer worth 25 % there is worth 0 % here: weights follow from the number of right ones."
        in lines
    )
    assert any(line.startswith(f"{source}:3: changed: ") for line in lines)
    assert f"Wrote {tmp_path / 'out' / 'basics' / 'lesson.md'}" in done.stderr
    checked = greenroom("lesson", "lint", tmp_path / "out")
    assert checked.returncode == 0
    assert "0 errors" in checked.stderr


def test_as_json(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.gift", tmp_path / "bad.gift"
    good.write_text(GIFT)
    bad.write_text("No question {~a ~b}\n")
    done = greenroom("lesson", "import", good, bad, "--to", tmp_path / "out", "--json")
    assert done.returncode == 1
    first, second = json.loads(done.stdout)
    assert (first["questions"], first["problem"], first["notes"][1]["line"]) == (1, "", 1)
    assert set(first["notes"][0]) == {"line", "what", "severity"}
    assert (second["files"], second["problem"]) == ([], "Nothing in the file could be imported.")
    assert (tmp_path / "out" / "good" / "lesson.md").is_file()


def test_what_is_there_stays(tmp_path: Path) -> None:
    source = tmp_path / "a.gift"
    source.write_text(GIFT)
    assert greenroom("lesson", "import", source, "--to", tmp_path).returncode == 0
    assert "exists already, and nothing is overwritten" in sentence(
        greenroom("lesson", "import", source, "--to", tmp_path)
    )


def test_wrong_use(tmp_path: Path) -> None:
    assert greenroom("lesson", "import", tmp_path / "none.gift", "--to", tmp_path).returncode == 2
    assert greenroom("lesson", "import").returncode == 2
