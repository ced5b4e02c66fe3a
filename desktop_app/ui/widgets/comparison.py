"""What changed between two versions, part by part and word by word: in the text, or side by side.

What came is underlined, what went is struck out, so that colour never says it alone. What stayed the same is folded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from html import escape
from math import ceil

from PySide6.QtCore import QSizeF, Qt, Signal
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from desktop_app.errors import AppError
from desktop_app.prompts.diff import Change, LinePair, PartDiff, side_by_side
from desktop_app.storage.settings import SettingsFile
from desktop_app.ui.theme import Restyler, Theme, Tokens
from desktop_app.ui.widgets.basic import Button, row

INLINE, SIDE_BY_SIDE = "inline", "side by side"
_SETTING = "compare"  # in the window's settings
_CONTEXT = 2  # lines of what stayed, before and after a change
_LONG_LINE = 400  # characters


class Comparison(QWidget):
    """Signals: mode_chosen(str), INLINE or SIDE_BY_SIDE."""

    mode_chosen = Signal(str)

    def __init__(self, theme: Theme, mode: str, *, grows: bool = False) -> None:
        """With grows it is as high as its text, for a page that scrolls by itself."""
        super().__init__()
        self._theme = theme
        self._parts: Sequence[PartDiff] = ()
        self._names = ("", "")
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setAccessibleName("What changed")
        self.text.setTabChangesFocus(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setMinimumHeight(theme.px(48))
        self.inline = Button(theme, "Inline", tip="What came and went, in one text")
        self.beside = Button(theme, "Side by side", tip="Before on the left, after on the right")
        self.whole = Button(theme, "Show all", tip="Show what stayed the same too")
        for button in (self.inline, self.beside, self.whole):
            button.setCheckable(True)
        self._check(mode)
        self.inline.clicked.connect(lambda: self._choose(INLINE))
        self.beside.clicked.connect(lambda: self._choose(SIDE_BY_SIDE))
        self.whole.clicked.connect(self._draw)
        self._bar = row(self.inline, self.beside, 1, self.whole, spacing=4)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(self._bar)
        box.addWidget(self.text, 1)
        if grows:
            self.text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.text.document().documentLayout().documentSizeChanged.connect(self._on_size_changed)
        Restyler(theme, self, self._draw)

    @property
    def mode(self) -> str:
        """How it compares."""
        return SIDE_BY_SIDE if self.beside.isChecked() else INLINE

    def show_parts(self, parts: Sequence[PartDiff], before: str, after: str) -> None:
        """Show the parts of two versions, all of them; before and after name the versions."""
        if (tuple(parts), (before, after)) == (tuple(self._parts), self._names):
            return
        self._parts, self._names = parts, (before, after)
        self._draw()

    def _on_size_changed(self, size: QSizeF) -> None:
        self.text.setFixedHeight(ceil(size.height()) + 8)

    def _check(self, mode: str) -> None:
        # no exclusive group: in one, Tab would reach only the button that is on
        self.inline.setChecked(mode == INLINE)
        self.beside.setChecked(mode == SIDE_BY_SIDE)

    def _choose(self, mode: str) -> None:
        self._check(mode)
        self._draw()
        self.mode_chosen.emit(mode)

    def _draw(self) -> None:
        t, everything = self._theme.tokens, self.whole.isChecked()
        changed = [part for part in self._parts if part.is_changed or everything]
        for button in (self.inline, self.beside, self.whole):
            button.setVisible(bool(self._parts))
        if not self._parts:
            self.text.setHtml("")
            return
        if not any(part.is_changed for part in self._parts):
            same = f"<p style='color:{t.muted}'>Both say the same.</p>"
            self.text.setHtml(same + "".join(self._part(part, t, everything=True) for part in changed))
            return
        html = "".join(self._part(part, t, everything=everything) for part in changed)
        rest = [part.part for part in self._parts if not part.is_changed]
        folded = f"<p style='color:{t.muted}'>The same in both: {escape(', '.join(rest))}.</p>" if rest else ""
        self.text.setHtml(html + ("" if everything else folded))

    def _part(self, part: PartDiff, t: Tokens, *, everything: bool) -> str:
        head = f"<p style='color:{t.muted}; font-weight:600; margin-bottom:2px'>{escape(part.part)}</p>"
        if self.mode == SIDE_BY_SIDE and part.is_changed:
            return head + self._table(side_by_side(part.changes), t, everything=everything)
        body = "".join(inline_html(part.changes, t, everything=everything))
        return f"{head}<p style='white-space:pre-wrap; margin-top:0'>{body}</p>"

    def _table(self, pairs: Sequence[LinePair], t: Tokens, *, everything: bool) -> str:
        names = "".join(
            f"<td width='50%' style='color:{t.muted}; padding:2px 8px'>{escape(name)}</td>" for name in self._names
        )
        rows = "".join(_pair_html(pair, t) for pair in (pairs if everything else folded_pairs(pairs)))
        return (
            f"<table width='100%' cellspacing='0' style='border:1px solid {t.hairline}; border-collapse:collapse'>"
            f"<tr>{names}</tr>{rows}</table>"
        )


def inline_html(changes: Sequence[Change], t: Tokens, *, everything: bool = False) -> Iterator[str]:
    """The changes as HTML; long stretches of what stayed are folded unless everything is wanted."""
    for number, change in enumerate(changes):
        text = change.text
        if change.kind == "same" and not everything:
            text = _folded_text(text, number == 0, number == len(changes) - 1)
        yield _piece(Change(change.kind, text), t)


def folded_pairs(pairs: Sequence[LinePair]) -> Iterator[LinePair | int]:
    """The lines near a change; the number of lines left out stands in place of the others."""
    near: set[int] = set()
    for at, pair in enumerate(pairs):
        if pair.is_changed:
            near |= set(range(at - _CONTEXT, at + _CONTEXT + 1))
    left_out = 0
    for at, pair in enumerate(pairs):
        if at not in near:
            left_out += 1
            continue
        if left_out:
            yield left_out
        left_out = 0
        yield pair
    if left_out:
        yield left_out


def _folded_text(text: str, is_first: bool, is_last: bool) -> str:
    lines = text.split("\n")
    head = [] if is_first else lines[: _CONTEXT + 1]
    tail = [] if is_last else lines[-_CONTEXT - 1 :]
    left_out = len(lines) - len(head) - len(tail)
    if left_out > _CONTEXT:
        return "\n".join([*head, f"⋯ {left_out} lines the same ⋯", *tail])
    if len(text) > 2 * _LONG_LINE:
        return f"{'' if is_first else text[:_LONG_LINE]} ⋯ {'' if is_last else text[-_LONG_LINE:]}"
    return text


def _pair_html(pair: LinePair | int, t: Tokens) -> str:
    if isinstance(pair, int):
        words = f"⋯ {pair} {'line' if pair == 1 else 'lines'} the same ⋯"
        return f"<tr><td colspan='2' style='color:{t.muted}; padding:2px 8px'>{words}</td></tr>"
    cells = "".join(
        f"<td width='50%' bgcolor='{t.surface if side is not None else t.sunken}' "
        f"style='white-space:pre-wrap; padding:2px 8px'>{''.join(_piece(one, t) for one in side or ()) or '&nbsp;'}</td>"
        for side in (pair.before, pair.after)
    )
    return f"<tr>{cells}</tr>"


def _piece(change: Change, t: Tokens) -> str:
    text = escape(change.text)
    if change.kind == "added":
        return f"<span style='background:{t.accent_soft}; color:{t.accent}; text-decoration:underline'>{text}</span>"
    if change.kind == "removed":
        return f"<span style='background:{t.danger_soft}; color:{t.danger}; text-decoration:line-through'>{text}</span>"
    return text


def kept_mode(settings: SettingsFile) -> str:
    """How somebody compared last."""
    return SIDE_BY_SIDE if settings.value.window.get(_SETTING) == SIDE_BY_SIDE else INLINE


def keep_mode(settings: SettingsFile, mode: str) -> None:
    """Compare so the next time."""
    with suppress(AppError):  # only a habit: a full disk is told where something is lost
        settings.change(window={**settings.value.window, _SETTING: mode})
