"""Whether an answer meets its assertions, with scores, weights and thresholds as promptfoo documents them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktop_app.prompts.evaluate.assertions import Assertion, threshold_of
from desktop_app.prompts.evaluate.json_form import json_values, misfit, parse_json
from desktop_app.prompts.evaluate.patterns import finds
from desktop_app.prompts.evaluate.similarity import bleu, edit_distance, rouge_n
from desktop_app.prompts.evaluate.words import describe, shortened

# How refusals begin or what they say, in words of our own; a hint, not a proof.
_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am)?|we(?:'re| are)?) (?:really |truly |very )?(?:sorry|afraid)\b.{0,40}\b(?:can(?:'t|not)|unable|not able|won't)\b"
    r"|\bi (?:can(?:'t|not| not)|could not|won't|will not|must not|am not able to|am unable to|(?:must|have to) (?:decline|refuse))"
    r" ?(?:help|assist|do (?:that|this)|provide|answer|comply|fulfil?l|create|write|share|discuss|support|continue|decline|refuse)?"
    r"|\bi(?:'m| am) (?:unable|not able|not allowed|not permitted|not comfortable)\b"
    r"|\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b.{0,60}\b(?:can(?:'t|not)|don't|do not|unable|not able|won't)\b"
    r"|\b(?:would|is) not (?:be )?(?:ethical|appropriate|legal)\b|\bagainst my (?:guidelines|principles|programming)\b",
    re.IGNORECASE | re.DOTALL,
)
_REFUSAL_CHARS = 600  # a refusal comes early


@dataclass(frozen=True, slots=True)
class Output:
    """What the model wrote. total_ms is from the request to the last token; problem is "" unless there is no whole answer."""

    text: str
    stop_reason: str = "end"
    first_token_ms: float = 0.0
    total_ms: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one assertion: why it is not met ("" if it is); members are the checks of a set."""

    assertion: Assertion
    passed: bool
    score: float
    why: str = ""
    members: tuple[Check, ...] = ()

    @property
    def what(self) -> str:
        """What it wants, in plain words."""
        return describe(self.assertion)

    @property
    def name(self) -> str:
        """Its metric or its evaluator's name, "" without one."""
        return self.assertion.name


@dataclass(frozen=True, slots=True)
class Grade:
    """The outcome of a case: score is the weighted mean of the checks, 0.0 to 1.0; why is "" if it passed."""

    passed: bool
    score: float
    checks: tuple[Check, ...] = ()
    why: str = ""

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that were not met, those inside a failed set in its place."""
        found: list[Check] = []
        for check in self.checks:
            if not check.passed:
                found += [member for member in check.members if not member.passed] or [check]
        return tuple(found)


def grade(output: Output, assertions: Sequence[Assertion], threshold: float | None = None) -> Grade:
    """What an answer is worth to a case whose assertions are filled.

    promptfoo, "Weighted assertions" and "Setting a score requirement": the score is Σ weight × score / Σ weight; with a
    threshold the case passes if its score reaches it, whatever single assertions say; without one all must pass. An
    assertion of weight 0 passes. Without assertions the case passes with 1. No whole answer is no pass.
    """
    if output.problem:
        return Grade(False, 0.0, why=output.problem)
    checks = tuple(_check(output, assertion) for assertion in assertions)
    passed, score, why = _together(checks, threshold)
    return Grade(passed, score, checks, why)


def _together(checks: Sequence[Check], threshold: float | None) -> tuple[bool, float, str]:
    if not checks:
        return True, 1.0, ""
    total = sum(check.assertion.weight for check in checks)
    score = sum(check.score * check.assertion.weight for check in checks) / total if total else 0.0
    if threshold is not None:
        passed = score >= threshold - 1e-12  # 0.1 × 3 / 3 must reach 0.1
        return passed, score, "" if passed else f"The score is {score:.2f}; {threshold:g} is needed."
    failed = [check.why for check in checks if not check.passed]
    return not failed, score, failed[0] if failed else ""


def _check(output: Output, assertion: Assertion) -> Check:
    inner: tuple[Check, ...] = ()
    if assertion.members:
        inner = tuple(_check(output, member) for member in assertion.members)
        _, score, why = _together(inner, assertion.threshold)
    else:
        score, why = _score(output, output.text.strip() if assertion.trimmed else output.text, assertion)
    if assertion.weight == 0:
        why = ""
    return Check(assertion, not why, score, why, inner)


def _score(output: Output, text: str, assertion: Assertion) -> tuple[float, str]:
    """Score and what is wrong, "" if nothing; a negated assertion turns both round."""
    if assertion.kind in ("bleu", "rouge-n"):
        return _similarity(text, assertion)
    met, why = _met(output, text, assertion)
    if not assertion.negated:
        return float(met), "" if met else why
    return float(not met), f"It {describe(replace(assertion, negated=False))}." if met else ""


def _similarity(text: str, assertion: Assertion) -> tuple[float, str]:
    if assertion.kind == "bleu":
        score = bleu(text, assertion.value)
    else:
        score = max(rouge_n(text, reference) for reference in assertion.value)
    threshold = threshold_of(assertion)
    if (score >= threshold) != assertion.negated:
        return 1 - score if assertion.negated else score, ""
    compared = "which is too close" if assertion.negated else f"{threshold:g} is needed"
    return 1 - score if assertion.negated else score, f"The {assertion.kind} score is {score:.2f}; {compared}."


def _met(output: Output, text: str, assertion: Assertion) -> tuple[bool, str]:
    value = assertion.value
    fold = str.lower if assertion.ignore_case else str
    match assertion.kind:
        case "contains":
            return fold(value) in fold(text), f"It does not say “{shortened(value)}”."
        case "contains-any":
            return any(fold(item) in fold(text) for item in value), f"It says none of {_quoted(value)}."
        case "contains-all":
            missing = [item for item in value if fold(item) not in fold(text)]
            return not missing, f"It does not say {_quoted(missing)}."
        case "starts-with":
            return fold(text).startswith(fold(value)), f"It starts with “{shortened(text)}”."
        case "ends-with":
            return fold(text).endswith(fold(value)), f"It ends with “{shortened(text[-60:])}”."
        case "equals":
            return _equals(text, value)
        case "regex":
            return _matches(text, value)
        case "is-json":
            return _is_json(text, value)
        case "contains-json":
            return _contains_json(text, value)
        case "is-refusal":
            declined = not text.strip() or _REFUSAL.search(text[:_REFUSAL_CHARS]) is not None
            return declined, "It does not decline."
        case "latency":
            return output.total_ms <= (assertion.threshold or 0), f"It took {output.total_ms / 1000:.2f} s."
        case "word-count":
            words, (low, high) = len(text.split()), value
            return low <= words <= high, f"It has {words:,} {'word' if words == 1 else 'words'}."
    most = int(threshold_of(assertion))  # levenshtein
    return edit_distance(text, value, most) is not None, f"It differs by more than {most} characters."


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f"“{shortened(text)}”" for text in texts)


def _equals(text: str, value: Any) -> tuple[bool, str]:
    if isinstance(value, str):
        return text == value, f"It is “{shortened(text)}”."
    try:
        return _same(parse_json(text), value), "It is other JSON."
    except ValueError:
        return False, "It is not JSON."


def _same(one: Any, other: Any) -> bool:
    """Deep equality as JSON has it: true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _matches(text: str, pattern: str) -> tuple[bool, str]:
    try:
        found = finds(pattern, text)
    except ValueError as fault:  # a pattern that was filled from the test's variables
        return False, f"The pattern is not valid: {fault}."
    return found, f"Nothing in it matches the pattern {shortened(pattern)}"


def _is_json(text: str, schema: Any) -> tuple[bool, str]:
    try:
        value = parse_json(text)
    except ValueError:
        return False, "It is not JSON."
    odd = "" if schema is None else misfit(value, schema)
    return not odd, f"Its JSON does not fit: {odd}."


def _contains_json(text: str, schema: Any) -> tuple[bool, str]:
    why = "There is no JSON in it."
    for value in json_values(text):
        odd = "" if schema is None else misfit(value, schema)
        if not odd:
            return True, ""
        why = f"Its JSON does not fit: {odd}."
    return False, why
