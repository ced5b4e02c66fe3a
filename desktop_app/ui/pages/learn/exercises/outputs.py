"""Answers of several seeds side by side, what differs from the first one marked; one below the other where it is narrow."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from desktop_app.lessons.several import against_first
from desktop_app.ui.pages.learn.exercises.practice_model import Output, PracticeState
from desktop_app.ui.theme import Restyler, Theme, Tokens
from desktop_app.ui.widgets.basic import Card, Icon, chip, clear, label, row, set_tone
from desktop_app.ui.widgets.prose import Prose

_COLUMN_PX = 200


class OutputColumns(QWidget):
    """One column per seed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.columns: list[OutputColumn] = []
        self._note = label("", "small", wrap=True)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._box.setSpacing(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(self._box)
        outer.addWidget(self._note)

    def show_state(self, state: PracticeState) -> None:
        """Show the answers as they are now."""
        outputs = state.outputs
        if [column.seed for column in self.columns] != [output.seed for output in outputs]:
            clear(self._box)
            self.columns = [OutputColumn(self._theme, output.seed) for output in outputs]
            for column in self.columns:
                self._box.addWidget(column, 1)
            self._turn()
        first = outputs[0].text if outputs and outputs[0].phase == "done" else ""
        for number, (column, output) in enumerate(zip(self.columns, outputs, strict=True)):
            column.show_output(output, first if number and output.phase == "done" else "")
        finished = [output for output in outputs if output.phase == "done"]
        self._note.setText(_note(finished))
        self._note.setVisible(len(finished) > 1)

    def append(self, at: int, text: str) -> None:
        """Add streamed text to a column."""
        if at < len(self.columns):
            self.columns[at].append(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side only where each has room to be read."""
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        narrow = self.width() < len(self.columns) * self._theme.px(_COLUMN_PX)
        self._box.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


class OutputColumn(Card):
    """The answer of one seed with its checks."""

    def __init__(self, theme: Theme, seed: int) -> None:
        super().__init__(margin=14, spacing=8)
        self._theme, self.seed = theme, seed
        self._text, self._first, self._checks_shown = "", "", ()
        self._state = chip("")
        self._state.setToolTip("The seed fixes the draw: the same prompt with the same seed gives the same answer.")
        self.text = Prose(theme, role="body")
        self._problem = label("", "small", wrap=True)
        self._checks = QVBoxLayout()
        self._checks.setSpacing(4)
        self.box.addLayout(row(label(f"Seed {seed}", "strong"), 1, self._state))
        self.box.addWidget(self.text)
        self.box.addWidget(self._problem)
        self.box.addLayout(self._checks)
        self.box.addStretch(1)
        self.setMinimumWidth(150)
        Restyler(theme, self, self._draw)

    def show_output(self, output: Output, first: str) -> None:
        """Show an answer; the words that differ from first are marked, if there is a first one."""
        if (output.text, first) != (self._text, self._first):
            self._text, self._first = output.text, first
            self._draw()
        words, tone = _state_words(output)
        self._state.setText(words)
        set_tone(self._state, tone)
        self._problem.setText(output.problem)
        self._problem.setVisible(bool(output.problem))
        if output.checks != self._checks_shown:
            self._checks_shown = output.checks
            self._show_checks(output.checks)

    def append(self, text: str) -> None:
        """Add streamed text."""
        self._text += text
        self._draw()

    def _draw(self) -> None:
        html = _marked(self._text, self._first, self._theme.tokens) if self._text else ""
        self.text.show_html(
            f"<p style='white-space:pre-wrap'>{html}</p>" if html else "", f"Answer with seed {self.seed}"
        )

    def _show_checks(self, checks: tuple[tuple[str, bool], ...]) -> None:
        clear(self._checks)
        for says, held in checks:
            icon = Icon(self._theme, "circle-check" if held else "circle-x", "good" if held else "danger")
            self._checks.addLayout(
                row(icon, label(f"{says}: {'yes' if held else 'no'}", "small", wrap=True), spacing=8)
            )


def _state_words(output: Output) -> tuple[str, str]:
    if output.phase == "waiting":
        return "Waiting", "plain"
    if output.phase == "writing":
        return "Writing", "plain"
    if output.phase == "part":
        return "Not complete", "caution"
    if output.same_seed is not None:
        return f"Same as seed {output.same_seed}", "good"
    met = sum(held for _, held in output.checks)
    if not output.checks:
        return "Done", "plain"
    return f"{met} of {len(output.checks)} checks", "good" if met == len(output.checks) else "caution"


def _marked(text: str, first: str, tokens: Tokens) -> str:
    """text as HTML; what first does not have is underlined on a soft ground, so that colour alone carries nothing."""
    if not first:
        return escape(text.strip())
    pieces = []
    for change in against_first(first.strip(), text.strip()):
        words = escape(change.text)
        if change.kind == "added" and change.text.strip():
            words = f"<span style='background:{tokens.caution_soft}; color:{tokens.caution}; text-decoration:underline'>{words}</span>"
        pieces.append(words)
    return "".join(pieces)


def _note(finished: list[Output]) -> str:
    if all(output.same_seed is not None for output in finished[1:]):
        return "All answers are the same, word for word. That makes the prompt steady, not the answer right."
    return f"Underlined: the words that differ from the answer of seed {finished[0].seed}."
