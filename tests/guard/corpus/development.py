"""The corpus the detectors were written with: no figure measured on it says how good they are."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator

from stdnum import luhn
from stdnum.iso7064 import mod_97_10

from tests.guard.corpus.scoring import Case, plant

_SENTENCES = (
    "Please use {} for this.",
    "Hello Tom, {} is what you asked for.",
    "Kannst du {} bitte prüfen?",
    "{}",
    "In the file: {}; thanks!",
    "(see {})",
    "Wir haben {}, mehr nicht.",
)
_ALNUM = string.ascii_letters + string.digits


def cases(seed: int = 1, count: int = 60) -> Iterator[Case]:
    """count cases of each family."""
    chance = random.Random(seed)
    for family, make in _MAKERS.items():
        for _ in range(count):
            value = make(chance)
            yield plant(family, chance.choice(_SENTENCES), value)
    for family, template, make in _IN_CONTEXT:
        for _ in range(count // 4):
            yield plant(family, template, make(chance))


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices(string.digits, k=count))


def letters(chance: random.Random, count: int, alphabet: str = _ALNUM) -> str:
    return "".join(chance.choices(alphabet, k=count))


def _card(chance: random.Random) -> str:
    body = chance.choice(("4", "51", "55", "6011", "3530")) + digits(chance, 15)
    number = body[:15] + luhn.calc_check_digit(body[:15])
    separator = chance.choice(("", " ", "-"))
    return separator.join(number[at : at + 4] for at in range(0, 16, 4))


def _iban(chance: random.Random) -> str:
    country, body = chance.choice(
        (("DE", digits(chance, 18)), ("AT", digits(chance, 16)), ("NL", "ABNA" + digits(chance, 10)))
    )
    number = country + mod_97_10.calc_check_digits(body + country) + body
    return chance.choice((number, " ".join(number[at : at + 4] for at in range(0, len(number), 4)), number.lower()))


def _email(chance: random.Random) -> str:
    domain = chance.choice(("example.org", "mail.example.co.uk", "firma.de"))
    return f"{chance.choice(('anna', 'j.doe', 'it-team', 'müller'))}@{domain}"


def _hidden_email(chance: random.Random) -> str:
    at = chance.choice((" [at] ", "(at)", " at ", "[ät]", " {at} ", "\u200b@"))
    dot = " dot " if at == " at " else chance.choice((".", " [dot] ", "(dot)"))
    return f"{chance.choice(('anna', 'j.doe', 'info'))}{at}example{dot}{chance.choice(('org', 'com', 'de'))}"


def _ssn(chance: random.Random) -> str:
    return f"{chance.randint(100, 600):03}-{chance.randint(1, 99):02}-{chance.randint(1, 9999):04}"


def _jwt(chance: random.Random) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": digits(chance, 6)})
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2ln"
    )


def _token(chance: random.Random) -> str:
    form = chance.choice(
        (
            "ghp_{36}",
            "glpat-{20}",
            "sk_live_{24}",
            "npm_{36}",
            "AIza{35}",
            "xoxb-{24}",
            "sk-ant-api03-{80}",
            "sk-proj-{60}",
        )
    )
    prefix, count = form.rstrip("}").split("{")
    return prefix + letters(chance, int(count))


def _address(chance: random.Random) -> str:
    return (
        f"{chance.choice((10, 192, 8, 87))}.{chance.randint(1, 254)}.{chance.randint(0, 254)}.{chance.randint(1, 254)}"
    )


def _phone(chance: random.Random) -> str:
    return chance.choice(("+49 30 ", "030 ", "0171/", "+44 20 7")) + f"{chance.randint(2000000, 9999999)}"


def _password(chance: random.Random) -> str:
    return letters(chance, 6) + digits(chance, 2) + chance.choice(("", "!", "#"))


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "card": _card,
    "iban": _iban,
    "email": _email,
    "email, obfuscated": _hidden_email,
    "ssn": _ssn,
    "secret": _token,
    "secret, jwt": _jwt,
    "ip": _address,
    "phone": _phone,
}
_IN_CONTEXT: tuple[tuple[str, str, Callable[[random.Random], str]], ...] = (
    ("secret, password", "password: {}", _password),
    ("secret, password", "My password is {}, please keep it.", _password),
    ("secret, password", "Das Passwort lautet {}.", _password),
    ("secret, password", "DB_PASSWORD={}", _password),
    ("secret, password", '{"user": "anna", "password": "{}"}', _password),
    ("secret, password", "postgres://app:{}@db.example.org/main", _password),
    ("phone", "Call me: {}", lambda chance: f"555-{digits(chance, 4)}"),
    ("ssn", "SSN {}", lambda chance: f"{chance.randint(100, 600)}{chance.randint(10, 99)}{chance.randint(1000, 9999)}"),
)
