"""The files of one prompt's decisions, approvals/NNNN.yml: reading, signing and writing one. Which count is review.py's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from desktop_app.errors import ContentError
from desktop_app.prompts.decision import Decision
from desktop_app.prompts.loading import read_day
from desktop_app.prompts.schema import against_schema
from desktop_app.records.canonical import canonical_json, from_base58, to_base58
from desktop_app.records.proof import public_key_of, utc_text
from desktop_app.storage.vault import Vault, signature_holds
from desktop_app.storage.yaml_text import UNPRINTABLE, KeyPath, Place, as_utf8, load_yaml_with_lines, read_bytes
from desktop_app.storage.yaml_writing import to_yaml

FOLDER = "approvals"
_DOMAIN = b"greenroom prompt decision 1\n"  # a signature made for anything else never fits
_NAME = re.compile(r"([0-9]{4}|[1-9][0-9]{4,5})\.yml")
_MOST_BYTES = 64_000
_MOST_KEPT = 20_000


class SignedDecision(NamedTuple):
    """What one file says: the prompt it names, the decision, whether its signature fits, and where each part stands."""

    prompt_id: str
    decision: Decision
    signature_holds: bool
    lines: Mapping[KeyPath, Place]


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """One numbered file with the SHA-256 of its bytes; what it says, or why it cannot be read."""

    number: int
    path: Path
    digest: str
    said: SignedDecision | None
    problem: ContentError | None = None


_read_before: dict[str, SignedDecision] = {}  # by digest: a signature is checked once in a process


def read_files(folder: Path) -> tuple[tuple[DecisionFile, ...], tuple[ContentError, ...]]:
    """The decision files of the prompt in folder by number, and the files there whose names are no decision's."""
    approvals = folder / FOLDER
    try:
        names = sorted(entry.name for entry in approvals.iterdir() if not entry.name.startswith("."))
    except FileNotFoundError as exc:
        if not approvals.is_symlink():
            return (), ()
        raise ContentError("The decisions are behind a link that leads nowhere. Put them back.", approvals) from exc
    except NotADirectoryError as exc:
        if not approvals.exists():  # the prompt's folder itself is gone
            return (), ()
        raise ContentError("Decisions are files in a folder of this name. Move this file away.", approvals) from exc
    except OSError as exc:
        raise ContentError(f"The decisions cannot be read ({exc.strerror}). Check your rights.", approvals) from exc
    files, strays = [], []
    for name in names:
        if found := _NAME.fullmatch(name):
            files.append(_read_file(approvals / name, int(found[1])))
        elif name.endswith(".yml"):
            message = (
                "This is no decision's name, such as 0001.yml. If it is a copy that a program for shared folders made, two "
                "people decided at the same time: look at both, keep the numbered one, remove this one and decide again."
            )
            strays.append(ContentError(message, approvals / name))
    return tuple(sorted(files, key=lambda file: file.number)), tuple(strays)


def file_of(folder: Path, number: int) -> Path:
    """Where a prompt's decision with this number stands."""
    return folder / FOLDER / f"{number:04}.yml"


def signed_text(prompt_id: str, decision: Decision, vault: Vault) -> str:
    """The file of a decision, signed with the vault's key, which must be open and the decision's."""
    said = _fields(prompt_id, decision)
    signature = to_base58(vault.sign_publicly(_signed_bytes(said)))
    written = said | ({"review_by": decision.review_by} if decision.review_by else {})
    return to_yaml(written | {"signature": signature})


def _fields(prompt_id: str, decision: Decision) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "prompt": prompt_id, "number": decision.number, "version": decision.version, "content": decision.content_hash,
        "action": decision.action, "by": decision.by, "at": utc_text(decision.at), "reason": decision.reason,
    }  # fmt: skip
    if decision.review_by is not None:
        fields["review_by"] = decision.review_by.isoformat()
    return fields | {"labels": dict(decision.labels), "after": decision.after, "key": decision.key}


def _signed_bytes(said: Mapping[str, Any]) -> bytes:
    return _DOMAIN + canonical_json(dict(said))


def _read_file(path: Path, number: int) -> DecisionFile:
    digest = ""
    try:
        content = read_bytes(path, _MOST_BYTES)
        digest = hashlib.sha256(content).hexdigest()
        return DecisionFile(number, path, digest, _read_before.get(digest) or _remember(digest, _read(content, path)))
    except ContentError as problem:
        return DecisionFile(number, path, digest, None, problem)


def _remember(digest: str, said: SignedDecision) -> SignedDecision:
    if len(_read_before) >= _MOST_KEPT:
        _read_before.clear()
    _read_before[digest] = said
    return said


def _read(content: bytes, path: Path) -> SignedDecision:
    raw, lines = load_yaml_with_lines(as_utf8(content, path), path)
    data = against_schema("decision", raw, lines, path)
    decision = _decision(data, path, lines)
    said = {name: value for name, value in data.items() if name != "signature"}
    try:
        key, signature = public_key_of(decision.key), from_base58(data["signature"])
        holds = signature_holds(key, signature, _signed_bytes(said))
    except ValueError:
        holds = False
    return SignedDecision(data["prompt"], decision, holds, lines)


def _decision(data: Mapping[str, Any], path: Path, lines: Mapping[KeyPath, Place]) -> Decision:
    if not data["by"].isprintable() or data["by"] != data["by"].strip():
        raise ContentError("by: the name holds a character that cannot be seen.", path, *lines[("by",)])
    if UNPRINTABLE.search(data["reason"]):
        raise ContentError("reason: it holds a character that cannot be shown.", path, *lines[("reason",)])
    try:
        at = datetime.fromisoformat(data["at"])  # takes a fifth of the time of strptime
        if utc_text(at) != data["at"]:
            raise ValueError("another way to write it")
    except ValueError as exc:
        message = f"at: {data['at']} is not a time of the calendar, such as 2026-11-22T09:30:00Z."
        raise ContentError(message, path, *lines[("at",)]) from exc
    try:
        review_by = read_day(data["review_by"]) if "review_by" in data else None
    except ValueError as exc:
        message = f"review_by: {data['review_by']!r} is not a date. Write it as 2027-05-31."
        raise ContentError(message, path, *lines[("review_by",)]) from exc
    return Decision(
        data["number"], data["version"], data["content"], data["action"], data["by"], data["key"], at,
        data["reason"], data["labels"], data["after"], review_by,
    )  # fmt: skip
