"""What the command palette offers: every lesson, prompt, page and action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.palette import Command
from desktop_app.ui.places import PAGES

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


def commands(window: MainWindow) -> list[Command]:
    """Everything there is to go to or to do, Studio's own first while it is shown."""
    services, change = window.services, window.settings_model.change
    lessons = [
        Command("Lesson", one.title, lambda i=one.id: window.open_lesson(i)) for one in services.lessons.in_path_order()
    ]
    prompts = [
        Command("Prompt", one.offered.name, lambda i=one.id: window.open_prompt(i))
        for one in services.prompts.prompts()
    ]
    pages = [Command("Go to", title, lambda n=name: window.go(n)) for name, (title, _) in PAGES.items()]
    actions = [
        Command("Do", "Review what is due", window.start_review),
        Command("Do", "Practise freely", lambda: (window.practice_model.use_free(), window.go("practice"))),
        Command("Do", "Use light colours", lambda: change(theme="light")),
        Command("Do", "Use dark colours", lambda: change(theme="dark")),
        Command("Do", "Follow the system's colours", lambda: change(theme="system")),
        Command("Do", "Test the sandbox again", window.restart_sandbox),
    ]
    return [*(window.studio.commands() if window.page == "studio" else ()), *lessons, *prompts, *pages, *actions]
