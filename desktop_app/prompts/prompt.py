"""What a prompt is, as frozen data. Files are read in loading.py, folders in library.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, NewType

from desktop_app.prompts.decision import DRAFT, History, VersionStatus

PromptId = NewType("PromptId", str)
InputType = Literal["text", "long_text", "choice", "number", "date", "file", "clipboard"]
Speaker = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation; content is a template with {{placeholders}}."""

    role: Speaker
    content: str


@dataclass(frozen=True, slots=True)
class Input:
    """A value the form asks for; it replaces {{name}} in the messages. max_length counts characters.

    A "file" takes the text of a file, "clipboard" what was copied; both can be typed too. minimum and maximum belong to
    numbers. The last value is remembered unless it is sensitive.
    """

    name: str
    label: str
    type: InputType = "text"
    required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()
    example: str = ""
    help: str = ""
    max_length: int = 4000
    sensitive: bool = False
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class ModelParameters:
    """How the model picks tokens; the file's names are camelCase as GitHub has them."""

    temperature: float = 0.2
    top_p: float = 0.95
    repeat_penalty: float = 1.1
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an imported prompt comes from: source names format and place, such as "fabric: patterns/summarize/system.md"."""

    source: str
    licence: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """One immutable version. content_hash is the SHA-256 of the file's bytes, in hex.

    larger_model is True for a prompt that the bundled model is too small for: its tests show only what a small one can.
    """

    id: PromptId
    version: int
    name: str
    description: str
    messages: tuple[Message, ...]
    inputs: tuple[Input, ...]
    parameters: ModelParameters
    roles: tuple[str, ...]
    task: str
    tags: tuple[str, ...]
    data_class: str
    owner: str
    changelog: str
    review_by: date | None
    path: Path
    content_hash: str
    author: str = ""
    origin: Origin | None = None
    larger_model: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)  # tests, testData, evaluators, … kept as read


@dataclass(frozen=True, slots=True)
class Prompt:
    """All versions of one prompt in ascending order, which version each label names, and what was decided about them."""

    id: PromptId
    versions: tuple[PromptVersion, ...]
    labels: Mapping[str, int]
    history: History = field(default_factory=History)

    @property
    def newest(self) -> PromptVersion:
        """The highest version."""
        return self.versions[-1]

    @property
    def offered(self) -> PromptVersion:
        """What a person gets without asking for a version: the approved one, usable or not, else the newest usable.

        An approved version that cannot be used is never quietly replaced by another.
        """
        if "approved" in self.labels:
            return self.numbered(self.labels["approved"])
        usable = [version for version in self.versions if self.standing(version.version).usable]
        return (usable or self.versions)[-1]

    def numbered(self, version: int) -> PromptVersion:
        """The version with this number; raises KeyError if there is none."""
        for candidate in self.versions:
            if candidate.version == version:
                return candidate
        raise KeyError(version)

    def standing(self, version: int) -> VersionStatus:
        """The state a version is in, and why."""
        return self.history.statuses.get(version, DRAFT)

    def status(self, version: int) -> str:
        """One word for lists: the state, or for a draft with a label, such as "pilot", the label."""
        state = self.standing(version).state
        if state == "draft":
            return min((name for name, number in self.labels.items() if number == version), default=state)
        return state
