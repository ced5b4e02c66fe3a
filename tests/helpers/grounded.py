"""A conversation with an answer from documents, without asking the model: for tests of what the window shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktop_app.clock import utc_now
from desktop_app.jobs import finish
from desktop_app.practice.grounding.keeping import KEY, SOURCES, as_kept, sources
from desktop_app.practice.grounding.marking import mark
from desktop_app.practice.grounding.passage import Document, GroundedAnswer
from desktop_app.records.turns import Conversation, Turn
from desktop_app.services import Services

LEAVE = """# Leave policy

Every employee has 28 days of paid leave a year. Write to sabine.kraus@norwind.example about exceptions.

## Parental leave

Sabine Kraus approves parental leave. It is asked for in the portal seven weeks before it begins.
"""
TRAVEL = "A hotel may cost at most 140 euros a night.\n"
ANSWER = "Every employee has 28 days of paid leave [1]. Sabine Kraus approves parental leave in 14 days [2]. Bicycles are free."
QUESTION = "How many days of leave does everybody have?"


def add_documents(services: Services, folder: Path) -> tuple[Document, Document]:
    """A policy with two headings and a short rule, read into the index."""
    made = []
    for name, text in (("leave.md", LEAVE), ("travel.txt", TRAVEL)):
        (folder / name).write_text(text, "utf-8")
        made.append(finish(services.grounding.add(folder / name)))
    return made[0], made[1]


def keep(
    services: Services, grounded: GroundedAnswer, documents: tuple[Document, ...], *, question: str = QUESTION
) -> str:
    """Store a conversation with this answer and return its id."""
    kept: Mapping[str, Any] = {KEY: as_kept(grounded), SOURCES: sources(grounded)}
    asked = Turn("question", "", "user", question, utc_now(), {}, {"values": {"prompt": question}, "start": []})
    facts = {"stop_reason": "end", "seed": 7, "model_id": "smollm2-135m-instruct"}
    answer = Turn("answer", "question", "assistant", grounded.text, utc_now(), facts, kept)
    settings = {"documents": [one.id for one in documents]}
    conversation = Conversation(
        "grounded", question, "", 0, utc_now(), utc_now(), "answer", (asked, answer), settings
    )  # fmt: skip
    for turn in conversation.turns:
        services.learner.conversations.save_turn(conversation, turn, model_id="smollm2-135m-instruct")
    return conversation.id


def answered(services: Services, folder: Path) -> tuple[str, tuple[Document, Document]]:
    """A conversation whose answer is supported, partly and not; the second source cites the other heading."""
    documents = add_documents(services, folder)
    passages = services.grounding.passages(documents[0].id)
    return keep(services, GroundedAnswer(ANSWER, True, passages, mark(ANSWER, passages)), documents), documents


def refused(services: Services, folder: Path) -> tuple[str, tuple[Document, Document]]:
    """A conversation whose question the documents do not answer."""
    documents = add_documents(services, folder)
    nearest = services.grounding.passages(documents[1].id)
    answer = GroundedAnswer("Not in these documents.", False, nearest, (), ("parking", "spaces"), ("parking",))
    return keep(services, answer, documents, question="How many parking spaces are there?"), documents
