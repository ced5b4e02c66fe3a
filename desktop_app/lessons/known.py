"""What lint holds references, documents, terms and data against: everything that is there besides the file itself."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.lessons.company import Company, read_company
from desktop_app.lessons.documents import DOCUMENTS
from desktop_app.lessons.glossary import glossary_ids
from desktop_app.lessons.lint_words import TERMS_FILE, Term, read_terms
from desktop_app.lessons.paths import parse_path
from desktop_app.lessons.translation import ORIGINAL
from desktop_app.policy.vocabulary import ROLES
from desktop_app.storage.yaml_text import read_utf8

COMPANY_FILE = "company.yml"
# A kind of finding and its text → True if it is invented and may stand in a lesson.
Allows = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Known:
    """What references may name; None where nobody knows, then it is not checked.

    prompts holds ids and references (id@version, id@label), before what each path comes after; stamp changes when anything
    here does.
    """

    lessons: Collection[str] | None = None
    prompts: Collection[str] | None = None
    roles: Collection[str] | None = None
    documents: Collection[str] | None = None
    paths: Collection[str] | None = None
    before: Mapping[str, Collection[str]] = field(default_factory=dict)
    glossary: Collection[str] | None = None
    terms: tuple[Term, ...] = ()
    allows: Allows | None = None
    stamp: str = ""


def known_in(
    content: Iterable[Path], lessons: Collection[str], prompts: Collection[str], files: Iterable[Path]
) -> Known:
    """What there is in the content folders and in those the files belong to, with the ids of lessons and prompts.

    A terms.yml, glossary.yml or company.yml that is wrong counts as missing; lint of that file says what is wrong with it.
    """
    files = tuple(files)
    folders = tuple(dict.fromkeys([*content, *_content_folders(files)]))
    ids = frozenset({*lessons, *(file.parent.name for file in files if file.name == ORIGINAL)})
    documents = frozenset(file.stem for folder in folders for file in (folder / DOCUMENTS).glob("*.md"))
    before = {file.stem: _before(file) for folder in folders for file in (folder / "paths").glob("*.yml")}
    glossary = glossary_ids(folders)
    companies = [*_companies(folders)]

    def allows(kind: str, value: str) -> bool:
        return any(company.allows(kind, value) for company in companies)

    told = [folder / name for folder in folders for name in (TERMS_FILE, f"{DOCUMENTS}/{COMPANY_FILE}")]
    named = [
        *ids,
        *prompts,
        *documents,
        *(f"glossary:{one}" for one in glossary),
        *(f"path:{one}:{after}" for one, after in before.items()),
    ]
    digest = hashlib.sha256("\n".join(sorted(named)).encode("utf-8", "surrogateescape"))
    for file in told:
        digest.update(_bytes(file))
    terms = read_terms(folders)
    return Known(ids, prompts, ROLES, documents, frozenset(before), before, glossary, terms, allows, digest.hexdigest())


def _before(path_file: Path) -> tuple[str, ...]:
    with contextlib.suppress(ContentError):
        learning_path, _, _ = parse_path(read_utf8(path_file), path_file)
        return learning_path.after if learning_path else ()
    return ()


def _bytes(file: Path) -> bytes:
    with contextlib.suppress(OSError):
        return file.read_bytes() if file.is_file() else b"\0"
    return b"\0"


def _companies(folders: Iterable[Path]) -> Iterator[Company]:
    for file in (folder / DOCUMENTS / COMPANY_FILE for folder in folders):
        if file.is_file():
            with contextlib.suppress(ContentError):
                yield read_company(file)


def _content_folders(files: Iterable[Path]) -> Iterator[Path]:
    """For <content>/lessons/<id>/lesson.md, <content>/documents/x.md and <content>/paths/x.yml: <content>."""
    for file in files:
        parents = file.absolute().parents
        if file.name.startswith("lesson.") and len(parents) > 2:
            yield parents[2]
        elif len(parents) > 1:
            yield parents[1]
