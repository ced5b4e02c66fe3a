"""An answer held to a schema, as what it says or as how much of it is there, and as a form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.practice.structured import (
    MISSING,
    as_json,
    as_table,
    checked_schema,
    form_of,
    held_to,
    plain,
    read_result,
)
from desktop_app.prompts.run import from_text
from desktop_app.sandbox.grammar.schema import SchemaError

INVOICE = {
    "type": "object",
    "properties": {
        "invoiceNumber": {"type": "string"},
        "due_date": {"type": "string", "title": "To be paid by"},
        "supplier": {"$ref": "#/$defs/firm"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"what": {"type": "string"}, "VAT": {"type": "number"}}}},
        "paid": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
    },
    "$defs": {"firm": {"type": "object", "properties": {"name": {"type": "string"}, "IBAN": {"type": "string"}}}},
}  # fmt: skip
VALUE = {
    "invoiceNumber": "INV-20417", "due_date": "2026-03-12", "supplier": {"name": "Norwind"},
    "lines": [{"what": "rope\n60 m", "VAT": 19}, {"what": "tent"}], "paid": False,
}  # fmt: skip
TEXT, SCHEMA = json.dumps(VALUE), json.dumps(INVOICE)


def test_a_whole_answer_is_its_value() -> None:
    result = read_result(TEXT, SCHEMA, "end")
    assert (result.value, result.problem, result.whole, result.there, result.wanted) == (VALUE, "", True, 5, 5)


def test_an_answer_that_ran_out_of_tokens_says_how_many_fields_are_there() -> None:
    result = read_result(TEXT[: TEXT.index("rope") + 2], SCHEMA, "length")
    assert result.value == {key: VALUE[key] for key in ("invoiceNumber", "due_date", "supplier")} and not result.whole
    assert result.problem == (
        "The answer ran out of tokens: 3 of the 5 fields are there. Raise Longest answer and run it again."
    )
    nothing = read_result('{"invo', SCHEMA, "length")
    assert "none of the 5 fields are there" in nothing.problem and nothing.value == {}
    assert read_result("", SCHEMA, "length").value is MISSING and plain(MISSING) is None
    entries = read_result('["a", "b', '{"type": "array"}', "length")
    assert entries.value == ["a"] and "1 entry is there" in entries.problem


def test_how_it_ended_is_said_as_it_was() -> None:
    assert read_result('{"a', SCHEMA, "cancelled").problem.startswith("The answer was stopped: ")
    assert read_result('{"a', SCHEMA, "died").problem.startswith("The model stopped: ")
    assert read_result("Here it is", SCHEMA, "end").problem.startswith("The answer is no whole JSON: ")
    assert read_result('{"paid": 3}', SCHEMA, "end").problem.startswith("The answer does not keep to its form: paid: ")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)),
       st.integers(0, 80))  # fmt: skip
def test_any_beginning_of_any_json_is_read_and_shown(value: object, length: int) -> None:
    text = json.dumps([value], ensure_ascii=False)
    result = read_result(text[:length], "{}", "length")
    assert result.whole == (length >= len(text))
    assert result.value == [value] or not result.whole
    json.loads(as_json(result.value) or "null")
    as_table(form_of(result.value, {}))


@given(st.text(alphabet='{}[]",:0a\\ ', max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    as_table(form_of(read_result(text, SCHEMA, "end").value, INVOICE))


def test_nesting_without_end_is_read_too() -> None:
    for start in ("[", '{"a":'):
        assert not read_result(start * 100_000, SCHEMA, "length").whole


def test_the_form_has_words_for_names_and_the_schemas_order() -> None:
    form = form_of({"due_date": "2026-03-12", "extra_field": [1, 2], "supplier": {"name": "Norwind"}}, INVOICE)
    assert [field.label for field in form.fields] == [
        "Invoice number", "To be paid by", "Supplier", "Lines", "Paid", "Extra field",
    ]  # fmt: skip
    number, due, supplier, lines, paid, extra = form.fields
    assert number.missing and lines.missing and paid.missing and due.texts == ("2026-03-12",)
    assert [(field.label, field.missing) for field in supplier.fields] == [("Name", False), ("IBAN", True)]
    assert (extra.kind, extra.texts) == ("list", ("1", "2"))


def test_a_list_of_objects_is_a_table() -> None:
    lines = form_of(VALUE, INVOICE).fields[3]
    assert (lines.kind, lines.columns) == ("table", ("What", "VAT"))
    assert lines.rows == (("rope\n60 m", "19"), ("tent", ""))


def test_values_are_words() -> None:
    values = {"a": True, "b": None, "c": 2.5, "d": [], "e": {"f": {}}}
    texts = [field.texts for field in form_of(values, {}).fields]
    assert texts == [("yes",), ("none",), ("2.5",), (), ()]


def test_a_table_is_copied_with_tabs_and_a_form_line_by_line() -> None:
    form = form_of(VALUE, INVOICE)
    assert as_table(form.fields[3]) == "What\tVAT\nrope 60 m\t19\ntent\t"
    assert as_table(form).splitlines() == [
        "Invoice number\tINV-20417", "To be paid by\t2026-03-12", "Supplier – Name\tNorwind", "Supplier – IBAN",
        "Lines\tWhat\tVAT", "\trope 60 m\t19", "\ttent\t", "Paid\tno",
    ]  # fmt: skip
    assert json.loads(as_json(VALUE)) == VALUE and as_json(MISSING) == ""


def test_a_free_text_is_held_to_a_schema_without_being_punished_for_repeating_quotes() -> None:
    request = held_to(from_text("Extract the date.", seed=1), SCHEMA)
    assert (request.schema, request.parameters.repeat_penalty) == (SCHEMA, 1.0)


def test_a_schema_is_checked_before_anything_runs() -> None:
    assert json.loads(checked_schema(SCHEMA)) == INVOICE
    with pytest.raises(SchemaError, match='"not"'):
        checked_schema('{"not": {}}')


def test_the_example_of_the_format_can_be_kept() -> None:
    page = Path(__file__).parents[2] / "docs" / "formats" / "structured-output.md"
    example = page.read_text("utf-8").partition("```json\n")[2].partition("```")[0]
    assert checked_schema(example)
