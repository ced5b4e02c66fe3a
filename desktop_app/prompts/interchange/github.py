"""GitHub's .prompt.yml, and prompt files of ours, which are the same with more fields.

Format: https://docs.github.com/github-models/use-github-models/storing-prompts-in-github-repositories
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.notes import Notes, Package
from desktop_app.prompts.evaluate.assertions import Fault, read_evaluator
from desktop_app.prompts.interchange.carried import left_behind
from desktop_app.prompts.interchange.imported import Found, Imported, first_sentence, make, slug, source_of
from desktop_app.prompts.interchange.sources import Lines, line_of, settings
from desktop_app.prompts.interchange.variables import Names, Piece, Slot, from_template, to_template
from desktop_app.prompts.loading import PROMPT_ID, read_version
from desktop_app.prompts.prompt import PromptId, PromptVersion
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8
from desktop_app.storage.yaml_writing import to_yaml

NAME = "github"
_ENDS = (".prompt.yml", ".prompt.yaml")
_SLOT = re.compile(r"\{\{[ \t]{0,8}([A-Za-z_][A-Za-z0-9_.-]{0,79})[ \t]{0,8}\}\}")
_SETTINGS = {
    "maxTokens": "maxTokens", "temperature": "temperature", "topP": "topP", "stop": "stop", "seed": "seed",
    "repeatPenalty": "repeatPenalty", "max_tokens": "maxTokens", "top_p": "topP",
}  # fmt: skip
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_FIELDS = {
    "name", "description", "model", "modelParameters", "responseFormat", "jsonSchema", "messages", "testData",
    "evaluators",
}  # fmt: skip
_OURS = {"roles", "task", "data_class", "owner", "changelog"}


def is_one(path: Path) -> bool:
    """True for a file whose name ends in .prompt.yml or .prompt.yaml."""
    return path.name.endswith(_ENDS) and path.is_file()


def read(path: Path) -> Iterator[Imported | ContentError]:
    """The prompt in the file; a file with all of our fields comes over as it is."""
    try:
        data, lines = load_yaml_with_lines(read_utf8(path), path)
        if not isinstance(data, Mapping):
            raise ContentError("The file must be a mapping of fields such as name: and messages:.", path, 1)
        yield _own(path, data) if data.keys() >= _OURS else _read(path, data, lines)
    except ContentError as problem:
        yield problem


def _own(path: Path, data: Mapping[str, Any]) -> Imported:
    name = path.name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".prompt")
    folder = path.parent.name
    prompt_id = folder if name.isdigit() and PROMPT_ID.fullmatch(folder) else slug(name)
    version = read_version(path, PromptId(prompt_id), 1)
    made = dict(data)
    if version.review_by:
        made["review_by"] = version.review_by
    made.setdefault("origin", {"source": f"greenroom: {prompt_id}"})
    return Imported(prompt_id, made, (), path)


def _read(path: Path, data: Mapping[str, Any], lines: Lines) -> Imported:
    notes = Notes()
    names = Names(notes)
    messages = list(_messages(path, data.get("messages"), lines, notes, names))
    for key in data:
        if key not in _FIELDS:
            notes.left_out(line_of(lines, key), f'The field "{key}".')
    fields: dict[str, Any] = {}
    if isinstance(data.get("model"), str):
        fields["model"] = data["model"]
    parameters = settings(
        data.get("modelParameters"), _SETTINGS, notes, lambda key: line_of(lines, "modelParameters", key)
    )
    if parameters:
        fields["modelParameters"] = parameters
    fields |= _answer_format(data, lines, notes)
    if rows := _test_data(data.get("testData"), lines, notes, names):
        fields["testData"] = rows
    if checks := list(_evaluators(data.get("evaluators"), lines, notes)):
        fields["evaluators"] = checks
    title = data.get("name") or path.name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".prompt")
    inputs = {
        name: {"example": rows[0][name]}
        for name in names.known().values()
        if rows and isinstance(rows[0].get(name), str | int | float) and not isinstance(rows[0][name], bool)
    }
    return make(
        path,
        Found(
            source_of(NAME, path),
            str(title),
            messages,
            str(data.get("description") or ""),
            inputs=inputs,
            fields=fields,
        ),
        notes,
        names,
    )


def _messages(path: Path, stated: Any, lines: Lines, notes: Notes, names: Names) -> Iterator[tuple[str, str]]:
    if not isinstance(stated, list) or not stated:
        line = line_of(lines, "messages")
        raise ContentError('"messages" must be a list of role: and content:. Add them.', path, line)
    for index, item in enumerate(stated):
        line = line_of(lines, "messages", index)
        role = _ROLES.get(str(item.get("role")).lower()) if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or role is None:
            notes.left_out(line, f"Message {index + 1} has no role that is known here (system, user, assistant).")
            continue
        start = line_of(lines, "messages", index, "content")
        text = content_text(item.get("content"), notes, start)
        start += "\n" in text  # a block begins on the line after its key
        yield role, to_template(_pieces(text, start), names)


def content_text(content: Any, notes: Notes, line: int) -> str:
    """A message's text, also from a list of parts; parts that are no text are noted."""
    if not isinstance(content, list):
        return "" if content is None else str(content)
    texts = []
    for part in content:
        if isinstance(part, Mapping) and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif isinstance(part, str):
            texts.append(part)
        else:
            kind = part.get("type", "?") if isinstance(part, Mapping) else "?"
            notes.left_out(line, f"A part of the kind {str(kind)[:30]}: only text is sent here.")
    return "\n".join(texts)


def _pieces(text: str, line: int) -> Iterator[Piece]:
    at = 0
    for found in _SLOT.finditer(text):
        yield text[at : found.start()]
        yield Slot(found[1], line + text.count("\n", 0, found.start()))
        at = found.end()
    yield text[at:]


def _answer_format(data: Mapping[str, Any], lines: Lines, notes: Notes) -> dict[str, Any]:
    made: dict[str, Any] = {}
    form = data.get("responseFormat")
    if form in ("text", "json_object", "json_schema"):
        made["responseFormat"] = form
    elif form is not None:
        notes.left_out(line_of(lines, "responseFormat"), f"The answer's format {str(form)[:40]!r}.")
    schema = data.get("jsonSchema")
    if isinstance(schema, str | Mapping):
        made["jsonSchema"] = schema
    return made


def _test_data(stated: Any, lines: Lines, notes: Notes, names: Names) -> list[dict[str, Any]]:
    rows = []
    renamed = names.known()
    for index, row in enumerate(stated if isinstance(stated, list) else ()):
        if isinstance(row, Mapping):
            rows.append({renamed.get(key, key): value for key, value in row.items()})
        else:
            notes.left_out(line_of(lines, "testData", index), "A row that is no mapping of names to values.")
    return rows


def _evaluators(stated: Any, lines: Lines, notes: Notes) -> Iterator[Mapping[str, Any]]:
    for index, check in enumerate(stated if isinstance(stated, list) else ()):
        try:
            read_evaluator(check, ("evaluators", index))
        except Fault as fault:
            notes.left_out(line_of(lines, *fault.at), f"An evaluator: {first_sentence(fault.message)}")
        else:
            yield check


def write(version: PromptVersion) -> Package:
    """The version in GitHub's fields; what they have no place for is noted."""
    notes = Notes()
    data: dict[str, Any] = {"name": version.name, "description": version.description}
    extra = version.extra
    if extra.get("model"):
        data["model"] = extra["model"]
    parameters = version.parameters
    data["modelParameters"] = {
        "maxTokens": parameters.max_tokens, "temperature": parameters.temperature, "topP": parameters.top_p,
    }  # fmt: skip
    data |= _written_format(version, notes)
    data["messages"] = [
        {"role": message.role, "content": _content(message.content, notes)} for message in version.messages
    ]
    if rows := _rows(version):
        data["testData"] = rows
    if extra.get("evaluators"):
        data["evaluators"] = extra["evaluators"]
    if any(test.get("assert") for test in extra.get("tests", ())):
        notes.left_out(1, "What each test asserts: here every check holds for all rows. The values came over.")
    left_behind(version, notes, {*_FIELDS, "maxTokens", "temperature", "topP", "example"})
    return Package({f"{version.id}.prompt.yml": to_yaml(data).encode()}, notes.sorted())


def _content(content: str, notes: Notes) -> str:
    parts = []
    for piece in from_template(content):
        parts.append(f"{{{{{piece.name}}}}}" if isinstance(piece, Slot) else piece)
        if isinstance(piece, str) and _SLOT.search(piece):
            notes.changed(
                1, "Text that looks like a placeholder is one on GitHub: its format has no way to say otherwise."
            )
    return "".join(parts)


def _written_format(version: PromptVersion, notes: Notes) -> dict[str, Any]:
    made: dict[str, Any] = {}
    form, schema = version.extra.get("responseFormat"), version.extra.get("jsonSchema")
    if form and not (form == "json_schema" and not schema):
        made["responseFormat"] = form
    if schema:
        parsed = written_schema(schema)
        if parsed is None:
            notes.left_out(1, "The JSON schema: it is no JSON.")
            made.pop("responseFormat", None)
        else:
            if "schema" not in parsed:
                parsed = {"name": re.sub(r"[^A-Za-z0-9_-]", "_", version.id), "schema": parsed}
            made["jsonSchema"] = json.dumps(parsed, indent=2, ensure_ascii=False)
    return made


def written_schema(schema: Any) -> dict[str, Any] | None:
    """A JSON schema kept as text or as a mapping, as a mapping; None if it is neither."""
    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except ValueError:
            return None
    return dict(schema) if isinstance(schema, Mapping) else None


def _rows(version: PromptVersion) -> list[Mapping[str, Any]]:
    """Test data, else the values of the tests, else one row of the examples."""
    if version.extra.get("testData"):
        return list(version.extra["testData"])
    if rows := [test["vars"] for test in version.extra.get("tests", ()) if test.get("vars")]:
        return rows
    examples = {item.name: item.example or item.default for item in version.inputs}
    return [examples] if examples and all(examples.values()) else []
