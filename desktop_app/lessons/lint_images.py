"""Whether the images of a lesson's folder are images, and of a size that a content pack should carry."""

from __future__ import annotations

import struct
from pathlib import Path

from desktop_app.lessons.drawings import why_refused
from desktop_app.lessons.problem import Problems

MOST_BYTES = 500_000
MOST_PIXELS = 2_400  # on the longer side: the reader's column is about 800 wide, at 300 % scaling
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"})
_STARTS = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".webp": (b"RIFF",),
}
_HEAD = 65_536  # where a JPEG's size stands behind its colour profile


def check_image(file: Path, address: str, problems: Problems, line: int, column: int) -> None:
    """Note what is wrong with an existing image that a lesson names as address."""
    suffix = file.suffix.lower()
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        problems.add("L407", f'The image "{address}" cannot be read. Check its rights.', line, column)
        return
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(one.removeprefix(".") for one in SUFFIXES))
        problems.add("L407", f'"{address}" is no image the reader shows. Use one of {known}.', line, column)
    elif not _is_what_it_says(suffix, head):
        message = (
            f'"{address}" is not a {suffix.removeprefix(".").upper()} file, whatever its name says. Save it again.'
        )
        problems.add("L407", message, line, column)
    elif size > MOST_BYTES:
        message = f'The image "{address}" has {size / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:.1f} MB. Make it smaller.'
        problems.add("L406", message, line, column)
    elif (pixels := max(pixel_size(head), default=0)) > MOST_PIXELS:
        message = f'The image "{address}" is {pixels} pixels wide or high; {MOST_PIXELS} are enough. Scale it down.'
        problems.add("L406", message, line, column)
    elif suffix == ".svg" and (why := _refused(file)):
        problems.add("L407", f'The drawing "{address}" {why}', line, column)


def _refused(file: Path) -> str:
    try:
        return why_refused(file.read_bytes())
    except OSError:
        return ""  # gone since


def _is_what_it_says(suffix: str, head: bytes) -> bool:
    if suffix == ".svg":
        return b"<svg" in head
    if suffix == ".webp" and head[8:12] != b"WEBP":
        return False
    return head.startswith(_STARTS[suffix])


def pixel_size(head: bytes) -> tuple[int, ...]:
    """Width and height from the first bytes of a PNG, GIF or JPEG file; nothing for others or where it is not found.

    PNG: IHDR (W3C PNG, 11.2.2). GIF: logical screen (GIF89a, 18). JPEG: the start of frame (ITU T.81, B.2.2).
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return struct.unpack(">II", head[16:24])
    if head.startswith((b"GIF87a", b"GIF89a")) and len(head) >= 10:
        return struct.unpack("<HH", head[6:10])
    return _jpeg_size(head) if head.startswith(b"\xff\xd8") else ()


def _jpeg_size(head: bytes) -> tuple[int, ...]:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return struct.unpack(">HH", head[at + 5 : at + 9])
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return ()
