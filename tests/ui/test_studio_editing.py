"""What Enter, marks and indentation do to lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.ui.pages.studio.editing import (
    image_link,
    indented,
    insertion_line,
    link,
    next_line,
    toggle_right,
    wrap,
)


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("- one", "- "),
        ("  * one", "  * "),
        ("9. nine", "10. "),
        ("> said", "> "),
        ("[(X)] right", "[( )] "),
        ("    [[X]] right", "    [[ ]] "),
        ("    [[?]] a hint", "    [[?]] "),
        ("    [[2]] second", "    [[3]] "),
        ("    [ (X) ( ) ] a row", "    [ ( ) ( ) ] "),
        ("    plain", "    "),
        ("plain", ""),
    ],
)
def test_enter_goes_on_with_what_stands_there(line: str, following: str) -> None:
    assert next_line(line) == (following, False)


@pytest.mark.parametrize("line", ["- ", "3. ", "> ", "[( )] ", "    [[?]] ", "    [[2]] ", "        > "])
def test_enter_on_an_empty_item_ends_the_list(line: str) -> None:
    assert next_line(line) == ("", True)


def test_after_feedback_comes_the_next_option() -> None:
    assert next_line("        > Because.", ["    [(X)] right", "        > First."]) == ("    [( )] ", False)
    assert next_line("    > Because.", ["Some text"]) == ("    > ", False)


@pytest.mark.parametrize(
    ("line", "following"),
    [("id: x", ""), ("task: |", "  "), ("values:", "  "), ("  - max_words: 60", "    "), ("    says: Short", "    ")],
)
def test_yaml_goes_on_with_its_indentation(line: str, following: str) -> None:
    assert next_line(line, yaml=True) == (following, False)


def test_one_right_answer_takes_the_mark_from_the_others() -> None:
    lines = ["Which?", "", "[(X)] a", "    > Why.", "[( )] b", "[[?]] hint", "", "[(X)] of another question"]
    assert toggle_right(lines, 4) == {4: "[(X)] b", 2: "[( )] a"}
    assert toggle_right(lines, 2) == {2: "[( )] a"}
    assert toggle_right(lines, 0) == {}
    assert toggle_right(["- [[ ]] a", "- [[x]] b"], 0) == {0: "- [[X]] a"}


@pytest.mark.parametrize("mark", ["**", "*"])
def test_marks_come_and_go(mark: str) -> None:
    text, start, end = wrap("one two three", 4, 7, mark)
    assert (text, text[start:end]) == (f"one {mark}two{mark} three", "two")
    assert wrap(text, start, end, mark) == ("one two three", 4, 7)


def test_italic_inside_bold_is_not_taken_for_it() -> None:
    assert wrap("**two**", 2, 5, "*") == ("***two***", 3, 6)


@given(st.text(), st.data(), st.sampled_from(["**", "*"]))
def test_a_mark_keeps_every_word(text: str, data: st.DataObject, mark: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    made, first, last = wrap(text, start, end, mark)
    assert made.replace("*", "") == text.replace("*", "")
    assert 0 <= first <= last <= len(made)


def test_a_link_selects_what_is_still_to_be_typed() -> None:
    text, start, end = link("see here now", 4, 8)
    assert (text, text[start:end]) == ("see [here](https://) now", "")
    assert text[:start].endswith("https://")
    text, start, end = link("https://example.org", 0, 19)
    assert (text, text[start:end]) == ("[link text](https://example.org)", "link text")


def test_lines_go_in_and_out() -> None:
    assert indented("a", back=False) == "    a"
    assert indented("", back=False) == ""
    assert [indented(line, back=True) for line in ("      a", "  a", "\ta", "a")] == ["  a", "a", "a", "a"]


def test_a_block_goes_between_blocks_and_never_between_a_question_and_its_id() -> None:
    lines = ["## Step", "", "Text", "more", "", "<!-- id: q -->", "Question?", "", "[(X)] a", "[( )] b", "", "End"]
    starts = [1, 3, 7, 12]
    assert insertion_line(lines, starts, 2) == 4
    assert insertion_line(lines, starts, 6) == 10
    assert insertion_line(lines, starts, 11) == 12


def test_names_with_spaces_are_linked_so_that_markdown_reads_them() -> None:
    assert image_link("a.png") == "![what the image shows](a.png)"
    assert image_link("a b.png") == "![what the image shows](<a b.png>)"
