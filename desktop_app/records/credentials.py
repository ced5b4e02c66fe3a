"""Certificates as Open Badges 3.0 credentials: written, signed, read back and checked, without a network.

https://www.imsglobal.org/spec/ob/v3p0 on the W3C Verifiable Credentials Data Model 2.0, secured as proof.py says.
docs/formats/certificate.md lists every field; resources/schemas/certificate.schema.json is the part of Open Badges used.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4, uuid5

from desktop_app.errors import StoreError
from desktop_app.records.canonical import canonical_json, read_json
from desktop_app.records.proof import Document, ProofError, check_proof, did_of, read_time, signed, utc_text
from desktop_app.storage.vault import Vault

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
OB_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
ISSUER_NAME = "Greenroom on this computer"
SELF_ISSUED = (
    "Self-issued on the learner's own computer. It shows that these questions were answered there, "
    "not who sat at the keyboard."
)
ATTACHMENT = "credential.json"  # its name inside the PDF
MOST_PDF_BYTES = 30_000_000
_ACHIEVEMENTS = UUID("5f0c6b0e-1f0d-5f5e-9b0f-6d9c8d3a7b11")  # the namespace of achievement ids, made once for all
_CLOCK_SKEW = timedelta(minutes=10)
_KINDS = {"path": ("LearningProgram", "learning path"), "lesson": ("Course", "lesson")}
_DAY = re.compile(r"passed on (\d{4}-\d{2}-\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class PassedLesson:
    """One lesson a certificate speaks of; percent is the score and needed the pass mark, each from 0 to 100."""

    id: str
    title: str
    version: str
    percent: int
    needed: int
    passed_on: date | None
    objectives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Award:
    """What is certified, of whom. subject is "path/<id>" or "lesson/<id>"; language that of the lessons."""

    subject: str
    title: str
    description: str
    learner: str
    language: str
    lessons: tuple[PassedLesson, ...]

    @property
    def kind(self) -> str:
        """ "path" or "lesson"."""
        return self.subject.partition("/")[0]

    @property
    def facts(self) -> tuple[object, ...]:
        """What must differ for another certificate to be worth issuing."""
        return (self.subject, self.learner, tuple((one.id, one.version, one.percent) for one in self.lessons))


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a credential says. key is the issuer's did:key, id a urn:uuid."""

    id: str
    award: Award
    issued_at: datetime
    issuer: str
    issuer_says: str
    key: str

    @property
    def short_id(self) -> str:
        """The first digits of the id, enough to find it again: "A1B2-C3D4"."""
        digits = self.id.removeprefix("urn:uuid:").replace("-", "").upper()
        return f"{digits[:4]}-{digits[4:8]}"


def percent(score: float) -> int:
    """A score from 0.0 to 1.0 as it is certified: 100 only for all of it."""
    return 100 if score >= 1.0 else min(99, round(100 * score))


def issue(award: Award, vault: Vault, now: datetime, issuer: str = ISSUER_NAME) -> dict[str, Any]:
    """A new signed credential; raises StoreError without an open vault or a name."""
    if not vault.is_open:
        raise StoreError(
            f"A certificate is signed with a key from the system keyring, and there is none. {vault.reason} "
            "What you passed stays recorded; issue the certificate when the keyring works."
        )
    if not award.learner.strip():
        raise StoreError("A certificate needs a name. Write yours in Settings, then issue it again.")
    return signed(_document(award, did_of(vault.public_key), now, issuer), vault, now)


def _document(award: Award, did: str, now: datetime, issuer: str) -> dict[str, Any]:
    versions = ",".join(f"{one.id}@{one.version}" for one in award.lessons)
    achievement = f"urn:uuid:{uuid5(_ACHIEVEMENTS, f'{award.subject}:{versions}')}"
    kind, word = _KINDS[award.kind]
    return {
        "@context": CONTEXTS,
        "id": f"urn:uuid:{uuid4()}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.title,
        "issuer": {"id": did, "type": ["Profile"], "name": issuer, "description": SELF_ISSUED},
        "validFrom": utc_text(now),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": award.learner, "identityType": "name"}
            ],
            "achievement": {
                "id": achievement, "type": ["Achievement"], "achievementType": kind, "name": award.title,
                "description": award.description, "humanCode": award.subject, "inLanguage": award.language,
                "criteria": {"narrative": f"Reach the pass mark of every lesson of this {word}."},
                "resultDescription": [_result_description(achievement, one) for one in award.lessons],
            },
            "result": [_result(achievement, one) for one in award.lessons],
        },
        "evidence": [_evidence(one) for one in award.lessons],
        "credentialSchema": [{"id": OB_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }  # fmt: skip


def _result_id(achievement: str, lesson: PassedLesson) -> str:
    return f"{achievement}#{lesson.id}@{lesson.version}"


def _result_description(achievement: str, lesson: PassedLesson) -> dict[str, Any]:
    return {
        "id": _result_id(achievement, lesson), "type": ["ResultDescription"], "name": lesson.title,
        "resultType": "Percent", "valueMin": "0", "valueMax": "100", "requiredValue": str(lesson.needed),
    }  # fmt: skip


def _result(achievement: str, lesson: PassedLesson) -> dict[str, Any]:
    return {
        "type": ["Result"], "resultDescription": _result_id(achievement, lesson), "status": "Completed",
        "value": str(lesson.percent),
    }  # fmt: skip


def _evidence(lesson: PassedLesson) -> dict[str, Any]:
    when = f" on {lesson.passed_on.isoformat()}" if lesson.passed_on else ""
    return {
        "type": ["Evidence"],
        "name": lesson.title,
        "genre": "Lesson",
        "description": f"Version {lesson.version}, passed{when} with {lesson.percent} %; {lesson.needed} % were needed.",
        "narrative": "\n".join(f"- {objective}" for objective in lesson.objectives) or "-",
    }


# -- reading back ----------------------------------------------------------------------------------------------------------


def check(document: Any, schemas: Path, now: datetime) -> Certificate:
    """What a credential says, once its structure, proof and dates hold; raises ProofError naming what does not."""
    if not isinstance(document, dict):
        raise ProofError("It is no credential: there is no JSON object in it.")
    _check_structure(document, schemas)
    proof = check_proof(document, now)
    if proof.key != document["issuer"]["id"]:
        raise ProofError("It was signed with another key than that of the issuer it names.")
    starts = read_time(document["validFrom"], "validFrom")
    if starts > now + _CLOCK_SKEW:
        raise ProofError(f"It is dated in the future: valid from {document['validFrom']}. Check this computer's clock.")
    if "validUntil" in document and read_time(document["validUntil"], "validUntil") < now:
        raise ProofError(f"It is no longer valid: it ended on {document['validUntil']}.")
    return certificate_of(document)


def certificate_of(document: Document) -> Certificate:
    """What a credential of the right structure says, whether or not its proof holds."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    award = Award(
        achievement["humanCode"], achievement["name"], achievement["description"],
        subject["identifier"][0]["identityHash"], achievement["inLanguage"],
        tuple(map(_lesson, achievement["resultDescription"], subject["result"], document["evidence"])),
    )  # fmt: skip
    issuer = document["issuer"]
    issued = read_time(document["validFrom"], "validFrom")
    return Certificate(document["id"], award, issued, issuer["name"], issuer["description"], issuer["id"])


def _lesson(about: Document, result: Document, evidence: Document) -> PassedLesson:
    lesson_id, _, version = about["id"].partition("#")[2].rpartition("@")
    day = _DAY.search(evidence["description"])
    try:
        passed_on = date.fromisoformat(day[1]) if day else None
    except ValueError:
        passed_on = None
    objectives = tuple(line.removeprefix("- ") for line in evidence["narrative"].split("\n") if line.startswith("- "))
    return PassedLesson(
        lesson_id, about["name"], version, int(result["value"]), int(about["requiredValue"]), passed_on, objectives
    )


def _check_structure(document: Document, schemas: Path) -> None:
    from jsonschema.exceptions import best_match

    error = best_match(_validator(schemas).iter_errors(document))
    if error is not None:
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
        message = error.message if len(error.message) <= 120 else f"{error.message[:117]}…"
        raise ProofError(f"It is not a certificate as Greenroom writes them: {place.lstrip('.') or 'it'}: {message}.")
    subject = document["credentialSubject"]
    lists = (subject["achievement"]["resultDescription"], subject["result"], document["evidence"])
    if len({len(one) for one in lists}) != 1:
        raise ProofError("It does not give one result and one piece of evidence for each lesson.")
    if any(one["id"] != two["resultDescription"] for one, two in zip(lists[0], lists[1], strict=True)):
        raise ProofError("A result in it belongs to another lesson than the one it stands for.")


@cache
def _validator(schemas: Path) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # 100 ms to import, so not before somebody checks

    return Draft202012Validator(json.loads((schemas / "certificate.schema.json").read_bytes()))


# -- files -----------------------------------------------------------------------------------------------------------------


def credential_bytes(document: Document) -> bytes:
    """The credential as a readable file; spaces between values are not part of what is signed."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def credential_hash(document: Document) -> str:
    """SHA-256, in hex, of the canonical form with the proof: what the audit entry holds."""
    import hashlib

    return hashlib.sha256(canonical_json(document)).hexdigest()


def is_credential_file(path: Path) -> bool:
    """True if the file begins like JSON or PDF, so that it is no database; raises StoreError if it cannot be read."""
    start = _read(path, 1024).lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith((b"{", b"[", b"%PDF-")) or (path.suffix.lower() in (".json", ".pdf"))


def read_credential(path: Path) -> Any:
    """The JSON in a credential's file, or in the PDF certificate it is attached to; raises ProofError or StoreError."""
    data = _read(path, MOST_PDF_BYTES + 1)
    if data.startswith(b"%PDF-"):
        data = _attached(data)
    try:
        return read_json(data)
    except ValueError as exc:
        raise ProofError(f"It cannot be read: {exc}.") from exc


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as exc:
        raise StoreError(f"{path} cannot be read ({exc.strerror}). Check the name and your rights.") from exc


def _attached(data: bytes) -> bytes:
    if len(data) > MOST_PDF_BYTES:
        raise ProofError(f"The PDF is larger than {MOST_PDF_BYTES // 1_000_000} MB; no certificate is.")
    import io
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is odd about a PDF is no fault of the app
    try:
        found = PdfReader(io.BytesIO(data)).attachments.get(ATTACHMENT, [])
    except Exception as exc:  # whatever a damaged or hostile PDF makes the parser trip over
        raise ProofError("The PDF is damaged, so what is attached to it cannot be read.") from exc
    if len(found) != 1:
        raise ProofError(
            f"No credential is attached to this PDF ({ATTACHMENT}). Ask for the PDF as Greenroom saved it: printing "
            "or editing it drops the attachment."
        )
    return found[0]


def first_difference(document: Any, original: Any, place: str = "") -> str:
    """The first place at which a document differs from its original, in words; "" if there is none."""
    if isinstance(document, dict) and isinstance(original, dict):
        for name in sorted({*document, *original}):
            below = f"{place}.{name}".lstrip(".")
            if name not in document:
                return f"{below} is missing"
            if name not in original:
                return f"{below} was added"
            if found := first_difference(document[name], original[name], below):
                return found
        return ""
    if isinstance(document, list) and isinstance(original, list) and len(document) == len(original):
        found = (
            first_difference(a, b, f"{place}[{n}]") for n, (a, b) in enumerate(zip(document, original, strict=True))
        )
        return next(filter(None, found), "")
    if canonical_json(document) == canonical_json(original):
        return ""
    return f"{place} is {_shown(document)}, but {_shown(original)} was issued"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
