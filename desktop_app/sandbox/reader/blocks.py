"""What the reading process sends, as frozen dataclasses and JSON lines, and the limits both sides hold it to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from desktop_app.sandbox.protocol import ProtocolError

FILE_BYTES = 50 * 1024 * 1024
TEXT_CHARS = 6_000_000  # about three thousand pages
PAGES = 3000
BLOCK_CHARS = 50_000
LINE_BYTES = 1024 * 1024  # far below WorkerProcess's own limit
UNPACKED_BYTES = 64 * 1024 * 1024  # of one part of a Word file
MEMORY_BYTES = 1024**3
CPU_S = 60

BlockKind = Literal["heading", "text", "item", "row"]
# Why a document cannot be read; client.py has the sentences.
Reason = Literal[
    "encrypted", "no-text", "damaged", "too-long", "too-many-pages", "bomb", "binary", "memory", "cpu", "unreadable",
    "lockdown",
]  # fmt: skip
_REASONS = frozenset(Reason.__args__)  # type: ignore[attr-defined]
_KINDS = frozenset(BlockKind.__args__)  # type: ignore[attr-defined]


class ReadError(Exception):
    """The document cannot be read; reason says why, detail is the system's own words or a number."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Read:
    """The first line to the process: which file, and as what."""

    path: str
    kind: str
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a list item or a table row, in reading order. level is a heading's, from 1.

    page counts from 1, 0 where the format has none. A row names its columns ("Item: NW-2041; Price: 389").
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class Reached:
    """How far it is, in pages or in bytes."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything was sent. without_text are the pages that hold none, at most a hundred; proven: the lock-down held."""

    pages: int
    without_text: tuple[int, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be read."""

    reason: str
    detail: str


Sent = Block | Reached | Finished | Refused
_TYPES: dict[str, type] = {"block": Block, "reached": Reached, "finished": Finished, "refused": Refused}
_NAMES = {cls: name for name, cls in _TYPES.items()}


def encode(message: Any) -> bytes:
    """The message as one line with its newline. Half characters, which a file may hold, become question marks."""
    name = _NAMES.get(type(message), "read")
    line = json.dumps({"type": name} | asdict(message), ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> Sent:
    """The message a line holds; raises ProtocolError, never anything else."""
    if len(line) > LINE_BYTES:
        raise ProtocolError(f"the line is longer than {LINE_BYTES} bytes")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise ProtocolError("the line is not JSON in UTF-8") from exc
    if not isinstance(value, dict):
        raise ProtocolError("the line is not a JSON object")
    match value:
        case {"type": "block", "kind": str(kind), "text": str(text), "level": int(level), "page": int(page), **rest}:
            fits = kind in _KINDS and len(text) <= BLOCK_CHARS and 0 <= level <= 9 and 0 <= page <= PAGES
            sent: Sent = Block(kind, text, level, page)  # type: ignore[arg-type]
        case {"type": "reached", "done": int(done), "total": int(total), **rest}:
            fits = 0 <= done <= 2**53 and 0 <= total <= 2**53
            sent = Reached(done, total)
        case {"type": "finished", "pages": int(pages), "without_text": list(listed), "proven": bool(proven), **rest}:
            fits = 0 <= pages <= PAGES and len(listed) <= 100 and all(type(page) is int for page in listed)
            fits = fits and all(0 < page <= PAGES for page in listed)
            sent = Finished(pages, tuple(listed), proven)
        case {"type": "refused", "reason": str(reason), "detail": str(detail), **rest}:
            fits = reason in _REASONS and len(detail) <= 300
            sent = Refused(reason, detail)
        case _:
            raise ProtocolError("the message has no known form")
    if rest or not fits or any(isinstance(value.get(key), bool) for key in ("level", "page", "done", "total", "pages")):
        raise ProtocolError("the message holds what it may not")
    return sent
