"""Whether a drawing (SVG) may be shown: it loads nothing from elsewhere and costs no more than it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import chain
from xml.parsers import expat

MOST_BYTES = 1_000_000
MOST_PARTS = 20_000  # elements, those that <use> draws again counted each time
_DEEPEST = 50
_DEEPEST_USE = 10


class _RefusedError(Exception):
    """The message says what is wrong and what to do, without naming the file."""


def why_refused(data: bytes) -> str:
    """What keeps the drawing in data from being shown and what to do, such as "holds a picture (<image>). …"; "" if nothing."""
    if len(data) > MOST_BYTES:
        return f"has {len(data) / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:.1f} MB. Make it smaller."
    reading = _Reading()
    try:
        reading.parser.Parse(data, True)
        reading.check_cost()
    except _RefusedError as refused:
        return str(refused)
    except expat.ExpatError as error:
        return f"is no readable XML (line {error.lineno}). Save it again as plain SVG."
    return "" if reading.root == "svg" else f"starts with <{reading.root[:40]}>, not with <svg>. Save it as SVG."


class _Reading:
    """One pass over the file; entities and style sheets end it, so that nothing is ever expanded or fetched."""

    def __init__(self) -> None:
        self.root = ""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._entity
        self.parser.ProcessingInstructionHandler = self._instruction
        self._open: list[list[str]] = []  # the ids of each element that is open
        # Of what stands inside an id ("" is the whole drawing): how many elements, and which ids they draw again.
        self._parts: Counter[str] = Counter()
        self._used: dict[str, Counter[str]] = {}

    def check_cost(self) -> None:
        """Raise _RefusedError if drawing everything, as often as it is used, draws too much."""
        if self._cost("", {}, 0) > MOST_PARTS:
            raise _RefusedError(f"draws more than {MOST_PARTS:,} parts. Draw fewer.")

    def _cost(self, inside: str, known: dict[str, int], depth: int) -> int:
        if depth > _DEEPEST_USE:
            raise _RefusedError("has <use> within <use> again and again. Draw the parts themselves.")
        if inside not in known:
            used = self._used.get(inside, Counter[str]())
            known[inside] = self._parts[inside] + sum(
                times * self._cost(one, known, depth + 1) for one, times in used.items()
            )
        return known[inside]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local(name)
        self.root = self.root or tag
        if tag == "image":
            raise _RefusedError("holds a picture (<image>). Draw it, or show the picture itself.")
        self._open.append(_values(attributes, "id"))
        if len(self._open) > _DEEPEST:
            raise _RefusedError(f"has more than {_DEEPEST} elements in one another. Ungroup some.")
        if self._parts[""] >= MOST_PARTS:
            raise _RefusedError(f"draws more than {MOST_PARTS:,} parts. Draw fewer.")
        targets = [text.strip().removeprefix("#") for text in _values(attributes, "href")] if tag == "use" else ()
        for inside in {"", *chain.from_iterable(self._open)}:
            self._parts[inside] += 1
            self._used.setdefault(inside, Counter()).update(targets)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _entity(self, *_declared: object) -> None:
        raise _RefusedError("declares entities (<!ENTITY>). Write out what they stand for.")

    def _instruction(self, target: str, _text: str) -> None:
        if target == "xml-stylesheet":
            raise _RefusedError("names a style sheet of its own (xml-stylesheet). Write the styles into the elements.")


def _values(attributes: Mapping[str, str], wanted: str) -> list[str]:
    """The attributes of that name, with whatever prefix: Qt reads xml:id and xlink:href like id and href."""
    return [text for name, text in attributes.items() if _local(name) == wanted]


def _local(name: str) -> str:
    return name.rpartition(":")[2]
