"""The parts of a scorecard's page: a figure with its bars, and the times as a plot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop_app.practice.scorecard.figures import GOAL_FIRST_MS
from desktop_app.practice.scorecard.scorecard import Measure, Scorecard
from desktop_app.practice.scorecard.words import Change, Judgement, in_words, interval
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Clickable, Icon, label, row
from desktop_app.ui.widgets.pass_rate import ShareBar
from desktop_app.ui.widgets.plot import Axes, PlotCard, Point, Series

COLORS = ("accent", "info")  # of the card that is looked at, and of the one beside
MARKS: dict[Judgement, tuple[str, str]] = {
    "better": ("trophy", "good"), "worse": ("triangle-alert", "caution"), "chance": ("dices", "muted"),
    "alike": ("dot", "muted"), "unlike": ("circle", "muted"),
}  # fmt: skip
_RANKS = (*range(0, 100, 5), 99, 100)
_TICKS = {0: "fastest", 50: "half", 95: "95 %", 100: "slowest"}


def figure_words(measure: Measure) -> str:
    """ "16 %, likely 12 to 25 %": a value with its interval."""
    between = interval(measure)
    return in_words(measure.value, measure.unit) + (f", likely {between}" if between else "")


def change_words(change: Change, name: str) -> str:
    """What the card beside has instead, and whether that means anything."""
    return f"{name}: {figure_words(change.other)}; {change.by}, {change.words}"


def fill_figure(
    box: QVBoxLayout,
    theme: Theme,
    measure: Measure,
    change: Change | None,
    beside: str,
    *,
    role: str,
    chevron: str = "",
) -> None:
    """Put a figure into box: its name and value, a bar with its interval, and the one beside with what to think of it."""
    value = label(in_words(measure.value, measure.unit), "strong")
    between = label(interval(measure), "small")
    between.setToolTip("Where the figure lies with 95\N{NO-BREAK SPACE}% confidence")
    parts: list[QWidget | int] = [label(measure.name, role, wrap=True), between, value]
    if chevron:
        parts.append(Icon(theme, chevron))
    head = row(*parts)
    head.setStretch(0, 1)
    box.addLayout(head)
    if measure.unit == "share":
        bar = ShareBar(theme, COLORS[0])
        bar.show_share(measure.value, measure.low, measure.high)
        box.addWidget(bar)
    if change is None:
        return
    if measure.unit == "share":
        bar = ShareBar(theme, COLORS[1])
        bar.show_share(change.other.value, change.other.low, change.other.high)
        box.addWidget(bar)
    words = label(change_words(change, beside), "small", wrap=True)
    words.setToolTip(change.why)
    mark = Icon(theme, *MARKS[change.judgement], 16)
    line = row(mark, words)
    line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
    box.addLayout(line)


class FigureButton(Clickable):
    """A figure that can be opened: a standard, or one with tasks behind it. Signals: clicked(), of Clickable."""

    def __init__(
        self, theme: Theme, measure: Measure, change: Change | None, beside: str, *, about: str = "", chevron: str
    ) -> None:
        words = [f"{measure.name}: {figure_words(measure)}"]
        if change is not None:
            words.append(change_words(change, beside))
        super().__init__(theme, ". ".join(words), margin=12)
        self.measure_id = measure.id
        role = "section" if about else ""
        fill_figure(self.box, theme, measure, change, beside, role=role, chevron=chevron)
        self.box.addWidget(label(about or measure.says, "muted", wrap=True))
        self.setAccessibleDescription(
            f"{measure.says} Press Enter for more." if not about else f"{about} {measure.says}"
        )


class FigureText(QWidget):
    """A figure that has nothing behind it."""

    def __init__(self, theme: Theme, measure: Measure, change: Change | None, beside: str) -> None:
        super().__init__()
        self.setObjectName("clear")
        box = QVBoxLayout(self)
        box.setContentsMargins(13, 8, 13, 8)
        box.setSpacing(4)
        fill_figure(box, theme, measure, change, beside, role="")
        box.addWidget(label(measure.says, "muted", wrap=True))


# -- times ---------------------------------------------------------------------------------------------------------------


class TimesPlot(PlotCard):
    """How long the first word took, from the fastest answer to the slowest, of one card or two."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Time to the first word", ("Of 100 answers", "This card", "Beside"))
        self.setMinimumWidth(theme.px(240))

    def show_cards(self, shown: Scorecard, beside: Scorecard | None) -> None:
        """Draw the times of the cards."""
        both = [card for card in (shown, beside) if card is not None]
        times = [_at_ranks(card) for card in both]
        names = (
            [card.model_name for card in both]
            if len({card.model_name for card in both}) == len(both)
            else ["This card", "Beside"]
        )
        if not times[0]:
            self.setVisible(False)
            return
        series = [
            Series(
                name,
                "line",
                color,
                tuple(
                    Point(at, ms / 1000, _point_words(rank, ms, name if len(both) > 1 else ""))
                    for at, (rank, ms) in enumerate(own)
                ),
            )
            for name, color, own in zip(names, COLORS, times, strict=False)
        ]
        top = max(1.25 * GOAL_FIRST_MS, *(ms for own in times for _, ms in own)) / 1000
        step = next(size for size in (0.25, 0.5, 1, 2, 5, 10, 30, 60, 600) if top / size <= 5)
        ticks = tuple((n * step, f"{n * step:g} s") for n in range(int(top / step) + 1))
        axes = Axes(
            (0, len(_RANKS) - 1), (0, top), tuple((_RANKS.index(rank), words) for rank, words in _TICKS.items()), ticks,
            (GOAL_FIRST_MS / 1000, f"felt as immediate ({GOAL_FIRST_MS / 1000:g} s)"),
        )  # fmt: skip
        rows = [
            [
                f"{rank} at most" if rank else "the fastest",
                *(f"{own[at][1] / 1000:.2f} s" if own else "" for own in times),
            ]
            for at, rank in enumerate(_RANKS)
        ]
        self.table.setColumnHidden(2, len(both) == 1)
        self.show_data(series, axes, rows, self._summary_of(both, names))
        self.setVisible(True)

    def _summary_of(self, both: list[Scorecard], names: list[str]) -> str:
        said = []
        for card, name in zip(both, names, strict=True):
            usual, slowest = card.measure("first-token-p50"), card.measure("first-token-p99")
            if usual and slowest:
                whose = f"{name}: " if len(both) > 1 else ""
                said.append(
                    f"{whose}half within {in_words(usual.value, 'ms')} (p50), 99 of 100 within {in_words(slowest.value, 'ms')} (p99)."
                )
        return " ".join(each[:1].upper() + each[1:] for each in said)


def _at_ranks(card: Scorecard) -> list[tuple[int, float]]:
    """The time that so many of 100 answers do not exceed."""
    ordered = sorted(probe.first_token_ms for probe in card.costs.probes)
    count = len(ordered)
    return [(rank, ordered[max(0, -(-rank * count // 100) - 1)]) for rank in _RANKS] if ordered else []


def _point_words(rank: int, ms: float, name: str) -> str:
    of = "The fastest answer began" if rank == 0 else f"{rank} of 100 answers began"
    return f"{f'{name}: ' if name else ''}{of} within {ms / 1000:.2f} s"


# -- the keyboard --------------------------------------------------------------------------------------------------------


@contextmanager
def keep_focus(part: QWidget, otherwise: QWidget | None = None) -> Iterator[None]:
    """Give the keyboard, if something within part has it, to what has the same name after part was built anew."""
    focused = QApplication.focusWidget()
    had = focused is not None and part.isAncestorOf(focused)
    name = _own_name(focused) if had and focused is not None else ""
    yield
    if had:
        same = (each for each in part.findChildren(QWidget) if name and _own_name(each) == name and _can_take(each))
        found = next(same, None) or otherwise or part
        found.show()  # what was just added shows later by itself, and what does not show takes no keyboard
        found.setFocus(Qt.FocusReason.OtherFocusReason)


def _own_name(widget: QWidget) -> str:
    return widget.accessibleName().partition(":")[0]


def _can_take(widget: QWidget) -> bool:
    """True unless it was hidden on purpose, as what is about to be deleted is."""
    is_gone = widget.isHidden() and widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and not is_gone and widget.isEnabled()
