"""The text of a file that somebody puts into a form, read by the guard before anyone sees it there."""

from __future__ import annotations

import io
import logging
import stat
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.errors import AppError
from desktop_app.guard.finding import Finding
from desktop_app.guard.scan import scan
from desktop_app.jobs import Job, Progress

AS_TEXT = (".txt", ".md", ".csv", ".json", ".log")
ENDINGS = (*AS_TEXT, ".pdf")
MOST_CHARS = 1_000_000
_MOST_TEXT_BYTES = 4 * MOST_CHARS  # a character is at most four bytes of UTF-8
_MOST_PDF_BYTES = 30_000_000
_MOST_PAGES = 2000


class FileTextError(AppError):
    """A file's text cannot be taken; the sentence names the file and the way out."""


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file says, and what the guard found in it; name is the file's without its folder."""

    name: str
    text: str = field(repr=False)
    findings: tuple[Finding, ...] = ()


def read_file_text(path: Path) -> Job[FileText]:
    """Read a file's text and have the guard read it; raises FileTextError, and GuardError if the guard cannot.

    A PDF is read page by page; layout and pictures are lost.
    """
    yield Progress(0, None, f"Reading {path.name}")
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise FileTextError(
            f"{path.name} is no file whose text can be taken. These can: {', '.join(ENDINGS)}. Or copy its text and paste it."
        )
    if ending == ".pdf":
        text = yield from _pdf_text(path, _bytes(path, _MOST_PDF_BYTES))
    else:
        text = _decoded(path, _bytes(path, _MOST_TEXT_BYTES))
    if len(text) > MOST_CHARS:
        raise FileTextError(_too_much(path))
    yield Progress(1, None, f"The guard reads {path.name}")
    return FileText(path.name, text, scan(text))


def _bytes(path: Path, most: int) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for somebody to write
            raise FileTextError(f"{path.name} is a folder, a pipe or a device. Choose a file.")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as exc:
        raise FileTextError(f"{path.name} cannot be read ({exc.strerror}). Check the name and your rights.") from exc
    if len(data) > most:
        raise FileTextError(
            f"{path.name} is larger than {most // 1_000_000} MB. Save the part that matters as a file of its own."
        )
    return data


def _decoded(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise FileTextError(f"{path.name} is not UTF-8 text. Save it as UTF-8, or copy its text and paste it.") from exc
    if "\0" in text:
        raise FileTextError(f"{path.name} is not a text file, whatever its name says. Choose another.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _pdf_text(path: Path, data: bytes) -> Job[str]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is odd about a PDF is no fault of the app
    try:
        reader = PdfReader(io.BytesIO(data))
        locked, count = reader.is_encrypted, 0 if reader.is_encrypted else len(reader.pages)
    except Exception as exc:  # whatever a damaged or hostile PDF makes the parser trip over
        raise FileTextError(_damaged(path)) from exc
    if locked:
        raise FileTextError(f"{path.name} is protected by a password. Save it without one, or copy its text.")
    if count > _MOST_PAGES:
        raise FileTextError(
            f"{path.name} has {count:,} pages; {_MOST_PAGES:,} are the most. Save the part that matters."
        )
    pages, length = [], 0
    for number in range(count):
        yield Progress(number, count, f"Reading page {number + 1} of {count}")
        try:
            pages.append(reader.pages[number].extract_text().replace("\0", "").strip())
        except Exception as exc:
            raise FileTextError(_damaged(path)) from exc
        length += len(pages[-1])
        if length > MOST_CHARS:
            raise FileTextError(_too_much(path))
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise FileTextError(f"{path.name} holds pictures of text, no text. Copy what you need by hand.")
    return text


def _damaged(path: Path) -> str:
    return f"{path.name} is damaged or no PDF. Open it in another program, copy its text and paste it."


def _too_much(path: Path) -> str:
    return f"{path.name} has more than {MOST_CHARS:,} characters. Cut it to the part that matters."
