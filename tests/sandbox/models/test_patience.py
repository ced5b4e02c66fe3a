"""A share that never answers costs one thread and a sentence."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import Progress, finish
from desktop_app.sandbox.models import checking, patience
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.models.checking import check_model
from desktop_app.sandbox.models.patience import patiently

SHARE = Path("/srv/models/a.gguf")


def test_what_answers_in_time_is_handed_on_and_so_is_what_fails() -> None:
    assert finish(patiently(lambda: 5, SHARE)) == 5
    with pytest.raises(OSError, match="gone"):
        finish(patiently(lambda: _fail(), SHARE))


def test_what_does_not_answer_is_named_and_the_caller_may_give_up_meanwhile() -> None:
    stuck = threading.Event()
    try:
        job = patiently(stuck.wait, SHARE)
        assert isinstance(next(job), Progress)
        job.close()
        with pytest.raises(ModelError, match=r"^/srv/models does not answer. Use another model"):
            finish(patiently(stuck.wait, SHARE, patience_s=0.05))
    finally:
        stuck.set()


def test_a_model_on_a_share_is_checked_with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = replace(bundled_model(), origin="share")
    monkeypatch.setattr(checking, "_verified", set())
    finish(check_model(shared))
    stuck = threading.Event()
    monkeypatch.setattr(checking, "_identity", lambda model: stuck.wait())
    monkeypatch.setattr(patience, "PATIENCE_S", 0.05)
    try:
        with pytest.raises(ModelError, match="does not answer"):
            finish(check_model(shared))
    finally:
        stuck.set()


def _fail() -> None:
    raise OSError("gone")
