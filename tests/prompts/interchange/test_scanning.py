"""Which characters of a text are code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prompts.interchange.scanning import Code, cut, line_at


@pytest.mark.parametrize(
    "text",
    [
        "a `X` b", "a ``X ` X`` b", "```\nX\n```", "~~~ x\nX\n~~~", "   ```py\nX\nX", "````\n```\nX\n````", "a\n\n```\nX\n``` \nb",
        "```a`b\nplain\n`X`",
    ],
)  # fmt: skip
def test_every_x_is_code(text: str) -> None:
    assert {Code(text).holds(found.start()) for found in re.finditer("X", text)} == {True}


@pytest.mark.parametrize("text", ["X `a` X", "`X", "``X`", "`a\nX`", "```\na\n```\nX", "    ```\nX", "~~ X", ""])
def test_no_x_is_code(text: str) -> None:
    assert not any(Code(text).holds(found.start()) for found in re.finditer("X", text))


@given(st.text(st.sampled_from("a`~\n "), max_size=60))
def test_any_text_is_cut_into_pieces_that_make_it_up(text: str) -> None:
    code = Code(text)
    pieces = cut(text, re.compile("a"), lambda found: found[0] if code.holds(found.start()) else None)
    assert "".join(map(str, pieces)) == text
    assert line_at(text, len(text)) == text.count("\n") + 1
