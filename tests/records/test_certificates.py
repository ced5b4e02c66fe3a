"""Issued certificates in learner.db: sealed, audited without a name, and what was passed in which version."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from certificates import KEY, NOW, OTHER_KEY, SCHEMAS, an_award

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.records.credentials import check, credential_hash
from desktop_app.records.learner import LearnerRepository
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault


class Clock:
    """A clock a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def learner(profile: Path, clock: Clock) -> Iterator[LearnerRepository]:
    made = LearnerRepository(Locations.find(profile), clock)
    made.use_vault(KEY)
    yield made
    made.close()


def on_disk(profile: Path) -> bytes:
    return b"".join(file.read_bytes() for file in profile.iterdir())


def test_an_issued_certificate_is_there_again(learner: LearnerRepository, profile: Path) -> None:
    made = learner.certificates.issue(an_award())
    assert made.certificate is not None
    assert made.certificate.award == an_award()
    again = LearnerRepository(Locations.find(profile))
    again.use_vault(KEY)
    assert again.certificates.all() == (made,)
    assert again.certificates.get(made.id) == made
    assert check(made.document, SCHEMAS, NOW) == made.certificate
    again.close()


def test_the_newest_comes_first(learner: LearnerRepository, clock: Clock) -> None:
    first = learner.certificates.issue(an_award())
    clock.now += timedelta(days=1)
    second = learner.certificates.issue(an_award(subject="lesson/one", title="One"))
    assert [one.id for one in learner.certificates.all()] == [second.id, first.id]


def test_the_name_is_nowhere_on_disk(learner: LearnerRepository, profile: Path) -> None:
    learner.certificates.issue(an_award(learner="Zaunkönig-4711"))
    assert "Zaunkönig".encode() not in on_disk(profile) and b"Zaunk" not in on_disk(profile)


def test_the_audit_entry_names_the_certificate_and_nobody(learner: LearnerRepository, profile: Path) -> None:
    made = learner.certificates.issue(an_award())
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        [(data,)] = db.execute("SELECT data FROM audit_events WHERE kind = 'certificate_issued'").fetchall()
    assert made.document is not None
    assert json.loads(data) == {
        "certificate": made.id, "subject": "path/foundations", "hash": credential_hash(made.document),
    }  # fmt: skip
    assert finish(learner.audit.verify(KEY)).is_whole


@pytest.mark.parametrize("vault", [Vault(None, "The keyring is locked."), OTHER_KEY])
def test_without_its_key_it_is_listed_and_the_reason_is_told(learner: LearnerRepository, vault: Vault) -> None:
    made = learner.certificates.issue(an_award())
    learner.vault = vault
    [shown] = learner.certificates.all()
    assert (shown.id, shown.title, shown.issued_at) == (made.id, "Foundations", NOW)
    assert shown.certificate is None
    assert shown.problem.endswith(("locked.", "left as it is."))


def test_nothing_is_stored_when_it_cannot_be_signed(learner: LearnerRepository) -> None:
    learner.vault = Vault(None, "No keyring.")
    with pytest.raises(StoreError, match=r"No keyring\. What you passed stays recorded"):
        learner.certificates.issue(an_award())
    learner.vault = KEY
    with pytest.raises(StoreError, match="needs a name"):
        learner.certificates.issue(an_award(learner=""))
    with pytest.raises(StoreError, match="no passed lesson"):
        learner.certificates.issue(an_award(lessons=()))
    assert learner.certificates.all() == ()


def take(learner: LearnerRepository, version: str, score: float, *, passed: bool = True) -> None:
    learner.open_step("l", version, "start")
    learner.finish_lesson("l", score=score, passed=passed)


def test_the_best_pass_counts_with_its_own_version_and_day(learner: LearnerRepository, clock: Clock) -> None:
    take(learner, "1.0", 0.5, passed=False)
    assert learner.certificates.passes() == {}
    take(learner, "1.0", 0.8)
    clock.now += timedelta(days=1)
    take(learner, "1.1", 0.9)
    clock.now += timedelta(days=1)
    take(learner, "2.0", 0.9)
    learner.open_step("l", "3.0", "other")
    best = learner.certificates.passes()["l"]
    assert (best.version, best.score, best.at) == ("1.1", 0.9, NOW + timedelta(days=1))


def test_erased_records_certify_nothing(learner: LearnerRepository) -> None:
    take(learner, "1.0", 1.0)
    learner.certificates.issue(an_award())
    learner.erase()
    assert learner.certificates.passes() == {}
    assert learner.certificates.all() == ()
