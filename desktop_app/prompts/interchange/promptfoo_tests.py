"""promptfoo's tests as ours, and ours as promptfoo's. Assertions that run code or ask a model are left out and noted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Notes
from desktop_app.prompts.evaluate.assertions import PLACEHOLDER, Fault, read_assertion, scalar_text
from desktop_app.prompts.interchange import jinja
from desktop_app.prompts.interchange.imported import first_sentence, one_line
from desktop_app.prompts.interchange.schemas import as_mapping
from desktop_app.prompts.interchange.sources import Lines, inside, line_of
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.storage.yaml_text import UNPRINTABLE, KeyPath, load_yaml, read_utf8

_MOST_TESTS = 1_000
_LONGEST_VALUE = 100_000
_KNOWN = {"description", "vars", "assert", "threshold", "metadata"}


class Tests:
    """The tests of one configuration, read once; each prompt takes those that fit it."""

    def __init__(self, path: Path, data: Mapping[str, Any], lines: Lines, notes: Notes) -> None:
        self._path, self._lines, self._notes = path, lines, notes
        default = data.get("defaultTest")
        self._default = self._test(default, ("defaultTest",)) if isinstance(default, Mapping) else {}
        if default is not None and not isinstance(default, Mapping):
            notes.left_out(line_of(lines, "defaultTest"), "The default test, which is in another file.")
        self._tests = list(self._all(data.get("tests")))
        if len(self._tests) > _MOST_TESTS:
            notes.left_out(
                line_of(lines, "tests"), f"{len(self._tests) - _MOST_TESTS:,} tests after the {_MOST_TESTS:,}th."
            )
            del self._tests[_MOST_TESTS:]

    def for_prompt(
        self, known: Mapping[str, str], used: set[str], notes: Notes
    ) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
        """The tests with values under our names, and what they tell of the inputs; known maps promptfoo's names to ours."""
        tests, inputs = [], {}
        for test in self._tests or ([self._default] if self._default else []):
            merged = {**self._default.get("vars", {}), **test.get("vars", {})}
            values = {known.get(name, name): value for name, value in merged.items()}
            own = test.get("assert", [])
            checks = [*(self._default.get("assert", []) if test is not self._default else []), *own]
            checks = [_renamed(check, known) for check in checks]
            mentioned = set(PLACEHOLDER.findall(json.dumps(checks, ensure_ascii=False, default=str)))
            values = {name: value for name, value in values.items() if name in used or name in mentioned}
            for name in used:
                if name not in values:
                    inputs.setdefault(name, {})["required"] = False
                elif values[name]:
                    _learn(inputs.setdefault(name, {}), values[name])
                else:
                    inputs.setdefault(name, {})["required"] = False
            if not checks or mentioned - values.keys():
                if mentioned - values.keys():
                    notes.left_out(test.get("line", 1), "A test that asks for values which it does not have.")
                continue
            made: dict[str, Any] = {"description": test["description"]} if test.get("description") else {}
            made |= {"vars": values} if values else {}
            made["assert"] = checks
            threshold = test.get("threshold", self._default.get("threshold"))
            tests.append(made | ({"threshold": threshold} if threshold is not None else {}))
        return tests, inputs

    def _all(self, stated: Any) -> Iterator[dict[str, Any]]:
        entries = stated if isinstance(stated, list) else [] if stated is None else [stated]
        for index, entry in enumerate(entries):
            at: KeyPath = ("tests", index) if isinstance(stated, list) else ("tests",)
            if isinstance(entry, str):
                yield from self._from_file(entry, at)
            elif isinstance(entry, Mapping) and "path" not in entry:
                yield self._test(entry, at)
            else:
                self._notes.left_out(line_of(self._lines, *at), "A test that a program makes.")

    def _from_file(self, name: str, at: KeyPath) -> Iterator[dict[str, Any]]:
        line = line_of(self._lines, *at)
        name = name.removeprefix("file://")
        target = inside(self._path.parent, name)
        if target is None or not name.lower().endswith((".yaml", ".yml", ".json")):
            why = "which lies outside this folder" if target is None else "which is no YAML or JSON"
            self._notes.left_out(line, f"The tests in {name[:60]}, {why}.")
            return
        try:
            data = load_yaml(read_utf8(target), target)
        except ContentError as problem:
            self._notes.left_out(line, f"The tests in {name[:60]}: {problem.message}")
            return
        for test in data if isinstance(data, list) else [data]:
            if isinstance(test, Mapping):
                yield self._test(test, at, named=True)

    def _test(self, stated: Mapping[str, Any], at: KeyPath, *, named: bool = False) -> dict[str, Any]:
        def line(*key: str | int) -> int:
            return line_of(self._lines, *at, *(() if named else key))

        for key in stated:
            if key not in _KNOWN:
                self._notes.left_out(line(key), f'The field "{str(key)[:40]}" of a test.')
        made: dict[str, Any] = {
            "line": line(),
            "description": one_line(stated.get("description") or "")[:300],
            "vars": {},
        }
        for name, value in as_mapping(stated.get("vars")).items():
            taken = self._value(value, line("vars", name))
            if taken is not None:
                made["vars"][name] = taken
        checks = stated.get("assert")
        made["assert"] = [
            taken
            for index, check in enumerate(checks if isinstance(checks, list) else [])
            if (taken := self._check(check, line("assert", index))) is not None
        ]
        threshold = stated.get("threshold")
        if isinstance(threshold, int | float) and not isinstance(threshold, bool) and threshold >= 0:
            made["threshold"] = threshold
        return made

    def _value(self, value: Any, line: int) -> Any:
        """A variable as ours may be: one text, or a list of texts; None if it cannot be."""
        if isinstance(value, list) and value and all(scalar_text(one) is not None for one in value):
            several = [self._value(one, line) for one in value]
            return several if all(isinstance(one, str) for one in several) else None
        text = scalar_text(value)
        if text is None:
            text = json.dumps(value, ensure_ascii=False, default=str)
            self._notes.changed(line, "A value that is an object is written as JSON.")
        if text.startswith("file://"):
            return self._file_value(text.removeprefix("file://"), line)
        pieces = jinja.read_template(text, self._notes, line)
        if not all(isinstance(piece, str) for piece in pieces):
            self._notes.left_out(line, "A value that is made of other values.")
            return None
        return UNPRINTABLE.sub("", "".join(str(piece) for piece in pieces))[:_LONGEST_VALUE]

    def _file_value(self, name: str, line: int) -> str | None:
        target = inside(self._path.parent, name)
        try:
            if target is None:
                raise ContentError("It lies outside this folder.", name)
            if target.suffix.lower() not in (".txt", ".md", ".csv", ".json", ".yaml", ".yml"):
                raise ContentError("It is no text.", name)
            return UNPRINTABLE.sub("", read_utf8(target))[:_LONGEST_VALUE]
        except ContentError as problem:
            self._notes.left_out(line, f"The value in the file {name[:60]}: {problem.message}")
            return None

    def _check(self, check: Any, line: int) -> dict[str, Any] | None:
        if isinstance(check, Mapping) and check.get("type") == "assert-set":
            members = check.get("assert")
            inner = [self._check(member, line) for member in (members if isinstance(members, list) else [])]
            check = {**check, "assert": [member for member in inner if member is not None]}
        try:
            read_assertion(check, ())
        except Fault as fault:
            self._notes.left_out(line, f"An assertion: {first_sentence(fault.message)}")
            return None
        return dict(check)


def _learn(fields: dict[str, Any], value: Any) -> None:
    """What a test's value tells of an input: an example, and how long it may be."""
    texts = value if isinstance(value, list) else [value]
    fields.setdefault("example", texts[0])
    longest = max(len(text) for text in texts)
    if longest > fields.get("max_length", 4000):
        fields["max_length"] = longest
    if "\n" in texts[0]:
        fields["type"] = "long_text"


def _renamed(check: dict[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """The assertion with the {{names}} in its values as our inputs are called."""

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            return PLACEHOLDER.sub(lambda found: f"{{{{{known.get(found[1], found[1])}}}}}", value)
        if isinstance(value, list):
            return [renamed(one) for one in value]
        if isinstance(value, Mapping):
            return {key: renamed(one) for key, one in value.items()}
        return value

    return {key: renamed(value) if key in ("value", "assert") else value for key, value in check.items()}


_CHECKS = {"contains": "icontains", "equals": "equals", "startsWith": "regex", "endsWith": "regex"}


def written_tests(version: PromptVersion, notes: Notes) -> list[dict[str, Any]]:
    """The version's tests for promptfoo: its own, its rows of test data with their evaluators, else one of the examples."""
    stated = version.extra.get("tests")
    tests = [dict(test) for test in stated if "vars" in test or "assert" in test] if isinstance(stated, list) else []
    if stated is not None and (not isinstance(stated, list) or len(tests) < len(stated)):
        notes.left_out(1, "Tests in a CSV file of their own.")
    checks = [made for check in version.extra.get("evaluators", ()) if (made := _from_evaluator(check))]
    for row in version.extra.get("testData", ()):
        tests.append({"vars": dict(row)} | ({"assert": checks} if checks else {}))
    if not tests:
        examples = {item.name: item.example for item in version.inputs if item.example}
        tests = [{"vars": examples}] if examples else [{}]
    for test in tests:
        if test.get("vars"):
            test["vars"] = {name: _written_value(value) for name, value in test["vars"].items()}
    return tests


def _written_value(value: Any) -> Any:
    """promptfoo renders values too, so braces in them are quoted; a text that would name a file gets a space before it."""
    if isinstance(value, list):
        return [_written_value(one) for one in value]
    if not isinstance(value, str):
        return value
    text = jinja.write_template((value,)) if value else ""
    return f" {text}" if text.startswith("file://") else text


def _from_evaluator(check: Any) -> dict[str, Any] | None:
    rule = as_mapping(as_mapping(check).get("string"))
    if len(rule) != 1:
        return None
    kind, value = next(iter(rule.items()))
    if kind not in _CHECKS:
        return None
    text = str(value)
    if kind == "startsWith":
        text = f"(?i)^\\s*{re.escape(text)}"
    elif kind == "endsWith":
        text = f"(?i){re.escape(text)}\\s*$"
    made = {"type": _CHECKS[kind], "value": text}
    return made | ({"metric": str(check["name"])} if check.get("name") else {})
