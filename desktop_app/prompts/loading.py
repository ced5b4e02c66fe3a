"""One prompt file or labels.yml → data, with errors at file:line:column. The format is docs/formats/prompt.md."""

from __future__ import annotations

import hashlib
import math
import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.policy.vocabulary import ROLES
from desktop_app.prompts.prompt import Input, Message, ModelParameters, Origin, PromptId, PromptVersion
from desktop_app.prompts.schema import against_schema, near, shown, some_of
from desktop_app.storage.yaml_text import UNPRINTABLE, as_utf8, load_yaml, load_yaml_with_lines, read_bytes, read_utf8

PLACEHOLDER = re.compile(r"\{\{ {0,4}([a-z][a-z0-9_]{0,39}) {0,4}\}\}")
LABEL = re.compile(r"[a-z0-9_.-]{1,36}")
PROMPT_ID = re.compile(r"[a-z][a-z0-9-]{1,59}")
VERSION_FILE = re.compile(r"([1-9][0-9]{0,5})\.prompt\.yml")
MOST_VERSIONS = 999_999
_PLAIN_LABEL = re.compile(r"([a-z][a-z0-9_.-]{0,35}): ([1-9][0-9]{0,5})\n?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TESTS = (
    "tests",
    "defaultTest",
    "testData",
    "evaluators",
)  # a mistake in them must not keep the prompt from its readers
_KEPT_AS_READ = ("model", "responseFormat", "jsonSchema", *_TESTS)
_NOT_FOR_PEOPLE = (*_KEPT_AS_READ, "modelParameters")  # a stop word or a schema may hold any character


def read_version(path: Path, prompt_id: PromptId, version: int) -> PromptVersion:
    """The version in one .prompt.yml file; raises ContentError with the line of the first thing wrong."""
    return parse_version(read_bytes(path), path, prompt_id, version)


def parse_version(content: bytes, path: Path, prompt_id: PromptId, version: int) -> PromptVersion:
    """The version in the bytes of a file that is, or will be, at path; raises ContentError as read_version does."""
    data, lines = load_yaml_with_lines(as_utf8(content, path), path)
    data = against_schema("prompt", data, lines, path, later=_TESTS)
    checker = _Checker(path, lines)
    if b"\\" in content:  # only an escape can put a character there that cannot be shown
        checker.texts({key: value for key, value in data.items() if key not in _NOT_FOR_PEOPLE})
    inputs = tuple(checker.input(index, item) for index, item in enumerate(data.get("inputs", [])))
    messages = tuple(Message(item["role"], item["content"]) for item in data["messages"])
    checker.messages(messages, inputs)
    checker.roles(data["roles"])
    return PromptVersion(
        id=prompt_id,
        version=version,
        name=data["name"],
        description=data["description"],
        messages=messages,
        inputs=inputs,
        parameters=_parameters(data.get("modelParameters", {})),
        roles=tuple(data["roles"]),
        task=data["task"],
        tags=tuple(data.get("tags", [])),
        data_class=data["data_class"],
        owner=data["owner"],
        changelog=data["changelog"].strip(),
        review_by=checker.day(data.get("review_by"), ("review_by",)),
        path=path,
        content_hash=hashlib.sha256(content).hexdigest(),
        author=data.get("author", ""),
        origin=Origin(**data["origin"]) if "origin" in data else None,
        larger_model=data.get("larger_model", False),
        extra={key: data[key] for key in _KEPT_AS_READ if key in data},
    )


def read_author(path: Path) -> str:
    """Who a version's file names as its author, "" if nobody or if it is no YAML; nothing else in it is checked."""
    try:
        data = load_yaml(read_utf8(path), path)
    except ContentError:
        return ""
    author = data.get("author") if isinstance(data, Mapping) else None
    return author if isinstance(author, str) else ""


def read_labels(path: Path, versions: set[int]) -> dict[str, int]:
    """Label → version from labels.yml, {} if there is no such file; raises ContentError."""
    if not os.path.lexists(path):  # a link that leads nowhere is a broken file, not a missing one
        return {}
    text = read_utf8(path)
    if (found := _PLAIN_LABEL.fullmatch(text)) and found[1] != "latest" and int(found[2]) in versions:
        return {found[1]: int(found[2])}  # as nearly every file is; reading YAML takes five times as long
    data, lines = load_yaml_with_lines(text, path)
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise ContentError("labels.yml maps labels to version numbers, such as: approved: 2", path, 1, 1)
    for label, version in data.items():
        place = lines.get((label,), (1, 1))
        if not LABEL.fullmatch(str(label)):
            raise ContentError(
                f"The label {shown(label)} may hold only a-z, 0-9, _ . - and 36 characters.", path, *place
            )
        if str(label).isdigit():
            raise ContentError(f"The label {label} would be read as a version number. Add a letter.", path, *place)
        if label == "latest":
            raise ContentError('"latest" is reserved and cannot be set as a label. Remove the line.', path, *place)
        if isinstance(version, bool) or not isinstance(version, int) or version not in versions:
            known = some_of(sorted(versions))
            raise ContentError(
                f"The label {label} names version {shown(version)}, but there is only: {known}.", path, *place
            )
    return dict(data)


def _parameters(data: Mapping[str, Any]) -> ModelParameters:
    usual = ModelParameters()
    return ModelParameters(
        float(data.get("temperature", usual.temperature)),
        float(data.get("topP", usual.top_p)),
        float(data.get("repeatPenalty", usual.repeat_penalty)),
        data.get("maxTokens", usual.max_tokens),
        tuple(data.get("stop", usual.stop)),
        data.get("seed"),
    )


class _Checker:
    """Raises ContentError at the line of what is wrong."""

    def __init__(self, path: Path, lines: Mapping[tuple[str | int, ...], tuple[int, int]]) -> None:
        self._path, self._lines = path, lines

    def fail(self, message: str, key: tuple[str | int, ...] = ()) -> ContentError:
        while key and key not in self._lines:
            key = key[:-1]
        return ContentError(message, self._path, *self._lines.get(key, (1, 1)))

    def texts(self, value: Any, key: tuple[str | int, ...] = ()) -> None:
        """Raise for what would act on a terminal, or change how the text around it looks."""
        if isinstance(value, str) and (bad := UNPRINTABLE.search(value)):
            raise self.fail(f"The character U+{ord(bad[0]):04X} cannot be shown and is not allowed. Delete it.", key)
        if isinstance(value, Mapping | list):
            for name, item in value.items() if isinstance(value, Mapping) else enumerate(value):
                self.texts(item, (*key, name))

    def input(self, index: int, data: Mapping[str, Any]) -> Input:
        kind, choices = data.get("type", "text"), tuple(data.get("choices", ()))
        key = ("inputs", index)
        if (kind == "choice") != bool(choices):
            raise self.fail(
                f'The input {data["name"]}: "choices" belongs to type choice, and type choice needs it.', key
            )
        if kind != "number" and ("minimum" in data or "maximum" in data):
            raise self.fail(f'The input {data["name"]}: "minimum" and "maximum" belong to type number.', key)
        if data.get("minimum", -math.inf) > data.get("maximum", math.inf):
            raise self.fail(f"The input {data['name']}: the minimum is above the maximum.", (*key, "minimum"))
        default = str(data.get("default", ""))
        if choices and default and default not in choices:
            raise self.fail(
                f"The input {data['name']}: the default {shown(default)} is not one of its choices.", (*key, "default")
            )
        return Input(
            data["name"], data["label"], kind, data.get("required", True), default, choices, str(data.get("example", "")),
            data.get("help", ""), data.get("max_length", 4000), data.get("sensitive", False),
            data.get("minimum"), data.get("maximum"),
        )  # fmt: skip

    def messages(self, messages: tuple[Message, ...], inputs: tuple[Input, ...]) -> None:
        names = [item.name for item in inputs]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise self.fail(f"The input {name} is declared twice. Remove one.", ("inputs", index))
        used = set()
        for index, message in enumerate(messages):
            for name in PLACEHOLDER.findall(message.content):
                used.add(name)
                if name not in names:
                    raise self.fail(
                        f"{{{{{name}}}}} is not declared. Add it under inputs{near(name, names)}.",
                        ("messages", index, "content"),
                    )
        for index, name in enumerate(names):
            if name not in used:
                raise self.fail(
                    f"The input {name} is not used in any message. Use {{{{{name}}}}} or remove it.", ("inputs", index)
                )
        if messages[-1].role != "user":
            raise self.fail(
                "The last message must have the role user: the model answers it.", ("messages", len(messages) - 1)
            )

    def roles(self, roles: list[str]) -> None:
        for index, role in enumerate(roles):
            if role not in ROLES:
                raise self.fail(f"The role {shown(role)} is not known{near(role, list(ROLES))}.", ("roles", index))

    def day(self, value: Any, key: tuple[str | int, ...]) -> date | None:
        if value is None:
            return None
        try:
            return read_day(value)
        except ValueError as exc:
            raise self.fail(f"{shown(value)} is not a date. Write it as 2027-05-31.", key) from exc


def read_day(text: str) -> date:
    """The date in a text such as 2027-05-31; raises ValueError for any other form."""
    if not _DAY.fullmatch(text):
        raise ValueError("not YYYY-MM-DD")
    return date.fromisoformat(text)
