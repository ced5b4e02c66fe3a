"""A translation stands in for its original only if it asks the same, and shares its keys and ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.library import LessonLibrary
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.translation import adopt, differences, language_of

from .builders import lesson_text, write_lesson

ENGLISH = """## Why it invents

Text.

<!-- id: why -->
Why?

[(X)] so
[( )] not so

Put in order.

<!-- id: order -->
[[1]] first
[[2]] second

## Check it

The answer is [[checked|(read)]] by [[you]].
"""
GERMAN = """## Warum es erfindet

Text, und mehr davon.

Noch ein Absatz.

<!-- id: why -->
Warum?

[(X)] darum
[( )] darum nicht

Ordne.

<!-- id: order -->
[[1]] zuerst
[[2]] danach

## Prüfen Sie es

Die Antwort wird von [[geprüft|(gelesen)]] und [[Ihnen]].
"""


def lesson(body: str, name: str = "lesson.md", **front: str) -> Lesson:
    found, _ = parse_lesson(lesson_text(body, **front), Path("sample") / name)
    assert found is not None
    return found


def german(body: str = GERMAN, **front: str) -> Lesson:
    return lesson(body, "lesson.de.md", **{"language": "de", **front})


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("lesson.md", ""),
        ("lesson.de.md", "de"),
        ("lesson.pt-BR.md", "pt-BR"),
        ("notes.de.md", ""),
        ("lesson.x.y.md", ""),
    ],
)
def test_the_file_name_says_the_language(name: str, language: str) -> None:
    assert language_of(Path("a") / name) == language


def test_a_faithful_translation_has_no_differences_and_takes_over_keys_and_ids() -> None:
    original = lesson(ENGLISH)
    assert differences(original, german()) == ()
    adopted = adopt(original, german())
    assert [step.key for step in adopted.steps] == ["why-it-invents", "check-it"]
    assert [step.title for step in adopted.steps] == ["Warum es erfindet", "Prüfen Sie es"]
    assert [quiz.id for quiz in adopted.questions] == [quiz.id for quiz in original.questions]


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (("[( )] darum nicht", "[( )] darum nicht\n[( )] nie"), "L702", "options differ"),
        (("[(X)] darum\n[( )] darum nicht", "[( )] darum\n[(X)] darum nicht"), "L702", "which are right"),
        (("<!-- id: why -->", "<!-- id: warum -->"), "L702", "The id is"),
        (("[[1]] zuerst\n[[2]] danach", "[[zuerst]]"), "L702", "text question, not ordering"),
        (("[[geprüft|(gelesen)]]", "[[gelesen]]"), "L702", "gaps differ"),
        (("## Prüfen Sie es", "## Neu\n\nText.\n\n## Prüfen Sie es"), "L702", "3 steps here and 2"),
        (("Warum?\n\n[(X)] darum\n[( )] darum nicht\n", "Warum."), "L702", "1 questions and exercises, but 2"),
    ],
)
def test_what_differs_is_named_with_its_line(change: tuple[str, str], code: str, says: str) -> None:
    found = differences(lesson(ENGLISH), german(GERMAN.replace(*change)))
    assert [one.code for one in found] == [code]
    assert says in found[0].message
    assert found[0].line > 1


def test_front_matter_is_compared_too() -> None:
    assert [one.code for one in differences(lesson(ENGLISH), german(version='"0.9"'))] == ["L703"]
    assert [one.code for one in differences(lesson(ENGLISH), german(language="fr"))] == ["L701"]
    assert [one.code for one in differences(lesson(ENGLISH), german(pass_mark="0.5"))] == ["L702"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    file = write_lesson(tmp_path, lesson_text(ENGLISH))
    file.with_name("lesson.de.md").write_text(lesson_text(GERMAN, language="de", title="Ein Muster"), "utf-8")
    write_lesson(tmp_path, lesson_text(id="other"), "other")
    return tmp_path


def test_the_library_gives_the_translation_in_its_language_and_the_original_otherwise(folder: Path) -> None:
    library = LessonLibrary([folder], language="de")
    assert library.get("sample").title == "Ein Muster"
    assert library.get("sample").steps[0].key == "why-it-invents"
    assert (library.get("other").language, library.get("other").title) == ("en", "A sample")
    assert [one.language for one in library.lessons()] == ["en", "de"]
    library.language = "en"
    assert library.get("sample").title == "A sample"
    assert library.languages("sample") == ("en", "de")
    assert library.problems == ()


def test_a_translation_that_does_not_match_is_not_shown(folder: Path) -> None:
    (folder / "sample" / "lesson.de.md").write_text(
        lesson_text(GERMAN.replace("[[2]] danach\n", ""), language="de"), "utf-8"
    )
    assert LessonLibrary([folder], language="de").get("sample").language == "en"


def test_a_translation_that_cannot_be_read_is_a_problem_and_the_original_is_shown(folder: Path) -> None:
    (folder / "sample" / "lesson.de.md").write_text("nothing", "utf-8")
    library = LessonLibrary([folder], language="de")
    assert library.get("sample").language == "en"
    (problem,) = library.problems
    assert "lesson.de.md" in str(problem)
