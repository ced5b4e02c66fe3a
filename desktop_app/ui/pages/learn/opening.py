"""Puts the Learn page together for the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.pages.learn.glossary import GlossaryPage
from desktop_app.ui.pages.learn.page import LearnPage
from desktop_app.ui.pages.learn.reader import Reader

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


def make_learn(window: MainWindow) -> LearnPage:
    """The page with its reader, wired to the window."""
    reader = Reader(window.theme, window.learn_model, window.services, window.sandbox, window.jobs)
    page = LearnPage(window.theme, window.learn_model, reader, GlossaryPage(window.theme, window.services))
    page.lesson_chosen.connect(window.open_lesson)
    reader.prompt_chosen.connect(window.open_prompt)

    def explain(entry_id: str) -> None:  # in the language of the lesson, whatever the profile's is
        lesson = window.learn_model.reader.lesson
        window.explain_word(entry_id, lesson.language if lesson else None)

    reader.word_asked.connect(explain)
    reader.certificate_wanted.connect(lambda: window.go("progress"))
    return page
