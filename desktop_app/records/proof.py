"""Signing a JSON document inside itself: W3C Data Integrity with the cryptosuite eddsa-jcs-2022.

https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022 (document and proof options are each written as RFC 8785 says, hashed
with SHA-256, and the two hashes signed with Ed25519); keys as https://w3c-ccg.github.io/did-key-spec/.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from desktop_app.errors import AppError
from desktop_app.records.canonical import canonical_json, from_base58, to_base58
from desktop_app.storage.vault import Vault, signature_holds

Document = Mapping[str, Any]
SUITE = "eddsa-jcs-2022"
_ED25519 = b"\xed\x01"  # multicodec ed25519-pub
_DID = "did:key:"


class ProofError(AppError):
    """A document that cannot be relied on; the text says what is wrong with it and what follows."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Who signed and when; key is the signer's did:key."""

    key: str
    created: datetime


def did_of(public_key: bytes) -> str:
    """The did:key of an Ed25519 public key."""
    return _DID + to_base58(_ED25519 + public_key)


def public_key_of(did: str) -> bytes:
    """The Ed25519 public key of a did:key; raises ValueError for anything else."""
    data = from_base58(did.removeprefix(_DID)) if did.startswith(_DID) else b""
    if data[:2] != _ED25519 or len(data) != 34:
        raise ValueError("it is not a did:key with an Ed25519 key")
    return data[2:]


def hash_data(document: Document, options: Document) -> bytes:
    """The 64 bytes that are signed; options is the proof without its proofValue."""
    return hashlib.sha256(canonical_json(options)).digest() + hashlib.sha256(canonical_json(document)).digest()


def signed(document: Document, vault: Vault, created: datetime) -> dict[str, Any]:
    """The document with a proof by the vault's key, which must be open."""
    did = did_of(vault.public_key)
    options = {
        "type": "DataIntegrityProof", "cryptosuite": SUITE, "created": utc_text(created),
        "verificationMethod": f"{did}#{did.removeprefix(_DID)}", "proofPurpose": "assertionMethod",
        "@context": document["@context"],
    }  # fmt: skip
    value = to_base58(vault.sign_publicly(hash_data(document, options)))
    return {**document, "proof": {**options, "proofValue": value}}


def check_proof(document: Document, now: datetime) -> Proof:
    """Whose signature the document bears; raises ProofError unless it holds for exactly this content."""
    proof = document.get("proof")
    if not isinstance(proof, dict):
        raise ProofError("There is no proof in it, so nobody vouches for what it says.")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    if (proof.get("type"), proof.get("cryptosuite")) != ("DataIntegrityProof", SUITE):
        raise ProofError(f"Its proof is of another kind than {SUITE}, the only one that is checked here.")
    if proof.get("proofPurpose") != "assertionMethod":
        raise ProofError("Its proof was not made to vouch for anything (proofPurpose is not assertionMethod).")
    unsigned = _as_the_proof_saw_it(unsigned, options)
    did, created = _signer(proof.get("verificationMethod")), read_time(proof.get("created"), "proof.created")
    try:
        signature = from_base58(_as_text(proof.get("proofValue")))
    except ValueError as exc:
        raise ProofError(f"proof.proofValue cannot be read: {exc}.") from exc
    if not signature_holds(public_key_of(did), signature, hash_data(unsigned, options)):
        raise ProofError(
            "The signature does not match: something was changed after it was signed. Ask for the original."
        )
    if "expires" in proof and read_time(proof["expires"], "proof.expires") < now:
        raise ProofError(f"Its proof was only good until {proof['expires']}.")
    return Proof(did, created)


def _as_the_proof_saw_it(document: dict[str, Any], options: Document) -> dict[str, Any]:
    """With the proof's contexts, which the document's must begin with."""
    if "@context" not in options:
        return document
    mine, proofs = _as_list(document.get("@context")), _as_list(options["@context"])
    if mine[: len(proofs)] != proofs:
        raise ProofError("The contexts of its proof are not those of the document.")
    return document | {"@context": options["@context"]}


def _signer(method: Any) -> str:
    did, _, fragment = _as_text(method).partition("#")
    try:
        public_key_of(did)
    except ValueError as exc:
        raise ProofError(f"The key of its proof (verificationMethod) cannot be used: {exc}.") from exc
    if fragment != did.removeprefix(_DID):
        raise ProofError("The key of its proof (verificationMethod) names two different keys.")
    return did


def read_time(value: Any, name: str) -> datetime:
    """An ISO 8601 time with its time zone; raises ProofError naming the field."""
    try:
        time = datetime.fromisoformat(_as_text(value))
        if time.tzinfo is None:
            raise ValueError
        return time.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise ProofError(f"{name} is not a time such as 2026-11-22T09:30:00Z.") from exc


def utc_text(time: datetime) -> str:
    """As Data Integrity writes times: in UTC, with seconds and Z."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
