"""Data Integrity proofs with eddsa-jcs-2022: the test vector of the W3C Recommendation, and what is refused."""

from __future__ import annotations

import copy
import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from certificates import KEY, NOW, OTHER_KEY
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.records.canonical import canonical_json, from_base58, read_json, to_base58
from desktop_app.records.proof import ProofError, check_proof, did_of, hash_data, public_key_of, signed
from desktop_app.storage.vault import signature_holds

# https://www.w3.org/TR/2025/REC-vc-di-eddsa-20250515/#representation-eddsa-jcs-2022, examples 30 to 39.
PUBLIC_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SECRET_KEY = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"  # the one the Recommendation prints
CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
DOCUMENT = {
    "@context": CONTEXTS,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
OPTIONS = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "created": "2023-02-24T23:36:38Z",
    "verificationMethod": f"did:key:{PUBLIC_KEY}#{PUBLIC_KEY}",
    "proofPurpose": "assertionMethod",
    "@context": CONTEXTS,
}
DOCUMENT_HASH = "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
OPTIONS_HASH = "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db"
SIGNATURE = (
    "407cd12654b33d718ecbb99179a1506daaa849450bf3fc523cce3e1c96f8b803"
    "51da3f253d725c6f00b07c9e5448d50b3ef78012b9ab54255116d069c6dd2808"
)
PROOF_VALUE = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
SECURED = DOCUMENT | {"proof": OPTIONS | {"proofValue": PROOF_VALUE}}


def test_the_published_hashes() -> None:
    assert hashlib.sha256(canonical_json(DOCUMENT)).hexdigest() == DOCUMENT_HASH
    assert hashlib.sha256(canonical_json(OPTIONS)).hexdigest() == OPTIONS_HASH
    assert hash_data(DOCUMENT, OPTIONS).hex() == OPTIONS_HASH + DOCUMENT_HASH


def test_the_published_signature_is_made_again() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = Ed25519PrivateKey.from_private_bytes(from_base58(SECRET_KEY)[2:])
    assert did_of(secret.public_key().public_bytes_raw()) == f"did:key:{PUBLIC_KEY}"
    made = secret.sign(hash_data(DOCUMENT, OPTIONS))
    assert made.hex() == SIGNATURE
    assert to_base58(made) == PROOF_VALUE


def test_the_published_document_is_verified() -> None:
    proof = check_proof(SECURED, NOW)
    assert proof.key == f"did:key:{PUBLIC_KEY}"
    assert proof.created == datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
    assert signature_holds(public_key_of(proof.key), bytes.fromhex(SIGNATURE), hash_data(DOCUMENT, OPTIONS))


def test_what_is_signed_is_verified_with_the_vaults_key_and_no_other() -> None:
    document = signed(DOCUMENT, KEY, NOW)
    assert check_proof(document, NOW).key == did_of(KEY.public_key)
    other = signed(DOCUMENT, OTHER_KEY, NOW)["proof"]["verificationMethod"]
    document["proof"]["verificationMethod"] = other
    with pytest.raises(ProofError, match="does not match"):
        check_proof(document, NOW)


def test_the_signing_key_is_the_vaults_own_and_comes_back() -> None:
    assert KEY.public_key == type(KEY)(KEY.key).public_key != OTHER_KEY.public_key
    assert len(KEY.public_key) == 32 and KEY.public_key != KEY.key
    closed = type(KEY)(None)
    assert (closed.public_key, closed.sign_publicly(b"x")) == (b"", b"")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("type", "Ed25519Signature2020", "another kind"),
        ("cryptosuite", "eddsa-rdfc-2022", "another kind"),
        ("proofPurpose", "authentication", "vouch"),
        ("created", "yesterday", "proof.created is not a time"),
        ("created", None, "proof.created is not a time"),
        ("verificationMethod", "https://example.org/key#1", "cannot be used"),
        ("verificationMethod", f"did:key:{PUBLIC_KEY}#z6Mk", "two different keys"),
        ("verificationMethod", 7, "cannot be used"),
        ("proofValue", "m" + PROOF_VALUE[1:], "proof.proofValue cannot be read"),
        ("proofValue", None, "proof.proofValue cannot be read"),
        ("proofValue", PROOF_VALUE[:-1], "does not match"),
        ("@context", CONTEXTS[::-1], "contexts"),
        ("expires", "2020-01-01T00:00:00Z", "does not match"),
    ],
)
def test_an_altered_proof_is_refused(field: str, value: Any, says: str) -> None:
    document = copy.deepcopy(SECURED)
    document["proof"][field] = value
    with pytest.raises(ProofError, match=says):
        check_proof(document, NOW)


def test_a_proof_that_ran_out_is_refused() -> None:
    options = OPTIONS | {"expires": "2025-01-01T00:00:00Z", "verificationMethod": ""}
    did = did_of(KEY.public_key)
    options["verificationMethod"] = f"{did}#{did.removeprefix('did:key:')}"
    value = to_base58(KEY.sign_publicly(hash_data(DOCUMENT, options)))
    with pytest.raises(ProofError, match="only good until 2025-01-01"):
        check_proof(DOCUMENT | {"proof": options | {"proofValue": value}}, NOW)


@pytest.mark.parametrize("proof", [None, [], "x", 3])
def test_a_document_without_a_proof_is_refused(proof: Any) -> None:
    with pytest.raises(ProofError, match="no proof"):
        check_proof(DOCUMENT | {"proof": proof}, NOW)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_altered_byte_is_found(place: int, change: int) -> None:
    """Either the file means the same as before (a space, an escape), or it is refused."""
    data = bytearray(canonical_json(SECURED))
    data[place % len(data)] ^= change
    try:
        altered = read_json(bytes(data))
    except ValueError:
        return
    if altered != SECURED:
        with pytest.raises(ProofError):
            check_proof(altered if isinstance(altered, dict) else {}, NOW)
