"""Where the sentences of a text are, English and German; abbreviations, decimals, ordinals, lists and quotes do not mislead it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktop_app.guard.months import MONTHS

_LIST_MARK = re.compile(r"[ \t]*(?:[-*•–—>▪]|\(?\d{1,3}[.)]|\(?[a-zA-Z][)])[ \t]+|[ \t]*#{1,6}[ \t]+")
_END = re.compile(r"[.!?…]+[\"'”“’»«)\]*_]*(?=\s)")
_NEAR_CHARS = 80  # what is looked at on either side of a full stop
_WRAPPED_CHARS = 60  # a line this long that ends in the middle of a sentence goes on in the next one

# Never the end of a sentence.
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "mt",
        "vs",
        "eg",
        "ie",
        "approx",
        "al",
        "ed",
        "hr",
        "fr",
        "ing",
        "dipl",
        "bzw",
        "ca",
        "evtl",
        "ggf",
        "inkl",
        "exkl",
        "zzgl",
        "vgl",
        "sog",
        "ua",
        "zb",
        "dh",
        "mio",
        "mrd",
        "bspw",
        "geb",
        "gegr",
        "gest",
        "resp",
        "rd",
        "capt",
        "gen",
        "gov",
        "hon",
        "rev",
        "sen",
        "allg",
        "zt",
        "od",
    ]
)
# Not one before a number ("No. 5", "Tel. 030") or a small letter.
_BEFORE_NUMBERS = frozenset(
    [
        "no",
        "nr",
        "nos",
        "tel",
        "abs",
        "art",
        "fig",
        "kap",
        "bd",
        "pp",
        "vol",
        "sec",
        "max",
        "min",
        "str",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "okt",
        "dez",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    ]
)
# "am 3. Montag": a number with a full stop behind these is an ordinal.
_BEFORE_ORDINALS = frozenset(
    [
        "am",
        "vom",
        "zum",
        "der",
        "den",
        "dem",
        "des",
        "die",
        "das",
        "im",
        "bis",
        "beim",
        "jeden",
        "jeder",
        "jedes",
        "jede",
        "ab",
        "seit",
        "pro",
        "zur",
        "einen",
        "ein",
        "eine",
    ]
)


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each sentence, in order, without the white space and list marks around it; none is empty."""
    return tuple(span for block in _blocks(text) for span in _in_block(text, *block))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: a paragraph of wrapped lines, a list item, a heading."""
    start, at, before = -1, 0, ""
    for line in text.splitlines(keepends=True):
        mark = _LIST_MARK.match(line)
        if start >= 0 and (mark or not line.strip() or not _goes_on(before, line)):
            yield start, at
            start = -1
        if line.strip() and start < 0:
            start = at + (mark.end() if mark else 0)
        at, before = at + len(line), line.rstrip()
    if start >= 0:
        yield start, at


def _goes_on(before: str, line: str) -> bool:
    """True if line continues the sentence of the line before it."""
    if before.endswith(":"):
        return False
    begins_small = line.lstrip()[:1].islower()
    return begins_small or len(before) >= _WRAPPED_CHARS


def _in_block(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _END.finditer(text, start, end):
        if _ends(text, at, match, end):
            yield from _trimmed(text, at, match.end())
            at = match.end()
    yield from _trimmed(text, at, end)


def _ends(text: str, start: int, match: re.Match[str], end: int) -> bool:
    after = text[match.end() : min(end, match.end() + _NEAR_CHARS)].lstrip()
    if not after:
        return True
    following = after.lstrip("\"'„“”‘«»([*_")[:1]
    if following.islower():
        return False
    if match[0][0] != "." or len(match[0].rstrip("\"'”“’»«)]*_")) > 1:
        return True
    words = text[max(start, match.start() - _NEAR_CHARS) : match.start()].split()
    return not words or not _is_abbreviation(words, after)


def _is_abbreviation(words: list[str], after: str) -> bool:
    last = words[-1].lstrip("\"'„“”‘«»([*_")
    bare = last.replace(".", "").casefold()
    if len(last) == 1 and last.isalpha() and last not in ("I", "a"):
        return True  # an initial: J. Beck, z. B.
    if bare in _ABBREVIATIONS or ("." in last and len(bare) <= 3 and bare.isalpha()):
        return True
    if bare in _BEFORE_NUMBERS:
        return after[:1].isdigit()
    if last.isdigit() and len(last) <= 2:
        next_word = re.match(r"\w+", after)
        is_month = next_word is not None and next_word[0].casefold() in MONTHS
        return is_month or (len(words) > 1 and words[-2].casefold() in _BEFORE_ORDINALS)
    return False


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
