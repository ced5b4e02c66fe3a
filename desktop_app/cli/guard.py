"""greenroom guard: find sensitive data in a text, hide it, bring it back."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import click

from desktop_app.cli.common import Group, exit_code, listing_options, print_json, read_text
from desktop_app.errors import AppError
from desktop_app.guard.finding import line_and_column, masked
from desktop_app.guard.redact import redact as redacted
from desktop_app.guard.redact import restore as restored
from desktop_app.guard.scan import scan as find
from desktop_app.guard.summary import consequence, summary


@click.group(cls=Group)
def guard() -> None:
    """Find personal data and secrets in a text, hide them, bring them back. Nothing leaves this machine."""


@guard.command()
@click.argument("file", type=click.Path(allow_dash=True))
@listing_options
def scan(file: str, as_json: bool) -> None:
    """List what is sensitive in FILE (- for standard input) as line:column: what: why; exit code 1 if anything is.

    What was found is shown masked, never in full.
    """
    text = read_text(file)
    findings = find(text)
    rows: list[dict[str, Any]] = [
        {
            "kind": found.kind,
            "label": found.label,
            "severity": found.severity,
            "reason": found.reason,
            "start": found.start,
            "end": found.end,
            "line": line,
            "column": column,
            "preview": masked(text, found),
        }
        for found, line, column in line_and_column(text, findings)
    ]
    if as_json:
        print_json({"summary": summary(findings), "consequence": consequence(findings), "findings": rows})
    else:
        for row in rows:
            click.echo(f"{row['line']}:{row['column']}: {row['label']} {row['preview']}: {row['reason']}")
        click.echo(" ".join(filter(None, (f"{summary(findings)}.", consequence(findings)))))
    exit_code(findings)


@guard.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--map",
    "map_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write a new file that says what each placeholder stands for. It holds everything that was hidden, "
    "unencrypted and readable by you only: keep it apart from the redacted text and delete it when you are done.",
)
def redact(file: str, map_file: Path | None) -> None:
    """Print FILE (- for standard input) with placeholders such as [EMAIL-1] in place of what is sensitive.

    Without --map what was hidden cannot be brought back.
    """
    result = redacted(read_text(file))
    if map_file is not None:
        _write_private(map_file, json.dumps({"replacements": dict(result.replacements)}, indent=2, ensure_ascii=True))
    _print_exactly(result.text)


@guard.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--map",
    "map_file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that redact --map wrote.",
)
def restore(file: str, map_file: Path) -> None:
    """Print FILE (- for standard input) with the original values back in place of their placeholders."""
    _print_exactly(restored(read_text(file), _read_map(map_file)))


def _print_exactly(text: str) -> None:
    """Bytes, so that line ends stay as they were on Windows too."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def _write_private(path: Path, text: str) -> None:
    """Write a new file whole or not at all, readable by its owner only; raises AppError.

    An existing file stays: it may be the only way back for another text.
    """
    if path.exists():
        raise AppError(f"{path} exists already and may belong to another text. Choose another name or delete it first.")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as exc:
        raise AppError(
            f"{path} cannot be written ({exc.strerror}). Nothing was redacted; choose another place."
        ) from exc


def _read_map(path: Path) -> dict[str, str]:
    try:
        replacements = json.loads(read_text(str(path)))["replacements"]
        valid = all(isinstance(value, str) for value in replacements.values())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        valid = False  # outside of this block, because the parser's error would quote the file
    if not valid:
        raise AppError(f"{path} is not a map that guard redact --map wrote. Choose the file written with this text.")
    return replacements
