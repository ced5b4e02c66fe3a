"""Chat templates, run within bounds: a template is a program that came with a model."""

from __future__ import annotations

import contextlib
import faulthandler
import signal
from collections.abc import Callable, Iterator
from typing import Any

RENDER_S = 2.0  # of processor time: on a busy machine a good template may wait for long
GIVE_UP_S = 30.0  # for what Python cannot interrupt, one huge power for example: then the process ends
SPARE_CHARS = 1024 * 1024
TIMES = 4  # no template makes more of what it is given


class TemplateError(Exception):
    """The template cannot be used, or not for these turns; the text says why."""


class _TooLongError(Exception):
    """The template has had its time."""


class Template:
    """One model's chat template: Jinja in its own sandbox, inside ours."""

    def __init__(self, make: Callable[[], Any]) -> None:
        """make parses the text and returns what renders it. Raises TemplateError for a text that is no template."""
        try:
            with _bounded():
                self._format = make()
        except Exception as exc:  # whatever Jinja's parser meets
            raise TemplateError(f"the chat template is no template ({exc})") from None

    def render(self, turns: tuple[tuple[str, str], ...]) -> str:
        """The turns as the model reads them, ending where the answer begins. Raises TemplateError."""
        messages: list[Any] = [{"role": role, "content": content} for role, content in turns]
        try:
            with _bounded():
                text = self._format(messages=messages).prompt
        except _TooLongError:
            raise TemplateError(f"the model's chat template was not done after {RENDER_S:g} seconds") from None
        except MemoryError:
            raise TemplateError("the model's chat template needs too much memory") from None
        except Exception as exc:  # a template may fail in any way Jinja can
            raise TemplateError(f"the model's chat template refuses these turns ({exc})") from None
        if len(text) > SPARE_CHARS + TIMES * sum(len(content) for _, content in turns):
            raise TemplateError("the model's chat template makes far too long a prompt of these turns")
        return text


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    if not hasattr(signal, "setitimer"):  # Windows: the app ends a worker that is silent for long
        yield
        return
    before = signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, RENDER_S)
    faulthandler.dump_traceback_later(GIVE_UP_S, exit=True)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        faulthandler.cancel_dump_traceback_later()


def _interrupt(*_: object) -> None:
    raise _TooLongError
