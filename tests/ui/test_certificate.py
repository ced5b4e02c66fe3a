"""The certificate as a page: what stands on it, that it fits, and that the PDF carries the credential."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from certificates import NOW, SCHEMAS, a_credential, a_lesson
from pypdf import PdfReader

from desktop_app.records.credentials import certificate_of, check, credential_bytes, read_credential
from desktop_app.ui.printing.certificate import PAPERS, Paper, certificate_image, certificate_pdf
from desktop_app.ui.printing.pen import rosette
from desktop_app.ui.theme import LIGHT, Theme

pytestmark = pytest.mark.usefixtures("theme")
OBJECTIVES = ("You can write a prompt with task, context, format and material", "You can improve one that did not work")
MANY = tuple(a_lesson(n, title=f"Lesson about subject {n}", percent=n, objectives=OBJECTIVES) for n in range(1, 31))
LONG = "Maria Magdalena Konstantinopoulou-Schwarzenberger von und zu Hohenlohe-Waldenburg"


def pdf_of(document: dict[str, Any], **how: Any) -> PdfReader:
    return PdfReader(io.BytesIO(certificate_pdf(certificate_of(document), credential_bytes(document), **how)))


def words_of(reader: PdfReader, page: int = 0) -> str:
    return " ".join(reader.pages[page].extract_text().split())


def test_it_says_who_learned_what_when_and_how_to_check_it() -> None:
    document = a_credential(lessons=(a_lesson(1, objectives=OBJECTIVES), a_lesson(2, version="2.3")))
    reader = pdf_of(document)
    said = words_of(reader)
    certificate = certificate_of(document)
    assert "CERTIFICATE" in said.replace(" ", "")  # its letters are set wider
    for part in (
        "Mara Lindström", "has passed every lesson of the learning path", "Foundations", *OBJECTIVES,
        "Lesson 1", "91%", "2.3", "Passed 20 January 2026", "Issued on 22 January 2026", "Greenroom on this computer",
        "not who sat at the keyboard", certificate.short_id, certificate.key, "greenroom records verify FILE",
    ):  # fmt: skip
        assert part in said, part
    assert len(reader.pages) == 1
    assert reader.metadata is not None and reader.metadata.title == "Foundations: Mara Lindström"


@pytest.mark.parametrize("paper", list(PAPERS))
def test_the_credential_comes_out_of_the_pdf_as_it_was(paper: Paper, tmp_path: Path) -> None:
    document = a_credential()
    file = tmp_path / "certificate.pdf"
    file.write_bytes(certificate_pdf(certificate_of(document), credential_bytes(document), paper=paper))
    assert check(read_credential(file), SCHEMAS, NOW) == certificate_of(document)
    box = PdfReader(file).pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(PAPERS[paper], abs=1)


def test_its_fonts_are_inside() -> None:
    fonts = [font.get_object() for font in pdf_of(a_credential()).pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]
    names = {font["/BaseFont"] for font in fonts}
    assert names and all("Inter" in name for name in names)
    for font in fonts:
        assert "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"]


def test_a_german_profile_gets_german_labels() -> None:
    said = words_of(pdf_of(a_credential(), language="de"))
    for part in (
        "hat alle Lektionen des Lernpfads bestanden",
        "Ausgestellt am 22. Januar 2026",
        "auf diesem Computer",
    ):
        assert part in said, part


def test_a_lesson_is_called_one() -> None:
    said = words_of(pdf_of(a_credential(subject="lesson/one", title="One", lessons=(a_lesson(),))))
    assert "has passed the lesson One" in said


def test_what_has_no_room_on_the_first_page_stands_on_the_next_ones() -> None:
    reader = pdf_of(a_credential(lessons=MANY, learner=LONG, title="T" * 110))
    assert "more on page 2" in words_of(reader)
    following = " ".join(words_of(reader, page) for page in range(1, len(reader.pages)))
    for one in MANY:
        assert f"{one.title} Passed" in following or one.title in following
        assert f"{one.percent}%" in following
    assert following.count(OBJECTIVES[0]) == len(MANY)


@pytest.mark.parametrize("learner", ["Ø", LONG, "M" * 200, "李小龍 محمد Ωμέγα", "a b " * 50])
def test_any_name_is_whole_and_stays_on_the_page(learner: str) -> None:
    image = certificate_image(certificate_of(a_credential(learner=learner.strip())), 800)
    right_edge = [image.pixelColor(image.width() - 20, y).name().lower() for y in range(image.height())]
    assert set(right_edge) == {"#ffffff"}
    if learner.isascii():
        letters = words_of(pdf_of(a_credential(learner=learner.strip()))).replace(" ", "")
        assert learner.replace(" ", "") in letters


def test_the_picture_is_the_page() -> None:
    image = certificate_image(certificate_of(a_credential()), 1000, paper="Letter")
    assert image.width() / image.height() == pytest.approx(792 / 612, abs=0.01)
    assert image.pixelColor(10, 10).name().upper() == LIGHT.accent
    assert image.pixelColor(990, 10).name() == "#ffffff"


def test_every_certificate_has_its_own_ornament_and_always_the_same() -> None:
    from PySide6.QtCore import QPointF

    first, again, other = (rosette(seed, QPointF(100, 100), 80) for seed in ("a", "a", "b"))
    assert first == again != other
    assert all(20 <= point.x() <= 100.01 for line in first for point in line)


def test_the_theme_in_use_does_not_change_the_paper(theme: Theme) -> None:
    light = certificate_image(certificate_of(document := a_credential()), 400)
    theme.apply("dark", 200)
    assert certificate_image(certificate_of(document), 400) == light
