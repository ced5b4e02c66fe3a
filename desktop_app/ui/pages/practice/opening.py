"""Puts the Practice page together for the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.errors import AppError
from desktop_app.ui import window_shape
from desktop_app.ui.feedback_model import FeedbackModel
from desktop_app.ui.pages.practice.page import PracticePage

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


def make_practice(window: MainWindow) -> PracticePage:
    """The page, wired to the window."""
    feedback = FeedbackModel(lambda: window.services.learner, window)
    page = PracticePage(window.theme, window.practice_model, feedback, window.jobs, _model_name(window))
    page.library_asked.connect(lambda: window.go("library"))
    window_shape.restore_splitter(window, "practice", page.pane)
    return page


def _model_name(window: MainWindow) -> str:
    try:
        return window.services.model.model.name
    except AppError:
        return "No model"
