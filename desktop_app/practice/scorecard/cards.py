"""Scorecards as JSON files: those of this profile, and the ones that ship with the app. docs/formats/scorecard.md."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError, StoreError
from desktop_app.practice.scorecard.scorecard import Costs, Measure, Probe, Scorecard, Try
from desktop_app.prompts.schema import against_schema
from desktop_app.storage.files import write_atomically
from desktop_app.storage.locations import Locations
from desktop_app.storage.yaml_text import UNPRINTABLE, as_utf8, read_bytes

_FORMAT = 1
_MOST_BYTES = 8_000_000
_MOST = 1e15  # of anything that is measured
_MOST_CARDS = 10  # of one model; older ones are deleted


def as_json(card: Scorecard) -> dict[str, Any]:
    """The card as plain values, as its file holds them."""
    return {"format": _FORMAT} | asdict(card) | {"at": card.at.isoformat()}


def save_card(folder: Path, card: Scorecard) -> Path:
    """Keep the card in folder and return its file; the oldest of many of this model go. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as exc:
        raise StoreError(
            f"{folder} cannot be made ({exc.strerror}). Free space or check your rights, then try again."
        ) from exc
    path = folder / f"{_stem(card.model_id)}-{card.at:%Y%m%dT%H%M%S}.json"
    write_atomically(path, text_of(card).encode())
    for old in sorted(folder.glob(f"{_stem(card.model_id)}-????????T??????.json"))[:-_MOST_CARDS]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path


def text_of(card: Scorecard) -> str:
    """The card's file."""
    return json.dumps(as_json(card), indent=1, ensure_ascii=False) + "\n"


def read_card(path: Path) -> Scorecard:
    """The card in a file; raises ContentError if it cannot be read or is none."""
    try:
        data = json.loads(as_utf8(read_bytes(path, _MOST_BYTES), path), parse_constant=_no_number)
    except (ValueError, RecursionError) as exc:
        raise ContentError(
            "This is not valid JSON. Measure the model again.", path, getattr(exc, "lineno", None)
        ) from exc
    against_schema("scorecard", data, {}, path)
    try:
        return _card(data)
    except ValueError as exc:
        raise ContentError(f"This is no scorecard: {exc}. Measure the model again.", path) from exc


def cards(locations: Locations, model_sha256: str = "") -> tuple[Scorecard, ...]:
    """The cards of a model file (of all, for ""), newest first, the profile's before those that ship with the app.

    Files that cannot be read are left out: a card can be made again.
    """
    found = []
    for folder in (locations.scorecards, locations.resources / "scorecard" / "cards"):
        read = []
        for path in folder.glob("*.json"):
            with contextlib.suppress(ContentError):
                read.append(read_card(path))
        found += sorted(read, key=lambda card: card.at, reverse=True)
    return tuple(card for card in found if model_sha256 in ("", card.model_sha256))


def _stem(model_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", model_id)[:80].lstrip(".-") or "model"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _printable(value: Any) -> Any:
    """The value with characters that nobody can see, and that could act on a terminal, made visible."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list) else value


def _measure(data: Mapping[str, Any]) -> Measure:
    measure = Measure(**data)
    bounds = [each for each in (measure.value, measure.low, measure.high) if each is not None]
    if any(not 0 <= each <= (1 if measure.unit == "share" else _MOST) for each in bounds):
        raise ValueError(f"the figure {measure.id} is out of bounds")
    return measure


def _card(data: Mapping[str, Any]) -> Scorecard:
    data = _printable(data)
    costs = data["costs"]
    at = datetime.fromisoformat(data["at"])
    if at.tzinfo is None or not 2000 <= at.year <= 2200:
        raise ValueError("the time has no zone, or is none of our days")
    return Scorecard(
        data["model_id"], data["model_name"], data["model_sha256"], at, data["machine"], data["cores"], data["busy"],
        data["app_version"], tuple(data["seeds"]), data["quick"], tuple((name, sha) for name, sha in data["sets"]),
        Costs(costs["load_ms"], costs["load_bytes"], costs["end_bytes"], tuple(Probe(**each) for each in costs["probes"])),
        tuple(Try(**(each | {"why": tuple(each["why"])})) for each in data["tries"]),
        tuple(_measure(each) for each in data["measures"]),
    )  # fmt: skip
