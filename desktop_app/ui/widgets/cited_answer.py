"""An answer from documents: its sentences with what supports each, and the passages it cites.

What is said about the link in front (a citation, or what was found of a sentence) stands below the text.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.practice.grounding.passage import GroundedAnswer, Passage
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Clickable, Icon, clear, label, row
from desktop_app.ui.widgets.cited_words import (
    LEGEND,
    QUOTED,
    cited_part,
    count_found,
    cut,
    link_says,
    source_name,
    used_passages,
)
from desktop_app.ui.widgets.marked_text import MarkedText

_TONES = {"supported": "good", "partly": "caution", "unsupported": "danger"}


class CitedAnswer(QWidget):
    """Signals: passage_wanted(int), a position in the answer's passages; documents_wanted(), to add another document."""

    passage_wanted = Signal(int)
    documents_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme = theme
        self._answer: GroundedAnswer | None = None
        self._gone: frozenset[str] = frozenset()
        self._build()

    def _build(self) -> None:
        self.text = MarkedText(self._theme)
        self.text.link_chosen.connect(self._on_link_chosen)
        self.text.link_reached.connect(self._on_link_reached)
        self.detail = Banner(self._theme)
        self.legend = label("", "small", wrap=True)
        self.problem = Banner(self._theme)
        self._sources = QVBoxLayout()
        self._sources.setSpacing(6)
        self._nothing = Card(margin=16, spacing=8)
        self._nothing_box = QVBoxLayout()
        self._nothing_box.setSpacing(8)
        self._nothing.box.addLayout(self._nothing_box)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        for widget in (self.text, self.detail, self.legend, self.problem, self._nothing):
            box.addWidget(widget)
            widget.hide()
        box.addLayout(self._sources)

    @property
    def answer(self) -> GroundedAnswer | None:
        """What is shown."""
        return self._answer

    def show_answer(self, answer: GroundedAnswer, question: str = "", gone: frozenset[str] = frozenset()) -> None:
        """Show an answer; question is what was looked for, gone are the ids of documents that were removed since."""
        if (answer, gone) == (self._answer, self._gone):
            return
        self._answer, self._gone = answer, gone
        clear(self._sources)
        clear(self._nothing_box)
        self.detail.say("")
        for widget in (self.text, self.legend):
            widget.setVisible(answer.found)
        self._nothing.setVisible(not answer.found)
        self.problem.say(answer.problem if answer.found else "", "caution")
        if answer.found:
            self.text.show_answer(answer)
            self.legend.setText(QUOTED if answer.is_quotation else f"{count_found(answer)} {LEGEND}".strip())
            self._show_sources(answer)
        else:
            self._show_nothing(answer, question)

    def _show_sources(self, answer: GroundedAnswer) -> None:
        used = used_passages(answer)
        self._sources.addWidget(label("Sources", "strong"))
        for number in sorted(range(len(answer.passages)), key=lambda number: number not in used):
            self._sources.addWidget(self._source(number, answer.passages[number], is_used=number in used))

    def _source(self, number: int, passage: Passage, *, is_used: bool) -> QWidget:
        gone = passage.document_id in self._gone
        says = source_name(number + 1, passage)
        note = "removed since" if gone else "" if is_used else "not cited"
        source = Clickable(self._theme, f"{says}{f', {note}' if note else ''}", margin=10)
        source.box.setSpacing(2)
        title = label(f"[{number + 1}]  {passage.place}", "strong", wrap=True)
        line = row(title, spacing=8)
        line.setStretch(0, 1)
        if note:
            line.addWidget(label(note, "small"))
        source.box.addLayout(line)
        if passage.text and is_used and self._answer is not None:
            source.box.addWidget(label(cited_part(self._answer, number), "small", wrap=True))
        if gone:
            source.box.addWidget(
                label("This document was removed. Add it again to open the passage.", "small", wrap=True)
            )
        source.setToolTip("Open the document at this passage")
        source.setEnabled(not gone)
        source.clicked.connect(lambda number=number: self.passage_wanted.emit(number))
        return source

    def _show_nothing(self, answer: GroundedAnswer, question: str) -> None:
        box = self._nothing_box
        box.addLayout(row(Icon(self._theme, "search", "muted"), label("Not in these documents", "strong"), 1))
        if looked_for := ", ".join(answer.looked_for) or question:
            box.addWidget(label(f"Looked for: {cut(looked_for, 160)}", "muted", wrap=True))
        if answer.problem:
            box.addWidget(label(answer.problem, "muted", wrap=True))
        box.addWidget(
            label(
                "The model was not asked, because it would have guessed. Try the words the document itself would use, "
                "or add the document that holds the answer.",
                wrap=True,
            )
        )
        if answer.passages:
            box.addWidget(label("The nearest passage", "small"))
            box.addWidget(self._source(0, answer.passages[0], is_used=True))
        add = Button(self._theme, "Add a document", "plus", kind="quiet")
        add.clicked.connect(self.documents_wanted)
        box.addLayout(row(add, 1))

    def _on_link_chosen(self, link: str) -> None:
        kind, _, number = link.partition(":")
        if kind == "source":
            self.passage_wanted.emit(int(number))
        else:
            self._on_link_reached(link)

    def _on_link_reached(self, link: str) -> None:
        says = self.says(link)
        kind, _, number = link.partition(":")
        verdict = self._answer.marks[int(number)].verdict if kind == "mark" and self._answer else ""
        self.detail.say(says, _TONES.get(verdict, "plain"))
        if says and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.text, says))

    def says(self, link: str) -> str:
        """What a link of the text is called: a source, or what was found of a sentence."""
        return link_says(self._answer, link)
