"""Home: what a person does next is the largest thing on it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from desktop_app.ui.pages.home.model import HomeModel, HomePrompt, HomeState
from desktop_app.ui.theme import Restyler, Theme
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
        self._build()
        model.changed.connect(self._render)

    def _build(self) -> None:
        scroll = Scroll(max_width=1160, spacing=20)
        fill(self, scroll)
        self._greeting, self._subtitle = label("", "page"), label("", "muted")
        search = Button(self._theme, "Search  Ctrl+K", "search", tip="Search lessons, prompts and actions (Ctrl+K)")
        search.clicked.connect(self.search_asked)
        self._problem = Banner(self._theme)
        self._head = row(self._greeting, 1, search)
        scroll.box.addLayout(self._head)
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
        overview = Button(self._theme, "Path overview", "list-checks")
        overview.clicked.connect(lambda: self.page_chosen.emit("learn"))
        card = Card(margin=24)
        for widget in (self._eyebrow, self._title, self._detail):
            card.box.addWidget(widget)
        card.box.addStretch(1)
        card.box.addWidget(self._bar)
        card.box.addSpacing(8)
        card.box.addLayout(row(self._continue, overview, 1))
        side = Card(margin=24)
        side.setMinimumWidth(260)
        self._ring = Ring(self._theme, "Lessons passed")
        self._figures = label("", "muted", wrap=True)
        self._path_due = DueChip(self._theme)
        side.box.addLayout(row(label("YOUR PATH", "eyebrow"), 1, self._path_due))
        side.box.addWidget(self._ring, 1, Qt.AlignmentFlag.AlignCenter)
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
        for box in (self._head, self._top, self._prompts):
            box.setDirection(direction)

    def _on_continue_clicked(self) -> None:
        if self._model.state.next is not None:
            self.lesson_chosen.emit(self._model.state.next.id)
        else:
            self.page_chosen.emit("progress" if self._model.state.certificate_waits else "library")

    def _render(self, state: HomeState) -> None:
        self._greeting.setText(state.greeting)
        self._subtitle.setText(state.subtitle)
        self._problem.say(f"Some content could not be read. {state.problem}" if state.problem else "", "caution")
        upcoming = state.next
        if upcoming is None:
            self._eyebrow.setText("PATH DONE" if state.lessons else "NO LESSONS")
            self._title.setText(
                "You passed every lesson of your path" if state.lessons else "There is nothing to learn yet"
            )
            self._detail.setText(
                "Your certificate is waiting for you on Progress."
                if state.certificate_waits
                else "Keep what works: the library has prompts for your role."
                if state.lessons
                else "Ask whoever gave you Greenroom for a content pack."
            )
            self._continue.setText("Get your certificate" if state.certificate_waits else "Open library")
            self._continue.set_icon("badge-check" if state.certificate_waits else "library")
        else:
            eyebrow = _EYEBROWS.get(upcoming.verb, "NEXT LESSON" if state.passed else "START HERE")
            self._eyebrow.setText(f"{eyebrow} · {upcoming.path.upper()}" if upcoming.path else eyebrow)
            self._title.setText(upcoming.title)
            self._detail.setText(upcoming.detail)
            self._continue.setText(upcoming.verb)
            self._continue.set_icon("play")
        self._bar.setValue(round(1000 * upcoming.done) if upcoming else 1000 if state.lessons else 0)
        self._path_due.show_due(state.path_due)
        self._ring.show_share(state.passed, state.lessons)
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
        self._show_prompts(state.prompts)

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


def _stretching(widget: QWidget, factor: int) -> QWidget:
    policy = widget.sizePolicy()
    policy.setHorizontalStretch(factor)
    policy.setHorizontalPolicy(policy.Policy.Expanding)
    widget.setSizePolicy(policy)
    return widget
