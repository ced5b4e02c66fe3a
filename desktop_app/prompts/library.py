"""The library: folders of prompts, each <prompt-id>/<version>.prompt.yml with labels.yml. A bad file hides no other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from desktop_app.clock import utc_now
from desktop_app.errors import AppError, ContentError
from desktop_app.prompts.loading import PROMPT_ID, read_labels, read_version
from desktop_app.prompts.prompt import Prompt, PromptId, PromptVersion
from desktop_app.prompts.review import read_history

_NUMBER = re.compile(r"[0-9]{1,9}")
_VERSION_FILE = re.compile(r"([1-9][0-9]{0,5})\.prompt\.yml")


class UnknownPromptError(AppError):
    """There is no such prompt, version or label."""


class NotUsableError(AppError):
    """The version is withdrawn or was changed after its approval."""


class _Content(NamedTuple):
    prompts: dict[str, Prompt]
    problems: tuple[ContentError, ...]


class PromptLibrary:
    """All prompts below the given folders, read once; the first folder that has an id wins.

    What was read is replaced as a whole, so that one thread may reload while another reads.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._content: _Content | None = None

    def reload(self) -> None:
        """Read the folders again; until that is done, every answer is the earlier one."""
        self._content = _read_folders(self._folders)

    @property
    def is_read(self) -> bool:
        """True if asking costs nothing; the first question reads every file."""
        return self._content is not None

    def prompts(self) -> tuple[Prompt, ...]:
        """Every readable prompt, by name."""
        return tuple(sorted(self._read().prompts.values(), key=lambda prompt: prompt.offered.name.casefold()))

    def ids(self) -> Iterable[str]:
        """The ids of all readable prompts."""
        return self._read().prompts.keys()

    def references(self) -> frozenset[str]:
        """Everything resolve takes: each id, id@version and id@label."""
        found = set()
        for prompt in self._read().prompts.values():
            names = [*(str(version.version) for version in prompt.versions), *prompt.labels, "latest"]
            found |= {str(prompt.id), *(f"{prompt.id}@{name}" for name in names)}
        return frozenset(found)

    @property
    def problems(self) -> tuple[ContentError, ...]:
        """What keeps files out of the library, in folder order."""
        return self._read().problems

    def get(self, prompt_id: str) -> Prompt:
        """The prompt; raises UnknownPromptError with the nearest ids."""
        content = self._read()
        known = content.prompts
        if prompt_id in known:
            return known[prompt_id]
        for problem in content.problems:
            if prompt_id in (problem.path.parent.name, problem.path.name):
                raise problem
        close = get_close_matches(prompt_id, known, n=3, cutoff=0.4)
        hint = f"Did you mean {', '.join(close)}?" if close else "`greenroom prompt list` shows all."
        raise UnknownPromptError(f"There is no prompt {prompt_id}. {hint}")

    def usable(self, reference: str) -> PromptVersion:
        """Like resolve, for a version that will be filled or run; raises NotUsableError with the reason if it must not."""
        version = self.resolve(reference)
        standing = self.get(version.id).standing(version.version)
        if not standing.usable:
            raise NotUsableError(f"{version.id}@{version.version} cannot be used: {standing.reason}")
        return version

    def resolve(self, reference: str) -> PromptVersion:
        """The version for "id", "id@2" or "id@label", to read; a missing label is an error, never another version."""
        prompt_id, at, wanted = reference.partition("@")
        prompt = self.get(prompt_id)
        if not at:
            return prompt.offered
        if wanted == "latest":
            return prompt.newest
        if _NUMBER.fullmatch(wanted):
            try:
                return prompt.numbered(int(wanted))
            except KeyError as exc:
                known = ", ".join(str(version.version) for version in prompt.versions)
                raise UnknownPromptError(f"{prompt_id} has no version {wanted}. It has: {known}.") from exc
        if wanted not in prompt.labels:
            known = ", ".join(f"{label} → {number}" for label, number in prompt.labels.items()) or "none"
            raise UnknownPromptError(f'{prompt_id} has no label "{wanted}". Its labels: {known}.')
        return prompt.numbered(prompt.labels[wanted])

    def _read(self) -> _Content:
        if self._content is None:
            self.reload()
        assert self._content is not None
        return self._content


def _read_folders(folders: Sequence[Path]) -> _Content:
    prompts: dict[str, Prompt] = {}
    problems: list[ContentError] = []
    for folder in folders:
        try:
            entries = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
        except OSError as exc:
            problems.append(ContentError(f"The library folder cannot be read ({exc.strerror}).", folder))
            continue
        for entry in entries:
            prompt, found = read_prompt(entry)
            problems += found
            if prompt is not None and prompt.id in prompts:
                message = f"The prompt {prompt.id} is already in another folder; this one is left out."
                problems.append(ContentError(message, entry))
            elif prompt is not None:
                prompts[prompt.id] = prompt
    return _Content(prompts, tuple(problems))


def read_prompt(folder: Path) -> tuple[Prompt | None, list[ContentError]]:
    """The prompt in a folder with what is wrong; None if no version can be read or a label is broken."""
    if not PROMPT_ID.fullmatch(folder.name):
        return None, [
            ContentError("A prompt's folder is named with a-z, 0-9 and -, such as reply-to-complaint.", folder)
        ]
    versions, problems = [], []
    for path in sorted(folder.glob("*.yml")):
        if path.name == "labels.yml":
            continue
        found = _VERSION_FILE.fullmatch(path.name)
        if not found:
            problems.append(ContentError("A version's file is named with its number, such as 1.prompt.yml.", path))
            continue
        try:
            versions.append(read_version(path, PromptId(folder.name), int(found[1])))
        except ContentError as problem:
            problems.append(problem)
    versions.sort(key=lambda version: version.version)
    try:
        # a label that names an unreadable version must not quietly mean another one
        labels = read_labels(folder / "labels.yml", {version.version for version in versions})
    except ContentError as problem:
        return None, [*problems, problem]
    if not versions:
        if not problems:
            problems.append(ContentError("There is no version here. Add 1.prompt.yml or remove the folder.", folder))
        return None, problems
    history = read_history(folder, versions, labels, utc_now().date())
    if history.labels is not None:
        labels = dict(history.labels)
    if history.conflict:
        problems.append(ContentError(history.conflict, folder / "approvals"))
    return Prompt(PromptId(folder.name), tuple(versions), labels, history), problems


def lint(path: Path) -> list[ContentError]:
    """Everything wrong below path: a library folder, a prompt's folder or one file."""
    if path.is_file():
        if path.suffix != ".yml":
            return [ContentError("This is no prompt. A version's file is named with its number: 1.prompt.yml.", path)]
        problems = read_prompt(path.parent)[1]
        return problems if path.name == "labels.yml" else [p for p in problems if p.path in (path, path.parent)]
    if any(path.glob("*.yml")):
        return read_prompt(path)[1]
    library = PromptLibrary([path])
    return list(library.problems)
