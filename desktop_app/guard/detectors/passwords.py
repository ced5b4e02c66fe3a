"""Passwords that the words around them give away: assignments, sentences, command lines, web addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop_app.guard.patterns import Pattern

Hit = tuple[str, int, int]

# user:password@host in any scheme; a port and a path ("host:8080/a@b") are no login.
_URL = Pattern(r"\b[a-z][a-z0-9+.-]*://([^\s/?#@:\"'<>]*:(?:[^\s/?#\"'<>]+|[^\s@\"'<>]+))@[a-z0-9\[\x80-\xff]")
_PORT = Pattern(r"[^:]*:\d{1,5}(?:[/?#].*)?")

_NAMES = (
    r"pass(?:word|wort|phrase|code|wd)?|pwd|pw|kennwort|kennw\xf6rter|passw\xf6rter|passwords|losung|secret|api[\x20_.-]?key|apikey|access[\x20_-]?key"
    r"|secret[\x20_-]?access[\x20_-]?key|secret[\x20_-]?key|client[\x20_-]?secret|shared[\x20_-]?secret|auth[\x20_-]?token|access[\x20_-]?token"
    r"|refresh[\x20_-]?token|api[\x20_-]?token|token|private[\x20_-]?token|encryption[\x20_-]?key|master[\x20_-]?key|zugangscode|zugangsdaten|credentials?"
    r"|login[\x20_-]?code|pin(?:[\x20-]?code)?|passcode|\bpsk|wi-?fi[\x20_-]?key|wlan-?schl\xfcssel|netzwerkschl\xfcssel|pat"
)
_VALUE = r"(\"[^\"\n]{3,}\"|'[^'\n]{3,}'|`[^`\n]{3,}`|[^\s\"'`<>;,]+)"
# password: x · DB_PASSWORD=x · "api_key": "x" · Password for the VPN: x · password (root) = x
_ASSIGNED = Pattern(
    rf"(?:\b|_)(?:[a-z0-9.-]*[_-])?({_NAMES})(?:[_-]?[0-9]{{1,2}})?[\"'`*_]{{0,3}}"
    rf"((?:\x20(?:for|to|of|on|f\xfcr|zum|zur|vom|von|im|am|to\x20the)\x20[^:=\n]{{1,40}}?|\x20?\([^()\n]{{1,40}}\))?)"
    rf"[\"'`*_]{{0,3}}(\x20*(?::=|=>|->|[:=])|\x20-)\x20*[*_]{{0,3}}{_VALUE}"
)
# my password is x · the PIN for the alarm is x · das Kennwort lautet x
_TOLD = Pattern(
    rf"\b({_NAMES})(?:\x20(?:for|to|of|on|at|f\xfcr|zum|zur|vom|von|im|am|there|dort|again|now|jetzt)\b[^.:=\n]{{0,40}}?)?"
    rf"(?:'s|\x20(is|was|lautet|ist|war|hei\xdft|be))(?:\x20(?:now|still|just|jetzt|noch|nun|again|simply|einfach)|:)?\x20{_VALUE}"
)
# log in with root / x · user anna, password x · Passwort x
_BARE = Pattern(rf"\b(password|passwort|kennwort|passphrase|pwd)\x20(?:of\x20)?{_VALUE}")
_FLAG = Pattern(
    rf"(?:^|\s)--?(password|passwd|pass|token|secret|api-key|apikey|client-secret|auth-token)[\x20=]{_VALUE}"
)
# curl -u admin:x · mysql -px · Login: admin / x
_TOOL_LOGIN = Pattern(r"\bcurl\b[^\n|]*?\x20(?:-u|--user)[\x20=]['\"]?[^\s:'\"]+:([^\s'\"]+)")
_TOOL_PASSWORD = Pattern(r"\b(?:mysql(?:dump|admin)?|mariadb|sshpass)\b[^\n|]*?\x20-p['\"]?([^\s'\"]{4,})")
_PAIR = Pattern(
    r"\b(?:log-?in|logon|anmeldung|zugang|zugangsdaten|credentials|user(?:name)?|benutzer(?:name)?|account)\x20?[:=]\x20?"
    rf"[^\s/:]+\x20?[/|]\x20?{_VALUE}"
)
_BEARER = Pattern(r"\b(?:bearer|authorization:\x20?(?:basic|token|apikey))\x20([a-z0-9+/_.~=-]{12,})")

_KEY_HINTS = (
    b"pass",
    b"pwd",
    b"pw",
    b"kennw",
    b"losung",
    b"secret",
    b"key",
    b"token",
    b"zugang",
    b"credential",
    b"code",
    b"pin",
    b"psk",
    b"pat",
    b"schl",
)

# What stands in the place of a password without being one: gaps to fill, code, and what people say about passwords.
_GAP = Pattern(
    r"[*x\x95\xa4._?#-]{3,}|<.*>?|\[.*\]?|\{.*|\$\{.*|\$\(.*|\$[a-z_]\w*|%[a-z_]\w*%?|\(.*|.*\(.*\)?|.*\[.*\]|.*\{\{.*|\.{2,}"
    r"|(?:your|my|new|old|the|dein|ihr|mein)[_-].*|.*_here|enter.*|insert.*|null|none|nil|undefined|true|false|yes|no|ja|nein|todo|tbd|n/a|na|str|string"
    r"|int|bytes|optional.*|os\.environ.*|process\.env.*|self\..*|args\..*|config\..*|settings\..*|env\..*|request\..*|https?:.*|redacted|removed|hidden"
    r"|masked|placeholder|empty|leer|password|passwort|kennwort|secret|token|changeme|example|beispiel"
)
_WORDS_ABOUT = frozenset(
    b"""
    a about above active again all already always an and any are as at automatically available backwards bad
    be because been before being below better blank blocked both but by can cannot case changed checked chosen
    compromised confidential correct could created default deleted denied different disabled does due each
    easy either email empty encrypted enough entered expired expiring exposed false fine first for forbidden
    forgotten found four free from fully gesperrt given gone good had has hashed have held here hidden how
    however if immer in incorrect indeed insecure inside into invalid is it its just kept known later leaked
    least less like limited locked long longer lost mandatory manager managed many maybe me meant minimum
    missing more most must mine my needed needs never new no nobody not nothing noted now obsolete of off old
    on one only optional or other ours out outdated outside over overdue part personal please policy private
    protected public random rather ready recommended rejected renewed required reset resets reused revoked
    right rotated safe same saved secret secure sent set several shared short should shown so some something
    soon still stolen stored strong such synced temporary than that the their them then there these they this
    those three to too true two unavailable unchanged under unique unknown unsafe until up updated us used
    user useful usually valid verified very visible wait was way we weak were what when where which while who
    why will with within without would written wrong yet you your yours
    abgelaufen aber alle allein als also alt am an auch auf aus bei bekannt bereits bitte da damit danach dann
    das dass dein dem den der deren des die diese dieser doch dort du durch ein eine einem einen einer einfach
    erforderlich erneut es falsch ganz geheim gespeichert gesetzt gesichert getrennt gilt gleich gut habe
    haben hat hier hinter ich ihr im immer in ist jetzt kann kein keine kommt korrekt kurz lang leider mehr
    mein mindestens mit muss nach neu nicht nie niemals niemand noch notwendig nun nur oder ohne per pflicht
    richtig schon schwach sehr sein sich sicher sie sind so sofort sollte stark tabu um und ung\xfcltig
    unbekannt uns unsicher unter verboten vergessen verloren verschl\xfcsselt vom von vor vorhanden war was
    weg wegen wenn wer werden wichtig wie wieder wird wo wurde zu zum zur zur\xfcckgesetzt ge\xe4ndert
    g\xfcltig n\xf6tig f\xfcr \xfcber
    """.split()
)
# Words that describe a password rather than being one, by their ending: "expired", "ungültig", "reusable".
_DESCRIBES = Pattern(
    r"[a-z\xe4\xf6\xfc\xdf]+(?:ed|able|ible|ive|ful|less|ing|ory|ly|ous|ent|ig|lich|bar|los|iert|sam|haft|isch|en|et)"
)
# What ends a sentence; ! and ? stay, as passwords end in them more often than sentences about passwords do.
_TRAILING = b".,;:)]}>"


def find_passwords(data: bytes) -> Iterator[Hit]:
    """Passwords, keys and login codes in Normalised.data: only the value, or user:password in a web address."""
    if b"://" in data:
        for match in _URL.all(data):
            if not _PORT.matches(match.group(1)):
                yield "url-login", *match.span(1)
    lower = data.lower()
    if any(hint in lower for hint in _KEY_HINTS):
        yield from _named(data)
    if b"/" in data or b"|" in data:
        for match in _PAIR.all(data):
            yield from _value(data, match, 1, b"bare", clear=False)
    if b"curl" in lower:
        yield from (("password", *match.span(1)) for match in _TOOL_LOGIN.all(data))
    if b" -p" in data:
        yield from (("password", *match.span(1)) for match in _TOOL_PASSWORD.all(data))
    if b"bearer" in lower or b"authorization" in lower:
        yield from (("password", *match.span(1)) for match in _BEARER.all(data) if not match.group(1).isalpha())


def _named(data: bytes) -> Iterator[Hit]:
    for match in _ASSIGNED.all(data):
        yield from _value(data, match, 4, match.group(1).lower(), clear=b"=" in match.group(3))
    for match in _TOLD.all(data):
        yield from _value(data, match, 3, match.group(1).lower(), clear=False)
    for match in _BARE.all(data):
        yield from _value(data, match, 2, b"bare", clear=False)
    for match in _FLAG.all(data):
        yield from _value(data, match, 2, match.group(1).lower(), clear=True)


def _value(data: bytes, match: Any, group: int, name: bytes, *, clear: bool) -> Iterator[Hit]:
    """The value if it can be a password; clear says that an equals sign or a flag leaves no doubt what follows."""
    start, end = match.span(group)
    value = data[start:end]
    quoted = value[:1] in (b'"', b"'", b"`") and len(value) > 2
    if quoted:
        start, end, value = start + 1, end - 1, value[1:-1]
    else:
        value = value.rstrip(_TRAILING)
        end = start + len(value)
    if value and _is_password(data, value, name, end, quoted=quoted, clear=clear):
        yield "password", start, end


def _is_password(data: bytes, value: bytes, name: bytes, end: int, *, quoted: bool, clear: bool) -> bool:
    if _GAP.matches(value):
        return False
    if name.startswith(b"pin"):
        return value.isdigit() and 4 <= len(value) <= 8
    if len(value) < 4:
        return False
    word = value.decode("latin-1")  # bytes know no letters beyond ASCII
    mixed = not word.isalpha() or not (word.islower() or word.isupper() or word.istitle())
    if name in (b"token", b"pat", b"pass", b"secret", b"credential", b"credentials", b"key", b"pw"):
        # Everyday words as well ("token: 300"), so the value itself must look made up.
        return (len(value) >= 6 and mixed and not value.isdigit()) or (quoted and len(value) >= 8 and b" " not in value)
    words = value.lower().strip(b".,!?").split()
    if words and all(word.strip(b".,") in _WORDS_ABOUT for word in words[:2]):
        return False
    if quoted or (mixed and not _is_prose(word)):
        return True
    if name == b"bare" or (not clear and (not word.isalpha() or _DESCRIBES.matches(value))):
        return False
    return (clear and len(value) >= 4) or (len(value) >= 5 and _ends_sentence(data, end))


def _is_prose(value: str) -> bool:
    """Whether value is words only, joined by a hyphen, slash or apostrophe ("re-enter", "user/admin", "don't")."""
    parts = value.replace("/", "-").replace("'", "-").split("-")
    return all(part.isalpha() and (part.islower() or part.istitle()) for part in parts) and len(parts) <= 2


def _ends_sentence(data: bytes, end: int) -> bool:
    """Whether nothing but punctuation follows on the line, or a new sentence does."""
    rest = data[end : end + 3]
    return not rest.strip() or rest[:1] in b"\n\r;,|" or rest[:2] in (b". ", b".\n", b".", b"! ", b"!\n")
