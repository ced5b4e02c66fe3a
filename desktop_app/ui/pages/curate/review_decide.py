"""Deciding about a version, in place: what it means, the reason, until when, and what keeps it from being made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.prompts.decision import Action
from desktop_app.prompts.lifecycle import NEEDS_REASON
from desktop_app.prompts.prompt import Input
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.curate.review_model import Looked, ReviewState, Wish
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, label, row
from desktop_app.ui.widgets.input_fields import make_field

_TITLES: Mapping[Action, str] = {
    "submit": "Submit version {}", "approve": "Approve version {}", "reject": "Send version {} back",
    "label": "Label version {}", "deprecate": "Deprecate version {}", "withdraw": "Withdraw version {}",
}  # fmt: skip
_MEANS: Mapping[Action, str] = {
    "submit": "It joins the review queue. Somebody else decides; the file must stay as it is until then.",
    "approve": "People get this version from now on. Your signature covers exactly what is in its file now.",
    "reject": "It goes back to whoever submitted it, with your reason. They can submit it again once it is better.",
    "label": "A label such as pilot names one version; giving it here takes it from the version that has it.",
    "deprecate": "It stays usable, and people are told to choose another. Everybody who opens it reads your reason.",
    "withdraw": "Nobody can use it any more, for good: not in the library, in lessons or through links. It stays readable in "
    "the history, with your reason.",
}
_VERBS: Mapping[Action, str] = {
    "submit": "Submit", "approve": "Approve", "reject": "Send back", "label": "Label", "deprecate": "Deprecate",
    "withdraw": "Withdraw for good",
}  # fmt: skip


class DecidePane(QWidget):
    """Hidden until an action begins; keeps what is typed until the decision stands or is given up.

    Signals: wished(Wish); given_up(); look_asked(), when somebody else decided meanwhile; named(str).
    """

    wished = Signal(object)
    given_up = Signal()
    look_asked = Signal()
    named = Signal(str)

    def __init__(self, theme: Theme, jobs: Jobs) -> None:
        super().__init__()
        self._theme = theme
        self.action: Action | None = None
        self._version: tuple[str, int] = ("", 0)
        self._build(jobs)
        self.confirm.clicked.connect(self._on_confirmed)
        self.cancel.clicked.connect(self.given_up)
        self.banner.acted.connect(self.look_asked)
        self.hide()

    def _build(self, jobs: Jobs) -> None:
        self._title, self._means = label("", "strong"), label("", "muted", wrap=True)
        self.name = QLineEdit()
        self.name.setPlaceholderText("Your name, as colleagues know it; it goes into your profile")
        self.name.setAccessibleName("Your name")
        self.label_name = QLineEdit()
        self.label_name.setPlaceholderText("pilot")
        self.label_name.setMaxLength(36)
        self.label_name.setAccessibleName("Label")
        self.remove = QCheckBox("Take it away")
        self.review_by = make_field(self._theme, Input("review_by", "Look at it again by", "date"), jobs)
        self.review_by.describe("The day by which it is due for review.")
        self.reason = QPlainTextEdit()
        self.reason.setAccessibleName("Reason")
        self.reason.setTabChangesFocus(True)
        self.banner = Banner(self._theme, action="Show what there is now")
        self.confirm = Button(self._theme, "", kind="primary", tip="Decide (Ctrl+Enter)")
        self.cancel = Button(self._theme, "Cancel", tip="Give up (Esc)")
        self._labelled = _line(self.label_name, self.remove)
        self._day = _line(label("Review by", "small"), self.review_by)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        for widget in (self._title, self._means, self.name, self._labelled, self.reason, self._day, self.banner):
            box.addWidget(widget)
        box.addLayout(row(self.confirm, self.cancel, 1))

    def begin(self, action: Action, looked: Looked, name: str) -> None:
        """Ask for what an action needs; what was typed for the same one is still there."""
        version = (looked.version.id, looked.version.version)
        if (action, version) != (self.action, self._version):
            self.reason.clear()
            self.review_by.set_value(_in_a_year().isoformat())
            self.label_name.clear()
            self.remove.setChecked(False)
        self.action, self._version = action, version
        number = looked.version.version
        self._title.setText(_TITLES[action].format(number))
        self._means.setText(_MEANS[action])
        self.confirm.setText(_VERBS[action])
        needed = action in NEEDS_REASON
        self.reason.setPlaceholderText(
            "Why? Everybody who uses the prompt reads it." if needed else "Why, if it helps others"
        )
        self.reason.setAccessibleDescription("Needed." if needed else "Optional.")
        self.reason.setFixedHeight(self._theme.px(64))
        self.name.setVisible(not name)
        self._labelled.setVisible(action == "label")
        self._day.setVisible(action == "approve")
        self.banner.say("")
        self.show()
        first = self.name if not name else self.label_name if action == "label" else self.reason
        first.setFocus()

    def end(self) -> None:
        """The decision stands, or is given up."""
        self.action, self._version = None, ("", 0)
        self.hide()

    def show_state(self, state: ReviewState) -> None:
        """What keeps the decision from being made stands above its button; what was typed stays."""
        self.confirm.setEnabled(not state.is_deciding)
        if state.refused:
            tone = "caution" if state.is_conflict else "danger"
            self.banner.say(state.refused, tone, action="Show what there is now" if state.is_conflict else "")
        elif not state.is_deciding:
            self.banner.say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter decides, Esc gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & _CONTROL:
            self._on_confirmed()
        else:
            super().keyPressEvent(event)

    def _on_confirmed(self) -> None:
        if self.action is None or not self.confirm.isEnabled():
            return
        if self.name.isVisibleTo(self):
            if not self.name.text().strip():
                self._refuse("A decision carries your name. Write it above.", self.name)
                return
            self.named.emit(self.name.text())
        reason = self.reason.toPlainText().strip()
        if self.action in NEEDS_REASON and not reason:
            self._refuse("Say why in a sentence; everybody who uses the prompt reads it.", self.reason)
            return
        how: dict[str, object] = {}
        if self.action == "approve" and (day := self.review_by.value.strip()):
            try:
                how["review_by"] = date.fromisoformat(day)
            except ValueError:
                self._refuse(f"“{day}” is no date. Write it as 2027-05-31, or leave it empty.", self.review_by.target)
                return
        if self.action == "label":
            how = {"name": self.label_name.text().strip(), "remove": self.remove.isChecked()}
        self.wished.emit(Wish(self.action, reason, how))

    def _refuse(self, words: str, where: QWidget) -> None:
        self.banner.say(words, "danger", action="")
        where.setFocus()


_CONTROL = Qt.KeyboardModifier.ControlModifier


def _line(*widgets: QWidget) -> QWidget:
    made = QWidget()
    made.setObjectName("clear")
    made.setLayout(row(*widgets))
    return made


def _in_a_year() -> date:
    today = date.today()
    return today.replace(year=today.year + 1) if (today.month, today.day) != (2, 29) else date(today.year + 1, 2, 28)
