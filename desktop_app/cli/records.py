"""`greenroom records`: progress so far, and verification of the audit chain and of certificates."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from desktop_app.cli.common import Group, exit_code, listing_options, print_json, print_listing, run_job
from desktop_app.errors import StoreError
from desktop_app.lessons.overview import STATE_WORDS, LessonOverview, Overview, PathOverview, overview
from desktop_app.records.audit import AuditChain
from desktop_app.records.credentials import (
    Certificate,
    check,
    first_difference,
    is_credential_file,
    read_credential,
)
from desktop_app.records.proof import ProofError, did_of
from desktop_app.services import Services
from desktop_app.storage import migrations
from desktop_app.storage.database import open_database
from desktop_app.storage.vault import Vault

_STATES = STATE_WORDS | {"completed": "completed"}


@click.group(cls=Group)
def records() -> None:
    """What was learned and practised."""


@records.command()
@listing_options
@click.pass_obj
def progress(services: Services, as_json: bool) -> None:
    """List every path and lesson with how far it is and when it is due, and what is due for review."""
    library, learner = services.lessons, services.learner
    shown = overview(library.paths(), library.lessons(), learner.all_progress(), datetime.now(UTC))
    review = services.reviews.due_by_lesson()
    if as_json:
        rows = [_lesson_row(one, shown) | {"review_due": review.get(one.lesson.id, 0)} for one in shown.lessons]
        print_listing(rows, as_json=True, line=str)
        return
    for path in shown.paths:
        click.echo(_path_line(path))
        _echo_lessons(path.lessons)
    if shown.others:
        click.echo("On no path")
        _echo_lessons(shown.others)
    if waiting := sum(review.values()):
        rules = sum(count for key, count in review.items() if key.startswith("rules/"))
        click.echo(f"Due for review: {waiting} {'question' if waiting == 1 else 'questions'}, {rules} of them rules")
    for made in learner.certificates.all():
        click.echo(f"Certificate of {_day(made.issued_at.astimezone().date())}: {made.title}")


def _lesson_row(one: LessonOverview, shown: Overview) -> dict[str, Any]:
    """due is the earliest day among the paths the lesson is on; null once those are passed."""
    on = [path for path in shown.paths if one.lesson.id in path.path.lessons]
    due = min((path.due.day for path in on if path.due), default=None)
    return {
        "lesson": one.lesson.id, "title": one.lesson.title, "state": _STATES[one.state],
        "steps_done": one.steps_done, "steps": len(one.lesson.steps), "score": one.score,
        "minutes_left": one.minutes_left, "paths": [path.path.id for path in on],
        "due": due, "overdue": any(path.due is not None and path.due.is_overdue for path in on),
    }  # fmt: skip


def _path_line(path: PathOverview) -> str:
    parts = [f"{path.path.title}: {path.passed} of {len(path.lessons)} lessons passed"]
    if path.minutes_left:
        parts.append(f"{path.minutes_left} minutes left")
    if path.due:
        parts.append(f"{path.due.words.lower()} ({_day(path.due.day)})")
    if path.missing:
        parts.append(f"cannot be read: {', '.join(path.missing)}")
    return ", ".join(parts)


def _echo_lessons(lessons: tuple[LessonOverview, ...]) -> None:
    for one in lessons:
        score = "" if one.score is None else f"{one.score:.0%}"
        steps = f"{one.steps_done}/{len(one.lesson.steps)} steps"
        click.echo(f"  {_STATES[one.state]:<12} {steps}  {score:>4}  {one.lesson.title}")


@records.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--issuer", metavar="DID", help="The did:key that must have signed the certificate FILE.")
@listing_options
@click.pass_obj
def verify(services: Services, file: Path | None, issuer: str | None, as_json: bool) -> None:
    """Check the audit chain of this profile, of another learner.db FILE, or a certificate FILE (.json or .pdf).

    Exit code 1 if anything was altered, or if the certificate was signed by somebody else than --issuer.
    """
    if file is not None and is_credential_file(file):
        _verify_certificate(services, file, issuer, as_json=as_json)
        return
    if issuer is not None:
        raise click.UsageError("--issuer goes with a certificate FILE (.json or .pdf).")
    if file is None:
        vault = services.ask_keyring()  # not unlock_vault: what is there is checked before anything is signed anew
        path, chain = services.locations.learner_db, services.learner.audit
    else:
        path, vault = file, Vault(None, "The key belongs to the person whose records these are.")
        db = open_database(file, migrations.learner, durable=False, read_only=True)
        click.get_current_context().call_on_close(db.close)
        chain = AuditChain(db, file, file.with_name("audit-head.json"))
    report = run_job(chain.verify(vault), "Checking")
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


# -- certificates ----------------------------------------------------------------------------------------------------------


def _verify_certificate(services: Services, file: Path, issuer: str | None, *, as_json: bool) -> None:
    own_key = _own_key(services)
    certificate, problem = None, ""
    try:
        document = read_credential(file)
        certificate = _checked(services, document)
        if issuer is not None and certificate.key != issuer:
            problem = f"The signature is valid, but it is {certificate.key}'s and not {issuer}'s."
    except ProofError as error:
        problem = _plain(str(error))
    known = certificate is not None and certificate.key in (own_key, issuer)
    if as_json:
        print_json({"path": str(file), "is_valid": not problem, "problem": problem} | _facts(certificate, known=known))
    elif certificate is None or problem:
        raise StoreError(f"{file}: {problem}")
    else:
        _echo_certificate(file, certificate, known=known, own=certificate.key == own_key)
    exit_code(problem)


def _checked(services: Services, document: Any) -> Certificate:
    """What the certificate says; if it was altered and issued here, the error names what."""
    try:
        return check(document, services.locations.resources / "schemas", datetime.now(UTC))
    except ProofError as error:
        name = document.get("id") if isinstance(document, dict) else None
        if not isinstance(name, str) or not services.locations.learner_db.exists():
            raise
        original = services.learner.certificates.get(name)
        if original is None or original.document is None:
            raise
        difference = first_difference(document, original.document)
        raise ProofError(
            f"{error} Compared with what was issued here: {difference}." if difference else str(error)
        ) from error


def _own_key(services: Services) -> str:
    """This profile's did:key, "" without a profile or keyring; nothing is made for the asking."""
    if not services.locations.learner_db.exists():
        return ""
    try:
        services.learner.vault = vault = services.ask_keyring()
    except StoreError:
        return ""  # another's certificate can be checked all the same
    return did_of(vault.public_key) if vault.is_open else ""


def _facts(certificate: Certificate | None, *, known: bool) -> dict[str, Any]:
    if certificate is None:
        return {}
    award = certificate.award
    return {
        "id": certificate.id, "title": award.title, "subject": award.subject, "learner": award.learner,
        "issued_at": certificate.issued_at.isoformat(), "issuer": certificate.issuer, "issuer_key": certificate.key,
        "issuer_known": known, "issuer_says": certificate.issuer_says,
        "lessons": [asdict(one) for one in award.lessons],
    }  # fmt: skip


def _echo_certificate(file: Path, certificate: Certificate, *, known: bool, own: bool) -> None:
    award = certificate.award
    whose = "this profile's own" if own else "the one you named" if known else "not known on this machine"
    click.echo(f"{file}: the signature is valid, nothing was altered; the issuer's key is {whose}")
    kind = "learning path" if award.kind == "path" else "lesson"
    for name, value in (
        ("Awarded to", award.learner),
        ("For", f"{award.title} ({kind})"),
        ("Issued", f"{_day(certificate.issued_at.astimezone().date())} by {certificate.issuer}"),
        ("Issuer key", certificate.key),
        ("Number", certificate.id),
    ):
        click.echo(f"  {name:<11} {_plain(value)}")
    for one in award.lessons:
        day = f", passed on {_day(one.passed_on)}" if one.passed_on else ""
        click.echo(
            f"  Lesson      {_plain(one.title)}, version {_plain(one.version)}: {one.percent} % ({one.needed} % needed){day}"
        )
    click.echo(f"  {_plain(certificate.issuer_says)}")
    if file.suffix.lower() == ".pdf":
        click.echo("  Checked is what is attached to the PDF. Compare it with the page.")


def _plain(text: str) -> str:
    """Without anything that could steer the terminal: a certificate may come from anybody."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
