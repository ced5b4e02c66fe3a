"""What a prompt is, as frozen data. Files are read in loading.py, folders in library.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, NewType

PromptId = NewType("PromptId", str)
InputType = Literal["text", "long_text", "choice", "number", "date"]
Speaker = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation; content is a template with {{placeholders}}."""

    role: Speaker
    content: str


@dataclass(frozen=True, slots=True)
class Input:
    """A value the form asks for; it replaces {{name}} in the messages. max_length counts characters."""

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
class PromptVersion:
    """One immutable version. content_hash is the SHA-256 of the file's bytes, in hex."""

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
    extra: Mapping[str, Any] = field(default_factory=dict)  # tests, testData, evaluators, … kept as read


@dataclass(frozen=True, slots=True)
class Prompt:
    """All versions of one prompt in ascending order, and which version each label names."""

    id: PromptId
    versions: tuple[PromptVersion, ...]
    labels: Mapping[str, int]

    @property
    def newest(self) -> PromptVersion:
        """The highest version."""
        return self.versions[-1]

    @property
    def offered(self) -> PromptVersion:
        """What a person gets without asking for a version: the approved one, else the newest."""
        return self.numbered(self.labels.get("approved", self.newest.version))

    def numbered(self, version: int) -> PromptVersion:
        """The version with this number; raises KeyError if there is none."""
        for candidate in self.versions:
            if candidate.version == version:
                return candidate
        raise KeyError(version)

    def status(self, version: int) -> str:
        """The label a version stands under, approved before others; "draft" if none."""
        names = sorted(
            (name for name, number in self.labels.items() if number == version), key=lambda n: (n != "approved", n)
        )
        return names[0] if names else "draft"
