"""Templates of the command-line tool llm: one YAML file each, with $name for values.

Source: https://llm.datasette.io/en/stable/templates.html; variables are those of Python's string.Template. Python code in
a template, its tools, and files or addresses it names are never taken over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Notes, Package
from desktop_app.prompts.interchange.github import written_schema
from desktop_app.prompts.interchange.imported import Found, Imported, make, slug, source_of
from desktop_app.prompts.interchange.scanning import cut
from desktop_app.prompts.interchange.sources import Lines, line_of, settings
from desktop_app.prompts.interchange.turns import note_losses, system_and_user
from desktop_app.prompts.interchange.variables import Names, Piece, Slot, from_template, label_of, to_template
from desktop_app.prompts.prompt import ModelParameters, PromptVersion
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8
from desktop_app.storage.yaml_writing import to_yaml

NAME = "llm"
KEYS = frozenset({
    "name", "prompt", "system", "attachments", "attachment_types", "model", "defaults", "options", "extract",
    "extract_last", "schema_object", "fragments", "system_fragments", "tools", "functions",
})  # fmt: skip
_NEVER = {
    "functions": "Code is never taken over.",
    "tools": "The model cannot run tools here.",
    "attachments": "Add the files' text by hand.",
    "attachment_types": "Add the files' text by hand.",
    "fragments": "The files or addresses it names are not opened. Add their text by hand.",
    "system_fragments": "The files or addresses it names are not opened. Add their text by hand.",
    "extract": "The answer is shown as it is, code blocks and all.",
    "extract_last": "The answer is shown as it is, code blocks and all.",
}
_OPTIONS = {  # the usual names of several models
    "temperature": "temperature", "top_p": "topP", "max_tokens": "maxTokens", "max_output_tokens": "maxTokens",
    "num_predict": "maxTokens", "seed": "seed", "repeat_penalty": "repeatPenalty", "stop": "stop",
    "stop_sequences": "stop",
}  # fmt: skip
_WRITTEN = ("temperature", "top_p", "max_tokens", "seed")
_TOP_KEY = re.compile(r"^([A-Za-z_]\w*) *:", re.MULTILINE)
_ENOUGH = 100_000


def is_one(path: Path) -> bool:
    """True for a YAML file with llm's keys alone, a prompt or a system text among them."""
    if path.suffix.lower() not in (".yaml", ".yml") or not path.is_file():
        return False
    with path.open("rb") as file:
        keys = set(_TOP_KEY.findall(file.read(_ENOUGH).decode("utf-8-sig", "replace")))
    return bool(keys & {"prompt", "system"}) and keys <= KEYS


def read(path: Path) -> Iterator[Imported | ContentError]:
    """The one prompt of a template file, or what is wrong with it."""
    try:
        yield _read(path)
    except ContentError as problem:
        yield problem


def _read(path: Path) -> Imported:
    data, lines = load_yaml_with_lines(read_utf8(path), path)
    if isinstance(data, str):  # the whole file is the prompt
        data, lines = {"prompt": data}, {("prompt",): lines[()]}
    if not isinstance(data, Mapping):
        raise ContentError("An llm template is a text, or fields such as prompt: and system:.", path, 1)
    template = _Template(path, data, lines)
    return template.imported()


class _Template:
    """One template file on its way to a prompt."""

    def __init__(self, path: Path, data: Mapping[str, Any], lines: Lines) -> None:
        self._path, self._data, self._lines = path, data, lines
        self._notes = Notes()
        self._names = Names(self._notes)
        self._is_added = False  # whether {{input}} was put at the end

    def imported(self) -> Imported:
        for key in self._data:
            if key not in KEYS:
                self._notes.left_out(self._line(key), f'"{key}" is no field of llm\'s.')
            elif key in _NEVER and self._data[key]:
                self._notes.left_out(self._line(key), f"{key}: {_NEVER[key]}")
        messages = self._messages()
        found = Found(
            source=source_of(NAME, self._path),
            name=label_of(self._path.stem),
            messages=messages,
            id=slug(self._path.stem),
            inputs=self._inputs(),
            fields=self._fields(),
        )
        return make(self._path, found, self._notes, self._names)

    def _messages(self) -> list[tuple[str, str]]:
        system, prompt = self._text("system"), self._text("prompt")
        made = [("system", system)] if system.strip() else []
        if not prompt.strip():
            if not made:
                raise ContentError("The template has neither a prompt nor a system text. Add one.", self._path, 1)
            return [*made, ("user", to_template([Slot("input")], self._names))]
        if not self._names.known():  # llm adds what is typed to a prompt that has no place for it
            prompt += to_template(["\n", Slot("input")], self._names)
            self._is_added = True
            self._notes.changed(
                self._line("prompt"),
                'The prompt says nowhere where what is typed goes; "input" is at its end, as in llm.',
            )
        return [*made, ("user", prompt)]

    def _text(self, key: str) -> str:
        value = self._data.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ContentError(f"{key} must be text. Put it in quotes.", self._path, self._line(key))
        return to_template(_pieces(value, self._line(key), self._notes), self._names)

    def _inputs(self) -> dict[str, dict[str, Any]]:
        defaults = self._mapping("defaults")
        known = self._names.known()
        made: dict[str, dict[str, Any]] = {}
        for name, value in defaults.items():
            line = self._line("defaults", name)
            if name not in known:
                self._notes.left_out(line, f"The default of {name}, which is used nowhere.")
            elif isinstance(value, dict | list):
                self._notes.left_out(line, f"The default of {name}: it is no text.")
            elif value is None or value == "":
                made[known[name]] = {"required": False}
            else:
                made[known[name]] = {"default": _as_text(value)}
        if "input" in known:
            made.setdefault(known["input"], {})["type"] = "long_text"
            if self._is_added:
                made[known["input"]]["required"] = False
        return made

    def _fields(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if model := self._data.get("model"):
            made["model"] = str(model)
        options = self._mapping("options")
        parameters = settings(options, _OPTIONS, self._notes, lambda name: self._line("options", name))
        if parameters:
            made["modelParameters"] = parameters
        if schema := self._mapping("schema_object"):
            made |= {
                "responseFormat": "json_schema",
                "jsonSchema": {"name": slug(self._path.stem), "schema": _plain(schema)},
            }
        return made

    def _mapping(self, key: str) -> Mapping[str, Any]:
        value = self._data.get(key) or {}
        if not isinstance(value, Mapping):
            raise ContentError(f"{key} must be a mapping of names to values.", self._path, self._line(key))
        return value

    def _line(self, *key: str) -> int:
        return line_of(self._lines, *key)


def _pieces(text: str, line: int, notes: Notes) -> list[Piece]:
    def piece(found: re.Match[str]) -> Slot | str:
        if name := found["named"] or found["braced"]:
            return Slot(name, line)
        if found["invalid"] is not None:
            notes.changed(line, "A $ stands alone, which llm refuses. It is taken for a dollar sign.")
        return "$"

    return cut(text, Template.pattern, piece)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(value: Any) -> Any:
    """A schema is JSON, which knows no dates."""
    return json.loads(json.dumps(value, default=_as_text))


def write(version: PromptVersion) -> Package:
    """<id>.yaml; a prompt with more turns than llm knows becomes one text."""
    notes = Notes()
    system, prompt = system_and_user(version.messages, notes)
    data: dict[str, Any] = {"model": version.extra.get("model")} if version.extra.get("model") else {}
    if system:
        data["system"] = _dollars(system)
    data["prompt"] = _dollars(prompt)
    if "${input}" in data["prompt"] and not re.search(r"\$input\b", f"{system} {data['prompt']}"):
        notes.changed(1, "llm overlooks ${input} right before a letter. Put a space behind {{input}}.")
    defaults = {item.name: item.default for item in version.inputs if item.default or not item.required}
    if defaults := {name: value for name, value in defaults.items() if name in _used(version)}:
        data["defaults"] = defaults
    options, kept = _options(version)
    if options:
        data["options"] = options
    schema = written_schema(version.extra.get("jsonSchema"))
    if schema:
        data["schema_object"] = schema.get("schema", schema)
        kept |= {"jsonSchema", "responseFormat"}
    note_losses(version, notes, {"model", "default", "required"} | kept)
    return Package({f"{version.id}.yaml": to_yaml(data).encode()}, notes.sorted())


def _options(version: PromptVersion) -> tuple[dict[str, Any], set[str]]:
    """llm's options for what the version states, and which of our settings they carry."""
    stated, usual = version.parameters, ModelParameters()
    made = {name: getattr(stated, name) for name in _WRITTEN if getattr(stated, name) != getattr(usual, name)}
    kept = {_OPTIONS[name] for name in made}
    if len(stated.stop) == 1:  # llm takes one word
        made["stop"], kept = stated.stop[0], kept | {"stop"}
    return made, kept


def _dollars(template: str) -> str:
    pieces = from_template(template)
    text = ""
    for index, piece in enumerate(pieces):
        if isinstance(piece, str):
            text += piece.replace("$", "$$")
            continue
        after = pieces[index + 1] if index + 1 < len(pieces) else ""
        joined = isinstance(after, str) and re.match(r"[A-Za-z0-9_]", after)
        text += f"${{{piece.name}}}" if joined else f"${piece.name}"
    return text


def _used(version: PromptVersion) -> set[str]:
    pieces = [piece for message in version.messages for piece in from_template(message.content)]
    return {piece.name for piece in pieces if isinstance(piece, Slot)}
