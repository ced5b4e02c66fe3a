"""Puts the quick window together with the main one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.quick.model import QuickModel
from desktop_app.ui.quick.window import QuickWindow

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow
    from desktop_app.ui.pages.library.model import LibraryState


def make_quick(window: MainWindow) -> QuickWindow:
    """The quick window of a main window, hidden; it lists anew what the library has read meanwhile."""
    model = QuickModel(window.services, window.values, window.jobs, window)
    quick = QuickWindow(window.theme, window.services, model, window.jobs)

    def on_wanted(prompt_id: str) -> None:
        window.come_forward()
        window.open_prompt(prompt_id)

    def on_read(state: LibraryState) -> None:
        if state.is_loaded and not model.state.is_open and not model.state.text:
            model.search("")

    quick.prompt_wanted.connect(on_wanted)
    window.library_model.changed.connect(on_read)
    model.search("")
    return quick
