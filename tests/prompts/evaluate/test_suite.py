"""Reading a prompt's tests: every form that is taken, every fault with its line, and nothing that crashes it."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from desktop_app.errors import ContentError
from desktop_app.prompts.evaluate.assertions import KINDS
from desktop_app.prompts.evaluate.suite import Case, read_suite, suite_problems
from desktop_app.prompts.evaluate.words import describe
from desktop_app.prompts.library import PromptLibrary, lint, read_prompt
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.storage.yaml_text import load_yaml
from tests.helpers.prompt_suites import a_version

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "resources/schemas/prompt.schema.json").read_text("utf-8"))
CONTAINS = {"type": "contains", "value": "tent"}


def cases(library: Path, **fields: Any) -> tuple[Case, ...]:
    return read_suite(a_version(library, **fields)).cases


def fault(library: Path, **fields: Any) -> ContentError:
    version = a_version(library, **fields)
    with pytest.raises(ContentError) as caught:
        read_suite(version)
    assert caught.value.path.parent == version.path.parent
    return caught.value


# -- promptfoo's form ------------------------------------------------------------------------------------------------------


def test_a_prompt_without_tests_has_no_cases(tmp_path: Path) -> None:
    assert cases(tmp_path) == ()


def test_a_test_is_values_and_assertions(tmp_path: Path) -> None:
    [case] = cases(
        tmp_path, tests=[{"description": "Late", "vars": {"message": "Where?"}, "assert": [CONTAINS], "threshold": 0.5}]
    )
    assert case.values == {"message": "Where?"} and case.title == "Late" and case.threshold == 0.5
    assert [describe(each) for each in case.assertions] == ["says “tent” somewhere"]


def test_a_test_without_a_name_is_called_after_its_values(tmp_path: Path) -> None:
    [case] = cases(tmp_path, tests=[{"vars": {"message": "Where is\nmy parcel?"}, "assert": [CONTAINS]}])
    assert case.title == "“Where is my parcel?”"


def test_lists_of_values_give_every_combination(tmp_path: Path) -> None:
    tests = [
        {"vars": {"message": ["a", "b"], "wanted": ["x", "y"]}, "assert": [{"type": "contains", "value": "{{wanted}}"}]}
    ]
    found = cases(tmp_path, tests=tests)
    assert [(case.values["message"], case.assertions[0].value) for case in found] == [
        ("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"),
    ]  # fmt: skip


def test_default_test_is_shared_and_can_be_left_out(tmp_path: Path) -> None:
    shared = {"vars": {"message": "Usual"}, "assert": [{"type": "not-is-refusal"}], "threshold": 0.9}
    tests = [{"assert": [CONTAINS]}, {"vars": {"message": "Own"}, "threshold": 0.1},
             {"assert": [CONTAINS], "options": {"disableDefaultAsserts": True}}]  # fmt: skip
    one, two, three = cases(tmp_path, defaultTest=shared, tests=tests)
    assert [len(case.assertions) for case in (one, two, three)] == [2, 1, 1]
    assert (one.values["message"], two.values["message"]) == ("Usual", "Own")
    assert (one.threshold, two.threshold) == (0.9, 0.1)


def test_a_value_of_a_variable_is_never_looked_at_again(tmp_path: Path) -> None:
    variables = {"message": "{{wanted}}", "wanted": "{{message}}"}
    [case] = cases(tmp_path, tests=[{"vars": variables, "assert": [{"type": "contains", "value": "{{wanted}}!"}]}])
    assert case.assertions[0].value == "{{message}}!" and case.values["message"] == "{{wanted}}"


def test_keys_stay_while_values_do_and_differ_otherwise(tmp_path: Path) -> None:
    one, two, same = cases(tmp_path / "1", tests=[
        {"vars": {"message": message}, "assert": [CONTAINS]} for message in ("a", "b", "a")
    ])  # fmt: skip
    [again] = cases(tmp_path / "2", tests=[{"vars": {"message": "a"}, "assert": [{"type": "is-json"}]}])
    assert one.key == again.key and len({one.key, two.key, same.key}) == 3


def test_all_prompts_of_the_library_have_tests_that_can_be_read() -> None:
    library = PromptLibrary([ROOT / "prompt_library"])
    versions = [version for prompt in library.prompts() for version in prompt.versions]
    assert versions and not [problem for version in versions for problem in suite_problems(version)]


def test_the_documented_examples_can_be_read(tmp_path: Path) -> None:
    page = (ROOT / "docs/formats/prompt-tests.md").read_text("utf-8")
    promptfoo, github = (load_yaml(part.partition("```")[0], tmp_path) for part in page.split("```yaml\n")[1:])
    table = page.partition("```csv\n")[2].partition("```")[0]
    [case] = cases(tmp_path / "1", **promptfoo)
    assert len(case.assertions) == 3 and len(cases(tmp_path / "2", **github)) == 2
    assert [len(case.assertions) for case in read_suite(with_csv(tmp_path / "3", table)).cases] == [2, 1]
    for kind in KINDS:
        assert f"`{kind}`" in page


# -- GitHub's form ---------------------------------------------------------------------------------------------------------


def test_every_evaluator_looks_at_every_row(tmp_path: Path) -> None:
    rows = [{"message": "My parcel?", "expected": "delivery"}, {"message": "The zip.", "expected": "repair"}]
    evaluators = [
        {"name": "Topic", "string": {"contains": "{{expected}}"}},
        {"name": "End", "string": {"endsWith": "."}},
    ]
    one, two = cases(tmp_path, testData=rows, evaluators=evaluators)
    assert [each.value for each in one.assertions] == ["delivery", "."]
    assert [each.value for each in two.assertions] == ["repair", "."] and two.assertions[0].name == "Topic"


def test_rows_without_evaluators_test_nothing(tmp_path: Path) -> None:
    assert cases(tmp_path, testData=[{"message": "a", "expected": "b"}]) == ()


# -- CSV -------------------------------------------------------------------------------------------------------------------

CSV = """message,wanted,__expected1,__expected2,__description,__metric,__threshold,__metadata:topic
"Where is my
parcel, please?",delivery,icontains:{{wanted}},not-contains:repair,Two lines,topic,0.5,post
The zip broke.,repair,Topic: repair,,,,,
"""


def with_csv(library: Path, text: str | bytes, tests: Any = "file://cases.csv") -> PromptVersion:
    version = a_version(library, tests=tests)
    data = text if isinstance(text, bytes) else text.encode()
    (version.path.parent / "cases.csv").write_bytes(data)
    return version


@pytest.mark.parametrize(
    "tests", ["file://cases.csv", {"csv": "cases.csv"}, ["file://./cases.csv"], [{"csv": "cases.csv"}]]
)
def test_cases_come_from_a_csv_file_beside_the_prompt(tmp_path: Path, tests: Any) -> None:
    one, two = read_suite(with_csv(tmp_path, CSV, tests)).cases
    assert (
        one.values == {"message": "Where is my\nparcel, please?"} and one.title == "Two lines" and one.threshold == 0.5
    )
    assert [describe(each) for each in one.assertions] == ["says “delivery” somewhere", "does not say “repair”"]
    assert [describe(each) for each in two.assertions] == ["is exactly “Topic: repair”"]
    assert {each.name for each in one.assertions} == {"topic"}


@pytest.mark.parametrize(
    ("cell", "phrase"),
    [
        ("Paris", "is exactly “Paris”"),
        ("equals: Paris", "is exactly “Paris”"),
        ("not-icontains:error", "does not say “error”"),
        ('"contains-any:a, b"', "says one of “a”, “b”"),
        ("is-json", "is JSON"),
        ("levenshtein(3):abc", "differs from “abc” by at most 3 characters"),
        ("latency(2500)", "is complete within 2.5 s"),
        ("word-count:12", "has 12 words"),
        ("Note: bring a tent", "is exactly “Note: bring a tent”"),
        ("http://example.org", "is exactly “http://example.org”"),
        ("contains", "is exactly “contains”"),
    ],
)
def test_a_cell_is_an_assertion_in_short(tmp_path: Path, cell: str, phrase: str) -> None:
    [case] = read_suite(with_csv(tmp_path, f"message,__expected\nhello,{cell}\n")).cases
    assert describe(case.assertions[0]) == phrase


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('message,__expected\n"two\nlines",a\nx,python:1+1\n', 4, "runs code"),
        ("message,__expected\nx,fn:output.length\n", 2, "runs code"),
        ("message,__expected\nx,grade:is kind\n", 2, "lets a model judge"),
        ("message,__expected\nx,file://a.js\n", 2, "not checked here"),
        ("message,__expected\nx\n", 2, "1 cells"),
        ("message,message\nx,y\n", 1, "twice"),
        ("message,__prefix\nx,y\n", 1, "no effect"),
        ("message,__expected\nx,regex:(\n", 2, "pattern"),
        ("message,__expected\nx,contains:a\ny,\n", 3, "checks nothing"),
        ("massage,message,__expected\nx,y,contains:a\n", 2, "no input massage"),
        ("message,__expected,__threshold\nx,contains:a,high\n", 2, "number"),
        ('message,__expected\nx,"open\n', 2, "CSV"),
        (b"message,__expected\n\xff,contains:a\n", 2, "UTF-8"),
        ("message,__expected\nx\x07,contains:a\n", 2, "U+0007"),
        ("message,__expected\n", None, "no rows"),
        ("message,__expected\n" + "x,contains:a\n" * 1001, 1002, "1,000"),
    ],
)
def test_what_is_wrong_in_a_csv_file_is_named_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, words: str
) -> None:
    [problem] = suite_problems(with_csv(tmp_path, text))
    assert problem.path.name == "cases.csv" and problem.line == line and words in problem.message


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "sub/cases.csv", "cases.txt", 7, "..csv"])
def test_only_a_file_beside_the_prompt_is_read(tmp_path: Path, name: Any) -> None:
    assert "CSV file in the prompt's folder" in fault(tmp_path, tests={"csv": name}).message


def test_a_csv_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    [problem] = suite_problems(a_version(tmp_path, tests="file://cases.csv"))
    assert problem.path.name == "cases.csv" and "cannot be read" in problem.message


# -- faults ----------------------------------------------------------------------------------------------------------------


def asserting(**data: Any) -> dict[str, Any]:
    return {"tests": [{"vars": {"message": "a"}, "assert": [data]}]}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (asserting(type="javascript", value="1"), "runs code"),
        (asserting(type="not-python", value="1"), "runs code"),
        (asserting(type="webhook", value="https://x"), "asks a service"),
        (asserting(type="llm-rubric", value="kind"), "lets a model judge"),
        (asserting(type="promptfoo:redteam:x"), "lets a model judge"),
        (asserting(type="is-sql"), "not checked here"),
        (asserting(type="contain", value="a"), "Did you mean contains?"),
        (asserting(value="a"), 'no "type"'),
        (asserting(type="contains"), 'needs a "value"'),
        (asserting(type="contains", value=""), "not empty"),
        (asserting(type="contains", value=["a"]), "one text"),
        (asserting(type="contains-any", value=["a", {}]), "list"),
        (asserting(type="contains", value="a", weight=-1), '"weight"'),
        (asserting(type="contains", value="a", transform="x"), "runs code"),
        (asserting(type="contains", value="a", wieght=1), "Did you mean weight?"),
        (asserting(type="contains", value="file://a.txt"), "other files"),
        (asserting(type="contains", value="{{ message | upper }}"), "Template code"),
        (asserting(type="contains", value="{% if x %}"), "Template code"),
        (asserting(type="contains", value="{{masage}}"), "no variable"),
        (asserting(type="regex", value="(?=a)"), "Look-around"),
        (asserting(type="latency"), "milliseconds"),
        (asserting(type="bleu", value="a", threshold=2), "0 to 1"),
        (asserting(type="word-count", value={"min": 3, "max": 2}), "larger"),
        (asserting(type="word-count", value="many"), "number"),
        (asserting(type="is-json", value={"$ref": "https://example.org/s.json"}), "$ref"),
        (asserting(type="is-json", value={"type": "strin"}), "not valid"),
        (asserting(type="is-json", value={"properties": {"a": {"pattern": "(?=x)"}}}), "pattern"),
        (asserting(type="assert-set"), '"assert"'),
        (asserting(type="not-assert-set", assert_=[]), "assert-set"),
        ({"tests": "cases.csv"}, "file://"),
        ({"tests": [7]}, "mapping"),
        ({"tests": [{"vars": {"message": "a"}}]}, "checks nothing"),
        ({"tests": [{"vars": {"message": "a"}, "assert": CONTAINS}]}, "list"),
        ({"tests": [{"vars": {"massage": "a"}, "assert": [CONTAINS]}]}, "Did you mean message?"),
        ({"tests": [{"vars": {}, "assert": [CONTAINS]}]}, "Message is needed"),
        ({"tests": [{"vars": {"message": {"a": 1}}, "assert": [CONTAINS]}]}, "a text, a number"),
        ({"tests": [{"vars": {"message": "file://x"}, "assert": [CONTAINS]}]}, "other files"),
        ({"tests": [{"vars": {"message": []}, "assert": [CONTAINS]}]}, "empty"),
        ({"tests": [{"vars": {"message": "a"}, "assert": [CONTAINS], "provider": "x"}]}, "not a field"),
        ({"tests": [{"vars": {"message": "a"}, "assert": [CONTAINS], "options": {"transform": "x"}}]}, "no effect"),
        ({"tests": [{"vars": {"message": ["a"] * 1001}, "assert": [CONTAINS]}]}, "combinations"),
        ({"evaluators": [{"name": "x", "string": {"contains": "a"}}]}, "testData"),
        ({"testData": [{"message": "a"}], "evaluators": [{"name": "x", "uses": "github/similarity"}]}, "model judge"),
        ({"testData": [{"message": "a"}], "evaluators": [{"name": "x", "llm": {}}]}, "model judge"),
        ({"testData": [{"message": "a"}], "evaluators": [{"name": "x", "string": {"has": "a"}}]}, "one of equals"),
        ({"testData": ["a"], "evaluators": [{"name": "x", "string": {"contains": "a"}}]}, "mapping"),
        ({"defaultTest": {"vars": {"message": ["a", "b"]}}, "tests": []}, "one value"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    problem = fault(tmp_path, **fields)
    assert words in problem.message and problem.message.endswith((".", "?"))
    named = problem.path.read_text("utf-8").splitlines()[(problem.line or 0) - 1]
    assert problem.line is not None and named.strip(), problem


def test_the_line_is_that_of_the_assertion(tmp_path: Path) -> None:
    problem = fault(
        tmp_path, tests=[{"vars": {"message": "a"}, "assert": [CONTAINS, {"type": "python", "value": "x"}]}]
    )
    lines = problem.path.read_text("utf-8").splitlines()
    assert "python" in lines[(problem.line or 0) - 1]


def test_a_broken_test_keeps_no_prompt_from_its_readers(tmp_path: Path) -> None:
    version = a_version(tmp_path, tests=[{"assert": [{"type": "python"}]}, "x", {"vars": 3}])
    prompt, problems = read_prompt(version.path.parent)
    assert prompt is not None and problems == []
    assert len(suite_problems(version)) == 3


@pytest.mark.parametrize("where", ["", "answer-invoice", "answer-invoice/1.prompt.yml"])
def test_lint_looks_into_tests(tmp_path: Path, where: str) -> None:
    with_csv(tmp_path, "message,__expected\nx,python:1\n")
    [problem] = lint(tmp_path / where)
    assert problem.path.name == "cases.csv" and problem.line == 2


# -- any data --------------------------------------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.sampled_from(
    ["contains", "is-json", "{{message}}", "assert-set", "file://a.csv", "not-regex", "levenshtein", "word-count"])  # fmt: skip
names = st.sampled_from(["type", "value", "assert", "vars", "message", "threshold", "weight", "metric", "csv", "string",
                         "contains", "name", "options", "description"]) | st.text(max_size=4)  # fmt: skip
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
tests_like = st.lists(st.fixed_dictionaries({}, optional={
    "vars": st.dictionaries(st.sampled_from(["message", "x"]), anything, max_size=2) | anything,
    "assert": st.lists(st.fixed_dictionaries({"type": scalars}, optional={"value": anything, "weight": scalars, "threshold": scalars,
                                                                         "assert": anything}), max_size=3),
    "threshold": scalars,
}), max_size=3)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.fixed_dictionaries({}, optional={
    "tests": tests_like | anything, "defaultTest": anything, "testData": anything, "evaluators": anything,
}))  # fmt: skip
def test_no_data_crashes_the_reader_and_what_it_takes_the_schema_takes(tmp_path: Path, fields: dict[str, Any]) -> None:
    good = _VERSION.setdefault(tmp_path, a_version(tmp_path))
    version = _with(good, fields)
    problems = suite_problems(version)
    assert all(problem.message for problem in problems)
    if not problems and fields.get("evaluators"):
        _fits({key: fields[key] for key in ("testData", "evaluators")})
    if not problems and fields.get("tests"):
        _fits({"tests": fields["tests"]})


_VERSION: dict[Path, PromptVersion] = {}


def _with(version: PromptVersion, extra: dict[str, Any]) -> PromptVersion:
    from dataclasses import replace

    return replace(version, extra=extra)


def _fits(part: dict[str, Any]) -> None:
    schema = SCHEMA | {"required": [], "properties": {key: SCHEMA["properties"][key] for key in part}}
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(part)]
    assert not errors, (part, errors)


def test_more_cases_than_fit_are_never_all_made(tmp_path: Path) -> None:
    ten = [str(number) for number in range(10)]
    test = {"vars": {"message": ten, "a": ten, "b": ten}, "assert": [{"type": "contains", "value": "{{a}}{{b}}"}]}
    version = a_version(tmp_path, tests=[test] * 900)
    tracemalloc.start()
    problems = suite_problems(version)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "more than 1,000 cases" in str(problems[0]) and peak < 20_000_000


def test_a_csv_file_is_read_once(tmp_path: Path) -> None:
    version = a_version(tmp_path, tests=["file://cases.csv"] * 500)
    (version.path.parent / "cases.csv").write_text("message,__expected\nhi,contains:hi\n")
    problems = suite_problems(version)
    assert len(problems) == 499 and "cases.csv is named twice" in str(problems[0])


def test_a_schema_of_thousands_of_lists_is_refused_at_once(tmp_path: Path) -> None:
    schema = {"type": "object", "required": [["a", number] for number in range(20_000)] + [[1, "a"]]}
    version = a_version(tmp_path, tests=[{"vars": {"message": "x"}, "assert": [{"type": "is-json", "value": schema}]}])
    started = time.process_time()
    (problem,) = suite_problems(version)
    assert "too large" in str(problem) and time.process_time() - started < 5
