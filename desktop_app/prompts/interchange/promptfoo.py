"""promptfoo configurations: prompts, inline or in files beside it, with the tests that it runs on them.

Format: https://www.promptfoo.dev/docs/configuration/reference (config-schema.json)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Notes, Package
from desktop_app.prompts.interchange import jinja
from desktop_app.prompts.interchange.carried import left_behind
from desktop_app.prompts.interchange.github import content_text
from desktop_app.prompts.interchange.imported import Found, Imported, make, one_line, source_of
from desktop_app.prompts.interchange.promptfoo_files import Stated, stated_prompts
from desktop_app.prompts.interchange.promptfoo_tests import Tests, written_tests
from desktop_app.prompts.interchange.schemas import as_mapping
from desktop_app.prompts.interchange.sources import Lines, line_of, settings
from desktop_app.prompts.interchange.variables import Names, Slot, from_template, to_template
from desktop_app.prompts.loading import PLACEHOLDER
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8
from desktop_app.storage.yaml_writing import to_yaml

NAME = "promptfoo"
_CONFIG = re.compile(r"promptfooconfig[\w.-]{0,60}\.(ya?ml|json)|[\w.-]{1,60}\.promptfoo\.ya?ml", re.I)
_PROMPTS, _OTHERS = re.compile(rb"^prompts:", re.M), re.compile(rb"^(providers|targets|tests|defaultTest):", re.M)
_SNIFFED = 8_000
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_SETTINGS = {
    "temperature": "temperature", "top_p": "topP", "max_tokens": "maxTokens", "max_completion_tokens": "maxTokens",
    "stop": "stop", "seed": "seed",
}  # fmt: skip
_KNOWN = {"description", "prompts", "providers", "targets", "tests", "defaultTest", "$schema"}


def is_one(path: Path) -> bool:
    """True for promptfooconfig.yaml and the like, and for YAML with prompts and providers or tests at the top."""
    if not path.is_file() or path.suffix.lower() not in (".yaml", ".yml", ".json"):
        return False
    if _CONFIG.fullmatch(path.name):
        return True
    if path.suffix == ".json" or path.name.endswith((".prompt.yml", ".prompt.yaml")):
        return False
    with path.open("rb") as file:
        start = file.read(_SNIFFED)
    return bool(_PROMPTS.search(start) and _OTHERS.search(start))


def read(path: Path) -> Iterator[Imported | ContentError]:
    """Each prompt with the tests that fit it; one that is made by a program or cannot be read comes as an error."""
    try:
        data, lines = load_yaml_with_lines(read_utf8(path), path)
        if not isinstance(data, Mapping) or "prompts" not in data:
            raise ContentError('A promptfoo configuration has "prompts".', path, 1)
        config = _Config(path, data, lines)
    except ContentError as problem:
        yield problem
        return
    shared = config.notes.sorted()
    for stated in stated_prompts(path, data["prompts"], lines):
        if isinstance(stated, ContentError):
            yield stated
            continue
        try:
            yield config.prompt(stated, Notes() if not shared else _with(shared))
        except ContentError as problem:
            yield problem


def parts(path: Path) -> set[Path]:
    """The files that the configuration takes prompts from, which are no prompts of their own."""
    try:
        data, lines = load_yaml_with_lines(read_utf8(path), path)
    except ContentError:
        return set()
    prompts = data.get("prompts") if isinstance(data, Mapping) else None
    stated = stated_prompts(path, prompts, lines) if prompts else ()
    return {(path.parent / one.file).resolve() for one in stated if isinstance(one, Stated) and one.file}


def _with(shared: tuple[Any, ...]) -> Notes:
    notes = Notes()
    for note in shared:
        (notes.left_out if note.severity == "left out" else notes.changed)(note.line, note.what)
    return notes


@dataclass
class _Config:
    path: Path
    data: Mapping[str, Any]
    lines: Lines
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        for key in self.data:
            if key not in _KNOWN:
                self.notes.left_out(line_of(self.lines, key), f'The field "{key}".')
        self.model = self._model()
        self.tests = Tests(self.path, self.data, self.lines, self.notes)

    def prompt(self, stated: Stated, notes: Notes) -> Imported:
        names = Names(notes)
        messages = list(self._messages(stated, notes, names))
        known = names.known()
        used = set().union(*(PLACEHOLDER.findall(content) for _, content in messages))
        tests, inputs = self.tests.for_prompt(known, used, notes)
        fields: dict[str, Any] = dict(self.model)
        if tests:
            fields["tests"] = tests
        first = one_line(PLACEHOLDER.sub("…", messages[0][1])) if messages else ""
        title = stated.label or (first if len(first) <= 60 else f"{first[:59]}…") or self.path.stem
        found = Found(
            source_of(NAME, self.path, stated.part), title, messages, one_line(self.data.get("description") or ""),
            line=stated.line, inputs=inputs, fields=fields,
        )  # fmt: skip
        return make(self.path, found, notes, names)

    def _messages(self, stated: Stated, notes: Notes, names: Names) -> Iterator[tuple[str, str]]:
        chat = stated.chat()
        if chat is None:
            yield "user", self._template(stated.text.strip("\n"), stated, notes, names)
            return
        for index, turn in enumerate(chat):
            role = _ROLES.get(str(as_mapping(turn).get("role")).lower())
            if role is None:
                notes.left_out(stated.line, f"Message {index + 1} has no role that is known here.")
                continue
            yield role, self._template(content_text(turn.get("content"), notes, stated.line), stated, notes, names)

    def _template(self, text: str, stated: Stated, notes: Notes, names: Names) -> str:
        """A template of ours; what is said of it names the line of the configuration, and the file if it has one."""
        own = Notes()
        pieces = jinja.read_template(text, own, 1)
        for note in own.sorted():
            what = f"{stated.file}: {note.what}" if stated.file else note.what
            (notes.left_out if note.severity == "left out" else notes.changed)(stated.line, what)
        fixed = [replace(piece, line=stated.line) if isinstance(piece, Slot) else piece for piece in pieces]
        return to_template(fixed, names)

    def _model(self) -> dict[str, Any]:
        """The model and its settings, if one provider is named."""
        key = "providers" if "providers" in self.data else "targets"
        stated = self.data.get(key)
        providers = stated if isinstance(stated, list) else [stated] if stated else []
        if not providers:
            return {}
        first = providers[0]
        name, config = first, {}
        if isinstance(first, Mapping):
            name = first.get("id") or next(iter(first), "")
            config = as_mapping(first.get("config") or as_mapping(first.get(str(name))).get("config"))
        line = line_of(self.lines, key)
        if len(providers) > 1:
            self.notes.left_out(
                line, f"{len(providers) - 1} more models: {', '.join(map(_shown, providers[1:]))[:200]}."
            )
        parameters = settings(config, _SETTINGS, self.notes, lambda name: line_of(self.lines, key, 0, "config", name))
        made: dict[str, Any] = {"modelParameters": parameters} if parameters else {}
        if not isinstance(name, str) or name.startswith(("file:", "exec:", "python:", "http")):
            self.notes.left_out(line, f"The model {_shown(first)}, which is a program or an address.")
        elif name != "echo":  # which only repeats the prompt
            made["model"] = name
        return made


def _shown(provider: Any) -> str:
    name = provider.get("id", next(iter(provider), "")) if isinstance(provider, Mapping) else provider
    return one_line(name)[:60]


def write(version: PromptVersion) -> Package:
    """The version as promptfooconfig.yaml: its conversation as JSON, its tests, and the model if one is named."""
    notes = Notes()
    chat = [
        {"role": message.role, "content": jinja.write_template(from_template(message.content))}
        for message in version.messages
    ]
    model = version.extra.get("model")
    provider: Any = model or "echo"
    if not model:
        notes.changed(
            1, 'No model is named, so the provider is "echo", which repeats the prompt. Put yours in its place.'
        )
    parameters = version.parameters
    config: dict[str, Any] = {
        "temperature": parameters.temperature, "top_p": parameters.top_p, "max_tokens": parameters.max_tokens,
    }  # fmt: skip
    if parameters.stop:
        config["stop"] = list(parameters.stop)
    if parameters.seed is not None:
        config["seed"] = parameters.seed
    data: dict[str, Any] = {
        "description": version.description,
        "prompts": [{"raw": json.dumps(chat, indent=2, ensure_ascii=False), "label": version.name}],
        "providers": [{"id": provider, "config": config}],
    }
    defaults = {
        item.name: jinja.write_template((item.default,))
        for item in version.inputs
        if item.default and item.name != "two_braces"
    }
    if defaults:
        data["defaultTest"] = {"vars": defaults}
    data["tests"] = written_tests(version, notes)
    settings_keep = {"temperature", "topP", "maxTokens", "stop", "seed"}
    left_behind(version, notes, {"description", "model", "default", "example", *settings_keep})
    if version.extra.get("responseFormat") not in (None, "text"):
        notes.left_out(1, "The format of the answer, which each provider states in its own way.")
    return Package({"promptfooconfig.yaml": to_yaml(data).encode()}, notes.sorted())
