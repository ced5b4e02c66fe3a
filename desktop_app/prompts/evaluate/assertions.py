"""What a test expects of an answer: promptfoo's deterministic assertions and GitHub's evaluators, as checked, frozen data.

Names, defaults and meaning are those of promptfoo's documentation ("Deterministic metrics", "Assertions & metrics") and
of GitHub's `gh models eval`. Nothing that runs code, asks a service or lets a model judge is taken.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal, get_args

from desktop_app.prompts.evaluate.json_form import schema_fault
from desktop_app.prompts.evaluate.patterns import pattern_fault

KeyPath = tuple[str | int, ...]
Kind = Literal[
    "equals", "contains", "contains-any", "contains-all", "regex", "starts-with", "ends-with", "is-json", "contains-json",
    "is-refusal", "levenshtein", "rouge-n", "bleu", "latency", "word-count", "assert-set",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
_FOLDED = {"icontains": "contains", "icontains-any": "contains-any", "icontains-all": "contains-all"}
WITHOUT_VALUE = ("is-json", "contains-json", "is-refusal", "latency")
_SCORED = {"rouge-n": 0.75, "bleu": 0.5, "levenshtein": 5.0}  # the threshold that holds if there is none
_RUNS_CODE = {"javascript", "python", "ruby", "fn", "webhook"}
_JUDGED = {
    "llm-rubric", "grade", "similar", "factuality", "model-graded-closedqa", "model-graded-factuality", "g-eval",
    "answer-relevance", "context-faithfulness", "context-recall", "context-relevance", "conversation-relevance",
    "classifier", "moderation", "pi", "select-best", "max-score", "search-rubric", "agent-rubric", "research-rubric",
    "video-rubric", "guardrails", "human", "trajectory:goal-success",
}  # fmt: skip
_ELSEWHERE = {
    "contains-html", "contains-sql", "contains-xml", "cost", "finish-reason", "gleu", "is-html", "is-sql", "is-xml",
    "is-valid-function-call", "is-valid-openai-function-call", "is-valid-openai-tools-call", "meteor", "perplexity",
    "perplexity-score", "skill-used", "tool-call-f1", "file",
}  # fmt: skip
_FIELDS = ("type", "value", "threshold", "weight", "metric")
_SET_FIELDS = ("type", "assert", "threshold", "weight", "metric")
_RUN_BY_OTHERS = ("provider", "rubricPrompt", "transform", "contextTransform", "config")
MAX_TEXT, MAX_LIST = 10_000, 100
_EDIT_LIMIT = 500
PLACEHOLDER = re.compile(r"\{\{ {0,4}([A-Za-z_][A-Za-z0-9_]{0,59}) {0,4}\}\}")
_TEMPLATE_CODE = re.compile(r"\{%|\{\{[^{}]*[|(\[.][^{}]*\}\}")


class Fault(Exception):  # noqa: N818  # becomes a ContentError once the line is known
    """Something wrong in a suite; at is the key path of it."""

    def __init__(self, message: str, at: KeyPath) -> None:
        self.message, self.at = message, at
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Assertion:
    """One expectation. value is text, a list of texts, a number, (min, max) or JSON, as its kind takes it.

    ignore_case is the i of icontains; trimmed leaves out white space around the answer, as GitHub's evaluators do.
    A set has members and no value. name is what people called it, "" otherwise. at is its key path in the file.
    """

    kind: Kind
    value: Any = None
    negated: bool = False
    threshold: float | None = None
    weight: float = 1.0
    name: str = ""
    members: tuple[Assertion, ...] = ()
    ignore_case: bool = False
    trimmed: bool = False
    at: KeyPath = ()


def read_assertion(data: Any, at: KeyPath, *, in_set: bool = False) -> Assertion:
    """The assertion in one entry of `assert`; raises Fault."""
    if not isinstance(data, Mapping):
        raise Fault("An assertion is a mapping such as {type: contains, value: tent}.", at)
    if "$ref" in data:
        raise Fault("$ref is not followed here. Write the assertion out.", (*at, "$ref"))
    named = data.get("type")
    if not isinstance(named, str):
        raise Fault('The assertion has no "type", such as contains.', at)
    kind, negated, ignore_case = read_type(named, (*at, "type"))
    if kind == "assert-set":
        if in_set or negated:
            raise Fault(
                "An assert-set cannot stand in another or have not- before it. Use not- inside it.", (*at, "type")
            )
        return _read_set(data, at)
    _known_fields(data, _FIELDS, at)
    threshold, weight, name = _common(data, at)
    assertion = Assertion(kind, data.get("value"), negated, threshold, weight, name, ignore_case=ignore_case, at=at)
    return checked(assertion)


def _read_set(data: Mapping[str, Any], at: KeyPath) -> Assertion:
    _known_fields(data, _SET_FIELDS, at)
    members = data.get("assert")
    if not isinstance(members, list) or not 1 <= len(members) <= MAX_LIST:
        raise Fault(f'An assert-set has 1 to {MAX_LIST} assertions under "assert".', at)
    threshold, weight, name = _common(data, at)
    inner = tuple(read_assertion(item, (*at, "assert", index), in_set=True) for index, item in enumerate(members))
    return Assertion("assert-set", None, False, threshold, weight, name, inner, at=at)


def read_type(named: str, at: KeyPath) -> tuple[Kind, bool, bool]:
    """Kind, negated and ignore_case of a type such as not-icontains; raises Fault for what is not checked here."""
    negated = named.startswith("not-")
    base = named.removeprefix("not-")
    kind = _FOLDED.get(base, base)
    if kind in KINDS:
        return kind, negated, base in _FOLDED  # type: ignore[return-value]
    if base in _RUNS_CODE:
        raise Fault(f"{named} runs code or asks a service, which no test here does. Use {_offered()}.", at)
    if base in _JUDGED or base.startswith(("promptfoo:", "model-graded")):
        raise Fault(
            f"{named} lets a model judge, which gives another answer each time. Use {_offered()}, or judge by hand.", at
        )
    close = get_close_matches(base, [*KINDS, *_FOLDED], n=1, cutoff=0.75)
    hint = f"Did you mean {'not-' if negated else ''}{close[0]}?" if close else f"Use {_offered()}."
    raise Fault(f"The assertion type {named[:60]} is not checked here. {hint}", at)


def is_type(base: str) -> bool:
    """True for an assertion type of promptfoo, checked here or not, without its not-."""
    return base in KINDS or base in _FOLDED or base in _RUNS_CODE | _JUDGED | _ELSEWHERE


def _offered() -> str:
    return "contains, regex, is-json or another type in docs/formats/prompt-tests.md"


def _known_fields(data: Mapping[str, Any], known: tuple[str, ...], at: KeyPath) -> None:
    for field in data:
        if field in known:
            continue
        if field in _RUN_BY_OTHERS:
            raise Fault(f'"{field}" runs code or asks a service, which no test here does. Remove it.', (*at, field))
        close = get_close_matches(str(field), known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise Fault(f'"{field}" is not a field of an assertion.{hint}', (*at, field))


def _common(data: Mapping[str, Any], at: KeyPath) -> tuple[float | None, float, str]:
    threshold, weight = data.get("threshold"), data.get("weight")
    name = data.get("metric", "")
    if not isinstance(name, str) or len(name) > 200:
        raise Fault('"metric" is a short name for what the assertion measures.', (*at, "metric"))
    return (
        None if threshold is None else number(threshold, "threshold", (*at, "threshold")),
        1.0 if weight is None else number(weight, "weight", (*at, "weight")),
        name,
    )


def number(value: Any, field: str, at: KeyPath) -> float:
    """The value as a number from 0 on; raises Fault."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise Fault(f'"{field}" must be a number from 0 on, not {str(value)[:40]!r}.', at)
    if value > 1e9:
        raise Fault(f'"{field}" is too large.', at)
    return float(value)


def checked(assertion: Assertion) -> Assertion:
    """The assertion with its value in the form its kind takes; raises Fault. A value with {{names}} is checked once filled."""
    at = (*assertion.at, "value")
    value, kind = assertion.value, assertion.kind
    for text in _texts(value):
        if len(text) > MAX_TEXT:
            raise Fault(f"The value is longer than {MAX_TEXT:,} characters.", at)
        if text.startswith("file://"):
            raise Fault("Values are not read from other files. Write the value here.", at)
        if _TEMPLATE_CODE.search(text):
            raise Fault("Template code is not run; only {{name}} is replaced. Write the value out.", at)
    if value is None and kind not in WITHOUT_VALUE:
        raise Fault(f'The assertion {kind} needs a "value".', assertion.at)
    if kind in ("contains", "starts-with", "ends-with", "levenshtein", "regex"):
        value = _one_text(value, kind, at)
        if not value and kind != "levenshtein":
            raise Fault(f"The assertion {kind} needs a value that is not empty.", at)
    elif kind in ("contains-any", "contains-all"):
        value = _list_of_texts(value, kind, at)
    elif kind in ("bleu", "rouge-n"):
        value = _list_of_texts([value] if isinstance(value, str) else value, kind, at)
    elif kind == "equals" and not isinstance(value, list | Mapping):
        value = _one_text(value, kind, at)
    elif kind == "word-count":
        value = _word_range(value, at)
    elif kind in ("is-json", "contains-json") and value is not None:
        value = _schema(value, at)
    elif kind in ("is-refusal", "latency"):
        value = None
    _check_threshold(assertion)
    if kind == "regex" and not PLACEHOLDER.search(value) and (fault := pattern_fault(value)):
        raise Fault(f"The pattern is not valid here: {fault}. Look-around and back-references are not supported.", at)
    return replace(assertion, value=value)


def _check_threshold(assertion: Assertion) -> None:
    at, threshold = (*assertion.at, "threshold"), assertion.threshold
    if assertion.kind == "latency" and threshold is None:
        raise Fault('The assertion latency needs a "threshold" in milliseconds.', assertion.at)
    if threshold is None:
        return
    if assertion.kind in ("bleu", "rouge-n") and threshold > 1:
        raise Fault(f"The threshold of {assertion.kind} is a share from 0 to 1.", at)
    if assertion.kind == "levenshtein" and threshold > _EDIT_LIMIT:
        raise Fault(f"The threshold of levenshtein is a number of edits up to {_EDIT_LIMIT:,}.", at)


def threshold_of(assertion: Assertion) -> float:
    """The threshold of a scored kind, promptfoo's usual one if the assertion has none."""
    return _SCORED[assertion.kind] if assertion.threshold is None else assertion.threshold


def scalar_text(value: Any) -> str | None:
    """A YAML scalar as JavaScript would print it, None for a list or a mapping; null is "" ."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else None


def _one_text(value: Any, kind: str, at: KeyPath) -> str:
    text = scalar_text(value)
    if text is None:
        raise Fault(f"The assertion {kind} takes one text.", at)
    return text


def _list_of_texts(value: Any, kind: str, at: KeyPath) -> tuple[str, ...]:
    if isinstance(value, str):
        value = comma_separated(value)
    texts = [scalar_text(item) for item in value] if isinstance(value, list | tuple) else [scalar_text(value)]
    if not texts or len(texts) > MAX_LIST or any(not text for text in texts):
        raise Fault(f"The assertion {kind} takes a list of 1 to {MAX_LIST} texts, none of them empty.", at)
    return tuple(text for text in texts if text)


def comma_separated(text: str) -> list[str]:
    """The values of promptfoo's compact form: "a, b" or, for values with commas, '"1,000", b'."""
    try:
        rows = list(csv.reader([text.replace("\n", " ")], skipinitialspace=True, strict=True))
    except csv.Error:
        return [part.strip() for part in text.split(",")]
    return [part.strip() for row in rows for part in row]


def _word_range(value: Any, at: KeyPath) -> tuple[float, float] | str:
    """Fewest and most words; a text that is still to be filled stays."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, str) and PLACEHOLDER.search(value):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value.strip()):
        value = int(value)
    if isinstance(value, Mapping):
        unknown = set(value) - {"min", "max"}
        if unknown or not value:
            raise Fault('The assertion word-count takes a number, or "min" and "max".', at)
        low, high = number(value.get("min", 0), "min", at), number(value.get("max", 1e9), "max", at)
        if low > high:
            raise Fault("min is larger than max.", at)
        return low, high
    exact = number(value, "value", at)
    return exact, exact


def _schema(value: Any, at: KeyPath) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise Fault("The value is a JSON Schema: a mapping such as {type: object}.", at) from None
    if fault := schema_fault(value):
        raise Fault(fault, at)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)


def placeholders(assertion: Assertion) -> set[str]:
    """The {{names}} that the assertion's values use, those of its members included."""
    found = {name for text in _texts(assertion.value) for name in PLACEHOLDER.findall(text)}
    return found.union(*(placeholders(member) for member in assertion.members)) if assertion.members else found


def filled(assertion: Assertion, variables: Mapping[str, str]) -> Assertion:
    """The assertion with {{name}} replaced in one pass; raises Fault for an unknown name or a value that does not fit then."""
    if assertion.members:
        return replace(assertion, members=tuple(filled(member, variables) for member in assertion.members))
    if not placeholders(assertion):
        return assertion
    return checked(replace(assertion, value=_fill(assertion.value, variables, (*assertion.at, "value"))))


def _fill(value: Any, variables: Mapping[str, str], at: KeyPath) -> Any:
    def text_of(found: re.Match[str]) -> str:
        if found[1] not in variables:
            known = ", ".join(variables) or "none"
            raise Fault(f"{{{{{found[1]}}}}} is no variable of this test. Its variables: {known[:200]}.", at)
        return variables[found[1]]

    if isinstance(value, str):
        return PLACEHOLDER.sub(text_of, value)
    if isinstance(value, list | tuple):
        return type(value)(_fill(item, variables, at) for item in value)
    if isinstance(value, Mapping):
        return {key: _fill(item, variables, at) for key, item in value.items()}
    return value


_EVALUATORS: dict[str, tuple[Kind, bool]] = {
    "equals": ("equals", False),
    "contains": ("contains", True),
    "startsWith": ("starts-with", True),
    "endsWith": ("ends-with", True),
}


def read_evaluator(data: Any, at: KeyPath) -> Assertion:
    """The assertion in one of GitHub's evaluators: `{name, string: {contains: …}}`; raises Fault.

    As in `gh models eval`: only equals minds upper and lower case, and white space around the answer counts for nothing.
    """
    if not isinstance(data, Mapping):
        raise Fault('An evaluator is a mapping with "name" and "string".', at)
    name = data.get("name", "")
    if not isinstance(name, str) or len(name) > 200:
        raise Fault('"name" is the evaluator\'s name, a short text.', (*at, "name"))
    for field in ("llm", "uses"):
        if field in data:
            raise Fault(
                f'"{field}" lets a model judge, which gives another answer each time. Use "string".', (*at, field)
            )
    for field in data:
        if field not in ("name", "string"):
            raise Fault(
                f'"{str(field)[:40]}" is not a field of an evaluator. It has "name" and "string".', (*at, field)
            )
    rule = data.get("string")
    if not isinstance(rule, Mapping) or len(rule) != 1 or next(iter(rule)) not in _EVALUATORS:
        raise Fault(f'"string" takes one of {", ".join(_EVALUATORS)}.', (*at, "string"))
    field, value = next(iter(rule.items()))
    kind, ignore_case = _EVALUATORS[field]
    where = (*at, "string")
    try:
        return checked(Assertion(kind, value, name=name, ignore_case=ignore_case, trimmed=True, at=where))
    except Fault as fault:
        raise Fault(fault.message, (*where, field)) from None
