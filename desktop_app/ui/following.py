"""Following a greenroom:// link: it shows a prompt or a lesson and fills in values; it never runs or copies anything."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.library import UnknownPromptError
from desktop_app.prompts.links import Link, LinkError, parse_link

if TYPE_CHECKING:
    from desktop_app.prompts.library import PromptLibrary
    from desktop_app.prompts.prompt import PromptVersion
    from desktop_app.ui.main_window import MainWindow


def follow(window: MainWindow, text: str) -> None:
    """Go where a link leads; what is wrong with it stands at the top of the window."""
    try:
        link = parse_link(text)
        if link.kind == "lesson":
            window.services.lessons.get(link.id)
            window.open_lesson(link.id)
            return
    except AppError as error:
        window.banner.say(str(error), "danger")
        return
    window.go("library")
    window.jobs.start(_resolve(window.services.prompts, link), partial(_show, window, link), partial(_refuse, window))


def _resolve(prompts: PromptLibrary, link: Link) -> Job[PromptVersion]:
    yield Progress(0)  # the library may have to be read first
    try:
        return prompts.resolve(link.reference)
    except UnknownPromptError as exc:
        raise LinkError(
            f"The link leads to {link.reference}, which the library here does not have. Search for it, or ask whoever sent the link."
        ) from exc


def _show(window: MainWindow, link: Link, version: PromptVersion) -> None:
    window.library_model.select(version.id, version.version if link.at else None)
    window.library_model.use.fill(link.values)
    window.go("library")
    window.library.detail.use.use.form.focus_first()


def _refuse(window: MainWindow, error: Exception) -> None:
    if not isinstance(error, AppError):
        raise error
    window.banner.say(str(error), "danger")
