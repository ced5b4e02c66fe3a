"""Studio in the window, by keyboard and mouse: writing, finding faults, trying, drag and drop, and coming back to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.pages.studio.page import StudioPage
from desktop_app.ui.palette import Palette
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme
from tests.lessons.builders import lesson_text, write_lesson

CONTROL = Qt.KeyboardModifier.ControlModifier
BODY = """## First step

Some text to read.

<!-- id: one -->
Which one?

    [(X)] this
    [( )] that

## Second step

More text.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_lesson(tmp_path / "content" / "lessons", lesson_text(), "other").write_text(lesson_text(id="other"))
    return write_lesson(tmp_path / "content" / "lessons", lesson_text(BODY))


@pytest.fixture
def open_page(services: Services, theme: Theme, qtbot: QtBot) -> Generator[Callable[[], StudioPage], None, None]:
    """Opens Studio as the window does; the model's process is not needed here."""
    opened: list[tuple[StudioPage, JobRunner]] = []
    services.unlock_vault()

    def show() -> StudioPage:
        jobs = JobRunner()
        page = StudioPage(theme, services, SandboxModel(services, jobs), jobs)
        opened.append((page, jobs))
        page.resize(1100, 700)
        page.restore()
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    yield show
    for page, jobs in opened:
        page.close_page()
        page.close()
        assert jobs.stop(wait_ms=20_000)
        page.deleteLater()


@pytest.fixture
def page(open_page: Callable[[], StudioPage], file: Path, qtbot: QtBot) -> StudioPage:
    made = open_page()
    made.open(file)
    qtbot.waitUntil(lambda: not made.folder.state.busy)
    return made


def button(parent: QWidget, text: str) -> QPushButton:
    return next(one for one in parent.findChildren(QPushButton) if one.text() == text and one.isVisibleTo(parent))


def shown_in_preview(page: StudioPage) -> str:
    return page.bench.preview.toPlainText()


def test_what_is_typed_is_seen_and_a_fault_is_named_and_reached(page: StudioPage, qtbot: QtBot) -> None:
    editor = page.bench.editor
    editor.find("(X)")
    qtbot.keyClicks(editor, "( )")
    qtbot.waitUntil(lambda: "✓ right" not in shown_in_preview(page))
    qtbot.waitUntil(lambda: "1 error" in page.bench.problems._words.text())
    editor.go_to(1)
    qtbot.keyClick(editor, Qt.Key.Key_F8)
    assert "[( )] this" in editor.textCursor().selectedText()
    entry = page.folder.entry(page.file.state.path or Path())
    assert entry is not None and entry.errors == 1
    qtbot.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.bench.problems._words.text().startswith(("No problems", "1 warning", "2 warnings")))
    assert "✓ right" in shown_in_preview(page)


def test_saving_by_key_keeps_the_undo(page: StudioPage, qtbot: QtBot, file: Path) -> None:
    editor = page.bench.editor
    before = file.read_text()
    qtbot.keyClicks(editor, "x")
    assert page.bench.status.text() == "● Not saved"
    qtbot.keyClick(editor, Qt.Key.Key_S, CONTROL)
    assert file.read_text() == "x" + before and page.bench.status.text().startswith("Saved at")
    qtbot.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert editor.text == before and page.file.state.changed


def test_a_new_lesson_is_asked_for_in_place(page: StudioPage, qtbot: QtBot, file: Path) -> None:
    qtbot.keyClick(page.bench.editor, Qt.Key.Key_N, CONTROL)
    form = page.bench.form
    assert form.isVisible()
    qtbot.keyClicks(form.title, "Other")
    assert form.id.text() == "other-2", "the id is free"
    form.id.selectAll()
    qtbot.keyClicks(form.id, "other")
    assert "exists already" in form._problem.text()
    form.id.selectAll()
    qtbot.keyClicks(form.id, "brand-new")
    qtbot.keyClick(form.id, Qt.Key.Key_Return)
    assert page.file.state.path == file.parents[1] / "brand-new" / "lesson.md"
    assert not form.isVisible() and "Other" in page.bench.editor.text
    qtbot.waitUntil(lambda: page.bench.problems._words.text() == "No problems")


def test_a_question_is_inserted_between_blocks_with_its_words_selected(page: StudioPage, qtbot: QtBot) -> None:
    page.bench.editor.go_to(page.bench.editor.text.split("\n").index("Which one?") + 1)
    page.insert("quiz-text")
    text = page.bench.editor.text
    assert text.index("<!-- id: typed-answer -->") > text.index("[( )] that")
    assert text.index("[[token]]") < text.index("## Second step")
    assert page.bench.editor.textCursor().selectedText().startswith("What are the small pieces")
    qtbot.waitUntil(lambda: "Accepted: token" in shown_in_preview(page))
    assert [found for found in page.file.problems if found.severity == "error"] == []


def test_finding_and_replacing(page: StudioPage, qtbot: QtBot) -> None:
    editor, bar = page.bench.editor, page.bench.find
    qtbot.keyClick(editor, Qt.Key.Key_H, CONTROL)
    qtbot.keyClicks(bar.field, "text")
    assert bar._count.text() == "1 of 2"
    qtbot.keyClick(bar.field, Qt.Key.Key_F3)
    assert bar._count.text() == "2 of 2"
    qtbot.keyClicks(bar.replacement, "prose")
    button(bar, "Replace all").click()
    assert "Some prose to read." in editor.text and "More prose." in editor.text
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible() and editor.hasFocus()
    editor.undo()
    assert "Some text to read." in editor.text and "More text." in editor.text


def test_going_to_a_line(page: StudioPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.bench.editor, Qt.Key.Key_G, CONTROL)
    qtbot.keyClicks(page.bench.find.line, "5")
    qtbot.keyClick(page.bench.find.line, Qt.Key.Key_Return)
    assert page.bench.editor.line == 5


def test_ctrl_k_makes_a_link_of_a_selection_and_is_the_windows_without_one(page: StudioPage, qtbot: QtBot) -> None:
    editor = page.bench.editor
    before = editor.text
    qtbot.keyClick(editor, Qt.Key.Key_K, CONTROL)
    assert editor.text == before
    editor.find("read")
    qtbot.keyClick(editor, Qt.Key.Key_K, CONTROL)
    assert "to [read](https://)." in editor.text


def test_a_trial_starts_at_the_step_and_stores_nothing(page: StudioPage, qtbot: QtBot, services: Services) -> None:
    page.bench.editor.find("Second step")
    qtbot.keyClicks(page.bench.editor, "Second step, unsaved")
    qtbot.keyClick(page.bench.editor, Qt.Key.Key_F5)
    trial = page.trial
    assert trial is not None and page.currentWidget() is trial
    assert trial.model.reader.step is not None and trial.model.reader.step.title == "Second step, unsaved"
    folder = trial.services.folder
    trial.model.next()
    assert trial.model.reader.finished
    assert services.learner.progress("sample") is None and services.learner.answer_count() == 0
    trial.reader.closed.emit()
    assert page.currentWidget() is page.bench and not folder.exists()
    assert page.bench.editor.hasFocus()


def test_a_lesson_with_errors_is_not_tried_but_led_to(page: StudioPage, qtbot: QtBot) -> None:
    page.bench.editor.find("(X)")
    qtbot.keyClicks(page.bench.editor, "( )")
    qtbot.keyClick(page.bench.editor, Qt.Key.Key_F5)
    assert page.trial is None and "1 error" in page.bench.doing.text
    qtbot.waitUntil(lambda: bool(page.file.problems))
    button(page.bench.doing, "Show the first").click()
    assert "[( )] this" in page.bench.editor.textCursor().selectedText()


def test_a_dropped_image_is_copied_and_its_description_asked_for(page: StudioPage, file: Path, tmp_path: Path) -> None:
    image = tmp_path / "My Chart.png"
    QImage(4, 4, QImage.Format.Format_RGB32).save(str(image))
    source = QMimeData()
    source.setUrls([QUrl.fromLocalFile(str(image))])
    page.bench.editor.go_to(page.bench.editor.text.split("\n").index("More text.") + 1)
    page.bench.editor.insertFromMimeData(source)
    assert "![what the image shows](my-chart.png)More text." in page.bench.editor.text
    assert page.bench.editor.textCursor().selectedText() == "what the image shows"
    assert (file.parent / "my-chart.png").read_bytes() == image.read_bytes()


def test_a_dropped_folder_is_opened(page: StudioPage, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "empty").mkdir()
    source = QMimeData()
    source.setUrls([QUrl.fromLocalFile(str(tmp_path / "empty"))])
    page.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, source, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    assert page.folder.state.root == tmp_path / "empty"
    qtbot.waitUntil(lambda: page.bench.start._title.text() == "No lessons yet")
    assert page.file.state.path is None


def test_coming_back_finds_file_place_and_unsaved_text(
    page: StudioPage, open_page: Callable[[], StudioPage], qtbot: QtBot, file: Path
) -> None:
    page.bench.editor.find("More")
    qtbot.keyClicks(page.bench.editor, "Much more")
    line = page.bench.editor.line
    page.close_page()
    again = open_page()
    assert again.file.state.path == file
    assert "Much more text." in again.bench.editor.text, "kept in memory, as there is no keyring"
    assert again.bench.editor.line == line
    assert "Unsaved changes" in again.bench.notice.text
    button(again.bench.notice, "Discard").click()
    assert again.bench.editor.text == file.read_text()
    again.bench.editor.undo()
    assert "Much more text." in again.bench.editor.text


def test_text_and_preview_move_together(page: StudioPage, qtbot: QtBot) -> None:
    long = lesson_text("\n\n".join(f"## Step {n}\n\n{'Words of this step. ' * 40}" for n in range(40)))
    page.bench.editor.replace_text(long)
    qtbot.waitUntil(lambda: "Step 39" in shown_in_preview(page))
    editor, preview = page.bench.editor, page.bench.preview
    editor.scroll_to(long.split("\n").index("## Step 20") + 1)
    at = preview.cursorForPosition(QPoint(40, 30))
    assert "Step 20" in at.block().text() or "STEP 21" in at.block().text()
    preview.verticalScrollBar().setValue(0)
    assert editor.top < 14


def test_the_palette_offers_studios_actions(window: object, file: Path, qtbot: QtBot) -> None:
    from desktop_app.ui.main_window import MainWindow

    assert isinstance(window, MainWindow)
    window.go("studio")
    window.studio.open(file)
    window.show_palette()
    [palette] = window.findChildren(Palette)
    qtbot.keyClicks(palette.field, "insert matrix")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert "which-goes-where" in window.studio.bench.editor.text
    window.studio.file.act("no")


@pytest.mark.parametrize("size", [(692, 560), (1100, 700), (1600, 900)])
def test_panes_adapt_and_nothing_is_wider_than_the_page(page: StudioPage, qtbot: QtBot, size: tuple[int, int]) -> None:
    page.resize(*size)
    QApplication.processEvents()
    assert page.minimumSizeHint().width() <= 692
    assert page.bench.editor.width() >= 250
    narrow = size[0] < 900
    assert (page.bench.files.isVisible(), page.bench.side.isVisible()) == ((False, True) if narrow else (True, True))
    if narrow:
        qtbot.keyClick(page.bench.editor, Qt.Key.Key_E, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        assert (page.bench.files.isVisible(), page.bench.side.isVisible()) == (True, False)


def test_esc_leaves_the_text_so_that_tab_goes_on(page: StudioPage, qtbot: QtBot) -> None:
    page.bench.editor.setFocus()
    qtbot.keyClicks(page.bench.editor, "x")
    qtbot.keyClick(page.bench.editor, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is page.bench.save_button
    for _ in range(4):
        qtbot.keyClick(page, Qt.Key.Key_F6)
    assert page.bench.editor.hasFocus() or page.bench.tree.hasFocus() or page.bench.preview.hasFocus()


def test_the_file_is_looked_at_when_somebody_comes_back(page: StudioPage, qtbot: QtBot, file: Path) -> None:
    page.file._unwatch()
    file.write_text(file.read_text() + "\ntheirs\n")
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    app.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert page.bench.editor.text.endswith("theirs\n")


def test_nothing_of_studio_is_loaded_before_it_is_opened(tmp_path: Path) -> None:
    code = f"""
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.places import ON_DEMAND, PAGES
services = Services(Locations.find(Path({str(tmp_path / "p")!r})))
app, theme = make_application(services)
jobs = JobRunner()
window = MainWindow(services, theme, jobs)
window.start()
while not all(name in window.__dict__ for name in set(PAGES) - ON_DEMAND):
    app.processEvents()
print([name for name in sys.modules if "studio" in name or name.startswith("desktop_app.lessons.preview")])
window.close()
jobs.stop()
services.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout == "[]\n", done.stdout + done.stderr


def test_export_writes_a_file_and_says_what_could_not_be_carried(
    page: StudioPage, qtbot: QtBot, tmp_path: Path
) -> None:
    target = tmp_path / "out.html"
    page.choose_target = lambda name: str(target)
    page.export("html", ".html")
    qtbot.waitUntil(lambda: "Written to" in page.bench.doing.text, timeout=20_000)
    assert "Some text to read." in target.read_text("utf-8")


def test_services_of_a_trial_share_the_model_and_nothing_typed(services: Services) -> None:
    from desktop_app.lessons.parse import parse_lesson
    from desktop_app.ui.pages.studio.trial import TrialServices

    lesson, _ = parse_lesson(lesson_text(BODY), Path("sample/lesson.md"))
    assert lesson is not None
    trial = TrialServices(services, lesson, None)
    assert trial.model is services.model and trial.prompts is services.prompts
    assert trial.learner is not services.learner
    trial.learner.save_draft("practice/free", "Zaunkönig")
    assert not [f for f in trial.folder.rglob("*") if f.is_file() and "Zaunkönig".encode() in f.read_bytes()]
    trial.close()
    assert not trial.folder.exists() and isinstance(trial.locations, Locations)
