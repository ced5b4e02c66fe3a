"""The library: folders of prompts, each <prompt-id>/<version>.prompt.yml with labels.yml. A bad file hides no other."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from desktop_app.clock import utc_now
from desktop_app.errors import AppError, ContentError
from desktop_app.prompts.curators import FILE as CURATORS_FILE
from desktop_app.prompts.curators import Curators, read_curators
from desktop_app.prompts.decision import DRAFT
from desktop_app.prompts.decision_files import FOLDER as DECISIONS_FOLDER
from desktop_app.prompts.folders import first_of_each, left_out, rules_stamp, stamp
from desktop_app.prompts.loading import PROMPT_ID, VERSION_FILE, read_author, read_labels, read_version
from desktop_app.prompts.prompt import Prompt, PromptId, PromptVersion
from desktop_app.prompts.review import read_history, read_ledger
from desktop_app.prompts.schema import some_of

_NUMBER = re.compile(r"[0-9]{1,9}")
_KEPT = 64
_MOST_COMPARED = 2000


class UnknownPromptError(AppError):
    """There is no such prompt, version or label."""


class NotUsableError(AppError):
    """The version is withdrawn or was changed after its approval."""


class _Read(NamedTuple):
    stamp: tuple[bytes, date]
    prompt: Prompt | None
    problems: tuple[ContentError, ...]


class PromptLibrary:
    """The prompts below the given folders, each read when it is asked for and again when its files change.

    The first folder that has an id wins, whatever is in it. own is the person's own folder: it comes last, and it is no
    fault if it is not there. May be used from several threads.
    """

    def __init__(self, folders: Sequence[Path], own: Path | None = None) -> None:
        self._folders, self._own = tuple(folders), own
        self._kept: OrderedDict[Path, _Read] = OrderedDict()
        self._names: dict[Path, tuple[tuple[bytes, date], frozenset[str]]] = {}
        self._lock = Lock()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The library folders in the order in which they count, the person's own one only if it is there."""
        own = (self._own,) if self._own and self._own not in self._folders and self._own.is_dir() else ()
        return (*self._folders, *own)

    def ids(self) -> tuple[str, ...]:
        """The ids of all prompts in alphabetical order, from the folders' names: what is in them is not read."""
        return tuple(sorted(filter(PROMPT_ID.fullmatch, first_of_each(self.folders)[0])))

    def references(self) -> frozenset[str]:
        """Everything resolve takes: each id, id@version and id@label. Versions are listed, not read.

        Where decisions hold the labels, those are read, and of the versions they approve who wrote them.
        """
        found: set[str] = set()
        for name, folder in first_of_each(self.folders)[0].items():
            if PROMPT_ID.fullmatch(name):
                found |= self._references_of(folder)
        return frozenset(found)

    def read(self) -> tuple[tuple[Prompt, ...], tuple[ContentError, ...]]:
        """Every prompt by name, and what keeps files out of the library. Reads every file: for a list or a check, not for a window."""
        prompts: list[Prompt] = []
        first, others, problems = first_of_each(self.folders)
        curators = {library: read_curators(library) for library in self.folders}
        problems += [one.problem for one in curators.values() if one.problem is not None]
        for folder in first.values():
            prompt, found = read_prompt(folder, curators[folder.parent])
            problems += found
            if prompt is not None:
                prompts.append(prompt)
        prompts.sort(key=lambda prompt: (prompt.offered.name.casefold(), prompt.id))
        return tuple(prompts), (*problems, *map(left_out, others))

    def prompts(self) -> tuple[Prompt, ...]:
        """Every readable prompt, by name; see read."""
        return self.read()[0]

    @property
    def problems(self) -> tuple[ContentError, ...]:
        """What keeps files out of the library; see read."""
        return self.read()[1]

    def get(self, prompt_id: str) -> Prompt:
        """The prompt as its files are now; raises UnknownPromptError with the nearest ids, ContentError if it cannot be read."""
        folder = self._folder(prompt_id)
        if folder is None:
            raise UnknownPromptError(f"There is no prompt {prompt_id}. {self._hint(prompt_id)}")
        read = self._read(folder)
        if read.prompt is None:
            raise read.problems[0]
        return read.prompt

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
                known = some_of([version.version for version in prompt.versions])
                raise UnknownPromptError(f"{prompt_id} has no version {wanted}. It has: {known}.") from exc
        if wanted not in prompt.labels:
            known = some_of([f"{label} → {number}" for label, number in prompt.labels.items()])
            raise UnknownPromptError(f'{prompt_id} has no label "{wanted}". Its labels: {known}.')
        return prompt.numbered(prompt.labels[wanted])

    def _folder(self, prompt_id: str) -> Path | None:
        if not PROMPT_ID.fullmatch(prompt_id):
            return None
        return next((folder / prompt_id for folder in self.folders if (folder / prompt_id).is_dir()), None)

    def _read(self, folder: Path) -> _Read:
        seen = _stamp(folder)
        with self._lock:
            kept = self._kept.get(folder)
            if kept and kept.stamp == seen and seen[0]:
                self._kept.move_to_end(folder)
                return kept
        prompt, problems = read_prompt(folder)
        read = _Read(seen, prompt, tuple(problems))
        with self._lock:
            self._kept[folder] = read
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return read

    def _references_of(self, folder: Path) -> frozenset[str]:
        seen = _stamp(folder)
        known = self._names.get(folder)
        if known and known[0] == seen and seen[0]:
            return known[1]
        names = frozenset(_references_in(folder))
        self._names[folder] = (seen, names)
        return names

    def _hint(self, prompt_id: str) -> str:
        known = list(self.ids())
        if len(known) > _MOST_COMPARED:  # comparing 100,000 ids letter by letter takes seconds
            parts = set(prompt_id.split("-"))
            alike = (one for one in known if one[:1] == prompt_id[:1] or parts & set(one.split("-")))
            known = list(islice(alike, _MOST_COMPARED))
        close = get_close_matches(prompt_id, known, n=3, cutoff=0.4)
        return f"Did you mean {', '.join(close)}?" if close else "`greenroom prompt list` shows all."


def read_prompt(folder: Path, curators: Curators | None = None) -> tuple[Prompt | None, list[ContentError]]:
    """The prompt in a folder with what is wrong; None if no version can be read or nobody knows which one is approved.

    curators are those of the folder above, which are read unless given.
    """
    if not PROMPT_ID.fullmatch(folder.name):
        return None, [
            ContentError("A prompt's folder is named with a-z, 0-9 and -, such as reply-to-complaint.", folder)
        ]
    files, problems = version_files(folder)
    versions = _readable(folder, files, problems)
    labels, fault = None, None
    try:
        # a label that names an unreadable version must not quietly mean another one
        labels = read_labels(folder / "labels.yml", {version.version for version in versions})
    except ContentError as problem:
        fault = problem
    if not versions:
        if not problems:
            problems.append(ContentError("There is no version here. Add 1.prompt.yml or remove the folder.", folder))
        return None, [*problems, fault] if fault else problems
    prompt, found = _with_history(folder, versions, labels, curators)
    problems += found
    if fault:
        problems.append(fault)
        if prompt is not None and prompt.history.labels is None:  # labels.yml is what would hold
            prompt = None
    return prompt, problems


def read_offered(folder: Path, curators: Curators | None = None) -> tuple[Prompt | None, list[ContentError]]:
    """Like read_prompt, but only with the versions that labels name, or else the newest: what a list needs, read fast.

    What is wrong in other versions is found when the prompt is opened or checked.
    """
    if PROMPT_ID.fullmatch(folder.name) and not os.path.lexists(folder / DECISIONS_FOLDER):
        files, problems = version_files(folder)
        try:
            labels = read_labels(folder / "labels.yml", set(files))
        except ContentError:
            return read_prompt(folder, curators)
        named = set(labels.values()) | (set() if "approved" in labels or not files else {max(files)})
        versions = _readable(folder, {number: files[number] for number in named}, problems)
        if versions and len(versions) == len(named):
            prompt, found = _with_history(folder, versions, labels, curators)
            if prompt and ("approved" in prompt.labels or prompt.standing(prompt.newest.version).usable):
                return prompt, problems + found
    return read_prompt(folder, curators)


def version_files(folder: Path) -> tuple[dict[int, Path], list[ContentError]]:
    """The files of a prompt's versions by number, lowest first, and the files that are named wrongly."""
    files: dict[int, Path] = {}
    problems: list[ContentError] = []
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                entry.name for entry in entries if entry.name.endswith(".yml") and not entry.name.startswith(".")
            )
    except OSError as exc:
        return {}, [ContentError(f"The prompt's folder cannot be read ({exc.strerror}).", folder)]
    for name in names:
        if found := VERSION_FILE.fullmatch(name):
            files[int(found[1])] = folder / name
        elif name != "labels.yml":
            message = "A version's file is named with its number, such as 1.prompt.yml."
            problems.append(ContentError(message, folder / name))
    return dict(sorted(files.items())), problems


def _readable(folder: Path, files: Mapping[int, Path], problems: list[ContentError]) -> list[PromptVersion]:
    """The versions that can be read, lowest first; why others cannot is added to problems."""
    versions = []
    for number, path in sorted(files.items()):
        try:
            versions.append(read_version(path, PromptId(folder.name), number))
        except ContentError as problem:
            problems.append(problem)
    return versions


def _with_history(
    folder: Path, versions: Sequence[PromptVersion], labels: Mapping[str, int] | None, curators: Curators | None
) -> tuple[Prompt | None, list[ContentError]]:
    try:
        history = read_history(folder, versions, labels, utc_now().date(), curators)
    except ContentError as problem:
        return None, [problem]
    holding = labels or {} if history.labels is None else history.labels
    return Prompt(PromptId(folder.name), tuple(versions), dict(holding), history), list(history.problems)


def _references_in(folder: Path) -> Iterator[str]:
    files = version_files(folder)[0]
    try:
        labels = _decided_labels(folder, files)
        if labels is None:
            labels = read_labels(folder / "labels.yml", set(files))
    except ContentError:
        return
    if files and files.keys() >= set(labels.values()):
        yield folder.name
        yield from (f"{folder.name}@{name}" for name in (*files, *labels, "latest"))


def _decided_labels(folder: Path, files: Mapping[int, Path]) -> Mapping[str, int] | None:
    """The labels as decisions left them, None if labels.yml holds."""
    if not os.path.lexists(folder / DECISIONS_FOLDER):
        return None

    def author_of(version: int) -> str:
        return read_author(files[version]) if version in files else ""

    return read_ledger(folder, author_of, utc_now().date(), read_curators(folder.parent)).labels


def _stamp(folder: Path) -> tuple[bytes, date]:
    try:
        return stamp(folder, rules_stamp(folder.parent)), utc_now().date()
    except OSError:
        return b"", utc_now().date()


def lint(path: Path) -> list[ContentError]:
    """Everything wrong below path, in tests too: a library folder, a prompt's folder or one file."""
    if path.is_file():
        return _lint_file(path)
    if any(file.name != CURATORS_FILE for file in path.glob("*.yml")):
        prompt, problems = read_prompt(path)
        return [*_curators_fault(path.parent), *problems, *_version_faults(prompt)]
    prompts, problems = PromptLibrary([path]).read()
    return [*problems, *(fault for prompt in prompts for fault in _version_faults(prompt))]


def _version_faults(prompt: Prompt | None, path: Path | None = None) -> list[ContentError]:
    """What is wrong with all versions, or with the one in the file path: in their tests, their answers' form, or since approval."""
    from desktop_app.prompts.evaluate.suite import suite_problems  # nobody else needs it to read a library

    versions = [one for one in prompt.versions if path in (None, one.path)] if prompt else []
    return [
        fault
        for one in versions
        for fault in (*suite_problems(one), *_form_faults(one), *_not_as_approved(prompt, one))
    ]


def _form_faults(version: PromptVersion) -> list[ContentError]:
    """Why answers cannot be held to the version's jsonSchema."""
    from desktop_app.prompts.answer_schema import answer_schema
    from desktop_app.sandbox.grammar.schema import SchemaError

    try:
        answer_schema(version)
    except SchemaError as problem:
        lines = version.path.read_text("utf-8", "replace").splitlines()
        line = next((n for n, text in enumerate(lines, 1) if text.startswith(("jsonSchema", "responseFormat"))), 1)
        return [ContentError(str(problem), version.path, line, 1)]
    return []


def _not_as_approved(prompt: Prompt | None, version: PromptVersion) -> list[ContentError]:
    """Why a version that was not withdrawn cannot be used; a conflict is named once, where it is."""
    standing = prompt.standing(version.version) if prompt and not prompt.history.conflict else DRAFT
    if standing.usable or standing.state == "withdrawn":
        return []
    return [ContentError(standing.reason, version.path, 1, 1)]


def _lint_file(path: Path) -> list[ContentError]:
    if path.suffix != ".yml":
        return [ContentError("This is no prompt. A version's file is named with its number: 1.prompt.yml.", path)]
    if path.name == CURATORS_FILE:
        return _curators_fault(path.parent)
    if path.parent.name == DECISIONS_FOLDER:
        return [problem for problem in read_prompt(path.parent.parent)[1] if problem.path == path]
    prompt, problems = read_prompt(path.parent)
    if path.name == "labels.yml":
        return problems
    return [*(p for p in problems if p.path in (path, path.parent)), *_version_faults(prompt, path)]


def _curators_fault(library: Path) -> list[ContentError]:
    problem = read_curators(library).problem
    return [] if problem is None else [problem]
