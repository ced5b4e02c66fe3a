"""YAML of a lesson's front matter and exercise blocks, written so that reading it gives the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date

from desktop_app.lessons.lesson import Claims, Decision, Exercise, Expectation, Lesson, Practice, Redact
from desktop_app.lessons.practice_block import DEFAULT_MAX_TOKENS, DEFAULT_SEED

Scalar = str | int | float | bool | date
Value = Scalar | list["Value"] | dict[str, "Value"]  # what a field may hold

# Words that need no quotes: nothing that YAML could take for a number, a date, true, null or a mark of its own.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/.-]*(?: [A-Za-z0-9(][A-Za-z0-9_/.,()-]*)*")
_NO_TEXT = frozenset({"null", "true", "false"})
# YAML 1.1 takes these for line ends or a byte order mark, so they are written as escapes.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def front_matter(lesson: Lesson) -> str:
    """The lines between the two --- lines, each with its line end."""
    fields: dict[str, Value] = {
        "id": lesson.id,
        "title": lesson.title,
        "version": _Quoted(lesson.version),
        "language": lesson.language,
        "roles": list(lesson.roles),
        "level": lesson.level,
        "duration": duration(lesson.duration_minutes),
        "summary": lesson.summary,
        "objectives": list(lesson.objectives),
        "prerequisites": list(lesson.prerequisites),
        "topics": list(lesson.topics),
        "pass_mark": lesson.pass_mark,
        "attempts": lesson.attempts,
        "authors": list(lesson.authors),
        "license": lesson.license,
        "sources": [_filled({"title": s.title, "url": s.url, "checked": s.checked}) for s in lesson.sources],
    }
    return _mapping(_filled({**fields, "review_by": lesson.review_by}), "")


def practice_fields(practice: Practice) -> str:
    """The YAML of a practice block."""
    fields = _start(practice)
    if practice.start:
        fields["start"] = practice.start
    fields |= _filled({"prompt": practice.prompt, "values": _quoted(practice.values)})
    fields |= _filled(
        {
            "expect": [_expectation(expect) | {"says": expect.says} for expect in practice.expect],
            "prompt_checks": list(practice.prompt_checks),
            "rubric": [
                {"ask": c.ask} | _filled({"why": c.why}) | (_expectation(c.expect) if c.expect else {})
                for c in practice.rubric
            ],
            "look_for": practice.look_for,
            "judge": practice.judge,
            "seeds": list(practice.seeds),
            "samples": [
                {"passes": s.passes}
                | ({"values": _quoted(s.values)} if practice.prompt else {"text": s.values["prompt"]})
                for s in practice.samples
            ],
        }
    )
    return _mapping(fields | _run_settings(practice), "")


def claims_fields(claims: Claims) -> str:
    """The YAML of a claims block."""
    fields = _start(claims) | _filled(
        {
            "document": claims.document,
            "source": claims.source,
            "output": claims.output,
            "claims": [
                {"text": c.text, "supported": c.supported} | _filled({"passage": c.passage}) | {"why": c.why}
                for c in claims.claims
            ],
            "prompt": claims.prompt,
            "values": _quoted(claims.values),
            "rules": [
                _expectation(r.expect) | {"supported": r.supported} | _filled({"passage": r.passage, "why": r.why})
                for r in claims.rules
            ],
        }
    )
    return _mapping(fields | _run_settings(claims), "")


def redact_fields(redact: Redact) -> str:
    """The YAML of a redact block."""
    return _mapping(_start(redact) | {"document": redact.document}, "")


def decision_fields(decision: Decision) -> str:
    """The YAML of a decision block."""
    fields: dict[str, Value] = {
        "options": [{"text": o.text, "right": o.right, "feedback": o.feedback} for o in decision.options],
        "defend": decision.defend,
        "points": list(decision.points),
        "example": decision.example,
    }
    return _mapping(_start(decision) | fields, "")


def duration(minutes: int) -> str:
    """Minutes in ISO 8601, such as PT1H30M; at most 99 hours fit."""
    hours, rest = divmod(min(minutes, 99 * 60 + 59), 60)
    return f"PT{f'{hours}H' if hours else ''}{f'{rest}M' if rest or not hours else ''}"


class _Quoted(str):
    """A text that gets quotes even where YAML needs none."""

    __slots__ = ()


def _start(exercise: Exercise) -> dict[str, Value]:
    return {"id": exercise.id, "title": exercise.title, "task": exercise.task}


def _run_settings(exercise: Practice | Claims) -> dict[str, Value]:
    settings = (("max_tokens", exercise.max_tokens, DEFAULT_MAX_TOKENS), ("seed", exercise.seed, DEFAULT_SEED))
    return {name: value for name, value, default in settings if value != default}


def _expectation(expect: Expectation) -> dict[str, Value]:
    is_number = expect.kind in ("max_words", "min_words")
    return {expect.kind: int(expect.value) if is_number else _Quoted(expect.value)}


def _quoted(values: Mapping[str, str]) -> dict[str, Value]:
    return {name: _Quoted(value) for name, value in values.items()}


def _filled(fields: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}


def _mapping(fields: Mapping[str, Value], indent: str) -> str:
    return "".join(f"{indent}{_scalar(name)}:{_value(value, indent)}\n" for name, value in fields.items())


def _value(value: Value, indent: str) -> str:
    """What stands behind the colon, with its space or line end in front and no line end behind."""
    if isinstance(value, dict):
        return "\n" + _mapping(value, indent + "  ").removesuffix("\n")
    if isinstance(value, list):
        return _list(value, indent)
    if isinstance(value, str) and not isinstance(value, _Quoted) and _fits_block(value):
        lines = (f"{indent}  {line}" if line else "" for line in value.split("\n"))
        return " |-\n" + "\n".join(lines)
    return f" {_scalar(value)}"


def _list(items: list[Value], indent: str) -> str:
    if all(isinstance(item, (str, int)) and _PLAIN_ITEM.fullmatch(str(item)) for item in items):
        return f" [{', '.join(map(_scalar, _scalars(items)))}]"
    found = []
    for item in items:
        if isinstance(item, dict):
            lines = _mapping(item, indent + "    ").removesuffix("\n")
            found.append(f"\n{indent}  - {lines[len(indent) + 4 :]}")
        else:
            found.append(f"\n{indent}  -{_value(item, indent + '  ')}")
    return "".join(found)


_PLAIN_ITEM = re.compile(r"[A-Za-z0-9-]{1,40}")


def _scalars(items: Iterable[Value]) -> Iterable[Scalar]:
    return (item for item in items if not isinstance(item, (list, dict)))


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".") if value < 0.1 else repr(value)
    if isinstance(value, int):
        return str(value)
    is_plain = _PLAIN.fullmatch(value) and value.casefold() not in _NO_TEXT and not isinstance(value, _Quoted)
    return value if is_plain else quoted(value)


def quoted(text: str) -> str:
    """text as a YAML scalar in double quotes, for which JSON's string is one (YAML 1.2, 1.3)."""
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _fits_block(text: str) -> bool:
    """True for several lines that a literal block keeps exactly as they are."""
    return "\n" in text and "\r" not in text and not text[0].isspace() and not _ODD.search(text)
