"""What the list of documents shows, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_app.policy.vocabulary import DATA_CLASSES
from desktop_app.practice.grounding.passage import KIND_NAMES, DocumentRow

KEPT = "A copy of their text is kept in your profile (index.db) so that it can be searched. Removing a document removes it."
STAYS = "nothing leaves this computer, but what you copy from an answer does"


@dataclass(frozen=True, slots=True)
class Item:
    """One document of the list. data_class is "" until a person chose one.

    holds is what the guard found in it, "" if nothing, None while it was not read through yet.
    """

    row: DocumentRow
    chosen: bool = False
    data_class: str = ""
    holds: str | None = None

    @property
    def facts(self) -> str:
        """Kind, length and data class, such as "PDF · 12 pages · 48 passages · Internal"."""
        row = self.row
        pages = _count(row.pages, "page") if row.pages else ""
        label = DATA_CLASSES.get(self.data_class, "")
        kind = KIND_NAMES.get(row.kind, row.kind)
        return " · ".join(filter(None, (kind, pages, _count(row.passages, "passage"), label)))


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is being read, waits to be, or could not be: problem then says why and what to do."""

    key: int
    path: Path
    done: int = 0
    total: int | None = None
    note: str = "Waiting"
    problem: str = ""

    @property
    def share(self) -> float | None:
        """How much was read, from 0.0 to 1.0; None while unknown."""
        return min(1.0, self.done / self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class DocumentsState:
    """documents by name, reading in the order they were added; removed is the document that Undo brings back."""

    documents: tuple[Item, ...] = ()
    reading: tuple[Reading, ...] = ()
    removed: DocumentRow | None = None
    problem: str = ""
    is_loaded: bool = False

    @property
    def chosen(self) -> tuple[Item, ...]:
        """The documents that answers are drawn from."""
        return tuple(item for item in self.documents if item.chosen)

    @property
    def warning(self) -> str:
        """What it means that the documents in use hold something sensitive; "" if none does."""
        return f"{STAYS[0].upper()}{STAYS[1:]}." if any(item.holds for item in self.chosen) else ""

    @property
    def headline(self) -> str:
        """How many of them are used, in words."""
        if not self.documents:
            return ""
        used = len(self.chosen)
        return (
            f"{used or 'None'} of {len(self.documents)} used"
            if len(self.documents) > 1
            else "Used"
            if used
            else "Not used"
        )


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
