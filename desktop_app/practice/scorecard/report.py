"""A scorecard as Markdown for people, CSV for tables, or two of them side by side."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from desktop_app.practice.scorecard.cards import text_of
from desktop_app.practice.scorecard.scorecard import ABOUT, FORMS, STANDARDS, Measure, Scorecard
from desktop_app.practice.scorecard.words import changes, in_words, interval, limits
from desktop_app.storage.yaml_text import UNPRINTABLE

_COLUMNS = (
    "model",
    "model_sha256",
    "measured_at",
    "standard",
    "id",
    "name",
    "value",
    "unit",
    "low",
    "high",
    "tries",
    "held",
    "tasks",
)

_SPACE = re.compile("[^\\S\u00a0]+")  # a value and its unit stay together


def as_markdown(card: Scorecard) -> str:
    """The whole card as a page of Markdown."""
    return "\n".join([*_head(card), *_standards(card), *_answers(card), *_honest(card), *_sets(card)]) + "\n"


def as_csv(cards: Sequence[Scorecard]) -> str:
    """A line for each figure of the cards; shares are 0 to 1, times in milliseconds, memory in bytes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for card in cards:
        for each in card.measures:
            bounds = ["" if bound is None else f"{bound:.6g}" for bound in (each.low, each.high)]
            writer.writerow([
                _plain(card.model_id), card.model_sha256, card.at.isoformat(), each.standard, each.id, each.name,
                f"{each.value:.6g}", each.unit, *bounds, each.of, each.held, each.units,
            ])  # fmt: skip
    return out.getvalue()


def compared_as_markdown(one: Scorecard, other: Scorecard) -> str:
    """Two cards side by side, every difference with whether it may be chance."""
    lines = [f"# {_cell(one.model_name)} and {_cell(other.model_name)}", ""]
    lines += [f"First: {_about(one)}", "", f"Second: {_about(other)}", ""]
    lines += ["| | First | Second | Difference | |", "|---|--:|--:|--:|---|"]
    for each in changes(one, other):
        first, second = (_value(measure) for measure in (each.one, each.other))
        lines.append(f"| {_cell(each.one.name)} | {first} | {second} | {each.by} | {each.words} |")
    lines += ["", "“May be chance” means: with other tasks of the same kind the order could be the other way round."]
    return "\n".join(lines) + "\n"


def as_lines(card: Scorecard) -> Iterator[str]:
    """The card for a terminal."""
    yield f"{card.model_name}, measured {card.at:%Y-%m-%d %H:%M} UTC on {card.machine}"
    for standard, title in STANDARDS.items():
        yield ""
        whole = card.measure(standard)
        yield f"{title}: {_value(whole)}" if whole else title
        for each in card.of_standard(standard):
            yield f"  {each.name:<50} {_value(each)}"
    yield ""
    yield from limits(card)


def compared_lines(one: Scorecard, other: Scorecard) -> Iterator[str]:
    """Two cards for a terminal."""
    yield f"First:  {_about(one, str)}"
    yield f"Second: {_about(other, str)}"
    yield ""
    for each in changes(one, other):
        first, second = in_words(each.one.value, each.one.unit), in_words(each.other.value, each.other.unit)
        yield f"{each.one.name:<50} {first:>14} {second:>14} {each.by:>11}  {each.words}"


EXPORTS = {
    "md": ("Markdown (*.md)", as_markdown),
    "json": ("JSON (*.json)", text_of),
    "csv": ("CSV (*.csv)", lambda card: as_csv([card])),
}


def _head(card: Scorecard) -> list[str]:
    return [
        f"# Scorecard of {_cell(card.model_name)}", "",
        f"Measured by Greenroom {card.app_version} on {card.at:%d %B %Y, %H:%M} UTC. Nothing left the machine.", "",
        "| | |", "|---|---|",
        f"| Model | {_cell(card.model_id)} |",
        f"| File | SHA-256 `{card.model_sha256}` |",
        f"| Machine | {_cell(card.machine)} |",
        f"| Load before | {card.busy:.1f} programs wanted a processor |",
        f"| Seeds | {', '.join(map(str, card.seeds))}{' (short run)' if card.quick else ''} |",
    ]  # fmt: skip


def _standards(card: Scorecard) -> Iterator[str]:
    for standard, title in STANDARDS.items():
        whole = card.measure(standard)
        yield from ("", f"## {title}{': ' + in_words(whole.value, whole.unit) if whole else ''}", "", ABOUT[standard])
        if whole:
            yield from ("", whole.says)
        yield from ("", "| Figure | Value | 95 % interval | Tries | What it says |", "|---|--:|--:|--:|---|")
        for each in card.of_standard(standard):
            value = in_words(each.value, each.unit)
            yield f"| {_cell(each.name)} | {value} | {interval(each) or '–'} | {each.of:,} | {_cell(each.says)} |"


def _answers(card: Scorecard) -> Iterator[str]:
    """One solved and one failed answer of each set, so that a reader sees what is behind the figures."""
    yield from ("", "## Some answers", "", "| Task | | Answer | |", "|---|---|---|---|")
    for set_id, _ in card.sets:
        for form, in_form in FORMS.items():
            own = [each for each in card.tries if (each.set_id, each.form) == (set_id, form)]
            for passed in (True, False):
                one = next((each for each in own if each.passed is passed), None)
                if one is not None:
                    why = "passed" if passed else one.why[0]
                    yield f"| {set_id}, {one.task_id} | {in_form} | {_cell(one.text.strip()[:200])} | {_cell(why)} |"


def _honest(card: Scorecard) -> Iterator[str]:
    yield from ("", "## What this card cannot tell", "")
    yield from (f"- {sentence}" for sentence in limits(card))


def _sets(card: Scorecard) -> Iterator[str]:
    yield from (
        "",
        "## Task sets",
        "",
        "Cards are comparable only where these are the same.",
        "",
        "| Set | SHA-256 |",
        "|---|---|",
    )
    yield from (f"| {set_id} | `{sha256}` |" for set_id, sha256 in card.sets)


def _about(card: Scorecard, cell: Callable[[str], str] | None = None) -> str:
    safe = cell or _cell
    short = ", short run" if card.quick else ""
    return f"{safe(card.model_name)}, {card.at:%Y-%m-%d %H:%M} UTC, {safe(card.machine)}{short}"


def _value(measure: Measure) -> str:
    between = interval(measure)
    return in_words(measure.value, measure.unit) + (f" ({between})" if between else "")


def _cell(text: str) -> str:
    """Text that neither ends a cell of a table nor begins HTML, a link or a picture."""
    line = UNPRINTABLE.sub("\ufffd", _SPACE.sub(" ", text)).strip()
    for char in "\\|<>[]`*_!":
        line = line.replace(char, f"\\{char}")
    return line


def _plain(text: str) -> str:
    """Text that no table program takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
