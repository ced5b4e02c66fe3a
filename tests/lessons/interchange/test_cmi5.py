"""cmi5 packages: the course structure is valid, and a record store gets what the profile asks for, in its order."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from browser import Browser, open_browser
from exports import EVERYTHING, RIGHT, ROOT, course, give, sample_lesson
from loopback import RecordStore, files_of
from lxml import etree

from desktop_app.lessons.interchange.export import FORMATS, export, packed
from desktop_app.lessons.lesson import Answer, LearningPath, Lesson, LessonId
from tests.lessons.builders import lesson_text

SCHEMA = ROOT / "tests" / "data" / "schemas" / "cmi5" / "CourseStructure.xsd"
SPACE = "{https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd}"
CONTEXT = "https://w3id.org/xapi/cmi5/context"
ACTIVITY = "https://lms.example/activities/77"
REGISTRATION = "7d6b2c1e-0f4b-4c60-8a3e-1f2d3c4b5a69"
ACTOR = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "ada"}}
SESSION = {f"{CONTEXT}/extensions/sessionid": "s-1"}
GROUPING = {"id": "https://greenroom.example/cmi5/lessons/sample"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return sample_lesson(tmp_path, lesson_text(EVERYTHING, pass_mark="0.5"))


@pytest.fixture
def pages(lesson: Lesson, tmp_path: Path) -> Iterator[str]:
    data = packed(FORMATS["cmi5"], export(course(lesson), "cmi5"))
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path / "cmi5")
    with files_of(tmp_path / "cmi5") as address:
        yield address


class Launch:
    """A launch of the lesson by a learning management system with a record store."""

    def __init__(self, browser: Browser, lesson: Lesson, pages: str, store: RecordStore, endpoint: str) -> None:
        self.browser, self.lesson, self.store = browser, lesson, store
        asked = {
            "endpoint": f"{endpoint}/xapi", "fetch": f"{endpoint}/token", "actor": json.dumps(ACTOR),
            "registration": REGISTRATION, "activityId": ACTIVITY,
        }  # fmt: skip
        self.address = f"{pages}/sample/index.html?{urlencode(asked)}"

    def open(self) -> None:
        self.browser.open(self.address)

    def give(self, block_id: str, answer: Answer) -> float | None:
        return give(self.browser, self.lesson, block_id, answer)

    def answer_all(self) -> None:
        for block_id, answer in RIGHT.items():
            self.give(block_id, answer)

    def finish(self) -> None:
        for step in self.lesson.steps:
            self.browser.run(f"document.querySelector('[data-done={step.key}]').click()")

    def leave(self) -> None:
        self.browser.open("about:blank")


def launch_data(**changes: Any) -> dict[str, Any]:
    template = {"extensions": SESSION, "contextActivities": {"grouping": [GROUPING]}}
    return {
        "contextTemplate": template,
        "launchMode": "Normal",
        "moveOn": "CompletedAndPassed",
        "masteryScore": 0.5,
        **changes,
    }


@pytest.fixture
def launched(browser: Browser, lesson: Lesson, pages: str) -> Iterator[Launch]:
    store = RecordStore(launch_data())
    with store.serving() as endpoint:
        yield Launch(browser, lesson, pages, store, endpoint)
        browser.open("about:blank")
    assert store.faults == []


# -- the package ---------------------------------------------------------------------------------------------------------


def test_the_course_structure_is_valid_and_names_what_is_there(lesson: Lesson) -> None:
    second = replace(lesson, id=LessonId("second"), title="Tea & biscuits")
    path = LearningPath("both", "Both & all", "Two lessons.", ("everyone",), (lesson.id, second.id))
    package = export(course(lesson, second, path=path), "cmi5")
    structure = etree.fromstring(package.files["cmi5.xml"])
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(structure)
    units = structure.findall(f"{SPACE}au")
    assert [unit.findtext(f"{SPACE}url") for unit in units] == ["sample/index.html", "second/index.html"]
    assert set(package.files) == {"cmi5.xml", "sample/index.html", "second/index.html"}
    assert {(unit.get("moveOn"), unit.get("masteryScore")) for unit in units} == {("CompletedAndPassed", "0.500000")}
    assert len({unit.get("id") for unit in units} | {structure.find(f"{SPACE}course").get("id")}) == 3


def test_a_lesson_without_questions_asks_to_be_completed_only(tmp_path: Path) -> None:
    plain = sample_lesson(tmp_path, lesson_text("## Start\n\nRead this.\n"))
    unit = etree.fromstring(export(course(plain), "cmi5").files["cmi5.xml"]).find(f"{SPACE}au")
    assert (unit.get("moveOn"), unit.get("masteryScore")) == ("Completed", None)


# -- what the record store gets ------------------------------------------------------------------------------------------


def category(statement: dict[str, Any]) -> list[str]:
    found = statement["context"].get("contextActivities", {}).get("category", [])
    return [activity["id"].rpartition("/")[2] for activity in found]


def test_a_session_is_told_from_its_start_to_its_end(launched: Launch) -> None:
    launched.open()
    launched.answer_all()
    launched.finish()
    launched.leave()
    told = launched.store.wait_for(len(RIGHT) + 4)
    assert launched.store.verbs == ["initialized", *["answered"] * len(RIGHT), "completed", "passed", "terminated"]
    assert len({statement["id"] for statement in told}) == len(told)
    for statement in told:
        assert statement["actor"] == ACTOR
        assert statement["context"]["registration"] == REGISTRATION
        assert statement["context"]["extensions"].items() >= SESSION.items()
        assert statement["context"]["contextActivities"]["grouping"] == [GROUPING]
    by_verb = dict(zip(launched.store.verbs, told, strict=True))
    assert [category(by_verb[verb]) for verb in ("initialized", "answered", "completed", "passed", "terminated")] == [
        ["cmi5"], [], ["cmi5", "moveon"], ["cmi5", "moveon"], ["cmi5"],
    ]  # fmt: skip
    assert all(statement["object"]["id"] == ACTIVITY for verb, statement in by_verb.items() if verb != "answered")
    assert by_verb["completed"]["result"]["completion"] is True
    assert "success" not in by_verb["completed"]["result"]
    passed = by_verb["passed"]
    assert passed["result"]["success"] is True
    assert passed["result"]["score"]["scaled"] == pytest.approx(7 / 8)
    assert passed["context"]["extensions"][f"{CONTEXT}/extensions/masteryscore"] == 0.5
    assert all("duration" in by_verb[verb]["result"] for verb in ("completed", "passed", "terminated"))
    assert launched.browser.complaints == []


def test_answers_are_described_as_interactions(launched: Launch) -> None:
    launched.open()
    launched.answer_all()
    launched.give("mail", Answer((1, 3)))
    told = launched.store.wait_for(len(RIGHT) + 2)[1:]
    answers = {one["object"]["id"].removeprefix(f"{ACTIVITY}/questions/"): one for one in told}
    kinds = {name: one["object"]["definition"]["interactionType"] for name, one in answers.items()}
    assert kinds == {
        "one": "choice", "many": "choice", "word": "fill-in", "gaps": "fill-in", "grid": "matching",
        "order": "sequencing", "figures": "matching", "mail": "other",
    }  # fmt: skip
    many = answers["many"]["object"]["definition"]
    assert [choice["id"] for choice in many["choices"]] == ["option-1", "option-2", "option-3"]
    assert many["choices"][0]["description"] == {"en": "this"}
    assert many["correctResponsesPattern"] == ["option-1[,]option-2"]
    assert many["description"] == {"en": "Which of them?"}
    grid = answers["grid"]
    assert [len(grid["object"]["definition"][side]) for side in ("source", "target")] == [3, 2]
    assert grid["result"]["response"] == grid["object"]["definition"]["correctResponsesPattern"][0]
    assert answers["one"]["result"]["success"] is True
    assert answers["mail"]["result"] | {"duration": ""} == {
        "success": False, "score": {"scaled": answers["mail"]["result"]["score"]["scaled"]}, "response": "1,3", "duration": "",
    }  # fmt: skip


def test_the_systems_mastery_score_decides_and_what_was_passed_stays_passed(launched: Launch) -> None:
    launched.store.launch["masteryScore"] = 0.1
    launched.open()
    launched.give("one", RIGHT["one"])
    launched.finish()
    launched.give("many", Answer((2,)))
    launched.browser.run("location.hash = 'sample/questions'")
    launched.finish()
    launched.leave()
    launched.store.wait_for(6)
    assert launched.store.verbs == ["initialized", "answered", "completed", "passed", "answered", "terminated"]


def test_what_is_not_enough_is_failed_and_can_be_passed_later(launched: Launch) -> None:
    launched.store.launch["masteryScore"] = 0.9
    launched.open()
    launched.finish()
    launched.answer_all()
    launched.give("mail", Answer((1, 3, 19, 30, 31)))
    assert launched.store.verbs.count("completed") <= 1
    launched.leave()
    told = launched.store.wait_for(len(RIGHT) + 5)
    last = [one for one in told if one["verb"]["id"].endswith(("passed", "failed"))]
    assert last[0]["result"] | {"duration": ""} == {"success": False, "score": {"scaled": 0}, "duration": ""}
    assert launched.store.verbs.count("completed") == 1


def test_coming_back_goes_on_with_the_token_of_before(launched: Launch) -> None:
    launched.open()
    launched.give("word", Answer(typed=("mot",)))
    launched.browser.run("document.querySelector('[data-done=questions]').click()")
    launched.browser.run("new Promise(done => setTimeout(done, 0))")
    launched.store.wait_for(2)
    launched.open()  # the token was fetched already; the tab still has it
    assert launched.browser.run("document.querySelector('[data-question=word] input').value") == "mot"
    assert launched.browser.run("[...document.querySelectorAll('.view')].filter(v => !v.hidden).map(v => v.id)") == [
        "sample/exercises"
    ]
    assert launched.store.fetches == 2


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_looking_at_it_only_counts_nothing(launched: Launch, mode: str) -> None:
    launched.store.launch["launchMode"] = mode
    launched.open()
    launched.answer_all()
    launched.finish()
    launched.leave()
    launched.store.wait_for(2)
    assert launched.store.verbs == ["initialized", "terminated"]
    assert launched.store.states == {}


def test_statements_wait_for_a_store_that_is_down(launched: Launch) -> None:
    launched.open()
    launched.store.wait_for(1)
    launched.store.is_down = True
    launched.give("one", RIGHT["one"])
    waiting = "new Promise(done => { const look = () => document.querySelector('#notice').hidden === %s ? done(1) : setTimeout(look, 5); look(); })"
    launched.browser.run(waiting % "false")
    assert "cannot be reached" in launched.browser.run("document.querySelector('#notice').textContent")
    launched.store.is_down = False
    launched.give("many", RIGHT["many"])
    told = launched.store.wait_for(3)
    assert [one["object"]["id"].rpartition("/")[2] for one in told[1:]] == ["one", "many"]
    launched.browser.run(waiting % "true")


def test_the_way_back_to_the_system_ends_the_session_first(launched: Launch, pages: str) -> None:
    launched.store.launch["returnURL"] = f"{pages}/cmi5.xml"
    launched.open()
    launched.browser.run("document.querySelector('[data-do=exit]').click()")
    launched.store.wait_for(2)
    assert launched.store.verbs == ["initialized", "terminated"]


def test_without_a_launch_the_page_says_so_and_works(browser: Browser, lesson: Lesson, pages: str) -> None:
    browser.open(f"{pages}/sample/index.html")
    assert "not recorded" in browser.run("document.querySelector('#notice').textContent")
    assert give(browser, lesson, "one", RIGHT["one"]) == 1.0
    assert browser.run("document.querySelector('[data-do=exit]').hidden") is True
