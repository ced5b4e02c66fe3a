"""The documents a person added: once each, replaced when they change, found by their words, gone when removed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from odd_documents import SHIPPED

from desktop_app.jobs import Progress, finish
from desktop_app.practice.grounding.index import DocumentError, DocumentIndex
from desktop_app.prompts.search import PromptIndex


@pytest.fixture
def index(tmp_path: Path) -> Iterator[DocumentIndex]:
    with closing(DocumentIndex(tmp_path / "index.db")) as opened:
        yield opened


def text_file(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_document_is_added_with_its_passages(index: DocumentIndex) -> None:
    job = index.add(SHIPPED / "handbook.pdf")
    assert isinstance(next(job), Progress)
    document = finish(job)
    (row,) = index.documents()
    assert (row.id, row.name, row.kind, row.pages, row.chars) == (
        document.id,
        "handbook.pdf",
        "pdf",
        3,
        len(document.text),
    )
    assert index.document(row.id) == document
    passages = index.passages(row.id)
    assert row.passages == len(passages) > 10
    assert all(document.text[one.start : one.end] == one.text for one in passages)


def test_the_same_bytes_again_are_nothing_to_do(index: DocumentIndex, tmp_path: Path) -> None:
    file = text_file(tmp_path, "a.txt", "Some text.")
    first, again = finish(index.add(file)), finish(index.add(file))
    copy = finish(index.add(text_file(tmp_path, "copy.txt", "Some text.")))
    assert first == again == copy
    assert [row.name for row in index.documents()] == ["a.txt"]
    file.unlink()
    assert finish(index.add(tmp_path / "copy.txt")).name == "copy.txt"  # the file has moved
    assert [row.name for row in index.documents()] == ["copy.txt"]


def test_a_changed_file_replaces_what_was_there(index: DocumentIndex, tmp_path: Path) -> None:
    file = text_file(tmp_path, "a.txt", "The fee is 5 EUR.")
    old = finish(index.add(file))
    new = finish(index.add(text_file(tmp_path, "a.txt", "The fee is 7 EUR.")))
    assert [row.id for row in index.documents()] == [new.id]
    assert index.find("What is the fee?")[0].text == "The fee is 7 EUR."
    with pytest.raises(DocumentError, match="not among the added ones"):
        index.document(old.id)


def test_what_is_removed_leaves_no_word_in_the_file(index: DocumentIndex, tmp_path: Path) -> None:
    document = finish(index.add(text_file(tmp_path, "a.txt", "The quokka sleeps. The wombat digs.")))
    finish(index.add(text_file(tmp_path, "b.txt", "The fee is 5 EUR.")))
    index.remove(document.id)
    index.remove("not there")
    index.close()
    with closing(sqlite3.connect(tmp_path / "index.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"quokka" not in (tmp_path / "index.db").read_bytes()
    assert [row.name for row in index.documents()] == ["b.txt"]
    assert index.find("quokka") == ()


def test_passages_are_found_by_other_forms_and_words_that_mean_alike(index: DocumentIndex, tmp_path: Path) -> None:
    finish(
        index.add(
            text_file(tmp_path, "en.txt", "Deliveries leave the warehouse on Mondays.\n\nThe vacation lasts 30 days.")
        )
    )
    finish(index.add(text_file(tmp_path, "de.txt", "Die Laderampe ist am Freitag geschlossen.")))
    assert index.find("When do they deliver?")[0].document_name == "en.txt"
    assert "30 days" in index.find("How long is the holiday?")[0].text
    assert index.find("Wann ist die Rampe zu?")[0].document_name == "de.txt"


def test_only_the_chosen_documents_are_searched(index: DocumentIndex, tmp_path: Path) -> None:
    one = finish(index.add(text_file(tmp_path, "a.txt", "The fee is 5 EUR.")))
    other = finish(index.add(text_file(tmp_path, "b.txt", "The fee is 7 EUR, the other fee is 9 EUR.")))
    assert [hit.document_id for hit in index.find("fee", [one.id])] == [one.id]
    assert {hit.document_id for hit in index.find("fee", [one.id, other.id])} == {one.id, other.id}
    assert index.find("fee", ["unknown"]) == ()


def test_a_look_up_says_what_it_looked_for_and_what_is_missing(index: DocumentIndex) -> None:
    finish(index.add(SHIPPED / "it-security-rules.md"))
    found = index.look_up("How long must a password be?")
    assert found.found
    assert found.why == ""
    assert found.passages[0].heading == "IT security rules > Passwords"
    lost = index.look_up("Which password does the swimming pool have?")
    assert not lost.found
    assert lost.looked_for == ("password", "swimming", "pool")
    assert lost.missing == ("swimming", "pool")
    assert lost.why == "Not found together with the rest: swimming, pool."
    assert index.look_up("What is it?").why == "The question names nothing that could be looked for."
    assert index.look_up("Zebra?").why == "None of its words stand in the documents."


@pytest.mark.parametrize(
    "question", ['"', "NEAR(a b)", "fee AND OR NOT", "name:fee", "*", "fee*", "a" * 20_000, "\0", "' OR 1=1 --", "({["]
)
def test_no_question_can_break_the_search(index: DocumentIndex, tmp_path: Path, question: str) -> None:
    finish(index.add(text_file(tmp_path, "a.txt", "The fee is 5 EUR.")))
    index.look_up(question)


def test_documents_and_prompts_share_a_file_whoever_opens_it_first(tmp_path: Path) -> None:
    for first, second in ((PromptIndex, DocumentIndex), (DocumentIndex, PromptIndex)):
        path = tmp_path / f"{first.__name__}.db"
        with closing(first(path)), closing(second(path)):
            pass
        with closing(DocumentIndex(path)) as index:
            assert index.documents() == ()


def test_a_damaged_file_is_begun_anew_without_documents(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(b"This is no database at all." * 100)
    with closing(DocumentIndex(path)) as index:
        assert index.documents() == ()
        assert finish(index.add(SHIPPED / "price-list.csv")).kind == "csv"


def test_an_index_in_memory_finds_the_same_and_is_nowhere_on_disk(
    index: DocumentIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with closing(DocumentIndex(None)) as fleeting:
        for one in (index, fleeting):
            finish(one.add(SHIPPED / "handbook.pdf"))
        assert fleeting.look_up("What does a lost badge cost?") == index.look_up("What does a lost badge cost?")
        with fleeting._file.asking() as db:
            assert [file for *_, file in db.conn.execute("PRAGMA database_list")] == [""]
    assert not list(here.iterdir()) and fleeting.documents() == ()
