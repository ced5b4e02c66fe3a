"""Copying an answer: looked through, asked about where policy or a finding wants it, and the check recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.errors import StoreError
from desktop_app.guard.scan import GuardError
from desktop_app.policy.policy import Policy
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.answer_copy import AnswerCopy
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.copy_check import CopyCheck

ANSWER = "The canteen is closed on Friday."


@pytest.fixture
def services(tmp_path: Path, qapp: object) -> Services:
    QGuiApplication.clipboard().setText("before")
    services = Services(Locations.find(tmp_path))
    services.__dict__["policy"] = Policy()
    yield services
    services.close()


def with_policy(services: Services, **values: object) -> AnswerCopy:
    services.__dict__["policy"] = replace(Policy(), **values)  # type: ignore[arg-type]
    return AnswerCopy(services)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def checks(services: Services) -> list[object]:
    rows = services.learner._db.execute("SELECT data FROM audit_events WHERE kind = 'answer_checked' ORDER BY seq")
    return [json.loads(row[0]) for row in rows]


def test_an_answer_is_copied_at_once_with_a_reminder(services: Services) -> None:
    copying = AnswerCopy(services)
    copying.copy(ANSWER)
    assert (copying.state.phase, clipboard()) == ("copied", ANSWER) and "check names" in copying.state.words


def test_sensitive_data_is_said_and_whose_it_is(services: Services) -> None:
    copying = AnswerCopy(services)
    copying.copy("Write to a@example.org.", given="a@example.org is waiting")
    assert copying.state.phase == "copied" and "from what you typed" in copying.state.words
    copying.copy("Write to a@example.org.")
    assert "you did not type" in copying.state.words and copying.state.tone == "caution"


def test_where_policy_says_so_the_person_checks_first_and_that_is_recorded(services: Services) -> None:
    copying = with_policy(services, check_before_copy=True)
    copying.copy(ANSWER)
    assert (copying.state.phase, clipboard()) == ("asks", "before") and checks(services) == []
    copying.confirm()
    assert (copying.state.phase, clipboard()) == ("copied", ANSWER)
    assert checks(services) == [{"characters": len(ANSWER), "findings": {}}]
    copying.confirm()
    assert len(checks(services)) == 1, "one check is recorded once"


def test_not_yet_copies_nothing_and_records_nothing(services: Services) -> None:
    copying = with_policy(services, check_before_copy=True)
    copying.copy(ANSWER)
    copying.cancel()
    copying.confirm()
    assert (copying.state.phase, clipboard(), checks(services)) == ("", "before", [])


@pytest.mark.parametrize(
    ("answer", "has_source", "kind"),
    [
        ("It is lantern 4471 quill.", None, "leak"),
        ("We guarantee it.", None, "phrase"),
        ("It is 140 EUR.", False, "no source"),
    ],
)
def test_a_leak_a_forbidden_phrase_or_a_missing_source_asks_whatever_the_policy(
    services: Services, answer: str, has_source: bool | None, kind: str
) -> None:
    copying = with_policy(
        services, canaries=("LANTERN-4471-QUILL",), forbidden_phrases=("we guarantee",), sources_required=True
    )
    copying.copy(answer, has_source=has_source)
    assert (copying.state.phase, clipboard()) == ("asks", "before")
    copying.confirm()
    assert clipboard() == answer and checks(services) == [{"characters": len(answer), "findings": {kind: 1}}]


def test_a_source_is_not_missed_where_no_documents_were_asked(services: Services) -> None:
    copying = with_policy(services, sources_required=True)
    copying.copy(ANSWER)
    assert copying.state.phase == "copied"
    copying.copy(ANSWER, has_source=True)
    assert copying.state.phase == "copied"


def test_a_guard_that_fails_and_a_check_that_cannot_be_recorded_copy_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    copying = with_policy(services, check_before_copy=True)
    copying.copy(ANSWER)

    def full(*_: object) -> None:
        raise StoreError("The disk is full. Free some space.")

    monkeypatch.setattr(services.learner, "record", full)
    copying.confirm()
    assert (copying.state.phase, clipboard()) == ("failed", "before") and "could not be recorded" in copying.state.words

    def fails(*_: object, **__: object) -> None:
        raise GuardError("The check for email failed.")

    monkeypatch.setattr(copying, "look_through", fails)
    copying.copy(ANSWER)
    assert (copying.state.phase, clipboard()) == ("failed", "before") and "Not copied." in copying.state.words


def test_the_card_takes_the_keyboard_for_its_question_and_gives_it_back(qtbot: QtBot, services: Services) -> None:
    copying = with_policy(services, check_before_copy=True)
    card = CopyCheck(Theme(services.locations.resources), copying)
    view = QWidget()
    QVBoxLayout(view).addWidget(card)
    qtbot.addWidget(view)
    with qtbot.waitActive(view):
        view.show()
    copying.copy(ANSWER)
    assert card.isVisible() and card.confirm.hasFocus()
    with qtbot.waitSignal(card.answered):
        QTest.keyClick(card.confirm, Qt.Key.Key_Escape)
    assert copying.state.phase == "" and card.isHidden() and clipboard() == "before"
    copying.copy(ANSWER)
    with qtbot.waitSignal(card.answered):
        QTest.keyClick(card.confirm, Qt.Key.Key_Space)
    assert clipboard() == ANSWER and "Copied." in card.banner.text
