"""Pictures in a lesson's text: sharp, never wider than the text, without a gap below."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_app.ui.pages.learn.questions.rich import inline_html
from desktop_app.ui.pages.studio.picture_view import PictureView
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.pictures import drawing, picture
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


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ("", '<image xlink:href="{red}" width="640" height="320"/>'),
        ('<?xml-stylesheet type="text/css" href="{css}" ?>', '<rect width="640" height="320"/>'),
    ],
)
def test_a_drawing_loads_nothing_wherever_it_is_shown(
    before: str, inside: str, tmp_path: Path, theme: Theme, qtbot: QtBot
) -> None:
    red = QImage(8, 8, QImage.Format.Format_RGB32)
    red.fill(0xFF0000)
    assert red.save(str(tmp_path / "red.png"))
    (tmp_path / "red.css").write_text("rect{fill:#ff0000}", encoding="utf-8")
    made = (before + SVG.format(inside)).replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ')
    text = made.replace("{red}", str(tmp_path / "red.png")).replace("{css}", str(tmp_path / "red.css"))
    for name in ("a.svg", "a.png"):  # Qt reads a drawing under any name
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert picture(tmp_path / name, 640).isNull()
        assert inline_html(f"![What it shows]({name})", tmp_path) == "[What it shows]"
    view = PictureView(theme)
    qtbot.addWidget(view)
    view.show_picture(tmp_path / "a.svg", fits=True)
    assert any("cannot be shown" in one.text() for one in view.findChildren(QLabel))


def test_what_a_drawing_may_cost_is_bounded(tmp_path: Path, qapp: object) -> None:
    begun = time.perf_counter()
    huge = SVG.replace("640 320", "30000 20000").format("")
    assert drawing(huge.encode(), 4.0)[0].size().toTuple() == (4000, 2667)
    assert drawing(SVG.replace("640 320", "1 100000").format("").encode(), 1.0)[0].size().toTuple() == (1, 4000)
    spaces = SVG.format(f'<text font-family="{" " * 5000}"/>')
    assert not drawing(spaces.encode(), 1.0)[0].isNull()
    used = "".join(f'<g id="a{at}">{f"""<use href="#a{at - 1}"/>""" * 9}</g>' for at in range(1, 9))
    assert drawing(SVG.format(f'<g id="a0"/>{used}').encode(), 1.0)[0].isNull()
    masks = "".join(
        f'<mask id="m{at}"><g mask="url(#m{at - 1})"><rect width="640" height="320" mask="url(#m{at - 1})"/></g></mask>'
        for at in range(1, 30)
    )
    drawing(SVG.format(f'{masks}<rect width="640" height="320" mask="url(#m29)"/>').encode(), 1.0)
    assert time.perf_counter() - begun < 2.0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of this kind are not on Windows")
def test_a_pipe_is_no_picture(tmp_path: Path, qapp: object) -> None:
    os.mkfifo(tmp_path / "a.png")
    assert picture(tmp_path / "a.png", 500).isNull()
