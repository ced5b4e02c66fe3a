"""Histories that were tampered with, merged or half-written; two curators at once; a share that fails. Nothing becomes usable
that nobody approved, the rest still loads, and what is wrong is named with file and line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from desktop_app.errors import AppError, ContentError, StoreError
from desktop_app.prompts import deciding
from desktop_app.prompts.deciding import ConflictError, DecisionError, Signer
from desktop_app.prompts.decision_files import signed_text
from desktop_app.prompts.library import PromptLibrary, lint, read_prompt
from tests.helpers.command import unprivileged
from tests.helpers.deciding import ANA, BEN, CARA, EVE, ID, Share, at, curators_text, share
from tests.helpers.prompt_files import write_prompt

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shared(tmp_path: Path) -> Share:
    """Version 1 submitted by Ana and approved by Ben; version 2 a draft; a second prompt that must never suffer."""
    shared = share(tmp_path / "library")
    write_prompt(shared.library, "other-prompt")
    shared.approve(1)
    return shared


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def unusable(shared: Share, said: str) -> str:
    """Check that version 1 cannot be used, that its file is named, and that the other prompt is fine; return what is said."""
    standing = shared.standing(1)
    assert not standing.usable, standing
    assert PromptLibrary([shared.library]).usable("other-prompt").version == 1
    problems = shared.problems()
    assert any(said in problem for problem in problems), problems
    return standing.reason


# -- edited and forged -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("by: Ben Ruiz", "by: Cara Obi"),
        ("action: approve", "action: take"),
        ('reason: ""', "reason: Looks good."),
        ("approved: 1", "approved: 1\n  pilot: 2"),
        ("version: 1", "version: 2"),
    ],
)
def test_an_edited_decision_is_named_and_counts_no_more(shared: Share, old: str, new: str) -> None:
    change(shared.file(2), old, new)
    unusable(shared, "approvals/0002.yml:")
    [said, *_] = shared.problems()
    assert "The signature does not fit: something was changed after" in said
    assert shared.prompt.history.decisions[1].problem and shared.prompt.history.conflict


def test_an_edited_withdrawal_does_not_make_the_prompt_usable_again(shared: Share) -> None:
    deciding.withdraw(shared.version(), CARA, reason="leaks names")
    change(shared.file(3), "leaks names", "nothing much")
    assert "cannot be relied on (0003.yml: The signature does not fit" in unusable(shared, "0003.yml:")


def test_a_submission_after_a_damaged_end_opens_nothing(tmp_path: Path) -> None:
    shared = share(tmp_path, curators=curators_text(ANA, BEN, CARA, everyone=["submit"]))
    shared.approve(1)
    deciding.withdraw(shared.version(1), CARA, reason="leaks names")
    change(shared.file(3), "leaks", "likes")
    deciding.submit(shared.version(2), EVE, expected=3)
    assert not shared.standing(1).usable and shared.prompt.history.conflict


def test_an_edited_middle_is_noticed_by_the_decision_after_it(shared: Share) -> None:
    shared.approve(2)
    change(shared.file(2), 'reason: ""', "reason: Fine.")
    problems = shared.problems()
    assert any(
        said.startswith("answer-invoice/approvals/0002.yml:13:1: The signature does not fit") for said in problems
    )
    assert any("0003.yml" in said and "0002.yml was changed after Ana Lind decided this" in said for said in problems)


def test_history_can_be_mended_by_looking_and_deciding_again(shared: Share) -> None:
    change(shared.file(2), "Ben Ruiz", "Cara Obi")
    with pytest.raises(ConflictError, match="name it as the last decision you saw: 2"):
        deciding.approve(shared.version(), CARA)
    deciding.approve(shared.version(), CARA, expected=2)
    assert shared.standing().state == "approved" and shared.problems() == []
    assert shared.prompt.history.decisions[1].problem  # the history still tells


def test_a_forged_signature_counts_for_nothing(shared: Share) -> None:
    decision = shared.prompt.history.decisions[-1]
    forged = replace(decision, version=2, content_hash=shared.version(2).content_hash, labels={"approved": 2})
    shared.file(2).write_text(signed_text(ID, forged, EVE.vault))  # says it is Ben's key, signed with Eve's
    assert shared.standing(2).state != "approved" and not shared.standing(2).usable
    unusable(shared, "0002.yml:13:1: The signature does not fit")


def test_a_strangers_valid_signature_counts_for_nothing(shared: Share) -> None:
    decision = shared.prompt.history.decisions[-1]
    own = replace(decision, by=EVE.name, key=EVE.key)
    shared.file(2).write_text(signed_text(ID, own, EVE.vault))
    unusable(shared, f"the key {EVE.key} is not in curators.yml")


@pytest.mark.parametrize("who", [ANA, Signer("Ben Ruiz", ANA.key, ANA.vault)])
def test_approving_ones_own_submission_by_hand_counts_for_nothing(shared: Share, who: Signer) -> None:
    decision = replace(shared.prompt.history.decisions[-1], by=who.name, key=who.key)
    shared.file(2).write_text(signed_text(ID, decision, who.vault))
    unusable(shared, "with the same key or name" if who is ANA else "the key is Ana Lind's according to curators.yml")


def test_smuggled_labels_count_for_nothing(shared: Share) -> None:
    deciding.submit(shared.version(2), ANA)
    decision = replace(shared.prompt.history.decisions[-1], labels={"approved": 2})
    shared.file(3).write_text(signed_text(ID, decision, ANA.vault))
    assert shared.prompt.labels == {"approved": 1} and shared.standing(1).usable
    assert any("0003.yml" in said and "it moves labels that it may not move" in said for said in shared.problems())


# -- copied and replayed -----------------------------------------------------------------------------------------------------


def test_an_approval_copied_from_another_prompt_counts_for_nothing(shared: Share) -> None:
    write_prompt(shared.library, "another-one")  # the same text, so even the content's hash fits
    target = shared.library / "another-one"
    shutil.copytree(shared.folder / "approvals", target / "approvals")
    shutil.copy(shared.folder / "labels.yml", target)
    prompt, problems = read_prompt(target)
    assert prompt is not None and not prompt.standing(1).usable
    assert "This decision was made for another prompt, answer-invoice." in str(problems[0])
    assert shared.standing().usable


def test_an_old_approval_replayed_counts_for_nothing(shared: Share) -> None:
    deciding.withdraw(shared.version(), CARA, reason="leaks names")
    shutil.copy(shared.file(2), shared.file(4))
    assert shared.standing().state == "withdrawn"
    assert any("This is decision 2 under another number." in said for said in shared.problems())


def test_an_approval_of_one_version_says_nothing_about_another(shared: Share) -> None:
    (shared.folder / "2.prompt.yml").write_bytes(b"# mine\n" + (shared.folder / "1.prompt.yml").read_bytes())
    shutil.copy(shared.file(2), shared.file(3))
    assert shared.standing(2).state == "draft" and not shared.standing(2).usable


# -- gaps, forks, strays, rubbish ----------------------------------------------------------------------------------------------


def test_a_missing_number_is_named(shared: Share) -> None:
    shared.approve(2)
    shared.file(2).unlink()
    shared.file(3).unlink()
    unusable(shared, "0002.yml to 0003.yml before it is missing")
    assert not shared.standing(2).usable


def test_two_that_follow_the_same_decision_are_a_conflict_to_look_at(shared: Share, tmp_path: Path) -> None:
    elsewhere = Share(tmp_path / "clone")
    shutil.copytree(shared.library, elsewhere.library)
    deciding.withdraw(shared.version(), CARA, reason="leaks names")
    deciding.label(elsewhere.version(), BEN, "pilot")
    shutil.copy(elsewhere.file(3), shared.file(4))  # merged by giving it the next number
    assert any("This is decision 3 under another number" in said for said in shared.problems())
    assert shared.standing().state == "withdrawn"
    forged = replace(elsewhere.prompt.history.decisions[-1], number=4)
    shared.file(4).write_text(signed_text(ID, forged, BEN.vault))
    assert any("without having seen decision 3: both follow the same one" in said for said in shared.problems())
    deciding.label(shared.version(2), BEN, "pilot", expected=4)
    assert shared.problems() == [] and shared.standing().state == "withdrawn"


def test_a_copy_made_by_a_sync_program_is_named_and_changes_nothing(shared: Share) -> None:
    shutil.copy(shared.file(2), shared.folder / "approvals" / "0002 (conflicted copy).yml")
    assert any("two people decided at the same time" in said for said in shared.problems())
    assert shared.standing().usable
    (shared.folder / "approvals" / ".0003.yml.tmp").write_text("half")
    (shared.folder / "approvals" / "README.md").write_text("notes")
    assert len(shared.problems()) == 1


RUBBISH: dict[str, bytes] = {
    "empty": b"",
    "a list": b"- 1\n",
    "no yaml": b"action: [approve\n",
    "not text": b"\xff\xfe\x00",
    "merge marks": b"<<<<<<< HEAD\naction: approve\n=======\naction: reject\n>>>>>>> theirs\n",
    "aliases": b"a: &a [1]\nb: [*a, *a]\n",
    "deep": b"[" * 500,
    "a bomb of 10,000 lines": b"".join(b"k%d: [[[[[[1]]]]]]\n" % n for n in range(10_000)),
    "huge": b"# " + b"x" * 2_000_000,
    "another format": b"prompt: answer-invoice\nnumber: 3\nspeed: fast\n",
}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
def test_a_decision_that_cannot_be_read_is_named_with_its_line(shared: Share, rubbish: bytes) -> None:
    shared.file(3).write_bytes(rubbish)
    _, problems = read_prompt(shared.folder)
    [said] = [problem for problem in problems if problem.path.name == "0003.yml"]
    assert isinstance(said, ContentError) and str(said).endswith((".", "?"))
    assert not shared.standing().usable
    shared.file(3).unlink()
    assert shared.standing().usable


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders")
def test_a_pipe_or_folder_among_the_decisions_is_named(shared: Share) -> None:
    os.mkfifo(shared.file(3))
    unusable(shared, "0003.yml: This is a pipe or a device")
    shared.file(3).unlink()
    shared.file(3).mkdir()
    unusable(shared, "0003.yml: The file cannot be read")


def test_a_clock_in_the_future_is_said_and_the_way_out_works(shared: Share) -> None:
    deciding.submit(shared.version(2), ANA)
    deciding.approve(shared.version(2), BEN, now=at("2999-01-01T00:00"))
    assert not shared.standing(2).usable
    assert any("0004.yml" in said and "is in the future. If a clock was wrong" in said for said in shared.problems())
    shared.file(4).unlink()
    deciding.approve(shared.version(2), BEN)
    assert shared.standing(2).state == "approved" and shared.problems() == []


def test_a_clock_that_is_late_follows_the_decision_before(shared: Share) -> None:
    late = deciding.label(shared.version(), BEN, "pilot", now=at("2020-01-01T00:00"))
    assert late.at == shared.prompt.history.decisions[1].at and shared.problems() == []


def test_a_decision_dated_back_by_hand_counts_for_nothing(shared: Share) -> None:
    deciding.withdraw(shared.version(), CARA, reason="x")
    back = replace(shared.prompt.history.decisions[-1], at=at("2020-01-01T00:00")())
    shared.file(3).write_text(signed_text(ID, back, CARA.vault))
    unusable(shared, "It is dated before decision 2")


# -- two at once, and killed in between --------------------------------------------------------------------------------------

_DECIDE = """
import sys
sys.path[:0] = [{root!r}]
from pathlib import Path
from tests.helpers.deciding import BEN, CARA, Share
from desktop_app.errors import AppError
from desktop_app.prompts import deciding
shared = Share(Path({library!r}))
who = {{"ben": BEN, "cara": CARA}}[sys.argv[1]]
seen, last = shared.version(2), shared.prompt.history.last
print("ready", flush=True)
sys.stdin.readline()
try:
    deciding.reject(seen, who, reason=f"by {{who.name}}", expected=last)
    print("decided")
except AppError as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""


def test_a_decision_made_while_another_is_prepared_is_named(shared: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the prompt and writing, somebody else decides: a moment that two processes seldom meet."""
    deciding.submit(shared.version(2), ANA)
    seen, last, read = shared.version(2), shared.prompt.history.last, deciding.read_ledger

    def overtaken(*given: Any) -> Any:
        monkeypatch.setattr(deciding, "read_ledger", read)
        deciding.reject(seen, BEN, reason="by Ben", expected=last)
        return read(*given)

    monkeypatch.setattr(deciding, "read_ledger", overtaken)
    with pytest.raises(deciding.ConflictError, match=r"Ben Ruiz .*decide again"):
        deciding.reject(seen, CARA, reason="by Cara", expected=last)
    assert shared.prompt.history.decisions[-1].reason == "by Ben" and shared.prompt.history.last == last + 1


def test_of_two_processes_deciding_at_once_one_is_told_what_the_other_did(shared: Share) -> None:
    deciding.submit(shared.version(2), ANA)
    code = _DECIDE.format(root=str(ROOT), library=str(shared.library))
    both = [
        subprocess.Popen([sys.executable, "-c", code, who], stdin=-1, stdout=-1, text=True, cwd=ROOT)
        for who in ("ben", "cara")
    ]
    for one in both:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = sorted(one.communicate()[0].strip() for one in both)
    assert said[1] == "decided" and said[0].startswith("ConflictError: "), said
    winner = shared.prompt.history.decisions[-1]
    assert winner.reason == f"by {winner.by}" and winner.by in said[0] and "decide again" in said[0]
    assert shared.prompt.history.last == 4 and shared.problems() == []


def test_what_somebody_else_decided_meanwhile_stops_the_act(shared: Share) -> None:
    seen, last = shared.version(), shared.prompt.history.last
    deciding.withdraw(shared.version(), CARA, reason="leaks names")
    with pytest.raises(ConflictError) as caught:
        deciding.label(seen, BEN, "pilot", expected=last)
    assert str(caught.value).startswith("Meanwhile Cara Obi withdrew version 1 on ")
    assert str(caught.value).endswith("(decision 3). Look at it, then decide again.")


def test_a_file_that_changed_or_vanished_since_it_was_seen_stops_the_act(shared: Share) -> None:
    seen = shared.version(2)
    with seen.path.open("a") as file:
        file.write("# changed\n")
    with pytest.raises(ConflictError, match=r"2\.prompt.yml was changed since you looked at it"):
        deciding.submit(seen, ANA)
    seen.path.unlink()
    with pytest.raises(ConflictError, match=r"2\.prompt.yml is gone"):
        deciding.submit(seen, ANA)


_KILLED = """
import os, signal, sys
sys.path[:0] = [{root!r}]
from pathlib import Path
from tests.helpers.deciding import BEN, Share
from desktop_app.prompts import deciding
deciding.{before} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
shared = Share(Path({library!r}))
deciding.approve(shared.version(2), BEN)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize(
    ("before", "holds", "last"), [("_write_labels", {"approved": 2}, 4), ("create_exclusively", {"approved": 1}, 3)]
)
def test_killed_between_the_writes_the_decision_holds_and_the_next_act_mends(
    shared: Share, before: str, holds: dict[str, int], last: int
) -> None:
    deciding.submit(shared.version(2), ANA)
    code = _KILLED.format(root=str(ROOT), library=str(shared.library), before=before)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (shared.folder / "labels.yml").read_text().endswith("approved: 1\n")
    assert shared.prompt.labels == holds and shared.prompt.history.last == last
    deciding.label(shared.version(1), BEN, "pilot")
    assert shared.prompt.labels == holds | {"pilot": 1} and shared.problems() == []


# -- shares that fail ----------------------------------------------------------------------------------------------------------


def test_a_read_only_library_is_read_and_refuses_decisions_whole(shared: Share) -> None:
    code = _DECIDE.format(root=str(ROOT), library=str(shared.library)).replace("deciding.reject(", "deciding.withdraw(")
    for folder in (shared.folder / "approvals", shared.folder):
        folder.chmod(0o555)
    try:
        done = subprocess.run(unprivileged("-c", code, "ben"), input="go\n", capture_output=True, text=True, cwd=ROOT)
    finally:
        for folder in (shared.folder, shared.folder / "approvals"):
            folder.chmod(0o755)
    assert "StoreError: " in done.stdout and "0003.yml cannot be written (Permission denied)" in done.stdout, done
    assert shared.prompt.history.last == 2 and shared.problems() == []


@pytest.mark.parametrize("step", ["fsync", "chmod", "mkstemp"])
def test_a_full_disk_leaves_nothing_half_written(shared: Share, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: Any, **__: Any) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile if step == "mkstemp" else os, step, full)
    with pytest.raises(StoreError, match=r"No space left on device.*Free space"):
        deciding.withdraw(shared.version(), BEN, reason="x")
    monkeypatch.undo()
    assert sorted(file.name for file in (shared.folder / "approvals").iterdir()) == ["0001.yml", "0002.yml"]


def test_a_folder_that_vanished_is_said(shared: Share) -> None:
    seen = shared.version()
    shutil.rmtree(shared.library)
    with pytest.raises(AppError, match="answer-invoice"):
        deciding.withdraw(seen, BEN, reason="x")
    assert not shared.library.exists()


def test_labels_that_cannot_be_written_are_said_and_the_decision_stands(
    shared: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> NoReturn:
        raise StoreError("labels.yml cannot be written (No space left on device).")

    monkeypatch.setattr(deciding, "write_atomically", full)
    with pytest.raises(StoreError, match=r"The decision itself stands \(0003\.yml\)"):
        deciding.label(shared.version(), BEN, "pilot")
    assert shared.prompt.labels == {"approved": 1, "pilot": 1}


def test_unreadable_labels_do_not_hide_what_was_decided(shared: Share) -> None:
    (shared.folder / "labels.yml").write_text("approved: [\n")
    assert shared.standing().state == "approved" and shared.prompt.labels == {"approved": 1}
    assert any("labels.yml:" in said for said in shared.problems())
    deciding.label(shared.version(), BEN, "pilot")
    assert shared.problems() == []


def test_lint_names_what_is_wrong_with_decisions_from_wherever_it_is_asked(shared: Share) -> None:
    change(shared.file(2), "Ben Ruiz", "Cara Obi")
    for place in (shared.library, shared.folder, shared.file(2)):
        assert any(one.path == shared.file(2) and "signature does not fit" in one.message for one in lint(place)), place
    assert lint(shared.file(1)) == []
    (shared.library / "curators.yml").write_text("curators: 1\n")
    for place in (shared.library, shared.folder, shared.library / "curators.yml"):
        [said] = [one for one in lint(place) if one.path.name == "curators.yml"]
        assert "curators must be a list" in str(said)


def test_lint_names_a_version_that_is_not_as_it_was_approved(shared: Share) -> None:
    assert lint(shared.library) == []
    with shared.version().path.open("a") as file:
        file.write("# quietly\n")
    for place in (shared.library, shared.folder, shared.version().path):
        [said] = lint(place)
        assert said.path == shared.version().path and "was changed after Ben Ruiz approved version 1" in str(said)


def test_reading_decisions_checks_each_signature_once(shared: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.prompts import decision_files

    calls: list[Callable[..., bool]] = []
    real = decision_files.signature_holds
    monkeypatch.setattr(decision_files, "signature_holds", lambda *a: calls.append(real) or real(*a))
    decision_files._read_before.clear()
    for _ in range(3):
        assert shared.standing().usable
    assert len(calls) == 2


def test_a_library_without_decisions_loads_no_cryptography(tmp_path: Path) -> None:
    write_prompt(tmp_path, labels="approved: 1\n")
    code = (
        "import sys; from pathlib import Path; from desktop_app.prompts.library import read_prompt\n"
        f"assert read_prompt(Path({str(tmp_path / ID)!r}))[0]\n"
        "print([name for name in sys.modules if name.startswith('cryptography')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n", done.stderr


def test_a_reason_without_end_is_refused(shared: Share) -> None:
    with pytest.raises(DecisionError, match="at most 2,000 characters; this one has 2,001"):
        deciding.reject(shared.version(), BEN, reason="x" * 2001)
