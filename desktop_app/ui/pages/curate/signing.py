"""Who decides: the key that the keyring gave the window, and the name it stands for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.prompts import deciding
from desktop_app.prompts.curators import curator_lines, read_curators
from desktop_app.prompts.deciding import Signer
from desktop_app.records.learning import NOBODY
from desktop_app.records.proof import did_of
from desktop_app.services import Services


class Desk(QObject):
    """Signals: changed(), when the keyring answered or the name was given."""

    changed = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services

    @property
    def key(self) -> str:
        """The did:key that decisions are signed with, "" without a keyring."""
        vault = self._services.learner.vault
        return did_of(vault.public_key) if vault.is_open else ""

    @property
    def problem(self) -> str:
        """Why nothing can be signed now, "" if it can."""
        learner = self._services.learner
        if learner.vault.is_open:
            return ""
        if not learner.keyring_asked:
            return "Waiting for the system keyring. Unlock it if it asks; decisions are signed with a key from it."
        return (
            "Decisions are signed with a key from the system keyring, and there is none. "
            f"{learner.vault.reason} You can read everything meanwhile."
        )

    def name(self, library: Path) -> str:
        """The name decisions in a library are made under: the one curators.yml gives the key, else the profile's."""
        known = read_curators(library).by_key.get(self.key) if self.key else None
        profile = self._services.learner.profile()
        return known.name if known else profile.name if profile else ""

    def set_name(self, name: str) -> None:
        """Put a name into the profile; raises StoreError."""
        learner = self._services.learner
        learner.save_profile(replace(learner.profile() or NOBODY, name=" ".join(name.split())))
        self.changed.emit()

    def signer(self, library: Path) -> Signer:
        """Who decides in a library; raises StoreError without a keyring, DecisionError without a name."""
        return deciding.signer(self._services.learner.vault, self.name(library), library)

    def signer_or_none(self, library: Path) -> Signer | None:
        """Who decides in a library, None while that is open."""
        try:
            return self.signer(library)
        except AppError:
            return None

    def lines(self) -> str:
        """What makes this person a curator: lines for curators.yml."""
        profile = self._services.learner.profile()
        return curator_lines((profile.name if profile else "") or "Your name", self.key)
