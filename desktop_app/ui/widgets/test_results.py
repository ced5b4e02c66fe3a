"""How one version's tests went on one model: the rate, every test by seed, and for one run what went in, came out and was checked."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.prompts.diff import PartDiff, word_diff
from desktop_app.prompts.evaluate.grading import Check
from desktop_app.prompts.evaluate.matrix import Result
from desktop_app.prompts.evaluate.overview import Overview
from desktop_app.prompts.evaluate.suite import Case
from desktop_app.prompts.evaluate.words import describe
from desktop_app.ui.prompt_tests import interval_words, rate_words, runs_words, seconds_words, source_words
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Icon, clear, label, row
from desktop_app.ui.widgets.comparison import SIDE_BY_SIDE, Comparison
from desktop_app.ui.widgets.pass_rate import PassRateBar
from desktop_app.ui.widgets.test_grid import LONG, STATES, Older, TestGrid, state_of

_MOST_CHARS = 1500
_COMPARISON_PX = 180


class TestResults(QWidget):
    """Signals: again_asked(), to run the tests because what is shown holds no more."""

    __test__ = False  # pytest: this tests nothing
    again_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme = theme
        self._known: Overview | None = None
        self._older: Older = {}
        self._older_version = 0
        self._current: tuple[str, int] | None = None
        self._drawn: object = None
        self._build()

    def _build(self) -> None:
        self.bar = PassRateBar(self._theme)
        self.rate = label("", "strong", wrap=True)
        self.facts = label("", "small", wrap=True)
        self.stale = Banner(self._theme, action="Run again", icon="clock")
        self.stale.acted.connect(self.again_asked)
        self.grid = TestGrid(self._theme)
        self.grid.run_chosen.connect(self._on_run_chosen)
        self._run_box, self._input_box = QVBoxLayout(), QVBoxLayout()
        for inner in (self._run_box, self._input_box):
            inner.setContentsMargins(0, 4, 0, 0)
            inner.setSpacing(6)
        self.comparison = Comparison(self._theme, SIDE_BY_SIDE)
        self.comparison.text.setAccessibleName("Both answers")
        self.comparison.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        head = row(self.bar, self.rate, spacing=12)
        head.setStretch(1, 1)
        box.addLayout(head)
        for widget in (self.facts, self.stale, self.grid):
            box.addWidget(widget)
        box.addLayout(self._run_box)
        box.addWidget(self.comparison)
        box.addLayout(self._input_box)

    def show_overview(self, known: Overview, older: Older | None = None, older_version: int = 0, on: str = "") -> None:
        """Show a version; older are the results of the version before it, to set failures beside; on names the model."""
        previous, self._known = self._known, known
        self._older, self._older_version = older or {}, older_version
        if previous is None or _key(previous) != _key(known) or self._current not in _runs(known):
            self._current = _first(known)
        rate = known.rate
        self.bar.show_rate(rate)
        self.rate.setText(_headline(known, on))
        facts = (f"{interval_words(rate)} " if rate else "") + _facts(known)
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))
        self.stale.say(known.stale, "caution")
        self.grid.show_overview(known, self._current)
        self._show_run()

    def show_run(self, case_key: str, seed: int) -> None:
        """Show one run."""
        self._current = (case_key, seed)
        if self._known is not None:
            self.grid.show_overview(self._known, self._current)
        self._show_run()

    def _on_run_chosen(self, case_key: str, seed: int) -> None:
        self._current = (case_key, seed)
        self._show_run()

    def _show_run(self) -> None:
        known = self._known
        case = (
            next((c for c in known.tested.suite.cases if self._current and c.key == self._current[0]), None)
            if known
            else None
        )
        if known is None or case is None or self._current is None:
            self._clear_run()
            return
        seed, result = self._current[1], known.result(*self._current)
        state = state_of(known, case.key, seed)
        earlier = self._earlier(result)
        wanted = (known.tested.version, case, seed, result, state, earlier)
        if wanted == self._drawn:
            return
        self._clear_run()
        self._drawn = wanted
        word, icon, color = STATES[state]
        title = label(f"{LONG.get(state, word)} · seed {seed}", "strong")
        self._run_box.addLayout(row(Icon(self._theme, icon, color), title, 1))
        self._run_box.addWidget(label(case.title, wrap=True))
        self._add_checks(case, result)
        self._add_answer(result, earlier)
        self._add_inputs(known, case)

    def _clear_run(self) -> None:
        clear(self._run_box)
        clear(self._input_box)
        self.comparison.hide()
        self._drawn = None

    def _earlier(self, result: Result | None) -> tuple[str, str] | None:
        """What an answer that passed was called, and the answer; None if there is none to set beside this one."""
        if result is None or result.passed:
            return None
        if result.change == "regressed" and result.before is not None and result.before.text is not None:
            return "Before: passed", result.before.text
        other = self._older.get((result.case.key, result.seed))
        return (f"Version {self._older_version}: passed", other.output.text) if other and other.passed else None

    def _add_checks(self, case: Case, result: Result | None) -> None:
        self._run_box.addWidget(label("What is checked", "eyebrow"))
        if result is None or result.output.problem:
            for assertion in case.assertions:
                self._add_line("dot", "muted", f"The answer {describe(assertion)}.")
        for check in _flat(result.grade.checks if result else ()):
            name = f"{check.name}: " if check.name else ""
            words = f"{name}{'' if check.passed else 'Not met: '}The answer {check.what}."
            self._add_line("check" if check.passed else "x", "good" if check.passed else "danger", words, check.why)
        if (
            result is not None
            and result.grade.why
            and not any(one.why == result.grade.why for one in result.grade.failed)
        ):
            self._add_line("circle-alert", "caution", result.grade.why)

    def _add_line(self, icon: str, color: str, words: str, why: str = "") -> None:
        mark = Icon(self._theme, icon, color, 16)
        line = row(mark, label(words, wrap=True, selectable=True))
        line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        self._run_box.addLayout(line)
        if why:
            below = label(why, "muted", wrap=True, selectable=True)
            below.setContentsMargins(self._theme.px(24), 0, 0, 0)
            self._run_box.addWidget(below)

    def _add_answer(self, result: Result | None, earlier: tuple[str, str] | None) -> None:
        if result is None:
            self._run_box.addWidget(label("No answer yet: this was not run on this computer.", "muted", wrap=True))
            return
        if earlier is not None:
            name, text = earlier
            parts = (PartDiff("Both answers", word_diff(text, result.output.text)),)
            self.comparison.setMinimumHeight(self._theme.px(_COMPARISON_PX))
            self.comparison.show_parts(parts, name, "Now: failed")
            self.comparison.show()
            return
        self._run_box.addWidget(label("The answer", "eyebrow"))
        self._run_box.addWidget(_text(result.output.text.strip() or "(nothing)"))
        output = result.output
        facts = f"{output.completion_tokens} tokens in {seconds_words(output.total_ms)}, {seconds_words(output.first_token_ms)} to the first word"
        self._run_box.addWidget(label(facts, "small", wrap=True))

    def _add_inputs(self, known: Overview, case: Case) -> None:
        self._input_box.addWidget(label("What goes in", "eyebrow"))
        inputs = {item.name: item for item in known.tested.version.inputs}
        for name, item in inputs.items():
            if value := case.values.get(name) or item.default:
                self._input_box.addWidget(label(item.label, "small"))
                self._input_box.addWidget(_text(value))
        if not inputs:
            self._input_box.addWidget(label("Nothing: the prompt has no inputs.", "muted"))


def _text(text: str) -> QWidget:
    shown = text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}… ({len(text):,} characters)"
    return label(shown, wrap=True, selectable=True)


def _headline(known: Overview, on: str) -> str:
    if known.rate is None:
        return "Not tested yet"
    words = f"{rate_words(known.rate)} runs passed{' then' if known.source == 'old' else ''}"
    return f"{words} on {on}" if on else words


def _facts(known: Overview) -> str:
    facts = []
    if known.summary is not None and known.summary.total_ms:
        facts.append(f"usually {seconds_words(known.summary.total_ms)} and {known.summary.tokens:.0f} tokens")
    if known.source == "own" and known.missing:
        facts.append(f"{runs_words(known.missing)} not made")
    facts.append(source_words(known))
    words = " · ".join(filter(None, facts))
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _flat(checks: tuple[Check, ...]) -> Iterator[Check]:
    """The checks, those of a set in its place."""
    for check in checks:
        yield from check.members or (check,)


def _key(known: Overview) -> tuple[object, ...]:
    return known.tested.version.id, known.tested.version.version, known.model_id


def _runs(known: Overview) -> list[tuple[str, int]]:
    return [(case.key, seed) for case in known.tested.suite.cases for seed in known.seeds]


def _first(known: Overview) -> tuple[str, int] | None:
    """The run to look at first: one that got worse, else one that failed, else the first."""
    runs = _runs(known)
    for wanted in (("worse",), ("failed", "problem")):
        for run in runs:
            if state_of(known, *run) in wanted:
                return run
    return runs[0] if runs else None
