"""Puts the Library page together for the main window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.ui import window_shape
from desktop_app.ui.pages.library.page import LibraryPage

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


def make_library(window: MainWindow) -> LibraryPage:
    """The page, wired to the window."""
    page = LibraryPage(window.theme, window.library_model, window.jobs)
    page.detail.practise_asked.connect(window.practise)
    page.detail.lesson_chosen.connect(window.open_lesson)
    page.detail.versions.review_asked.connect(partial(_review, window))
    page.detail.versions.restore_asked.connect(partial(_restore, window))
    page.detail.versions.try_asked.connect(partial(_try_both, window))
    page.mending_asked.connect(partial(_show_waiting, window))
    window_shape.restore_splitter(window, "library", page.splitter)
    return page


def _review(window: MainWindow, prompt_id: str, version: int) -> None:
    """Look at a version in Curate, to decide about it."""
    from desktop_app.ui.pages.curate.opening import show_for_review  # built only for those who curate

    show_for_review(window, prompt_id, version)


def _restore(window: MainWindow, prompt_id: str, version: int) -> None:
    """Begin a prompt's next version in Curate, from one of its versions."""
    from desktop_app.ui.pages.curate.opening import begin_version

    begin_version(window, prompt_id, version)


def _try_both(window: MainWindow, prompt_id: str, before: int, after: int) -> None:
    """Run two versions on what the form holds, side by side."""
    from desktop_app.ui.pages.practice.compare.opening import compare_versions

    compare_versions(window, prompt_id, before, after)


def _show_waiting(window: MainWindow) -> None:
    """Show in Curate what waits for a decision or has to be mended."""
    window.go("curate")
    window.curate.go("review")
