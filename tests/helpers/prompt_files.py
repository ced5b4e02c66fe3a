"""Prompt files for tests: one with everything in order, changed field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from desktop_app.prompts.library import PromptLibrary, read_prompt
from desktop_app.prompts.prompt import Prompt, PromptVersion

GOOD: dict[str, Any] = {
    "name": "Answer an invoice question",
    "description": "Answers a customer's question about an invoice.",
    "messages": [
        {"role": "system", "content": "You answer in two sentences."},
        {"role": "user", "content": "Question: {{question}}\nTone: {{tone}}"},
    ],
    "inputs": [
        {"name": "question", "label": "The question", "type": "long_text"},
        {"name": "tone", "label": "Tone", "required": False, "default": "friendly"},
    ],
    "roles": ["finance", "support"],
    "task": "answer",
    "tags": ["invoice"],
    "data_class": "internal",
    "owner": "Tests",
    "changelog": "First version.",
}


def prompt_text(**fields: Any) -> str:
    """A prompt file; a field given as None is left out."""
    data = {key: value for key, value in (GOOD | fields).items() if value is not None}
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def write_prompt(
    library: Path, prompt_id: str = "answer-invoice", version: int = 1, *, labels: str | None = None, **fields: Any
) -> Path:
    """Put one version, and labels.yml if given, into a library folder; return the version's file."""
    file = library / prompt_id / f"{version}.prompt.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(prompt_text(**fields), encoding="utf-8")
    if labels is not None:
        (file.parent / "labels.yml").write_text(labels, encoding="utf-8")
    return file


def read_good(library: Path, prompt_id: str = "answer-invoice", **fields: Any) -> Prompt:
    """Write a prompt and read it back."""
    write_prompt(library, prompt_id, **fields)
    prompt, problems = read_prompt(library / prompt_id)
    assert not problems and prompt is not None, problems
    return prompt


def version_of(library: Path, **fields: Any) -> PromptVersion:
    """The only version of a freshly written prompt."""
    return read_good(library, **fields).newest


def library_in(folder: Path) -> PromptLibrary:
    """The library of one folder."""
    return PromptLibrary([folder])
