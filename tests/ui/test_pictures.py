"""Pictures in a lesson's text: sharp, never wider than the text, without a gap below."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QTextDocument
from pytestqt.qtbot import QtBot

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.pictures import picture
from desktop_app.ui.widgets.prose import Prose

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 320"><rect width="640" height="320" fill="#0E6B52"/>{}</svg>'
WORDS = '<text x="20" y="100" font-family="{}" font-size="60" fill="#FFFFFF">Which font is this?</text>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.svg").write_text(SVG.format(""), encoding="utf-8")
    return tmp_path


def test_a_drawing_grows_with_the_text_and_the_screen_but_not_beyond_the_room(folder: Path, qapp: object) -> None:
    file = folder / "a.svg"
    assert picture(file, 1000).size().toTuple() == (640, 320)
    assert picture(file, 1000, scale=1.5).size().toTuple() == (960, 480)
    assert picture(file, 500, scale=2.0).size().toTuple() == (500, 250)
    sharp = picture(file, 500, ratio=2.0)
    assert (sharp.size().toTuple(), sharp.devicePixelRatio()) == ((1000, 500), 2.0)


def test_a_photo_is_shown_at_its_size_or_scaled_down(tmp_path: Path, qapp: object) -> None:
    image = QImage(800, 400, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(tmp_path / "p.png"))
    assert picture(tmp_path / "p.png", 1000, scale=2.0).width() == 800
    assert picture(tmp_path / "p.png", 400).size().toTuple() == (400, 200)


@pytest.mark.parametrize("text", ["", "no drawing", '<svg xmlns="http://www.w3.org/2000/svg"/>'])
def test_what_is_no_drawing_is_no_picture(text: str, tmp_path: Path, qapp: object) -> None:
    (tmp_path / "x.svg").write_text(text, encoding="utf-8")
    assert picture(tmp_path / "x.svg", 500).isNull()
    assert picture(tmp_path / "missing.svg", 500).isNull()


def test_a_list_of_fonts_is_drawn_in_its_first_one(tmp_path: Path, theme: Theme) -> None:
    drawn = []
    for number, family in enumerate(("Inter", "Inter, sans-serif")):
        (tmp_path / f"{number}.svg").write_text(SVG.format(WORDS.format(family)), encoding="utf-8")
        drawn.append(picture(tmp_path / f"{number}.svg", 640))
    assert drawn[0] == drawn[1]


def test_a_picture_follows_the_width_of_its_text_and_leaves_no_gap(folder: Path, theme: Theme, qtbot: QtBot) -> None:
    prose = Prose(theme, folder=folder)
    qtbot.addWidget(prose)
    prose.resize(700, 100)
    prose.show()
    prose.show_html('<p>Before.</p><p><img src="a.svg" alt="A field"></p><p>After.</p>', "Text")
    lines = prose.document().documentLayout()
    for width in (700, 400):
        prose.resize(width, prose.height())
        block = prose.document().findBlockByNumber(1)
        shown = prose.document().resource(
            QTextDocument.ResourceType.ImageResource.value, block.begin().fragment().charFormat().toImageFormat().name()
        )
        assert shown.width() <= width
        assert lines.blockBoundingRect(block).height() < shown.height() * 1.2
    assert shown.width() < 400
