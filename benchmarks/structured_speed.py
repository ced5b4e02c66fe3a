"""Answers held to a JSON Schema against free answers to the same prompt: tokens a second, and how many keep to the schema.

Both run in turns in one worker. Prints a table; exit code 1 if an answer breaks its schema or the speed is below the goal.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from statistics import median

from desktop_app.jobs import finish
from desktop_app.practice.structured import read_result
from desktop_app.sandbox.client import Answer, ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters

GOAL = 0.9
SEEDS = (1, 2)
PARAMETERS = GenerationParameters(temperature=0.3, repeat_penalty=1.0, max_tokens=96)
SCHEMA = json.dumps({
    "type": "object",
    "properties": {
        "date": {"type": "string", "format": "date"}, "room": {"type": "string", "maxLength": 30},
        "people": {"type": "integer", "minimum": 1, "maximum": 500}, "kind": {"enum": ["training", "meeting", "visit"]},
        "bring": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 4},
    },
    "required": ["date", "room", "people", "kind", "bring"],
})  # fmt: skip
EXAMPLE = [
    ("system", "You write what a message says as JSON."),
    ("user", "On 4 May 2026 we train first aid in the Rhine room, 12 people. Bring a blanket and gloves."),
    ("assistant", '{"date": "2026-05-04", "room": "Rhine", "people": 12, "kind": "training", "bring": ["blanket", "gloves"]}'),
]  # fmt: skip
TEXTS = [
    "The board meets on 3 June 2026 in Oslo with 8 people. Bring the figures.",
    "Our supplier visits us on 11 March 2026 in the tower room; we are 5. Nothing to bring.",
    "Fire safety training, 23 September 2026, 30 people in the yard. Bring helmet, gloves and a torch.",
    "Meeting of the finance team (6) in room 214 on 1 December 2026, bring your budget.",
]


def main() -> int:
    """Run the rounds and print the table; return the exit code."""
    with ModelClient(bundled_model(), threads=None) as client:
        ask(client, TEXTS[0], 9, SCHEMA), ask(client, TEXTS[0], 9, "")  # warms the caches
        rounds = [(ask(client, text, seed, SCHEMA), ask(client, text, seed, "")) for text in TEXTS for seed in SEEDS]
    held, free = ([pair[side] for pair in rounds] for side in (0, 1))
    kept = [sum(read_result(one.text, SCHEMA, one.stop_reason).whole for one in answers) for answers in (held, free)]
    rates = [[one.timings.tokens_per_second for one in answers] for answers in (held, free)]
    ratio = median(one / other for one, other in zip(*rates, strict=True))
    print(f"{'':40}{'held':>10}{'free':>10}{'ratio':>8}{'goal':>10}")
    print(
        f"{'tokens per second (median)':40}{median(rates[0]):10.1f}{median(rates[1]):10.1f}{ratio:8.3f}{f'>= {GOAL}':>10}"
    )
    print(f"{'answers that keep to the schema':40}{kept[0]:10}{kept[1]:10}{'':8}{f'all {len(held)}':>10}")
    return 0 if ratio >= GOAL and kept[0] == len(held) else 1


def ask(client: ModelClient, text: str, seed: int, schema: str) -> Answer:
    """One answer; nothing is drafted, so that both take one step for each token."""
    turns = [*EXAMPLE, ("user", text)]
    return finish(client.generate(turns, replace(PARAMETERS), seed=seed, schema=schema, draft=False))


if __name__ == "__main__":
    sys.exit(main())
