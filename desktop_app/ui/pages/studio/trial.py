"""Trying a lesson as a learner before it is saved: the reader itself, on records that are thrown away afterwards."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.lessons.documents import DocumentLibrary
from desktop_app.lessons.lesson import LearningPath, Lesson
from desktop_app.lessons.library import LessonLibrary
from desktop_app.prompts.library import PromptLibrary
from desktop_app.sandbox.client import ModelClient
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.learn.model import LearnModel
from desktop_app.ui.pages.learn.reader import Reader
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner


class _OneLesson(LessonLibrary):
    """The library with one lesson as it is being written, on no path."""

    def __init__(self, lesson: Lesson, content: tuple[Path, ...]) -> None:
        super().__init__([folder / "lessons" for folder in content])
        self._lesson = lesson

    def get(self, lesson_id: str, language: str | None = None) -> Lesson:
        """The lesson being written, or one of the library."""
        return self._lesson if lesson_id == self._lesson.id else super().get(lesson_id, language)

    def languages(self, lesson_id: str) -> tuple[str, ...]:
        """Only the one that is being written."""
        return (self._lesson.language,) if lesson_id == self._lesson.id else super().languages(lesson_id)

    def lessons(self) -> tuple[Lesson, ...]:
        """The lesson being written."""
        return (self._lesson,)

    def paths(self) -> tuple[LearningPath, ...]:
        """No path leads on from here."""
        return ()


class TrialServices(Services):
    """The app's services with records of their own: nothing a trainer does in a trial counts as learning.

    Its profile is a folder for temporary files, and its vault is never opened, so typed texts stay in memory.
    """

    def __init__(self, services: Services, lesson: Lesson, root: Path | None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="greenroom-trial-"))
        content = (*services.locations.content, *([root] if root else []))
        super().__init__(
            replace(services.locations, profile=self.folder / "profile", content=content), offline=services.offline
        )
        self._real, self._lesson = services, lesson

    @cached_property
    def lessons(self) -> LessonLibrary:
        """The library with the lesson that is tried."""
        return _OneLesson(self._lesson, self.locations.content)

    @cached_property
    def documents(self) -> DocumentLibrary:
        """The trainer's documents before all others."""
        folders = self.locations.content
        return DocumentLibrary([folder / "documents" for folder in (folders[-1], *folders[:-1])])

    @property
    def prompts(self) -> PromptLibrary:  # type: ignore[override]
        """The app's own."""
        return self._real.prompts

    @property
    def model(self) -> ModelClient:  # type: ignore[override]
        """The app's own, whose process runs already."""
        return self._real.model

    def close(self) -> None:
        """Throw the records away; the model goes on."""
        if "learner" in self.__dict__:
            self.learner.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Trial(QWidget):
    """A lesson in the reader. Signals: closed()."""

    closed = Signal()

    def __init__(
        self, theme: Theme, services: Services, lesson: Lesson, root: Path | None, sandbox: SandboxModel, jobs: Jobs
    ) -> None:
        super().__init__()
        self.services = TrialServices(services, lesson, root)
        self.model = LearnModel(self.services, self)
        self.reader = Reader(theme, self.model, self.services, sandbox, jobs)
        banner = Banner(theme, action="Back to writing")
        banner.acted.connect(self.closed)
        self.reader.closed.connect(self.closed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(banner)
        box.addWidget(self.reader, 1)
        banner.say("This is how learners meet the lesson. Nothing you do here is stored.", "plain")

    def start(self, line: int) -> None:
        """Open the lesson at the step that stands at a line of its file."""
        lesson = self.services.lessons.lessons()[0]
        self.model.open(lesson.id)
        steps = [number for number, step in enumerate(lesson.steps) if step.line <= line]
        self.model.go(steps[-1] if steps else 0)

    def end(self) -> None:
        """Stop what runs and throw the records away."""
        self.reader.close_runs()
        self.services.close()
