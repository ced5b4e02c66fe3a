"""Prompt files of every dialect at their worst: named with file and line or read, in time, and nothing else is touched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_app.jobs import finish
from desktop_app.prompts.interchange.dialects import NAMES, named
from desktop_app.prompts.interchange.importing import ImportReport, import_paths
from desktop_app.prompts.library import PromptLibrary, lint

LONGEST_S = 5.0
MANY = 5_000
# One good file of each dialect, with a place {0} for something nasty.
FILES = {
    "github": (
        "a.prompt.yml",
        "name: A\nmessages:\n  - role: user\n    content: |\n      {0}\n      {{{{question}}}}\n",
    ),
    "prompty": ("a.prompty", "---\nname: A\n---\nsystem:\nBe brief.\n\nuser:\n{0}\n{{{{question}}}}\n"),
    "dotprompt": ("a.prompt", "---\nmodel: m\n---\n{0}\n{{{{question}}}}\n"),
    "promptfoo": ("promptfooconfig.yaml", "providers: [echo]\nprompts:\n  - |\n    {0}\n    {{{{question}}}}\n"),
    "fabric": ("a_pattern/system.md", "# IDENTITY\n\n{0}\n\n# INPUT\n"),
    "llm": ("a.yaml", "prompt: |\n  {0}\n  $question\n"),
    "prompts.chat": ("a.csv", 'act,prompt\nA,"{0}"\nLast,fine\n'),
    "markdown": ("a.md", "---\nname: A\n---\n{0}\n{{{{question}}}}\n"),
}
NESTED = [
    "{{" * MANY, "{{a" * MANY, "{{" * MANY + "}}" * MANY, "}}" * MANY, "{" * MANY, "{% if a %}" * MANY, "{% raw %}" * MANY, "{#" * MANY,
    "{{#if a}}" * MANY, "{{#a}}{{/a}}" * MANY, "{{{" * MANY, "{{>a}}" * MANY, "{{plugin:" * MANY, "{{plugin:a:b:{{input}}}}" * MANY,
    "$" * MANY, "${" * MANY, "${a:" * MANY, "${a}" * MANY, "$a" * MANY, "[insert " * MANY, "[your name]" * MANY, "{a}" * MANY,
    "`" * (MANY + 1), "` `` " * MANY, "```" * MANY, "!`a" * MANY, "<%" * MANY, "<% a %>" * MANY, "\\" * MANY, "''" * MANY, "| a" * MANY,
    "My first request is " * MANY, "## User " * MANY, "# INPUT " * MANY, "${input:a:" * MANY, "{{ a | default(" * MANY, "{{a|" * MANY,
    "{{'" * MANY, "file://" * MANY, " " * MANY, "a " * MANY,
]  # fmt: skip
CODE = [
    "{{plugin:file:read:/etc/passwd}}", "{{plugin:sys:env:HOME}}", "{{ext:shell:run:id}}", "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% import os %}", "{% include '/etc/passwd' %}", "{{> ../../etc/passwd}}", "{{#with (lookup this 'constructor')}}x{{/with}}",
    "<% tp.user.run('id') %>", "!`cat /etc/passwd`", "${process.env.HOME}", "$(id)", "{{media url=file:///etc/passwd}}", "#{7*7}",
]  # fmt: skip


@contextmanager
def in_time(longest_s: float = LONGEST_S) -> Iterator[None]:
    started = time.process_time()  # what other processes take is not ours
    yield
    assert time.process_time() - started < longest_s


def put(folder: Path, dialect: str, text: str | bytes) -> Path:
    """A file of the dialect's name with this content."""
    file = folder / "in" / FILES[dialect][0]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return file


def imported(tmp_path: Path, dialect: str, text: str | bytes) -> ImportReport:
    """What became of the file, in time; what was written has no error, and each problem names the file."""
    file = put(tmp_path, dialect, text)
    unit = file.parent if dialect == "fabric" else file
    library = tmp_path / "library"
    with in_time():
        report = finish(import_paths([unit], library, dialect=None if unit.is_dir() else dialect))
    assert not lint(library)
    assert all(str(tmp_path / "in") in str(problem) for problem in report.problems)
    return report


def everything_below(folder: Path) -> str:
    return "\n".join(file.read_text("utf-8") for file in sorted(folder.rglob("*.yml")))


def test_every_dialect_has_a_file_here() -> None:
    assert set(FILES) == set(NAMES)


@pytest.mark.parametrize("dialect", NAMES)
def test_the_good_file_is_known_for_what_it_is(tmp_path: Path, dialect: str) -> None:
    file = put(tmp_path, dialect, FILES[dialect][1].format("Hello"))
    report = finish(import_paths([file], tmp_path / "library"))
    assert report.files[0].dialect == dialect and report.count("imported") >= 1 and not report.problems


@pytest.mark.parametrize("dialect", NAMES)
def test_nesting_and_repetition_take_no_time(tmp_path: Path, dialect: str) -> None:
    units = []
    for number, text in enumerate(NESTED):
        escaped = text.replace('"', '""') if dialect == "prompts.chat" else text
        file = put(tmp_path / str(number), dialect, FILES[dialect][1].format(escaped))
        units.append(file.parent if dialect == "fabric" else file)
    with in_time(2 * LONGEST_S):
        report = finish(import_paths(units, tmp_path / "library", dialect=dialect))
    assert len(report.files) == len(NESTED)
    assert not lint(tmp_path / "library")


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("code", CODE)
def test_code_is_never_run_and_no_other_file_is_opened(tmp_path: Path, dialect: str, code: str) -> None:
    imported(tmp_path, dialect, FILES[dialect][1].format(code))
    assert "root:" not in everything_below(tmp_path / "library")
    for prompt in PromptLibrary([tmp_path / "library"]).prompts():
        assert prompt.status(1) == "draft"


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n\n", b"\xff\xfe\x00\x00", b"\x00" * 5000, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, b"---\n", b"---\n---\n", b"{",
        b"- a\n", b"42\n", b"a: &a [*a]\n", b"a: &a\n  b: *a\nprompt: *a\nmessages: *a\nprompts: *a\nsystem: *a\n", b"a: !!python/object:os.system x\n",
        b"---\na: &a [*a]\n---\nx\n", b"a: " + b"[" * 5000, b"? {a: b}\n: c\n", b"prompt: x\nprompt: y\n", b"x\n" * 600_000,
        "prompt: \ud800\n".encode("utf-8", "surrogatepass"), "prompt: café\n".encode("latin-1"), "act,prompt\nA,x\n".encode("utf-16"),
        b'act,prompt\n"A,"\n' * 3000, b'"' * 100_001,
    ],
    ids=range(23),
)  # fmt: skip
def test_what_is_no_such_file_is_named_and_nothing_half_lands(tmp_path: Path, dialect: str, data: bytes) -> None:
    report = imported(tmp_path, dialect, data)
    assert report.problems or report.count("imported") or not data.strip()
    for prompt in PromptLibrary([tmp_path / "library"]).prompts():
        assert prompt.newest.messages


BOMB = "\n".join(["a0: &a0 x", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))])


@pytest.mark.parametrize("dialect", ["github", "prompty", "dotprompt", "promptfoo", "llm", "markdown"])
def test_aliases_that_grow_are_refused_with_their_line(tmp_path: Path, dialect: str) -> None:
    head, between, tail = (
        ("---\n", "\n---\n", "x\n") if dialect in ("prompty", "dotprompt", "markdown") else ("", "\n", "")
    )
    report = imported(tmp_path, dialect, head + BOMB + between + tail)
    (problem,) = report.problems
    assert problem.line == (2 if head else 1) and "aliases" in problem.message
    assert report.count("imported") == 0


@pytest.mark.parametrize("dialect", NAMES)
def test_an_enormous_file_is_refused_before_it_is_read(tmp_path: Path, dialect: str) -> None:
    if dialect == "prompts.chat":
        text = 'act,prompt\nHuge,"' + "x" * 3_000_000 + '"\nLast,fine\n'
    else:
        text = FILES[dialect][1].format("x" * 3_000_000)
    report = imported(tmp_path, dialect, text)
    assert len(report.problems) == 1
    assert report.count("imported") == (1 if dialect == "prompts.chat" else 0)


def test_names_that_lead_elsewhere_stay_in_the_library(tmp_path: Path) -> None:
    names = [
        "../../evil",
        "/etc/cron.d/evil",
        "..\\evil",
        "CON",
        "a/b",
        ".",
        "\u202eevil",
        "x" * 5000,
        "labels.yml",
        "éé",
    ]
    rows = "".join(f'"{name}","text {number}"\n' for number, name in enumerate(names))
    report = imported(tmp_path, "prompts.chat", "act,prompt\n" + rows)
    assert report.count("imported") == len(names)
    assert {path.name for path in tmp_path.iterdir()} == {"in", "library"}
    assert len(list((tmp_path / "library").glob("*/1.prompt.yml"))) == len(names)


@pytest.mark.parametrize(
    "dialect, text",
    [
        ("promptfoo", "providers: [echo]\nprompts: [file://../secret.txt, file:///etc/passwd, exec:./run.sh, 'file://x.py:f']\n"),
        ("prompty", "---\nname: A\nsample: ../secret.json\n---\nuser:\n{{question}}\n![x](../secret.txt)\n"),
        ("llm", "prompt: $q\nfragments: [../secret.txt, /etc/passwd]\nattachments: [../secret.txt]\n"),
        ("markdown", "Read [this](../secret.txt) and @../secret.txt and ![[../secret.txt]].\n"),
        ("dotprompt", "---\nmodel: m\n---\n{{>../secret}} {{question}}\n"),
    ],
)  # fmt: skip
def test_files_outside_the_folder_are_not_opened(tmp_path: Path, dialect: str, text: str) -> None:
    for name in ("secret.txt", "secret.json", "_secret.prompt", "secret"):
        (tmp_path / name).write_text("top secret words", "utf-8")
    imported(tmp_path, dialect, text)
    assert "top secret" not in everything_below(tmp_path / "library")


def test_links_out_of_an_imported_folder_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "private.md").write_text("private words", "utf-8")
    (folder / "a.md").symlink_to(tmp_path / "private.md")
    (folder / "loop").symlink_to(folder)
    (folder / "good.md").write_text("# Good\ntext", "utf-8")
    (folder / "pattern").mkdir()
    (folder / "pattern" / "system.md").symlink_to(tmp_path / "private.md")
    with in_time():
        report = finish(import_paths([folder], tmp_path / "library"))
    assert report.count("imported") == 1 and len(report.problems) == 2
    assert "private words" not in everything_below(tmp_path / "library")


def test_a_broken_file_of_each_dialect_keeps_no_other_from_loading(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for dialect, (name, text) in FILES.items():
        for kind, content in (("good", text.format(f"Hello {dialect}")), ("broken", "\ud800" + text.format("Hello"))):
            file = folder / dialect / kind / name
            file.parent.mkdir(parents=True)
            file.write_bytes(content.encode("utf-8", "surrogatepass"))
    report = finish(import_paths([folder], tmp_path / "library"))
    good = [file for file in report.files if "good" in file.path.parts]
    assert {file.dialect for file in good} == set(NAMES) and all(file.count("imported") for file in good)
    assert not lint(tmp_path / "library")


@pytest.mark.parametrize("row", ['A,"b\nc"\n', 'A,"b\n', '"A","b"c"\n', ",\n", '"\n', "A\n", 'A,b"c\n', "\n"])
def test_thousands_of_rows_of_anything_go_by(tmp_path: Path, row: str) -> None:
    """Reading alone: what is written is the benchmark's to measure (benchmarks/import_speed.py)."""
    rows = 20_000
    file = put(tmp_path, "prompts.chat", "act,prompt\n" + row * rows + 'Last,"row"\n')
    with in_time(8.0):
        found = sum(1 for _ in named("prompts.chat").read(file))
    assert found <= 2 * rows


@pytest.mark.parametrize("dialect", ["prompty", "dotprompt", "promptfoo"])
@pytest.mark.parametrize("text", ["{", "{{", "{#", "{{!--", "{{{{a}}}}"])
def test_a_quarter_of_a_million_characters_take_seconds(tmp_path: Path, dialect: str, text: str) -> None:
    file = put(tmp_path, dialect, FILES[dialect][1].format(text * (250_000 // len(text))))
    with in_time(4.0):
        assert list(named(dialect).read(file))


def test_a_name_that_is_too_long_for_a_file_stops_no_import(tmp_path: Path) -> None:
    put(tmp_path, "promptfoo", f"providers: [echo]\nprompts: [file://{'a' * 3000}.txt, 'Say {{{{a}}}}']\n")
    (tmp_path / "in" / "good.md").write_text("# Good\nText", "utf-8")
    report = finish(import_paths([tmp_path / "in"], tmp_path / "library"))
    assert report.count("imported") == 2 and len(report.problems) == 1
