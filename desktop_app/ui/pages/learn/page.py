"""Learn: the paths as a quiet list, and the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.ui.pages.learn.glossary import GlossaryPage
from desktop_app.ui.pages.learn.model import LearnModel, LessonRow, PathRows
from desktop_app.ui.pages.learn.path_fold import PathFold, PathHead, below_icon
from desktop_app.ui.pages.learn.reader import Reader
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.apart import Apart
from desktop_app.ui.widgets.basic import Banner, Button, Clickable, Icon, Scroll, chip, column, label, meter, row

_WIDTH_PX = 860
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
        self._build()
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

    def _build(self) -> None:
        self._list = Scroll()
        self._list.setObjectName("page")
        Restyler(self._theme, self, lambda: self._list.column.setMaximumWidth(self._theme.px(_WIDTH_PX)))
        glossary = Button(self._theme, "Glossary", "book-open", kind="quiet", tip="What the words mean, from A to Z")
        glossary.clicked.connect(lambda: self.show_glossary())
        self._problem = Banner(self._theme)
        words = "No lessons are installed. Ask whoever gave you Greenroom for a content pack, or start it with --content FOLDER."
        self._nothing = label(words, "muted", wrap=True)
        self._paths = column(spacing=16)
        self._shown: dict[object, QWidget] = {}
        self._list.box.addLayout(row(label("Learn", "page"), 1, glossary))
        self._list.box.addWidget(self._problem)
        self._list.box.addWidget(self._nothing)
        self._list.box.addLayout(self._paths)
        self._list.box.addStretch(1)

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
        """Draw anew only the paths that changed, so that the page stays where it was scrolled and the keyboard where it is."""
        self._problem.say(
            f"Some lessons or words cannot be read and are left out.\n{self._model.problem}"
            if self._model.problem
            else "",
            "caution",
        )
        self._nothing.setVisible(not paths)
        wanted = dict(self._sections(paths))
        for key in self._shown.keys() - wanted.keys():
            gone = self._shown.pop(key)
            gone.hide()
            gone.deleteLater()
        for at, (key, make) in enumerate(wanted.items()):
            if key not in self._shown:
                self._shown[key] = make()
            if self._paths.indexOf(self._shown[key]) != at:
                self._paths.insertWidget(at, self._shown[key])

    def _sections(self, paths: tuple[PathRows, ...]) -> Iterator[tuple[object, Callable[[], QWidget]]]:
        """What the page consists of: all that a section shows, by which it is known again, and what makes it."""
        others = next((path for path in paths if not path.is_mine), None)
        for path in paths:
            if path is others:
                yield (self._model.role, self._theme.scale), self._make_heading
            make = self._make_fold if path.can_fold else self._make_open
            # whether a fold is open it knows by itself
            yield (replace(path, is_open=False), self._theme.scale), partial(make, path)

    def _make_heading(self) -> QWidget:
        if self._model.role == "everyone":
            title, words = (
                "Paths for a role",
                "Take the one nearest to your work. Name your role in Settings, and its path comes first.",
            )
        else:
            title, words = "Paths for other roles", "Open to you too. Your own come first on Home."
        made = QWidget()
        made.setObjectName("clear")
        made.setLayout(column(label(title, "section"), label(words, "muted", wrap=True)))
        made.layout().setContentsMargins(0, 24, 0, 0)
        return made

    def _make_fold(self, path: PathRows) -> QWidget:
        fold = PathFold(self._theme, path, self._card)
        fold.toggled.connect(self._model.unfold)
        return fold

    def _make_open(self, path: PathRows) -> QWidget:
        made = QWidget()
        made.setObjectName("clear")
        made.setLayout(column(PathHead(self._theme, path), *map(self._card, path.rows), spacing=16))
        return made

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
        facts = QWidget()
        facts.setObjectName("clear")
        facts.setLayout(row(1, spacing=12))
        if state:
            shown = (
                f"{state} · {lesson.score:.0%}"
                if lesson.state in ("passed", "completed") and lesson.score is not None
                else state
            )
            facts.layout().addWidget(chip(shown, tone))
        facts.layout().addWidget(label(minutes, "small"))
        mark = Icon(self._theme, icon, color, 20)
        line = row(mark, Apart(label(lesson.title, "strong", wrap=True), facts), spacing=12)
        line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        card.box.addLayout(line)
        text = row(label(lesson.summary, "muted", wrap=True))
        text.setContentsMargins(below_icon(self._theme), 0, 0, 0)
        card.box.addLayout(text)
        if lesson.state == "started":
            bar = row(meter(lesson.done, name=f"{lesson.title}: steps done"))
            bar.setContentsMargins(below_icon(self._theme), 4, 0, 0)
            card.box.addLayout(bar)
        card.clicked.connect(lambda: self.lesson_chosen.emit(lesson.id))
        return card
