"""Where versions and decisions stand, as entries of a list: the same words and colours in the library and in Curate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from desktop_app.prompts.decision import PAST, Decision, day_text
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.prompts.queue import history_lines
from desktop_app.ui.widgets.basic import ago
from desktop_app.ui.widgets.entries import Entry

_TONES = {
    "approved": "good", "submitted": "caution", "in review": "caution", "due for review": "caution",
    "rejected": "danger", "changed": "danger", "withdrawn": "danger", "conflict": "danger", "problem": "danger",
}  # fmt: skip
_DECIDED = {
    "approve": "good", "reject": "danger", "withdraw": "danger", "deprecate": "caution", "submit": "caution",
    "take": "caution", "label": "plain",
}  # fmt: skip


def state_tone(state: str) -> str:
    """The tone (plain, good, caution, danger) of a version's state."""
    return _TONES.get(state, "plain")


def when(at: datetime | None) -> str:
    """A time as people say it, "" if there is none."""
    return ago(at if at.tzinfo else at.replace(tzinfo=UTC)) if at is not None else ""


def version_entries(prompt: Prompt) -> tuple[Entry, ...]:
    """The versions of a prompt, newest first: state, who decided when, why, and what is new in it."""
    return tuple(_version_entry(prompt, version) for version in reversed(prompt.versions))


def decision_entries(prompt: Prompt) -> tuple[Entry, ...]:
    """All decisions about a prompt, newest first; what is wrong with one stands in it."""
    return tuple(_decision_entry(one) for one in reversed(prompt.history.decisions))


def _version_entry(prompt: Prompt, version: PromptVersion) -> Entry:
    standing = prompt.standing(version.version)
    who, said = [], standing.decision
    if said is not None:
        who = [f"{said.by}, {when(said.at)}"]
    elif version.author:
        who = [f"by {version.author}"]
    labels = sorted(name for name, number in prompt.labels.items() if number == version.version and name != "approved")
    if labels and standing.state != "draft":
        who.append(f"label {', '.join(labels)}")
    return Entry(
        version.version, f"Version {version.version}", prompt.status(version.version).capitalize(),
        state_tone(standing.state), " · ".join(who), " ".join(filter(None, (standing.reason, version.changelog))),
        "\n".join(history_lines(prompt, version)),
    )  # fmt: skip


def _decision_entry(one: Decision) -> Entry:
    label = _label_words(one) if one.action == "label" else ""
    title = f"{one.by} {PAST[one.action]} version {one.version}{label}"
    return Entry(
        one.number, title, "Does not count" if one.problem else "", "danger" if one.problem else _DECIDED[one.action],
        " · ".join(_facts(one)), " ".join(filter(None, (one.reason, one.problem))),
        f"Decision {one.number}, {day_text(one.at)} {one.at:%H:%M}",
    )  # fmt: skip


def _facts(one: Decision) -> Iterator[str]:
    yield when(one.at)
    if one.review_by is not None:
        yield f"until {day_text(one.review_by)}"


def _label_words(one: Decision) -> str:
    names = sorted(name for name, number in one.labels.items() if number == one.version)
    return f" ({', '.join(names)})" if names else ""
