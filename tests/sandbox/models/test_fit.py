"""Whether a model fits is said from numbers: measured ones where there are any, else computed from the header."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gguf_files import write_model

from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.models.fit import (
    Memory,
    context_bytes,
    fit_of_header,
    fit_of_model,
    memory_now,
    need_bytes,
    resident_bytes,
)
from desktop_app.sandbox.models.gguf import read_header

GB = 10**9


def test_the_bundled_models_need_is_measured_and_the_computed_one_is_within_a_tenth() -> None:
    model = bundled_model()
    assert model.memory is not None and model.memory.machine and model.memory.loaded_bytes < model.memory.full_bytes
    fit = fit_of_model(model, Memory(8 * GB, 16 * GB))
    assert (fit.verdict, fit.need_bytes, fit.measured) == ("fits", model.memory.full_bytes, model.memory)
    assert "measured" in fit.numbers and "8.0 GB free now" in fit.numbers
    assert need_bytes(read_header(model.path)) == pytest.approx(model.memory.full_bytes, rel=0.1)


def test_the_context_is_a_key_and_a_value_of_each_head_in_each_layer_for_each_token(tmp_path: Path) -> None:
    header = read_header(
        write_model(tmp_path / "a.gguf")
    )  # 2 layers, 2 shared heads of 32 / 4 numbers, made for 512 tokens
    assert context_bytes(header, 100) == 2 * 2 * (8 + 8) * 2 * 100
    assert context_bytes(header) == context_bytes(header, 512)  # never more than it was made for
    wide = read_header(
        write_model(tmp_path / "b.gguf", llama__attention__key_length=16, llama__attention__value_length=4)
    )
    assert context_bytes(wide, 100) == 2 * 2 * (16 + 4) * 2 * 100
    unshared = read_header(write_model(tmp_path / "c.gguf", llama__attention__head_count_kv=None))
    assert context_bytes(unshared, 100) == 2 * context_bytes(header, 100)
    silent = read_header(
        write_model(tmp_path / "d.gguf", llama__attention__head_count=None, llama__embedding_length=None)
    )
    assert context_bytes(silent) == 0


@pytest.mark.parametrize(
    ("free_gb", "total_gb", "rate", "verdict"),
    [
        (8, 16, 70, "fits"), (4, 16, 70, "slow"), (1, 16, 0, "slow"), (1, 4, 70, "no"), (8, 16, 1, "slow"), (0, 0, 70, "unknown"),
        (0, 16, 0, "fits"),
    ],
)  # fmt: skip
def test_what_is_free_and_what_there_is_decide(free_gb: int, total_gb: int, rate: float, verdict: str) -> None:
    four = replace(bundled_model(), model_bytes=4 * GB, memory=None, estimated_bytes=4 * GB)
    fit = fit_of_model(four, Memory(free_gb * GB, total_gb * GB), (four.model_bytes, rate))
    assert fit.verdict == verdict and fit.words
    assert ("not known here" in fit.numbers) == (free_gb == 0)


def test_the_speed_is_an_estimate_from_another_model_scaled_by_size_and_called_one() -> None:
    memory, small = Memory(8 * GB, 16 * GB), bundled_model()
    ten_times = replace(small, model_bytes=10 * small.model_bytes, memory=None)
    fit = fit_of_model(ten_times, memory, (small.model_bytes, 70.0))
    assert fit.tokens_per_second == pytest.approx(7.0) and "about 7 tokens a second (estimate)" in fit.numbers
    assert "tokens" not in fit_of_model(ten_times, memory).numbers
    assert fit_of_model(replace(small, model_bytes=1000), memory, (small.model_bytes, 70.0)).tokens_per_second == 0


def test_a_header_that_says_little_still_gets_a_verdict(tmp_path: Path) -> None:
    header = read_header(write_model(tmp_path / "a.gguf"))
    fit = fit_of_header(header, Memory(8 * GB, 16 * GB))
    assert fit.verdict == "fits" and fit.need_bytes > header.file_bytes and fit.measured is None
    guessed = fit_of_model(replace(bundled_model(), memory=None), Memory(8 * GB, 16 * GB))
    assert guessed.need_bytes > bundled_model().model_bytes


def test_the_machines_memory_is_known_or_honestly_0() -> None:
    now = memory_now()
    assert 0 <= now.free_bytes <= now.total_bytes
    assert resident_bytes(None) == 0 and resident_bytes(-1) == 0
