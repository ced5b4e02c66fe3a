"""Double clicks, and things that go away while they are used: nothing is skipped, given twice or lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.lessons.lesson import Answer, QuestionId
from desktop_app.records.learning import Profile
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.learn.model import LearnModel
from desktop_app.ui.pages.learn.reader import Reader
from desktop_app.ui.pages.progress.model import ProgressModel
from desktop_app.ui.pages.review.model import ReviewModel
from desktop_app.ui.run_model import RunModel
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme
from tests.helpers.learning import ANSWERS, EVERY_KIND, content, only
from tests.lessons.builders import lesson_text, write_lesson

RIGHT = ANSWERS | {
    "multiple": Answer((0, 1)), "word": Answer(typed=("tent",)), "gaps": Answer((-1, 1), ("tent", "")),
    "order": Answer((0, 1, 2)),
}  # fmt: skip
STEPS = "".join(
    f"## Step {n}\n\n<!-- id: q{n} -->\nWhich?\n\n[(X)] this\n[( )] that\n\n<!-- id: w{n} -->\nWord?\n\n[[tent]]\n\n"
    for n in range(4)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = content(tmp_path / "content")
    write_lesson(made / "lessons", lesson_text(STEPS, id="steps"), "steps")
    return made


@pytest.fixture
def services(profile: Path, folder: Path) -> Iterator[Services]:
    made = Services(only(profile, folder))
    made.learner.use_vault(Vault(b"k" * 32))
    yield made
    made.close()


@pytest.fixture
def model(services: Services, qapp: object) -> LearnModel:
    return LearnModel(services)


@pytest.fixture(scope="module")
def theme(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Theme:
    """One for all tests: putting it on styles every widget there is anew."""
    return make_application(Services(Locations.find(tmp_path_factory.mktemp("look"))))[1]


@pytest.fixture
def reader(theme: Theme, services: Services, model: LearnModel, qtbot: QtBot) -> Reader:
    jobs = InlineJobs()
    made = Reader(theme, model, services, SandboxModel(services, jobs), jobs)
    qtbot.addWidget(made)
    made.resize(1000, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def double_click(widget: QWidget) -> None:
    """As the system reports one: press, release, double click, release, at one place of the window."""
    QApplication.processEvents()  # so that it stands where it will be shown
    window = widget.window()
    at: QPoint = widget.mapTo(window, widget.rect().center())
    QTest.mouseDClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    QApplication.processEvents()


def button(within: QWidget, text: str) -> QPushButton:
    return next(one for one in within.findChildren(QPushButton) if one.text() == text and one.isVisibleTo(within))


# -- double clicks -------------------------------------------------------------------------------------------------------


def test_a_double_click_on_next_skips_no_step(reader: Reader, model: LearnModel) -> None:
    model.open("steps")
    for number in (1, 2, 3):
        double_click(reader._next)
        assert model.reader.number == number and not model.reader.finished
    double_click(reader._next)
    assert model.reader.finished


@pytest.mark.parametrize("option", [0, 1])
def test_a_double_click_on_check_is_one_answer(
    option: int, reader: Reader, model: LearnModel, services: Services
) -> None:
    model.open("steps")
    card = reader._cards[0]
    card.findChildren(QRadioButton)[option].click()
    double_click(button(card, "Check"))
    assert len(services.learner.attempts("steps", "q0")) == 1
    assert model.reader.questions[QuestionId("q0")].score is not None, "and its result stands there"


def test_a_certificate_is_issued_once(services: Services, model: LearnModel, qapp: object) -> None:
    services.learner.save_profile(Profile("Ines \ud83d Falk", "everyone", "en"))  # a paste cut an emoji in two
    pass_lesson(model)
    progress = ProgressModel(services, InlineJobs())
    progress.reload()
    for _ in range(3):
        progress.issue("lesson/every-kind")
    [made] = services.learner.certificates.all()
    assert made.certificate is not None and made.certificate.award.learner == "Ines ? Falk"
    services.learner.save_profile(Profile("Ines Falk-Ott", "everyone", "en"))
    progress.reload()
    progress.issue("lesson/every-kind")
    assert len(services.learner.certificates.all()) == 2, "another name is another certificate"


def pass_lesson(model: LearnModel) -> None:
    model.open("every-kind")
    for name, answer in RIGHT.items():
        model.answer(QuestionId(name), answer)
    model.save_exercise("check", 1.0, (1, 0))
    model.save_exercise("redact", 1.0, (5, 14))
    model.next()
    assert model.reader.passed


# -- content that changes under way --------------------------------------------------------------------------------------

CHANGES = {
    "gone": None, "no lesson any more": "x", "empty": "",
    "an option fewer": lesson_text(EVERY_KIND.replace("[[ ]] that\n", "", 1), id="every-kind"),
    "another kind": lesson_text(EVERY_KIND.replace("[(X)] this\n[( )] that", "[[this]]"), id="every-kind"),
    "a question fewer": lesson_text(EVERY_KIND.replace("<!-- id: word -->\nWhich word?\n\n[[tent]]\n", ""), id="every-kind"),
    "a row fewer": lesson_text(EVERY_KIND.replace("[ ( )    (X)     ] brick\n", ""), id="every-kind"),
    "an item fewer": lesson_text(EVERY_KIND.replace("[[3]] third\n", ""), id="every-kind"),
    "typed instead of picked": lesson_text(EVERY_KIND.replace("[[big|(small)]]", "[[small]]"), id="every-kind"),
    "fewer claims": lesson_text(EVERY_KIND.replace("  - text: It closes at five.\n    supported: false\n    passage: It closes at six.\n    why: Six, not five.\n", ""), id="every-kind"),
    "fewer steps": lesson_text(STEPS.split("## Step 1", maxsplit=1)[0], id="every-kind"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_lesson_that_changes_while_it_is_read(
    change: str, reader: Reader, model: LearnModel, services: Services, folder: Path
) -> None:
    model.open("every-kind")
    replace_lesson(folder, CHANGES[change])
    for name, answer in RIGHT.items():
        model.answer(QuestionId(name), answer)
        model.try_again(QuestionId(name))
        model.keep(QuestionId(name), answer)
    model.go(0)  # as shown before: what is read is read to its end
    assert model.reader.lesson is not None
    model.next()
    assert {one.question_id for one in services.learner.attempts("every-kind")} == set(RIGHT)
    model.reload()
    model.open("every-kind")  # the lesson as it is now, or why there is none
    assert (model.reader.lesson is None) == bool(model.reader.problem)
    for name in model.reader.questions:
        model.hint(name)
        model.show_solution(name)


def test_a_lesson_gone_in_the_middle_is_read_to_its_end(reader: Reader, model: LearnModel, folder: Path) -> None:
    model.open("steps")
    replace_lesson(folder, None, "steps")
    for _ in range(4):
        model.next()
    assert model.reader.finished


@pytest.mark.parametrize("change", CHANGES)
def test_a_question_that_changes_while_it_is_reviewed(change: str, services: Services, folder: Path) -> None:
    learn = LearnModel(services)
    pass_lesson(learn)
    review = ReviewModel(services, InlineJobs())
    review.start()
    assert review.state.phase == "question" and review.question is not None
    replace_lesson(folder, CHANGES[change])
    replace_lesson(folder, CHANGES[change], "house", "rules")
    services.learner.save_profile(Profile("", "sales", "de"))  # another role and language, too
    services.lessons.language = "de"
    while review.state.phase == "question":
        quiz = review.question.state.quiz
        review.question.answer(quiz.id, RIGHT.get(str(quiz.id), Answer((0,))))
        assert review.state.rating and not review.state.problem
        review.rate(1)
        review.next()
    assert review.state.phase == "end" and not review.state.problem
    review.open()


def replace_lesson(folder: Path, text: str | None, lesson_id: str = "every-kind", kind: str = "lessons") -> None:
    file = folder / kind / lesson_id / "lesson.md"
    if text is None:
        file.unlink()
    else:
        file.write_text(text, encoding="utf-8")


# -- erasing -------------------------------------------------------------------------------------------------------------


def test_after_erasing_nothing_half_done_comes_back(reader: Reader, model: LearnModel, services: Services) -> None:
    model.open("every-kind")
    model.keep(QuestionId("word"), Answer(typed=("half",)))
    redaction = next(iter(reader._redactions.values()))
    redaction.mark(5, 14)
    redaction.check()
    services.learner.erase()
    model.forget()
    assert services.learner.attempts("every-kind") == ()
    model.open("every-kind")
    assert model.reader.questions[QuestionId("word")].draft is None
    fresh = next(iter(reader._redactions.values()))
    assert fresh.state.marks == () and fresh.state.result is None and fresh.state.best is None


def test_what_was_half_typed_when_everything_was_erased_is_not_kept(services: Services, qapp: object) -> None:
    jobs = InlineJobs()
    run = RunModel(services, SandboxModel(services, jobs), jobs)
    run.use_free()
    run.set_value("prompt", "half a letter")
    services.learner.erase()
    run.forget()
    run.close()
    assert run.values == {"prompt": ""}
    assert services.learner.draft("practice/free") == ""
