"""Several paths: one's own first with what comes before it, the others folded, and no dead end between them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.records.learning import NOBODY
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.home.model import HomeModel
from desktop_app.ui.pages.home.page import HomePage
from desktop_app.ui.pages.learn.model import LearnModel
from desktop_app.ui.pages.learn.path_fold import PathFold, PathHead, figures
from desktop_app.ui.pages.progress.model import ProgressModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Clickable
from tests.ui.test_learn_model import BODY, FRONT

PATH = "id: {0}\ntitle: {1}\ndescription: Learn {0}.\nroles: [{2}]\nafter: [{3}]\nlessons: [{0}-1]\n"


def services_of(folder: Path, role: str) -> Services:
    for path_id, title, whom, after in (
        ("basics", "Basics", "everyone", ""),
        ("finance", "Finance", "finance", "basics"),
        ("sales", "Sales", "sales", "basics"),
    ):
        lesson = folder / "content" / "lessons" / f"{path_id}-1"
        lesson.mkdir(parents=True)
        (lesson / "lesson.md").write_text(FRONT.format(id=f"{path_id}-1", version="1.0", attempts=0) + BODY)
        (folder / "content" / "paths").mkdir(exist_ok=True)
        (folder / "content" / "paths" / f"{path_id}.yml").write_text(PATH.format(path_id, title, whom, after))
    services = Services(Locations(folder / "profile", (folder / "content",), (), Path()))
    services.locations.make_profile()
    services.learner.save_profile(replace(NOBODY, role=role))
    return services


def passed(services: Services, lesson_id: str) -> None:
    services.learner.open_step(lesson_id, "1.0", "first")
    services.learner.finish_lesson(lesson_id, score=1.0, passed=True)


def test_learn_names_words_that_are_left_out(tmp_path: Path, qapp: object) -> None:
    services = services_of(tmp_path, "sales")
    model = LearnModel(services)
    model.reload()
    assert model.problem == ""
    (tmp_path / "content" / "glossary.yml").write_text("language: en\nentries: [\n", encoding="utf-8")
    model.reload()
    assert "glossary.yml:3:1: This is not valid YAML" in model.problem


def test_what_comes_before_ones_own_path_is_next_on_home(tmp_path: Path, qapp: object) -> None:
    services = services_of(tmp_path, "sales")
    home = HomeModel(services)
    home.reload()
    assert home.state.next is not None
    assert (home.state.next.id, home.state.next.path, home.state.lessons) == ("basics-1", "Basics", 2)
    passed(services, "basics-1")
    home.reload()
    assert home.state.next is not None
    assert (home.state.next.id, home.state.next.path, home.state.passed) == ("sales-1", "Sales", 1)
    assert home.state.certificates_waiting == 1, "the path that is done has its certificate"
    services.close()


def page_of(services: Services, theme: Theme, qtbot: QtBot) -> tuple[HomeModel, HomePage]:
    home = HomeModel(services)
    page = HomePage(theme, home)
    qtbot.addWidget(page)
    page.show()
    home.reload()
    return home, page


def words_on(page: QWidget) -> list[str]:
    return [one.text() for one in page.findChildren(QLabel) if one.isVisible()]


def test_home_says_of_several_paths_how_far_each_is_and_which_is_due(
    tmp_path: Path, theme: Theme, qtbot: QtBot
) -> None:
    services = services_of(tmp_path, "sales")
    path = tmp_path / "content" / "paths" / "sales.yml"
    path.write_text(path.read_text() + "within_days: 30\n")
    passed(services, "basics-1")
    services.learner.open_step("sales-1", "1.0", "first")
    page = page_of(services, theme, qtbot)[1]
    wanted = {"YOUR PATHS", "Basics", "1 of 1 passed", "Sales", "Due in 30 days"}
    qtbot.waitUntil(lambda: wanted <= set(words_on(page)))
    services.close()


def test_home_draws_anew_only_what_changed(window: MainWindow) -> None:
    window.go("home")
    cards = window.home.findChildren(Clickable)
    assert cards
    window.go("learn")
    window.go("home")
    assert window.home.findChildren(Clickable) == cards
    window.theme.apply("light", 150)
    window.go("home")
    assert window.home.findChildren(Clickable)[-1] is not cards[-1], "its sizes are those of the text"


def test_after_everything_home_leads_to_the_certificates_and_then_on(
    tmp_path: Path, theme: Theme, qtbot: QtBot
) -> None:
    services = services_of(tmp_path, "sales")
    for lesson_id in ("basics-1", "sales-1"):
        passed(services, lesson_id)
    home, page = page_of(services, theme, qtbot)
    assert "2 certificates are waiting for you on Progress." in words_on(page)
    assert (page._continue.text(), page._overview.text()) == ("Get your certificates", "All paths")
    home.state = replace(home.state, certificates_waiting=0)
    home.changed.emit(home.state)
    assert "The paths for other roles are open to you too." in " ".join(words_on(page))
    with qtbot.waitSignal(page.page_chosen) as chosen:
        page._continue.click()
    assert chosen.args == ["library"]
    services.close()


def test_who_has_no_role_goes_on_to_a_path_for_their_work(tmp_path: Path, theme: Theme, qtbot: QtBot) -> None:
    services = services_of(tmp_path, "everyone")
    passed(services, "basics-1")
    home, page = page_of(services, theme, qtbot)
    assert home.state.more_paths == 2 and home.state.subtitle == "1 of 1 lessons passed"
    assert "Your certificate is waiting for you on Progress." in words_on(page)
    home.state = replace(home.state, certificates_waiting=0)
    home.changed.emit(home.state)
    assert page._continue.text() == "Choose a path" and not page._overview.isVisible()
    with qtbot.waitSignal(page.page_chosen) as chosen:
        page._continue.click()
    assert chosen.args == ["learn"]
    services.close()


def test_ones_own_paths_stand_first_and_the_others_can_be_unfolded(tmp_path: Path, qapp: object) -> None:
    services = services_of(tmp_path, "sales")
    model = LearnModel(services)
    model.reload()
    assert [(path.id, path.is_mine, path.is_open) for path in model.paths] == [
        ("basics", True, True), ("sales", True, True), ("finance", False, False),
    ]  # fmt: skip
    for is_open in (True, False):
        model.unfold("finance")
        model.reload()
        assert model.paths[2].is_open is is_open
    services.close()


def test_a_passed_path_of_ones_own_is_folded_so_that_the_next_stands_on_top(tmp_path: Path, qapp: object) -> None:
    services = services_of(tmp_path, "sales")
    passed(services, "basics-1")
    model = LearnModel(services)
    model.reload()
    assert [(path.id, path.can_fold, path.is_open) for path in model.paths] == [
        ("basics", True, False), ("sales", False, True), ("finance", True, False),
    ]  # fmt: skip
    assert [figures(path) for path in model.paths] == [
        "1 of 1 passed", "1 lesson · 2 minutes", "1 lesson · 2 minutes",
    ]  # fmt: skip
    model.unfold("basics")
    model.reload()
    assert model.paths[0].is_open
    services.close()


def test_paths_of_other_roles_are_in_the_order_of_their_titles(tmp_path: Path, qapp: object) -> None:
    services = services_of(tmp_path, "everyone")
    finance = tmp_path / "content" / "paths" / "finance.yml"
    finance.write_text(finance.read_text().replace("title: Finance", "title: The money"))
    model = LearnModel(services)
    model.reload()
    assert [path.title for path in model.paths] == ["Basics", "Sales", "The money"]
    services.close()


def test_only_what_changed_is_drawn_anew(window: MainWindow, qtbot: QtBot) -> None:
    window.go("learn")
    before = window.learn.findChildren(PathHead) + window.learn.findChildren(PathFold)
    window.go("home")
    window.go("learn")
    assert window.learn.findChildren(PathHead) + window.learn.findChildren(PathFold) == before
    first = window.learn_model.paths[0]
    window.services.learner.open_step(first.rows[0].id, "1.0", "first")
    window.go("learn")
    qtbot.waitUntil(lambda: before[0] not in window.learn.findChildren(PathHead))
    assert window.learn.findChildren(PathFold) == before[1:], "the other paths stay"
    shown = [label.text() for label in window.learn.findChildren(QLabel) if label.isVisible()]
    assert "Paths for a role" in shown and f"0 of {len(first.rows)} passed" in " ".join(shown)


def test_who_has_a_role_reads_that_the_other_paths_are_for_others(window: MainWindow) -> None:
    window.services.learner.save_profile(replace(NOBODY, role="sales"))
    window.go("learn")
    shown = [label.text() for label in window.learn.findChildren(QLabel) if label.isVisible()]
    assert "Paths for other roles" in shown and "Paths for a role" not in shown
    folds = [fold.card.accessibleName() for fold in window.learn.findChildren(PathFold) if fold.isVisible()]
    assert not any(name.startswith("Sales.") for name in folds), "one's own is open"


def test_the_last_lesson_of_a_path_leads_on_to_the_next_path(tmp_path: Path, qapp: object) -> None:
    services = services_of(tmp_path, "sales")
    model = LearnModel(services)
    passed(services, "basics-1")
    model.open("basics-1")
    model.next()
    model.next()
    assert model.reader.finished and model.reader.next_lesson == ("sales-1", "A short lesson")
    services.close()


def test_progress_shows_ones_own_paths_and_those_that_were_begun(tmp_path: Path, qapp: object) -> None:
    services = services_of(tmp_path, "sales")
    progress = ProgressModel(services, InlineJobs())
    progress.reload()
    assert ([path.title for path in progress.state.paths], progress.state.more_paths) == (["Basics", "Sales"], 1)
    services.learner.open_step("finance-1", "1.0", "first")
    progress.reload()
    assert ([path.title for path in progress.state.paths], progress.state.more_paths) == (
        ["Basics", "Finance", "Sales"], 0,
    )  # fmt: skip
    services.close()


def test_a_folded_path_opens_by_keyboard_and_keeps_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    window.go("learn")
    others = [path for path in window.learn_model.paths if not path.is_mine]
    assert others, "the curriculum has paths for other roles"
    fold = window.learn.findChildren(PathFold)[0]
    fold.card.setFocus()
    assert not fold.is_open
    qtbot.keyClick(fold.card, Qt.Key.Key_Return)
    assert fold.is_open and window.focusWidget() is fold.card
    titles = {one.accessibleName() for one in fold.findChildren(Clickable) if one.isVisible()}
    assert any(others[0].rows[0].title in title for title in titles)
    window.go("home")
    window.go("learn")
    assert window.learn.findChildren(PathFold)[-len(others)].is_open, "it is open still"
