"""Words of the glossary in exports: their meaning comes along where there is room for it, else the word alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Browser, open_browser
from exports import course, html_file, sample_lesson

from desktop_app.lessons.glossary import Entry, Glossary
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.export import FORMATS, export
from desktop_app.lessons.interchange.worksheet import worksheet
from desktop_app.notes import Notes
from tests.lessons.builders import QUIZ, WORDS, lesson_text

BODY = f"""## First step

A [small piece](glossary:token) and [no entry](glossary:unknown). {WORDS}

<!-- id: which -->
Which [piece](glossary:token)?

[(X)] the [model](glossary:model)
[( )] none

## Second step

{WORDS * 12} {QUIZ}
"""
GLOSSARY = Glossary([Entry("token", "Token", "A piece of a *word*."), Entry("model", "Model", "Many numbers.")])


@pytest.fixture
def made(tmp_path: Path) -> Course:
    return replace(course(sample_lesson(tmp_path, lesson_text(BODY))), glossary=GLOSSARY)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


def test_a_web_page_lists_the_words_of_a_step_at_its_end(made: Course) -> None:
    package = export(made, "html")
    page = package.files["sample.html"].decode()
    first, _, second = page.partition("data-step='second-step'")
    assert '<a href="#sample/first-step/token" class="word">small piece</a>' in first
    assert "<dt id='sample/first-step/token' tabindex='-1'>Token</dt><dd>A piece of a <em>word</em>.</dd>" in first
    assert first.count("<dt ") == 2, "each word once, those in options too"
    assert "<dt " not in second.split("<script")[0]
    assert "glossary:unknown" not in page and "no entry</a>" in page
    assert any("glossary:unknown" in str(note) for note in package.notes)
    assert not any("glossary:token" in str(note) for note in package.notes)


# Resolves with true once a condition holds; scrolling takes its time.
_UNTIL = (
    "new Promise((done) => {{ {start}; const look = () => ({holds}) ? done(true) : setTimeout(look, 20); look(); }})"
)
_IN_VIEW = "(({top, bottom}) => top > 0 && bottom < innerHeight)(document.activeElement.getBoundingClientRect())"


def test_a_word_leads_to_its_meaning_and_back(made: Course, browser: Browser, tmp_path: Path) -> None:
    def until(start: str, holds: str) -> None:
        assert browser.run(_UNTIL.format(start=start, holds=holds)) is True

    browser.open(html_file(made, tmp_path).as_uri())
    until("document.querySelector('a.word').click()", "document.activeElement.id === 'sample/first-step/token'")
    until("", _IN_VIEW)
    until("history.back()", "!location.hash.endsWith('token')")
    shown = "[...document.querySelectorAll('.view')].filter(v => v.checkVisibility()).map(v => v.id).join()"
    assert browser.run(shown) == "sample/first-step"
    assert browser.run("document.activeElement.matches('h1, h2')") is False, "reading goes on where it was"
    assert browser.complaints == []


@pytest.mark.parametrize("form", ["scorm12", "scorm2004", "cmi5"])
def test_packages_for_learning_systems_have_the_list_too(made: Course, form: str) -> None:
    pages = [data.decode() for name, data in export(made, form).files.items() if name.endswith(".html")]
    assert pages and all("<aside class='words'" in page for page in pages)


def test_paper_has_the_words_at_the_end(made: Course) -> None:
    html = worksheet(made, Notes()).html
    assert "<li><b>Token</b>: A piece of a <em>word</em>.</li>" in html
    assert "glossary:" not in html
    assert "<b>Token</b>" not in worksheet(replace(made, glossary=Glossary()), Notes()).html


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_no_export_keeps_an_address_that_only_greenroom_opens(made: Course, form: str) -> None:
    package = export(made, form)
    for name, data in package.files.items():
        assert b"glossary:" not in data, name
    if form in ("gift", "qti3"):
        assert not any("glossary:token" in str(note) for note in package.notes), "the word says enough"
