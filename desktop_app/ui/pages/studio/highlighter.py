"""Colours for Markdown, front matter, questions and exercises while they are written.

A pass takes at most a few milliseconds; the rest of a large file is coloured in the following turns of the event loop.
"""

from __future__ import annotations

import re
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextDocument

from desktop_app.lessons.scan import heading
from desktop_app.ui.theme import Theme

BODY, FRONT, CODE, YAML, COMMENT, SOLUTION = range(6)
_BUDGET_S = 0.008
_KINDS = 8  # a block's state is its kind plus, times this, the length of the fence that is open
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_EXERCISES = frozenset({"practice", "claims", "redact", "decision"})
_KEY = re.compile(r"(\s*(?:- )?)([\w-]+)(:)(?=\s|$)")
_YAML_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OPTION = re.compile(r"\s*(?:-[ \t]?)?(\[\(([xX ])\)\]|\[\[([xX ])\]\])(?!\()")
_HINT = re.compile(r"\s*(?:-[ \t]?)?\[\[\?\]\]")
_ORDER = re.compile(r"\s*(?:-[ \t]?)?\[\[[0-9]{1,2}\]\](?=[ \t])")
_MATRIX = re.compile(r"\s*(?:-[ \t]?)?\[(?:\s*(?:\([^()]*\)|\[[^\[\]]*\])){2,}\s*\]")
_FEEDBACK = re.compile(r"\s+>.*")
_SOLUTION = re.compile(r"\s*\*{4,}\s*")
_INLINE = re.compile(
    r"(?P<code>`[^`\n]+`)|(?P<gap>(?<![\\!])\[(?:->)?\[(?:\\.|[^\[\]\\])+\]\])|(?P<link>!?\[[^\[\]]*\]\([^()]*\))"
    r"|(?P<bold>\*\*[^*\s](?:[^*]*[^*\s])?\*\*)|(?P<italic>(?<![\w*])\*[^*\s](?:[^*]*[^*\s])?\*(?![\w*]))|(?P<tag><!--.*?-->)"
)
_LIST = re.compile(r"\s*(?:[-*+]|[0-9]{1,3}[.)])(?=\s)")


class LessonHighlighter(QSyntaxHighlighter):
    """Colours a lesson, or with only_yaml a path or list."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme, self._only_yaml = theme, False
        self._deadline, self._pending, self._reached = 0.0, -1, -1
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._go_on)
        self._formats: dict[str, QTextCharFormat] = {}
        self._make_formats()
        theme.changed.connect(self._on_theme_changed)

    def use_yaml(self, only_yaml: bool) -> None:
        """Colour the next text as YAML throughout, or as a lesson."""
        self._only_yaml = only_yaml

    @property
    def is_done(self) -> bool:
        """True if nothing waits to be coloured."""
        return self._pending < 0

    def highlightBlock(self, text: str) -> None:
        """Colour one line and note what the next one starts in."""
        number = self.currentBlock().blockNumber()
        if not self._turn.isActive():
            self._deadline = time.perf_counter() + _BUDGET_S
            self._turn.start(0)
        elif time.perf_counter() > self._deadline:
            self._pending = number if self._pending < 0 else min(self._pending, number)
            return
        self._reached = number
        before = self.previousBlockState()
        if self._only_yaml:
            self._yaml(text)
            self.setCurrentBlockState(YAML)
        elif number == 0 and text.rstrip() == "---":
            self._all("muted", text)
            self.setCurrentBlockState(FRONT)
        else:
            self.setCurrentBlockState(self._line(text, max(before, 0)))

    def _line(self, text: str, before: int) -> int:
        kind, fence = before % _KINDS, before // _KINDS
        if kind == FRONT:
            if text.rstrip() == "---":
                self._all("muted", text)
                return BODY
            self._yaml(text)
            return FRONT
        if kind in (CODE, YAML):
            return self._fenced(text, before, kind, fence)
        if kind == COMMENT:
            self._all("muted", text)
            return BODY if "-->" in text else COMMENT
        if match := _FENCE.fullmatch(text):
            if not (match[1][0] == "`" and "`" in match[2]):
                self._all("muted", text)
                is_exercise = match[2].strip() in _EXERCISES
                self._set(match.start(2), len(text), "title" if is_exercise else "muted")
                length = len(match[1]) * 2 + (match[1][0] == "~")
                return (YAML if is_exercise else CODE) + _KINDS * length
        elif text.lstrip().startswith("<!--"):
            self._all("muted", text)
            return kind if "-->" in text else COMMENT
        self._body(text)
        return (BODY if kind == SOLUTION else SOLUTION) if _SOLUTION.fullmatch(text) else kind

    def _fenced(self, text: str, before: int, kind: int, fence: int) -> int:
        bare, mark = text.strip(), "~" if fence % 2 else "`"
        if len(bare) >= fence // 2 and not bare.strip(mark):
            self._all("muted", text)
            return BODY
        if kind == YAML:
            self._yaml(text)
        else:
            self._all("code", text)
        return before

    def _body(self, text: str) -> None:
        if not text:
            return
        if text[0] == "#" and heading(text):
            self._all("title", text)
            return
        if match := _OPTION.match(text):
            right = (match[2] or match[3]) in "xX"
            self._inline(text)
            self._set(*match.span(1), "right" if right else "wrong")
        elif match := _HINT.match(text) or _ORDER.match(text):
            self._inline(text)
            self._set(*match.span(), "hint")
        elif match := _MATRIX.match(text):
            self._set(*match.span(), "hint")
        elif _FEEDBACK.fullmatch(text) or _SOLUTION.fullmatch(text):
            self._all("muted", text)
        else:
            if match := _LIST.match(text):
                self._set(*match.span(), "hint")
            self._inline(text)

    def _inline(self, text: str) -> None:
        if "*" in text or "[" in text or "`" in text or "<" in text:
            for match in _INLINE.finditer(text):
                self._set(*match.span(), _INLINE_FORMATS[match.lastgroup or "code"])

    def _yaml(self, text: str) -> None:
        if match := _KEY.match(text):
            self._set(match.start(2), match.end(3), "key")
        if "#" in text and (match := _YAML_COMMENT.search(text)):
            self._set(*match.span(), "muted")

    def _all(self, name: str, text: str) -> None:
        self.setFormat(0, len(text), self._formats[name])

    def _set(self, start: int, end: int, name: str) -> None:
        self.setFormat(start, end - start, self._formats[name])

    # -- turns -------------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Colour what the last turn had no time for; each block once, whatever states follow from it."""
        if self._pending < 0:
            return
        block, self._pending = self.document().findBlockByNumber(self._pending), -1
        while block.isValid() and self._pending < 0:
            self._reached = block.blockNumber()
            self.rehighlightBlock(block)
            block = self._next(block)
        if self._pending < 0:
            self._turn.stop()

    def _next(self, block: QTextBlock) -> QTextBlock:
        return self.document().findBlockByNumber(max(self._reached, block.blockNumber()) + 1)

    def _on_theme_changed(self) -> None:
        self._make_formats()
        self.rehighlight()

    def _make_formats(self) -> None:
        t = self._theme.tokens
        colors = {
            "title": t.accent, "right": t.good, "wrong": t.muted, "hint": t.caution, "gap": t.accent, "key": t.info,
            "link": t.info, "muted": t.muted, "code": t.muted, "bold": t.text, "italic": t.text,
        }  # fmt: skip
        for name, color in colors.items():
            form = QTextCharFormat()
            form.setForeground(QColor(color))
            if name in ("title", "right", "wrong", "hint", "bold", "gap"):
                form.setFontWeight(QFont.Weight.Bold)
            if name == "italic":
                form.setFontItalic(True)
            self._formats[name] = form


_INLINE_FORMATS = {"code": "code", "gap": "gap", "link": "link", "bold": "bold", "italic": "italic", "tag": "muted"}
