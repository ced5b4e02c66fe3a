"""`greenroom records`: progress so far, and verification of the audit chain."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from desktop_app.cli.common import Group, exit_code, listing_options, print_json, print_listing
from desktop_app.errors import StoreError
from desktop_app.records.audit import AuditChain, AuditReport
from desktop_app.services import Services
from desktop_app.storage import migrations
from desktop_app.storage.database import open_database
from desktop_app.storage.vault import Vault


@click.group(cls=Group)
def records() -> None:
    """What was learned and practised."""


@records.command()
@listing_options
@click.pass_obj
def progress(services: Services, as_json: bool) -> None:
    """List every lesson with how far it is."""
    known = services.learner.all_progress()
    rows = []
    for lesson in services.lessons.in_path_order():
        at = known.get(lesson.id)
        state = (
            "not started" if at is None else "passed" if at.passed_at else "completed" if at.completed_at else "started"
        )
        done = len(at.steps_done) if at else 0
        score = at.score if at else None
        rows.append(
            {
                "lesson": lesson.id,
                "title": lesson.title,
                "state": state,
                "steps_done": done,
                "steps": len(lesson.steps),
                "score": score,
            }
        )
    print_listing(
        rows,
        as_json=as_json,
        line=lambda row: f"{row['state']:<12} {row['steps_done']}/{row['steps']} steps  {row['title']}",
    )


@records.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@listing_options
@click.pass_obj
def verify(services: Services, file: Path | None, as_json: bool) -> None:
    """Check the audit chain of this profile, or of another learner.db FILE; exit code 1 if it was altered."""
    if file is None:
        vault = services.ask_keyring()  # not unlock_vault: what is there is checked before anything is signed anew
        path, chain = services.locations.learner_db, services.learner.audit
    else:
        path, vault = file, Vault(None, "The key belongs to the person whose records these are.")
        db = open_database(file, migrations.learner, durable=False, read_only=True)
        click.get_current_context().call_on_close(db.close)
        chain = AuditChain(db, file, file.with_name("audit-head.json"))
    report = _verified(chain, vault)
    if as_json:
        print_json(
            asdict(report) | {"is_whole": report.is_whole, "path": str(path), "key": vault.reason or "in the keyring"}
        )
    elif report.is_whole:
        signed = "its signature holds" if report.signed else f"not signed: {vault.reason or 'no signature was kept'}"
        click.echo(f"{path}: {report.events:,} entries, the chain is whole; {signed}")
    else:
        raise StoreError(f"{path}: {report.problem} Keep the file as it is and ask whoever looks after your records.")
    exit_code(not report.is_whole)


def _verified(chain: AuditChain, vault: Vault) -> AuditReport:
    job, stderr = chain.verify(vault), sys.stderr
    with click.progressbar(length=1, label="Checking", show_eta=False, file=stderr, hidden=not stderr.isatty()) as bar:
        while True:
            try:
                step = next(job)
            except StopIteration as end:
                return end.value
            bar.length = step.total or 1
            bar.update(step.done - bar.pos)
