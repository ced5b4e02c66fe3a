"""Puts the Curate page together for the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.ui.pages.curate.drafts_model import DraftsModel
from desktop_app.ui.pages.curate.drafts_tab import DraftsTab
from desktop_app.ui.pages.curate.feedback_model import FeedbackPageModel
from desktop_app.ui.pages.curate.feedback_tab import FeedbackTab
from desktop_app.ui.pages.curate.review_model import ReviewPageModel
from desktop_app.ui.pages.curate.review_tab import ReviewTab
from desktop_app.ui.pages.curate.signing import Desk
from desktop_app.ui.pages.curate.tests_model import TestsModel
from desktop_app.ui.pages.curate.tests_tab import TestsTab
from desktop_app.ui.widgets.comparison import keep_mode, kept_mode
from desktop_app.ui.widgets.tabbed_page import TabbedPage

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow

TABS = {"review": "Review", "drafts": "Drafts", "tests": "Tests", "feedback": "Feedback"}


def make_curate(window: MainWindow) -> TabbedPage:
    """The page with all its tabs, wired to the window."""

    desk = Desk(window.services, window)
    window.keyring_answered.connect(desk.changed)

    def review() -> QWidget:
        model = ReviewPageModel(window.services, window.jobs, desk, window)
        settings = window.services.settings
        tab = ReviewTab(window.theme, model, window.jobs, kept_mode(settings), lambda mode: keep_mode(settings, mode))
        tab.opened_in_library.connect(window.open_prompt)
        model.changed.connect(lambda state: page.show_count("review", len(state.waiting)))
        model.decided.connect(lambda _: window.read_library_again())
        return tab

    def drafts() -> QWidget:
        model = DraftsModel(window.services, window.jobs, desk, window)
        tab = DraftsTab(window.theme, model, window.sandbox, window.jobs, window.services.prompts.ids)
        model.library_changed.connect(window.read_library_again)
        page.closing.connect(model.close)
        return tab

    def tests() -> QWidget:
        return TestsTab(window.theme, TestsModel(window.services, window.sandbox, window.jobs, window))

    def feedback() -> QWidget:
        model = FeedbackPageModel(window.services, window.jobs, window)
        tab = FeedbackTab(window.theme, model)
        tab.prompt_chosen.connect(lambda prompt_id, version: window.open_prompt(prompt_id, version))
        tab.new_version_asked.connect(lambda prompt_id, _: begin_version(window, prompt_id))
        model.reload()
        return tab

    page = TabbedPage("Curate", TABS, {"review": review, "drafts": drafts, "tests": tests, "feedback": feedback})
    return page


def show_for_review(window: MainWindow, prompt_id: str, version: int) -> None:
    """Go to the review tab with one version."""
    window.go("curate")
    tab = window.curate.go("review")
    assert isinstance(tab, ReviewTab)
    tab.show_version(window.services.prompts.get(prompt_id), version)


def begin_version(window: MainWindow, prompt_id: str, version: int | None = None) -> None:
    """Go to the drafts tab with the next version of a prompt, begun from its newest version or from an earlier one."""
    window.go("curate")
    tab = window.curate.go("drafts")
    assert isinstance(tab, DraftsTab)
    tab.begin_version(prompt_id, version)
