"""What a redaction came to: figures, what would have left the building and why, what was blacked out without need, and what next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.lessons.documents import Document, kind_label
from desktop_app.lessons.redaction import Judged, Mark, Needless, Redaction
from desktop_app.ui.pages.learn.exercises.redact_model import RedactState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Clickable, Icon, clear, column, label, row

_LONGEST_QUOTE = 90


class RedactResult(QWidget):
    """Signals: jumped(start, end), to show a place in the text; ask_wanted(prompt), to run it on the local model."""

    jumped = Signal(int, int)
    ask_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.summary = ""
        self._shown: Redaction | None = None
        self._guard = Banner(theme, icon="shield-alert")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(12)

    def show_state(self, state: RedactState) -> None:
        """Show a result; if it is shown already, only what the guard says, which comes a moment later."""
        result = state.result
        if result is not None and result is not self._shown:
            self._rebuild(state, result)
        self._guard.say(_guard_says(state.guard) if state.guard else "")

    def _rebuild(self, state: RedactState, result: Redaction) -> None:
        self._shown = result
        self._guard = Banner(self._theme, icon="shield-alert")
        clear(self._box)
        self.summary = _summary(result)
        self._box.addWidget(self._figures(state, result))
        if result.leaks:
            self._box.addWidget(self._leaks(state.document, result))
        if result.needless:
            self._box.addWidget(self._fine(state.document, result))
        self._box.addWidget(self._after(state.document, result))

    def _figures(self, state: RedactState, result: Redaction) -> QWidget:
        card = Card(margin=16, spacing=8)
        card.box.addWidget(label(self.summary, "section", wrap=True))
        best = f" Your best so far is {state.best:.0%}." if state.best and state.best > result.value else ""
        card.box.addWidget(label(f"Worth {result.value:.0%}.{best}", "muted", wrap=True))
        partly = sum(one.state == "partly" for one in result.judged)
        for icon, token, count, words in (
            ("circle-check", "accent", result.found, "kept inside"),
            ("circle-x", "danger", len(result.leaks) - partly, "would have left"),
            ("circle-alert", "danger", partly, "would have left in part"),
            ("triangle-alert", "caution", len(result.needless), "blacked out without need"),
        ):
            if count or words == "kept inside":
                line = row(Icon(self._theme, icon, token), label(f"{count} {words}", wrap=True))
                line.setStretch(1, 1)
                card.box.addLayout(line)
        card.box.addWidget(self._guard)
        return card

    def _leaks(self, document: Document, result: Redaction) -> QWidget:
        items = [self._leak(document, one) for one in result.leaks]
        return self._list("This would have left the building", "", items)

    def _leak(self, document: Document, one: Judged) -> Clickable:
        quote = _quoted(document, (one.start, one.end))
        kind = kind_label(one.planted.kind)
        if one.state == "partly":
            kind += ", still readable: " + ", ".join(_quoted(document, part) for part in one.readable)
        return self._item(quote, kind, one.planted.why, ("circle-x", "danger"), (one.start, one.end))

    def _fine(self, document: Document, result: Redaction) -> QWidget:
        why = "About nobody, or public already. Every bar too many costs the answer some of its sense."
        items = [self._needless(document, one) for one in result.needless]
        return self._list("Blacked out without need", why, items)

    def _needless(self, document: Document, one: Needless) -> Clickable:
        place = (one.start, one.end)
        return self._item(_quoted(document, place), "", "", ("triangle-alert", "caution"), place)

    def _list(self, title: str, why: str, items: list[Clickable]) -> QWidget:
        holder = QWidget()
        holder.setObjectName("clear")
        holder.setAccessibleName(title)
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 4, 0, 0)
        box.setSpacing(8)
        box.addWidget(label(title, "strong", wrap=True))
        if why:
            box.addWidget(label(why, "small", wrap=True))
        for item in items:
            box.addWidget(item)
        return holder

    def _item(self, quote: str, kind: str, why: str, icon: tuple[str, str], place: Mark) -> Clickable:
        said = ". ".join(part for part in (quote, kind, why) if part)
        item = Clickable(self._theme, f"{said} Shows it in the text.", margin=12)
        words = column(label(quote, "strong", wrap=True), spacing=2)
        for text, role in ((kind, "small"), (why, "muted")):
            if text:
                words.addWidget(label(text, role, wrap=True))
        line = row(spacing=10)
        line.addWidget(Icon(self._theme, *icon), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        item.box.addLayout(line)
        item.clicked.connect(lambda: self.jumped.emit(*place))
        return item

    def _after(self, document: Document, result: Redaction) -> QWidget:
        """The text as it would have been sent, and whether a model can still work with it."""
        card = Card(margin=16, spacing=8)
        card.box.addWidget(label("What would have been sent", "strong"))
        card.box.addWidget(
            label("Each bar becomes a placeholder; the same words get the same one.", "small", wrap=True)
        )
        sent = label(result.shared.strip(), wrap=True, selectable=True)
        sent.setAccessibleName("The text as it would have been sent")
        sent.setVisible(False)
        show = Button(self._theme, "Show the text", "eye")
        show.setCheckable(True)
        show.toggled.connect(sent.setVisible)
        show.toggled.connect(lambda shown: show.setText("Hide the text" if shown else "Show the text"))
        card.box.addLayout(row(show, 1))
        card.box.addWidget(sent)
        if document.ask:
            card.box.addWidget(label("Is it still of use? The model on this computer can tell.", "small", wrap=True))
            ask = Button(self._theme, "Ask the local model", "play", tip=f"Ask it: {document.ask}")
            prompt = f"{document.ask}\n\n{result.shared.strip()}"  # a small model keeps to what stands first
            ask.clicked.connect(lambda: self.ask_wanted.emit(prompt))
            card.box.addLayout(row(ask, 1))
        return card


def _summary(result: Redaction) -> str:
    total = len(result.judged)
    if result.found == total:
        return f"Nothing would have left: all {total} found"
    return f"{result.found} of {total} kept inside"


def _guard_says(guard: Redaction) -> str:
    found = f"The guard alone finds {guard.found} of {len(guard.judged)}"
    if guard.needless:
        count = len(guard.needless)
        found += f" and also marks {f'{count} passages that are' if count > 1 else 'a passage that is'} public"
    end = "" if guard.found == len(guard.judged) else " It finds patterns; the rest is yours."
    return f"{found}.{end}"


def _quoted(document: Document, place: Mark) -> str:
    text = " ".join(document.text[place[0] : place[1]].split())
    return f"“{text[: _LONGEST_QUOTE - 1]}…”" if len(text) > _LONGEST_QUOTE else f"“{text}”"
