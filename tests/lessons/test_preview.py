"""The preview: what an author sees of each block, and that pieces made one by one say the same as the whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.preview import CLASSES, Preview, preview_page, split_prose
from desktop_app.lessons.render import render_html
from tests.lessons.builders import lesson_text

EVERY_KIND = """## Kinds

Some *prose*.

More prose.

<!-- id: one -->
Which one?

    [(X)] this
        > Yes, because.
    [( )] that <b>
    [[?]] the first
    ****
    It is **this**.
    ****

<!-- id: typed -->
What is it?

    [[token]]

<!-- id: gap -->
A model picks a [[word]] that is [[(likely)|certain]].

<!-- id: table -->
Sort them.

    [[fact] [guess]]
    [ (X)    ( )   ] a date
    [ ( )    (X)   ] a mood

<!-- id: order -->
Which comes first?

    [[2]] then this
    [[1]] first this

```practice
id: try
title: Try it
task: Press **Run**.
start: "Say <hello>."
expect:
  - max_words: 9
    says: It is short
look_for: The greeting.
judge: Would you send it?
```
"""


def lesson(body: str, path: Path = Path("sample/lesson.md")) -> Lesson:
    parsed, _ = parse_lesson(lesson_text(body), path)
    assert parsed is not None
    return parsed


def html_of(kind: str, body: str = EVERY_KIND) -> str:
    return "\n".join(piece.html for piece in Preview().pieces(lesson(body)) if piece.kind == kind)


def test_right_answers_feedback_hints_and_solutions_are_shown() -> None:
    said = html_of("question")
    for words in (
        "✓ right</span></td><td>this",
        "Yes, because.",
        "Hint 1.",
        "the first",
        "It is <strong>this</strong>",
    ):
        assert words in said
    assert "✗ wrong</span></td><td>that" in said
    assert 'Accepted: <span class="good">token' in said
    assert '[ <span class="good">word</span> ]' in said and "✓ likely</span> | certain" in said
    assert re.search(r"first this.*then this", said)
    assert re.search(r"a date.*✓ right.*–.*a mood", said)


def test_exercises_show_what_learners_start_from_and_what_is_checked() -> None:
    said = html_of("exercise")
    for words in (
        "<strong>Run</strong>",
        "Say &lt;hello&gt;.",
        "It is short",
        "at most 9 words",
        "The greeting.",
        "seed 7",
    ):
        assert words in said


def test_pieces_know_their_lines() -> None:
    text = lesson_text(EVERY_KIND)
    lines = text.split("\n")
    starts = {piece.kind: lines[piece.line - 1] for piece in reversed(Preview().pieces(lesson(EVERY_KIND)))}
    assert starts == {
        "head": "---",
        "step": "## Kinds",
        "prose": "Some *prose*.",
        "question": "Which one?",
        "exercise": "```practice",
    }


def test_what_did_not_change_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []
    monkeypatch.setattr(
        "desktop_app.lessons.preview.render_html", lambda text: (rendered.append(text), render_html(text))[1]
    )
    preview = Preview()
    before = preview.pieces(lesson(EVERY_KIND))
    rendered.clear()
    assert preview.pieces(lesson(EVERY_KIND)) == before
    assert rendered == []
    after = preview.pieces(lesson(EVERY_KIND.replace("Press **Run**", "Press *Run*")))
    assert rendered == ["Press *Run*.", "The greeting."]
    assert after == Preview().pieces(lesson(EVERY_KIND.replace("Press **Run**", "Press *Run*")))


def test_a_line_put_above_moves_every_piece_below_it() -> None:
    preview = Preview()
    before = preview.pieces(lesson(EVERY_KIND))
    after = preview.pieces(lesson(EVERY_KIND.replace("## Kinds", "## Kinds\n\nA new start.", 1)))
    assert [piece.line + 2 for piece in before[3:]] == [piece.line for piece in after[4:]]


_LINES = st.sampled_from(
    [
        "A plain line", "and another *one*", "", "", "- an item", "  - a deeper one", "1. first", "> a quote", "    indented",
        "### A heading", "| a | b |", "|---|---|", "```", "~~~ text", "[x]: https://example.org", "[x] is a link", "<b>bold</b>",
        "---", "===", "**bold** start", "* star", "`code` start", "(round", "“quoted”", "![alt](x.png)", "***", "Ä word", "__init__",
    ]
)  # fmt: skip


@given(st.lists(_LINES, max_size=14))
def test_stretches_of_prose_give_what_the_whole_gives(lines: list[str]) -> None:
    markdown = "\n".join(lines)
    parts = split_prose(markdown)
    assert _squeezed("\n".join(render_html(text) for text, _ in parts)) == _squeezed(render_html(markdown))
    for text, at in parts:
        stripped = text.split("\n")[0]
        if stripped:
            assert lines[at:].index(stripped) == 0 or not lines[at].strip()


def _squeezed(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", html)).strip()


def test_html_of_the_lesson_cannot_reach_the_page_and_images_come_along(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "dot.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.png").write_bytes(b"secret")
    body = "## Start\n\n<script>alert(1)</script> ![A dot](dot.png) ![B](../secret.png) ![C](gone.png)\n"
    page = preview_page(lesson(body, tmp_path / "sample" / "lesson.md"))
    assert "<script" not in page
    assert 'src="data:image/png;base64,iVBORw=="' in page
    assert page.count("data:image") == 1


def test_only_known_classes_are_used() -> None:
    every = "".join(piece.html for piece in Preview().pieces(lesson(EVERY_KIND)))
    assert set(re.findall(r'class="([^"]*)"', every)) <= set(CLASSES)
