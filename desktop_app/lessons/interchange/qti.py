"""Lessons as a QTI 3 package: an item for each question, a test for each lesson, and the manifest that lists them.

Source: 1EdTech Question and Test Interoperability 3.0, ASI and Packaging (imsmanifest.xml, IMS CP 1.2 as profiled there).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.qti_html import Html, clean_xml, name_token
from desktop_app.lessons.interchange.qti_item import XSI, Item, outcome, root
from desktop_app.lessons.lesson import Lesson, Prose, Quiz, Step
from desktop_app.notes import Notes, Package

MANIFEST = "imsmanifest.xml"
_CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_CP_SCHEMA = f"{_CP} https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd"


@dataclass(slots=True)
class _Resource:
    """A file of the package: what it is, what it needs, and the images that belong to it."""

    identifier: str
    kind: str
    href: str
    needs: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


def write_qti(course: Course) -> Package:
    """The files of a package; zip_bytes makes it one file."""
    notes = Notes()
    files: dict[str, bytes] = {}
    resources: list[_Resource] = []
    for lesson in course.lessons:
        made = _Lesson(lesson, notes)
        made.write()
        files |= made.files
        resources += made.resources
    manifest = _manifest(course, resources)
    return Package({MANIFEST: _bytes(manifest), **dict(sorted(files.items()))}, notes.sorted())


class _Lesson:
    """Makes the test of one lesson and its items."""

    def __init__(self, lesson: Lesson, notes: Notes) -> None:
        self._lesson, self._notes = lesson, notes
        self._test = name_token(f"test-{lesson.id}")
        self.files: dict[str, bytes] = {}
        self.resources: list[_Resource] = []

    def write(self) -> None:
        """Fill files and resources; the test comes first."""
        lesson = self._lesson
        test = _Resource(self._test, "imsqti_test_xmlv3p0", f"tests/{lesson.id}.xml")
        self.resources.append(test)
        top = root("qti-assessment-test", self._test, lesson.title)
        outcome(top, "SCORE", "float", "0")
        if lesson.questions:
            outcome(top, "PASSED", "boolean", "false")
        modes = {"identifier": "part", "navigation-mode": "nonlinear", "submission-mode": "individual"}
        part = ET.SubElement(top, "qti-test-part", modes)
        control = {"max-attempts": str(lesson.attempts), "show-feedback": "true", "allow-review": "true"}
        ET.SubElement(part, "qti-item-session-control", control)
        for step in lesson.steps:
            self._section(part, step, test)
        if lesson.questions:
            top.append(self._processing())
        self.files[test.href] = _bytes(top)

    def _section(self, part: ET.Element, step: Step, test: _Resource) -> None:
        names = {"identifier": name_token(f"step-{step.key}"), "title": clean_xml(step.title), "visible": "true"}
        section = ET.SubElement(part, "qti-assessment-section", names)
        html = self._html()
        seen_question = False
        references: list[ET.Element] = []
        for block in step.blocks:
            if isinstance(block, Prose):
                if seen_question:
                    self._notes.changed(
                        block.line, "A text behind a question stands before the questions of its step now."
                    )
                rubric = ET.SubElement(section, "qti-rubric-block", {"view": "candidate", "use": "instructions"})
                html.blocks(ET.SubElement(rubric, "qti-content-body"), block.markdown, block.line)
            elif isinstance(block, Quiz):
                seen_question = True
                references.append(self._item(block, test))
            else:
                kind = type(block).__name__.lower()
                self._notes.left_out(
                    block.line, f'The {kind} exercise "{block.title}" was left out: QTI has questions only.'
                )
        section.extend(references)
        self._keep(html, test)

    def _item(self, quiz: Quiz, test: _Resource) -> ET.Element:
        identifier = name_token(f"{self._lesson.id}.{quiz.id}")
        resource = _Resource(identifier, "imsqti_item_xmlv3p0", f"items/{self._lesson.id}.{quiz.id}.xml")
        html = self._html()
        self.files[resource.href] = _bytes(Item(quiz, identifier, self._lesson.language, html, self._notes).element())
        self._keep(html, resource)
        self.resources.append(resource)
        test.needs.append(identifier)
        return ET.Element("qti-assessment-item-ref", {"identifier": identifier, "href": f"../{resource.href}"})

    def _html(self) -> Html:
        return Html(self._lesson.path.parent, self._lesson.id, self._notes)

    def _keep(self, html: Html, resource: _Resource) -> None:
        self.files |= html.files
        resource.images += [name for name in html.files if name not in resource.images]

    def _processing(self) -> ET.Element:
        """SCORE is the mean of the items' scores; PASSED says if it reaches the lesson's pass mark."""
        found = ET.Element("qti-outcome-processing")
        mean = ET.SubElement(found, "qti-set-outcome-value", {"identifier": "SCORE"})
        divide = ET.SubElement(mean, "qti-divide")
        total = ET.SubElement(divide, "qti-sum")
        ET.SubElement(total, "qti-test-variables", {"variable-identifier": "SCORE"})
        ET.SubElement(divide, "qti-base-value", {"base-type": "float"}).text = str(len(self._lesson.questions))
        passed = ET.SubElement(found, "qti-set-outcome-value", {"identifier": "PASSED"})
        reached = ET.SubElement(passed, "qti-gte")
        ET.SubElement(reached, "qti-variable", {"identifier": "SCORE"})
        ET.SubElement(reached, "qti-base-value", {"base-type": "float"}).text = f"{self._lesson.pass_mark - 1e-9:.9f}"
        return found


def _manifest(course: Course, resources: list[_Resource]) -> ET.Element:
    names = {
        "xmlns": _CP,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": _CP_SCHEMA,
        "identifier": name_token(f"package-{course.id}"),
    }
    top = ET.Element("manifest", names)
    metadata = ET.SubElement(top, "metadata")
    ET.SubElement(metadata, "schema").text = "QTI Package"
    ET.SubElement(metadata, "schemaversion").text = "3.0.0"
    ET.SubElement(top, "organizations")
    listed = ET.SubElement(top, "resources")
    for one in resources:
        found = ET.SubElement(
            listed, "resource", {"identifier": f"r-{one.identifier}", "type": one.kind, "href": one.href}
        )
        for name in (one.href, *one.images):
            ET.SubElement(found, "file", {"href": name})
        for needed in one.needs:
            ET.SubElement(found, "dependency", {"identifierref": f"r-{needed}"})
    return top


def _bytes(element: ET.Element) -> bytes:
    return ET.tostring(element, encoding="UTF-8", xml_declaration=True) + b"\n"
