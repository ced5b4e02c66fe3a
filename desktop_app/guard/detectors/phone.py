"""Phone numbers: shapes by pattern, truth by phonenumbers, and the words around them where the shape is not enough."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from desktop_app.guard.patterns import Pattern, is_word

Hit = tuple[str, int, int]

# Where a number without country code may come from, likeliest first. All of them dial 0 before the area code.
_TRUNK_REGIONS = ("DE", "GB", "FR", "AT", "CH", "NL", "SE", "AU")
# phonenumbers needs about 35 µs for each region. Beyond this many checks in one text the shape alone decides, which
# reports too much rather than too little and keeps a hostile text from stopping the window.
_MAX_CHECKS = 200

_INTERNATIONAL = Pattern(r"(?:\+\x20?|\b00\x20?)[1-9]\d{0,3}(?:[\x20./-]{0,3}(?:\(0?\d{0,5}\)|\d{1,12})){1,7}")
_TRUNK = Pattern(
    r"\(0[1-9]\d{0,4}\)(?:[\x20./-]{0,3}\d{1,8}){1,5}|\b0[1-9]\d{0,9}(?:\x20?[\x20./-]\x20?\d{1,10}){1,5}|\b0[1-9]\d{7,10}\b"
)
_NANP = Pattern(
    r"(?:\b1[\x20.-]?)?(?:\(\d{3}\)[\x20.-]{0,2}|\b\d{3}[\x20./-])\d{3}[\x20.-]\d{4}"
    r"(?:\x20?(?:x|ext\.?|extension)\x20?\d{1,5})?\b"
)
_ANY = Pattern(r"[(]?\b\d(?:[\x20./()-]{0,2}\d){6,14}\b")

_PHONE_WORDS = Pattern(
    r"\b(?:tel\.?|telefon[a-z]*|telephone|(?:tele)?phones?|ph|mobile?|mobil(?:telefon|nummer|nr)?|cell(?:phone|ular)?|handy(?:nummer|nr)?|fax[a-z]*"
    r"|call|calls|calling|ring|dial|whatsapp|sms|text(?:\x20(?:me|her|him|us|them))?|ruf[a-z]*|anruf[a-z]*|angerufen"
    r"|r\xfcckruf[a-z]*|zur\xfcckruf[a-z]*|durchwahl|hotline|landline|festnetz[a-z]*|switchboard|desk\x20line|direct\x20line"
    r"|contact\x20number|reach|reached|reachable|erreich[a-z]*|voicemail|extension|pager|whats\x20app)\b"
)
_OTHER_WORDS = Pattern(
    r"\b(?:orders?|invoices?|articles?|items?|tickets?|tracking|parcels?|skus?|isbn|issn|ean|parts?|refs?|references?|case"
    r"|serial|version|build|batch|lot|contract|customer|account|policy|claim|po|rma|doi|orcid|id|ids|imei|uuid|hash|vin"
    r"|(?:bestell|auftrags?|rechnungs?|artikel|kunden|vertrags?|beleg|vorgangs?|sendungs?|material|serien|chargen|konto"
    r"|kosten|projekt|inventar|angebots?|lieferschein|policen|fall|akten|personal|steuer|matrikel|lager)[a-z\xe4\xf6\xfc]*"
    r"|aktenzeichen|az|bestellung|rechnung|auftrag|vertrag|sendung|charge|beleg|vorgang|lieferung)\b"
)
_CONNECTED = Pattern(
    r"(?:[\s:.,(+\"'*-]|\b(?:me|us|him|her|them|back|at|on|under|via|by|is|was|no|nr|nummer|number|the|my|our|private|office|work|home|mobile"
    r"|cell|phone|unter|auf|bei|ist|lautet|mich|uns|ihn|sie|ihr|die|der|das|mir|now|jetzt|please|bitte|and|und|or|oder|to|new|neue|direct)\b)*"
)
# 22.11.2024, 2024-11-22 10.30, 01/02/2024; 10.30-11.45
_DATE = Pattern(
    r"\D*(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}|\d\d[.]\d\d\x20?-\x20?\d\d[.]\d\d)\b"
)
# The number goes on to the left: "12 030", "A-030", "7.030".
_NUMBERED = Pattern(r"[0-9](?:[./,-]|\x20{1,2}|\x20[./-]\x20?)\z|[a-z][./-]\z|[0-9a-z_/#$=-]\z")


def find_phones(data: bytes) -> Iterator[Hit]:
    """Phone numbers in Normalised.data.

    International ones must be valid. National ones, of the regions above and of North America, must be valid and in a
    usual grouping, and no word before them may make them something else (an order, an article). Right after a word
    such as "Tel." or "call" anything of 7 to 15 digits counts that is no date.
    """
    words, checker = _Words(data), _Checker()
    yield from _international(data, words, checker)
    yield from _trunk(data, words, checker)
    yield from _north_american(data, words, checker)
    yield from _after_words(data, words)


class _Words:
    """The words in the text that make a number a phone number or something else, found once for the whole text."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _phone_ends(self) -> list[int]:
        return [match.end() for match in _PHONE_WORDS.all(self._data)]

    @cached_property
    def _other_starts(self) -> list[int]:
        return [match.start() for match in _OTHER_WORDS.all(self._data)]

    def say_phone(self, place: int, *, only_connected: bool = False) -> bool:
        """Whether a word such as "Tel." comes within 40 characters before place, and nothing against it between.

        only_connected: nothing but words such as "me on" or "number is" may stand between.
        """
        index = bisect_right(self._phone_ends, place) - 1
        if index < 0 or place - self._phone_ends[index] > 40:
            return False
        end = self._phone_ends[index]
        between = self._data[end:place]
        if only_connected and not _CONNECTED.matches(between):
            return False
        if bisect_left(self._other_starts, place) > bisect_left(self._other_starts, end):
            return False
        return len(between.translate(None, b"0123456789")) == len(between)

    def say_other(self, place: int) -> bool:
        """Whether a word such as "order" comes within 30 characters before place, and no phone word after it."""
        index = bisect_left(self._other_starts, place) - 1
        return index >= 0 and place - self._other_starts[index] <= 30 and not self.say_phone(place)


class _Checker:
    """Asks phonenumbers, each number once, and at most _MAX_CHECKS times for one text."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[str | None, ...]], bool] = {}
        self._checks = 0

    def is_valid(self, number: str, regions: tuple[str | None, ...]) -> bool:
        known = self._known.get((number, regions))
        if known is None:
            known = self._known[number, regions] = any(self._ask(number, region) for region in regions)
        return known

    def _ask(self, number: str, region: str | None) -> bool:
        if self._checks >= _MAX_CHECKS:
            return True
        self._checks += 1
        import phonenumbers

        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
        except phonenumbers.NumberParseException:
            return False


def _international(data: bytes, words: _Words, checker: _Checker) -> Iterator[Hit]:
    place = 0
    while match := _INTERNATIONAL.search(data, place):
        start, place = match.span()
        dialled_00 = data[start : start + 1] == b"0"
        if is_word(data, start - 1) or data[start - 1 : start] in (b"-", b".", b"/", b"+"):
            continue
        if dialled_00 and words.say_other(start):
            continue
        for last in islice(_ends(data, start, place), 5):
            digits = _digits(data[start:last].replace(b"(0)", b""))
            if 8 <= len(digits) <= 17 and checker.is_valid("+" + (digits[2:] if dialled_00 else digits), (None,)):
                yield "phone", start, last
                place = last  # what was cut off may be the next number
                break


def _trunk(data: bytes, words: _Words, checker: _Checker) -> Iterator[Hit]:
    place = accepted = 0
    while match := _TRUNK.search(data, place):
        start, place = match.span()
        said = words.say_phone(start) or (accepted and start - accepted < 5)
        if is_word(data, start - 1) or (not said and _NUMBERED.search(data[max(0, start - 3) : start])):
            continue
        if _DATE.search(data, start, place) or (not said and (words.say_other(start) or data[start:place].isdigit())):
            continue
        for last in islice(_ends(data, start, place), 5):
            digits = _digits(data[start:last])
            if (8 if said else 9) <= len(digits) <= 13 and checker.is_valid(digits, _TRUNK_REGIONS):
                yield "phone", start, last
                place = accepted = last
                break


def _north_american(data: bytes, words: _Words, checker: _Checker) -> Iterator[Hit]:
    for match in _NANP.all(data):
        start, end = match.span()
        if _NUMBERED.search(data[max(0, start - 3) : start]) or is_word(data, end):
            continue
        spaced = b"(" not in match.group() and b"-" not in match.group() and b"." not in match.group()
        if (spaced or words.say_other(start)) and not words.say_phone(start):
            continue
        digits = _digits(match.group().lower().partition(b"x")[0])
        if checker.is_valid(digits, ("US",)):
            yield "phone", start, end


def _after_words(data: bytes, words: _Words) -> Iterator[Hit]:
    for match in _ANY.all(data):
        start, end = match.span()
        if not words.say_phone(start, only_connected=True) or _DATE.search(data, start, end):
            continue
        if data[start - 1 : start] == b"+":
            start -= 1
        if not is_word(data, start - 1) and not is_word(data, end):
            yield "phone", start, end


def _ends(data: bytes, start: int, end: int) -> Iterator[int]:
    """Where the number may end: at end, then before its last group, before the one before it, and so on."""
    while end > start:
        if not is_word(data, end) or not data[end - 1 : end].isdigit():
            yield end
        end = start + len(data[start:end].rstrip(b"0123456789").rstrip(b" ./-()"))


def _digits(found: bytes) -> str:
    return bytes(byte for byte in found if 48 <= byte <= 57).decode("ascii")
