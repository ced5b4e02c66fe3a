"""All lessons and learning paths on this machine, read when they are asked for and again when their file changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from desktop_app.errors import AppError, ContentError
from desktop_app.lessons.lesson import LearningPath, Lesson, LessonId
from desktop_app.lessons.parse import read_lesson
from desktop_app.lessons.paths import read_path
from desktop_app.lessons.translation import ORIGINAL, adopt, differences, language_of

T = TypeVar("T")


class _Cache(Generic[T]):
    """What read made of each file, or why it could not, as long as the file's time and size stay the same."""

    def __init__(self, read: Callable[[Path], T]) -> None:
        self._read = read
        self._known: dict[Path, tuple[tuple[int, int], T | ContentError]] = {}

    def get(self, file: Path) -> T | ContentError:
        """The value, or the error that reading gave."""
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = (0, 0)  # gone or locked: reading says why
        if (known := self._known.get(file)) and known[0] == stamp:
            return known[1]
        try:
            value: T | ContentError = self._read(file)
        except ContentError as error:
            value = error
        self._known[file] = (stamp, value)
        return value


class LessonLibrary:
    """Lessons at <folder>/<lesson id>/lesson.md and paths at <paths folder>/<path id>.yml.

    Where lesson.<language>.md stands beside a lesson and matches it, that one comes back if it is in the library's
    language ("" for each lesson's own); the lesson's language field tells which one it is. Of two with the same id the one in the earlier folder counts. Missing folders are empty ones. One bad file never
    hides the others: it stands in problems. Files are read on the calling thread, about 2 ms each.
    """

    def __init__(self, folders: Sequence[Path], paths_folders: Sequence[Path] = (), language: str = "") -> None:
        self.language = language
        self._folders, self._paths_folders = tuple(folders), tuple(paths_folders)
        self._lessons = _Cache(read_lesson)
        self._paths = _Cache(read_path)

    def ids(self) -> tuple[LessonId, ...]:
        """The ids of all lesson folders in alphabetical order, without reading a lesson."""
        return tuple(sorted(map(LessonId, self._files())))

    def lessons(self) -> tuple[Lesson, ...]:
        """Every readable lesson in order of id."""
        found = (self._lessons.get(file) for _, file in sorted(self._files().items()))
        return tuple(self._in_language(lesson) for lesson in found if isinstance(lesson, Lesson))

    def in_path_order(self) -> tuple[Lesson, ...]:
        """Every readable lesson: first those of the paths in their order, then the others by id."""
        order: dict[LessonId, int] = {}
        for path in self.paths():
            for lesson_id in path.lessons:
                order.setdefault(lesson_id, len(order))  # one on several paths stands where it comes first
        return tuple(sorted(self.lessons(), key=lambda lesson: order.get(lesson.id, len(order))))

    def get(self, lesson_id: str, language: str | None = None) -> Lesson:
        """One lesson, in another language than the library's if one is given.

        Raises ContentError if it cannot be read, AppError naming similar ids if there is none.
        """
        file = self._files().get(lesson_id)
        if file is None:
            raise AppError(_unknown("lesson", lesson_id, self._files()))
        lesson = self._lessons.get(file)
        if isinstance(lesson, ContentError):
            raise lesson
        return self._in_language(lesson, language)

    def languages(self, lesson_id: str) -> tuple[str, ...]:
        """The languages a lesson can be read in, its own first; raises as get does."""
        original = self.get(lesson_id, "")
        others = (language_of(file) for file in _below(original.path.parent, "lesson.*.md"))
        return (original.language, *(language for language in others if language and language != original.language))

    def all_languages(self) -> tuple[str, ...]:
        """Every language in which at least one lesson can be read, in alphabetical order."""
        originals = (self._lessons.get(file) for file in self._files().values())
        found = {lesson.language for lesson in originals if isinstance(lesson, Lesson)}
        return tuple(sorted(found | {language_of(file) for file in self._translations()}))

    def _in_language(self, original: Lesson, language: str | None = None) -> Lesson:
        """The translation to the wanted language if there is one that can stand in, else the original."""
        wanted = self.language if language is None else language
        if wanted in ("", original.language):
            return original
        file = original.path.with_name(f"lesson.{wanted}.md")
        translation = self._lessons.get(file) if file.is_file() else None
        if not isinstance(translation, Lesson) or any(d.code == "L702" for d in differences(original, translation)):
            return original
        return adopt(original, translation)

    def paths(self) -> tuple[LearningPath, ...]:
        """Every readable learning path in order of id, each behind those it comes after."""
        found = (self._paths.get(file) for _, file in sorted(self._path_files().items()))
        return in_order([path for path in found if isinstance(path, LearningPath)])

    def paths_for(self, role: str) -> tuple[LearningPath, ...]:
        """The paths to offer a role, in the order to take them: what its own comes after, then its own; () if there is none."""
        own = self.path_for(role)
        return () if own is None else in_order([own], self.paths())

    def path_for(self, role: str) -> LearningPath | None:
        """The path to offer a role: the first made for it, else the first for everyone, else None."""
        for wanted in (role, "everyone"):
            for path in self.paths():
                if wanted in path.roles:
                    return path
        return None

    @property
    def problems(self) -> tuple[ContentError, ...]:
        """Why each unreadable lesson or path is missing; reads every file that changed."""
        found: list[object] = [self._lessons.get(file) for _, file in sorted(self._files().items())]
        found += [self._lessons.get(file) for file in self._translations()]
        found += [self._paths.get(file) for _, file in sorted(self._path_files().items())]
        return tuple(error for error in found if isinstance(error, ContentError))

    def _files(self) -> dict[str, Path]:
        files = (file for folder in self._folders for file in _below(folder, f"*/{ORIGINAL}"))
        return _first({file: file.parent.name for file in files})

    def _translations(self) -> list[Path]:
        files = (file for original in self._files().values() for file in _below(original.parent, "lesson.*.md"))
        return [file for file in files if language_of(file)]

    def _path_files(self) -> dict[str, Path]:
        files = (file for folder in self._paths_folders for file in _below(folder, "*.yml"))
        return _first({file: file.stem for file in files})


def in_order(wanted: Iterable[LearningPath], known: Iterable[LearningPath] | None = None) -> tuple[LearningPath, ...]:
    """wanted, each behind the paths it comes after; those of known that are not wanted come along. Circles are cut."""
    wanted = tuple(wanted)
    by_id = {path.id: path for path in (wanted if known is None else known)}
    found: dict[str, LearningPath] = {}
    begun: set[str] = set()
    waiting = list(reversed(wanted))  # the next one last
    while waiting:
        path = waiting[-1]
        if path.id in begun:
            found.setdefault(path.id, waiting.pop())
        else:  # it stays until those before it are found
            begun.add(path.id)
            waiting += [by_id[one] for one in reversed(path.after) if one in by_id and one not in begun]
    return tuple(found.values())


def _below(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def _first(names: dict[Path, str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file, name in names.items():
        found.setdefault(name, file)
    return found


def _unknown(noun: str, wanted: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # only a typo pays for it

    close = get_close_matches(wanted, list(known), 3)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"Run greenroom {noun} list to see what there is."
    return f'There is no {noun} "{wanted}". {hint}'
