"""Images are what they say, and of a size worth carrying."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.lessons.lint_images import MOST_BYTES, check_image, pixel_size
from desktop_app.lessons.problem import Problems

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 320, 200)
JPEG = b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"ab" + b"\xff\xc2" + struct.pack(">HBHH", 11, 8, 3000, 1000)


def codes(tmp_path: Path, name: str, data: bytes) -> list[str]:
    file = tmp_path / name
    file.write_bytes(data)
    problems = Problems(Path("lesson.md"))
    check_image(file, name, problems, 3, 7)
    assert all((problem.line, problem.column) == (3, 7) for problem in problems.found)
    return [problem.code for problem in problems.found]


@pytest.mark.parametrize(
    ("data", "size"), [(PNG, (640, 480)), (GIF, (320, 200)), (JPEG, (3000, 1000)), (b"<svg/>", ())]
)
def test_sizes_are_read_from_the_head(data: bytes, size: tuple[int, ...]) -> None:
    assert pixel_size(data) == size


@given(st.sampled_from([PNG, GIF, JPEG, b""]), st.integers(0, 40), st.binary(max_size=60))
def test_any_head_is_read(start: bytes, cut: int, rest: bytes) -> None:
    assert len(pixel_size(start[:cut] + rest)) in (0, 2)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.png", PNG, []),
        ("a.gif", GIF, []),
        ("a.svg", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", []),
        ("a.webp", b"RIFF0000WEBPVP8 ", []),
        ("a.png", GIF, ["L407"]),
        ("a.webp", b"RIFF0000AVI ", ["L407"]),
        ("a.svg", b"<html>", ["L407"]),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/hosts'/></svg>", ["L407"]),
        ("a.bmp", b"BM", ["L407"]),
        ("a.png", PNG + b"0" * MOST_BYTES, ["L406"]),
        ("a.jpg", JPEG, ["L406"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, data: bytes, expected: list[str]) -> None:
    assert codes(tmp_path, name, data) == expected


def test_an_image_that_cannot_be_read(tmp_path: Path) -> None:
    problems = Problems(Path("lesson.md"))
    check_image(tmp_path / "gone.png", "gone.png", problems, 1, 1)
    assert [problem.code for problem in problems.found] == ["L407"]
