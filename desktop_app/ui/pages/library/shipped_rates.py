"""How the versions of the library did when their curators tested them, for the list of prompts."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.evaluate.shipped import ShippedResult, read_shipped
from desktop_app.services import Services

Rates = Mapping[tuple[str, int], ShippedResult]  # by prompt id and version


def read_rates(services: Services) -> Job[Rates]:
    """The newest result of each version in the libraries' results.json; a file that cannot be read is left out, its page says so."""
    found: dict[tuple[str, int], ShippedResult] = {}
    for folder in reversed(services.prompts.folders):  # the first folder wins, as it does for prompts
        yield Progress(0)
        try:
            shipped = read_shipped(folder)
        except AppError:
            continue
        for each in sorted(shipped, key=lambda one: one.date):
            found[each.prompt_id, each.version] = each
    return found


def rate_of(rates: Rates, prompt_id: str, version: int) -> str:
    """What the row of a version says: "9 of 9 test runs", "" if it was never tested."""
    found = rates.get((prompt_id, version))
    return f"{found.rate.passed} of {found.rate.total} test runs" if found is not None else ""
