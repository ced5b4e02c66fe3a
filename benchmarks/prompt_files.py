"""A library of any size for the benchmarks: few verbs, few kinds of thing, a long tail of names and words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from desktop_app.policy.vocabulary import DATA_CLASSES, ROLES
from desktop_app.prompts.prompt import Message, ModelParameters, Prompt, PromptId, PromptVersion

VERSIONS = 3
_VERBS = (
    "Write", "Shorten", "Summarise", "Translate", "Check", "Compare", "Explain", "Draft", "Sort", "Extract", "Rephrase",
    "Outline", "Answer", "Plan",
)  # fmt: skip
_THINGS = (
    "invoice", "reply", "complaint", "meeting", "notes", "job", "advert", "reminder", "release", "contract", "clause",
    "offer", "report", "mail", "letter", "plan", "budget", "customer", "supplier", "interview", "training", "agenda",
    "ticket", "incident", "policy", "price", "proposal", "newsletter", "summary",
)  # fmt: skip
_TASKS = ("write", "shorten", "extract", "classify", "translate", "check", "explain")
_FILE = """name: {name}
description: {description}
messages:
  - role: system
    content: |
      You help with a {thing}. Keep to what is given.
      If something is missing, say so instead of making it up.
  - role: user
    content: "{body}"
inputs:
  - name: text
    label: The {thing}
    type: long_text
    example: "Order 4711 arrived late. The box was wet, two of six glasses were broken."
    help: Paste it without names and addresses.
  - name: tone
    label: Tone
    type: choice
    choices: [friendly, formal]
    default: friendly
modelParameters:
  temperature: 0.2
  maxTokens: 200
roles: [{roles}]
task: {task}
tags: [{tags}]
data_class: {data_class}
owner: Benchmark
author: A. Writer
changelog: Version {version} says more clearly what must not be made up.
review_by: 2099-05-31
tests:
  - vars: {{text: "Order 4711 arrived late.", tone: formal}}
    assert:
      - type: icontains
        value: "4711"
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What one prompt is made of."""

    id: str
    name: str
    description: str
    thing: str
    body: str
    roles: tuple[str, ...]
    task: str
    tags: tuple[str, ...]
    data_class: str
    is_approved: bool


def make(count: int) -> Iterator[Made]:
    """The same prompts for each run."""
    chance = random.Random(100)
    rare = [f"{a}{b}{c}" for a in ("nor", "val", "ber", "sol") for b in ("dan", "mer", "tis", "ko") for c in "aeiou"]
    tail = [f"{a}{b}{c}" for a in rare for b in ("", "ing", "ed", "s") for c in ("", "um", "us", "ia", "on")]
    weights = list(accumulate(1 / rank for rank in range(1, len(tail) + 1)))  # Zipf's law
    for number in range(count):
        thing, other = chance.sample(_THINGS, 2)
        words = " ".join(chance.choices(tail, cum_weights=weights, k=30))
        yield Made(
            f"p-{number}", f"{chance.choice(_VERBS)} {thing} for {chance.choice(rare)} {number}",
            f"Turns a {thing} into a {other} that can be sent.", thing,
            f"The {thing} is about {words} and {other}: {{{{text}}}} Tone: {{{{tone}}}}",
            tuple(chance.sample(list(ROLES), 2)), chance.choice(_TASKS), (thing, other),
            chance.choice(list(DATA_CLASSES)), number % 3 > 0,
        )  # fmt: skip


def write_library(folder: Path, count: int) -> None:
    """Write count prompts with three versions each; of three, two are approved in their second version."""
    for made in make(count):
        home = folder / made.id
        home.mkdir(parents=True)
        text = _FILE.format(
            name=made.name, description=made.description, thing=made.thing, body=made.body, task=made.task,
            roles=", ".join(made.roles), tags=", ".join(made.tags), data_class=made.data_class, version="{version}",
        )  # fmt: skip
        for version in range(1, VERSIONS + 1):
            (home / f"{version}.prompt.yml").write_text(text.replace("{version}", str(version)), "utf-8")
        if made.is_approved:
            (home / "labels.yml").write_text("approved: 2\n", "utf-8")


def prompts(count: int) -> Iterator[Prompt]:
    """The same library as data, where reading files is not what is measured."""
    for made in make(count):
        version = PromptVersion(
            PromptId(made.id), 1, made.name, made.description, (Message("user", made.body),), (), ModelParameters(),
            made.roles, made.task, made.tags, made.data_class, "Benchmark", "First.", None, Path("1.prompt.yml"), "0" * 64,
        )  # fmt: skip
        yield Prompt(version.id, (version,), {"approved": 1} if made.is_approved else {})
