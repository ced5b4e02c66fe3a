"""Somebody who asks the model again and again, as a process that can be killed. A line is printed for what was acknowledged.

`talking.py PROFILE QUESTIONS` ends after so many questions, 0 goes on until it is killed. A line is a turn's id and how many
characters of it are kept.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from desktop_app.practice.conversation import Turn
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.sandbox_model import SandboxModel

MARKER = "Zaunkönig-4711"
FAKE = Path(__file__).with_name("fake_model.py")


def main() -> None:
    """Ask, stop each answer after a few pieces, and ask on."""
    profile, questions = Path(sys.argv[1]), int(sys.argv[2])
    app = QApplication([])
    services = Services(Locations.find(profile))
    services.unlock_vault()
    script = json.dumps({"answers": [[{"until_cancel": f"{MARKER} "}]]})
    services.__dict__["model"] = ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script])
    jobs = JobRunner()
    sandbox = SandboxModel(services, jobs)
    model = AskModel(services, sandbox, jobs)
    model.use_free()
    model._keep_timer.setInterval(20)
    left = [questions]

    def say(turn: Turn) -> None:
        print(turn.id, len(turn.text or ""), turn.stop_reason, flush=True)

    def on_kept() -> None:
        answer = model.state.last_answer
        if answer is not None and answer.text:
            say(answer)
            if len(answer.text) > 20 * len(MARKER):
                model.stop()

    def on_answered(turn: Turn) -> None:
        say(turn)
        left[0] -= 1
        if left[0] == 0:
            app.quit()
        else:
            model.follow(f"and then, {MARKER}?")

    def on_ready(_: object) -> None:
        if sandbox.state.phase == "ready" and model.state.phase == "empty":
            model.set_value("prompt", f"Tell me about {MARKER}")
            model.run()

    model._keep_timer.timeout.connect(on_kept)
    model.answered.connect(on_answered)
    sandbox.changed.connect(on_ready)
    sandbox.start()
    app.exec()
    model.close()
    sandbox.close()
    jobs.stop()
    services.close()


if __name__ == "__main__":
    main()
