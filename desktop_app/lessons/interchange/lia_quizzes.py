"""LiaScript's questions as ours: what LiaScript allows and we do not is changed or shown as text, and noted.

Source: https://liascript.github.io/course/?https://github.com/LiaScript/docs, "Quizzes" and "Surveys".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop_app.lessons.interchange.markdown_text import no_quiz
from desktop_app.lessons.quiz_parts import gap_text, matrix_head, matrix_row
from desktop_app.lessons.quiz_syntax import comment, is_hint, is_inline, quiz_kind
from desktop_app.lessons.scan import Line, heading
from desktop_app.notes import Notes

_OPTION = re.compile(r"\s*(?:-[ \t]*)?\[([(\[])([xX ]?)[)\]]\][ \t]*(.*)")
_FEEDBACK = re.compile(r"\s+>[ \t]?(.*)")
_HINT = re.compile(r"\s*(?:-[ \t]?)?\[\[\?\]\][ \t]*(.*)")
_STARS = re.compile(r"\s*\*{4,}\s*")
# [(1)] text, [[2]] text, [(:key)] text, [[:key]] text
_SURVEY = re.compile(
    r"\s*(?:-[ \t]*)?\[(?:\((?!\s*[xX]?\s*\))[^()\[\]]{1,80}\)|\[(?::[^\[\]]{0,80}|-?[0-9]{1,4})\])\][ \t]+(\S.*)"
)
_SURVEY_HEAD = re.compile(r"\s*(?:-[ \t]*)?\[(?:\s*(?:\([^()\[\]]{0,80}\)|\[[^\[\]()]{0,80}\])){2,60}\s*\]\s*")
_SURVEY_ROW = re.compile(r"\s*(?:-[ \t]*)?\[\s{1,60}\][ \t]+(\S.*)")
_SURVEY_TEXT = re.compile(r"\s*(?:-[ \t]*)?\[\[[_ ]*_[_ ]*\]\]\s*")
_BUTTON = re.compile(r"\s*(?:-[ \t]*)?\[\[!\]\].*")
_MARK = re.compile(r"(\s*)([-*+]|[0-9]{1,9}[.)]|>)[ \t]+")
_NOT_PARAGRAPH = re.compile(r"\s*(?:[>|<]|[-*+][ \t]|[0-9]+[.)][ \t]|#)")
_TASKS = {
    "single": "Which is right?",
    "multiple": "Which are right?",
    "text": "Your answer:",
    "matrix": "What belongs together?",
}


@dataclass(slots=True)
class _Item:
    """An option with its feedback, or one of the lines below the options."""

    text: str
    line: int
    right: bool = False
    round: bool = False
    feedback: list[str] = field(default_factory=list)


class Quizzes:
    """Rewrites the lines of a body. out has the number of the source's line and the text of each new line."""

    def __init__(self, lines: Sequence[Line], notes: Notes) -> None:
        self._lines, self._notes = lines, notes
        self.out: list[tuple[int, str]] = []

    def rewrite(self) -> list[tuple[int, str]]:
        """Every line, with questions as our parser reads them."""
        index = 0
        while index < len(self._lines):
            index = self._read(index)
        return self.out

    def _read(self, index: int) -> int:
        line = self._lines[index]
        if line.kind != "text" or line.is_blank or "[" not in line.text or heading(line.text):
            self._keep(line)
            return index + 1
        if (end := self._survey(index)) > index:
            return end
        match quiz_kind(self._lines, index):
            case "single" | "multiple":
                return self._choices(index)
            case "text" | "ordering":
                return self._one_line(index, "text")
            case "matrix":
                return self._matrix(index)
            case "gaps":
                return self._gaps(index)
        if is_hint(line):
            self._notes.left_out(line.number, "A hint without a question was left out.")
        else:
            self._keep(line)
        return index + 1

    def _keep(self, line: Line) -> None:
        self.out.append((line.number, line.text))

    def _emit(self, number: int, *texts: str) -> None:
        for text in texts:
            if text or not self.out or self.out[-1][1]:  # one blank line is enough
                self.out.append((number, text))

    # -- surveys -----------------------------------------------------------------------------------------------------

    def _survey(self, index: int) -> int:
        """Show a survey as a list and return the index behind it; index itself if there is none."""
        line = self._lines[index]
        if _BUTTON.fullmatch(line.text):
            self._notes.left_out(line.number, "A question checked by a script of its own ([[!]]) was left out.")
            return self._over_hints(index + 1)
        if _SURVEY_TEXT.fullmatch(line.text):
            self._notes.left_out(line.number, "A survey's text field was left out: there is no right answer to it.")
            return self._over_hints(index + 1)
        pattern, first = _SURVEY, index
        if _SURVEY_HEAD.fullmatch(line.text) and self._matches(_SURVEY_ROW, index + 1):
            pattern, first = _SURVEY_ROW, index + 1
        end = first
        while self._matches(pattern, end):
            end += 1
        if end == first:
            return index
        self._notes.changed(line.number, "A survey has no right answers, so it is shown as a list.")
        self._emit(line.number, "")
        for one in self._lines[first:end]:
            found = pattern.fullmatch(one.text)
            self._emit(one.number, f"- {no_quiz(found[1])}" if found else "")
        self._emit(line.number, "")
        return end

    def _matches(self, pattern: re.Pattern[str], index: int) -> bool:
        if index >= len(self._lines) or self._lines[index].kind != "text":
            return False
        return pattern.fullmatch(self._lines[index].text) is not None

    def _over_hints(self, index: int) -> int:
        while index < len(self._lines) and is_hint(self._lines[index]):
            self._notes.left_out(self._lines[index].number, "A hint without a question was left out.")
            index += 1
        return index

    # -- options -----------------------------------------------------------------------------------------------------

    def _choices(self, index: int) -> int:
        first = self._lines[index]
        items: list[_Item] = []
        while index < len(self._lines) and self._takes(self._lines[index], items):
            index += 1
        hints, solution, after = self._rest(index)
        items = self._usable(items)
        right = sum(item.right for item in items)
        if len(items) < 2 or not right:
            said = "has no right answer" if not right else "has only one option"
            self._notes.changed(first.number, f"A question that {said} is shown as a list.")
            self._emit(first.number, "", *(f"- {no_quiz(item.text)}" for item in items), "")
            return after
        several = not items[0].round
        if any(item.round is several for item in items):
            self._notes.changed(first.number, "A question mixed ( ) and [ ]; it now has several right answers.")
            several = True
        elif not several and right > 1:
            message = "A question takes any one of several right answers; here all of them must be picked."
            self._notes.changed(first.number, message)
            several = True
        self._ask("multiple" if several else "single", first.number)
        for item in items:
            mark = "X" if item.right else " "
            self._emit(item.line, f"    [[{mark}]] {item.text}" if several else f"    [({mark})] {item.text}")
            self._emit(item.line, *(f"        > {text}" for text in item.feedback))
        self._close(hints, solution)
        return after

    def _takes(self, line: Line, items: list[_Item]) -> bool:
        """Take an option, its feedback or what goes on from it; False where the options end."""
        if line.kind != "text" or line.is_blank or is_hint(line) or _STARS.fullmatch(line.text) or heading(line.text):
            return False
        if found := _OPTION.fullmatch(line.text):
            items.append(_Item(found[3].strip(), line.number, found[2] in ("x", "X"), found[1] == "("))
        elif found := _FEEDBACK.fullmatch(line.text):
            if found[1].strip():
                items[-1].feedback.append(found[1].strip())
        elif quiz_kind([line], 0) is None and not _SURVEY.fullmatch(line.text):
            items[-1].text = f"{items[-1].text} {line.text.strip()}".strip()
        else:
            return False
        return True

    def _usable(self, items: list[_Item]) -> list[_Item]:
        found: dict[str, _Item] = {}
        for item in items:
            key = " ".join(item.text.casefold().split())
            if not key or key in found:
                said = "stands twice" if key else "has no text"
                self._notes.left_out(item.line, f"An option that {said} was left out.")
            else:
                found[key] = item
        return list(found.values())

    def _rest(self, index: int) -> tuple[list[_Item], list[tuple[int, str]], int]:
        """Hints and solution from index on, and the index behind them."""
        hints: list[_Item] = []
        while index < len(self._lines) and self._lines[index].kind == "text":
            line = self._lines[index]
            if found := _HINT.fullmatch(line.text):
                if found[1].strip():
                    hints.append(_Item(found[1].strip(), line.number))
            elif _STARS.fullmatch(line.text):
                inside, index = self._solution(index)
                return hints, inside, index
            elif hints and not line.is_blank and quiz_kind([line], 0) is None and not heading(line.text):
                hints[-1].text += f" {line.text.strip()}"
            else:
                break
            index += 1
        return hints, [], index

    def _solution(self, index: int) -> tuple[list[tuple[int, str]], int]:
        opening = self._lines[index]
        for end in range(index + 1, len(self._lines)):
            line = self._lines[end]
            if line.kind == "text" and _STARS.fullmatch(line.text):
                inside = [(one.number, one.text) for one in self._lines[index + 1 : end] if one.kind != "comment"]
                return inside, end + 1
            if line.kind == "text" and heading(line.text):
                break
        self._notes.changed(opening.number, "A solution was never closed; it is shown as text.")
        return [], index + 1

    def _close(self, hints: Sequence[_Item], solution: Sequence[tuple[int, str]]) -> None:
        for hint in hints:
            self._emit(hint.line, f"    [[?]] {hint.text}")
        if any(text.strip() for _, text in solution):
            self._emit(solution[0][0], "    ****")
            self.out += [(number, f"    {text}" if text.strip() else "") for number, text in solution]
            self._emit(solution[-1][0], "    ****")
        self._emit(self.out[-1][0], "")

    def _ask(self, kind: str, number: int) -> None:
        """Make sure that a paragraph stands above a quiz: its question."""
        at = len(self.out)
        while at and (not self.out[at - 1][1].strip() or _is_comment(self.out[at - 1][1])):
            at -= 1
        last = at
        while at and self.out[at - 1][1].strip() and not self.out[at - 1][1].startswith(("#", "<!--")):
            at -= 1
        top = self.out[at][1] if at < last else ""
        is_code = top.lstrip().startswith(("```", "~~~")) or self._ends_quiz(last)
        if not top or is_code or _NOT_PARAGRAPH.match(top) or (top.startswith(("    ", "\t")) and not is_code):
            comments = [one for one in self.out[last:] if one[1].strip()]
            del self.out[last:]
            self._notes.changed(number, f'A question without a text got one: "{_TASKS[kind]}"')
            self._emit(number, "")
            self.out += comments
            self._emit(number, _TASKS[kind])
        self._emit(number, "")

    def _ends_quiz(self, last: int) -> bool:
        """True if what stands above is a quiz itself: its lines are indented by four."""
        text = self.out[last - 1][1] if last else ""
        return (
            text.startswith("    [")
            or text.startswith("        >")
            or text == "    ****"
            or text.strip()[:3] in ("```", "~~~")
        )

    # -- the others --------------------------------------------------------------------------------------------------

    def _one_line(self, index: int, kind: str) -> int:
        line = self._lines[index]
        hints, solution, after = self._rest(index + 1)
        self._ask(kind, line.number)
        self._emit(line.number, f"    {line.text.strip().removeprefix('- ').strip()}")
        self._close(hints, solution)
        return after

    def _matrix(self, index: int) -> int:
        head = self._lines[index]
        end = index + 1
        while (
            end < len(self._lines)
            and self._lines[end].kind == "text"
            and (matrix_row(self._lines[end].text) or _FEEDBACK.fullmatch(self._lines[end].text))
        ):
            end += 1
        hints, solution, after = self._rest(end)
        rows = [row for line in self._lines[index + 1 : end] if (row := matrix_row(line.text))]
        width = len(matrix_head(head.text) or ())
        fits = rows and all(len(row.marks) == width and row.text and not row.mixed for row in rows)
        if not fits or any(row.one_only and sum(row.marks) != 1 for row in rows):
            self._notes.changed(
                head.number,
                "A table of choices without one mark per column, or without right ones, is shown as a list.",
            )
            self._emit(head.number, "", *(f"- {no_quiz(row.text)}" for row in rows if row.text), "")
            return after
        self._ask("matrix", head.number)
        for line in self._lines[index:end]:
            text = line.text.strip().removeprefix("- ").strip()
            self._emit(line.number, f"        {text}" if text.startswith(">") else f"    {text}")
        self._close(hints, solution)
        return after

    def _gaps(self, index: int) -> int:
        line = self._lines[index]
        if not is_inline(line):
            return self._one_line(index, "text")
        table = line.text.lstrip().startswith("|")
        if table or line.text.startswith(("    ", "\t")):
            self._notes.left_out(line.number, "Gaps in a table or in code are shown open and are no question.")
            self._emit(line.number, no_quiz(gap_text(line.text).body.replace("\ufffc", "____")))
            return index + 1
        found = _MARK.match(line.text)
        if not found and not self._in_list():
            self._keep(line)
            return self._gap_rest(index + 1)
        self._notes.changed(line.number, "A gap in a list or quote became a question of its own.")
        self._emit(line.number, "", line.text[found.end() :] if found else line.text.strip())
        return self._gap_rest(index + 1, alone=True)

    def _in_list(self) -> bool:
        at = len(self.out)
        while at and self.out[at - 1][1].strip() and not self.out[at - 1][1].startswith("#"):
            at -= 1
        return at < len(self.out) and _NOT_PARAGRAPH.match(self.out[at][1]) is not None

    def _gap_rest(self, index: int, *, alone: bool = False) -> int:
        """The rest of a paragraph with gaps, with its hints and solution."""
        while not alone and index < len(self._lines):
            line = self._lines[index]
            stop = line.kind != "text" or line.is_blank or is_hint(line) or _STARS.fullmatch(line.text)
            if stop or heading(line.text) or _NOT_PARAGRAPH.match(line.text):
                break
            self._keep(line)
            index += 1
        hints, solution, after = self._rest(index)
        self._close(hints, solution)
        return after


def _is_comment(text: str) -> bool:
    return comment(Line(0, text, "comment")) is not None
