"""What is known of a model, as lines of a name and a text."""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.sandbox.models.candidate import NOT_STATED, Candidate
from desktop_app.sandbox.models.catalogue import ModelFile, in_bytes
from desktop_app.sandbox.models.fit import Fit
from desktop_app.ui.pages.practice.models.state import PLACES, ModelRow
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import clear, icon_button, label, row

# The languages models are made for most often; any other is shown by its code.
_LANGUAGES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "pl": "Polish", "ru": "Russian", "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "ar": "Arabic", "hi": "Hindi",
    "th": "Thai", "vi": "Vietnamese", "tr": "Turkish", "uk": "Ukrainian", "cs": "Czech", "sv": "Swedish",
}  # fmt: skip

_LONG_WORD = 30  # characters; longer ones would be cut at large text
_PLACE, _HASH = "Where the file is", "SHA-256, compared before each load"

Fact = tuple[str, str]


class Facts(QWidget):
    """Names and texts below each other; every text can be copied: the long words with a button, the others by selecting."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("clear")
        self._shown: list[Fact] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(2)

    def show_facts(self, facts: list[Fact]) -> None:
        """Show these in place of what was shown."""
        if facts == self._shown:
            return
        self._shown = facts
        clear(self._box)
        for name, text in facts:
            self._box.addWidget(label(name, "eyebrow"))
            if name in (_PLACE, _HASH):
                copy = icon_button(self._theme, "copy", f"Copy: {name}")
                copy.clicked.connect(partial(QGuiApplication.clipboard().setText, text))
                self._box.addLayout(row(label(_breakable(text), wrap=True), copy))
            else:
                words = [_breakable(word) if len(word) > _LONG_WORD else word for word in text.split(" ")]
                self._box.addWidget(label(" ".join(words), wrap=True, selectable=True))
            self._box.addSpacing(8)


def facts_of(row: ModelRow) -> list[Fact]:
    """What is known of a model of the list."""
    model = row.model
    return [
        ("What to expect", model.note),
        ("Memory", memory_words(row.fit)),
        ("Size", f"{model.size}; {_billions(model.parameters)} weights, stored as {model.quantisation}; {_context(model.context_tokens)}"),
        ("Languages", languages(model.languages)),
        ("Licence", license_words(model.license, model.license_name, model.license_text)),
        ("Training data", model.training_data or "Nothing is said about it here. Ask whoever provides the model."),
        ("Publisher and source", f"{model.publisher}. {model.source}"),
        ("From", PLACES.get(model.origin, "Nobody known").capitalize()),
        (_PLACE, str(model.path)),
        (_HASH, model.sha256),
        ("Chat template", _template(model)),
    ]  # fmt: skip


def facts_of_candidate(candidate: Candidate) -> list[Fact]:
    """What the header of a file says that somebody wants to add."""
    header = candidate.header
    facts = [
        (_PLACE, str(candidate.path)),
        ("Publisher", candidate.publisher),
    ]
    if candidate.fit is None:
        return [*facts, ("An adapter for", str(candidate.base))]
    return [
        ("Memory", memory_words(candidate.fit)),
        *facts,
        ("Languages", languages(candidate.languages)),
        ("Training data", candidate.training_data),
        ("Size", f"{in_bytes(candidate.file_bytes)}; {_billions(header.parameters)} weights, stored as {candidate.quantisation}; {_context(header.context_tokens)}"),
    ]  # fmt: skip


def memory_words(fit: Fit) -> str:
    """What a model needs and what there is, with where each number comes from."""
    context = f", {in_bytes(fit.context_bytes)} for the context" if fit.context_bytes else ""
    parts = f"{in_bytes(fit.file_bytes)} for the file{context}"
    if fit.measured is not None:
        m = fit.measured
        need = (
            f"{in_bytes(m.full_bytes)} with {m.context_tokens:,} tokens of context in use, {in_bytes(m.loaded_bytes)} after loading "
            f"(measured {m.measured_on}: {m.machine})"
        )
    else:
        need = f"about {in_bytes(fit.need_bytes)}, computed: {parts} and the rest for the process"
    free = f"Free on this computer now: {in_bytes(fit.memory.free_bytes)}." if fit.memory.free_bytes else ""
    rate = (
        f" About {fit.tokens_per_second:.0f} tokens a second (an estimate from the model in use)."
        if fit.tokens_per_second
        else ""
    )
    return f"Needs {need}. {free}{rate}"


def _breakable(text: str) -> str:
    """The text with places where a line may end inside its long words."""
    return re.sub(r"([/\\_.-]|\w{8})(?=.)", "\\1\u200b", text)


def languages(codes: tuple[str, ...]) -> str:
    """The languages in words."""
    return ", ".join(_LANGUAGES.get(code, code) for code in codes) or "Not stated"


def license_words(license_id: str, name: str, where: str) -> str:
    """The licence, what it is called, and where it can be read."""
    if license_id == NOT_STATED:
        return "Not stated. Ask the publisher before you use it at work."
    called = f"{name} ({license_id})" if name else license_id
    return f"{called}. Its text: {where}" if where else called


def _billions(count: int) -> str:
    return (
        f"{count / 1e9:.1f} billion" if count >= 1e9 else f"{count / 1e6:.0f} million" if count >= 1e6 else f"{count:,}"
    )


def _context(tokens: int) -> str:
    return (
        f"made for {tokens:,} tokens of context, 2,048 are used here"
        if tokens > 2048
        else f"{tokens:,} tokens of context"
    )


def _template(model: ModelFile) -> str:
    how = "Put in place of the file's own by the catalogue." if model.template else "The file's own."
    known = f" Accepted; its SHA-256 is {model.template_sha256[:12]}…." if model.template_sha256 else ""
    return f"{how}{known} It runs in the model's locked-down process only."
