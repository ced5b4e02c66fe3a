"""Exports under test: courses made from made-up lessons, opened in a real browser and answered through its own fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from browser import Browser

from desktop_app.lessons.documents import DocumentLibrary
from desktop_app.lessons.interchange.course import Course, course_of_lessons
from desktop_app.lessons.interchange.export import FORMATS, export, packed
from desktop_app.lessons.lesson import Answer, LearningPath, Lesson
from desktop_app.lessons.parse import parse_lesson
from desktop_app.prompts.library import PromptLibrary

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"

# Every kind of question and exercise once, with hints, feedback, a solution and an image.
EVERYTHING = """## Questions

See the ![plan of the office](plan.svg) and [the next step](#exercises).

<!-- id: one -->
Which one?

[(X)] this
    > Yes, this.
[( )] that
    > Not that.
[[?]] It is near.
[[?]] It is the first.
****
It is **this**.
****

<!-- id: many -->
Which of them?

[[X]] this
[[X]] that
[[ ]] other

<!-- id: word -->
What reads a model?

<!-- also: a token -->
    [[token]]

<!-- id: gaps -->
A model reads [[tokens]] and writes [[words|(tokens)|letters]].

<!-- id: grid -->
Where does it belong?

[[inside] [outside]]
[ (X) ( ) ] a recipe
    > A recipe is no secret, but it is ours.
[ [X] [X] ] a smile
[ [ ] [ ] ] a law

<!-- id: order -->
What comes first?

[[1]] ask
[[2]] read
[[3]] check

## Exercises

```claims
id: figures
title: Check the figures
task: Compare the answer with the source.
source: "Sales rose by 4 percent. Costs stayed flat."
output: "Sales rose by 4 percent. Costs fell."
claims:
  - {text: Sales rose by 4 percent., supported: true, passage: Sales rose by 4 percent., why: It says so.}
  - {text: Costs fell., supported: false, passage: Costs stayed flat., why: They stayed flat.}
```

```redact
id: mail
title: Before it leaves
task: Hide what must stay here.
document: people-mail
```

```practice
id: try
title: Ask it
task: Ask for three points.
start: Give me three points about tea.
expect:
  - {icontains: tea, says: It is about tea.}
look_for: Three points.
```
"""
PLAN = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><script>alert(1)</script><rect width="40" height="20"/></svg>'


def sample_lesson(folder: Path, text: str, lesson_id: str = "sample") -> Lesson:
    """The lesson in text, written below folder with its image; fails if anything in it is an error."""
    home = folder / lesson_id
    home.mkdir(parents=True, exist_ok=True)
    (home / "plan.svg").write_bytes(PLAN)
    lesson, problems = parse_lesson(text, home / "lesson.md")
    assert lesson is not None and not [p for p in problems if p.severity == "error"], problems
    return lesson


def course(*lessons: Lesson, path: LearningPath | None = None) -> Course:
    """A course of these lessons with the documents and prompts that ship."""
    documents = DocumentLibrary([ROOT / "content" / "documents"])
    return course_of_lessons(lessons, documents, PromptLibrary([ROOT / "prompt_library"]), RESOURCES, path)


def html_file(made: Course, folder: Path) -> Path:
    """The course as a page below folder."""
    file = folder / f"{made.id}.html"
    file.write_bytes(packed(FORMATS["html"], export(made, "html")))
    return file


# Answers a question the way a person does: picks, types, moves, then presses Check. Gives what the page says it is worth.
_ANSWER = """(({lesson, id, chosen, typed}) => {
  const form = document.querySelector(`[data-lesson="${lesson}"] [data-question="${id}"]`);
  const find = (selector) => form.querySelector(selector);
  const set = (field, value) => { field.value = value; field.dispatchEvent(new Event("input", {bubbles: true})); };
  const again = find("[data-do=again]");
  if (!again.hidden) again.click();
  switch (form.dataset.kind) {
    case "text": set(find("input"), typed[0]); break;
    case "gaps": form.querySelectorAll("fieldset input, fieldset select").forEach((field, at) =>
      set(field, field.matches("select") ? String(chosen[at]) : typed[at])); break;
    case "ordering": chosen.forEach((item, place) => {
      const up = find(`[data-item="${item}"] [data-do=up]`);
      while ([...form.querySelectorAll("[data-item]")].findIndex((one) => one.dataset.item == item) > place) up.click();
    }); break;
    case "claims": form.querySelectorAll(".claim").forEach((row, at) => row.querySelector(`input[value="${chosen[at]}"]`).click()); break;
    case "redact": chosen.forEach((piece) => find(`[data-t="${piece}"]`).dispatchEvent(
      new PointerEvent("pointerdown", {bubbles: true, button: 0}))); window.dispatchEvent(new PointerEvent("pointerup")); break;
    default: chosen.forEach((value) => find(`input[value="${value}"]`).click());
  }
  find("button[type=submit]").click();
  return form.dataset.value === undefined ? null : Number(form.dataset.value);
})"""


def give(browser: Browser, lesson: Lesson, block_id: str, answer: Answer, frame: str = "window") -> float | None:
    """Answer a question through its own fields; what the page makes of it, None if it wants more first."""
    said: dict[str, Any] = {"lesson": lesson.id, "id": block_id, "chosen": answer.chosen, "typed": answer.typed}
    return browser.run(f"((window, document) => {_ANSWER}({json.dumps(said)}))({frame}, {frame}.document)")


# The right answer to each question of EVERYTHING but redact, in order.
RIGHT = {
    "one": Answer((0,)),
    "many": Answer((0, 1)),
    "word": Answer(typed=(" A TOKEN. ",)),
    "gaps": Answer((-1, 1), ("tokens", "")),
    "grid": Answer((0, 2, 3)),
    "order": Answer((0, 1, 2)),
    "figures": Answer((1, 0)),
}
