"""The manual page and the shells' completions, made from the click commands so that they are never out of date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import click
from click.shell_completion import get_completion_class

_FILES = {
    "~/.local/share/greenroom": "The profile: what this person did, their settings and models.",
    "/etc/greenroom/policies/managed": "JSON files with values that IT enforces; greenroom policy show lists them.",
    "/etc/greenroom/policies/recommended": "JSON files with values that people may change.",
    "/usr/share/greenroom/models": "Models for everybody on this machine.",
}
_VARIABLES = {"GREENROOM_PROFILE": "The folder of the profile, if --profile does not name one."}
_CODES = {
    "0": "Done.",
    "1": "Problems were found, or an error to act on; one sentence about it is on standard error.",
    "2": "The command was written wrongly.",
    "130": "Interrupted.",
}


def manual_page(version: str, epoch: int) -> str:
    """greenroom(1) in roff's man macros."""
    from desktop_app.cli.root import root

    day = datetime.fromtimestamp(epoch, UTC).date().isoformat()
    context = click.Context(root, info_name="greenroom", **root.context_settings)
    lines = [
        f'.TH GREENROOM 1 "{day}" "Greenroom {version}" "User Commands"',
        ".SH NAME",
        r"greenroom \- learn generative AI for your role and practise it safely",
        ".SH SYNOPSIS",
        r".B greenroom",
        _text(" ".join(root.collect_usage_pieces(context))),
        ".SH DESCRIPTION",
        *_paragraphs(root.help or ""),
        ".SH OPTIONS",
        *_options(root, context),
        ".SH COMMANDS",
        *(line for name in root.list_commands(context) for line in _command(root, context, name)),
    ]
    for title, entries in (("FILES", _FILES), ("ENVIRONMENT", _VARIABLES), ("EXIT STATUS", _CODES)):
        lines += [f".SH {title}", *(line for term, said in entries.items() for line in _entry(term, said))]
    return "\n".join(lines) + "\n"


def completions() -> dict[str, str]:
    """Shell → script that asks greenroom what may come next."""
    from desktop_app.cli.root import root

    scripts = {}
    for shell in ("bash", "zsh", "fish"):
        kind = get_completion_class(shell)
        assert kind is not None
        made = kind(root, {}, "greenroom", "_GREENROOM_COMPLETE")
        scripts[shell] = made.source_template % made.source_vars() + "\n"  # source() would run the builder's own bash
    return scripts


def _command(group: click.Group, parent: click.Context, name: str) -> Iterator[str]:
    command = group.get_command(parent, name)
    if command is None or command.hidden:
        return
    context = click.Context(command, info_name=name, parent=parent)
    if isinstance(command, click.Group):
        if command.invoke_without_command:
            yield from _described(command, context)
        for below in command.list_commands(context):
            yield from _command(command, context, below)
    else:
        yield from _described(command, context)


def _described(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f'.SS "{_text(context.command_path)} {_text(" ".join(command.collect_usage_pieces(context)))}"'
    yield from _paragraphs(command.help or "")
    yield from _options(command, context)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        told = parameter.name != "help" or context.parent is None
        if record is not None and record[1] and told:  # an argument without words stands in the usage line already
            yield from _entry(*record)


def _entry(term: str, said: str) -> Iterator[str]:
    yield ".TP"
    yield rf"\fB{_text(term)}\fR"
    yield _line(said)


def _paragraphs(text: str) -> Iterator[str]:
    for part in re.split(r"\n\s*\n", text.replace("\b", "").strip()):
        if part.strip():
            yield ".PP"
            yield _line(" ".join(part.split()))


def _text(text: str) -> str:
    return text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")


def _line(text: str) -> str:
    """A line of text: one that begins like a macro is kept from being one."""
    escaped = _text(" ".join(text.split()))
    return rf"\&{escaped}" if escaped[:1] in (".", "'") else escaped
