"""What a person may write for a column, and how columns are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import AppError
from desktop_app.practice.compare.columns import (
    PARAMETERS,
    check_columns,
    differences,
    facts,
    read_column,
    resolve,
    shared_inputs,
    titles,
)
from desktop_app.practice.compare.comparison import Column
from tests.helpers.prompt_files import library_in, write_prompt


def test_a_column_names_prompt_model_seed_and_parameters() -> None:
    column = read_column("prompt=answer-invoice@2, seed=7 ,temperature=0.9,max_tokens=40,model=big")
    assert (column.prompt_id, column.name, column.model_id, column.seed) == (
        "answer-invoice",
        "answer-invoice@2",
        "big",
        7,
    )
    assert column.changes == {"temperature": 0.9, "max_tokens": 40}


def test_a_text_takes_all_that_follows() -> None:
    column = read_column("seed=3,text=Shorten, please: {{notes}}, seed=4")
    assert column.text == "Shorten, please: {{notes}}, seed=4" and column.seed == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answer-invoice", "is written as"),
        ("prompt=a,colour=red", "Known are prompt, model"),
        ("prompt=a,seed=x", "seed is a whole number from 0"),
        ("prompt=a,temperature=nan", "temperature is a number from 0 to 2"),
        ("prompt=a,max_tokens=0", "max_tokens"),
        ("prompt=a,prompt=b", "says prompt twice"),
        ("prompt=a,text=b", "either prompt= or text="),
        ("prompt=", "nothing after it"),
    ],
)
def test_what_is_wrong_with_a_column_is_said(text: str, said: str) -> None:
    with pytest.raises(AppError, match=said):
        read_column(text)


@given(st.text(max_size=60))
def test_any_text_is_a_column_or_a_sentence(text: str) -> None:
    try:
        column = read_column(text)
    except AppError as problem:
        assert str(problem).endswith(".")
    else:
        assert set(column.changes) <= set(PARAMETERS)


def test_there_are_two_to_four_columns() -> None:
    check_columns([Column()] * 2)
    for wrong in (1, 5):
        with pytest.raises(AppError, match="2 to 4 columns"):
            check_columns([Column()] * wrong)


def test_a_library_prompt_is_found_with_its_version_hash_and_title(tmp_path: Path) -> None:
    write_prompt(tmp_path, version=1, name="Answer")
    write_prompt(tmp_path, version=2, name="Answer", modelParameters={"temperature": 0.5, "seed": 11})
    library = library_in(tmp_path)
    column, version = resolve(read_column("prompt=answer-invoice@2,temperature=1"), library)
    assert (column.prompt_version, column.name, column.seed) == (2, "Answer", 11)
    assert column.content_hash == version.content_hash == library.resolve("answer-invoice@2").content_hash
    assert (version.parameters.temperature, version.parameters.seed) == (1, 11)
    assert resolve(column, library)[0] == column


def test_a_prompt_that_was_changed_is_refused(tmp_path: Path) -> None:
    write_prompt(tmp_path)
    column, _ = resolve(read_column("prompt=answer-invoice"), library_in(tmp_path))
    write_prompt(tmp_path, changelog="Something else.")
    with pytest.raises(AppError, match="was changed since"):
        resolve(column, library_in(tmp_path))


def test_a_wording_of_ones_own_asks_for_its_placeholders_and_a_free_column_for_the_prompt(tmp_path: Path) -> None:
    _, own = resolve(read_column("text=Shorten {{my_notes}} for {{reader}}, {{my_notes}}"), library_in(tmp_path))
    assert [(item.name, item.label) for item in own.inputs] == [("my_notes", "My notes"), ("reader", "Reader")]
    column, free = resolve(Column(), library_in(tmp_path))
    assert [item.name for item in free.inputs] == ["prompt"] and column.name == "Free prompt"


def test_one_form_serves_all_columns(tmp_path: Path) -> None:
    _, one = resolve(read_column("text={{notes}}"), library_in(tmp_path))
    write_prompt(
        tmp_path, messages=[{"role": "user", "content": "{{notes}} {{tone}}"}],
        inputs=[
            {"name": "notes", "label": "Your notes", "required": False, "max_length": 50, "sensitive": True},
            {"name": "tone", "label": "Tone", "required": False},
        ],
    )  # fmt: skip
    _, other = resolve(read_column("prompt=answer-invoice"), library_in(tmp_path))
    notes, tone = shared_inputs([one, other])
    assert (notes.label, notes.required, notes.max_length, notes.sensitive) == ("Notes", True, 50, True)
    assert tone.name == "tone" and not tone.required


def test_what_is_equal_is_said_once_and_what_differs_names_the_columns() -> None:
    columns = [
        Column("a", 2, name="Answer", model_id="small", seed=7),
        Column("a", 3, name="Answer", model_id="small", seed=7),
    ]
    said = [facts(column, {"small": "Small model"}) for column in columns]
    assert differences(said) == (("Answer", "Small model", "seed 7"), (("version 2",), ("version 3",)))
    assert titles(said) == ("version 2", "version 3")
    warm = Column("a", 2, name="Answer", changes={"temperature": 0.9})
    _, own = differences([facts(warm), facts(Column("a", 2, name="Answer"))])
    assert own == (("temperature 0.9",), ("the prompt's own temperature",))


def test_columns_that_say_the_same_are_called_by_their_letters() -> None:
    assert titles([facts(Column(text="x")), facts(Column(text="x"))]) == ("Column A", "Column B")
