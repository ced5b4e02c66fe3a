"""Builds what the window and the commands share, each thing once and only when first used. There are no globals."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from desktop_app.jobs import Job
from desktop_app.storage.locations import Locations

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop_app.errors import ContentError
    from desktop_app.lessons.documents import DocumentLibrary
    from desktop_app.lessons.glossary import GlossaryLibrary
    from desktop_app.lessons.known import Known
    from desktop_app.lessons.library import LessonLibrary
    from desktop_app.lessons.review import ReviewDesk
    from desktop_app.policy.policy import Policy
    from desktop_app.practice.grounding.index import DocumentIndex
    from desktop_app.practice.meter import PriceSheet
    from desktop_app.prompts.library import PromptLibrary
    from desktop_app.prompts.search import PromptIndex
    from desktop_app.records.learner import LearnerRepository
    from desktop_app.sandbox.client import ModelClient
    from desktop_app.sandbox.lockdown import Offline
    from desktop_app.sandbox.models.hub import ModelHub
    from desktop_app.sandbox.states import StateFiles
    from desktop_app.storage.settings import SettingsFile
    from desktop_app.storage.vault import Vault


class Services:
    """The app's parts for one profile. Imports are inside so that a command pays only for what it uses."""

    def __init__(self, locations: Locations, *, offline: Offline | None = None) -> None:
        """offline is what deny_internet said when the process started; None where nobody asked it."""
        self.locations, self.offline = locations, offline

    @cached_property
    def settings(self) -> SettingsFile:
        """Choices and window shape."""
        from desktop_app.storage.settings import SettingsFile

        return SettingsFile(self.locations.settings_file)

    @cached_property
    def policy(self) -> Policy:
        """What IT decided for this machine, read once."""
        from desktop_app.policy.policy import read_policy

        return read_policy(self.locations.policies)

    @cached_property
    def prices(self) -> PriceSheet | ContentError:
        """The price sheet that policy names, else the one that ships; the error if it cannot be used."""
        from desktop_app.errors import ContentError
        from desktop_app.practice.meter import read_price_sheet

        try:
            return read_price_sheet(self.policy.price_sheet or self.locations.resources / "prices.json")
        except ContentError as error:
            return error

    @cached_property
    def prompts(self) -> PromptLibrary:
        """The prompt library, the person's own folder last."""
        from desktop_app.prompts.library import PromptLibrary

        return PromptLibrary(self.locations.libraries, self.locations.own_library)

    @cached_property
    def lessons(self) -> LessonLibrary:
        """The lessons and paths."""
        from desktop_app.lessons.library import LessonLibrary

        folders = self.locations.content
        return LessonLibrary([folder / "lessons" for folder in folders], [folder / "paths" for folder in folders])

    @cached_property
    def rules(self) -> LessonLibrary:
        """The rule sets: lesson files whose questions are reviewed from the start."""
        from desktop_app.lessons.library import LessonLibrary

        return LessonLibrary([folder / "rules" for folder in self.locations.content])

    @cached_property
    def documents(self) -> DocumentLibrary:
        """The fictional company's documents."""
        from desktop_app.lessons.documents import DocumentLibrary

        return DocumentLibrary([folder / "documents" for folder in self.locations.content])

    @cached_property
    def glossary(self) -> GlossaryLibrary:
        """The words that lessons link to."""
        from desktop_app.lessons.glossary import GlossaryLibrary

        return GlossaryLibrary(self.locations.content)

    def known_to_lint(self, files: Iterable[Path] = ()) -> Known:
        """What lessons may refer to, with what stands in the content folders that files belong to."""
        from desktop_app.lessons.known import known_in

        return known_in(self.locations.content, self.lessons.ids(), self.prompts.references(), files)

    @cached_property
    def learner(self) -> LearnerRepository:
        """This person's records, on the thread that asks first; raises StoreError."""
        from desktop_app.records.learner import LearnerRepository

        return LearnerRepository(self.locations)

    @cached_property
    def reviews(self) -> ReviewDesk:
        """Spaced review of this person's questions and rules; raises StoreError."""
        from desktop_app.lessons.review import ReviewDesk

        return ReviewDesk(self.lessons, self.rules, self.learner)

    @cached_property
    def model(self) -> ModelClient:
        """The client of the chosen model; starts nothing by itself. Raises ModelError if the model is not there."""
        from desktop_app.sandbox.builds import Builds
        from desktop_app.sandbox.client import ModelClient
        from desktop_app.sandbox.states import Prefixes

        client = ModelClient(self.models.chosen(), builds=Builds(self.locations.builds_file))
        client.use(client.model, self.models.chosen_adapters())
        client.prefixes = Prefixes(self.states)
        return client

    @cached_property
    def states(self) -> StateFiles:
        """What the model had read of prompts that come again; sealed, so nothing is kept before the vault is open."""
        from desktop_app.sandbox.states import StateFiles
        from desktop_app.storage.vault import Vault

        def vault() -> Vault:  # never makes the learner, which belongs to the thread that asks for it first
            return self.learner.vault if "learner" in self.__dict__ else Vault(None)

        return StateFiles(self.locations.states, vault)

    @cached_property
    def models(self) -> ModelHub:
        """All models this person can use, and which one is chosen."""
        from desktop_app.sandbox.models.hub import ModelHub

        return ModelHub(self.locations, self.settings, lambda: self.policy.model_folder)

    @cached_property
    def index(self) -> PromptIndex:
        """The search index for whoever asks; may be behind the files, see update_index. Raises StoreError."""
        return self.open_index()

    def open_index(self) -> PromptIndex:
        """A search index of one's own, to close after use; raises StoreError."""
        from desktop_app.prompts.search import PromptIndex

        self.locations.make_profile()
        return PromptIndex(self.locations.index_db)

    @cached_property
    def grounding(self) -> DocumentIndex:
        """The documents this person added to ask questions about, for any thread. Raises StoreError."""
        from desktop_app.practice.grounding.index import DocumentIndex

        self.locations.make_profile()
        return DocumentIndex(self.locations.index_db)

    def unlock_vault(self) -> Vault:
        """Ask the keyring and seal from now on; see ask_keyring."""
        vault = self.ask_keyring()
        self.learner.use_vault(vault)
        return vault

    def ask_keyring(self) -> Vault:
        """The profile's vault; may wait for the person to unlock the keyring. Touches the repository, so not from another thread."""
        from desktop_app.storage.vault import open_vault

        profile_id, key_id = self.learner.vault_account
        return open_vault(profile_id, known_key_id=key_id)

    def update_index(self) -> Job[int]:
        """Make the index match the library's files and return how many folders changed; a damaged one is made anew."""
        from desktop_app.storage.database import DamagedError
        from desktop_app.storage.index_file import discard_index

        try:
            return (yield from self._update_index())
        except DamagedError:
            if "index" in self.__dict__:
                self.index.close()  # Windows deletes no file that is open; whoever asks opens the new one
            discard_index(self.locations.index_db)
        return (yield from self._update_index())

    def updated_index(self) -> Job[PromptIndex]:
        """An index of one's own, matching the library's files."""
        yield from self.update_index()
        return self.open_index()

    def _update_index(self) -> Job[int]:
        index = self.open_index()
        try:
            return (yield from index.update(self.prompts.folders))
        finally:
            index.close()

    def close(self) -> None:
        """End the model's process, forget removed models, and close the database."""
        built = self.__dict__
        if "models" in built:
            self.models.close()
        if "model" in built:
            self.model.close()
        if "index" in built:
            self.index.close()
        if "grounding" in built:
            self.grounding.close()
        if "learner" in built:
            self.learner.close()
