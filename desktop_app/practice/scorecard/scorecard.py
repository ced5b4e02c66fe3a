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
ABOUT: dict[str, str] = {
    "reliability": "Does the same task end the same way again, whole and in the form that was asked for?",
    "efficiency": "Does it answer faster than one reads, and what does that take?",
    "effectiveness": "How many everyday tasks does it solve?",
    "security": "Does it keep secrets, ignore orders in documents and invent no personal data?",
    "fit": "How good is it for what you want to use it for?",
}
FORMS: dict[str, str] = {"worked": "with worked examples", "plain": "without examples"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. value is in unit: "share" (0.0 to 1.0), "ms", "tokens/s", "bytes" or "tokens".

    of is how many tries it comes from and held how many of them passed; units is how many of those were different tasks,
    which is what the interval counts. low and high bound it with 95 % confidence (a share by Wilson), None where nothing
    can be said. says is the figure as one sentence.
    """

    id: str
    standard: str
    name: str
    unit: str
    value: float
    of: int
    held: int
    units: int
    low: float | None
    high: float | None
    says: str


@dataclass(frozen=True, slots=True)
class Try:
    """One task asked once. form is a key of FORMS; why says what was not met, () if it passed.

    format_kept is None where no form was asked for. looped: the answer repeats itself without end.
    """

    set_id: str
    task_id: str
    form: str
    seed: int
    text: str
    stop_reason: str
    passed: bool
    why: tuple[str, ...]
    format_kept: bool | None
    looped: bool
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Probe:
    """One answer made only to take its time: read_tokens were read in read_ms before the first token."""

    first_token_ms: float
    tokens_per_second: float
    read_tokens: int
    read_ms: float


@dataclass(frozen=True, slots=True)
class Costs:
    """What running the model took: from asking for it to ready, and the memory of its process, 0 where it is not known."""

    load_ms: float
    load_bytes: int
    end_bytes: int
    probes: tuple[Probe, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The scorecard of one model file on one machine. sets names each task set with the SHA-256 of what it held.

    busy is how many programs wanted a processor just before (the load average), cores how many there are.
    """

    model_id: str
    model_name: str
    model_sha256: str
    at: datetime
    machine: str
    cores: int
    busy: float
    app_version: str
    seeds: tuple[int, ...]
    quick: bool
    sets: tuple[tuple[str, str], ...]
    costs: Costs
    tries: tuple[Try, ...]
    measures: tuple[Measure, ...]

    def measure(self, measure_id: str) -> Measure | None:
        """The figure with this id, None if it was not measured."""
        return next((each for each in self.measures if each.id == measure_id), None)

    def of_standard(self, standard: str) -> tuple[Measure, ...]:
        """The figures below a standard, without the one that stands for it as a whole."""
        return tuple(each for each in self.measures if each.standard == standard and each.id != standard)
