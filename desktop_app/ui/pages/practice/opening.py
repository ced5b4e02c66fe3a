"""Puts the Practice page together for the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.errors import AppError
from desktop_app.ui import window_shape
from desktop_app.ui.widgets.basic import chip
from desktop_app.ui.widgets.tabbed_page import TabbedPage

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow
    from desktop_app.ui.pages.practice.ask.tab import AskTab

TABS = {"ask": "Ask", "compare": "Compare", "models": "Models"}


def make_practice(window: MainWindow) -> TabbedPage:
    """The page with all its tabs, wired to the window."""

    def ask() -> AskTab:
        from desktop_app.ui.feedback_model import FeedbackModel
        from desktop_app.ui.pages.practice.ask.tab import AskTab

        feedback = FeedbackModel(lambda: window.services.learner, window)
        tab = AskTab(window.theme, window.practice_model, feedback, window.jobs)
        tab.library_asked.connect(lambda: window.go("library"))
        window_shape.restore_splitter(window, "practice", tab.pane)
        return tab

    return TabbedPage("Practice", TABS, {"ask": ask}, _honest(window))


def _honest(window: MainWindow) -> QWidget:
    """What to think of the model that answers."""
    try:
        name = window.services.model.model.name
    except AppError:
        name = "No model"
    honest = chip(f"{name} · small, often wrong: check it", "caution")
    honest.setToolTip(
        "This model runs on an ordinary laptop without a connection. It is far smaller than public services and makes more mistakes."
    )
    return honest
