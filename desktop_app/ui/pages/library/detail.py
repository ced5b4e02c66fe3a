"""One prompt: fill and use it, compare its versions, read how it is made."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabWidget, QTextBrowser

from desktop_app.policy.vocabulary import DATA_CLASSES
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.library.model import DetailState, LibraryModel
from desktop_app.ui.pages.library.use import UsePane
from desktop_app.ui.pages.library.versions import VersionsTab
from desktop_app.ui.standing import state_tone
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Card, chip, clear, icon_button, label, row
from desktop_app.ui.widgets.comparison import keep_mode, kept_mode
from desktop_app.ui.widgets.version_text import version_html


class Detail(Card):
    """Signals: practise_asked(prompt id, version, values)."""

    practise_asked = Signal(str, int, dict)

    def __init__(self, theme: Theme, model: LibraryModel, jobs: Jobs) -> None:
        super().__init__(margin=20, spacing=10)
        self._theme, self._model = theme, model
        self._shown: DetailState | None = None
        self._build(jobs)
        model.detail_changed.connect(self._render)

    def _build(self, jobs: Jobs) -> None:
        self._name = label("", "section", wrap=True)
        self._star = icon_button(self._theme, "star", "Favourite", shortcut="Ctrl+D")
        self._star.clicked.connect(self._on_star_clicked)
        self._chips = row()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setAccessibleName("Parts of the prompt")
        self._tabs.tabBar().setDrawBase(False)
        self.use = UsePane(self._theme, self._model.use, jobs)
        self.use.tried.connect(self.practise)
        self._tabs.addTab(self.use, "Use")
        settings = self._model.settings
        self.versions = VersionsTab(
            self._theme, self._model.versions, kept_mode(settings), lambda mode: keep_mode(settings, mode)
        )
        self.versions.version_chosen.connect(self._on_version_chosen)
        self._tabs.addTab(self.versions, "Versions")
        self._text = _document("How the prompt is made")
        self._tabs.addTab(self._text, "Text")
        self.box.addLayout(row(self._name, self._star))
        self.box.addLayout(self._chips)
        self.box.addWidget(self._tabs, 1)
        Restyler(self._theme, self._text, self._restyle)

    def practise(self) -> None:
        """Take prompt and values to the practice page, if the version may be used."""
        if self._shown is not None and self._model.use.state.can_use:
            self.practise_asked.emit(self._shown.prompt.id, self._shown.version.version, dict(self._model.use.values))

    def _on_version_chosen(self, version: int) -> None:
        if self._shown is not None:
            self._model.select(self._shown.prompt.id, version)

    def _on_star_clicked(self) -> None:
        if self._shown is not None:
            self._model.star(not self._shown.is_favourite)

    def _render(self, state: DetailState) -> None:
        self._shown = state
        version = state.version
        self._name.setText(version.name)
        self._star.setAccessibleName(
            f"Remove {version.name} from favourites" if state.is_favourite else f"Make {version.name} a favourite"
        )
        self._star.setIcon(self._theme.icon("star", "accent" if state.is_favourite else "muted"))
        clear(self._chips)
        status = state.prompt.status(version.version)
        self._chips.addWidget(
            chip(
                f"{status.capitalize()} · v{version.version}", state_tone(state.prompt.standing(version.version).state)
            )
        )
        self._chips.addWidget(chip(f"{DATA_CLASSES[version.data_class]} data"))
        self._chips.addStretch(1)
        self._restyle()

    def _restyle(self) -> None:
        if self._shown is None:
            return
        self._text.setHtml(version_html(self._shown.version, self._theme.tokens))


def _document(name: str) -> QTextBrowser:
    made = QTextBrowser()
    made.setOpenLinks(False)
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made
