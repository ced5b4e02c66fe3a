"""Puts the Compare tab together for the Practice page, and opens it filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desktop_app.errors import AppError
from desktop_app.practice.compare.columns import resolve
from desktop_app.practice.compare.comparison import Column
from desktop_app.prompts.render import render
from desktop_app.ui.pages.practice.compare.model import CompareModel
from desktop_app.ui.pages.practice.compare.tab import CompareTab

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


def make_compare(window: MainWindow) -> CompareTab:
    """The tab, wired to the window."""
    model = CompareModel(window.services, window.sandbox, window.jobs, window)
    tab = CompareTab(window.theme, model, window.jobs)

    def ask(column: Column, values: Mapping[str, str]) -> None:
        try:
            _ask(window, column, values)
        except AppError as error:
            window.banner.say(str(error), "danger")

    tab.ask_asked.connect(ask)
    tab.draft_asked.connect(lambda column: _draft(window, column))
    window.keyring_answered.connect(model.reload_draft)
    window.keyring_answered.connect(model.reload_history)
    return tab


def compare_prompt(window: MainWindow, prompt_id: str, version: int, values: Mapping[str, str] | None = None) -> None:
    """Go to the Compare tab with a prompt as it is filled in."""
    tab = _tab(window)
    tab.model.start_with(window.services.prompts.get(prompt_id), version, values or {})


def compare_text(window: MainWindow, text: str) -> None:
    """Go to the Compare tab with a free text."""
    _tab(window).model.start_with(None, 0, {}, text)


def _tab(window: MainWindow) -> CompareTab:
    window.go("practice")
    tab = window.practice.go("compare")
    assert isinstance(tab, CompareTab)
    return tab


def _ask(window: MainWindow, column: Column, values: Mapping[str, str]) -> None:
    """Take a column to Ask: its prompt filled in, or its own wording as a free text."""
    _, version = resolve(column, window.services.prompts)
    names = {item.name for item in version.inputs}
    own = {name: text for name, text in values.items() if name in names}
    if column.prompt_id:
        window.practice_model.use_prompt(window.services.prompts.get(column.prompt_id), version, own)
    else:
        window.practice_model.use_free(render(version, own)[-1].content)
    window.go("practice")
    window.practice.go("ask")


def _draft(window: MainWindow, column: Column) -> None:
    from desktop_app.ui.pages.curate.opening import begin_version  # built only for those who curate

    begin_version(window, column.prompt_id, column.prompt_version)
