"""Search: any text may be typed, words are found however they are written, and the index is never more than a copy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.prompts import search
from desktop_app.prompts.index_tables import FACETS
from desktop_app.prompts.library import PromptLibrary, read_offered
from desktop_app.prompts.query import terms
from desktop_app.prompts.search import PromptIndex, Taste
from desktop_app.services import Services
from desktop_app.storage.index_file import discard_index
from desktop_app.storage.locations import Locations
from tests.helpers.prompt_files import write_prompt


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Four prompts that differ in everything search looks at, in files that have been there for a while."""
    folder = tmp_path / "library"
    write_prompt(folder, "answer-invoice", labels="approved: 1\n")
    write_prompt(
        folder,
        "shorten-notice",
        name="Shorten a notice",
        description="About café opening hours.",
        roles=["sales"],
        task="shorten",
        tags=["notice"],
        data_class="public",
    )
    write_prompt(
        folder,
        "sort-mail",
        name="Sort a customer's e-mail",
        description="Über-quick triage.",
        roles=["support"],
        task="classify",
        tags=["mail"],
        labels="pilot: 1\n",
        larger_model=True,
    )
    write_prompt(
        folder,
        "unpaid",
        name="Remind of an unpaid bill",
        description="A polite reminder about an invoice.",
        roles=["finance"],
        task="write",
        tags=["bill"],
        data_class="confidential",
    )
    age(folder)
    return folder  # fmt: skip


def age(folder: Path, at: int = 1_700_000_000) -> None:
    """Give every file a time long ago: the index trusts no file that is two seconds old."""
    for file in folder.rglob("*"):
        os.utime(file, (at, at))


@pytest.fixture
def index(tmp_path: Path, library: Path) -> Iterator[PromptIndex]:
    made = PromptIndex(tmp_path / "index.db")
    finish(made.update([library]))
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
        ("classify", ["sort-mail"]), ("nothing-like-it", []), ("opening \"", ["shorten-notice"]), ("U\u0308ber", ["sort-mail"]), ("customer's e", ["sort-mail"]), ("notice.", ["shorten-notice"]),
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
    assert terms(text) == ()
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
    assert (hit.tags, hit.owner, hit.larger_model) == (("mail",), "Tests", True)


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
        index._contents = None  # what it remembers of the same text
        assert set(ids(index, text)) == ranked
    index._contents = None


def test_many_hits_show_names_first_and_keep_filters_and_limit(
    index: PromptIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_RANKED_AT_MOST", 0)
    assert ids(index, "invoice") == ["answer-invoice", "unpaid"]
    assert ids(index, "invoice", data_class="confidential") == ["unpaid"]
    assert [hit.id for hit in index.search("invoice", limit=1)] == ["answer-invoice"]
    assert len(ids(index, "i")) == len(set(ids(index, "i"))) > 1


# -- somebody who mistypes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found", "corrected"),
    [
        ("inovice", ["answer-invoice", "unpaid"], "invoice"), ("invoce ", ["answer-invoice", "unpaid"], "invoice"),
        ("INVOIXE", ["answer-invoice", "unpaid"], "invoice"), ("reminderr", ["unpaid"], "reminder"),
        ("cutsommer", ["answer-invoice", "sort-mail"], "customer"), ("pollite remnider", ["unpaid"], "polite reminder"),
        ("custo", ["answer-invoice", "sort-mail"], ""), ("cusdo", ["answer-invoice", "sort-mail"], "customer"),
        ("ofening hours", ["shorten-notice"], "opening hours"), ("cave", ["shorten-notice"], "cafe"),
        ("inwoize", [], ""), ("bil", ["unpaid"], ""), ("bik", [], ""), ('"inovice"', [], ""), ("12345", [], ""),
    ],
)  # fmt: skip
def test_a_word_that_stands_nowhere_is_corrected(
    index: PromptIndex, text: str, found: list[str], corrected: str
) -> None:
    """One letter in words of four to seven, two from eight on; the person is told."""
    result = index.find(text)
    assert (sorted(hit.id for hit in result.hits), result.corrected) == (found, corrected)


def test_a_correction_hides_nothing_that_matches_as_typed(tmp_path: Path, library: Path, index: PromptIndex) -> None:
    write_prompt(library, "typo-inside", name="Something else", messages=[{"role": "user", "content": "The invoixe {{question}} {{tone}}"}])  # fmt: skip
    finish(index.update([library]))
    assert set(ids(index, "invoixe")) == {"answer-invoice", "unpaid", "typo-inside"}


# -- whose search it is --------------------------------------------------------------------------------------------------


@pytest.fixture
def alike(tmp_path: Path) -> Iterator[PromptIndex]:
    """Prompts that a text matches equally well."""
    folder = tmp_path / "alike"
    for name, fields in {
        "p-a": {}, "p-b": {"labels": "approved: 1\n"}, "p-c": {"roles": ["sales"]}, "p-d": {}, "p-e": {}, "p-f": {},
    }.items():  # fmt: skip
        write_prompt(folder, name, **{"roles": ["support"], **fields})
    age(folder)
    made = PromptIndex(tmp_path / "alike.db")
    finish(made.update([folder]))
    yield made
    made.close()


TASTE = Taste("sales", frozenset({"p-f"}), {"p-e": 30}, {"p-d": 5.0, "p-a": 1.0})


@pytest.mark.parametrize("text", ["", "invoice", "i"])
def test_role_approval_favourites_use_and_rating_decide_between_equals(alike: PromptIndex, text: str) -> None:
    assert [hit.id for hit in alike.search(text)] == ["p-b", "p-a", "p-c", "p-d", "p-e", "p-f"]
    found = [hit.id for hit in alike.search(text, taste=TASTE)]
    assert found[0] == "p-c" and found.index("p-a") == 5
    assert found.index("p-f") < found.index("p-d") and found.index("p-e") < found.index("p-d")


def test_many_matches_are_in_the_same_order(alike: PromptIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_RANKED_AT_MOST", 0)
    assert [hit.id for hit in alike.search("invoice", taste=Taste("sales"))][:2] == ["p-c", "p-b"]


def test_a_better_match_beats_taste(index: PromptIndex) -> None:
    taste = Taste("finance", frozenset({"unpaid"}), {"unpaid": 1000}, {"unpaid": 5.0})
    assert ids(index, "invoice") == [hit.id for hit in index.search("invoice", taste=taste)]


def test_what_ended_comes_last(alike: PromptIndex) -> None:
    with closing(sqlite3.connect(alike._path)) as db, db:
        db.execute("UPDATE prompt_facets SET value = 'withdrawn' WHERE facet = 'status' AND number = 1")
    for text in ("", "invoice"):
        assert [hit.id for hit in alike.search(text)] == ["p-b", "p-c", "p-d", "p-e", "p-f", "p-a"]


def test_only_some_prompts_are_searched(index: PromptIndex) -> None:
    some = ["unpaid", "shorten-notice", "not-there"]
    found = index.find("", {"role": "finance"}, restrict_to=some)
    assert [hit.id for hit in found.hits] == ["unpaid"] and found.total == 1
    assert found.facets["role"] == {"finance": 1, "sales": 1}
    assert index.find("sentences", restrict_to=()).total == 0


# -- what is like it -----------------------------------------------------------------------------------------------------


def test_prompts_that_share_rare_words_are_alike(index: PromptIndex) -> None:
    first, *others = [hit.id for hit in index.similar("unpaid")]
    assert first == "answer-invoice" and "unpaid" not in others
    assert index.similar("not-there") == ()
    assert len(index.similar("answer-invoice", limit=1)) == 1


def test_the_hits_of_ids_come_in_their_order(index: PromptIndex) -> None:
    wanted = ["unpaid", "gone", "answer-invoice", "unpaid"]
    assert [hit.id for hit in index.hits(wanted)] == ["unpaid", "answer-invoice", "unpaid"]
    assert index.hits([]) == () and index.count() == 4


# -- keeping up with the files -------------------------------------------------------------------------------------------


def test_only_folders_that_changed_are_read(index: PromptIndex, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finish(index.update([library])) == 0
    write_prompt(library, "answer-invoice", name="Answer about a receipt")
    os.utime(library / "answer-invoice" / "1.prompt.yml", (1_700_000_001, 1_700_000_001))
    read: list[str] = []
    monkeypatch.setattr(
        "desktop_app.prompts.indexing.read_offered", lambda folder, curators: read.append(folder.name) or read_offered(folder, curators)
    )  # fmt: skip
    assert finish(index.update([library])) == 1 and read == ["answer-invoice"]
    assert ids(index, "receipt") == ["answer-invoice"]
    assert ids(index, "invoice") == ["answer-invoice", "unpaid"], "its description still says so"
    assert finish(index.update([library])) == 0
    shutil.rmtree(library / "sort-mail")
    assert finish(index.update([library])) == 1
    assert ids(index, "triage") == []
    assert finish(index.update([])) == 3
    assert index.find("").total == 0 and index.find("").facets["role"] == {}


def test_a_label_that_moves_changes_what_is_shown(library: Path, index: PromptIndex) -> None:
    write_prompt(library, "p-one", 1, name="The old name", labels="approved: 1\n")
    write_prompt(library, "p-one", 2, name="The new name")
    finish(index.update([library]))
    assert [hit.name for hit in index.search("name")] == ["The old name"]
    (library / "p-one" / "labels.yml").write_text("approved: 2\n")
    finish(index.update([library]))
    assert [(hit.name, hit.status) for hit in index.search("name")] == [("The new name", "approved")]


def test_a_review_that_falls_due_is_seen_though_no_file_changed(
    library: Path, index: PromptIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_prompt(library, "due-one", name="Falls due", labels="approved: 1\n", review_by="2030-05-31")
    age(library)
    finish(index.update([library]))
    assert [hit.status for hit in index.search("falls")] == ["approved"]
    for module in ("library", "indexing"):
        monkeypatch.setattr(f"desktop_app.prompts.{module}.utc_now", lambda: datetime(2030, 6, 1, tzinfo=UTC))
    assert finish(index.update([library])) == 1
    assert [hit.status for hit in index.search("falls")] == ["due for review"]
    assert finish(index.update([library])) == 0, "once is enough"


def test_curators_that_come_change_what_every_label_says(library: Path, index: PromptIndex) -> None:
    """In a curated folder "approved" counts only if somebody signed it."""
    assert finish(index.update([library])) == 0
    (library / "curators.yml").write_text("curators: [")
    assert finish(index.update([library])) == 4
    assert "curators.yml" in {problem.path.name for problem in index.problems()}


def test_what_is_wrong_is_remembered_without_reading_again(
    tmp_path: Path, library: Path, index: PromptIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    (library / "unpaid" / "1.prompt.yml").write_text("name: [")
    write_prompt(tmp_path / "other", "sort-mail")
    (library / "Wrong Name").mkdir()
    gone = tmp_path / "gone"
    for folder in (library, tmp_path / "other"):
        age(folder)
    folders = [library, tmp_path / "other", gone]
    finish(index.update(folders))
    wanted = sorted(str(problem) for problem in PromptLibrary(folders).problems)
    assert len(wanted) == 4 == len(index.problems())
    monkeypatch.setattr("desktop_app.prompts.indexing.read_offered", None)
    assert finish(index.update(folders)) == 0
    assert sorted(str(problem) for problem in index.problems()) == wanted
    assert len(index.problems(limit=2)) == 2
    monkeypatch.undo()
    write_prompt(library, "unpaid")
    finish(index.update([library]))
    assert [problem.path.name for problem in index.problems()] == ["Wrong Name"]


def test_an_update_that_is_given_up_keeps_what_it_did(
    tmp_path: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows come as they are read, and the next update goes on from there."""
    monkeypatch.setattr("desktop_app.prompts.indexing._MOST_IN_BATCH", 1)
    index, reader = PromptIndex(tmp_path / "index.db"), PromptIndex(tmp_path / "index.db")
    job, seen = index.update([library]), []
    for step in job:
        seen.append((step, reader.count()))
        if reader.count() == 2:
            break
    job.close()
    assert [(step.total, count) for step, count in seen] == [(None, 0), (4, 1), (4, 2)]
    assert reader.find("").total == 2
    assert finish(index.update([library])) == 2 and reader.find("").total == 4
    assert len(list(index.update([]))) == 5, "what goes, goes in steps too"
    reader.close(), index.close()


def test_a_library_that_vanishes_while_it_is_read_is_named_and_hides_no_other(
    tmp_path: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.prompts.indexing._MOST_IN_BATCH", 1)
    write_prompt(tmp_path / "other", "stays")
    index = PromptIndex(tmp_path / "index.db")
    job = index.update([library, tmp_path / "other"])
    next(job), next(job)
    shutil.rmtree(library)
    finish(job)
    assert ids(index, "") == ["stays"]
    [problem] = index.problems()
    assert problem.path == library and "cannot be read (No such file or directory)" in problem.message
    index.close()


def test_a_prompt_moves_between_folders(tmp_path: Path, library: Path, index: PromptIndex) -> None:
    front = tmp_path / "front"
    write_prompt(front, "unpaid", name="In front")
    for folders, name in (
        ([front, library], "In front"), ([library, front], "Remind of an unpaid bill"), ([front, library], "In front"),
        ([library], "Remind of an unpaid bill"),
    ):  # fmt: skip
        finish(index.update(folders))
        assert [hit.name for hit in index.hits(["unpaid"])] == [name]
        assert len(index.problems()) == len(folders) - 1


# what a person, a program for shared folders or a checkout may do to a library between two looks
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["write", "break", "label", "unlabel", "delete", "touch", "other"]),
        st.sampled_from(["p-a", "p-b", "p-c"]), st.integers(1, 3), st.booleans(),
    ),
    max_size=8,
)  # fmt: skip


def change(folders: list[Path], what: str, name: str, number: int) -> None:
    folder = folders[what == "other"]
    home = folder / name
    match what:
        case "write" | "other":
            write_prompt(folder, name, number, name=f"Name {number} {what}", tags=[f"tag{number}"])
        case "break" if home.exists():
            (home / f"{number}.prompt.yml").write_text("name: [")
        case "label" if home.exists():
            (home / "labels.yml").write_text(f"approved: {number}\n")
        case "unlabel":
            (home / "labels.yml").unlink(missing_ok=True)
        case "delete":
            shutil.rmtree(home, ignore_errors=True)
        case "touch" if home.exists():
            age(home, 1_650_000_000 + number)


def content(index: PromptIndex) -> tuple[Any, ...]:
    """Everything an index knows."""
    found = [index.find(text) for text in ("", "name", "other", "tag2", "nmae")]
    rows = index._file.current().conn.execute("SELECT word, prompts FROM words ORDER BY 1").fetchall()
    problems = [str(problem) for problem in index.problems()]
    return (found, [tuple(row) for row in rows], problems, [index.similar(name) for name in ("p-a", "p-b", "p-c")])


@settings(max_examples=30)
@given(CHANGES)
def test_after_any_changes_the_index_equals_a_fresh_one(changes: list[tuple[str, str, int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / "one", Path(scratch) / "two"]
        for at, folder in enumerate(folders):
            folder.mkdir()
            write_prompt(folder, f"p-{'ab'[at]}")
        old = PromptIndex(Path(scratch) / "old.db")
        for step, (what, name, number, look) in enumerate(changes):
            change(folders, what, name, number)
            for folder in folders:
                for file in folder.rglob("*"):
                    if file.stat().st_mtime > 1_800_000_000 - 10_000_000 or file.is_dir():
                        os.utime(file, (1_700_000_000 + step, 1_700_000_000 + step))
            if look:
                finish(old.update(folders))
        finish(old.update(folders))
        fresh = PromptIndex(Path(scratch) / "fresh.db")
        finish(fresh.update(folders))
        assert content(old) == content(fresh)
        old.close(), fresh.close()


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
    assert index.find("").total == len(services.prompts.ids())
    index.close()


def test_a_profile_that_cannot_hold_an_index_is_said(profile: Path) -> None:
    profile.write_text("a file")
    with pytest.raises(StoreError, match="is a file"):
        finish(Services(Locations.find(profile)).updated_index())


# -- what Home shows -----------------------------------------------------------------------------------------------------


def test_a_role_is_offered_its_approved_prompts_first(index: PromptIndex) -> None:
    assert [hit.id for hit in index.suggested("support", limit=2)] == ["answer-invoice", "sort-mail"]
    assert [hit.id for hit in index.suggested("sales")] == ["shorten-notice", "answer-invoice", "unpaid"]
    assert len(index.suggested("nobody", limit=10)) == 4


def test_an_index_that_another_process_made_anew_is_seen(tmp_path: Path, library: Path) -> None:
    with closing(PromptIndex(tmp_path / "index.db")) as ours:
        finish(ours.update([library]))
        assert ours.count() == 4
        discard_index(tmp_path / "index.db")
        with closing(PromptIndex(tmp_path / "index.db")) as theirs:
            finish(theirs.update([library]))
        shutil.rmtree(library / "shorten-notice")
        with closing(PromptIndex(tmp_path / "index.db")) as theirs:
            finish(theirs.update([library]))
        assert ours.count() == 3 and len(ours.find("").hits) == 3


def test_a_closed_index_is_opened_again(tmp_path: Path, library: Path) -> None:
    index = PromptIndex(tmp_path / "index.db")
    finish(index.update([library]))
    index.close()
    assert len(index.find("").hits) == 4  # a search that was on its way when somebody made the index anew
    index.close()


def test_a_damaged_index_is_deleted_when_somebody_notices(tmp_path: Path, library: Path) -> None:
    path = tmp_path / "index.db"
    with closing(PromptIndex(path)) as index:
        finish(index.update([library]))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE prompt_facets SET facet = 'st0tus' WHERE facet = 'status'")
    with closing(PromptIndex(path)) as index:
        with pytest.raises(StoreError, match="was damaged and has been deleted"):
            index.find("")
        finish(index.update([library]))
        assert len(index.find("").hits) == 4
