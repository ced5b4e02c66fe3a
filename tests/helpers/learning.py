"""A learner without a window, for tests that kill it: run as `python learning.py PROFILE CONTENT DOING`.

DOING is answers, exercises, reviews or certificates; one line is printed for each thing that was acknowledged.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop_app.lessons.lesson import Answer, QuestionId
from desktop_app.records.credentials import Award, PassedLesson
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Profile
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.lessons.builders import lesson_text, write_lesson

MARKER = "Zaunkönig-4711"
EVERY_KIND = """## Start

<!-- id: single -->
Which?

[(X)] this
[( )] that

<!-- id: multiple -->
Which ones?

[[X]] this
[[X]] these
[[ ]] that

<!-- id: word -->
Which word?

[[tent]]

<!-- id: gaps -->
A [[tent]] is [[big|(small)]].

<!-- id: matrix -->
What is what?

[ [tent] [house] ]
[ (X)    ( )     ] canvas
[ ( )    (X)     ] brick

<!-- id: order -->
In which order?

[[1]] first
[[2]] second
[[3]] third

```claims
id: check
title: Check it
task: Check each claim.
source: The shop opens at nine. It closes at six.
output: The shop opens at nine. It closes at five.
claims:
  - text: The shop opens at nine.
    supported: true
    passage: The shop opens at nine.
    why: It says so.
  - text: It closes at five.
    supported: false
    passage: It closes at six.
    why: Six, not five.
```

```redact
id: redact
title: Take it out
task: Black it out.
document: letter
```
"""
DOCUMENT = """---
id: letter
title: A letter
kind: letter
language: en
planted:
  - {text: Ines Falk, kind: person, why: A name.}
---
Dear Ines Falk, thank you for your letter.
"""
ANSWERS = {
    "single": Answer((0,)), "multiple": Answer((0, 2)), "word": Answer(typed=(f"tent {MARKER}",)),
    "gaps": Answer((-1, 1), (f"tent {MARKER}", "")), "matrix": Answer((0, 3)), "order": Answer((1, 0, 2)),
}  # fmt: skip


def content(folder: Path) -> Path:
    """A content folder with a lesson of every kind of question, both exercises, a rule set and a document."""
    write_lesson(folder / "lessons", lesson_text(EVERY_KIND, id="every-kind"), "every-kind")
    rules = "\n".join(f"## Rule {n}\n\n<!-- id: rule-{n} -->\nMay you?\n\n[(X)] no\n[( )] yes\n" for n in range(5))
    write_lesson(folder / "rules", lesson_text(rules, id="house"), "house")
    (folder / "documents").mkdir()
    (folder / "documents" / "letter.md").write_text(DOCUMENT, encoding="utf-8")
    return folder


def only(profile: Path, folder: Path) -> Locations:
    """A profile with this content folder and none that is bundled."""
    found = Locations.find(profile)
    return Locations(found.profile, (folder,), found.libraries, found.resources)


def answers(services: Services) -> Iterator[str]:
    """Answer each kind of question in the reader, again and again."""
    from desktop_app.ui.pages.learn.model import LearnModel

    model = LearnModel(services)
    while True:
        model.open("every-kind")
        for name, answer in ANSWERS.items():
            question = QuestionId(name)
            model.try_again(question)
            model.answer(question, answer)
            yield name


def exercises(services: Services) -> Iterator[str]:
    """Check claims and a redaction, again and again."""
    from desktop_app.ui.jobs import InlineJobs
    from desktop_app.ui.pages.learn.exercises.claims_model import ClaimsModel
    from desktop_app.ui.pages.learn.exercises.redact_model import RedactModel
    from desktop_app.ui.pages.learn.model import LearnModel
    from desktop_app.ui.sandbox_model import SandboxModel

    learn = LearnModel(services)
    learn.open("every-kind")
    assert learn.reader.lesson is not None
    sandbox = SandboxModel(services, InlineJobs())
    claims = ClaimsModel(services, sandbox, InlineJobs(), learn.exercise_attempts, learn.save_exercise)
    claims.use("every-kind", learn.reader.lesson.exercises[0])  # type: ignore[arg-type]
    redact = RedactModel(
        services.documents.get("letter"), learn.exercise_attempts("redact"),
        lambda score, marks: learn.save_exercise("redact", score, marks), InlineJobs(),
    )  # fmt: skip
    while True:
        claims.try_again()
        claims.judge(0, True)
        claims.judge(1, False)
        claims.check()
        assert not claims.state.problem, claims.state.problem
        yield "claims"
        redact.try_again()
        redact.mark(5, 14)
        redact.check()
        assert not redact.state.problem, redact.state.problem
        yield "redact"


def reviews(services: Services) -> Iterator[str]:
    """Review the rules day after day; every second rating is changed."""
    from desktop_app.ui.jobs import InlineJobs
    from desktop_app.ui.pages.review.model import ReviewModel

    day = max((review.at for review in services.learner.reviews.log()), default=datetime(2026, 1, 1, 9, tzinfo=UTC))
    services.close()
    clock = {"now": day}
    services.__dict__["learner"] = LearnerRepository(services.locations, lambda: clock["now"])
    services.unlock_vault()
    model = ReviewModel(services, InlineJobs())
    while True:
        clock["now"] += timedelta(days=1)
        model.start()
        while model.state.phase == "question":
            assert model.question is not None and model.state.item is not None
            model.question.answer(model.state.item.quiz.id, Answer((0,)))
            assert model.state.rating and not model.state.problem
            yield "review"
            if len(model.state.done) % 2:
                model.rate(4)
            model.next()


def certificates(services: Services) -> Iterator[str]:
    """Issue one certificate after another."""
    services.learner.save_profile(Profile(f"Ines {MARKER}", "everyone", "en"))
    lesson = PassedLesson("every-kind", "A sample", "1.0", 90, 80, None, ("Know it.",))
    while True:
        award = Award("lesson/every-kind", "A sample", "A lesson.", f"Ines {MARKER}", "en", (lesson,))
        yield services.learner.certificates.issue(award).id


def main() -> None:
    """Play until killed."""
    from PySide6.QtCore import QCoreApplication

    app = QCoreApplication([])
    services = Services(only(Path(sys.argv[1]), Path(sys.argv[2])))
    assert services.unlock_vault().is_open
    doing = {"answers": answers, "exercises": exercises, "reviews": reviews, "certificates": certificates}
    for done in doing[sys.argv[3]](services):
        print(done, flush=True)
    del app


if __name__ == "__main__":
    main()
