"""What the worker makes of the machine: threads against the best fixed count, starts of prompts that come again, drafts.

Each row has its baseline from the same run, in turns, and is measured twice: as the machine is, and with one core kept
busy. Prints tables; exit code 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.client_speed import busy_cores
from desktop_app.jobs import finish
from desktop_app.sandbox.client import Answer, ModelClient, Piece
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters
from desktop_app.sandbox.states import Prefixes, StateFiles
from desktop_app.storage.vault import Vault

GOAL_THREADS, GOAL_FIRST, GOAL_COPY, GOAL_FREE = 0.9, 1.2, 1.1, 0.97
FREE = [("user", "Explain in several paragraphs how a letter travels from one town to another.")]
NOTE = (
    "The canteen closes at two o'clock on Thursday. Please bring your own cup. The coffee machine is being repaired by the "
    "supplier until Friday evening."
)
MOVE = (
    "The office moves to the second floor of 14 Harbour Street on Monday, 3 March. Boxes and labels are handed out at the "
    "reception from 24 February. Every team packs its own desks until Friday at noon. Screens and chairs are carried by "
    "the movers. Parking in the yard is not possible on that day. Questions are answered by Petra at extension 4512."
)
COPY = [
    ("system", "You repeat texts."), ("user", "Repeat word for word: " + NOTE), ("assistant", NOTE),
    ("user", "Repeat word for word: " + MOVE),
]  # fmt: skip
PREFIX = [("system", "You answer questions about this notice. " + MOVE * 4), ("user", NOTE), ("assistant", "Noted.")]
OTHER = [("system", "You answer questions about another text. " + NOTE * 8), ("user", "Ready?"), ("assistant", "Yes.")]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, what it is held against, their ratio and the goal."""

    label: str
    value: float
    baseline: float
    ratio: float
    goal: str
    met: bool


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        files = StateFiles(Path(folder), lambda: Vault(b"benchmark" + bytes(23)))
        clients = {count: ModelClient(bundled_model(), threads=count or None) for count in counts()}
        for client in clients.values():
            finish(client.start())
        for busy in (0, 1):
            with busy_cores(busy):
                rows = [threads(clients, rounds), *starts(files, rounds), *drafts(clients[0], rounds)]
            print(f"\n{'one core kept busy' if busy else 'the machine as it is'}, {rounds} rounds, medians")
            print(f"{'':44}{'value':>9}{'baseline':>10}{'ratio':>8}{'goal':>10}")
            for row in rows:
                print(f"{row.label:44}{row.value:9.1f}{row.baseline:10.1f}{row.ratio:8.2f}{row.goal:>10}")
                missed = missed or not row.met
        for client in clients.values():
            client.close()
    return int(missed)


def counts() -> list[int]:
    """Thread counts to fix, with 0 first for the worker's own choice."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return [0, *(count for count in (1, 2, 4, 8) if count <= cores)]


def threads(clients: dict[int, ModelClient], rounds: int) -> Row:
    """Tokens a second with threads as the worker chooses them, against the best fixed count."""
    wanted = GenerationParameters(temperature=0.8, repeat_penalty=1.0, max_tokens=128)
    rates: dict[int, list[float]] = {count: [] for count in clients}
    for _ in range(rounds):
        for count, client in clients.items():
            answer = finish(client.generate(FREE, wanted, seed=11, draft=False))
            rates[count].append(answer.timings.tokens_per_second)
    best = max((count for count in clients if count), key=lambda count: median(rates[count]))
    ratio = median(rates[0]) / median(rates[best])
    label = f"tokens/s, own choice against {best} thread{'s' * (best > 1)}"
    return Row(label, median(rates[0]), median(rates[best]), ratio, f">= {GOAL_THREADS}", ratio >= GOAL_THREADS)


def starts(files: StateFiles, rounds: int) -> list[Row]:
    """First token of a prompt whose start came before, from memory and from disk, against reading the new tokens alone."""
    one = GenerationParameters(temperature=0, max_tokens=1)
    found: dict[str, list[float]] = {"alone": [], "memory": [], "disk": [], "anew": []}
    question = "on which day does the office move, and who answers questions about it?"
    for kept in files.folder.iterdir() if files.folder.is_dir() else ():  # of the measurement before this one
        kept.unlink()
    files.save("warm", b"up")  # the first use of the cipher loads it
    for _ in range(rounds + 1):
        # The questions differ from their first word on, so that only the start is the same.
        here, there, elsewhere = (
            [*PREFIX, ("user", f"{word} tell me {question}")] for word in ("Please", "Now", "Then")
        )
        with ModelClient(bundled_model()) as client:
            client.prefixes = Prefixes(files)
            finish(client.start())
            on_disk = len(list(files.folder.iterdir())) > 1  # from the second round on
            found["disk" if on_disk else "anew"].append(first_ms(client, here, one))
            finish(client.generate(OTHER, one, seed=1))
            found["memory"].append(first_ms(client, there, one))
            finish(client.prepare(elsewhere, len(PREFIX)))
            found["alone"].append(first_ms(client, elsewhere, one))
    alone = median(found["alone"])
    return [
        Row(label, median(found[name]), alone, median(found[name]) / alone, goal, not goal or median(found[name]) <= GOAL_FIRST * alone)
        for label, name, goal in (
            ("first token, ms, start in memory", "memory", f"<= {GOAL_FIRST}"),
            ("first token, ms, start on disk", "disk", f"<= {GOAL_FIRST}"),
            ("first token, ms, start read anew", "anew", ""),
        )
    ]  # fmt: skip


def first_ms(client: ModelClient, turns: list[tuple[str, str]], wanted: GenerationParameters) -> float:
    """Milliseconds to the first piece, on this side of the pipe."""
    begun = time.perf_counter()
    job = client.generate(turns, wanted, seed=1, keep_turns=len(PREFIX))
    while not isinstance(next(job), Piece):
        pass
    spent = time.perf_counter() - begun
    finish(job)
    return spent * 1000


def drafts(client: ModelClient, rounds: int) -> list[Row]:
    """Tokens a second with drafts against without, where the answer copies and where it does not."""
    rows = []
    wanted = GenerationParameters(temperature=0, repeat_penalty=1.0, max_tokens=110)
    for label, turns, goal in (("copying", COPY, GOAL_COPY), ("not copying", FREE, GOAL_FREE)):
        pairs: list[tuple[Answer, Answer]] = []
        for _ in range(rounds):
            plain, drafted = (finish(client.generate(turns, wanted, seed=5, draft=draft)) for draft in (False, True))
            if plain.text != drafted.text:
                raise SystemExit(f"{label}: drafts changed the text")
            pairs.append((drafted, plain))
        ratio = median(one.timings.tokens_per_second / other.timings.tokens_per_second for one, other in pairs)
        mine, other = (median(pair[side].timings.tokens_per_second for pair in pairs) for side in (0, 1))
        share = f"{pairs[-1][0].timings.accepted_tokens}/{pairs[-1][0].timings.drafted_tokens}"
        rows.append(Row(f"tokens/s, drafts, {label} ({share} right)", mine, other, ratio, f">= {goal}", ratio >= goal))
    return rows


if __name__ == "__main__":
    sys.exit(main())
