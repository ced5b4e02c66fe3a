"""How the model is to answer, in plain words: careful, balanced or varied, and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from desktop_app.prompts.prompt import ModelParameters

LONGEST_TOKENS = 1024


@dataclass(frozen=True, slots=True)
class Style:
    """A way to pick words. temperature, top_p and repeat_penalty stand for it in the expert view."""

    name: str
    says: str
    temperature: float
    top_p: float
    repeat_penalty: float


STYLES: dict[str, Style] = {
    "careful": Style("Careful", "Takes the likeliest words. For facts, extracting, shortening.", 0.1, 0.95, 1.0),
    "balanced": Style("Balanced", "A little freedom. For letters and everyday texts.", 0.3, 0.95, 1.1),
    "varied": Style("Varied", "Takes chances; another answer each time. For ideas and first drafts.", 0.9, 0.98, 1.1),
}
LENGTHS: dict[str, tuple[str, int]] = {"short": ("Short", 96), "medium": ("Medium", 256), "long": ("Long", 512)}


def style_of(parameters: ModelParameters) -> str:
    """The id of the style that these parameters are, "" for none."""
    chosen = (parameters.temperature, parameters.top_p, parameters.repeat_penalty)
    return next((i for i, one in STYLES.items() if chosen == (one.temperature, one.top_p, one.repeat_penalty)), "")


def in_style(parameters: ModelParameters, style: str) -> ModelParameters:
    """The parameters changed to a style."""
    one = STYLES[style]
    return replace(parameters, temperature=one.temperature, top_p=one.top_p, repeat_penalty=one.repeat_penalty)


def length_of(parameters: ModelParameters) -> str:
    """The id of the length that these parameters have, "" for none."""
    return next((i for i, (_, tokens) in LENGTHS.items() if tokens == parameters.max_tokens), "")


def words_of(tokens: int) -> int:
    """About how many words so many tokens are; a token is about three quarters of a word."""
    words = tokens * 0.75
    return int(round(words, -1)) if tokens > 40 else round(words)


def as_kept(parameters: ModelParameters) -> dict[str, object]:
    """The parameters as a conversation keeps them."""
    return asdict(parameters) | {"stop": list(parameters.stop)}


def from_kept(kept: object, otherwise: ModelParameters) -> ModelParameters:
    """The parameters that were kept; what is missing or does not fit is taken from otherwise."""
    if not isinstance(kept, Mapping):
        return otherwise
    found: dict[str, object] = {}
    for name, low, high in (("temperature", 0, 2), ("top_p", 0.01, 1), ("repeat_penalty", 0.5, 2)):
        value = kept.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            found[name] = value
    tokens = kept.get("max_tokens")
    if isinstance(tokens, int) and not isinstance(tokens, bool) and 1 <= tokens <= 4096:
        found["max_tokens"] = tokens
    stop = kept.get("stop")
    if isinstance(stop, list) and all(isinstance(one, str) and one for one in stop):
        found["stop"] = tuple(stop[:8])
    return replace(otherwise, **found)  # type: ignore[arg-type]
