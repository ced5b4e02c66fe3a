"""Comparisons as they stand in the records, for tests of what shows them."""

from __future__ import annotations

from desktop_app.practice.compare.comparison import Cell, Column, Comparison, Plan
from desktop_app.practice.compare.keeping import begin, keep
from desktop_app.sandbox.protocol import Timings
from desktop_app.services import Services

_MODEL = "smollm2-135m-instruct"


def seeds_compared(services: Services) -> Comparison:
    """Three seeds of a free prompt; the last one failed."""
    columns = tuple(Column(name="Free prompt", model_id=_MODEL, seed=seed) for seed in (1, 2, 3))
    plan = Plan(
        "A tent that leaks\nseed 1, seed 2, seed 3", columns, ({"prompt": "A tent that leaks"},), ("0" * 64,) * 3
    )
    texts = ("A tent lets the rain in.", "Patch it, then it is dry again. " * 20, "")
    return _kept(services, plan, texts)


def table_compared(services: Services, *, rows: int = 6) -> Comparison:
    """Two versions of a prompt on a table, blind; the last row was not run."""
    columns = tuple(Column("shorten-notice", n, "0" * 64, "Shorten a notice", model_id=_MODEL, seed=7) for n in (1, 2))
    inputs = tuple({"notice": f"The lift in building {n} is out of order until Thursday."} for n in range(rows))
    plan = Plan("Shorten a notice\nversion 1, version 2", columns, inputs, ("0" * 64,) * 2, "notices.csv", 99)
    texts = tuple(f"Lift {n // 2} is {'out' if n % 2 else 'off'}." for n in range(2 * (rows - 1)))
    return _kept(services, plan, texts)


def _kept(services: Services, plan: Plan, texts: tuple[str, ...]) -> Comparison:
    store = services.learner.comparisons
    comparison = begin(store, plan)
    across = len(plan.columns)
    for place, text in enumerate(texts):
        row, column = divmod(place, across)
        problem = "" if text else "The text is 300 tokens too long for the model's context of 2,048 tokens."
        times = Timings(completion_tokens=12, tokens_per_second=60.0)
        cell = Cell(row, column, text, plan.columns[column].seed or 0, "end" if text else "error", problem, times)
        comparison = keep(store, comparison, cell)
    return comparison
