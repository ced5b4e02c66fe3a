"""Lessons made up by hypothesis: every kind of block, with every character that could be taken for something else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from desktop_app.lessons.lesson import (
    GAP,
    Block,
    Choice,
    Claim,
    ClaimRule,
    Claims,
    Criterion,
    Decision,
    Expectation,
    Gap,
    Lesson,
    LessonId,
    Practice,
    Prose,
    QuestionId,
    Quiz,
    Redact,
    Row,
    Sample,
    Source,
    Step,
)  # fmt: skip
from desktop_app.lessons.parse import plain_heading, slug
from desktop_app.lessons.quiz_parts import has_gap
from desktop_app.lessons.quiz_syntax import foreign_syntax, is_hint, quiz_kind
from desktop_app.lessons.scan import heading, scan

HERE = Path("made-up/lesson.md")
NASTY = "abXx1é漢😀 \t[](){}|\\@*_`<>#!?:;.,-~=&\"'%$^/+\u2028\x85\ufeff"
NO_BRACKETS = "abXx1é漢😀 {}|@*_>#?:;.,~=&\"'%$^/+"


def line(alphabet: str = NASTY, longest: int = 24) -> st.SearchStrategy[str]:
    """One line of text that is not blank, without space around it."""
    return st.text(alphabet, min_size=1, max_size=longest).map(str.strip).filter(bool)


def lines_text(longest: int = 60) -> st.SearchStrategy[str]:
    return st.text(NASTY + "\n", min_size=1, max_size=longest).map(str.strip).filter(bool)


def ids() -> st.SearchStrategy[str]:
    return st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)


def is_prose(text: str) -> bool:
    """True for lines that stay a paragraph or more of them when they stand alone in a step."""
    found, unclosed = scan(text.split("\n"), 1)
    plain = all(
        one.kind == "text"
        and quiz_kind(found, at) is None
        and not (is_hint(one) or foreign_syntax(one) or heading(one.text) or one.text.startswith("#"))
        and not one.text.strip().startswith(("****", ">", "<", "|"))
        for at, one in enumerate(found)
    )
    return plain and unclosed is None


def questions() -> st.SearchStrategy[str]:
    rows = st.lists(line(), min_size=1, max_size=2).map("\n".join)
    return rows.filter(lambda text: is_prose(text) and text[0] not in "-*+0123456789" and "[" not in text)


prose = st.one_of(
    lines_text().filter(is_prose),
    st.just("### Sub\n\n- a\n- b\n\n```text\n[(X)] no quiz\n## no step\n```"),
).map(lambda text: Prose(text, 0))


def choices(size: int = 2) -> st.SearchStrategy[list[Choice]]:
    def made(texts: list[str], marks: list[bool], said: list[str]) -> list[Choice]:
        return [Choice(*parts) for parts in zip(texts, marks, said, strict=True)]

    texts = st.lists(line(), min_size=size, max_size=size, unique_by=lambda text: " ".join(text.casefold().split()))
    said = st.lists(st.one_of(st.just(""), line()), min_size=size, max_size=size)
    marks = st.lists(st.booleans(), min_size=size, max_size=size)
    return st.builds(made, texts, marks, said)


def _first_right(found: list[Choice], only: bool) -> tuple[Choice, ...]:
    head = Choice(found[0].text, True, found[0].feedback)
    rest = [Choice(c.text, c.right and not only, c.feedback) for c in found[1:]]
    return (*rest, head)


def _options(found: list[Choice]) -> Gap:
    plain = [Choice(c.text, c.right) for c in _first_right(found, only=False)]
    return Gap(options=tuple(plain))


def _fits_option(found: list[Choice]) -> bool:
    return not any("\\" in c.text or "`" in c.text or "<" in c.text for c in found)


ANSWERS = st.lists(line(), min_size=1, max_size=3, unique=True).map(tuple)
gaps = st.one_of(ANSWERS.map(lambda found: Gap(answers=found)), choices(3).filter(_fits_option).map(_options))


@st.composite
def gap_bodies(draw: st.DrawFn) -> tuple[str, tuple[Gap, ...]]:
    if draw(st.booleans()):
        return GAP, (draw(gaps),)
    found = draw(st.lists(gaps, min_size=1, max_size=3))
    inner = st.text(NO_BRACKETS, max_size=6)
    after = ["".join(draw(st.lists(st.sampled_from([": ", " (", "[", "] ", "a", " b "]), max_size=2))) for _ in found]
    first = "a" + draw(inner)
    body = first + "".join(GAP + piece for piece in after) + "c"
    return " ".join(body.replace("[[", "[").split()), tuple(found)


def columns() -> st.SearchStrategy[tuple[str, ...]]:
    square, round_ = line(NO_BRACKETS + "()", 8), line(NO_BRACKETS + "[]", 8)
    known = st.lists(st.one_of(square, round_), min_size=1, max_size=3)
    return known.map(lambda found: ("first", *found))


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    kind = draw(st.sampled_from(["single", "multiple", "text", "gaps", "matrix", "ordering"]))
    fields: dict[str, object] = {}
    question = draw(questions())
    if kind in ("single", "multiple"):
        fields["choices"] = _first_right(draw(choices(draw(st.integers(2, 4)))), only=kind == "single")
    elif kind == "ordering":
        found = draw(choices(draw(st.integers(2, 4))).filter(lambda made: not any(has_gap(c.text) for c in made)))
        fields["choices"] = tuple(Choice(c.text, True, c.feedback) for c in found)
    elif kind == "text":
        fields["answers"] = draw(ANSWERS)
    elif kind == "gaps":
        body, made = draw(gap_bodies())
        fields |= {"body": body, "gaps": made}
        question = question if body == GAP else body.replace(GAP, "___")
    else:
        heads = draw(columns())
        fields["columns"] = heads
        fields["rows"] = tuple(
            Row(c.text, *draw(marks(len(heads))), c.feedback) for c in draw(choices(draw(st.integers(1, 3))))
        )
    hints = tuple(draw(st.lists(line(), max_size=2)))
    solution = draw(
        st.one_of(st.just(""), st.just("One.\n\n- two\n    - three\n\n```text\n## x\n```"), line("ab* [X]"))
    )
    solution = "" if set(solution) == {"*"} else solution
    plain = {"choices": (), "answers": (), **fields}
    return Quiz(QuestionId("x"), kind, question, hints=hints, solution=solution, line=0, **plain)  # type: ignore[arg-type]


@st.composite
def marks(draw: st.DrawFn, width: int) -> tuple[tuple[bool, ...], bool]:
    if draw(st.booleans()):
        right = draw(st.integers(0, width - 1))
        return tuple(at == right for at in range(width)), True
    return tuple(draw(st.lists(st.booleans(), min_size=width, max_size=width))), False


@st.composite
def expectations(draw: st.DrawFn, says: str = "") -> Expectation:
    kind = draw(st.sampled_from(["contains", "not_contains", "icontains", "max_words", "min_words", "regex"]))
    value = {"max_words": "12", "min_words": "3", "regex": r"(?i)\bA\d+: \["}.get(kind) or draw(line())
    return Expectation(kind, value, says or draw(line()))


VALUES = st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(NASTY + "\n", max_size=20), max_size=3)


@st.composite
def practices(draw: st.DrawFn) -> Practice:
    prompt = draw(st.sampled_from(["", "summarise", "summarise@2", "summarise@in-review"]))
    asked = draw(st.lists(line(), max_size=2))
    return Practice(
        id="x",
        title=draw(line()),
        task=draw(lines_text()),
        prompt=prompt,
        values=draw(VALUES) if prompt else {},
        start="" if prompt else draw(lines_text()),
        expect=tuple(draw(st.lists(expectations(), max_size=2))),
        look_for=draw(st.one_of(st.just(""), lines_text())),
        judge=draw(st.one_of(st.just(""), line())),
        max_tokens=draw(st.sampled_from([200, 64])),
        seed=draw(st.sampled_from([7, 0])),
        line=0,
        seeds=draw(st.sampled_from([(), (1,), (3, 1, 2)])),
        prompt_checks=draw(st.sampled_from([(), ("task",), ("context", "length")])),
        rubric=tuple(
            Criterion(ask, draw(st.one_of(st.none(), expectations(says=ask))), draw(st.one_of(st.just(""), line())))
            for ask in asked
        ),
        samples=tuple(draw(st.lists(samples(free=not prompt), max_size=2))),
    )


def samples(*, free: bool) -> st.SearchStrategy[Sample]:
    values = lines_text().map(lambda text: {"prompt": text}) if free else VALUES.filter(bool)
    return st.builds(Sample, values, st.booleans())


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    texts = draw(st.lists(line(), min_size=2, max_size=5, unique=True))
    right = draw(
        st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)).filter(lambda all: len(set(all)) == 2)
    )
    return Decision(
        id="x",
        title=draw(line()),
        task=draw(lines_text()),
        options=tuple(Choice(text, is_right, draw(line())) for text, is_right in zip(texts, right, strict=True)),
        defend=draw(line()),
        points=tuple(draw(st.lists(line(), min_size=2, max_size=5, unique=True))),
        example=draw(lines_text()),
        line=0,
    )


@st.composite
def claims(draw: st.DrawFn) -> Claims:
    made = draw(st.lists(line(longest=10), min_size=1, max_size=3))
    prompt = draw(st.sampled_from(["", "summarise@1"]))
    rules = [(draw(expectations(says="Because.")), draw(st.booleans())) for _ in range(draw(st.integers(0, 2)))]
    inline = draw(st.booleans())
    source = draw(lines_text())
    return Claims(
        id="x",
        title=draw(line()),
        task=draw(lines_text()),
        source=source if inline else "",
        document="" if inline else "quarter-draft",
        output="\n".join(made),
        claims=tuple(Claim(text, True, source[:5].strip() or source, "Why: so.") for text in made),
        prompt=prompt,
        values=draw(VALUES) if prompt else {},
        rules=tuple(ClaimRule(expect, supported, "", "Because.") for expect, supported in rules),
        max_tokens=draw(st.sampled_from([200, 99])),
        seed=draw(st.sampled_from([7, 1])),
        line=0,
    )


redacts = st.builds(lambda title, task: Redact("x", title, task, "people-mail", 0), line(), lines_text())


def titles() -> st.SearchStrategy[str]:
    return line("abc 1é#:!?&()'\"-.").filter(lambda text: plain_heading(text) == text and text.strip("#"))


def _numbered(block: Block, number: int) -> Block:
    return block if isinstance(block, Prose) else _with_id(block, f"q-{number}")


def _with_id(block: Block, new: str) -> Block:
    from dataclasses import replace

    return replace(block, id=new)  # type: ignore[arg-type,call-arg]


@st.composite
def lessons(draw: st.DrawFn) -> Lesson:
    blocks = st.lists(
        st.one_of(prose, quizzes(), quizzes(), practices(), claims(), redacts, decisions()), min_size=1, max_size=4
    )
    steps: list[Step] = []
    keys: set[str] = set()
    for number in range(draw(st.integers(1, 3))):
        title = draw(titles().filter(lambda text, seen=frozenset(keys): (slug(text) or "step") not in seen))
        key = slug(title) or f"step-{number + 1}"
        keys |= {key, slug(title) or "step"}
        found: list[Block] = []
        for block in draw(blocks):
            if not (isinstance(block, Prose) and found and isinstance(found[-1], Prose)):
                found.append(_numbered(block, number * 10 + len(found)))
        steps.append(Step(key, title, tuple(found), 0))
    sources = st.builds(
        Source, line(), st.sampled_from(["", "https://example.org/a?b=c#d"]), st.sampled_from([None, date(2026, 1, 31)])
    )
    words = st.lists(line(), max_size=3, unique=True).map(tuple)
    return Lesson(
        id=LessonId("made-up"),
        title=draw(line()),
        version=draw(st.sampled_from(["0.1", "1.0", "1.2.3", "10.20"])),
        language=draw(st.sampled_from(["en", "no", "pt-BR"])),
        roles=draw(st.sampled_from([("everyone",), ("sales", "it")])),
        level=draw(st.sampled_from(["beginner", "intermediate", "advanced"])),
        duration_minutes=draw(st.integers(1, 5999)),
        objectives=draw(words.filter(bool)),
        prerequisites=draw(st.sampled_from([(), (LessonId("a"), LessonId("b-1"))])),
        topics=draw(words),
        pass_mark=draw(st.sampled_from([0.0, 0.05, 0.8, 1.0, 0.333])),
        attempts=draw(st.integers(0, 100)),
        authors=draw(words),
        license=draw(st.sampled_from(["", "CC-BY-4.0", "MIT OR Apache-2.0"])),
        sources=tuple(draw(st.lists(sources, max_size=2))),
        review_by=draw(st.sampled_from([None, date(2030, 12, 1)])),
        summary=draw(lines_text()),
        steps=tuple(steps),
        path=HERE,
    )
