"""Templates: whatever is asked for, what comes out is complete and lint has nothing to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import AppError
from desktop_app.lessons.documents import parse_document
from desktop_app.lessons.lint import Known, lint_text
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.paths import parse_path
from desktop_app.lessons.templates import (
    FEWEST_MINUTES,
    MOST_MINUTES,
    SNIPPETS,
    NewLesson,
    create_lesson,
    free_id,
    id_for,
    new_document,
    new_lesson,
    new_path,
    snippet,
)
from desktop_app.policy.vocabulary import ROLES
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

RESOURCES = Path(__file__).parents[2] / "resources"
FACTS = NewLesson("first-check", "Check it first", ("sales",), 5)
TODAY = date(2026, 11, 22)


def known(*lessons: str) -> Known:
    prompts = Services(Locations.find()).prompts.references()
    return Known(lessons, prompts, ROLES)


def problems_of(text: str, lesson_id: str = "first-check") -> list[str]:
    return [str(found) for found in lint_text(text, Path(lesson_id) / "lesson.md", known(), TODAY)]


@pytest.mark.parametrize("minutes", range(FEWEST_MINUTES, MOST_MINUTES + 1))
def test_a_new_lesson_of_any_length_is_clean(minutes: int) -> None:
    assert problems_of(new_lesson(RESOURCES, replace(FACTS, minutes=minutes, today=TODAY))) == []


@pytest.mark.parametrize("name", [one.name for one in SNIPPETS if one.name != "redact"])
def test_each_snippet_is_clean_in_a_lesson_that_has_it_already(name: str) -> None:
    text = new_lesson(RESOURCES, FACTS)
    once = f"{text}\n{snippet(RESOURCES, name, text)}"
    twice = f"{once}\n{snippet(RESOURCES, name, once)}"
    assert [found for found in problems_of(twice) if "L111" not in found] == []
    lesson, _ = parse_lesson(twice, Path("first-check/lesson.md"))
    before, _ = parse_lesson(text, Path("first-check/lesson.md"))
    assert lesson is not None and before is not None
    assert len(lesson.questions) + len(lesson.exercises) == len(before.questions) + len(before.exercises) + 2


def test_the_redact_snippet_names_a_document_that_the_template_makes() -> None:
    document, problems = parse_document(
        new_document(RESOURCES, "visitor-message", "A visitor"), Path("visitor-message.md")
    )
    assert document is not None and problems == ()
    assert len(document.spans()) == 3
    text = new_lesson(RESOURCES, FACTS)
    lesson, _ = parse_lesson(f"{text}\n{snippet(RESOURCES, 'redact', text)}", Path("first-check/lesson.md"))
    assert lesson is not None and lesson.exercises[-1].document == document.id  # type: ignore[union-attr]
    assert "document: other" in snippet(RESOURCES, "redact", text, document="other")


def test_a_new_path_is_clean() -> None:
    path, problems, _ = parse_path(
        new_path(RESOURCES, "our-team", "Our team: a start", "first-check"), Path("our-team.yml")
    )
    assert problems == () and path is not None
    assert (path.title, path.lessons) == ("Our team: a start", ("first-check",))


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1, max_size=120)
)
def test_any_title_comes_back_as_it_was_typed(title: str) -> None:
    facts = replace(FACTS, title=title)
    if facts.problems():
        assert not title.strip()
        return
    lesson, problems = parse_lesson(new_lesson(RESOURCES, facts), Path("first-check/lesson.md"))
    if not any(found.code == "L130" for found in problems):  # a private-use or similar character lint objects to
        assert lesson is not None and lesson.title == title.strip()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"id": "No Spaces"}, "id"),
        ({"id": "taken"}, "id"),
        ({"roles": ()}, "roles"),
        ({"roles": ("nobody",)}, "roles"),
        ({"minutes": 2}, "minutes"),
        ({"minutes": 16}, "minutes"),
    ],
)
def test_what_will_not_do_is_said_at_its_field(changes: dict[str, object], field: str) -> None:
    assert list(replace(FACTS, **changes).problems(taken={"taken"})) == [field]  # type: ignore[arg-type]


def test_an_existing_lesson_is_never_overwritten(tmp_path: Path) -> None:
    file = create_lesson(RESOURCES, tmp_path, FACTS)
    before = file.read_bytes()
    with pytest.raises(AppError, match="exists already"):
        create_lesson(RESOURCES, tmp_path, replace(FACTS, title="Another"))
    assert file.read_bytes() == before


def test_ids_come_from_titles_and_count_on() -> None:
    assert id_for("Müllers Prüfung: 2 Wege!") == "mullers-prufung-2-wege"
    assert id_for("A b", {"a-b", "a-b-2"}) == "a-b-3"
    assert id_for("日本語") == ""
    assert len(free_id("x" * 40, {"x" * 40})) <= 40
