"""Prompty files: front matter, then a conversation with a line such as "user:" before each turn.

Read are the files of version 1 (model.api, configuration, parameters) and 2 (model.id, options; inputs as a list); written is
version 1, which both understand. Format: https://prompty.ai/docs and https://github.com/microsoft/prompty (Prompty.yaml)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Notes, Package
from desktop_app.prompts.interchange import handlebars, jinja
from desktop_app.prompts.interchange.carried import left_behind, note_tests
from desktop_app.prompts.interchange.imported import Found, Imported, make, one_line, source_of, tags_of
from desktop_app.prompts.interchange.schemas import as_mapping, input_fields
from desktop_app.prompts.interchange.sources import Lines, front_matter, inside, line_of, settings
from desktop_app.prompts.interchange.variables import Names, Piece, from_template, to_template
from desktop_app.prompts.prompt import Input, PromptVersion
from desktop_app.storage.yaml_text import read_utf8
from desktop_app.storage.yaml_writing import to_yaml

NAME = "prompty"
_BOUNDARY = re.compile(
    r"^\s{0,8}#?\s{0,8}(system|user|assistant|developer|function|tools|tool)(?:\[[^\]\n]{0,300}\])?\s{0,8}:\s{0,8}$",
    re.I,
)
_THREAD = re.compile(r"^\s{0,8}!\[thread\]", re.I)
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)")
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_SETTINGS = {
    "temperature": "temperature", "top_p": "topP", "topP": "topP", "max_tokens": "maxTokens",
    "max_completion_tokens": "maxTokens", "maxOutputTokens": "maxTokens", "stop": "stop", "stopSequences": "stop",
    "seed": "seed",
}  # fmt: skip
_KNOWN = {
    "name", "displayName", "description", "authors", "tags", "model", "inputs", "inputSchema", "sample", "template",
    "metadata", "$schema", "kind",
}  # fmt: skip


def is_one(path: Path) -> bool:
    """True for a file whose name ends in .prompty."""
    return path.suffix == ".prompty" and path.is_file()


def read(path: Path) -> Iterator[Imported | ContentError]:
    """The prompt in the file."""
    try:
        data, lines, body, first = front_matter(path)
        yield _Reader(path, data, lines).prompt(body, first)
    except ContentError as problem:
        yield problem


@dataclass
class _Reader:
    path: Path
    data: Mapping[str, Any]
    lines: Lines

    def __post_init__(self) -> None:
        self.notes = Notes()
        self.names = Names(self.notes)

    def prompt(self, body: str, first: int) -> Imported:
        messages = [(role, self.template(text, line)) for role, text, line in self.turns(body, first)]
        inputs = self.inputs()
        fields = self.model()
        about = {**as_mapping(self.data.get("metadata")), **self.data}
        if tags := about.get("tags"):
            line = line_of(self.lines, "tags")
            fields["tags"] = tags_of(tags if isinstance(tags, list) else [tags], self.notes, line)
        authors = about.get("authors")
        if author := one_line(", ".join(map(str, authors)) if isinstance(authors, list) else authors or ""):
            fields["author"] = author[:120]
        for key in self.data:
            if key not in _KNOWN:
                self.notes.left_out(line_of(self.lines, key), f'The field "{key}".')
        title = str(about.get("displayName") or about.get("name") or self.path.stem)
        description = str(about.get("description") or "")
        found = Found(source_of(NAME, self.path), title, messages, description, inputs=inputs, fields=fields)
        return make(self.path, found, self.notes, self.names)

    def turns(self, body: str, first: int) -> Iterator[tuple[str, str, int]]:
        """Role, text and line of each turn; what stands before the first role is the system's."""
        role, start, held = "system", first, []
        api = as_mapping(self.data.get("model")).get("api")
        if api == "completion":
            role = "user"
        for line, text in [*enumerate(body.split("\n"), first), (0, None)]:
            found = None if text is None else _BOUNDARY.match(text)
            if text is not None and not found:
                if _THREAD.match(text):
                    self.notes.left_out(line, "The place of an earlier conversation, ![thread].")
                else:
                    held.append(text)
                continue
            said = "\n".join(held).strip("\n")
            if said.strip() and role in _ROLES:
                lead = len(held) - len("\n".join(held).lstrip("\n").split("\n")) if held else 0
                yield _ROLES[role], said, start + lead
            elif said.strip():
                self.notes.left_out(start, f'The part "{role}:" is for tools.')
            if found:
                role, start, held = found[1].lower(), line + 1, []

    def template(self, text: str, line: int) -> str:
        def gone(found: re.Match[str]) -> str:
            self.notes.left_out(line + text.count("\n", 0, found.start()), "An image: only text is sent here.")
            return ""

        words = self.data.get("template")
        form = as_mapping(words).get("format", words if isinstance(words, str) else "jinja2")
        kind = str(as_mapping(form).get("kind", form)).lower()
        text = _IMAGE.sub(gone, text)
        if kind == "mustache":
            pieces = handlebars.read_template(text, self.notes, line, escapes=False)
        else:
            pieces = jinja.read_template(text, self.notes, line)
        return to_template(pieces, self.names).strip("\n")

    def inputs(self) -> dict[str, dict[str, Any]]:
        """What the front matter says about our inputs; sample values become examples."""
        made: dict[str, dict[str, Any]] = {}
        key = "inputs" if "inputs" in self.data else "inputSchema"
        stated = self.data.get(key)
        if isinstance(as_mapping(stated).get("properties"), list | Mapping):
            stated = stated["properties"]
        if isinstance(stated, list):
            stated = {str(item["name"]): item for item in stated if isinstance(item, Mapping) and "name" in item}
        known = self.names.known()
        for name, about in as_mapping(stated).items():
            line = line_of(self.lines, key, name)
            if name not in known:
                self.notes.left_out(line, f'The input "{name}" is not used in the text.')
                continue
            if not isinstance(about, Mapping):  # the value itself, as the first Prompty files had it
                about = {"sample": about}
            made[known[name]] = input_fields(about, self.notes, line, str(name))
        for name, value in self.sample().items():
            if name in known and value not in (None, ""):
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
                made.setdefault(known[name], {}).setdefault("example", text)
        return made

    def sample(self) -> Mapping[str, Any]:
        sample = self.data.get("sample")
        named = (
            re.fullmatch(r"(?:\$\{file:(.{1,300})\}|([^\s{}]{1,300}\.json))", sample)
            if isinstance(sample, str)
            else None
        )
        if named is None:
            return as_mapping(sample)
        line = line_of(self.lines, "sample")
        target = inside(self.path.parent, named[1] or named[2])
        try:
            if target is None:
                raise ContentError("outside", self.path)
            return as_mapping(json.loads(read_utf8(target)))
        except (ContentError, ValueError, RecursionError):
            self.notes.left_out(line, "The samples are in a file that is missing, no JSON, or outside this folder.")
            return {}

    def model(self) -> dict[str, Any]:
        model = self.data.get("model")
        if isinstance(model, str):
            return {"model": model}
        model = as_mapping(model)
        made: dict[str, Any] = {}
        place = as_mapping(model.get("configuration")) or as_mapping(model.get("connection"))
        name = model.get("id") or place.get("name") or place.get("azure_deployment")
        if isinstance(name, str) and "${" not in name:
            made["model"] = name
        if place.keys() - {"type", "name"}:
            key = "configuration" if "configuration" in model else "connection"
            line = line_of(self.lines, "model", key)
            self.notes.left_out(line, "Where the model runs and how to sign in there: it runs on this computer.")
        key = "options" if "options" in model else "parameters"
        options = dict(as_mapping(model.get(key)))
        made |= self.answer_format(options.pop("response_format", None), line_of(self.lines, "model", key))
        parameters = settings(options, _SETTINGS, self.notes, lambda name: line_of(self.lines, "model", key, name))
        return made | ({"modelParameters": parameters} if parameters else {})

    def answer_format(self, stated: Any, line: int) -> dict[str, Any]:
        form = as_mapping(stated)
        kind = form.get("type")
        if kind == "json_schema" and isinstance(form.get("json_schema"), Mapping):
            return {"responseFormat": "json_schema", "jsonSchema": dict(form["json_schema"])}
        if kind in ("text", "json_object"):
            return {"responseFormat": kind}
        if stated is not None:
            self.notes.left_out(line, "The format of the answer.")
        return {}


def write(version: PromptVersion) -> Package:
    """The version as a Prompty file of version 1 with a Jinja template."""
    notes = Notes()
    parameters = version.parameters
    model: dict[str, Any] = {"api": "chat"}
    if version.extra.get("model"):
        model["configuration"] = {"type": "openai", "name": version.extra["model"]}
    options: dict[str, Any] = {
        "temperature": parameters.temperature, "top_p": parameters.top_p, "max_tokens": parameters.max_tokens,
    }  # fmt: skip
    if parameters.stop:
        options["stop"] = list(parameters.stop)
    if parameters.seed is not None:
        options["seed"] = parameters.seed
    options |= _written_format(version, notes)
    model["parameters"] = options
    data: dict[str, Any] = {"name": version.name, "description": version.description}
    if version.author:
        data["authors"] = [version.author]
    if version.tags:
        data["tags"] = list(version.tags)
    data["model"] = model
    if inputs := {item.name: _written_input(item) for item in version.inputs if _is_asked(item.name)}:
        data["inputs"] = inputs
    if sample := {item.name: item.example for item in version.inputs if item.example}:
        data["sample"] = sample
    data["template"] = "jinja2"
    inputs_keep = {"number", "default", "example", "help"}
    settings_keep = {"temperature", "topP", "maxTokens", "stop", "seed"}
    left_behind(version, notes, {"description", "tags", "author", "model", *settings_keep, *inputs_keep})
    note_tests(version, notes)
    body = "\n\n".join(f"{message.role}:\n{_content(message.content, notes)}" for message in version.messages)
    return Package({f"{version.id}.prompty": f"---\n{to_yaml(data)}---\n{body}\n".encode()}, notes.sorted())


def _is_asked(name: str) -> bool:
    return name != "two_braces"


def _written_input(item: Input) -> dict[str, Any]:
    """What Prompty's own reader takes for an input: type, description and default."""
    about = item.help or item.label
    if item.choices:
        about += f" (one of: {', '.join(item.choices)})"
    made = {"type": "number" if item.type == "number" else "string", "description": about}
    return made | ({"default": item.default} if item.default else {})


def _written_format(version: PromptVersion, notes: Notes) -> dict[str, Any]:
    form, schema = version.extra.get("responseFormat"), version.extra.get("jsonSchema")
    if form == "json_schema":
        from desktop_app.prompts.interchange.github import written_schema

        parsed = written_schema(schema)
        if parsed is None:
            notes.left_out(1, "The JSON schema: it is no JSON.")
            return {"response_format": {"type": "json_object"}}
        named = parsed if "schema" in parsed else {"name": re.sub(r"[^\w-]", "_", version.id), "schema": parsed}
        return {"response_format": {"type": "json_schema", "json_schema": named}}
    return {"response_format": {"type": form}} if form else {}


def _content(content: str, notes: Notes) -> str:
    """A message as a Jinja template; lines and images that Prompty would take for something else are changed and noted."""
    pieces: list[Piece] = []
    for piece in from_template(content):
        if isinstance(piece, str):
            lines = [_unmarked(line, notes) for line in piece.split("\n")]
            piece = "\n".join(lines)
        pieces.append(piece)
    made = jinja.write_template(pieces)
    if made != made.strip("\n"):
        notes.changed(1, "Empty lines at the beginning and end of a message are gone.")
    return made.strip("\n")


def _unmarked(line: str, notes: Notes) -> str:
    if _BOUNDARY.match(line) or _THREAD.match(line):
        notes.changed(1, f'The line "{line.strip()[:40]}" would begin a new turn, so it is written in brackets.')
        return f"({line.strip()})"
    if _IMAGE.search(line):
        notes.changed(1, "An image in a text would be loaded, so it is written as a link.")
        return _IMAGE.sub(lambda found: found[0][1:], line)
    return line
