"""Test results as a table for people, as JSON, and as JUnit XML for pipelines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from desktop_app.prompts.evaluate.matrix import Result
from desktop_app.prompts.evaluate.summary import Difference, Summary

_SHOWN = 400
# Characters XML 1.0 cannot hold at all (section 2.2, Char).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Report:
    """What a run of tests found. Failures of a version in older are shown and do not count: a later one replaced it."""

    summaries: tuple[Summary, ...]
    differences: tuple[Difference, ...] = ()
    older: frozenset[tuple[str, int]] = frozenset()

    @property
    def passed(self) -> bool:
        """True if every version that counts passes, and none is worse than the one before it."""
        counted = [summary for summary in self.summaries if not self.is_older(summary)]
        return not any(summary.failed for summary in counted) and not any(d.is_regression for d in self.differences)

    def is_older(self, summary: Summary) -> bool:
        """Whether the summary's failures do not count."""
        return (summary.prompt_id, summary.version) in self.older


def as_table(report: Report) -> str:
    """A line per version and model, then every failure that counts with its answer, then what a comparison found."""
    lines = [_line(report, summary) for summary in report.summaries]
    for summary in report.summaries:
        for result in summary.regressed if report.is_older(summary) else summary.failed:
            lines += ["", *_failure(result)]
        for result in summary.improved:
            lines += ["", f"Improved: {_name(result)} passes now."]
    for difference in report.differences:
        lines += ["", *_difference(difference)]
    runs = sum(summary.rate.total for summary in report.summaries)
    passed = sum(summary.rate.passed for summary in report.summaries)
    lines += ["", f"{passed} of {runs} runs passed. {_verdict(report)}"]
    return "\n".join(lines)


def _verdict(report: Report) -> str:
    worse = sum(len(summary.regressed) for summary in report.summaries)
    worse += sum(difference.is_regression for difference in report.differences)
    if worse:
        return f"{worse} {'is' if worse == 1 else 'are'} worse than before."
    return "Nothing is worse than before." if report.passed else "Tests fail."


def _mark(report: Report, summary: Summary) -> str:
    if not summary.failed:
        return "ok  "
    return "old " if report.is_older(summary) else "FAIL"


def _line(report: Report, summary: Summary) -> str:
    rate = summary.rate
    runs = f"{rate.passed} of {rate.total} passed"
    kept = f", {summary.from_store} kept" if summary.from_store else ""
    return (
        f"{_mark(report, summary)}  {summary.prompt_id}@{summary.version}  {summary.model_id}  {runs} "
        f"({rate.low:.0%} to {rate.high:.0%})  {summary.first_token_ms / 1000:.2f} s to the first word, "
        f"{summary.total_ms / 1000:.2f} s in all, {summary.tokens:g} tokens{kept}"
    )


def _name(result: Result) -> str:
    return f"{result.prompt_id}@{result.version}, {_xml(result.case.title)}, seed {result.seed}"


def _failure(result: Result) -> list[str]:
    word = "Regression" if result.change == "regressed" else "Failed"
    lines = [f"{word}: {_name(result)}"]
    lines += [f"  {check.name + ': ' if check.name else ''}{check.why}" for check in result.grade.failed]
    if result.grade.why and not any(check.why == result.grade.why for check in result.grade.failed):
        lines.append(f"  {result.grade.why}")
    if result.change == "regressed" and result.before is not None and result.before.text is not None:
        lines += _answer("before", result.before.text)
    return lines + (_answer("now", result.output.text) if not result.output.problem else [])


def _difference(difference: Difference) -> list[str]:
    old, new = difference.old, difference.new
    word = "Regression" if difference.is_regression else "Improved"
    head = f"{word}: {new.prompt_id}, {_xml(new.case.title)}, seed {new.seed}"
    return [
        head,
        *_answer(f"version {old.version}", old.output.text),
        *_answer(f"version {new.version}", new.output.text),
    ]


def _answer(when: str, text: str) -> list[str]:
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    lines = _NOT_XML.sub("�", shown).strip().splitlines() or ["(nothing)"]
    return [f"  {when}:", *(f"    | {line}" for line in lines)]


def as_json(report: Report) -> dict[str, Any]:
    """Everything as plain values: a list of versions with their results, and the comparison."""
    return {
        "passed": report.passed,
        "versions": [_summary(summary) | {"older": report.is_older(summary)} for summary in report.summaries],
        "differences": [
            {
                "id": each.new.prompt_id, "case": each.new.case.title, "seed": each.new.seed,
                "regression": each.is_regression,
                "old": {"version": each.old.version, "output": each.old.output.text},
                "new": {"version": each.new.version, "output": each.new.output.text},
            }
            for each in report.differences
        ],
    }  # fmt: skip


def _summary(summary: Summary) -> dict[str, Any]:
    rate = summary.rate
    return {
        "id": summary.prompt_id, "version": summary.version, "content_hash": summary.content_hash,
        "model": summary.model_id, "model_sha256": summary.model_hash, "seeds": list(summary.seeds),
        "cases": summary.cases, "passed": rate.passed, "total": rate.total, "rate": rate.rate,
        "low": rate.low, "high": rate.high, "first_token_ms": summary.first_token_ms, "total_ms": summary.total_ms,
        "tokens": summary.tokens, "from_store": summary.from_store,
        "results": [_result(result) for result in summary.results],
    }  # fmt: skip


def _result(result: Result) -> dict[str, Any]:
    before = result.before
    return {
        "case": result.case.title, "case_key": result.case.key, "values": dict(result.case.values), "seed": result.seed,
        "passed": result.passed, "score": result.grade.score, "change": result.change, "why": result.grade.why,
        "checks": [
            {"what": check.what, "name": check.name, "passed": check.passed, "score": check.score, "why": check.why}
            for check in result.grade.checks
        ],
        "output": result.output.text, "problem": result.output.problem, "stop_reason": result.output.stop_reason,
        "first_token_ms": result.output.first_token_ms, "total_ms": result.output.total_ms,
        "tokens": result.output.completion_tokens, "from_store": result.from_store,
        "before": None if before is None else {"passed": before.passed, "at": before.at.isoformat(), "output": before.text},
    }  # fmt: skip


def as_json_text(report: Report) -> str:
    """as_json as one document."""
    return json.dumps(as_json(report), indent=2, ensure_ascii=False)


def as_junit(report: Report) -> str:
    """JUnit XML: a suite per version and model, a case per test and seed; failures hold what is wrong and the answers.

    The structure is the one that continuous-integration tools read: testsuites > testsuite > testcase > failure | error,
    with counts and seconds. Regressions between versions are a suite of their own; failures of older versions are not told.
    """
    root = ElementTree.Element("testsuites", name="greenroom prompt test")
    for summary in report.summaries:
        if report.is_older(summary):
            continue
        name = f"{summary.prompt_id}@{summary.version} on {summary.model_id}"
        suite = _suite(root, name, summary.results)
        for result in summary.results:
            case = _case(suite, f"{summary.prompt_id}@{summary.version}", result)
            _outcome(case, result)
    worse = [difference for difference in report.differences if difference.is_regression]
    if worse:
        suite = _suite(root, "regressions between versions", [each.new for each in worse])
        for each in worse:
            case = _case(suite, each.new.prompt_id, each.new)
            message = f"version {each.old.version} passes, version {each.new.version} does not"
            _add(case, "failure", message, "regression", "\n".join(_difference(each)))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(root: ElementTree.Element, name: str, results: Iterable[Result]) -> ElementTree.Element:
    results = list(results)
    errors = sum(bool(result.output.problem) for result in results)
    failures = sum(not result.passed for result in results) - errors
    seconds = sum(result.output.total_ms for result in results) / 1000
    return ElementTree.SubElement(
        root, "testsuite", name=_xml(name), tests=str(len(results)), failures=str(failures), errors=str(errors),
        skipped="0", time=f"{seconds:.3f}",
    )  # fmt: skip


def _case(suite: ElementTree.Element, where: str, result: Result) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=_xml(where), name=_xml(f"{result.case.title} [seed {result.seed}]"),
        time=f"{result.output.total_ms / 1000:.3f}",
    )  # fmt: skip


def _outcome(case: ElementTree.Element, result: Result) -> None:
    if result.output.problem:
        _add(case, "error", result.output.problem, "error", result.output.problem)
    elif not result.passed:
        _add(case, "failure", result.grade.why, result.change if result.change == "regressed" else "failed",
             "\n".join(_failure(result)))  # fmt: skip


def _add(case: ElementTree.Element, tag: str, message: str, kind: str, text: str) -> None:
    found = ElementTree.SubElement(case, tag, message=_xml(message), type=kind)
    found.text = _xml(text)


def _xml(text: str) -> str:
    return _NOT_XML.sub("�", text)
