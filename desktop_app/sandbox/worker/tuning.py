"""How many threads the next step should use, learned from how long the steps before took. Pure: it reads no clock.

Counting cores does not tell: other programs keep them busy, and threads that wait for one without a core are slower than
fewer threads. So other counts are tried on the steps that have to be done anyway, and what a try loses is kept small.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

# Another count looks better if the steps of late took this much longer than its own did. Between 0.95 and this nothing is
# done, so that noise moves nothing.
SLOWER = 1.1
# A further thread must earn its core: at nearly equal speed other programs get it.
EARNED = 0.95
BUDGET = 0.01  # the share of the time that trying more threads may lose
CREDIT_S = 0.25  # no more than this is saved up for trying
HOPELESS = 1.5  # a try this much slower ends at once
REST = 2  # windows without a try of more threads, doubled by each try in vain
REST_MOST = 64


class ThreadTuner:
    """Chooses among a few thread counts. Tell it each step's time; it says how many threads the next one gets."""

    def __init__(
        self, counts: Sequence[int], known: Mapping[int, float], first: int, *, window: int = 8, tries: int = 4
    ) -> None:
        """counts ascend; known is the mean time of a step by count, as far as measured. window steps are looked back
        on, tries steps are a try.
        """
        self._counts, self._times = list(counts), dict(known)
        self._chosen, self._trying = first, 0
        self._recent: deque[float] = deque(maxlen=window)
        self._tried: list[float] = []
        self._tries, self._settling = tries, 0
        self._credit_s, self._since = 0.0, 0
        hopeless = any(known.get(count, 0) > HOPELESS * known.get(first, 0) > 0 for count in counts if count > first)
        self._rest = REST_MOST // 4 if hopeless else REST

    @property
    def threads(self) -> int:
        """How many threads the next step gets."""
        return self._trying or self._chosen

    @property
    def chosen(self) -> int:
        """How many threads are best so far; for a step that is not told."""
        return self._chosen

    def observe(self, seconds: float) -> None:
        """Take the time of a step that ran with as many threads as threads said."""
        self._credit_s = min(CREDIT_S, self._credit_s + BUDGET * seconds)
        if self._trying:
            self._credit_s -= max(0.0, seconds - self._usual)
        if self._settling:  # threads are woken or sent away; such a step tells little, unless it took for ever
            self._settling -= 1
            if self._trying and seconds > HOPELESS * self._usual * self._tries:
                self._judge(seconds)
        elif self._trying:
            self._judge(seconds)
        else:
            self._recent.append(seconds)
            self._since += 1
            self._look_around()

    @property
    def _usual(self) -> float:
        return sum(self._recent) / len(self._recent) if self._recent else self._times.get(self._chosen, 0.0)

    def _look_around(self) -> None:
        if len(self._recent) < (self._recent.maxlen or 1):
            return
        usual = self._times[self._chosen] = self._usual
        best = min(self._times, key=self._times.__getitem__)
        if best != self._chosen and usual > SLOWER * self._times[best]:
            self._try(best)
        elif self._since >= self._rest * len(self._recent) and self._credit_s > 0:
            more = [count for count in self._counts if count > self._chosen]
            if more:  # a core may have come free, which fewer threads cannot feel
                self._try(more[0])

    def _try(self, count: int) -> None:
        self._trying, self._tried, self._settling, self._since = count, [], 1, 0

    def _judge(self, seconds: float) -> None:
        self._tried.append(seconds)
        spent, usual = sum(self._tried), self._usual
        if len(self._tried) < self._tries and spent < HOPELESS * usual * self._tries:
            return
        mean = self._times[self._trying] = spent / len(self._tried)
        if mean < usual * (EARNED if self._trying > self._chosen else 1 / EARNED):
            self._chosen = self._trying
            self._recent.clear()
            self._rest = REST
        elif self._trying > self._chosen:
            self._rest = min(REST_MOST, 2 * self._rest)
        self._trying, self._settling = 0, 1
