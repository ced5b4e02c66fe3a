"""SQLite files open durable and migrated, and every way in which one can be wrong is one sentence."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.prompts.search import index
from desktop_app.records.learner import LearnerRepository
from desktop_app.storage import database, migrations
from desktop_app.storage.database import DamagedError, NewerError, open_database, store_errors, writing
from desktop_app.storage.locations import Locations
from desktop_app.storage.sqlite import Database, Migrations
from tests.helpers.command import unprivileged

RELEASED = Path(__file__).parent / "data"


@contextmanager
def opened(path: Path, *, durable: bool = True, read_only: bool = False) -> Iterator[Database]:
    db = open_database(path, migrations.learner, durable=durable, read_only=read_only)
    try:
        yield db
    finally:
        db.close()


def one(db: Database, sql: str) -> object:
    return db.execute(sql).fetchone()[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A closed learner.db with one row in it."""
    path = tmp_path / "learner.db"
    with opened(path) as db, writing(db, path):
        db.execute("INSERT INTO meta VALUES ('a', 'b')")
    return path


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of a locked file need not wait as long as a person would."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)


# -- how it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])  # 2 is FULL, 1 is NORMAL
def test_wal_and_a_commit_that_survives_a_power_cut_where_asked(file: Path, durable: bool, synchronous: int) -> None:
    with opened(file, durable=durable) as db:
        assert one(db, "PRAGMA journal_mode") == "wal"
        assert one(db, "PRAGMA synchronous") == synchronous
        assert one(db, "PRAGMA foreign_keys") == 1
        assert one(db, "PRAGMA secure_delete") == 1
        assert one(db, "PRAGMA busy_timeout") == database.BUSY_TIMEOUT_MS


def test_opening_again_changes_nothing(file: Path) -> None:
    before = file.read_bytes()
    with opened(file) as db:
        assert migrations.learner.pending(db) == []
    assert file.read_bytes() == before


def test_two_processes_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "learner.db"
    code = (
        "import sys; from pathlib import Path\n"
        "from desktop_app.storage import migrations; from desktop_app.storage.database import open_database\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "open_database(Path(sys.argv[1]), migrations.learner, durable=True).close(); print('done')"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
    said = [child.communicate("go\n") for child in children]
    assert [out for out, _ in said] == ["done\n"] * 3, said


def test_a_read_only_file_is_read_where_it_lies(file: Path) -> None:
    with opened(file, read_only=True) as db:
        assert one(db, "SELECT value FROM meta") == "b"
        with pytest.raises(StoreError, match="cannot be read or written"), store_errors(file):
            db.execute("DELETE FROM meta")
    assert file.exists()


def test_a_relative_path_can_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    with opened(Path(file.name), read_only=True) as db:
        assert one(db, "SELECT value FROM meta") == "b"


def test_a_file_on_a_share_that_cannot_be_written_is_read(file: Path) -> None:
    file.parent.chmod(0o555)
    code = (
        "import sys; from pathlib import Path\n"
        "from desktop_app.storage import migrations; from desktop_app.storage.database import open_database\n"
        "db = open_database(Path(sys.argv[1]), migrations.learner, durable=False, read_only=True)\n"
        "print(db.execute('SELECT value FROM meta').fetchone()[0])"
    )
    done = subprocess.run(unprivileged("-c", code, str(file)), capture_output=True, text=True)
    file.parent.chmod(0o755)
    assert done.stdout == "b\n", done.stderr


# -- what is wrong with it -----------------------------------------------------------------------------------------------


def refused(path: Path, kind: type[StoreError] = StoreError) -> str:
    """What is said when the file is opened; it is the same afterwards."""
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(kind) as caught, opened(path):
        pass
    assert not path.is_file() or path.read_bytes() == before
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kept", [1, 100, 4095, 4096, 9000])
def test_a_truncated_file_is_damaged(file: Path, kept: int) -> None:
    with file.open("r+b") as stream:
        stream.truncate(kept)
    said = refused(file, DamagedError)
    assert "damaged" in said and "backup" in said and "move it away" in said


@pytest.mark.parametrize("start", [b"<html>", b"SQLite format 2\x00", b"\x00" * 16, b"PK\x03\x04"])
def test_a_file_that_is_no_database_is_damaged(file: Path, start: bytes) -> None:
    data = file.read_bytes()
    file.write_bytes(start + data[len(start) :])
    assert "not a Greenroom database" in refused(file, DamagedError)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    assert "not a Greenroom database" in refused(path, DamagedError)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["places.sqlite"]


def test_the_search_index_is_no_learner_database(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    open_database(path, index, durable=False).close()
    refused(path, DamagedError)


def test_a_newer_file_is_refused_with_the_step_it_has(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('learner', 'm0099_x', '')")
    said = refused(file, NewerError)
    assert "newer Greenroom (m0099_x)" in said and "Install that version again" in said and "--profile" in said


def test_a_failing_migration_leaves_the_file_as_it_was(file: Path) -> None:
    later = Migrations("learner")
    for step in (
        migrations.m0001_start,
        migrations.m0002_learning,
        migrations.m0003_library,
        migrations.m0004_practice,
    ):
        later()(step)

    @later()
    def m0005_breaks(db: Database) -> None:
        db.execute("CREATE TABLE half (x)")
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        open_database(file, later, durable=True)
    with opened(file) as db:
        assert one(db, "SELECT count(*) FROM sqlite_master WHERE name = 'half'") == 0


def test_a_locked_file_says_so_at_once(file: Path, impatient: None) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other, opened(file) as db:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"in use by another program.*nothing was lost"), writing(db, file):
            pytest.fail("there is no second writer")
        assert one(db, "SELECT value FROM meta") == "b", "reading goes on"


def test_a_file_locked_whole_cannot_be_opened(file: Path, impatient: None) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert "in use by another program" in refused(file)


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "learner.db").mkdir()
    assert "cannot be read or written" in refused(tmp_path / "learner.db")


def test_a_full_disk_keeps_what_was_there(file: Path) -> None:
    with opened(file) as db:
        db.execute(f"PRAGMA max_page_count = {one(db, 'PRAGMA page_count')}")
        with pytest.raises(StoreError, match=r"The disk that holds .* is full"), writing(db, file):
            db.execute("INSERT INTO meta VALUES ('first', '1')")
            db.execute("INSERT INTO meta VALUES ('big', ?)", ("x" * 100_000,))
        assert not db.conn.in_transaction
        assert db.execute("SELECT key FROM meta").fetchall() == [("a",)]


def test_a_broken_rule_is_a_bug_and_not_a_sentence(file: Path) -> None:
    with opened(file) as db, pytest.raises(sqlite3.IntegrityError), writing(db, file):
        db.execute("INSERT INTO meta VALUES ('a', 'again')")


# -- transactions --------------------------------------------------------------------------------------------------------


def test_a_transaction_inside_another_is_undone_alone(file: Path) -> None:
    with opened(file) as db:
        with writing(db, file):
            db.execute("INSERT INTO meta VALUES ('kept', '')")
            with pytest.raises(RuntimeError), writing(db, file):
                db.execute("INSERT INTO meta VALUES ('undone', '')")
                raise RuntimeError
        assert db.execute("SELECT key FROM meta ORDER BY key").fetchall() == [("a",), ("kept",)]


def test_an_interrupted_transaction_is_undone(file: Path) -> None:
    with opened(file) as db:
        with pytest.raises(KeyboardInterrupt), writing(db, file):
            db.execute("DELETE FROM meta")
            raise KeyboardInterrupt
        assert one(db, "SELECT count(*) FROM meta") == 1


def test_two_writers_in_two_processes_wait_for_each_other(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from desktop_app.storage import database, migrations\n"
        "database.BUSY_TIMEOUT_MS = 60_000\n"
        "path = Path(sys.argv[1]); db = database.open_database(path, migrations.learner, durable=False)\n"
        "for _ in range(60):\n"
        "    with database.writing(db, path):\n"
        "        n = int(db.execute(\"SELECT value FROM meta WHERE key = 'n'\").fetchone()[0])\n"
        "        db.execute(\"UPDATE meta SET value = ? WHERE key = 'n'\", (str(n + 1),))\n"
    )
    with opened(file) as db, writing(db, file):
        db.execute("INSERT INTO meta VALUES ('n', '0')")
    writers = [subprocess.Popen([sys.executable, "-c", code, str(file)], stderr=subprocess.PIPE) for _ in range(2)]
    said = [writer.communicate()[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    with opened(file) as db:
        assert one(db, "SELECT value FROM meta WHERE key = 'n'") == "120"


# -- files of released versions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("released", sorted(RELEASED.glob("learner-*.db")), ids=lambda path: path.name)
def test_a_file_of_every_released_schema_opens_and_keeps_what_it_holds(released: Path, profile: Path) -> None:
    """The files are made by data/make_learner.py with the version that released the schema, and never change."""
    places = Locations.find(profile)
    places.make_profile()
    shutil.copy(released, places.learner_db)
    shutil.copy(released.with_suffix(".head.json"), places.audit_head)
    learner = LearnerRepository(places)
    try:
        found = learner.profile()
        assert found is not None and (found.role, found.language) == ("sales", "en")
        passed = learner.progress("what-ai-is")
        assert passed is not None and passed.passed_at is not None and passed.score == 1.0
        assert [attempt.score for attempt in learner.attempts("what-ai-is")] == [0.0, 1.0]
        assert [(run.prompt_id, run.seed, run.judgement) for run in learner.runs()] == [
            ("meeting-next-steps", 7, "yes")
        ]
        assert learner.favourites() == {"shorten-notice"}
        is_first = released.stem == "learner-0001"
        assert len(learner.reviews.log()) == len(learner.certificates.all()) == (0 if is_first else 1)
        has_usage = released.stem >= "learner-0003"
        assert [one.prompt_ids for one in learner.usage.collections()] == [
            ("shorten-notice", "offer-facts")
        ] * has_usage
        assert [given.rating for given in learner.usage.feedback()] == [4] * has_usage
        assert learner.usage.recent() == ("shorten-notice",) * has_usage
        has_talk = released.stem >= "learner-0004"
        assert [head.prompt_id for head in learner.conversations.heads()] == ["shorten-notice"] * has_talk
        assert [one.columns for one in learner.comparisons.listed()] == [2] * has_talk
        report = finish(learner.audit.verify(learner.vault))
        assert report.is_whole and report.events >= 7
        learner.record("opened", {})
        assert finish(learner.audit.verify(learner.vault)).is_whole
    finally:
        learner.close()


def test_there_is_a_file_for_every_released_schema() -> None:
    assert [path.name for path in sorted(RELEASED.glob("learner-*.db"))] == [
        "learner-0001.db", "learner-0002.db", "learner-0003.db", "learner-0004.db",
    ]  # fmt: skip
    assert all(path.stat().st_size < 250_000 for path in RELEASED.glob("learner-*.db"))


@pytest.mark.parametrize(
    "old, new",
    [(b"CREATE TABLE", b"CREATE TABL\xc3"), (b"applied_at", b"applied_\xd7t"), (b"migration_set", b"migration_sot")],
)
def test_damage_in_the_list_of_tables_is_damage(file: Path, old: bytes, new: bytes) -> None:
    content = file.read_bytes()
    assert old in content
    file.write_bytes(content.replace(old, new))
    assert "damaged" in refused(file, DamagedError)
