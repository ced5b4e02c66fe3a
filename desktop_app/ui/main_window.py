"""The window: navigation left, one page at a time, the offline badge. Pages talk to each other only through here."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.errors import AppError
from desktop_app.records.learning import NOBODY, Profile
from desktop_app.services import Services
from desktop_app.storage.settings import Settings
from desktop_app.ui import window_shape
from desktop_app.ui.background import unlock, warm_up
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.home.model import HomeModel
from desktop_app.ui.pages.home.page import HomePage
from desktop_app.ui.places import HELP, ON_DEMAND, PAGES
from desktop_app.ui.rail import Rail
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, row, shortcut

if TYPE_CHECKING:
    from desktop_app.storage.vault import Vault
    from desktop_app.ui.first_run import FirstRun
    from desktop_app.ui.pages.learn.model import LearnModel
    from desktop_app.ui.pages.learn.page import LearnPage
    from desktop_app.ui.pages.library.model import LibraryModel
    from desktop_app.ui.pages.library.page import LibraryPage
    from desktop_app.ui.pages.practice.ask.model import AskModel
    from desktop_app.ui.pages.practice.ask.tab import AskTab
    from desktop_app.ui.pages.progress.model import ProgressModel
    from desktop_app.ui.pages.progress.page import ProgressPage
    from desktop_app.ui.pages.review.model import ReviewModel
    from desktop_app.ui.pages.review.page import ReviewPage
    from desktop_app.ui.pages.settings.model import SettingsModel
    from desktop_app.ui.pages.settings.page import SettingsPage
    from desktop_app.ui.pages.studio.page import StudioPage
    from desktop_app.ui.prompt_values import PromptValues
    from desktop_app.ui.quick.window import QuickWindow
    from desktop_app.ui.widgets.tabbed_page import TabbedPage

_BREATH_MS = 30
_FIRST_PAINT_MS = 40  # the first page is on the screen before anything else competes for the processor


class MainWindow(QMainWindow):
    """All pages of one profile. Only Home is built before the window shows; the others follow one by one, or on demand.

    Signals: keyring_answered(), once texts can be opened and decisions signed, or it is known that they cannot.
    """

    keyring_answered = Signal()

    def __init__(self, services: Services, theme: Theme, jobs: Jobs) -> None:
        super().__init__()
        self.setWindowTitle("Greenroom")
        self.services, self.theme, self.jobs = services, theme, jobs
        self.sandbox = SandboxModel(services, jobs, self)
        services.lessons.language = services.rules.language = (services.learner.profile() or NOBODY).language
        self.home_model = HomeModel(services, self)
        self.first_run: FirstRun | None = None
        self._closed = self._is_reading = False
        self.has_started = False
        self._build()
        self._connect()
        window_shape.restore(self)

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.stack = QStackedWidget()
        self.stack.setObjectName("page")
        self.home = HomePage(self.theme, self.home_model)
        self.stack.addWidget(self.home)
        self.banner = Banner(self.theme, action="Close")
        self.banner.acted.connect(lambda: self.banner.say(""))
        right = QWidget()
        right.setObjectName("page")
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addWidget(self.stack, 1)
        body = QWidget()
        self.rail = Rail(self.theme, PAGES)
        line = row(self.rail, right, spacing=0)
        line.setStretch(1, 1)
        body.setLayout(line)
        self.setCentralWidget(body)
        self.setMinimumSize(900, 600)

    @cached_property
    def learn_model(self) -> LearnModel:
        """Paths and reader."""
        from desktop_app.ui.pages.learn.model import LearnModel

        model = LearnModel(self.services, self)
        model.progress_saved.connect(self.review_model.reload)
        return model

    @cached_property
    def review_model(self) -> ReviewModel:
        """What is due, and the session."""
        from desktop_app.ui.pages.review.model import ReviewModel

        model = ReviewModel(self.services, self.jobs, self)
        model.changed.connect(lambda state: self.rail.show_count("review", state.status.waiting, "due"))
        return model

    @cached_property
    def values(self) -> PromptValues:
        """What is typed into prompts' forms, in the library and in the quick window."""
        from desktop_app.ui.prompt_values import PromptValues

        return PromptValues(self.services, self)

    @cached_property
    def library_model(self) -> LibraryModel:
        """Search and the chosen prompt."""
        from desktop_app.ui.pages.library.model import LibraryModel

        model = LibraryModel(self.services, self.jobs, self.values, self)
        model.changed.connect(self._on_library_changed)
        model.sandbox = self.sandbox
        return model

    @cached_property
    def practice_model(self) -> AskModel:
        """The practice page's conversation."""
        from desktop_app.ui.pages.practice.ask.model import AskModel

        model = AskModel(self.services, self.sandbox, self.jobs, self)
        model.use_free()
        return model

    @cached_property
    def progress_model(self) -> ProgressModel:
        """Figures and runs."""
        from desktop_app.ui.pages.progress.model import ProgressModel

        return ProgressModel(self.services, self.jobs, self)

    @cached_property
    def settings_model(self) -> SettingsModel:
        """Choices."""
        from desktop_app.ui.pages.settings.model import SettingsModel

        model = SettingsModel(self.services, self)
        model.show_sandbox(self.sandbox.state)
        self.sandbox.changed.connect(model.show_sandbox)
        model.look_changed.connect(self._on_look_changed)
        model.erased.connect(self._on_erased)
        model.reload()
        return model

    @cached_property
    def learn(self) -> LearnPage:
        """The Learn page."""
        from desktop_app.ui.pages.learn.opening import make_learn

        page = make_learn(self)
        self.stack.addWidget(page)
        return page

    @cached_property
    def review(self) -> ReviewPage:
        """The Review page."""
        from desktop_app.ui.pages.review.page import ReviewPage

        page = ReviewPage(self.theme, self.review_model)
        page.step_chosen.connect(self.open_lesson)
        page.word_asked.connect(self.explain_word)
        page.page_chosen.connect(self.go)
        self.stack.addWidget(page)
        return page

    @cached_property
    def library(self) -> LibraryPage:
        """The Library page."""
        from desktop_app.ui.pages.library.opening import make_library

        page = make_library(self)
        self.stack.addWidget(page)
        return page

    @cached_property
    def practice(self) -> TabbedPage:
        """The Practice page."""
        from desktop_app.ui.pages.practice.opening import make_practice

        page = make_practice(self)
        self.stack.addWidget(page)
        return page

    @property
    def ask(self) -> AskTab:
        """The practice page's tab for asking the model, brought to the front."""
        return self.practice.go("ask")  # type: ignore[return-value]

    @cached_property
    def progress(self) -> ProgressPage:
        """The Progress page."""
        from desktop_app.ui.pages.progress.page import ProgressPage

        page = ProgressPage(self.theme, self.progress_model)
        page.lesson_chosen.connect(self.open_lesson)
        page.page_chosen.connect(self.go)
        self.stack.addWidget(page)
        return page

    @cached_property
    def studio(self) -> StudioPage:
        """The Studio page, with what was open the last time."""
        from desktop_app.ui.pages.studio.page import StudioPage

        page = StudioPage(self.theme, self.services, self.sandbox, self.jobs)
        self.stack.addWidget(page)
        page.restore()
        return page

    @cached_property
    def curate(self) -> TabbedPage:
        """The Curate page."""
        from desktop_app.ui.pages.curate.opening import make_curate

        page = make_curate(self)
        self.stack.addWidget(page)
        return page

    @cached_property
    def quick(self) -> QuickWindow:
        """The quick window, hidden until it is asked for."""
        from desktop_app.ui.quick.opening import make_quick

        return make_quick(self)

    @cached_property
    def settings(self) -> SettingsPage:
        """The Settings page."""
        from desktop_app.ui.pages.settings.page import SettingsPage

        page = SettingsPage(self.theme, self.settings_model)
        page.selftest_asked.connect(self.restart_sandbox)
        self.stack.addWidget(page)
        return page

    def _connect(self) -> None:
        self.rail.page_chosen.connect(self.go)
        self.rail.badge.clicked.connect(self.show_selftest)
        self.sandbox.changed.connect(self.rail.show_sandbox)
        self.sandbox.fell_back.connect(lambda problem: self.banner.say(problem, "caution"))
        self.home.lesson_chosen.connect(self.open_lesson)
        self.home.prompt_chosen.connect(self.open_prompt)
        self.home.page_chosen.connect(self.go)
        self.home.search_asked.connect(self.show_palette)
        self.home.review_asked.connect(self.start_review)
        shortcut(self, "Ctrl+K", self.show_palette)
        shortcut(self, "F1", self.explain)
        shortcut(self, "Ctrl+Shift+Space", lambda: self.quick.summon())
        self.theme.changed.connect(lambda: self.rail.fit(self.width()))
        self.rail.show_sandbox(self.sandbox.state)

    # -- starting ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Fill the first page now, and load what can wait in the background."""
        self.has_started = True
        settings = self.services.settings.value
        if not settings.first_run_done:
            self._show_first_run()
        place, lesson = settings.window.get("page"), settings.window.get("lesson")
        if place == "learn" and isinstance(lesson, str) and lesson in self.services.lessons.ids():
            self.open_lesson(lesson)
        else:
            self.go(place if place in PAGES else "home")
        QTimer.singleShot(_FIRST_PAINT_MS, self, self._start_background)

    def _start_background(self) -> None:
        if self._closed:
            return
        self.sandbox.start()
        if problems := self.services.policy.problems:
            self.banner.say(problems[0], "caution")
        self.start_reading()
        self.review_model.reload()
        self._build_rest()

    def start_reading(self) -> None:
        """Ask the keyring, read the library and load what is slow to load, once: all that the quick window needs."""
        if self._is_reading:
            return
        self._is_reading = True
        profile_id, key_id = self.services.learner.vault_account
        self.jobs.start(unlock(profile_id, key_id), self._on_vault, self._on_failed)
        self.library_model.reload()
        self.jobs.start(warm_up(), lambda _: None, self._on_failed)

    def come_forward(self) -> None:
        """Be the window in front, started if it was hidden so far."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        if not self.has_started:
            self.start()
        self.raise_()
        self.activateWindow()

    def _build_rest(self) -> None:
        """Build one page that is not there yet, let the window breathe, and go on with the next."""
        missing = [name for name in PAGES if name not in self.__dict__ and name not in ON_DEMAND]
        if missing and not self._closed:
            getattr(self, missing[0])
            QTimer.singleShot(_BREATH_MS, self, self._build_rest)
        elif not self._closed:
            _ = self.quick

    def _show_first_run(self) -> None:
        from desktop_app.ui.first_run import FirstRun

        self.first_run = FirstRun(self.theme, self.services.lessons.all_languages(), self)
        self.first_run.answered.connect(self._end_first_run)
        self.first_run.skipped.connect(self._end_first_run)
        self.first_run.resize(self.size())
        self.first_run.show()
        self.first_run.raise_()
        self.centralWidget().setEnabled(False)  # nothing below the sheet takes the keyboard
        self.first_run.name.setFocus()

    def _end_first_run(self, profile: Profile | None = None) -> None:
        if self.first_run is None:
            return
        try:
            learner = self.services.learner
            learner.save_profile(profile or learner.profile() or NOBODY)
            self.services.lessons.language = self.services.rules.language = (learner.profile() or NOBODY).language
            self.services.settings.change(first_run_done=True)
        except AppError as error:  # the sheet goes all the same, or nobody could read why
            self.banner.say(str(error), "danger")
        self.first_run.hide()
        self.first_run.deleteLater()
        self.first_run = None
        self.centralWidget().setEnabled(True)
        self.go("home")
        self.home.focus_next()

    # -- going places ------------------------------------------------------------------------------------------------

    def go(self, name: str) -> None:
        """Show a page, freshly read."""
        if name == "home":
            self.home_model.reload()
        elif name == "learn" and not self.learn.is_reading:
            self.learn_model.reload()
        elif name == "review":
            self.review_model.open()
        elif name == "progress":
            self.progress_model.reload()
        elif name == "settings":
            self.settings_model.reload()
        if self.banner.text in HELP.values():
            self.banner.say("")  # what F1 said was about the page before
        self.stack.setCurrentWidget(getattr(self, name))
        self.rail.show_page(name)
        if name == "practice":
            self.practice.focus_first()

    @property
    def page(self) -> str:
        """The name of the page shown."""
        return next(name for name in PAGES if self.__dict__.get(name) is self.stack.currentWidget())

    def open_lesson(self, lesson_id: str, step_key: str = "") -> None:
        """Open a lesson at a step, or where it was left."""
        _ = self.learn  # built first if it is not there yet: it has to hear which lesson is open
        self.learn_model.open(lesson_id)
        lesson = self.learn_model.reader.lesson
        for number, step in enumerate(lesson.steps if lesson and step_key else ()):
            if step.key == step_key:
                self.learn_model.go(number)
        self.go("learn")

    def open_prompt(self, prompt_id: str, version: int | None = None) -> None:
        """Show a prompt in the library, in the version that is offered or the one named."""
        self.go("library")  # first: it may have to be built to hear which prompt is shown
        self.library_model.open(prompt_id.partition("@")[0], version)

    def read_library_again(self) -> None:
        """Somebody decided about a prompt or wrote one: show what the files say now."""
        self.library_model.reload()
        self.library_model.select_again()

    def practise(self, prompt_id: str, version: int, values: dict[str, str]) -> None:
        """Take a prompt with its values to the practice page and run it; a value that is missing is named there."""
        prompt = self.services.prompts.get(prompt_id)
        self.practice_model.use_prompt(prompt, prompt.numbered(version), {k: v for k, v in values.items() if v})
        self.go("practice")
        self.ask.inputs.form.focus_first()
        self.ask.inputs.ask()

    def follow(self, link: str) -> None:
        """Go where a greenroom:// link leads."""
        from desktop_app.ui.following import follow

        follow(self, link)

    def start_review(self) -> None:
        """Begin a review session with what is due."""
        self.go("review")
        self.review_model.start()

    def show_selftest(self) -> None:
        """Show the sandbox's results in Settings."""
        self.go("settings")
        QTimer.singleShot(0, self.settings.show_sandbox)

    def restart_sandbox(self) -> None:
        """Start the model's process anew, with its self-test."""
        self.sandbox.restart()

    def show_palette(self) -> None:
        """Open the command palette."""
        from desktop_app.ui.commands import commands, prompt_commands
        from desktop_app.ui.palette import Palette

        Palette(self.theme, commands(self), partial(prompt_commands, self), self).show()

    def explain_word(self, entry_id: str, language: str | None = None) -> None:
        """Show an entry of the glossary at the link that was opened, in the language of what is read."""
        from desktop_app.ui.words import explain_word

        explain_word(self, entry_id, self.services.lessons.language if language is None else language)

    def open_glossary(self, entry_id: str = "") -> None:
        """Show the glossary on the Learn page, at an entry if one is named."""
        self.go("learn")
        self.learn.show_glossary(entry_id)

    def explain(self) -> None:
        """Say what the present page is for and which keys it knows."""
        self.banner.say(HELP[self.page], "plain")

    # -- what happened -----------------------------------------------------------------------------------------------

    def _on_vault(self, vault: Vault) -> None:
        try:
            self.services.learner.use_vault(vault)
        except AppError as error:
            self.banner.say(str(error), "danger")
        days = self.services.policy.retention_days
        if days is None:
            self._bring_back()
            return
        from desktop_app.clock import utc_now
        from desktop_app.practice.retention import expire

        self.jobs.start(
            expire(self.services.learner.elsewhere(), days, utc_now()), self._bring_back, self._on_not_expired
        )

    def _on_not_expired(self, error: Exception) -> None:
        self._on_failed(error)
        self._bring_back()

    def _bring_back(self, _: object = None) -> None:
        """What may be kept no longer is gone; what was half-typed, and the last conversation, come back."""
        self.values.reload()
        self.settings_model.reload()
        for run in (self.practice_model, *(self.learn.reader.runs if "learn" in self.__dict__ else ())):
            run.reload_draft()
        if "studio" in self.__dict__:
            self.studio.on_keyring()
        if self.page in ("home", "progress"):
            self.go(self.page)
        self.keyring_answered.emit()

    def _on_library_changed(self, state: object) -> None:
        if self.page == "home" and not self.home_model.state.prompts:
            self.home_model.reload()

    def _on_look_changed(self, settings: Settings) -> None:
        self.theme.apply(settings.theme, settings.text_scale)

    def _on_erased(self) -> None:
        self.values.forget()
        self.practice_model.forget()
        if "practice" in self.__dict__ and self.practice.built("ask"):
            self.practice.built("ask").history_model.forget()  # type: ignore[union-attr]
        self.learn_model.forget()
        self.review_model.forget()
        self.learn.show_list()
        self.go("settings")

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self.banner.say(str(error), "danger")

    # -- the window --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first-run sheet covers everything; the rail gives way to the page."""
        super().resizeEvent(event)
        self.rail.fit(self.width())
        if self.first_run is not None:
            self.first_run.resize(self.size())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is half-typed and how the window stands."""
        try:
            built = self.__dict__
            for run in (
                *([self.practice_model] if "practice_model" in built else ()),
                *(self.learn.reader.runs if "learn" in built else ()),
            ):
                run.close()
            if "studio" in built:
                self.studio.close_page()
            if "curate" in built:
                self.curate.closing.emit()
            if "practice" in built:
                self.practice.closing.emit()
            if "quick" in built:
                self.quick.finish()
            if "values" in built:
                self.values.save()
            if self.has_started:
                window_shape.keep(self)
        except AppError as error:
            self.banner.say(f"{error} Close again to leave without keeping this.", "danger")
            if not getattr(self, "_warned", False):
                self._warned = True
                event.ignore()
                return
        for name in ("library_model", "review_model", "progress_model"):
            if name in built:
                getattr(self, name).close()
        self.sandbox.close()
        self._closed = True
        super().closeEvent(event)
