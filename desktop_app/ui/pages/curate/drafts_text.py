"""The text of a draft: what a new one begins with, what can be added at a click, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.problem import Problem
from desktop_app.prompts.evaluate.suite import suite_problems
from desktop_app.prompts.loading import parse_version
from desktop_app.prompts.prompt import PromptId, PromptVersion
from desktop_app.prompts.writing import write_prompt

SNIPPETS = {  # name → (words, the field it belongs to, text)
    "input": (
        "Input",
        "inputs",
        "  - name: new_input\n    label: What people see above the field\n    type: text\n    example: Something to try it with\n",
    ),
    "message": ("Message", "messages", "  - role: user\n    content: |\n      Write what the model should do.\n"),
    "test": (
        "Test",
        "tests",
        "  - vars:\n      text: What goes in\n    assert:\n      - type: icontains\n        value: what must come out\n",
    ),
}
_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text is: the version if it can be read, and what is wrong, with line and column."""

    text: str
    version: PromptVersion | None
    problems: tuple[Problem, ...]


def check(text: str, prompt_id: str, number: int, path: Path) -> Job[Checked]:
    """Read a text as the version it will be."""
    yield Progress(0)
    try:
        version = parse_version(text.encode("utf-8", "surrogatepass"), path, PromptId(prompt_id), number)
    except ContentError as error:
        return Checked(text, None, (_problem(error, "error"),))
    found = tuple(_problem(error, "warning") for error in suite_problems(version))
    return Checked(text, version, found)


def new_text(name: str, owner: str) -> str:
    """What a new prompt begins with: every field a reader needs, ready to be overwritten."""
    return (
        f"{write_prompt({'name': _plain(name) or 'New prompt'})}"
        "description: What it does, and for whom, in one sentence.\n"
        "messages:\n"
        "  - role: system\n    content: You answer in three short sentences.\n"
        "  - role: user\n    content: |\n      Summarise this for a colleague:\n\n      {{text}}\n"
        "inputs:\n"
        "  - name: text\n    label: The text\n    type: long_text\n    example: The canteen stays closed on Friday.\n"
        "roles: [everyone]\n"
        "task: summarise\n"
        "data_class: internal\n"
        f"{write_prompt({'owner': _plain(owner) or 'Your team'})}"
        "changelog: First version.\n"
    )


def id_for(name: str, taken: Collection[str]) -> str:
    """An id made of a name, such as reply-to-a-complaint, that nothing else has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = _NAME.sub("-", plain).strip("-")[:50]
    made = made if made[:1].isalpha() and len(made) > 1 else f"prompt-{made}".strip("-")
    number, found = 2, made
    while found in taken:
        found, number = f"{made}-{number}", number + 1
    return found


def with_snippet(text: str, name: str) -> tuple[str, int]:
    """The text with one more input, message or test at the end of its list, and the line where it begins (from 1)."""
    _, field, snippet = SNIPPETS[name]
    rows = text.splitlines(keepends=True)
    if rows and not rows[-1].endswith("\n"):
        rows[-1] += "\n"
    start = next((at for at, row in enumerate(rows) if re.match(rf"{field}:\s*(#.*)?$", row)), None)
    if start is None:
        return "".join([*rows, f"{field}:\n", snippet]), len(rows) + 2
    end = start + 1
    while end < len(rows) and (not rows[end].strip() or rows[end][0] in " -#"):
        end += 1
    while end > start + 1 and not rows[end - 1].strip():
        end -= 1
    indent = next((row for row in rows[start + 1 : end] if row.lstrip().startswith("- ")), "  - ")
    if not indent.startswith(" "):  # lists may stand without indentation
        snippet = "".join(line[2:] for line in snippet.splitlines(keepends=True))
    return "".join([*rows[:end], snippet, *rows[end:]]), end + 1


def _plain(name: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:80].strip()


def _problem(error: ContentError, severity: str) -> Problem:
    return Problem(
        "", "error" if severity == "error" else "warning", error.message, error.path, error.line or 1, error.column or 1
    )
