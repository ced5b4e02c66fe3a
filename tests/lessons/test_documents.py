"""Documents: what is planted stands in the text, and everything in the shipped ones is the invented company's."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import AppError, ContentError
from desktop_app.guard.scan import scan
from desktop_app.lessons.documents import (
    Document,
    DocumentLibrary,
    Planted,
    is_aligned,
    kind_label,
    kind_placeholder,
    parse_document,
    read_document,
)

FOLDER = Path(__file__).parents[2] / "content" / "documents"
SHIPPED = DocumentLibrary([FOLDER])
HEAD = "id: a\ntitle: T\nkind: letter\nlanguage: en\n"


def read(tmp_path: Path, front: str, body: str, name: str = "a.md") -> Document:
    file = tmp_path / name
    file.write_text(f"---\n{front}---\n\n{body}", "utf-8")
    return read_document(file)


def test_the_text_is_the_body_as_it_stands(tmp_path: Path) -> None:
    document = read(tmp_path, HEAD, "\n\nDear **you**,\n\n  indented\n\n\n")
    assert document.text == "Dear **you**,\n\n  indented\n"


@pytest.mark.parametrize(
    ("front", "says"),
    [
        (HEAD + "planted: [{text: Bert, kind: person, why: w}]\n", "does not stand in the document"),
        (HEAD + "planted: [{text: Anna, kind: nobody, why: w}]\n", "must be one of"),
        (HEAD + "planted: [{text: Anna, kind: person}]\n", "why"),
        (HEAD + "either: [Bert]\n", "does not stand in the document"),
        (HEAD + "plantd: []\n", "planted"),
        (HEAD.replace("id: a", "id: b"), "Give both the same name"),
        ("title: T\n", "missing"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, front: str, says: str) -> None:
    with pytest.raises(ContentError, match=says):
        read(tmp_path, front, "Anna\n")


def test_every_occurrence_counts_and_the_longer_one_wins(tmp_path: Path) -> None:
    front = HEAD + "planted: [{text: Ann, kind: person, why: w}, {text: Ann Lee, kind: person, why: w}]\n"
    document = read(tmp_path, front, "Ann Lee and Ann, AnnAnn\n")
    assert [(start, end) for start, end, _ in document.spans()] == [(0, 7), (12, 15), (17, 20), (20, 23)]


def test_a_missing_document_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="complaint-letter"):
        SHIPPED.get("nothing")
    with pytest.raises(AppError, match="none at all"):
        DocumentLibrary([tmp_path]).get("nothing")


def test_the_earlier_folder_counts(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        (folder / "a.md").write_text(f"---\n{HEAD}---\n\nfrom {folder.name}\n", "utf-8")
    assert DocumentLibrary([first, second]).get("a").text == "from 1\n"


@given(st.text(max_size=300))
def test_no_text_stops_the_parser(text: str) -> None:
    document, problems = parse_document(text, Path("a.md"))
    assert document is not None or problems


@given(st.lists(st.text("abä😀 \n", min_size=1, max_size=5), max_size=4), st.text("abä😀 \n", max_size=60))
def test_spans_are_in_order_and_never_overlap(planted: list[str], text: str) -> None:
    document = Document("a", "T", "k", "en", tuple(Planted(one, "person", "w") for one in planted), text, Path("a.md"))
    spans = document.spans()
    assert all(text[start:end] == one.text for start, end, one in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


# -- what ships ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document_id", SHIPPED.ids())
def test_a_shipped_document_is_worth_reading_and_redacting(document_id: str) -> None:
    """One without anything planted is a source only: it is read, and claims are held against it."""
    document = SHIPPED.get(document_id)
    words, spans = len(document.text.split()), len(document.spans())
    assert (120 if spans else 60) <= words <= 350
    assert not spans or 5 <= spans <= 14
    assert all(kind_label(one.kind) and kind_placeholder(one.kind).isupper() for one in document.planted)


@pytest.mark.parametrize("document_id", SHIPPED.ids())
def test_what_the_guard_finds_in_a_shipped_document_is_nobodys(document_id: str) -> None:
    text, company = SHIPPED.get(document_id).text, SHIPPED.companies()[0]
    for found in scan(text):
        assert company.allows(found.kind, text[found.start : found.end]), text[found.start : found.end]


@pytest.mark.parametrize("document_id", SHIPPED.ids())
def test_named_people_products_and_sums_are_the_registers(document_id: str) -> None:
    document, company = SHIPPED.get(document_id), SHIPPED.companies()[0]
    for planted in document.planted:
        if planted.kind == "person":
            assert company.allows("person", planted.text), planted.text
        if planted.kind == "organisation":
            assert any(planted.text in one.name for one in company.organisations), planted.text
    for product in company.products:
        if product.id in document.text:
            assert product.name in document.text, product.id


def test_what_is_public_is_never_planted() -> None:
    public = SHIPPED.companies()[0].public
    for document_id in SHIPPED.ids():
        for planted in SHIPPED.get(document_id).planted:
            assert not any(planted.text in known for known in public), (document_id, planted.text)


def test_documents_hold_look_alikes_that_are_public() -> None:
    public = SHIPPED.companies()[0].public
    texts = [SHIPPED.get(document_id).text for document_id in SHIPPED.ids()]
    assert sum(any(known in text for known in public) for text in texts) >= 4


@pytest.mark.parametrize(
    ("text", "aligned"),
    [
        ("Freight   42,000\nRent     17,350\nTotal    59,350", True),
        ("15:28:55 INFO a\n15:29:01 ERROR b\n15:29:02 INFO c", True),
        ("@@ -1 +1 @@\n-old\n+new", True),
        ("Dear Ms Brandt,\n\nthe tent is here.\n- by Monday\n- by Friday\n- by hand", False),
        ("", False),
    ],
)
def test_a_table_a_log_or_a_diff_needs_letters_of_one_width(text: str, aligned: bool) -> None:
    assert is_aligned(text) is aligned
