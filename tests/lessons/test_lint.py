"""Each code of docs/formats/lesson.md, found where it is; a good lesson has none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desktop_app.errors import AppError
from desktop_app.lessons.known import Known, known_in
from desktop_app.lessons.lint import content_files, lint, lint_text
from desktop_app.lessons.problem import RULES, Problem

from .builders import BODY, QUIZ, WORDS, body_line, lesson_text, write_lesson

TODAY = date(2026, 6, 1)
KNOWN = Known(
    lessons={"sample", "other"},
    prompts={"shorten", "shorten@approved"},
    paths={"p"},
    roles={"everyone": "", "sales": ""},
)
PRACTICE = "```practice\nid: p\ntitle: P\ntask: Do.\nstart: Go.\n```\n"


def found(text: str, path: Path = Path("sample/lesson.md"), known: Known = KNOWN) -> list[Problem]:
    return lint_text(text, path, known, TODAY)


def body(text: str) -> str:
    """A lesson whose body is this, below a step heading and long enough for its duration."""
    return lesson_text(f"## Start\n\n{WORDS}\n\n{text}\n")


def practice(**changes: str | None) -> str:
    fields = {"id": "p", "title": "P", "task": "Do.", "start": "Go.", **changes}
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)
    return lesson_text(f"## Start\n\n{WORDS}\n\n```practice\n{lines}```\n", duration="PT3M")


# code, text, line of the problem (counted from the body's first line if it is in the body: see at()), column
IN_FRONT = [
    ("L101", "# Title\n", 1),
    ("L101", "---\nid: a\n", 1),
    ("L102", "---\ntitle: AI: a start\n---\n", 2),
    ("L102", "---\nid: a\nid: b\n---\n## S\n\na\n", 3),
    ("L102", "---\n---\n## S\n\na\n", 2),
    ("L102", "---\n- a\n---\n## S\n\na\n", 2),
    ("L103", lesson_text(level=None), 2),
    ("L104", lesson_text(version="1.10"), 4),
    ("L104", lesson_text(version='"one"'), 4),
    ("L104", lesson_text(duration="10 minutes"), 8),
    ("L104", lesson_text(duration="PT0M"), 8),
    ("L104", lesson_text(duration="PT"), 8),
    ("L104", lesson_text(level="expert"), 7),
    ("L104", lesson_text(roles="everyone"), 6),
    ("L104", lesson_text(roles="[]"), 6),
    ("L104", lesson_text(roles="[everyone, everyone]"), 6),
    ("L104", lesson_text(summary=""), 9),
    ("L104", lesson_text(summary='" "'), 9),
    ("L104", lesson_text(title="x" * 121), 3),
    ("L104", lesson_text(pass_mark="1.5"), 12),
    ("L104", lesson_text(pass_mark="true"), 12),
    ("L104", lesson_text(attempts="-1"), 12),
    ("L104", lesson_text(attempts="1.5"), 12),
    ("L104", lesson_text(review_by="soon"), 12),
    ("L104", lesson_text(sources="[{title: a, url: http://x.org}]"), 11),
    ("L104", lesson_text(sources="[a]"), 11),
    ("L104", lesson_text(sources="a"), 11),
    ("L105", lesson_text(pasmark="1"), 12),
    ("L106", lesson_text(id="another"), 2),
    ("L107", lesson_text(roles="[everyone, seller]"), 6),
    ("L108", lesson_text(prerequisites="[other, missing]"), 12),
    ("L109", lesson_text(review_by="2026-05-31"), 12),
    ("L110", lesson_text(sources=None), 1),
    ("L111", lesson_text(duration="PT30M"), 8),
]

# code, body, line within the body from 1; the body stands below two lines "## Start" and "" in 5 lines of filler
IN_STEP = [
    ("L122", "# Again", 1),
    ("L123", "#### Deep\n\ntext", 1),
    ("L124", "###", 1),
    ("L124", "##Next", 1),
    ("L125", "## Start\n\ntext", 1),
    ("L126", "## Empty", 1),
    ("L126", "## Empty\n\n<!-- only a comment -->", 1),
    ("L127", "```text\ncode", 1),
    ("L127", "<!-- comment", 1),
    ("L128", "text\n---", 2),
    ("L130", "a\x1b[0m", 1),
    ("L201", "<!-- id: a -->\nQ?\n\n[( )] a\n[( )] b", 4),
    ("L201", "<!-- id: a -->\nQ?\n\n[[ ]] a\n[[ ]] b", 4),
    ("L201", "<!-- id: a -->\nQ?\n\n[[___]]", 4),
    ("L202", "<!-- id: a -->\nQ?\n\n[(X)] a\n[(X)] b", 4),
    ("L203", "<!-- id: a -->\nQ?\n\n[(X)] a", 4),
    ("L204", "<!-- id: a -->\nQ?\n\n[(X)] a\n[( )]", 5),
    ("L204", "<!-- id: a -->\nQ?\n\n[(X)] a\n  >\n[( )] b", 5),
    ("L204", "<!-- id: a -->\nQ?\n\n[(X)] a\n[( )] b\n[[?]]", 6),
    ("L204", "<!-- id: a -->\nQ?\n\n[(X)] a\n[( )] b\n****\n****", 6),
    ("L204", "<!-- id: a -->\nQ?\n\n<!-- also: x | -->\n[[a]]", 5),
    ("L205", "<!-- id: a -->\nQ?\n\n[(X)] A  b\n[( )] c\n[( )] a B", 6),
    ("L206", "### Heading\n\n<!-- id: a -->\n[(X)] a\n[( )] b", 4),
    ("L206", "- a list\n\n<!-- id: a -->\n[(X)] a\n[( )] b", 4),
    ("L207", "<!-- id: a -->\nQ?\n\n[[a]]\n    > no", 5),
    ("L207", "<!-- id: a -->\nQ?\n\n[(X)] a\n> no\n[( )] b", 5),
    ("L207", "<!-- id: a -->\nQ?\n\n[(X)] a\n[( )] b\n[[?]] h\n    > no", 7),
    ("L207", "<!-- id: a -->\nQ?\n\n[(X)] a\n[( )] b\n****\ns\n****\n    > no", 9),
    ("L208", "[[?]] hint\n\ntext", 1),
    ("L208", "<!-- id: a -->\nQ?\n\n[(X)] a\n[[?]] h\n[( )] b", 6),
    ("L209", "<!-- id: a -->\nQ?\n\n[(X)] a\n[( )] b\n****\nso", 6),
    ("L210", "Q?\n\n[(X)] a\n[( )] b", 1),
    ("L211", "<!-- id: My Id -->\nQ?\n\n[(X)] a\n[( )] b", 1),
    ("L211", "<!-- id: a -->\n\n### Heading\n\ntext", 1),
    ("L211", "<!-- id: a -->\n<!-- id: b -->\nQ?\n\n[[a]]", 2),
    ("L211", "<!-- id: a -->\nQ?\n<!-- also: x -->\n[(X)] a\n[( )] b", 4),
    ("L212", "<!-- id: a -->\nQ?\n\n[[a]]\n\n<!-- id: a -->\nR?\n\n[[a]]", 7),
    ("L213", "<!-- id: a -->\nQ?\n\n[(X)] a\n[[ ]] b", 5),
    ("L214", "<!-- id: a -->\nQ?\n\n[(X)] a\n\n[( )] b", 5),
    ("L214", "<!-- id: a -->\nQ?\n\n[[a]]\n\n[[?]] hint", 5),
    ("L215", "<!-- id: a -->\nQ?\n\n[(X)] a\nthat goes on\n[( )] b", 5),
    ("L216", "<!-- id: a -->\nQ?\n\n[[a|b]]", 4),
    ("L201", "a [[ ]] in text", 1),
    ("L204", "a [[b||(c)]] in text", 1),
    ("L205", "a [[b|b|(c)]] in text", 1),
    ("L217", "- a [[gap]] in a list", 1),
    ("L217", "[[!]]", 1),
    ("L218", "Q?\n\n[[1] [2]]\n[[ ] [X] [ ]] a", 4),
    ("L218", "Q?\n\n[[1] [2]]", 3),
    ("L218", "Q?\n\n[[1]] a\n[[3]] b", 3),
    ("L201", "Q?\n\n[[1] [2]]\n[( ) ( )] a", 4),
    ("L202", "Q?\n\n[[1] [2]]\n[(X) (X)] a", 4),
    ("L213", "Q?\n\n[[1] [2]]\n[(X) [ ]] a", 4),
    ("L217", "[()] forgotten space", 1),
    ("L308", "```claims\nid: c\ntitle: T\ntask: T\n```", 1),
    ("L401", "[x](http://example.org)", 1),
    ("L401", "see\n[x\ny](file.pdf)", 2),
    ("L401", "<mailto:a@example.org>", 1),
    ("L401", "[x][a]\n\n[a]: ftp://example.org", 3),
    ("L402", "![alt](missing.png)", 1),
    ("L402", "![alt](../x.png)", 1),
    ("L402", "![alt](https://example.org/x.png)", 1),
    ("L402", "![alt](/etc/x.png)", 1),
    ("L403", "![](https://example.org/x.png)", 1),
    ("L403", "![][a]", 1),
    ("L404", "[x](#nowhere)", 1),
    ("L404", "[](https://example.org)", 1),
    ("L404", "[x](lesson:missing)", 1),
    ("L404", "[x](prompt:missing@approved)", 1),
    ("L405", "dear <name>, hello", 1),
    ("L405", '<b style="color: red">x</b>', 1),
    ("L405", "<img src=x.png onerror=alert(1)>", 1),
]  # fmt: skip

IN_PRACTICE = [
    ("L301", lesson_text(f"## S\n\n{WORDS}\n\n```practice\ntask: Do: it\n```\n"), 6),
    ("L301", lesson_text(f"## S\n\n{WORDS}\n\n```practice\n```\n"), 5),
    ("L302", practice(title=None), 6),
    ("L302", practice(expect="[{max_words: 3}]"), 10),
    ("L303", practice(seed="seven"), 10),
    ("L303", practice(expect="[{max_words: 3, contains: a, says: x}]"), 10),
    ("L303", practice(expect="[{says: x}]"), 10),
    ("L303", practice(expect="[{max_words: many, says: x}]"), 10),
    ("L303", practice(start=None, prompt="Not An Id"), 9),
    ("L303", practice(start=None, prompt="shorten", values="{a: 1.5}"), 10),
    ("L303", practice(start=None, prompt="shorten", values="[a]"), 10),
    ("L303", practice(values="{a: b}"), 10),
    ("L304", practice(lookfor="x"), 10),
    ("L305", practice(prompt="shorten"), 5),
    ("L305", practice(start=None), 5),
    ("L306", practice(expect="[{regex: '(a', says: x}]"), 10),
    ("L306", practice(expect="[{regex: '(?=a)', says: x}]"), 10),
    ("L307", practice(start=None, prompt="missing@approved"), 5),
    ("L401", practice(task='"[x](http://example.org)"'), 5),
]


def has(problems: list[Problem], code: str, line: int) -> None:
    assert (code, line) in [(problem.code, problem.line) for problem in problems], problems
    assert all(problem.severity == RULES[problem.code].severity for problem in problems)


@pytest.mark.parametrize(("code", "text", "line"), IN_FRONT)
def test_front_matter(code: str, text: str, line: int) -> None:
    has(found(text), code, line)


@pytest.mark.parametrize(("code", "text", "line"), IN_STEP)
def test_body(code: str, text: str, line: int) -> None:
    whole = body(text)
    has(found(whole), code, body_line(whole) + 3 + line)


@pytest.mark.parametrize(("code", "text", "line"), IN_PRACTICE)
def test_practice(code: str, text: str, line: int) -> None:
    has(found(text), code, body_line(text) - 1 + line)


@pytest.mark.parametrize(
    ("code", "text", "line"),
    [
        ("L120", "# T\n\ntext\n\n## S\n\na", 3),
        ("L120", "### H\n\n## S\n\na", 1),
        ("L121", "", 1),
        ("L122", "# A\n\n# B\n\n## S\n\na", 3),
    ],
)
def test_before_the_first_step(code: str, text: str, line: int) -> None:
    whole = lesson_text(text)
    has(found(whole), code, body_line(whole) - 1 + line)


PATH = "id: p\ntitle: P\ndescription: D\nroles: [everyone]\nlessons:\n  - sample\n"
IN_PATH = [
    ("L501", "title: a: b", 1),
    ("L501", "", 1),
    ("L502", PATH.replace("roles: [everyone]\n", ""), 1),
    ("L503", PATH.replace("id: p", "id: q"), 1),
    ("L503", "id: p\ntitle: P\ndescription: D\nroles: [everyone]\nlessons: sample\n", 5),
    ("L504", PATH + "lesons: []\n", 7),
    ("L505", PATH + "  - missing\n", 7),
    ("L505", PATH + "after: [missing]\n", 7),
    ("L107", PATH.replace("everyone", "nobody"), 4),
]


@pytest.mark.parametrize(("code", "text", "line"), IN_PATH)
def test_path_file(code: str, text: str, line: int) -> None:
    has(found(text, Path("paths/p.yml")), code, line)


def test_paths_that_come_before_each_other_are_named(tmp_path: Path) -> None:
    paths = tmp_path / "paths"
    paths.mkdir()
    for path_id, after in (("p", "[q]"), ("q", "[r]"), ("r", "[p]"), ("s", "[p]")):
        (paths / f"{path_id}.yml").write_text(f"{PATH.replace('id: p', f'id: {path_id}')}after: {after}\n")
    (paths / "broken.yml").write_text("after: [p")
    files = content_files([tmp_path])
    known = known_in([], {"sample"}, (), files)
    text = (paths / "p.yml").read_text()
    [problem] = found(text, paths / "p.yml", known)
    assert (problem.code, problem.line) == ("L505", 7)
    assert problem.message == 'The path "q" is to come after this one itself. Leave out one of them.'
    assert found((paths / "s.yml").read_text(), paths / "s.yml", known) == []
    assert found(text.replace("[q]", "[]"), paths / "p.yml", known) == [], "what is written now counts"
    (paths / "r.yml").write_text(PATH.replace("id: p", "id: r"))
    mended = known_in([], {"sample"}, (), files)
    assert found(text, paths / "p.yml", mended) == [] and mended.stamp != known.stamp


def test_a_good_lesson_and_path_have_no_problems(tmp_path: Path) -> None:
    good = f"""# T

## Start

{WORDS} A [link](https://example.org), [step](#start), [lesson](lesson:other), [prompt](prompt:shorten@approved).
[![A chart](a b.png)](https://example.org "title") and <https://example.org>, `<name>`, 2 < 3 > 1, a<sub>1</sub>.

```html
<script>[x](http://x)</script> ![](y)
```

{QUIZ}
"""
    file = write_lesson(tmp_path, lesson_text(good))
    (file.parent / "a b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert lint(file, KNOWN, today=TODAY) == []
    assert found(PATH, Path("p.yml")) == []


def test_what_is_not_known_is_not_checked() -> None:
    text = lesson_text(f"{BODY}\n[x](lesson:any) [y](prompt:any)\n", prerequisites="[any]", roles="[any]")
    assert found(text, known=Known()) == []


def test_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    file = write_lesson(tmp_path, "")
    file.write_bytes(b"---\nid: \xff\n")
    (problem,) = lint(file, KNOWN)
    assert (problem.code, problem.line, problem.column) == ("L100", 2, 5)
    assert str(problem) == f"{file}:2:5: error L100: The file is not UTF-8 text. Save it as UTF-8 in your editor."


def test_columns_of_links_count_through_lines_and_code() -> None:
    whole = body("`[a](b)` é [x](c)\nnext [y](d)")
    places = [(p.line, p.column) for p in found(whole) if p.code == "L401"]
    first = body_line(whole) + 4
    assert places == [(first, 12), (first + 1, 6)]


def test_problems_come_in_file_order() -> None:
    places = [(p.line, p.column) for p in found(body("[x](a) [y](b)\n\n[[gap]] x\n\n[(X)] a"))]
    assert places == sorted(places)


def test_every_code_is_documented() -> None:
    document = (Path(__file__).parents[2] / "docs" / "formats" / "lesson.md").read_text(encoding="utf-8")
    for code, rule in RULES.items():
        assert f"| {code} | {rule.severity} | " in document, code


def test_content_files_are_found_once_and_in_order(tmp_path: Path) -> None:
    first = write_lesson(tmp_path / "lessons", "x", "a")
    second = write_lesson(tmp_path / "lessons", "x", "b")
    german = second.with_name("lesson.de.md")
    german.write_text("x")
    (second.parent / "notes.md").write_text("x")
    (tmp_path / "paths").mkdir()
    path = tmp_path / "paths" / "p.yml"
    path.write_text("x")
    (tmp_path / "other.yml").write_text("x")
    assert content_files([tmp_path]) == (first, german, second, path)
    assert content_files([tmp_path / "paths", second, second.parent]) == (path, second, german)


def test_a_folder_without_lessons_is_named(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="holds no lesson"):
        content_files([tmp_path])
