"""greenroom model: which models there are, whether their files are the right ones, what is in a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from desktop_app.cli.common import Group, listing_options, print_json, print_listing
from desktop_app.errors import ModelError
from desktop_app.jobs import finish
from desktop_app.sandbox.models.catalogue import catalogue
from desktop_app.sandbox.models.checking import check_model
from desktop_app.sandbox.models.gguf import describe, read_header


@click.group(cls=Group)
def model() -> None:
    """List, check and look into local models."""


@model.command("list")
@listing_options
def list_models(as_json: bool) -> None:
    """List the models in the catalogue; the first one is used unless another is chosen."""
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "license": each.license,
            "model_bytes": each.model_bytes,
            "context_tokens": each.context_tokens,
            "parameters": each.parameters,
            "quantisation": each.quantisation,
            "publisher": each.publisher,
            "source": each.source,
            "note": each.note,
            "sha256": each.sha256,
            "path": str(each.path),
            "present": each.path.is_file(),
        }
        for each in catalogue()
    ]
    print_listing(
        rows,
        as_json=as_json,
        line=lambda row: (
            f"{row['id']}  {row['name']}, {row['model_bytes'] / 1e6:.0f} MB, {row['license']}, "
            f"{'installed' if row['present'] else 'missing'}. {row['note']}"
        ),
    )


@model.command()
def verify() -> None:
    """Check every model file of the catalogue byte for byte; exit code 1 if one is missing or altered."""
    wrong = False
    for each in catalogue():
        try:
            finish(check_model(each))
        except ModelError as problem:
            wrong = True
            click.echo(f"greenroom: {problem}", err=True)
        else:
            click.echo(f"{each.id}: unaltered, {each.model_bytes:,} bytes, SHA-256 {each.sha256}")
    sys.exit(1 if wrong else 0)


@model.command()
@click.argument("file", type=click.Path(path_type=Path))
@listing_options
def inspect(file: Path, as_json: bool) -> None:
    """Show what the header of a GGUF FILE says, without loading the model."""
    found = describe(read_header(file))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        shown = ", ".join(f"{count} x {kind}" for kind, count in value.items()) if isinstance(value, dict) else value
        click.echo(f"{name}: {shown}")
