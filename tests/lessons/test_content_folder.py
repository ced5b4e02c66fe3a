"""A content folder: what is listed, and that renaming, copying and adding images lose and overwrite nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import AppError
from desktop_app.jobs import finish
from desktop_app.lessons.content_folder import (
    Entry,
    add_image,
    content_root,
    duplicate_lesson,
    image_suffix,
    kind_of,
    lesson_ids,
    rename_lesson,
    scan_folder,
)
from desktop_app.lessons.lint import Known, lint_text
from desktop_app.lessons.lint_images import MOST_BYTES
from desktop_app.lessons.problem import Problem
from desktop_app.lessons.render import is_pack_path
from tests.lessons.builders import lesson_text, write_lesson

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def check(text: str, path: Path) -> list[Problem]:
    return lint_text(text, path, Known(), date(2026, 11, 22))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_lesson(tmp_path / "lessons", lesson_text())
    write_lesson(
        tmp_path / "lessons", lesson_text(id="broken", version='"0.1"', title='"Broken: yes"', level=None), "broken"
    )
    (tmp_path / "lessons" / "sample" / "dot.png").write_bytes(PNG)
    (tmp_path / "paths").mkdir()
    (tmp_path / "paths" / "ours.yml").write_text(
        "id: ours\ntitle: Ours\ndescription: All.\nroles: [everyone]\nlessons:\n  - sample\n  - broken # later\n"
    )
    return tmp_path


def test_everything_is_listed_with_its_problems(root: Path) -> None:
    found = {(entry.kind, entry.id): entry for entry in finish(scan_folder(root, check))}
    assert set(found) == {("lesson", "sample"), ("lesson", "broken"), ("path", "ours"), ("image", "dot.png")}
    assert (found["lesson", "sample"].state, found["lesson", "sample"].errors) == ("1.0", 0)
    broken = found["lesson", "broken"]
    assert (broken.title, broken.state, broken.errors) == ("Broken: yes", "draft", 1)
    assert found["image", "dot.png"].lesson == "sample"


def test_the_list_comes_before_the_checks(root: Path) -> None:
    first = next(scan_folder(root, lambda text, path: pytest.fail("checked too early")))
    assert isinstance(first, tuple) and len(first) == 4
    assert all(isinstance(entry, Entry) and entry.errors is None for entry in first)


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="not there any more"):
        finish(scan_folder(tmp_path / "gone", check))


@pytest.mark.parametrize("chosen", ["", "lessons", "lessons/sample", "lessons/sample/lesson.md", "paths/ours.yml"])
def test_whatever_is_chosen_the_content_folder_is_meant(root: Path, chosen: str) -> None:
    assert content_root(root / chosen) == root


def test_a_copy_is_a_draft_with_its_own_id_and_the_images(root: Path) -> None:
    file = duplicate_lesson(root, "sample")
    assert file == root / "lessons" / "sample-2" / "lesson.md"
    text = file.read_text()
    assert 'id: sample-2\ntitle: "A sample (copy)"\nversion: "0.1"' in text
    assert (file.parent / "dot.png").read_bytes() == PNG
    assert not [found for found in check(text, file) if found.severity == "error"]
    assert "sample-3" in str(duplicate_lesson(root, "sample"))


def test_renaming_takes_paths_and_translations_along_and_back_again(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    (root / "lessons" / "sample" / "lesson.de.md").write_bytes(
        lesson_text(language="de").replace("\n", "\r\n").encode()
    )
    file, paths = rename_lesson(root, "sample", "renamed")
    assert paths == 1
    assert "id: renamed\n" in file.read_text() and "  - renamed\n" in (root / "paths" / "ours.yml").read_text()
    german = (file.parent / "lesson.de.md").read_bytes()
    assert b"id: renamed\r\n" in german and b"\n" not in german.replace(b"\r\n", b"")
    (file.parent / "lesson.de.md").unlink()
    rename_lesson(root, "renamed", "sample")
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_an_id_that_is_taken_or_wrong_renames_nothing(root: Path) -> None:
    for wrong in ("broken", "Not An Id", "../out"):
        with pytest.raises(AppError):
            rename_lesson(root, "sample", wrong)
    assert lesson_ids(root) == {"sample", "broken"}


def test_an_image_is_added_once_and_never_overwrites(tmp_path: Path) -> None:
    assert add_image(PNG, "My Chart (final).PNG", tmp_path) == "my-chart-final.png"
    assert add_image(PNG, "my chart final.png", tmp_path) == "my-chart-final.png"
    assert add_image(PNG + b"1", "my chart final.png", tmp_path) == "my-chart-final-2.png"
    assert (tmp_path / "my-chart-final.png").read_bytes() == PNG
    assert sorted(file.name for file in tmp_path.iterdir()) == ["my-chart-final-2.png", "my-chart-final.png"]


def test_what_is_no_image_or_too_large_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(AppError, match=r'"setup\.png" is no image'):
        add_image(b"MZ\x90", "setup.png", tmp_path)
    with pytest.raises(AppError, match=r'"big\.png" has 0\.5 MB'):
        add_image(PNG + b"\0" * MOST_BYTES, "big.png", tmp_path)
    assert list(tmp_path.iterdir()) == []


@given(st.text())
def test_any_name_becomes_one_that_a_lesson_may_link(name: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        added = add_image(PNG, name, Path(folder))
        assert is_pack_path(added) and (Path(folder) / added).is_file()


def test_kinds() -> None:
    assert image_suffix(b"RIFF\0\0\0\0WEBPVP8 ") == ".webp"
    assert image_suffix(b'<?xml version="1.0"?>\n<svg xmlns="x"/>') == ".svg"
    assert [kind_of(Path(name)) for name in ("a/lesson.md", "paths/b.yml", "documents/c.md", "terms.yml", "a/d.PNG")] == [
        "lesson", "path", "document", "list", "image",
    ]  # fmt: skip
