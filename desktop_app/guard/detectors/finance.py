"""Payment card numbers, IBANs and US social security numbers: shape by pattern, truth by checksum."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from desktop_app.guard.patterns import Pattern, before, is_word

Hit = tuple[str, int, int]

_SEPARATORS = b" -./_"

# Brands by first and last prefix, and lengths: ISO/IEC 7812 ranges as the card schemes publish them. Short Maestro
# numbers exist; the 13-digit Visa counts only after a word for cards, as German article codes look the same.
_BRANDS: tuple[tuple[int, int, range], ...] = (
    (4, 4, range(16, 20, 3)),  # Visa
    (51, 55, range(16, 17)),  # Mastercard
    (2221, 2720, range(16, 17)),
    (34, 34, range(15, 16)),  # American Express
    (37, 37, range(15, 16)),
    (300, 305, range(14, 15)),  # Diners Club
    (309, 309, range(14, 15)),
    (36, 36, range(14, 17, 2)),
    (38, 39, range(14, 17, 2)),
    (3528, 3589, range(16, 17)),  # JCB
    (2131, 2131, range(15, 16)),
    (1800, 1800, range(15, 16)),
    (6011, 6011, range(16, 20)),  # Discover
    (644, 659, range(16, 20)),
    (62, 62, range(16, 20)),  # UnionPay
    (81, 81, range(16, 20)),
    (60, 60, range(16, 17)),  # RuPay
    (508, 508, range(16, 17)),
    (2200, 2204, range(16, 20)),  # Mir
    (9792, 9792, range(16, 17)),  # Troy
    (5018, 5020, range(12, 20)),  # Maestro and Dankort
    (5038, 5038, range(12, 20)),
    (5060, 5067, range(16, 20)),  # Verve, Elo
    (56, 58, range(12, 20)),
    (6304, 6304, range(12, 20)),
    (636, 639, range(12, 20)),
    (6759, 6763, range(12, 20)),
)
_RUN = Pattern(r"\d(?:[\x20./_-]{0,2}\d){11,}")
_USUAL = Pattern(
    r"\b(?:\d{12,19}|[1-9]\d{3}(?:[\x20./_-]{1,2}\d{4}){2}[\x20./_-]{1,2}\d{4}(?:[\x20./_-]{1,2}\d{1,3})?"
    r"|3\d{3}[\x20./_-]{1,2}\d{6}[\x20./_-]{1,2}\d{4,5})\b"
)
_CARD_WORDS = Pattern(r"card|karte|visa|master|maestro|amex|express|diners|credit|kredit|debit|\bcc\b|\bpan\b|\bkk\b")


def find_cards(data: bytes) -> Iterator[Hit]:
    """Payment card numbers in Normalised.data: a known brand's prefix and length, and the Luhn checksum."""
    for run in _RUN.all(data):
        start, end = run.span()
        if _touches_word(data, start, end):
            continue
        if end - start <= 55 and _even_groups(run.group(), data, start) and _is_card(data, start, end):
            yield "card", start, end
        else:
            yield from _cards_inside(data, start, end)


def _cards_inside(data: bytes, start: int, end: int) -> Iterator[Hit]:
    """Cards in the usual groups within a longer row of numbers, such as a date or a code behind the card."""
    while match := _USUAL.search(data, start, end):
        first, last = match.span()
        if _is_card(data, first, last):
            yield "card", first, last
            start = last
            continue
        # A last short group may be the security code: the 16 digits before it count on their own.
        shorter = first + len(match.group().rstrip(b"0123456789").rstrip(_SEPARATORS))
        if 16 <= shorter - first < last - 1 - first and _is_card(data, first, shorter):
            yield "card", first, shorter
            start = shorter
        else:
            start = first + 4


def _touches_word(data: bytes, start: int, end: int) -> bool:
    """Whether letters, a decimal point or a further digit make the run a part of something else."""
    if is_word(data, start - 1) or is_word(data, end):
        return True
    return data[start - 1 : start] in (b".", b",") and data[start - 2 : start - 1].isdigit()


def _even_groups(run: bytes, data: bytes, start: int) -> bool:
    """Whether the digits are grouped as people write card numbers: evenly, or 4-6-5; dates and tables are not."""
    groups = run.translate(bytes.maketrans(b"-./_", b"    ")).split()
    sizes = [len(group) for group in groups]
    if len(set(sizes[:-1])) <= 1 and (len(sizes) == 1 or sizes[-1] <= max(sizes[0], 4)):
        return True
    return sizes in ([4, 6, 5], [4, 6, 4]) or _CARD_WORDS.search(before(data, start, 40)) is not None


def _is_card(data: bytes, start: int, end: int) -> bool:
    digits = data[start:end].translate(None, _SEPARATORS)
    size = len(digits)
    if size not in _sizes_by_prefix().get(digits[:4], ()) and not (
        digits[:1] == b"4" and size == 13 and _CARD_WORDS.search(before(data, start, 40))
    ):
        return False
    return len(set(digits)) > 1 and luhn_fits(digits)  # 4444… is filler that happens to pass


_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")


def luhn_fits(digits: bytes) -> bool:
    """Whether the Luhn checksum (ISO/IEC 7812-1, annex B) of ASCII digits fits.

    Our own because a list of 13,000 numbers would take stdnum.luhn 0.1 s and this a tenth of it; a test compares them.
    """
    return (sum(digits[-1::-2]) + sum(digits[-2::-2].translate(_DOUBLED)) - 48 * len(digits)) % 10 == 0


@cache
def _sizes_by_prefix() -> dict[bytes, set[int]]:
    """The lengths a card number may have, by its first four digits."""
    sizes: dict[bytes, set[int]] = {}
    for low, high, allowed in _BRANDS:
        rest = 10 ** (4 - len(str(low)))
        for prefix in range(low * rest, (high + 1) * rest):
            sizes.setdefault(b"%d" % prefix, set()).update(allowed)
    return sizes


# Lengths of the SWIFT IBAN registry, release 101; a test compares them with python-stdnum's table.
_LENGTHS_TEXT = """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
"""
IBAN_LENGTHS: dict[bytes, int] = {item[:2].encode(): int(item[2:]) for item in _LENGTHS_TEXT.split()}
# The registry's structures take 25 µs each; beyond this many in one text the check digits alone decide.
_MAX_CHECKS = 1_000
_IBAN_START = Pattern(r"\b[a-z][\x20]?[a-z][\x20._-]{0,2}\d[\x20]?\d[\x20._-]{0,2}[0-9a-z]")


def find_ibans(data: bytes) -> Iterator[Hit]:
    """IBANs in Normalised.data, in groups or not, in either case: country, length, structure and check digits fit."""
    done = checked = 0
    for match in _IBAN_START.all(data):
        start = match.start()
        if start < done:
            continue
        # Wide enough for the longest IBAN with a separator after each character.
        compact = data[start : start + 68].translate(None, b" -._").upper()
        length = IBAN_LENGTHS.get(compact[:2], 0)
        if length and len(compact) >= length and _check_digits_fit(compact[:length]):
            checked += 1
            if checked <= _MAX_CHECKS and not _structure_fits(compact[:length]):
                continue
            done = _end_of(data, start, length)
            if not is_word(data, done):
                yield "iban", start, done


def _check_digits_fit(compact: bytes) -> bool:
    """ISO 13616: with the first four characters at the end and letters as numbers, the remainder by 97 is 1."""
    if not compact.isalnum() or not compact.isascii():
        return False
    return int("".join([str(int(char, 36)) for char in (compact[4:] + compact[:4]).decode("ascii")])) % 97 == 1


def _structure_fits(compact: bytes) -> bool:
    from stdnum import iban

    return iban.is_valid(compact.decode("ascii"), check_country=False)


def _end_of(data: bytes, start: int, count: int) -> int:
    """The offset behind the count-th character that is no separator."""
    place = start
    while count:
        count -= data[place] not in b" -._"
        place += 1
    return place


_SSN = Pattern(
    r"\b\d{3}-\d{2}-\d{4}\b|\b\d{3}[\x20.]\d{2}[\x20.]\d{4}\b|\b\d{9}\b|\b\d{3}\x20?-\x20?\d{2}\x20?-\x20?\d{4}\b"
)
_SSN_WORDS = Pattern(r"\bssn\b|\bssns\b|social[\x20-]?security|\bitin\b|sozialversicherung[a-z]*[\x20-]+\(?us")


def find_ssns(data: bytes) -> Iterator[Hit]:
    """US social security numbers in Normalised.data; other separators than dashes only after words that say so."""
    for match in _SSN.all(data):
        start, end = match.span()
        found = match.group()
        if found[3:4] != b"-" and not _SSN_WORDS.search(before(data, start, 60)):
            continue
        if data[start - 1 : start] in (b"-", b"/", b"+") or (
            data[end : end + 1] in (b"-", b"/") and is_word(data, end + 1)
        ):
            continue
        from stdnum.us import ssn

        digits = found.translate(None, b" .-").decode("ascii")
        if ssn.is_valid(digits):
            yield "ssn", start, end
