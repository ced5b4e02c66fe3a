"""The real worker, spoken to line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.process import WORKER_COMMAND, WorkerProcess
from desktop_app.sandbox.protocol import Cancel, Counted, CountTokens, Error, Load, Ready, Report, Shutdown

PATIENCE_S = 60.0


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    process = WorkerProcess(list(WORKER_COMMAND))
    yield process
    process.close()


def load(path: Path) -> Load:
    return Load(str(path), bundled_model().model_bytes, 256, 1)


def test_the_first_message_must_be_load(worker: WorkerProcess) -> None:
    worker.send(CountTokens(1, (("user", "x"),)))
    assert worker.take(PATIENCE_S) == Error(0, "request", "the first message must be load")
    assert worker.take(PATIENCE_S) is None
    assert worker.how_it_ended() == "exit code 1" and not worker.alive


def test_a_file_that_is_no_model_is_an_error_after_the_lock_down(worker: WorkerProcess, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(1000))
    worker.send(load(tmp_path / "model.gguf"))
    report = worker.take(PATIENCE_S)
    assert isinstance(report, Report) and all(channel.refused for channel in report.channels)
    assert worker.take(PATIENCE_S) == Error(0, "load", "llama.cpp cannot load this model")
    assert worker.take(PATIENCE_S) is None


def test_odd_messages_are_answered_and_shutdown_ends_it(worker: WorkerProcess) -> None:
    worker.send(load(bundled_model().path))
    assert isinstance(worker.take(PATIENCE_S), Report)
    assert isinstance(worker.take(PATIENCE_S), Ready)
    worker.send(load(bundled_model().path))
    refusal = worker.take(PATIENCE_S)
    assert isinstance(refusal, Error) and refusal.kind == "request"
    worker._outbox.put(b"no message\n")
    refusal = worker.take(PATIENCE_S)
    assert isinstance(refusal, Error) and "not JSON" in refusal.message
    worker.send(Cancel(77))
    worker.send(CountTokens(5, (("user", "one two three"),)))
    counted = worker.take(PATIENCE_S)
    assert isinstance(counted, Counted) and counted.id == 5 and counted.tokens > 3
    worker.send(Shutdown())
    assert worker.take(PATIENCE_S) is None
    assert worker.how_it_ended() == "exit code 0"
