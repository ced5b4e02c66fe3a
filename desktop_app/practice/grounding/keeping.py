"""An answer from documents as a conversation keeps it: where its passages are and what was found, without their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from desktop_app.guard.support import Fact, FactKind, Support
from desktop_app.jobs import Job, Progress
from desktop_app.practice.grounding.index import DocumentError, DocumentIndex
from desktop_app.practice.grounding.passage import GroundedAnswer, Mark, Passage, Verdict

# in a turn's kept
KEY = "grounded"
SOURCES = "sources"
_VERDICTS = ("supported", "partly", "unsupported", "none")


def as_kept(answer: GroundedAnswer) -> dict[str, Any]:
    """What is stored of an answer, as JSON can hold it; its text is the turn's."""
    return {
        "found": answer.found,
        "is_quotation": answer.is_quotation,
        "problem": answer.problem,
        "looked_for": list(answer.looked_for),
        "missing": list(answer.missing),
        "passages": [
            {
                "document": one.document_id,
                "name": one.document_name,
                "number": one.number,
                "page": one.page,
                "heading": one.heading,
            }
            for one in answer.passages
        ],
        "marks": [
            {
                "start": one.start,
                "end": one.end,
                "verdict": one.verdict,
                "passages": list(one.passages),
                "is_quotation": one.support.is_quotation,
                "missing": [[fact.kind, fact.start, fact.end] for fact in one.support.missing],
            }
            for one in answer.marks
        ],
    }


def sources(answer: GroundedAnswer) -> list[list[object]]:
    """The passages that support something in the answer, as (document id, passage number); [] if it has no source."""
    used = sorted({at for mark in answer.marks for at in mark.passages})
    return [[answer.passages[at].document_id, answer.passages[at].number] for at in used] if answer.found else []


def from_kept(text: str, kept: Mapping[str, Any]) -> GroundedAnswer | None:
    """The answer with this text from what a turn keeps, its passages without text; None if it is no answer from documents."""
    data = kept.get(KEY)
    if not isinstance(data, Mapping):
        return None
    try:
        passages = tuple(
            Passage(one["document"], one["name"], one["number"], "", one["page"], one["heading"], 0, 0)
            for one in data["passages"]
        )
        marks = tuple(
            _mark(text, one, len(passages)) for one in data["marks"] if 0 <= one["start"] < one["end"] <= len(text)
        )
        return GroundedAnswer(
            text, bool(data["found"]), passages, marks, tuple(data["looked_for"]), tuple(data["missing"]),
            bool(data["is_quotation"]), None, str(data["problem"]),
        )  # fmt: skip
    except (KeyError, TypeError):
        return None


def _mark(text: str, data: Mapping[str, Any], passages: int) -> Mark:
    sentence = text[data["start"] : data["end"]]
    missing = tuple(Fact(cast(FactKind, kind), sentence[start:end], start, end) for kind, start, end in data["missing"])
    verdict = data["verdict"] if data["verdict"] in _VERDICTS else "none"
    cited = tuple(at for at in data["passages"] if 0 <= at < passages)
    return Mark(
        data["start"], data["end"], cast(Verdict, verdict), cited, Support((), missing, None, data["is_quotation"])
    )


def fill_in(index: DocumentIndex, answer: GroundedAnswer) -> Job[tuple[GroundedAnswer, frozenset[str]]]:
    """The answer with its passages as the index has them now, and the ids of those documents that are gone."""
    gone: set[str] = set()
    known: dict[tuple[str, int], Passage] = {}
    for document_id in dict.fromkeys(passage.document_id for passage in answer.passages):
        yield Progress(len(known))
        try:
            passages = index.passages(document_id)
        except DocumentError:
            passages = ()
        if not passages:
            gone.add(document_id)
        known |= {(document_id, passage.number): passage for passage in passages}
    filled = tuple(known.get((one.document_id, one.number), one) for one in answer.passages)
    return replace(answer, passages=filled), frozenset(gone)
