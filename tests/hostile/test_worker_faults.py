"""The model's process is killed, stopped, starved, cancelled and suspended; the window's client survives all of it.

Each time: one sentence, what was written is kept, and the next run works. Run with -s to see the counts.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.jobs import finish as to_its_end
from desktop_app.sandbox.client import Answer, ModelClient, Piece
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.process import WORKER_COMMAND, WorkerProcess
from desktop_app.sandbox.protocol import GenerationParameters

pytestmark = [pytest.mark.model, pytest.mark.skipif(sys.platform != "linux", reason="signals of Linux")]

SHORT = [("user", "Say yes.")]
READ = [("user", "A long story about rain. " * 120)]
WRITE = [("user", "Count from one to one hundred in words.")]
FEW = GenerationParameters(max_tokens=2)
MANY = GenerationParameters(temperature=0.9, repeat_penalty=1.0, max_tokens=400)
ROUNDS = 200 if os.environ.get("GREENROOM_FUZZ") else 40
FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"


@pytest.fixture(scope="module")
def client() -> Iterator[ModelClient]:
    """One client for all: each test leaves it usable, which is the point."""
    with ModelClient(bundled_model(), context_tokens=1024, threads=1, hang_s=1.5, grace_s=1.0) as running:
        yield running


@pytest.fixture(autouse=True)
def next_run_works(client: ModelClient) -> Iterator[None]:
    """Whatever a test did, the next run is answered."""
    yield
    client._hang_s = 30.0  # a machine under load reads slowly, and that is not what is tested here
    assert to_its_end(client.generate(SHORT, FEW, seed=1)).stop_reason in ("length", "end")
    client._hang_s = 1.5


def at(stage: str, job: Job[Answer]) -> str:
    """Step the job until it is in this stage; the text that came so far."""
    for step in job:
        if stage == "reading" and isinstance(step, Progress) and step.note == "Reading the prompt":
            return ""
        if stage == "writing" and isinstance(step, Piece):
            return step.text
        if stage == "loading" and isinstance(step, Progress) and "the model" in step.note:
            return ""
    raise AssertionError(f"it never came to {stage}")


def rest(job: Job[Answer]) -> Answer:
    """Step the job to its end."""
    return to_its_end(job)


def begin(client: ModelClient, stage: str) -> tuple[Job[Answer], str]:
    """An answer that has come to this stage, and what it has said so far."""
    if stage == "loading":
        client.close()
    elif client.pid is None:
        to_its_end(client.start())
    job = client.generate(READ if stage == "reading" else WRITE, MANY, seed=2)
    return job, at(stage, job)


@pytest.mark.parametrize("stage", ["loading", "reading", "writing"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP], ids=lambda number: number.name)
def test_a_worker_that_is_killed_crashes_or_stands_still(
    client: ModelClient, stage: str, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_load_s", 1.5)
    job, begun = begin(client, stage)
    pid = client.pid
    assert pid
    os.kill(pid, number)
    if stage == "loading":
        with pytest.raises(ModelError, match="did not start") as raised:
            rest(job)
        said = str(raised.value)
    else:
        answer = rest(job)
        assert answer.stop_reason == "died" and answer.text.startswith(begun)
        said = answer.problem
    assert said.endswith(".") and "\n" not in said
    assert ("silent" if number == signal.SIGSTOP else f"signal {int(number)}") in said
    monkeypatch.undo()


@pytest.mark.parametrize("stage", ["reading", "writing"])
def test_a_worker_that_runs_out_of_memory(client: ModelClient, stage: str) -> None:
    if client.pid is None:
        to_its_end(client.start())
    pid = client.pid
    assert pid
    held = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
    hard = resource.prlimit(pid, resource.RLIMIT_AS)[1]
    resource.prlimit(pid, resource.RLIMIT_AS, (held, hard))
    turns = READ if stage == "reading" else [("user", "x " * 1_000_000)]
    with contextlib.suppress(ModelError):  # refused in a sentence, or answered with what was there already
        rest(client.generate(turns, FEW, seed=1))
    client.close()  # the limit was ours; without it the next run has its memory again


def test_a_model_for_which_there_is_not_enough_memory(tmp_path: Path) -> None:
    limited = tmp_path / "limited.py"
    limited.write_text(
        "import resource, runpy, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (150_000_000, 150_000_000))\n"
        "runpy.run_module('desktop_app.sandbox.worker', run_name='__main__')\n",
        "utf-8",
    )
    command = [*WORKER_COMMAND[: WORKER_COMMAND.index("-m")], str(limited)]
    with ModelClient(bundled_model(), command=command) as client:
        with pytest.raises(ModelError) as raised:
            to_its_end(client.start())
        assert str(raised.value).endswith(".") and client.pid is None and client.state == "failed"


def test_cancel_at_every_stage_again_and_again(client: ModelClient) -> None:
    """Two of three are cancelled by cancel, one by closing the job; the worker stays the same one all the time."""
    to_its_end(client.start())
    client._hang_s, pid, ended = 30.0, client.pid, Counter[str]()
    for number in range(ROUNDS):
        stage = ("asking", "reading", "writing")[number % 3]
        job = client.generate(READ if stage == "reading" else WRITE, MANY, seed=number)
        if stage != "asking":
            turns = [("user", f"{number} " + READ[0][1][:400])]  # not known, so that there is something to read
            job = client.generate(turns if stage == "reading" else WRITE, MANY, seed=number)
            at(stage, job)
        if number % 3 == 2 and number % 2:
            job.close()
            ended["closed"] += 1
            continue
        client.cancel()
        if stage == "asking":  # nothing has begun, so there is nothing to cancel: it is closed
            job.close()
            ended["not begun"] += 1
            continue
        answer = rest(job)
        ended[answer.stop_reason] += 1
    assert set(ended) == {"cancelled", "closed", "not begun"} and ended.total() == ROUNDS
    assert client.pid == pid and client.state == "ready"
    print(f"\ncancelled {ROUNDS} times: {dict(ended)}, one worker")


def test_a_cancel_while_a_prompt_is_read_does_not_wait_for_the_piece_to_be_read(client: ModelClient) -> None:
    to_its_end(client.start())
    job = client.generate([("user", "Something else about snow. " * 150)], FEW, seed=1)
    at("reading", job)
    client.cancel()
    answer = rest(job)
    assert answer.stop_reason == "cancelled" and answer.timings.cached_tokens == 0


def test_two_windows_at_once() -> None:
    """Each has a worker of its own; the death of one is nothing to the other."""
    texts: dict[int, str] = {}
    wanted = replace(MANY, max_tokens=12)

    def window(number: int) -> None:
        with ModelClient(bundled_model(), context_tokens=512, threads=1) as own:
            if number == 2:
                job = own.generate(WRITE, MANY, seed=5)
                at("writing", job)
                assert own.pid
                os.kill(own.pid, signal.SIGKILL)
                assert rest(job).stop_reason == "died"
            texts[number] = to_its_end(own.generate(WRITE, wanted, seed=5)).text

    threads = [threading.Thread(target=window, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts[1] == texts[2] != ""


SUSPENDED = """
import json, sys
from desktop_app.sandbox.client import ModelClient, Piece
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters

script = json.dumps({"answers": [[{"say": "before "}, {"wait": "GO"}, {"say": "after"}]]})
client = ModelClient(bundled_model(), command=[sys.executable, sys.argv[1], script], hang_s=1.0)
job, text = client.generate([("user", "Hello")], GenerationParameters(), seed=1), ""
while True:
    try:
        step = next(job)
    except StopIteration as end:
        print(end.value.stop_reason, end.value.text, flush=True)
        break
    if isinstance(step, Piece) and not text:
        text = step.text
        print(client.pid, flush=True)
client.close()
"""


def test_a_machine_that_was_suspended_goes_on_where_it_was() -> None:
    """App and worker stand still for longer than a worker may be silent; that is not taken for a hang."""
    app = subprocess.Popen(
        [sys.executable, "-c", SUSPENDED, str(FAKE)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    with app:
        assert app.stdout
        worker = int(app.stdout.readline())
        for process in (app.pid, worker):
            os.kill(process, signal.SIGSTOP)
        threading.Event().wait(1.5)  # the pause is what is tested
        os.kill(app.pid, signal.SIGCONT)
        os.kill(worker, signal.SIGCONT)
        os.kill(worker, signal.SIGUSR1)
        assert app.stdout.readline() == "end before after\n"


LOOPS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
HUGE = "{{ 'x' * 3000000 }}"
VAST = "{{ 'x' * 9000000000 }}"


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (LOOPS, "not done after 2 seconds"),
        (HUGE, "far too long"),
        (VAST, "too much memory"),
        ("{{ messages[99].content.x }}", "refuses these turns"),
        ("{{ ''.__class__.__mro__ }}", "refuses these turns"),
        ("{{ raise_exception('no system turn') }}", "no system turn"),
    ],
)
def test_a_template_that_never_ends_or_makes_too_much_is_refused(template: str, says: str) -> None:
    with ModelClient(replace(bundled_model(), template=template), context_tokens=128, threads=1) as client:
        pid = None
        for _ in range(2):
            with pytest.raises(ModelError, match=says) as raised:
                to_its_end(client.generate(SHORT, FEW, seed=1))
            assert str(raised.value).endswith(".") and client.pid == (pid or client.pid)
            pid = client.pid


def test_a_template_that_is_none_is_refused_when_the_model_is_loaded() -> None:
    with ModelClient(replace(bundled_model(), template="{% for"), context_tokens=128, threads=1) as client:
        with pytest.raises(ModelError, match="is no template"):
            to_its_end(client.start())
        assert client.pid is None


STUCK = """
import ctypes
from desktop_app.sandbox.worker import rendering

rendering.RENDER_S, rendering.GIVE_UP_S = 0.1, 0.3
library, mutex = ctypes.PyDLL(None), ctypes.create_string_buffer(64)
library.pthread_mutex_lock(mutex)
rendering.Template(lambda: library.pthread_mutex_lock(mutex))  # holds on to the interpreter for ever
"""


def test_a_template_that_python_cannot_interrupt_ends_the_process() -> None:
    process = WorkerProcess([*WORKER_COMMAND[: WORKER_COMMAND.index("-m")], "-c", STUCK])
    assert process.take(30) is None
    assert process.how_it_ended() == "the model's chat template did not come to an end"
    process.close()
