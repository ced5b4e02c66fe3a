"""IP addresses. Those of private networks count as internal, those that name no single machine are left alone."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.guard.patterns import Pattern, before, is_word

Hit = tuple[str, int, int]

_V4 = Pattern(r"\d{1,3}(?:(?:\.|\[\.\]|\(\.\)|\[dot\])\d{1,3}){3,}")
_V6 = Pattern(r"[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}")
# "version 2.10.4.1", "Release: 1.2.3.4", "§ 3.1.2.4", "Chrome/120.0.0.0" are no addresses.
_VERSION_WORDS = Pattern(
    r"(?:\bv|\bver\.?|versions?(?:nummer)?|release|build|firmware|\bfw|\bupdate|\bupgraded?|\bpatch|driver|treiber|kernel"
    r"|\bsdk|\brev(?:ision)?\.?|chapter|section|kapitel|abschnitt|clause|ziffer|punkt|\boid|\bnr\.?|level|fig(?:ure|\.)|abb(?:ildung|\.)|tab(?:le|elle|\.)|step|schritt|appendix|anhang|\bno\.|\babs\.?|\bstand|§+|para(?:graph)?"
    r"|[a-z]/)(?:\x20(?:to|from|auf|von|number|no\.?|is|ist))?[\x20:=(]{0,3}\z"
)
_ADDRESS_WORDS = Pattern(r"\bip\b|address|adresse|\bhost|server|\bping\b|gateway|router|\bdns\b|subnet")


def find_addresses(data: bytes) -> Iterator[Hit]:
    """IPv4 and IPv6 addresses in Normalised.data.

    Private ranges (RFC 1918, RFC 6598, link-local, unique local) are reported as internal: they identify nobody, yet
    show how a network is laid out. Documentation ranges (RFC 5737, RFC 3849) are reported as public ones, as
    example.org is for e-mail: fictional documents stand in for real ones. Loopback, unspecified, multicast and
    netmasks are not reported.
    """
    if data.count(b".") >= 3 or data.lower().count(b"dot") >= 3:
        for match in _V4.all(data):
            yield from _v4(data, match.start(), match.end())
    if data.count(b":") >= 2:
        for match in _V6.all(data):
            yield from _v6(data, match.start(), match.end())


def _v4(data: bytes, start: int, end: int) -> Iterator[Hit]:
    plain = data[start:end].lower().replace(b"dot", b".").translate(None, b"[]()").replace(b"..", b".")
    octets = plain.split(b".")
    if len(octets) != 4 or any(int(octet) > 255 or (len(octet) > 1 and octet[0] == 48) for octet in octets):
        return
    if is_word(data, start - 1) or is_word(data, end) or data[start - 1 : start] in (b".", b",", b"-"):
        return
    if data[end : end + 1] in (b"-", b"+") and is_word(data, end + 1):  # 1.2.3.4-beta
        return
    words = before(data, start, 30)
    if _VERSION_WORDS.search(words) and not _ADDRESS_WORDS.search(words):
        return
    if len(set(octets)) > 1 and len(plain) == 7 and not _ADDRESS_WORDS.search(before(data, start, 60)):
        return  # four single digits, such as 2.1.4.3, number a heading; 8.8.8.8 does not
    kind = _kind_of_v4([int(octet) for octet in octets])
    if kind:
        yield kind, start, end


def _v6(data: bytes, start: int, end: int) -> Iterator[Hit]:
    text = data[start:end]
    if text.endswith(b":") and not text.endswith(b"::"):  # "fe80::1: unreachable"
        text, end = text[:-1], end - 1
    if is_word(data, start - 1) or is_word(data, end) or not any(byte in b"0123456789" for byte in text):
        return
    kind = _kind_of_v6(text.decode("ascii"))
    if kind:
        yield kind, start, end


def _kind_of_v4(octets: list[int]) -> str | None:
    """By the first octets, since ipaddress takes 10 µs for each and a log file holds thousands."""
    first, second = octets[:2]
    if first in (0, 127) or first >= 224:
        return None
    inside = (
        first == 10
        or (first == 172 and 16 <= second <= 31)
        or (first, second) in ((192, 168), (169, 254))
        or (first == 100 and 64 <= second <= 127)
    )
    return "internal-ip" if inside else "ip"


def _kind_of_v6(text: str) -> str | None:
    """Global unicast (2000::/3) is public; unique local (fc00::/7) and link-local (fe80::/10) are internal."""
    import ipaddress

    try:
        top = int(ipaddress.IPv6Address(text)) >> 112
    except ValueError:
        return None
    if top & 0xE000 == 0x2000:
        return "ip"
    return "internal-ip" if top & 0xFE00 == 0xFC00 or top & 0xFFC0 == 0xFE80 else None
