"""Tables of inputs: columns go to inputs by name, and what is wrong is named with its line before anything runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import AppError, ContentError
from desktop_app.jobs import finish
from desktop_app.practice.compare.table import MOST_ROWS, InputTable, guard_rows, read_table
from desktop_app.prompts.prompt import Input

INPUTS = (
    Input("notes", "Your notes", "long_text", max_length=30),
    Input("tone", "Tone", required=False, default="kind"),
)


def table(folder: Path, text: str | bytes, inputs: tuple[Input, ...] = INPUTS) -> InputTable:
    file = folder / "inputs.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return finish(read_table(file, inputs))


def said(found: InputTable) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in found.problems]


def test_columns_are_found_by_name_or_label_in_any_order_and_others_are_named(tmp_path: Path) -> None:
    found = table(tmp_path, 'number,Tone,YOUR NOTES\n1,dry,late\n\n2,,"torn,\nwet"\n')
    assert found.rows == ({"tone": "dry", "notes": "late"}, {"tone": "", "notes": "torn,\nwet"})
    assert (found.lines, found.ignored, found.problems) == ((2, 4), ("number",), ())


@pytest.mark.parametrize("text", ["notes;tone\nspät;x\n".encode("utf-8-sig"), "notes\ttone\nspät\tx".encode("utf-16")])
def test_what_spreadsheets_write_is_read(tmp_path: Path, text: bytes) -> None:
    assert table(tmp_path, text).rows == ({"notes": "spät", "tone": "x"},)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "tone,subject\nx,y\n",
            1,
            'There is no column "notes", which is needed. The first line names these: "tone", "subject".',
        ),
        ("notes,Your notes\na,b\n", 1, 'Two columns belong to the input "notes"'),
        ("notes,tone\nfine,x\n" + "n" * 31 + ",x\n", 3, "Your notes is 31 characters long; 30 fit"),
        ("notes,tone\n,x\n", 2, "Your notes is needed."),
        ("notes,tone\na,b,c\n", 2, "This row has 3 cells, the first line names 2 columns."),
        ('notes,tone\nfine,x\n"open,x\n', 3, 'A quote (") in the row that starts here is never closed.'),
        ("", 1, "The table is empty"),
        ("notes,tone\n", 1, "The table is empty"),
        (b"\0\1\2", 1, "This is not a text file."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str | bytes, line: int, words: str) -> None:
    problem, *_ = table(tmp_path, text).problems
    assert problem.line == line and words in problem.message


def test_several_problems_come_together_but_not_thousands(tmp_path: Path) -> None:
    assert [line for line, _ in said(table(tmp_path, "notes,tone\n\n,\n,x\nfine,x\n,y\n"))] == [4, 6]
    assert len(table(tmp_path, "notes,tone\n" + ",x\n" * 500).problems) == 20


def test_the_limit_of_rows_is_stated(tmp_path: Path) -> None:
    assert len(table(tmp_path, "notes\n" + "a\n" * MOST_ROWS).rows) == MOST_ROWS
    assert (
        said(table(tmp_path, "notes\n" + "a\n" * (MOST_ROWS + 1)))[0][1]
        == "There are more than 10,000 rows. Split the file."
    )


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="cannot be read"):
        finish(read_table(tmp_path, INPUTS))


cells = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"), min_size=1, max_size=30).filter(str.strip)  # fmt: skip


@given(st.lists(cells, min_size=1, max_size=8))
@settings(max_examples=60)
def test_whatever_a_spreadsheet_writes_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["notes", "tone"], *([text, "x"] for text in texts)])
    found = table(tmp_path_factory.mktemp("table"), out.getvalue())
    assert [row["notes"] for row in found.rows] == texts and not found.problems


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_give_rows_or_problems_with_lines(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    found = table(tmp_path_factory.mktemp("bytes"), data)
    assert found.rows or found.problems
    assert all(isinstance(problem, ContentError) and problem.line for problem in found.problems)


def test_the_guard_counts_what_it_finds_and_in_how_many_rows() -> None:
    rows = [{"notes": "mail anna@example.org or 10.1.2.3"}, {"notes": "nothing"}, {"notes": "ben@example.org"}]
    findings, affected = finish(guard_rows(rows))
    assert len(findings) == 3 and affected == 2
