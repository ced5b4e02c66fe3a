"""cmi5: a course structure with one assignable unit (AU) per lesson, and the page of each.

Source: https://github.com/AICC/CMI-5_Spec_Current, sections 13 (course structure) and 14 (package).
"""

from __future__ import annotations

from html import escape

from desktop_app.lessons.interchange.answer_key import counted
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.page import page
from desktop_app.lessons.interchange.scorm import file_of
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.render import plain_text
from desktop_app.notes import Notes, Package

# Identifiers are only compared, never opened; the same lesson always has the same one.
_BASE = "https://greenroom.example/cmi5"
_STRUCTURE = """<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="{base}/courses/{id}">
    <title>{title}</title>
    <description>{description}</description>
  </course>
{units}
</courseStructure>
"""
_UNIT = """  <au id="{base}/lessons/{id}" moveOn="{move_on}"{mastery} launchMethod="AnyWindow" activityType="http://adlnet.gov/expapi/activities/lesson">
    <title>{title}</title>
    <description>{description}</description>
    <url>{file}</url>
  </au>"""


def write_cmi5(course: Course) -> Package:
    """A cmi5 package: cmi5.xml and one page per lesson."""
    notes = Notes()
    structure = _STRUCTURE.format(
        base=_BASE,
        id=course.id,
        title=_text(course.title, course.language),
        description=_text(plain_text(course.description), course.language),
        units="\n".join(_unit(course, lesson) for lesson in course.lessons),
    )
    pages = {file_of(lesson): page(course, (lesson,), "cmi5", notes) for lesson in course.lessons}
    return Package({"cmi5.xml": structure.encode(), **pages}, notes.sorted())


def _unit(course: Course, lesson: Lesson) -> str:
    graded = bool(counted(course, lesson))
    return _UNIT.format(
        base=_BASE,
        id=lesson.id,
        move_on="CompletedAndPassed" if graded else "Completed",
        mastery=f' masteryScore="{lesson.pass_mark:.6f}"' if graded else "",
        title=_text(lesson.title, lesson.language),
        description=_text(plain_text(lesson.summary), lesson.language),
        file=file_of(lesson),
    )


def _text(text: str, language: str) -> str:
    return f'<langstring lang="{escape(language)}">{escape(text, quote=False)}</langstring>'
