"""SCORM 1.2 and SCORM 2004 (4th edition): one page (SCO) per lesson, the manifest, and the schemas it must carry.

Sources: SCORM 1.2 Content Aggregation Model, SCORM 2004 4th edition Content Aggregation Model and Sequencing and Navigation.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from desktop_app.lessons.interchange.answer_key import counted
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.page import page
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.render import plain_text
from desktop_app.notes import Notes, Package

SUSPEND_12 = 4096  # characters of cmi.suspend_data in SCORM 1.2
_PER_QUESTION = 24  # characters at most to store a question's tries and best score, see pack in player.js
_BASE = 80

_MANIFEST_12 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="greenroom-{id}" version="{version}"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"
  xmlns:imsmd="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd
    http://www.imsglobal.org/xsd/imsmd_rootv1p2p1 imsmd_rootv1p2p1.xsd
    http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
    <imsmd:lom>
      <imsmd:general>
        <imsmd:title><imsmd:langstring xml:lang="{language}">{title}</imsmd:langstring></imsmd:title>
        <imsmd:language>{language}</imsmd:language>
        <imsmd:description><imsmd:langstring xml:lang="{language}">{description}</imsmd:langstring></imsmd:description>
      </imsmd:general>
    </imsmd:lom>
  </metadata>
  <organizations default="organization">
    <organization identifier="organization">
      <title>{title}</title>
{items}
    </organization>
  </organizations>
  <resources>
{resources}
  </resources>
</manifest>
"""
_ITEM_12 = """      <item identifier="item-{id}" identifierref="resource-{id}" isvisible="true">
        <title>{title}</title>
      </item>"""
_RESOURCE_12 = """    <resource identifier="resource-{id}" type="webcontent" adlcp:scormtype="sco" href="{file}">
      <file href="{file}"/>
    </resource>"""

_MANIFEST_2004 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="greenroom-{id}" version="{version}"
  xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
  xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"
  xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3"
  xmlns:imsss="http://www.imsglobal.org/xsd/imsss"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsglobal.org/xsd/imscp_v1p1 imscp_v1p1.xsd
    http://www.adlnet.org/xsd/adlcp_v1p3 adlcp_v1p3.xsd
    http://www.adlnet.org/xsd/adlseq_v1p3 adlseq_v1p3.xsd
    http://www.adlnet.org/xsd/adlnav_v1p3 adlnav_v1p3.xsd
    http://www.imsglobal.org/xsd/imsss imsss_v1p0.xsd">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>2004 4th Edition</schemaversion>
  </metadata>
  <organizations default="organization">
    <organization identifier="organization" adlseq:objectivesGlobalToSystem="false">
      <title>{title}</title>
{items}
      <imsss:sequencing>
        <imsss:controlMode choice="true" flow="true"/>
      </imsss:sequencing>
    </organization>
  </organizations>
  <resources>
{resources}
  </resources>
</manifest>
"""
# The page itself says what was completed and passed; the system must not guess it.
_ITEM_2004 = """      <item identifier="item-{id}" identifierref="resource-{id}" isvisible="true">
        <title>{title}</title>
        <imsss:sequencing>
          <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>
        </imsss:sequencing>
      </item>"""
_RESOURCE_2004 = """    <resource identifier="resource-{id}" type="webcontent" adlcp:scormType="sco" href="{file}">
      <file href="{file}"/>
    </resource>"""


def write_scorm12(course: Course) -> Package:
    """A SCORM 1.2 package: imsmanifest.xml, its schemas, one page per lesson."""
    notes = Notes()
    for lesson in course.lessons:
        questions = len(counted(course, lesson))
        if _BASE + len(lesson.steps) + questions * _PER_QUESTION > SUSPEND_12:
            said = f"{lesson.id}: {questions} questions may be too many for SCORM 1.2 to remember where a learner was"
            notes.changed(lesson.questions[0].line if lesson.questions else 1, said)
        if any(len(quiz.choices) > 36 or len(quiz.rows) > 36 for quiz in lesson.questions):
            said = f"{lesson.id}: SCORM 1.2 names at most 36 options; reports of longer questions repeat their letters"
            notes.changed(lesson.questions[0].line, said)
    return _package(
        course, "1.2", (_MANIFEST_12, _ITEM_12, _RESOURCE_12), course.resources / "export" / "scorm12", notes
    )


def write_scorm2004(course: Course) -> Package:
    """A SCORM 2004 (4th edition) package: imsmanifest.xml, its schemas, one page per lesson."""
    forms = (_MANIFEST_2004, _ITEM_2004, _RESOURCE_2004)
    return _package(course, "2004", forms, course.resources / "export" / "scorm2004", Notes())


def _package(course: Course, version: str, forms: tuple[str, str, str], schemas: Path, notes: Notes) -> Package:
    manifest, item, resource = forms
    names = [
        {"id": lesson.id, "title": escape(lesson.title, quote=False), "file": file_of(lesson)}
        for lesson in course.lessons
    ]
    pages = {
        file_of(lesson): page(course, (lesson,), "scorm", notes, {"version": version}) for lesson in course.lessons
    }
    filled = manifest.format(
        id=course.id,
        version=escape("1.0" if course.is_path else course.lessons[0].version),
        language=escape(course.language),
        title=escape(course.title, quote=False),
        description=escape(plain_text(course.description), quote=False),
        items="\n".join(item.format(**name) for name in names),
        resources="\n".join(resource.format(**name) for name in names),
    )
    carried = {file.name: file.read_bytes() for file in sorted(schemas.iterdir()) if file.suffix in (".xsd", ".dtd")}
    return Package({"imsmanifest.xml": filled.encode(), **carried, **pages}, notes.sorted())


def file_of(lesson: Lesson) -> str:
    """Where a lesson's page is in a package."""
    return f"{lesson.id}/index.html"
