"""The text of a draft: YAML with placeholders in colour, what is wrong below it, and what can be added at a click."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.lessons.problem import Problem
from desktop_app.prompts.loading import PLACEHOLDER
from desktop_app.ui.pages.curate.drafts_text import SNIPPETS, Checked, with_snippet
from desktop_app.ui.pages.studio.editor import LessonEditor
from desktop_app.ui.pages.studio.highlighter import LessonHighlighter
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, row, shortcut


class PromptHighlighter(LessonHighlighter):
    """Colours YAML, and in it the places that the form fills."""

    def _yaml(self, text: str) -> None:
        super()._yaml(text)
        if "{{" in text:
            for found in PLACEHOLDER.finditer(text):
                self._set(*found.span(), "gap")


class PromptEditor(LessonEditor):
    """Studio's editor for a prompt's text."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.highlighter.setDocument(None)  # type: ignore[arg-type]
        self.highlighter = PromptHighlighter(theme, self.document())
        self.setAccessibleName("Text of the prompt")
        self.setAccessibleDescription("Tab indents. Press Esc to leave the text, F8 to go to the next problem.")


class DraftEditor(QWidget):
    """Signals: edited(str)."""

    edited = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._problems: tuple[Problem, ...] = ()
        self.text = PromptEditor(theme)
        self.banner = Banner(theme, action="Go there")
        self.banner.button.setToolTip("Go to the problem (F8)")
        self.adds = [
            Button(theme, words, "plus", tip=f"Add one more {words.lower()}") for words, _, _ in SNIPPETS.values()
        ]
        for name, button in zip(SNIPPETS, self.adds, strict=True):
            button.setAccessibleName(button.toolTip())
            button.clicked.connect(lambda _=False, name=name: self.add(name))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row(*self.adds, 1, spacing=6))
        box.addWidget(self.text, 1)
        box.addWidget(self.banner)
        self.text.textChanged.connect(lambda: self.edited.emit(self.text.text))
        self.banner.acted.connect(lambda: self.step())
        shortcut(self, "F8", self.step)
        shortcut(self, "Shift+F8", lambda: self.step(back=True))

    def show_text(self, text: str) -> None:
        """Show another draft; there is nothing to undo then."""
        self.text.blockSignals(True)
        self.text.show_text(text, only_yaml=True)
        self.text.blockSignals(False)
        self.show_checked(Checked(text, None, ()))

    def add(self, name: str) -> None:
        """Add an input, a message or a test at the end of its list, its first line selected; one Ctrl+Z takes it away."""
        text, line = with_snippet(self.text.text, name)
        self.text.replace_text(text)
        self.text.go_to(line, 1, select=True)
        self.text.setFocus()

    def show_checked(self, checked: Checked) -> None:
        """Mark what is wrong, and say the first of it."""
        self._problems = checked.problems
        self.text.show_problems(checked.problems)
        if not checked.problems:
            self.banner.say("")
            return
        first = checked.problems[0]
        more = f" And {len(checked.problems) - 1} more." if len(checked.problems) > 1 else ""
        tone = "danger" if first.severity == "error" else "caution"
        self.banner.say(f"Line {first.line}: {first.message}{more}", tone)

    def step(self, *, back: bool = False) -> None:
        """Go to the next problem below the cursor, or above it; from the last on to the first."""
        if not self._problems:
            return
        places = sorted((one.line, one.column) for one in self._problems)
        line = self.text.line
        later = [one for one in places if one[0] > line]
        earlier = [one for one in places if one[0] < line]
        found = (earlier or places)[-1] if back else (later or places)[0]
        self.text.go_to(*found)
        self.text.setFocus()
