"""Documents of the fictional company: content/documents/<id>.md, with what is planted in them (docs/formats/document.md).

Exercises use them as sources (claims) and as texts to redact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import AppError, ContentError
from desktop_app.guard.kinds import KINDS
from desktop_app.lessons.company import Company, read_company
from desktop_app.lessons.fields import ID, ID_SAYS, Codes, Fields
from desktop_app.lessons.front_matter import split_front_matter
from desktop_app.lessons.problem import Problem, Problems
from desktop_app.lessons.scan import split_lines
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8

DOCUMENTS = "documents"  # the folder of a content folder that holds them
_CODES = Codes("L602", "L602", "L602")
_NOT_THERE = "This text does not stand in the document. Copy it word for word."

# What no pattern finds: what it is called, and what stands in front of its placeholder's number.
KINDS_WITHOUT_PATTERN: dict[str, tuple[str, str]] = {
    "person": ("Name", "PERSON"),
    "address": ("Home address", "ADDRESS"),
    "health": ("Health", "HEALTH"),
    "pay": ("Pay", "PAY"),
    "private": ("Private life", "PRIVATE"),
    "reference": ("Number that leads to somebody", "REFERENCE"),
    "organisation": ("Customer or supplier", "COMPANY"),
    "terms": ("Terms of a contract", "TERMS"),
    "plan": ("Not announced yet", "UNPUBLISHED"),
    "system": ("Internal system", "SYSTEM"),
    "secret": ("Secret", "SECRET"),
}


def kind_label(kind: str) -> str:
    """What people read about a kind of planted thing, such as "Home address"."""
    return KINDS_WITHOUT_PATTERN[kind][0] if kind in KINDS_WITHOUT_PATTERN else KINDS[kind].label


def kind_placeholder(kind: str) -> str:
    """The word in a kind's placeholder: "PERSON" for [PERSON-1]."""
    return KINDS_WITHOUT_PATTERN[kind][1] if kind in KINDS_WITHOUT_PATTERN else KINDS[kind].placeholder


_COLUMNS = re.compile(r"\S {3,}\S")
_MACHINE_LINE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d|\d\d:\d\d:\d\d|[ \t]{2,}\S|\[\d")
_DIFF = re.compile(r"(?m)^(?:@@ |\+\+\+ |--- )")


def is_aligned(text: str) -> bool:
    """True for a text whose columns fall apart unless all its letters are equally wide: a table, a log, a diff, code.

    Three lines with a gap of three spaces make a table; a log or code has at least two lines in five that begin like one.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    columns = sum(bool(_COLUMNS.search(line)) for line in lines)
    machine = sum(bool(_MACHINE_LINE.match(line)) for line in lines)
    return bool(_DIFF.search(text)) or columns >= 3 or (machine >= 3 and machine >= 0.4 * len(lines))


@dataclass(frozen=True, slots=True)
class Planted:
    """Something in a document that must not leave the building: every occurrence of text, and why.

    kind is one of guard.kinds.KINDS, or of KINDS_WITHOUT_PATTERN for what no pattern finds.
    """

    text: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document: text is its body, exactly as shown; planted in the file's order.

    either has passages about which people may disagree: taking them out is neither asked for nor wrong. ask is a
    question to a model that the text can answer without what is planted, "" if there is none.
    """

    id: str
    title: str
    kind: str
    language: str
    planted: tuple[Planted, ...]
    text: str
    path: Path
    either: tuple[str, ...] = ()
    ask: str = ""

    def spans(self) -> tuple[tuple[int, int, Planted], ...]:
        """Every occurrence of something planted: start and end in characters of text, in order, never overlapping.

        Where two overlap, the longer one counts.
        """
        taken = [False] * len(self.text)
        found: list[tuple[int, int, Planted]] = []
        for planted in sorted(self.planted, key=lambda one: -len(one.text)):
            for start, end in _occurrences(planted.text, self.text):
                if not any(taken[start:end]):
                    taken[start:end] = [True] * (end - start)
                    found.append((start, end, planted))
        return tuple(sorted(found, key=lambda span: span[0]))

    def either_spans(self) -> tuple[tuple[int, int], ...]:
        """Every occurrence of a passage in either, in order."""
        return tuple(sorted(span for passage in self.either for span in _occurrences(passage, self.text)))


def _occurrences(part: str, text: str) -> Iterable[tuple[int, int]]:
    """Start and end of each place where part stands, from left to right, none overlapping the one before."""
    at = text.find(part) if part else -1
    while at >= 0:
        yield at, at + len(part)
        at = text.find(part, at + len(part))


def read_document(path: Path) -> Document:
    """The document in a UTF-8 file; raises ContentError for the first thing wrong with it."""
    document, problems = parse_document(read_utf8(path), path)
    for problem in problems:
        if problem.severity == "error":
            raise problem.as_error()
    if document is None:
        raise ContentError("The file holds no document. Start it with front matter between --- lines.", path, 1)
    return document


def parse_document(text: str, path: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """The document in text and everything wrong with it, in file order; path is only named."""
    problems = Problems(path)
    lines = split_lines(text)
    split = split_front_matter(lines, problems)
    if split is None:
        return None, problems.sorted()
    try:
        value, places = load_yaml_with_lines(split[0], path, first_line=2)
    except ContentError as error:
        problems.add_error("L602", error)
        return None, problems.sorted()
    fields = Fields(value, places, problems, _CODES)
    document = Document(
        id=fields.text("id", required=True, pattern=ID, says=ID_SAYS),
        title=fields.text("title", required=True, longest=120),
        kind=fields.text("kind", required=True, longest=40),
        language=fields.text("language", required=True, longest=12),
        planted=tuple(map(_planted, fields.mappings("planted"))),
        text="\n".join(lines[split[1] :]).strip("\n") + "\n",
        path=path,
        either=fields.texts("either"),
        ask=fields.text("ask", longest=300),
    )
    fields.finish()
    if document.id and path.suffix == ".md" and path.name.split(".")[0] != document.id:
        fields.wrong(f'The id is "{document.id}" but the file is "{path.name}". Give both the same name.', "id")
    for number, planted in enumerate(document.planted):
        if planted.text and planted.text not in document.text:
            fields.wrong(_NOT_THERE, "planted", number, "text")
    for number, passage in enumerate(document.either):
        if passage not in document.text:
            fields.wrong(_NOT_THERE, "either", number)
    return document, problems.sorted()


def _planted(fields: Fields) -> Planted:
    planted = Planted(
        fields.text("text", required=True),
        fields.one_of("kind", (*KINDS_WITHOUT_PATTERN, *KINDS), required=True, default="secret"),
        fields.text("why", required=True, longest=300),
    )
    fields.finish()
    return planted


class DocumentLibrary:
    """Documents at <folder>/<id>.md; of two with the same id the one in the earlier folder counts.

    A folder's company.yml is the register of the invented company its documents speak of.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def ids(self) -> tuple[str, ...]:
        """The ids of all documents in alphabetical order, without reading one."""
        return tuple(sorted(self._files()))

    def get(self, document_id: str) -> Document:
        """One document; raises ContentError if it cannot be read, AppError if there is none."""
        file = self._files().get(document_id)
        if file is None:
            known = ", ".join(self.ids()) or "none at all"
            raise AppError(f'There is no document "{document_id}". Known are {known}.')
        return read_document(file)

    def companies(self) -> tuple[Company, ...]:
        """Each folder's register, in order; raises ContentError if one cannot be read."""
        files = (folder / "company.yml" for folder in self._folders)
        return tuple(read_company(file) for file in files if file.is_file())

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in self._folders:
            for file in sorted(folder.glob("*.md")):
                found.setdefault(file.stem, file)
        return found
