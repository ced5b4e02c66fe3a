"""Only whole characters, nothing past a stop sequence, however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.sandbox.streaming import TextFilter

few = st.text("ab\u00e4\U0001f30a", max_size=30)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(edges)]


@settings(deadline=None)
@given(few, st.lists(st.integers(0, 200)), st.lists(st.text("ab\u00e4", min_size=1, max_size=4), max_size=3))
def test_the_text_does_not_depend_on_how_it_was_cut(text: str, places: list[int], stop: list[str]) -> None:
    results = []
    for pieces in ([text.encode()], cut(text.encode(), places)):
        found = TextFilter(tuple(stop))
        parts = [found.feed(piece) for piece in pieces]
        results.append(("".join(parts) + found.flush(), found.stopped))
    assert results[0] == results[1]
    assert text.startswith(results[0][0])
    assert not any(each in results[0][0] for each in stop)
    assert results[0][1] == any(each in text for each in stop)


def test_half_a_character_waits_for_its_other_half() -> None:
    found = TextFilter()
    assert [found.feed(bytes([byte])) for byte in "🌊".encode()] == ["", "", "", "🌊"]


def test_a_character_that_never_ends_becomes_the_replacement_character() -> None:
    found = TextFilter()
    assert found.feed(b"a\xf0\x9f") + found.flush() == "a\ufffd"


def test_what_could_begin_a_stop_sequence_is_held_back_until_it_is_certain() -> None:
    found = TextFilter(("END",))
    assert [found.feed(piece) for piece in (b"the E", b"N", b"T E", b"ND more", b"x")] == ["the ", "", "ENT ", "", ""]
    assert found.stopped and found.flush() == ""
