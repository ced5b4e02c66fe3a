"""The glossary: content/glossary.yml and its translations (resources/schemas/glossary.schema.json, docs/formats/glossary.md)."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from dataclasses import fields as fields_of
from html import escape
from pathlib import Path

from desktop_app.errors import AppError, ContentError
from desktop_app.lessons.fields import ID, ID_SAYS, Codes, Fields
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.problem import Problem, Problems
from desktop_app.lessons.render import plain_text
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8

GLOSSARY_FILE = "glossary.yml"
MOST_ENTRIES = 1000
LONGEST_TEXT = 400  # characters: what a person reads without leaving the lesson
_MOST_WORDS = 20  # other words for one, and related entries
_CODES = Codes("L801", "L801", "L801")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_FILE = re.compile(rf"glossary(?:\.({_LANGUAGE.pattern}))?\.yml")
_LINK_OR_TAG = re.compile(r"\][(\[:]|<")
_WHOLE_LINK = re.compile(r"\[([^\[\]]{1,200})\]\(\s*<?glossary:[a-z0-9-]{1,80}>?\s*\)")
_OPEN = '<a href="glossary:'
_OPEN_LINK = re.compile(rf'{_OPEN}([a-z0-9-]+)"')
_LINKED = re.compile(r"\]\(\s*<?glossary:([a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word and what it means: text is one line of Markdown without links, also other words for it, see related entries."""

    id: str
    term: str
    text: str
    also: tuple[str, ...] = ()
    see: tuple[str, ...] = ()

    def rank(self, wanted: str) -> int | None:
        """How well the folded word fits: 0 starts the term, 1 stands in it or in another word, 2 in the text; None not at all."""
        if folded(self.term).startswith(wanted):
            return 0
        if any(wanted in folded(word) for word in (self.term, *self.also)):
            return 1
        return 2 if wanted in folded(self.text) else None


def folded(text: str) -> str:
    """text as it is compared and put in order: without capitals, accents and extra spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def is_glossary(path: Path) -> bool:
    """True for the name of a glossary file, in whatever language."""
    return _FILE.fullmatch(path.name) is not None and path.parent.name != "paths"


def linked_ids(markdown: str) -> tuple[str, ...]:
    """The entries that a text's links lead to, each once, in order."""
    return tuple(dict.fromkeys(_LINKED.findall(markdown)))


def without_links(markdown: str) -> str:
    """The Markdown with the word alone where it links to the glossary."""
    return _WHOLE_LINK.sub(r"\1", markdown)


def words_of(lesson: Lesson) -> tuple[str, ...]:
    """The ids that a lesson's texts, questions and exercises link to, each once, in order."""
    return linked_ids("\n".join(_texts(lesson.steps)))


def used_in(lessons: Iterable[Lesson]) -> dict[str, tuple[Lesson, ...]]:
    """By id, the lessons that link to an entry, in their order."""
    found: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        for entry_id in words_of(lesson):
            found.setdefault(entry_id, []).append(lesson)
    return {entry_id: tuple(where) for entry_id, where in found.items()}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(tuple(value.values()))
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for one in fields_of(value):
            yield from _texts(getattr(value, one.name))


# -- reading one file ----------------------------------------------------------------------------------------------------


def parse_glossary(
    text: str, path: Path, others: Collection[str] = ()
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The entries in text and everything wrong with it; path is only named. others are the ids of further glossaries.

    In a translation, which its file name tells, see is left to the original. Format: docs/formats/glossary.md.
    """
    problems = Problems(path)
    try:
        value, lines = load_yaml_with_lines(text, path)
    except ContentError as error:
        problems.add_error("L801", error)
        return (), problems.sorted()
    fields = Fields(value, lines, problems, _CODES)
    translated_to = _language_of(path)
    language = fields.text("language", required=True, pattern=_LANGUAGE, says="a language tag such as en")
    if translated_to and language and language != translated_to:
        message = f'The language is "{language}" but the file is for "{translated_to}". Make them match.'
        problems.add("L804", message, *fields.place("language"))
    given = fields.mappings("entries")
    if len(given) > MOST_ENTRIES:
        message = (
            f"There are {len(given)} entries; at most {MOST_ENTRIES} fit, so this one and what follows is left out."
        )
        fields.wrong(message, "entries", MOST_ENTRIES)
    items = [(_entry(item, translated=bool(translated_to)), item) for item in given[:MOST_ENTRIES]]
    fields.finish()
    if not translated_to:
        _check_see(items, {*others, *(entry.id for entry, _ in items)}, problems)
    return tuple(_sound(items, problems)), problems.sorted()


def lint_glossary(text: str, path: Path, others: Collection[str] | None = ()) -> tuple[Problem, ...]:
    """Everything wrong with a glossary file, a translation held against the original beside it."""
    entries, found = parse_glossary(text, path, others or ())
    if not _language_of(path):
        return found
    problems = Problems(path)
    problems.found += found
    try:
        originals, _ = parse_glossary(read_utf8(path.with_name(GLOSSARY_FILE)), path.with_name(GLOSSARY_FILE))
    except ContentError:
        originals = ()
    if not originals:
        problems.add("L804", f"There is no readable {GLOSSARY_FILE} beside this translation. Add it.", 1)
        return problems.sorted()
    ours, theirs = {entry.id for entry in originals}, {entry.id for entry in entries}
    for said, ids in ((f"has no entry {{}}, which {GLOSSARY_FILE} has. Add", ours - theirs),
                      (f"has an entry {{}} that {GLOSSARY_FILE} does not have. Correct", theirs - ours)):  # fmt: skip
        if ids:
            named = ", ".join(f'"{one}"' for one in sorted(ids))
            problems.add("L804", f"This translation {said.format(named)} it.", 1)
    return problems.sorted()


def _entry(item: Fields, *, translated: bool) -> Entry:
    entry = Entry(
        id=item.text("id", required=True, pattern=ID, says=ID_SAYS),
        term=item.text("term", required=True, longest=60),
        text=item.text("text", required=True, longest=LONGEST_TEXT),
        also=_few(item, "also", item.texts("also", longest=60)),
        see=() if translated else _few(item, "see", item.texts("see", pattern=ID, says=ID_SAYS)),
    )
    item.finish()
    if _LINK_OR_TAG.search(entry.text):
        item.wrong("entries.text holds a link, an image or HTML. Write words; related entries go into see.", "text")
        return replace(entry, text="")
    return entry


def _few(item: Fields, name: str, words: tuple[str, ...]) -> tuple[str, ...]:
    if len(words) > _MOST_WORDS:
        item.wrong(f"entries.{name} has {len(words)} items; at most {_MOST_WORDS} fit.", name)
        return ()
    return words


def _sound(items: Iterable[tuple[Entry, Fields]], problems: Problems) -> Iterator[Entry]:
    """The entries that can be shown; an id's second one is noted."""
    taken: set[str] = set()
    for entry, item in items:
        if entry.id in taken:
            message = f'The id "{entry.id}" is used twice. Choose another, or make one entry of both.'
            problems.add("L802", message, *item.place("id"))
        elif entry.id:
            taken.add(entry.id)
            if entry.term and entry.text:
                yield entry


def _check_see(items: Iterable[tuple[Entry, Fields]], known: Collection[str], problems: Problems) -> None:
    for entry, item in items:
        for other in entry.see:
            if other == entry.id:
                problems.add("L803", f'"{entry.id}" names itself in see. Remove it.', *item.place("see"))
            elif other not in known:
                problems.add(
                    "L803", f'There is no entry "{other}" to see. Correct the id or add it.', *item.place("see")
                )


def _language_of(path: Path) -> str:
    match = _FILE.fullmatch(path.name)
    return (match[1] or "") if match else ""


# -- all of them ---------------------------------------------------------------------------------------------------------


def glossary_ids(folders: Iterable[Path]) -> frozenset[str]:
    """The ids of every entry below the content folders; what is wrong with a file, lint of it says."""
    return frozenset(entry.id for folder in folders for entry in _read(folder / GLOSSARY_FILE)[0])


class Glossary:
    """Entries of one language, in order of their terms."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: folded(entry.term)))
        self._by_id: Mapping[str, Entry] = {entry.id: entry for entry in self.entries}

    def find(self, entry_id: str) -> Entry | None:
        """The entry with an id, None if there is none."""
        return self._by_id.get(entry_id)

    def get(self, word: str) -> Entry:
        """The entry with an id, a term or another word for it; raises AppError naming similar words."""
        wanted = folded(word)
        if found := self.find(word) or self.find(wanted):
            return found
        words = {folded(said): entry for entry in reversed(self.entries) for said in (*entry.also, entry.term)}
        if wanted in words:
            return words[wanted]
        from difflib import get_close_matches  # only a typo pays for it

        close = get_close_matches(wanted, list(words), 3)
        hint = f"Did you mean {' or '.join(close)}?" if close else "Run greenroom lesson glossary to see all."
        raise AppError(f'There is no word "{word}" in the glossary. {hint}')

    def see(self, entry: Entry) -> tuple[Entry, ...]:
        """The related entries there are, in the order the file names them."""
        return tuple(found for one in entry.see if (found := self.find(one)))

    def search(self, text: str) -> tuple[Entry, ...]:
        """The entries in which text stands: those whose term starts with it, then by term or other words, then by definition."""
        wanted = folded(text)
        ranked = [
            (rank, number) for number, entry in enumerate(self.entries) if (rank := entry.rank(wanted)) is not None
        ]
        return tuple(self.entries[number] for _, number in sorted(ranked))


NO_WORDS = Glossary()


def explained(rendered: str, glossary: Glossary) -> str:
    """HTML of render.py with what each linked word means in the link's title, which shows it where the mouse rests."""

    def with_title(found: re.Match[str]) -> str:
        entry = glossary.find(found[1])
        said = f"{entry.term}: {plain_text(entry.text)}" if entry else "There is no such entry in the glossary."
        return f'{found[0]} title="{escape(said)}"'

    return _OPEN_LINK.sub(with_title, rendered) if glossary.entries and _OPEN in rendered else rendered


class GlossaryLibrary:
    """The glossaries of several content folders as one. Of two entries with the same id the one in the earlier folder counts."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._kept: dict[str, tuple[tuple[object, ...], Glossary, tuple[ContentError, ...]]] = {}

    def in_language(self, language: str = "") -> Glossary:
        """The glossary in a language, "" for its own; entries that are not translated stay as they are.

        Files are read again when they change; about 10 ms for fifty entries.
        """
        return self._in_language(language)[1]

    def problems(self, language: str = "") -> tuple[ContentError, ...]:
        """What keeps entries out of the glossary in a language."""
        return self._in_language(language)[2]

    def _in_language(self, language: str) -> tuple[object, Glossary, tuple[ContentError, ...]]:
        stamp = tuple(_stamp(file) for folder in self._folders for file in _files(folder, language))
        kept = self._kept.get(language)
        if kept is None or kept[0] != stamp:
            found: list[ContentError] = []
            kept = self._kept[language] = (stamp, Glossary(self._read(language, found)), tuple(found))
        return kept

    def _read(self, language: str, problems: list[ContentError]) -> Iterator[Entry]:
        taken: set[str] = set()
        for folder in self._folders:
            (original, found), *translation = (_read(file) for file in _files(folder, language))
            problems += found
            words: dict[str, Entry] = {}
            for entries, found in translation:
                words |= {entry.id: entry for entry in entries}
                problems += found
            for entry in original:
                if entry.id not in taken:
                    taken.add(entry.id)
                    yield replace(words[entry.id], see=entry.see) if entry.id in words else entry


def _files(folder: Path, language: str) -> list[Path]:
    own = [folder / f"glossary.{language}.yml"] if _LANGUAGE.fullmatch(language) else []
    return [folder / GLOSSARY_FILE, *own]


def _stamp(file: Path) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        status = file.stat()
        return status.st_mtime_ns, status.st_size
    return 0, 0


def _read(file: Path) -> tuple[tuple[Entry, ...], tuple[ContentError, ...]]:
    try:
        text = read_utf8(file) if file.is_file() else None
    except ContentError as error:
        return (), (error,)
    if text is None:
        return (), ()
    entries, problems = parse_glossary(text, file)
    return entries, tuple(one.as_error() for one in problems if one.code != "L803")  # what to see may be in another one
