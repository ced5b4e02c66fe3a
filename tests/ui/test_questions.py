"""Each kind of question by key and by click: what is given, what is said about it, where the keyboard goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.lessons.lesson import Answer, QuestionId
from desktop_app.lessons.parse import parse_lesson
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.pages.learn.model import LearnModel
from desktop_app.ui.pages.learn.questions import card as card_module
from desktop_app.ui.pages.learn.questions import ordering as ordering_module
from desktop_app.ui.pages.learn.questions.card import QuizCard
from desktop_app.ui.pages.learn.questions.choices import ChoicesInput
from desktop_app.ui.pages.learn.questions.gaps import GapsInput
from desktop_app.ui.pages.learn.questions.matrix import MatrixInput
from desktop_app.ui.pages.learn.questions.ordering import OrderingInput
from desktop_app.ui.pages.learn.questions.rich import block_html, with_images
from desktop_app.ui.pages.learn.questions.text import TextInput
from desktop_app.ui.pages.learn.questions.words import first_order, percent
from desktop_app.ui.pages.learn.reader import Reader
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.widgets.basic import Banner

CONTENT = Path(__file__).parent / "content"
LESSON = CONTENT / "lessons" / "every-kind" / "lesson.md"
KEYS = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


class Desk:
    """A lesson open in the reader, as a learner has it."""

    def __init__(self, qtbot: QtBot, services: Services, reader: Reader, model: LearnModel) -> None:
        self.qtbot, self.services, self.reader, self.model = qtbot, services, reader, model

    def card(self, question_id: str) -> QuizCard:
        """The question's card, on its step."""
        lesson = self.model.reader.lesson
        assert lesson is not None
        number = next(n for n, step in enumerate(lesson.steps) if question_id in [quiz.id for quiz in step.questions])
        if number != self.model.reader.number:
            self.model.go(number)
        return next(card for card in self.reader._cards if card.question_id == question_id)

    def value(self, question_id: str) -> float | None:
        """What the answer shown now is worth."""
        result = self.model.reader.questions[QuestionId(question_id)].score
        return result.value if result else None

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key wherever the keyboard is."""
        self.qtbot.keyClick(focused(), key, modifier)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget that can be seen."""
        self.qtbot.waitUntil(lambda: widget.isVisible() and widget.isEnabled())
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or QPoint())


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def opened(qtbot: QtBot, profile: Path, content: Path) -> Iterator[Desk]:
    services = Services(Locations(profile, (content,), (), Locations.find(profile).resources))
    _, theme = make_application(services)
    model, jobs = LearnModel(services), JobRunner()
    reader = Reader(theme, model, services, SandboxModel(services, jobs), jobs)
    qtbot.addWidget(reader)
    reader.resize(900, 800)
    reader.show()
    model.open("every-kind")
    reader.activateWindow()
    qtbot.waitUntil(reader.isActiveWindow)
    yield Desk(qtbot, services, reader, model)
    jobs.stop()
    services.close()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    yield from opened(qtbot, tmp_path / "profile", CONTENT)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader would be given to say."""
    heard: list[str] = []
    for module in (card_module, ordering_module):
        monkeypatch.setattr(module, "announce", lambda _, text: heard.append(text) if text else None)
    return heard


def shown(card: QuizCard) -> str:
    """Everything the card's banners say."""
    return "\n".join(banner.text for banner in card.findChildren(Banner) if banner.text)


# -- one and several of some ---------------------------------------------------------------------------------------------


def test_a_wrong_option_is_marked_in_words_with_its_own_feedback(desk: Desk, said: list[str]) -> None:
    card = desk.card("picks")
    assert isinstance(card.input, ChoicesInput)
    assert not card.check.isEnabled()
    desk.click(card.input.buttons[0], QPoint(12, 12))
    desk.click(card.check)
    assert [mark.text for mark in card.input._marks] == ["Not this one", "", ""]
    assert "Nothing is looked up." in shown(card)
    assert card.input.buttons[0].accessibleDescription() == "Not this one"
    assert said[-1].startswith("Not this one. Nothing is looked up.")


def test_options_are_picked_by_keys_and_another_try_starts_clean(desk: Desk) -> None:
    card = desk.card("picks")
    assert isinstance(card.input, ChoicesInput)
    card.focus()
    desk.press(KEYS.Key_Space)
    desk.press(KEYS.Key_Down)  # the arrow keys go on within the options
    desk.press(KEYS.Key_Down)
    assert [button.isChecked() for button in card.input.buttons] == [False, False, True]
    card.check.setFocus()
    desk.press(KEYS.Key_Space)
    assert desk.value("picks") == 0.0
    assert focused() is card.again
    desk.press(KEYS.Key_Space)
    assert not any(button.isChecked() for button in card.input.buttons)
    assert focused() is card.input.buttons[0]


def test_partial_credit_is_said_in_words(desk: Desk, said: list[str]) -> None:
    card = desk.card("paste")
    assert isinstance(card.input, ChoicesInput)
    for index in (0, 1, 2):
        desk.click(card.input.buttons[index], QPoint(12, 12))
    desk.click(card.check)
    assert "2 of 3 right, 1 too many: 33%." in shown(card)
    assert said[-1].startswith("2 of 3 right, 1 too many: 33%.")


def test_a_click_on_the_text_picks_the_option(desk: Desk) -> None:
    card = desk.card("paste")
    assert isinstance(card.input, ChoicesInput)
    option = card.input.buttons[2].parentWidget()
    assert option is not None
    desk.click(option, QPoint(option.width() // 2, option.height() // 2))
    assert card.input.buttons[2].isChecked()


# -- typed ---------------------------------------------------------------------------------------------------------------


def test_enter_checks_and_a_right_answer_leads_to_the_next_open_question(desk: Desk) -> None:
    card = desk.card("pieces")
    assert isinstance(card.input, TextInput)
    card.focus()
    desk.press(KEYS.Key_Return)
    assert desk.value("pieces") is None, "nothing is typed yet"
    desk.qtbot.keyClicks(card.input.field, "a TOKEN.")
    desk.press(KEYS.Key_Return)
    assert desk.value("pieces") == 1.0
    assert card.input._mark.text == "Right"
    picks = desk.card("picks").input
    assert isinstance(picks, ChoicesInput)
    assert focused() is picks.buttons[0]


def test_the_last_right_answer_of_a_step_leads_to_next(desk: Desk) -> None:
    desk.model.answer(QuestionId("picks"), Answer((1,)))
    desk.model.answer(QuestionId("paste"), Answer((0, 2, 3)))
    card = desk.card("pieces")
    assert isinstance(card.input, TextInput)
    card.focus()
    desk.qtbot.keyClicks(card.input.field, "token")
    desk.press(KEYS.Key_Return)
    assert focused() is desk.reader._next


def test_a_wrong_text_can_be_made_better(desk: Desk) -> None:
    card = desk.card("pieces")
    assert isinstance(card.input, TextInput)
    desk.qtbot.keyClicks(card.input.field, "tokenz")
    desk.qtbot.keyClick(card.input.field, KEYS.Key_Return)
    desk.click(card.again)
    assert card.input.field.text() == "tokenz"
    assert focused() is card.input.field


# -- gaps ----------------------------------------------------------------------------------------------------------------


def gaps(desk: Desk, question_id: str = "sentence") -> tuple[QuizCard, GapsInput]:
    card = desk.card(question_id)
    assert isinstance(card.input, GapsInput)
    return card, card.input


def fill(desk: Desk, inside: GapsInput, texts: tuple[str, ...]) -> None:
    for field, text in zip(inside.fields, texts, strict=True):
        if isinstance(field, QLineEdit):
            desk.qtbot.keyClicks(field, text)
        else:
            desk.qtbot.keyClicks(field, text[:1])  # as in any list: its first letter picks an option


def test_each_gap_is_marked_and_the_answer_stays_to_be_made_better(desk: Desk, said: list[str]) -> None:
    card, inside = gaps(desk)
    fill(desk, inside, ("Tokens", "five", "continues", ""))
    desk.click(card.check)
    assert [mark.text for mark in inside._marks] == [
        "Right: gap 1, “Tokens”", "Not this one: gap 2, “five”", "Right: gap 3, “continues”",
        "Not this one: gap 4, left open",
    ]  # fmt: skip
    assert "2 of 4 gaps right: 50%." in shown(card)
    assert said[-1].startswith("2 of 4 gaps right: 50%.")
    desk.click(card.again)
    assert [mark.text for mark in inside._marks] == [""] * 4
    assert inside.answer() == Answer((-1, -1, 1, -1), ("Tokens", "five", "", ""))
    assert focused() is inside.fields[3], "the gap that is still open"


def test_enter_goes_from_gap_to_open_gap_and_then_checks(desk: Desk) -> None:
    _, inside = gaps(desk)
    inside.fields[2].setCurrentIndex(2)  # type: ignore[union-attr]
    inside.fields[0].setFocus()
    for text in ("tokens", "4", "source"):
        desk.qtbot.keyClicks(focused(), text)
        desk.press(KEYS.Key_Return)
    assert desk.value("sentence") == 1.0


def test_gaps_stand_in_their_line_and_inside_the_card_at_every_width(desk: Desk) -> None:
    _, inside = gaps(desk)
    for width in (1200, 900, 640, 420):
        desk.reader.resize(width, 800)
        for _ in range(4):
            QApplication.processEvents()
        areas = [field.geometry() for field in inside.fields]
        assert all(inside.sentence.rect().contains(area) for area in areas), width
        assert not any(one.intersects(other) for n, one in enumerate(areas) for other in areas[:n]), width
        assert inside.sentence.height() >= inside.sentence.heightForWidth(inside.sentence.width())


def test_a_gap_says_which_one_it_is_and_what_its_sentence_is(desk: Desk) -> None:
    _, inside = gaps(desk)
    name = inside.fields[1].accessibleName()
    assert name.startswith("Gap 2 of 4: A model reads blank, which are about blank letters")
    _, single = gaps(desk, "one-gap")
    assert single.fields[0].accessibleName() == "Gap 1 of 1: Who is responsible for what you send?"


@pytest.mark.parametrize(
    "body", ["![alt [[a]]](x.png) is [[b]]", "**[[a]]** `[[x]]` _[[b]]_ <b>&amp;</b>", "[[a]][[b]] " * 12]
)
def test_no_gap_is_lost_wherever_it_stands(qtbot: QtBot, desk: Desk, body: str) -> None:
    lesson, _ = parse_lesson(LESSON.read_text("utf-8").split("\n## ")[0] + f"\n## S\n\n{body}\n", LESSON)
    assert lesson is not None
    quiz = lesson.questions[0]
    inside = GapsInput(desk.reader._theme, quiz, None)
    qtbot.addWidget(inside)
    assert sorted(inside.sentence._positions()) == list(range(len(quiz.gaps)))


# -- matrix --------------------------------------------------------------------------------------------------------------


def matrix(desk: Desk) -> tuple[QuizCard, MatrixInput]:
    card = desk.card("where")
    assert isinstance(card.input, MatrixInput)
    return card, card.input


def test_cells_are_named_by_row_and_column(desk: Desk) -> None:
    _, inside = matrix(desk)
    assert inside.cells[1][1].accessibleName() == "minutes of a meeting: own computer"


def test_arrow_keys_go_from_cell_to_cell(desk: Desk) -> None:
    card, inside = matrix(desk)
    card.focus()
    desk.press(KEYS.Key_Space)
    assert inside.cells[0][0].isChecked()
    desk.press(KEYS.Key_Down)
    assert focused() is inside.cells[1][0] and not inside.cells[1][0].isChecked(), "going past a row picks nothing"
    desk.press(KEYS.Key_Right)
    assert inside.cells[1][1].isChecked(), "within a row with one answer the arrow keys pick, as radio buttons do"
    for key in (KEYS.Key_Down, KEYS.Key_Right):
        desk.press(key)
    desk.press(KEYS.Key_Down)
    desk.press(KEYS.Key_Down)  # there is no row below
    desk.press(KEYS.Key_Left)
    assert focused() is inside.cells[3][1] and not inside.cells[3][1].isChecked(), "a check box is not picked by going"
    desk.press(KEYS.Key_Space)
    desk.press(KEYS.Key_Left)
    desk.press(KEYS.Key_Space)
    assert inside.answer() == Answer((0, 4, 8, 9, 10))
    desk.click(card.check)
    assert desk.value("where") == 1.0
    assert "Right: every row." in shown(card)


def test_tab_goes_through_the_grid(desk: Desk) -> None:
    card, inside = matrix(desk)
    desk.click(inside.cells[0][2], QPoint(14, 14))
    card.focus()
    reached = {focused()}
    for _ in range(20):
        desk.press(KEYS.Key_Tab)
        reached.add(focused())
    assert all(any(cell in reached for cell in cells) for cells in inside.cells)
    assert card.check in reached


def test_rows_are_marked_and_partly_right_is_said(desk: Desk) -> None:
    card, inside = matrix(desk)
    for row, column in ((0, 0), (1, 2), (2, 2), (3, 0)):
        desk.click(inside.cells[row][column], QPoint(14, 14))
    desk.click(card.check)
    assert [mark.text for mark in inside._marks] == ["Right", "Not this one", "Right", "Partly right"]
    assert "2 of 4 rows right, 1 partly: 62%." in shown(card)
    assert "What is public stays public." in shown(card)
    desk.click(card.again)
    assert inside.answer() == Answer((0, 5, 8, 9))
    assert shown(card) == ""


def test_a_narrow_grid_is_a_list_with_the_columns_below_each_row(desk: Desk) -> None:
    _, inside = matrix(desk)
    desk.click(inside.cells[1][1], QPoint(14, 14))
    desk.reader.resize(400, 800)
    desk.qtbot.waitUntil(lambda: inside._titles[0][0].isVisible())
    assert not inside._heads[0].isVisible()
    desk.qtbot.waitUntil(lambda: inside.cells[0][1].y() > inside.cells[0][0].y())
    assert inside.answer() == Answer((4,))
    inside.cells[0][0].click()
    desk.reader.resize(900, 800)
    desk.qtbot.waitUntil(lambda: inside._heads[0].isVisible())
    desk.qtbot.waitUntil(lambda: inside.cells[0][1].y() == inside.cells[0][0].y())
    assert inside.answer() == Answer((0, 4))


# -- order ---------------------------------------------------------------------------------------------------------------


def ordering(desk: Desk) -> tuple[QuizCard, OrderingInput]:
    card = desk.card("steps")
    assert isinstance(card.input, OrderingInput)
    return card, card.input


def sort_by_keys(desk: Desk, inside: OrderingInput) -> None:
    inside.list.setFocus()
    for wanted in range(4):
        at = inside.list.order().index(wanted)
        inside.list.setCurrentRow(at)
        for _ in range(at - wanted):
            desk.press(KEYS.Key_Up, ALT)


def test_the_first_order_is_never_the_right_one_and_the_same_for_the_same_try(desk: Desk) -> None:
    _, inside = ordering(desk)
    quiz = inside.quiz
    assert inside.list.order() == first_order(quiz, 0)
    orders = [first_order(quiz, tries) for tries in range(200)]
    assert (0, 1, 2, 3) not in orders
    assert len(set(orders)) > 10
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)


def test_alt_and_arrows_move_an_item_and_its_new_place_is_said(desk: Desk, said: list[str]) -> None:
    card, inside = ordering(desk)
    inside.list.setFocus()
    inside.list.setCurrentRow(0)
    item = inside.list.order()[0]
    desk.press(KEYS.Key_Down, ALT)
    assert inside.list.order()[1] == item and inside.list.currentRow() == 1
    assert said[-1].endswith(": place 2 of 4")
    desk.press(KEYS.Key_Down)
    assert inside.list.currentRow() == 2 and inside.list.order()[1] == item, "without Alt only the choice moves"
    sort_by_keys(desk, inside)
    desk.click(card.check)
    assert desk.value("steps") == 1.0
    assert "Right: the whole order." in shown(card)


def test_the_buttons_move_the_chosen_item_as_far_as_it_goes(desk: Desk) -> None:
    _, inside = ordering(desk)
    assert not inside.up.isEnabled() and not inside.down.isEnabled(), "nothing is chosen"
    inside.list.setCurrentRow(2)
    item = inside.list.order()[2]
    desk.click(inside.up)
    desk.click(inside.up)
    assert inside.list.order()[0] == item
    assert not inside.up.isEnabled() and inside.down.isEnabled()
    desk.click(inside.down)
    assert inside.list.order()[1] == item


def test_an_item_is_dragged_and_control_z_takes_it_back(desk: Desk) -> None:
    _, inside = ordering(desk)
    area, before = inside.list.viewport(), inside.list.order()
    start, end = (inside.list.visualItemRect(inside.list.item(at)).center() for at in (0, 3))
    desk.qtbot.mousePress(area, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 11):
        desk.qtbot.mouseMove(area, start + (end - start) * step / 10 + QPoint(0, 2))
    desk.qtbot.mouseRelease(area, Qt.MouseButton.LeftButton, pos=end)
    assert inside.list.order() == (*before[1:], before[0])
    desk.qtbot.mouseMove(area, start)
    assert inside.list.order() == (*before[1:], before[0]), "let go"
    while inside.list.order() != before:
        count = len(inside.list._before)
        desk.qtbot.keyClick(inside.list, KEYS.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert len(inside.list._before) < count


def test_places_are_marked_and_a_checked_order_cannot_be_moved(desk: Desk) -> None:
    card, inside = ordering(desk)
    inside.list.set_order((0, 1, 3, 2))
    desk.click(card.check)
    names = [inside.list.item(at).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(4)]
    assert [name.split(". ")[-1] for name in names] == ["Right place"] * 2 + ["Belongs elsewhere"] * 2
    assert "1 of 3 pairs of neighbours right: 33%." in shown(card)
    assert "Only with a list you know what to look up." in shown(card)
    inside.list.setCurrentRow(0)
    inside.list.move(1)
    assert inside.list.order() == (0, 1, 3, 2)
    assert not inside.up.isVisible()
    desk.click(card.again)
    assert inside.list.order() == (0, 1, 3, 2), "the order stays, to be made better"


def test_the_list_is_as_tall_as_its_items(desk: Desk) -> None:
    _, inside = ordering(desk)
    for width in (900, 420):
        desk.reader.resize(width, 800)
        desk.qtbot.waitUntil(lambda: inside.list.verticalScrollBar().maximum() == 0)
        last = inside.list.visualItemRect(inside.list.item(3))
        assert inside.list.viewport().rect().contains(last)


# -- what all have in common ---------------------------------------------------------------------------------------------


def test_hints_come_one_by_one_and_the_button_counts_them(desk: Desk, said: list[str]) -> None:
    card = desk.card("picks")
    assert card.more.text() == "Hint (2 left)"
    card.more.setFocus()
    desk.press(KEYS.Key_Space)
    assert shown(card) == "It works in very small pieces."
    assert card.more.text() == "Hint (1 left)"
    desk.press(KEYS.Key_Space)
    assert "Hint 2: Shorter than a sentence." in shown(card)
    assert said[-2:] == ["Hint 1: It works in very small pieces.", "Hint 2: Shorter than a sentence."]
    assert not card.more.isVisible()
    assert card.input.isAncestorOf(focused())


def test_the_solution_is_offered_after_the_first_try(desk: Desk, said: list[str]) -> None:
    card = desk.card("picks")
    assert isinstance(card.input, ChoicesInput)
    assert not card.show_solution.isVisible()
    card.input.buttons[2].click()
    card.check.click()
    desk.click(card.show_solution)
    assert "starts over" in shown(card)
    assert said[-1].startswith("Solution: It picks a likely next word")


def test_what_is_half_given_is_there_again_after_another_step(desk: Desk) -> None:
    picks = desk.card("picks")
    assert isinstance(picks.input, ChoicesInput)
    picks.input.buttons[1].click()
    pieces = desk.card("pieces").input
    assert isinstance(pieces, TextInput)
    desk.qtbot.keyClicks(pieces.field, "tok")
    _, sentence = gaps(desk)
    fill(desk, sentence, ("tok", "", "continues", ""))
    _, where = matrix(desk)
    where.cells[1][2].click()
    _, steps = ordering(desk)
    steps.list.setCurrentRow(0)
    steps.list.move(1)
    order = steps.list.order()
    wanted = {"picks": Answer((1,)), "pieces": Answer(typed=("tok",)), "where": Answer((5,)), "steps": Answer(order),
              "sentence": Answer((-1, -1, 1, -1), ("tok", "", "", ""))}  # fmt: skip
    assert {name: desk.card(name).input.answer() for name in wanted} == wanted
    desk.model.open("every-kind")  # leaving the lesson and coming back is no other session
    assert {name: desk.card(name).input.answer() for name in wanted} == wanted
    assert desk.card("picks").check.isEnabled()


def test_nothing_half_typed_is_on_the_disk(desk: Desk, tmp_path: Path) -> None:
    pieces = desk.card("pieces").input
    assert isinstance(pieces, TextInput)
    desk.qtbot.keyClicks(pieces.field, "half-typed-marker")
    desk.model.go(1)
    desk.model.go(0)
    files = [file for file in (tmp_path / "profile").rglob("*") if file.is_file()]
    assert files and not any(b"half-typed-marker" in file.read_bytes() for file in files)


def test_answers_given_are_shown_when_the_lesson_is_opened_again(desk: Desk) -> None:
    given = {
        "sentence": Answer((-1, -1, 1, -1), ("tokens", "", "", "x")), "one-gap": Answer((1,), ("",)),
        "where": Answer((0, 4, 8, 9)), "steps": Answer((3, 2, 1, 0)),
    }  # fmt: skip
    for name, answer in given.items():
        desk.card(name)
        desk.model.answer(QuestionId(name), answer)
    desk.model.open("every-kind")
    for name, answer in given.items():
        card = desk.card(name)
        assert card.input.answer() == answer and not card.is_open, name


def test_tries_run_out_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "content" / "lessons" / "every-kind"
    folder.mkdir(parents=True)
    text = LESSON.read_text("utf-8").replace("duration:", "attempts: 2\nduration:")
    (folder / "lesson.md").write_text(text, "utf-8")
    for desk in opened(qtbot, tmp_path / "profile", tmp_path / "content"):
        card = desk.card("picks")
        assert isinstance(card.input, ChoicesInput)
        assert card._left.text() == "2 tries left"
        for left in ("1 try left", "No tries left"):
            card.input.buttons[0].click()
            desk.click(card.check)
            assert card._left.text() == left
            if card.again.isVisible():
                desk.click(card.again)
        assert not card.again.isVisible() and not card.check.isVisible()
        assert not card.input.buttons[0].isEnabled()


def test_every_kind_reads_well_in_both_themes_and_at_twice_the_size(desk: Desk) -> None:
    """Nothing warns, nothing is wider than the reader."""
    for mode, scale in (("dark", 100), ("light", 200)):
        desk.reader._theme.apply(mode, scale)
        desk.reader.resize(900, 600)
        for number in range(3):
            desk.model.go(number)
            for _ in range(5):
                QApplication.processEvents()
            assert desk.reader._scroll.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0%"), (0.001, "1%"), (2 / 3, "67%"), (0.999, "99%"), (1.0, "100%")]
)
def test_only_nothing_is_0_and_only_everything_100_percent(value: float, words: str) -> None:
    assert percent(value) == words


def test_images_come_from_the_lessons_folder_only(tmp_path: Path, qapp: object) -> None:
    image = QImage(800, 10, QImage.Format.Format_RGB32)
    image.fill(0)
    folder = tmp_path / "lesson"
    folder.mkdir()
    assert image.save(str(folder / "a.png")) and image.save(str(tmp_path / "b.png"))
    assert with_images('x <img src="a.png" alt="A">', folder).startswith('x <img src="data:image/png;base64,')
    for source in ("../b.png", "missing.png", str(tmp_path / "b.png")):
        assert with_images(f'<img alt="A &amp; B" src="{source}">', folder) == "[A &amp; B]"
    assert with_images('<img src="a.png">', None) == "[image]"


def test_a_solution_ends_without_a_gap() -> None:
    assert block_html("One.\n\nTwo.", None).endswith('<p style="margin: 0">Two.</p>')
    assert block_html("- a", None).endswith("</ul>")
