"""Issued certificates in learner.db. Part of LearnerRepository, on its connection; credentials are sealed: they hold a name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.records.canonical import canonical_json
from desktop_app.records.credentials import Award, Certificate, certificate_of, credential_hash, issue
from desktop_app.records.learning import Pass
from desktop_app.storage.database import store_errors
from desktop_app.storage.sqlite import Database
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Issued:
    """A stored certificate. document is None, and problem says why, while its text cannot be opened."""

    id: str
    subject: str
    title: str
    issued_at: datetime
    document: Mapping[str, Any] | None
    problem: str = ""

    @property
    def certificate(self) -> Certificate | None:
        """What it says, None while it cannot be opened."""
        return certificate_of(self.document) if self.document is not None else None


class CertificateRepository:
    """Certificates of one person; each is stored in one transaction with its audit entry."""

    def __init__(
        self,
        db: Database,
        path: Path,
        recording: Callable[[str, Mapping[str, Any]], AbstractContextManager[None]],
        vault: Callable[[], Vault],
        now: Callable[[], datetime],
    ) -> None:
        """recording is LearnerRepository's transaction with an audit entry, vault its present vault."""
        self._db, self._path, self._recording, self._vault, self._now = db, path, recording, vault, now

    def issue(self, award: Award) -> Issued:
        """Sign and store a certificate and return it; raises StoreError without a keyring, a name, or a lesson."""
        if not award.lessons:
            raise StoreError("There is no passed lesson to certify.")
        vault, now = self._vault(), self._now().astimezone(UTC).replace(microsecond=0)
        document = issue(award, vault, now)
        made = Issued(document["id"], award.subject, award.title, now, document)
        sealed = vault.seal(canonical_json(document).decode(), place=_place(made.id))
        facts = {"certificate": made.id, "subject": made.subject, "hash": credential_hash(document)}
        with self._recording("certificate_issued", facts):
            self._db.execute(
                "INSERT INTO certificates VALUES (?, ?, ?, ?, ?)",
                (made.id, made.subject, made.title, made.issued_at.isoformat(), sealed),
            )
        return made

    def all(self) -> tuple[Issued, ...]:
        """Every certificate, newest first."""
        return self._found("ORDER BY issued_at DESC, rowid DESC")

    def get(self, certificate_id: str) -> Issued | None:
        """One certificate, None if it was not issued here."""
        return next(iter(self._found("WHERE id = ?", certificate_id)), None)

    def passes(self) -> dict[str, Pass]:
        """For each lesson its best pass, by lesson id; of equal ones the first.

        Read from the audit chain: lesson_progress forgets which version was passed once a newer one is opened.
        """
        best: dict[str, Pass] = {}
        with store_errors(self._path):
            rows = self._db.execute(
                """SELECT at, data FROM audit_events WHERE kind = 'lesson_passed' AND seq > coalesce(
                     (SELECT max(seq) FROM audit_events WHERE kind = 'records_erased'), 0) ORDER BY seq"""
            ).fetchall()
        for at, data in rows:
            facts = json.loads(data)
            made = Pass(facts["lesson"], facts["version"], datetime.fromisoformat(at), float(facts["score"]))
            if made.lesson_id not in best or made.score > best[made.lesson_id].score:
                best[made.lesson_id] = made
        return best

    def _found(self, which: str, *values: str) -> tuple[Issued, ...]:
        with store_errors(self._path):
            rows = self._db.execute(f"SELECT * FROM certificates {which}", values).fetchall()
        return tuple(self._opened(*row) for row in rows)

    def _opened(self, certificate_id: str, subject: str, title: str, at: str, sealed: bytes) -> Issued:
        document, problem = None, ""
        try:
            document = json.loads(self._vault().open(sealed, place=_place(certificate_id)))
        except StoreError as error:  # one that cannot be opened hides no other
            problem = str(error)
        return Issued(certificate_id, subject, title, datetime.fromisoformat(at), document, problem)


def _place(certificate_id: str) -> str:
    return f"certificates/credential_sealed/{certificate_id}"
