"""Files that somebody else made, through the commands as processes: in time, the right exit code, a sentence, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.command import Done, files_below, unprivileged
from tests.lessons.builders import QUIZ, lesson_text, write_lesson

LIMIT_S = 30  # a hang, not a slow machine: what takes long is measured in benchmarks
LESSON = lesson_text().encode()


def greenroom(*arguments: object, privileged: bool = True) -> Done:
    command = [*([sys.executable] if privileged else unprivileged()), "-m", "desktop_app", *map(str, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S)
    made = Done(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert made.returncode in (0, 1, 2), made.stderr
    assert "Traceback" not in made.stderr + made.stdout, made.stderr
    if made.returncode == 1 and not made.stdout:
        said = made.stderr.strip()
        assert said.startswith("greenroom: "), said
        assert len(said) < 1500
    return made


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with one good lesson."""
    write_lesson(tmp_path / "content" / "lessons", lesson_text(id="good"), "good")
    return tmp_path / "content"


TEXTS: dict[str, bytes] = {
    "empty": b"", "a mark alone": b"\xef\xbb\xbf", "CR": LESSON.replace(b"\n", b"\r"), "NUL": LESSON + b"\0",
    "half a character": LESSON + b"\xed\xa0\x80", "escapes": lesson_text(title='"\\e[2J\\u202e\\ud800"').encode(),
    "5 MB": LESSON + b"x" * 5_000_000, "brackets": LESSON + b"[" * 20_000, "gaps": LESSON + b"[[a]] " * 20_000,
    "questions": LESSON + b"\n".join(QUIZ.encode() for _ in range(10_000)), "quotes": LESSON + b">" * 20_000,
    "lists": LESSON + b"".join(b"    " * n + b"- x\n" for n in range(300)), "paragraphs": LESSON + b"a\n\n" * 30_000,
    "headings": LESSON + b"\n## x\n" * 20_000, "deep YAML": LESSON + b"\n```claims\n" + b"{a: " * 20_000 + b"\n```\n",
    "an alias": lesson_text(roles="&a [everyone]", topics="*a").encode(), "a number": lesson_text(pass_mark="9" * 400).encode(),
    "infinity": lesson_text(pass_mark="1e999", attempts="1e999").encode(), "a key twice": LESSON.replace(b"\n", b"\nid: x\n", 1),
    "unclosed": b"---\n" + b"[" * 20_000, "an archive": b"PK\3\4" + bytes(range(256)) * 9, "UTF-16": lesson_text().encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_lesson_with_anything_in_it(name: str, content: Path, profile: Path) -> None:
    file = content / "lessons" / "sample" / "lesson.md"
    file.parent.mkdir()
    file.write_bytes(TEXTS[name])
    options = ("--profile", profile, "--content", content)
    for form in ("text", "json", "sarif"):
        linted = greenroom(*options, "lesson", "lint", "--no-cache", "--format", form, file)
        if form != "text":
            json.loads(linted.stdout)
    listed = greenroom(*options, "lesson", "list")
    assert "good" in listed.stdout, "one bad lesson hides no other"
    assert "\x1b" not in listed.stdout + listed.stderr
    greenroom(*options, "lesson", "show", "sample")
    greenroom(*options, "lesson", "preview", file)


def directory(file: Path) -> None:
    file.mkdir()


def loop(file: Path) -> None:
    file.symlink_to(file)


def dangling(file: Path) -> None:
    file.symlink_to(file.with_name("nowhere"))


def fifo(file: Path) -> None:
    os.mkfifo(file)


def endless(file: Path) -> None:
    file.symlink_to("/dev/zero")


def unreadable(file: Path) -> None:
    file.write_bytes(LESSON)
    file.chmod(0)


KINDS = [directory, loop, dangling, fifo, endless, unreadable]


@pytest.mark.skipif(os.name == "nt", reason="needs the files of a POSIX system")
@pytest.mark.parametrize("make", KINDS)
def test_a_lesson_that_is_no_file(make: Callable[[Path], None], content: Path, profile: Path) -> None:
    file = content / "lessons" / "sample" / "lesson.md"
    file.parent.mkdir()
    make(file)
    (content / "lessons" / "around").symlink_to(content)
    options = ("--profile", profile, "--content", content)
    listed = greenroom(*options, "lesson", "list", privileged=False)
    assert "good" in listed.stdout
    assert greenroom(*options, "lesson", "lint", content, privileged=False).returncode in (0, 1)
    for command in (("lint", file), ("show", "sample"), ("preview", file)):
        assert greenroom(*options, "lesson", *command, privileged=False).returncode in (1, 2), command


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
@pytest.mark.parametrize("name", ["a\nb", "a'b\"c", "\x1b[2J", "-rf", "ä\u202e", os.fsdecode(b"\xff")])
def test_a_folder_with_any_name(name: str, content: Path, profile: Path) -> None:
    file = content / "lessons" / name / "lesson.md"
    file.parent.mkdir()
    file.write_bytes(LESSON)
    options = ("--profile", profile, "--content", content)
    linted = greenroom(*options, "lesson", "lint", content)
    assert linted.returncode == 1 and "L106" in linted.stdout
    for form in ("json", "sarif"):
        json.loads(greenroom(*options, "lesson", "lint", "--format", form, content).stdout)
    greenroom(*options, "lesson", "list")
    greenroom(*options, "lesson", "preview", file)
    assert greenroom(*options, "lesson", "new", "--to", content, "--", name).returncode in (1, 2)


CERTIFICATES: dict[str, bytes] = {
    "empty": b"", "no object": b"[]", "deep": b"[" * 100_000, "objects": b'{"a":' * 100_000, "twice": b'{"id": 1, "id": 2}',
    "a number": b'{"id": ' + b"9" * 5000 + b"}", "not a number": b'{"id": NaN}', "half a character": b'{"id": "\\ud800"}',
    "not UTF-8": b'{"id": "\xff"}', "a PDF's head": b"%PDF-1.7\n", "a PDF of nothing": b"%PDF-1.7\n" + b"\0" * 100_000,
    "5 MB": b'{"id": "' + b"x" * 5_000_000 + b'"}', "escapes": b'{"id": "\\u001b[2J\\u202e", "type": []}',
    "keys": b"{" + b",".join(b'"k%d": {}' % n for n in range(50_000)) + b"}",
}  # fmt: skip


@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.parametrize("suffix", [".json", ".pdf"])
def test_a_certificate_with_anything_in_it(name: str, suffix: str, tmp_path: Path, profile: Path) -> None:
    file = tmp_path / f"certificate{suffix}"
    file.write_bytes(CERTIFICATES[name])
    said = greenroom("--profile", profile, "records", "verify", file)
    assert said.returncode == 1 and str(file) in said.stderr and "\x1b" not in said.stderr
    as_json = greenroom("--profile", profile, "records", "verify", "--json", file)
    assert as_json.returncode == 1 and json.loads(as_json.stdout)["is_valid"] is False
    assert not profile.exists(), "checking makes nothing"


@pytest.mark.parametrize("name", ["x.gift", "x.md"])
@pytest.mark.parametrize(
    "text", ["empty", "NUL", "half a character", "5 MB", "brackets", "unclosed", "UTF-16", "an archive"]
)
def test_a_file_to_import_with_anything_in_it(name: str, text: str, tmp_path: Path, profile: Path) -> None:
    file = tmp_path / name
    file.write_bytes(TEXTS[text])
    done = greenroom("--profile", profile, "lesson", "import", file, "--to", tmp_path / "made")
    assert done.returncode in (0, 1)
    if done.returncode == 0:
        linted = greenroom("--profile", profile, "lesson", "lint", "--no-cache", tmp_path / "made")
        assert " error " not in linted.stdout, "what is written can be read"
    else:
        assert not files_below(tmp_path / "made") if (tmp_path / "made").exists() else True
