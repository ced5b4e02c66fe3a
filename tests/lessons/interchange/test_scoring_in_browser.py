"""A page scores as Greenroom does: made-up lessons and answers, given through the fields of a real browser."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Browser, open_browser
from exports import course, give, html_file
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from desktop_app.lessons.claims import score_claims, shipped_keys
from desktop_app.lessons.decisions import decision_value
from desktop_app.lessons.interchange.answer_key import counted, redact_key, tokens
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.lesson import Answer, Claims, Decision, Graded, LessonId, Quiz, Redact
from desktop_app.lessons.redaction import judge
from desktop_app.lessons.scoring import fold_answer, is_passed, lesson_score, score
from tests.lessons.generated import lessons

UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking a lesson takes many minutes of a browser
NEAR_MISSES = ("", " ", "“{}”.", "{}!", " {} ", "{}x", "\u2028{}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        found.before_each_page("localStorage.clear()")  # each made-up lesson starts afresh
        yield found


def answers(block: Graded, made: Course) -> st.SearchStrategy[Answer]:
    """Answers to a question, the right one among them more often than chance would have it."""
    if isinstance(block, Claims):
        said = st.tuples(*[st.integers(0, 1)] * len(block.claims))
        return st.one_of(said, st.just(tuple(int(claim.supported) for claim in block.claims))).map(Answer)
    if isinstance(block, Redact):
        count = len(tokens(made.documents[block.document]))
        planted = redact_key(made.documents[block.document])["spans"]
        some = st.sets(st.integers(0, count - 1), max_size=60)
        hidden = st.lists(st.sampled_from(planted)).map(lambda spans: {piece for span in spans for piece, _ in span})
        both = st.builds(lambda one, two: Answer(tuple(sorted(one | two))), hidden, some)
        runs = st.builds(
            lambda at, size: Answer(tuple(range(at, min(count, at + size)))),
            st.integers(0, count - 1),
            st.integers(1, 30),
        )
        return st.one_of(both, hidden.map(lambda pieces: Answer(tuple(sorted(pieces)))), runs)
    if isinstance(block, Decision):
        return st.integers(0, len(block.options) - 1).map(lambda at: Answer((at,)))
    return quiz_answers(block)


def typed(accepted: tuple[str, ...]) -> st.SearchStrategy[str]:
    near = st.builds(lambda form, text: form.format(text), st.sampled_from(NEAR_MISSES), st.sampled_from(accepted))
    return st.one_of(near, st.sampled_from(accepted).map(str.upper), st.text(max_size=8)).map(one_line)


def one_line(text: str) -> str:
    """As a field of one line takes it."""
    return text.replace("\n", "").replace("\r", "").replace("\0", "")


def quiz_answers(quiz: Quiz) -> st.SearchStrategy[Answer]:
    count = len(quiz.choices)
    match quiz.kind:
        case "single":
            return st.integers(0, count - 1).map(lambda at: Answer((at,)))
        case "multiple":
            right = tuple(at for at, choice in enumerate(quiz.choices) if choice.right)
            return st.one_of(
                st.sets(st.integers(0, count - 1)).map(lambda found: Answer(tuple(sorted(found)))),
                st.just(Answer(right)),
            )
        case "text":
            return typed(quiz.answers).map(lambda text: Answer(typed=(text,)))
        case "gaps":
            parts = [
                st.tuples(st.integers(-1, len(gap.options) - 1), st.just(""))
                if gap.options
                else st.tuples(st.just(-1), typed(gap.answers))
                for gap in quiz.gaps
            ]
            return st.tuples(*parts).map(lambda found: Answer(tuple(p[0] for p in found), tuple(p[1] for p in found)))
        case "matrix":
            width = len(quiz.columns)
            rows = [
                st.one_of(
                    st.just({at for at, right in enumerate(row.right) if right}),
                    st.sets(st.integers(0, width - 1), max_size=1 if row.one_only else None),
                )
                for row in quiz.rows
            ]
            return st.tuples(*rows).map(
                lambda found: Answer(
                    tuple(number * width + at for number, picked in enumerate(found) for at in sorted(picked))
                )
            )
    return st.one_of(
        st.permutations(range(count)).map(lambda order: Answer(tuple(order))), st.just(Answer(tuple(range(count))))
    )


def worth(block: Graded, answer: Answer, made: Course) -> float:
    """What Greenroom makes of an answer."""
    if isinstance(block, Claims):
        keys = shipped_keys(block, made.source_text(block))
        return score_claims(keys, [bool(said) for said in answer.chosen]).value
    if isinstance(block, Redact):
        document = made.documents[block.document]
        return judge(document, marks(tokens(document), set(answer.chosen))).value
    if isinstance(block, Decision):
        return decision_value(block, answer.chosen[0])
    return score(block, answer).value


def marks(pieces: list[tuple[int, int]], hidden: set[int]) -> list[tuple[int, int]]:
    """Hidden pieces next to each other are one mark, with the space between them."""
    found: list[tuple[int, int]] = []
    for at in sorted(hidden):
        start = found.pop()[0] if at - 1 in hidden else pieces[at][0]
        found.append((start, pieces[at][1]))
    return found


@settings(max_examples=40, suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
@given(lesson=lessons(), data=st.data())
def test_values_and_the_lessons_score_are_the_same(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, lesson, data: st.DataObject
) -> None:
    lesson = replace(lesson, id=LessonId("made-up"), attempts=0)
    made = course(lesson)
    file = html_file(made, tmp_path_factory.mktemp("page"))
    browser.open(file.as_uri())
    best: dict[str, float] = {}
    for block in counted(made, lesson):
        answer = data.draw(answers(block, made), label=block.id)
        value = give(browser, lesson, block.id, answer)
        if value is None:  # nothing was picked or typed: the page asks for more instead of counting it
            assert not any(at >= 0 for at in answer.chosen) and not any(text.strip() for text in answer.typed)
            continue
        assert value == pytest.approx(worth(block, answer, made), abs=1e-12), (block, answer)
        best[block.id] = value
    said = browser.run("(() => { const [state] = Greenroom.states.values(); return Greenroom.outcome(state); })()")
    all_counted = replace(
        lesson,
        steps=tuple(
            replace(
                step,
                blocks=tuple(b for b in step.blocks if not isinstance(b, Graded) or b in counted(made, lesson)),
            )
            for step in lesson.steps
        ),
    )
    value = lesson_score(all_counted, best)
    assert said["value"] == pytest.approx(value, abs=1e-12)
    assert said["passed"] == is_passed(all_counted, value)
    assert browser.complaints == []


def test_every_character_is_folded_as_python_does(browser: Browser, tmp_path: Path) -> None:
    from exports import sample_lesson

    from tests.lessons.builders import lesson_text

    browser.open(html_file(course(sample_lesson(tmp_path, lesson_text())), tmp_path).as_uri())
    known = [
        chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")
    ]
    for at in range(0, len(known), 20_000):
        texts = [f"A{char}b {char}" for char in known[at : at + 20_000]]
        folded = browser.run(f"{json.dumps(texts)}.map(Greenroom.foldAnswer)")
        wrong = [(text, got) for text, got in zip(texts, folded, strict=True) if got != fold_answer(text)]
        assert not wrong


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.text(st.characters(exclude_categories=("Cs", "Cn", "Co"))), min_size=200, max_size=400))
def test_whole_texts_are_folded_as_python_does(browser: Browser, texts: list[str]) -> None:
    folded = browser.run(f"{json.dumps(texts)}.map(Greenroom.foldAnswer)")
    assert folded == [fold_answer(text) for text in texts]
