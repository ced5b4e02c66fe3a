"""The collection of questions and sentences: large enough, right about the documents, and answered well enough.

benchmarks/grounding.py prints the figures; the floors here are a little below them, so that a change that costs quality
is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from benchmarks.grounding import DATA, DOCUMENTS, HELD_OUT, TUNED, collection, filled, measure_finding, measure_marks
from desktop_app.practice.grounding.index import DocumentIndex

KINDS = {"yes", "number", "swap", "date", "name", "added", "negation"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentIndex]:
    with closing(filled(tmp_path_factory.mktemp("collection") / "index.db")) as opened:
        yield opened


def test_every_question_has_its_passage_and_every_sentence_its_label(index: DocumentIndex) -> None:
    texts = {row.name: " ".join(index.document(row.id).text.split()) for row in index.documents()}
    assert set(texts) == {file.name for file in DOCUMENTS.iterdir()}
    for name in ("questions.yml", "tuning.yml"):
        for question, document, words in collection(name)["questions"]:
            assert " ".join(words.split()) in texts[document], question
    for document, words, _, label in collection("sentences.yml")["sentences"]:
        assert " ".join(words.split()) in texts[document], words
        assert label in KINDS


def test_the_collection_is_large_enough_and_asks_nothing_twice() -> None:
    data, sentences = collection("questions.yml"), collection("sentences.yml")["sentences"]
    assert len(data["questions"]) >= 150
    assert len(data["unanswerable"]) >= 30
    assert len(sentences) >= 100
    asked = [question for question, *_ in data["questions"]] + list(data["unanswerable"])
    asked += [question for question, *_ in collection("tuning.yml")["questions"]]
    assert len(asked) == len({question.casefold() for question in map(str, asked)})
    assert sorted(file.name for file in DATA.iterdir()) == ["questions.yml", "sentences.yml", "tuning.yml"]


@pytest.mark.parametrize(
    ("half", "first", "first_three", "refused", "answered"),
    [(HELD_OUT, 0.82, 0.95, 0.2, 0.4), (TUNED, 0.92, 0.97, 0.1, 0.25)],
    ids=["held out", "tuned on"],
)
def test_the_right_passage_is_found(
    index: DocumentIndex, half: int, first: float, first_three: float, refused: float, answered: float
) -> None:
    found = measure_finding(index, half)
    assert found.first >= first
    assert found.first_three >= first_three
    assert found.wrongly_refused <= refused
    assert found.wrongly_answered <= answered


@pytest.mark.parametrize(
    ("half", "precision", "recall"), [(HELD_OUT, 0.85, 0.7), (TUNED, 0.95, 0.8)], ids=["held out", "tuned on"]
)
def test_marks_are_right(index: DocumentIndex, half: int, precision: float, recall: float) -> None:
    marked = measure_marks(index, half)
    assert marked.unsupported_precision >= precision
    assert marked.unsupported_recall >= recall
    assert marked.supported_precision >= 0.75
    assert marked.supported_recall >= 0.9
