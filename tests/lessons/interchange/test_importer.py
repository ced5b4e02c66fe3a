"""Importing files: whole folders or nothing, never over what is there, images from the file's own folder only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desktop_app.errors import AppError, ContentError
from desktop_app.jobs import Progress, finish
from desktop_app.lessons.interchange.importer import import_file
from desktop_app.lessons.known import Known
from desktop_app.lessons.lint import lint

GIFT = "::Q::What? {=a#yes ~b}\n"
COURSE = "# Course\n\n![x](img/p.png) ![y](../secret.png)\n\nQ?\n\n[(X)] a\n[( )] b\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 30


def write(file: Path, data: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def test_a_lesson_folder_that_lint_accepts(tmp_path: Path) -> None:
    source = write(tmp_path / "in" / "My course.md", COURSE)
    write(tmp_path / "in" / "img" / "p.png", PICTURE)
    write(tmp_path / "secret.png", PICTURE)
    done = finish(import_file(source, tmp_path / "out"))
    assert done.files == (tmp_path / "out" / "my-course" / "lesson.md",)
    assert (done.form, done.questions) == ("liascript", 1)
    assert sorted(path.name for path in done.files[0].parent.iterdir()) == ["lesson.md", "p.png"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["my-course"]
    problems = lint(done.files[0], Known(), today=date(2026, 1, 1))
    assert [problem.code for problem in problems if problem.severity == "error"] == []
    assert 'version: "0.1"' in done.files[0].read_text("utf-8")


def test_nothing_is_overwritten_and_the_way_out_is_named(tmp_path: Path) -> None:
    source = write(tmp_path / "q.gift", GIFT)
    there = write(tmp_path / "out" / "q" / "lesson.md", "mine")
    with pytest.raises(AppError, match=r"exists already, and nothing is overwritten\. Rename or move it.*--to"):
        finish(import_file(source, tmp_path / "out"))
    assert there.read_text() == "mine"
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == ["lesson.md", "q"]


def test_of_several_lessons_all_or_none_are_written(tmp_path: Path) -> None:
    source = write(tmp_path / "q.gift", "\n\n".join(f"{'word ' * 60}{n}? {{=a ~b}}" for n in range(4000)))
    write(tmp_path / "out" / "q-2" / "lesson.md", "mine")
    with pytest.raises(AppError, match="q-2 exists already"):
        finish(import_file(source, tmp_path / "out"))
    assert not (tmp_path / "out" / "q").exists()
    assert len(finish(import_file(source, tmp_path / "other")).files) == 2


def test_an_import_can_be_stopped_before_it_writes(tmp_path: Path) -> None:
    source = write(tmp_path / "q.gift", "\n\n".join(f"{n}? {{=a ~b}}" for n in range(1000)))
    job = import_file(source, tmp_path / "out")
    steps = [next(job) for _ in range(5)]
    job.close()
    assert all(isinstance(step, Progress) for step in steps)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    source = write(tmp_path / "q.gift", "::Größe::Wie groß? {=“ä” ~ö}\n".encode(encoding))
    done = finish(import_file(source, tmp_path / "out"))
    assert "Wie groß?" in done.files[0].read_text("utf-8")
    assert any("Windows-1252" in note.what for note in done.notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.gift", b"\x89PNG\0\0", "This is not a text file."),
        ("x.txt", "Just words.", "looks like neither GIFT nor LiaScript"),
        ("x.md", b"a" * 1_000_001, "larger than 1 MB. Split it"),
        ("x.gift", b"a" * 8_000_001, "larger than 8 MB. Split it"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, data: str | bytes, says: str) -> None:
    with pytest.raises(ContentError, match=says):
        finish(import_file(write(tmp_path / name, data), tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_text_file_with_questions_is_gift_and_the_form_can_be_said(tmp_path: Path) -> None:
    assert finish(import_file(write(tmp_path / "quiz.gift.txt", GIFT), tmp_path / "a")).files[0].parent.name == "quiz"
    source = write(tmp_path / "plain.txt", "# T\n\nJust words.")
    assert finish(import_file(source, tmp_path / "b", "liascript")).form == "liascript"


def test_a_file_of_a_telling_folder_takes_its_name(tmp_path: Path) -> None:
    source = write(tmp_path / "Prompting 101" / "README.md", "# T\n\nText.")
    assert finish(import_file(source, tmp_path / "out")).files[0].parent.name == "prompting-101"


def test_nothing_in_it_writes_nothing(tmp_path: Path) -> None:
    done = finish(import_file(write(tmp_path / "x.gift", "// only a comment\n\nWhich? {~a ~b}\n"), tmp_path / "out"))
    assert done.files == ()
    assert [note.line for note in done.notes] == [3]
    assert not (tmp_path / "out").exists()
