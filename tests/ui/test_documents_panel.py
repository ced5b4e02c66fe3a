"""The panel of documents in the Ask tab: drops, pastes, keys, what each row says and offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.practice.documents.dropping import FileDrops, files_in
from desktop_app.ui.pages.practice.documents.model import DocumentsModel
from desktop_app.ui.pages.practice.documents.panel import DocumentsPanel
from desktop_app.ui.pages.practice.documents.row import DocumentRow, ReadingRow
from desktop_app.ui.theme import Theme

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def panel(qtbot: QtBot, services: Services, theme: Theme) -> DocumentsPanel:
    model = DocumentsModel(services, InlineJobs())
    made = DocumentsPanel(theme, model)
    made.model = model  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    model.reload()
    made.resize(380, 500)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    (tmp_path / "rules.md").write_text("# Rules\n\nWrite to ines.falk@norwind.example by Friday.\n", "utf-8")
    (tmp_path / "a & b.txt").write_text("A hotel may cost at most 140 euros a night.\n", "utf-8")
    return [tmp_path / "a & b.txt", tmp_path / "rules.md"]


def model_of(panel: DocumentsPanel) -> DocumentsModel:
    return panel.model  # type: ignore[attr-defined,no-any-return]


def mime(*paths: Path, text: str = "") -> QMimeData:
    data = QMimeData()
    if paths:
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    if text:
        data.setText(text)
    return data


def drop(widget: QWidget, data: QMimeData) -> bool:
    """Drag data onto a widget and let go; True if it was taken."""
    action, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), action, data, button, key)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(5, 5), action, data, button, key)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def said(widget: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def rows(panel: DocumentsPanel) -> list[DocumentRow]:
    QApplication.processEvents()
    return [panel._list.itemAt(at).widget() for at in range(panel._list.count())]  # type: ignore[misc]


def test_the_empty_panel_teaches_with_one_sentence_and_one_action(panel: DocumentsPanel) -> None:
    assert "answers are drawn from it" in said(panel)
    assert panel.example.isVisible() and panel.add.isVisible()
    panel.example.click()
    assert "handbook.pdf" in [row.item.row.name for row in rows(panel)]
    assert not panel.example.isVisible()


def test_files_dropped_anywhere_are_added(panel: DocumentsPanel, files: list[Path]) -> None:
    assert drop(panel, mime(*files))
    assert [row.item.row.path for row in rows(panel)] == files
    assert all(row.box.isChecked() for row in rows(panel))
    assert not drop(panel, mime(text="just words"))


def test_a_text_field_takes_files_as_documents_and_words_as_words(
    qtbot: QtBot, theme: Theme, files: list[Path]
) -> None:
    taken: list[Path] = []
    page, field = QWidget(), QPlainTextEdit()
    qtbot.addWidget(page)
    QVBoxLayout(page).addWidget(field)
    drops = FileDrops(page, taken.extend)
    drops.watch(field)
    page.show()
    qtbot.waitExposed(page)
    assert drop(field.viewport(), mime(*files))
    QGuiApplication.clipboard().setMimeData(mime(files[0]))
    QTest.keyClick(field, Qt.Key.Key_V, CONTROL)
    assert taken == [*files, files[0]]
    assert field.toPlainText() == ""
    QGuiApplication.clipboard().setText(str(files[0]))
    QTest.keyClick(field, Qt.Key.Key_V, CONTROL)
    assert field.toPlainText() == str(files[0]), "a name that is typed about is text"


def test_names_of_files_are_pasted_into_the_panel(panel: DocumentsPanel, files: list[Path]) -> None:
    QGuiApplication.clipboard().setText("\n".join(map(str, files)))
    panel.add.setFocus()
    QTest.keyClick(panel.add, Qt.Key.Key_V, CONTROL)
    assert [row.item.row.path for row in rows(panel)] == files


def test_only_lines_that_all_name_files_are_files(tmp_path: Path, files: list[Path]) -> None:
    assert files_in(mime(text=f'"{files[0]}"\n{files[1]}\n'), texts=True) == tuple(files)
    for text in (
        f"see {files[0]}",
        f"{files[0]}\n/no/such/file",
        "/" + "x" * 9000,
        "~nobody-known/x",
        str(tmp_path),
        "/a\0b",
        "",
    ):
        assert files_in(mime(text=text), texts=True) == ()
    assert files_in(mime(text=str(files[0]))) == ()


def test_a_row_says_what_it_is_and_what_it_holds(panel: DocumentsPanel, files: list[Path]) -> None:
    model_of(panel).add(files)
    words = said(panel)
    assert "Markdown · 1 passage" in words and "Text · 1 passage" in words
    assert "One e-mail address" in words
    assert "what you copy from an answer does" in words
    assert "index.db" in words and "Removing a document removes it" in words
    assert rows(panel)[0].box.accessibleName() == "Use a & b.txt for this conversation"


def test_rows_are_worked_by_keyboard(panel: DocumentsPanel, files: list[Path], qtbot: QtBot) -> None:
    model_of(panel).add(files)
    first = rows(panel)[0]
    first.box.setFocus()
    QTest.keyClick(first.box, Qt.Key.Key_Space)
    assert first.item.row.id not in model_of(panel).chosen
    with qtbot.waitSignal(panel.open_wanted) as opened:
        QTest.keyClick(first.box, Qt.Key.Key_Return)
    assert opened.args == [first.item.row.id]
    QTest.keyClick(first.box, Qt.Key.Key_Delete)
    assert "a &amp; b.txt was removed." in said(panel), "a name is text, not markup"
    undo = QApplication.focusWidget()
    assert undo is panel._removed.button
    QTest.keyClick(undo, Qt.Key.Key_Space)
    assert [row.item.row.name for row in rows(panel)] == ["a & b.txt", "rules.md"]


def test_the_menu_tags_copies_the_place_and_removes(panel: DocumentsPanel, files: list[Path]) -> None:
    model_of(panel).add(files)
    menu = rows(panel)[1].menu()
    by_name = {action.text(): action for action in menu.actions()}
    classes = {action.text(): action for action in by_name["Data class"].menu().actions()}  # type: ignore[union-attr]
    assert list(classes) == ["Not tagged", "Public", "Internal", "Confidential", "Restricted"]
    classes["Restricted"].trigger()
    assert "Markdown · 1 passage · Restricted" in said(panel)
    by_name["Copy where the file is"].trigger()
    assert QGuiApplication.clipboard().text() == str(files[1])
    by_name["Remove"].trigger()
    assert [row.item.row.name for row in rows(panel)] == ["a & b.txt"]


def test_a_file_that_failed_says_why_and_can_be_tried_again_or_taken_off(panel: DocumentsPanel, tmp_path: Path) -> None:
    file = tmp_path / "late.md"
    model_of(panel).add([file])
    [row] = panel.findChildren(ReadingRow)
    assert "late.md" in row._problem.text()
    file.write_text("Here now.\n", "utf-8")
    row._again.click()
    assert [one.item.row.name for one in rows(panel)] == ["late.md"]
    model_of(panel).add([tmp_path / "gone.md"])
    [row] = panel._readings.values()
    row._cancel.click()
    assert model_of(panel).state.reading == ()


def test_a_long_name_is_shortened_but_told_whole(panel: DocumentsPanel, tmp_path: Path) -> None:
    file = tmp_path / f"{'a very long name ' * 8}.md"
    file.write_text("Words.\n", "utf-8")
    model_of(panel).add([file])
    [row] = rows(panel)
    assert "…" in row.box.text()
    assert file.name in row.box.accessibleName() and file.name in row.box.toolTip()
    assert row.width() <= panel.width()
