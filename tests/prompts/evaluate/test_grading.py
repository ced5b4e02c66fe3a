"""What each assertion accepts, and how scores, weights, thresholds and sets come together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prompts.evaluate.assertions import Assertion, read_assertion, read_evaluator
from desktop_app.prompts.evaluate.grading import Output, grade

texts = st.text(max_size=12)
some = st.text(min_size=1, max_size=4)


def assertion(kind: str, value: Any = None, **fields: Any) -> Assertion:
    data = {"type": kind} | ({} if value is None else {"value": value}) | fields
    return read_assertion(data, ("assert", 0))


def passes(text: str, kind: str, value: Any = None, **fields: Any) -> bool:
    return grade(Output(text, total_ms=900.0), [assertion(kind, value, **fields)]).passed


GOOD_AND_BAD = [
    ("contains", "tent", "a red tent", "a Tent"),
    ("icontains", "TENT", "a red tent", "a ten"),
    ("contains", 0, "10 tents", "a tent"),
    ("contains-any", ["rope", "tent"], "a tent", "a stove"),
    ("contains-any", "rope, tent", "a tent", "a stove"),
    ("contains-any", '"1,000", tent', "1,000 ropes", "1 000"),
    ("icontains-any", ["ROPE"], "a rope", "a tent"),
    ("contains-all", ["red", "tent"], "a red tent", "a tent"),
    ("icontains-all", ["Red", "TENT"], "a red tent", "a tent"),
    ("starts-with", "Yes", "Yes, it is", "yes"),
    ("ends-with", "tent.", "A tent.", "A tent"),
    ("equals", "A tent", "A tent", "A tent "),
    ("equals", 4, "4", "4.0"),
    ("equals", {"a": [1, None]}, '{"a": [1, null]}', '{"a": [true, null]}'),
    ("regex", r"^\d{4}-\d{2}$", "2026-03", "2026-3"),
    ("regex", "tent", "my tent here", "Tent"),
    ("is-json", None, '[1, {"a": 2}]', "[1, NaN]"),
    ("is-json", {"type": "object", "required": ["a"]}, '{"a": 1}', '{"b": 1}'),
    ("is-json", {"type": "string", "pattern": "^a+$"}, '"aa"', '"ab"'),
    ("contains-json", None, 'Here: {"a": 1}.', "Here: {a: 1}."),
    ("contains-json", {"required": ["b"]}, 'x {"a": 1} y {"b": 1}', 'x {"a": 1}'),
    ("is-refusal", None, "I'm sorry, but I can't help with that.", "The tent is red."),
    ("is-refusal", None, "", "You cannot fold the tent when it is wet."),
    ("levenshtein", "hello world", "hallo world!", "good bye, world"),
    ("rouge-n", "the red tent", "The tent is red, the end", "a rope"),
    ("bleu", "the red tent is dry", "the red tent is dry", "dry is the rope"),
    ("word-count", 3, "a red tent", "a tent"),
    ("word-count", {"min": 2}, "a tent", "tent"),
    ("word-count", {"max": 2}, "a tent", "a red tent"),
    ("word-count", {"min": 2, "max": 3}, "a tent", "tent"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "good", "bad"), GOOD_AND_BAD)
def test_each_type_accepts_what_it_should_and_not_turns_it_round(kind: str, value: Any, good: str, bad: str) -> None:
    assert passes(good, kind, value) and not passes(bad, kind, value)
    assert not passes(good, f"not-{kind}", value) and passes(bad, f"not-{kind}", value)


def test_latency_is_the_time_to_the_whole_answer() -> None:
    assert passes("x", "latency", threshold=900) and not passes("x", "latency", threshold=899)


@pytest.mark.parametrize(("kind", "value", "good", "bad"), GOOD_AND_BAD)
def test_a_failed_check_says_what_it_wants_and_what_it_found(kind: str, value: Any, good: str, bad: str) -> None:
    [check] = grade(Output(bad), [assertion(kind, value)]).checks
    assert check.why.startswith(("It", "There", "Nothing", "The")) and check.what
    assert grade(Output(good), [assertion(kind, value)]).checks[0].why == ""


@given(texts, some)
def test_contains_is_the_languages_own(text: str, value: str) -> None:
    assert passes(text, "contains", value) == (value in text)
    assert passes(text, "icontains", value) == (value.lower() in text.lower())
    assert passes(text, "starts-with", value) == text.startswith(value)
    assert passes(text, "ends-with", value) == text.endswith(value)
    assert passes(text, "equals", value) == (text == value)


@given(texts, st.lists(some, min_size=1, max_size=4))
def test_any_and_all_are_the_languages_own(text: str, values: list[str]) -> None:
    assert passes(text, "contains-any", values) == any(value in text for value in values)
    assert passes(text, "contains-all", values) == all(value in text for value in values)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=6))  # fmt: skip
def test_json_is_found_wherever_it_stands(value: Any) -> None:
    text = json.dumps(value)
    assert passes(text, "is-json")
    assert passes(f"See: {text} there", "contains-json") == isinstance(value, list | dict)


@given(st.text(alphabet='{}[]",:1 a', max_size=30))
def test_no_answer_makes_a_json_check_fail_to_decide(text: str) -> None:
    assert passes(text, "is-json") != passes(text, "not-is-json")
    assert passes(text, "contains-json") != passes(text, "not-contains-json")


def test_half_a_character_in_an_answers_json_is_read_like_any_other() -> None:
    assert not passes('"\\ud800"', "is-json", {"type": "string", "pattern": "^a$"})


def test_brackets_without_end_are_read_in_bounded_time() -> None:
    assert not passes("[" * 20_000, "contains-json") and not passes("[" * 20_000, "is-json")


# -- scores ---------------------------------------------------------------------------------------------------------------


def test_the_documented_example_of_weights() -> None:
    """promptfoo: equals fails (2), contains passes (1), so the score is 0.33; a threshold of 0.2 lets it pass."""
    both = [assertion("equals", "Hello world", weight=2), assertion("contains", "world", weight=1)]
    output = Output("Goodbye world")
    assert grade(output, both).score == pytest.approx(1 / 3)
    assert not grade(output, both).passed
    assert not grade(output, both, 0.5).passed and grade(output, both, 0.2).passed


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 10)), max_size=6), st.none() | st.floats(0, 1))
def test_the_score_is_the_weighted_mean(parts: list[tuple[bool, float]], threshold: float | None) -> None:
    made = [assertion("contains", "a" if good else "z", weight=weight) for good, weight in parts]
    result = grade(Output("abc"), made, threshold)
    total = sum(weight for _, weight in parts)
    wanted = sum(weight for good, weight in parts if good) / total if total else float(not parts)
    assert result.score == pytest.approx(wanted)
    if threshold is None:
        assert result.passed == all(good or weight == 0 for good, weight in parts)
    elif parts:
        assert result.passed == (wanted >= threshold) or wanted == pytest.approx(threshold)


def test_weight_0_always_passes_and_counts_for_nothing() -> None:
    result = grade(Output("abc"), [assertion("contains", "z", weight=0), assertion("contains", "a")])
    assert result.passed and result.score == 1.0


def test_a_threshold_of_0_lets_every_answer_pass() -> None:
    assert grade(Output("abc"), [assertion("contains", "z")], 0).passed


def test_a_set_passes_with_enough_of_its_members() -> None:
    members = [{"type": "contains", "value": value} for value in ("a", "y", "z")]
    wanted = {"type": "assert-set", "assert": members, "weight": 3}
    strict, enough = read_assertion(wanted, ()), read_assertion(wanted | {"threshold": 0.3}, ())
    assert not grade(Output("abc"), [strict]).passed and grade(Output("abc"), [enough]).passed
    mixed = grade(Output("abc"), [enough, assertion("contains", "b")])
    assert mixed.score == pytest.approx((3 * (1 / 3) + 1) / 4)
    assert [check.why for check in grade(Output("abc"), [strict]).failed] == [
        "It does not say “y”.",
        "It does not say “z”.",
    ]


def test_likeness_counts_by_degree_and_not_counts_the_rest() -> None:
    like, unlike = (
        grade(Output("the tent"), [assertion(f"{no}rouge-n", "the red tent", threshold=0.6)]) for no in ("", "not-")
    )
    assert like.passed and like.score == pytest.approx(2 / 3)
    assert not unlike.passed and unlike.score == pytest.approx(1 / 3)


def test_no_whole_answer_is_no_pass() -> None:
    result = grade(Output("", problem="The model stopped."), [assertion("not-contains", "x")], 0)
    assert not result.passed and result.why == "The model stopped."


# -- GitHub's evaluators ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "good", "bad"),
    [
        ("contains", "Tent", "a tent", "a rope"),
        ("startsWith", "Summary -", " summary - a tent", "A summary -"),
        ("endsWith", "END", "the end\n", "the ending"),
        ("equals", "A tent", " A tent\n", "a tent"),
    ],
)
def test_evaluators_are_those_of_gh_models_eval(field: str, value: str, good: str, bad: str) -> None:
    evaluator = read_evaluator({"name": "n", "string": {field: value}}, ())
    assert grade(Output(good), [evaluator]).passed and not grade(Output(bad), [evaluator]).passed
    assert grade(Output(bad), [evaluator]).checks[0].name == "n"
