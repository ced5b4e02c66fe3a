"""The dialects, in the order in which a file is offered to them; each is a module, loaded when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from desktop_app.errors import AppError, ContentError
from desktop_app.notes import Package
from desktop_app.prompts.interchange.imported import Imported
from desktop_app.prompts.prompt import PromptVersion

# Name, as --as takes it → module. Markdown comes last: any Markdown file may be one.
_MODULES = {
    "github": "github",
    "prompty": "prompty",
    "dotprompt": "dotprompt",
    "promptfoo": "promptfoo",
    "fabric": "fabric",
    "llm": "llm",
    "prompts.chat": "prompts_chat",
    "markdown": "markdown",
}
NAMES = tuple(_MODULES)


class Dialect(Protocol):
    """What every dialect's module offers."""

    NAME: str

    def is_one(self, path: Path) -> bool:
        """True if the file or folder looks like this dialect's, by its name and first bytes."""

    def read(self, path: Path) -> Iterator[Imported | ContentError]:
        """The prompts in it; what cannot be read comes as an error, and the rest goes on."""

    def write(self, version: PromptVersion) -> Package:
        """One version in this dialect."""


class WritesMany(Dialect, Protocol):
    """A dialect that keeps several prompts in one file."""

    def write_all(self, versions: Sequence[PromptVersion]) -> Package:
        """All versions in one package."""


def named(name: str) -> Dialect:
    """The dialect with this name; raises AppError if there is none."""
    if name not in _MODULES:
        raise AppError(f"There is no format {name}. There are: {', '.join(NAMES)}.")
    return cast(Dialect, import_module(f"desktop_app.prompts.interchange.{_MODULES[name]}"))


def dialect_of(path: Path) -> Dialect | None:
    """The first dialect that takes the file or folder for its own, None if none does."""
    for name in NAMES:
        dialect = named(name)
        try:
            if dialect.is_one(path):
                return dialect
        except OSError:  # gone or not readable: reading it will say so
            continue
    return None
