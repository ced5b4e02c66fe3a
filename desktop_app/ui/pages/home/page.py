"""Home: what a person does next is the largest thing on it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from desktop_app.ui.pages.home.model import HomeModel, HomePrompt, HomeState
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.apart import Apart
from desktop_app.ui.widgets.basic import (
    Banner,
    Button,
    Card,
    Clickable,
    Scroll,
    chip,
    clear,
    column,
    fill,
    icon_button,
    label,
    meter,
    row,
)
from desktop_app.ui.widgets.due import DueChip
from desktop_app.ui.widgets.ring import Ring

_COLUMNS_PX = 760
_EYEBROWS = {"Continue": "CONTINUE", "Try again": "NOT PASSED YET"}


class HomePage(QWidget):
    """Signals: lesson_chosen(id), prompt_chosen(id), page_chosen(name), search_asked(), review_asked()."""

    lesson_chosen = Signal(str)
    prompt_chosen = Signal(str)
    page_chosen = Signal(str)
    search_asked = Signal()
    review_asked = Signal()

    def __init__(self, theme: Theme, model: HomeModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model = theme, model
        self._drawn: tuple[HomeState, int] | None = None  # with the size of the text
        self._build()
        model.changed.connect(self._render)

    def _build(self) -> None:
        scroll = Scroll(max_width=1160, spacing=20)
        fill(self, scroll)
        self._greeting, self._subtitle = label("", "page"), label("", "muted")
        search = Button(self._theme, "Search  Ctrl+K", "search", tip="Search lessons, prompts and actions (Ctrl+K)")
        search.clicked.connect(self.search_asked)
        self._problem = Banner(self._theme)
        self._head = Apart(self._greeting, search)
        scroll.box.addWidget(self._head)
        scroll.box.addWidget(self._subtitle)
        scroll.box.addWidget(self._problem)
        scroll.box.addLayout(self._build_top())
        scroll.box.addWidget(self._build_review())
        more = Button(self._theme, "Open library", "arrow-right", kind="quiet")
        more.clicked.connect(lambda: self.page_chosen.emit("library"))
        scroll.box.addLayout(row(label("Prompts for your work", "section"), 1, more))
        self._prompts = row(spacing=16)
        scroll.box.addLayout(self._prompts)
        scroll.box.addWidget(self._build_practice())
        scroll.box.addStretch(1)

    def _build_top(self) -> QHBoxLayout:
        self._eyebrow, self._title = label("", "eyebrow"), label("", "section", wrap=True)
        self._detail = label("", "muted", wrap=True)
        self._bar = meter(name="Lesson progress")
        self._continue = Button(self._theme, "Continue", "play", kind="primary")
        self._continue.clicked.connect(self._on_continue_clicked)
        self._overview = Button(self._theme, "Path overview", "list-checks")
        self._overview.clicked.connect(lambda: self.page_chosen.emit("learn"))
        card = Card(margin=24)
        for widget in (self._eyebrow, self._title, self._detail):
            card.box.addWidget(widget)
        card.box.addStretch(1)
        card.box.addWidget(self._bar)
        card.box.addSpacing(8)
        card.box.addLayout(row(self._continue, self._overview, 1))
        side = Card(margin=24)
        side.setMinimumWidth(260)
        self._ring = Ring(self._theme, "Lessons passed")
        self._figures = label("", "muted", wrap=True)
        self._path_due = DueChip(self._theme)
        self._whose = label("YOUR PATH", "eyebrow")
        self._paths = column(spacing=4)
        side.box.addLayout(row(self._whose, 1, self._path_due))
        side.box.addWidget(self._ring, 1, Qt.AlignmentFlag.AlignCenter)
        side.box.addLayout(self._paths)
        side.box.addWidget(self._figures)
        self._top = row(_stretching(card, 2), _stretching(side, 1), spacing=16)
        return self._top

    def _build_review(self) -> Card:
        self._review = Card(margin=16)
        self._due, self._due_detail = label("", "strong", wrap=True), label("", "muted", wrap=True)
        start = Button(self._theme, "Review now", "repeat")
        start.clicked.connect(self.review_asked)
        self._review.box.addLayout(row(column(self._due, self._due_detail, spacing=2), start, spacing=16))
        return self._review

    def _build_practice(self) -> Card:
        card = Card(margin=16)
        words = label("Try anything on the model that runs on this computer. Nothing you type leaves it.", wrap=True)
        start = Button(self._theme, "Practise freely", "flask-conical")
        start.clicked.connect(lambda: self.page_chosen.emit("practice"))
        card.box.addLayout(row(words, start, spacing=16))
        return card

    def focus_next(self) -> None:
        """Put the keyboard on what a person does next."""
        self._continue.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where three would be too narrow for the present text size."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_COLUMNS_PX)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        for box in (self._top, self._prompts):
            box.setDirection(direction)

    def _on_continue_clicked(self) -> None:
        if self._model.state.next is not None:
            self.lesson_chosen.emit(self._model.state.next.id)
        else:
            self.page_chosen.emit(_after_all(self._model.state).page)

    def _render(self, state: HomeState) -> None:
        before, self._drawn = self._drawn, (state, self._theme.scale)
        if before == self._drawn:
            return
        known = before[0] if before is not None and before[1] == self._theme.scale else None
        self._greeting.setText(state.greeting)
        self._head.fit()
        self._subtitle.setText(state.subtitle)
        self._problem.say(f"Some content could not be read. {state.problem}" if state.problem else "", "caution")
        upcoming = state.next
        if upcoming is None:
            after = _after_all(state)
            self._eyebrow.setText(after.eyebrow)
            self._title.setText(after.title)
            self._detail.setText(after.detail)
            self._continue.setText(after.verb)
            self._continue.set_icon(after.icon)
        else:
            eyebrow = _EYEBROWS.get(upcoming.verb, "NEXT LESSON" if state.passed else "START HERE")
            self._eyebrow.setText(f"{eyebrow} · {upcoming.path.upper()}" if upcoming.path else eyebrow)
            self._title.setText(upcoming.title)
            self._detail.setText(upcoming.detail)
            self._continue.setText(upcoming.verb)
            self._continue.set_icon("play")
        self._bar.setVisible(upcoming is not None)  # the ring beside it says that all is done
        self._bar.setValue(round(1000 * upcoming.done) if upcoming else 0)
        self._overview.setText("Path overview" if upcoming else "All paths")
        self._overview.setVisible(upcoming is not None or _after_all(state).page != "learn")
        if known is None or _of_paths(known) != _of_paths(state):
            self._show_paths(state)
        self._review.setVisible(state.due > 0)
        self._due.setText(f"{state.due:,} {'question is' if state.due == 1 else 'questions are'} due")
        self._due_detail.setText(state.review_words)
        answers = f"{state.answered:,} {'answer' if state.answered == 1 else 'answers'}"
        runs = f"{state.runs:,} practice {'run' if state.runs == 1 else 'runs'}"
        self._figures.setText(
            f"{answers} given · {runs} on this computer"
            if state.answered or state.runs
            else "Your answers and practice runs are counted here."
        )
        if known is None or known.prompts != state.prompts:
            self._show_prompts(state.prompts)

    def _show_paths(self, state: HomeState) -> None:
        """How far all of it is; with several paths a line for each, so that it is plain which of them is due."""
        several = len(state.paths) > 1
        self._whose.setText("YOUR PATHS" if several else "YOUR PATH")
        self._ring.show_share(state.passed, state.lessons)
        self._path_due.show_due(state.paths[0].due if len(state.paths) == 1 else None)
        self._figures.setVisible(not several)
        clear(self._paths)
        for path in state.paths if several else ():
            share = label(f"{path.passed} of {path.lessons} passed", "small")
            self._paths.addWidget(Apart(label(path.title), DueChip(self._theme, path.due) if path.due else share))

    def _show_prompts(self, prompts: tuple[HomePrompt, ...]) -> None:
        clear(self._prompts)
        for prompt in prompts:
            self._prompts.addWidget(self._prompt_card(prompt), 1)

    def _prompt_card(self, prompt: HomePrompt) -> Clickable:
        card = Clickable(self._theme, f"{prompt.name}. {prompt.description} {prompt.status}")
        star = icon_button(
            self._theme,
            "star",
            f"Remove {prompt.name} from favourites" if prompt.is_favourite else f"Make {prompt.name} a favourite",
        )
        if prompt.is_favourite:
            Restyler(self._theme, star, lambda: star.setIcon(self._theme.icon("star", "accent")))
        star.setIconSize(QSize(self._theme.px(18), self._theme.px(18)))
        star.clicked.connect(lambda: self._model.star(prompt.id, not prompt.is_favourite))
        title = label(prompt.name, "strong", wrap=True)
        head = row(title)
        head.addWidget(star, 0, Qt.AlignmentFlag.AlignTop)
        card.box.addLayout(head)
        card.box.addWidget(label(prompt.description, "muted", wrap=True))
        card.box.addStretch(1)
        card.box.addLayout(
            row(
                chip(prompt.status, "good" if prompt.status.startswith("Approved") else "caution"),
                *((chip(prompt.role),) if prompt.role else ()),
                1,
            )
        )
        card.clicked.connect(lambda: self.prompt_chosen.emit(prompt.id))
        return card


def _of_paths(state: HomeState) -> tuple[object, ...]:
    return state.paths, state.passed, state.lessons


@dataclass(frozen=True, slots=True)
class _After:
    """What Home offers once there is no lesson left; page is where its button leads."""

    eyebrow: str
    title: str
    detail: str
    verb: str
    icon: str
    page: str


def _after_all(state: HomeState) -> _After:
    """The certificate first; then a path for one's work where one has no role; then the library, with the other paths beside it."""
    several = len(state.paths) > 1
    eyebrow, title = (
        "ALL DONE" if several else "PATH DONE",
        f"You passed every lesson of your {'paths' if several else 'path'}",
    )
    if not state.lessons:
        words = "Ask whoever gave you Greenroom for a content pack."
        return _After("NO LESSONS", "There is nothing to learn yet", words, "Open library", "library", "library")
    if waiting := state.certificates_waiting:
        words = "Your certificate is" if waiting == 1 else f"{waiting} certificates are"
        verb = "Get your certificate" if waiting == 1 else "Get your certificates"
        return _After(eyebrow, title, f"{words} waiting for you on Progress.", verb, "badge-check", "progress")
    if state.more_paths and not state.has_role:
        words = "Go on with the path nearest to your work: each ends with an hour of that job."
        return _After(eyebrow, title, words, "Choose a path", "route", "learn")
    words = "Keep what works: the library has prompts for your role."
    if state.more_paths:
        words += " The paths for other roles are open to you too."
    return _After(eyebrow, title, words, "Open library", "library", "library")


def _stretching(widget: QWidget, factor: int) -> QWidget:
    policy = widget.sizePolicy()
    policy.setHorizontalStretch(factor)
    policy.setHorizontalPolicy(policy.Policy.Expanding)
    widget.setSizePolicy(policy)
    return widget
