"""prompts.csv as prompts.chat (awesome-chatgpt-prompts) publishes it: one prompt a row, read row by row.

Source: https://github.com/f/prompts.chat: columns act and prompt, in newer files for_devs, type and contributor; quoting
of RFC 4180; ${name} and ${name:default} for values. Older rows end with 'My first request is "…"' instead.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.notes import Notes, Package
from desktop_app.prompts.interchange.csv_rows import Row, read_rows
from desktop_app.prompts.interchange.imported import Found, Imported, make, one_line, slug, source_of, tags_of
from desktop_app.prompts.interchange.scanning import Code, cut
from desktop_app.prompts.interchange.turns import note_losses, one_text
from desktop_app.prompts.interchange.variables import Names, Piece, Slot, from_template, to_template
from desktop_app.prompts.prompt import PromptVersion

NAME = "prompts.chat"
COLUMNS = ("act", "prompt", "for_devs", "type", "contributor")
_TITLES = ("act", "title", "name")
_PLAIN_TYPES = ("", "TEXT")
_NAME = re.compile(r"[^\W\d_][\w .'/-]{0,79}")
_ANY_VARIABLE = re.compile(r"\$\{[^:}]+(?::[^}]*)?\}")  # what prompts.chat takes for one
# 'My first suggestion request is "I am in Paris."' at the end: an example of what is to be typed there.
_FIRST = re.compile(r'\b(My first (?:[a-z]{1,20} ){0,4}(?:is|are):? )(["“])([^"“”\n{}]{1,400})["”]([.;]?)\s*\Z')
# ${name} and ${name:default}; [insert topic] and [your name]; other brackets and braces that may stand for a value.
_PLACES = re.compile(
    r"\$\{(?P<name>[^:{}$\n]{1,80})(?::(?P<default>[^{}]{0,4000}))?\}"
    r"|(?P<fill>\[(?:insert|enter|your|Insert|Enter|Your|INSERT|ENTER|YOUR)\b[ \w'/-]{0,60}\](?!\())"
    r"|(?P<perhaps>\[[A-Za-z][\w '/-]{1,40}\](?![(\[:])|(?<![{$\w])\{[A-Za-z][\w -]{0,40}\}(?!\}))"
)
_ARTICLE = re.compile(r"(?:insert|enter)\s+", re.IGNORECASE)


def is_one(path: Path) -> bool:
    """True for a CSV file whose first line names the columns act and prompt."""
    if path.suffix.lower() not in (".csv", ".tsv") or not path.is_file():
        return False
    with path.open("rb") as file:
        first = file.readline(2000).decode("utf-8-sig", "replace").lower()
    names = {name.strip().strip('"') for name in re.split(r"[,;\t]", first)}
    return "act" in names and "prompt" in names


def read(path: Path) -> Iterator[Imported | ContentError]:
    """One prompt a row, in order; a row that cannot be read comes as an error with its line, and the rest goes on."""
    rows = read_rows(path)
    try:
        reader = _Reader(path, next(rows, None))
    except ContentError as problem:
        yield problem
        return
    for row in rows:
        if isinstance(row, ContentError):
            yield row
        elif any(row.values):
            try:
                yield reader.prompt(row)
            except ContentError as problem:
                yield problem


class _Reader:
    """Makes prompts of rows, knowing the columns; two rows with the same act are told apart by a number."""

    def __init__(self, path: Path, header: Row | ContentError | None) -> None:
        if isinstance(header, ContentError):
            raise header
        columns = [one_line(name).lower() for name in header.values] if header else []
        self._path, self._acts = path, dict[str, int]()
        self._at: Mapping[str, int] = {name: index for index, name in reversed(list(enumerate(columns)))}
        self._title = next((name for name in _TITLES if name in self._at), "")
        if "prompt" not in self._at or not self._title:
            raise ContentError("The first line must name the columns: act,prompt.", path, 1)
        self._unknown = [name for name in columns if name and name not in (*COLUMNS, self._title)]

    def prompt(self, row: Row) -> Imported:
        notes = Notes()
        if row.note:
            notes.changed(row.line, row.note)
        if self._unknown:
            notes.left_out(1, f"The columns {', '.join(self._unknown)[:200]} are not known.")
            self._unknown = []  # said once, with the first prompt
        act, text = one_line(self._value(row, self._title)), self._value(row, "prompt")
        if not text.strip():
            raise ContentError(f"The row {act[:60]!r} has no prompt. Fill in the column prompt.", self._path, row.line)
        names = Names(notes)
        template = to_template(_pieces(text, row.line, notes), names)
        kind = self._value(row, "type").strip().upper()
        fields: dict[str, object] = {}
        if self._value(row, "for_devs").strip().upper() == "TRUE":
            fields["roles"] = ["engineering"]
        if kind not in _PLAIN_TYPES and (tags := tags_of([kind], notes, row.line)):
            fields["tags"] = tags
        if contributor := one_line(self._value(row, "contributor"))[:120]:
            fields["author"] = contributor
        found = Found(
            source=source_of(NAME, self._path, part=self._part(act)),
            name=act or text[:60],
            messages=[("user", template)],
            id=slug(act),
            line=row.line,
            fields=fields,
            description=_description(text),
        )
        return make(self._path, found, notes, names)

    def _value(self, row: Row, name: str) -> str:
        at = self._at.get(name, len(row.values))
        return row.values[at] if at < len(row.values) else ""

    def _part(self, act: str) -> str:
        number = self._acts[act] = self._acts.get(act, 0) + 1
        return act[:200] if number == 1 else f"{act[:200]} ({number})"


def _description(text: str) -> str:
    """The first sentence, or as much of it as fits."""
    words = one_line(_PLACES.sub(lambda found: f"[{found['name'].strip()}]" if found["name"] else found[0], text[:600]))
    end = re.search(r"[.!?](?= )", words[:300])
    return words[: end.end()] if end else words if len(words) <= 300 else words[:299].rstrip() + "…"


def _pieces(text: str, line: int, notes: Notes) -> list[Piece]:
    text, last = _first_request(text, line, notes)
    code = Code(text)
    perhaps: dict[str, None] = {}

    def piece(found: re.Match[str]) -> Slot | None:
        if code.holds(found.start()):
            if found["name"]:
                notes.changed(line, f"{found[0][:60]} stands in code and stays text.")
            return None
        if found["perhaps"]:
            perhaps[found[0]] = None
            return None
        name = _ARTICLE.sub("", found["fill"][1:-1], 1) if found["fill"] else found["name"].strip()
        if not _NAME.fullmatch(name):
            notes.changed(line, f"{found[0][:60]} looks like code and stays text.")
            return None
        return Slot(name, line, (found["default"] or "").strip())

    pieces = cut(text, _PLACES, piece)
    if perhaps:
        notes.changed(line, f"{', '.join(list(perhaps)[:5])}: if this is to be filled in, write {{{{name}}}} instead.")
    return [*pieces, *last]


def _first_request(text: str, line: int, notes: Notes) -> tuple[str, list[Piece]]:
    """The text without its last sentence's example, and what stands there instead."""
    found = _FIRST.search(text, max(0, len(text) - 600))
    if not found or text.count('"', 0, found.start()) % 2 or "${" in found[3]:
        return text, []
    notes.changed(line, "What the last sentence quotes is the default of an input.")
    start, quote, example, end = found.groups()
    closing = "”" if quote == "“" else '"'
    return text[: found.start()] + start + quote, [Slot("first_request", line, example.strip()), closing + end]


def write(version: PromptVersion) -> Package:
    """prompts.csv with one row."""
    return write_all([version])


def write_all(versions: Sequence[PromptVersion]) -> Package:
    """prompts.csv with one row a version, in order."""
    notes = Notes()
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for version in versions:
        text = _dollars(version, one_text(version.messages, notes), notes)
        kind = next((tag.upper() for tag in version.tags if tag in ("json", "yaml", "structured")), "TEXT")
        for_devs = "TRUE" if "engineering" in version.roles else "FALSE"
        writer.writerow([version.name, text, for_devs, kind, version.author])
        kept = {"name", "author", "default", "required"}
        kept |= {"roles"} if version.roles == ("engineering",) else set()
        note_losses(version, notes, kept | ({"tags"} if version.tags == (kind.lower(),) else set()))
    return Package({"prompts.csv": target.getvalue().encode()}, notes.sorted())


def _dollars(version: PromptVersion, template: str, notes: Notes) -> str:
    defaults = {item.name: item.default.strip() for item in version.inputs}
    parts: list[str] = []
    variables: list[str] = []
    for piece in from_template(template):
        if isinstance(piece, Slot):
            variables.append(_variable(version, piece, defaults.get(piece.name, ""), notes))
            parts.append(variables[-1])
        else:
            parts.append(piece)
    text = "".join(parts)
    if [found[0] for found in _ANY_VARIABLE.finditer(text)] != variables:
        notes.changed(1, f"{version.id}: text such as ${{name}} is taken for a variable by prompts.chat.")
    return text


def _variable(version: PromptVersion, slot: Slot, default: str, notes: Notes) -> str:
    if "{" in default or "}" in default:
        notes.left_out(1, f"{version.id}: the default of {slot.name} holds a brace, which has no place in this format.")
        default = ""
    return f"${{{slot.name}{f':{default}' if default else ''}}}"
