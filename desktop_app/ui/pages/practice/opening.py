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
        from desktop_app.ui.pages.practice.ask.examples import Examples
        from desktop_app.ui.pages.practice.ask.tab import AskTab

        feedback = FeedbackModel(lambda: window.services.learner, window)
        examples = Examples(window.theme, lambda: _examples(window))
        tab = AskTab(window.theme, window.services, window.practice_model, feedback, window.jobs, examples)
        tab.library_asked.connect(lambda: window.go("library"))
        examples.chosen.connect(lambda prompt_id: _take_example(window, prompt_id))
        window_shape.restore_splitter(window, "practice", tab.splitter)
        return tab

    return TabbedPage("Practice", TABS, {"ask": ask}, _honest(window))


def _examples(window: MainWindow) -> list[tuple[str, str, str]]:
    """Two prompts of the person's role."""
    profile = window.services.learner.profile()
    try:
        found = window.services.index.suggested(profile.role if profile else "everyone", limit=2)
    except AppError:  # the library page says what is wrong with the index
        return []
    return [(hit.id, hit.name, hit.description) for hit in found]


def _take_example(window: MainWindow, prompt_id: str) -> None:
    """Show a prompt's form filled with its author's example, ready to be asked."""
    try:
        prompt = window.services.prompts.get(prompt_id)
    except AppError as error:
        window.banner.say(str(error), "danger")
        return
    version = prompt.offered
    window.practice_model.use_prompt(
        prompt, version, {item.name: item.example or item.default for item in version.inputs}
    )
    window.ask.inputs.form.focus_first()


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
