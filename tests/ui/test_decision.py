"""The decision exercise by keys and by mouse: option, reason, what comes of it, another try, and what is kept where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.errors import StoreError
from desktop_app.lessons.lesson import Choice, Decision
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.learn.exercises.decision import DecisionPane
from desktop_app.ui.pages.learn.exercises.decision_model import DecisionModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Scroll

DECISION = Decision(
    "send", "Would you send it?", "The draft says **Friday**.",
    (Choice("Send it as it is", False, "A date is a *promise*."), Choice("Correct it, then send", True, "It holds."),
     Choice("Hold it", False, "She waits.")),
    "Tell Jonas why.", ("The date is wrong.", "She waits for a mail."), "I corrected the **date**.", 1,
)  # fmt: skip
REASON = "The draft said Friday, but the order says Monday, so I put the date right before sending Zaunkoenig."
MADE: list[DecisionModel] = []
OPEN, NO_KEYRING = Vault(bytes(32)), Vault(None, "This computer has no system keyring.")


def make(services: Services, *, most_tries: int = 0, fails: bool = False) -> DecisionModel:
    def save(score: float, chosen: tuple[int, ...]) -> None:
        if fails:
            raise StoreError("The disk is full.")
        services.learner.save_attempt("lesson", "1.0", "send", score=score, chosen=chosen)

    made = DecisionModel(
        services.learner, "lesson/lesson/send", DECISION, lambda: services.learner.attempts("lesson", "send"), save,
        most_tries=most_tries,
    )  # fmt: skip
    MADE.append(made)
    return made


@pytest.fixture(autouse=True)
def ended(services: Services) -> Iterator[None]:
    """No timer of a model fires once its records are closed."""
    yield
    while MADE:
        if shiboken6.isValid(one := MADE.pop()):
            one.drop()


@pytest.fixture
def model(qapp: object, services: Services) -> DecisionModel:
    services.learner.use_vault(OPEN)
    return make(services)


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, model: DecisionModel) -> DecisionPane:
    return show(qtbot, theme, model)


def show(qtbot: QtBot, theme: Theme, model: DecisionModel) -> DecisionPane:
    made = DecisionPane(theme, model, InlineJobs())
    qtbot.addWidget(made)
    made.resize(640, 700)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def decide(model: DecisionModel, option: int = 1, reason: str = REASON) -> None:
    model.choose(option)
    model.write(reason)
    model.take()


def bytes_below(services: Services) -> bytes:
    services.learner.save_draft("flush", "")  # whatever waits for a write is written
    return b"".join(file.read_bytes() for file in services.locations.profile.rglob("*") if file.is_file())


# -- deciding -----------------------------------------------------------------------------------------------------------


def test_option_and_reason_are_both_needed(model: DecisionModel, services: Services) -> None:
    model.take()
    model.choose(1)
    model.take()
    model.write("Because the date is wrong.")
    assert (model.state.words_missing, model.state.can_take) == (10, False)
    model.take()
    assert services.learner.attempts("lesson", "send") == ()
    model.write(REASON)
    assert model.state.can_take
    model.take()
    assert (model.state.phase, model.state.best) == ("taken", 1.0)
    [attempt] = services.learner.attempts("lesson", "send")
    assert (attempt.score, attempt.chosen, attempt.typed) == (1.0, (1,), "")


def test_a_wrong_option_counts_nothing_and_the_best_try_stays(model: DecisionModel) -> None:
    decide(model, 1)
    model.decide_again()
    assert (model.state.phase, model.state.reason) == ("open", REASON)
    decide(model, 0)
    assert (model.state.option, model.state.best) == (DECISION.options[0], 1.0)


def test_ticks_belong_to_what_was_decided(model: DecisionModel) -> None:
    model.tick(0, True)
    assert model.state.ticks == (False, False), "nothing is decided yet"
    decide(model)
    model.tick(1, True)
    assert model.state.ticks == (False, True)
    model.choose(0)
    model.write("something else")
    assert (model.state.chosen, model.state.reason) == (1, REASON), "it is taken"
    model.decide_again()
    model.take()
    assert model.state.ticks == (False, False)


def test_tries_can_be_limited(services: Services, qapp: object) -> None:
    model = make(services, most_tries=1)
    decide(model, 0)
    model.decide_again()
    assert (model.state.phase, model.state.tries_left) == ("taken", 0)
    assert make(services, most_tries=1).state.phase == "taken"


def test_a_decision_that_cannot_be_stored_is_shown_and_says_so(services: Services, qapp: object) -> None:
    model = make(services, fails=True)
    decide(model)
    assert model.state.phase == "taken"
    assert model.state.problem == "The result is shown but was not stored. The disk is full."


# -- what is kept -------------------------------------------------------------------------------------------------------


def test_everything_comes_back_and_the_reason_is_sealed(model: DecisionModel, services: Services) -> None:
    decide(model)
    model.tick(0, True)
    model.close()
    assert b"Zaunkoenig" not in bytes_below(services)
    again = make(services).state
    assert (again.phase, again.chosen, again.reason, again.ticks) == ("taken", 1, REASON, (True, False))


def test_a_reason_that_could_not_be_stored_is_stored_with_the_next_try(
    model: DecisionModel, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(key: str, text: str) -> None:
        raise StoreError("The disk is full.")

    model.write(REASON)
    with monkeypatch.context() as patched:
        patched.setattr(services.learner, "save_draft", full)
        model.save_draft()
    assert model.state.problem == "Your reason was not stored. The disk is full."
    model.close()
    assert model.state.problem == "" and make(services).state.reason == REASON


def test_what_is_half_typed_comes_back(model: DecisionModel, services: Services) -> None:
    model.choose(2)
    model.write("Because")
    model.retire()
    again = make(services).state
    assert (again.phase, again.chosen, again.reason) == ("open", 2, "Because")


def test_another_try_begun_comes_back_as_one(model: DecisionModel, services: Services) -> None:
    decide(model, 0)
    model.decide_again()
    model.choose(1)
    model.close()
    again = make(services).state
    assert (again.phase, again.chosen, again.reason) == ("open", 1, REASON)


def test_without_a_keyring_nothing_typed_is_stored_and_it_says_so(
    services: Services, tmp_path: Path, qapp: object
) -> None:
    services.learner.use_vault(NO_KEYRING)
    model = make(services)
    assert model.state.unkept == "This computer has no system keyring."
    decide(model)
    model.close()
    assert make(services).state.reason == REASON, "while the app is open it stays"
    assert b"Zaunkoenig" not in bytes_below(services)
    services.close()
    later = Services(Locations.find(tmp_path / "profile", [tmp_path / "content"]))
    state = make(later).state
    assert (state.phase, state.chosen, state.reason) == ("taken", 1, "")
    later.close()


def test_the_keyring_may_open_late(model: DecisionModel, services: Services, tmp_path: Path) -> None:
    decide(model)
    model.close()
    services.close()
    later = Services(Locations.find(tmp_path / "profile", [tmp_path / "content"]))
    untouched, typed = make(later), make(later)
    assert (untouched.state.phase, untouched.state.reason) == ("taken", "")
    typed.decide_again()
    typed.write("Another one")
    later.learner.use_vault(OPEN)
    untouched.reload_draft()
    assert untouched.state.reason == REASON
    typed.reload_draft()
    assert (typed.state.phase, typed.state.reason) == ("open", "Another one")
    assert make(later).state.reason == "Another one"
    later.close()


def test_erasing_leaves_no_reason(model: DecisionModel, services: Services) -> None:
    decide(model)
    services.learner.erase()
    model.drop()
    model.retire()
    state = make(services).state
    assert (state.phase, state.reason, state.best) == ("open", "", None)


def test_a_lesson_with_fewer_options_than_once_starts_afresh(services: Services, qapp: object) -> None:
    services.learner.use_vault(OPEN)
    services.learner.save_attempt("lesson", "0.9", "send", score=1.0, chosen=(4,))
    services.learner.save_draft("lesson/lesson/send", '{"phase": "taken", "chosen": 4, "reason": 7, "ticks": [true]}')
    state = make(services).state
    assert (state.phase, state.chosen, state.reason, state.ticks) == ("open", None, "", (False, False))


# -- the card -----------------------------------------------------------------------------------------------------------


def test_all_of_it_by_keyboard(qtbot: QtBot, pane: DecisionPane, model: DecisionModel) -> None:
    pane.options[0].setFocus()
    qtbot.keyClick(pane.options[0], Qt.Key.Key_Down)
    assert pane.options[1].hasFocus() and model.state.chosen == 1
    qtbot.keyClick(pane.options[1], Qt.Key.Key_Return)
    assert pane.reason.edit.hasFocus()
    qtbot.keyClicks(pane.reason.edit, "Too short.")
    assert pane._count.text() == "13 more words"
    qtbot.keyClick(pane.reason.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert model.state.phase == "open"
    qtbot.keyClicks(pane.reason.edit, f" {REASON}")
    assert pane._count.text() == "Long enough"
    qtbot.keyClick(pane.reason.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert model.state.phase == "taken"
    assert pane.points[0].hasFocus()
    qtbot.keyClick(pane.points[0], Qt.Key.Key_Space)
    assert model.state.ticks == (True, False) and pane._says.text() == "1 of 2"
    pane.again.setFocus()
    qtbot.keyClick(pane.again, Qt.Key.Key_Return)
    assert pane.options[1].hasFocus() and pane.reason.isVisible()
    assert pane.reason.text == model.state.reason


def test_the_result_says_what_came_of_it(pane: DecisionPane, model: DecisionModel) -> None:
    assert not pane._after.isVisible()
    decide(model, 0)
    assert pane._feedback[0].text == "A date is a <em>promise</em>."
    assert pane._marks[0].text == "Not this one"
    assert [one.text for one in pane._feedback[1:]] == ["", ""], "what the others would bring is not told"
    assert "I corrected the <strong>date</strong>." in pane.example.text
    assert pane._wrote.text() == REASON
    assert not pane.take.isVisible() and pane.again.isVisible()
    assert not any(button.isEnabled() for button in pane.options)


def test_the_guard_reads_the_reason(qtbot: QtBot, pane: DecisionPane) -> None:
    pane.reason.set_text("Write to ines.falk@norwind.example about it.")
    qtbot.waitUntil(lambda: bool(pane.reason.banner.text))
    assert "Replace" in pane.reason.banner.button.text()


def test_without_a_keyring_the_card_says_so(qtbot: QtBot, theme: Theme, services: Services) -> None:
    services.learner.use_vault(NO_KEYRING)
    pane = show(qtbot, theme, make(services))
    assert pane._kept.text() == "Kept only while Greenroom is open."
    assert pane._kept.toolTip() == "This computer has no system keyring."


def test_a_reason_that_is_gone_is_said_to_be(qtbot: QtBot, theme: Theme, services: Services) -> None:
    services.learner.save_attempt("lesson", "1.0", "send", score=1.0, chosen=(1,))
    pane = show(qtbot, theme, make(services))
    assert "not here any more" in pane._wrote.text()
    assert not any(tick.isEnabled() for tick in pane.points)


def test_everything_that_takes_the_keyboard_has_a_name(pane: DecisionPane, model: DecisionModel) -> None:
    for _ in range(2):
        for widget in pane.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                interface = QAccessible.queryAccessibleInterface(widget)
                assert interface.text(QAccessible.Text.Name).strip(), widget
        decide(model)
    assert pane.points[0].accessibleName() == "My reason says: The date is wrong."


def test_why_the_button_waits_can_be_heard(pane: DecisionPane, model: DecisionModel) -> None:
    assert pane.take.accessibleDescription() == "Choose an option first."
    model.choose(1)
    assert pane.take.accessibleDescription() == "The reason needs 15 more words of 15."


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("width", "scale"), [(420, 100), (640, 200), (1000, 100)])
def test_nothing_is_cut_off_at_any_width(
    qtbot: QtBot, theme: Theme, pane: DecisionPane, model: DecisionModel, width: int, scale: int, mode: str
) -> None:
    theme.apply(mode, scale)
    for _ in range(2):
        pane.resize(width, 1600)
        QApplication.processEvents()
        assert pane.minimumSizeHint().width() <= width
        for widget in pane.findChildren(QWidget):
            if widget.isVisible() and widget.parentWidget() is not None:
                right = widget.mapTo(pane, QPoint(widget.width(), 0)).x()
                assert right <= pane.width(), widget
        decide(model)


def test_after_deciding_the_result_is_in_view(qtbot: QtBot, theme: Theme, model: DecisionModel) -> None:
    area = Scroll()
    qtbot.addWidget(area)
    pane = DecisionPane(theme, model, InlineJobs())
    area.box.addWidget(pane)
    area.resize(640, 420)
    area.show()
    qtbot.waitExposed(area)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    decide(model)
    qtbot.waitUntil(lambda: 0 <= pane.options[1].mapTo(area, QPoint()).y() < 200)
