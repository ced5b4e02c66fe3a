"""Grab the pages: `make screenshots` the ones the documents show, --all every state, small and large, into --out."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.append(str(Path(__file__).parents[1] / "tests" / "helpers"))

from curated_library import make as make_curated
from gguf_files import TEMPLATE, derived, write_adapter_file
from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.lessons.lesson import Answer, QuestionId, Redact
from desktop_app.practice.compare.comparison import NO_DIFFERENCE, Column
from desktop_app.practice.compare.presets import three_seeds
from desktop_app.practice.scorecard.cards import cards, save_card
from desktop_app.practice.scorecard.figures import measures_of
from desktop_app.practice.scorecard.tasks import read_sets
from desktop_app.prompts.deciding import Signer
from desktop_app.prompts.decision import Action
from desktop_app.records.credentials import Award, PassedLesson, certificate_of, issue
from desktop_app.records.learning import Profile
from desktop_app.records.proof import did_of
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.curate.drafts_tab import DraftsTab
from desktop_app.ui.pages.curate.review_tab import ReviewTab
from desktop_app.ui.pages.curate.tests_tab import TestsTab
from desktop_app.ui.pages.learn.exercises.redact import RedactPane
from desktop_app.ui.pages.learn.questions.card import QuizCard
from desktop_app.ui.pages.practice.compare.tab import CompareTab
from desktop_app.ui.pages.practice.documents.opening import DocumentsInTab
from desktop_app.ui.pages.practice.models.tab import ModelsTab
from desktop_app.ui.printing.certificate import certificate_image
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.cited_answer import CitedAnswer

SIZES = ("1100x700", "1600x1000")
MARA = Vault(b"Mara Lind".ljust(32, b"."))  # a key that nobody has
SHOWN = (
    "home", "practice", "quiz", "library", "progress", "exercise", "seeds", "claims-checked", "redact-checked", "review",
    "studio", "certificate", "curate-review", "curate-drafts", "library-versions",
    "models", "curate-tests", "library-tests", "compare", "compare-voted", "documents-open", "documents-own-words",
)  # fmt: skip
NOTICES = (
    "The lift in building B is out of order until Thursday.",
    "Lunch is from 11:30 to 14:00 next week, because the kitchen is short of staff.",
    "The car park is closed on Friday, 12 March, from 8 to 12 because it is being painted.",
    "Please write to anna@example.org if you want a locker on the second floor by Monday.",
    "The server is restarted on Sunday at 22:00, and mail is slow for an hour.",
    "Fire drill on Wednesday at 10:15. Everybody meets at the main gate.",
)
LONG = (
    "Hello team,\n\nthe delivery arrived broken and nobody answers the phone. My name is Ines Falk, order 48213.\n"
    "Write to ines.falk@norwind.example or call +49 30 23125 417. My card is 4111 1111 1111 1111.\n\n" * 3
)


def main() -> int:
    """Take the pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "screenshots")
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--only", default="", help="scenes whose name contains this")
    parser.add_argument("--all", action="store_true", help="every scene, not only those that the documents show")
    parser.add_argument("--sizes", nargs="+", default=SIZES[:1], help="such as 900x600")
    parser.add_argument("--content", type=Path, action="append", default=[], help="another content folder")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        mara = Signer("Mara Lind", did_of(MARA.public_key), MARA)
        shared = make_curated(Path(profile) / "support-prompts", mara)
        services = Services(Locations.find(Path(profile) / "profile", arguments.content, [shared]))
        _, theme = make_application(services)
        jobs = JobRunner()
        window = MainWindow(services, theme, jobs)
        window.show()
        window.start()
        if arguments.all:
            _grab(window, arguments.out / "first-run-light.png")
        window.first_run.answered.emit(Profile("Mara", "support", "en"))
        wait(lambda: window.sandbox.state.phase != "starting", 60)
        for name, prepare in scenes(window).items():
            if arguments.only and arguments.only not in name:
                continue
            prepare()  # also where no picture is taken: later scenes build on earlier ones
            if not (arguments.all or arguments.only or name in SHOWN):
                continue
            for mode in ("light", "dark"):
                theme.apply(mode, arguments.scale)
                for width, height in (map(int, size.split("x")) for size in arguments.sizes):
                    window.resize(width, height)
                    settle()
                    _grab(window, arguments.out / f"{name}-{mode}-{width}.png")
        if arguments.only in "quick":
            _grab_quick(window, theme, arguments.out)
        if arguments.only in "certificate":
            _draw_certificate(services, arguments.out / "certificate-1100.png")
        window.close()
        jobs.stop()
        services.close()
    return 0


def scenes(window: MainWindow) -> dict[str, Callable[[], object]]:
    """Page states by name, in an order in which each can follow the one before."""
    lessons: list[str] = []
    for path in window.services.lessons.paths():
        lessons += path.lessons
    first = lessons[0] if lessons else ""

    def quiz() -> None:
        window.open_lesson(first)
        lesson = window.learn_model.reader.lesson
        assert lesson is not None
        number = next(n for n, step in enumerate(lesson.steps) if step.questions)
        window.learn_model.go(number)
        question = lesson.steps[number].questions[0]
        wrong = [n for n, choice in enumerate(question.choices) if not choice.right][:1]
        given = Answer(tuple(wrong)) if wrong else Answer(typed=("something",))
        window.learn_model.answer(question.id, given)
        window.learn_model.hint(question.id)

    def seeds() -> None:
        last_steps(1)
        model = window.learn.reader.runs[0]
        model.run()
        wait(lambda: model.state.phase == "done" or bool(model.state.problem), 120)

    def claims(*, checked: bool) -> None:
        last_steps(0)
        model = window.learn.reader.runs[0]
        for at in range(len(model.state.keys) if checked else 2):
            model.judge(at, True)
        model.check()

    def last_steps(back: int) -> None:
        """The lesson whose last step but one has several seeds and whose last has claims."""
        window.open_lesson("a-prompt-that-works")
        lesson = window.learn_model.reader.lesson
        assert lesson is not None
        window.learn_model.go(len(lesson.steps) - 1 - back)
        settle()

    def question(question_id: str, given: Answer | None = None) -> None:
        """A question of tests/ui/content, which --content adds."""
        window.open_lesson("every-kind")
        lesson = window.learn_model.reader.lesson
        if lesson is None:
            return
        ids = [[quiz.id for quiz in step.questions] for step in lesson.steps]
        window.learn_model.go(next(n for n, step in enumerate(ids) if question_id in step))
        if given:
            window.learn_model.answer(QuestionId(question_id), given)
        settle()
        card = next(card for card in window.learn.reader.findChildren(QuizCard) if card.question_id == question_id)
        card.focus()
        window.learn.reader._scroll.ensureWidgetVisible(card, 0, 24)

    def exercise() -> None:
        window.open_lesson(first)
        lesson = window.learn_model.reader.lesson
        assert lesson is not None
        window.learn_model.go(len(lesson.steps) - 1)
        wait(lambda: bool(window.learn.reader.runs))
        run = window.learn.reader.runs[0]
        run.run()
        wait(lambda: run.state.phase == "done" or bool(run.state.problem), 90)

    def redact(*, check: bool) -> None:
        window.open_lesson("what-never-to-paste")
        lesson = window.learn_model.reader.lesson
        assert lesson is not None
        window.learn_model.go(
            next(n for n, s in enumerate(lesson.steps) if any(isinstance(b, Redact) for b in s.blocks))
        )
        settle(200)
        pane = window.learn.reader.findChildren(RedactPane)[-1]
        text = pane.view.toPlainText()
        for part in ("Clara Brandt", "clara.brandt@mail.example", "48213", "Lena", "asthma", "069 90009 100"):
            pane.view.mark_wanted.emit(text.index(part), text.index(part) + len(part))
        bar, area = window.learn.reader._scroll.verticalScrollBar(), window.learn.reader._scroll.widget()
        bar.setValue(pane.mapTo(area, pane.rect().topLeft()).y() - 12)
        if check:
            pane.check.click()

    def answered() -> None:
        wait(lambda: window.practice_model.state.phase != "running" and not window.practice_model.state.waiting, 90)

    def practice() -> None:
        """A notice shortened with three seeds, then a question after it."""
        window.go("practice")
        window.ask.model.use_free()
        window.ask.model.new()
        window.practice_model.set_value(
            "prompt",
            "Shorten this to one sentence:\n\nThe canteen stays closed on Friday because the floor is being repaired.",
        )
        window.practice_model.set_seed(11)
        window.ask.inputs.form.show_inputs(window.ask.inputs.form._inputs or (), window.practice_model.values)
        window.ask.inputs.ask()
        answered()
        window.practice_model.another_seed(count=2)
        answered()
        window.practice_model.follow("Now as a note for the door, with a greeting.")
        answered()
        settle(700)

    def practice_prompt() -> None:
        """A prompt with instructions and worked examples, its form filled."""
        window.practise(
            "offer-facts", 1, {"offer": "Our price for the gas stove is 31.90 EUR, delivered within 8 days."}
        )
        answered()
        settle(700)

    def practice_form() -> None:
        """An answer held to a schema, as text and as a form."""
        invoice = "Bergdruck, invoice no. B-2291 of 3 February 2026. Net 200.00, VAT 38.00, total 238.00 EUR"
        window.practise("extract-invoice-facts", 3, {"invoice": invoice})
        answered()
        settle(700)

    def with_answer() -> None:
        """The Practice page with an answer, also where this scene comes alone."""
        window.go("practice")
        window.practice.go("ask")
        if window.ask.thread.last_answer is None:
            practice()

    def practice_settings() -> None:
        with_answer()
        window.ask.inputs.parameters.fold.setChecked(True)
        window.ask.inputs.parameters.expert.setChecked(True)
        assert window.ask.thread.last_answer is not None
        window.ask.thread.last_answer.details.setChecked(True)
        window.ask._flip(True)
        settle(300)

    def practice_history() -> None:
        with_answer()
        window.ask.inputs.parameters.fold.setChecked(False)
        window.ask.history_button.setChecked(True)
        window.ask.history.field.setText("canteen fri")
        settle(900)

    def grounded(
        *, own_words: bool = False, opened: bool = False, question: str = "What does a lost badge cost?"
    ) -> None:
        """A question to three documents of the invented company, answered by the real model where it is asked."""
        window.go("practice")
        parts = window.ask.findChild(DocumentsInTab)
        assert parts is not None
        documents, model = parts.session.documents, window.practice_model
        parts.view.close_document()
        model.use_free()
        documents.add_examples()
        wait(
            lambda: len(documents.chosen) == 3 and all(item.holds is not None for item in documents.state.documents), 60
        )
        documents.set_class(documents.chosen[0], "internal")
        if own_words:
            model.set_documents(documents.chosen[:1])
        model.set_own_words(own_words)
        model.set_seed(3)
        model.set_value("prompt", question)
        window.ask.inputs.form.show_inputs(window.ask.inputs.form._inputs or (), model.values)
        window.ask.inputs.ask()
        wait(lambda: model.state.phase == "done", 90)
        cited = window.ask.thread.answers[-1].findChild(CitedAnswer)
        assert cited is not None
        wait(lambda: all(passage.text for passage in cited.answer.passages))
        if own_words:
            settle()
            cited.text.link_reached.emit("mark:0")
        if opened:
            cited.passage_wanted.emit(0)
            wait(lambda: parts.session.reader.state.phase == "open")
        settle(300)

    def documents_empty() -> None:
        window.go("practice")
        parts = window.ask.findChild(DocumentsInTab)
        assert parts is not None
        window.practice_model.use_free()
        for item in parts.session.documents.state.documents:
            parts.session.documents.remove(item.row.id)
        parts.session.documents.finish_removing()
        wait(lambda: parts.session.documents.state.is_loaded and not parts.session.documents.state.documents)
        settle(400)

    def practice_empty() -> None:
        window.go("practice")
        window.practice.go("ask")
        window.practice_model.use_free()
        window.ask.begin_new()
        settle(400)

    def long_practice() -> None:
        window.go("practice")
        window.ask.history_button.setChecked(False)
        window.practice_model.use_free()
        window.practice_model.set_value("prompt", LONG)
        window.ask.inputs.form.show_inputs(window.ask.inputs.form._inputs or (), window.practice_model.values)
        settle(900)

    def versions() -> None:
        prompt = next(p for p in window.services.prompts.prompts() if len(p.versions) > 1)
        window.open_prompt(prompt.id)
        window.library.detail._tabs.setCurrentIndex(1)

    def studio() -> None:
        window.go("studio")
        window.studio.end_trial()
        window.studio.open(window.services.lessons.get(first).path)
        window.studio.bench.editor.undo()  # what the scene with problems did
        window.studio.bench.editor.find("[(X)]")
        settle(700)

    def studio_problems() -> None:
        studio()
        editor = window.studio.bench.editor
        editor.replace_text(editor.text.replace("[(X)]", "[( )]", 1).replace("level:", "levl:"))
        settle(700)
        window.studio.bench.problems.step(20)
        settle(100)

    def library() -> None:
        window.library_model.reload()
        window.go("library")
        settle(300)
        window.library_model.select(next(iter(window.services.prompts.prompts())).id)
        window.library.detail._tabs.setCurrentIndex(0)

    def form(*, guard: bool) -> None:
        """A prompt with several types of input, filled with its example; with guard, just before a copy."""
        window.go("library")
        window.open_prompt("data-request-facts")
        settle(300)
        use = window.library_model.use
        use.use_example()
        if guard:
            name = next(
                item.name
                for item in (use.state.version.inputs if use.state.version else ())
                if item.type == "long_text"
            )
            window.library.detail.use.use.form._fields[name].set_value(LONG[:180])
            settle(300)
            use.copy()
        settle(300)

    def curate(tab: str) -> QWidget:
        """A tab of Curate, as Mara sees it, whose keyring is open."""
        window.services.learner.use_vault(MARA)
        window.services.learner.save_profile(Profile("Mara Lind", "support", "en"))
        window.keyring_answered.emit()
        window.go("curate")
        shown = window.curate.go(tab)
        settle(600)
        return shown

    def late_delivery(*, beside: bool = False, action: Action | None = None) -> None:
        tab = curate("review")
        assert isinstance(tab, ReviewTab)
        tab.show_version(window.services.prompts.get("late-delivery"), 2)
        settle(300)
        (tab.comparison.beside if beside else tab.comparison.inline).click()
        if action:
            tab._begin(action)

    def changed() -> None:
        tab = curate("review")
        assert isinstance(tab, ReviewTab)
        tab.show_version(window.services.prompts.get("lost-parcel"), 1)

    def draft(text: str = "", by: str = "") -> None:
        tab = curate("drafts")
        assert isinstance(tab, DraftsTab)
        for _ in range(100):  # read in the background
            found = next((one for one in tab._model.state.drafts if one.id == "parcel-claim"), None)
            if found:
                break
            settle(100)
        assert found is not None
        tab._model.open(found)
        tab.editor.text.replace_text(tab.editor.text.text.replace(text, by) if text else tab.editor.text.text)
        settle(400)

    def tests() -> None:
        """Some prompts in all their versions, tested once."""
        tab = curate("tests")
        assert isinstance(tab, TestsTab)
        model = tab._model
        wait(lambda: model.state.is_loaded, 60)
        model.set_which("all")
        tab.search.setText("customer message")
        model.run()
        wait(lambda: model.state.progress is None, 240)
        settle(600)
        model.choose([("sort-customer-message", 2)])

    def version_tests() -> None:
        window.open_prompt("sort-customer-message", 2)
        detail = window.library.detail
        detail._tabs.setCurrentWidget(detail.tests)
        wait(lambda: window.library_model.tests.state.is_loaded)
        settle(200)

    def timeline(*, beside: bool) -> None:
        window.open_prompt("late-delivery", 2)
        window.library.detail._tabs.setCurrentWidget(window.library.detail.versions)
        comparison = window.library.detail.versions.comparison
        settle(200)
        (comparison.beside if beside else comparison.inline).click()

    def models(*, adding: bool = False) -> None:
        """The bundled model with an adapter beside another model, or a file to add whose template has to be read."""
        folder = window.services.locations.profile
        window.go("practice")
        tab = window.practice.go("models")
        assert isinstance(tab, ModelsTab)
        wait(lambda: tab.model.state.is_looked)
        office = derived(folder / "office.gguf", general__name="Office Helper 135M", general__license="mit")
        for path in (write_adapter_file(folder / "plain.gguf"), office):
            tab.model.examine(path)
            wait(lambda: tab.model.state.candidate is not None)
            tab.model.add(accept_template=False)
            wait(lambda: not tab.model.state.is_busy, 60)
            tab.model.decline()
        tab.model.select(bundled_model().id)
        tab.show_one(True)
        if adding:
            tab.model.examine(
                derived(folder / "other.gguf", general__name="Other Chat 135M", tokenizer__chat_template=TEMPLATE)
            )
            wait(lambda: tab.model.state.candidate is not None)
        settle(300)

    def scorecard(*, beside: bool = False, figure: str = "") -> None:
        """The bundled model's card; beside it what its first seed alone would have shown."""
        shipped = cards(window.services.locations, bundled_model().sha256)[-1]
        tries = tuple(one for one in shipped.tries if one.seed == 1)
        sets = read_sets(window.services.locations.resources)
        first = replace(
            shipped,
            at=shipped.at - timedelta(days=9),
            seeds=(1,),
            tries=tries,
            measures=measures_of(sets, tries, shipped.costs),
        )
        save_card(window.services.locations.scorecards, first)
        window.go("practice")
        tab = window.practice.go("models")
        assert isinstance(tab, ModelsTab)
        wait(lambda: bool(tab.model.state.rows))
        tab.show_one(True)
        tab.detail.tabs.setCurrentIndex(1)
        model = tab.detail.scorecard.model
        wait(lambda: model.state.is_loaded)
        model.back()
        model.choose(next(card for card in model.state.cards if len(card.seeds) > 1))
        model.compare(first if beside else None)
        if figure:
            model.show_tasks(figure)
        settle(300)

    def compare(part: str = "") -> None:
        """Three seeds of one sentence; two versions set up; a table voted on blind, at its first row or to the end."""
        window.go("practice")
        tab = window.practice.go("compare")
        assert isinstance(tab, CompareTab)
        model = tab.model
        wait(lambda: bool(model.state.prompts))
        if part == "answers":
            model.set_blind(False)
            free = Column(changes={"max_tokens": 60})
            model.start_columns(three_seeds(free), {"prompt": "Write one friendly sentence about a tent that leaks."})
            model.run()
        elif part in ("setup", "blind"):
            columns = tuple(Column("shorten-notice", version) for version in (1, 2))
            model.start_columns(columns, {"notice": NOTICES[0]})
        if part == "blind":
            file = window.services.locations.profile / "notices.csv"
            file.write_text("notice,building\n" + "".join(f'"{text}",B\n' for text in NOTICES), encoding="utf-8")
            model.open_table(file)
            wait(lambda: model.state.table is not None)
            model.set_blind(True)
            model.run()
        if part == "voted":
            for place in (0, 1, 0, NO_DIFFERENCE, 1, 0):
                model.vote(place)
        if part == "differences":
            model.open(model.state.history[-1].id)
            tab.results.answers.differ.setChecked(True)
        wait(lambda: model.state.progress is None, 240)
        settle(400)

    def review() -> None:
        window.review_model.leave()
        window.start_review()
        question = window.review_model.question
        assert question is not None
        wrong = [n for n, choice in enumerate(question.state.quiz.choices) if not choice.right][:1]
        question.answer(question.state.quiz.id, Answer(tuple(wrong)))

    return {
        "home-empty": lambda: window.go("home"),
        "learn": lambda: window.go("learn"),
        "reader": lambda: (window.open_lesson(first), window.learn_model.go(0)),
        "quiz": quiz,
        "questions-options": lambda: question("paste"),
        "questions-gaps": lambda: question("sentence"),
        "questions-matrix": lambda: question("where"),
        "questions-order": lambda: question("steps"),
        "questions-options-checked": lambda: question("paste", Answer((0, 1, 2))),
        "questions-gaps-checked": lambda: question(
            "sentence",
            Answer((-1, -1, 1, -1), ("Tokens", "five", "", "")),
        ),
        "questions-matrix-checked": lambda: question("where", Answer((0, 5, 8, 9))),
        "questions-order-checked": lambda: question("steps", Answer((0, 1, 3, 2))),
        "exercise": exercise,
        "seeds": seeds,
        "claims": lambda: claims(checked=False),
        "claims-checked": lambda: claims(checked=True),
        "redact": lambda: redact(check=False),
        "redact-checked": lambda: redact(check=True),
        "review-empty": lambda: window.go("review"),
        "review-question": lambda: window.start_review(),
        "review": review,
        "library": library,
        "library-form": lambda: form(guard=False),
        "library-guard": lambda: form(guard=True),
        "versions": versions,
        "library-nothing": lambda: (window.library.search.setText("zeppelin xyz"), settle(400)),
        "practice": lambda: (window.library.search.clear(), practice()),
        "practice-prompt": practice_prompt,
        "practice-form": practice_form,
        "practice-settings": practice_settings,
        "practice-history": practice_history,
        "compare": lambda: compare("answers"),
        "compare-differences": lambda: compare("differences"),
        "compare-setup": lambda: compare("setup"),
        "compare-table": lambda: compare("blind"),
        "compare-voted": lambda: compare("voted"),
        "practice-long": long_practice,
        "documents-empty": documents_empty,
        "documents": grounded,
        "documents-open": lambda: grounded(opened=True),
        "documents-own-words": lambda: grounded(own_words=True, question="Who heads finance?"),
        "documents-none": lambda: grounded(question="How many parking spaces are there in Oslo?"),
        "practice-empty": practice_empty,
        "models": lambda: models(),
        "models-add": lambda: models(adding=True),
        "scorecard": scorecard,
        "scorecard-beside": lambda: scorecard(beside=True),
        "scorecard-tasks": lambda: scorecard(figure="answering.worked"),
        "progress": lambda: window.go("progress"),
        "studio-start": lambda: (window.go("studio"), settle(200)),
        "studio": studio,
        "studio-problems": studio_problems,
        "studio-trial": lambda: (studio(), window.studio.try_lesson(), settle(300)),
        "curate-review": late_delivery,
        "curate-review-beside": lambda: late_delivery(beside=True),
        "curate-review-approve": lambda: late_delivery(action="approve"),
        "curate-review-changed": changed,
        "curate-drafts": draft,
        "curate-drafts-problem": lambda: draft("{{message}}", "{{mesage}}"),
        "curate-tests": tests,
        "library-tests": version_tests,
        "library-versions": lambda: timeline(beside=False),
        "library-versions-beside": lambda: timeline(beside=True),
        "settings": lambda: window.go("settings"),
        "selftest": lambda: (window.show_selftest(), settle(100)),
        "home": lambda: window.go("home"),
    }


def _grab_quick(window: MainWindow, theme: Theme, out: Path) -> None:
    """The quick window: its list, a search, a form."""
    theme.apply("light", 100)
    quick = window.quick
    window.services.learner.usage.add_use("shorten-notice", 2, "", "copied")
    window.services.learner.set_favourite("decision-memo", True)
    quick.summon()
    for name, text in (("quick", ""), ("quick-search", "invoice"), ("quick-nothing", "zeppelin")):
        quick.search.setText(text)
        quick.model.search(text)
        settle(300)
        for mode in ("light", "dark"):
            theme.apply(mode, 100)
            settle()
            _grab(quick, out / f"{name}-{mode}.png")
    quick.hide()


def settle(ms: int = 120) -> None:
    """Let the window draw and jobs report."""
    deadline = QDeadlineTimer(ms)
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def wait(condition: Callable[[], bool], seconds: int = 20) -> None:
    """Let events run until condition holds or seconds have passed."""
    deadline = QDeadlineTimer(seconds * 1000)
    while not condition() and not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def _draw_certificate(services: Services, path: Path) -> None:
    """A certificate of the first path, as if Mara had passed it; signed with a key that nobody has."""
    first = services.lessons.paths()[0]
    lessons = tuple(
        PassedLesson(one.id, one.title, one.version, 90, round(100 * one.pass_mark), date(2026, 11, 20), one.objectives)
        for one in map(services.lessons.get, first.lessons)
    )
    award = Award(f"path/{first.id}", first.title, first.description, "Mara Lindqvist", "en", lessons)
    document = issue(award, Vault(bytes(range(32))), datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    certificate_image(certificate_of(document), 1100).save(str(path))
    print(path)


def _grab(window: QWidget, path: Path) -> None:
    window.grab().save(str(path))
    print(path)


if __name__ == "__main__":
    sys.exit(main())
