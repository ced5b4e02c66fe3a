"""Dotprompt files (.prompt): front matter with Picoschema, then a Handlebars template with {{role "system"}} before a turn.

Format: https://google.github.io/dotprompt/reference
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Notes, Package
from desktop_app.prompts.interchange import handlebars
from desktop_app.prompts.interchange.carried import left_behind, note_tests
from desktop_app.prompts.interchange.github import written_schema
from desktop_app.prompts.interchange.imported import Found, Imported, make, source_of
from desktop_app.prompts.interchange.schemas import (
    PicoschemaError,
    as_mapping,
    input_fields,
    picoschema,
    written_picoschema,
)
from desktop_app.prompts.interchange.sources import Lines, front_matter, line_of, settings
from desktop_app.prompts.interchange.variables import BRACES, Names, Piece, Slot, from_template, to_template
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.storage.yaml_writing import to_yaml

NAME = "dotprompt"
_ROLE = re.compile(r"role\s+(?:\"([a-z]+)\"|'([a-z]+)')(?:\s+\w+=.{0,200})?")
_HELPER = re.compile(r"(\w+)\s+(.+)", re.DOTALL)
_MARKER = "<<<dotprompt:"
_ROLES = {"system": "system", "user": "user", "model": "assistant", "assistant": "assistant"}
_SETTINGS = {
    "temperature": "temperature", "topP": "topP", "maxOutputTokens": "maxTokens", "stopSequences": "stop", "seed": "seed",
}  # fmt: skip
_KNOWN = {"name", "variant", "description", "model", "config", "input", "output", "metadata"}


def is_one(path: Path) -> bool:
    """True for a file whose name ends in .prompt."""
    return path.suffix == ".prompt" and path.is_file()


def read(path: Path) -> Iterator[Imported | ContentError]:
    """The prompt in the file; a partial (_name.prompt) is none."""
    try:
        if path.name.startswith("_"):
            raise ContentError("This is a partial, a piece for other prompts.", path, 1)
        data, lines, body, first = front_matter(path)
        yield _Reader(path, data, lines).prompt(body, first)
    except ContentError as problem:
        yield problem


@dataclass
class _Reader:
    path: Path
    data: Mapping[str, Any]
    lines: Lines
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        self.names = Names(self.notes)
        self._turns: list[tuple[str, list[Piece]]] = [("user", [])]

    def prompt(self, body: str, first: int) -> Imported:
        messages = list(self.messages(body, first))
        fields = self.fields()
        for key in self.data:
            if key not in _KNOWN:
                self.notes.left_out(line_of(self.lines, key), f'The field "{key}".')
        about = as_mapping(self.data.get("metadata"))
        for key in about.keys() - {"title"}:
            self.notes.left_out(line_of(self.lines, "metadata", key), f'The field "metadata.{key}".')
        name = str(about.get("title") or self.data.get("name") or self.path.name.removesuffix(".prompt"))
        if variant := self.data.get("variant"):
            name += f" ({variant})"
        found = Found(
            source_of(NAME, self.path), name, messages, str(self.data.get("description") or ""), inputs=self.inputs(), fields=fields
        )  # fmt: skip
        return make(self.path, found, self.notes, self.names)

    def messages(self, body: str, first: int) -> Iterator[tuple[str, str]]:
        """The turns; text before the first role is the user's."""
        pieces = handlebars.read_template(body, self.notes, first, helper=self.helper)
        role: str = "user"
        held: list[Piece] = []
        for piece in [*pieces, Slot("role user")]:
            if not (isinstance(piece, Slot) and piece.name.startswith("role ")):
                held.append(piece)
                continue
            text = to_template(held, self.names).strip("\n")
            if text.strip() and role in _ROLES:
                yield _ROLES[role], text
            elif text.strip():
                self.notes.left_out(piece.line, f'A message of the role "{role}".')
            role, held = piece.name.removeprefix("role "), []

    def helper(self, inside: str, line: int) -> tuple[Piece, ...] | None:
        """What stands for one of dotprompt's helpers; a role is a slot "role system" until the turns are cut."""
        if found := _ROLE.fullmatch(inside):
            return (Slot(f"role {found[1] or found[2]}", line),)
        if inside == "history":
            self.notes.left_out(line, "The place of an earlier conversation, {{history}}.")
            return (Slot("role model", line),)
        found = _HELPER.fullmatch(inside)
        if found and found[1] == "json" and re.fullmatch(r"[A-Za-z_][\w.]{0,79}(\s+indent=\d+)?", found[2]):
            self.notes.changed(line, f"{{{{{inside}}}}} writes JSON; here the value is put in as it is typed.")
            return (Slot(found[2].split()[0], line),)
        if found and found[1] == "media":
            self.notes.left_out(line, "A picture or other medium: only text is sent here.")
            return ()
        return None

    def inputs(self) -> dict[str, dict[str, Any]]:
        stated = as_mapping(self.data.get("input"))
        schema = self.schema(stated.get("schema"), "input") or {}
        required = schema.get("required", [])
        lines = {
            _bare(key[2]): place[0]
            for key, place in self.lines.items()
            if key[:2] == ("input", "schema") and len(key) == 3
        }
        known = self.names.known()
        made: dict[str, dict[str, Any]] = {}
        for name, about in as_mapping(schema.get("properties")).items():
            line = lines.get(name, line_of(self.lines, "input", "schema"))
            if name not in known:
                self.notes.left_out(line, f'The input "{name}" is not used in the text.')
                continue
            optional = isinstance(required, list) and name not in required
            part = dict(as_mapping(about))
            part.pop("required", None)
            made[known[name]] = input_fields(part | ({"required": False} if optional else {}), self.notes, line, name)
        for name, value in as_mapping(stated.get("default")).items():
            if name in known:
                line = line_of(self.lines, "input", "default", name)
                fields = made.setdefault(known[name], {})
                fields |= {
                    key: said
                    for key, said in input_fields({"default": value}, self.notes, line, name).items()
                    if key == "default"
                }
                if fields.get("type") == "choice" and fields.get("default") not in fields["choices"]:
                    self.notes.left_out(line, f'The default of "{name}" is none of its choices.')
                    fields.pop("default", None)
        return made

    def fields(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if isinstance(self.data.get("model"), str):
            made["model"] = self.data["model"]
        parameters = settings(
            self.data.get("config"), _SETTINGS, self.notes, lambda name: line_of(self.lines, "config", name)
        )
        if parameters:
            made["modelParameters"] = parameters
        output = as_mapping(self.data.get("output"))
        schema = self.schema(output.get("schema"), "output")
        if schema:
            made |= {"responseFormat": "json_schema", "jsonSchema": schema}
        elif output.get("format") in ("json", "text"):
            made["responseFormat"] = "json_object" if output["format"] == "json" else "text"
        elif output.get("format") is not None:
            self.notes.left_out(
                line_of(self.lines, "output", "format"), f"The answer's format {str(output['format'])[:40]!r}."
            )
        return made

    def schema(self, stated: Any, where: str) -> dict[str, Any] | None:
        if stated is None:
            return None
        try:
            return picoschema(stated)
        except PicoschemaError as exc:
            self.notes.left_out(line_of(self.lines, where, "schema"), f"The {where}'s schema: {exc}.")
            return None


def _bare(key: object) -> str:
    """The name in a key of a Picoschema such as "tags?(array, words)"."""
    return str(key).partition("(")[0].removesuffix("?")


def write(version: PromptVersion) -> Package:
    """The version as a .prompt file."""
    notes = Notes()
    parameters = version.parameters
    data: dict[str, Any] = {"name": str(version.id), "description": version.description}
    if version.extra.get("model"):
        data["model"] = version.extra["model"]
    config: dict[str, Any] = {
        "temperature": parameters.temperature, "topP": parameters.top_p, "maxOutputTokens": parameters.max_tokens,
    }  # fmt: skip
    if parameters.stop:
        config["stopSequences"] = list(parameters.stop)
    if parameters.seed is not None:
        config["seed"] = parameters.seed
    data["config"] = config
    asked = [item for item in version.inputs if item.name != BRACES]
    if asked:
        data["input"] = {"schema": written_picoschema(asked)}
        if defaults := {item.name: item.default for item in asked if item.default}:
            data["input"]["default"] = defaults
    if output := _written_output(version, notes):
        data["output"] = output
    inputs_keep = {"number", "required", "default", "choices", "help"}
    settings_keep = {"temperature", "topP", "maxTokens", "stop", "seed"}
    left_behind(version, notes, {"description", "model", *settings_keep, *inputs_keep})
    note_tests(version, notes)
    if version.name != str(version.id):
        data["metadata"] = {"title": version.name}
    body = "\n".join(_turn(message.role, message.content, notes) for message in version.messages)
    return Package({f"{version.id}.prompt": f"---\n{to_yaml(data)}---\n{body}\n".encode()}, notes.sorted())


def _written_output(version: PromptVersion, notes: Notes) -> dict[str, Any]:
    form = version.extra.get("responseFormat")
    if form not in ("json_object", "json_schema"):
        return {}
    schema = written_schema(version.extra.get("jsonSchema")) if form == "json_schema" else None
    if schema is None:
        return {"format": "json"}
    inner = as_mapping(schema["schema"]) if "schema" in schema else schema
    if inner is not schema and (schema.keys() - {"name", "schema"}):
        notes.left_out(1, "The name and strictness of the JSON schema.")
    return {"format": "json", "schema": dict(inner)}


def _turn(role: str, content: str, notes: Notes) -> str:
    pieces: list[Piece] = []
    for piece in from_template(content):
        if isinstance(piece, str) and _MARKER in piece:
            notes.changed(1, f'"{_MARKER}" would be a mark of dotprompt\'s, so it is written with a space.')
            piece = piece.replace(_MARKER, "<<< dotprompt:")
        pieces.append(piece)
    made = handlebars.write_template(pieces)
    if made != made.strip("\n"):
        notes.changed(1, "Empty lines at the beginning and end of a message are gone.")
    return f'{{{{role "{"model" if role == "assistant" else role}"}}}}\n{made.strip(chr(10))}'
