"""How a version's tests did when they were last run, beside those of the version it is compared with."""

from __future__ import annotations

from html import escape

from desktop_app.prompts.decision import day_text
from desktop_app.prompts.evaluate.shipped import ShippedResult
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.ui.pages.curate.review_model import Looked
from desktop_app.ui.theme import Tokens


def tests_html(looked: Looked, t: Tokens) -> str:
    """The kept results as a table, or how they come to be kept."""
    tested = looked.tested
    if tested is None:
        many = len(looked.version.extra.get("tests") or looked.version.extra.get("testData") or ())
        has = f"It has {many} {'test' if many == 1 else 'tests'}" if many else "It has no tests"
        return f"<p>{has}, and no results are kept for it. Run them under Tests, and keep them with the library.</p>"
    parts = [_summary(tested, looked.version, t)]
    other, before = looked.tested_before, looked.before
    if other is not None and before is not None:
        parts.append(_summary(other, before, t))
    rows = "".join(_row(test.title, test.case_key, tested, other, t) for test in tested.tests)
    return "".join(parts) + f"<table cellspacing='0' cellpadding='4'>{rows}</table>"


def _summary(tested: ShippedResult, version: PromptVersion, t: Tokens) -> str:
    stale = (
        f" <span style='color:{t.caution}'>The file was changed since: out of date.</span>"
        if tested.is_stale(version)
        else ""
    )
    return (
        f"<p>Version {tested.version}: <b>{tested.rate.passed} of {tested.rate.total}</b> runs passed on {escape(tested.model_id)}, "
        f"{day_text(tested.date)}, median {tested.total_ms / 1000:.1f} s and {tested.tokens:.0f} tokens.{stale}</p>"
    )


def _row(title: str, key: str, tested: ShippedResult, other: ShippedResult | None, t: Tokens) -> str:
    cells = [_cell(one, key, t) for one in (tested, other) if one is not None]
    return f"<tr><td style='padding-right:16px'>{escape(title)}</td>{''.join(cells)}</tr>"


def _cell(tested: ShippedResult, key: str, t: Tokens) -> str:
    failed = next((test.failed for test in tested.tests if test.case_key == key), None)
    if failed is None:
        return f"<td style='color:{t.muted}'>v{tested.version}: not run</td>"
    if not failed:
        return f"<td style='color:{t.good}'>✓ v{tested.version}: passed</td>"
    seeds = ", ".join(map(str, failed))
    return f"<td style='color:{t.danger}'>✗ v{tested.version}: failed with seed {seeds}</td>"
