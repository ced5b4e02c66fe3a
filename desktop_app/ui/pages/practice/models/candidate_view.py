"""A file somebody wants to add: what it is, whether it fits, its licence, and its template to read and accept."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.sandbox.models.candidate import Candidate
from desktop_app.ui.pages.practice.models.facts import Facts, facts_of_candidate, license_words
from desktop_app.ui.pages.practice.models.state import FIT_MARKS
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Icon, Scroll, label, row

_FEWEST_LINES, _MOST_LINES = 4, 14


class CandidateView(QWidget):
    """Signals: accepted(bool), to add it, True if its template was accepted; declined(), not to."""

    accepted = Signal(bool)
    declined = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme = theme
        self._title = label("", "section", wrap=True)
        self._fit_icon, self._fit = Icon(theme, "info"), label("", "strong", wrap=True)
        self._license = label("", "muted", wrap=True)
        self._facts = Facts(self._theme)
        self._ask = label(
            "Its chat template is a program: it decides what the model is told. No model here has this one. It runs locked down, "
            "without files and network, but it can change your words. Read it, or ask somebody who can.",
            wrap=True,
        )  # fmt: skip
        self.template = QPlainTextEdit()
        self.template.setReadOnly(True)
        self.template.setAccessibleName("Chat template of the file")
        self.template.setTabChangesFocus(True)
        self.agree = QCheckBox("I have read it and accept it")
        self.add = Button(theme, "Add to my models", "plus", kind="primary", shortcut="Ctrl+Return")
        self.cancel = Button(theme, "Do not add", "x", kind="quiet", shortcut="Esc")
        scroll = Scroll(margins=(0, 0, 8, 0), spacing=12)
        scroll.box.addWidget(self._ask)
        scroll.box.addWidget(self.template)
        scroll.box.addWidget(self._facts)
        scroll.box.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._title)
        box.addLayout(row(self._fit_icon, self._fit))
        box.addWidget(self._license)
        box.addWidget(scroll, 1)
        box.addWidget(self.agree)
        box.addLayout(row(self.add, self.cancel, 1))
        self.agree.toggled.connect(lambda _: self._enable())
        self.add.clicked.connect(lambda: self.accepted.emit(self.agree.isChecked()))
        self.cancel.clicked.connect(self.declined)
        self._shown: Candidate | None = None
        self._busy = False

    def show_candidate(self, candidate: Candidate, *, is_busy: bool) -> None:
        """Show this file; nothing is added before somebody says so."""
        if candidate != self._shown:
            self._shown = candidate
            self._render(candidate)
            self.agree.setChecked(False)
        self._busy = is_busy
        self._enable()

    def take_focus(self) -> None:
        """Bring the keyboard to what has to be done first."""
        (self.template if self._shown is not None and self._shown.template_is_new else self.add).setFocus()

    def _render(self, candidate: Candidate) -> None:
        what = "adapter" if candidate.is_adapter else "model"
        self._title.setText(f"Add the {what} {candidate.name}?")
        if candidate.fit is not None:
            self._fit_icon.show_icon(*FIT_MARKS[candidate.fit.verdict])
            self._fit.setText(f"{candidate.fit.words.capitalize()}: {candidate.fit.numbers}")
        else:
            self._fit_icon.show_icon("circle-check", "good")
            self._fit.setText(f"Made for {candidate.base}")
        self._license.setText(
            f"Licence: {license_words(candidate.license, candidate.license_name, candidate.license_text)}"
        )
        facts = facts_of_candidate(candidate)
        if candidate.template_of:
            facts.append(("Chat template", f"The same as that of {candidate.template_of}, which is accepted."))
        self._facts.show_facts(facts)
        for widget in (self._ask, self.template, self.agree):
            widget.setVisible(candidate.template_is_new)
        self.template.setPlainText(candidate.template if candidate.template_is_new else "")
        lines = min(_MOST_LINES, max(_FEWEST_LINES, self.template.document().lineCount() + 1))
        self.template.setFixedHeight(lines * self.template.fontMetrics().lineSpacing() + self._theme.px(16))

    def _enable(self) -> None:
        unread = self._shown is not None and self._shown.template_is_new and not self.agree.isChecked()
        self.add.setEnabled(not unread and not self._busy)
        self.add.setToolTip(
            "Read the template and accept it first" if unread else "Copy it into your models (Ctrl+Return)"
        )
