"""Small pieces of HTML for lessons on paper (worksheet.py)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from desktop_app.lessons.lesson import Gap, Row

CIRCLE, SQUARE = "○", "□"


def box(inside: str) -> str:
    """Set apart in a frame."""
    return f"<table width='100%' class='box'><tr><td>{inside}</td></tr></table><p class='gap'>&nbsp;</p>"


def label(text: str) -> str:
    """A small heading."""
    return f"<p class='label'>{escape(text)}</p>"


def options(rows: Sequence[tuple[str, str]]) -> str:
    """Rows of a mark and what it stands before, both HTML."""
    made = "".join(
        f"<tr><td class='mark' width='7%'>{mark.replace(' ', '&nbsp;')}</td><td width='93%'>{text}</td></tr>"
        for mark, text in rows
    )
    return f"<table width='100%' class='options'>{made}</table>"


def lines(count: int) -> str:
    """Empty lines to write on."""
    return "<table width='100%' class='write'>" + "<tr><td>&nbsp;</td></tr>" * count + "</table>"


def blank(gap: Gap) -> str:
    """A gap to fill with a pen."""
    if gap.options:
        listed = " / ".join(escape(option.text) for option in gap.options)
        return f"<span class='line'>{'&nbsp;' * 16}</span> <span class='muted'>({listed})</span>"
    longest = min(40, max(16, *(len(answer) * 2 for answer in gap.answers)))
    return f"<span class='line'>{'&nbsp;' * longest}</span>"


def solved(gap: Gap) -> str:
    """A gap with its answer."""
    right = [option.text for option in gap.options if option.right] if gap.options else gap.answers
    return f"<b>{escape(' / '.join(right))}</b>"


def accepted(answers: Sequence[str], words: Mapping[str, str]) -> str:
    """The answers of a typed question."""
    others = (
        f" <span class='muted'>({escape(words['paper_also'].format(text=', '.join(answers[1:])))})</span>"
        if answers[1:]
        else ""
    )
    return f"<p class='answer'><b>{escape(answers[0])}</b>{others}</p>"


def mark(row: Row) -> str:
    """What is crossed in one cell of a matrix."""
    return CIRCLE if row.one_only else SQUARE


def letter(at: int) -> str:
    """A, B, … Z, AA, AB, …"""
    return (letter(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)


def paragraphs(text: str) -> str:
    """Plain text with a paragraph for each blank line."""
    return "".join(f"<p>{breaks(escape(part))}</p>" for part in text.strip().split("\n\n"))


def as_typed(text: str) -> str:
    """Text with its lines and spaces, which may still wrap."""
    return f"<p>{breaks(escape(text.strip()))}</p>"


def code(escaped: str) -> str:
    """Code as HTML, its lines and spaces kept."""
    text = escaped.replace("<code>", "").replace("</code>", "").strip("\n")
    return f"<p class='code'>{breaks(text)}</p>"


def breaks(escaped: str) -> str:
    """Escaped text with its lines and their indents."""
    lines = (re.sub(r"^ +", lambda found: "&nbsp;" * len(found[0]), line) for line in escaped.split("\n"))
    return "<br>".join(lines)
