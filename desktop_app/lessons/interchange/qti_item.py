"""One question as a QTI 3 assessment item: interaction, scoring as in scoring.py, feedback.

Source: 1EdTech Question and Test Interoperability 3.0, ASI information model and XSD binding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

from desktop_app.lessons.interchange.answer_key import start_order
from desktop_app.lessons.interchange.qti_html import Html, clean_xml
from desktop_app.lessons.lesson import GAP, Choice, Gap, Quiz, Row
from desktop_app.notes import Notes

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
SCHEMA = f"{NAMESPACE} https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MOST_ITEMS = 20  # of an order: the rules that score it grow with their square


def root(tag: str, identifier: str, title: str, **attributes: str) -> ET.Element:
    """The root element of an item or test."""
    names = {"xmlns": NAMESPACE, "xmlns:xsi": XSI, "xsi:schemaLocation": SCHEMA}
    return ET.Element(
        tag, {**names, "identifier": identifier, "title": clean_xml(" ".join(title.split())), **attributes}
    )


def outcome(parent: ET.Element, name: str, base_type: str, default: str, cardinality: str = "single") -> None:
    """Declare an outcome variable with a value to start from, "" for none."""
    found = ET.SubElement(
        parent, "qti-outcome-declaration", {"identifier": name, "cardinality": cardinality, "base-type": base_type}
    )
    if default:
        ET.SubElement(ET.SubElement(found, "qti-default-value"), "qti-value").text = default


class Item:
    """Builds the item of one question; element() gives it."""

    def __init__(self, quiz: Quiz, identifier: str, language: str, html: Html, notes: Notes) -> None:
        self._quiz, self._html, self._notes, self._line = quiz, html, notes, quiz.line
        attributes = {"adaptive": "false", "time-dependent": "false", "xml:lang": language}
        self._root = root("qti-assessment-item", identifier, quiz.id, **attributes)
        self._body = ET.Element("qti-item-body")
        self._rules = ET.Element("qti-response-processing")
        self._feedback: list[tuple[str, str]] = []  # identifier of what it belongs to, Markdown
        self._parts = 0  # how many values SCORE is the sum of
        self._always = False  # whether all feedback is shown whatever was answered

    def element(self) -> ET.Element:
        """The item, its children in the order the schema wants."""
        if self._quiz.hints:
            count = len(self._quiz.hints)
            self._notes.left_out(
                self._line, f"{count} hint{'s were' if count > 1 else ' was'} left out: an item has no place for them."
            )
        match self._quiz.kind:
            case "single" | "multiple":
                self._choices(self._quiz.choices, several=self._quiz.kind == "multiple")
            case "text":
                self._text()
            case "gaps":
                self._gaps()
            case "matrix":
                self._matrix()
            case "ordering":
                self._ordering()
        self._finish()
        return self._root

    # -- kinds -------------------------------------------------------------------------------------------------------

    def _choices(self, choices: Sequence[Choice], *, several: bool) -> None:
        right = [choice.right for choice in choices]
        names = [f"C{number}" for number in range(1, len(choices) + 1)]
        self._declare_set("RESPONSE", names, right, several=several)
        interaction = self._interaction("qti-choice-interaction", "RESPONSE", several=several)
        self._prompt(interaction, self._quiz.question)
        for name, choice in zip(names, choices, strict=True):
            self._html.inline(
                ET.SubElement(interaction, "qti-simple-choice", {"identifier": name}), choice.text, self._line
            )
        self._feedback = [
            (name, choice.feedback) for name, choice in zip(names, choices, strict=True) if choice.feedback
        ]

    def _text(self) -> None:
        self._notes.changed(
            self._line, "A typed answer is compared without regard to case only, not to quotes and dashes too."
        )
        self._declare_typed("RESPONSE", self._quiz.answers)
        self._html.inline(ET.SubElement(self._body, "p"), self._quiz.question, self._line)
        holder = ET.SubElement(self._body, "p")
        ET.SubElement(holder, "qti-text-entry-interaction", {"response-identifier": "RESPONSE"})
        self._add_mapped("RESPONSE")

    def _gaps(self) -> None:
        if any(not gap.options for gap in self._quiz.gaps):
            self._notes.changed(
                self._line, "A typed answer is compared without regard to case only, not to quotes and dashes too."
            )
        elements = [self._gap(gap, number) for number, gap in enumerate(self._quiz.gaps, 1)]
        if self._quiz.body == GAP:
            self._html.inline(ET.SubElement(self._body, "p"), self._quiz.question, self._line)
        self._html.inline(ET.SubElement(self._body, "p"), self._quiz.body, self._line, elements)

    def _gap(self, gap: Gap, number: int) -> ET.Element:
        response = f"RESPONSE{number}"
        self._add_mapped(response)
        if not gap.options:
            self._declare_typed(response, gap.answers)
            return ET.Element("qti-text-entry-interaction", {"response-identifier": response})
        names = [f"G{number}_{index}" for index in range(1, len(gap.options) + 1)]
        self._declare(
            response, "identifier", "single", [n for n, o in zip(names, gap.options, strict=True) if o.right][:1]
        )
        self._map(response, [(name, float(o.right)) for name, o in zip(names, gap.options, strict=True)])
        found = ET.Element("qti-inline-choice-interaction", {"response-identifier": response, "shuffle": "false"})
        for name, option in zip(names, gap.options, strict=True):
            ET.SubElement(found, "qti-inline-choice", {"identifier": name}).text = clean_xml(option.text)
        return found

    def _matrix(self) -> None:
        rows = self._quiz.rows
        if all(row.one_only and any(row.right) for row in rows):
            self._match(rows)
        else:
            self._html.inline(ET.SubElement(self._body, "p"), self._quiz.question, self._line)
            for number, row in enumerate(rows, 1):
                self._row(row, number)
        self._always = True
        self._feedback = [(f"R{number}", row.feedback) for number, row in enumerate(rows, 1) if row.feedback]

    def _match(self, rows: Sequence[Row]) -> None:
        pairs = [f"R{number} K{row.right.index(True) + 1}" for number, row in enumerate(rows, 1)]
        self._declare("RESPONSE", "directedPair", "multiple", pairs)
        self._map("RESPONSE", [(pair, 1.0) for pair in pairs])
        interaction = ET.SubElement(
            self._body, "qti-match-interaction",
            {"response-identifier": "RESPONSE", "shuffle": "false", "max-associations": str(len(rows))},
        )  # fmt: skip
        self._prompt(interaction, self._quiz.question)
        texts = ([row.text for row in rows], list(self._quiz.columns))
        for letter, most, side in zip("RK", ("1", "0"), texts, strict=True):
            choices = ET.SubElement(interaction, "qti-simple-match-set")
            for number, text in enumerate(side, 1):
                names = {"identifier": f"{letter}{number}", "match-max": most}
                self._html.inline(ET.SubElement(choices, "qti-simple-associable-choice", names), text, self._line)
        self._add_mapped("RESPONSE", parts=len(rows))

    def _row(self, row: Row, number: int) -> None:
        """A row of which several cells can be right: a choice of its own, since no mapping can bound each row's value."""
        response = f"RESPONSE{number}"
        names = [f"R{number}K{index}" for index in range(1, len(row.right) + 1)]
        self._declare_set(response, names, row.right, several=not row.one_only)
        interaction = self._interaction("qti-choice-interaction", response, several=not row.one_only)
        self._prompt(interaction, row.text)
        for name, column in zip(names, self._quiz.columns, strict=True):
            self._html.inline(ET.SubElement(interaction, "qti-simple-choice", {"identifier": name}), column, self._line)

    def _ordering(self) -> None:
        choices = self._quiz.choices
        names = [f"O{number}" for number in range(1, len(choices) + 1)]
        self._declare("RESPONSE", "identifier", "ordered", names)
        interaction = ET.SubElement(
            self._body, "qti-order-interaction", {"response-identifier": "RESPONSE", "shuffle": "true"}
        )
        self._prompt(interaction, self._quiz.question)
        for index in start_order(self._quiz):
            choice = ET.SubElement(interaction, "qti-simple-choice", {"identifier": names[index]})
            self._html.inline(choice, choices[index].text, self._line)
        if len(names) > MOST_ITEMS:
            self._notes.changed(self._line, f"An order of more than {MOST_ITEMS} items is right or wrong as a whole.")
            self._parts = 1
            self._add_if(
                _two("qti-match", _variable("RESPONSE"), ET.Element("qti-correct", {"identifier": "RESPONSE"}))
            )
        else:
            self._parts = len(names) - 1
            for first, second in pairwise(names):
                self._add_if(_follows(first, second, len(names)))
        self._always = True
        self._feedback = [
            (name, choice.feedback) for name, choice in zip(names, choices, strict=True) if choice.feedback
        ]

    # -- pieces ------------------------------------------------------------------------------------------------------

    def _interaction(self, tag: str, response: str, *, several: bool) -> ET.Element:
        most = "0" if several else "1"  # 0: as many as one likes
        names = {"response-identifier": response, "shuffle": "false", "max-choices": most, "min-choices": "0"}
        return ET.SubElement(self._body, tag, names)

    def _prompt(self, interaction: ET.Element, markdown: str) -> None:
        self._html.inline(ET.SubElement(interaction, "qti-prompt"), markdown, self._line)

    def _declare(self, response: str, base_type: str, cardinality: str, correct: Sequence[str]) -> ET.Element:
        names = {"identifier": response, "cardinality": cardinality, "base-type": base_type}
        found = ET.SubElement(self._root, "qti-response-declaration", names)
        if correct:
            values = ET.SubElement(found, "qti-correct-response")
            for value in correct:
                ET.SubElement(values, "qti-value").text = clean_xml(value)
        return found

    def _declare_set(self, response: str, names: Sequence[str], right: Sequence[bool], *, several: bool) -> None:
        """Options of which a set or one is picked, each with its share: (right - wrong) / right ones, from 0 to 1."""
        solution = [name for name, is_right in zip(names, right, strict=True) if is_right]
        self._declare(response, "identifier", "multiple" if several else "single", solution)
        if not solution:
            self._parts += 1
            nothing = ET.Element("qti-is-null")
            nothing.append(_variable(response))
            self._add_if(nothing)
            return
        share = 1 / len(solution)
        self._map(
            response, [(n, share if r else (-share if several else 0.0)) for n, r in zip(names, right, strict=True)]
        )
        self._add_mapped(response)

    def _declare_typed(self, response: str, answers: Sequence[str]) -> None:
        self._declare(response, "string", "single", answers[:1])
        self._map(response, [(answer, 1.0) for answer in answers], case="false")

    def _map(self, response: str, entries: Iterable[tuple[str, float]], case: str = "") -> None:
        declaration = next(one for one in self._root if one.get("identifier") == response)
        upper = "" if declaration.get("base-type") == "directedPair" else "1"
        bounds = {"lower-bound": "0", **({"upper-bound": upper} if upper else {}), "default-value": "0"}
        mapping = ET.SubElement(declaration, "qti-mapping", bounds)
        seen: set[str] = set()
        for key, value in entries:
            if (plain := clean_xml(key)) and (folded := plain.casefold() if case else plain) not in seen:
                seen.add(folded)
                names = {
                    "map-key": plain,
                    "mapped-value": f"{value:.12g}",
                    **({"case-sensitive": case} if case else {}),
                }
                ET.SubElement(mapping, "qti-map-entry", names)

    def _add_mapped(self, response: str, parts: int = 1) -> None:
        """Add what the mapping says to SCORE, where anything was answered."""
        self._parts += parts
        answered, null = ET.Element("qti-not"), ET.Element("qti-is-null")
        null.append(_variable(response))
        answered.append(null)
        self._add_if(answered, ET.Element("qti-map-response", {"identifier": response}))

    def _add_if(self, condition: ET.Element, value: ET.Element | None = None) -> None:
        """Add a value, or 1, to SCORE if the condition holds."""
        if value is None:
            value = _value("float", "1")
        branch = ET.SubElement(ET.SubElement(self._rules, "qti-response-condition"), "qti-response-if")
        branch.append(condition)
        branch.append(_set("SCORE", _two("qti-sum", _variable("SCORE"), value)))

    def _finish(self) -> None:
        outcome(self._root, "SCORE", "float", "0")
        outcome(self._root, "MAXSCORE", "float", "1")
        if self._parts > 1:
            self._rules.append(_set("SCORE", _two("qti-divide", _variable("SCORE"), _value("float", str(self._parts)))))
        feedback = self._say_feedback()
        if self._quiz.solution:
            outcome(self._root, "SOLUTION", "identifier", "")
            self._rules.append(_set("SOLUTION", _value("identifier", "SOLUTION")))
            body, modal = _modal("SOLUTION", "SOLUTION")
            self._html.blocks(body, self._quiz.solution, self._line)
            feedback.append(modal)
        self._root.append(self._body)
        self._root.append(self._rules)
        self._root.extend(feedback)

    def _say_feedback(self) -> list[ET.Element]:
        """Set FEEDBACK to what was picked, or to all where feedback belongs to rows and places, and give the texts."""
        if not self._feedback:
            return []
        several = self._always or self._quiz.kind == "multiple"
        outcome(self._root, "FEEDBACK", "identifier", "", "multiple" if several else "single")
        shown = _variable("RESPONSE")
        if self._always:
            shown = ET.Element("qti-multiple")
            shown.extend(_value("identifier", name) for name, _ in self._feedback)
        self._rules.append(_set("FEEDBACK", shown))
        found = []
        for name, markdown in self._feedback:
            body, modal = _modal("FEEDBACK", name)
            self._html.inline(ET.SubElement(body, "p"), markdown, self._line)
            found.append(modal)
        return found


def _variable(name: str) -> ET.Element:
    return ET.Element("qti-variable", {"identifier": name})


def _value(base_type: str, text: str) -> ET.Element:
    found = ET.Element("qti-base-value", {"base-type": base_type})
    found.text = text
    return found


def _two(tag: str, first: ET.Element, second: ET.Element) -> ET.Element:
    found = ET.Element(tag)
    found.extend((first, second))
    return found


def _set(name: str, value: ET.Element) -> ET.Element:
    found = ET.Element("qti-set-outcome-value", {"identifier": name})
    found.append(value)
    return found


def _follows(first: str, second: str, count: int) -> ET.Element:
    """True if the second item stands directly behind the first, at whichever place."""
    found = ET.Element("qti-or")
    for place in range(1, count):
        both = ET.SubElement(found, "qti-and")
        for name, at in ((first, place), (second, place + 1)):
            picked = ET.Element("qti-index", {"n": str(at)})
            picked.append(_variable("RESPONSE"))
            both.append(_two("qti-match", picked, _value("identifier", name)))
    return found


def _modal(outcome_name: str, identifier: str) -> tuple[ET.Element, ET.Element]:
    """The body of a piece of feedback, to be filled, and the feedback."""
    names = {"outcome-identifier": outcome_name, "identifier": identifier, "show-hide": "show"}
    modal = ET.Element("qti-modal-feedback", names)
    return ET.SubElement(modal, "qti-content-body"), modal
