"""Reading level and terms to avoid."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.lessons.lint_words import Term, check_terms, parse_terms, read_terms, readability
from desktop_app.lessons.problem import Problems
from desktop_app.lessons.scan import scan

ROOT = Path(__file__).parents[2]


def terms_found(text: str, *terms: str) -> list[tuple[int, int]]:
    problems = Problems(Path("x.md"))
    check_terms(scan(text.split("\n"), 1)[0], [Term(term, "", "Why.") for term in terms], problems)
    return [(problem.line, problem.column) for problem in problems.found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A cat sat. It ran.", 2.5),  # 5 words, 2 sentences, none long
        ("Elephants remember everything.", 3 + 100.0),
        ("One two three four five six seven eight nine elephants.", 10 + 10.0),
        ("- one\n- two\n- three", 1.0),
        ("", 0.0),
        ("```\nresponsibilities necessitate\n```", 0.0),
        ("| responsibilities | necessitate |", 0.0),
    ],
)
def test_lix(text: str, value: float) -> None:
    assert readability(text)[0] == pytest.approx(value)


@settings(deadline=None)
@given(st.text())
def test_lix_of_any_text_is_a_number(text: str) -> None:
    value, words = readability(text)
    assert value >= 0.0
    assert (value == 0.0) == (words == 0)


def test_terms_are_whole_words_in_any_case_and_spacing() -> None:
    assert terms_found("Simply\ngame\n  changer, simply-minded, Simplyx", "simply", "game changer") == [
        (1, 1),
        (2, 1),
        (3, 12),
    ]


def test_the_longest_term_counts() -> None:
    problems = Problems(Path("x.md"))
    check_terms(scan(["machine brain"], 1)[0], [Term("machine", "a", "A."), Term("machine brain", "b", "B.")], problems)
    (problem,) = problems.found
    assert problem.message == '"machine brain" is a term to avoid: B. Write "b".'


def test_code_is_not_searched() -> None:
    assert terms_found("`simply`\n\n```\nsimply\n```\n<!-- simply -->", "simply") == []


def test_wrong_options_may_say_what_people_believe() -> None:
    assert terms_found("[( )] simply\n    > simply\n[(X)] simply\n- [[ ]] simply", "simply") == [(2, 7), (3, 7)]


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda text: text.strip()), max_size=4), st.text())
def test_any_terms_and_text(terms: list[str], text: str) -> None:
    assert all(line >= 1 and column >= 1 for line, column in terms_found(text, *terms))


@settings(deadline=None)
@given(st.text())
def test_any_file_is_read(text: str) -> None:
    terms, problems = parse_terms(text, Path("terms.yml"))
    assert all(term.avoid for term in terms)
    assert all(problem.code == "L605" for problem in problems)


def test_the_shipped_list_is_in_order() -> None:
    file = ROOT / "content" / "terms.yml"
    terms, problems = parse_terms(file.read_text("utf-8"), file)
    assert problems == ()
    assert len({term.avoid for term in terms}) == len(terms) > 10
    assert read_terms([ROOT / "content", ROOT / "nowhere"]) == terms
