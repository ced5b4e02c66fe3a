"""Files of other tools as lesson folders: read, made into lessons, and written without touching what is there."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.errors import AppError, ContentError, StoreError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.interchange.draft import Front, Imported, title_text
from desktop_app.lessons.parse import slug
from desktop_app.lessons.translation import ORIGINAL
from desktop_app.notes import Note
from desktop_app.storage.files import write_atomically

LONGEST_BYTES = {"gift": 8_000_000, "liascript": 1_000_000}  # GIFT splits into lessons, a course is one lesson
_SUFFIXES = {".gift": "gift", ".md": "liascript", ".markdown": "liascript"}
_GIFT = re.compile(r"^\s*(?:::|\$CATEGORY:)|\{[^{}]{0,5000}[=~#}]", re.MULTILINE)
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_KNOWN_ENDS = (".gift", ".txt", ".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one file: lessons written (none where nothing in it could be imported) and the report."""

    source: Path
    form: str
    files: tuple[Path, ...]
    questions: int
    notes: tuple[Note, ...]


def import_file(source: Path, folder: Path, form: str | None = None) -> Job[Written]:
    """Write the lessons made of a file below folder, each in its own new folder; form is gift or liascript.

    Raises ContentError for a file that is too large, not text or of no known form, AppError if a lesson's folder is there
    already, StoreError if it cannot be written. Then nothing was written.
    """
    yield Progress(0, None, source.name)
    text, notes, form = _read(source, form)
    front = Front(id=_lesson_id(source), title=_title(source))
    made = yield from _reader(form)(text, front, source.parent)
    made = replace(made, notes=(*notes, *made.notes))
    files = tuple(_target(folder, lesson.id) for lesson in made.lessons)
    for number, (file, text) in enumerate(zip(files, made.texts, strict=True)):
        yield Progress(number, len(files), file.parent.name)
        _write(file, text, made)
    return Written(source, form, files, sum(len(lesson.questions) for lesson in made.lessons), made.notes)


def _reader(form: str) -> Callable[[str, Front, Path | None], Job[Imported]]:
    if form == "gift":
        from desktop_app.lessons.interchange.gift_import import import_gift

        return import_gift
    from desktop_app.lessons.interchange.liascript import import_liascript

    return import_liascript


def _read(source: Path, form: str | None) -> tuple[str, Sequence[Note], str]:
    """The file's text, what was assumed about it, and its form."""
    most = max(LONGEST_BYTES.values())
    try:
        with source.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as exc:
        raise ContentError(
            f"The file cannot be read ({exc.strerror}). Check its name and your rights.", source
        ) from exc
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    notes: list[Note] = []
    if b"\0" in data and encoding != "utf-16":
        raise ContentError("This is not a text file. Choose a GIFT file or a LiaScript course.", source)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        notes.append(Note(1, "The file is not UTF-8, so it was read as Windows-1252. Check its accents and quotes."))
    form = form or _SUFFIXES.get(source.suffix.lower()) or ("gift" if _GIFT.search(text[:200_000]) else None)
    if form is None:
        raise ContentError("This looks like neither GIFT nor LiaScript. Say which it is with --format.", source)
    if len(data) > LONGEST_BYTES[form]:
        raise ContentError(
            f"The file is larger than {LONGEST_BYTES[form] // 1_000_000} MB. Split it into several.", source
        )
    return text, notes, form


def _bare_name(source: Path) -> str:
    name = source.name
    while (suffix := Path(name).suffix.lower()) in _KNOWN_ENDS and suffix:
        name = name[: -len(suffix)]
    return name


def _lesson_id(source: Path) -> str:
    name = _bare_name(source)
    return slug(source.resolve().parent.name if name.lower() in ("readme", "index", "lesson") else name) or "imported"


def _title(source: Path) -> str:
    words = title_text(re.sub(r"[-_.]+", " ", _bare_name(source)))
    return (words[:1].upper() + words[1:]) or "Imported"


def _target(folder: Path, lesson_id: str) -> Path:
    file = folder / lesson_id / ORIGINAL
    if file.parent.exists():
        raise AppError(
            f"{file.parent} exists already, and nothing is overwritten. Rename or move it, rename the file to import, or "
            "choose another folder with --to."
        )
    return file


def _write(file: Path, text: str, made: Imported) -> None:
    """Put a lesson's folder in place with everything in it, or leave nothing behind."""
    scratch: Path | None = None
    try:
        file.parent.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".importing-", dir=file.parent.parent))
        for name, image in made.images.items():
            if f"]({name})" in text:
                shutil.copyfile(image, scratch / name)
        write_atomically(scratch / ORIGINAL, text.encode(), mode=0o644)
        scratch.chmod(0o755)
        scratch.rename(file.parent)
    except OSError as exc:
        raise StoreError(
            f"{file.parent} cannot be written ({exc.strerror}). Free space, check your rights or choose another folder."
        ) from exc
    finally:
        if scratch is not None and scratch.exists():
            shutil.rmtree(scratch, ignore_errors=True)
