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
        from desktop_app.ui.pages.practice.documents.opening import add_documents

        feedback = FeedbackModel(lambda: window.services.learner, window)
        examples = Examples(window.theme, lambda: _examples(window))
        tab = AskTab(window.theme, window.services, window.practice_model, feedback, window.jobs, examples)
        tab.library_asked.connect(lambda: window.go("library"))
        tab.inputs.compare_asked.connect(lambda: _compare(window))
        examples.chosen.connect(lambda prompt_id: _take_example(window, prompt_id))
        window_shape.restore_splitter(window, "practice", tab.splitter)
        page.closing.connect(tab.finish)
        add_documents(window, tab)
        return tab

    def models() -> QWidget:
        from desktop_app.ui.pages.practice.models.detail import ModelDetail
        from desktop_app.ui.pages.practice.models.model import ModelsModel
        from desktop_app.ui.pages.practice.models.tab import ModelsTab

        model = ModelsModel(window.services, window.sandbox, window.jobs, window)
        tab = ModelsTab(window.theme, model, ModelDetail(window.theme, window.services, window.sandbox, window.jobs))
        window_shape.restore_splitter(window, "models", tab.splitter)
        return tab

    def compare() -> QWidget:
        from desktop_app.ui.pages.practice.compare.opening import make_compare

        tab = make_compare(window)
        page.closing.connect(tab.model.close)
        return tab

    page = TabbedPage("Practice", TABS, {"ask": ask, "compare": compare, "models": models}, _honest(window))
    return page


def _compare(window: MainWindow) -> None:
    """Take what stands in Ask to Compare."""
    from desktop_app.ui.pages.practice.compare.opening import compare_question

    compare_question(window)


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
    """What to think of the model that answers; follows the model in use."""
    honest = chip("", "caution")

    def show(_: object = None) -> None:
        try:
            model = window.services.model.model
        except AppError:
            honest.setText("No model")
            return
        honest.setText(f"{model.name} · {'small, often wrong' if model.small else 'can be wrong'}: check it")
        honest.setToolTip(
            "This model runs on this computer without a connection. "
            + (
                "It is far smaller than public services and makes more mistakes."
                if model.small
                else "It makes mistakes, as all do."
            )
        )

    show()
    window.sandbox.changed.connect(show)
    return honest
