"""What Home shows: the next thing to do, prompts for the role, how far the path is, the latest runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.lessons.overview import Due, left_words, lesson_overview, overview
from desktop_app.lessons.review import SESSION_CARDS
from desktop_app.policy.vocabulary import ROLES
from desktop_app.records.learning import LessonProgress
from desktop_app.services import Services

if TYPE_CHECKING:
    from desktop_app.lessons.lesson import LearningPath, Lesson
    from desktop_app.lessons.review import ReviewStatus

_MANY_PROMPTS = 3


@dataclass(frozen=True, slots=True)
class NextLesson:
    """The lesson to continue or start; done is from 0.0 to 1.0 (the score once it is finished), verb what its button says.

    path is the title of the path it is on, "" where there is one path only.
    """

    id: str
    title: str
    detail: str
    done: float
    is_started: bool
    verb: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class HomePrompt:
    """A prompt card; role is "" where it is the person's own."""

    id: str
    name: str
    description: str
    status: str
    role: str
    is_favourite: bool


@dataclass(frozen=True, slots=True)
class PathShare:
    """How far one path of the person's is."""

    title: str
    passed: int
    lessons: int
    due: Due | None


@dataclass(frozen=True, slots=True)
class HomeState:
    """next is None when every lesson of the person's paths is passed; runs counts all stored ones, due the questions to review.

    paths are the person's, in their order; more_paths counts the others they have not passed. has_role is False while they are
    "everyone". certificates_waiting counts the paths that are passed and have no certificate.
    """

    greeting: str = ""
    subtitle: str = ""
    next: NextLesson | None = None
    passed: int = 0
    lessons: int = 0
    runs: int = 0
    answered: int = 0
    prompts: tuple[HomePrompt, ...] = ()
    problem: str = ""
    due: int = 0
    review_words: str = ""
    paths: tuple[PathShare, ...] = ()
    more_paths: int = 0
    has_role: bool = False
    certificates_waiting: int = 0


class HomeModel(QObject):
    """Signals: changed(HomeState), after every change."""

    changed = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.state = HomeState()

    def reload(self, now: datetime | None = None) -> None:
        """Read everything again."""
        learner = self._services.learner
        profile = learner.profile()
        role = profile.role if profile else "everyone"
        progress = learner.all_progress()
        paths = self._services.lessons.paths_for(role)
        by_id = {lesson.id: lesson for lesson in self._services.lessons.lessons()}
        on_paths = dict.fromkeys(lesson_id for path in paths for lesson_id in path.lessons if lesson_id in by_id)
        lessons = [by_id[lesson_id] for lesson_id in on_paths] if paths else list(by_id.values())
        passed = [lesson for lesson in lessons if lesson.id in progress and progress[lesson.id].passed_at]
        # the window asks again once the library was read in the background
        problems = self._services.lessons.problems + self._services.index.problems()
        review = self._services.reviews.status()
        own = {path.id for path in paths}
        every = overview(self._services.lessons.paths(), list(by_id.values()), progress, now or datetime.now(UTC)).paths
        ours = sorted((one for one in every if one.path.id in own), key=lambda one: paths.index(one.path))
        issued = {made.subject for made in learner.certificates.all()}
        hour = (now or datetime.now()).hour
        part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
        name = profile.name if profile else ""
        self.state = HomeState(
            greeting=f"Good {part}, {name}" if name else f"Good {part}",
            subtitle=_subtitle(role, len(passed), len(lessons)),
            next=_with_path(_next(lessons, progress), paths),
            passed=len(passed),
            lessons=len(lessons),
            runs=learner.run_count(),
            answered=learner.answer_count(),
            prompts=self._prompts(role),
            problem=f"{problems[0]}" + (f" ({len(problems) - 1} more)" if len(problems) > 1 else "")
            if problems
            else "",
            due=review.waiting,
            review_words=_review_words(review),
            paths=tuple(PathShare(one.path.title, one.passed, len(one.lessons), one.due) for one in ours),
            more_paths=sum(one.path.id not in own and not one.is_passed for one in every),
            has_role=role != "everyone",
            certificates_waiting=sum(one.is_passed and f"path/{one.path.id}" not in issued for one in ours),
        )
        self.changed.emit(self.state)

    def star(self, prompt_id: str, starred: bool) -> None:
        """Make a prompt a favourite or not."""
        self._services.learner.set_favourite(prompt_id, starred)
        self.reload()

    def _prompts(self, role: str) -> tuple[HomePrompt, ...]:
        favourites, index = self._services.learner.favourites(), self._services.index
        starred = sorted(
            index.hits(favourites), key=lambda hit: (role not in hit.roles, hit.status != "approved", hit.name)
        )
        others = index.suggested(role, limit=_MANY_PROMPTS + len(starred))
        found = (*starred, *(hit for hit in others if hit.id not in favourites))[:_MANY_PROMPTS]
        return tuple(
            HomePrompt(
                hit.id, hit.name, hit.description, f"{hit.status.capitalize()} · v{hit.version}",
                "" if role in hit.roles else ROLES[hit.roles[0]], hit.id in favourites,
            )
            for hit in found
        )  # fmt: skip


def _subtitle(role: str, passed: int, lessons: int) -> str:
    if not lessons:
        return "No lessons are installed"
    words = f"{passed} of {lessons} lessons passed"
    return words if role == "everyone" else f"{ROLES[role]} · {words}"


def _review_words(review: ReviewStatus) -> str:
    minutes = f"{review.minutes} {'minute' if review.minutes == 1 else 'minutes'}"
    if not review.due:
        return f"Rules of using AI at work, new for you. About {minutes}."
    if review.waiting > SESSION_CARDS:
        return f"The first {SESSION_CARDS} take about {minutes}, so that what you know stays with you."
    return f"About {minutes}, so that what you know stays with you."


def _with_path(found: NextLesson | None, paths: Sequence[LearningPath]) -> NextLesson | None:
    if found is None or len(paths) < 2:
        return found
    return replace(found, path=next((path.title for path in paths if found.id in path.lessons), ""))


def _next(lessons: list[Lesson], progress: dict[str, LessonProgress]) -> NextLesson | None:
    open_ones = [lesson for lesson in lessons if not (lesson.id in progress and progress[lesson.id].passed_at)]
    started = [lesson for lesson in open_ones if lesson.id in progress]
    if not open_ones:
        return None
    lesson = max(started, key=lambda one: progress[one.id].updated_at) if started else open_ones[0]
    one = lesson_overview(lesson, progress.get(lesson.id))
    if one.state == "new":
        detail = f"{lesson.summary.removesuffix('.')} · {lesson.duration_minutes} minutes"
        return NextLesson(lesson.id, lesson.title, detail, 0.0, False, "Start lesson")
    if one.state == "completed":
        detail = f"{left_words(one)} · answer what you missed once more"
        return NextLesson(lesson.id, lesson.title, detail, one.score or 0.0, True, "Try again")
    where, _, left = left_words(one).partition(" · ")
    detail = f"{where}: {lesson.steps[one.step - 1].title} · {left}"
    return NextLesson(lesson.id, lesson.title, detail, one.done, True, "Continue")
