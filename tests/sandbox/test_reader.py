"""The process that reads one document: what it makes of each format, and what it may not do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_documents import SHIPPED, paragraph, word_file

from desktop_app.jobs import Progress, finish
from desktop_app.sandbox.protocol import ProtocolError
from desktop_app.sandbox.reader.blocks import Block, Finished, Reached, ReadError, Refused, decode, encode
from desktop_app.sandbox.reader.client import DocumentError, Reading, read_document
from desktop_app.sandbox.reader.text import csv_blocks, decoded, markdown_blocks, text_blocks

linux = pytest.mark.skipif(sys.platform != "linux", reason="the lock-down is Linux's")


def read(path: Path) -> Reading:
    return finish(read_document(path))


def shape(blocks: tuple[Block, ...]) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.text) for block in blocks]


# -- formats -------------------------------------------------------------------------------------------------------------


def test_markdown_gives_headings_paragraphs_items_and_rows(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(
        "---\nid: x\n---\n# Leave\n\nEverybody has **30 days**, see [here](https://a.example).\n\n- one\n- two\n\n"
        "| Place | Limit | Note |\n|---|---|---|\n| Basel | 170 | |\n\nOld style\n---------\n\n```\n# no heading\n```\n",
        "utf-8",
    )
    reading = read(file)
    assert shape(reading.blocks) == [
        ("heading", 1, "Leave"), ("text", 0, "Everybody has 30 days, see here."), ("item", 0, "- one"), ("item", 0, "- two"),
        ("row", 0, "Place: Basel; Limit: 170"), ("heading", 2, "Old style"), ("text", 0, "# no heading"),
    ]  # fmt: skip
    assert (reading.kind, reading.pages, reading.without_text) == ("md", 0, ())


def test_text_gives_headings_and_unwraps_paragraphs() -> None:
    wrapped = "1. Summary\n\nFrom October to November the daily report of the online shop counted\nthe orders of one hour twice.\n\nAm Hof 3\n62110 Freiburg\n"
    assert shape(tuple(text_blocks(wrapped))) == [
        ("heading", 1, "1. Summary"),
        (
            "text",
            0,
            "From October to November the daily report of the online shop counted the orders of one hour twice.",
        ),
        ("text", 0, "Am Hof 3\n62110 Freiburg"),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_each_row_of_a_table_names_its_columns(mark: str) -> None:
    rows = ["Item,Price EUR,Note", "Lofoten 2,389,", "Rhine 20,89,new"]
    assert [block.text for block in csv_blocks("\n".join(rows).replace(",", mark))] == [
        "Item: Lofoten 2; Price EUR: 389", "Item: Rhine 20; Price EUR: 89; Note: new",
    ]  # fmt: skip


def test_a_pdf_gives_pages_and_headings_and_no_running_feet() -> None:
    reading = read(SHIPPED / "depot-lease.pdf")
    assert reading.pages == 3
    headings = [(block.text, block.page) for block in reading.blocks if block.kind == "heading"]
    assert headings[:3] == [("Lease of the depot at Güterstrang 18", 1), ("1 What is let", 1), ("2 Term", 1)]
    assert ("9 Insurance", 3) in headings
    assert not [block for block in reading.blocks if "Page" in block.text]


def test_a_word_file_gives_headings_by_style_lists_and_table_rows() -> None:
    blocks = shape(read(SHIPPED / "travel-policy.docx").blocks)
    assert ("heading", 1, "Travel policy") in blocks
    assert ("heading", 2, "Flights") in blocks
    assert ("row", 0, "Place: Italy; Limit per night: 125 EUR; Note: For visits to suppliers near Como") in blocks
    assert any(kind == "text" and text == "Tips are paid up to 10 %." for kind, _, text in blocks) or any(
        kind == "item" and text == "Tips are paid up to 10 %." for kind, _, text in blocks
    )


def test_word_styles_are_headings_by_name_level_and_what_they_are_based_on(tmp_path: Path) -> None:
    styles = (
        '<w:style w:styleId="a"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:styleId="b"><w:name w:val="Own"/><w:basedOn w:val="a"/></w:style>'
        '<w:style w:styleId="c"><w:name w:val="Überschrift 3"/></w:style>'
        '<w:style w:styleId="d"><w:name w:val="Loop"/><w:basedOn w:val="d"/></w:style>'
    )
    body = "".join(paragraph(style, f'<w:pStyle w:val="{style}"/>') for style in "abcd")
    file = tmp_path / "a.docx"
    file.write_bytes(word_file(body + paragraph("e", '<w:outlineLvl w:val="0"/>'), styles=styles))
    assert [(block.text, block.level) for block in read(file).blocks] == [
        ("a", 2),
        ("b", 2),
        ("c", 3),
        ("d", 0),
        ("e", 1),
    ]


def test_reading_tells_how_far_it_is() -> None:
    steps = list(read_document(SHIPPED / "handbook.pdf"))
    assert steps
    assert all(isinstance(step, Progress) for step in steps)


# -- the lock-down -------------------------------------------------------------------------------------------------------


@linux
def test_the_process_is_locked_down_while_it_reads() -> None:
    assert read(SHIPPED / "price-list.csv").proven


@linux
def test_the_process_reads_no_other_file_and_opens_no_socket(tmp_path: Path) -> None:
    """The real main, but asked to try: what it may not do is an error of the system."""
    document, other = tmp_path / "a.txt", tmp_path / "other.txt"
    document.write_text("text", "utf-8")
    other.write_text("secret", "utf-8")
    code = f"""
import os, sys
from desktop_app.sandbox.reader import __main__ as process
from desktop_app.sandbox.reader.blocks import Block
def attempts(path, kind, told):
    import _socket
    for name, work in (("document", lambda: open({str(document)!r}).close()), ("other", lambda: open({str(other)!r}).close()),
                       ("passwd", lambda: open("/etc/passwd").close()), ("write", lambda: open({str(tmp_path / "new")!r}, "w").close()),
                       ("socket", lambda: _socket.socket(2, 1)), ("fork", os.fork), ("program", lambda: os.execv("/bin/true", ["true"]))):
        try:
            work()
            yield Block("text", name + " allowed")
        except OSError:
            yield Block("text", name + " refused")
process._blocks = attempts
process.main()
"""
    reading = finish(read_document(document, command=(sys.executable, "-c", code)))
    assert [block.text for block in reading.blocks] == [
        "document allowed", "other refused", "passwd refused", "write refused", "socket refused", "fork refused",
        "program refused",
    ]  # fmt: skip


@linux
def test_the_process_may_take_so_much_memory_and_no_more(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("text", "utf-8")
    code = """
from desktop_app.sandbox.reader import __main__ as process
process._blocks = lambda path, kind, told: [bytearray(2 * 1024**3)]
process.main()
"""
    with pytest.raises(DocumentError, match=r"a\.txt takes more memory"):
        finish(read_document(document, command=(sys.executable, "-c", code)))


@linux
def test_the_process_may_take_so_much_processor_time_and_no_more(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("text", "utf-8")
    code = """
from desktop_app.sandbox.reader import __main__ as process
process.CPU_S = 1
def endless(path, kind, told):
    while True:
        pass
    yield
process._blocks = endless
process.main()
"""
    with pytest.raises(DocumentError, match=r"a\.txt takes too long"):
        finish(read_document(document, command=(sys.executable, "-c", code)))


# -- what passes between the processes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message", [Block("heading", "Ä\n\u2028", 2, 3), Reached(1, 2), Finished(3, (2,), True), Refused("damaged", "x")]
)
def test_each_message_comes_back_as_it_was_sent(message: Block | Reached | Finished | Refused) -> None:
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "line",
    ['{"type":"block","kind":"text","text":"a","level":true,"page":0}', '{"type":"block","kind":"other","text":"a","level":0,"page":0}',
     '{"type":"block","kind":"text","text":"a","level":0,"page":0,"more":1}', '{"type":"finished","pages":1,"without_text":[0],"proven":true}',
     '{"type":"refused","reason":"because","detail":""}', '{"type":"reached","done":-1,"total":2}', "[]", "", "{" * 5000, '{"type":1}'],
)  # fmt: skip
def test_what_the_process_may_not_send_is_refused(line: str) -> None:
    with pytest.raises(ProtocolError):
        decode(line.encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_protocol_error(line: bytes) -> None:
    try:
        decode(line)
    except ProtocolError as problem:
        assert str(problem)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda x: st.lists(x) | st.dictionaries(
    st.sampled_from(["type", "kind", "text", "level", "page", "pages", "done", "total", "proven", "without_text", "reason", "detail"]), x)))  # fmt: skip
def test_any_json_is_a_message_or_a_protocol_error(value: object) -> None:
    try:
        decode(json.dumps(value).encode())
    except ProtocolError as problem:
        assert str(problem)


# -- any text ------------------------------------------------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(["# A", "Text that goes on.", "- item", "| a | b | c |", "|---|---|---|", "```", "", "---", "===", "1. One", "AB"])
    | st.text(max_size=30),
    max_size=25,
).map("\n".join)  # fmt: skip


@given(LINES)
def test_no_word_of_a_text_is_lost(content: str) -> None:
    kept = "".join(block.text for block in text_blocks(content))
    lines = [line for line in content.split("\n") if not set(line.strip()) <= set("=-")]
    assert [mark for mark in kept if mark.isalnum()] == [mark for mark in "".join(lines) if mark.isalnum()]


@given(LINES)
def test_any_markdown_and_any_table_can_be_read(content: str) -> None:
    for blocks in (markdown_blocks(content), csv_blocks(content)):
        try:
            assert all(isinstance(block, Block) for block in blocks)
        except ReadError as problem:
            assert problem.reason == "damaged"


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        assert "\r" not in decoded(data)
    except ReadError as problem:
        assert problem.reason == "binary"
