"""Lint results kept between runs, so that files that have not changed cost no more than reading them."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from desktop_app import __version__
from desktop_app.errors import StoreError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.known import Known
from desktop_app.lessons.lint import lint
from desktop_app.lessons.problem import Problem
from desktop_app.storage.files import write_atomically
from desktop_app.storage.yaml_text import MAX_BYTES

_MOST_FILES = 20_000
_FIELDS = ("code", "severity", "message", "line", "column")


class LintCache:
    """Results by file. A result counts as long as nothing it rests on has changed: the file, its folder, known, the day
    and this app. The cache file may be deleted at any time; a damaged one is ignored.
    """

    def __init__(self, file: Path | None, known: Known, today: date | None = None) -> None:
        """Keep results in file, or nowhere."""
        self._file, self._known, self._today = file, known, today or date.today()
        self._context = f"{_app_stamp()} {known.stamp} {self._today}"
        self._kept = _read(file) if file and known.stamp else {}
        self.hits = 0

    def lint_all(self, files: Sequence[Path]) -> Job[list[Problem]]:
        """Every problem of the files, file by file; what is new is kept at the end, or when the job is closed early."""
        found: list[Problem] = []
        try:
            for done, file in enumerate(files):
                if done % 20 == 0:
                    yield Progress(done, len(files), file.parent.name)
                found += self._lint(file)
        finally:
            self._save()
        return found

    def _lint(self, file: Path) -> list[Problem]:
        stamp = self._stamp(file)
        kept = self._kept.get(str(file.absolute()))
        if kept and kept["stamp"] == stamp:
            self.hits += 1
            return [Problem(**one, path=file) for one in kept["problems"]]
        problems = lint(file, self._known, today=self._today)
        if stamp:
            told = [{name: value for name, value in asdict(one).items() if name in _FIELDS} for one in problems]
            self._kept[str(file.absolute())] = {"stamp": stamp, "problems": told}
        return problems

    def _stamp(self, file: Path) -> str:
        """What the result rests on, "" for a file that cannot be read."""
        digest = hashlib.sha256(self._context.encode())
        try:
            if not file.is_file():
                return ""
            with file.open("rb") as stream:
                digest.update(stream.read(MAX_BYTES + 1))  # whatever is larger has one problem, that it is
            # images and the originals of translations: a change to either shows in the listing
            for beside in sorted(file.parent.iterdir()) if file.name.startswith(("lesson.", "glossary.")) else ():
                status = beside.stat()
                digest.update(f"\0{beside.name} {status.st_size} {status.st_mtime_ns}".encode(errors="surrogatepass"))
        except OSError:
            return ""
        return digest.hexdigest()

    def _save(self) -> None:
        if self._file is None or not self._known.stamp:
            return
        latest = dict(list(self._kept.items())[-_MOST_FILES:])
        # A cache that cannot be written costs time, nothing else.
        with contextlib.suppress(StoreError, OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file, json.dumps(latest).encode())


def _read(file: Path) -> dict[str, Any]:
    try:
        kept = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {path: one for path, one in kept.items() if _is_result(one)}


def _is_result(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("stamp"), str) or not isinstance(one.get("problems"), list):
        return False
    return all(isinstance(problem, dict) and set(problem) == set(_FIELDS) for problem in one["problems"])


def _app_stamp() -> str:
    """The app's version and the state of the modules that decide what lint says, for those who change them."""
    here = Path(__file__).parent
    stamps = sorted((file.name, file.stat().st_mtime_ns) for file in here.glob("*.py"))
    return f"{__version__} {stamps}"
