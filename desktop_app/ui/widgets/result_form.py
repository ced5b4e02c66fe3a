"""The form view of an answer that was held to a JSON Schema: labels and values, groups, lists and tables."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.practice.structured import MISSING, Field, Structured, as_json, as_table, form_of, read_result
from desktop_app.sandbox.grammar.schema import read_schema
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, label, row
from desktop_app.ui.widgets.prose import Prose

_EMPTY = "<i>empty</i>"
_ONE_LINE_CHARS = 60


class ResultForm(QWidget):
    """One result, as one text that can be read by line, selected and found in.

    Signals: copy_wanted(str), the text to copy; whoever shows the form lets the guard look at it first.
    """

    copy_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._result = Structured(MISSING, "")
        self._form = Field("value", "")
        self.banner = Banner(theme)
        self.copy_json = Button(
            theme, "Copy as JSON", "copy", tip="Copy the values with their names, for another program"
        )
        self.copy_table = Button(
            theme, "Copy as table", "table", tip="Copy with tabs between the cells, for a spreadsheet"
        )
        self.text = Prose(theme, role="body")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.banner)
        box.addWidget(self.text)
        self._empty = label("Nothing of the answer can be shown as a form.", "muted", wrap=True)
        box.addWidget(self._empty)
        box.addLayout(row(self.copy_json, self.copy_table, 1))
        self.copy_json.clicked.connect(lambda: self.copy_wanted.emit(as_json(self._result.value)))
        self.copy_table.clicked.connect(lambda: self.copy_wanted.emit(as_table(self._form)))

    @property
    def is_whole(self) -> bool:
        """Whether all of the answer is shown, so that its text need not be."""
        return self._result.whole and not self._form.missing

    def show_answer(self, text: str, schema: str, stop_reason: str) -> None:
        """Show an answer's text as what it says; schema is JSON."""
        self.show_result(read_result(text, schema, stop_reason), schema)

    def show_result(self, result: Structured, schema: str) -> None:
        """Show a result with the labels of its schema, which is JSON; a problem stands above what is there."""
        self._result = result
        self._form = form_of(result.value, read_schema(schema))
        something = not self._form.missing
        self.banner.say(result.problem, "caution")
        self.text.setVisible(something)
        self._empty.setVisible(not something)
        self.copy_json.setEnabled(something)
        self.copy_table.setEnabled(something)
        self.text.show_html(_html(self._form), "Answer as a form")


def _html(form: Field) -> str:
    """A group's fields as rows of a label and a value; whatever else it is, as it would stand in such a row."""
    if form.kind == "group":
        return f'<table width="100%">{_rows(form, 0)}</table>' if form.fields else _EMPTY
    return _value(form)


def _rows(group: Field, level: int) -> str:
    """Groups within are indented, tables stand below their label: narrow windows leave them all the width."""
    return "".join(_line(field, level) for field in group.fields)


def _line(field: Field, level: int) -> str:
    name = "&nbsp;" * 4 * level + escape(field.label)
    if field.kind == "group" and field.fields:
        return f'<tr><th colspan="2">{name}</th></tr>{_rows(field, level + 1)}'
    if field.kind == "table":
        return f'<tr><th colspan="2">{name}</th></tr><tr><td colspan="2">{_value(field)}</td></tr>'
    return f'<tr><th width="30%">{name}</th><td>{_value(field)}</td></tr>'


def _value(field: Field) -> str:
    if field.missing:
        return "<i>not there</i>"
    if field.kind == "table":
        head = "".join(f"<th>{escape(column)}</th>" for column in field.columns)
        body = "".join(f"<tr>{''.join(f'<td>{_lines(cell)}</td>' for cell in cells)}</tr>" for cells in field.rows)
        return f'<table width="100%"><tr>{head}</tr>{body}</table>'
    if field.kind == "list" and sum(map(len, field.texts)) > _ONE_LINE_CHARS:
        return "<br>".join(f"• {_lines(text)}" for text in field.texts)
    return _lines(", ".join(field.texts)) or _EMPTY


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
