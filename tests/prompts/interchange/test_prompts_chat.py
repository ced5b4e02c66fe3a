"""prompts.csv: one prompt a row, whatever the rows look like; a broken row is named and the rest still loads."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.jobs import Progress, finish
from desktop_app.prompts.interchange import prompts_chat
from desktop_app.prompts.interchange.csv_rows import LONGEST_LINE, Row, read_rows
from desktop_app.prompts.interchange.imported import Imported
from desktop_app.prompts.interchange.importing import import_paths
from desktop_app.prompts.library import lint
from desktop_app.prompts.render import render
from tests.helpers.prompt_imports import (
    NAMES,
    PIECES,
    all_read,
    one_read,
    prompt_with,
    said,
    saved,
    template_of,
    texts,
    written,
)

DATA = Path(__file__).parent / "data" / "prompts_chat"
# The site's own rule for a variable: a name up to a colon or brace, and a default up to a brace.
_SITE = re.compile(r"\$\{([^:}]+)(?::([^}]*))?\}")


def table(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "prompts.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def outcome(path: Path) -> list[str]:
    """Each prompt's name, and for what cannot be read its line."""
    return [one.data["name"] if isinstance(one, Imported) else f"line {one.line}" for one in prompts_chat.read(path)]


def row(tmp_path: Path, prompt: str) -> Imported:
    target = io.StringIO()
    csv.writer(target).writerows([["act", "prompt"], ["A row", prompt]])
    return one_read(prompts_chat, table(tmp_path, target.getvalue()))


def test_older_rows_have_an_example_at_their_end(tmp_path: Path) -> None:
    found = all_read(prompts_chat, DATA / "prompts.csv")
    planner = saved(tmp_path, found[0].id, found[0].data)
    assert texts(planner)[0][1].endswith('My first suggestion request is "{{first_request}}"')
    assert render(planner, {})[0].content.endswith('is "I am in Lisbon and like museums."')
    assert planner.name == "Travel Planner"
    assert planner.description.startswith("I want you to act as a travel planner.")
    assert "2: changed: What the last sentence quotes is the default of an input." in said(found[0])


def test_what_may_be_meant_is_only_named(tmp_path: Path) -> None:
    _, game, character = all_read(prompts_chat, DATA / "prompts.csv")
    version = saved(tmp_path, "p", game.data)
    assert not version.inputs
    assert 'echo "${HOME}"' in texts(version)[0][1]
    assert said(game) == [
        "3: changed: ${HOME} stands in code and stays text.",
        "3: changed: {like this}: if this is to be filled in, write {{name}} instead.",
    ]
    assert character.data["messages"][0]["content"].startswith("Act like {character} from {series}.")
    assert any("{character}, {series}" in line for line in said(character))


def test_newer_rows_state_variables_defaults_and_who_they_are_for(tmp_path: Path) -> None:
    minutes, reviewer, card, other = all_read(prompts_chat, DATA / "newer.csv")
    version = saved(tmp_path, "p", minutes.data)
    assert texts(version)[0][1] == (
        "Write the minutes of a meeting about {{topic}} for {{audience}}.\n"
        "Keep {{your_name}} at the end, and mark what is open with [ ]."
    )
    assert [(item.name, item.label, item.default) for item in version.inputs] == [
        ("topic", "Topic", ""), ("audience", "Audience", "the whole team"), ("your_name", "Your name", ""),
    ]  # fmt: skip
    assert version.author == "someone"
    assert saved(tmp_path, "r", reviewer.data).roles == ("engineering",)
    assert (card.data["tags"], card.data["messages"][0]["content"]) == (["json"], '{"title": "{{title}}", "price": 12}')
    assert other.line == 6 and minutes.data["origin"] != other.data["origin"]
    assert other.data["messages"][0]["content"].endswith('"quotes", commas, and a price of $5.')


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_byte_order_marks_line_ends_and_separators(tmp_path: Path, start: bytes, end: str, between: str) -> None:
    text = end.join([f"Act{between}PROMPT", f'One{between}"first{end}second"', "", f"Two{between}café"]) + end
    one, two = all_read(prompts_chat, table(tmp_path, start + text.encode()))
    assert [one.data["messages"][0]["content"], two.data["messages"][0]["content"]] == ["first\nsecond", "café"]
    assert (one.line, two.line) == (2, 5)


def test_utf_16_as_spreadsheets_write_it(tmp_path: Path) -> None:
    assert outcome(table(tmp_path, "act\tprompt\nÉté\tété\n".encode("utf-16"))) == ["Été"]


def test_a_row_that_is_not_utf_8_is_read_as_windows_has_it_and_says_so(tmp_path: Path) -> None:
    one, two = all_read(prompts_chat, table(tmp_path, b"act,prompt\nA,caf\xe9 \x93x\x94\nB,caf\xc3\xa9\n"))
    assert one.data["messages"][0]["content"] == "café “x”" and "Windows-1252" in said(one)[0]
    assert two.data["messages"][0]["content"] == "café" and not said(two)


@pytest.mark.parametrize(
    "text, expected",
    [
        ('act,prompt\n"A","never closed\n"B","x"\n"C","y"\n', ["line 2", "B", "C"]),
        ('act,prompt\nA,"never closed\nmore, of it\nB,"x"\nC,"y"\n', ["line 2", "B", "C"]),
        ('act,prompt\n"A","says "hi" here"\n"B","x"\n', ["line 2", "B"]),
        ('act,prompt\n"A","one\nsays "hi"\nthree, four\nend"\n"B","x"\n', ["line 2", "B"]),
        ('act,prompt\n"A","x"\n"B","never closed\n', ["A", "line 3"]),
        ('act,prompt\n"A","never closed\nline, two\nline three\n', ["line 2"]),
        ("act,prompt\nA,\nB\n,x\nC,y\n", ["line 2", "line 3", "x", "C"]),
        ("act,prompt\n", []),
        ("", ["line 1"]),
        ("name,text\nA,B\n", ["line 1"]),
        ("act,prompt\nA," + " ".join(f"${{a{n}}}" for n in range(21)) + "\nB,x\n", ["line 2", "B"]),
        (f'act,prompt\nA,"{"x" * 140_000}"\nB,x\n', ["line 2", "B"]),
        (f"act,prompt\nA,{'x' * (LONGEST_LINE + 9)}\nB,x\n", ["line 2", "B"]),
        ("act,prompt\nA,a\0b\nB,x\n", ["line 1"]),
    ],
    ids=range(14),
)  # fmt: skip
def test_a_broken_row_is_named_with_the_line_it_starts_on_and_the_rest_loads(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    assert outcome(table(tmp_path, text)) == expected


def test_a_nul_far_into_the_file_is_removed(tmp_path: Path) -> None:
    rows = "act,prompt\n" + "A,b\n" * 2000 + "N,a\0b\n"
    found = all_read(prompts_chat, table(tmp_path, rows))
    assert found[-1].data["messages"][0]["content"] == "ab" and "cannot be shown" in said(found[-1])[0]


def test_columns_that_are_not_known_are_named_once(tmp_path: Path) -> None:
    one, two = all_read(prompts_chat, table(tmp_path, "act,prompt,votes\nA,x,3\nB,y,4\n"))
    assert said(one) == ["1: left out: The columns votes are not known."] and not said(two)


@pytest.mark.parametrize(
    "text, content",
    [
        ("${a b}", "{{a_b}}"),
        ("${x.map(y => y)} ${} ${1}", "${x.map(y => y)} ${} ${1}"),
        ("${a:${b}}", "${a:{{b}}}"),
        ("{{a}} $a", "{{two_braces}}a}} $a"),
        ("[Insert topic here] [your name](x)", "{{topic_here}} [your name](x)"),
        ('Say "My first request is "x"', 'Say "My first request is "x"'),
        ('My first sentences are: “Hi there”.', "My first sentences are: “{{first_request}}”."),
    ],
)  # fmt: skip
def test_only_what_is_unambiguous_becomes_an_input(tmp_path: Path, text: str, content: str) -> None:
    assert row(tmp_path, text).data["messages"][0]["content"] == content


def test_its_files_are_known_by_their_first_line(tmp_path: Path) -> None:
    assert prompts_chat.is_one(DATA / "prompts.csv") and prompts_chat.is_one(DATA / "newer.csv")
    assert not prompts_chat.is_one(table(tmp_path, "question,answer\n"))


CELLS = st.text(st.sampled_from('ab,;"\n\r é$'), max_size=8)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_whatever_a_csv_writer_writes_is_read_row_by_row(rows: list[tuple[str, str]]) -> None:
    target = io.StringIO()
    csv.writer(target).writerows([("act", "prompt"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.csv"
        file.write_bytes(target.getvalue().encode())
        got = list(read_rows(file))
    assert [one.values for one in got if isinstance(one, Row)] == [["act", "prompt"], *map(list, rows)]


@given(st.text(st.sampled_from('ab,"\n\r\0'), max_size=60))
def test_no_text_is_too_broken_to_go_through(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.csv"
        file.write_bytes(("act,prompt\n" + text + '\n"last","row"\n').encode())
        found = list(prompts_chat.read(file))
    lines = [one.line or 0 for one in found]
    assert lines == sorted(lines)
    assert all(isinstance(one, Imported | ContentError) for one in found)


def filled(text: str, values: dict[str, str]) -> str:
    return _SITE.sub(lambda found: values.get(found[1].strip()) or (found[2] or "").strip(), text)


def rows_of(data: bytes) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(data.decode(), newline=""), strict=True)


@given(PIECES, st.dictionaries(NAMES, st.sampled_from(["a", "b c", "${name}"])))
def test_what_is_written_is_filled_by_the_site_as_it_is_here(user: list[str], values: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        version = prompt_with(Path(folder), [("user", template_of([*user, "."]))])
    package = prompts_chat.write(version)
    header, cells = rows_of(package.files["prompts.csv"])
    assert tuple(header) == prompts_chat.COLUMNS and len(cells) == len(header)
    if any("taken for a variable" in note.what for note in package.notes):
        return
    names = {item.name for item in version.inputs} - {"two_braces"}
    given_values = {name: values.get(name, "v") for name in names}
    assert filled(cells[1], given_values) == render(version, given_values)[0].content


@given(PIECES)
def test_what_is_written_reads_as_the_same_prompt(user: list[str]) -> None:
    content = template_of([*user, "."])
    with tempfile.TemporaryDirectory() as folder:
        version = prompt_with(Path(folder), [("user", content)])
        found = one_read(prompts_chat, written(prompts_chat, version, Path(folder)))
        package = prompts_chat.write(version)
    if any("taken for a variable" in note.what for note in package.notes) or any(
        "in code" in line for line in said(found)
    ):
        return
    assert found.data["messages"] == [{"role": "user", "content": content}]


def test_many_versions_go_into_one_file_with_what_has_no_place_listed(tmp_path: Path) -> None:
    first = prompt_with(tmp_path / "a", [("system", "S"), ("user", "{{a}}")], roles=["engineering"], author="me", tags=["yaml"],
                        inputs=[{"name": "a", "label": "A", "default": "x, y", "type": "choice", "choices": ["x, y", "z"]}])  # fmt: skip
    second = prompt_with(tmp_path / "b", [("user", "{{b}}")], inputs=[{"name": "b", "label": "B", "default": "{1}"}])
    package = prompts_chat.write_all([first, second])
    assert list(rows_of(package.files["prompts.csv"]))[1:] == [
        ["Answer an invoice question", "S\n\n${a:x, y}", "TRUE", "YAML", "me"],
        ["Answer an invoice question", "${b}", "FALSE", "TEXT", ""],
    ]
    told = " ".join(str(note) for note in package.notes)
    assert all(word in told for word in ("system message", "choices", "holds a brace", "data_class"))
    file = tmp_path / "prompts.csv"
    file.write_bytes(package.files["prompts.csv"])
    one, two = all_read(prompts_chat, file)
    assert one.data["inputs"] == [{"name": "a", "label": "A", "default": "x, y"}]
    assert (one.data["roles"], one.data["author"], one.data["tags"]) == (["engineering"], "me", ["yaml"])
    assert two.data["messages"][0]["content"] == "{{b}}"


def test_a_table_lands_once_and_a_changed_row_becomes_the_next_version(tmp_path: Path) -> None:
    library = tmp_path / "library"
    file = table(tmp_path, "act,prompt\nA,one\nA,two\nB,three\n")
    counts = []
    for text in ("", "act,prompt\nA,one\nA,two\nB,changed\nC,new\n"):
        if text:
            file.write_text(text, "utf-8")
        for _ in range(2):
            report = finish(import_paths([file], library))
            counts.append(tuple(report.count(outcome) for outcome in ("imported", "updated", "unchanged")))
    assert counts == [(3, 0, 0), (0, 0, 3), (1, 1, 2), (0, 0, 4)]
    assert {path.name for path in library.iterdir()} == {"a-prompt", "a-prompt-2", "b-prompt", "c-prompt"}
    assert len(list((library / "b-prompt").glob("*.prompt.yml"))) == 2


def test_a_cancelled_import_keeps_what_it_wrote_and_goes_on_next_time(tmp_path: Path) -> None:
    library = tmp_path / "library"
    file = table(tmp_path, "act,prompt\n" + "".join(f"Row {n},text {n}\n" for n in range(1500)))
    job = import_paths([file], library)
    notes = []
    for progress in job:
        assert isinstance(progress, Progress)
        notes.append(progress.note)
        if len(list(library.iterdir())) > 5:
            break
    job.close()
    kept = len(list(library.iterdir()))
    assert 5 < kept < 1500 and not lint(library)
    report = finish(import_paths([file], library))
    assert (report.count("imported"), report.count("unchanged")) == (1500 - kept, kept)
