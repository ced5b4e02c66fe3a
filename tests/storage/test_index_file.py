"""index.db can always be made again: damage is noticed, said once and gone; several threads ask one file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.errors import StoreError
from desktop_app.storage.database import DamagedError, writing
from desktop_app.storage.index_file import IndexFile, discard_index
from desktop_app.storage.sqlite import Database, Migrations

TABLES = Migrations("index-file-test")
DAMAGED = "It was damaged and has been deleted. Make it again."


@TABLES()
def m0001_words(db: Database) -> None:
    """One table."""
    db.conn.execute("CREATE TABLE words (word TEXT NOT NULL) STRICT")


@pytest.fixture
def let_go() -> list[str]:
    return []


@pytest.fixture
def index(tmp_path: Path, let_go: list[str]) -> Iterator[IndexFile]:
    made = IndexFile(tmp_path / "index.db", TABLES, DAMAGED, lambda: let_go.append("let go"))
    yield made
    made.close()


def add(index: IndexFile, word: str) -> None:
    with index.asking() as db, writing(db, index.path):
        db.conn.execute("INSERT INTO words VALUES (?)", (word,))


def words(index: IndexFile) -> list[str]:
    with index.asking() as db:
        return [row[0] for row in db.conn.execute("SELECT word FROM words ORDER BY rowid")]


def test_it_opens_again_after_it_was_closed(index: IndexFile, let_go: list[str]) -> None:
    add(index, "one")
    let_go.clear()
    index.close()
    assert let_go == ["let go"] and words(index) == ["one"]


def test_a_file_that_somebody_else_began_anew_is_found(index: IndexFile, let_go: list[str], tmp_path: Path) -> None:
    add(index, "one")
    discard_index(index.path)
    other = IndexFile(index.path, TABLES, DAMAGED, lambda: None)
    add(other, "two")
    let_go.clear()
    assert words(index) == ["two"] and let_go, "what was read from the old one is forgotten"
    other.close()


def test_damage_that_shows_while_it_is_asked_deletes_it_and_says_so(index: IndexFile) -> None:
    add(index, "one")
    with pytest.raises(DamagedError, match="Make it again"), index.asking() as db:
        db.conn.execute("SELECT nothing FROM nowhere")
    assert not index.path.exists()
    assert words(index) == []


def test_one_that_is_no_database_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "index.db").write_bytes(b"no database" * 1000)
    index = IndexFile(tmp_path / "index.db", TABLES, DAMAGED, lambda: None)
    assert words(index) == []
    index.close()


def test_one_that_cannot_be_deleted_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.db").mkdir()
    with pytest.raises(StoreError, match=r"index\.db is damaged and cannot be deleted .+ Delete it yourself\."):
        discard_index(tmp_path / "index.db")


def test_several_threads_ask_it(index: IndexFile) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for at in range(20):
                add(index, f"{number}-{at}")
                words(index)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failed and len(words(index)) == 80


def test_in_memory_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "an index in memory").write_text("mine")
    index = IndexFile(None, TABLES, DAMAGED, lambda: None)
    add(index, "one")
    assert words(index) == ["one"]
    with pytest.raises(DamagedError), index.asking() as db:
        db.conn.execute("SELECT nothing FROM nowhere")
    assert [file.name for file in tmp_path.iterdir()] == ["an index in memory"]
    assert words(index) == []
