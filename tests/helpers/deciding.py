"""A library with curators for tests: people with keys, a shared folder, and decisions made by the app's own acts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_app.prompts import deciding
from desktop_app.prompts.deciding import Signer
from desktop_app.prompts.decision import Decision, VersionStatus
from desktop_app.prompts.decision_files import file_of
from desktop_app.prompts.library import read_prompt
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.records.proof import did_of
from desktop_app.storage.vault import Vault
from desktop_app.storage.yaml_writing import to_yaml
from tests.helpers.prompt_files import write_prompt

ID = "answer-invoice"
EVERYTHING = ("submit", "approve", "label", "withdraw")


def person(name: str) -> Signer:
    """Somebody whose key follows from their name."""
    vault = Vault(name.encode().ljust(32, b".")[:32])
    return Signer(name, did_of(vault.public_key), vault)


ANA, BEN, CARA, EVE = map(person, ("Ana Lind", "Ben Ruiz", "Cara Obi", "Eve Mallory"))


def curators_text(*people: Signer | tuple[Signer, Iterable[str]], everyone: Iterable[str] = (), **fields: Any) -> str:
    """curators.yml for these people; whoever comes without rights has all."""
    entries = []
    for one in people:
        who, may = one if isinstance(one, tuple) else (one, EVERYTHING)
        entries.append({"name": who.name, "key": who.key, "may": list(may), **fields})
    return to_yaml({"curators": entries} | ({"everyone": list(everyone)} if everyone else {}))


@dataclass(frozen=True)
class Share:
    """A curated library folder with one prompt in two versions."""

    library: Path

    @property
    def folder(self) -> Path:
        return self.library / ID

    @property
    def prompt(self) -> Prompt:
        """The prompt as it is read now, which must be possible."""
        prompt, problems = read_prompt(self.folder)
        assert prompt is not None, problems
        return prompt

    def problems(self) -> list[str]:
        """What reading complains about, with files relative to the library."""
        return [str(problem).replace(f"{self.library}/", "") for problem in read_prompt(self.folder)[1]]

    def version(self, number: int = 1) -> PromptVersion:
        return self.prompt.numbered(number)

    def standing(self, number: int = 1) -> VersionStatus:
        return self.prompt.standing(number)

    def file(self, number: int) -> Path:
        return file_of(self.folder, number)

    def approve(self, number: int = 1, *, by: Signer = BEN, submitter: Signer = ANA, **how: Any) -> Decision:
        """Have a version submitted by one and approved by another."""
        deciding.submit(self.version(number), submitter)
        return deciding.approve(self.version(number), by, **how)


def share(folder: Path, *, curators: str | None = None) -> Share:
    """A library with one prompt in two versions; curators.yml lists Ana, Ben and Cara unless given; "" for none."""
    write_prompt(folder, ID)
    write_prompt(folder, ID, 2, changelog="Says it more kindly.")
    text = curators_text(ANA, BEN, CARA) if curators is None else curators
    if text:
        (folder / "curators.yml").write_text(text, "utf-8")
    return Share(folder)


def at(text: str) -> Any:
    """A clock that stands at a time such as 2026-11-22T09:30."""
    time = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return lambda: time
