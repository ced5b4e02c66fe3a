"""The YAML inside a ```practice fence (schema: resources/schemas/practice.schema.json)."""

from __future__ import annotations

import re
from typing import cast, get_args

from desktop_app.errors import ContentError
from desktop_app.lessons.fields import ID, ID_SAYS, Codes, Fields
from desktop_app.lessons.lesson import Criterion, Expectation, Practice, PromptCheck, Sample
from desktop_app.lessons.problem import Problems
from desktop_app.storage.yaml_text import load_yaml_with_lines

EXPECTATION_KINDS = ("contains", "not_contains", "icontains", "max_words", "min_words", "regex")
DEFAULT_MAX_TOKENS = 200
DEFAULT_SEED = 7
_CODES = Codes("L302", "L303", "L304")
# The label rule is the prompt library's; a version is a whole number from 1.
PROMPT_REFERENCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}(?:@[a-z0-9_.-]{1,36})?")
LONGEST = 8000
MOST_SEEDS = 5
_PROMPT_CHECKS: tuple[PromptCheck, ...] = get_args(PromptCheck)


def block_fields(kind: str, text: str, line: int, problems: Problems) -> Fields | None:
    """The fields of an exercise's YAML, whose fence opens in line; None after noting that it has none."""
    try:
        value, lines = load_yaml_with_lines(text, problems.path, first_line=line + 1)
    except ContentError as error:
        problems.add_error("L301", error)
        return None
    if not isinstance(value, dict):
        problems.add("L301", f"The {kind} block has no fields. Write each as name: value.", line)
        return None
    return Fields(value, lines, problems, _CODES)


def read_practice(text: str, line: int, problems: Problems) -> Practice | None:
    """The exercise in text, whose fence opens in line; None after noting at least one error."""
    before = len(problems.found)
    if (fields := block_fields("practice", text, line, problems)) is None:
        return None
    value = fields.values
    practice = Practice(
        id=fields.text("id", required=True, pattern=ID, says=ID_SAYS),
        title=fields.text("title", required=True, longest=120),
        task=fields.text("task", required=True, longest=LONGEST),
        prompt=fields.text("prompt", pattern=PROMPT_REFERENCE, says="a prompt's id, id@version or id@label"),
        values=fields.scalars("values"),
        start=fields.text("start", longest=LONGEST),
        expect=tuple(e for item in fields.mappings("expect") if (e := read_expectation(item, problems))),
        look_for=fields.text("look_for", longest=LONGEST),
        judge=fields.text("judge"),
        max_tokens=fields.integer("max_tokens", 1, 4096, DEFAULT_MAX_TOKENS),
        seed=fields.integer("seed", 0, 2**31 - 1, DEFAULT_SEED),
        line=line,
        seeds=fields.integers("seeds", 0, 2**31 - 1, most=MOST_SEEDS),
        prompt_checks=cast(tuple[PromptCheck, ...], fields.some_of("prompt_checks", _PROMPT_CHECKS)),
        rubric=tuple(c for item in fields.mappings("rubric") if (c := _criterion(item, problems))),
        samples=tuple(_sample(item, free="start" in value) for item in fields.mappings("samples")),
    )
    fields.finish()
    if ("prompt" in value) == ("start" in value):
        said = "has both prompt and start" if "prompt" in value else "has neither prompt nor start"
        problems.add("L305", f"The practice block {said}. Give one: a library prompt, or a first text.", line)
    elif "start" in value and "values" in value:
        fields.wrong("values belong to a library prompt; a free text has none. Remove values, or use prompt.", "values")
    return practice if len(problems.found) == before else None


def _sample(fields: Fields, *, free: bool) -> Sample:
    """A free exercise's sample is a text, a library prompt's the values of its form."""
    passes = bool(fields.flag("passes", required=True))
    text, values = fields.text("text", longest=LONGEST), fields.scalars("values")
    if free and (values or not text):
        fields.wrong("A sample of a free text needs text, and nothing else but passes.")
    elif not free and (text or not values):
        fields.wrong("A sample of a library prompt needs values, and nothing else but passes.")
    fields.finish()
    return Sample({"prompt": text} if free else values, passes)


def _criterion(fields: Fields, problems: Problems) -> Criterion | None:
    ask = fields.text("ask", required=True, longest=300)
    why = fields.text("why", longest=500)
    expect = None
    if any(kind in fields.values for kind in EXPECTATION_KINDS):
        expect = read_expectation(fields, problems, says=ask or "asked")
    else:
        fields.finish()
    return Criterion(ask, expect, why) if ask else None


def read_expectation(fields: Fields, problems: Problems, *, says: str = "") -> Expectation | None:
    """One test and, unless given, what it says; None after noting what is wrong. Ends the reading of the mapping."""
    kinds = [kind for kind in EXPECTATION_KINDS if kind in fields.values]
    says = says or fields.text("says", required=True, longest=200)
    if len(kinds) != 1:
        fields.wrong(f"An expectation needs exactly one of {', '.join(EXPECTATION_KINDS)}.")
        return None
    kind = kinds[0]
    if kind in ("max_words", "min_words"):
        value = str(fields.integer(kind, 1, 10_000, 0))
    else:
        value = fields.text(kind, required=True)
    fields.finish()
    if kind == "regex" and value and (fault := regex_fault(value)):
        problems.add("L306", f"The regular expression is not valid RE2: {fault}. Correct it.", *fields.place(kind))
        return None
    return Expectation(kind, value, says) if value and says else None


def regex_fault(pattern: str) -> str:
    """Why RE2 refuses pattern, empty if it does not."""
    import re2  # loaded only for a lesson that has one

    try:
        re2.compile(pattern, options=re2_options())
    except re2.error as error:
        said = error.args[0] if error.args else "unknown reason"
        return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return ""


def re2_options() -> object:
    """Options for RE2 that print nothing: a pattern may hold what should not reach a log."""
    import re2

    options = re2.Options()
    options.log_errors = False
    return options
