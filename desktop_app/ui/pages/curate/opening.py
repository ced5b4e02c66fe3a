"""Puts the Curate page together for the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.ui.pages.curate.feedback_model import FeedbackPageModel
from desktop_app.ui.pages.curate.feedback_tab import FeedbackTab
from desktop_app.ui.pages.curate.page import CuratePage

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


def make_curate(window: MainWindow) -> CuratePage:
    """The page with all its tabs, wired to the window."""

    def feedback() -> QWidget:
        model = FeedbackPageModel(window.services, window.jobs, window)
        tab = FeedbackTab(window.theme, model)
        tab.prompt_chosen.connect(lambda prompt_id, version: window.open_prompt(prompt_id, version))
        model.reload()
        return tab

    return CuratePage(window.theme, {"feedback": feedback})
