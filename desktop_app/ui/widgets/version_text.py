"""How a version is made, as a document: its messages, inputs, parameters and tests, and the facts about it."""

from __future__ import annotations

from html import escape

from desktop_app.prompts.decision import day_text
from desktop_app.prompts.diff import diff_versions
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.ui.theme import Tokens

_IN_THE_HEAD = ("Name", "Description", "Roles and data class")


def version_html(version: PromptVersion, t: Tokens) -> str:
    """All of a version in the order a reader meets it."""
    parts = [
        f"<p style='color:{t.muted}; font-weight:600; margin-bottom:2px'>{escape(part.part)}</p>"
        f"<p style='white-space:pre-wrap; margin-top:0'>{escape(''.join(one.text for one in part.changes))}</p>"
        for part in diff_versions(version, version)
        if part.changes and part.part not in _IN_THE_HEAD
    ]
    rows = "".join(
        f"<tr><td style='color:{t.muted}; padding-right:16px'>{escape(name)}</td><td>{escape(value)}</td></tr>"
        for name, value in _facts(version)
    )
    return "".join(parts) + f"<hr><table>{rows}</table>"


def _facts(version: PromptVersion) -> list[tuple[str, str]]:
    origin = version.origin
    facts = [
        ("Task", version.task), ("Tags", ", ".join(version.tags) or "none"), ("Owner", version.owner),
        ("Author", version.author), ("Review by", day_text(version.review_by) if version.review_by else "not set"),
        ("From", " · ".join(filter(None, (origin.source, origin.licence, origin.url))) if origin else ""),
        ("File", f"{version.id}/{version.path.name}"),
    ]  # fmt: skip
    return [(name, value) for name, value in facts if value]
