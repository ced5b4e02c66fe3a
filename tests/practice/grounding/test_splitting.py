"""How a text is put together and split: nothing is lost, nothing crosses a heading or a page, every offset is exact."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.practice.grounding.splitting import MOST_CHARS, clean, put_together, split, units
from desktop_app.sandbox.reader.blocks import Block

WORDS = " ".join(f"word{number}" for number in range(40)) + "."


def passages(*blocks: Block):  # type: ignore[no-untyped-def]
    text, spans = put_together(blocks)
    return text, split(text, spans, "id", "a.md")


def test_a_section_is_a_passage_with_its_heading_and_the_path_of_headings() -> None:
    text, found = passages(
        Block("heading", "Leave", 1), Block("heading", "Parental leave", 2), Block("text", "Up to three years."),
        Block("heading", "Sick leave", 2), Block("text", "Call by 9:00."), Block("heading", "Travel", 1), Block("text", "By train."),
    )  # fmt: skip
    assert [(one.heading, one.text) for one in found] == [
        ("Leave > Parental leave", "Leave\n\nParental leave\n\nUp to three years."),
        ("Leave > Sick leave", "Sick leave\n\nCall by 9:00."),
        ("Travel", "Travel\n\nBy train."),
    ]
    assert [one.text[one.body :] for one in found] == ["Up to three years.", "Call by 9:00.", "By train."]
    assert [text[one.start : one.end] for one in found] == [one.text for one in found]


def test_short_paragraphs_share_a_passage_and_long_sections_are_cut_between_them() -> None:
    _, found = passages(Block("heading", "H", 1), *(Block("text", WORDS) for _ in range(8)))
    assert [len(one.text.split()) for one in found] == [121, 120, 80]
    assert {one.heading for one in found} == {"H"}


def test_a_page_begins_a_passage() -> None:
    _, found = passages(Block("text", "One.", page=1), Block("text", "Two.", page=2), Block("text", "Three.", page=2))
    assert [(one.page, one.text) for one in found] == [(1, "One."), (2, "Two.\n\nThree.")]
    assert found[1].place == "a.md, page 2"


def test_rows_and_items_stand_line_by_line() -> None:
    text, found = passages(Block("row", "Item: A; Price: 1"), Block("row", "Item: B; Price: 2"), Block("text", "End."))
    assert text == "Item: A; Price: 1\nItem: B; Price: 2\n\nEnd."
    assert [text[start:end] for start, end in units(text)] == ["Item: A; Price: 1", "Item: B; Price: 2", "End."]
    assert len(found) == 1


def test_characters_nobody_sees_are_gone() -> None:
    assert clean("a\u202eb\u200bc\u00ad\ufeff \U000e0041d\x00") == "abc d"
    assert clean("1\u00a0200 \u202f EUR\tnet") == "1 200 EUR net"


BLOCKS = st.lists(
    st.builds(
        Block,
        st.sampled_from(["heading", "text", "text", "item", "row"]),
        st.text(st.characters(codec="utf-8"), max_size=60)
        | st.integers(1, 260).map(lambda count: "A word or two. " * count)
        | st.integers(1, 3000).map(lambda count: "x" * count),
        st.integers(0, 6),
        st.integers(0, 3),
    ),
    max_size=12,
)


@given(BLOCKS)
def test_passages_tile_the_text(blocks: list[Block]) -> None:
    text, spans = put_together(blocks)
    assert [text[span.start : span.end] for span in spans] == [
        clean(block.text) for block in blocks if clean(block.text)
    ]
    at = 0
    for number, one in enumerate(split(text, spans, "id", "a.md")):
        assert one.number == number
        assert text[one.start : one.end] == one.text
        assert one.text == one.text.strip() != ""
        assert not text[at : one.start].strip()  # between two passages there is nothing
        assert 0 <= one.body <= len(one.text)
        assert len(one.text[one.body :]) <= MOST_CHARS + len(text[one.start : one.start + one.body])
        at = one.end
    assert not text[at:].strip()


@given(BLOCKS)
def test_no_passage_crosses_a_heading_or_a_page(blocks: list[Block]) -> None:
    text, spans = put_together(blocks)
    for one in split(text, spans, "id", "a.md"):
        inside = [span for span in spans if span.start < one.end and span.end > one.start + one.body]
        below = [span for span in inside if span.block.kind != "heading"]
        if below:
            assert below == inside
            assert {span.block.page or None for span in below} == {one.page}


@given(st.text(max_size=300))
def test_units_are_in_order_and_within_their_lines(text: str) -> None:
    at = 0
    for start, end in units(text):
        assert at <= start < end <= len(text)
        assert "\n" not in text[start:end]
        at = end
