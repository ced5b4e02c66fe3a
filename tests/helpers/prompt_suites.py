"""What tests of prompt tests share: a prompt of one input with tests, and models that answer as told."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from desktop_app.jobs import Job
from desktop_app.prompts.evaluate.matrix import ModelUnderTest, Result, VersionUnderTest
from desktop_app.prompts.evaluate.suite import read_suite
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from tests.helpers.prompt_files import prompt_text, version_of

FAKE = Path(__file__).parent / "fake_model.py"
ONE_INPUT: dict[str, Any] = {
    "messages": [{"role": "user", "content": "Name the topic of: {{message}}"}],
    "inputs": [{"name": "message", "label": "Message"}],
}
SAYS_TENT = [{"vars": {"message": "My tent leaks."}, "assert": [{"type": "contains", "value": "tent"}]}]


def a_version(library: Path, **fields: Any) -> PromptVersion:
    """A version with one input, message, and the given tests, testData, …"""
    return version_of(library, **_copied(fields))


def with_suite(library: Path, **fields: Any) -> VersionUnderTest:
    """A version with its suite."""
    version = a_version(library, **({"tests": SAYS_TENT} | fields))
    return VersionUnderTest(version, read_suite(version))


def a_prompt_text(**fields: Any) -> str:
    """The file of a version with one input."""
    return prompt_text(**_copied(fields))


def _copied(fields: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(ONE_INPUT | fields))  # the same object twice would be written as a YAML alias


def fake(*answers: str | list[dict[str, Any]], sha256: str = "f" * 64, model_id: str = "fake") -> ModelUnderTest:
    """A model that gives these answers in turn, the last one again and again; the client is closed by its process' end."""
    steps = [[{"say": answer}] if isinstance(answer, str) else answer for answer in answers]
    script = json.dumps({"answers": steps})
    client = ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script])
    return ModelUnderTest(model_id, sha256, client)


def results_of(job: Job[tuple[Result, ...]]) -> tuple[list[Result], list[object]]:
    """The results as they were streamed, and everything else that was."""
    streamed, other = [], []
    for step in job:
        (streamed if isinstance(step, Result) else other).append(step)
    return streamed, other
