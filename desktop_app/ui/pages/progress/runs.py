"""The latest practice runs, each opening to its texts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.records.learning import Run
from desktop_app.ui.answer_copy import AnswerCopy
from desktop_app.ui.pages.progress.model import ProgressState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, ago, chip, clear, column, label, row
from desktop_app.ui.widgets.copy_check import CopyCheck
from desktop_app.ui.widgets.copy_guard import CopyGuard

_JUDGED = {"yes": "good", "after a fix": "caution", "no": "danger"}
_SHOWN = 20


class RunList(QWidget):
    """Signals: practice_asked(), when there is none yet and somebody wants to begin."""

    practice_asked = Signal()

    def __init__(self, theme: Theme, copying: AnswerCopy) -> None:
        """copying is the way out for what is copied of a run's texts."""
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._copying, self._open_run = theme, copying, ""
        self._state = ProgressState()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)

    def show_runs(self, state: ProgressState) -> None:
        """Show the state's runs."""
        self._state = state
        clear(self._box)
        if not state.runs:
            self._box.addWidget(self._nothing())
        for run in state.runs[:_SHOWN]:
            self._box.addWidget(self._run(run, (state.prompt_names or {}).get(run.prompt_id, run.prompt_id)))

    def _nothing(self) -> Card:
        start = Button(self._theme, "Practise freely", "flask-conical")
        start.clicked.connect(self.practice_asked)
        card = Card(margin=20)
        words = (
            "Every run on the local model is listed here with its seed, so that it can be repeated. There is none yet."
        )
        card.box.addLayout(row(label(words, "muted", wrap=True), start, spacing=16))
        return card

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
        CopyGuard(
            view,
            lambda: self._copying.copy(
                view.textCursor().selectedText().replace("\u2029", "\n") or view.toPlainText(), given=said
            ),
        )
        asked = CopyCheck(self._theme, self._copying)
        asked.answered.connect(view.setFocus)
        whole = QWidget()
        whole.setObjectName("clear")
        whole.setLayout(column(view, asked, spacing=8))
        return whole

    def _toggle(self, run_id: str) -> None:
        self._copying.cancel()
        self._open_run = "" if self._open_run == run_id else run_id
        self.show_runs(self._state)
