"""A prompt's form: a field for every type of input, what it says and what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop_app.prompts.prompt import Input
from desktop_app.ui.jobs import InlineJobs, JobRunner
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.calendar import CalendarPopup
from desktop_app.ui.widgets.input_fields import ChoiceField, ClipboardField, DateField, FileField, TextField
from desktop_app.ui.widgets.prompt_form import FREE, PromptForm

INPUTS = (
    Input("customer", "Customer", example="Norwind Ropes", max_length=20),
    Input("question", "Question", "long_text", help="One at a time."),
    Input("tone", "Tone", "choice", default="friendly", choices=("friendly", "formal", "short")),
    Input("discount", "Discount", "number", required=False, minimum=0, maximum=30),
    Input("due", "Due date", "date", required=False),
    Input("invoice", "Invoice", "file"),
    Input("thread", "E-mails", "clipboard", required=False),
    Input("account", "Account", sensitive=True, required=False),
)


@pytest.fixture
def form(theme: Theme, qtbot: QtBot) -> PromptForm:
    made = PromptForm(theme, InlineJobs())
    qtbot.addWidget(made)
    made.show_inputs(INPUTS, {"tone": "friendly"})
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def field(form: PromptForm, name: str) -> Any:
    return form._fields[name]


def problem(form: PromptForm, name: str) -> str:
    return form._problems[name].text


def words(form: PromptForm) -> list[str]:
    return [label.text() for label in form.findChildren(QLabel) if label.isVisible() and label.text()]


def test_each_type_has_its_field(form: PromptForm) -> None:
    kinds = [type(field(form, item.name)) for item in INPUTS]
    assert kinds == [TextField, TextField, ChoiceField, TextField, DateField, FileField, ClipboardField, TextField]


def test_need_help_limits_and_examples_are_said_in_words(form: PromptForm) -> None:
    said = words(form)
    assert said.count("required") == 4 and said.count("optional") == 4
    assert "One at a time." in said
    assert "From 0 to 30." in said
    assert "Not remembered." in said
    assert field(form, "customer").edit.placeholderText() == "For example: Norwind Ropes"
    assert field(form, "account").target.accessibleDescription() == "Optional. Not remembered."


def test_the_one_field_of_a_free_prompt_says_nothing_of_it(form: PromptForm) -> None:
    form.show_inputs((FREE,), {})
    QApplication.processEvents()
    assert "required" not in words(form) and "optional" not in words(form)


def test_a_prompt_without_inputs_says_that_it_is_ready(form: PromptForm) -> None:
    form.show_inputs((), {})
    QApplication.processEvents()
    assert not form.has_fields
    assert any("ready as it is" in text for text in words(form))


def test_values_are_told_by_name(form: PromptForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.value_changed) as told:
        qtbot.keyClicks(field(form, "customer").edit, "N")
    assert told.args == ["customer", "N"]
    with qtbot.waitSignal(form.value_changed) as told:
        field(form, "tone").combo.setCurrentText("formal")
    assert told.args == ["tone", "formal"]


def test_what_does_not_fit_is_said_when_its_field_is_left_and_goes_once_it_fits(form: PromptForm, qtbot: QtBot) -> None:
    discount = field(form, "discount")
    discount.edit.setFocus()
    qtbot.keyClicks(discount.edit, "45")
    assert problem(form, "discount") == ""
    qtbot.keyClick(discount.edit, Qt.Key.Key_Tab)
    assert problem(form, "discount") == "Discount: at most 30."
    discount.edit.setFocus()
    qtbot.keyClick(discount.edit, Qt.Key.Key_Backspace)
    assert problem(form, "discount") == ""


def test_an_empty_field_may_be_left(form: PromptForm, qtbot: QtBot) -> None:
    edit = field(form, "customer").edit
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert problem(form, "customer") == ""


def test_the_first_faulty_field_in_the_forms_order_gets_the_keyboard_once(form: PromptForm) -> None:
    problems = {"invoice": "Invoice is needed.", "question": "Question is needed."}
    form.show_problems(problems)
    assert QApplication.focusWidget() is field(form, "question").edit
    assert problem(form, "invoice") == "Invoice is needed."
    field(form, "customer").edit.setFocus()
    form.show_problems(problems)  # drawn again for another reason
    assert QApplication.focusWidget() is field(form, "customer").edit


def test_tab_goes_through_the_form_as_it_is_read(form: PromptForm, qtbot: QtBot) -> None:
    form.focus_first()
    reached = []
    for _ in range(14):
        focused = QApplication.focusWidget()
        name = next((name for name, one in form._fields.items() if one.isAncestorOf(focused)), "")
        if name and (not reached or reached[-1] != name):
            reached.append(name)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert reached[: len(INPUTS)] == [item.name for item in INPUTS]


def test_a_count_shows_near_the_limit_only(form: PromptForm, qtbot: QtBot) -> None:
    customer = field(form, "customer")
    customer.set_value("a" * 15)
    assert not customer._count.isVisible()
    customer.set_value("a" * 16)
    assert customer._count.isVisible() and customer._count.text() == "16 of 20 characters"
    customer.set_value("a" * 23)
    assert customer._count.text() == "23 of 20 characters: 3 too many"


@pytest.mark.parametrize("name", ["customer", "question", "discount", "due", "invoice", "thread"])
def test_every_text_can_be_undone(form: PromptForm, name: str) -> None:
    one = field(form, name)
    one.set_value("first")
    one.set_value("second")
    one.edit.undo()
    assert one.value == "first"


def test_a_choice_can_be_undone(form: PromptForm, qtbot: QtBot) -> None:
    tone = field(form, "tone")
    tone.set_value("formal")
    tone.set_value("short")
    for expected in ("formal", "friendly"):
        qtbot.keyClick(tone.combo, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert tone.value == expected


# -- dates ---------------------------------------------------------------------------------------------------------------


def test_a_day_is_picked_in_the_calendar_by_keyboard(form: PromptForm, qtbot: QtBot) -> None:
    due = field(form, "due")
    due.set_value("2026-11-22")
    qtbot.keyClick(due.edit, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    [popup] = due.findChildren(CalendarPopup)
    table = popup.calendar.focusProxy() or popup.calendar
    qtbot.keyClick(table, Qt.Key.Key_Right)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert due.value == "2026-11-23"
    qtbot.waitUntil(lambda: not due.findChildren(CalendarPopup))


def test_the_calendar_opens_at_today_when_no_day_is_typed(form: PromptForm) -> None:
    popup = field(form, "due").open_calendar()
    assert popup.calendar.selectedDate() == QDate.currentDate()
    popup.close()


def test_today_is_one_press(form: PromptForm) -> None:
    due = field(form, "due")
    next(button for button in due.findChildren(type(field(form, "thread").paste)) if button.text() == "Today").click()
    assert due.value == date.today().isoformat()


# -- the clipboard -------------------------------------------------------------------------------------------------------


def test_the_clipboard_is_read_when_asked_and_the_guard_reads_it(form: PromptForm) -> None:
    thread = field(form, "thread")
    QGuiApplication.clipboard().setText("Write to ines.falk@norwind.example")
    assert thread.value == ""
    thread.paste.click()
    assert thread.value == "Write to ines.falk@norwind.example"
    assert "e-mail address" in thread.guarded.banner.text


def test_an_empty_clipboard_is_said_and_changes_nothing(form: PromptForm) -> None:
    thread = field(form, "thread")
    thread.set_value("typed")
    QGuiApplication.clipboard().clear()
    thread.paste.click()
    assert thread.value == "typed"
    assert thread._said.text() == "There is no text on the clipboard."


# -- files ---------------------------------------------------------------------------------------------------------------


def test_a_chosen_files_text_is_put_in_after_the_guard_read_it(form: PromptForm, tmp_path: Path) -> None:
    file = tmp_path / "invoice.txt"
    file.write_text("3 ropes for ines.falk@norwind.example")
    invoice = field(form, "invoice")
    seen = []
    invoice.changed.connect(lambda text: seen.append((text, len(invoice.guarded.findings))))
    invoice.choose_file = lambda: str(file)
    invoice.choose.click()
    assert invoice.value == "3 ropes for ines.falk@norwind.example"
    assert len(invoice.guarded.findings) == 1
    assert invoice.said.text() == "invoice.txt, 37 characters"
    invoice.edit.undo()
    assert invoice.value == ""


def drop(target: FileField, url: str) -> bool:
    data = QMimeData()
    data.setUrls([QUrl(url)])
    held = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    view = target.edit.viewport()
    QApplication.sendEvent(view, QDragEnterEvent(QPoint(5, 5), *held))
    event = QDropEvent(QPointF(5, 5), *held)
    QApplication.sendEvent(view, event)
    return event.isAccepted()


def test_a_file_is_dropped(form: PromptForm, tmp_path: Path) -> None:
    file = tmp_path / "notes of monday.md"
    file.write_text("# Monday")
    assert drop(field(form, "invoice"), file.as_uri())
    assert field(form, "invoice").value == "# Monday"


def test_what_cannot_be_read_is_said_and_the_field_keeps_its_text(form: PromptForm, tmp_path: Path) -> None:
    invoice = field(form, "invoice")
    invoice.set_value("typed")
    file = tmp_path / "scan.docx"
    file.write_bytes(b"PK")
    drop(invoice, file.as_uri())
    assert invoice.value == "typed"
    assert invoice.said.text().startswith("scan.docx is no file whose text can be taken.")
    assert invoice.choose.isEnabled()


@pytest.fixture
def busy(theme: Theme, qtbot: QtBot) -> Iterator[FileField]:
    """A file field whose jobs run on a pool, as in the app."""
    jobs = JobRunner()
    made = FileField(theme, INPUTS[5], jobs)
    qtbot.addWidget(made)
    made.show()
    yield made
    assert jobs.stop()


def test_reading_can_be_cancelled(busy: FileField, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "a.txt"
    file.write_text("text")
    busy.take(str(file))
    assert not busy.choose.isEnabled()
    busy.cancel()
    assert busy.choose.isEnabled()
    qtbot.wait(50)
    assert busy.value == ""
    assert "nothing was put in" in busy.said.text()


def test_a_file_is_read_in_the_background(busy: FileField, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "a.txt"
    file.write_text("text")
    with qtbot.waitSignal(busy.changed):
        busy.take(str(file))
    assert busy.value == "text"
