"""Taking the text of a file into a form: what can be read, what cannot and why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from desktop_app.jobs import Progress, finish
from desktop_app.prompts import file_text
from desktop_app.prompts.file_text import AS_TEXT, FileTextError, read_file_text


def pdf(path: Path, *pages: str, password: str = "") -> Path:
    """A PDF with a line of text on each page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"), NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    for text in pages:
        page = writer.add_blank_page(300, 200)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode() if text else b"")
        page[NameObject("/Contents")] = stream
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(path)
    return path


@pytest.mark.parametrize("ending", [*AS_TEXT, ".TXT"])
def test_text_files_are_read_as_utf_8(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"note{ending}"
    file.write_bytes(b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe\r\nzwei\rdrei")
    assert finish(read_file_text(file)).text == "Grüße\nzwei\ndrei"


def test_the_guard_has_read_it(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("Write to ines.falk@norwind.example")
    taken = finish(read_file_text(file))
    assert [found.kind for found in taken.findings] == ["email"]
    assert "norwind" not in repr(taken)


def test_a_pdf_is_read_page_by_page_with_progress(tmp_path: Path) -> None:
    job = read_file_text(pdf(tmp_path / "a.pdf", "First page", "", "Third page"))
    steps = []
    while True:
        try:
            steps.append(next(job))
        except StopIteration as end:
            assert end.value.text == "First page\n\nThird page"
            break
    pages = [step for step in steps if isinstance(step, Progress) and step.total == 3]
    assert [step.done for step in pages] == [0, 1, 2]


def test_a_pdf_can_be_left_between_two_pages(tmp_path: Path) -> None:
    job = read_file_text(pdf(tmp_path / "a.pdf", "First page", "Second page"))
    next(job)
    next(job)
    job.close()
    with pytest.raises(StopIteration):
        next(job)


def bad(tmp_path: Path, name: str, data: bytes) -> Path:
    file = tmp_path / name
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.docx", b"PK", r"can: \.txt, \.md, \.csv, \.json, \.log, \.pdf"), ("noending", b"text", "no file whose text"),
        ("a.txt", b"abc\xff", "not UTF-8"), ("a.txt", "Grüße".encode("utf-16"), "not UTF-8"), ("a.txt", b"a\0b", "not a text file"),
        ("a.pdf", b"", "damaged or no PDF"), ("a.pdf", b"%PDF-1.7\n%%EOF", "damaged or no PDF"), ("a.pdf", b"no", "damaged or no PDF"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_the_way_out(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    with pytest.raises(FileTextError, match=why) as refused:
        finish(read_file_text(bad(tmp_path, name, data)))
    assert str(refused.value).startswith(name)


def test_a_pipe_a_folder_and_a_missing_file_are_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    for name, why in (("pipe.txt", "pipe"), ("folder.txt", "folder"), ("none.txt", "No such file")):
        with pytest.raises(FileTextError, match=why):
            finish(read_file_text(tmp_path / name))


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileTextError, match=r"more than 1,000,000 characters"):
        finish(read_file_text(bad(tmp_path, "a.txt", b"a" * 1_000_001)))
    with pytest.raises(FileTextError, match=r"larger than 4 MB"):
        finish(read_file_text(bad(tmp_path, "a.txt", b"a" * 4_000_001)))
    monkeypatch.setattr(file_text, "MOST_CHARS", 5)
    with pytest.raises(FileTextError, match="more than 5 characters"):
        finish(read_file_text(pdf(tmp_path / "a.pdf", "First page", "never read")))


def test_a_locked_pdf_and_one_of_pictures_say_so(tmp_path: Path) -> None:
    with pytest.raises(FileTextError, match="protected by a password"):
        finish(read_file_text(pdf(tmp_path / "locked.pdf", "Secret", password="x")))
    with pytest.raises(FileTextError, match="pictures of text"):
        finish(read_file_text(pdf(tmp_path / "scan.pdf", "", "")))


def test_a_hostile_pdf_ends_in_a_sentence(tmp_path: Path) -> None:
    """A page tree that contains itself."""
    file = pdf(tmp_path / "loop.pdf", "x")
    assert len(PdfReader(file).pages) == 1
    data = file.read_bytes().replace(b"/Kids [ 4 0 R ]", b"/Kids [ 1 0 R ]")
    file.write_bytes(data)
    with pytest.raises(FileTextError):
        finish(read_file_text(file))
