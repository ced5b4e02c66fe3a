"""Having a document read: checks the file, starts the locked-down process, keeps it to its limits, says what is wrong."""

from __future__ import annotations

import hashlib
import stat
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.sandbox.process import WorkerProcess
from desktop_app.sandbox.programs import program
from desktop_app.sandbox.protocol import ProtocolError
from desktop_app.sandbox.reader.blocks import (
    CPU_S,
    FILE_BYTES,
    PAGES,
    TEXT_CHARS,
    Block,
    Finished,
    Reached,
    Read,
    Refused,
    decode,
    encode,
)

READER_COMMAND = program("reader")
KINDS = {
    ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".pdf": "pdf", ".docx": "docx", ".csv": "csv", ".tsv": "csv",
}  # fmt: skip
NAMES = {"txt": "text file", "md": "Markdown file", "pdf": "PDF", "docx": "Word document (.docx)", "csv": "CSV table"}
_BEAT_S = 0.1
_SENT_BYTES = 20 * TEXT_CHARS  # far more than any text of that length with what each block says of itself
_MEGABYTE = 1024 * 1024
_OUT_OF_TIME = ("signal 24", "signal 9")  # the soft limit on processor time, then the hard one


class DocumentError(AppError):
    """A document cannot be read; the text names it and the way out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. sha256 is of its bytes in hex; without_text are pages that hold none, at most a hundred.

    proven says that the lock-down held while it was read.
    """

    sha256: str
    kind: str
    file_bytes: int
    blocks: tuple[Block, ...]
    pages: int
    without_text: tuple[int, ...]
    proven: bool


def checksum(path: Path) -> Job[tuple[Path, str, int]]:
    """The file that is meant (links followed), the SHA-256 of its bytes and how many they are; raises DocumentError."""
    file, size = _checked(path)
    digest, done = hashlib.sha256(), 0
    try:
        with file.open("rb") as data:
            head = data.read(1024)
            _check_content(path, head)
            data.seek(0)
            while chunk := data.read(_MEGABYTE):
                digest.update(chunk)
                done += len(chunk)
                if done > FILE_BYTES:
                    raise DocumentError(_too_large(path, done))
                yield Progress(done, size, path.name)
    except OSError as exc:
        raise _unreadable(path, exc) from exc
    return file, digest.hexdigest(), done


def read_document(path: Path, *, command: Sequence[str] = READER_COMMAND, limit_s: float = 3.0 * CPU_S) -> Job[Reading]:
    """Read a document in a process of its own; yields Progress. Closing the job ends that process.

    Raises DocumentError in one sentence if it cannot be read, is too large, or takes longer than limit_s seconds.
    """
    before = _state(path)  # before its checksum: what is read must be what the checksum is of
    file, digest, size = yield from checksum(path)
    kind = KINDS[path.suffix.lower()]
    blocks: list[Block] = []
    chars, told = 0, time.monotonic()
    until = told + limit_s
    with closing(WorkerProcess(list(command), encode=encode, decode=decode, most_bytes=_SENT_BYTES)) as process:
        process.send(Read(str(file), kind, size))
        while True:
            if time.monotonic() >= told + _BEAT_S:
                told = time.monotonic()
                yield Progress(chars, None, path.name)
            if time.monotonic() > until:
                raise DocumentError(_say(path, kind, "cpu"))
            try:
                reply = process.take(_BEAT_S)
            except Empty:
                continue
            match reply:
                case Block():
                    blocks.append(reply)
                    chars += len(reply.text)
                    if chars > TEXT_CHARS or len(blocks) > TEXT_CHARS:
                        raise DocumentError(_say(path, kind, "too-long"))
                case Reached():
                    yield Progress(reply.done, reply.total, path.name)
                case Finished():
                    break
                case Refused():
                    raise DocumentError(_say(path, kind, reply.reason, reply.detail))
                case ProtocolError():
                    raise DocumentError(_gone(path, f"it sent what it may not: {reply}"))
                case _:
                    ending = process.how_it_ended()
                    raise DocumentError(
                        _say(path, kind, "cpu") if ending.startswith(_OUT_OF_TIME) else _gone(path, ending)
                    )
    if _state(path) != before:
        raise DocumentError(f"{path.name} changed while it was read, so nothing was added. Add it again.")
    return Reading(digest, kind, size, tuple(blocks), reply.pages, reply.without_text, reply.proven)


# -- before the process --------------------------------------------------------------------------------------------------


def _checked(path: Path) -> tuple[Path, int]:
    """The file links lead to and its size; raises DocumentError for what no document can be."""
    try:
        file = path.expanduser().resolve(strict=True)
        status = file.stat()
    except (OSError, RuntimeError) as exc:  # RuntimeError: links that lead to each other, or no home folder
        raise _unreadable(path, exc) from exc
    except ValueError as exc:  # a NUL in the name
        raise DocumentError("This is no name of a file. Choose the document again.") from exc
    if stat.S_ISDIR(status.st_mode):
        raise DocumentError(f"{path.name or path} is a folder. Add the documents in it instead.")
    if not stat.S_ISREG(status.st_mode):
        raise DocumentError(f"{path.name} is a device or pipe and no file. Save its contents as a file and add that.")
    if path.suffix.lower() not in KINDS:
        raise DocumentError(
            f"{path.name} is of a kind that cannot be read here. Text (.txt), Markdown (.md), PDF, Word (.docx) and "
            "tables (.csv) can: save it as one of these."
        )
    if status.st_size == 0:
        raise DocumentError(f"{path.name} is empty, so there is nothing to ask about. Choose another document.")
    if status.st_size > FILE_BYTES:
        raise DocumentError(_too_large(path, status.st_size))
    return file, status.st_size


def _check_content(path: Path, head: bytes) -> None:
    """Refuse a file whose first bytes are of another kind than its ending says."""
    kind = KINDS[path.suffix.lower()]
    is_pdf, is_zip, is_old_word = b"%PDF-" in head, head.startswith(b"PK"), head.startswith(b"\xd0\xcf\x11\xe0")
    if is_old_word:
        raise DocumentError(
            f"{path.name} is an old or protected Word document. Open it, save it as .docx without a password, and add that."
        )
    if (kind == "pdf") != is_pdf or (kind == "docx") != is_zip:
        found = "a PDF" if is_pdf else "a Word document or zip file" if is_zip else f"no {NAMES[kind]}"
        way = "Give it the right ending" if is_pdf or is_zip else "Save it anew in the program that made it"
        raise DocumentError(f"{path.name} is {found} by its contents. {way}, then add it again.")


def _state(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


# -- sentences -----------------------------------------------------------------------------------------------------------

_SAYS: dict[str, str] = {
    "encrypted": "{name} is protected with a password. Save a copy without one and add that.",
    "no-text": "{name} holds no text, so there is nothing to ask about. Choose another document.",
    "scanned": "{name} holds no text{pages}. If it was scanned, make it searchable (text recognition) first.",
    "damaged": "{name} is damaged or no whole {kind}. Open it in the program that made it, save it anew and add that.",
    "too-long": f"{{name}} holds more than {TEXT_CHARS:,} characters of text. Add only the part you need.",
    "too-many-pages": f"{{name}} has more than {PAGES:,} pages. Add only the part you need.",
    "bomb": "{name} is built in a way no office program builds it, as files are that should harm whoever opens them. It was not read.",
    "binary": "{name} holds no text but other data. Add it in the form it was made from, as PDF or Word document.",
    "memory": "{name} takes more memory to read than a document may. Add only the part you need, or save it anew.",
    "cpu": "{name} takes too long to read. Add only the part you need, or save it anew.",
    "unreadable": "{name} cannot be read ({detail}). Check that it is there and your rights.",
    "lockdown": "Documents cannot be read safely on this system: {detail}. Ask IT to look at the self-test in Settings.",
}


def _say(path: Path, kind: str, reason: str, detail: str = "") -> str:
    reason = "scanned" if reason == "no-text" and kind == "pdf" else reason
    pages = f" on its {int(detail):,} pages" if reason == "scanned" and detail.isdecimal() and int(detail) > 1 else ""
    return _SAYS[reason].format(name=path.name, kind=NAMES[kind], pages=pages, detail=detail or "no reason given")


def _gone(path: Path, ending: str) -> str:
    return f"Reading {path.name} stopped ({ending}). Nothing was added: try again, or save it anew."


def _too_large(path: Path, size: int) -> str:
    return (
        f"{path.name} has {size / _MEGABYTE:,.0f} MB; documents of up to {FILE_BYTES // _MEGABYTE} MB can be added. "
        "Add only the part you need."
    )


def _unreadable(path: Path, exc: Exception) -> DocumentError:
    reason = getattr(exc, "strerror", None) or "its links lead to each other"
    return DocumentError(f"{path.name or path} cannot be read ({reason}). Check that it is there and your rights.")
