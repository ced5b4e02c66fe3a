"""The preview pane: after any change it shows what a fresh one would, and loads nothing from outside the lesson."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from benchmarks.lesson_open import lesson_text
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.preview import Preview
from desktop_app.ui.pages.studio.preview_pane import LessonPreview
from desktop_app.ui.pages.studio.state import PreviewState
from desktop_app.ui.theme import Theme

ADDED = (
    "",
    "A new paragraph",
    "## A new step",
    "- an item",
    "> a quote",
    "```",
    "[(X)] an option",
    "[[?]] a hint",
    "| a | b |",
)


def pane(qtbot: QtBot, theme: Theme) -> LessonPreview:
    made = LessonPreview(theme)
    made.resize(520, 700)
    qtbot.addWidget(made)
    made.show()
    return made


def state_of(text: str, preview: Preview, folder: Path = Path("x")) -> PreviewState:
    lesson, _ = parse_lesson(text, folder / "lesson.md")
    assert lesson is not None
    return PreviewState(preview.pieces(lesson), lesson, folder)


def test_after_any_edit_it_shows_what_a_fresh_one_shows(qtbot: QtBot, theme: Theme) -> None:
    kept, chance, lines = pane(qtbot, theme), random.Random(3), lesson_text().split("\n")[:250]
    preview = Preview()
    for _ in range(40):
        at = chance.randrange(12, len(lines))
        match chance.randrange(3):
            case 0:
                del lines[at : at + chance.randrange(1, 7)]
            case 1:
                lines.insert(at, chance.choice(ADDED))
            case _:
                lines[at - 1] += " more"
        state = state_of("\n".join(lines), preview)
        kept.show_state(state)
        fresh = pane(qtbot, theme)
        fresh.show_state(state)
        assert kept.toPlainText() == fresh.toPlainText()
        assert kept.document().size() == fresh.document().size(), "the air between pieces is the same, too"


def test_it_follows_the_text_and_says_where_it_is(qtbot: QtBot, theme: Theme) -> None:
    shown = pane(qtbot, theme)
    text = lesson_text()
    shown.show_state(state_of(text, Preview()))
    lines = text.split("\n")
    line = lines.index("## Step 9") + 1
    shown.follow(line)
    heard: list[float] = []
    shown.scrolled.connect(heard.append)
    assert heard == []
    shown.verticalScrollBar().setValue(shown.verticalScrollBar().value() + 3)
    assert abs(heard[-1] - line) < 2
    shown.reveal(line)
    assert len(heard) == 1, "moving it is not scrolling it"
    chosen: list[int] = []
    shown.line_chosen.connect(chosen.append)
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 12))
    assert abs(chosen[0] - line) <= 3


def test_the_place_stays_while_something_above_changes(qtbot: QtBot, theme: Theme) -> None:
    shown, preview, text = pane(qtbot, theme), Preview(), lesson_text()
    shown.show_state(state_of(text, preview))
    shown.follow(100)
    before = shown.verticalScrollBar().value()
    shown.show_state(state_of(text.replace("likely** next", "likely** very next", 1), preview))
    assert shown.verticalScrollBar().value() == before


@pytest.mark.parametrize(
    "address",
    ["../secret.png", "/etc/passwd", "file:///etc/passwd", "https://example.org/x.png", "data:image/png;base64,AA=="],
)
def test_only_images_of_the_lesson_are_loaded(qtbot: QtBot, theme: Theme, tmp_path: Path, address: str) -> None:
    folder = tmp_path / "lesson"
    folder.mkdir()
    for file in (folder / "dot.png", tmp_path / "secret.png"):
        QImage(4, 4, QImage.Format.Format_RGB32).save(str(file))
    shown = pane(qtbot, theme)
    shown.show_state(state_of(lesson_text(), Preview(), folder))
    assert shown.loadResource(2, QUrl(address)) is None
    loaded = shown.loadResource(2, QUrl("dot.png"))
    assert isinstance(loaded, QImage) and loaded.width() == 4


def test_other_colours_and_text_sizes_keep_the_place(qtbot: QtBot, theme: Theme) -> None:
    shown = pane(qtbot, theme)
    shown.show_state(state_of(lesson_text(), Preview()))
    qtbot.waitUntil(lambda: shown.verticalScrollBar().maximum() > 3000)
    shown.reveal(150)
    at = shown.verticalScrollBar().value()
    assert at > 0
    theme.apply("dark", 100)
    assert abs(shown.verticalScrollBar().value() - at) <= 20
    theme.apply("dark", 150)
    qtbot.waitUntil(lambda: shown.verticalScrollBar().value() > at)


def test_without_a_lesson_it_says_why(qtbot: QtBot, theme: Theme) -> None:
    shown = pane(qtbot, theme)
    shown.show_state(state_of(lesson_text(), Preview()))
    shown.show_state(PreviewState(words="Start with front matter."))
    assert shown.toPlainText() == "Start with front matter."


def test_a_long_lesson_is_drawn_in_turns_and_whole(qtbot: QtBot, theme: Theme) -> None:
    shown, preview = pane(qtbot, theme), Preview()
    body = "\n\n".join(f"## Step {n}\n\nWords of step {n}." for n in range(200))
    text = lesson_text()[:300].split("## Step")[0]
    state = state_of(f"{text}\n{body}\n", preview)
    shown.show_state(state)
    assert "Words of step 150." not in shown.toPlainText(), "the first turn draws what one sees"
    shown.show_state(state_of(f"{text}\n{body.replace('Words of step 3.', 'Other words.')}\n", preview))
    qtbot.waitUntil(lambda: "Words of step 199." in shown.toPlainText())
    fresh = pane(qtbot, theme)
    fresh.show_state(state_of(f"{text}\n{body.replace('Words of step 3.', 'Other words.')}\n", preview))
    qtbot.waitUntil(lambda: "Words of step 199." in fresh.toPlainText())
    assert shown.toPlainText() == fresh.toPlainText()
    assert shown.document().size() == fresh.document().size()
