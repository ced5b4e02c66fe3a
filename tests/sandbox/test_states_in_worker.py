"""What the worker has read and keeps aside."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.sandbox.worker.states import State, StateStore, common, pack, tokens_in, unpack

UNITS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple), max_size=12).map(tuple)


def state(text: str, size: int = 10) -> State:
    return State(tuple((ord(char),) for char in text), bytes(size))


def units(text: str) -> list[tuple[int, ...]]:
    return [(ord(char),) for char in text]


@given(UNITS, UNITS)
def test_what_two_begin_with_is_counted(one: tuple[tuple[int, ...], ...], other: tuple[tuple[int, ...], ...]) -> None:
    shared = common(one, other)
    assert one[:shared] == other[:shared]
    assert shared in (len(one), len(other)) or one[shared] != other[shared]


def test_the_longest_start_in_common_is_found() -> None:
    store = StateStore(1000)
    for text in ("hello", "help", "other"):
        store.put(state(text))
    assert store.best(units("helmet")) == (3, state("help"))
    assert store.best(units("hello you")) == (5, state("hello"))
    assert store.best(units("xyz")) is None and StateStore(9).best(units("x")) is None


def test_a_state_that_contains_another_replaces_it() -> None:
    store = StateStore(1000)
    store.put(state("hel"))
    store.put(state("hello"))
    store.put(state("hell"))
    assert store.holds(units("hello")) and store.holds(units("he")) and not store.holds(units("hexe"))
    assert store.best(units("hel")) == (3, state("hello"))


def test_the_least_recently_used_goes_first_and_one_that_is_too_large_is_not_kept() -> None:
    store = StateStore(25)
    store.put(state("a"))
    store.put(state("b"))
    store.best(units("a"))
    store.put(state("c"))
    assert store.holds(units("a")) and store.holds(units("c")) and not store.holds(units("b"))
    store.put(state("z", 26))
    assert not store.holds(units("z"))


@given(UNITS.filter(bool), st.binary(max_size=20))
def test_a_packed_state_comes_back(cut: tuple[tuple[int, ...], ...], data: bytes) -> None:
    assert unpack(pack(State(cut, data), "build 1"), "build 1") == State(cut, data)
    assert unpack(pack(State(cut, data), "build 1"), "build 2") is None
    assert tokens_in(cut) == sum(map(len, cut))


@given(st.binary(max_size=80), st.integers(0, 60))
def test_anything_else_is_nothing(noise: bytes, cut: int) -> None:
    assert unpack(noise, "build") is None
    whole = pack(State(((1, 2), (3,)), b""), "build")
    assert cut >= len(whole) or unpack(whole[:cut], "build") is None
