"""Progress: figures, a bar per lesson, the latest runs with their texts, the audit chain."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.records.learning import Run
from desktop_app.ui.pages.progress.model import LessonLine, ProgressModel, ProgressState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Icon, Scroll, ago, chip, clear, fill, label, meter, row

_FIGURES_PX = 640
_JUDGED = {"yes": "good", "after a fix": "caution", "no": "danger"}


class ProgressPage(QWidget):
    """Signals: lesson_chosen(id), page_chosen(name)."""

    lesson_chosen = Signal(str)
    page_chosen = Signal(str)

    def __init__(self, theme: Theme, model: ProgressModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model = theme, model
        self._open_run = ""
        self._build()
        model.changed.connect(self._render)

    def _build(self) -> None:
        scroll = Scroll(max_width=1000)
        fill(self, scroll)
        self._audit = Banner(self._theme)
        self._figures, self._lessons, self._runs = QGridLayout(), QVBoxLayout(), QVBoxLayout()
        self._figures.setSpacing(16)
        self._lessons.setSpacing(4)
        self._runs.setSpacing(8)
        card = Card(margin=16)
        card.box.addLayout(self._lessons)
        for item in (
            label("Progress", "page"),
            self._figures,
            label("Lessons", "section"),
            card,
            label("Practice runs", "section"),
            self._runs,
            self._audit,
        ):
            if isinstance(item, QWidget):
                scroll.box.addWidget(item)
            else:
                scroll.box.addLayout(item)
        scroll.box.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns of figures where four would be too narrow."""
        super().resizeEvent(event)
        if (self.width() >= self._theme.px(_FIGURES_PX)) != (event.oldSize().width() >= self._theme.px(_FIGURES_PX)):
            self._render(self._model.state)

    def _render(self, state: ProgressState) -> None:
        clear(self._figures)
        first = "–" if state.first_try is None else f"{state.first_try:.0%}"
        columns = 4 if self.width() >= self._theme.px(_FIGURES_PX) else 2
        figures = (
            (f"{state.passed} of {len(state.lessons)}", "lessons passed"),
            (f"{state.answered:,}", "answers given"),
            (first, "right at the first try"),
            (f"{state.run_count:,}", "practice runs"),
        )
        for number, (figure, words) in enumerate(figures):
            card = Card(margin=16, spacing=2)
            card.box.addWidget(label(figure, "figure"))
            card.box.addWidget(label(words, "muted"))
            self._figures.addWidget(card, number // columns, number % columns)
        clear(self._lessons)
        for line in state.lessons:
            self._lessons.addWidget(self._lesson(line))
        if not state.lessons:
            self._lessons.addWidget(label("No lessons are installed.", "muted"))
        self._show_runs(state)
        self._show_audit(state)

    def _lesson(self, line: LessonLine) -> QWidget:
        holder = QWidget()
        holder.setObjectName("clear")
        title = Button(self._theme, line.title, kind="row")
        title.setAccessibleName(f"Open {line.title}: {line.words}")
        title.clicked.connect(lambda: self.lesson_chosen.emit(line.id))
        bar = meter(line.share, name=f"{line.title}: {line.words}")
        bar.setMaximumWidth(280)
        words = label(line.words, "small")
        words.setFixedWidth(self._theme.px(140))
        icon = Icon(self._theme, "circle-check" if line.is_passed else "circle", "good" if line.is_passed else "edge")
        box = row(icon, title, bar, words, spacing=12)
        box.setStretch(1, 3)
        box.setStretch(2, 2)
        holder.setLayout(box)
        return holder

    def _show_runs(self, state: ProgressState) -> None:
        clear(self._runs)
        if not state.runs:
            start = Button(self._theme, "Practise freely", "flask-conical")
            start.clicked.connect(lambda: self.page_chosen.emit("practice"))
            card = Card(margin=20)
            words = label(
                "Every run on the local model is listed here with its seed, so that it can be repeated. There is none yet.",
                "muted",
                wrap=True,
            )
            card.box.addLayout(row(words, start, spacing=16))
            self._runs.addWidget(card)
        for run in state.runs[:20]:
            self._runs.addWidget(self._run(run, (state.prompt_names or {}).get(run.prompt_id, run.prompt_id)))

    def _run(self, run: Run, prompt_name: str) -> Card:
        card = Card(margin=14, spacing=6)
        name = prompt_name or "Free prompt"
        open_ = run.id == self._open_run
        title = Button(self._theme, name, "chevron-down" if open_ else "chevron-right", kind="row")
        title.setAccessibleName(f"{'Hide' if open_ else 'Show'} the run of {name}, {ago(run.at)}")
        title.clicked.connect(lambda: self._toggle(run.id))
        line = row(title)
        if run.prompt_version:
            line.addWidget(chip(f"v{run.prompt_version}"))
        if run.stop_reason in ("cancelled", "died"):
            line.addWidget(chip("Not complete", "caution"))
        if run.findings:
            line.addWidget(chip(f"{sum(run.findings.values())} sensitive", "caution"))
        if run.judgement:
            line.addWidget(chip(f"Would send: {run.judgement}", _JUDGED[run.judgement]))
        line.addStretch(1)
        facts = label(ago(run.at), "small")
        facts.setToolTip(f"{run.at.astimezone():%d %B %Y, %H:%M}")
        line.addWidget(facts)
        card.box.addLayout(line)
        if open_:
            card.box.addWidget(self._run_text(run))
        return card

    def _run_text(self, run: Run) -> QWidget:
        if run.text is None:
            return label(
                "The texts of this run were not kept: there was no keyring to encrypt them with.", "muted", wrap=True
            )
        said = "\n\n".join(
            f"{name.replace('_', ' ').capitalize()}:\n{value}" for name, value in run.text.values.items() if value
        )
        tokens = f"{run.completion_tokens:,} tokens at {run.tokens_per_second:.0f} tokens/s"
        view = QPlainTextEdit(f"{said}\n\nAnswer:\n{run.text.answer}\n\nSeed {run.seed}, {tokens}")
        view.setReadOnly(True)
        view.setTabChangesFocus(True)
        view.setAccessibleName("Text of the run")
        view.setMinimumHeight(self._theme.px(220))
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        return view

    def _toggle(self, run_id: str) -> None:
        self._open_run = "" if self._open_run == run_id else run_id
        self._render(self._model.state)

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
