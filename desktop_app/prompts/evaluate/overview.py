"""What is known of a version's tests on a model without asking it: own results, else the library's, and whether they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from desktop_app.jobs import finish
from desktop_app.prompts.evaluate.matrix import ModelUnderTest, Result, VersionUnderTest, run_matrix
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.prompts.evaluate.shipped import ShippedResult, baseline
from desktop_app.prompts.evaluate.summary import PassRate, Standing, Summary, standing, summarise


@dataclass(frozen=True, slots=True)
class Overview:
    """One version on one model with some seeds.

    results are those that hold for the files as they are now; standing is how it went the last time, holding or not;
    shipped is what the library says. before of a result is what the case did before that, with the answer if it passed.
    """

    tested: VersionUnderTest
    model_id: str
    seeds: tuple[int, ...]
    results: tuple[Result, ...] = ()
    standing: Standing | None = None
    shipped: ShippedResult | None = None
    model_hash: str = ""

    @property
    def wanted(self) -> int:
        """How many runs there are in all."""
        return len(self.tested.suite.cases) * len(self.seeds)

    @property
    def missing(self) -> int:
        """How many of them were not run yet, as the files are now."""
        return self.wanted - len(self.results)

    @property
    def source(self) -> str:
        """Where the rate comes from: own results ("own"), own ones that hold no more ("old"), the library's ("library"), or ""."""
        if self.results:
            return "own"
        if self.standing is not None:
            return "old"
        return "library" if self.shipped is not None else ""

    @property
    def rate(self) -> PassRate | None:
        """How many runs passed; None if it was never tested."""
        match self.source:
            case "own":
                return PassRate(sum(result.passed for result in self.results), len(self.results))
            case "old":
                return self.standing.rate if self.standing else None
            case "library":
                return self.shipped.rate if self.shipped else None
        return None

    @property
    def day(self) -> date | None:
        """The day of the newest result."""
        if self.source == "library" and self.shipped is not None:
            return self.shipped.date
        return self.standing.at.astimezone().date() if self.standing is not None else None

    @property
    def stale(self) -> str:
        """Why what is shown holds no more, in a sentence; "" if it does."""
        if self.source == "library" and self.shipped is not None:
            if self.shipped.is_stale(self.tested.version):
                return "The prompt was changed since. Run the tests again."
            if self.model_hash and self.shipped.model_hash != self.model_hash:
                return "The model file is another than the one that was tested. Run the tests again."
            return ""
        return self.standing.stale if self.standing is not None and self.source == "old" else ""

    @property
    def summary(self) -> Summary | None:
        """Times, tokens and changes of own results."""
        return summarise(self.results)[0] if self.results else None

    def result(self, case_key: str, seed: int) -> Result | None:
        """The own result of a case with a seed."""
        return next((each for each in self.results if (each.case.key, each.seed) == (case_key, seed)), None)

    def passed(self, case_key: str, seed: int) -> bool | None:
        """Whether a case passes with a seed, as far as own results or else the library say; None if nobody knows."""
        if self.source != "library" or self.shipped is None:
            found = self.result(case_key, seed)
            return None if found is None else found.passed
        test = next((test for test in self.shipped.tests if test.case_key == case_key), None)
        return None if test is None or seed not in self.shipped.seeds else seed not in test.failed

    def with_results(self, new: Iterable[Result]) -> Overview:
        """With results of a run added; one that only repeats what is known keeps what that was compared with."""
        new = list(new)
        hashes = {result.content_hash for result in new} or {result.content_hash for result in self.results}
        kept = {(result.case.key, result.seed): result for result in self.results if result.content_hash in hashes}
        for result in new:
            key = result.case.key, result.seed
            known = kept.get(key)
            if known is not None and result.from_store and known.change != "new" and _same(known, result):
                result = replace(result, before=known.before)
            kept[key] = result
        places = {case.key: number for number, case in enumerate(self.tested.suite.cases)}
        order = sorted(kept, key=lambda key: (places.get(key[0], 0), key[1]))
        return replace(self, results=tuple(kept[key] for key in order))

    def keeping(self, old: Overview | None) -> Overview:
        """With what old says of the same results: that they are new, and what they were compared with."""
        said = {(result.case.key, result.seed): result for result in old.results} if old else {}
        results = ((said.get((result.case.key, result.seed)) or result, result) for result in self.results)
        return replace(self, results=tuple(one if _same(one, result) else result for one, result in results))


def _same(one: Result, other: Result) -> bool:
    return (one.output, one.grade, one.content_hash) == (other.output, other.grade, other.content_hash)


def overview(
    tested: VersionUnderTest,
    model: ModelUnderTest,
    seeds: Sequence[int],
    store: ResultStore,
    shipped: Iterable[ShippedResult] = (),
) -> Overview:
    """What store and library know of a version, without a model; raises StoreError."""
    version = tested.version
    ours = [each for each in shipped if (each.prompt_id, each.version) == (version.id, version.version)]
    job = run_matrix([tested], [model], seeds, store, record=False, ask=False)
    earlier = store.previous(version.id, version.version, model.id)
    told = baseline(each for each in ours if not each.is_stale(version))
    results = []
    for result in finish(job):
        before = earlier.get((result.case.key, result.seed)) or told.get(
            (version.id, version.version, model.id, result.case.key, result.seed)
        )
        results.append(with_text(replace(result, before=before), store))
    fitting = [each for each in ours if each.model_id == model.id]
    newest = max(fitting, key=lambda each: (not each.is_stale(version), each.date), default=None)
    return Overview(
        tested, model.id, tuple(seeds), tuple(results), standing(store, tested, model), newest, model.sha256
    )


def with_text(result: Result, store: ResultStore) -> Result:
    """The result with the answer of the last time, where it got worse."""
    if result.change != "regressed" or result.before is None:
        return result
    return replace(result, before=replace(result.before, text=store.text(result.before.output_key)))
