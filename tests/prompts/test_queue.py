"""What waits for curators, and what is still being written, read from library folders."""

from __future__ import annotations

from pathlib import Path

from desktop_app.jobs import finish
from desktop_app.prompts import deciding
from desktop_app.prompts.library import read_prompt
from desktop_app.prompts.queue import Waiting, read_queue, unsubmitted, writable
from tests.helpers.deciding import ANA, BEN, ID, share
from tests.helpers.prompt_files import write_prompt


def waiting(*libraries: Path) -> list[tuple[str, int | None, str]]:
    return [(one.id, one.version, one.state) for one in finish(read_queue(libraries))]


def test_nothing_waits_where_nobody_decided(tmp_path: Path) -> None:
    assert waiting(share(tmp_path / "a").library) == []


def test_a_submitted_version_waits_with_who_and_why(tmp_path: Path) -> None:
    made = share(tmp_path / "a")
    deciding.submit(made.version(2), ANA, reason="please")
    [one] = finish(read_queue([made.library]))
    assert one == Waiting(
        made.library, ID, 2, "submitted", "Answer an invoice question", "Ana Lind", one.at, "please", 1
    )


def test_folders_come_in_their_order_and_what_an_earlier_one_hides_is_left_out(tmp_path: Path) -> None:
    first, second = share(tmp_path / "z"), share(tmp_path / "a")
    write_prompt(second.library, "another")
    prompt, _ = read_prompt(second.library / "another")
    assert prompt is not None
    for version in (first.version(1), second.version(1), prompt.newest):
        deciding.submit(version, ANA)
    assert waiting(first.library, second.library) == [(ID, 1, "submitted"), ("another", 1, "submitted")]


def test_a_tampered_decision_is_named_by_its_place_in_the_prompt(tmp_path: Path) -> None:
    made = share(tmp_path / "a")
    made.approve(1)
    made.file(2).chmod(0o644)
    made.file(2).write_text(made.file(2).read_text("utf-8").replace("Ben Ruiz", "Eve Mallory"), "utf-8")
    conflicts = [one for one in finish(read_queue([made.library])) if one.version is None]
    assert {one.state for one in conflicts} == {"conflict"}
    assert conflicts[0].reason.startswith("approvals/0002.yml:")


def test_a_prompt_nobody_can_get_because_of_its_decisions_is_named(tmp_path: Path) -> None:
    made = share(tmp_path / "a")
    made.approve(2)
    made.version(2).path.unlink()
    [one] = finish(read_queue([made.library]))
    assert (one.id, one.state) == (ID, "problem") and "2.prompt.yml" in one.reason


def test_a_folder_that_is_not_there_has_nothing_waiting(tmp_path: Path) -> None:
    assert waiting(tmp_path / "gone") == [] and writable([tmp_path / "gone"]) == ()


def test_only_what_is_newer_than_the_last_decision_is_still_being_written(tmp_path: Path) -> None:
    made = share(tmp_path / "a")
    write_prompt(made.library, version=3)
    made.approve(2)
    assert [(one.version, state) for one, state in finish(unsubmitted([made.library]))] == [(3, "draft")]


def test_what_was_sent_back_is_being_written_again(tmp_path: Path) -> None:
    made = share(tmp_path / "a")
    deciding.submit(made.version(2), ANA)
    deciding.reject(made.version(2), BEN, reason="Too long")
    assert [(one.version, state) for one, state in finish(unsubmitted([made.library]))] == [(2, "rejected")]


def test_no_more_than_asked_for_are_listed(tmp_path: Path) -> None:
    for number in range(5):
        write_prompt(tmp_path, f"prompt-{number}")
    assert len(finish(unsubmitted([tmp_path], limit=3))) == 3
