"""YAML that people read: what is written comes back the same, and looks as a person would have written it."""

from __future__ import annotations

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.storage.yaml_text import load_yaml
from desktop_app.storage.yaml_writing import to_yaml

FILE = Path("written.yml")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
AWKWARD = st.text(st.sampled_from(" \n\t:#-?!&*|>'\"\\%@`,[]{}0123a_~.=<é\x85\u2028\ufeff\r\0"), max_size=14)
WORDS = st.sampled_from(
    ["yes", "no", "null", "true", "~", "", "0x1F", "1_000", "12:30", "2026-02-30", "1e3", "007", "..."]
)
NUMBERS = st.integers(-(10**18) + 1, 10**18 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = ANY_TEXT | AWKWARD | WORDS | NUMBERS | st.booleans() | st.none() | st.dates()
KEYS = ANY_TEXT | AWKWARD | WORDS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_is_written_is_read_back_as_it_was(data: dict[str, Any]) -> None:
    read = load_yaml(to_yaml(data), FILE)
    assert repr(read) == repr(data)  # repr tells 1 from 1.0 and from True, and the order of keys


@given(st.dictionaries(ANY_TEXT | WORDS, ANY_TEXT | AWKWARD | WORDS, max_size=5))
def test_other_yaml_readers_take_text_for_text(data: dict[str, str]) -> None:
    assert yaml.safe_load(to_yaml(data)) == data


def test_it_looks_as_a_person_would_write_it() -> None:
    data = {
        "name": "Answer a question, kindly",
        "count": 3,
        "messages": [
            {"role": "system", "content": "Two lines:\nthis is the second.\n"},
            {"role": "user", "content": "{{question}}"},
        ],
        "tags": ["invoice", "customer"],
        "changelog": "First version: the instruction alone.",
        "pattern": 'say "\\d"',
        "review_by": date(2027, 5, 31),
        "nothing": [],
    }
    assert to_yaml(data) == (
        "name: Answer a question, kindly\n"
        "count: 3\n"
        "messages:\n"
        "  - role: system\n"
        "    content: |\n"
        "      Two lines:\n"
        "      this is the second.\n"
        "  - role: user\n"
        '    content: "{{question}}"\n'
        "tags: [invoice, customer]\n"
        'changelog: "First version: the instruction alone."\n'
        'pattern: say "\\d"\n'
        "review_by: 2027-05-31\n"
        "nothing: []\n"
    )


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, 10**18, "half a \ud83d", object(), datetime(2026, 1, 1, tzinfo=None), b"bytes", {1: "one"}],
)
def test_what_yaml_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        to_yaml({"value": value})


def test_deeper_than_can_be_read_is_refused() -> None:
    value: Any = "deep"
    for _ in range(30):
        value = [value, {}]
    with pytest.raises(ValueError, match="20 levels"):
        to_yaml({"value": value})
