"""The JSON lines between client and worker, as frozen dataclasses; docs/formats/worker-protocol.md describes them.

One message is one line: a JSON object in UTF-8 with "type" and the fields of its class. Both sides check every field,
so a damaged line is a ProtocolError with a reason and never a strange value further in.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal

LINE_BYTES = 16 * 1024 * 1024  # a 1 MB paste stays far below this even if every character is escaped
TEXT_CHARS = 2 * 1024 * 1024
SEED_MAX = 2**32 - 2  # 2**32 - 1 means "random" to llama.cpp
STATE_BYTES = 256 * 1024 * 1024  # what follows a restore or saved line at most
COUNT_MAX = 2**53  # whole numbers stay exact in every JSON reader

Role = Literal["system", "user", "assistant"]
StopReason = Literal["end", "length", "stop", "cancelled"]
ErrorKind = Literal["context", "lockdown", "build", "load", "request", "generate"]
Check = Callable[[Any], Any]


class ProtocolError(Exception):
    """A line that is not a message; the text says what is wrong with it."""


def _number(low: float, high: float, *, open_low: bool = False) -> Any:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ProtocolError("is not a number")
        if not low <= value <= high or (open_low and value == low):
            raise ProtocolError(f"is {value}, not within {low} to {high}")
        return float(value)

    return field(metadata={"check": check})


def _integer(low: int = 0, high: int = COUNT_MAX, *, optional: bool = False, default: Any = MISSING) -> Any:
    def check(value: Any) -> int | None:
        if value is None and optional:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise ProtocolError("is not a whole number")
        if not low <= value <= high:
            raise ProtocolError(f"is not within {low} to {high}")
        return value

    return field(metadata={"check": check}, default=default)


def _check_text(value: Any, longest: int = TEXT_CHARS) -> str:
    if not isinstance(value, str):
        raise ProtocolError("is not text")
    if len(value) > longest:
        raise ProtocolError(f"is longer than {longest} characters")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ProtocolError("holds half a surrogate pair, which is no character") from None
    return value


def _text(*, default: Any = MISSING) -> Any:
    return field(metadata={"check": _check_text}, default=default)


def _flag(*, default: Any = MISSING) -> Any:
    def check(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ProtocolError("is not true or false")
        return value

    return field(metadata={"check": check}, default=default)


def _one_of(*allowed: str) -> Any:
    def check(value: Any) -> str:
        if value not in allowed or not isinstance(value, str):
            raise ProtocolError(f"is not one of {', '.join(allowed)}")
        return value

    return field(metadata={"check": check})


def _listed(item: Check, most: int, least: int = 0, *, default: Any = MISSING) -> Any:
    def check(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or not least <= len(value) <= most:
            raise ProtocolError(f"is not a list of {least} to {most} entries")
        return tuple(item(entry) for entry in value)

    return field(metadata={"check": check}, default=default)


def _nested(cls: type) -> Check:
    def check(value: Any) -> Any:
        return _build(cls, _shallow(value) if isinstance(value, cls) else value)

    return check


def _turn(value: Any) -> tuple[str, str]:
    if not isinstance(value, list | tuple) or len(value) != 2 or value[0] not in ("system", "user", "assistant"):
        raise ProtocolError("has an entry that is not a role and a text")
    return (value[0], _check_text(value[1]))


def _stop_sequence(value: Any) -> str:
    if not _check_text(value, 200):
        raise ProtocolError("has an empty entry")
    return value


@dataclass(frozen=True, slots=True)
class GenerationParameters:
    """How the next token is picked; the same names as in a prompt file. temperature 0 always takes the likeliest."""

    temperature: float = field(default=0.2, metadata=_number(0.0, 2.0).metadata)
    top_p: float = field(default=0.95, metadata=_number(0.0, 1.0, open_low=True).metadata)
    repeat_penalty: float = field(default=1.1, metadata=_number(0.5, 2.0).metadata)
    max_tokens: int = field(default=256, metadata=_integer(1, 4096).metadata)
    stop: tuple[str, ...] = field(default=(), metadata=_listed(_stop_sequence, 8).metadata)


@dataclass(frozen=True, slots=True)
class Timings:
    """What one answer cost. Times in milliseconds; cached_tokens of prompt_tokens had not to be read again."""

    prompt_tokens: int = _integer(default=0)
    completion_tokens: int = _integer(default=0)
    cached_tokens: int = _integer(default=0)
    prompt_ms: float = field(default=0.0, metadata=_number(0, 1e12).metadata)
    first_token_ms: float = field(default=0.0, metadata=_number(0, 1e12).metadata)  # from the request on
    generation_ms: float = field(default=0.0, metadata=_number(0, 1e12).metadata)  # all tokens after the first
    tokens_per_second: float = field(default=0.0, metadata=_number(0, 1e12).metadata)
    threads: int = _integer(default=0)
    seed: int = _integer(0, SEED_MAX, default=0)
    drafted_tokens: int = _integer(default=0)  # guessed from the prompt and tried
    accepted_tokens: int = _integer(default=0)  # of those, the ones that the model would have written too


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter to load with the model; scale 1.0 is as it was trained."""

    path: str = _text()
    adapter_bytes: int = _integer(1)
    scale: float = _number(-4.0, 4.0)


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out of the sandbox that was tried: True if the system refused, and its own words."""

    name: str = _text()
    refused: bool = _flag()
    detail: str = _text()


# To the worker.


@dataclass(frozen=True, slots=True)
class Load:
    """The first message: lock down, test, load. threads None means: measure; template "" means: the model file's own.

    build is the build of llama.cpp to use, "" for the only one; prove True: let it compute before anything is asked of it.
    """

    model_path: str = _text()
    model_bytes: int = _integer(1)
    context_tokens: int = _integer(128, 1_048_576)
    threads: int | None = _integer(1, 256, optional=True)
    template: str = _text(default="")
    adapters: tuple[Adapter, ...] = _listed(_nested(Adapter), 8, default=())
    build: str = _text(default="")
    prove: bool = _flag(default=False)


@dataclass(frozen=True, slots=True)
class Generate:
    """Answer these turns, oldest first, as (role, text).

    The first keep_turns of them will come again in other requests. schema is a JSON Schema that the answer must follow,
    grammar a GBNF grammar, "" for neither; draft False forbids guessing ahead. With continue_last the last turn is the
    beginning of the answer, which goes on from there.
    """

    id: int = _integer()
    messages: tuple[tuple[str, str], ...] = _listed(_turn, 400, 1)
    parameters: GenerationParameters = field(metadata={"check": _nested(GenerationParameters)})
    seed: int = _integer(0, SEED_MAX)
    keep_turns: int = _integer(0, 400, default=0)
    schema: str = _text(default="")
    grammar: str = _text(default="")
    draft: bool = _flag(default=True)
    continue_last: bool = _flag(default=False)


@dataclass(frozen=True, slots=True)
class Prepare:
    """Read the first keep_turns of these turns without answering, so that an answer to them begins sooner."""

    id: int = _integer()
    messages: tuple[tuple[str, str], ...] = _listed(_turn, 400, 1)
    keep_turns: int = _integer(1, 400)


@dataclass(frozen=True, slots=True)
class Restore:
    """Take what save gave once. Its state_bytes follow the line as they are; there is no answer."""

    state_bytes: int = _integer(1, STATE_BYTES)


@dataclass(frozen=True, slots=True)
class Save:
    """Give what reading the first keep_turns of these turns left behind, if it is still known."""

    id: int = _integer()
    messages: tuple[tuple[str, str], ...] = _listed(_turn, 400, 1)
    keep_turns: int = _integer(1, 400)


@dataclass(frozen=True, slots=True)
class CountTokens:
    """Say how many tokens these turns are, with what the chat template adds, and each of these texts by itself."""

    id: int = _integer()
    messages: tuple[tuple[str, str], ...] = _listed(_turn, 400, 1)
    texts: tuple[str, ...] = _listed(_check_text, 400, default=())


@dataclass(frozen=True, slots=True)
class Measure:
    """Say how much memory the process holds."""

    id: int = _integer()


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the request with this id at its next token."""

    id: int = _integer()


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Try every channel again."""

    id: int = _integer()


@dataclass(frozen=True, slots=True)
class Shutdown:
    """End the process."""


# From the worker.


@dataclass(frozen=True, slots=True)
class Report:
    """What the lock-down reached and which channels were refused. id is 0 for the one at the start."""

    id: int = _integer()
    channels: tuple[Channel, ...] = _listed(_nested(Channel), 100)
    proven: bool = _flag()
    landlock_abi: int = _integer()
    seccomp: bool = _flag()
    namespaces: bool = _flag()
    reason: str = _text()


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded. rates are decode steps per second for each thread count that was tried."""

    context_tokens: int = _integer(1)
    threads: int = _integer(1, 256)
    load_ms: float = _number(0, 1e12)
    rates: tuple[tuple[int, float], ...] = _listed(lambda pair: _rate(pair), 16)


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of the prompt has been read, in tokens."""

    id: int = _integer()
    done: int = _integer()
    total: int = _integer()


@dataclass(frozen=True, slots=True)
class Tokens:
    """The next piece of the answer: whole characters, and how many tokens the answer has so far."""

    id: int = _integer()
    text: str = _text()
    count: int = _integer()


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is complete."""

    id: int = _integer()
    stop_reason: StopReason = _one_of("end", "length", "stop", "cancelled")
    timings: Timings = field(metadata={"check": _nested(Timings)})


@dataclass(frozen=True, slots=True)
class Counted:
    """How many tokens the turns are, and each text by itself."""

    id: int = _integer()
    tokens: int = _integer()
    texts: tuple[int, ...] = _listed(_integer().metadata["check"], 400, default=())


@dataclass(frozen=True, slots=True)
class Saved:
    """What save asked for. Its state_bytes follow the line as they are; 0 if it is not known or too short to be of use."""

    id: int = _integer()
    state_bytes: int = _integer(0, STATE_BYTES)


@dataclass(frozen=True, slots=True)
class Measured:
    """The memory of the process in bytes: now, and the most it ever was. 0 where the system does not say."""

    id: int = _integer()
    resident_bytes: int = _integer()
    peak_bytes: int = _integer()


@dataclass(frozen=True, slots=True)
class Error:
    """The request failed. over_tokens is how much too long it was, for kind "context"."""

    id: int = _integer()
    kind: ErrorKind = _one_of("context", "lockdown", "build", "load", "request", "generate")
    message: str = _text()
    over_tokens: int = _integer(default=0)


Request = Load | Generate | Prepare | Restore | Save | CountTokens | Measure | Cancel | SelfTest | Shutdown
Reply = Report | Ready | Reading | Tokens | Done | Saved | Counted | Measured | Error
Message = Request | Reply

_TYPES: dict[str, type] = {
    "load": Load,
    "generate": Generate,
    "prepare": Prepare,
    "restore": Restore,
    "save": Save,
    "count_tokens": CountTokens,
    "measure": Measure,
    "cancel": Cancel,
    "selftest": SelfTest,
    "shutdown": Shutdown,
    "report": Report,
    "ready": Ready,
    "reading": Reading,
    "tokens": Tokens,
    "done": Done,
    "saved": Saved,
    "counted": Counted,
    "measured": Measured,
    "error": Error,
}
_NAMES = {cls: name for name, cls in _TYPES.items()}


def _rate(pair: Any) -> tuple[int, float]:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ProtocolError("has an entry that is not two numbers")
    whole, number = _integer(1, 256).metadata["check"], _number(0, 1e9).metadata["check"]
    return (whole(pair[0]), number(pair[1]))


@dataclass(frozen=True, slots=True)
class Carried:
    """A message with the bytes that follow its line."""

    message: Restore | Saved
    data: bytes

    @property
    def id(self) -> int:
        """The request's."""
        return getattr(self.message, "id", 0)


def encode(message: Message) -> bytes:
    """The message as one line with its newline; raises ProtocolError for values the other side would refuse."""
    value = {"type": _NAMES[type(message)]} | _plain(_build(type(message), _shallow(message)))
    line = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8") + b"\n"
    if len(line) > LINE_BYTES:
        raise ProtocolError(f"the message is longer than {LINE_BYTES} bytes")
    return line


def decode(line: bytes) -> Message:
    """The message a line holds; raises ProtocolError saying what is wrong, never anything else."""
    if len(line) > LINE_BYTES:
        raise ProtocolError(f"the line is longer than {LINE_BYTES} bytes")
    try:
        value = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        raise ProtocolError("the line is not JSON in UTF-8") from exc
    if not isinstance(value, dict):
        raise ProtocolError("the line is not a JSON object")
    name = value.pop("type", None)
    cls = _TYPES.get(name) if isinstance(name, str) else None
    if cls is None:
        raise ProtocolError("the message has no known type")
    return _build(cls, value)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _build(cls: type, value: Any) -> Any:
    """An object of cls with every field checked; all fields must be there, and no others."""
    if not isinstance(value, dict):
        raise ProtocolError("has an entry that is not an object")
    known = fields(cls)
    if value.keys() != {each.name for each in known}:
        odd = sorted(str(key)[:40] for key in value.keys() ^ {each.name for each in known})
        raise ProtocolError(f"{_NAMES.get(cls, cls.__name__)}: missing or unknown fields: {', '.join(odd)}")
    checked = {}
    for each in known:
        try:
            checked[each.name] = each.metadata["check"](value[each.name])
        except ProtocolError as problem:
            raise ProtocolError(f"{_NAMES.get(cls, cls.__name__)}.{each.name} {problem}") from None
    return cls(**checked)


def _shallow(value: Any) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(entry) for name, entry in _shallow(value).items()}
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value
