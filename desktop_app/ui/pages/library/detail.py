"""One prompt: fill and use it, compare its versions, read how it is made."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from desktop_app.policy.vocabulary import DATA_CLASSES
from desktop_app.prompts.diff import Change, PartDiff
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.library.model import DetailState, LibraryModel
from desktop_app.ui.pages.library.use import UsePane
from desktop_app.ui.theme import Restyler, Theme, Tokens
from desktop_app.ui.widgets.basic import Button, Card, chip, clear, icon_button, label, row


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
        self._tabs.addTab(self._build_versions(), "Versions")
        self._text = _document("How the prompt is made")
        self._tabs.addTab(self._text, "Text")
        self.box.addLayout(row(self._name, self._star))
        self.box.addLayout(self._chips)
        self.box.addWidget(self._tabs, 1)
        Restyler(self._theme, self._text, self._restyle)

    def _build_versions(self) -> QWidget:
        self._versions = QVBoxLayout()
        self._versions.setSpacing(2)
        self._compared = label("", "strong", wrap=True)
        self._changelog = label("", "muted", wrap=True)
        self._diff = _document("What changed")
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(8)
        box.addLayout(self._versions)
        box.addWidget(self._compared)
        box.addWidget(self._changelog)
        box.addWidget(self._diff, 1)
        return holder

    def practise(self) -> None:
        """Take prompt and values to the practice page, if the version may be used."""
        if self._shown is not None and self._model.use.state.can_use:
            self.practise_asked.emit(self._shown.prompt.id, self._shown.version.version, dict(self._model.use.values))

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
            chip(f"{status.capitalize()} · v{version.version}", "good" if status == "approved" else "caution")
        )
        self._chips.addWidget(chip(f"{DATA_CLASSES[version.data_class]} data"))
        self._chips.addStretch(1)
        self._show_versions(state)
        self._restyle()

    def _show_versions(self, state: DetailState) -> None:
        clear(self._versions)
        for one in reversed(state.prompt.versions):
            status = state.prompt.status(one.version)
            button = Button(self._theme, f"Version {one.version} · {status}", kind="row")
            button.setCheckable(True)
            button.setChecked(one.version == state.version.version)
            button.setAccessibleDescription(one.changelog)
            button.clicked.connect(lambda _=False, number=one.version: self._model.select(state.prompt.id, number))
            self._versions.addWidget(button)
        self._compared.setText(
            f"What changed from version {state.older.version} to {state.version.version}"
            if state.older
            else "The first version"
        )
        self._changelog.setText(state.version.changelog)

    def _restyle(self) -> None:
        if self._shown is None:
            return
        tokens = self._theme.tokens
        self._diff.setHtml("".join(_part_html(part, tokens) for part in self._shown.changes))
        self._diff.setVisible(bool(self._shown.changes))
        self._text.setHtml(_version_html(self._shown.version, tokens))


def _document(name: str) -> QTextBrowser:
    made = QTextBrowser()
    made.setOpenLinks(False)
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made


def _part_html(part: PartDiff, t: Tokens) -> str:
    body = "".join(_change_html(change, t) for change in part.changes)
    return f"<p style='color:{t.muted}; font-weight:600; margin-bottom:2px'>{escape(part.part)}</p><p style='white-space:pre-wrap; margin-top:0'>{body}</p>"


def _change_html(change: Change, t: Tokens) -> str:
    text = escape(change.text)
    if change.kind == "added":
        return f"<span style='background:{t.accent_soft}; color:{t.accent}; text-decoration:underline'>{text}</span>"
    if change.kind == "removed":
        return f"<span style='background:{t.danger_soft}; color:{t.danger}; text-decoration:line-through'>{text}</span>"
    return text


def _version_html(version: PromptVersion, t: Tokens) -> str:
    parts = [
        f"<p style='color:{t.muted}; font-weight:600; margin-bottom:2px'>{m.role.capitalize()}</p><p style='white-space:pre-wrap; margin-top:0'>{escape(m.content)}</p>"
        for m in version.messages
    ]
    p = version.parameters
    facts = [
        ("Temperature", f"{p.temperature:g}"), ("Top-p", f"{p.top_p:g}"), ("Repeat penalty", f"{p.repeat_penalty:g}"),
        ("Longest answer", f"{p.max_tokens} tokens"), ("Task", version.task), ("Tags", ", ".join(version.tags) or "none"),
        ("Owner", version.owner), ("Review by", f"{version.review_by:%-d %B %Y}" if version.review_by else "not set"),
        ("File", f"{version.id}/{version.path.name}"),
    ]  # fmt: skip
    rows = "".join(
        f"<tr><td style='color:{t.muted}; padding-right:16px'>{escape(name)}</td><td>{escape(value)}</td></tr>"
        for name, value in facts
    )
    return "".join(parts) + f"<hr><table>{rows}</table>"
