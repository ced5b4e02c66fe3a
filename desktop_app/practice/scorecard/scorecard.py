"""What was measured of a model, by five standards, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

STANDARDS: dict[str, str] = {
    "reliability": "Reliability",
    "efficiency": "Efficiency",
    "effectiveness": "Effectiveness",
    "security": "Security",
    "fit": "Fit for purpose",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. value is in unit ("share" is 0.0 to 1.0); of is how many tries it comes from, held how many passed.

    low and high bound a share with 95 % confidence (Wilson), None for other units.
    """

    id: str
    standard: str
    name: str
    unit: str
    value: float
    of: int
    held: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The scorecard of one model file on one machine. suites names each task set with the SHA-256 of what it held."""

    model_id: str
    model_sha256: str
    at: datetime
    machine: str
    app_version: str
    seeds: tuple[int, ...]
    suites: tuple[tuple[str, str], ...]
    measures: tuple[Measure, ...]
