"""Progress: paths with what is due, certificates from issuing to saving, and the keyboard's place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from certificates import KEY, SCHEMAS
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.lessons.lesson import LearningPath, Lesson
from desktop_app.records.credentials import check, read_credential
from desktop_app.records.learning import Profile
from desktop_app.services import Services
from desktop_app.storage.vault import Vault
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.home.model import HomeModel
from desktop_app.ui.pages.home.page import HomePage
from desktop_app.ui.pages.learn.model import LearnModel
from desktop_app.ui.pages.progress.model import ProgressModel
from desktop_app.ui.pages.progress.page import ProgressPage
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Scroll
from desktop_app.ui.widgets.due import DueChip


@pytest.fixture
def path(services: Services) -> LearningPath:
    """The first path; its learner has a name and a keyring."""
    services.learner.use_vault(KEY)
    services.learner.save_profile(Profile("Mara Lindström", "everyone", "en"))
    return services.lessons.paths()[0]


@pytest.fixture
def model(services: Services, path: LearningPath) -> ProgressModel:
    return ProgressModel(services, InlineJobs())


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, model: ProgressModel) -> ProgressPage:
    made = ProgressPage(theme, model)
    qtbot.addWidget(made)
    made.resize(1000, 900)
    made.show()
    return made


def lessons_of(services: Services, path: LearningPath) -> list[Lesson]:
    return [services.lessons.get(lesson_id) for lesson_id in path.lessons]


def finish(services: Services, lesson: Lesson, score: float = 0.9) -> None:
    services.learner.open_step(lesson.id, lesson.version, lesson.steps[-1].key)
    for step in lesson.steps:
        services.learner.finish_step(lesson.id, step.key)
    services.learner.finish_lesson(lesson.id, score=score, passed=score >= lesson.pass_mark)


def opened_days_ago(services: Services, days: int) -> None:
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    with closing(sqlite3.connect(services.locations.learner_db)) as db, db:
        db.execute("UPDATE lesson_progress SET started_at = ?", (at,))


def texts(widget: ProgressPage) -> str:
    QApplication.processEvents()  # what was added to a layout shows with the next round of events
    shown = [
        one.text() for kind in (QLabel, QPushButton) for one in widget.findChildren(kind) if one.isVisibleTo(widget)
    ]
    return "\n".join(shown)


def press(page: ProgressPage, text: str) -> None:
    QApplication.processEvents()
    next(one for one in page.findChildren(QPushButton) if one.isVisibleTo(page) and one.text() == text).click()


def medal(page: ProgressPage, words: str) -> QPushButton:
    QApplication.processEvents()
    return next(
        one for one in page.findChildren(QPushButton) if one.isVisibleTo(page) and words in one.accessibleName()
    )


# -- paths -----------------------------------------------------------------------------------------------------------------


def test_a_new_profile_is_told_when_it_will_be_due_and_what_certificates_are(
    page: ProgressPage, model: ProgressModel, path: LearningPath
) -> None:
    model.reload()
    said = texts(page)
    assert f"0 of {len(path.lessons)} lessons passed" in said
    assert f"Due {path.within_days} days after you open its first lesson." in said
    assert "Pass every lesson of a path" in said
    assert [one for one in page.findChildren(DueChip) if one.text] == []


@pytest.mark.parametrize(
    ("days", "words"), [(0, "Due in 30 days"), (29, "Due tomorrow"), (30, "Due today"), (32, "Overdue by 2 days")]
)
def test_a_begun_path_says_when_it_is_due_everywhere(
    services: Services, theme: Theme, qtbot: QtBot, page: ProgressPage, model: ProgressModel, path: LearningPath,
    days: int, words: str,
) -> None:  # fmt: skip
    assert path.within_days == 30
    lesson = lessons_of(services, path)[0]
    services.learner.open_step(lesson.id, lesson.version, lesson.steps[1].key)
    opened_days_ago(services, days)
    model.reload()
    assert [one.text for one in page.findChildren(DueChip) if one.text] == [words]
    home = HomeModel(services)
    home_page = HomePage(theme, home)
    qtbot.addWidget(home_page)
    home.reload()
    assert home_page._path_due.text == words
    learn = LearnModel(services)
    learn.reload()
    assert learn.paths[0].due is not None and learn.paths[0].due.words == words


@pytest.mark.parametrize(("width", "scale"), [(600, 100), (760, 200), (1000, 100)])
def test_nothing_is_wider_than_the_page(
    services: Services, theme: Theme, page: ProgressPage, model: ProgressModel, path: LearningPath, qtbot: QtBot,
    width: int, scale: int,
) -> None:  # fmt: skip
    theme.apply("light", scale)
    finish(services, lessons_of(services, path)[0])
    page.resize(width, 600)
    page.show()
    model.reload()
    bar = page._list.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    button = medal(page, "a certificate for")
    assert bool(button.text()) is (width == 1000), "the word is there where there is room for it"
    tops = {one.y() for one in page._figure_cards}
    assert len(tops) == (1 if width == 1000 else 2)


def test_a_certificate_is_no_wider_than_a_narrow_page(
    services: Services, theme: Theme, page: ProgressPage, model: ProgressModel, path: LearningPath, qtbot: QtBot
) -> None:
    theme.apply("light", 200)
    finish(services, lessons_of(services, path)[0])
    page.resize(764, 600)
    page.show()
    model.reload()
    model.issue(f"lesson/{path.lessons[0]}")
    bar = page.view.findChildren(Scroll)[0].horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0 and page.view.save_pdf.y() == page.view.paper.y())
    assert (
        page.view.back.mapTo(page, page.view.back.rect().bottomLeft()).y()
        < page.view.paper.mapTo(page, page.view.paper.rect().topLeft()).y()
    )
    assert model.state.shown is not None and page.view._key.text() == model.state.shown.certificate.key


def test_the_figures_stay_while_the_records_are_checked(page: ProgressPage, model: ProgressModel) -> None:
    model.reload()
    cards = list(page._figure_cards)
    model.reload()
    assert page._figure_cards == cards and cards[0].figure.text().startswith("0 of ")


def test_a_lesson_begun_is_offered_where_it_was_left(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath, qtbot: QtBot
) -> None:
    lesson = lessons_of(services, path)[1]
    services.learner.open_step(lesson.id, lesson.version, lesson.steps[2].key)
    model.reload()
    assert f"Step 3 of {len(lesson.steps)} · {lesson.duration_minutes} minutes left" in texts(page)
    with qtbot.waitSignal(page.lesson_chosen) as chosen:
        press(page, f"Continue: {lesson.title}")
    assert chosen.args == [lesson.id]


def test_a_lesson_not_passed_is_offered_again(services: Services, path: LearningPath, model: ProgressModel) -> None:
    first = lessons_of(services, path)[0]
    finish(services, first, 0.5)
    model.reload()
    assert model.state.paths[0].next_lesson == (first.id, first.title, "Try again")
    home = HomeModel(services)
    home.reload()
    assert home.state.next is not None
    assert (home.state.next.verb, home.state.next.done) == ("Try again", 0.5)
    assert home.state.next.detail.startswith("50% right, 80% needed")


# -- certificates ----------------------------------------------------------------------------------------------------------


def test_a_passed_path_is_certified_shown_and_saved(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for lesson in lessons_of(services, path):
        finish(services, lesson)
    model.reload()
    press(page, "Issue certificate")
    assert model.state.shown is not None and model.state.shown.picture is not None
    assert page.currentWidget() is page.view and "Your certificate is issued." in page.view.said.text
    for kind, button in (("pdf", page.view.save_pdf), ("json", page.view.save_credential)):
        target = tmp_path / f"mine.{kind}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, target=target: (str(target), ""))
        button.click()
        assert str(target) in page.view.said.text
        certificate = check(read_credential(target), SCHEMAS, datetime.now(UTC))
        assert certificate.award.learner == "Mara Lindström"
        assert [one.id for one in certificate.award.lessons] == list(path.lessons)
    page.view.back.click()
    assert model.state.shown is None
    assert "View certificate\n" in texts(page) and path.title in texts(page)


def test_a_name_without_an_ending_gets_the_right_one(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    finish(services, lessons_of(services, path)[0])
    model.reload()
    model.issue(f"lesson/{path.lessons[0]}")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    model.save_credential()
    assert (tmp_path / "mine.json").exists()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    model.save_pdf()
    assert [file.name for file in tmp_path.glob("mine*")] == ["mine.json"], "who thinks better of it saves nothing"


def test_what_cannot_be_saved_is_said_with_the_way_out(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath, tmp_path: Path
) -> None:
    finish(services, lessons_of(services, path)[0])
    model.reload()
    model.issue(f"lesson/{path.lessons[0]}")
    model.choose_file = lambda name: tmp_path / "nowhere" / name
    model.save_pdf()
    assert "cannot be written" in page.view.said.text and model.state.shown is not None


def test_a_lesson_is_certified_by_its_badge_and_again_when_there_is_something_new(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath
) -> None:
    lesson = lessons_of(services, path)[0]
    finish(services, lesson, 0.9)
    model.reload()
    medal(page, f"Issue a certificate for {lesson.title}").click()
    model.close_view()
    medal(page, f"View the certificate for {lesson.title}").click()
    assert model.state.shown is not None and len(model.state.certificates) == 1
    model.close_view()
    finish(services, lesson, 1.0)
    model.reload()
    medal(page, f"Issue a certificate for {lesson.title}").click()
    assert [made.certificate.award.lessons[0].percent for made in model.state.certificates if made.certificate] == [
        100,
        90,
    ]


def test_without_a_keyring_the_page_says_so_and_offers_no_button_that_fails(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath
) -> None:
    lesson = lessons_of(services, path)[0]
    finish(services, lesson)
    services.learner.vault = Vault(None, "This computer has no system keyring.")
    model.reload()
    assert "Certificates cannot be signed or opened now. This computer has no system keyring." in page._cannot.text
    assert not medal(page, "Issue a certificate").isEnabled()
    model.issue(f"lesson/{lesson.id}")
    assert "stays recorded" in page._said.text


def test_without_a_name_the_page_leads_to_settings(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath, qtbot: QtBot
) -> None:
    finish(services, lessons_of(services, path)[0])
    services.learner.save_profile(Profile("", "everyone", "en"))
    model.reload()
    assert "A certificate needs your name." in page._cannot.text
    with qtbot.waitSignal(page.page_chosen) as chosen:
        page._cannot.button.click()
    assert chosen.args == ["settings"]


def test_the_paper_is_chosen_and_kept_while_looking(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath
) -> None:
    finish(services, lessons_of(services, path)[0])
    model.reload()
    model.issue(f"lesson/{path.lessons[0]}")
    page.view.paper.textActivated.emit("Letter")
    assert model.state.shown is not None and model.state.shown.paper == "Letter"
    picture = model.state.shown.picture
    assert picture is not None and picture.width() / picture.height() == pytest.approx(792 / 612, abs=0.01)
    model.view(model.state.certificates[0].id)
    assert model.state.shown.paper == "Letter"


def test_the_page_as_a_picture_says_in_words_what_stands_on_it(
    services: Services, page: ProgressPage, model: ProgressModel, path: LearningPath
) -> None:
    lesson = lessons_of(services, path)[0]
    finish(services, lesson)
    model.reload()
    model.issue(f"lesson/{lesson.id}")
    words = page.view._page.accessibleName()
    assert words.startswith(f"Certificate for Mara Lindström, lesson {lesson.title}: {lesson.title} 90%.")


# -- in the window ---------------------------------------------------------------------------------------------------------


def test_escape_goes_back_from_a_certificate_and_the_keyboard_keeps_its_place(window: MainWindow, qtbot: QtBot) -> None:
    services = window.services
    services.learner.use_vault(KEY)
    services.learner.save_profile(Profile("Mara", "everyone", "en"))
    lesson = lessons_of(services, services.lessons.paths()[0])[0]
    finish(services, lesson)
    window.go("progress")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.progress_model.issue(f"lesson/{lesson.id}")
    qtbot.waitUntil(
        lambda: window.progress_model.state.shown is not None and window.progress_model.state.shown.picture is not None
    )
    qtbot.waitUntil(window.progress.view.back.hasFocus)
    qtbot.keyClick(window.progress.view.back, Qt.Key.Key_Escape)
    assert window.progress_model.state.shown is None
    button = next(one for one in window.progress.paths.findChildren(QPushButton) if one.text().startswith("Start: "))
    button.setFocus()
    with qtbot.waitSignal(window.progress_model.changed):
        window.progress_model.reload()
    qtbot.waitUntil(lambda: window.progress_model.state.audit is not None)
    assert button.hasFocus(), "a check in the background takes nobody's place away"


@pytest.mark.parametrize("width", [900, 1280])
def test_no_part_of_it_scrolls_sideways(window: MainWindow, width: int) -> None:
    services = window.services
    services.learner.use_vault(KEY)
    services.learner.save_profile(Profile("Mara", "everyone", "en"))
    for lesson in lessons_of(services, services.lessons.paths()[0]):
        finish(services, lesson)
    window.resize(width, 700)
    window.go("progress")
    for prepare in (lambda: None, lambda: window.progress_model.issue(f"path/{services.lessons.paths()[0].id}")):
        prepare()
        for _ in range(8):
            QApplication.processEvents()
        current = window.progress.currentWidget()
        bar = (
            current if current is window.progress._list else current.findChild(type(window.progress._list))
        ).horizontalScrollBar()
        assert bar.maximum() == 0


def test_the_lesson_is_resumed_at_its_step_from_home_from_learn_and_after_a_restart(
    open_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    first = open_window()
    first._end_first_run()
    lesson = first.services.lessons.in_path_order()[0]
    first.open_lesson(lesson.id)
    first.learn_model.next()
    first.learn_model.next()
    first.learn.show_list()
    first.go("home")
    next_one = first.home_model.state.next
    assert next_one is not None
    assert next_one.detail.startswith(f"Step 3 of {len(lesson.steps)}: {lesson.steps[2].title} · ")
    first.home._continue.click()
    assert (first.learn_model.reader.lesson, first.learn_model.reader.number) == (lesson, 2)
    first.learn.show_list()
    first.learn.lesson_chosen.emit(lesson.id)
    assert first.learn_model.reader.number == 2
    first.learn.show_list()
    first.go("home")
    first.close()
    again = open_window()
    qtbot.waitUntil(lambda: again.page == "home")
    again.home._continue.click()
    assert (again.learn_model.reader.lesson, again.learn_model.reader.number) == (lesson, 2)
