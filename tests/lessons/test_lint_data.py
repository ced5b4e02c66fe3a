"""What looks sensitive in a lesson must be the fictional company's."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.guard.scan import scan
from desktop_app.lessons.company import read_company
from desktop_app.lessons.lint_data import check_data
from desktop_app.lessons.problem import Problems
from tests.guard.corpus.development import cases as development
from tests.guard.corpus.held_out import cases as held_out

COMPANY = Path(__file__).parents[2] / "content" / "documents" / "company.yml"


def found(text: str, allowed: tuple[str, ...] = ()) -> list[tuple[int, int]]:
    problems = Problems(Path("lesson.md"))
    check_data(text.split("\n"), 1, lambda _, value: value in allowed, problems)
    assert all("real sensitive data" in problem.message for problem in problems.found)
    return [(problem.line, problem.column) for problem in problems.found]


def test_each_place_is_named_unless_it_is_allowed() -> None:
    text = "Write to jo@firm.com\nor call +49 30 901820.\n\nNothing here."
    assert found(text) == [(1, 10), (2, 9)]
    assert found(text, ("jo@firm.com", "+49 30 901820")) == []


def test_the_message_does_not_repeat_the_data() -> None:
    problems = Problems(Path("lesson.md"))
    check_data(["jo@firm.com"], 1, lambda *_: False, problems)
    assert "jo@firm" not in problems.found[0].message


def test_no_line_with_a_finding_is_passed_over() -> None:
    """The quick look before the scan loses nothing, on every line of the guard's two corpora."""
    lines = [line for case in (*development(), *held_out()) for line in case.text.split("\n")]
    missed = [line for line in lines if scan(line) and not found(line)]
    assert len(lines) > 500
    assert missed == []


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(line >= 1 and column >= 1 for line, column in found(text))


def test_the_companys_own_values_may_be_used() -> None:
    company = read_company(COMPANY)
    problems = Problems(Path("lesson.md"))
    mail = next(person.email for person in company.people if person.email)
    check_data([f"Write to {mail}."], 1, company.allows, problems)
    assert problems.found == []
