"""Writing prompts: new versions in a library folder, drafts that are still edited, and a person's own sealed drafts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop_app.errors import AppError, ContentError, StoreError
from desktop_app.prompts.deciding import ConflictError
from desktop_app.prompts.decision_files import read_files
from desktop_app.prompts.library import read_prompt
from desktop_app.prompts.loading import MOST_VERSIONS, PROMPT_ID, VERSION_FILE, parse_version
from desktop_app.prompts.prompt import PromptId, PromptVersion
from desktop_app.prompts.writing import write_prompt
from desktop_app.storage.files import create_exclusively, make_shared_folder, shared_mode, write_atomically
from desktop_app.storage.yaml_text import as_utf8, load_yaml, load_yaml_with_lines, read_bytes

_ATTEMPTS = 20  # others may be adding versions at the same moment
_KEY = "prompt-draft/"


class DraftError(AppError):
    """A draft cannot be made, changed or published; the text says why and what to do instead."""


# -- in a library folder ---------------------------------------------------------------------------------------------------


def new_version(library: Path, prompt_id: str, text: str) -> Path:
    """Write text as the prompt's next version and return its file; the first makes the prompt's folder.

    Numbers that decisions name are not used again. Raises ContentError if text is no valid version, DraftError for a wrong
    id, StoreError if the library cannot be written.
    """
    if not PROMPT_ID.fullmatch(prompt_id):
        raise DraftError(f'"{prompt_id}" cannot be a prompt\'s id: a-z, 0-9 and -, 2 to 60, beginning with a letter.')
    folder = library / prompt_id
    content = text.encode("utf-8", "surrogatepass")
    parse_version(content, folder / f"{_next_number(folder)}.prompt.yml", PromptId(prompt_id), 1)
    make_shared_folder(folder)
    for _ in range(_ATTEMPTS):
        file = folder / f"{_next_number(folder)}.prompt.yml"
        try:
            create_exclusively(file, content, mode=shared_mode(folder))
        except FileExistsError:
            continue  # somebody's is there since we counted
        return file
    raise StoreError(f"{folder} gets new versions faster than this one could be added. Try again.")


def edit_draft(version: PromptVersion, text: str) -> PromptVersion:
    """Replace the text of a version that nobody decided about and no label names; return it as it is now.

    Raises DraftError for any other version, ConflictError if the file is not the one that was read, ContentError if text
    is no valid version, StoreError if it cannot be written.
    """
    content = text.encode("utf-8", "surrogatepass")
    changed = parse_version(content, version.path, version.id, version.version)
    _refuse_decided(version)
    try:
        current = hashlib.sha256(read_bytes(version.path)).hexdigest()
    except ContentError as exc:
        raise ConflictError(
            f"{version.path} is gone or cannot be read any more. Save your text as a new version."
        ) from exc
    if current != version.content_hash:
        raise ConflictError(
            f"{version.path} was changed since you opened it. Look at it, or save yours as a new version."
        )
    write_atomically(version.path, content, mode=shared_mode(version.path.parent))
    return changed


def restore(version: PromptVersion) -> str:
    """The text of a version as a draft of the next one: everything as it was, and a changelog that says where it is from."""
    return _with_changelog(version, f"Back to version {version.version}: {version.changelog}")


def continued(version: PromptVersion) -> str:
    """The text of a version as a draft of the next one, with a changelog that is still to be written."""
    return _with_changelog(version, f"Say what is better than in version {version.version}.")


def _with_changelog(version: PromptVersion, said: str) -> str:
    content = read_bytes(version.path)
    parse_version(content, version.path, version.id, version.version)  # it may have changed since it was read
    text = as_utf8(content, version.path)
    data, lines = load_yaml_with_lines(text, version.path)
    wanted = {**data, "changelog": said}
    rows = text.splitlines(keepends=True)
    start = lines[("changelog",)][0] - 1
    later = [place[0] - 1 for key, place in lines.items() if len(key) == 1 and place[0] - 1 > start]
    end = min(later, default=len(rows))
    while end > start + 1 and (not rows[end - 1].strip() or rows[end - 1].startswith("#")):
        end -= 1  # blank lines and comments belong to the field after
    changed = "".join([*rows[:start], write_prompt({"changelog": said}), *rows[end:]])
    try:
        if load_yaml(changed, version.path) == wanted:
            return changed
    except ContentError:
        pass
    return write_prompt(wanted)  # written in one line or otherwise folded: then its comments cannot be kept


def _next_number(folder: Path) -> int:
    """One more than any number that a file or a decision uses."""
    try:
        names = [entry.name for entry in folder.iterdir()]
    except FileNotFoundError:
        names = []
    except OSError as exc:
        raise StoreError(f"{folder} cannot be read ({exc.strerror}). Check your rights.") from exc
    used = [int(found[1]) for name in names if (found := VERSION_FILE.fullmatch(name))]
    used += [file.said.decision.version for file in read_files(folder)[0] if file.said]
    if (last := max(used, default=0)) >= MOST_VERSIONS:
        raise DraftError(f"{folder.name} has a version {last}, after which there is no number. Begin a new prompt.")
    return last + 1


def _refuse_decided(version: PromptVersion) -> None:
    prompt, _ = read_prompt(version.path.parent)
    if prompt is None:
        return
    name = f"{version.id}@{version.version}"
    said = next((one for one in prompt.history.decisions if one.version == version.version), None)
    if said is not None:
        raise DraftError(f"{name} cannot be edited: {said}. Save your text as a new version.")
    labels = [label for label, number in prompt.labels.items() if number == version.version]
    if labels:
        raise DraftError(
            f"{name} cannot be edited: it is labelled {', '.join(labels)}. Save your text as a new version."
        )


# -- a person's own, sealed ------------------------------------------------------------------------------------------------


class DraftStore(Protocol):
    """The part of records.learner.LearnerRepository that keeps half-typed texts."""

    def draft(self, key: str) -> str:
        """A kept text, or ""."""
        ...

    def save_draft(self, key: str, text: str) -> None:
        """Keep a text; an empty one is forgotten."""
        ...

    def draft_keys(self, start: str) -> tuple[str, ...]:
        """The keys of all kept texts that begin with start."""
        ...


@dataclass(frozen=True, slots=True)
class PersonalDraft:
    """One draft that only this person sees; problem is what keeps it from being published, None if nothing does."""

    id: str
    name: str
    text: str
    problem: ContentError | None = None


def personal_drafts(store: DraftStore) -> tuple[PersonalDraft, ...]:
    """All drafts of this person, by id; without the keyring only those of this session."""
    keys = store.draft_keys(_KEY)
    return tuple(_personal(key.removeprefix(_KEY), text) for key in keys if (text := store.draft(key)))


def load_personal_draft(store: DraftStore, draft_id: str) -> PersonalDraft:
    """One draft; raises DraftError if there is none."""
    text = store.draft(_KEY + draft_id)
    if not text:
        raise DraftError(f"There is no draft {draft_id} of yours. Without the keyring, earlier ones cannot be opened.")
    return _personal(draft_id, text)


def save_personal_draft(store: DraftStore, draft_id: str, text: str) -> None:
    """Keep a draft, valid or not yet, under the id of the prompt it will be; raises DraftError for a wrong id."""
    if not PROMPT_ID.fullmatch(draft_id):
        raise DraftError(f'"{draft_id}" cannot be a prompt\'s id: a-z, 0-9 and -, 2 to 60, beginning with a letter.')
    store.save_draft(_KEY + draft_id, text)


def delete_personal_draft(store: DraftStore, draft_id: str) -> None:
    """Forget a draft; one that is not there is forgotten already."""
    store.save_draft(_KEY + draft_id, "")


def publish(store: DraftStore, draft_id: str, library: Path) -> Path:
    """Put a draft into a library folder as the prompt's next version and forget it; return its file.

    Raises what load_personal_draft and new_version raise; the draft is then still there.
    """
    file = new_version(library, draft_id, load_personal_draft(store, draft_id).text)
    delete_personal_draft(store, draft_id)
    return file


def _personal(draft_id: str, text: str) -> PersonalDraft:
    place = Path(f"{draft_id}.prompt.yml")
    try:
        version = parse_version(text.encode("utf-8", "surrogatepass"), place, PromptId(draft_id), 1)
    except ContentError as problem:
        return PersonalDraft(draft_id, draft_id, text, problem)
    return PersonalDraft(draft_id, version.name, text)
