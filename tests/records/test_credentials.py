"""Certificates as Open Badges 3.0 credentials: the published schema, reading back, every kind of hostile file."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from certificates import KEY, NOW, OTHER_KEY, SCHEMAS, a_credential, a_lesson, an_award
from hypothesis import given, settings
from hypothesis import strategies as st
from open_badges import SCHEMA as OPEN_BADGES

from desktop_app.errors import AppError, StoreError
from desktop_app.records.canonical import canonical_json, read_json
from desktop_app.records.credentials import (
    SELF_ISSUED,
    certificate_of,
    check,
    credential_bytes,
    credential_hash,
    first_difference,
    issue,
    percent,
    read_credential,
)
from desktop_app.records.proof import ProofError, did_of, signed
from desktop_app.storage.vault import Vault

OURS = json.loads((SCHEMAS / "certificate.schema.json").read_bytes())
FORMATS = jsonschema.FormatChecker([])
FORMATS.checks("date-time", ValueError)(lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=40)
passed = st.builds(
    a_lesson, st.integers(1, 9), title=lines, version=st.sampled_from(["1.0", "2.13", "10.0.1"]), percent=st.integers(0, 100),
    needed=st.integers(0, 100), passed_on=st.none() | st.dates(date(2020, 1, 1)),
    objectives=st.lists(lines, max_size=3).map(tuple),
)  # fmt: skip
awards = st.builds(
    an_award, title=lines, description=lines, learner=lines, subject=st.sampled_from(["path/a", "lesson/b-c"]),
    language=st.sampled_from(["en", "de", "pt-BR"]), lessons=st.lists(passed, min_size=1, max_size=4).map(tuple),
)  # fmt: skip


def altered(change: Callable[[Any], object]) -> dict[str, Any]:
    document = deepcopy(a_credential())  # parts of it are shared by all
    change(document)
    return document


def resigned(change: Callable[[Any], object], vault: Vault = KEY) -> dict[str, Any]:
    """A credential changed before it was signed, as somebody who knows the format would."""
    document = altered(change)
    del document["proof"]
    return signed(document, vault, NOW)


@settings(max_examples=30)
@given(awards)
def test_every_credential_meets_the_standard_and_reads_back(award: Any) -> None:
    document = issue(award, KEY, NOW)
    validator = jsonschema.Draft202012Validator(OPEN_BADGES, format_checker=FORMATS)
    assert [error.message for error in validator.iter_errors(document)] == []
    certificate = check(read_json(credential_bytes(document)), SCHEMAS, NOW)
    assert certificate.award == award
    assert (certificate.issued_at, certificate.key) == (NOW, did_of(KEY.public_key))


def test_the_schemas_are_schemas() -> None:
    jsonschema.Draft202012Validator.check_schema(OURS)
    jsonschema.Draft202012Validator.check_schema(OPEN_BADGES)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.pop("validFrom"),
        lambda it: it["@context"].reverse(),
        lambda it: it["type"].remove("OpenBadgeCredential"),
        lambda it: it["issuer"].pop("id"),
        lambda it: it["credentialSubject"].pop("identifier"),
        lambda it: it["credentialSubject"]["achievement"].pop("criteria"),
        lambda it: it["credentialSubject"]["achievement"].update(achievementType="Diploma"),
        lambda it: it["credentialSubject"]["result"][0].update(value=91),
        lambda it: it["credentialSubject"]["result"][0].update(status="Done"),
        lambda it: it["evidence"][0].update(score=1),
        lambda it: it.update(grade=1),
    ],
)  # fmt: skip
def test_the_rules_of_the_standard_refuse_what_it_does_not_allow(change: Callable[[Any], object]) -> None:
    assert list(jsonschema.Draft202012Validator(OPEN_BADGES).iter_errors(altered(change)))


def test_no_number_in_a_credential_has_a_fraction() -> None:
    assert b"." not in canonical_json([part for part in _numbers(a_credential())])


def _numbers(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        return [found for part in (value.values() if isinstance(value, dict) else value) for found in _numbers(part)]
    return [value] if isinstance(value, int | float) else []


def test_it_says_honestly_who_issued_it() -> None:
    document = a_credential()
    assert document["issuer"]["name"] == "Greenroom on this computer"
    assert document["issuer"]["description"] == SELF_ISSUED
    assert "not who sat at the keyboard" in SELF_ISSUED


def test_each_is_new_but_what_was_achieved_has_one_id_everywhere() -> None:
    first, second = a_credential(), a_credential(OTHER_KEY, learner="Somebody Else")
    assert first["id"] != second["id"]
    achieved = [one["credentialSubject"]["achievement"]["id"] for one in (first, second)]
    newer = a_credential(lessons=(a_lesson(1, version="1.1"), a_lesson(2)))
    assert achieved[0] == achieved[1] != newer["credentialSubject"]["achievement"]["id"]


@pytest.mark.parametrize(("score", "shown"), [(1.0, 100), (0.999, 99), (0.996, 99), (0.8, 80), (0.4967, 50), (0.0, 0)])
def test_a_hundred_percent_is_all_of_it(score: float, shown: int) -> None:
    assert percent(score) == shown


def test_without_a_keyring_there_is_no_certificate_and_the_reason_is_told() -> None:
    with pytest.raises(StoreError, match=r"no system keyring.*stays recorded"):
        issue(an_award(), Vault(None, "This computer has no system keyring."), NOW)


@pytest.mark.parametrize("name", ["", "  "])
def test_without_a_name_there_is_no_certificate(name: str) -> None:
    with pytest.raises(StoreError, match="Write yours in Settings"):
        issue(an_award(learner=name), KEY, NOW)


# -- what is refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="Mara Lindstrøm"),
        lambda d: d["credentialSubject"]["result"][0].update(value="100"),
        lambda d: d["evidence"][0].update(description="Version 9.0, passed on 2020-01-01 with 91 %"),
        lambda d: d.update(validFrom="2026-01-22T09:30:01Z"),
        lambda d: d.update(name="Foundations!"),
        lambda d: d["issuer"].update(name="Another company"),
        lambda d: d.update(extra="slipped in"),
        lambda d: d["proof"].update(created="2026-01-22T09:30:01Z"),
        lambda d: d.pop("credentialSchema"),
    ],
)
def test_any_alteration_is_found(change: Callable[[Any], object]) -> None:
    with pytest.raises(ProofError, match="something was changed after it was signed"):
        check(altered(change), SCHEMAS, NOW)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.pop("credentialSubject"), "'credentialSubject' is a required property"),
        (lambda d: d["credentialSubject"]["achievement"].pop("name"), "credentialSubject.achievement: 'name' is"),
        (lambda d: d.update(issuer="did:key:z6Mk"), "issuer: 'did:key:z6Mk' is not of type 'object'"),
        (
            lambda d: d["credentialSubject"]["result"][0].update(value=91),
            r"result\[0\].value: 91 is not of type 'string'",
        ),
        (lambda d: d["credentialSubject"]["result"][0].update(value="101"), r"result\[0\].value"),
        (lambda d: d["credentialSubject"]["result"].pop(), "one result and one piece of evidence"),
        (lambda d: d["credentialSubject"]["result"].reverse(), "belongs to another lesson"),
        (lambda d: d.update(type=["VerifiableCredential"]), "type: "),
        (lambda d: d.update(validFrom="2027-01-01T00:00:00Z"), "dated in the future"),
        (lambda d: d.update(validUntil="2026-01-21T00:00:00Z"), "no longer valid"),
        (lambda d: d.update(validFrom="2026-01-22T09:30:00"), "validFrom is not a time"),
        (lambda d: d.update(validFrom="2026-01-22Tnoon"), "validFrom is not a time"),
        (lambda d: d["issuer"].update(id=did_of(OTHER_KEY.public_key)), "another key than that of the issuer"),
    ],
)
def test_a_well_signed_document_that_makes_no_sense_is_refused(change: Callable[[Any], object], says: str) -> None:
    with pytest.raises(ProofError, match=says):
        check(resigned(change), SCHEMAS, NOW)


def test_a_clock_that_is_a_little_behind_does_no_harm() -> None:
    assert check(a_credential(), SCHEMAS, NOW - timedelta(minutes=5))


@pytest.mark.parametrize("value", [None, [], "text", 3, {}, {"proof": {}}, [{}]])
def test_any_other_json_is_no_credential(value: Any) -> None:
    with pytest.raises(ProofError):
        check(value, SCHEMAS, NOW)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [at, *(place for key in keys for place in places(value[key], (*at, key)))]


WRONG = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "z" * 900, [], [[]], {}, {"a": 1}, "did:key:z" + "1" * 48, "9999-99-99T00:00:00Z",
     "0001-01-01T00:00:00+23:59", "urn:uuid:", ["VerifiableCredential"], "\u0000", "100"]
)  # fmt: skip


@given(st.data())
def test_any_value_anywhere_is_refused_in_a_sentence(data: st.DataObject) -> None:
    """Whatever takes the place of whatever part: the document is refused, and nothing else is raised."""
    document: Any = copy.deepcopy(a_credential())
    place = data.draw(st.sampled_from(places(document)[1:]))
    value, holder = data.draw(WRONG), document
    for key in place[:-1]:
        holder = holder[key]
    if holder[place[-1]] == value:
        return
    holder[place[-1]] = value
    if data.draw(st.booleans()) and place[0] != "proof":
        document = signed({k: v for k, v in document.items() if k != "proof"}, KEY, NOW)
        try:
            check(document, SCHEMAS, NOW)  # somebody signed it so: fine if it is a certificate
        except ProofError:
            return
    else:
        with pytest.raises(ProofError) as caught:
            check(document, SCHEMAS, NOW)
        assert str(caught.value).endswith(".")


# -- files -----------------------------------------------------------------------------------------------------------------


def test_the_file_is_readable_and_spaces_do_not_matter(tmp_path: Path) -> None:
    document = a_credential()
    file = tmp_path / "c.json"
    file.write_bytes(credential_bytes(document))
    assert "Mara Lindström" in file.read_text("utf-8")
    assert check(read_credential(file), SCHEMAS, NOW) == certificate_of(document)
    file.write_text(json.dumps(document, indent=7, ensure_ascii=True), encoding="utf-8-sig")
    assert check(read_credential(file), SCHEMAS, NOW) == certificate_of(document)


@pytest.mark.parametrize("data", [b"", b"{", b'{"a":1,"a":2}', b"[NaN]", b"[" * 99_999, b"\xff", b" " * 2_000_000])
def test_a_broken_file_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.json").write_bytes(data)
    with pytest.raises(ProofError, match="cannot be read: "):
        read_credential(tmp_path / "c.json")


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\x00" * 5000, b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\n"]
)
def test_a_broken_pdf_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.pdf").write_bytes(data)
    with pytest.raises(ProofError, match="PDF"):
        read_credential(tmp_path / "c.pdf")


@settings(max_examples=50)
@given(st.binary(max_size=400))
def test_any_bytes_as_a_pdf_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.pdf"
    file.write_bytes(b"%PDF-1.7\n" + data)
    with pytest.raises(AppError):
        read_credential(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"gone\.json cannot be read"):
        read_credential(tmp_path / "gone.json")


def test_the_first_difference_is_named() -> None:
    document = a_credential()
    assert first_difference(document, copy.deepcopy(document)) == ""
    other = copy.deepcopy(document)
    other["credentialSubject"]["result"][1]["value"] = "100"
    assert first_difference(other, document) == ('credentialSubject.result[1].value is "100", but "92" was issued')
    other = copy.deepcopy(document)
    del other["evidence"]
    assert first_difference(other, document) == "evidence is missing"
    assert first_difference(document, other) == "evidence was added"


def test_the_hash_changes_with_the_content_and_not_with_its_layout() -> None:
    document = a_credential()
    assert credential_hash(document) == credential_hash(json.loads(json.dumps(document, indent=3)))
    assert credential_hash(document) != credential_hash(document | {"name": "x"})
