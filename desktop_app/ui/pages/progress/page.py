"""Progress: figures, the paths, certificates, what is remembered, the latest runs, the audit chain."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.records.certificates import Issued
from desktop_app.ui.pages.progress.certificate_view import CertificateView
from desktop_app.ui.pages.progress.model import ProgressModel, ProgressState
from desktop_app.ui.pages.progress.paths import PathList
from desktop_app.ui.pages.progress.runs import RunList
from desktop_app.ui.pages.review.retention_plot import RetentionPlot
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Icon, Scroll, clear, label, row

_FIGURES_PX = 640
_EMPTY = (
    "Pass every lesson of a path, or any single lesson, and you can issue a certificate: a page to print, and a signed file "
    "that shows what you passed and that anybody can check."
)
_FIRST = (
    "You can issue your first certificate: press the badge at the right of a passed lesson. Once every lesson of a path is "
    "passed, the path has a certificate of its own. Each is a page to print, and a signed file that anybody can check."
)


class ProgressPage(QStackedWidget):
    """Signals: lesson_chosen(id), page_chosen(name)."""

    lesson_chosen = Signal(str)
    page_chosen = Signal(str)

    def __init__(self, theme: Theme, model: ProgressModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model = theme, model
        self._drawn: ProgressState | None = None
        self._drawn_scale = theme.scale
        self._build()
        self._connect()
        if model.state != ProgressState():  # built after the model was filled
            self._render(model.state)

    def _build(self) -> None:
        self._list = Scroll(max_width=1000)
        self._list.setObjectName("page")
        self.view = CertificateView(self._theme, self._model)
        self.addWidget(self._list)
        self.addWidget(self.view)
        self._said = Banner(self._theme)
        self._audit = Banner(self._theme)
        self._figures, self._certificates = QGridLayout(), QVBoxLayout()
        self._figures.setSpacing(16)
        self._figure_cards = [_Figure() for _ in range(4)]
        self._arrange_figures(4)
        self._certificates.setSpacing(8)
        self._cannot = Banner(self._theme)
        self.paths, self.runs = PathList(self._theme), RunList(self._theme, self._model.copying)
        self.retention = RetentionPlot(self._theme, self._model.retention)
        for item in (
            label("Progress", "page"), self._said, self._figures, label("Paths and lessons", "section"), self.paths,
            label("Certificates", "section"), self._cannot, self._certificates,
            label("Review", "section"), self.retention, label("Practice runs", "section"), self.runs, self._audit,
        ):  # fmt: skip
            if isinstance(item, QWidget):
                self._list.box.addWidget(item)
            else:
                self._list.box.addLayout(item)
        self._list.box.addStretch(1)

    def _connect(self) -> None:
        self._model.changed.connect(self._render)
        self.paths.lesson_chosen.connect(self.lesson_chosen)
        self.paths.issue_asked.connect(self._model.issue)
        self.paths.certificate_chosen.connect(self._model.view)
        self.runs.practice_asked.connect(lambda: self.page_chosen.emit("practice"))
        self._cannot.acted.connect(lambda: self.page_chosen.emit("settings"))
        self.view.left.connect(self._model.close_view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns of figures where four would be too narrow."""
        super().resizeEvent(event)
        columns = 4 if self.width() >= self._theme.px(_FIGURES_PX) else 2
        if columns != self._columns:
            self._arrange_figures(columns)

    def _render(self, state: ProgressState) -> None:
        """Draw anew only what changed, so that the keyboard stays where it is."""
        before, self._drawn = self._drawn, state
        if self._drawn_scale != self._theme.scale:  # its sizes are those of the text
            before, self._drawn_scale = None, self._theme.scale
        self.view.show_state(state)
        self._turn_to(self.view if state.shown is not None else self._list)
        self._said.say(state.said if state.shown is None else "", state.said_tone)
        self._show_figures(state)
        if before is None or _of_paths(before) != _of_paths(state):
            self.paths.show_paths(state)
        if before is None or _of_certificates(before) != _of_certificates(state):
            self._show_certificates(state)
        if before is None or (before.runs, before.prompt_names) != (state.runs, state.prompt_names):
            self.runs.show_runs(state)
        self._show_audit(state)

    def _turn_to(self, wanted: QWidget) -> None:
        if self.currentWidget() is wanted:
            return
        self.setCurrentWidget(wanted)
        if wanted is self.view:
            self.view.back.setFocus()

    def _arrange_figures(self, columns: int) -> None:
        self._columns = columns
        for number, card in enumerate(self._figure_cards):
            self._figures.addWidget(card, number // columns, number % columns)
            self._figures.setColumnStretch(number, int(number < columns))

    def _show_figures(self, state: ProgressState) -> None:
        first = "–" if state.first_try is None else f"{state.first_try:.0%}"
        figures = (
            (f"{state.passed} of {state.lesson_count}", "lessons passed"),
            (f"{state.answered:,}", "answers given"),
            (first, "right at the first try"),
            (f"{state.run_count:,}", "practice runs"),
        )
        for card, (figure, words) in zip(self._figure_cards, figures, strict=True):
            card.figure.setText(figure)
            card.words.setText(words)

    def _show_certificates(self, state: ProgressState) -> None:
        clear(self._certificates)
        if state.cannot_sign:
            self._cannot.say(f"Certificates cannot be signed or opened now. {state.cannot_sign}", "caution", action="")
        elif not state.has_name and state.passed:
            self._cannot.say("A certificate needs your name. Write it in Settings.", "plain", action="Open Settings")
        else:
            self._cannot.say("")
        for made in state.certificates:
            self._certificates.addWidget(self._certificate(made))
        if not state.certificates:
            card = Card(margin=20)
            line = row(
                Icon(self._theme, "badge-check", "accent", 24),
                label(_FIRST if state.passed else _EMPTY, "muted", wrap=True),
                spacing=16,
            )
            line.setStretch(1, 1)
            card.box.addLayout(line)
            self._certificates.addWidget(card)

    def _certificate(self, made: Issued) -> Card:
        card = Card(margin=14, spacing=6)
        kind = "Learning path" if made.subject.startswith("path/") else "Lesson"
        day = made.issued_at.astimezone()
        open_ = Button(self._theme, made.title, kind="row")
        open_.setAccessibleName(f"View the certificate for {made.title}, issued {day.day} {day:%B %Y}")
        open_.clicked.connect(lambda: self._model.view(made.id))
        view = Button(self._theme, "View", "eye")
        view.setAccessibleName(f"View the certificate for {made.title}")
        view.clicked.connect(lambda: self._model.view(made.id))
        view.setEnabled(made.document is not None)
        if made.problem:
            view.setToolTip(made.problem)
        facts = label(f"{kind} · {day.day} {day:%B %Y}", "small")
        line = row(Icon(self._theme, "badge-check", "accent", 20), open_, facts, view, spacing=12)
        line.setStretch(1, 1)
        card.box.addLayout(line)
        return card

    def _show_audit(self, state: ProgressState) -> None:
        report = state.audit
        if state.audit_problem:
            self._audit.say(f"The records could not be checked. {state.audit_problem}", "danger")
        elif report is None:
            self._audit.say("")
        elif report.is_whole:
            signed = " and signed" if report.signed else ""
            self._audit.say(
                f"Your records are whole{signed}: {report.events:,} entries, none altered or removed.", "good"
            )
        else:
            self._audit.say(f"Your records were altered outside Greenroom. {report.problem}", "danger")


class _Figure(Card):
    def __init__(self) -> None:
        super().__init__(margin=16, spacing=2)
        self.figure, self.words = label("", "figure"), label("", "muted", wrap=True)
        self.box.addWidget(self.figure)
        self.box.addWidget(self.words)


def _of_paths(state: ProgressState) -> tuple[object, ...]:
    return state.paths, state.others, state.may_issue


def _of_certificates(state: ProgressState) -> tuple[object, ...]:
    return state.certificates, state.cannot_sign, state.has_name, state.passed
