"""A prompt's tests as cases, read from what its file holds under tests, defaultTest, testData and evaluators.

Reading is lazy: a version keeps them as raw data, and only testing or `prompt lint` looks inside. A fault names the line.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice, product
from math import prod
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.prompts.evaluate.assertions import (
    Assertion,
    Fault,
    KeyPath,
    filled,
    number,
    placeholders,
    read_assertion,
    read_evaluator,
    scalar_text,
)
from desktop_app.prompts.evaluate.csv_cases import MAX_CASES, Row, csv_named, read_csv
from desktop_app.prompts.evaluate.words import shortened
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.prompts.render import check_value
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8

FIELDS = ("tests", "defaultTest", "testData", "evaluators")
_TEST_FIELDS = ("description", "vars", "assert", "threshold", "options", "metadata")
_UNTESTED = frozenset({"expected"})  # GitHub's rows hold it for people to read


@dataclass(frozen=True, slots=True)
class Case:
    """One test: values for the prompt's inputs, and what its answer should be like.

    key stays the same while description and values do, so that runs can be compared; title is for people.
    """

    key: str
    title: str
    values: Mapping[str, str]
    assertions: tuple[Assertion, ...]
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """All cases of one version, in the file's order."""

    cases: tuple[Case, ...] = ()


def read_suite(version: PromptVersion) -> Suite:
    """The version's tests, no cases if it has none; raises ContentError with the line of the first thing wrong."""
    reader = _Reader(version)
    suite = reader.suite()
    if reader.problems:
        raise reader.problems[0]
    return suite


def suite_problems(version: PromptVersion) -> list[ContentError]:
    """Everything wrong with the version's tests, in the file's order."""
    reader = _Reader(version)
    reader.suite()
    return reader.problems


@dataclass(frozen=True, slots=True)
class _Draft:
    """A case before its variables are sorted and its assertions filled; row is the CSV row it comes from."""

    variables: Mapping[str, str]
    assertions: tuple[Assertion, ...]
    description: str
    threshold: float | None
    at: KeyPath
    row: Row | None = None


class _Reader:
    """Collects what is wrong instead of stopping at it; one case never hides the next."""

    def __init__(self, version: PromptVersion) -> None:
        self._version = version
        self._inputs = {item.name: item for item in version.inputs}
        self._lines: Mapping[KeyPath, tuple[int, int]] | None = None
        self.problems: list[ContentError] = []

    def suite(self) -> Suite:
        drafts = list(islice(chain(self._tests(), self._rows()), MAX_CASES + 1))
        if len(drafts) > MAX_CASES:
            self._report(
                Fault(f"There are more than {MAX_CASES:,} cases. Split them over several prompts.", ("tests",))
            )
            del drafts[MAX_CASES:]
        assertions = {id(each): each for draft in drafts for each in draft.assertions}
        used = _UNTESTED.union(*(placeholders(each) for each in assertions.values()))
        seen: Counter[str] = Counter()
        cases = []
        for draft in drafts:
            try:
                cases.append(self._case(draft, used, seen))
            except Fault as fault:
                self._report(fault, draft.row)
        return Suite(tuple(cases))

    def _report(self, fault: Fault, row: Row | None = None) -> None:
        if row is not None and not (fault.at and fault.at[0] == "defaultTest"):
            self.problems.append(ContentError(fault.message, row.path, row.line))
            return
        self.problems.append(ContentError(fault.message, self._version.path, *self._place(fault.at)))

    def _place(self, at: KeyPath) -> tuple[int, int] | tuple[()]:
        """Line and column of a key path; read again only when something is wrong."""
        if self._lines is None:
            try:
                path = self._version.path
                self._lines = load_yaml_with_lines(read_utf8(path), path)[1]
            except ContentError:
                self._lines = {}
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, ())

    # promptfoo's tests

    def _tests(self) -> Iterator[_Draft]:
        default = self._default()
        tests = self._version.extra.get("tests")
        if tests is None:
            return
        entries = tests if isinstance(tests, list) else [tests]
        files: set[str] = set()
        for index, entry in enumerate(entries[: MAX_CASES + 1]):
            at: KeyPath = ("tests", index) if isinstance(tests, list) else ("tests",)
            try:
                if (name := csv_named(entry, at)) is not None:
                    if name in files:
                        raise Fault(f"{name} is named twice. Name it once.", at)
                    files.add(name)
                    yield from self._from_csv(name, default, at)
                else:
                    yield from self._from_test(entry, default, at)
            except Fault as fault:
                self._report(fault)
            except ContentError as problem:  # in a CSV file
                self.problems.append(problem)

    def _default(self) -> _Draft:
        data = self._version.extra.get("defaultTest")
        none = _Draft({}, (), "", None, ("defaultTest",))
        if data is None:
            return none
        try:
            drafts = list(self._from_test(data, none, ("defaultTest",)))
        except Fault as fault:
            self._report(fault)
            return none
        if len(drafts) != 1:
            self._report(Fault("A variable of defaultTest is one value, not a list.", ("defaultTest", "vars")))
        return drafts[0] if drafts else none

    def _from_csv(self, name: str, default: _Draft, at: KeyPath) -> Iterator[_Draft]:
        try:
            rows = read_csv(self._version.path.parent / name)
        except Fault as fault:
            raise Fault(fault.message, at) from None
        for row in rows:
            yield _Draft(
                {**default.variables, **row.variables}, (*default.assertions, *row.assertions), row.description,
                default.threshold if row.threshold is None else row.threshold, at, row,
            )  # fmt: skip

    def _from_test(self, data: Any, default: _Draft, at: KeyPath) -> Iterator[_Draft]:
        if not isinstance(data, Mapping):
            raise Fault('A test is a mapping with "vars" and "assert".', at)
        for field in data:
            if field not in _TEST_FIELDS:
                close = get_close_matches(str(field), _TEST_FIELDS, n=1)
                hint = f" Did you mean {close[0]}?" if close else ""
                raise Fault(f'"{str(field)[:40]}" is not a field of a test here.{hint}', (*at, field))
        description = data.get("description", "")
        if not isinstance(description, str) or len(description) > 300:
            raise Fault('"description" is one sentence of at most 300 characters.', (*at, "description"))
        threshold = data.get("threshold")
        threshold = default.threshold if threshold is None else number(threshold, "threshold", (*at, "threshold"))
        own = self._assertions(data.get("assert"), (*at, "assert"))
        inherited = () if self._own_only(data.get("options"), (*at, "options")) else default.assertions
        for variables in _combinations(data.get("vars"), (*at, "vars")):
            yield _Draft({**default.variables, **variables}, (*inherited, *own), description, threshold, at)

    def _own_only(self, options: Any, at: KeyPath) -> bool:
        """Whether defaultTest's assertions are left out."""
        if options is None:
            return False
        if not isinstance(options, Mapping):
            raise Fault('"options" is a mapping such as {disableDefaultAsserts: true}.', at)
        for field in options:
            if field != "disableDefaultAsserts":
                raise Fault(f'The option "{str(field)[:40]}" has no effect here. Remove it.', (*at, field))
        return options["disableDefaultAsserts"] is True if options else False

    def _assertions(self, data: Any, at: KeyPath) -> tuple[Assertion, ...]:
        if data is None:
            return ()
        if not isinstance(data, list) or len(data) > 100:
            raise Fault('"assert" is a list of at most 100 assertions.', at)
        return tuple(read_assertion(item, (*at, index)) for index, item in enumerate(data))

    # GitHub's testData and evaluators

    def _rows(self) -> Iterator[_Draft]:
        rows, evaluators = self._version.extra.get("testData"), self._version.extra.get("evaluators")
        if not evaluators:  # rows alone are for people to try
            return
        try:
            if not isinstance(evaluators, list) or len(evaluators) > 100:
                raise Fault('"evaluators" is a list of at most 100.', ("evaluators",))
            checks = tuple(read_evaluator(item, ("evaluators", at)) for at, item in enumerate(evaluators))
            if not isinstance(rows, list) or not rows:
                raise Fault(
                    'The evaluators need "testData": a list of rows with values for the inputs.', ("evaluators",)
                )
        except Fault as fault:
            self._report(fault)
            return
        for index, row in enumerate(rows):
            at = ("testData", index)
            if not isinstance(row, Mapping):
                self._report(Fault("A row of testData is a mapping of names to values.", at))
                continue
            try:
                variables = {str(name): _variable(value, (*at, name)) for name, value in row.items()}
            except Fault as fault:
                self._report(fault)
            else:
                yield _Draft(variables, checks, "", None, at)

    # both

    def _case(self, draft: _Draft, used: Set[str], seen: Counter[str]) -> Case:
        at = (*draft.at, "vars") if draft.at[0] == "tests" and draft.row is None else draft.at
        if not draft.assertions:
            raise Fault('The test checks nothing. Add "assert" with at least one assertion.', draft.at)
        for name in draft.variables:
            if name not in self._inputs and name not in used:
                close = get_close_matches(name, self._inputs, n=1)
                hint = f" Did you mean {close[0]}?" if close else f" Its inputs: {', '.join(self._inputs) or 'none'}."
                raise Fault(f"The prompt has no input {name[:60]}, and no assertion uses it.{hint}", (*at, name))
        values = {name: value for name, value in draft.variables.items() if name in self._inputs}
        for name, item in self._inputs.items():
            if problem := check_value(item, values.get(name, "") or item.default):
                raise Fault(f"The value for {name} does not fit: {problem}", (*at, name))
        assertions = tuple(filled(assertion, draft.variables) for assertion in draft.assertions)
        key = _key(draft.description, draft.variables)
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key}-{seen[key]}"
        return Case(key, draft.description or _title(values), values, assertions, draft.threshold)


def _variable(value: Any, at: KeyPath) -> str:
    text = scalar_text(value)
    if text is None:
        raise Fault("A variable is a text, a number, or true or false.", at)
    if text.startswith("file://"):
        raise Fault("Values are not read from other files. Write the value here, or use a CSV file for all.", at)
    return text


def _combinations(data: Any, at: KeyPath) -> Iterator[dict[str, str]]:
    """The variables of a test; lists give each combination, as promptfoo has it."""
    if data is None:
        yield {}
        return
    if not isinstance(data, Mapping):
        raise Fault('"vars" is a mapping of input names to values.', at)
    choices = []
    for name, value in data.items():
        several = value if isinstance(value, list) else [value]
        if not several:
            raise Fault("The list of values is empty.", (*at, name))
        choices.append([_variable(item, (*at, name)) for item in several])
    if prod(map(len, choices)) > MAX_CASES:
        raise Fault(f"The lists of values give more than {MAX_CASES:,} combinations.", at)
    for values in product(*choices):
        yield dict(zip(map(str, data), values, strict=True))


def _key(description: str, variables: Mapping[str, str]) -> str:
    text = json.dumps([description, sorted(variables.items())], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _title(values: Mapping[str, str]) -> str:
    if not values:
        return "without inputs"
    if len(values) == 1:
        return f"“{shortened(next(iter(values.values())))}”"
    return shortened(", ".join(f"{name}: {shortened(value)}" for name, value in values.items()))
