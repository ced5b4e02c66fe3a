"""Jobs run off the GUI thread, their results arrive on it, a cancelled one says nothing more."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator
from functools import partial
from typing import ClassVar

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_app.jobs import Job, Progress, finish
from desktop_app.ui.jobs import InlineJobs, JobRunner


def counting(many: int) -> Job[int]:
    for done in range(many):
        yield Progress(done, many)
    return many


@pytest.fixture
def runner() -> Generator[JobRunner, None, None]:
    jobs = JobRunner()
    yield jobs
    assert jobs.stop()


def test_results_and_progress_arrive_on_the_thread_that_started(qtbot: QtBot, runner: JobRunner) -> None:
    results: list[tuple[int, str]] = []
    seen: list[int] = []
    here = threading.current_thread().name
    runner.start(
        counting(3),
        lambda n: results.append((n, threading.current_thread().name)),
        pytest.fail,
        lambda p: seen.append(p.done),
    )
    qtbot.waitUntil(lambda: bool(results))
    assert results == [(3, here)]
    assert seen == [0, 1, 2]


def test_a_failure_arrives_as_an_error(qtbot: QtBot, runner: JobRunner) -> None:
    def failing() -> Job[None]:
        yield Progress(0)
        raise ValueError("no")

    errors: list[Exception] = []
    runner.start(failing(), pytest.fail, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ValueError)


def test_a_cancelled_job_tidies_up_and_says_nothing(qtbot: QtBot, runner: JobRunner) -> None:
    tidied, started = threading.Event(), threading.Event()
    said: list[object] = []

    def endless() -> Job[None]:
        try:
            while True:
                started.set()
                yield Progress(0)
        finally:
            tidied.set()

    cancel = runner.start(endless(), said.append, said.append)
    assert started.wait(10)
    cancel.set()
    assert tidied.wait(10)
    qtbot.waitUntil(lambda: runner.stop())
    assert said == []


def test_after_stop_nothing_that_was_queued_arrives(qtbot: QtBot, runner: JobRunner) -> None:
    said: list[object] = []
    runner.start(counting(1), said.append, said.append, said.append)
    assert runner.stop()
    qtbot.waitUntil(lambda: runner.stop())
    assert said == []


def test_many_signals_leave_the_count_of_none_and_true_alone(qtbot: QtBot, runner: JobRunner) -> None:
    """PySide6 6.12.0 gives back references it does not own; Python 3.11 then aborts after some hundred signals."""
    before = sys.getrefcount(None), sys.getrefcount(True)
    results: list[int] = []
    runner.start(counting(2000), results.append, pytest.fail)
    qtbot.waitUntil(lambda: bool(results))
    lost = before[0] - sys.getrefcount(None), before[1] - sys.getrefcount(True)
    assert max(lost) < 500


def test_inline_jobs_finish_inside_start() -> None:
    results: list[int] = []
    InlineJobs().start(counting(2), results.append, pytest.fail)
    assert results == [2] == [finish(counting(2))]


def test_a_result_for_a_deleted_widget_is_dropped(qtbot: QtBot, runner: JobRunner) -> None:
    """Its page may be closed between the last step of the job and the event loop's next turn."""

    class Receiver(QObject):
        said: ClassVar[list[int]] = []

        def take(self, value: int) -> None:
            self.said.append(value)
            self.objectName()  # what raised: a method of a deleted object

        def take_with(self, name: str, value: int) -> None:
            self.take(value)

    first, second, lasting = Receiver(), Receiver(), Receiver()
    done: list[int] = []
    runner.start(counting(1), first.take, pytest.fail)
    runner.start(counting(2), partial(second.take_with, "name"), pytest.fail)
    runner.start(counting(3), lasting.take, pytest.fail)
    shiboken6.delete(first)
    shiboken6.delete(second)
    runner.start(counting(4), done.append, pytest.fail)
    qtbot.waitUntil(lambda: bool(done) and bool(Receiver.said))
    assert Receiver.said == [3]
