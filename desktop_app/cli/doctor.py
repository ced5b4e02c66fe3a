"""`greenroom doctor`: every part of this installation, checked for real."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import click

from desktop_app import __version__
from desktop_app.cli.common import exit_code, listing_options, print_listing
from desktop_app.errors import AppError, StoreError
from desktop_app.jobs import finish
from desktop_app.services import Services


@click.command()
@listing_options
@click.pass_obj
def doctor(services: Services, as_json: bool) -> None:
    """Check content, profile, records, keyring, model and sandbox; exit code 1 if something needs attention."""
    rows = list(_checks(services))
    marks = {"good": "✓", "note": "·", "bad": "✗"}
    print_listing(rows, as_json=as_json, line=lambda row: f"{marks[row['state']]} {row['check']}: {row['detail']}")
    exit_code([row for row in rows if row["state"] == "bad"])


def _checks(services: Services) -> Iterator[dict[str, Any]]:
    system = f"Greenroom {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.platform()}"
    yield {"check": "Version", "state": "good", "detail": system}
    for name, check in (
        ("Lessons", _lessons), ("Prompts", _prompts), ("Profile", _profile), ("Search index", _index),
        ("Offline", _offline), ("Keyring", _keyring), ("Records", _records), ("Policy", _policy), ("Model", _model), ("Sandbox", _sandbox),
    ):  # fmt: skip
        yield _checked(name, check, services)


def _checked(name: str, check: Callable[[Services], tuple[str, str]], services: Services) -> dict[str, Any]:
    try:
        state, detail = check(services)
    except AppError as error:
        state, detail = "bad", str(error)
    return {"check": name, "state": state, "detail": detail}


def _lessons(services: Services) -> tuple[str, str]:
    count = len(services.lessons.lessons())
    problems = services.lessons.problems + services.glossary.problems()
    return (
        ("bad", str(problems[0]))
        if problems
        else ("good", f"{_many(count, 'lesson')}, {_many(len(services.lessons.paths()), 'path')}")
    )


def _prompts(services: Services) -> tuple[str, str]:
    try:
        index = finish(services.updated_index())
    except StoreError:  # said where the profile and the index are checked
        return (
            "note",
            f"{_many(len(services.prompts.ids()), 'folder')} of prompts; the index that knows them cannot be made",
        )
    try:
        count, problems = index.count(), index.problems(limit=1)
    finally:
        index.close()
    return ("bad", str(problems[0])) if problems else ("good", _many(count, "prompt"))


def _profile(services: Services) -> tuple[str, str]:
    services.locations.make_profile()
    problem = services.settings.problem
    return ("note", problem) if problem else ("good", str(services.locations.profile))


def _index(services: Services) -> tuple[str, str]:
    services.open_index().close()
    return "good", str(services.locations.index_db)


def _offline(services: Services) -> tuple[str, str]:
    offline = services.offline
    if offline is None or not offline.active:
        return "bad", f"The app could not deny itself the internet. {offline.reason if offline else ''}".strip()
    return "good", "The app denied itself internet sockets when it started"


def _policy(services: Services) -> tuple[str, str]:
    policy = services.policy
    if policy.problems:
        return "bad", policy.problems[0]
    return "good", f"{_many(len(policy.set_by), 'value')} set by IT in {services.locations.policies}"


def _keyring(services: Services) -> tuple[str, str]:
    vault = services.unlock_vault()
    return (
        ("good", "Texts are kept encrypted; the key is in the system keyring")
        if vault.is_open
        else ("note", vault.reason)
    )


def _records(services: Services) -> tuple[str, str]:
    report = finish(services.learner.audit.verify(services.learner.vault))
    return (
        ("good", f"{report.events:,} audit entries, the chain is whole") if report.is_whole else ("bad", report.problem)
    )


def _model(services: Services) -> tuple[str, str]:
    from desktop_app.sandbox.models.checking import check_model

    model = services.models.chosen()
    finish(check_model(model))
    return "good", f"{model.name}, {model.model_bytes / 1e6:.0f} MB, SHA-256 as in the catalogue"


def _sandbox(services: Services) -> tuple[str, str]:
    from desktop_app.sandbox.builds import Builds, build_words

    report = finish(services.model.start())
    if report.refused < report.total:
        return (
            "bad",
            f"{report.total - report.refused} of {report.total} channels are open. Do not use the sandbox on this machine.",
        )
    proven = "proven" if report.proven else "not proven on this system"
    build = f", llama.cpp's build {build_words(report.build)}" if report.build else ""
    detail = f"{report.refused} of {report.total} channels refused, {proven}; {_many(report.threads, 'thread')}{build}"
    failed = Builds(services.locations.builds_file).failed()
    if failed:
        return "note", f"{detail}; {', '.join(map(build_words, failed))} failed on this machine and is passed over"
    return "good", detail


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
