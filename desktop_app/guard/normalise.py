"""A text as the detectors read it: look-alike characters made plain, invisible ones removed, and the way back."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

# Letters of other alphabets that are drawn like Latin ones, so that "pаssword" with a Cyrillic а is still read.
_LOOKALIKES = dict(
    zip(
        map(ord, "АВЕКМНОРСТУХаеорсухіјѕԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι"),
        "ABEKMHOPCTYXaeopcyxijsdqw" + "ABEZHIKMNOPTYXovi",
        strict=True,
    )
)
# Hyphens and minus signs outside category Pd; stops of East Asian domain names; line separators; quotation marks.
_SINGLE = _LOOKALIKES | {0x2212: "-", 0x2043: "-", 0x02D7: "-", 0x3002: ".", 0x2028: "\n", 0x2029: "\n", 0x0085: "\n"}
_SINGLE |= dict.fromkeys(map(ord, "“”„‟«»"), '"') | dict.fromkeys(map(ord, "‘’‚‛"), "'")


class _Table(dict[int, str]):
    """For str.translate: works out a character once, when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = self[code] = chr(code) if code < 0x80 else _plain(chr(code))
        return plain


def _plain(char: str) -> str:
    """What one character is read as: at most 18 characters (the longest NFKC expansion), or none if it is invisible."""
    if ord(char) in _SINGLE:
        return _SINGLE[ord(char)]
    return "".join(map(_plain_part, unicodedata.normalize("NFKC", char)))


def _plain_part(char: str) -> str:
    if char.isascii():
        return char
    category = unicodedata.category(char)
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category in ("Pd", "Zs"):
        return "-" if category == "Pd" else " "
    return _SINGLE.get(ord(char), char)


class _Latin(dict[int, str]):
    """For str.translate: one Latin-1 character for each; letters beyond become ÿ, everything else ¤."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        one = self[code] = char if code < 0x100 else ("ÿ" if char.isalnum() else "¤")
        return one


_TABLE, _LATIN = _Table(), _Latin()


@dataclass(frozen=True, slots=True)
class Normalised:
    """The text as detectors read it.

    text: after the changes above, character by character. data: the same in one byte per character, so that an
    offset in the bytes is an offset in text; letters outside Latin-1 are 0xFF in it. offsets: where each character of
    text stands in the original, plus the original's length at the end; None while both are the same.
    """

    text: str = field(repr=False)
    data: bytes = field(repr=False)
    offsets: Sequence[int] | None = field(repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original text that start to end stands for; end is exclusive and after start."""
        if self.offsets is None:
            return start, end
        # From the last character's place, so that invisible characters after the span stay outside; those that are
        # combining marks of that last character still belong to it, which scan takes care of.
        return self.offsets[start], self.offsets[end - 1] + 1


def normalise(text: str) -> Normalised:
    """Read text as a person would: NFKC for each character, one kind of dash, space and digit, nothing invisible.

    Removed are format characters (zero-width, bidirectional controls, soft hyphens, tags) and combining marks; an
    accent in a separate character thus vanishes while "é" in one stays, which no detector minds. Linear in the length.
    """
    if text.isascii():
        return Normalised(text, text.encode("ascii"), None)
    plain = text.translate(_TABLE)
    data = plain.translate(_LATIN).encode("latin-1")
    if all(len(_TABLE[ord(char)]) == 1 for char in set(text)):
        return Normalised(plain, data, None)
    lengths = [len(_TABLE[code]) for code in map(ord, text)]
    offsets = [place for place, length in enumerate(lengths) for _ in range(length)]
    return Normalised(plain, data, (*offsets, len(text)))
