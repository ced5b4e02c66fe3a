"""Filling a prompt: values are checked, inserted as they are, and never looked at again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prompts.prompt import Input, Message, ModelParameters, PromptId, PromptVersion
from desktop_app.prompts.render import ValueProblem, check_value, render


def version(*contents: str, inputs: tuple[Input, ...]) -> PromptVersion:
    messages = tuple(Message("user", content) for content in contents)
    return PromptVersion(
        PromptId("p"), 1, "P", "d", messages, inputs, ModelParameters(), ("everyone",), "t", (), "public", "o", "c", None,
        Path("1.prompt.yml"), "0" * 64,
    )  # fmt: skip


def text_input(name: str, **fields: Any) -> Input:
    return Input(name, f"Label of {name}", **fields)


TWO = (text_input("a"), text_input("b"))


def rendered(template: str, **values: str) -> str:
    inputs = tuple(text_input(name, max_length=10**6) for name in values)
    [message] = render(version(template, inputs=inputs), values)
    return message.content


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{a}}{{b}}", "XY"), ("{{ a }} and {{    b    }}", "X and Y"), ("{{a}}{{a}}{{b}}", "XXY"),
        ("{{{a}}} {{b}}", "{X} Y"), ("{{ a}}\n{{b }}", "X\nY"), ("{{A}} {{}} {{a b}} {{a}} {{b}}", "{{A}} {{}} {{a b}} X Y"),
    ],
)  # fmt: skip
def test_declared_names_are_replaced_and_nothing_else(template: str, expected: str) -> None:
    assert rendered(template, a="X", b="Y") == expected


@pytest.mark.parametrize(
    "value", ["{{b}}", "{{ b }}", "{{a}}", "{a}", "{0.__class__}", "%s", "{% raw %}", "\\1", "\\g<a>", "$a", "{{"]
)
def test_a_value_is_never_expanded_again(value: str) -> None:
    assert rendered("1 {{a}} 2 {{b}}", a=value, b="secret") == f"1 {value} 2 secret"
    assert rendered("1 {{b}} 2 {{a}}", a=value, b="secret") == f"1 secret 2 {value}"


def test_two_values_that_make_a_placeholder_together_stay_apart() -> None:
    assert rendered("{{a}}{{b}}", a="{{a", b="}}") == "{{a}}"


PIECES = st.lists(
    st.sampled_from(["a", "b"]).map(lambda name: ("value", name))
    | st.text(st.characters(exclude_characters="{}")).map(lambda text: ("text", text)),
    max_size=12,
)
VALUE = st.text(st.characters()) | st.sampled_from(["{{a}}", "{{b}}", "{{ b }}", "}}", "{{", "{"])


@given(PIECES, VALUE, VALUE)
def test_filling_is_putting_the_parts_one_after_the_other(pieces: list[tuple[str, str]], a: str, b: str) -> None:
    a, b = a + "x", b + "x"  # not blank
    values = {"a": a, "b": b}
    template = "".join(f"{{{{{part}}}}}" if kind == "value" else part for kind, part in pieces)
    expected = "".join(values[part] if kind == "value" else part for kind, part in pieces)
    assert rendered(template, **values) == expected


@given(VALUE)
def test_filling_changes_no_value(value: str) -> None:
    value = f"<{value}>"
    assert rendered("before {{a}} after", a=value)[7:-6] == value


def test_every_message_is_filled_and_keeps_its_role() -> None:
    made = version("{{a}}", "plain", "{{b}}", inputs=TWO)
    assert [message.content for message in render(made, {"a": "X", "b": "Y"})] == ["X", "plain", "Y"]


def test_an_empty_value_takes_the_default() -> None:
    made = version("{{a}}{{b}}", inputs=(text_input("a", default="D"), text_input("b", required=False)))
    assert render(made, {})[0].content == render(made, {"a": "", "b": ""})[0].content == "D"


def test_a_value_of_no_input_is_refused_with_the_inputs_there_are() -> None:
    with pytest.raises(ValueProblem, match=r"p has no input 'c'\. Its inputs: a, b\.") as caught:
        render(version("{{a}}{{b}}", inputs=TWO), {"c": "x"})
    assert caught.value.name == "c"
    with pytest.raises(ValueProblem, match=r"Its inputs: none\."):
        render(version("Hi", inputs=()), {"c": "x"})


def test_a_missing_value_is_named_by_its_label() -> None:
    with pytest.raises(ValueProblem, match=r"^Label of b is needed\.$") as caught:
        render(version("{{a}}{{b}}", inputs=TWO), {"a": "x"})
    assert caught.value.name == "b"


@pytest.mark.parametrize(
    ("fields", "good", "bad"),
    [
        ({}, ["x", " x ", "x" * 4000], ["", " ", "\n\t", "x" * 4001]),
        ({"required": False}, ["", " ", "x"], ["x" * 4001, " " * 4001]),
        ({"max_length": 3}, ["abc", "äöü", "𝄞𝄞𝄞"], ["abcd"]),
        ({"type": "long_text"}, ["a\n\nb"], [""]),
        ({"type": "choice", "choices": ("yes", "no")}, ["yes", "no"], ["Yes", "yes ", "maybe", ""]),
        ({"type": "choice", "choices": ("yes", "no"), "required": False}, ["", "yes"], ["maybe"]),
        ({"type": "number"}, ["0", "-1", "+2.5", "3,75", " 4 ", "9" * 18], ["x", "1e5", "1.", ".5", "1 2", "٣", "²", "--1", "9" * 19, "inf"]),
        ({"type": "date"}, ["2026-11-22", " 2026-02-28 "], ["22.11.2026", "2026-02-30", "20261122", "2026-W47-7", "2026-1-1", "tomorrow", "２０２６-11-22"]),
    ],
)  # fmt: skip
def test_each_type_knows_what_fits(fields: dict[str, Any], good: list[str], bad: list[str]) -> None:
    item = text_input("a", **fields)
    for value in good:
        assert check_value(item, value) == "", value
    for value in bad:
        said = check_value(item, value)
        assert said.startswith("Label of a") and said.endswith("."), (value, said)


@given(st.sampled_from(["text", "long_text", "number", "date", "choice"]), VALUE)
def test_any_value_fits_or_has_one_sentence(kind: Any, value: str) -> None:
    said = check_value(text_input("a", type=kind, choices=("x", "y") if kind == "choice" else ()), value)
    assert said == "" or (said.startswith("Label of a") and "\n" not in said and len(said) < 200)


def test_a_message_of_one_placeholder_alone_is_left_out_where_nobody_gave_anything() -> None:
    inputs = (text_input("what"), text_input("example", required=False), text_input("case", default="the default"))
    made = version("{{what}}", " {{ example }}\n", "See: {{example}}", "{{case}}", inputs=inputs)
    assert [one.content for one in render(made, {"what": "Sort it.", "case": ""})] == [
        "Sort it.",
        "See: ",
        "the default",
    ]
    assert [one.content for one in render(made, {"what": "Sort it.", "example": " \n"})][1] == "See:  \n"
    given = render(made, {"what": "Sort it.", "example": "Like this.", "case": "x"})
    assert [one.content for one in given] == ["Sort it.", " Like this.\n", "See: Like this.", "x"]


def test_what_is_to_be_answered_stays_though_it_is_empty() -> None:
    made = version("Be kind.", "{{ask}}", inputs=(text_input("ask", required=False),))
    assert [one.content for one in render(made, {})] == ["Be kind.", ""]
