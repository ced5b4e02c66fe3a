"""What is typed into prompts' forms, kept for the next time unless it is sensitive."""

from __future__ import annotations

import json
from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.prompts.prompt import PromptVersion
from desktop_app.services import Services

_PAUSE_MS = 800


class PromptValues(QObject):
    """Values by prompt, shared by the library's form and the quick window's.

    Signals: replaced(str), with the prompt's id, after its values changed otherwise than by typing.
    """

    replaced = Signal(str)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._values: dict[str, dict[str, str]] = {}
        self._last: set[str] = set()
        self._touched: dict[str, PromptVersion] = {}
        self._shown: dict[str, PromptVersion] = {}
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.save)

    def of(self, version: PromptVersion) -> dict[str, str]:
        """A value for each input: what was typed in this session, else the last time, else the default."""
        if version.id not in self._values:
            self._restore(version)
        self._shown[version.id] = version
        known = self._values[version.id]
        return {item.name: known.get(item.name, item.default) for item in version.inputs}

    def are_last(self, prompt_id: str) -> bool:
        """True while a prompt's values are those of an earlier session, untouched."""
        return prompt_id in self._last

    def set(self, version: PromptVersion, name: str, text: str) -> None:
        """Take what was typed into one field."""
        if self.of(version)[name] == text:
            return
        self._values[version.id][name] = text
        self._last.discard(version.id)
        self._touched[version.id] = version
        self._timer.start()

    def put(self, version: PromptVersion, values: Mapping[str, str], *, keep: bool = True) -> None:
        """Replace a prompt's values; with keep=False they are forgotten with the session unless somebody types."""
        self._values[version.id] = dict(values)
        self._last.discard(version.id)
        if keep:
            self._touched[version.id] = version
            self._timer.start()
        self.replaced.emit(version.id)

    def reload(self) -> None:
        """Bring back what the keyring had locked; what was typed meanwhile wins."""
        for prompt_id, version in self._shown.items():
            typed = any(self._values[prompt_id].get(item.name, item.default) != item.default for item in version.inputs)
            if prompt_id not in self._touched and not typed:
                self._restore(version)
                if prompt_id in self._last:
                    self.replaced.emit(prompt_id)

    def save(self) -> None:
        """Keep what was typed since the last time (sealed)."""
        self._timer.stop()
        touched, self._touched = self._touched, {}
        for prompt_id, version in touched.items():
            kept = json.dumps(_worth_keeping(version, self._values[prompt_id]), ensure_ascii=False)
            text = "" if kept == "{}" else kept
            if text != self._services.learner.draft(_key(prompt_id)):
                self._services.learner.save_draft(_key(prompt_id), text)

    def forget(self) -> None:
        """Forget everything, also what is not saved yet: the records were erased."""
        self._timer.stop()
        known = list(self._values)
        for mine in (self._values, self._last, self._touched):
            mine.clear()
        for prompt_id in known:
            self.replaced.emit(prompt_id)

    def _restore(self, version: PromptVersion) -> None:
        text = self._services.learner.draft(_key(version.id))
        kept = json.loads(text) if text else {}
        fitting = {
            item.name: kept[item.name]
            for item in version.inputs
            if item.name in kept and not item.sensitive and (item.type != "choice" or kept[item.name] in item.choices)
        }
        self._values[version.id] = fitting
        if fitting:
            self._last.add(version.id)


def _key(prompt_id: str) -> str:
    return f"values/{prompt_id}"


def _worth_keeping(version: PromptVersion, values: Mapping[str, str]) -> dict[str, str]:
    """What a person typed that is neither sensitive nor the prompt's own."""
    return {
        item.name: values[item.name]
        for item in version.inputs
        if not item.sensitive and values.get(item.name) and values[item.name] not in (item.default, item.example)
    }
