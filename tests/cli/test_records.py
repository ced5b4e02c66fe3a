"""greenroom records."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from certificates import a_credential, an_award
from click.testing import CliRunner, Result

from desktop_app.cli.root import root
from desktop_app.records.credentials import credential_bytes
from desktop_app.records.learning import Review
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.helpers.command import greenroom, sentence


@pytest.fixture
def filled(profile: Path) -> Path:
    """A profile with one lesson begun."""
    services = Services(Locations.find(profile))
    lesson = services.lessons.lessons()[0]
    services.learner.open_step(lesson.id, lesson.version, lesson.steps[0].key)
    services.learner.finish_step(lesson.id, lesson.steps[0].key)
    services.close()
    return profile


def run(profile: Path, *arguments: object) -> Result:
    return CliRunner().invoke(root, ["--profile", str(profile), "records", *map(str, arguments)])


def tamper(database: Path, sql: str = "UPDATE audit_events SET data = '{}' WHERE seq = 1") -> None:
    with closing(sqlite3.connect(database)) as db, db:
        assert db.execute(sql).rowcount > 0


def test_progress_lists_every_lesson(filled: Path) -> None:
    rows = json.loads(run(filled, "progress", "--json").stdout)
    assert [row["state"] for row in rows if row["steps_done"]] == ["started"]
    assert {row["state"] for row in rows if not row["steps_done"]} <= {"not started"}
    assert "started      1/" in run(filled, "progress").stdout


def test_progress_says_how_far_each_path_is_and_when_it_is_due(profile: Path) -> None:
    services = Services(Locations.find(profile))
    path = services.lessons.paths_for("everyone")[0]
    opened = datetime.now(UTC)
    first = services.lessons.get(path.lessons[0])
    services.learner.open_step(first.id, first.version, first.steps[0].key)
    services.learner.finish_lesson(first.id, score=0.9, passed=True)
    services.close()
    said = run(profile, "progress").stdout
    assert f"{path.title}: 1 of {len(path.lessons)} lessons passed, " in said
    assert f"due in {path.within_days} days" in said
    assert f"90%  {first.title}" in said
    rows = {row["lesson"]: row for row in json.loads(run(profile, "progress", "--json").stdout)}
    due = (opened.astimezone() + timedelta(days=path.within_days or 0)).date()
    assert rows[first.id]["due"] == due.isoformat() and rows[first.id]["overdue"] is False
    assert (rows[first.id]["state"], rows[first.id]["minutes_left"], rows[first.id]["paths"]) == (
        "passed",
        0,
        [path.id],
    )
    assert rows[path.lessons[1]]["minutes_left"] == services.lessons.get(path.lessons[1]).duration_minutes


def test_progress_counts_what_is_due_for_review(filled: Path) -> None:
    services = Services(Locations.find(filled))
    lesson = services.lessons.lessons()[0]
    long_ago = datetime.now(UTC) - timedelta(days=30)
    card = services.reviews.schedule.review((lesson.id, lesson.questions[0].id), None, 3, long_ago.date())
    review = Review(0, card.lesson_id, card.question_id, long_ago, 3, None, 2)
    services.learner.reviews.enrol(lesson.id, [(card, review)])
    services.close()
    rows = {row["lesson"]: row["review_due"] for row in json.loads(run(filled, "progress", "--json").stdout)}
    assert rows.pop(lesson.id) == 1 and set(rows.values()) == {0}
    assert "Due for review: 6 questions, 5 of them rules" in run(filled, "progress").stdout


def test_a_whole_chain_without_a_keyring(filled: Path) -> None:
    done = run(filled, "verify")
    assert done.exit_code == 0 and done.stderr == ""
    assert done.stdout.startswith(
        f"{filled / 'learner.db'}: 2 entries, the chain is whole; not signed: This computer has no"
    )
    document = json.loads(run(filled, "verify", "--json").stdout)
    assert document["is_whole"] is True and document["signed"] is False and document["events"] == 2


def test_a_signed_chain(filled: Path, file_keyring: dict[str, str]) -> None:
    services = Services(Locations.find(filled))
    services.unlock_vault()
    services.close()
    assert run(filled, "verify").stdout.endswith("its signature holds\n")
    document = json.loads(run(filled, "verify", "--json").stdout)
    assert document["signed"] is True and document["key"] == "in the keyring"


def test_an_altered_copy_is_found_and_the_original_is_whole(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(filled, copy)
    tamper(copy / "learner.db")
    done = run(filled, "verify", copy / "learner.db")
    assert done.exit_code == 1 and done.stdout == ""
    assert done.stderr.startswith(f"greenroom: {copy / 'learner.db'}: Entry 1 was altered: ")
    listed = run(filled, "verify", copy / "learner.db", "--json")
    assert listed.exit_code == 1 and listed.stderr == ""
    assert json.loads(listed.stdout)["is_whole"] is False
    assert run(filled, "verify", filled / "learner.db").exit_code == 0
    assert run(filled, "verify").exit_code == 0


def test_verifying_another_file_changes_nothing_beside_it(filled: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in filled.iterdir()}
    assert run(tmp_path / "mine", "verify", filled / "learner.db").exit_code == 0
    after = {path.name: path.read_bytes() for path in filled.iterdir()}
    assert {name: data for name, data in after.items() if not name.endswith(("-wal", "-shm"))} == before
    assert not (tmp_path / "mine").exists(), "checking somebody's records makes no profile"


def test_a_relative_name_works(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(filled)
    assert run(filled, "verify", "learner.db").exit_code == 0


def test_looking_twice_does_not_make_a_cut_chain_whole(filled: Path, file_keyring: dict[str, str]) -> None:
    services = Services(Locations.find(filled))
    services.unlock_vault()
    services.close()
    tamper(filled / "learner.db", "DELETE FROM audit_events WHERE seq = 2")
    for _ in range(2):
        done = run(filled, "verify")
        assert done.exit_code == 1 and "The last entries were cut off: 2 were recorded, 1 are there." in done.stderr
        assert CliRunner().invoke(root, ["--profile", str(filled), "records", "progress"]).exit_code == 0


def test_a_copy_without_its_head_is_not_called_whole(filled: Path, tmp_path: Path) -> None:
    shutil.copy(filled / "learner.db", tmp_path / "learner.db")
    done = run(filled, "verify", tmp_path / "learner.db")
    assert done.exit_code == 1 and "audit-head.json is missing" in done.stderr


def test_a_file_that_is_no_database(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all, " * 100)
    done = run(filled, "verify", tmp_path / "letter.txt")
    assert done.exit_code == 1 and "letter.txt is damaged or not a Greenroom database" in done.stderr


def test_no_progress_bar_reaches_a_pipe(filled: Path) -> None:
    done = greenroom("--profile", filled, "records", "verify")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.count("\n") == 1


# -- certificates ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def issued(profile: Path, tmp_path: Path, file_keyring: dict[str, str]) -> Path:
    """A certificate issued in the profile, saved as a file."""
    services = Services(Locations.find(profile))
    services.unlock_vault()
    document = services.learner.certificates.issue(an_award()).document
    assert document is not None
    services.close()
    file = tmp_path / "certificate.json"
    file.write_bytes(credential_bytes(document))
    return file


def rewritten(file: Path, old: str, new: str) -> Path:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return file


def test_a_certificate_says_who_learned_what_and_when(profile: Path, issued: Path) -> None:
    done = run(profile, "verify", issued)
    assert (done.exit_code, done.stderr) == (0, "")
    said = done.stdout
    assert said.startswith(
        f"{issued}: the signature is valid, nothing was altered; the issuer's key is this profile's own"
    )
    for part in (
        "Mara Lindström",
        "Foundations (learning path)",
        "Greenroom on this computer",
        "Lesson 1, version 1.0: 91 % (80 % needed)",
    ):
        assert part in said
    facts = json.loads(run(profile, "verify", issued, "--json").stdout)
    assert (facts["is_valid"], facts["problem"], facts["issuer_known"]) == (True, "", True)
    assert (facts["learner"], facts["subject"], facts["lessons"][0]["percent"]) == (
        "Mara Lindström",
        "path/foundations",
        91,
    )


def test_one_altered_byte_is_refused_and_what_was_altered_is_named(profile: Path, issued: Path) -> None:
    rewritten(issued, '"value": "91"', '"value": "97"')
    done = run(profile, "verify", issued)
    assert done.exit_code == 1 and done.stdout == ""
    assert "something was changed after it was signed" in done.stderr
    assert 'credentialSubject.result[0].value is "97", but "91" was issued' in done.stderr
    listed = run(profile, "verify", issued, "--json")
    assert (listed.exit_code, listed.stderr) == (1, "")
    assert json.loads(listed.stdout)["is_valid"] is False


def test_elsewhere_the_signature_is_valid_and_its_key_unknown(issued: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    done = run(elsewhere, "verify", issued)
    assert done.exit_code == 0 and "the issuer's key is not known on this machine" in done.stdout
    assert not elsewhere.exists(), "checking somebody's certificate makes no profile"
    facts = json.loads(run(elsewhere, "verify", issued, "--json").stdout)
    assert (facts["is_valid"], facts["issuer_known"]) == (True, False)
    named = run(elsewhere, "verify", issued, "--issuer", facts["issuer_key"])
    assert named.exit_code == 0 and "key is the one you named" in named.stdout
    other = run(elsewhere, "verify", issued, "--issuer", "did:key:z6Mkother")
    assert other.exit_code == 1 and "not did:key:z6Mkother's" in other.stderr
    rewritten(issued, "Mara", "Nora")
    assert "something was changed" in run(elsewhere, "verify", issued).stderr


def test_the_issuer_is_asked_for_certificates_only(filled: Path) -> None:
    assert run(filled, "verify", "--issuer", "did:key:z6Mk").exit_code == 2


def test_a_damaged_profile_does_not_keep_a_certificate_from_being_checked(profile: Path, issued: Path) -> None:
    (profile / "learner.db").write_bytes(b"no database at all" * 100)
    assert run(profile, "verify", issued).exit_code == 0


def test_a_certificate_cannot_steer_the_terminal(profile: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_bytes(credential_bytes(a_credential(learner="Mara\x1b[2J\x07", title="T\u202eitle")))
    done = run(profile, "verify", file)
    assert done.exit_code == 0 and "\x1b" not in done.stdout and "\x07" not in done.stdout
    assert "\u202e" not in done.stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "cannot be read: it is not JSON"),
        (b'{"a": 1, "a": 2}', '"a" stands twice'),
        (b"[" * 50_000, "nested too deeply"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"issuer": {}}', "not a certificate as Greenroom writes them"),
        (b"{" + b" " * 1_500_000, "larger than 1 MB"),
        (b"%PDF-1.7 nothing", "The PDF is damaged"),
    ],
)
def test_any_other_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "c.json"
    file.write_bytes(content)
    done = greenroom("--profile", tmp_path / "p", "records", "verify", file)
    assert says in sentence(done, file)
