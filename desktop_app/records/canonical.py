"""JSON that everybody writes with the same bytes, so that it can be signed: strict reading, RFC 8785, base58.

RFC 8785 is the JSON Canonicalization Scheme; numbers are written as ECMAScript writes them. base58btc is the alphabet
of https://www.w3.org/TR/cid-1.0/#multibase-0 under the prefix "z".
"""

from __future__ import annotations

import json
import math
import re
from json.encoder import encode_basestring
from typing import Any, NoReturn

MOST_BYTES = 1_000_000
_DEEPEST = 40
_EXACT = 2**53  # beyond it a JSON number is not exact in every program
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LONGEST_BASE58 = 200  # a key or a signature; decoding takes time that grows with the square of the length


def read_json(data: bytes) -> Any:
    """The value in a JSON text, which must mean the same to every program.

    Raises ValueError in one sentence: not UTF-8, no JSON, a key twice, a number that is none, too long or too deep.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise ValueError(f"it is not UTF-8 text (byte {exc.start})") from exc
    try:
        value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number, parse_int=_integer)
    except json.JSONDecodeError as exc:
        raise ValueError(f"it is not JSON (line {exc.lineno}, column {exc.colno}: {exc.msg})") from exc
    except RecursionError as exc:
        raise ValueError("it is nested too deeply") from exc
    canonical_json(value)  # whatever cannot be signed is refused here, so nobody meets it later
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice[:40]}" stands twice in one object')
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def canonical_json(value: Any) -> bytes:
    """The one way to write value (RFC 8785); raises ValueError for what JSON cannot say exactly."""
    try:
        return _written(value, 0).encode("utf-8")
    except UnicodeEncodeError as exc:
        raise ValueError("it holds half a character (a lone surrogate)") from exc


def _written(value: Any, depth: int) -> str:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return encode_basestring(value)
        case int() | float():
            return _number(value)
        case list() | tuple():
            return f"[{','.join(_written(item, depth + 1) for item in value)}]"
        case dict():
            names = sorted(value, key=_utf16)
            pairs = ",".join(f"{encode_basestring(name)}:{_written(value[name], depth + 1)}" for name in names)
            return "{" + pairs + "}"
    raise ValueError(f"{type(value).__name__} is no JSON value")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")  # names are ordered by their UTF-16 code units


def _number(value: int | float) -> str:
    """As ECMA-262, Number::toString."""
    if isinstance(value, int) and abs(value) < _EXACT:
        return str(value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("it holds a number that is too large")
    if number == 0:
        return "0"
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + part) - len(digits))  # digits before the decimal point
    digits = digits.rstrip("0")
    return ("-" if number < 0 else "") + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def to_base58(data: bytes) -> str:
    """Multibase base58btc: "z" and the digits."""
    number = int.from_bytes(data)
    digits = ""
    while number:
        number, rest = divmod(number, 58)
        digits = _ALPHABET[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def from_base58(text: str) -> bytes:
    """What to_base58 was given; raises ValueError for any other text."""
    if not re.fullmatch(f"z[{_ALPHABET}]{{0,{_LONGEST_BASE58}}}", text):
        raise ValueError("it is not base58 after a z")
    number = 0
    for digit in text[1:]:
        number = number * 58 + _ALPHABET.index(digit)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
