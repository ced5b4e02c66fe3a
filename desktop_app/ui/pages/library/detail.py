"""One prompt: fill and use it, compare its versions, read how it is made."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import QTabWidget, QTextBrowser, QWidget

from desktop_app.policy.vocabulary import DATA_CLASSES
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.library.facets import collection_menu
from desktop_app.ui.pages.library.model import DetailState, LibraryModel
from desktop_app.ui.pages.library.use import UsePane
from desktop_app.ui.pages.library.versions import VersionsTab
from desktop_app.ui.standing import state_tone
from desktop_app.ui.theme import Restyler, Theme, Tokens
from desktop_app.ui.widgets.basic import Card, chip, clear, icon_button, label, row
from desktop_app.ui.widgets.comparison import keep_mode, kept_mode
from desktop_app.ui.widgets.later import Later
from desktop_app.ui.widgets.version_text import version_html

_SHELF_KEYS = "Ctrl+Shift+D"


class Detail(Card):
    """Signals: practise_asked(prompt id, version, values); collection_asked(prompt id), for a new one; lesson_chosen(id, step)."""

    practise_asked = Signal(str, int, dict)
    collection_asked = Signal(str)
    lesson_chosen = Signal(str, str)

    def __init__(self, theme: Theme, model: LibraryModel, jobs: Jobs) -> None:
        super().__init__(margin=20, spacing=10)
        self._theme, self._model = theme, model
        self._shown: DetailState | None = None
        self._build(jobs)
        model.detail_changed.connect(self._render)
        model.around_changed.connect(self._on_around_changed)
        model.shelves.changed.connect(lambda _: self._show_shelved())

    def _build(self, jobs: Jobs) -> None:
        self._name = label("", "section", wrap=True)
        self._star = icon_button(self._theme, "star", "Favourite", shortcut="Ctrl+D")
        self._star.clicked.connect(self._on_star_clicked)
        self._shelf = icon_button(self._theme, "bookmark", "Collections", shortcut=_SHELF_KEYS)
        self._shelf.clicked.connect(self._on_shelf_clicked)
        self._chips = row()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setAccessibleName("Parts of the prompt")
        self._tabs.tabBar().setDrawBase(False)
        self.use = UsePane(self._theme, self._model.use, self._model.feedback, jobs)
        self.use.tried.connect(self.practise)
        self._tabs.addTab(self.use, "Use")
        settings = self._model.settings
        self.versions = VersionsTab(
            self._theme, self._model.versions, kept_mode(settings), lambda mode: keep_mode(settings, mode)
        )
        self.versions.version_chosen.connect(self._on_version_chosen)
        self.use.export_asked.connect(self._on_export_asked)
        self._tabs.addTab(self.versions, "Versions")
        self.tests = Later(self._make_tests)
        self._tabs.addTab(self.tests, "Tests")
        self._text = _document("How the prompt is made")
        self._text.anchorClicked.connect(self._on_link_clicked)
        self._tabs.addTab(self._text, "About")
        line = row(self._name, self._shelf, self._star, spacing=2)
        line.setStretch(0, 1)
        self.box.addLayout(line)
        self.box.addLayout(self._chips)
        self.box.addWidget(self._tabs, 1)
        Restyler(self._theme, self._text, self._restyle)

    def _make_tests(self) -> QWidget:
        from desktop_app.ui.pages.library.tests import VersionTests

        return VersionTests(self._theme, self._model.tests)

    def practise(self) -> None:
        """Take prompt and values to the practice page, if the version may be used."""
        if self._shown is not None and self._model.use.state.can_use:
            self.practise_asked.emit(self._shown.prompt.id, self._shown.version.version, dict(self._model.use.values))

    def _on_version_chosen(self, version: int) -> None:
        if self._shown is not None:
            self._model.select(self._shown.prompt.id, version)

    def _on_export_asked(self) -> None:
        """Exporting has its place, and its answer, among the versions."""
        self._tabs.setCurrentWidget(self.versions)
        self.versions.ask_format()

    def _on_star_clicked(self) -> None:
        if self._shown is not None:
            self._model.star(not self._shown.is_favourite)

    def _on_shelf_clicked(self) -> None:
        menu = collection_menu(self._theme, self._model, self.collection_asked.emit, self)
        menu.popup(self._shelf.mapToGlobal(self._shelf.rect().bottomLeft()))

    def _on_link_clicked(self, url: QUrl) -> None:
        kind, _, target = url.toString().partition(":")
        if kind == "prompt":
            self._model.select(target)
        elif kind == "lesson":
            self.lesson_chosen.emit(*target.split("/", 1))

    def _on_around_changed(self, state: DetailState) -> None:
        self._shown = state
        self._restyle()

    def _render(self, state: DetailState) -> None:
        self._shown = state
        version = state.version
        self._name.setText(version.name)
        self._star.setAccessibleName(
            f"Remove {version.name} from favourites" if state.is_favourite else f"Make {version.name} a favourite"
        )
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

    def _show_shelved(self) -> None:
        """The bookmark says in which collections the prompt is."""
        if self._shown is None:
            return
        prompt_id = self._shown.prompt.id
        names = [one.name for one in self._model.shelves.state.collections if prompt_id in one.prompt_ids]
        self._shelf.setIcon(self._theme.icon("bookmark", "accent" if names else "muted"))
        self._shelf.setToolTip(f"In {', '.join(names)} ({_SHELF_KEYS})" if names else f"Collections ({_SHELF_KEYS})")
        self._shelf.setAccessibleName(f"Collections: in {', '.join(names)}" if names else "Collections")

    def _restyle(self) -> None:
        if self._shown is None:
            return
        self._star.setIcon(self._theme.icon("star", "accent" if self._shown.is_favourite else "muted"))
        self._show_shelved()
        tokens = self._theme.tokens
        self._text.setHtml(_around_html(self._shown, tokens) + version_html(self._shown.version, tokens))


def _around_html(state: DetailState, t: Tokens) -> str:
    """Where the prompt is used, and what is like it, as links."""
    lessons = [(f"lesson:{use.lesson_id}/{use.step_key}", use.title) for use in state.lessons]
    similar = [(f"prompt:{hit.id}", hit.name) for hit in state.similar]
    made = ""
    for title, links in (("Used in lessons", lessons), ("Prompts like this", similar)):
        if links:
            lines = "<br>".join(
                f"<a href='{escape(to)}' style='color:{t.accent}'>{escape(name)}</a>" for to, name in links
            )
            made += f"<p style='color:{t.muted}; font-weight:600; margin-bottom:2px'>{title}</p><p style='margin-top:0'>{lines}</p>"
    return made


def _document(name: str) -> QTextBrowser:
    made = QTextBrowser()
    made.setOpenLinks(False)
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made
