"""Every widget of every page that takes the keyboard has a name, is reached by Tab and shows that it has the focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from builders_of_scorecards import a_card
from deciding import ANA, ID, share
from gguf_files import write_adapter_file, write_model
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.clock import utc_now
from desktop_app.jobs import finish
from desktop_app.lessons.lesson import Answer
from desktop_app.practice.scorecard.cards import save_card
from desktop_app.prompts import deciding
from desktop_app.prompts.decision import Action
from desktop_app.prompts.library import read_prompt
from desktop_app.records.turns import Conversation, Turn
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import PAGES, MainWindow
from desktop_app.ui.pages.curate.drafts_tab import DraftsTab
from desktop_app.ui.pages.curate.review_tab import ReviewTab
from desktop_app.ui.pages.curate.tests_tab import TestsTab
from desktop_app.ui.pages.learn.exercises.claims_model import ClaimsModel
from desktop_app.ui.pages.learn.exercises.decision_model import DecisionModel
from desktop_app.ui.pages.practice.compare.tab import CompareTab
from desktop_app.ui.pages.practice.documents.opening import DocumentsInTab
from desktop_app.ui.pages.practice.models.tab import ModelsTab
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.cited_answer import CitedAnswer
from tests.helpers.comparisons import seeds_compared, table_compared
from tests.helpers.grounded import answered as answered_from_documents
from tests.helpers.grounded import refused as refused_by_documents
from tests.helpers.prompt_files import write_prompt
from tests.lessons.builders import lesson_text
from tests.lessons.test_decisions import BODY as DECISION

EVERY_KIND = Path(__file__).parent / "content" / "lessons" / "every-kind" / "lesson.md"


def shown(window: MainWindow) -> list[QWidget]:
    """The widgets of the window that take the keyboard and can be seen."""
    takes = [w for w in window.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [w for w in takes if w.isVisibleTo(window) and w.isEnabled() and w.focusProxy() is None and not _is_inner(w)]


def _is_inner(widget: QWidget) -> bool:
    """Qt's own parts of a widget, such as the line edit inside a spin box: the outer one stands for them."""
    return widget.objectName().startswith("qt_")


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface else ""


def describe(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()!r} {name_of(widget)!r} in {type(widget.parent()).__name__}"


def quiz_step(window: MainWindow) -> None:
    lesson_id = window.services.lessons.paths()[0].lessons[0]
    window.open_lesson(lesson_id)
    lesson = window.services.lessons.get(lesson_id)
    window.learn_model.go(next(number for number, step in enumerate(lesson.steps) if step.questions))


def exercise_step(window: MainWindow) -> None:
    lesson_id = window.services.lessons.paths()[0].lessons[0]
    window.open_lesson(lesson_id)
    window.learn_model.go(len(window.services.lessons.get(lesson_id).steps) - 1)


def answered(window: MainWindow) -> None:
    quiz_step(window)
    step = window.learn_model.reader.step
    assert step is not None
    window.learn_model.answer(
        step.questions[0].id, Answer(typed=("x",)) if step.questions[0].kind == "text" else Answer((0,))
    )


def every_kind(window: MainWindow) -> None:
    """All kinds of questions on one step."""
    text = EVERY_KIND.read_text("utf-8").replace("\n## Gaps", "\n### Gaps").replace("\n## Grids", "\n### Grids")
    file = window.services.locations.content[-1] / "lessons" / "every-kind" / "lesson.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    window.open_lesson("every-kind")
    step = window.learn_model.reader.step
    assert step is not None and len({quiz.kind for quiz in step.questions}) == 6


def every_kind_checked(window: MainWindow) -> None:
    every_kind(window)
    for card in window.learn.reader._cards:
        if card.quiz.kind == "gaps":
            given = tuple(0 if gap.options else -1 for gap in card.quiz.gaps)
            answer = Answer(given, tuple("" if gap.options else "x" for gap in card.quiz.gaps))
        elif card.quiz.kind == "text":
            answer = Answer(typed=("x",))
        else:
            answer = card.input.answer() if card.quiz.kind == "ordering" else Answer((0,))
        window.learn_model.answer(card.quiz.id, answer)


def last_exercises(window: MainWindow, back: int) -> None:
    """The lesson with several seeds on its last step but one, and claims on its last."""
    lesson = window.services.lessons.get("a-prompt-that-works")
    window.open_lesson(lesson.id)
    window.learn_model.go(len(lesson.steps) - 1 - back)
    QApplication.processEvents()


def claims_checked(window: MainWindow) -> None:
    last_exercises(window, 0)
    [claims] = window.learn.reader.runs
    assert isinstance(claims, ClaimsModel)
    for at in range(len(claims.state.keys)):
        claims.judge(at, True)
    claims.check()


def decision(window: MainWindow, *, taken: bool) -> None:
    """A lesson of one decision, before it is taken or afterwards."""
    file = window.services.locations.content[-1] / "lessons" / "a-decision" / "lesson.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(lesson_text(DECISION, id="a-decision"), "utf-8")
    window.open_lesson("a-decision")
    [model] = window.learn.reader.runs
    assert isinstance(model, DecisionModel)
    model.decide_again()
    model.choose(1)
    model.write("word " * 15)
    if taken:
        model.take()


def prompt(window: MainWindow, tab: int) -> None:
    found = next(prompt for prompt in window.services.prompts.prompts() if len(prompt.versions) > 1)
    window.open_prompt(found.id)
    window.library.detail._tabs.setCurrentIndex(tab)


def every_input(window: MainWindow, *, guard: bool) -> None:
    """A form with a field of each type, empty or with something that the guard asks about."""
    inputs = [
        {
            "name": kind,
            "label": kind.replace("_", " ").capitalize(),
            "type": kind,
            "required": False,
            "example": "An example",
        }
        | ({"choices": ["one", "two"]} if kind == "choice" else {})
        for kind in ("text", "long_text", "choice", "number", "date", "file", "clipboard")
    ]
    for item in inputs:
        if item["type"] in ("choice", "number", "date"):
            del item["example"]
    messages = [{"role": "user", "content": " ".join(f"{{{{{item['name']}}}}}" for item in inputs)}]
    write_prompt(
        window.services.locations.own_library, "every-input", name="Every input", inputs=inputs, messages=messages
    )
    finish(window.services.update_index())
    window.library_model.search("every input")  # the list would choose another prompt when Tab goes through it
    window.open_prompt("every-input")
    QApplication.processEvents()
    if guard:
        form = window.library.detail.use.use.form
        form._fields["text"].set_value("ines.falk@norwind.example")
        window.library_model.use.copy()
    window.library.detail._tabs.setCurrentIndex(0)


def review(window: MainWindow, *, answered: bool) -> None:
    window.start_review()
    question = window.review_model.question
    assert question is not None
    if answered:
        question.answer(question.state.quiz.id, Answer((0,)))


def reviewed(window: MainWindow) -> None:
    review(window, answered=True)
    window.review_model.next()
    window.review_model.leave()
    QApplication.processEvents()
    window.review.plot.forecast.switch.click()


def curate(window: MainWindow, tab: str) -> QWidget:
    """A tab of Curate, with a folder where somebody submitted a version."""
    shared = share(window.services.locations.own_library, curators="")
    if not shared.prompt.history.decisions:
        deciding.submit(shared.version(2), ANA)
    window.go("curate")
    shown = window.curate.go(tab)
    QApplication.processEvents()
    return shown


def reviewing(window: MainWindow, action: Action | None = None) -> None:
    tab = curate(window, "review")
    assert isinstance(tab, ReviewTab)
    prompt, _ = read_prompt(window.services.locations.own_library / ID)
    assert prompt is not None
    tab.show_version(prompt, 2)
    _until(lambda: tab._model.state.looked is not None)
    if action:
        tab._begin(action)


def drafting(window: MainWindow) -> None:
    tab = curate(window, "drafts")
    assert isinstance(tab, DraftsTab)
    tab._model.begin("A new prompt")
    _until(lambda: tab._model.latest is not None)


def matrix(window: MainWindow) -> TestsTab:
    """The Tests tab with a version of a prompt."""
    tests = [{"vars": {"m": "x"}, "assert": [{"type": "word-count", "value": {"min": 1}}]}]
    fields = {"name": "A quick one", "inputs": [{"name": "m", "label": "M"}], "modelParameters": {"maxTokens": 2}}
    folder = window.services.locations.own_library
    write_prompt(folder, "quick-one", messages=[{"role": "user", "content": "Say {{m}}"}], tests=tests, **fields)
    window.go("curate")
    tab = window.curate.go("tests")
    assert isinstance(tab, TestsTab)
    tab._model.reload()
    _until(lambda: tab._model.state.subject(("quick-one", 1)) is not None)
    tab._model.set_which("all")
    tab._model.choose([("quick-one", 1)])
    return tab


def worsened(window: MainWindow) -> None:
    """A test that passed fails now: both answers stand side by side."""
    tab = matrix(window)
    for _ in range(2):
        tab._model.run([("quick-one", 1)])
        _until(lambda: tab._model.state.progress is None)
        file = window.services.locations.own_library / "quick-one" / "1.prompt.yml"
        file.write_text(file.read_text("utf-8").replace("min: 1", "min: 99").replace("Say ", "Write "), "utf-8")
    _until(tab.results.comparison.isVisible)


def models(window: MainWindow, *, adding: bool = False) -> None:
    """The bundled model with an adapter, or a file to add whose template has to be read."""
    folder = window.services.locations.profile
    window.go("practice")
    tab = window.practice.go("models")
    assert isinstance(tab, ModelsTab)
    _until(lambda: tab.model.state.is_looked)
    tab.model.examine(write_adapter_file(folder / "plain.gguf"))
    _until(lambda: tab.model.state.candidate is not None)
    tab.model.add(accept_template=False)
    _until(lambda: bool(tab.model.state.adapters))
    tab.detail.tabs.setCurrentIndex(0)
    tab.show_one(True)
    if adding:
        tab.model.examine(write_model(folder / "tiny.gguf"))
        _until(lambda: tab.model.state.candidate is not None)


def scorecard(window: MainWindow, *, figure: str = "") -> None:
    """The bundled model's scorecard with another one beside it, or the tasks behind a figure."""
    save_card(window.services.locations.scorecards, a_card(0.7, model="larger", sha256="b" * 64))
    window.go("practice")
    tab = window.practice.go("models")
    assert isinstance(tab, ModelsTab)
    _until(lambda: bool(tab.model.state.rows))
    tab.show_one(True)
    tab.detail.tabs.setCurrentIndex(1)
    model = tab.detail.scorecard.model
    _until(lambda: model.state.is_loaded)
    model.compare(model.state.others[0])
    if figure:
        model.show_tasks(figure)


def asked(window: MainWindow, part: str = "") -> None:
    """A conversation of two questions with several answers; part names what is open besides."""
    facts = {"seed": 7, "model_id": "m", "stop_reason": "length", "prompt_tokens": 9, "completion_tokens": 5, "first_token_ms": 80,
             "tokens_per_second": 40.0, "temperature": 0.3, "top_p": 0.95, "repeat_penalty": 1.0}  # fmt: skip
    made = Conversation("c", "The depot", "", 0, utc_now(), utc_now(), "a3", ())
    for turn_id, parent, role in (("q1", "", "user"), ("a1", "q1", "assistant"), ("a2", "q1", "assistant"), ("q2", "a2", "user"), ("a3", "q2", "assistant")):  # fmt: skip
        turn = Turn(turn_id, parent, role, f"Text of {turn_id}.", utc_now(), facts if role == "assistant" else {})
        made = window.services.learner.conversations.save_turn(made, turn, model_id="m")
    window.go("practice")
    window.practice_model.open("c")
    tab = window.ask
    if part == "history":
        tab.history_button.click()
        _until(lambda: bool(tab.history.list.entries))
        tab.history.list.setCurrentIndex(tab.history.list.model().index(0, 0))
        tab.history.rename_button.click()
    elif part == "settings":
        tab.inputs.parameters.fold.click()
        tab.inputs.parameters.expert.click()
        assert tab.thread.last_answer is not None
        tab.thread.last_answer.details.click()
    elif part == "editing":
        window.practice_model.edit()


def documents(window: MainWindow, part: str = "") -> None:
    """An answer with its sources beside the list of documents, one that failed among them; part names what is open besides."""
    make = refused_by_documents if part == "refused" else answered_from_documents
    window.services.locations.make_profile()
    conversation_id, _ = make(window.services, window.services.locations.profile)
    window.go("practice")
    parts = window.ask.findChild(DocumentsInTab)
    parts.session.documents.undo_remove()  # what another scene removed is there again
    _until(lambda: len(parts.session.documents.state.documents) == 2)
    window.practice_model.open(conversation_id)
    parts.session.documents.add([Path("/no/such/file.pdf")])
    _until(lambda: any(one.problem for one in parts.session.documents.state.reading))
    cited = window.ask.thread.answers[-1].findChild(CitedAnswer)
    _until(lambda: all(one.text for one in cited.answer.passages))
    QApplication.processEvents()
    if part == "removed":
        parts.session.documents.remove(parts.session.documents.state.documents[0].row.id)
    if part in ("open", "finding"):
        cited.passage_wanted.emit(1)
        _until(lambda: parts.session.reader.state.phase == "open")
    if part == "finding":
        parts.view.open_find()
        parts.session.reader.find("leave")
        _until(lambda: bool(parts.session.reader.state.found))


def comparing(window: MainWindow, part: str = "") -> None:
    """The Compare tab with what was compared before; part names what is open."""
    services = window.services
    services.locations.make_profile()
    window.go("practice")
    tab = window.practice.go("compare")
    assert isinstance(tab, CompareTab)
    window.activateWindow()
    _until(lambda: bool(tab.model.state.prompts))
    made = (table_compared if part == "table" else seeds_compared)(services)
    tab.model.reload_history()
    if part in ("answers", "table", "differences"):
        tab.model.open(made.id)
    if part == "columns":
        tab.setup.columns.cards[1].edit.click()
    if part == "differences":
        tab.results.answers.differ.click()
    if part == "deleted":
        tab.model.delete(made.id)
    QApplication.processEvents()


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


SCENES: dict[str, Callable[[MainWindow], object]] = {
    **{name: (lambda window, name=name: window.go(name)) for name in PAGES},
    "quiz": quiz_step,
    "quiz answered": answered,
    "every kind of question": every_kind,
    "every kind of question, checked": every_kind_checked,
    "exercise": exercise_step,
    "review, question": lambda window: review(window, answered=False),
    "review, answered": lambda window: review(window, answered=True),
    "review, plot and table": reviewed,
    "several seeds": lambda window: last_exercises(window, 1),
    "claims": lambda window: last_exercises(window, 0),
    "claims, checked": claims_checked,
    "decision": lambda window: decision(window, taken=False),
    "decision, taken": lambda window: decision(window, taken=True),
    "prompt, use": lambda window: prompt(window, 0),
    "prompt, every input": lambda window: every_input(window, guard=False),
    "prompt, the guard asks": lambda window: every_input(window, guard=True),
    "prompt, versions": lambda window: prompt(window, 1),
    "prompt, tests": lambda window: prompt(window, 2),
    "prompt, text": lambda window: prompt(window, 3),
    "curate, tests": lambda window: matrix(window),
    "curate, a test got worse": lambda window: worsened(window),
    "curate, review": reviewing,
    "curate, approving": lambda window: reviewing(window, "approve"),
    "curate, labelling": lambda window: reviewing(window, "label"),
    "curate, drafts": lambda window: curate(window, "drafts"),
    "curate, a draft": drafting,
    "models": lambda window: models(window),
    "models, a file to add": lambda window: models(window, adding=True),
    "scorecard, compared": scorecard,
    "scorecard, tasks": lambda window: scorecard(window, figure="answering.worked"),
    "a conversation": asked,
    "a conversation, editing": lambda window: asked(window, "editing"),
    "a conversation, settings": lambda window: asked(window, "settings"),
    "a conversation, history": lambda window: asked(window, "history"),
    "documents, an answer": documents,
    "documents, no answer": lambda window: documents(window, "refused"),
    "documents, one removed": lambda window: documents(window, "removed"),
    "documents, open at a passage": lambda window: documents(window, "open"),
    "documents, finding in one": lambda window: documents(window, "finding"),
    "compare": comparing,
    "compare, a column": lambda window: comparing(window, "columns"),
    "compare, answers": lambda window: comparing(window, "answers"),
    "compare, differences": lambda window: comparing(window, "differences"),
    "compare, a table, blind": lambda window: comparing(window, "table"),
    "compare, deleted": lambda window: comparing(window, "deleted"),
    "library, nothing found": lambda window: (window.go("library"), window.library_model.search("zzzz qqqq")),
}


class WindowSpy(QObject):
    """Notes every window that shows besides the main one."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_window = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if is_window and not isinstance(watched, MainWindow):
            self.seen.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest, window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.resize(1240, 800)
    SCENES[request.param](window)
    jobs = window.library_model._jobs  # their answers build rows anew, under whoever looks at them
    assert isinstance(jobs, JobRunner)
    qtbot.waitUntil(lambda: not jobs._running, timeout=60_000)
    QApplication.processEvents()
    return window


def test_what_takes_the_keyboard_has_a_name_is_reached_by_tab_and_shows_its_focus(
    scene: MainWindow, qtbot: QtBot
) -> None:
    """One test a scene: bringing the window there takes longer than looking."""
    activate(scene, qtbot)
    unnamed = [describe(widget) for widget in shown(scene) if not name_of(widget)]
    assert (unnamed, not_reached(scene, qtbot), without_a_ring(scene)) == ([], [], [])


def not_reached(scene: MainWindow, qtbot: QtBot) -> list[str]:
    """The widgets that Tab does not come to."""
    wanted = shown(scene)
    assert len(wanted) >= 4
    scene.rail.buttons["home"].setFocus(Qt.FocusReason.TabFocusReason)
    reached: list[QWidget] = []
    for _ in range(3 * len(wanted) + 10):
        focused = QApplication.focusWidget()
        if focused is None or focused in reached[:-1]:
            break
        if focused not in reached:  # a text holds the keyboard once more for each link in it
            reached.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    groups = {widget.group() for widget in reached if isinstance(widget, QRadioButton)}
    missed = [widget for widget in wanted if widget not in reached and not _by_arrow(widget, groups)]
    return [describe(widget) for widget in missed]


def activate(window: MainWindow, qtbot: QtBot) -> None:
    """The keyboard goes to the active window only."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def _by_arrow(widget: QWidget, groups: set[object]) -> bool:
    """Options of one question are one Tab stop; the arrow keys go between them, as everywhere."""
    return isinstance(widget, QRadioButton) and widget.group() in groups


def without_a_ring(scene: MainWindow) -> list[str]:
    """The widgets that look the same with the keyboard as without it."""
    unseen = []
    for widget in shown(scene):
        scene.setFocus()
        widget.clearFocus()
        QApplication.processEvents()
        before = _picture(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        if widget.hasFocus() and _picture(widget) == before:
            unseen.append(describe(widget))
    return unseen


def _picture(widget: QWidget) -> bytes:
    around = (
        widget.parentWidget() if widget.parentWidget().objectName() == "option" else widget
    )  # the ring has the text too
    image = around.grab().toImage()
    return bytes(image.constBits())


def test_the_first_run_sheet_keeps_the_keyboard_to_itself(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    assert window.first_run is not None
    inside = [widget for widget in shown(window) if window.first_run.isAncestorOf(widget)]
    assert len(inside) == 5
    assert inside == shown(window)
    assert all(name_of(widget) for widget in inside)


@pytest.mark.parametrize("scale", [100, 200])
def test_nothing_is_a_window_of_its_own_even_for_a_moment(
    open_window: Callable[[], MainWindow], theme: Theme, qtbot: QtBot, scale: int
) -> None:
    """It would flash on the screen and take the keyboard away from whoever types."""
    spy = WindowSpy()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(spy)
    try:
        theme.apply("light", scale)
        window = open_window()
        assert window.first_run is not None
        window.first_run.skipped.emit()
        qtbot.waitUntil(lambda: window.sandbox.state.phase == "ready", timeout=60_000)
        qtbot.waitUntil(lambda: window.library_model.state.is_loaded, timeout=20_000)
        for go in SCENES.values():
            window.review_model.leave()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the cards of the scene before
            go(window)
            QApplication.processEvents()
    finally:
        application.removeEventFilter(spy)
    assert spy.seen == []
