"""What waits for curators: versions to review, and prompts whose decisions cannot be relied on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desktop_app.jobs import Job, Progress
from desktop_app.prompts.curators import read_curators
from desktop_app.prompts.decision import State
from desktop_app.prompts.folders import first_of_each
from desktop_app.prompts.library import read_offered, read_prompt
from desktop_app.prompts.loading import PROMPT_ID
from desktop_app.prompts.prompt import Prompt, PromptVersion

WAITING: tuple[State, ...] = ("submitted", "in review", "due for review", "changed")
_STEP = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to look at. version is None where it is about all decisions of a prompt: a conflict or a problem.

    by and at are who decided last about the version, and when; reason is what they said or what is wrong; last is the
    number of the prompt's last decision.
    """

    library: Path
    id: str
    version: int | None
    state: str
    name: str
    by: str = ""
    at: datetime | None = None
    reason: str = ""
    last: int = 0


def waiting_in(found: Prompt) -> Iterator[Waiting]:
    """What waits in one prompt: what is wrong with its decisions, then its versions, lowest first."""
    library, history = found.newest.path.parent.parent, found.history
    state = "conflict" if history.conflict else "problem"
    problems = [str(one).removeprefix(f"{library / found.id}{os.sep}") for one in history.problems]
    for reason in problems or ([history.conflict] if history.conflict else []):
        yield Waiting(library, found.id, None, state, found.newest.name, reason=reason, last=history.last)
    for version in found.versions:
        standing = found.standing(version.version)
        if standing.state in WAITING:
            one = standing.decision
            yield Waiting(
                library, found.id, version.version, standing.state, version.name, one.by if one else "",
                one.at if one else None, standing.reason or (one.reason if one else ""), history.last,
            )  # fmt: skip


def read_queue(libraries: Sequence[Path]) -> Job[tuple[Waiting, ...]]:
    """Everything that waits below the library folders, by folder and id; a prompt that hides in a later one is left out."""
    found: list[Waiting] = []
    folders = {name: folder for name, folder in first_of_each(libraries)[0].items() if PROMPT_ID.fullmatch(name)}
    curators = {library: read_curators(library) for library in libraries}
    for number, (name, folder) in enumerate(sorted(folders.items())):
        if number % _STEP == 0:
            yield Progress(number, len(folders), name)
        prompt, problems = read_offered(folder, curators[folder.parent])
        if prompt is not None:
            found += waiting_in(prompt)
        elif (folder / "approvals").is_dir() and problems:  # nobody gets it, and decisions were made about it
            found.append(Waiting(folder.parent, name, None, "problem", name, reason=str(problems[0])))
    order = {library: at for at, library in enumerate(libraries)}
    return tuple(sorted(found, key=lambda one: (order[one.library], one.id, one.version or 0)))


def history_lines(found: Prompt, version: PromptVersion) -> Iterator[str]:
    """What was decided about a version, oldest first, and why it is in its state."""
    for one in found.history.decisions:
        if one.version == version.version:
            why = f": {' '.join(one.reason.split())}" if one.reason else ""
            yield f"{one}{why}{f' [{one.problem}]' if one.problem else ''}"
    standing = found.standing(version.version)
    if standing.reason and not (standing.decision and standing.decision.reason and standing.usable):
        yield standing.reason


# -- what is still being written -------------------------------------------------------------------------------------------


def writable(libraries: Sequence[Path]) -> tuple[Path, ...]:
    """The library folders in which this person may write."""
    return tuple(library for library in libraries if library.is_dir() and os.access(library, os.W_OK | os.X_OK))


def unsubmitted(libraries: Sequence[Path], *, limit: int = 1000) -> Job[tuple[tuple[PromptVersion, State], ...]]:
    """Versions that nobody decided about or that were sent back, with their state, those changed last first; at most limit."""
    seen: list[tuple[float, Path]] = []
    folders = [folder for library in libraries for folder in _folders(library)]
    for number, folder in enumerate(folders):
        if number % _STEP == 0:
            yield Progress(number, len(folders), folder.name)
        try:
            with os.scandir(folder) as entries:
                seen.append((max(entry.stat(follow_symlinks=False).st_mtime for entry in entries), folder))
        except (OSError, ValueError):  # gone meanwhile, or empty
            continue
    found: list[tuple[PromptVersion, State]] = []
    for number, (_, folder) in enumerate(sorted(seen, reverse=True)):
        if len(found) >= limit:
            break
        if number % _STEP == 0:
            yield Progress(number, len(seen), folder.name)
        prompt, _ = read_prompt(folder)
        found += _unsubmitted_of(prompt) if prompt is not None else ()
    return tuple(found[:limit])


def _unsubmitted_of(prompt: Prompt) -> Iterator[tuple[PromptVersion, State]]:
    """The newest first; an old version that a later one has replaced is no draft, though nobody decided about it."""
    labelled = max(prompt.labels.values(), default=0)
    decided = max((one.version for one in prompt.history.decisions), default=0)
    for version in reversed(prompt.versions):
        state = prompt.standing(version.version).state
        if state == "rejected" or (state == "draft" and version.version > max(labelled, decided)):
            yield version, state


def _folders(library: Path) -> list[Path]:
    try:
        return [entry for entry in library.iterdir() if PROMPT_ID.fullmatch(entry.name) and entry.is_dir()]
    except OSError:
        return []
