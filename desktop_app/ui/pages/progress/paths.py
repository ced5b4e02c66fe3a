"""A card for each path: how far, until when, its lessons, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.ui.pages.progress.model import Certifiable, LessonLine, PathCard, ProgressState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, Icon, clear, label, meter, row
from desktop_app.ui.widgets.due import DueChip
from desktop_app.ui.widgets.ring import Ring
from desktop_app.ui.widgets.shortened import Shortened

_RING_PX = 700  # narrower than this, ring and bars give way to the titles
_STACKED_PX = 460  # narrower than this, how far a lesson is stands below its title
_BAR_PX = 88
_INSET = 11  # of the words in a button of kind "row"
_ICONS = {
    "new": ("circle", "edge"), "started": ("circle-dot", "accent"), "completed": ("circle-alert", "caution"),
    "passed": ("circle-check", "good"),
}  # fmt: skip


class PathList(QWidget):
    """Signals: lesson_chosen(id); issue_asked(subject); certificate_chosen(id)."""

    lesson_chosen = Signal(str)
    issue_asked = Signal(str)
    certificate_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme = theme
        self._roomy: list[QWidget] = []
        self._lines: list[QBoxLayout] = []
        self._medals: list[Button] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(16)

    def show_paths(self, state: ProgressState) -> None:
        """Show the state's paths and the lessons on none."""
        clear(self._box)
        self._roomy, self._lines, self._medals = [], [], []
        first = next((path for path in state.paths if path.next_lesson or path.certifiable), None)
        for path in state.paths:
            self._box.addWidget(self._path(path, is_first=path is first, may_issue=state.may_issue))
        if state.others:
            card = Card(margin=20)
            card.box.addWidget(label("More lessons", "section"))
            for widget in self._lessons(state.others, may_issue=state.may_issue):
                card.box.addWidget(widget)
            self._box.addWidget(card)
        if state.more_paths:
            more = f"{state.more_paths} more {'path' if state.more_paths == 1 else 'paths'} for other roles on Learn."
            self._box.addWidget(label(more, "small", wrap=True))
        if not state.paths and not state.others and not state.more_paths:
            words = "No lessons are installed. Ask whoever gave you Greenroom for a content pack."
            self._box.addWidget(label(words, "muted", wrap=True))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rings and bars only where there is room for them."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        roomy, stacked = self.width() >= self._theme.px(_RING_PX), self.width() < self._theme.px(_STACKED_PX)
        for widget in self._roomy:
            widget.setVisible(roomy)
        for line in self._lines:
            line.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
            line.setSpacing(0 if stacked else 12)
            words = line.itemAt(line.count() - 1).widget()
            line.setAlignment(words, Qt.AlignmentFlag.AlignLeft if stacked else Qt.AlignmentFlag(0))
            words.setContentsMargins(_INSET if stacked else 0, 0, 0, _INSET if stacked else 0)
        for medal in self._medals:
            if bool(medal.text()) != roomy:
                medal.setText("Certificate" if roomy else "")
                medal.redraw()

    def _path(self, path: PathCard, *, is_first: bool, may_issue: bool) -> Card:
        card = Card(margin=20)
        ring = Ring(self._theme, f"{path.title}: lessons passed")
        ring.show_share(path.passed, len(path.lessons))
        self._roomy.append(ring)
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addLayout(row(label(path.title, "section"), 1, DueChip(self._theme, path.due)))
        text.addWidget(label(f"{path.words}. {path.clock}." if path.clock else path.words, "muted", wrap=True))
        text.addSpacing(8)
        for widget in self._lessons(path.lessons, may_issue=may_issue):
            text.addWidget(widget)
        text.addSpacing(8)
        text.addLayout(self._actions(path, is_first=is_first, may_issue=may_issue))
        line = row(spacing=24)
        line.addWidget(ring, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(text, 1)
        card.box.addLayout(line)
        return card

    def _actions(self, path: PathCard, *, is_first: bool, may_issue: bool) -> QVBoxLayout:
        made = QVBoxLayout()
        kind = "primary" if is_first else ""
        if path.next_lesson is not None:
            lesson_id, title, verb = path.next_lesson
            go_on = Shortened(self._theme, f"{verb}: {title}", "play", kind=kind)
            go_on.clicked.connect(lambda: self.lesson_chosen.emit(lesson_id))
            made.addLayout(row(go_on, 1))
            made.addWidget(label("Pass every lesson and you can issue a certificate for the path.", "small", wrap=True))
        elif path.certifiable is not None:
            button = self._certificate_button(path.certifiable, kind)
            button.setEnabled(may_issue or bool(path.certifiable.certificate))
            made.addLayout(row(button, 1))
        return made

    def _certificate_button(self, what: Certifiable, kind: str) -> Button:
        if what.certificate:
            button = Button(self._theme, "View certificate", "badge-check")
            button.clicked.connect(lambda: self.certificate_chosen.emit(what.certificate))
        else:
            button = Button(self._theme, "Issue certificate", "badge-check", kind=kind)
            button.clicked.connect(lambda: self.issue_asked.emit(what.subject))
        return button

    def _lessons(self, lines: Sequence[LessonLine], *, may_issue: bool) -> Iterator[QWidget]:
        keeps_place = any(line.certifiable is not None for line in lines)  # else the titles have the room
        return (self._lesson(line, may_issue=may_issue, keeps_place=keeps_place) for line in lines)

    def _lesson(self, line: LessonLine, *, may_issue: bool, keeps_place: bool) -> QWidget:
        holder = QWidget()
        holder.setObjectName("clear")
        title = _Title(self._theme, line.title)
        title.setAccessibleName(f"Open {line.title}: {line.words}")
        title.clicked.connect(lambda: self.lesson_chosen.emit(line.id))
        bar = meter(line.share, name=f"{line.title}: {line.words}")
        bar.setFixedWidth(self._theme.px(_BAR_PX))
        self._roomy.append(bar)
        words = label(line.words, "small")
        words.setFixedWidth(self._theme.px(164))
        said = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        said.addWidget(title, 1)
        said.addWidget(bar)
        said.addWidget(words)
        self._lines.append(said)
        box = row(
            Icon(self._theme, *_ICONS[line.state]),
            said,
            self._medal(line, may_issue=may_issue, keeps_place=keeps_place),
            spacing=12,
        )
        box.setStretch(1, 1)
        holder.setLayout(box)
        return holder

    def _medal(self, line: LessonLine, *, may_issue: bool, keeps_place: bool) -> Button:
        """The button for a passed lesson's certificate; where one beside it has it, the others keep its place: columns align."""
        what = line.certifiable
        doing = "View the certificate" if what is not None and what.certificate else "Issue a certificate"
        button = Button(self._theme, "Certificate", "badge-check", kind="quiet", tip=f"{doing} for {line.title}")
        button.setAccessibleName(f"{doing} for {line.title}")
        self._medals.append(button)
        if what is None:
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(keeps_place)
            button.setSizePolicy(policy)
            button.hide()
        elif what.certificate:
            button.clicked.connect(lambda: self.certificate_chosen.emit(what.certificate))
        else:
            button.clicked.connect(lambda: self.issue_asked.emit(what.subject))
            button.setEnabled(may_issue)
        return button


class _Title(Button):
    """A row's button that shortens its text to the room there is; the tooltip has all of it."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(theme, text, kind="row", tip=text)
        self._whole, self._inset = text, theme.px(24)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(theme.px(120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten to the new width."""
        super().resizeEvent(event)
        self.setText(
            self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width() - self._inset)
        )
