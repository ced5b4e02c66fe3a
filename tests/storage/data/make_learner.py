"""Makes learner-NNNN.db, the records of somebody who used the version that released schema NNNN.

Run once per schema, with the release that brings it: `python tests/storage/data/make_learner.py 0001`. The files are
committed and never made again: they are what people have on their disks.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from desktop_app.records.credentials import Award, PassedLesson
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Profile, Review, ReviewCard, Run, RunText
from desktop_app.records.turns import Conversation, Turn
from desktop_app.records.usage import Feedback
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault


def main(schema: str) -> None:
    """Write the database and its head beside this file."""
    ticks = count()
    with tempfile.TemporaryDirectory() as folder:
        places = Locations.find(Path(folder) / "profile")
        learner = LearnerRepository(places, lambda: datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=next(ticks)))
        learner.use_vault(Vault(bytes(32)))
        learner.save_profile(Profile("Ines", "sales", "en"))
        learner.open_step("what-ai-is", "1.0", "start")
        learner.save_attempt("what-ai-is", "1.0", "q1", score=0.0, chosen=(1,))
        learner.save_attempt("what-ai-is", "1.0", "q1", score=1.0, chosen=(0,), typed="typed")
        learner.finish_step("what-ai-is", "start")
        learner.finish_lesson("what-ai-is", score=1.0, passed=True)
        run = Run(
            "0" * 32, datetime(2026, 11, 22, tzinfo=UTC), "what-ai-is", "p1", "meeting-next-steps", 2, "ab" * 32,
            "smollm2-135m", 7, "end", 30, 12, 20.5, 44.0, {"email": 1}, {"one line": True}, "",
            RunText({"notes": "typed"}, (("user", "typed"),), "answer"),
        )  # fmt: skip
        learner.save_run(run)
        learner.judge_run(run.id, "yes")
        learner.save_draft("practice/free", "half-typed")
        learner.set_favourite("shorten-notice", True)
        card = ReviewCard("what-ai-is", "q1", 2, None, 2.3, 2.1, date(2026, 11, 24), date(2026, 11, 22))
        at = datetime(2026, 11, 22, 12, tzinfo=UTC)
        learner.reviews.save(card, Review(0, "what-ai-is", "q1", at, 3, None, 2))
        lesson = PassedLesson("what-ai-is", "What it is", "1.0", 100, 80, date(2026, 11, 22), ("You can say it",))
        learner.certificates.issue(
            Award("lesson/what-ai-is", "What it is", "A lesson.", "Ines", "en", lessons=(lesson,))
        )
        learner.usage.add_use("shorten-notice", 1, "ab" * 32, "copied")
        learner.usage.save_feedback(Feedback("shorten-notice", 1, "ab" * 32, "partly", 4, "tone", 6.5, "a comment"))
        made = learner.usage.add_collection("Monday reports")
        learner.usage.set_collection_prompts(made.id, ["shorten-notice", "offer-facts"])
        at = datetime(2026, 11, 22, 13, tzinfo=UTC)
        talk = Conversation("c" * 32, "A title", "shorten-notice", 1, at, at, "a" * 32, (), {"seed": 7})
        asked = Turn(
            "d" * 32, "", "user", "typed", at, {}, {"values": {"notice": "typed"}, "start": [["system", "Be short."]]}
        )
        facts = {"run_id": run.id, "seed": 7, "model_id": "smollm2-135m", "stop_reason": "end"}
        talk = learner.conversations.save_turn(talk, asked, model_id="smollm2-135m")
        answered = Turn("a" * 32, asked.id, "assistant", "answer", at, facts)
        learner.conversations.save_turn(talk, answered, model_id="smollm2-135m")
        learner.comparisons.begin("e" * 32, "A comparison", {"columns": []}, columns=2, rows=1, blind=False, facts={})
        learner.close()
        target = Path(__file__).with_name(f"learner-{schema}.db")
        shutil.copy(places.learner_db, target)
        shutil.copy(places.audit_head, target.with_suffix(".head.json"))


if __name__ == "__main__":
    main(sys.argv[1])
