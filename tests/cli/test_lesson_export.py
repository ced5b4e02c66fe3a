"""greenroom lesson export: every format from the command line, what is said, and what goes wrong."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from command import greenroom
from pypdf import PdfReader

from desktop_app.cli.lesson_export import FORMATS, PDF_ONLY, export_lesson
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

LESSON = "what-never-to-paste"


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(Locations.find(tmp_path / "profile"))


def run(services: Services, *arguments: object) -> Result:
    return CliRunner().invoke(export_lesson, [str(argument) for argument in arguments], obj=services)


def test_the_formats_are_those_that_pages_offer() -> None:
    from desktop_app.ui.printing.lesson_pdf import ALL_FORMATS

    assert tuple(ALL_FORMATS) == FORMATS


@pytest.mark.parametrize("form", [form for form in FORMATS if form != PDF_ONLY])
@pytest.mark.parametrize("wanted", [LESSON, "foundations"])
def test_a_lesson_and_a_path_are_written(services: Services, tmp_path: Path, form: str, wanted: str) -> None:
    target = tmp_path / "out"
    done = run(services, wanted, "--as", form, "--out", target)
    assert (done.exit_code, done.stderr) == (0, f"Wrote {target}\n")
    data = target.read_bytes()
    if form in ("html", "gift"):
        assert b"What must never be pasted into it" in data
        return
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert names[0] in ("imsmanifest.xml", "cmi5.xml")
    assert len([name for name in names if name.startswith(LESSON) or LESSON in name]) >= 1


def test_what_a_format_cannot_carry_is_said(services: Services, tmp_path: Path) -> None:
    done = run(services, LESSON, "--as", "html", "--out", tmp_path / "x.html")
    (line,) = done.stdout.splitlines()
    file = services.lessons.get(LESSON).path
    assert line.startswith(f"{file}:") and "needs a model" in line


def test_as_json_for_scripts(services: Services, tmp_path: Path) -> None:
    target = tmp_path / "x.zip"
    said = json.loads(run(services, LESSON, "--as", "cmi5", "--out", target, "--json").stdout)
    assert (said["file"], said["format"], said["bytes"]) == (str(target), "cmi5", target.stat().st_size)
    assert set(said["notes"][0]) == {"line", "severity", "what"}


@pytest.mark.parametrize(
    ("options", "pages", "size"), [([], True, (595, 842)), (["--paper", "letter", "--no-answers"], False, (612, 792))]
)
def test_a_pdf_needs_no_window(tmp_path: Path, options: list[str], pages: bool, size: tuple[int, int]) -> None:
    target = tmp_path / "x.pdf"
    environment = {"QT_QPA_PLATFORM": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    done = greenroom("lesson", "export", LESSON, "--as", "pdf", "--out", target, *options, environment=environment)
    assert (done.returncode, done.stderr) == (0, f"Wrote {target}\n")
    reader = PdfReader(target)
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert ("Answers: What must never" in said) is pages


def test_an_unknown_lesson_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "x.html"
    done = greenroom("lesson", "export", "what-never-to-past", "--as", "html", "--out", target)
    assert done.returncode == 1
    assert "Did you mean what-never-to-paste" in done.stderr
    assert not target.exists()


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "x.html"
    done = greenroom("lesson", "export", LESSON, "--as", "html", "--out", target)
    assert done.returncode == 1
    assert f"{target} cannot be written" in done.stderr


def test_options_of_paper_are_for_paper(services: Services, tmp_path: Path) -> None:
    done = run(services, LESSON, "--as", "html", "--out", tmp_path / "x", "--no-answers")
    assert done.exit_code == 2
    assert "--answers is for --as pdf" in done.stderr
