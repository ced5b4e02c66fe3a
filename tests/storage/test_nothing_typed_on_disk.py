"""What a person types is in no file of the profile, sealed or not at all; after erasing it is not even there sealed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.jobs import finish
from desktop_app.prompts import drafting
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.usage import Feedback
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.helpers.command import files_below
from tests.helpers.records import MARKER, all_typed, type_everything, typed_again

FORMS = [MARKER.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be", "ascii") if encoding != "ascii"] + [
    MARKER.encode("ascii", "backslashreplace"), b"Zaunk", "Zaunk".encode("utf-16-le"),
]  # fmt: skip


@pytest.fixture
def services(profile: Path) -> Iterator[Services]:
    made = Services(Locations.find(profile))
    yield made
    made.close()


def assert_nowhere(profile: Path) -> None:
    files = files_below(profile)
    assert {"learner.db", "audit-head.json"} <= files.keys()
    for name, data in files.items():
        for form in FORMS:
            assert form not in data, f"{name} holds a typed text"


def sealed_bytes(profile: Path) -> list[bytes]:
    """Every sealed text, as it is stored."""
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        return [
            row[0]
            for table, column in (("profile", "name_sealed"), ("attempts", "typed_sealed"), ("runs", "text_sealed"), ("drafts", "text_sealed"), ("conversations", "title_sealed"), ("conversations", "settings_sealed"), ("turns", "text_sealed"))
            for row in db.execute(f"SELECT {column} FROM {table}")
            if row[0] is not None
        ]  # fmt: skip


def test_with_a_keyring_texts_are_sealed(services: Services, profile: Path, file_keyring: dict[str, str]) -> None:
    assert services.unlock_vault().is_open
    type_everything(services.learner)
    services.settings.change(theme="dark")
    finish(services.updated_index()).close()
    assert_nowhere(profile)  # while it runs, with its journal
    assert len(sealed_bytes(profile)) == 7
    services.close()
    assert_nowhere(profile)
    again = Services(services.locations)
    again.unlock_vault()
    assert typed_again(again.learner) == all_typed()
    again.close()


def test_without_a_keyring_they_are_never_written(services: Services, profile: Path) -> None:
    assert not services.unlock_vault().is_open
    type_everything(services.learner)
    assert typed_again(services.learner) == all_typed(), "they are there until the app closes"
    assert_nowhere(profile)
    assert sealed_bytes(profile) == []
    services.close()
    assert_nowhere(profile)
    again = LearnerRepository(services.locations)
    assert typed_again(again) == [""] * len(all_typed())
    again.close()


def test_what_waited_for_the_keyring_is_stored_when_it_opens(
    services: Services, profile: Path, file_keyring: dict[str, str]
) -> None:
    type_everything(services.learner)
    assert sealed_bytes(profile) == []
    services.unlock_vault()
    assert len(sealed_bytes(profile)) == 7
    assert_nowhere(profile)
    services.close()
    again = Services(services.locations)
    again.unlock_vault()
    assert typed_again(again.learner) == all_typed()
    again.close()


def test_after_erasing_no_sealed_byte_lingers(services: Services, profile: Path, file_keyring: dict[str, str]) -> None:
    services.unlock_vault()
    type_everything(services.learner)
    services.learner.set_favourite("shorten-notice", True)
    sealed = sealed_bytes(profile)
    assert any(sealed[0] in data for data in files_below(profile).values()), (
        "the search finds them while they are there"
    )
    services.learner.erase()
    assert services.learner.profile() is None
    assert services.learner.runs() == () and services.learner.attempts("l") == ()
    assert services.learner.draft("practice/free") == "" and services.learner.favourites() == frozenset()
    for _ in range(2):  # while it is open, and afterwards
        for name, data in files_below(profile).items():
            for text in sealed:
                assert text not in data and text[13:29] not in data, f"{name} still holds a sealed text"
            assert b"shorten-notice" not in data, name
        services.close()
    again = LearnerRepository(services.locations)
    assert finish(again.audit.verify(again.vault)).is_whole
    again.close()


def test_the_key_itself_is_in_no_file_of_the_profile(
    services: Services, profile: Path, file_keyring: dict[str, str]
) -> None:
    vault = services.unlock_vault()
    type_everything(services.learner)
    assert vault.key is not None
    for name, data in files_below(profile).items():
        assert vault.key not in data and vault.key.hex().encode() not in data, name
    assert Path(os.environ["GREENROOM_TEST_KEYRING"]).parent != profile


def use_the_prompt_library(learner: LearnerRepository, marker: str) -> str:
    """Say something of a prompt, make a collection and write a prompt of one's own; return the collection's id."""
    learner.usage.add_use("reply", 1, "c" * 64, "copied")
    learner.usage.save_feedback(Feedback("reply", 1, "c" * 64, "no", 2, "tone", 5.0, f"comment {marker}"))
    made = learner.usage.add_collection(f"first {marker}")
    learner.usage.rename_collection(made.id, f"collection {marker}")
    learner.save_draft("values/reply", f"values {marker}")
    drafting.save_personal_draft(learner, "my-prompt", f"draft {marker}")
    return made.id


def typed_into_the_library(learner: LearnerRepository) -> list[str]:
    return [
        *(said.comment for said in learner.usage.feedback()), *(one.name for one in learner.usage.collections()),
        learner.draft("values/reply"), *(one.text for one in drafting.personal_drafts(learner)),
    ]  # fmt: skip


ALL_IN_LIBRARY = [f"{kind} {MARKER}" for kind in ("comment", "collection", "values", "draft")]


def test_what_is_said_of_prompts_is_sealed_or_not_written(
    services: Services, profile: Path, file_keyring: dict[str, str]
) -> None:
    use_the_prompt_library(services.learner, MARKER)
    assert typed_into_the_library(services.learner) == ALL_IN_LIBRARY, "kept in memory until there is a key"
    assert_nowhere(profile)
    services.unlock_vault()
    assert typed_into_the_library(services.learner) == ALL_IN_LIBRARY
    assert_nowhere(profile)
    services.close()
    assert_nowhere(profile)
    again = Services(services.locations)
    again.unlock_vault()
    assert typed_into_the_library(again.learner) == ALL_IN_LIBRARY, "what waited was stored when the keyring opened"
    again.learner.usage.delete_feedback(again.learner.usage.feedback()[0].id)
    again.learner.erase()
    assert again.learner.usage.recent() == () and again.learner.usage.use_counts() == {}
    assert typed_into_the_library(again.learner) == [""]
    again.close()
