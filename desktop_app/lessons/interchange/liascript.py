"""LiaScript courses as lessons: headings become steps, questions stay questions, what moves, speaks or runs is noted.

Source: https://liascript.github.io/course/?https://github.com/LiaScript/docs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.jobs import Job, Progress
from desktop_app.lessons.interchange.addresses import Images, own_addresses
from desktop_app.lessons.interchange.draft import Draft, Front, Imported, title_text
from desktop_app.lessons.interchange.html_text import drop_elements
from desktop_app.lessons.interchange.lia_quizzes import Quizzes
from desktop_app.lessons.interchange.markdown_text import clean, closing_marks, no_quiz, one_line, own_markdown
from desktop_app.lessons.lesson import Block, QuestionId, Quiz
from desktop_app.lessons.parse import read_steps
from desktop_app.lessons.problem import Problem, Problems
from desktop_app.lessons.quiz_syntax import comment
from desktop_app.lessons.scan import Line, heading, scan, split_lines, without_code
from desktop_app.lessons.write import write_quiz
from desktop_app.notes import Notes

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_FIELD = re.compile(r"\s*([A-Za-z_@][\w.@-]{0,60})\s*:\s?(.*)")
_DEFINED = re.compile(r"\s*(@[A-Za-z_][\w.]*)(?:\s*:.*|\s*)")
_NARRATOR = re.compile(r"\s*--\{\{[^{}]{0,200}\}\}--[ \t]*")
_ANIMATED = re.compile(r"\s*\{\{[^{}]{0,200}\}\}[ \t]*")
_INLINE_ANIMATED = re.compile(r"\{{1,2}\s{0,9}[0-9|][^{}]{0,100}\}{1,2}\{([^{}]{0,2000})\}")
_MEDIA = re.compile(r"(?<!\w)(!\?|\?\?|\?)\[")
_MEDIA_NAMES = {"!?": "A video", "??": "An embedded page", "?": "A sound"}
_EMPTY_LINK = re.compile(r"\[\]\((?=https:)")
_MACRO = re.compile(
    r"(?<![\w@\\.])@(\[)?([A-Za-z_][\w.]*)(\([^()]{0,2000}\))?(?(1)[^\[\]]{0,500}\](?:\([^()]{0,2000}\))?)"
)
_BUILT_IN = frozenset(
    {"version", "author", "email", "date", "comment", "section", "uid", "input", "script", "style", "title"}
)
_FORMULA = re.compile(r"\$\$?[^$\n]{1,1000}\$")
_STARS = re.compile(r"\s*\*{4,}\s*")
_AROUND = re.compile(r"\s*(?:\*{4,}|={4,})\s*")  # lines around blocks that move together
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*")
_INFO = re.compile(r"[\w#.+-]*")
_COMMENT = re.compile(r"<!--.{0,2000}?-->")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>])[^<>]{0,2000}>")
_TRIES = 4
MOST_STEPS = 1000
_TITLES_TOGETHER = 100  # characters of headings that share one step


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    line: int
    lines: tuple[tuple[int, str], ...]  # number in the source, text


def import_liascript(text: str, front: Front, folder: Path | None) -> Job[Imported]:
    """The lessons made of a LiaScript file's text; folder is where its images may lie. Never raises for what text holds."""
    return (yield from _Importer(front, folder).read(text))


class _Importer:
    def __init__(self, front: Front, folder: Path | None) -> None:
        self._front, self._notes, self._images = replace(front), Notes(), Images(folder)
        self._macros: set[str] = set(_BUILT_IN)
        self._has_imports = False

    def read(self, text: str) -> Job[Imported]:
        lines = split_lines(clean(text))
        start = self._header(lines)
        body = "\n" * start + "\n".join(lines[start:])
        body = drop_elements(body, self._notes, 1)
        scanned, unclosed = scan(body.split("\n"), 1)
        if unclosed is not None:
            self._notes.changed(unclosed, "A code fence or comment was never closed. It ends with the file.")
            if (opening := scanned[unclosed - 1]).kind == "open":
                scanned.append(Line(len(scanned), closing_marks(opening), "close"))
        plain = list(self._plain(scanned))
        sections = list(self._sections(plain))
        draft = Draft(self._front, self._notes)
        for number, section in enumerate(sections[:MOST_STEPS]):
            if number % 20 == 0:
                yield Progress(number, min(len(sections), MOST_STEPS), section.title)
            self._add(section, draft)
        if len(sections) > MOST_STEPS:
            line = sections[MOST_STEPS].line
            self._notes.left_out(
                line, f"What follows was left out: a lesson holds {MOST_STEPS:,} steps. Split the course."
            )
        return draft.finish(self._images.files)

    # -- the header --------------------------------------------------------------------------------------------------

    def _header(self, lines: list[str]) -> int:
        """Read the comment or front matter at the top and return the index of the line behind it."""
        start = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
        if start == len(lines):
            return start
        if lines[start].lstrip().startswith("<!--"):
            end = next((at for at in range(start, len(lines)) if "-->" in lines[at]), None)
        elif lines[start].rstrip() == "---":
            end = next((at for at in range(start + 1, len(lines)) if lines[at].rstrip() == "---"), None)
        else:
            return start
        if end is None:
            self._notes.changed(start + 1, "The header is never closed, so it was read as text.")
            lines[start] = lines[start].replace("<!--", "").replace("---", "***")
            return start
        inside = [line.replace("<!--", "").partition("-->")[0] for line in lines[start : end + 1]]
        self._fields(inside, start + 1)
        return end + 1

    def _fields(self, lines: Sequence[str], first: int) -> None:
        values: dict[str, tuple[str, int]] = {}
        name = ""
        inside_macro = False
        for number, line in enumerate(lines, first):
            if inside_macro:
                inside_macro = line.strip() != "@end"
                continue
            if found := _DEFINED.fullmatch(line):
                self._macros.add(found[1][1:])
                self._notes.left_out(number, f"The macro {found[1]} was left out.")
                inside_macro, name = ":" not in line, ""
            elif (found := _FIELD.fullmatch(line)) and found[1] != "http" and not line.startswith((" " * 8, "\t\t")):
                name = found[1].lower()
                values.setdefault(name, (found[2].strip(), number))
            elif name and line.strip():
                text, at = values[name]
                values[name] = (f"{text} {line.strip()}".strip(), at)
        self._take(values)

    def _take(self, values: dict[str, tuple[str, int]]) -> None:
        for name, (value, line) in values.items():
            plain = one_line(value).strip("\"'")
            match name:
                case "title":
                    self._front.title = title_text(plain)[:110] or self._front.title
                case "author" | "authors" if plain:
                    self._front.authors = tuple(
                        dict.fromkeys(a.strip()[:120] for a in re.split(r"[;,]", plain.strip("[]")) if a.strip())
                    )
                case "language" if _LANGUAGE.fullmatch(plain):
                    self._front.language = plain
                case "comment" | "summary" if plain:
                    self._front.summary = plain[:500]
                case _:
                    self._has_imports = self._has_imports or name == "import"
                    shown = f": {plain[:60]}" if plain and name in ("import", "script", "link", "version") else ""
                    self._notes.left_out(line, f'The header\'s field "{name}" was left out{shown}.')

    # -- lines -------------------------------------------------------------------------------------------------------

    def _plain(self, lines: Sequence[Line]) -> Iterable[Line]:
        """Lines without animation, narrator, macros and comments; code and media in our form."""
        opened = 0  # how many lines of stars around animated blocks still have to be closed
        after_mark = False
        dedent = 0
        for line in lines:
            text = line.text
            if line.kind == "comment":
                if comment(line):
                    yield line
                elif text.strip() not in ("<!--", "-->", ""):
                    self._notes.left_out(line.number, "A comment was left out.")
                continue
            if line.kind != "text":
                if line.kind == "open":
                    dedent = len(text) - len(text.lstrip())
                    text = self._fence(line)
                yield line._replace(text=text[dedent:] if not text[:dedent].strip() else text.lstrip())
                continue
            if after_mark and _AROUND.fullmatch(text):
                opened, after_mark = opened + 1, False
                continue
            if opened and _AROUND.fullmatch(text):
                opened -= 1
                continue
            bare = self._without_marks(text, line.number)
            if text.strip() and not bare.strip():
                after_mark = True
                continue
            after_mark = after_mark and not bare.strip()
            yield line._replace(text=bare)

    def _fence(self, line: Line) -> str:
        info = line.info
        word = (_INFO.match(info) or [""])[0]
        if word in ("practice", "claims", "redact", "decision"):
            word = "text"
        if info != word:
            self._notes.changed(line.number, "Code is shown and not run.")
        marks = line.text.strip()[: len(line.text.strip()) - len(info)].rstrip() if info else line.text.strip()
        return f"{' ' * (len(line.text) - len(line.text.lstrip()))}{marks}{word}"

    def _without_marks(self, text: str, number: int) -> str:
        if "{{" in text or "}{" in text:
            text = self._still(text, number)
        if "<!--" in text:
            self._notes.left_out(number, "A comment was left out.")
            text = _COMMENT.sub("", text).replace("<!--", "&lt;!--")
        if "[" in text and (found := _MEDIA.search(without_code(text))):
            self._notes.changed(number, f"{_MEDIA_NAMES[found[1]]} is a link now: lessons play nothing from the web.")
            text = _EMPTY_LINK.sub("[Link](", _MEDIA.sub("[", text))
        if "@" in text:
            text = self._without_macros(text, number)
        if "$" in text and _FORMULA.search(without_code(text)):
            self._notes.changed(number, "A formula is shown as it was typed.")
        return text

    def _still(self, text: str, number: int) -> str:
        if found := _NARRATOR.match(text):
            self._notes.changed(number, "A narrator's mark was removed; what it says is shown as text.")
            return text[found.end() :]
        plain = without_code(text)
        if found := _ANIMATED.match(plain):
            self._notes.changed(number, "An animation's mark was removed; all is shown at once.")
            text = text[found.end() :]
        if _INLINE_ANIMATED.search(without_code(text)):
            self._notes.changed(number, "An animation's mark was removed; all is shown at once.")
            text = _INLINE_ANIMATED.sub(r"\1", text)
        return text

    def _without_macros(self, text: str, number: int) -> str:
        plain = without_code(text)
        for found in reversed(list(_MACRO.finditer(plain))):
            name = found[2]
            alone = plain.strip() == found[0].strip()
            if name in self._macros or found[1] or (found[3] is not None) or (alone and self._has_imports):
                self._notes.left_out(number, f"The macro @{name} was left out.")
                text = text[: found.start()] + text[found.end() :]
        return text

    # -- sections ----------------------------------------------------------------------------------------------------

    def _sections(self, lines: Sequence[Line]) -> Iterable[_Section]:
        """The parts below each heading; the first heading is the lesson's title too."""
        title, first, found = "", 1, list[tuple[int, str]]()
        named = False
        skip = -1
        for at, line in enumerate(lines):
            if at == skip:
                continue
            level = heading(line.text) if line.kind == "text" else None
            if level is None and self._is_underlined(lines, at):
                level, skip = (2, line.text.strip()), at + 1
            if level is None:
                found.append((line.number, line.text))
                continue
            new = title_text(level[1])
            if not named and new:
                named = True
                self._front.title = new
            if any(text.strip() for _, text in found):
                yield _Section(title or self._front.title, first, tuple(found))
                title = ""
            if title and new:  # a heading without text below it shares the next one's step
                title = (
                    f"{title}: {new}"
                    if len(title) + len(new) < _TITLES_TOGETHER and title != self._front.title
                    else new
                )
            else:
                title = new or title
            first, found = line.number, []
        if any(text.strip() for _, text in found):
            yield _Section(title or self._front.title, first, tuple(found))
        elif title and title != self._front.title:
            self._notes.left_out(first, f'The heading "{title}" has nothing below it and was left out.')

    def _is_underlined(self, lines: Sequence[Line], at: int) -> bool:
        """True for a single line with === or --- below it."""
        line = lines[at]
        after = lines[at + 1] if at + 1 < len(lines) else None
        above = lines[at - 1] if at else None
        if after is None or after.kind != "text" or line.kind != "text" or not _UNDERLINE.fullmatch(after.text):
            return False
        alone = above is None or above.is_blank or above.kind != "text"
        return alone and line.text.strip()[:1].isalnum() and "|" not in line.text

    def _add(self, section: _Section, draft: Draft) -> None:
        """Add a section's blocks to the draft, what no reading can make sense of as plain text."""
        notes = self._notes
        text = own_addresses(
            "\n".join(text for _, text in section.lines), self._images, _Renumbered(notes, section.lines), 0
        )
        numbers = [number for number, _ in section.lines]
        lines = scan(text.split("\n"), 0)[0]
        numbered = [line._replace(number=numbers[min(at, len(numbers) - 1)]) for at, line in enumerate(lines)]
        self._note_html(numbered)
        out = Quizzes(numbered, notes).rewrite()
        for attempt in range(_TRIES):
            wanted, problems = _read(out)
            errors = [problem for problem in problems if problem.severity == "error" and problem.code != "L126"]
            if not errors:
                break
            out = self._without_errors(out, errors, everything=attempt == _TRIES - 2)
        if not wanted:
            notes.left_out(section.line, f'Nothing is left of the part "{section.title}", so it was left out.')
            return
        draft.step(section.title)
        for block in wanted:
            if isinstance(block, Quiz) and "[" in block.body and not _reads_back(block):
                notes.changed(section.line, f'The question "{one_line(block.question)[:60]}" is shown as text.')
                draft.prose(_as_text(block.question))
                continue
            is_named = not (isinstance(block, Quiz) and block.id.startswith(f"{_NO_NAME}-"))
            draft.block(block if is_named else replace(block, id=QuestionId(one_line(block.question))))

    def _note_html(self, lines: Sequence[Line]) -> None:
        from desktop_app.lessons.render import TAGS

        for line in lines:
            if line.kind == "text" and "<" in line.text:
                for found in _TAG.finditer(without_code(line.text)):
                    if found[1].lower() not in TAGS:
                        self._notes.changed(
                            line.number, f"The HTML tag <{found[1][:30].lower()}> is not shown; the text inside it is."
                        )

    def _without_errors(
        self, out: list[tuple[int, str]], errors: Sequence[Problem], *, everything: bool
    ) -> list[tuple[int, str]]:
        """The lines with whatever has an error shown as plain text: its paragraph, and questions as lists."""
        bad: set[int] = set()
        for error in errors:
            at = min(max(error.line - 1, 0), len(out) - 1)
            if at in bad:
                continue
            top, end = at, at
            while top and out[top - 1][1].strip():
                top -= 1
            while end + 1 < len(out) and out[end + 1][1].strip():
                end += 1
            self._notes.changed(out[at][0], f"A question that a lesson cannot hold is shown as text. {error.message}")
            bad.update(range(top, end + 1))
        if everything:
            bad = set(range(len(out)))
        return [(number, _as_text(text) if at in bad else text) for at, (number, text) in enumerate(out)]


_NO_NAME = "0a9z8y7x"  # the step that questions without an id are named after at first


def _read(out: Sequence[tuple[int, str]]) -> tuple[tuple[Block, ...], tuple[Problem, ...]]:
    """The blocks in the lines, and what is wrong with them by the lines' places from 1."""
    problems = Problems(Path("lesson.md"))
    steps = read_steps([f"## {_NO_NAME}", *(text for _, text in out)], 0, problems)
    return (steps[0].blocks if steps else ()), problems.sorted()


def _reads_back(quiz: Quiz) -> bool:
    """True if a text with gaps stays the same on one line; brackets over two lines may become something else."""
    blocks, problems = _read([(0, line) for line in write_quiz(quiz).split("\n")])
    same = (
        len(blocks) == 1 and isinstance(blocks[0], Quiz) and (blocks[0].body, blocks[0].gaps) == (quiz.body, quiz.gaps)
    )
    return same and not any(problem.severity == "error" for problem in problems)


def _as_text(text: str) -> str:
    """One line in which nothing means anything to the reader of lessons."""
    if not text.strip():
        return text
    if _STARS.fullmatch(text) or text.lstrip().startswith("<!--"):
        return ""
    shown = no_quiz(text.strip())
    shown = re.sub(r"(?<!\\)\[", r"\\[", shown) if shown == text.strip() else shown
    return own_markdown(shown, Notes(), 1)


class _Renumbered(Notes):
    """Passes notes on with the line numbers of the source; the line given is an index into lines."""

    def __init__(self, notes: Notes, lines: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self._notes, self._lines = notes, lines

    def changed(self, line: int, what: str) -> None:
        self._notes.changed(self._number(line), what)

    def left_out(self, line: int, what: str) -> None:
        self._notes.left_out(self._number(line), what)

    def _number(self, index: int) -> int:
        return self._lines[min(max(index, 0), len(self._lines) - 1)][0]
