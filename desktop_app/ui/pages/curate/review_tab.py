"""Review: what waits for a decision on the left, one version with all a decision needs on the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from desktop_app.prompts.decision import Action
from desktop_app.prompts.prompt import Prompt
from desktop_app.prompts.queue import Waiting
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.curate.review_decide import DecidePane
from desktop_app.ui.pages.curate.review_model import Looked, ReviewPageModel, ReviewState, Wish
from desktop_app.ui.pages.curate.review_tests import tests_html
from desktop_app.ui.standing import decision_entries, state_tone, when
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Choice, chip, clear, icon_button, label, row, shortcut
from desktop_app.ui.widgets.comparison import Comparison
from desktop_app.ui.widgets.entries import Entry, EntryList
from desktop_app.ui.widgets.version_text import version_html

_NARROW_PX, _LOW_PX = 720, 520
_LEAST_PX = (208, 400)  # of the queue and of what stands beside it
_RARE: tuple[Action, ...] = ("label", "deprecate", "withdraw")
_BUTTONS: dict[Action, tuple[str, str, str]] = {  # words, icon, tip
    "approve": ("Approve", "badge-check", "Offer this version to everybody (Ctrl+Return)"),
    "submit": ("Submit", "arrow-right", "Ask for a review of this version"),
    "take": ("Take", "user", "Say that you are reviewing it, so that nobody else does too"),
    "reject": ("Send back", "undo-2", "Reject it, with a reason"),
    "label": ("Label", "flag", "Give it a label such as pilot, or take one away"),
    "deprecate": ("Deprecate", "clock", "Tell people to choose another; it stays usable"),
    "withdraw": ("Withdraw", "circle-x", "Make it unusable for good"),
}


class ReviewTab(QWidget):
    """Signals: opened_in_library(str, int)."""

    opened_in_library = Signal(str, int)

    def __init__(
        self, theme: Theme, model: ReviewPageModel, jobs: Jobs, mode: str, keep_mode: Callable[[str], object]
    ) -> None:
        super().__init__()
        self._theme, self._model = theme, model
        self._decisions: dict[Action, Button] = {}
        self._rare: dict[Action, QAction] = {}
        self._looked: Looked | None = None
        self._build(jobs, mode)
        self._connect(keep_mode)
        self._render(model.state)

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self, jobs: Jobs, mode: str) -> None:
        self.libraries = Choice()
        self.libraries.setAccessibleName("Library folder")
        self._reading = label("", "small")
        self.again = icon_button(self._theme, "refresh-cw", "Read again", shortcut="F5")
        self.your_key = Button(self._theme, "Your key", "shield-check", kind="quiet", tip="The key you decide with")
        self.queue = EntryList(self._theme, "What waits for a decision")
        self._banner, self._said = Banner(self._theme), Banner(self._theme, icon="circle-check")
        self.key_card = self._build_key()
        left = QWidget()
        left.setObjectName("clear")
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.libraries)
        box.addLayout(row(self._reading, 1, self.your_key, self.again))
        box.addWidget(self.queue, 1)
        box.addStretch(0)
        self._side = QStackedWidget()
        self._side.addWidget(self._build_empty())
        self._side.addWidget(self._build_detail(jobs, mode))
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(16)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self._side)
        left.setMinimumWidth(_LEAST_PX[0])
        self._side.setMinimumWidth(_LEAST_PX[1])
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([320, 700])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 12, 0, 0)
        outer.setSpacing(10)
        for widget in (self._banner, self.key_card, self._said):
            outer.addWidget(widget)
        outer.addWidget(self.splitter, 1)
        outer.addStretch(0)  # takes the room while the key stands alone

    def _build_key(self) -> Card:
        card = Card(margin=14, spacing=6)
        card.box.addWidget(label("Decide under your own key", "strong"))
        card.box.addWidget(
            label(
                "Decisions are signed with a key that never leaves your keyring. To count in a curated library, these lines "
                "must stand in its curators.yml; whoever looks after the folder puts them there.", "muted", wrap=True,
            )
        )  # fmt: skip
        self.key_lines = label("", selectable=True, wrap=True)
        copy = Button(self._theme, "Copy the lines", "copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.key_lines.text()))
        close = Button(self._theme, "Close", kind="quiet")
        close.clicked.connect(lambda: self.show_key(False))
        card.box.addWidget(self.key_lines)
        card.box.addLayout(row(copy, close, 1))
        card.hide()
        return card

    def _build_empty(self) -> Card:
        card = Card(margin=24)
        self._empty_title, self._empty_words = label("", "section"), label("", "muted", wrap=True)
        card.box.addWidget(self._empty_title)
        card.box.addWidget(self._empty_words)
        card.box.addStretch(1)
        return card

    def _build_detail(self, jobs: Jobs, mode: str) -> Card:
        card = Card(margin=16, spacing=8)
        self._name = label("", "section", wrap=True)
        self._chips = row()
        self._facts = QWidget()
        self._facts.setObjectName("clear")
        self._facts.setLayout(self._chips)
        self.open = icon_button(self._theme, "book-open", "Open it in the library")
        self._standing = Banner(self._theme)
        self.comparison = Comparison(self._theme, mode)
        self._text, self._tests = _document("The version's text"), _document("How its tests did")
        self.history = EntryList(self._theme, "Decisions, newest first", rail=True, lines=6)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setAccessibleName("What to look at")
        for widget, name in (
            (self.comparison, "Changes"), (self._text, "Text"), (self._tests, "Tests"), (self.history, "History"),
        ):  # fmt: skip
            self.tabs.addTab(_padded(widget), name)
        self.decide = DecidePane(self._theme, jobs)
        self._why_not = label("", "small", wrap=True)
        self._bar = QWidget()
        self._bar.setObjectName("clear")
        bar = row(spacing=6)
        for action, (words, icon, tip) in _BUTTONS.items():
            if action not in _RARE:
                kind = "primary" if action in ("approve", "submit") else ""
                button = self._decisions[action] = Button(self._theme, words, icon, kind=kind, tip=tip)
                button.clicked.connect(lambda _=False, action=action: self._begin(action))
                bar.addWidget(button)
        self.more = Button(self._theme, "More", "ellipsis", tip="Label, deprecate or withdraw it")
        self.menu = self._build_menu()
        bar.addWidget(self.more)
        bar.addStretch(1)
        self._bar.setLayout(bar)
        card.box.addLayout(row(self._name, self.open))
        card.box.addWidget(self._facts)
        card.box.addWidget(self._standing)
        card.box.addWidget(self.tabs, 1)
        card.box.addWidget(self._why_not)
        card.box.addWidget(self._bar)
        card.box.addWidget(self.decide)
        Restyler(self._theme, card, self._draw_documents)
        return card

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for action in _RARE:
            words, _, tip = _BUTTONS[action]
            entry = self._rare[action] = menu.addAction(f"{words}…")
            entry.setToolTip(tip)
            entry.triggered.connect(lambda _=False, action=action: self._begin(action))
        return menu

    def _connect(self, keep_mode: Callable[[str], object]) -> None:
        model = self._model
        self.comparison.mode_chosen.connect(keep_mode)
        self.queue.chosen.connect(self._on_chosen)
        self.again.clicked.connect(self.reload)
        self.your_key.clicked.connect(lambda: self.show_key(self.key_card.isHidden()))
        self.libraries.activated.connect(lambda _: model.show_library(self.libraries.currentData()))
        self.open.clicked.connect(self._on_open_clicked)
        self.decide.wished.connect(model.decide)
        self.decide.given_up.connect(self._give_up)
        self.decide.look_asked.connect(self._look_again)
        self.decide.named.connect(model.desk.set_name)
        self.more.clicked.connect(lambda: self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2))))
        shortcut(self, "Ctrl+Return", self._on_ctrl_return)
        model.changed.connect(self._render)
        model.decided.connect(lambda _: self.decide.end())
        model.desk.changed.connect(lambda: self._render(model.state))

    # -- what a person does ------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Others may have decided meanwhile."""
        super().showEvent(event)
        self.reload()

    def reload(self) -> None:
        """Read the queue and what is shown anew."""
        self._model.reload()
        self._model.look_again()

    def show_version(self, prompt: Prompt, version: int) -> None:
        """Look at any version, whether it waits or not."""
        self.decide.end()
        self._model.open(prompt, version)

    def show_key(self, shown: bool) -> None:
        """Show or hide the lines that make this person a curator."""
        self.key_lines.setText(self._model.desk.lines() if self._model.desk.key else self._model.desk.problem)
        self.key_card.setVisible(shown)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Icons alone where there is no room for words."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_NARROW_PX)
        for button, words in ((self._decisions["take"], "Take"), (self.more, "More")):
            if button.text() != ("" if narrow else words):
                button.setText("" if narrow else words)
                button.setAccessibleName(words)
                button.redraw()
        self._make_room()

    def _make_room(self) -> None:
        """Where it is low, a decision that is being made or one's key takes the place of other things."""
        low = self.height() < self._theme.px(_LOW_PX)
        self.splitter.setVisible(self.key_card.isHidden() or not low)
        tight = self.decide.action is not None and low
        for widget in (self._facts, self._said):
            widget.setVisible(not tight and (widget is self._facts or bool(self._model.state.said)))
        if tight:
            self._standing.hide()

    def _begin(self, action: Action) -> None:
        looked = self._model.state.looked
        if looked is None:
            return
        if action == "take":
            self._model.decide(Wish("take"))
            return
        self._model.forget_refusal()
        self.decide.begin(action, looked, self._model.desk.name(looked.version.path.parent.parent))
        self._render(self._model.state)

    def _on_ctrl_return(self) -> None:
        if self.decide.action is None and self._decisions["approve"].isVisibleTo(self):
            self._begin("approve")

    def _look_again(self) -> None:
        """What somebody else decided meanwhile; what was typed for one's own decision stays."""
        self._model.forget_refusal()
        self.reload()
        self.tabs.setCurrentIndex(3)

    def _give_up(self) -> None:
        self.decide.end()
        self._model.forget_refusal()
        if (button := self._decisions["approve"]).isVisible():
            button.setFocus()

    def _on_chosen(self, one: Waiting) -> None:
        self.decide.end()
        self._model.choose(one)

    def _on_open_clicked(self) -> None:
        if (looked := self._model.state.looked) is not None:
            self.opened_in_library.emit(looked.version.id, looked.version.version)

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _render(self, state: ReviewState) -> None:
        self._banner.say(self._model.desk.problem, "caution")
        self._said.say(state.said, "good")
        self._reading.setText(state.reading)
        self._show_libraries(state)
        entries = [_entry(one) for one in _with_chosen(state)]
        self.queue.show_entries(entries, state.chosen)
        self.queue.setVisible(bool(entries))  # what is empty says so on the right
        looked = state.looked
        self._side.setCurrentIndex(1 if looked is not None else 0)
        if looked is None:
            self._show_empty(state)
            return
        if looked is not self._looked:
            self._show_looked(looked, state)
        deciding = self.decide.action is not None
        self._bar.setVisible(not deciding)
        self._why_not.setVisible(bool(self._why_not.text()) and not deciding)
        self.decide.show_state(state)
        if not deciding:
            self._show_standing(looked, state.refused)
        self._make_room()

    def _show_libraries(self, state: ReviewState) -> None:
        folders = list(dict.fromkeys(one.library for one in state.waiting))
        self.libraries.setVisible(len(folders) > 1)
        known = [self.libraries.itemData(at) for at in range(self.libraries.count())]
        if known != [None, *folders]:
            self.libraries.clear()
            self.libraries.addItem("All folders", None)
            for folder in folders:
                self.libraries.addItem(folder.name, folder)
        self.libraries.setCurrentIndex([None, *folders].index(state.library) if state.library in folders else 0)

    def _show_empty(self, state: ReviewState) -> None:
        if state.problem and state.chosen is not None:
            self._empty_title.setText(f"{state.chosen.name} cannot be shown")
            self._empty_words.setText(f"{state.problem}\n\nNobody gets this prompt until that is mended.")
        elif state.problem:
            self._empty_title.setText("The queue cannot be read")
            self._empty_words.setText(state.problem)
        elif state.is_loaded and not state.waiting and state.chosen is None:
            self._empty_title.setText("Nothing waits for a decision")
            self._empty_words.setText(
                "Versions come here when somebody submits them, when their review date has passed, or when their file was "
                "changed after it was approved. To decide about any other version, open it in the library and choose "
                "Decide under Versions."
            )
        else:
            self._empty_title.setText("")
            self._empty_words.setText("")

    def _show_looked(self, looked: Looked, state: ReviewState) -> None:
        first = self._looked is None or self._looked.version.id != looked.version.id
        self._looked = looked
        version, prompt = looked.version, looked.prompt
        standing = prompt.standing(version.version)
        self._name.setText(version.name)
        clear(self._chips)
        self._chips.addWidget(
            chip(f"{prompt.status(version.version).capitalize()} · v{version.version}", state_tone(standing.state))
        )
        self._chips.addWidget(label(_who(looked), "small", wrap=True), 1)
        before, after = looked.before, f"Version {version.version}"
        approved = before is not None and prompt.labels.get("approved") == before.version
        named = f"Version {before.version}{', approved' if approved else ''}" if before else ""
        self.tabs.setTabVisible(0, before is not None)
        self.comparison.show_parts(looked.parts, named, after)
        self.history.show_entries(decision_entries(prompt))
        self._draw_documents()
        if first and state.chosen is not None:
            self.tabs.setCurrentIndex(3 if state.chosen.version is None else 0 if before is not None else 1)
        self._show_actions(looked)

    def _show_standing(self, looked: Looked, refused: str) -> None:
        history, standing = looked.prompt.history, looked.prompt.standing(looked.version.version)
        problems = [problem.message for problem in history.problems]
        said = standing.decision.reason if standing.decision and standing.state in ("submitted", "in review") else ""
        if refused:
            self._standing.say(refused, "danger")
        elif problems or history.conflict:
            words = "\n".join(problems) or history.conflict
            self._standing.say(
                f"What was decided here cannot be relied on, so nobody can use the prompt.\n{words}"
                if history.conflict
                else words,
                "danger",
            )
        elif standing.reason:
            self._standing.say(standing.reason, "danger" if not standing.usable else "caution")
        else:
            self._standing.say(f"“{said}”" if said else "", "plain")

    def _show_actions(self, looked: Looked) -> None:
        known = bool(looked.refusals)
        state = looked.prompt.standing(looked.version.version).state
        for action, button in self._decisions.items():
            allowed = looked.may(action) if known else action in _usual(state)
            button.setVisible(allowed and (action != "submit" or state in ("draft", "rejected", "changed")))
        for action, entry in self._rare.items():
            entry.setVisible(not known or looked.may(action))
        self.more.setVisible(any(entry.isVisible() for entry in self._rare.values()))
        self._decisions["approve"].setText("Prolong" if state in ("approved", "due for review") else "Approve")
        waits = state in ("submitted", "in review", "due for review")
        why = looked.refusals.get("approve", "") if waits else ""
        self._why_not.setText(why)
        self._why_not.setVisible(bool(why))

    def _draw_documents(self) -> None:
        if self._looked is not None:
            tokens = self._theme.tokens
            self._text.setHtml(version_html(self._looked.version, tokens))
            self._tests.setHtml(tests_html(self._looked, tokens))


def _usual(state: str) -> tuple[Action, ...]:
    """What is offered while nobody knows who decides."""
    return {"submitted": ("approve", "take", "reject"), "in review": ("approve", "reject")}.get(state, ())


def _who(looked: Looked) -> str:
    one = looked.prompt.standing(looked.version.version).decision
    if one is None:
        return looked.version.author
    return f"{one}, {when(one.at)}"


def _with_chosen(state: ReviewState) -> tuple[Waiting, ...]:
    """The queue, and above it what was opened although it does not wait."""
    chosen = state.chosen
    if chosen is None or any(
        (one.library, one.id, one.version) == (chosen.library, chosen.id, chosen.version) for one in state.shown
    ):
        return state.shown
    return (chosen, *state.shown)


def _entry(one: Waiting) -> Entry:
    number = f" · v{one.version}" if one.version is not None else ""
    meta = " · ".join(filter(None, (one.by, when(one.at))))
    return Entry(
        one,
        f"{one.name}{number}",
        one.state.capitalize(),
        state_tone(one.state),
        meta,
        one.reason,
        f"{one.library.name}/{one.id}",
    )


def _document(name: str) -> QTextBrowser:
    made = QTextBrowser()
    made.setOpenLinks(False)
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    return made


def _padded(widget: QWidget) -> QWidget:
    holder = QWidget()
    holder.setObjectName("clear")
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 10, 0, 0)
    box.addWidget(widget)
    return holder
