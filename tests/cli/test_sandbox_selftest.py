"""greenroom sandbox selftest."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from desktop_app.cli import sandbox as command
from desktop_app.sandbox.client import ModelClient, SandboxOpenError
from desktop_app.sandbox.protocol import Channel


def test_every_channel_is_refused_and_the_json_says_so() -> None:
    result = CliRunner().invoke(command.sandbox, ["selftest", "--json"])
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found["refused"] == found["total"] == len(found["channels"]) >= 12
    assert found["proven"] is True and all(channel["refused"] for channel in found["channels"])


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_open_channel_is_shown_and_ends_with_1(monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    def start(self: ModelClient) -> None:
        raise SandboxOpenError((Channel("TCP", True, "Operation not permitted"), Channel("UDP", False, "succeeded")))

    monkeypatch.setattr(ModelClient, "start", start)
    result = CliRunner().invoke(command.sandbox, ["selftest", *options])
    assert result.exit_code == 1
    assert "does not refuse the model" in result.stderr and "UDP" in result.stdout
    if options:
        assert json.loads(result.stdout)["refused"] == 1
    else:
        assert "OPEN     UDP: succeeded" in result.stdout
