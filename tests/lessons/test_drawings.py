"""A drawing is shown only if it loads nothing and costs no more than it shows."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.lessons.drawings import MOST_BYTES, MOST_PARTS, why_refused

CONTENT = Path(__file__).parents[2] / "content"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'
RECT = '<rect width="9" height="9"/>'


def why(inside: str, before: str = "") -> str:
    return why_refused((before + SVG.format(inside)).encode())


def many_times(levels: int) -> str:
    """Every level draws the one below it four times."""
    made = [f'<g id="a0">{RECT}</g>']
    made += [f'<g id="a{at}">{f"""<use xlink:href="#a{below}"/>""" * 4}</g>' for below, at in pairwise(range(levels))]
    return f'<defs>{"".join(made)}</defs><use href="#a{levels - 1}"/>'


@pytest.mark.parametrize(
    ("inside", "before"),
    [
        (RECT, ""),
        (RECT, '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'),
        (f'<defs><g id="a">{RECT}</g></defs><use xlink:href="#a"/><use href="#a" x="4"/>', ""),
        ("<!-- <image/> --><text>&lt;image&gt;</text>", "\ufeff"),
        (many_times(4), ""),
        ("<g>" * 48 + "</g>" * 48, ""),
    ],
)
def test_what_a_person_draws_is_shown(inside: str, before: str) -> None:
    assert why(inside, before) == ""


@pytest.mark.parametrize("file", sorted(CONTENT.rglob("*.svg")), ids=lambda file: file.name)
def test_every_drawing_that_ships_is_shown(file: Path) -> None:
    assert why_refused(file.read_bytes()) == ""


@pytest.mark.parametrize(
    ("inside", "before", "says"),
    [
        ('<image xlink:href="/etc/passwd" width="9" height="9"/>', "", "holds a picture (<image>)"),
        ('<g><svg:image xmlns:svg="http://www.w3.org/2000/svg" href="http://x.example"/></g>', "", "holds a picture"),
        (RECT, '<?xml-stylesheet type="text/css" href="/dev/zero" ?>', "names a style sheet"),
        ("<text>&a;</text>", '<!DOCTYPE svg [<!ENTITY a "aaaa">]>', "declares entities"),
        ("<text>&a;</text>", '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "declares entities"),
        (many_times(9), "", "draws more than 20,000 parts"),
        (many_times(30), "", "draws more than 20,000 parts"),
        (many_times(9).replace(" id=", " xml:id="), "", "draws more than 20,000 parts"),
        ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', "", "<use> within <use>"),
        (RECT * MOST_PARTS, "", "draws more than 20,000 parts"),
        ("<g>" * 60 + "</g>" * 60, "", "more than 50 elements in one another"),
        ("<text>" + "a" * MOST_BYTES + "</text>", "", "has 1.0 MB"),
        ("<g>", "", "is no readable XML (line 1)"),
    ],
)
def test_what_loads_or_costs_too_much_is_refused_at_once(inside: str, before: str, says: str) -> None:
    begun = time.perf_counter()
    refused = why(inside, before)
    assert says in refused and refused.endswith(".")
    assert time.perf_counter() - begun < 1.0


@pytest.mark.parametrize("data", [b"", b"no drawing", b"\x1f\x8b\x08\x00packed", b"\x00\xff" * 50])
def test_what_is_no_drawing_is_refused(data: bytes) -> None:
    assert "is no readable XML" in why_refused(data)
    assert "starts with <html>" in why_refused(b"<html/>")


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_are_read(rest: bytes, cut: int) -> None:
    why_refused(SVG.format(RECT).encode()[:cut] + rest)
