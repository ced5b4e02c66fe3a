"""The choices a person made in Settings, and the window's shape: checked values in one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from desktop_app.storage.files import write_atomically

THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Settings:
    """text_scale is in percent; window holds geometry, splitter sizes and the last place, never a typed text.

    model is the chosen model's catalogue entry with its path and origin, empty for the bundled one.
    """

    theme: str = "system"
    text_scale: int = 100
    first_run_done: bool = False
    window: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            raise ValueError(f"theme must be one of {', '.join(THEMES)}")
        if type(self.text_scale) is not int or not 90 <= self.text_scale <= 200:
            raise ValueError("text_scale must be a whole number from 90 to 200")
        if type(self.first_run_done) is not bool:
            raise ValueError("first_run_done must be true or false")
        if not isinstance(self.window, Mapping):
            raise ValueError("window must be a mapping")
        if not isinstance(self.model, Mapping):
            raise ValueError("model must be a mapping")


class SettingsFile:
    """Reads and writes the settings; a missing or broken file means the defaults and `problem` says so."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""
        self.value = self._read()

    def change(self, **changes: Any) -> Settings:
        """Store the changed values and return the new settings; raises StoreError if the file cannot be written."""
        changed = replace(self.value, **changes)
        if changed != self.value:
            write_atomically(self._path, json.dumps(asdict(changed), indent=1, sort_keys=True).encode())
            self.value = changed
        return changed

    def _read(self) -> Settings:
        try:
            data = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError, RecursionError) as exc:
            self.problem = f"{self._path} could not be read ({type(exc).__name__}), so the defaults apply."
            return Settings()
        known = {f.name for f in fields(Settings)}
        try:
            return Settings(**{key: value for key, value in data.items() if key in known})
        except (AttributeError, TypeError, ValueError) as exc:
            self.problem = f"{self._path} has a value that is not allowed ({exc}), so the defaults apply."
            return Settings()
