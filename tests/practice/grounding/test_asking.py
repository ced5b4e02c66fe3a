"""Asking documents: a quotation with its source, "not in these documents", or a model's own words with marks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from odd_documents import SHIPPED

from desktop_app.jobs import Job, Progress, finish
from desktop_app.practice.grounding.asking import NOT_THERE, ask
from desktop_app.practice.grounding.index import DocumentError, DocumentIndex
from desktop_app.practice.grounding.passage import GroundedAnswer
from desktop_app.sandbox.client import Answer, ContextOverflowError, ModelClient, Piece
from desktop_app.sandbox.models.catalogue import ModelFile, bundled_model
from desktop_app.sandbox.protocol import Timings


class Scripted:
    """Stands in for a client of a larger model, which this machine does not have: answers what it is told to."""

    def __init__(self, text: str, *, parameters: int = 7_000_000_000, fits: int = 10_000) -> None:
        self.model: ModelFile = replace(bundled_model(), parameters=parameters)
        self.text, self.fits = text, fits
        self.messages: list[tuple[tuple[str, str], ...]] = []

    def generate(self, messages: tuple[tuple[str, str], ...], parameters: object, **_: object) -> Job[Answer]:
        self.messages.append(tuple(messages))
        yield Progress(0)
        if (size := sum(len(text) for _, text in messages)) > self.fits:
            raise ContextOverflowError(size - self.fits, self.fits)
        yield Piece(self.text)
        return Answer(self.text, "end", "", Timings())


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentIndex]:
    with closing(DocumentIndex(tmp_path_factory.mktemp("grounding") / "index.db")) as opened:
        for name in ("it-security-rules.md", "handbook.pdf", "travel-policy.docx", "garantie-und-ruecksendung.md"):
            finish(opened.add(SHIPPED / name))
        yield opened


def asked(index: DocumentIndex, question: str, **more: object) -> GroundedAnswer:
    client = more.pop("client", None) or ModelClient(bundled_model())  # never started
    return finish(ask(client, index, question, seed=1, **more))  # type: ignore[arg-type]


def test_a_small_model_is_not_asked_the_sentence_is_quoted(index: DocumentIndex) -> None:
    steps = []
    job = ask(ModelClient(bundled_model()), index, "How long is the probation period?", seed=1)
    while True:
        try:
            steps.append(next(job))
        except StopIteration as end:
            answer = end.value
            break
    assert answer.text.startswith("The probation period lasts six months. [1]")
    assert answer.passages[0].place == "handbook.pdf, page 1, Probation and notice"
    assert (answer.found, answer.is_quotation, answer.answer) == (True, True, None)
    assert {mark.verdict for mark in answer.marks} == {"supported"}
    assert "".join(step.text for step in steps if isinstance(step, Piece)) == answer.text
    assert isinstance(steps[0], Progress)


def test_german_documents_answer_german_questions(index: DocumentIndex) -> None:
    assert asked(index, "Was kostet der Tausch eines Reißverschlusses?").text.startswith(
        "Eine Reparatur außerhalb der Garantie kostet"
    )


def test_a_question_without_an_answer_is_refused_with_the_nearest_passage(index: DocumentIndex) -> None:
    client = Scripted("I would guess.")
    answer = asked(index, "Which hotel do we use in Stockholm?", client=client)
    assert answer.text == "Not in these documents. Looked for: hotel, Stockholm."
    assert not answer.found
    assert "Stockholm" in answer.missing
    assert len(answer.passages) == 1
    assert answer.marks == ()
    assert client.messages == []


def test_a_larger_model_gets_rules_numbered_passages_and_earlier_turns(index: DocumentIndex) -> None:
    client = Scripted("It lasts six months [1]. Afterwards notice is five months. [1]")
    turns = (("user", "Hello"), ("assistant", "Hello!"))
    answer = asked(index, "How long is the probation period?", client=client, turns=turns)
    (messages,) = client.messages
    assert [role for role, _ in messages] == ["system", "user", "assistant", "user"]
    assert "[1] (Handbook for new colleagues > Probation and notice)" in messages[-1][1]
    assert "[2] " in messages[-1][1]
    assert [mark.verdict for mark in answer.marks] == ["supported", "partly"]
    assert "five" in answer.marks[1].says
    assert answer.answer is not None
    assert not answer.is_quotation


def test_a_larger_model_may_be_told_to_quote_and_a_small_one_to_write(index: DocumentIndex) -> None:
    large, small = Scripted("x"), Scripted("It lasts six months.", parameters=135_000_000)
    assert asked(index, "How long is the probation period?", client=large, quote=True).is_quotation
    assert large.messages == []
    answer = asked(index, "How long is the probation period?", client=small, quote=False)
    assert answer.text == "It lasts six months. [1]"
    assert "[2]" not in small.messages[0][-1][1]  # it is shown one passage only


def test_what_does_not_fit_is_left_out_turns_first(index: DocumentIndex) -> None:
    client = Scripted("Six months. [1]", fits=2200)
    turns = (("user", "x" * 2000), ("assistant", "y" * 2000))
    answer = asked(index, "How long is the probation period?", client=client, turns=turns)
    assert len(client.messages[0]) == 4
    assert len(client.messages[-1]) == 2
    assert len(answer.passages) <= 3
    with pytest.raises(ContextOverflowError):
        asked(index, "How long is the probation period?", client=Scripted("", fits=10))


def test_a_model_that_says_it_is_not_there_is_believed(index: DocumentIndex) -> None:
    answer = asked(index, "How long is the probation period?", client=Scripted(NOT_THERE))
    assert not answer.found
    assert answer.marks == ()


def test_a_question_may_go_on_with_the_one_before(index: DocumentIndex) -> None:
    turns = (("user", "When are laptops replaced?"), ("assistant", "Laptops are replaced after four years."))
    assert not asked(index, "And mine?").found
    assert asked(index, "And mine?", turns=turns).found


def test_without_documents_there_is_nothing_to_ask(tmp_path: Path, index: DocumentIndex) -> None:
    with closing(DocumentIndex(tmp_path / "index.db")) as empty, pytest.raises(DocumentError, match="Add one"):
        asked(empty, "What is the fee?")
    with pytest.raises(DocumentError, match="Add one"):
        asked(index, "What is the fee?", among=["gone"])


@pytest.mark.model
def test_the_bundled_model_answers_in_its_own_words_and_is_marked(index: DocumentIndex) -> None:
    with ModelClient(bundled_model()) as client:
        answer = asked(index, "How often is the company drive backed up?", client=client, quote=False)
        again = asked(index, "How often is the company drive backed up?", client=client, quote=False)
    assert answer.found
    assert answer.answer is not None
    assert answer.marks
    assert "six" in answer.text
    assert again.text == answer.text
