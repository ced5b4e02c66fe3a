"""What the command palette offers: every lesson, page, action and word of the glossary, and the prompts for what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.errors import AppError
from desktop_app.ui.palette import Command
from desktop_app.ui.places import PAGES

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow

_MOST_PROMPTS = 30


def commands(window: MainWindow) -> list[Command]:
    """Everything there is to go to or to do besides prompts, Studio's own first while it is shown."""
    services, change = window.services, window.settings_model.change
    lessons = [
        Command("Lesson", one.title, lambda i=one.id: window.open_lesson(i)) for one in services.lessons.in_path_order()
    ]
    pages = [Command("Go to", title, lambda n=name: window.go(n)) for name, (title, _) in PAGES.items()]
    actions = [
        Command("Do", "Review what is due", window.start_review),
        Command("Do", "Practise freely", lambda: (window.practice_model.use_free(), window.go("practice"))),
        Command("Do", "Open the glossary", window.open_glossary),
        Command("Do", "Compare answers side by side", lambda: (window.go("practice"), window.practice.go("compare"))),
        Command("Do", "Open the quick window (Ctrl+Shift+Space)", lambda: window.quick.summon()),
        Command("Do", "Use light colours", lambda: change(theme="light")),
        Command("Do", "Use dark colours", lambda: change(theme="dark")),
        Command("Do", "Follow the system's colours", lambda: change(theme="system")),
        Command("Do", "Test the sandbox again", window.restart_sandbox),
    ]
    glossary = services.glossary.in_language(services.lessons.language)
    words = [Command("Glossary", one.term, lambda i=one.id: window.open_glossary(i)) for one in glossary.entries]
    return [*(window.studio.commands() if window.page == "studio" else ()), *lessons, *pages, *actions, *words]


def prompt_commands(window: MainWindow, text: str) -> list[Command]:
    """The prompts to open for what is typed, best first."""
    try:
        found = window.services.index.search(text, limit=_MOST_PROMPTS)
    except AppError:  # the library page says what is wrong with the index
        return []
    return [Command("Prompt", hit.name, lambda i=hit.id: window.open_prompt(i)) for hit in found]
