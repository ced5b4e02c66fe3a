"""What is wrong with an answer before it leaves: sensitive data, planted texts that leaked, phrases nobody may say, no source.

Texts are compared as the guard reads them (capitals, look-alike letters, invisible characters and spaces do not hide
anything). What is reworded, translated or ciphered in other ways is not found.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from desktop_app.guard.normalise import normalise
from desktop_app.guard.scan import scan
from desktop_app.guard.summary import summary

OutputKind = Literal["leak", "phrase", "sensitive", "no source"]

_SPELT_OUT_CHARS = 6  # a shorter planted text would be found in the run of letters of innocent words
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


@dataclass(frozen=True, slots=True)
class OutputFinding:
    """One thing that is wrong; start and end count characters of the answer, both 0 for what has no place.

    says is a sentence for the reader. It names forbidden phrases, which are the organisation's own, and never what leaked.
    """

    kind: OutputKind
    start: int
    end: int
    says: str


@dataclass(frozen=True, slots=True)
class OutputReport:
    """All findings of one answer, in order of place."""

    findings: tuple[OutputFinding, ...] = ()

    @property
    def must_ask(self) -> bool:
        """True if a person should look before the answer is copied, whatever policy says."""
        return any(one.kind != "sensitive" for one in self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind, for the audit log."""
        kinds = [one.kind for one in self.findings]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to tell the reader, each thing once."""
        return tuple(dict.fromkeys(one.says for one in self.findings))


def check_output(
    answer: str,
    *,
    given: str = "",
    phrases: Iterable[str] = (),
    canaries: Iterable[str] = (),
    needs_source: bool = False,
    has_source: bool = False,
) -> OutputReport:
    """Look through an answer; linear in its length for each phrase. Raises GuardError if a check fails.

    given is what the person sent: sensitive data that stands there too came from them. canaries are texts planted in
    documents or instructions. needs_source: the answer was to be drawn from documents, and policy wants that shown.
    """
    letters = _Letters(answer)
    found = [OutputFinding("leak", *place, _LEAK) for canary in canaries for place in letters.spelt(canary)]
    found += [
        OutputFinding("phrase", *place, f"“{phrase}” should not be said, your organisation's policy says.")
        for phrase in phrases
        for place in letters.words(phrase)
    ]
    found += _sensitive(answer, given)
    found.sort(key=lambda one: (one.start, one.end))
    if needs_source and not has_source and answer.strip():
        found.append(
            OutputFinding("no source", 0, 0, "No source is named for this answer, and your organisation wants one.")
        )
    return OutputReport(tuple(found))


_LEAK = "The answer repeats a text that was planted to find leaks: what stands in the documents got out of them."


def _sensitive(answer: str, given: str) -> Iterator[OutputFinding]:
    known = normalise(given).text.casefold()
    findings = scan(answer)
    yours = [one for one in findings if normalise(answer[one.start : one.end]).text.casefold() in known]
    new = [one for one in findings if one not in yours]
    for group, says in (
        (yours, "{} from what you typed. It leaves this computer if you send the answer on."),
        (new, "{} that you did not type: made up, learnt or from a document. Check it before you use it."),
    ):
        for one in group:
            yield OutputFinding("sensitive", one.start, one.end, says.format(summary(group)))


class _Letters:
    """The letters and digits of a text without their capitals, and where each stands."""

    def __init__(self, text: str) -> None:
        view = normalise(text)
        self._text, self._view = text, view
        folded: list[str] = []
        places: list[int] = []
        starts: list[bool] = []  # whether a word begins at this letter
        inside = False
        for at, char in enumerate(view.text):
            if not char.isalnum():
                inside = False
                continue
            for part in char.casefold():
                folded.append(part)
                places.append(at)
                starts.append(not inside)
                inside = True
        self._run, self._places, self._starts = "".join(folded), places, starts

    def words(self, phrase: str) -> Iterator[tuple[int, int]]:
        """Where the words of a phrase follow each other, whatever stands between them."""
        wanted, cuts = "", []
        for word in re.findall(r"[^\W_]+", normalise(phrase).text.casefold()):
            cuts.append(len(wanted))
            wanted += word
        for at in self._all(wanted):
            end = at + len(wanted)
            whole = end == len(self._run) or self._starts[end]
            if whole and all(self._starts[at + cut] for cut in cuts):
                yield self._span(at, end)

    def spelt(self, canary: str) -> Iterator[tuple[int, int]]:
        """Where a planted text stands: as it is, with anything between its letters, backwards, or in Base64."""
        wanted = "".join(char for char in normalise(canary).text.casefold() if char.isalnum())
        if len(wanted) < _SPELT_OUT_CHARS:
            yield from self.words(canary)
            return
        for one in {wanted, wanted[::-1]}:
            yield from (self._span(at, at + len(one)) for at in self._all(one))
        for found in _BASE64.finditer(self._text):
            if wanted in _Letters._decoded(found[0]):
                yield found.span()

    def _all(self, wanted: str) -> Iterator[int]:
        at = self._run.find(wanted) if wanted else -1
        while at >= 0:
            yield at
            at = self._run.find(wanted, at + 1)

    def _span(self, start: int, end: int) -> tuple[int, int]:
        return self._view.original(self._places[start], self._places[end - 1] + 1)

    @staticmethod
    def _decoded(text: str) -> str:
        text = text.rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            plain = base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "ignore")
        except (binascii.Error, ValueError):
            return ""
        return "".join(char for char in plain.casefold() if char.isalnum())
