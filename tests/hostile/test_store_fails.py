"""A full disk, a read-only or locked database, a keyring without a key, in the middle of learning: a sentence, and nothing lost."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.lessons.lesson import Answer, Claims, QuestionId
from desktop_app.records.learning import Profile
from desktop_app.services import Services
from desktop_app.storage.vault import Vault
from desktop_app.ui.application import _log_to, _on_fault
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.learn.exercises.claims_model import ClaimsModel
from desktop_app.ui.pages.learn.exercises.redact_model import RedactModel
from desktop_app.ui.pages.learn.model import LearnModel
from desktop_app.ui.pages.progress.model import ProgressModel
from desktop_app.ui.pages.review.model import ReviewModel
from desktop_app.ui.pages.studio.recovery import Recovery
from desktop_app.ui.sandbox_model import SandboxModel
from tests.helpers.command import files_below
from tests.helpers.learning import ANSWERS, MARKER, content, only

NO_KEYS = {
    "no keyring": Vault(None, "This computer has no system keyring, so texts stay in memory."),
    "a locked one": Vault(None, "The system keyring is locked; unlock it and start again to keep texts."),
    "its key is gone": Vault(None, "The key in the system keyring is gone; restore it from a backup of the keyring."),
}
Trouble = Callable[[Services], AbstractContextManager[None]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return content(tmp_path / "content")


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Path]:
    """A profile on a disk of 4 MB of its own, where one can be made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    is_root = os.name == "posix" and os.geteuid() == 0
    mounted = is_root and subprocess.run(mount, capture_output=True).returncode == 0
    yield disk / "profile"
    if mounted:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def services(profile: Path, folder: Path, qapp: object) -> Iterator[Services]:
    made = Services(only(profile, folder))
    made.learner.use_vault(Vault(b"k" * 32))
    made.learner.save_profile(Profile(f"Ines {MARKER}", "everyone", "en"))
    yield made
    made.close()


@contextmanager
def full_disk(services: Services) -> Iterator[None]:
    disk = services.locations.profile.parent
    if not disk.is_mount():
        pytest.skip("only root can mount a small disk to fill")
    with (disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    yield
    (disk / "filler").unlink()


@contextmanager
def read_only(services: Services) -> Iterator[None]:
    services.learner._db.execute("PRAGMA query_only = ON")
    yield
    services.learner._db.execute("PRAGMA query_only = OFF")


@contextmanager
def locked(services: Services) -> Iterator[None]:
    services.learner._db.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(services.locations.learner_db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture(params=[full_disk, read_only, locked], ids=["full disk", "read-only", "locked"])
def trouble(request: pytest.FixtureRequest) -> Trouble:
    return cast(Trouble, request.param)


def is_sentence(text: str) -> bool:
    return "learner.db" in text and "\n" not in text and text.endswith(".")


# -- troubles while learning ---------------------------------------------------------------------------------------------


def test_answering(services: Services, trouble: Trouble) -> None:
    model = LearnModel(services)
    model.open("every-kind")
    for name, answer in ANSWERS.items():
        question = QuestionId(name)
        with trouble(services), pytest.raises(StoreError) as refused:
            model.answer(question, answer)
        assert is_sentence(str(refused.value)), refused.value
        assert model.reader.questions[question].may_answer, "it can be given once more"
        model.answer(question, answer)
        [stored] = services.learner.attempts("every-kind", name)
        assert stored.number == 1


def test_reviewing(services: Services, trouble: Trouble) -> None:
    model = ReviewModel(services, InlineJobs())
    model.start()
    assert model.question is not None
    with trouble(services):
        model.question.answer(model.question.state.quiz.id, Answer((0,)))
        assert is_sentence(model.state.problem) and not model.state.rating
        model.next()
        assert model.state.number == 1, "it waits until the answer is stored"
    model.next()
    assert model.state.rating and not model.state.problem
    with trouble(services):
        model.rate(1)
        assert is_sentence(model.state.problem)
    model.rate(2)
    [review] = services.learner.reviews.log()
    assert review.rating == 2


def test_checking_claims_and_bars(services: Services, trouble: Trouble) -> None:
    learn = LearnModel(services)
    learn.open("every-kind")
    lesson, jobs = learn.reader.lesson, InlineJobs()
    assert lesson is not None and isinstance(lesson.exercises[0], Claims)
    sandbox = SandboxModel(services, jobs)
    claims = ClaimsModel(services, sandbox, jobs, learn.exercise_attempts, learn.save_exercise)
    claims.use(lesson.id, lesson.exercises[0])
    document = services.documents.get("letter")
    redact = RedactModel(document, (), lambda score, marks: learn.save_exercise("redact", score, marks), jobs)
    redact.mark(5, 14)
    claims.judge(0, True)
    claims.judge(1, False)
    with trouble(services):
        for model in (claims, redact):
            model.check()
            assert "was not stored" in model.state.problem and is_sentence(model.state.problem)
            assert model.state.result is not None
    assert services.learner.attempts("every-kind") == ()


def test_issuing(services: Services, trouble: Trouble) -> None:
    pass_lesson(services)
    model = ProgressModel(services, InlineJobs())
    model.reload()
    with trouble(services):
        model.issue("lesson/every-kind")
        assert is_sentence(model.state.said) and model.state.said_tone == "danger"
    assert services.learner.certificates.all() == ()


def pass_lesson(services: Services) -> None:
    services.learner.open_step("every-kind", "1.0", "start")
    services.learner.finish_lesson("every-kind", score=1.0, passed=True)


def test_what_is_stored_is_no_failure_though_its_head_cannot_follow(services: Services, profile: Path) -> None:
    """The disk took the entry and nothing more: answered again it would count twice, issued again there would be two."""
    head = profile / "audit-head.json"
    kept = head.read_bytes()
    head.unlink()
    (head / "in the way").mkdir(parents=True)
    model = LearnModel(services)
    model.open("every-kind")
    model.answer(QuestionId("single"), Answer((0,)))
    assert model.reader.questions[QuestionId("single")].score is not None
    (head / "in the way").rmdir()
    head.rmdir()
    head.write_bytes(kept)
    report = finish(services.learner.audit.verify(services.learner.vault))
    assert report.is_whole and report.signed and report.events == 3
    model.try_again(QuestionId("single"))
    model.answer(QuestionId("single"), Answer((0,)))
    assert head.read_bytes() != kept, "the next entry brings it up to date"


# -- keyrings ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vault", NO_KEYS.values(), ids=NO_KEYS)
def test_without_a_key_everything_works_and_no_text_is_kept(
    vault: Vault, profile: Path, folder: Path, qapp: object
) -> None:
    services = Services(only(profile, folder))
    services.learner.use_vault(vault)
    services.learner.save_profile(Profile(f"Ines {MARKER}", "everyone", "en"))
    use_everything(services, folder)
    assert_nowhere(profile)
    model = LearnModel(services)
    model.open("every-kind")
    assert MARKER in str(model.reader.questions[QuestionId("word")].answer), "it is there until the app closes"
    pass_lesson(services)
    progress = ProgressModel(services, InlineJobs())
    progress.reload()
    progress.issue("lesson/every-kind")
    assert progress.state.said_tone == "danger" and vault.reason in progress.state.said
    review = ReviewModel(services, InlineJobs())
    review.open()
    assert not review.state.problem
    services.close()
    assert_nowhere(profile)


def test_with_a_key_everything_is_sealed(services: Services, profile: Path, folder: Path) -> None:
    use_everything(services, folder)
    pass_lesson(services)
    progress = ProgressModel(services, InlineJobs())
    progress.reload()
    progress.issue("lesson/every-kind")
    [made] = services.learner.certificates.all()
    assert made.certificate is not None and MARKER in made.certificate.award.learner
    assert_nowhere(profile)
    services.learner.erase()
    for name, data in files_below(profile).items():
        assert made.id.encode() not in data or name.startswith("learner.db"), name
    assert services.learner.certificates.all() == () and services.learner.certificates.passes() == {}


def use_everything(services: Services, folder: Path) -> None:
    """Type where one can type: gaps, a word, a lesson in Studio that is not saved."""
    model = LearnModel(services)
    model.open("every-kind")
    for name, answer in ANSWERS.items():
        model.keep(QuestionId(name), answer)
        model.answer(QuestionId(name), answer)
    recovery = Recovery(services.learner)
    recovery.keep(folder / "lessons" / "every-kind" / "lesson.md", f"unsaved {MARKER}")
    services.settings.change(window={"page": "learn", "lesson": "every-kind"})


def assert_nowhere(profile: Path) -> None:
    for name, data in files_below(profile).items():
        for form in (MARKER, MARKER[:8], MARKER.encode("ascii", "backslashreplace").decode()):
            assert form.encode() not in data and form.encode("utf-16-le") not in data, name


def test_a_fault_is_logged_without_what_was_typed(
    services: Services, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("greenroom")
    before, level = list(log.handlers), log.level
    log.propagate = False
    said: list[str] = []
    window = SimpleNamespace(services=services, banner=SimpleNamespace(say=lambda text, tone: said.append(text)))
    try:
        _log_to(services)
        try:
            raise ValueError(f"cannot score {MARKER}") from KeyError(MARKER)
        except ValueError:
            _on_fault(cast(MainWindow, window), *sys.exc_info())  # type: ignore[arg-type]
    finally:
        for handler in set(log.handlers) - set(before):
            handler.close()
            log.removeHandler(handler)
        log.propagate = True
        log.setLevel(level)
    assert "ValueError" in (profile / "greenroom.log").read_text()
    assert MARKER not in capsys.readouterr().err
    assert_nowhere(profile)
