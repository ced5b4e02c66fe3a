"""Canonical JSON and base58, against the published examples and against any value."""

from __future__ import annotations

import json
import math
import re
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.records.canonical import MOST_BYTES, canonical_json, from_base58, read_json, to_base58

# RFC 8785, appendix B: the bits of a number and how it is written.
NUMBERS = [
    "0000000000000000",
    "0",
    "8000000000000000",
    "0",
    "0000000000000001",
    "5e-324",
    "8000000000000001",
    "-5e-324",
    "7fefffffffffffff",
    "1.7976931348623157e+308",
    "ffefffffffffffff",
    "-1.7976931348623157e+308",
    "4340000000000000",
    "9007199254740992",
    "c340000000000000",
    "-9007199254740992",
    "4430000000000000",
    "295147905179352830000",
    "44b52d02c7e14af5",
    "9.999999999999997e+22",
    "44b52d02c7e14af6",
    "1e+23",
    "44b52d02c7e14af7",
    "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e",
    "999999999999999700000",
    "444b1ae4d6e2ef4f",
    "999999999999999900000",
    "444b1ae4d6e2ef50",
    "1e+21",
    "3eb0c6f7a0b5ed8c",
    "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d",
    "0.000001",
    "41b3de4355555553",
    "333333333.3333332",
    "41b3de4355555554",
    "333333333.33333325",
    "41b3de4355555555",
    "333333333.3333333",
    "41b3de4355555556",
    "333333333.3333334",
    "41b3de4355555557",
    "333333333.33333343",
    "becbf647612f3696",
    "-0.0000033333333333333333",
    "43143ff3c1cb0959",
    "1424953923781206.2",
]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=15,
)  # fmt: skip


@pytest.mark.parametrize(("bits", "written"), list(zip(NUMBERS[::2], NUMBERS[1::2], strict=True)))
def test_numbers_are_written_as_rfc_8785_lists_them(bits: str, written: str) -> None:
    assert canonical_json(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() == written


def test_the_example_of_rfc_8785() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    assert canonical_json(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_are_ordered_by_utf_16_units() -> None:
    """The example of RFC 8785, section 3.2.3: a character outside the first plane comes before U+FB33."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    assert list(json.loads(canonical_json(dict.fromkeys(names, 0)))) == [
        "\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33",
    ]  # fmt: skip


@given(values)
def test_what_is_written_means_the_same_and_is_written_the_same_again(value: Any) -> None:
    written = canonical_json(value)
    assert json.loads(written, parse_int=float) == value  # a number is a double, whatever Python makes of its digits
    assert canonical_json(read_json(written)) == written


@given(st.dictionaries(texts, values, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_names_does_not_matter(value: dict[str, Any], shuffle: Any) -> None:
    names = list(value)
    shuffle.shuffle(names)
    assert canonical_json({name: value[name] for name in names}) == canonical_json(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_survives(number: float) -> None:
    assert float(canonical_json(number)) == number


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800", {"\udfff": 1}, b"bytes", {1, 2}, 10**400])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"number|surrogate|no JSON value"):
        canonical_json(value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"a": 1, "a": 1}', '"a" stands twice'),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b"[-Infinity]", "-Infinity is no JSON number"),
        (b"[1e999]", "too large"),
        (b"[" + b"9" * 5000 + b"]", "too large"),
        (b'["\\ud800"]', "lone surrogate"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 60 + b"]" * 60, "nested too deeply"),
        (b'{"a": [1, 2', "not JSON (line 1, column"),
        (b"", "not JSON (line 1, column 1"),
        (b"\xff\xfe", "not UTF-8"),
        (b" " * (MOST_BYTES + 1), "larger than 1 MB"),
    ],
)
def test_a_text_that_two_programs_could_read_differently_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        read_json(data)


@given(st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = read_json(data)
    except ValueError:
        return
    assert canonical_json(value)


@given(st.binary(max_size=80))
def test_base58_comes_back(data: bytes) -> None:
    assert from_base58(to_base58(data)) == data


@pytest.mark.parametrize(
    ("data", "written"),
    [(b"Hello World!", "z2NEpo7TZRRrLZSi2U"), (b"\x00\x00\x28\x7f\xb4\xcd", "z11233QC4"), (b"", "z")],
)
def test_the_published_base58_examples(data: bytes, written: str) -> None:
    assert to_base58(data) == written


@pytest.mark.parametrize("text", ["", "u123", "z0", "zO", "zé", "z1 ", "z1\n", "z" + "1" * 500])
def test_other_texts_are_no_base58(text: str) -> None:
    with pytest.raises(ValueError, match="base58"):
        from_base58(text)
