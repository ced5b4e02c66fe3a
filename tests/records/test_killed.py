"""A process that is killed while it writes: what it said is stored is stored, and the chain is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from desktop_app.jobs import finish
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

KILLS = 15

WRITER = """
import sys
from pathlib import Path
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
services = Services(Locations.find(Path(sys.argv[1])))
services.unlock_vault()
number = services.learner.answer_count()
while True:
    services.learner.save_attempt("l", "1.0", "q", score=1.0, typed=f"typed {number}")
    number += 1
    print(number, flush=True)
"""


def test_killed_again_and_again(profile: Path, file_keyring: dict[str, str]) -> None:
    environment = os.environ | file_keyring
    said = 0
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(profile)], stdout=subprocess.PIPE, env=environment, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(1 + 3 * (kill % 4)):  # each time at another place of a file that grows
                said = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().split("\n")[:-1]  # a half-written line was not said
        said = int(rest[-1]) if rest else said
        services = Services(Locations.find(profile))
        assert services.unlock_vault().is_open
        stored = services.learner.attempts("l", "q")
        report = finish(services.learner.audit.verify(services.learner.vault))
        services.close()
        assert len(stored) >= said
        assert [attempt.typed for attempt in stored] == [f"typed {number}" for number in range(len(stored))]
        assert [attempt.number for attempt in stored] == list(range(1, len(stored) + 1))
        assert report.is_whole and report.signed and report.events == len(stored), report
    assert said > KILLS
