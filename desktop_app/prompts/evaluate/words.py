"""What assertions want, in words for people who write no tests."""

from __future__ import annotations

import json

from desktop_app.prompts.evaluate.assertions import Assertion, threshold_of

_SHOWN = 60


def shortened(text: str) -> str:
    """The text on one line, cut after 60 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1].rstrip()}…"


def describe(assertion: Assertion) -> str:
    """The expectation as the end of a sentence that starts with "The answer": says “tent” somewhere."""
    yes, no = _phrases(assertion)
    return no if assertion.negated else yes


def _phrases(assertion: Assertion) -> tuple[str, str]:
    value = assertion.value
    one = f"“{shortened(value)}”" if isinstance(value, str) else ""
    several = ", ".join(f"“{shortened(str(item))}”" for item in value) if isinstance(value, tuple) else one
    match assertion.kind:
        case "contains":
            return f"says {one} somewhere", f"does not say {one}"
        case "contains-any":
            return f"says one of {several}", f"says none of {several}"
        case "contains-all":
            return f"says all of {several}", f"leaves out at least one of {several}"
        case "starts-with":
            return f"starts with {one}", f"does not start with {one}"
        case "ends-with":
            return f"ends with {one}", f"does not end with {one}"
        case "equals":
            wanted = one or f"the JSON {shortened(json.dumps(value, ensure_ascii=False, default=str))}"
            return f"is exactly {wanted}", f"is not exactly {wanted}"
        case "regex":
            return f"matches the pattern {shortened(str(value))}", f"does not match the pattern {shortened(str(value))}"
        case "is-json":
            form = "" if value is None else " of the wanted form"
            return f"is JSON{form}", f"is not JSON{form}"
        case "contains-json":
            form = "" if value is None else " of the wanted form"
            return f"has JSON{form} in it", f"has no JSON{form} in it"
        case "is-refusal":
            return "declines the task", "does not decline the task"
        case "latency":
            limit = f"{(assertion.threshold or 0) / 1000:g} s"
            return f"is complete within {limit}", f"takes longer than {limit}"
        case "word-count":
            words = _word_range(value)
            return f"has {words}", f"does not have {words}"
        case "assert-set":
            return _set_phrase(assertion), ""
    threshold = threshold_of(assertion)
    if assertion.kind == "levenshtein":
        return (
            f"differs from {one} by at most {threshold:g} characters",
            f"differs from {one} by more than {threshold:g} characters",
        )
    if assertion.kind == "rouge-n":
        share = f"{threshold:.0%} of the words of {several}"
        return f"has at least {share}", f"has less than {share}"
    likeness = f"is worded like {several} (BLEU {threshold:g})"
    return likeness, f"is not worded like {several} (BLEU {threshold:g})"


def _word_range(value: object) -> str:
    if not isinstance(value, tuple):
        return f"{value} words"
    low, high = value
    if low == high:
        return f"{low:g} words"
    if high >= 1e9:
        return f"at least {low:g} words"
    return f"at most {high:g} words" if low <= 0 else f"{low:g} to {high:g} words"


def _set_phrase(assertion: Assertion) -> str:
    parts = "; ".join(describe(member) for member in assertion.members)
    if assertion.threshold is None:
        return f"all of this: {parts}"
    return f"at least {assertion.threshold:.0%} of this: {parts}"
