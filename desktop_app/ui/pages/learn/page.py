"""Learn: the paths as a quiet list, and the reader."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.ui.pages.learn.glossary import GlossaryPage
from desktop_app.ui.pages.learn.model import LearnModel, LessonRow, PathRows
from desktop_app.ui.pages.learn.path_fold import PathFold, figures
from desktop_app.ui.pages.learn.reader import Reader
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Clickable, Icon, Scroll, chip, clear, label, meter, row
from desktop_app.ui.widgets.due import DueChip

_STATES = {
    "new": ("circle", "edge", "", "plain"),
    "started": ("circle-dot", "accent", "In progress", "plain"),
    "completed": ("circle-alert", "caution", "Not passed yet", "caution"),
    "passed": ("circle-check", "good", "Passed", "good"),
}


class LearnPage(QStackedWidget):
    """Signals: lesson_chosen(id)."""

    lesson_chosen = Signal(str)

    def __init__(self, theme: Theme, model: LearnModel, reader: Reader, glossary: GlossaryPage) -> None:
        super().__init__()
        self._theme, self.reader, self.glossary = theme, reader, glossary
        self._list = Scroll(max_width=860)
        self._list.setObjectName("page")
        self.addWidget(self._list)
        self.addWidget(reader)
        self.addWidget(glossary)
        self._below_glossary: QWidget = self._list
        self._model = model
        model.paths_changed.connect(self._render)
        model.step_changed.connect(lambda _: self.setCurrentWidget(reader))
        reader.closed.connect(self.show_list)
        reader.lesson_chosen.connect(model.open)
        glossary.closed.connect(self._on_glossary_closed)
        glossary.lesson_chosen.connect(self.lesson_chosen)

    def show_list(self) -> None:
        """Show the paths; half-typed exercises are kept."""
        self.reader.close_runs()
        self._model.reload()
        self.setCurrentWidget(self._list)

    def show_glossary(self, entry_id: str = "") -> None:
        """Show the glossary, at an entry if one is named; Back leads to where one was."""
        if self.currentWidget() is not self.glossary:
            self._below_glossary = self.currentWidget()
        self.setCurrentWidget(self.glossary)
        self.glossary.open(entry_id)

    def _on_glossary_closed(self) -> None:
        if self._below_glossary is self.reader:
            self.setCurrentWidget(self.reader)
        else:
            self.show_list()

    @property
    def is_reading(self) -> bool:
        """True while a lesson is open."""
        return self.currentWidget() is self.reader

    def _render(self, paths: tuple[PathRows, ...]) -> None:
        box = self._list.box
        clear(box)
        glossary = Button(self._theme, "Glossary", "book-open", kind="quiet", tip="What the words mean, from A to Z")
        glossary.clicked.connect(lambda: self.show_glossary())
        box.addLayout(row(label("Learn", "page"), 1, glossary))
        if self._model.problem:
            banner = Banner(self._theme)
            banner.say(f"Some lessons cannot be read and are left out.\n{self._model.problem}", "caution")
            box.addWidget(banner)
        if not paths:
            box.addWidget(
                label(
                    "No lessons are installed. Ask whoever gave you Greenroom for a content pack, or start it with --content FOLDER.",
                    "muted",
                    wrap=True,
                )
            )
        others = [path for path in paths if not path.is_mine]
        for path in paths:
            if others and path is others[0]:
                box.addSpacing(16)
                box.addWidget(label("Paths for other roles", "section"))
                box.addWidget(label("Open to you too. Your own comes first on Home.", "muted", wrap=True))
            if path.is_mine:
                self._add_path(path)
                for lesson in path.rows:
                    box.addWidget(self._card(lesson))
            else:
                fold = PathFold(self._theme, path, self._card)
                fold.toggled.connect(self._model.unfold)
                box.addWidget(fold)
        box.addStretch(1)

    def _add_path(self, path: PathRows) -> None:
        box = self._list.box
        box.addSpacing(8)
        box.addLayout(
            row(
                label(path.title, "section"),
                1,
                DueChip(self._theme, path.due),
                label(figures(path), "small"),
                spacing=12,
            )
        )
        box.addWidget(label(path.description, "muted", wrap=True))

    def _card(self, lesson: LessonRow) -> Clickable:
        icon, color, state, tone = _STATES[lesson.state]
        if lesson.state == "started":
            state = f"Step {lesson.step} of {lesson.steps}"
        left = " left" if lesson.state in ("started", "completed") else ""
        minutes = f"{lesson.minutes} minute{'' if lesson.minutes == 1 else 's'}{left}"
        card = Clickable(
            self._theme,
            f"Lesson {lesson.number}: {lesson.title}. {state or 'New'}. {lesson.minutes} minutes",
            margin=16,
        )
        line = row(Icon(self._theme, icon, color, 20), label(lesson.title, "strong", wrap=True), spacing=12)
        line.setStretch(1, 1)
        if state:
            shown = (
                f"{state} · {lesson.score:.0%}"
                if lesson.state in ("passed", "completed") and lesson.score is not None
                else state
            )
            line.addWidget(chip(shown, tone))
        line.addWidget(label(minutes, "small"))
        card.box.addLayout(line)
        text = row(label(lesson.summary, "muted", wrap=True))
        text.setContentsMargins(self._theme.px(32), 0, 0, 0)
        card.box.addLayout(text)
        if lesson.state == "started":
            bar = row(meter(lesson.done, name=f"{lesson.title}: steps done"))
            bar.setContentsMargins(self._theme.px(32), 4, 0, 0)
            card.box.addLayout(bar)
        card.clicked.connect(lambda: self.lesson_chosen.emit(lesson.id))
        return card
