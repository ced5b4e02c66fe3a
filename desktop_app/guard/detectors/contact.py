"""E-mail addresses, plain and written so that machines should not see them. Phone numbers are in phone.py."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.guard.patterns import Pattern

Hit = tuple[str, int, int]

# Local part and labels after RFC 5321 and 6531, as loosely as people type them.
_LOCAL = r"[a-z0-9\x80-\xff][a-z0-9.!#$&'*+=_~^{|}%\x80-\xff-]*"
_LABEL = r"[a-z0-9\x80-\xff][a-z0-9\x80-\xff-]*"
_TLD = r"(?:xn--[a-z0-9-]{2,59}|[a-z\x80-\xff]{2,24})"
_PLAIN = Pattern(rf"{_LOCAL}@(?:{_LABEL}\.)+{_TLD}\b")

# "anna [at] example (dot) org", "anna (ät) example.org", "anna&#64;example.org"
_OPEN, _CLOSE = r"\x20?[\[({<]\x20?", r"\x20?[\])}>]\x20?"
_AT = rf"(?:{_OPEN}(?:at|@|\xe4t|a|bei)[_-]?{_CLOSE}|\x20?(?:&\#0*64;|&\#x0*40;|&commat;|%40)\x20?|_at_|-at-)"
_DOT = (
    rf"(?:{_OPEN}(?:dot|punkt|point|\.|d0t){_CLOSE}|\x20(?:dot|punkt)\x20|\.|\x20\.\x20"
    rf"|&\#0*46;|&\#x0*2e;|&period;|_dot_|-dot-)"
)
_NAME = r"[a-z0-9\x80-\xff][a-z0-9.+\x80-\xff_-]*"
_BRACKETED = Pattern(rf"{_NAME}{_AT}(?:[a-z0-9\x80-\xff-]+{_DOT})+{_TLD}\b")
_DOTTED = Pattern(rf"{_NAME}@(?:[a-z0-9\x80-\xff-]+{_DOT})+{_TLD}\b")
# Endings that are common enough to tell an address from a sentence.
_COMMON_TLD = r"(?:com|org|net|de|eu|uk|fr|it|es|nl|at|ch|be|pl|dk|se|no|fi|edu|gov|info|io|co|us|ca|biz|ai|example)"
# "anna at example dot org", "anna.berg at example punkt de": both words are needed, "at" alone is an English sentence.
# Only with a common ending too: "we arrived at Berlin dot on time".
_WORDS = Pattern(
    r"[a-z0-9\x80-\xff][a-z0-9.+\x80-\xff_-]*(?:\x20(?:dot|punkt)\x20[a-z0-9_-]+)*"
    r"\x20+(?:at|@|\xe4t)\x20+[a-z0-9\x80-\xff-]+"
    rf"(?:(?:\x20+(?:dot|punkt)\x20+|\.)[a-z0-9\x80-\xff-]+)*\x20+(?:dot|punkt)\x20+{_COMMON_TLD}\b"
)
# "anna @ example.org", "anna@ example . org": the same, since "5 @ 3.50" is a price.
_SPACED = Pattern(
    rf"{_LOCAL}(?:\x20@\x20?|@\x20)(?:[a-z0-9-]+\x20?\.\x20?)+{_COMMON_TLD}\b|"
    rf"{_LOCAL}@(?:[a-z0-9-]+(?:\x20\.\x20?|\.\x20))+{_COMMON_TLD}\b"
)

# "logo@2x.png": a file for a screen of that density, not a mailbox.
_FILE = Pattern(r".*@[0-9](?:\.[0-9])?x\.[a-z]+")
# "git@host:team/project" logs in as git wherever it is written, and names nobody.
_REPOSITORY_USERS = (b"git@", b"hg@", b"svn@")


def find_emails(data: bytes) -> Iterator[Hit]:
    """E-mail addresses in Normalised.data."""
    lower = data.lower()
    if b"@" in data:
        yield from _plain(data)
        if b" @" in data or b"@ " in data or b" ." in data or b". " in data:
            yield from (("email", match.start(), match.end()) for match in _SPACED.all(data))
    if any(
        hint in lower
        for hint in (b"at", b"[@", b"(@", b"{@", b"<@", b" @ ", b"\xe4t", b"&", b"%40", b"bei", b"(a)", b"[a]")
    ):
        yield from (("email", match.start(), match.end()) for match in _BRACKETED.all(data))
    if b"@" in data and any(hint in lower for hint in (b"dot", b"punkt", b"point", b"&", b"(.", b"[.", b"( .", b"[ .")):
        for match in _DOTTED.all(data):
            if not _PLAIN.matches(match.group()):  # those have been looked at already
                yield "email", match.start(), match.end()
    if b"dot" in lower or b"punkt" in lower:
        yield from (("email", match.start(), match.end()) for match in _WORDS.all(data))


def _plain(data: bytes) -> Iterator[Hit]:
    for match in _PLAIN.all(data):
        found = match.group()
        if _FILE.matches(found):
            continue
        if found.lower().startswith(_REPOSITORY_USERS) and data[match.end() : match.end() + 1] in (b":", b"/"):
            continue
        yield "email", match.start(), match.end()
