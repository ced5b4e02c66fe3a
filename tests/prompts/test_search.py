"""Search: any text may be typed, words are found however they are written, and the index is never more than a copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.jobs import Progress, finish
from desktop_app.prompts import search
from desktop_app.prompts.prompt import Message, Prompt
from desktop_app.prompts.search import FACETS, PromptIndex, match_expression
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.helpers.prompt_files import read_good, version_of, write_prompt


@pytest.fixture
def prompts(tmp_path: Path) -> list[Prompt]:
    """Four prompts that differ in everything search looks at."""
    folder = tmp_path / "library"
    return [
        read_good(folder, "answer-invoice", labels="approved: 1\n"),
        read_good(folder, "shorten-notice", name="Shorten a notice", description="About café opening hours.", roles=["sales"], task="shorten", tags=["notice"], data_class="public"),
        read_good(folder, "sort-mail", name="Sort a customer's e-mail", description="Über-quick triage.", roles=["support"], task="classify", tags=["mail"], labels="pilot: 1\n"),
        read_good(folder, "unpaid", name="Remind of an unpaid bill", description="A polite reminder about an invoice.", roles=["finance"], task="write", tags=["bill"], data_class="confidential"),
    ]  # fmt: skip


@pytest.fixture
def index(tmp_path: Path, prompts: list[Prompt]) -> Iterator[PromptIndex]:
    made = PromptIndex(tmp_path / "index.db")
    finish(made.update(prompts))
    yield made
    made.close()


def ids(index: PromptIndex, text: str, **filters: str) -> list[str]:
    return [hit.id for hit in index.search(text, filters)]


# -- what is found -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("unpaid", ["unpaid"]), ("UNPAID", ["unpaid"]), ("unp", ["unpaid"]), ("unp ", []), ("unpaid ", ["unpaid"]),
        ("u", ["sort-mail", "unpaid"]), ("cafe", ["shorten-notice"]), ("CAFÉ", ["shorten-notice"]), ("uber", ["sort-mail"]),
        ("e-mail", ["sort-mail"]), ("mail triage", ["sort-mail"]), ("triage mail", ["sort-mail"]), ("triage unpaid", []),
        ('"opening hours"', ["shorten-notice"]), ('"hours opening"', []), ('"opening ho', ["shorten-notice"]),
        ("classify", ["sort-mail"]), ("nothing-like-it", []), ("customer's e", ["sort-mail"]), ("notice.", ["shorten-notice"]),
    ],
)  # fmt: skip
def test_words_prefixes_phrases_and_accents(index: PromptIndex, text: str, found: list[str]) -> None:
    assert sorted(ids(index, text)) == found


def test_a_word_in_the_name_counts_for_more(index: PromptIndex) -> None:
    assert ids(index, "invoice") == ["answer-invoice", "unpaid"]


def test_the_messages_are_searched_too(index: PromptIndex) -> None:
    assert set(ids(index, "sentences")) == {"answer-invoice", "shorten-notice", "sort-mail", "unpaid"}


@pytest.mark.parametrize("text", ["", "   ", "-", '"', '""', "()*:^"])
def test_nothing_to_search_for_lists_all_by_name(index: PromptIndex, text: str) -> None:
    assert match_expression(text) == ""
    assert ids(index, text) == ["answer-invoice", "unpaid", "shorten-notice", "sort-mail"]


def test_a_hit_has_what_a_list_shows(index: PromptIndex) -> None:
    [hit] = index.search("triage")
    assert (hit.id, hit.version, hit.name, hit.description) == (
        "sort-mail",
        1,
        "Sort a customer's e-mail",
        "Über-quick triage.",
    )
    assert (hit.task, hit.roles, hit.status, hit.data_class) == ("classify", ("support",), "pilot", "internal")


def test_the_limit_holds(index: PromptIndex) -> None:
    assert len(index.search("", limit=2)) == len(index.search("sentences", limit=2)) == 2


# -- filters and facets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "sentences"])
def test_filters_narrow_and_add_up(index: PromptIndex, text: str) -> None:
    assert set(ids(index, text, role="finance")) == {"answer-invoice", "unpaid"}
    assert set(ids(index, text, role="finance", data_class="confidential")) == {"unpaid"}
    assert set(ids(index, text, status="draft")) == {"shorten-notice", "unpaid"}
    assert ids(index, text, task="shorten") == ["shorten-notice"]
    assert ids(index, text, role="fin") == ids(index, text, role="sales", task="write") == []


def test_facets_count_what_a_click_would_show(index: PromptIndex) -> None:
    found = index.find("sentences", {"role": "finance"})
    assert found.total == len(found.hits) == 2
    assert found.facets["role"] == {"finance": 2, "support": 2, "sales": 1}, "its own filter does not hide other roles"
    assert found.facets["data_class"] == {"confidential": 1, "internal": 1}
    assert found.facets["status"] == {"approved": 1, "draft": 1}
    for facet in FACETS:
        for value, count in found.facets[facet].items():
            assert len(index.search("sentences", {"role": "finance", facet: value})) == count, (facet, value)


def test_facets_without_a_text(index: PromptIndex) -> None:
    found = index.find("")
    assert found.total == 4
    assert found.facets["task"] == {"answer": 1, "classify": 1, "shorten": 1, "write": 1}
    assert index.find("nothing-like-it").facets == {facet: {} for facet in FACETS}


def test_an_unknown_facet_is_a_bug(index: PromptIndex) -> None:
    with pytest.raises(ValueError, match="unknown facet"):
        index.search("", {"id; DROP TABLE prompts": "x"})


# -- any text may be typed -----------------------------------------------------------------------------------------------

HOSTILE = st.text(st.characters()) | st.text('"*^:(){}+-~!@#,.\'\\|&<>=?%$;/ aNEAR\x00\n', max_size=40) | st.sampled_from(
    ["NEAR(a b, 5)", "a AND b", "NOT a", "a OR", "name:x", "{name} : x", "^a", 'a"b', "a*b", "'", "\x00", "_", "²", "a_b", "ª"]
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HOSTILE)
def test_no_text_upsets_the_search(index: PromptIndex, text: str) -> None:
    found = index.find(text, {"role": "finance"})
    assert found.total == len(found.hits) <= 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('ab"* -', max_size=20))
def test_many_hits_and_few_find_the_same_prompts(index: PromptIndex, text: str) -> None:
    ranked = set(ids(index, text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_RANKED_AT_MOST", 0)
        assert set(ids(index, text)) == ranked


def test_many_hits_show_names_first_and_keep_filters_and_limit(
    index: PromptIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_RANKED_AT_MOST", 0)
    assert ids(index, "invoice") == ["answer-invoice", "unpaid"]
    assert ids(index, "invoice", data_class="confidential") == ["unpaid"]
    assert [hit.id for hit in index.search("invoice", limit=1)] == ["answer-invoice"]
    assert len(ids(index, "i")) == len(set(ids(index, "i"))) > 1


# -- keeping up with the files -------------------------------------------------------------------------------------------


def test_only_what_changed_is_written(index: PromptIndex, prompts: list[Prompt]) -> None:
    assert finish(index.update(prompts)) == 0
    version = replace(prompts[0].newest, name="Answer about a receipt", content_hash="f" * 64)
    changed = replace(prompts[0], versions=(version,))
    assert finish(index.update([changed, *prompts[1:]])) > 0
    assert ids(index, "receipt") == ["answer-invoice"]
    assert ids(index, "invoice") == ["answer-invoice", "unpaid"], "its tag and id still say so"
    assert finish(index.update([changed])) > 0
    assert ids(index, "") == ["answer-invoice"] and ids(index, "triage") == []
    assert finish(index.update([])) > 0
    assert index.find("").total == 0 and index.find("").facets["role"] == {}


def test_a_label_that_moves_changes_what_is_shown(tmp_path: Path, index: PromptIndex) -> None:
    folder = tmp_path / "moving"
    write_prompt(folder, "p-one", 1, name="The old name", labels="approved: 1\n")
    write_prompt(folder, "p-one", 2, name="The new name")
    finish(index.update(Services(Locations(tmp_path, (), (folder,), tmp_path)).prompts.prompts()))
    assert [hit.name for hit in index.search("name")] == ["The old name"]
    (folder / "p-one" / "labels.yml").write_text("approved: 2\n")
    finish(index.update(Services(Locations(tmp_path, (), (folder,), tmp_path)).prompts.prompts()))
    assert [(hit.name, hit.status) for hit in index.search("name")] == [("The new name", "approved")]


def test_an_update_that_is_given_up_changes_nothing(index: PromptIndex, prompts: list[Prompt]) -> None:
    job = index.update([replace(prompts[0], versions=(replace(prompts[0].newest, content_hash="e" * 64),))])
    assert isinstance(next(job), Progress)
    job.close()
    assert len(ids(index, "")) == 4


def test_another_reader_sees_all_of_an_update_or_none(
    tmp_path: Path, index: PromptIndex, prompts: list[Prompt]
) -> None:
    job = index.update([])
    reader = PromptIndex(tmp_path / "index.db")
    assert len(ids(reader, "")) == 4
    finish(job)
    assert ids(reader, "") == []
    reader.close()


# -- a file that may be thrown away --------------------------------------------------------------------------------------


def spoil_start(path: Path) -> None:
    path.write_bytes(b"<html>" + path.read_bytes()[6:])


def spoil_end(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(5000)


def spoil_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xaa" * (len(data) - 4096)
    path.write_bytes(bytes(data))


def make_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('index', 'm0099', '')")


def make_foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE prompts (x)")


@pytest.mark.parametrize("spoil", [spoil_start, spoil_end, spoil_middle, make_newer, make_foreign, Path.unlink])
def test_a_spoiled_index_is_made_anew(profile: Path, spoil: Any) -> None:
    services = Services(Locations.find(profile))
    finish(services.updated_index()).close()
    spoil(services.locations.index_db)
    index = finish(services.updated_index())
    assert index.find("").total == len(services.prompts.prompts())
    index.close()


def test_a_profile_that_cannot_hold_an_index_is_said(profile: Path) -> None:
    profile.write_text("a file")
    with pytest.raises(StoreError, match="is a file"):
        finish(Services(Locations.find(profile)).updated_index())


def test_a_thousand_prompts_report_progress(tmp_path: Path, index: PromptIndex) -> None:
    version = version_of(tmp_path / "many")
    many = [
        Prompt(made.id, (made,), {})
        for made in (replace(version, id=f"p-{n}", messages=(Message("user", "x"),)) for n in range(1200))  # type: ignore[arg-type]
    ]  # fmt: skip
    steps = list(index.update(many))
    assert steps == [Progress(done, 1200, "Indexing prompts") for done in (0, 500, 1000)]
