"""Every format a lesson or a learning path can be written in without Qt; ui/printing/lesson_pdf.py adds PDF.

A page that offers exports makes a Course (course.py), calls export and writes what packed gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.lessons.interchange.course import Course
from desktop_app.notes import Package, zip_bytes


@dataclass(frozen=True, slots=True)
class Format:
    """A format to write: name and says are for people; with zipped all files go into one, else there is only one."""

    id: str
    name: str
    suffix: str
    says: str
    write: Callable[[Course], Package]
    zipped: bool = True


def _html(course: Course) -> Package:
    from desktop_app.lessons.interchange.page import write_html

    return write_html(course)


def _scorm12(course: Course) -> Package:
    from desktop_app.lessons.interchange.scorm import write_scorm12

    return write_scorm12(course)


def _scorm2004(course: Course) -> Package:
    from desktop_app.lessons.interchange.scorm import write_scorm2004

    return write_scorm2004(course)


def _cmi5(course: Course) -> Package:
    from desktop_app.lessons.interchange.cmi5 import write_cmi5

    return write_cmi5(course)


def _qti(course: Course) -> Package:
    from desktop_app.lessons.interchange.qti import write_qti

    return write_qti(course)


def _gift(course: Course) -> Package:
    from desktop_app.lessons.interchange.gift_export import write_gift

    return write_gift(course)


FORMATS: dict[str, Format] = {
    one.id: one
    for one in (
        Format(
            "html", "Web page", ".html", "One file that opens in any browser, without a network.", _html, zipped=False
        ),
        Format("scorm12", "SCORM 1.2", ".zip", "For nearly every learning management system.", _scorm12),
        Format(
            "scorm2004", "SCORM 2004 (4th edition)", ".zip", "For systems that keep more of each answer.", _scorm2004
        ),
        Format("cmi5", "cmi5", ".zip", "For systems with a learning record store (xAPI).", _cmi5),
        Format("qti3", "QTI 3", ".zip", "The questions, for test systems and item banks.", _qti),
        Format("gift", "GIFT", ".gift", "The questions as text, for Moodle's question bank.", _gift, zipped=False),
    )
}


def export(course: Course, form: str) -> Package:
    """The course in one of FORMATS, with a note for everything the format could not carry; raises KeyError for another."""
    return FORMATS[form].write(course)


def packed(form: Format, package: Package) -> bytes:
    """The one file to write; the same lessons always give the same bytes."""
    return zip_bytes(package.files) if form.zipped else next(iter(package.files.values()))


def file_name(course: Course, form: Format) -> str:
    """What to call the file if nobody chooses a name."""
    return f"{course.id}-{form.id}{form.suffix}" if form.suffix == ".zip" else f"{course.id}{form.suffix}"
