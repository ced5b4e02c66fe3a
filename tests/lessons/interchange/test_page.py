"""The exported page as a learner meets it: nothing from outside, every question usable by mouse and by keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import Browser, open_browser
from exports import EVERYTHING, RESOURCES, RIGHT, course, give, html_file, sample_lesson

from desktop_app.lessons.interchange.export import FORMATS, export, file_name, packed
from desktop_app.lessons.interchange.page import words_for
from desktop_app.lessons.lesson import Answer, LearningPath, Lesson, LessonId
from tests.lessons.builders import lesson_text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return sample_lesson(tmp_path, lesson_text(EVERYTHING, pass_mark="0.5"))


@pytest.fixture
def opened(browser: Browser, lesson: Lesson, tmp_path: Path) -> Browser:
    """The page of the lesson, nothing answered."""
    return fresh(browser, html_file(course(lesson), tmp_path))


def fresh(browser: Browser, file: Path) -> Browser:
    browser.open(file.as_uri())
    browser.run("localStorage.clear()")
    browser.open(file.as_uri())
    return browser


def text(browser: Browser, selector: str) -> str:
    return browser.run(f"document.querySelector(`{selector}`).textContent.trim()")


def is_shown(browser: Browser, selector: str) -> bool:
    return browser.run(f"document.querySelector(`{selector}`).checkVisibility()")


def press(browser: Browser, selector: str) -> None:
    browser.run(f"document.querySelector(`{selector}`).click()")


def shown_view(browser: Browser) -> str:
    (view,) = browser.run("[...document.querySelectorAll('.view')].filter(v => v.checkVisibility()).map(v => v.id)")
    return view


# -- nothing from outside ------------------------------------------------------------------------------------------------


def test_the_page_asks_for_nothing_but_itself(opened: Browser, lesson: Lesson) -> None:
    for block_id, answer in RIGHT.items():
        give(opened, lesson, block_id, answer)
    addresses = [address for address in opened.requests if not address.startswith("data:")]
    assert len(addresses) == 1
    assert opened.complaints == []


def test_the_policy_refuses_what_is_not_in_the_file(opened: Browser) -> None:
    opened.run(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = true'}))"
    )
    opened.run("document.body.append(Object.assign(document.createElement('img'), {src: 'https://example.org/x.png'}))")
    assert opened.run("fetch('https://example.org').then(() => 'sent', () => 'refused')") == "refused"
    assert opened.run("window.ran") is None
    refused = "\n".join(said for said in opened.complaints if "Content Security Policy" in said)
    assert all(
        f"directive '{kind}" in refused or f'directive: "{kind}' in refused
        for kind in ("script-src", "img-src", "connect-src")
    )


def test_pictures_are_in_the_file_and_their_scripts_do_not_run(opened: Browser) -> None:
    assert opened.run("document.querySelector('.prose img').src").startswith("data:image/svg+xml;base64,")
    assert opened.run("document.querySelector('.prose img').naturalWidth") == 40
    assert opened.run("document.querySelector('.prose img').alt") == "plan of the office"


def test_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    body = "## Start\n\n<!-- id: q -->\nIs </script><script>alert(1)</script> bold?\n\n[(X)] `<b>`\n[( )] &lt;i&gt;\n"
    lesson = sample_lesson(tmp_path, lesson_text(body, title="'</title><script>alert(1)</script>'"))
    fresh(browser, html_file(course(lesson), tmp_path))
    assert browser.run("document.title") == "</title><script>alert(1)</script>"
    assert browser.run("document.scripts.length") == 5
    assert browser.complaints == []


# -- what goes along, and what does not ----------------------------------------------------------------------------------


def test_what_cannot_come_along_is_said(tmp_path: Path) -> None:
    body = """## Start

See [the other](lesson:other), [a prompt](prompt:summarise) and ![nothing](gone.png).

```claims
id: live
title: Live
task: Check it.
source: A text.
prompt: summarise
```

```redact
id: hide
title: Hide
task: Hide it.
document: no-such-document
```
"""
    lesson = sample_lesson(tmp_path, lesson_text(body, version='"0.2"'))
    said = "\n".join(map(str, export(course(lesson), "html").notes))
    for part in (
        "lesson:other",
        "prompt:summarise",
        "gone.png",
        "sample/live",
        "live answer",
        "no-such-document",
        "draft",
    ):
        assert part in said


def test_the_lesson_that_ships_everything_reports_its_practice_only(lesson: Lesson) -> None:
    (note,) = export(course(lesson), "html").notes
    assert (note.line, note.severity) == (lesson.practices[0].line, "changed")
    assert "sample/try" in note.what


def test_the_same_lesson_gives_the_same_page(lesson: Lesson) -> None:
    assert export(course(lesson), "html").files == export(course(lesson), "html").files


def test_files_are_named_after_the_course_and_the_format(lesson: Lesson) -> None:
    names = {form: file_name(course(lesson), FORMATS[form]) for form in ("html", "scorm12", "cmi5")}
    assert names == {"html": "sample.html", "scorm12": "sample-scorm12.zip", "cmi5": "sample-cmi5.zip"}


# -- answering -----------------------------------------------------------------------------------------------------------


def test_hints_come_one_at_a_time_and_the_solution_after_a_try(opened: Browser, lesson: Lesson) -> None:
    hints = "[...document.querySelectorAll('[data-question=one] .hints li')].map(hint => !hint.hidden)"
    assert opened.run(hints) == [False, False]
    assert not is_shown(opened, "[data-question=one] [data-do=solution]")
    press(opened, "[data-question=one] [data-do=hint]")
    assert opened.run(hints) == [True, False]
    press(opened, "[data-question=one] [data-do=hint]")
    assert opened.run(hints) == [True, True]
    assert not is_shown(opened, "[data-question=one] [data-do=hint]")
    give(opened, lesson, "one", Answer((1,)))
    press(opened, "[data-question=one] [data-do=solution]")
    assert text(opened, "[data-question=one] .solution").endswith("It is this.")


def test_only_picked_options_are_judged_and_explained(opened: Browser, lesson: Lesson) -> None:
    give(opened, lesson, "one", Answer((1,)))
    assert text(opened, "[data-question=one] .option:nth-of-type(2)") == "thatNot rightNot that."
    assert not is_shown(opened, "[data-question=one] .option:nth-of-type(1) .feedback")
    assert text(opened, "[data-question=one] .option:nth-of-type(1)").startswith("this")
    assert text(opened, "[data-question=one] .verdict") == "Not right."
    assert opened.run("document.activeElement === document.querySelector('[data-question=one] .verdict')")
    press(opened, "[data-question=one] [data-do=again]")
    assert text(opened, "[data-question=one] .verdict") == ""
    assert give(opened, lesson, "one", Answer((0,))) == 1.0
    assert not is_shown(opened, "[data-question=one] [data-do=again]")


def test_nothing_picked_costs_no_try(opened: Browser) -> None:
    press(opened, "[data-question=one] [data-do=check]")
    press(opened, "[data-question=figures] [data-do=check]")
    assert text(opened, "[data-question=one] .verdict") == "Choose an answer first."
    assert text(opened, "[data-question=figures] .verdict") == "Judge every claim first."
    assert opened.run("[...Greenroom.states.values()][0].answers.one.tries") == 0


def test_tries_run_out(browser: Browser, tmp_path: Path) -> None:
    lesson = sample_lesson(tmp_path, lesson_text(EVERYTHING, attempts="2"))
    fresh(browser, html_file(course(lesson), tmp_path))
    assert text(browser, "[data-question=one] .left") == "2 tries left"
    give(browser, lesson, "one", Answer((1,)))
    assert text(browser, "[data-question=one] .left") == "1 try left"
    press(browser, "[data-question=one] [data-do=again]")
    give(browser, lesson, "one", Answer((1,)))
    assert text(browser, "[data-question=one] .left") == "No tries left"
    assert not is_shown(browser, "[data-question=one] [data-do=again]")
    assert browser.run("document.querySelector('[data-question=one] input').disabled")


def test_claims_show_the_passage_that_settles_them(opened: Browser, lesson: Lesson) -> None:
    opened.run("location.hash = 'sample/exercises'")
    assert give(opened, lesson, "figures", Answer((1, 1))) == 0.5
    assert (
        text(opened, "[data-question=figures] .claim:nth-of-type(3) .feedback") == "Costs stayed flat.They stayed flat."
    )


def test_a_redaction_says_what_would_have_leaked(opened: Browser, lesson: Lesson) -> None:
    give(opened, lesson, "mail", Answer((5, 6)))
    opened.run("location.hash = 'sample/exercises'")
    leaks = opened.run(
        "[...document.querySelectorAll('[data-question=mail] .leaks li')].filter(li => li.checkVisibility()).length"
    )
    document = course(lesson).documents["people-mail"]
    assert leaks == len(document.spans())
    assert text(opened, "[data-question=mail] .needless") == "Hidden without need: 1"


# -- by keyboard and mouse -----------------------------------------------------------------------------------------------


def order(browser: Browser) -> list[int]:
    return browser.run("[...document.querySelectorAll('[data-item]')].map(item => Number(item.dataset.item))")


def test_items_are_ordered_by_keyboard_and_it_is_said(opened: Browser) -> None:
    before = order(opened)
    opened.run(f"document.querySelector('[data-item=\"{before[2]}\"] [data-do=up]').focus()")
    opened.press("Enter")
    assert order(opened) == [before[0], before[2], before[1]]
    assert "now number 2 of 3" in text(opened, "[data-question=order] .verdict")
    opened.press(" ")
    assert order(opened) == [before[2], before[0], before[1]]


def test_items_are_ordered_by_dragging(opened: Browser) -> None:
    before = order(opened)
    opened.size(1000, 2600)
    boxes = opened.run(
        "[...document.querySelectorAll('[data-item] .grip')].map(g => g.getBoundingClientRect()).map(b => [b.x + 4, b.y + 8])"
    )
    opened.drag(tuple(boxes[0]), (boxes[2][0], boxes[2][1] + 20))
    assert order(opened) == [before[1], before[2], before[0]]


def test_words_are_hidden_by_keyboard_and_by_dragging(opened: Browser, lesson: Lesson) -> None:
    opened.size(1000, 3000)
    opened.run("location.hash = 'sample/exercises'")
    hidden = "[...document.querySelectorAll('[data-t][aria-checked=true]')].map(piece => Number(piece.dataset.t))"
    opened.run("document.querySelector('[data-t=\"0\"]').focus()")
    opened.press("ArrowRight")
    opened.press(" ")
    opened.press("ArrowRight", shift=True)
    assert opened.run(hidden) == [1, 2]
    opened.press(" ")
    assert opened.run(hidden) == [1]
    opened.press("ArrowDown")
    assert opened.run("Number(document.activeElement.dataset.t)") > 3
    ends = opened.run(
        '[10, 12].map(t => document.querySelector(`[data-t="${t}"]`).getBoundingClientRect()).map(b => [b.x + b.width / 2, b.y + 5])'
    )
    opened.drag(tuple(ends[0]), tuple(ends[1]))
    assert opened.run(hidden) in ([1, 10, 11, 12], [1, 10, 12])  # a fast mouse skips a word
    assert opened.run("document.querySelectorAll('[data-t][tabindex=\"0\"]').length") == 1


def test_tab_reaches_the_questions_in_order(opened: Browser) -> None:
    reached = []
    for _ in range(14):
        opened.press("Tab")
        reached.append(
            opened.run(
                "document.activeElement.closest('[data-question]')?.dataset.question ?? document.activeElement.textContent.trim().slice(0, 8)"
            )
        )
    assert reached[0] == "Skip to "
    assert list(dict.fromkeys(reached))[-5:] == ["the next", "one", "many", "word", "gaps"]


class _Controls(HTMLParser):
    """Collects fields and buttons without a name, and ids that stand twice."""

    def __init__(self) -> None:
        super().__init__()
        self.nameless: list[str] = []
        self.ids: list[str] = []
        self._labels = 0
        self._button: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"]] if given.get("id") else []
        self._labels += tag == "label"
        if tag in ("input", "select") and not given.get("aria-label") and not self._labels:
            self.nameless.append(str(given))
        if tag == "button":
            self._button = [given.get("aria-label") or ""]
        assert not [name for name in given if name.startswith("on")], "inline handlers are refused by the policy"
        assert "style" not in given

    def handle_endtag(self, tag: str) -> None:
        self._labels -= tag == "label"
        if tag == "button" and self._button is not None:
            if not "".join(self._button).strip():
                self.nameless.append("button")
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button.append(data)


def test_every_field_and_button_has_a_name_and_ids_are_unique(lesson: Lesson) -> None:
    controls = _Controls()
    controls.feed(packed(FORMATS["html"], export(course(lesson), "html")).decode())
    assert controls.nameless == []
    assert len(set(controls.ids)) == len(controls.ids)


# -- steps and results ---------------------------------------------------------------------------------------------------


def test_steps_are_walked_and_the_result_is_shown(opened: Browser, lesson: Lesson) -> None:
    assert shown_view(opened) == "sample/questions"
    assert text(opened, ".count") == "Step 1 of 2"
    for block_id, answer in RIGHT.items():
        give(opened, lesson, block_id, answer)
    press(opened, "[data-done=questions]")
    opened.run("new Promise(done => setTimeout(done))")
    assert shown_view(opened) == "sample/exercises"
    assert opened.run("document.activeElement.textContent") == "Exercises"
    press(opened, "[data-done=exercises]")
    opened.run("new Promise(done => setTimeout(done))")
    assert shown_view(opened) == "sample/result"
    assert text(opened, ".state-big") == "Passed"
    assert text(opened, ".reached") == "You reached 87 %. Passed from 50 %."
    assert text(opened, ".outcome ul") == "Before it leaves not answered"


def test_what_was_missed_can_be_answered_again(opened: Browser, lesson: Lesson) -> None:
    give(opened, lesson, "one", Answer((1,)))
    opened.run("location.hash = 'sample/result'")
    opened.run("new Promise(done => setTimeout(done))")
    assert text(opened, ".state-big") == "Not passed yet"
    press(opened, ".outcome button")
    opened.run("new Promise(done => setTimeout(done))")
    assert shown_view(opened) == "sample/questions"
    assert opened.run("[...Greenroom.states.values()][0].answers.one.open")
    assert give(opened, lesson, "one", Answer((0,))) == 1.0


def test_coming_back_finds_choices_but_no_typed_text(opened: Browser, lesson: Lesson, tmp_path: Path) -> None:
    give(opened, lesson, "one", Answer((1,)))
    give(opened, lesson, "word", Answer(typed=("secretword",)))
    give(opened, lesson, "gaps", Answer((-1, 1), ("secretword", "")))
    assert "secretword" not in opened.run("JSON.stringify({...localStorage})")
    opened.open((tmp_path / "sample.html").as_uri())
    assert text(opened, "[data-question=one] .verdict") == "Not right."
    assert text(opened, "[data-question=word] .verdict") == "Answered before: 0 %."
    assert text(opened, "[data-question=gaps] .verdict") == "Answered before: 50 %."
    assert give(opened, lesson, "word", Answer(typed=("token",))) == 1.0


def test_another_version_starts_afresh(opened: Browser, lesson: Lesson, tmp_path: Path) -> None:
    give(opened, lesson, "one", Answer((0,)))
    opened.open(html_file(course(replace(lesson, version="2.0")), tmp_path).as_uri())
    assert opened.run("Object.keys([...Greenroom.states.values()][0].answers)") == []


def test_a_path_is_one_page_with_contents(browser: Browser, lesson: Lesson, tmp_path: Path) -> None:
    text_of_second = lesson_text(
        "## Go on\n\nRead [the first](lesson:sample#exercises).\n", id="second", title="Second"
    )
    second = sample_lesson(tmp_path, text_of_second, "second")
    path = LearningPath("both", "Both", "Two lessons.", ("everyone",), (lesson.id, LessonId("second")))
    fresh(browser, html_file(course(lesson, second, path=path), tmp_path))
    assert shown_view(browser) == "contents"
    assert browser.run("[...document.querySelectorAll('.contents a')].map(a => a.textContent)") == [
        "A sample",
        "Second",
    ]
    browser.run("location.hash = 'second'")
    browser.run("new Promise(done => setTimeout(done))")
    assert shown_view(browser) == "second/go-on"
    press(browser, "[id='second/go-on'] .prose a")
    browser.run("new Promise(done => setTimeout(done))")
    assert shown_view(browser) == "sample/exercises"
    press(browser, "[data-done=go-on]")
    browser.run("location.hash = 'contents'")
    browser.run("new Promise(done => setTimeout(done))")
    assert browser.run("[...document.querySelectorAll('.state')].map(s => s.textContent)") == ["", "Completed"]


def test_the_prompt_of_a_practice_can_be_copied(opened: Browser) -> None:
    opened.run("location.hash = 'sample/exercises'")
    press(opened, "[data-do=copy]")
    opened.run(
        "new Promise(done => { const look = () => document.querySelector('.practice .status').textContent ? done(1) : setTimeout(look, 5); look(); })"
    )
    assert text(opened, ".practice .status") in ("Copied.", "Select the text and copy it.")


# -- looks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 900, 1400])
def test_nothing_sticks_out_of_the_window(opened: Browser, width: int) -> None:
    for step in ("questions", "exercises", "result"):
        opened.size(width, 700)
        opened.run(f"location.hash = 'sample/{step}'")
        opened.run("new Promise(done => requestAnimationFrame(done))")
        assert opened.run("document.documentElement.scrollWidth") <= width


def test_everything_is_printed(opened: Browser) -> None:
    opened.size(800, 1000, media="print")
    views = opened.run("[...document.querySelectorAll('.step')].map(v => v.checkVisibility())")
    assert views == [True, True]
    assert not is_shown(opened, "nav")
    opened.size(800, 1000)


def test_colours_are_the_tokens_of_the_app() -> None:
    from desktop_app.ui.theme import DARK, LIGHT

    css = (RESOURCES / "export" / "player.css").read_text("utf-8")
    found = re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", css.split("@media print")[0])
    names = [field.name for field in fields(LIGHT)]
    given = [(name.replace("-", "_"), colour) for name, colour in found]
    assert given == [
        *((name, getattr(LIGHT, name)) for name in names),
        *((name, getattr(DARK, name)) for name in names),
    ]


def test_the_players_words_are_the_same_in_every_language() -> None:
    words = json.loads((RESOURCES / "export" / "words.json").read_text("utf-8"))
    holes = {
        language: {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in of.items()}
        for language, of in words.items()
    }
    assert holes["de"] == holes["en"]
    assert words_for(RESOURCES, "de-AT") is words_for(RESOURCES, "de")
    assert words_for(RESOURCES, "pt-BR") is words_for(RESOURCES, "en")


def test_every_word_and_icon_that_is_used_is_there() -> None:
    from desktop_app.lessons.interchange.page import ICONS

    words = words_for(RESOURCES, "en")
    scripts = "".join(file.read_text("utf-8") for file in (RESOURCES / "export").glob("*.js"))
    assert set(re.findall(r"\bicon\(\"([a-z-]+)\"\)", scripts)) <= set(ICONS)
    assert {word for word in re.findall(r"(?:say|notice)\(\"([a-z_]+)\"", scripts)} <= set(words)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_player_speaks_the_lessons_language(
    browser: Browser, lesson: Lesson, tmp_path: Path, language: str
) -> None:
    fresh(browser, html_file(course(replace(lesson, language=language)), tmp_path))
    assert browser.run("document.documentElement.lang") == language
    assert text(browser, "[data-do=check]") == {"de": "Prüfen", "en": "Check"}[language]
