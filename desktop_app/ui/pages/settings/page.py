"""Settings: plain sections; each value says where it comes from and what is stored where."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from desktop_app import __version__
from desktop_app.lessons.translation import language_name
from desktop_app.policy.policy import policy_in_words
from desktop_app.policy.vocabulary import ROLES
from desktop_app.practice.retention import kept_words
from desktop_app.ui.pages.settings.model import SettingsModel, SettingsState
from desktop_app.ui.sandbox_model import SandboxState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import (
    Banner,
    Button,
    Card,
    Choice,
    Icon,
    Scroll,
    chip,
    clear,
    fill,
    label,
    row,
    set_tone,
)

_THEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}
_CHANNELS_PX = 760
_SCALES = (90, 100, 110, 125, 150, 175, 200)


class SettingsPage(QWidget):
    """Signals: selftest_asked(), to test the sandbox again."""

    selftest_asked = Signal()

    def __init__(self, theme: Theme, model: SettingsModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model = theme, model
        self._build()
        model.changed.connect(self._render)

    def _build(self) -> None:
        self._scroll = Scroll(max_width=800)
        fill(self, self._scroll)
        box = self._scroll.box
        box.addWidget(label("Settings", "page"))
        self._problem = Banner(self._theme)
        box.addWidget(self._problem)
        for card in (
            self._build_profile(),
            self._build_look(),
            self._build_work(),
            self._build_sandbox(),
            self._build_privacy(),
            self._build_policy(),
            self._build_about(),
        ):
            box.addWidget(card)
        box.addStretch(1)

    def _build_profile(self) -> Card:
        self._name, self._role, self._language = QLineEdit(), Choice(), Choice()
        self._name.setMaxLength(80)
        self._name.editingFinished.connect(lambda: self._model.change_profile(name=self._name.text().strip()))
        for role, name in ROLES.items():
            self._role.addItem(name, role)
        self._role.activated.connect(lambda _: self._model.change_profile(role=self._role.currentData()))
        for language in self._model.languages:
            self._language.addItem(language_name(language), language)
        self._language.activated.connect(lambda _: self._model.change_profile(language=self._language.currentData()))
        return _section("You", ("Name", self._name), ("Role", self._role), ("Language of lessons", self._language))

    def _build_look(self) -> Card:
        self._mode, self._scale = Choice(), Choice()
        for value, name in _THEMES.items():
            self._mode.addItem(name, value)
        self._mode.activated.connect(lambda _: self._model.change(theme=self._mode.currentData()))
        for scale in _SCALES:
            self._scale.addItem(f"{scale}%", scale)
        self._scale.activated.connect(lambda _: self._model.change(text_scale=self._scale.currentData()))
        return _section("Look", ("Colours", self._mode), ("Text size", self._scale))

    def _build_work(self) -> Card:
        card = Card(margin=24, spacing=6)
        self._links = QCheckBox("Open greenroom:// links with this app")
        self._links.setToolTip("For you only; links lead to a prompt or a lesson and never run anything")
        self._links.clicked.connect(self._model.open_links)
        self._links.setEnabled(self._model.can_open_links)
        keys = QKeySequence("Ctrl+Shift+Space").toString(QKeySequence.SequenceFormat.NativeText)
        words = f"{keys} opens the quick window from here. For a key that works everywhere, bind one of your system to the command “greenroom quick”: the guide for learners says where."
        card.box.addWidget(label("At work", "section"))
        card.box.addWidget(self._links)
        card.box.addWidget(label(words, "muted", wrap=True))
        return card

    def _build_sandbox(self) -> Card:
        card = Card(margin=24, spacing=10)
        self._badge = chip("")
        again = Button(self._theme, "Test again", "refresh-cw", tip="Start the model again and test every channel")
        again.clicked.connect(self.selftest_asked)
        card.box.addLayout(row(label("Sandbox", "section"), self._badge, 1, again))
        card.box.addWidget(
            label(
                "The model runs in a process of its own that the operating system denies the network, other files and other programs. At each start it tries every way out itself; each must be refused.",
                "muted",
                wrap=True,
            )
        )
        self._sandbox_problem = Banner(self._theme)
        card.box.addWidget(self._sandbox_problem)
        self._channels = QGridLayout()
        self._channels.setHorizontalSpacing(24)
        self._channels.setVerticalSpacing(6)
        card.box.addLayout(self._channels)
        self._model_facts = label("", "muted", wrap=True)
        card.box.addWidget(self._model_facts)
        self.sandbox_card = card
        return card

    def _build_privacy(self) -> Card:
        card = Card(margin=24, spacing=10)
        card.box.addWidget(label("Privacy", "section"))
        self._privacy = label("", wrap=True, selectable=True)
        self._vault = Banner(self._theme)
        card.box.addWidget(self._privacy)
        card.box.addWidget(self._vault)
        copy = Button(self._theme, "Copy folder name", "copy", tip="Copy where the profile is stored")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(str(self._model.profile_folder)))
        self._erase = Button(self._theme, "Delete my records", "trash-2", kind="danger")
        self._erase.clicked.connect(self._model.ask_erase)
        self._sure = Banner(self._theme)
        self._keep = Button(self._theme, "Keep them")
        self._keep.clicked.connect(self._model.cancel_erase)
        self._delete = Button(self._theme, "Delete now", "trash-2", kind="danger")
        self._delete.clicked.connect(self._model.erase)
        card.box.addLayout(row(copy, self._erase, 1))
        card.box.addWidget(self._sure)
        card.box.addLayout(row(self._delete, self._keep, 1))
        return card

    def _build_policy(self) -> Card:
        card = Card(margin=24, spacing=6)
        card.box.addWidget(label("Your organisation", "section"))
        policy = self._model.policy
        for problem in policy.problems:
            banner = Banner(self._theme)
            card.box.addWidget(banner)
            banner.say(problem, "caution")
        for words in policy_in_words(policy) or ("Nothing is set for this computer. You decide.",):
            card.box.addWidget(label(words, "muted" if not policy.set_by else "", wrap=True, selectable=True))
        if files := sorted({str(path) for path in policy.set_by.values()}):
            card.box.addWidget(label(f"Set in {', '.join(files)}", "small", wrap=True, selectable=True))
        return card

    def _build_about(self) -> Card:
        card = Card(margin=24, spacing=8)
        card.box.addWidget(label("About", "section"))
        card.box.addWidget(
            label(
                f"Greenroom {__version__}, Apache-2.0. Qt for Python under LGPL-3.0; Inter under OFL-1.1; Lucide under ISC; llama.cpp under MIT; SmolLM2 under Apache-2.0. The full list is in docs/third-party-licences.md.",
                "muted",
                wrap=True,
            )
        )
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column of channels where two would be too wide."""
        super().resizeEvent(event)
        if self._is_wide(self.width()) != self._is_wide(event.oldSize().width()):
            self._show_sandbox(self._model.state.sandbox)

    def _is_wide(self, width: int) -> bool:
        return width >= self._theme.px(_CHANNELS_PX)

    def show_sandbox(self) -> None:
        """Scroll to the sandbox's results."""
        self._scroll.verticalScrollBar().setValue(self.sandbox_card.y())

    def _render(self, state: SettingsState) -> None:
        self._problem.say(state.problem, "danger")
        if self._name.text() != state.profile.name and not self._name.hasFocus():
            self._name.setText(state.profile.name)
        self._role.setCurrentIndex(self._role.findData(state.profile.role))
        self._language.setCurrentIndex(max(0, self._language.findData(state.profile.language)))
        self._mode.setCurrentIndex(self._mode.findData(state.settings.theme))
        self._scale.setCurrentIndex(max(0, self._scale.findData(state.settings.text_scale)))
        self._links.setChecked(state.opens_links)
        self._show_sandbox(state.sandbox)
        kept = "what you typed is encrypted" if state.vault_open else "what you typed is not in it"
        self._privacy.setText(
            f"Stored on this computer only, in {self._model.profile_folder}:\n"
            f"• learner.db: lessons, answers, runs, conversations, and the audit chain; {kept}. "
            f"Conversations and the texts of runs are {kept_words(self._model.policy.retention_days)}\n"
            "• index.db: a search index over the prompts, and a copy of the text of every document you added to ask questions about, not encrypted; removing the document in Practice removes it\n"
            "• settings.json: your choices on this page and the window's size\n"
            f"{self._model.offline_words}"
        )
        self._vault.say(state.vault_words, "good" if state.vault_open else "caution")
        self._sure.say(
            "This deletes your profile, progress, answers, runs, conversations, half-typed texts and the copies of your documents for good; the files you added stay where they are. The audit chain stays: it holds dates, lessons and scores, nothing you typed."
            if state.asks_erase
            else "",
            "danger",
        )
        self._erase.setVisible(not state.asks_erase)
        self._keep.setVisible(state.asks_erase)
        self._delete.setVisible(state.asks_erase)

    def _show_sandbox(self, sandbox: SandboxState) -> None:
        self._badge.setText(sandbox.headline)
        set_tone(self._badge, sandbox.tone)
        self._sandbox_problem.say(sandbox.problem, "danger")
        clear(self._channels)
        report = sandbox.report
        columns = 2 if self._is_wide(self.width()) else 1
        for number, channel in enumerate(sandbox.channels):
            name = label(channel.name)
            verdict = row(
                Icon(self._theme, "circle-check" if channel.refused else "circle-x", "good" if channel.refused else "danger"),
                label("refused" if channel.refused else "OPEN", "muted" if channel.refused else "strong"), spacing=6,
            )  # fmt: skip
            name.setToolTip(channel.detail)
            self._channels.addWidget(name, number // columns, number % columns * 2)
            self._channels.addLayout(verdict, number // columns, number % columns * 2 + 1)
        self._model_facts.setText(self._model.model_facts(report))


def _section(title: str, *fields: tuple[str, QWidget]) -> Card:
    """A card of labelled fields."""
    card = Card(margin=24, spacing=10)
    card.box.addWidget(label(title, "section"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(10)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, 160)
    for number, (words, field) in enumerate(fields):
        name = label(words)
        name.setBuddy(field)
        field.setAccessibleName(words)
        grid.addWidget(name, number, 0)
        grid.addWidget(field, number, 1)
    card.box.addLayout(grid)
    return card
