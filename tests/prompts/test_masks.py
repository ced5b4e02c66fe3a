"""Sets of prompts as bits: they hold what was put in, in order of name, and part without losing one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prompts.masks import Masks, by_preference

ROWS = st.lists(st.integers(1, 300), unique=True, max_size=60)


@given(ROWS, st.data())
def test_a_mask_gives_back_its_rows_in_order(rows: list[int], data: st.DataObject) -> None:
    masks = Masks(rows)
    some = data.draw(st.sets(st.sampled_from(rows)) if rows else st.just(set()))
    mask = masks.of(some)
    assert [rows[at] for at in masks.positions(mask)] == [row for row in rows if row in some]
    assert mask.bit_count() == len(some) and mask & masks.all == mask
    assert masks.bits(mask) == "".join("1" if row in some else "0" for row in rows)
    assert masks.of(rows) == masks.all


@given(st.integers(0, 2**20 - 1), st.lists(st.integers(0, 2**20 - 1), max_size=4))
def test_parts_are_disjoint_complete_and_best_first(mask: int, preferences: list[int]) -> None:
    parts = list(by_preference(mask, preferences))
    together = 0
    for part in parts:
        assert part and not together & part
        together |= part
    assert together == mask
    ranks = [[bool(part & one) for one in preferences] for part in parts]
    assert ranks == sorted(ranks, reverse=True)
