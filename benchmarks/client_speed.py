"""Tokens a second through the app's client against a bare llama.cpp loop: same model, threads, prompt, sampling.

Both run in processes of their own, in turns, so that what else the machine does falls on both. Once as the machine is,
once with one core kept busy. Prints a table for each; exit code 1 if the client's median is below the goal.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from desktop_app.jobs import finish
from desktop_app.sandbox.client import ModelClient, Piece
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.process import worker_environment
from desktop_app.sandbox.protocol import GenerationParameters

GOAL = 0.97
GOAL_FIRST = 1.2
TURNS = [("user", "Explain in several paragraphs how a letter travels from one town to another. " * 4)]
PARAMETERS = GenerationParameters(temperature=0.8, repeat_penalty=1.0, max_tokens=96)
SEED = 11


def main() -> int:
    """Run the rounds and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, help="fixed for both; measured by the worker if not given")
    parser.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bare:
        serve_bare(arguments.bare)
        return 0
    with ModelClient(bundled_model(), threads=arguments.threads) as client:
        threads = finish(client.start()).threads
        bare = subprocess.Popen(
            [sys.executable, __file__, "--bare", str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=worker_environment(), text=True,
        )  # fmt: skip
        missed = 0
        with bare:
            run_bare(bare, run_client(client)["new"])  # the first of each warms the caches
            for busy in (0, 1):
                with busy_cores(busy):
                    rounds = []
                    for _ in range(arguments.rounds):
                        mine = run_client(client)
                        rounds.append((mine, run_bare(bare, mine["new"])))
                print(f"\n{'one core kept busy' if busy else 'the machine as it is'}")
                missed |= print_table(rounds, threads)
    return missed


@contextlib.contextmanager
def busy_cores(count: int) -> Iterator[None]:
    """So many other programs that only compute, while the block runs."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def run_client(client: ModelClient) -> dict[str, float]:
    """One answer through the client, timed on this side of the pipe."""
    start = time.perf_counter()
    first = 0.0
    job = client.generate(TURNS, PARAMETERS, seed=SEED)
    while True:
        try:
            step = next(job)
        except StopIteration as end:
            answer = end.value
            break
        if isinstance(step, Piece) and not first:
            first = time.perf_counter()
    count = answer.timings.completion_tokens
    # An answer that the model ended itself took one more step, for the token that says so; the bare loop counts it too.
    steps = count - (answer.stop_reason != "end")
    rate = steps / (time.perf_counter() - first)
    new = answer.timings.prompt_tokens - answer.timings.cached_tokens
    return {"rate": rate, "count": steps + 1, "first_ms": (first - start) * 1000, "new": new}


def run_bare(process: subprocess.Popen[str], new: float) -> dict[str, float]:
    """One answer of the bare loop, which reads the last new tokens of the prompt first."""
    assert process.stdin and process.stdout
    process.stdin.write(f"{new:.0f}\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def serve_bare(threads: int) -> None:
    """Answer each line, a number of new tokens, with one timed run of llama.cpp's own functions."""
    from desktop_app.sandbox.builds import Builds
    from desktop_app.sandbox.worker.backend import load_build

    load_build(Builds().candidates()[0][0])
    import llama_cpp.llama_cpp as llama
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    model = llama.llama_model_load_from_file(str(bundled_model().path).encode(), llama.llama_model_default_params())
    parameters = llama.llama_context_default_params()
    parameters.n_ctx, parameters.n_threads, parameters.n_threads_batch = 2048, threads, threads
    parameters.flash_attn_type = 0
    context = llama.llama_init_from_model(model, parameters)
    vocabulary = llama.llama_model_get_vocab(model)
    template = Jinja2ChatFormatter(llama.llama_model_chat_template(model, None).decode(), eos_token="", bos_token="")
    text = template(messages=[{"role": role, "content": content} for role, content in TURNS]).prompt.encode()
    buffer = (llama.llama_token * len(text))()
    prompt = buffer[: llama.llama_tokenize(vocabulary, text, len(text), buffer, len(buffer), False, True)]

    def decode(tokens: list[int]) -> None:
        array = (llama.llama_token * len(tokens))(*tokens)
        llama.llama_decode(context, llama.llama_batch_get_one(array, len(tokens)))

    decode(prompt)
    for line in sys.stdin:
        print(json.dumps(bare_run(llama, context, vocabulary, prompt, int(line), decode)), flush=True)


def bare_run(
    llama: Any, context: Any, vocabulary: Any, prompt: list[int], new: int, decode: Callable[[list[int]], None]
) -> dict[str, float]:
    """Read the last new tokens of the prompt, then sample and decode until the end."""
    sampler = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
    for step in (
        llama.llama_sampler_init_top_k(40),
        llama.llama_sampler_init_top_p(PARAMETERS.top_p, 1),
        llama.llama_sampler_init_min_p(0.05, 1),
        llama.llama_sampler_init_temp(PARAMETERS.temperature),
        llama.llama_sampler_init_dist(SEED),
    ):
        llama.llama_sampler_chain_add(sampler, step)
    llama.llama_memory_seq_rm(llama.llama_get_memory(context), 0, len(prompt) - new, -1)
    start = time.perf_counter()
    decode(prompt[len(prompt) - new :])
    token = llama.llama_sampler_sample(sampler, context, -1)
    first = time.perf_counter()
    count = 1
    while count < PARAMETERS.max_tokens and not llama.llama_vocab_is_eog(vocabulary, token):
        decode([token])
        token = llama.llama_sampler_sample(sampler, context, -1)
        count += 1
    rate = (count - 1) / (time.perf_counter() - first)
    llama.llama_sampler_free(ctypes.cast(sampler, llama.llama_sampler_p_ctypes))
    return {"rate": rate, "count": count, "first_ms": (first - start) * 1000, "new": new}


def print_table(rounds: list[tuple[dict[str, float], dict[str, float]]], threads: int) -> int:
    """Print medians and ratios; return 1 if the speed goal is missed."""
    client, bare = ([pair[side] for pair in rounds] for side in (0, 1))
    # The ratio is taken round by round: neighbours in time saw the same machine.
    speed = median(one["rate"] / other["rate"] for one, other in rounds)
    first = median(one["first_ms"] / other["first_ms"] for one, other in rounds)
    print(f"{len(rounds)} rounds, {threads} thread(s), {client[0]['count']:.0f} and {bare[0]['count']:.0f} tokens each")
    print(f"{'':34}{'client':>10}{'bare loop':>12}{'ratio':>8}{'goal':>10}")
    for label, key, ratio, goal in (
        ("tokens per second (median)", "rate", speed, f">= {GOAL}"),
        ("first token, prompt cached (ms)", "first_ms", first, f"<= {GOAL_FIRST}"),
    ):
        figures = [median(run[key] for run in runs) for runs in (client, bare)]
        print(f"{label:34}{figures[0]:10.1f}{figures[1]:12.1f}{ratio:8.3f}{goal:>10}")
    print(f"{'tokens read anew':34}{client[0]['new']:10.0f}{bare[0]['new']:12.0f}")
    return 0 if speed >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
