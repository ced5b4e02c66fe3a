"""The first-run sheet: name, role, language; three fields, skippable, while the model loads behind it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop_app.lessons.translation import language_name
from desktop_app.policy.vocabulary import ROLES
from desktop_app.records.learning import Profile
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, Choice, Icon, label, row


class FirstRun(QFrame):
    """Covers the window until it is answered or skipped. Signals: answered(Profile), skipped()."""

    answered = Signal(object)
    skipped = Signal()

    def __init__(self, theme: Theme, languages: Sequence[str], parent: QWidget) -> None:
        """languages are those the installed lessons are written in, by tag."""
        super().__init__(parent)
        self.setObjectName("page")
        self._theme, self._languages = theme, languages
        self._build()

    def _build(self) -> None:
        self.name, self.role, self.language = QLineEdit(), Choice(), Choice()
        self.name.setPlaceholderText("How Greenroom greets you (optional)")
        self.name.setAccessibleName("Your name")
        self.name.setMaxLength(80)
        self.role.setAccessibleName("Your role")
        for role, name in ROLES.items():
            self.role.addItem(name if role != "everyone" else "No particular role", role)
        self.language.setAccessibleName("Language of lessons")
        for language in self._languages:
            self.language.addItem(language_name(language), language)
        self.language.setCurrentIndex(max(0, self.language.findData(_wanted(self._languages))))
        start = Button(self._theme, "Start", "arrow-right", kind="primary")
        skip = Button(self._theme, "Skip for now", kind="quiet")
        start.clicked.connect(self._on_start_clicked)
        skip.clicked.connect(self.skipped)
        self.name.returnPressed.connect(self._on_start_clicked)
        card = Card(margin=32, spacing=8)
        card.setMaximumWidth(self._theme.px(460))
        card.box.addLayout(
            row(Icon(self._theme, "sprout", "accent", 28), label("Welcome to Greenroom", "page"), 1, spacing=10)
        )
        card.box.addWidget(
            label(
                "Learn what generative AI can do for your work, and practise on a model that runs on this computer. Nothing you type leaves it.",
                "muted",
                wrap=True,
            )
        )
        card.box.addSpacing(12)
        for words, field in (("Name", self.name), ("Role", self.role), ("Language of lessons", self.language)):
            title = label(words, "strong")
            title.setBuddy(field)
            card.box.addWidget(title)
            card.box.addWidget(field)
            card.box.addSpacing(6)
        card.box.addSpacing(8)
        card.box.addLayout(row(skip, 1, start))
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addWidget(card, 10)
        centre.addStretch(1)
        box = QVBoxLayout(self)
        box.addStretch(1)
        box.addLayout(centre)
        box.addStretch(2)
        for before, after in (
            (self.name, self.role),
            (self.role, self.language),
            (self.language, start),
            (start, skip),
        ):
            QWidget.setTabOrder(before, after)
        self.setFocusProxy(self.name)

    def _on_start_clicked(self) -> None:
        self.answered.emit(Profile(self.name.text().strip(), self.role.currentData(), self.language.currentData()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc skips."""
        if event.key() == Qt.Key.Key_Escape:
            self.skipped.emit()
            return
        super().keyPressEvent(event)


def _wanted(languages: Sequence[str]) -> str:
    """The first of the system's languages that there are lessons in, else English."""
    spoken = (QLocale(name).bcp47Name() for name in QLocale.system().uiLanguages())
    return next((one for name in spoken for one in (name, name.split("-")[0]) if one in languages), "en")
