"""New versions, drafts that are still edited, restoring an earlier version, and a person's own sealed drafts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.prompts import deciding
from desktop_app.prompts.deciding import ConflictError
from desktop_app.prompts.drafting import (
    DraftError,
    delete_personal_draft,
    edit_draft,
    load_personal_draft,
    new_version,
    personal_drafts,
    publish,
    restore,
    save_personal_draft,
)
from desktop_app.prompts.loading import read_version
from desktop_app.prompts.prompt import PromptId
from desktop_app.records.learner import LearnerRepository
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault
from desktop_app.storage.yaml_text import load_yaml
from tests.helpers.command import files_below
from tests.helpers.deciding import ANA, ID, share
from tests.helpers.prompt_files import GOOD, prompt_text, read_good, version_of, write_prompt

TEXT = prompt_text(changelog="Shorter.")


# -- new versions ------------------------------------------------------------------------------------------------------------


def test_the_next_version_is_a_new_file(tmp_path: Path) -> None:
    write_prompt(tmp_path, ID)
    write_prompt(tmp_path, ID, 4)  # gaps stay
    file = new_version(tmp_path, ID, TEXT)
    assert file == tmp_path / ID / "5.prompt.yml" and file.read_text("utf-8") == TEXT


def test_the_first_version_makes_the_prompts_folder(tmp_path: Path) -> None:
    assert new_version(tmp_path, "brand-new", TEXT) == tmp_path / "brand-new" / "1.prompt.yml"


def test_a_number_that_was_decided_about_is_not_used_again(tmp_path: Path) -> None:
    shared = share(tmp_path)
    deciding.submit(shared.version(2), ANA)
    shared.version(2).path.unlink()
    assert new_version(tmp_path, ID, TEXT).name == "3.prompt.yml"


def test_versions_added_at_once_never_overwrite_each_other(tmp_path: Path) -> None:
    texts = [prompt_text(changelog=f"Variant {number}.") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        files = list(pool.map(lambda text: new_version(tmp_path, ID, text), texts))
    assert sorted(file.name for file in files) == [f"{number}.prompt.yml" for number in range(1, 9)]
    assert {file.read_text("utf-8") for file in files} == set(texts)


@pytest.mark.parametrize("prompt_id", ["", "A", "../up", "with space", "x" * 61])
def test_a_wrong_id_is_refused(tmp_path: Path, prompt_id: str) -> None:
    with pytest.raises(DraftError, match="cannot be a prompt's id"):
        new_version(tmp_path, prompt_id, TEXT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "name: [", prompt_text(roles=["pilot"]), "half a \ud83d"])
def test_what_is_no_version_is_not_written(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContentError, match=r"answer-invoice/1\.prompt\.yml"):
        new_version(tmp_path, ID, text)
    assert list(tmp_path.iterdir()) == []


# -- editing a draft ---------------------------------------------------------------------------------------------------------


def test_an_undecided_draft_is_edited_in_place(tmp_path: Path) -> None:
    version = version_of(tmp_path)
    changed = edit_draft(version, TEXT)
    assert version.path.read_text("utf-8") == TEXT
    assert changed.changelog == "Shorter." and changed == read_version(version.path, version.id, 1)


def test_somebody_elses_change_is_not_overwritten(tmp_path: Path) -> None:
    version = version_of(tmp_path)
    write_prompt(tmp_path, changelog="Theirs.")
    theirs = files_below(tmp_path)
    with pytest.raises(ConflictError, match="changed since you opened it"):
        edit_draft(version, TEXT)
    assert files_below(tmp_path) == theirs
    version.path.unlink()
    with pytest.raises(ConflictError, match="is gone"):
        edit_draft(version, TEXT)


def test_what_was_decided_or_labelled_is_not_edited(tmp_path: Path) -> None:
    shared = share(tmp_path)
    deciding.submit(shared.version(1), ANA)
    with pytest.raises(DraftError, match=r"Ana Lind submitted version 1 .*\. Save your text as a new version"):
        edit_draft(shared.version(1), TEXT)
    labelled = read_good(tmp_path, "labelled", labels="pilot: 1\n").newest
    with pytest.raises(DraftError, match="it is labelled pilot"):
        edit_draft(labelled, TEXT)
    with pytest.raises(ContentError):
        edit_draft(shared.version(2), "name: only\n")


# -- restoring ---------------------------------------------------------------------------------------------------------------


def test_restored_text_keeps_order_and_comments_and_says_where_it_is_from(tmp_path: Path) -> None:
    text = (
        "# House style: two sentences.\n" + prompt_text(changelog=None, tags=None)
        + "changelog: |-\n  First: the\n  instruction.\n# Found by these.\ntags: [invoice]  # one is enough\n"
    )  # fmt: skip
    file = write_prompt(tmp_path)
    file.write_text(text, "utf-8")
    restored = restore(read_version(file, PromptId(ID), 1))
    assert restored == text.replace(
        "changelog: |-\n  First: the\n  instruction.\n",
        "changelog: |-\n  Back to version 1: First: the\n  instruction.\n",
    )


def test_a_file_in_one_line_is_restored_too(tmp_path: Path) -> None:
    file = write_prompt(tmp_path)
    file.write_text("{name: n, description: d, messages: [{role: user, content: Hi}], roles: [sales], task: t, "
                    "data_class: public, owner: o, changelog: c}", "utf-8")  # fmt: skip
    version = read_version(file, PromptId(ID), 1)
    data = load_yaml(restore(version), file)
    assert data["changelog"] == "Back to version 1: c" and data["name"] == "n"


@given(changelog=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_whatever_the_changelog_the_rest_comes_back(tmp_path_factory: pytest.TempPathFactory, changelog: str) -> None:
    folder = tmp_path_factory.mktemp("library")
    version = read_version(write_prompt(folder, changelog=changelog), PromptId(ID), 1)
    data = load_yaml(restore(version), version.path)
    assert data == GOOD | {"changelog": f"Back to version 1: {version.changelog}"}


# -- a person's own ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def learner(tmp_path: Path) -> LearnerRepository:
    made = LearnerRepository(Locations.find(tmp_path / "profile"))
    made.use_vault(Vault(b"k" * 32))
    return made


def test_own_drafts_are_kept_sealed_until_they_are_published(learner: LearnerRepository, tmp_path: Path) -> None:
    save_personal_draft(learner, "mine", prompt_text(name="Zaunkönig"))
    save_personal_draft(learner, "half-done", "name: Half\n")
    found = personal_drafts(learner)
    assert [(one.id, one.name, one.problem is None) for one in found] == [
        ("half-done", "half-done", False),
        ("mine", "Zaunkönig", True),
    ]
    assert all("Zaunkönig".encode() not in data for data in files_below(tmp_path / "profile").values())
    library = tmp_path / "library"
    library.mkdir()
    file = publish(learner, "mine", library)
    assert file == library / "mine" / "1.prompt.yml" and [one.id for one in personal_drafts(learner)] == ["half-done"]
    learner.close()


def test_a_draft_that_cannot_be_published_is_still_there(learner: LearnerRepository, tmp_path: Path) -> None:
    save_personal_draft(learner, "half-done", "name: Half\n")
    with pytest.raises(ContentError, match="is missing"):
        publish(learner, "half-done", tmp_path)
    assert load_personal_draft(learner, "half-done").text == "name: Half\n"
    delete_personal_draft(learner, "half-done")
    delete_personal_draft(learner, "half-done")
    assert personal_drafts(learner) == ()
    with pytest.raises(DraftError, match="no draft half-done"):
        load_personal_draft(learner, "half-done")
    with pytest.raises(DraftError, match="cannot be a prompt's id"):
        save_personal_draft(learner, "Not An Id", "x")
    learner.close()


def test_after_the_last_number_there_is_no_other(tmp_path: Path) -> None:
    write_prompt(tmp_path, ID, 999_999)
    with pytest.raises(DraftError, match="Begin a new prompt"):
        new_version(tmp_path, ID, TEXT)
    assert [file.name for file in (tmp_path / ID).iterdir()] == ["999999.prompt.yml"]


def test_a_version_that_is_broken_by_now_is_named_not_restored(tmp_path: Path) -> None:
    version = version_of(tmp_path)
    for text in ("- a list\n", prompt_text(changelog=None)):
        version.path.write_text(text)
        with pytest.raises(ContentError):
            restore(version)
