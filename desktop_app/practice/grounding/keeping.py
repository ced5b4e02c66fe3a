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
                "apart": [[fact.kind, fact.start, fact.end] for fact in one.apart],
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
        passages = tuple(map(_passage, data["passages"]))
        marks = tuple(
            _mark(text, one, len(passages)) for one in data["marks"] if 0 <= one["start"] < one["end"] <= len(text)
        )
        return GroundedAnswer(
            text, bool(data["found"]), passages, marks, tuple(map(str, data["looked_for"])), tuple(map(str, data["missing"])),
            bool(data["is_quotation"]), None, str(data["problem"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def _passage(data: Mapping[str, Any]) -> Passage:
    page = None if data["page"] is None else int(data["page"])
    return Passage(str(data["document"]), str(data["name"]), int(data["number"]), "", page, str(data["heading"]), 0, 0)


def _mark(text: str, data: Mapping[str, Any], passages: int) -> Mark:
    sentence = text[data["start"] : data["end"]]
    missing, apart = (
        tuple(
            Fact(cast(FactKind, str(kind)), sentence[start:end], int(start), int(end))
            for kind, start, end in data.get(key, ())
        )
        for key in ("missing", "apart")
    )
    verdict = data["verdict"] if data["verdict"] in _VERDICTS else "none"
    cited = tuple(at for at in data["passages"] if 0 <= at < passages)
    support = Support((), missing, None, bool(data["is_quotation"]))
    return Mark(data["start"], data["end"], cast(Verdict, verdict), cited, support, apart)


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
