"""GIFT questions as a lesson; docs/formats/interchange.md says what each kind becomes and what is reported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from desktop_app.jobs import Job, Progress
from desktop_app.lessons.interchange.addresses import Images, own_addresses
from desktop_app.lessons.interchange.draft import Draft, Front, Imported, title_text
from desktop_app.lessons.interchange.gift import GiftAnswer, GiftCategory, GiftQuestion, GiftText, read_gift
from desktop_app.lessons.interchange.html_text import drop_elements, has_html, html_markdown
from desktop_app.lessons.interchange.markdown_text import clean, column_title, literal, one_line, own_markdown
from desktop_app.lessons.lesson import GAP, Choice, Gap, Row
from desktop_app.lessons.render import plain_text
from desktop_app.notes import Notes

_CLOSE = 0.01  # per cent: weights are written with up to five places
MOST_WHOLE_NUMBERS = 40
MOST_QUESTIONS = 10_000
_NUMBER = r"[-+]?[0-9]{1,15}(?:[.,][0-9]{1,15})?(?:[eE][-+]?[0-9]{1,2})?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_TOLERANCE = re.compile(rf"({_NUMBER})\s*(?::\s*({_NUMBER}))?")
_NO_BRACKETS = re.compile(r"\\([\[\]])")


def import_gift(text: str, front: Front, folder: Path | None) -> Job[Imported]:
    """The lessons made of a GIFT file's text; folder is where its images may lie. Never raises for what text holds."""
    notes = Notes()
    importer = _Importer(Draft(front, notes), Images(folder), notes)
    count = 0
    for item in read_gift(text, notes):
        count += isinstance(item, GiftQuestion)
        if count > MOST_QUESTIONS:
            notes.left_out(
                item.line, f"What follows was left out: {MOST_QUESTIONS:,} questions are read. Split the file."
            )
            break
        importer.add(item)
        if count % 100 == 0:
            yield Progress(count, None, "questions")
    return importer.finish()


class _Importer:
    def __init__(self, draft: Draft, images: Images, notes: Notes) -> None:
        self._draft, self._images, self._notes = draft, images, notes
        self._titles = 0
        self._first_title = 0

    def finish(self) -> Imported:
        """The lessons with the report."""
        if self._titles:
            what = (
                f"The titles of {self._titles} questions became their ids."
                if self._titles > 1
                else "The title became the question's id."
            )
            self._notes.changed(self._first_title, what)
        return self._draft.finish(self._images.files)

    def add(self, item: GiftQuestion | GiftCategory) -> None:
        """Add a question, or start a step with a category."""
        if isinstance(item, GiftCategory):
            name = item.path[-1] if item.path else "Questions"
            self._draft.step(name)
            if len(item.path) > 1 or title_text(name) != name:
                path = "/".join(item.path)
                self._notes.changed(item.line, f'The category "{path}" became the step "{title_text(name)}".')
            return
        if item.title:
            self._titles += 1
            self._first_title = self._first_title or item.line
        match item.kind:
            case "description" | "essay":
                self._text_only(item)
            case "true_false":
                self._true_false(item)
            case "numeric":
                self._typed(item, self._numbers(item))
            case "choice":
                self._choice(item)
            case "matching":
                self._matching(item)
            case "short":
                self._typed(item, self._accepted(item))

    # -- texts -------------------------------------------------------------------------------------------------------

    def _markdown(self, text: GiftText, line: int) -> str:
        if not text.text:
            return ""
        if text.format == "markdown":
            inert = drop_elements(text.text, self._notes, line)
            return own_markdown(own_addresses(inert, self._images, self._notes, line), self._notes, line)
        if text.format == "html" or (text.format == "moodle" and has_html(text.text)):
            return html_markdown(text.text, self._images, self._notes, line)
        parts = re.split(r"\n{2,}", literal(text.text))
        return "\n\n".join(part.replace("\n", "<br>") for part in parts if part)

    def _line(self, text: GiftText, line: int) -> str:
        """A text as the one line an option or feedback may have; blocks are joined."""
        markdown = self._markdown(text, line)
        if "\n\n" in markdown or "```" in markdown:
            self._notes.changed(line, "An answer or feedback of several paragraphs became one line.")
        return one_line(markdown)

    def _plain(self, text: GiftText, line: int) -> str:
        """A text that is shown with marks in Moodle as the plain text that an option of a gap is."""
        if text.format in ("html", "markdown") or (text.format == "moodle" and has_html(text.text)):
            return one_line(plain_text(self._markdown(text, line)))
        return one_line(clean(text.text))

    def _answer(self, text: GiftText, line: int) -> str:
        """An accepted answer: Moodle takes it as it is written, tags of [html] aside."""
        return self._plain(text, line) if text.format == "html" else one_line(clean(text.text))

    def _stem(self, item: GiftQuestion, between: str = "") -> str:
        stem, after = self._markdown(item.stem, item.line), self._markdown(item.after, item.line)
        return " ".join(part for part in (stem, between if after else "", after) if part)

    def _solution(self, item: GiftQuestion) -> str:
        return self._markdown(item.general, item.line)

    def _left_out(self, item: GiftQuestion, why: str) -> None:
        self._notes.left_out(item.line, f"{self._name(item)} was left out: {why}")

    def _name(self, item: GiftQuestion) -> str:
        return f'The question "{(item.title or one_line(item.stem.text))[:60]}"'

    # -- kinds -------------------------------------------------------------------------------------------------------

    def _text_only(self, item: GiftQuestion) -> None:
        text = self._stem(item)
        if item.kind == "essay":
            self._notes.changed(
                item.line,
                f"{self._name(item)} asks for a free text, which nothing here can score. It is shown as text.",
            )
            if item.general.text:
                self._notes.left_out(item.line, "The feedback to a free text was left out.")
        self._draft.prose(text)

    def _true_false(self, item: GiftQuestion) -> None:
        said = [self._line(answer.feedback, answer.line) for answer in item.answers[:2]]
        for_wrong, for_right = (*said, "", "")[:2]
        words = (("True", item.is_true), ("False", not item.is_true))
        choices = tuple(Choice(word, right, for_right if right else for_wrong) for word, right in words)
        self._draft.question(
            "single", self._stem(item, "___"), item.title, item.line, choices=choices, solution=self._solution(item)
        )

    def _choice(self, item: GiftQuestion) -> None:
        several = not any(answer.marked for answer in item.answers)
        worth = [_worth(answer) for answer in item.answers]
        if item.after.text and not several:
            self._picked_gap(item, worth)
            return
        right = [value > 0 for value in worth] if several else [value >= 100 for value in worth]
        kept = self._choices(item, right)
        if not any(choice.right for choice in kept):
            self._left_out(item, "no answer is marked as right.")
            return
        if len(kept) < 2:
            self._left_out(item, "it has only one answer.")
            return
        if not several and sum(choice.right for choice in kept) > 1:
            message = f"{self._name(item)} takes any one of several right answers; here all of them must be picked."
            self._notes.changed(item.line, message)
            several = True
        self._report_weights(item, worth, right, several=several)
        self._draft.question(
            "multiple" if several else "single",
            self._stem(item, "___"),
            item.title,
            item.line,
            choices=kept,
            solution=self._solution(item),
        )

    def _choices(self, item: GiftQuestion, right: Sequence[bool]) -> tuple[Choice, ...]:
        found: dict[str, Choice] = {}
        for answer, is_right in zip(item.answers, right, strict=True):
            text = self._line(answer.text, answer.line)
            key = text.casefold()
            if not text:
                self._notes.left_out(answer.line, "An answer without a text was left out.")
            elif key in found:
                self._notes.left_out(answer.line, f'The answer "{text[:40]}" stands twice; the second was left out.')
            else:
                found[key] = Choice(text, is_right, self._line(answer.feedback, answer.line))
        return tuple(found.values())

    def _report_weights(
        self, item: GiftQuestion, worth: Sequence[float], right: Sequence[bool], *, several: bool
    ) -> None:
        """Our scores: one right answer is 1 or 0; of several each right one counts 1/n and each wrong one -1/n."""
        share = 100 / max(1, sum(right))
        for answer, value, is_right in zip(item.answers, worth, right, strict=True):
            ours = (share if is_right else -share) if several else 100.0 * is_right
            if abs(value - ours) > _CLOSE and (answer.weight is not None or (several and is_right)):
                message = f"An answer worth {value:g} % there is worth {ours:g} % here: weights follow from the number of right ones."
                self._notes.changed(answer.line, message)
            elif several and not is_right and abs(value - ours) > _CLOSE:
                self._notes.changed(item.line, f"A wrong answer takes off {share:g} % here, and nothing there.")

    def _matching(self, item: GiftQuestion) -> None:
        pairs: list[tuple[str, str, int]] = []
        columns: dict[str, str] = {}
        for answer in item.answers:
            if answer.pair is None:
                self._notes.left_out(answer.line, "A line without -> was left out of a matching question.")
                continue
            column = column_title(self._line(answer.pair, answer.line))
            text = self._line(answer.text, answer.line)
            if answer.feedback.text:
                self._notes.left_out(answer.line, "Feedback to a pair was left out.")
            if not column:
                self._notes.left_out(answer.line, "A pair without its right side was left out.")
                continue
            columns.setdefault(column.casefold(), column)
            if text:
                pairs.append((text, column.casefold(), answer.line))
        if len(columns) < 2 or not pairs:
            self._left_out(item, "it needs two different right sides.")
            return
        rows = tuple(
            Row(text, tuple(key == column for key in columns), True) for text, column, _ in self._distinct(pairs)
        )
        self._draft.question(
            "matrix", self._stem(item), item.title, item.line,
            columns=tuple(columns.values()), rows=rows, solution=self._solution(item),
        )  # fmt: skip

    def _distinct(self, pairs: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
        seen: dict[str, int] = {}
        found = []
        for text, column, line in pairs:
            seen[text.casefold()] = count = seen.get(text.casefold(), 0) + 1
            if count > 1:
                self._notes.changed(line, f'"{text[:40]}" stands twice on the left; the second is now numbered.')
                text = f"{text} ({count})"
            found.append((text, column, line))
        return found

    # -- typed answers -----------------------------------------------------------------------------------------------

    def _accepted(self, item: GiftQuestion) -> list[str]:
        found: list[str] = []
        for answer in item.answers:
            text = self._answer(answer.text, answer.line)
            if answer.weight is not None and answer.weight < 100 - _CLOSE:
                self._notes.left_out(
                    answer.line, f'"{text[:40]}" is worth {answer.weight:g} %; a typed answer is right or wrong here.'
                )
                continue
            if re.search(r"(?<!\\)\*", text):
                self._notes.changed(
                    answer.line, f'In "{text[:40]}" the * stands for any text in Moodle; here it is a star.'
                )
            found.append(text.replace("\\*", "*"))
            self._no_feedback(answer)
        return found

    def _no_feedback(self, answer: GiftAnswer) -> None:
        if answer.feedback.text:
            self._notes.left_out(answer.line, "Feedback to a typed answer was left out.")

    def _numbers(self, item: GiftQuestion) -> list[str]:
        found: list[str] = []
        for answer in item.answers:
            self._no_feedback(answer)
            text = answer.text.text.strip()
            if answer.weight is not None and answer.weight < 100 - _CLOSE:
                self._notes.left_out(
                    answer.line, f'"{text[:40]}" is worth {answer.weight:g} %; a typed answer is right or wrong here.'
                )
            elif bounds := _RANGE.fullmatch(text):
                found += self._range(text, _number(bounds[1]), _number(bounds[2]), "", answer.line)
            elif exact := _TOLERANCE.fullmatch(text):
                off = abs(_number(exact[2])) if exact[2] else 0.0
                value = _number(exact[1])
                found += [exact[1]] if not off else self._range(text, value - off, value + off, exact[1], answer.line)
            elif text:
                self._notes.left_out(answer.line, f'"{text[:40]}" is not a number.')
        return found

    def _range(self, text: str, low: float, high: float, middle: str, line: int) -> list[str]:
        """The whole numbers of a range if they are few, else its middle if one is written."""
        whole = low.is_integer() and high.is_integer() and 0 <= high - low < MOST_WHOLE_NUMBERS
        if whole:
            self._notes.changed(line, f'Of the range "{text}" the whole numbers from {low:g} to {high:g} are accepted.')
            numbers = [str(int(low) + more) for more in range(int(high - low) + 1)]
            return [middle, *(one for one in numbers if one != middle)] if middle else numbers
        if middle:
            self._notes.changed(
                line, f'Of the range "{text}" only {middle} is accepted: answers are compared as they are typed.'
            )
            return [middle]
        self._notes.left_out(line, f'The range "{text}" was left out: answers are compared as they are typed.')
        return []

    def _typed(self, item: GiftQuestion, answers: Sequence[str]) -> None:
        accepted = tuple(dict.fromkeys(answer for answer in answers if answer))
        if not accepted:
            self._left_out(item, "no answer is left that could be typed.")
        elif item.after.text:
            self._gap(item, Gap(answers=accepted))
        else:
            self._draft.question(
                "text", self._stem(item), item.title, item.line, answers=accepted, solution=self._solution(item)
            )

    # -- a missing word ----------------------------------------------------------------------------------------------

    def _picked_gap(self, item: GiftQuestion, worth: Sequence[float]) -> None:
        found: dict[str, Choice] = {}
        for answer, value in zip(item.answers, worth, strict=True):
            # A gap's options are written between brackets, in which \[ cannot stand.
            text = _NO_BRACKETS.sub(r"\1", self._plain(answer.text, answer.line)).replace("`", "'").replace("<!--", "")
            if 0 < value < 100:
                self._notes.changed(
                    answer.line, f"An answer worth {value:g} % there is wrong here: a gap has no half marks."
                )
            if answer.feedback.text:
                self._notes.left_out(answer.line, "Feedback to a word in a gap was left out.")
            if not text or text.casefold() in found:
                self._notes.left_out(answer.line, "An empty answer, or one that stands twice, was left out of a gap.")
            else:
                found[text.casefold()] = Choice(text, value >= 100)
        if len(found) < 2 or not any(choice.right for choice in found.values()):
            self._left_out(item, "a gap to choose from needs two answers, one of them right.")
        else:
            self._gap(item, Gap(options=tuple(found.values())))

    def _gap(self, item: GiftQuestion, gap: Gap) -> None:
        before, after = self._markdown(item.stem, item.line), self._markdown(item.after, item.line)
        *above, last = before.split("\n\n") if before else [""]
        if last.startswith(("#", ">", "|", "- ", "* ", "```")):
            above, last = [*above, last], ""
        self._draft.prose("\n\n".join(above))
        if "\n\n" in after:
            self._notes.changed(item.line, "What stands behind the gap became one paragraph.")
        last = one_line(last)
        touches = item.is_tight[0] and last[-1:] not in (
            "!",
            "\\",
        )  # neither may stand directly before a gap's brackets
        before_gap = last if touches else f"{last} ".lstrip()
        after_gap = one_line(after) if item.is_tight[1] else f" {one_line(after)}"
        self._draft.gap_question(
            f"{before_gap}{GAP}{after_gap}", item.title, item.line, gaps=(gap,), solution=self._solution(item)
        )


def _worth(answer: GiftAnswer) -> float:
    if answer.weight is not None:
        return answer.weight
    return 100.0 if answer.marked else 0.0


def _number(text: str) -> float:
    return float(text.replace(",", "."))
