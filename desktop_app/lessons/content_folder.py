"""A trainer's content folder: what is in it, and what can be done with it as a whole.

lessons/<id>/lesson.md with images beside it, paths/<id>.yml, documents/<id>.md, and the lists terms.yml,
glossary.yml and documents/company.yml. Nothing here overwrites or deletes.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from desktop_app.errors import AppError, ContentError, StoreError
from desktop_app.jobs import Job
from desktop_app.lessons.glossary import is_glossary
from desktop_app.lessons.known import COMPANY_FILE
from desktop_app.lessons.lint import content_files
from desktop_app.lessons.lint_images import MOST_BYTES, SUFFIXES
from desktop_app.lessons.lint_words import TERMS_FILE
from desktop_app.lessons.parse import slug
from desktop_app.lessons.problem import Problem
from desktop_app.lessons.templates import free_id, id_problem
from desktop_app.storage.files import write_atomically
from desktop_app.storage.yaml_text import read_utf8

Kind = Literal["lesson", "path", "document", "list", "image"]
# text and path of a file → what is wrong with it
Check = Callable[[str, Path], Sequence[Problem]]
_FIELD = r"(?m)^{}:[ \t]*(.*?)[ \t]*(?:#.*)?$"
_TITLE, _VERSION, _ID = (re.compile(_FIELD.format(name)) for name in ("title", "version", "id"))
_YIELD_EVERY_S = 0.15
_MAGIC = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"GIF87a": ".gif", b"GIF89a": ".gif"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder. id is the lesson folder's, or the file's name; errors is None before it was checked.

    state is "draft" or a version, and "" for what has none. lesson is the folder an image lies in.
    """

    kind: Kind
    id: str
    title: str
    path: Path
    state: str = ""
    errors: int | None = None
    warnings: int = 0
    lesson: str = ""


def content_root(chosen: Path) -> Path:
    """The content folder that was meant by choosing it, its lessons folder, one lesson's folder or a file in it."""
    folder = chosen if chosen.is_dir() else chosen.parent
    if (folder / "lesson.md").is_file():
        folder = folder.parent
    return folder.parent if folder.name in ("lessons", "paths", "documents") else folder


def lessons_folder(root: Path) -> Path:
    """Where the lessons of a content folder are."""
    return root / "lessons"


def lesson_ids(root: Path) -> frozenset[str]:
    """The ids of the lessons in the folder, without reading one."""
    return frozenset(file.parent.name for file in _glob(lessons_folder(root), "*/lesson.md"))


def scan_folder(root: Path, check: Check) -> Job[tuple[Entry, ...]]:
    """List the folder, then check each file; yields tuples of entries a few times a second, first the whole list.

    Raises AppError if the folder cannot be read.
    """
    if not root.is_dir():
        raise AppError(f"The folder {root} is not there any more. Open another one.")
    entries = list(_entries(root))
    yield tuple(entries)
    last = time.monotonic()
    for number, entry in enumerate(entries):
        if entry.kind != "image":
            entries[number] = checked(entry, check)
        if time.monotonic() - last > _YIELD_EVERY_S:
            last = time.monotonic()
            yield tuple(entries)
    return tuple(entries)


def checked(entry: Entry, check: Check) -> Entry:
    """The entry with its title, state and number of problems as they are on disk now."""
    try:
        text = read_utf8(entry.path)
        problems = check(text, entry.path)
    except ContentError:
        return replace(entry, errors=1, warnings=0)
    return counted(replace(entry, **_facts(entry.kind, text, entry.title)), problems)


def counted(entry: Entry, problems: Iterable[Problem]) -> Entry:
    """The entry with the number of errors and warnings among problems."""
    severities = [problem.severity for problem in problems]
    return replace(entry, errors=severities.count("error"), warnings=severities.count("warning"))


def kind_of(path: Path) -> Kind:
    """What a file of a content folder is, by its name and place."""
    if path.suffix.lower() in SUFFIXES:
        return "image"
    if path.name in (TERMS_FILE, COMPANY_FILE) or is_glossary(path):
        return "list"
    if path.suffix in (".yml", ".yaml"):
        return "path"
    return "document" if path.parent.name == "documents" else "lesson"


def _entries(root: Path) -> Iterator[Entry]:
    lessons = lessons_folder(root)
    for file in [*_glob(lessons, "*/lesson.md"), *_glob(lessons, "*/lesson.*.md")]:
        lesson_id = file.parent.name
        language = file.name.removeprefix("lesson").removesuffix("md").strip(".")
        yield _entry("lesson", f"{lesson_id} ({language})" if language else lesson_id, file, lesson_id)
    for file in _glob(root / "paths", "*.yml"):
        yield _entry("path", file.stem, file)
    for file in _glob(root / "documents", "*.md"):
        yield _entry("document", file.stem, file)
    lists = [(root / TERMS_FILE, "Terms to avoid"), (root / "documents" / COMPANY_FILE, "The company")]
    lists += [(file, "The glossary") for file in _glob(root, "glossary*.yml") if is_glossary(file)]
    for file, title in lists:
        if file.is_file():
            yield Entry("list", file.name, title, file)
    for file in _glob(lessons, "*/**/*"):
        if file.suffix.lower() in SUFFIXES:
            lesson_id = file.relative_to(lessons).parts[0]
            yield Entry("image", file.name, file.name, file, lesson=lesson_id)


def _entry(kind: Kind, name: str, file: Path, lesson: str = "") -> Entry:
    try:
        with file.open(encoding="utf-8-sig", errors="replace") as stream:
            head = stream.read(4000)
    except OSError:
        head = ""
    return Entry(kind, name, path=file, lesson=lesson, **{"title": name, **_facts(kind, head, name)})  # type: ignore[arg-type]


def _facts(kind: Kind, text: str, default: str) -> dict[str, str]:
    title, version = _TITLE.search(text), _VERSION.search(text)
    shown = title[1].strip("\"'") if title else ""
    number = version[1].strip("\"'") if version and kind == "lesson" else ""
    return {"title": shown or default, "state": "draft" if number.startswith("0") else number}


def _glob(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(file for file in folder.glob(pattern) if not file.name.startswith(".") and file.is_file())
    except OSError:
        return []


# -- whole lessons -------------------------------------------------------------------------------------------------------


def duplicate_lesson(root: Path, lesson_id: str) -> Path:
    """Copy a lesson with its images under a free id, as a draft; return the copy's file. Raises AppError."""
    source = lessons_folder(root) / lesson_id
    copy_id = free_id(lesson_id, lesson_ids(root) | {lesson_id})
    target = lessons_folder(root) / copy_id
    text = _set_field(read_utf8(source / "lesson.md"), _ID, copy_id)
    text = _set_field(text, _VERSION, '"0.1"')
    if title := _TITLE.search(text):
        plain = title[1].strip("\"'").replace('"', "'")
        text = _set_field(text, _TITLE, f'"{plain[:112]} (copy)"')
    try:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("lesson.md", "lesson.*.md", ".*"))
    except (OSError, shutil.Error) as exc:
        raise StoreError(f"{source} cannot be copied to {target}. Free space or check your rights.") from exc
    write_atomically(target / "lesson.md", text.encode(), mode=0o644)
    return target / "lesson.md"


def rename_lesson(root: Path, old: str, new: str) -> tuple[Path, int]:
    """Give a lesson another id: its folder, its id field, and every path that lists it; return its file and how many paths.

    Raises AppError, and then nothing was renamed.
    """
    if said := id_problem(new, lesson_ids(root)):
        raise AppError(said)
    source, target = lessons_folder(root) / old, lessons_folder(root) / new
    if target.exists():
        raise AppError(f"{target} exists already. Choose another id.")
    texts = {file.name: read_utf8(file) for file in content_files([source]) if file.suffix == ".md"}
    try:
        source.rename(target)
    except OSError as exc:
        raise StoreError(f"{source} cannot be renamed ({exc.strerror}). Close programs that use it.") from exc
    for name, text in texts.items():
        _rewrite(target / name, _set_field(text, _ID, new))
    return target / "lesson.md", _rename_in_paths(root, old, new)


def _rename_in_paths(root: Path, old: str, new: str) -> int:
    item = re.compile(rf"(?m)^([ \t]*-[ \t]+)([\"']?){re.escape(old)}\2([ \t]*(?:#.*)?)$")
    changed = 0
    for file in _glob(root / "paths", "*.yml"):
        text = read_utf8(file)
        if (renamed := item.sub(rf"\g<1>{new}\g<3>", text)) != text:
            _rewrite(file, renamed)
            changed += 1
    return changed


def _set_field(text: str, field: re.Pattern[str], value: str) -> str:
    return field.sub(lambda found: f"{found[0].split(':')[0]}: {value}", text, count=1)


def _rewrite(file: Path, text: str) -> None:
    """Write text with the line ends and the rights the file has."""
    crlf = b"\r\n" in file.read_bytes()
    data = text.replace("\n", "\r\n") if crlf else text
    write_atomically(file, data.encode(), mode=file.stat().st_mode & 0o777)


# -- images --------------------------------------------------------------------------------------------------------------


def add_image(data: bytes, name: str, folder: Path) -> str:
    """Put an image into a lesson's folder and return the name to link it by; one that is there already is used.

    name only suggests: it becomes a safe one that is free. Raises AppError for what is no image or is too large.
    """
    suffix = image_suffix(data)
    if not suffix:
        raise AppError(f'"{name}" is no image a lesson can show. Use PNG, JPEG, GIF, WebP or SVG.')
    if len(data) > MOST_BYTES:
        raise AppError(
            f'"{name}" has {len(data) / 1e6:.1f} MB; an image has at most {MOST_BYTES / 1e6:.1f} MB. '
            "Make it smaller and add it again."
        )
    stem = slug(Path(name).stem) or "image"
    for file in sorted(folder.glob(f"{stem}*{suffix}")):
        if file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data:
            return file.name
    taken = {file.stem for file in folder.iterdir()} if folder.is_dir() else set()
    target = folder / f"{free_id(stem, taken)}{suffix}"
    write_atomically(target, data, mode=0o644)
    return target.name


def image_suffix(data: bytes) -> str:
    """The file name's end for an image's bytes, "" if they are no image a lesson shows."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    for start, suffix in _MAGIC.items():
        if data.startswith(start):
            return suffix
    return ".svg" if data.lstrip()[:5] in (b"<?xml", b"<svg ", b"<svg>") and b"<svg" in data[:4000] else ""
