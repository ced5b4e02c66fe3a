"""Placeholders between dialects: names made ours, and text that never becomes a placeholder by accident."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.variables import (
    BRACES,
    Names,
    Slot,
    from_template,
    input_name,
    label_of,
    to_template,
)
from desktop_app.prompts.loading import PLACEHOLDER
from tests.helpers.interchange import pieces as some_pieces


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("question", "question"), ("firstName", "first_name"), ("First Name", "first_name"), ("customer.name", "customer_name"),
     ("2nd", "value_2nd"), ("größe", "groe"), ("名前", "value"), ("__x__", "x"), ("HTTPCode", "httpcode"),
     ("x" * 90, "x" * 40)],
)  # fmt: skip
def test_a_name_becomes_one_of_ours(theirs: str, ours: str) -> None:
    assert input_name(theirs) == ours


@given(st.text(max_size=60))
def test_every_name_becomes_valid(name: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,39}", input_name(name))
    assert 1 <= len(label_of(name)) <= 80


def test_names_that_become_the_same_are_numbered_and_noted() -> None:
    notes = Notes()
    names = Names(notes)
    made = [
        names.ours(name, line) for line, name in enumerate(["firstName", "first_name", "firstName", "first name"], 3)
    ]
    assert made == ["first_name", "first_name_2", "first_name", "first_name_3"]
    assert [str(note) for note in notes.sorted()] == [
        '3: changed: The placeholder "firstName" is called "first_name" here.',
        '4: changed: The placeholder "first_name" is called "first_name_2" here.',
        '6: changed: The placeholder "first name" is called "first_name_3" here.',
    ]


def test_text_that_looks_like_a_placeholder_stays_text() -> None:
    made = to_template(["Write {{name}} and {{ Name }} for ", Slot("name")], Names(Notes()))
    assert made == "Write {{two_braces}}name}} and {{ Name }} for {{name}}"
    assert from_template(made) == ("Write {{name}} and {{ Name }} for ", Slot("name"))


@given(some_pieces)
def test_pieces_come_back(made: list[str | Slot]) -> None:
    content = to_template(made, Names(Notes()))
    back = from_template(content)
    rendered = PLACEHOLDER.sub(lambda found: "{{" if found[1] == BRACES else f"<{found[1]}>", content)
    assert rendered == "".join(piece if isinstance(piece, str) else f"<{piece.name}>" for piece in made)
    assert to_template(back, Names(Notes())) == content
