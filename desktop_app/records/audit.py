"""The tamper-evident audit chain: every entry holds the hash of the one before it.

An entry's hash is SHA-256 over "seq\\nat\\nkind\\ndata\\nprevious"; data is one line of JSON and never holds a typed
text. A chain alone does not show a cut tail, so the last entry is also kept in a file beside the database, signed with
a key from the vault where there is one. A kept head that the database does not lead to is evidence and never replaced.
docs/formats/audit.md tells how to check it with other tools.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop_app.clock import utc_now
from desktop_app.jobs import Job, Progress
from desktop_app.storage.database import store_errors
from desktop_app.storage.files import write_atomically
from desktop_app.storage.sqlite import Database
from desktop_app.storage.vault import Vault

GENESIS = "0" * 64
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry as kept beside the database; signature is "" when there was no key."""

    seq: int
    hash: str
    key_id: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What verification found. problem is "" if the chain is whole; signed tells whether the head's signature held."""

    events: int
    head: str
    signed: bool
    problem: str

    @property
    def is_whole(self) -> bool:
        """True if no entry was altered, removed or cut off."""
        return not self.problem


def entry_hash(seq: int, at: str, kind: str, data: str, previous: str) -> str:
    """The hash of one entry, in hex."""
    return hashlib.sha256(f"{seq}\n{at}\n{kind}\n{data}\n{previous}".encode()).hexdigest()


def read_head(path: Path) -> tuple[Head | None, str]:
    """The kept head, or None and why there is none."""
    try:
        kept = Head(**json.loads(path.read_bytes()))
        texts = (kept.hash, kept.key_id, kept.signature)
        if type(kept.seq) is not int or not all(isinstance(text, str) for text in texts):
            raise ValueError("not a head")
    except FileNotFoundError:
        return None, f"{path.name} is missing, so a cut tail cannot be excluded."
    except (OSError, ValueError, TypeError, RecursionError):
        return None, f"{path.name} cannot be read, so a cut tail cannot be excluded."
    return kept, ""


class AuditChain:
    """Appends to and verifies the chain in one database. Belongs to the thread that opened the database."""

    def __init__(self, db: Database, db_path: Path, head_path: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._db, self._db_path, self._head_path, self._now = db, db_path, head_path, now

    def append(self, kind: str, data: Mapping[str, Any]) -> Head:
        """Add an entry inside the caller's transaction and return the new head; keep it with keep_head after commit."""
        last = self._last()
        at, text = self._now().isoformat(timespec="milliseconds"), json.dumps(data, sort_keys=True, ensure_ascii=True)
        seq = last.seq + 1
        digest = entry_hash(seq, at, kind, text, last.hash)
        self._db.execute("INSERT INTO audit_events VALUES (?, ?, ?, ?, ?, ?)", (seq, at, kind, text, last.hash, digest))
        return Head(seq, digest)

    def keep_head(self, vault: Vault) -> None:
        """Write the last entry to the file beside the database, signed if the vault has a key.

        A head that shows the database to be altered or cut is left for verify to find.
        """
        if self._may_replace_head(vault):
            self._write_head(vault)

    def _write_head(self, vault: Vault) -> None:
        head = self._last()
        signature = vault.sign(_signed_bytes(head))
        kept = Head(head.seq, head.hash, vault.key_id, signature)
        write_atomically(self._head_path, json.dumps(asdict(kept)).encode())

    def start_anew(self, vault: Vault) -> None:
        """Begin an empty chain inside the caller's transaction; if the profile had another one, the first entry says which."""
        kept, _ = read_head(self._head_path)
        if kept is not None and kept.seq:
            self.append("records_started_anew", {"entries_before": kept.seq, "head_before": kept.hash})
        self._write_head(vault)

    def verify(self, vault: Vault) -> Job[AuditReport]:
        """Check every entry, then the kept head; yields Progress in entries."""
        with store_errors(self._db_path):
            total = self._db.execute("SELECT count(*) FROM audit_events").fetchone()[0]
            rows = self._db.execute("SELECT seq, at, kind, data, previous, hash FROM audit_events ORDER BY seq")
            kept, problem = read_head(self._head_path)
            previous, expected, kept_seen = GENESIS, 1, kept is not None and kept.seq == 0
            while batch := rows.fetchmany(_BATCH):
                for seq, at, kind, data, before, digest in batch:
                    if seq != expected or before != previous or entry_hash(seq, at, kind, data, before) != digest:
                        what = (
                            f"Entry {expected} is missing" if not isinstance(seq, int) or seq > expected
                            else f"Entry {seq} was slipped in" if seq < expected
                            else f"Entry {seq} was altered"
                        )  # fmt: skip
                        return AuditReport(total, previous, False, f"{what}: the chain does not hold from there on.")
                    if kept is not None and seq == kept.seq:
                        kept_seen = digest == kept.hash
                        if not kept_seen:
                            return AuditReport(total, previous, False, f"Entry {seq} differs from the kept head.")
                    previous, expected = digest, expected + 1
                yield Progress(expected - 1, total)
        if kept is not None and not kept_seen:
            problem = f"The last entries were cut off: {kept.seq} were recorded, {total} are there."
        signed = False
        if kept is not None and not problem and kept.signature and vault.is_open:
            signed = _signature_holds(kept, vault)
            if not signed:
                problem = (
                    f"The signature in {self._head_path.name} does not match: the file was altered or the key changed."
                )
        return AuditReport(total, previous, signed, problem)

    def _last(self) -> Head:
        row = self._db.execute("SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(*row) if row else Head(0, GENESIS)

    def _may_replace_head(self, vault: Vault) -> bool:
        """True if the kept head is an entry of this chain and, where that can be told, its signature holds."""
        kept, _ = read_head(self._head_path)
        if kept is None:
            return False
        if kept.signature and vault.is_open and not _signature_holds(kept, vault):
            return False
        if kept.seq == 0:
            return True
        row = self._db.execute("SELECT hash FROM audit_events WHERE seq = ?", (kept.seq,)).fetchone()
        return row is not None and row[0] == kept.hash


def _signature_holds(head: Head, vault: Vault) -> bool:
    return vault.key_id == head.key_id and vault.sign(_signed_bytes(head)) == head.signature


def _signed_bytes(head: Head) -> bytes:
    return f"{head.seq}:{head.hash}".encode()
