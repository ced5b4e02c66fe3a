"""Puts the Compare tab together for the Practice page, and opens it filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desktop_app.errors import AppError
from desktop_app.practice.compare.columns import PARAMETERS, resolve
from desktop_app.practice.compare.comparison import Column
from desktop_app.practice.compare.presets import three_seeds
from desktop_app.prompts.render import render
from desktop_app.prompts.run import FREE_PARAMETERS
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
    window.settings_model.erased.connect(model.forget)
    window.keyring_answered.connect(model.reload_draft)
    window.keyring_answered.connect(model.reload_history)
    return tab


def compare_versions(window: MainWindow, prompt_id: str, before: int, after: int) -> None:
    """Go to the Compare tab with two versions of a prompt, on what its form in the library holds."""
    try:
        prompt = window.services.prompts.get(prompt_id)
    except AppError as error:
        window.banner.say(str(error), "danger")
        return
    columns = tuple(Column(prompt_id=prompt_id, prompt_version=number) for number in (before, after))
    _tab(window).model.start_columns(columns, window.values.of(prompt.numbered(after)))


def compare_question(window: MainWindow) -> None:
    """Go to the Compare tab with what stands in Ask: its prompt or free text, as it is filled in and is to be answered."""
    asked = window.practice_model
    state = asked.state
    own = state.prompt.parameters if state.prompt else FREE_PARAMETERS
    changes = {
        name: getattr(state.parameters, name)
        for name in PARAMETERS
        if getattr(state.parameters, name) != getattr(own, name)
    }
    prompt_id, version = (state.prompt.id, state.prompt.version) if state.prompt else ("", 0)
    column = Column(prompt_id=prompt_id, prompt_version=version, changes=changes)
    _tab(window).model.start_columns(three_seeds(column), asked.values)


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
