"""Reads the document its first line names and sends what it holds; has no way out but standard output.

It locks itself down before it opens the file: no network, no other file, no other program, limits on memory and time.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from desktop_app.sandbox.lockdown import LockdownError, lock_down
from desktop_app.sandbox.reader import text  # the app's own folder cannot be read once the process is locked down
from desktop_app.sandbox.reader.blocks import (
    BLOCK_CHARS,
    CPU_S,
    MEMORY_BYTES,
    PAGES,
    TEXT_CHARS,
    Block,
    Finished,
    Reached,
    Read,
    ReadError,
    Refused,
    Sent,
    encode,
)
from desktop_app.sandbox.reader.docx import docx_blocks
from desktop_app.sandbox.reader.pdf import pdf_blocks

Told = Callable[[int, int], None]
Reading = Iterator[Block]
_REACHED_S = 0.1


def main() -> None:
    """Answer the one request on standard input."""
    out = os.fdopen(os.dup(1), "wb", buffering=64 * 1024)
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)  # libraries that complain about a file quote it

    def send(message: Sent) -> None:
        out.write(encode(message))

    try:
        request = json.loads(sys.stdin.buffer.readline(64 * 1024))
        send(_answer(Read(request["path"], request["kind"], request["file_bytes"]), out.fileno(), send))
    except ReadError as problem:
        send(Refused(problem.reason, problem.detail[:300]))
    except LockdownError as problem:
        send(Refused("lockdown", str(problem)[:300]))
    except MemoryError:
        send(Refused("memory", ""))
    except OSError as problem:
        send(Refused("unreadable", problem.strerror or ""))
    except Exception as problem:  # a library stumbled over the file; which one matters to nobody but us
        send(Refused("damaged", type(problem).__name__))
    out.flush()


def _answer(request: Read, keep: int, send: Callable[[Sent], None]) -> Finished:
    path = Path(request.path)
    locked = lock_down(path, request.file_bytes, os.getppid(), keep, space_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    last = time.monotonic()

    def told(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _REACHED_S:
            last = time.monotonic()
            send(Reached(done, total))

    total, pages, with_text = 0, 0, set[int]()
    for block in _blocks(path, request.kind, told):
        pages = max(pages, block.page)
        if not block.text.strip():
            continue
        total += len(block.text)
        if total > TEXT_CHARS:
            raise ReadError("too-long")
        with_text.add(block.page)
        for part in _cut(block):
            send(part)
    if not with_text:
        raise ReadError("no-text", str(pages))
    return Finished(pages, tuple(page for page in range(1, pages + 1) if page not in with_text)[:100], locked.proven)


def _blocks(path: Path, kind: str, told: Told) -> Reading:
    """What the file holds, in order; a block without text stands for an empty page."""
    if kind == "pdf":
        return pdf_blocks(path, PAGES, told)
    if kind == "docx":
        return docx_blocks(path, told)
    content = text.decoded(path.read_bytes())
    reading = {"md": text.markdown_blocks, "csv": text.csv_blocks}.get(kind, text.text_blocks)
    return reading(content)


def _cut(block: Block) -> Reading:
    """The block in parts that fit on a line; nearly always the block itself."""
    for start in range(0, len(block.text), BLOCK_CHARS):
        yield Block(block.kind, block.text[start : start + BLOCK_CHARS], min(block.level, 9), block.page)


if __name__ == "__main__":
    main()
