"""greenroom lesson new and preview, as a trainer types them."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.command import greenroom, sentence


def test_a_new_lesson_is_clean_and_can_be_previewed(tmp_path: Path) -> None:
    made = greenroom("lesson", "new", "check-it-first", "--to", tmp_path, "--role", "sales", "--minutes", "4")
    file = tmp_path / "lessons" / "check-it-first" / "lesson.md"
    assert (made.returncode, made.stdout.strip()) == (0, str(file)), made.stderr
    assert 'title: "Check it first"\n' in file.read_text("utf-8")
    checked = greenroom("--profile", tmp_path / "p", "lesson", "lint", "--strict", tmp_path / "lessons")
    assert checked.returncode == 0, checked.stdout

    shown = greenroom("lesson", "preview", file.parent)
    assert shown.returncode == 0 and shown.stdout.startswith("<!doctype html>")
    assert "✓ right" in shown.stdout
    page = tmp_path / "page.html"
    assert greenroom("lesson", "preview", file, "--out", page).stdout.strip() == str(page)
    assert page.read_text("utf-8") == shown.stdout


def test_what_is_there_is_left_alone_and_wrong_facts_are_named(tmp_path: Path) -> None:
    greenroom("lesson", "new", "first", "--to", tmp_path)
    file = tmp_path / "lessons" / "first" / "lesson.md"
    before = file.read_bytes()
    sentence(greenroom("lesson", "new", "first", "--to", tmp_path), "exists already")
    assert file.read_bytes() == before
    sentence(greenroom("lesson", "new", "No Id", "--to", tmp_path), "An id has")
    sentence(greenroom("lesson", "new", "long", "--to", tmp_path, "--minutes", "90"), "3 to 15 minutes")
    assert not (tmp_path / "lessons" / "long").exists()
