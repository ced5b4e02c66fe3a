"""The register of the invented company: what is checkably nobody's, and what could be somebody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.errors import ContentError
from desktop_app.lessons.company import Company, read_company
from desktop_app.lessons.documents import DocumentLibrary

DOCUMENTS = Path(__file__).parents[2] / "content" / "documents"


@pytest.fixture(scope="module")
def company() -> Company:
    return read_company(DOCUMENTS / "company.yml")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "clara.brandt@mail.example"),
        ("email", "Anna@EXAMPLE.COM"),
        ("email", "a@shop.example.org"),
        ("phone", "+49 30 23125 417"),
        ("phone", "(069) 90009-100"),
        ("phone", "0049 171 39200 42"),
        ("phone", "+49 (0)30 23125 417"),
        ("phone", "01632 960 318"),
        ("phone", "07700 900221"),
        ("iban", "DE89370400440532013000"),
        ("iban", "de89 3704 0044 0532 0130 00"),
        ("card", "4111-1111-1111-1111"),
        ("ip", "203.0.113.77"),
        ("ip", "2001:db8::17"),
        ("internal-ip", "10.20.3.14"),
        ("aws-key", "AKIAIOSFODNN7EXAMPLE"),
        ("github-token", "ghp_EXAMPLE0123456789abcdefghijklmnopqrs"),
        ("password", "Spruce-41!"),
        ("url-login", "shop:secret@db.norwind.example:5432"),
        ("person", "Ms Falk"),
        ("person", "Clara Brandt"),
        ("postcode", "62117"),
    ],
)
def test_what_is_invented_is_allowed(company: Company, kind: str, value: str) -> None:
    assert company.allows(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "someone@gmail.com"),
        ("email", "a@badexample.com"),
        ("email", "a@example.com.evil.org"),
        ("phone", "+49 761 5550134"),
        ("phone", "+49 30 23125 4170"),
        ("phone", "030 23125 41"),
        ("phone", "23125 417"),
        ("iban", "DE02120300000000202051"),
        ("card", "4000 0000 0000 0002"),
        ("ip", "8.8.8.8"),
        ("ip", "not an address"),
        ("internal-ip", "8.8.8.8"),
        ("password", "hunter2"),
        ("person", "Clara Falk"),
        ("person", "Ms"),
        ("person", ""),
        ("postcode", "79098"),
        ("nothing", "62117"),
    ],
)
def test_what_could_be_somebodys_is_not(company: Company, kind: str, value: str) -> None:
    assert not company.allows(kind, value)


def test_everybody_in_the_register_is_allowed_by_it(company: Company) -> None:
    assert len(company.people) >= 15
    for person in company.people:
        assert company.allows("person", person.name)
        assert not person.email or company.allows("email", person.email), person
        assert not person.phone or company.allows("phone", person.phone), person
    names = {one.name for one in company.organisations} | {"", "private customer"}
    assert {person.of for person in company.people} <= names


def test_every_value_and_range_says_where_it_is_from(company: Company) -> None:
    assert all(one.source for one in (*company.values, *company.ranges))


def test_no_two_people_share_a_number_or_an_address(company: Company) -> None:
    for given in ([person.phone for person in company.people], [person.email for person in company.people]):
        known = [value for value in given if value]
        assert len(set(known)) == len(known)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: c\nname: C\n", "about"),
        ("id: c\nname: C\nabout: A\nranges: [{kind: ip, network: somewhere, source: S}]\n", "somewhere"),
        ("id: c\nname: C\nabout: A\nranges: [{kind: ip, source: S}]\n", "exactly one"),
        ("id: c\nname: C\nabout: A\nprice: 3\n", "price"),
        ("- a\n", "mapping"),
        ("id: [\n", "YAML"),
    ],
)
def test_a_wrong_register_names_the_fault(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "company.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(ContentError, match=says):
        read_company(file)


def test_the_library_gives_every_folders_register(tmp_path: Path) -> None:
    (tmp_path / "company.yml").write_text("id: other\nname: Other\nabout: A\n", "utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    found = DocumentLibrary([DOCUMENTS, empty, tmp_path]).companies()
    assert [one.id for one in found] == ["norwind", "other"]
