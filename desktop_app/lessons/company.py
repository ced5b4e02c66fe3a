"""The fictional company: content/documents/company.yml, and which of its values are checkably nobody's.

docs/formats/document.md describes the file; tests compare it with resources/schemas/company.schema.json.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.lessons.fields import ID, ID_SAYS, Codes, Fields
from desktop_app.lessons.problem import Problem, Problems
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8

_CODES = Codes("L602", "L602", "L602")
_ANY_KIND = "*"
_PLACE_WORD = re.compile(r"[^\W\d_]+")
_COUNTRIES = ("+49", "+44", "+41")  # tried in turn for a number that begins with one 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented; of is the organisation, "" for the company's own staff."""

    name: str
    role: str
    of: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Value:
    """One value that is nobody's: kind is one of guard.kinds.KINDS; source says who wrote that down."""

    kind: str
    value: str
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class Range:
    """Values reserved for documentation or drama. One of starts (with so many digits after it), ends, contains, network."""

    kind: str
    starts: str
    digits: int
    ends: str
    contains: str
    network: str
    source: str

    def holds(self, kind: str, value: str) -> bool:
        """True if this range is for that kind and value lies in it; value as _plain makes it."""
        if self.kind not in (kind, _ANY_KIND):
            return False
        if self.starts:
            return value.startswith(self.starts) and len(value) == len(self.starts) + self.digits
        if self.ends:
            return _host(value).endswith(self.ends) and _is_whole_name(_host(value), self.ends)
        if self.contains:
            return self.contains in value
        return _is_inside(value, self.network)


@dataclass(frozen=True, slots=True)
class Thing:
    """A product, place or organisation: its name, what it is, and a product's number or an organisation's domain."""

    name: str
    what: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """The register of what the documents may use. public is what everybody may read: never sensitive."""

    id: str
    name: str
    about: str
    public: tuple[str, ...]
    places: tuple[Thing, ...]
    products: tuple[Thing, ...]
    organisations: tuple[Thing, ...]
    people: tuple[Person, ...]
    values: tuple[Value, ...]
    ranges: tuple[Range, ...]
    path: Path

    def allows(self, kind: str, value: str) -> bool:
        """True if value belongs to the fictional company or is reserved for examples, so that it can be nobody's.

        kind is one of guard.kinds.KINDS, "person" (a name, with or without title or first name) or "postcode".
        """
        if kind == "person":
            return self._knows(value)
        plain = _plain(kind, value)
        if any(one.kind == kind and _plain(kind, one.value) == plain for one in self.values):
            return True
        forms = _phone_forms(plain) if kind == "phone" else (plain,)
        return any(one.holds(kind, form) for one in self.ranges for form in forms)

    def _knows(self, name: str) -> bool:
        words = set(_PLACE_WORD.findall(name)) - {"Ms", "Mr", "Mrs", "Dr", "Frau", "Herr", "Herrn"}
        return bool(words) and any(words <= set(_PLACE_WORD.findall(person.name)) for person in self.people)


def read_company(path: Path) -> Company:
    """The register in a UTF-8 file; raises ContentError for the first thing wrong with it."""
    company, problems = parse_company(read_utf8(path), path)
    if company is None or problems:
        raise problems[0].as_error()
    return company


def parse_company(text: str, path: Path) -> tuple[Company | None, tuple[Problem, ...]]:
    """The register in text and everything wrong with it, in file order; path is only named."""
    problems = Problems(path)
    try:
        value, places = load_yaml_with_lines(text, path)
    except ContentError as error:
        problems.add_error("L602", error)
        return None, problems.sorted()
    fields = Fields(value, places, problems, _CODES)
    company = Company(
        id=fields.text("id", required=True, pattern=ID, says=ID_SAYS),
        name=fields.text("name", required=True, longest=120),
        about=fields.text("about", required=True, longest=2000),
        public=fields.texts("public"),
        places=tuple(map(_place, fields.mappings("places"))),
        products=tuple(map(_product, fields.mappings("products"))),
        organisations=tuple(map(_organisation, fields.mappings("organisations"))),
        people=tuple(map(_person, fields.mappings("people"))),
        values=tuple(map(_value, fields.mappings("values"))),
        ranges=tuple(map(_range, fields.mappings("ranges"))),
        path=path,
    )
    fields.finish()
    return company, problems.sorted()


def _place(fields: Fields) -> Thing:
    place = Thing(fields.text("name", required=True), fields.text("what", required=True))
    fields.finish()
    return place


def _product(fields: Fields) -> Thing:
    name, what = fields.text("name", required=True), fields.text("what", required=True)
    product = Thing(
        name, f"{what}, €{fields.integer('price_eur', 1, 100_000, 1)}", fields.text("id", required=True, longest=20)
    )
    fields.finish()
    return product


def _organisation(fields: Fields) -> Thing:
    organisation = Thing(
        fields.text("name", required=True), fields.text("what", required=True), fields.text("domain", required=True)
    )
    fields.finish()
    return organisation


def _person(fields: Fields) -> Person:
    person = Person(
        name=fields.text("name", required=True, longest=80),
        role=fields.text("role", required=True, longest=120),
        of=fields.text("of", longest=80),
        email=fields.text("email", longest=120),
        phone=fields.text("phone", longest=40),
    )
    fields.finish()
    return person


def _value(fields: Fields) -> Value:
    value = Value(
        kind=fields.text("kind", required=True, longest=40),
        value=fields.text("value", required=True),
        what=fields.text("what", required=True),
        source=fields.text("source", required=True),
    )
    fields.finish()
    return value


def _range(fields: Fields) -> Range:
    forms = {name: fields.text(name, longest=80) for name in ("starts", "ends", "contains", "network")}
    given = [name for name in ("starts", "ends", "contains", "network") if name in fields.values]
    made = Range(
        kind=fields.text("kind", required=True, longest=40),
        digits=fields.integer("digits", 0, 12, 0),
        source=fields.text("source", required=True),
        **forms,
    )
    if len(given) != 1:
        fields.wrong("A range has exactly one of starts, ends, contains and network.")
    elif made.network and _network(made.network) is None:
        fields.wrong(f'"{made.network}" is not a network such as 192.0.2.0/24.', "network")
    fields.finish()
    return made


def _plain(kind: str, value: str) -> str:
    """value as compared: without the spaces and signs people put into numbers."""
    if kind in ("iban", "card"):
        return re.sub(r"[\s-]", "", value).upper()
    if kind == "phone":
        return re.sub(r"[^\d+]", "", value.replace("(0)", ""))
    return value.strip()


def _phone_forms(digits: str) -> tuple[str, ...]:
    if digits.startswith("+"):
        return (digits,)
    if digits.startswith("00"):
        return ("+" + digits[2:],)
    return tuple(country + digits[1:] for country in _COUNTRIES) if digits.startswith("0") else ()


def _host(value: str) -> str:
    """What follows the last @, up to a path, port or query; folded."""
    return re.split(r"[/:?#]", value.rpartition("@")[2].casefold(), maxsplit=1)[0].rstrip(".")


def _is_whole_name(host: str, ends: str) -> bool:
    """True unless ends cuts a name in two, as in badexample.com."""
    before = host[: -len(ends)]
    return ends.startswith(".") or not before or before.endswith(".")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def _is_inside(value: str, network: str) -> bool:
    known = _network(network)
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return known is not None and address.version == known.version and address in known
