"""What Settings shows and changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.policy.policy import Policy
from desktop_app.records.learning import NOBODY, Profile
from desktop_app.services import Services
from desktop_app.storage.link_handler import LinkHandler
from desktop_app.storage.settings import Settings
from desktop_app.ui.sandbox_model import SandboxState

if TYPE_CHECKING:
    from desktop_app.sandbox.client import WorkerReport


@dataclass(frozen=True, slots=True)
class SettingsState:
    """All values of the page; vault_words says what becomes of typed texts."""

    profile: Profile = NOBODY
    settings: Settings = Settings()
    sandbox: SandboxState = SandboxState()
    vault_open: bool = False
    vault_words: str = "The system keyring is being asked."
    asks_erase: bool = False
    opens_links: bool = False
    problem: str = ""


class SettingsModel(QObject):
    """Signals: changed(SettingsState); look_changed(Settings); profile_changed(); erased()."""

    changed = Signal(object)
    look_changed = Signal(object)
    profile_changed = Signal()
    erased = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._links = LinkHandler(services.locations)
        self.state = SettingsState()

    @property
    def profile_folder(self) -> Path:
        """Where everything is stored."""
        return self._services.locations.profile

    @property
    def policy(self) -> Policy:
        """What IT decided for this computer."""
        return self._services.policy

    @property
    def can_open_links(self) -> bool:
        """Whether this system lets the app itself say that it opens greenroom:// links."""
        return self._links.is_possible

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the installed lessons, by tag."""
        return self._services.lessons.all_languages()

    @property
    def offline_words(self) -> str:
        """Whether the app itself can open an internet connection."""
        offline = self._services.offline
        if offline is not None and offline.active:
            return "Nothing is sent anywhere: this app denied itself the internet when it started."
        reason = offline.reason if offline is not None else "It was not started by its own command."
        return f"This app opens no connection, but the system did not lock that in. {reason}"

    def reload(self) -> None:
        """Read everything again."""
        vault = self._services.learner.vault
        words = "What you type is encrypted with a key in the system keyring." if vault.is_open else vault.reason
        profile = self._services.learner.profile() or NOBODY
        self._show(
            profile=profile, settings=self._services.settings.value, vault_open=vault.is_open, vault_words=words,
            opens_links=self._links.is_registered,
        )  # fmt: skip

    def show_sandbox(self, sandbox: SandboxState) -> None:
        """Take the sandbox's state."""
        self._show(sandbox=sandbox)

    def change(self, **changes: Any) -> None:
        """Store a choice; a failure is shown on the page."""
        try:
            settings = self._services.settings.change(**changes)
        except AppError as error:
            self._show(problem=str(error))
            return
        self._show(settings=settings, problem="")
        self.look_changed.emit(settings)

    def open_links(self, wanted: bool) -> None:
        """Have the desktop open greenroom:// links with this app, or no longer."""
        try:
            _ = self._links.register() if wanted else self._links.unregister()
        except AppError as error:
            self._show(problem=str(error), opens_links=self._links.is_registered)
            return
        self._show(problem="", opens_links=self._links.is_registered)

    def change_profile(self, **changes: str) -> None:
        """Store who learns here."""
        known = self._services.learner.profile() or NOBODY
        changed = replace(known, **changes)
        if changed == known:
            return
        try:
            self._services.learner.save_profile(changed)
            self._services.lessons.language = changed.language
        except AppError as error:
            self._show(problem=str(error))
            return
        self._show(profile=changed, problem="")
        self.profile_changed.emit()

    def ask_erase(self) -> None:
        """Ask before deleting: this cannot be undone."""
        self._show(asks_erase=True)

    def cancel_erase(self) -> None:
        """Keep the records."""
        self._show(asks_erase=False)

    def erase(self) -> None:
        """Delete the person's records."""
        try:
            self._services.learner.erase()
            self._services.states.erase()
            for document in self._services.grounding.documents():
                self._services.grounding.remove(document.id)
        except AppError as error:
            self._show(problem=str(error), asks_erase=False)
            return
        self._show(asks_erase=False, profile=NOBODY)
        self.erased.emit()

    def model_facts(self, report: WorkerReport | None) -> str:
        """The model in one line: name, size, licence, how it was checked and how many threads measured best."""
        try:
            model = self._services.model.model
        except AppError as error:
            return str(error)
        facts = f"{model.name} · {model.model_bytes / 1e6:.0f} MB · {model.license} · SHA-256 checked at every start"
        if report is None:
            return facts
        threads = f"{report.threads} {'thread' if report.threads == 1 else 'threads'} measured fastest"
        return f"{facts} · loaded in {report.load_ms / 1000:.1f} s · {threads}"

    def _show(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.changed.emit(self.state)
