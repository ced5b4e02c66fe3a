"""One prompt file or labels.yml → data, with errors at file:line:column. The format is docs/formats/prompt.md."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.errors import ContentError
from desktop_app.policy.vocabulary import ROLES
from desktop_app.prompts.prompt import Input, Message, ModelParameters, Origin, PromptId, PromptVersion
from desktop_app.storage.yaml_text import as_utf8, load_yaml_with_lines, read_bytes, read_utf8

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

PLACEHOLDER = re.compile(r"\{\{ {0,4}([a-z][a-z0-9_]{0,39}) {0,4}\}\}")
LABEL = re.compile(r"[a-z0-9_.-]{1,36}")
PROMPT_ID = re.compile(r"[a-z][a-z0-9-]{1,59}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SCHEMAS = Path(__file__).resolve().parents[2] / "resources" / "schemas"
_KEPT_AS_READ = ("model", "responseFormat", "jsonSchema", "tests", "testData", "evaluators")


def read_version(path: Path, prompt_id: PromptId, version: int) -> PromptVersion:
    """The version in one .prompt.yml file; raises ContentError with the line of the first thing wrong."""
    return parse_version(read_bytes(path), path, prompt_id, version)


def parse_version(content: bytes, path: Path, prompt_id: PromptId, version: int) -> PromptVersion:
    """The version in the bytes of a file that is, or will be, at path; raises ContentError as read_version does."""
    data, lines = load_yaml_with_lines(as_utf8(content, path), path)
    data = _dates_as_text(data)
    checker = _Checker(path, lines)
    checker.against_schema(data)
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


def read_labels(path: Path, versions: set[int]) -> dict[str, int]:
    """Label → version from labels.yml, {} if there is no such file; raises ContentError."""
    if not path.exists():
        return {}
    data, lines = load_yaml_with_lines(read_utf8(path), path)
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise ContentError("labels.yml maps labels to version numbers, such as: approved: 2", path, 1, 1)
    for label, version in data.items():
        place = lines.get((label,), (1, 1))
        if not LABEL.fullmatch(str(label)):
            raise ContentError(f"The label {label!r} may hold only a-z, 0-9, _ . - and 36 characters.", path, *place)
        if str(label).isdigit():
            raise ContentError(f"The label {label} would be read as a version number. Add a letter.", path, *place)
        if label == "latest":
            raise ContentError('"latest" is reserved and cannot be set as a label. Remove the line.', path, *place)
        if isinstance(version, bool) or not isinstance(version, int) or version not in versions:
            known = ", ".join(map(str, sorted(versions)))
            raise ContentError(
                f"The label {label} names version {version!r}, but there is only: {known}.", path, *place
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


@functools.cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator  # 100 ms to import, so not before the first prompt is read

    return Draft202012Validator(json.loads((_SCHEMAS / "prompt.schema.json").read_text("utf-8")))


class _Checker:
    """Raises ContentError at the line of what is wrong."""

    def __init__(self, path: Path, lines: Mapping[tuple[str | int, ...], tuple[int, int]]) -> None:
        self._path, self._lines = path, lines

    def fail(self, message: str, key: tuple[str | int, ...] = ()) -> ContentError:
        while key and key not in self._lines:
            key = key[:-1]
        return ContentError(message, self._path, *self._lines.get(key, (1, 1)))

    def against_schema(self, data: Any) -> None:
        errors = sorted(
            _validator().iter_errors(data), key=lambda error: self._lines.get(tuple(error.absolute_path), (0, 0))
        )
        for error in errors:
            raise self.fail(*_in_words(error))

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
                f"The input {data['name']}: the default {default!r} is not one of its choices.", (*key, "default")
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
                        f"{{{{{name}}}}} is not declared. Add it under inputs{_near(name, names)}.",
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
                raise self.fail(f"The role {role!r} is not known{_near(role, list(ROLES))}.", ("roles", index))

    def day(self, value: Any, key: tuple[str | int, ...]) -> date | None:
        if value is None:
            return None
        try:
            return read_day(value)
        except ValueError as exc:
            raise self.fail(f"{value!r} is not a date. Write it as 2027-05-31.", key) from exc


def read_day(text: str) -> date:
    """The date in a text such as 2027-05-31; raises ValueError for any other form."""
    if not _DAY.fullmatch(text):
        raise ValueError("not YYYY-MM-DD")
    return date.fromisoformat(text)


def _dates_as_text(value: Any) -> Any:
    """YAML knows dates, the schema (JSON) does not."""
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _near(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _in_words(error: ValidationError) -> tuple[str, tuple[str | int, ...]]:
    """The schema's complaint as a sentence, and the key it is about."""
    key = tuple(error.absolute_path)
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in key) or "The file"
    match error.validator:
        case "required":
            missing = next(field for field in error.validator_value if field not in error.instance)
            where = "" if not key else f" in {name}"
            return f'"{missing}" is missing{where}. Add it.', key
        case "additionalProperties":
            known = list(error.schema["properties"])
            extra = next(field for field in error.instance if field not in known)
            return f'"{extra}" is not a field here{_near(str(extra), known)}.', (*key, extra)
        case "enum":
            return f"{name}: {error.instance!r} is not one of {', '.join(map(str, error.validator_value))}.", key
        case "type":
            if not key:
                return "The file must be a mapping of fields such as name: and messages:.", key
            wanted = (
                error.validator_value if isinstance(error.validator_value, str) else " or ".join(error.validator_value)
            )
            return f"{name} must be {_KINDS.get(wanted, wanted)}, not {_kind(error.instance)}.", key
        case "minLength" | "minItems":
            return f"{name} is empty or too short (at least {error.validator_value}).", key
        case "maxLength" | "maxItems":
            return f"{name} is too long (at most {error.validator_value}).", key
        case "pattern":
            return (
                f"{name}: {error.instance!r} has characters that are not allowed (pattern {error.validator_value}).",
                key,
            )
        case "uniqueItems":
            return f"{name} has the same entry twice. Remove one.", key
    return f"{name}: {error.message}.", key


_KINDS = {"string": "text", "array": "a list", "object": "a mapping", "integer": "a whole number", "number": "a number"}


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    names = {bool: "true or false", str: "text", list: "a list", dict: "a mapping", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)
