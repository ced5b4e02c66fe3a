"""The tasks behind a figure: how each went and, for the one that is open, what was asked, answered and not met."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from desktop_app.practice.scorecard.behind import Outcome
from desktop_app.practice.scorecard.tasks import TaskSet
from desktop_app.ui.pages.practice.models.scorecard_model import ScorecardModel, ScorecardState
from desktop_app.ui.pages.practice.models.scorecard_parts import figure_words, keep_focus
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, Clickable, Icon, Scroll, clear, label, row

_MOST_TASKS, _MOST_CHARS = 40, 1500


class TasksPage(Scroll):
    """The tasks of one figure, those that count against it first. Signals: none; everything goes through the model."""

    def __init__(self, theme: Theme, model: ScorecardModel) -> None:
        super().__init__(margins=(0, 4, 8, 8), spacing=8)
        self._theme, self._model = theme, model
        self.back = Button(theme, "All figures", "arrow-left", kind="quiet", tip="Back to the figures (Esc)")
        self.back.clicked.connect(model.back)
        self._figure = label("", "section", wrap=True)
        self._says = label("", "muted", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.box.addLayout(row(self.back, 1))
        self.box.addWidget(self._figure)
        self.box.addWidget(self._says)
        self.box.addLayout(self._rows)
        self.box.addStretch(1)

    def show_state(self, state: ScorecardState) -> None:
        """Show the tasks of the figure that is looked at."""
        measure = state.shown.measure(state.figure) if state.shown else None
        if measure is None:
            return
        self._figure.setText(f"{measure.name}: {figure_words(measure)}")
        self._says.setText(measure.says)
        outcomes = state.outcomes
        with keep_focus(self, self.back):
            clear(self._rows)
            for outcome in outcomes[:_MOST_TASKS]:
                self._add_task(state, outcome)
            if len(outcomes) > _MOST_TASKS:
                more = f"And {len(outcomes) - _MOST_TASKS:,} more tasks; the export as JSON holds all."
                self._rows.addWidget(label(more, "muted", wrap=True))

    def _add_task(self, state: ScorecardState, outcome: Outcome) -> None:
        is_open = state.task == (outcome.set_id, outcome.task_id, outcome.form)
        line = TaskRow(self._theme, outcome, with_set="." not in state.figure, is_open=is_open)
        line.clicked.connect(partial(self._model.open_task, outcome), Qt.ConnectionType.QueuedConnection)
        self._rows.addWidget(line)
        if is_open and state.shown is not None:
            names = (state.shown.model_name, state.beside.model_name if state.beside else "")
            task_set = state.task_set(outcome.set_id)
            self._rows.addWidget(TaskPane(self._theme, task_set, outcome, state.outcome_beside(outcome), names))


class TaskRow(Clickable):
    """A task's name and how many of its tries count for the figure; opens and closes it. Signals: those of Clickable."""

    def __init__(self, theme: Theme, outcome: Outcome, *, with_set: bool, is_open: bool) -> None:
        words = task_words(outcome, with_set=with_set)
        super().__init__(theme, f"{words}: {'open' if is_open else 'closed'}", margin=8)
        icon, color = ("circle-check", "good") if outcome.all_held else ("circle-x", "danger")
        if any(outcome.held) and not outcome.all_held:
            icon, color = "circle-dot", "caution"
        line = row(
            Icon(theme, icon, color), label(words, wrap=True), Icon(theme, "chevron-up" if is_open else "chevron-down")
        )
        line.setStretch(1, 1)
        self.box.addLayout(line)


def task_words(outcome: Outcome, *, with_set: bool) -> str:
    """A task's name and how many of its tries count for the figure."""
    name = outcome.task_id.replace("-", " ")
    where = (
        f"{outcome.set_id.replace('-', ' ')}, {'with' if outcome.form == 'worked' else 'without'} examples: "
        if with_set
        else ""
    )
    words = f"{where}{name}"
    return f"{words[:1].upper()}{words[1:]} · {sum(outcome.held)} of {len(outcome.held)}"


class TaskPane(Card):
    """What was asked and what the models answered, with why an answer did not pass."""

    def __init__(
        self, theme: Theme, task_set: TaskSet | None, outcome: Outcome, beside: Outcome | None, names: tuple[str, str]
    ) -> None:
        super().__init__(margin=12, spacing=6)
        self._theme = theme
        self.box.addWidget(label("What was asked", "eyebrow"))
        for words in _asked(task_set, outcome):
            self.box.addWidget(label(words, wrap=True, selectable=True))
        for who, each in zip(names, (outcome, beside), strict=True):
            if each is not None:
                self.box.addWidget(label(f"What {who} answered" if beside else "The answers", "eyebrow"))
                self._add_answers(each)

    def _add_answers(self, outcome: Outcome) -> None:
        for number, one in enumerate(outcome.tries):
            same = [other.seed for other in outcome.tries if other.text == one.text]
            if one.seed != same[0]:
                continue  # said with the first seed that gave this answer
            icon, color, word = (
                ("circle-check", "good", "passed") if one.passed else ("circle-x", "danger", "not passed")
            )
            seeds = f"Seed {one.seed}" if len(same) == 1 else f"Seeds {', '.join(map(str, same))}"
            counted = (
                ""
                if outcome.held[number] == one.passed
                else (", counts for the figure" if outcome.held[number] else ", counts against the figure")
            )
            self.box.addLayout(row(Icon(self._theme, icon, color, 16), label(f"{seeds}: {word}{counted}", "strong"), 1))
            text = one.text.strip()
            shown = text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}…"
            self.box.addWidget(label(shown or "(nothing)", wrap=True, selectable=True))
            for why in one.why:
                self.box.addWidget(label(why, "muted", wrap=True, selectable=True))


def _asked(task_set: TaskSet | None, outcome: Outcome) -> Iterator[str]:
    task = task_set.task(outcome.task_id) if task_set else None
    if task_set is None or task is None:
        yield "The task was changed since, so it cannot be shown."
        return
    if outcome.form == "worked":
        yield f"After {len(task_set.examples)} worked examples:"
    yield task_set.messages(task, outcome.form)[-1][1]
