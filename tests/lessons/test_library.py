"""The library reads lazily, again after a change, and lets no bad file hide a good one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop_app.errors import AppError, ContentError
from desktop_app.lessons import library as library_module
from desktop_app.lessons.lesson import LearningPath
from desktop_app.lessons.library import LessonLibrary, in_order
from desktop_app.lessons.paths import read_path

from .builders import lesson_text, write_lesson


def write_path(folder: Path, name: str, roles: str = "[everyone]", **changes: str) -> Path:
    fields = {"id": name, "title": name.title(), "description": "D", "roles": roles, "lessons": "[a]", **changes}
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.yml"
    file.write_text("".join(f"{key}: {value}\n" for key, value in fields.items()), encoding="utf-8")
    return file


def test_lessons_come_in_order_of_id(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_lesson(tmp_path, lesson_text(id=name), name)
    (tmp_path / "stray.md").write_text("x")
    (tmp_path / "empty").mkdir()
    library = LessonLibrary([tmp_path])
    assert library.ids() == ("a", "b")
    assert [lesson.id for lesson in library.lessons()] == ["a", "b"]
    assert library.get("b").title == "A sample"
    assert library.problems == ()


def test_missing_folders_are_empty(tmp_path: Path) -> None:
    library = LessonLibrary([tmp_path / "no"], [tmp_path / "no"])
    assert (library.ids(), library.lessons(), library.paths(), library.problems) == ((), (), (), ())
    assert library.path_for("sales") is None


def test_a_bad_lesson_or_path_hides_nothing(tmp_path: Path) -> None:
    write_lesson(tmp_path / "lessons", lesson_text(id="a"), "a")
    bad = write_lesson(tmp_path / "lessons", "no front matter", "b")
    latin = write_lesson(tmp_path / "lessons", "", "c")
    latin.write_bytes(b"\xff")
    write_path(tmp_path / "paths", "good")
    broken = write_path(tmp_path / "paths", "bad", lessons="a")
    library = LessonLibrary([tmp_path / "lessons"], [tmp_path / "paths"])
    assert [lesson.id for lesson in library.lessons()] == ["a"]
    assert [path.id for path in library.paths()] == ["good"]
    assert [problem.path for problem in library.problems] == [bad, latin, broken]
    with pytest.raises(ContentError, match="must start with a line ---"):
        library.get("b")


def test_an_unknown_lesson_names_similar_ones(tmp_path: Path) -> None:
    write_lesson(tmp_path, lesson_text(id="what-ai-is"), "what-ai-is")
    library = LessonLibrary([tmp_path])
    with pytest.raises(AppError, match=r'There is no lesson "what-ai-si"\. Did you mean what-ai-is\?'):
        library.get("what-ai-si")
    with pytest.raises(AppError, match="Run greenroom lesson list"):
        library.get("zzz")


def test_a_file_is_read_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_lesson(tmp_path, lesson_text())
    reads: list[Path] = []
    original = library_module.read_lesson
    monkeypatch.setattr(library_module, "read_lesson", lambda path: (reads.append(path), original(path))[1])
    library = LessonLibrary([tmp_path])
    assert reads == []
    assert library.get("sample") is library.get("sample")
    assert reads == [file]
    file.write_text(lesson_text(title="Changed"))
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 10))
    assert library.get("sample").title == "Changed"
    file.write_text("broken")
    assert len(library.problems) == 1
    file.unlink()
    assert library.lessons() == ()


def test_the_earlier_folder_wins(tmp_path: Path) -> None:
    write_lesson(tmp_path / "one", lesson_text(title="First"))
    write_lesson(tmp_path / "two", lesson_text(title="Second"))
    assert LessonLibrary([tmp_path / "one", tmp_path / "two"]).get("sample").title == "First"


def test_path_for_a_role_falls_back_to_everyone(tmp_path: Path) -> None:
    write_path(tmp_path, "b-all")
    write_path(tmp_path, "c-sales", "[sales, support]")
    library = LessonLibrary([], [tmp_path])
    assert [getattr(library.path_for(role), "id", None) for role in ("sales", "legal")] == ["c-sales", "b-all"]


def test_path_order_comes_before_the_rest(tmp_path: Path) -> None:
    for name in "abcd":
        write_lesson(tmp_path, lesson_text(id=name), name)
    write_path(tmp_path / "paths", "one", lessons="[d, b]")
    write_path(tmp_path / "paths", "two", lessons="[c, d]")
    assert [lesson.id for lesson in LessonLibrary([tmp_path], [tmp_path / "paths"]).in_path_order()] == list("dbca")


def path(path_id: str, *after: str) -> LearningPath:
    return LearningPath(path_id, path_id, "", ("everyone",), (), after=after)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([path("a", "c"), path("b"), path("c", "d", "b"), path("d")], "dbca"),
        ([path("a", "b"), path("b", "c"), path("c", "a")], "cba"),
        ([path("a", "a", "gone"), path("b", "a")], "ab"),
        ([path("a", "b", "c"), path("b", "c"), path("c")], "cba"),
    ],
)
def test_paths_come_behind_those_before_them_and_circles_are_cut(paths: list[LearningPath], expected: str) -> None:
    assert "".join(one.id for one in in_order(paths)) == expected
    assert in_order(paths[:1], paths)[-1] == paths[0]


def test_a_chain_of_thousands_of_paths_is_put_in_order() -> None:
    chain = [path(str(at), str(at + 1)) for at in range(5000)]
    assert in_order(chain) == tuple(reversed(chain))


def test_read_path(tmp_path: Path) -> None:
    path = read_path(write_path(tmp_path, "p", lessons="[a, b]"))
    assert (path.id, path.title, path.roles, path.lessons) == ("p", "P", ("everyone",), ("a", "b"))
    with pytest.raises(ContentError, match="must be a list"):
        read_path(write_path(tmp_path, "q", lessons="a"))
    (tmp_path / "r.yml").write_text("")
    with pytest.raises(ContentError, match="has no fields"):
        read_path(tmp_path / "r.yml")
