"""The corpus the detectors were not written with: other sentences, other generators, other seeds than development.py.

Written after the detectors were committed. docs/formats/guard-findings.md gives the figures of the first run and what
was changed after it; whoever changes a detector because of a sentence here moves that sentence to development.py.
"""

from __future__ import annotations

import random
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from json import dumps

import phonenumbers
from stdnum import iban, luhn
from stdnum.iso7064 import mod_97_10

from tests.guard.corpus.scoring import Case, plant

_UPPER, _LOWER, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
_BASE62 = _UPPER + _LOWER + _DIGITS
_HEX = _DIGITS + "abcdef"
Maker = Callable[[random.Random], str]


def cases(seed: int = 77_003) -> Iterator[Case]:
    """About 4,000 cases; the same seed gives the same ones."""
    chance = random.Random(seed)
    for family, (count, templates, make) in _FAMILIES.items():
        for _ in range(count):
            value = make(chance)
            yield plant(family, chance.choice(templates), value)


def text(chance: random.Random, alphabet: str, count: int) -> str:
    return "".join(chance.choice(alphabet) for _ in range(count))


def grouped(value: str, sizes: tuple[int, ...], separator: str) -> str:
    """value cut into groups of sizes, the last repeated."""
    parts, place, sizes_left = [], 0, list(sizes)
    while place < len(value):
        size = sizes_left.pop(0) if len(sizes_left) > 1 else sizes_left[0]
        parts.append(value[place : place + size])
        place += size
    return separator.join(parts)


# Prefix, length, usual grouping: the schemes' published ranges.
_CARDS = (
    ("4539", 16, (4,)),
    ("4916", 16, (4,)),
    ("4", 19, (4,)),
    ("5425", 16, (4,)),
    ("2223", 16, (4,)),
    ("2720", 16, (4,)),
    ("371", 15, (4, 6, 5)),
    ("341", 15, (4, 6, 5)),
    ("6011", 16, (4,)),
    ("6500", 16, (4,)),
    ("3566", 16, (4,)),
    ("3056", 14, (4, 6, 4)),
    ("36", 14, (4, 6, 4)),
    ("6221", 16, (4,)),
    ("6759", 16, (4,)),
    ("5020", 16, (4,)),
    ("2202", 16, (4,)),
)


def card(chance: random.Random) -> str:
    prefix, length, sizes = chance.choice(_CARDS)
    body = prefix + text(chance, _DIGITS, length - 1 - len(prefix))
    number = body + luhn.calc_check_digit(body)
    return grouped(number, sizes, chance.choice((" ", "-", " ", "."))) if chance.random() < 0.6 else number


# The national part as the registry gives it: n digits, a capitals, c both.
_BANKS = {
    "DE": "18n",
    "AT": "16n",
    "CH": "5n12c",
    "FR": "10n11c2n",
    "GB": "4a14n",
    "NL": "4a10n",
    "ES": "20n",
    "IT": "1a10n12c",
    "PL": "24n",
    "SE": "20n",
    "BE": "12n",
    "NO": "11n",
    "MT": "4a5n18c",
    "PT": "21n",
    "LU": "3n13c",
    "IE": "4a14n",
    "TR": "5n1n16c",
}


def account(chance: random.Random) -> str:
    country = chance.choice(sorted(_BANKS))
    body, count = "", ""
    for char in _BANKS[country]:
        if char.isdigit():
            count += char
        else:
            body += text(chance, {"n": _DIGITS, "a": _UPPER, "c": _DIGITS + _UPPER}[char], int(count))
            count = ""
    number = country + mod_97_10.calc_check_digits(body + country) + body
    assert iban.is_valid(number, check_country=False)
    return chance.choice((number, iban.format(number), iban.format(number), number.lower(), iban.format(number, "-")))


_FIRST = (
    "maria",
    "k.schulz",
    "Peter.O.Brien",
    "lena-marie",
    "x93",
    "sales+emea",
    "d_novak",
    "jürgen.groß",
    "hr",
    "o.k",
)
_HOSTS = ("contoso", "nordwind-handel", "mail.fabrikam", "uni-beispiel", "a1b2", "post.acme.example", "büro-süd")
_ENDINGS = ("com", "de", "org", "co.uk", "eu", "info", "museum", "ch", "online", "consulting")


def email(chance: random.Random) -> str:
    value = f"{chance.choice(_FIRST)}{chance.randint(1, 99)}@{chance.choice(_HOSTS)}.{chance.choice(_ENDINGS)}"
    return value.upper() if chance.random() < 0.1 else value


def hidden_email(chance: random.Random) -> str:
    name = chance.choice([name for name in _FIRST if name.isascii() and "+" not in name])
    host = chance.choice(("contoso", "nordwind-handel", "fabrikam"))
    ending = chance.choice(("com", "de", "org", "net"))
    style = chance.randrange(8)
    if style == 0:
        return f"{name} (at) {host} (dot) {ending}"
    if style == 1:
        return f"{name}[AT]{host}[DOT]{ending}"
    if style == 2:
        return f"{name} at {host} dot {ending}"
    if style == 3:
        return f"{name} <at> {host}.{ending}"
    if style == 4:
        return f"{name}(ät){host}[Punkt]{ending}"
    if style == 5:
        return f"{name}＠{host}．{ending}"
    if style == 6:
        return f"{name[0]}\u200d{name[1:]}\u2060@{host[:2]}\u00ad{host[2:]}.{ending}"
    return f"{name} @ {host} . {ending}"


_PLAIN_TO_WIDE = str.maketrans(_DIGITS, "０１２３４５６７８９")
_PLAIN_TO_ARABIC = str.maketrans(_DIGITS, "٠١٢٣٤٥٦٧٨٩")


def hidden_card(chance: random.Random) -> str:
    body = chance.choice(("4929", "5312", "6011")) + text(chance, _DIGITS, 11)
    number = body + luhn.calc_check_digit(body)
    return _hide_number(chance, number)


def hidden_account(chance: random.Random) -> str:
    body = text(chance, _DIGITS, 18)
    return _hide_number(chance, "DE" + mod_97_10.calc_check_digits(body + "DE") + body)


def _hide_number(chance: random.Random, number: str) -> str:
    style = chance.randrange(6)
    if style == 0:
        return number.translate(_PLAIN_TO_WIDE)
    if style == 1:
        return "\u200b".join(number)
    if style == 2:
        return grouped(number, (4,), "\u2013")
    if style == 3:
        return grouped(number, (4,), "\u00a0")
    if style == 4:
        return " ".join(number)
    return grouped(number.translate(_PLAIN_TO_ARABIC), (4,), "\u202f")


def hidden_token(chance: random.Random) -> str:
    token = github(chance)
    place = chance.randint(5, len(token) - 5)
    return token[:place] + chance.choice(("\u200b", "\u2060", "\ufeff", "\u00ad")) + token[place:]


def ssn(chance: random.Random) -> str:
    area = chance.choice([number for number in range(1, 900) if number != 666])
    return f"{area:03}-{chance.randint(1, 99):02}-{chance.randint(1, 9999):04}"


def phone(chance: random.Random) -> str:
    """A valid number near the region's example, in one of its usual formats."""
    region = chance.choice(("DE", "US", "GB", "FR", "AT", "CH", "NL", "ES", "IT", "PL", "IN"))
    kind = chance.choice((phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE))
    example = phonenumbers.example_number_for_type(region, kind)
    national = str(example.national_number)
    numbers = (int(national[:-4] + text(chance, _DIGITS, 4)) for _ in range(100))
    like_example = (
        phonenumbers.PhoneNumber(example.country_code, one, None, example.italian_leading_zero) for one in numbers
    )
    number = next(filter(phonenumbers.is_valid_number, like_example))
    style = chance.random()
    if style < 0.5 or region in ("ES", "IT", "PL", "IN", "NL"):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    if style < 0.6:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def github(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return f"github_pat_{text(chance, _BASE62, 22)}_{text(chance, _BASE62, 59)}"
    return f"gh{chance.choice('pousr')}_{text(chance, _BASE62, 36)}"


def aws(chance: random.Random) -> str:
    return chance.choice(("AKIA", "ASIA")) + text(chance, _UPPER + "234567", 16)


def other_token(chance: random.Random) -> str:
    word = _BASE62 + "_-"
    return chance.choice(
        (
            lambda: f"xoxp-{text(chance, _DIGITS, 11)}-{text(chance, _DIGITS, 12)}-{text(chance, _HEX, 32)}",
            lambda: (
                f"https://hooks.slack.com/services/T{text(chance, _UPPER, 8)}/B{text(chance, _UPPER, 8)}/{text(chance, _BASE62, 24)}"
            ),
            lambda: f"glrt-{text(chance, word, 20)}x",
            lambda: f"rk_live_{text(chance, _BASE62, 24)}",
            lambda: f"AIza{text(chance, word, 34)}x",
            lambda: f"ya29.{text(chance, word, 60)}x",
            lambda: f"npm_{text(chance, _BASE62, 36)}",
            lambda: f"pypi-{text(chance, word, 150)}x",
            lambda: f"sk-{text(chance, _BASE62, 48)}",
            lambda: f"sk-proj-{text(chance, word, 100)}x",
            lambda: f"sk-ant-api03-{text(chance, word, 93)}AA",
            lambda: f"hf_{text(chance, _BASE62, 34)}",
            lambda: f"SG.{text(chance, _BASE62, 22)}.{text(chance, _BASE62, 43)}",
            lambda: f"dop_v1_{text(chance, _HEX, 64)}",
        )
    )()


def key_block(chance: random.Random) -> str:
    kind = chance.choice(("RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED ", "DSA "))
    lines = "\n".join(text(chance, _BASE62 + "+/", 64) for _ in range(chance.randint(3, 12)))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


def jwt(chance: random.Random) -> str:
    header = {"typ": "JWT", "alg": chance.choice(("RS256", "ES384", "HS512")), "kid": text(chance, _HEX, 8)}
    claims = {"iss": "https://login.example.org", "sub": text(chance, _DIGITS, 9), "name": "Zoë", "exp": 1_800_000_000}
    parts = [urlsafe_b64encode(dumps(part).encode()).decode().rstrip("=") for part in (header, claims)]
    return ".".join((*parts, text(chance, _BASE62 + "-_", 86)))


_STEMS = ("Winter", "maple", "Tiger", "blue-sky", "Koffer", "quartz", "N0rdsee", "giraffe", "Zitrone", "panda")


def password(chance: random.Random) -> str:
    stem = chance.choice(_STEMS)
    return chance.choice(
        (
            lambda: f"{stem}{chance.randint(10, 2030)}{chance.choice('!?$#%')}",
            lambda: f"{stem.replace('a', '@').replace('i', '1')}_{chance.randint(1, 99)}",
            lambda: text(chance, _BASE62, 12),
            lambda: text(chance, _BASE62 + "!#$%&*+-=^~", 14) + "7",
            lambda: f"{stem}-{chance.choice(_STEMS)}-{chance.choice(_STEMS)}{chance.randint(1, 9)}",
        )
    )()


def address(chance: random.Random) -> str:
    kind = chance.randrange(4)
    if kind == 0:
        return f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"
    if kind == 1:
        return f"172.{chance.randint(16, 31)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"
    if kind == 2:
        return f"{chance.choice((31, 62, 91, 185, 203))}.{chance.randint(1, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"
    return f"2a02:8{text(chance, _HEX, 2)}::{text(chance, '123456789abcdef', 2)}:{chance.randint(1, 999)}"


_ANYWHERE = (
    "The customer gave us {} when she signed.",
    "Bitte trage {} in das Formular ein.",
    "We still have {} on file.",
    "Re: your question - it is {}, as discussed.",
    "Betreff: {}",
    "- {}\n- another line",
    "Summarise: Mr Ito ({}) complained on 4 May about order 20417.",
    'field,"{}",42',
    "Noted {}. Thanks a lot!",
    "From the old system:\t{}\tactive",
    "Das war {}; danke.",
)
_PHONE_PLACES = (
    "You can ring me on {} after lunch.",
    "Tel.: {}",
    "Meine Nummer: {}.",
    "Contact Ms Okafor ({}) about the visit.",
    "Mobil {} oder per Post",
    "He left {} for the driver.",
    "Bitte unter {} zurückrufen.",
    "Name: Ito, Phone: {}, City: Bonn",
    "{}",
)
_PASSWORD_PLACES = (
    "password: {}",
    "Password = {}",
    "pwd={}",
    "The password for the shared mailbox is {}",
    "my password is {}",
    "Our wifi password is {} and works everywhere.",
    "Das Kennwort ist {}.",
    "Passwort für den Drucker: {}",
    "  db_password: '{}'",
    'export ADMIN_PASSWORD="{}"',
    '"client_secret": "{}",',
    "jdbc:postgresql://db/app?user=web&password={}",
    "https://deploy:{}@git.example.org/team/app.git",
    "amqp://queue:{}@queue-host:5672/",
    "--password {} --verbose",
    "api_key={}",
    "Login: m.ito, Password: {}",
    "Passphrase: {}",
)
_FAMILIES: dict[str, tuple[int, tuple[str, ...], Maker]] = {
    "card": (400, _ANYWHERE, card),
    "card, obfuscated": (150, _ANYWHERE, hidden_card),
    "iban": (400, _ANYWHERE, account),
    "iban, obfuscated": (150, _ANYWHERE, hidden_account),
    "email": (400, _ANYWHERE, email),
    "email, obfuscated": (300, _ANYWHERE, hidden_email),
    "ssn": (300, _ANYWHERE, ssn),
    "phone": (500, _PHONE_PLACES, phone),
    "ip": (200, _ANYWHERE, address),
    "secret, github": (150, _ANYWHERE, github),
    "secret, aws": (100, _ANYWHERE, aws),
    "secret, other tokens": (300, _ANYWHERE, other_token),
    "secret, obfuscated": (100, _ANYWHERE, hidden_token),
    "secret, private key": (60, _ANYWHERE, key_block),
    "secret, jwt": (100, _ANYWHERE, jwt),
    "secret, password": (500, _PASSWORD_PLACES, password),
}
