"""Using one prompt: its values, where they come from, and the way out to the clipboard, past the guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Literal, cast

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop_app.errors import AppError
from desktop_app.guard.redact import restore
from desktop_app.guard.summary import summary
from desktop_app.prompts.copying import COPY_FORMS, Copied, CopyForm, Reading, copied, read, redacted
from desktop_app.prompts.decision import DRAFT, VersionStatus
from desktop_app.prompts.links import fitting_values, prompt_link
from desktop_app.prompts.prompt import Message, Prompt, PromptVersion
from desktop_app.prompts.render import find_problems, render
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.prompt_values import PromptValues

Phase = Literal["", "reading", "asks", "copied", "hidden", "failed"]
_LAST = "Filled with your last values."


@dataclass(frozen=True, slots=True)
class UseState:
    """A prompt in use. note says where the values come from and note_action what can be done about it.

    problems are by input name. phase is that of the copy: "asks" when the guard found something and nothing is copied
    yet, "hidden" when a copy has placeholders; words say the rest.
    """

    prompt: Prompt | None = None
    version: PromptVersion | None = None
    note: str = ""
    note_action: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    phase: Phase = ""
    words: str = ""
    form: CopyForm = "text"

    @property
    def standing(self) -> VersionStatus:
        """Whether the version may be used, and why not."""
        return self.prompt.standing(self.version.version) if self.prompt and self.version else DRAFT

    @property
    def can_use(self) -> bool:
        """True if the version may be filled, copied and run."""
        return self.version is not None and self.standing.usable


class UseModel(QObject):
    """Fills and copies one prompt at a time.

    Signals: changed(UseState); filled(dict), when the form must show other values; left_app(), when the clipboard has it.
    """

    changed = Signal(object)
    filled = Signal(object)
    left_app = Signal()

    def __init__(self, services: Services, values: PromptValues, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._values, self._jobs = services, values, jobs
        self.state = UseState(form=_known_form(services))
        self._before: dict[str, str] | None = None  # what Undo brings back
        self._reading: Reading | None = None
        self._hidden: Mapping[str, str] = {}  # what the placeholders of the last copy stand for
        self._cancel = Event()
        values.replaced.connect(self._on_replaced)

    @property
    def values(self) -> dict[str, str]:
        """What is in the form, by input name."""
        return self._values.of(self.state.version) if self.state.version else {}

    # -- what goes in ------------------------------------------------------------------------------------------------

    def show(self, prompt: Prompt, version: PromptVersion) -> None:
        """Use a version; the values come back that were in its form last."""
        same = self.state.prompt is not None and self.state.prompt.id == prompt.id
        self._cancel.set()
        if same and self.state.version == version and self.state.prompt == prompt:
            return
        if not same:
            self._before, self._hidden = None, {}
        self._reading = None
        shown = UseState(prompt, version, form=self.state.form)
        self.state = replace(shown, note=self.state.note, note_action=self.state.note_action) if same else shown
        values = self.values  # read first: whether they are the last ones is known then
        self._note_last()
        self.filled.emit(values)
        self._show()

    def set_value(self, name: str, text: str) -> None:
        """Take what was typed into a field."""
        version = self.state.version
        if version is None or self.values.get(name) == text:
            return
        self._values.set(version, name, text)
        self._before = None
        problems = {key: words for key, words in self.state.problems.items() if key != name}
        self._withdraw(note="", note_action="", problems=problems)

    def use_example(self) -> None:
        """Fill the form with the author's examples."""
        if self.state.version is not None:
            examples = {item.name: item.example or item.default for item in self.state.version.inputs}
            self._fill(examples, "Filled with the example.", keep=False)

    def fill(self, values: Mapping[str, str]) -> None:
        """Fill in a link's values; those that do not fit are left out and named."""
        if self.state.version is None or not values:
            return
        taken, refused = fitting_values(self.state.version, values)
        said = "Filled by a link: check each value." if taken else "The link's values do not fit."
        self._fill(self.values | taken, " ".join((said, *refused)), keep=False)

    def act_on_note(self) -> None:
        """Clear the values that came back, or undo the last filling or clearing."""
        version = self.state.version
        if version is None:
            return
        if self.state.note_action == "Clear":
            self._fill({item.name: item.default for item in version.inputs}, "Cleared.", keep=True)
        elif self._before is not None:
            before, self._before = self._before, None
            self._withdraw(note="", note_action="")
            self._values.put(version, before)

    # -- the way out -------------------------------------------------------------------------------------------------

    def check(self) -> bool:
        """True if the prompt may be used as it is filled; otherwise what does not fit is shown."""
        version = self.state.version
        if version is None or not self.state.can_use:
            return False
        problems = find_problems(version, self.values)
        self._show(problems=problems)
        return not problems

    def copy(self, form: CopyForm | None = None) -> None:
        """Copy the filled prompt in a form, by default the last one, once the guard has read it."""
        self._remember(form or self.state.form)
        self._cancel.set()
        version = self.state.version
        self._withdraw()
        if version is None or not self.check():
            return
        self._show(phase="reading")
        self._cancel = self._jobs.start(read(render(version, self.values)), self._on_read, self._on_failed)

    def copy_as_it_is(self) -> None:
        """Copy what the guard has asked about."""
        if self._reading is not None:
            self._put(self._reading.messages, "copied", f"Copied as {self._form_name}, as it is.")

    def copy_with_placeholders(self) -> None:
        """Copy with placeholders for what the guard found; the form keeps what was typed."""
        if self._reading is None:
            return
        messages, self._hidden = redacted(self._reading)
        words = "Copied with placeholders. Once you have copied the answer, your values can be put back into it."
        self._put(messages, "hidden", words)

    def restore_answer(self) -> None:
        """Put the values back into an answer that stands on the clipboard with their placeholders."""
        answer = QGuiApplication.clipboard().text()
        whole = restore(answer, self._hidden)
        if whole == answer:
            self._show(words="There is none of these placeholders on the clipboard. Copy the answer, then try again.")
            return
        QGuiApplication.clipboard().setText(whole)
        self._show(
            words="The answer on the clipboard has your values again. Do not paste it back into a public service."
        )

    def copy_link(self) -> None:
        """Copy the prompt's greenroom:// address, with its version unless that is the offered one; never its values."""
        prompt, version = self.state.prompt, self.state.version
        if prompt is not None and version is not None:
            number = None if version == prompt.offered else version.version
            QGuiApplication.clipboard().setText(prompt_link(prompt.id, number))
            self._show(
                phase="copied", words="Link copied. It opens this prompt in Greenroom on any computer that has it."
            )

    def close(self) -> None:
        """End what runs and keep what was typed."""
        self._cancel.set()
        self._values.save()

    # -- what happened -----------------------------------------------------------------------------------------------

    def _on_read(self, reading: Reading) -> None:
        if not reading.findings:
            self._put(reading.messages, "copied", f"Copied as {self._form_name}. Paste it where you work.")
            return
        self._reading = reading
        found = summary(reading.findings)
        self._show(phase="asks", words=f"Nothing is copied yet: {found[0].lower()}{found[1:]} would leave this app.")

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(phase="failed", words=str(error))

    def _put(self, messages: Sequence[Message], phase: Phase, words: str) -> None:
        put_on_clipboard(copied(messages, self.state.form))
        self._reading = None
        version = self.state.version
        assert version is not None
        try:
            self._services.learner.usage.add_use(version.id, version.version, version.content_hash, "copied")
        except AppError as error:
            words = f"{words} It was not counted: {error}"
        self._show(phase=phase, words=words)
        self.left_app.emit()

    def _on_replaced(self, prompt_id: str) -> None:
        if self.state.version is not None and self.state.version.id == prompt_id:
            self._note_last()
            self.filled.emit(self.values)
            self._withdraw(problems={})

    def _fill(self, values: Mapping[str, str], note: str, *, keep: bool) -> None:
        version, before = self.state.version, self.values
        assert version is not None
        self._values.put(version, values, keep=keep)
        self._before = before
        self._show(note=note, note_action="Undo" if self.values != before else "")

    def _note_last(self) -> None:
        version = self.state.version
        if version is not None and self._values.are_last(version.id):
            self.state = replace(self.state, note=_LAST, note_action="Clear")
        elif self.state.note == _LAST:
            self.state = replace(self.state, note="", note_action="")

    def _remember(self, form: CopyForm) -> None:
        self.state = replace(self.state, form=form)
        window = dict(self._services.settings.value.window)
        if window.get("copy_form") != form:
            try:
                self._services.settings.change(window=window | {"copy_form": form})
            except AppError as error:
                self._on_failed(error)

    def _withdraw(self, **changes: object) -> None:
        """What the guard asked or said was about the text before."""
        self._reading = None
        self._show(phase="", words="", **changes)

    @property
    def _form_name(self) -> str:
        name = COPY_FORMS[self.state.form]
        return name if name == "Markdown" else name.lower()

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def put_on_clipboard(what: Copied) -> None:
    """Put a copy on the clipboard: programs take the HTML if they know it, else the text."""
    data = QMimeData()
    data.setText(what.text)
    if what.html:
        data.setHtml(what.html)
    QGuiApplication.clipboard().setMimeData(data)


def _known_form(services: Services) -> CopyForm:
    form = services.settings.value.window.get("copy_form")
    return cast("CopyForm", form) if form in COPY_FORMS else "text"
