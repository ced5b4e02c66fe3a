"""A Markdown file as a prompt: notes of any editor, prompt files of code editors (.prompt.md) and commands of assistants.

Front matter is optional. The text is the user's message, or has headings System, User and Assistant of the second level.
{{name}} is a placeholder; ${input:name}, $ARGUMENTS and the like of code editors become one. Where the front matter lists
inputs, as ours does, these alone are placeholders; else none is looked for in code. Sources of the variables:
https://code.visualstudio.com/docs/copilot/customization/prompt-files, https://code.claude.com/docs/en/slash-commands
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Notes, Package
from desktop_app.policy.vocabulary import DATA_CLASSES, ROLES
from desktop_app.prompts.interchange.imported import Found, Imported, make, one_line, slug, source_of, tags_of
from desktop_app.prompts.interchange.input_fields import input_fields, written_inputs
from desktop_app.prompts.interchange.scanning import Code, cut, line_at
from desktop_app.prompts.interchange.sources import Lines, line_of, settings
from desktop_app.prompts.interchange.turns import note_ends, note_losses
from desktop_app.prompts.interchange.variables import BRACES, Names, Piece, Slot, from_template, label_of, to_template
from desktop_app.prompts.loading import PLACEHOLDER
from desktop_app.prompts.prompt import ModelParameters, PromptVersion
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8
from desktop_app.storage.yaml_writing import to_yaml

NAME = "markdown"
_ENDS = (".md", ".markdown")
_NO_PROMPTS = {"readme", "license", "licence", "changelog", "contributing", "code_of_conduct", "security", "notice"}
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_SECTION = re.compile(r"^##[ \t]+(system|user|assistant)(?:[ \t]+(?:prompt|message))?[ \t]*:?[ \t]*$", re.I | re.M)
_ESCAPED = re.compile(r"^\\(\\*##[ \t]+(?:system|user|assistant)\b)", re.IGNORECASE | re.MULTILINE)
_TO_ESCAPE = re.compile(r"^(\\*##[ \t]+(?:system|user|assistant)\b)", re.IGNORECASE | re.MULTILINE)
_TITLE = re.compile(r"\s*#[ \t]+([^\n]{1,300}?)[ \t]*#*[ \t]*(?:\n|\Z)")
_WORD = r"[A-Za-z_][A-Za-z0-9_ -]{0,59}"
_BRACES = rf"\{{\{{[ \t]{{0,4}}(?P<name>{_WORD}?)[ \t]{{0,4}}\}}\}}"
_DECLARED = re.compile(_BRACES)
_PLACES = re.compile(
    _BRACES + r"|\$\{input:(?P<asked>[^:{}\n]{1,60})(?::(?P<hint>[^{}\n]{0,300}))?\}"
    r"|\$\{(?P<editor>selection|selectedText|file|fileBasename|fileDirname|fileBasenameNoExtension|workspaceFolder|workspaceFolderBasename)\}"
    r"|\$(?P<arguments>ARGUMENTS\b|[1-9]\b)"
    r"|!`(?P<command>[^`\n]{1,1000})`"
    r"|<%(?P<code>.{0,2000}?)%>",
    re.DOTALL,
)
_SETTINGS = {
    "temperature": "temperature", "topP": "topP", "top_p": "topP", "maxTokens": "maxTokens", "max_tokens": "maxTokens",
    "repeatPenalty": "repeatPenalty", "stop": "stop", "seed": "seed",
}  # fmt: skip
_TOLD = ("name", "title", "description", "summary", "tags", "keywords", "roles", "role", "task", "category", "author",
         "owner", "data_class", "model", "modelParameters", "inputs", "licence", "license", "url", "argument-hint")  # fmt: skip
_COMMAND_FIELDS = {"allowed-tools", "argument-hint", "disable-model-invocation"}


def is_one(path: Path) -> bool:
    """True for a Markdown file that is not about other files, as README.md is."""
    name = path.name.lower()
    return name.endswith(_ENDS) and name.split(".")[0] not in _NO_PROMPTS and path.is_file()


def read(path: Path) -> Iterator[Imported | ContentError]:
    """The one prompt of the file, or what is wrong with it."""
    try:
        yield _Note(path).imported()
    except ContentError as problem:
        yield problem


class _Note:
    """One Markdown file on its way to a prompt."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes = Notes()
        self._names = Names(self._notes)
        self._front, self._lines, self._body, self._first = _parts(path)
        self._is_command = bool(_COMMAND_FIELDS & set(self._front)) or path.parent.name == "commands"
        self._stated = input_fields(self._front.get("inputs"), self._notes, self._line("inputs"))
        self._declared = set(self._stated) if "inputs" in self._front else None

    def imported(self) -> Imported:
        for key in self._front:
            if key not in _TOLD:
                self._notes.left_out(self._line(key), f'"{key}" has no place here.')
        name = self._name()
        intro, messages = self._messages()
        found = Found(
            source=source_of(NAME, self._path),
            name=name,
            messages=messages,
            description=self._words("description", "summary") or intro,
            id=slug(self._stem()),
            inputs={name: fields for name, fields in self._stated.items() if name != BRACES},
            fields=self._fields(),
            licence=self._words("licence", "license"),
            url=self._words("url"),
        )
        return make(self._path, found, self._notes, self._names)

    def _stem(self) -> str:
        return re.sub(r"\.(?:prompt\.)?(?:md|markdown)$", "", self._path.name, flags=re.IGNORECASE)

    def _line(self, key: str) -> int:
        return line_of(self._lines, key)

    def _words(self, *keys: str) -> str:
        """The first of the fields that holds text or a number."""
        values = (self._front.get(key) for key in keys)
        return next((one_line(value) for value in values if isinstance(value, str | int | float) and value), "")

    def _name(self) -> str:
        if name := self._words("name", "title"):
            return name
        title = _TITLE.match(self._body)
        if not title:
            return label_of(self._stem())
        self._first += title[0].count("\n")
        self._body = self._body[title.end() :]
        self._notes.changed(self._first, "The heading at the top is the prompt's name and no part of its text.")
        return title[1]

    def _messages(self) -> tuple[str, list[tuple[str, str]]]:
        """What stands before the first section, if there are sections, and the messages."""
        code = Code(self._body)
        sections = [found for found in _SECTION.finditer(self._body) if not code.holds(found.start())]
        if not sections:
            return "", [("user", self._template(self._body, 0))]
        ends = [*(found.start() for found in sections[1:]), len(self._body)]
        messages = [
            (found[1].lower(), self._template(self._body[found.end() : end], found.end()))
            for found, end in zip(sections, ends, strict=True)
        ]
        intro = one_line(self._body[: sections[0].start()])
        if intro and "description" in self._front:
            self._notes.left_out(self._first, "What stands before the first section is no part of a message.")
        return intro, messages

    def _template(self, text: str, start: int) -> str:
        lead = len(text) - len(text.lstrip("\n"))
        line = line_at(self._body, start + lead, self._first)
        return to_template(self._pieces(_ESCAPED.sub(r"\1", text.strip("\n").rstrip()), line), self._names)

    def _pieces(self, text: str, first: int) -> list[Piece]:
        code = Code(text)
        is_ours = self._declared is not None

        def piece(found: re.Match[str]) -> Slot | str | None:
            line = line_at(text, found.start(), first)
            if found["name"]:
                return self._braces(found, line, code.holds(found.start()))
            if found["asked"]:
                self._hint(found["asked"].strip(), (found["hint"] or "").strip(), line)
                return Slot(found["asked"].strip(), line)
            return self._of_a_tool(found, line)

        return cut(text, _DECLARED if is_ours else _PLACES, piece)

    def _braces(self, found: re.Match[str], line: int, is_code: bool) -> Slot | str | None:
        name = found["name"].strip()
        if self._declared is not None:
            if name == BRACES and BRACES in self._declared:
                return "{{"
            return Slot(name, line) if name in self._declared and PLACEHOLDER.fullmatch(found[0]) else None
        if is_code:
            self._notes.changed(line, f"{found[0]} stands in code and stays text.")
            return None
        return Slot(name, line)

    def _of_a_tool(self, found: re.Match[str], line: int) -> Slot | str | None:
        """What a code editor or an assistant would have put there, or run."""
        if found["code"] is not None:
            self._notes.left_out(line, "A part between <% and %> would have run code.")
            return ""
        if found["editor"]:
            self._notes.changed(line, f"{found[0]} was filled in by the editor; here it is typed or pasted in.")
            return Slot(found["editor"], line)
        if found["arguments"] and (self._is_command or found["arguments"] == "ARGUMENTS"):
            numbered = found["arguments"].isdigit()
            if numbered:
                return Slot(f"argument {found['arguments']}", line)
            self._hint("arguments", self._words("argument-hint"), line)
            return Slot("arguments", line)
        if found["command"] and self._is_command:
            self._notes.left_out(line, f"The command {found['command'][:60]} would have been run here.")
            return ""
        return None

    def _hint(self, name: str, hint: str, line: int) -> None:
        if hint:
            self._stated.setdefault(self._names.ours(name, line), {})["help"] = hint[:200]

    def _fields(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        tags = self._listed("tags") + self._listed("keywords")
        if tags := tags_of((tag.lstrip("#") for tag in tags), self._notes, self._line("tags")):
            made["tags"] = tags
        roles = [role.lower().replace(" ", "-") for role in self._listed("roles") + self._listed("role")]
        for role in roles:
            if role not in ROLES:
                self._notes.left_out(self._line("roles"), f"The role {role[:40]!r} is not known here.")
        if known := list(dict.fromkeys(role for role in roles if role in ROLES)):
            made["roles"] = known
        for field, most, keys in (("task", 40, ("task", "category")), ("owner", 120, ("owner",)), ("author", 120, ("author",)),
                                  ("model", 200, ("model",))):  # fmt: skip
            if words := self._words(*keys):
                made[field] = words[:most].strip()
        if (data_class := self._words("data_class").lower()) in DATA_CLASSES:
            made["data_class"] = data_class
        elif data_class:
            self._notes.left_out(self._line("data_class"), f"The data class {data_class[:40]!r} is not known here.")
        stated = self._front.get("modelParameters")
        if parameters := settings(
            stated, _SETTINGS, self._notes, lambda key: line_of(self._lines, "modelParameters", key)
        ):
            made["modelParameters"] = parameters
        return made

    def _listed(self, key: str) -> list[str]:
        """A list of words, or words with commas between them."""
        value = self._front.get(key)
        words = value if isinstance(value, list) else re.split(r"[,\n]", str(value)) if value else []
        return [one_line(word) for word in words if isinstance(word, str | int | float) and one_line(word)]


def _parts(path: Path) -> tuple[Mapping[str, Any], Lines, str, int]:
    """The front matter with its lines, the text after it and the line it starts on; two rules of a page are no front matter."""
    text = read_utf8(path)
    found = _FRONT.match(text)
    if not found:
        return {}, {}, text, 1
    data, lines = load_yaml_with_lines(found[1], path, 2)
    if data is not None and not isinstance(data, Mapping):
        return {}, {}, text, 1
    return data or {}, lines, text[found.end() :], found[0].count("\n") + 1


def write(version: PromptVersion) -> Package:
    """<id>.md with front matter; one message stands alone, several get a heading each."""
    notes = Notes()
    bodies = [_written(message.content, version) for message in version.messages]
    is_braced = any(BRACES in {found[1] for found in PLACEHOLDER.finditer(body)} for body in bodies)
    front: dict[str, Any] = {
        "name": version.name, "description": version.description, "roles": list(version.roles), "task": version.task,
        "tags": list(version.tags), "data_class": version.data_class, "owner": version.owner, "author": version.author,
        "inputs": written_inputs(version, with_braces=is_braced),
    }  # fmt: skip
    parameters = _changed_parameters(version)
    front |= {"model": version.extra.get("model"), "modelParameters": parameters}
    of_inputs = {
        "type",
        "number",
        "required",
        "default",
        "choices",
        "example",
        "help",
        "max_length",
        "sensitive",
        "limits",
    }
    note_ends(version.messages, notes)
    note_losses(version, notes, {*front, *parameters, *of_inputs})
    front = {key: value for key, value in front.items() if value or key == "inputs"}
    if len(bodies) == 1:
        body = bodies[0]
    else:
        body = "\n\n".join(
            f"## {message.role.capitalize()}\n\n{text}" for message, text in zip(version.messages, bodies, strict=True)
        )
    if any(Code(text + "\n\nx").holds(len(text) + 2) for text in bodies[:-1]):
        notes.changed(1, "A code fence is never closed, so that the message after it is taken for code. Close it.")
    return Package({f"{version.id}.md": f"---\n{to_yaml(front)}---\n\n{body}\n".encode()}, notes.sorted())


def _changed_parameters(version: PromptVersion) -> dict[str, Any]:
    """What differs from the usual, by the names of the file."""
    values, usual = (_by_name(parameters) for parameters in (version.parameters, ModelParameters()))
    return {name: value for name, value in values.items() if value != usual[name]}


def _by_name(parameters: ModelParameters) -> dict[str, Any]:
    return {
        "temperature": parameters.temperature, "topP": parameters.top_p, "repeatPenalty": parameters.repeat_penalty,
        "maxTokens": parameters.max_tokens, "stop": list(parameters.stop), "seed": parameters.seed,
    }  # fmt: skip


def _written(template: str, version: PromptVersion) -> str:
    """A message's text; braces that mean themselves need {{two_braces}} only before the name of an input."""
    declared = {item.name for item in version.inputs} | {BRACES}
    parts: list[str] = []
    for piece in from_template(template):
        if isinstance(piece, Slot):
            parts.append(f"{{{{{piece.name}}}}}")
        else:
            parts.append(PLACEHOLDER.sub(lambda f: f"{{{{{BRACES}}}}}{f[0][2:]}" if f[1] in declared else f[0], piece))
    return _TO_ESCAPE.sub(r"\\\1", "".join(parts))
