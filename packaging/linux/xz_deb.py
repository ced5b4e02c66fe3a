"""Packs the files of a deb with xz: nfpm's own xz is slow, and its zstd a fifth larger and unknown to Debian's policy."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from linux.tools import Problem, tool

_MAGIC = b"!<arch>\n"
# x86 turns jump targets, which differ, into addresses, which repeat: four per cent less. Two threads whatever the machine has: xz cuts its input into blocks when there is more than one, and the bytes must be the same.
_XZ = ("--format=xz", "--check=crc32", "--threads=2", "--x86", "--lzma2=preset=6,dict=64MiB", "--stdout")


def repack(deb: Path, epoch: int) -> None:
    """Replace data.tar in deb by data.tar.xz; raises Problem if it has none."""
    members = dict(_members(deb.read_bytes()))
    if "data.tar" not in members:
        raise Problem(f"{deb} holds {', '.join(members)} and no data.tar. Build it with the pinned nfpm.")
    packed = subprocess.run(xz_command(), input=members["data.tar"], capture_output=True)
    if packed.returncode:
        raise Problem(f"xz ended with {packed.returncode}: {packed.stderr.decode('utf-8', 'replace').strip()}")
    parts = [_MAGIC]
    for name, data in members.items():
        written, content = ("data.tar.xz", packed.stdout) if name == "data.tar" else (name, data)
        header = f"{written:<16}{epoch:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n"
        parts += [header.encode("ascii"), content, b"\n" if len(content) % 2 else b""]
    deb.write_bytes(b"".join(parts))


def xz_command() -> list[str]:
    """The command that packs its input tightly, the same way on every machine; raises Problem without xz."""
    return [tool("xz", "xz-utils"), *_XZ]


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The name and content of each member of an ar archive, in order (deb(5))."""
    at = len(_MAGIC)
    while at < len(data):
        header = data[at : at + 60].decode("ascii")
        size = int(header[48:58])
        yield header[:16].strip().rstrip("/"), data[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
