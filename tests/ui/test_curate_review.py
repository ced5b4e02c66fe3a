"""The review tab: what waits, what a decision needs, deciding, and what keeps somebody from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from deciding import ANA, BEN, CARA, EVE, ID, Share, at, curators_text, share
from prompt_files import write_prompt
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop_app.prompts import deciding
from desktop_app.prompts.deciding import Signer
from desktop_app.prompts.decision import Action
from desktop_app.prompts.library import read_prompt
from desktop_app.records.learning import NOBODY
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.curate.review_model import ReviewPageModel
from desktop_app.ui.pages.curate.review_tab import ReviewTab
from desktop_app.ui.pages.curate.signing import Desk
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.comparison import INLINE


@pytest.fixture
def library(tmp_path: Path) -> Share:
    return share(tmp_path / "shared", curators=curators_text(ANA, BEN, CARA))


@pytest.fixture
def services(tmp_path: Path, library: Share) -> Iterator[Services]:
    made = Services(replace(Locations.find(tmp_path / "profile"), libraries=(library.library,)))
    yield made
    made.close()


@pytest.fixture
def tab(qtbot: QtBot, theme: Theme, services: Services) -> ReviewTab:
    """The tab before anything is read and before the keyring has answered."""
    model = ReviewPageModel(services, InlineJobs(), Desk(services))
    made = ReviewTab(theme, model, InlineJobs(), INLINE, lambda _: None)
    qtbot.addWidget(made)
    made.resize(1000, 640)
    return made


def log_in(tab: ReviewTab, services: Services, who: Signer = BEN, name: str | None = None) -> None:
    """Show the tab to somebody whose keyring has answered."""
    services.learner.save_profile(replace(NOBODY, name=who.name if name is None else name))
    services.learner.use_vault(who.vault)
    tab.show()


def offered(tab: ReviewTab) -> list[Action]:
    shown = [action for action, button in tab._decisions.items() if button.isVisibleTo(tab)]
    return shown + [action for action, entry in tab._rare.items() if entry.isVisible()]


def titles(tab: ReviewTab) -> list[tuple[str, str]]:
    return [(one.title, one.chip) for one in tab.queue.entries]


def decide(tab: ReviewTab, action: Action, reason: str = "") -> None:
    tab._begin(action)
    tab.decide.reason.setPlainText(reason)
    tab.decide.confirm.click()


def test_an_empty_queue_says_what_comes_here(tab: ReviewTab, services: Services) -> None:
    log_in(tab, services)
    assert tab._empty_title.text() == "Nothing waits for a decision" and not tab.queue.entries


def test_what_waits_comes_with_who_and_why(tab: ReviewTab, services: Services, library: Share) -> None:
    deciding.submit(library.version(2), ANA, reason="Kinder, please look")
    log_in(tab, services)
    assert titles(tab) == [("Answer an invoice question · v2", "Submitted")]
    assert tab.queue.entries[0].meta == "Ana Lind · just now" and tab.queue.entries[0].text == "Kinder, please look"
    assert "Kinder, please look" in tab._standing.text


def test_it_is_compared_with_the_approved_version(tab: ReviewTab, services: Services, library: Share) -> None:
    library.approve(1)
    deciding.submit(library.version(2), ANA)
    log_in(tab, services)
    assert tab.comparison._names == ("Version 1, approved", "Version 2")


def test_approving_signs_labels_and_empties_the_queue(
    tab: ReviewTab, services: Services, library: Share, qtbot: QtBot
) -> None:
    deciding.submit(library.version(2), ANA)
    log_in(tab, services)
    tab._begin("approve")
    assert date.fromisoformat(tab.decide.review_by.value).year == date.today().year + 1
    with qtbot.waitSignal(tab._model.decided):
        tab.decide.confirm.click()
    assert library.standing(2).state == "approved" and library.prompt.labels == {"approved": 2}
    assert library.prompt.history.decisions[-1].review_by is not None
    assert not tab.queue.entries[1:] and "approved. Decision 2 is written." in tab._said.text
    assert tab.decide.isHidden()


def test_taking_needs_no_form(tab: ReviewTab, services: Services, library: Share) -> None:
    deciding.submit(library.version(2), ANA)
    log_in(tab, services)
    tab._decisions["take"].click()
    assert library.standing(2).state == "in review" and titles(tab)[0][1] == "In review"


def test_sending_back_needs_a_reason(tab: ReviewTab, services: Services, library: Share) -> None:
    deciding.submit(library.version(2), ANA)
    log_in(tab, services)
    decide(tab, "reject")
    assert "Say why" in tab.decide.banner.text and library.standing(2).state == "submitted"
    decide(tab, "reject", "Too long")
    assert library.standing(2).reason.endswith("Too long.")


def test_withdrawing_says_what_it_means_and_needs_a_reason(tab: ReviewTab, services: Services, library: Share) -> None:
    library.approve(1)
    log_in(tab, services)
    tab.show_version(library.prompt, 1)
    assert "withdraw" in offered(tab)
    tab._begin("withdraw")
    assert "Nobody can use it any more, for good" in tab.decide._means.text()
    decide(tab, "withdraw", "It promises too much")
    assert library.standing(1).state == "withdrawn" and offered(tab) == []


def test_a_label_is_given_and_taken_away(tab: ReviewTab, services: Services, library: Share) -> None:
    log_in(tab, services)
    tab.show_version(library.prompt, 2)
    tab._begin("label")
    tab.decide.label_name.setText("pilot")
    tab.decide.confirm.click()
    assert library.prompt.labels == {"pilot": 2}
    tab._begin("label")
    tab.decide.label_name.setText("pilot")
    tab.decide.remove.setChecked(True)
    tab.decide.confirm.click()
    assert library.prompt.labels == {}


def test_own_work_is_somebody_elses_to_approve(tab: ReviewTab, services: Services, library: Share) -> None:
    deciding.submit(library.version(2), BEN)
    log_in(tab, services)
    assert "approve" not in offered(tab)
    assert "Somebody else must review it." in tab._why_not.text()


def test_whoever_is_no_curator_is_told_so(tab: ReviewTab, services: Services, library: Share) -> None:
    deciding.submit(library.version(2), ANA)
    log_in(tab, services, EVE)
    assert offered(tab) == [] and "is not in curators.yml" in tab._why_not.text()


def test_the_lines_for_curators_yml_can_be_copied(tab: ReviewTab, services: Services) -> None:
    log_in(tab, services, EVE)
    tab.your_key.click()
    assert tab.key_card.isVisible() and f"key: {EVE.key}" in tab.key_lines.text()
    tab.key_card.findChildren(type(tab.your_key))[0].click()
    assert QGuiApplication.clipboard().text() == tab.key_lines.text()


def test_somebody_quicker_is_shown_and_the_reason_stays(tab: ReviewTab, services: Services, library: Share) -> None:
    deciding.submit(library.version(2), ANA)
    log_in(tab, services)
    tab._begin("reject")
    tab.decide.reason.setPlainText("Too long for a mail")
    deciding.take(library.version(2), CARA)
    tab.decide.confirm.click()
    assert "Meanwhile Cara Obi took version 2" in tab.decide.banner.text
    assert library.prompt.history.last == 2
    tab.decide.banner.button.click()
    assert tab.history.entries[0].title == "Cara Obi took version 2"
    assert tab.decide.reason.toPlainText() == "Too long for a mail"
    tab.decide.confirm.click()
    assert library.standing(2).state == "rejected"


def test_a_file_changed_while_it_was_looked_at_is_not_approved(
    tab: ReviewTab, services: Services, library: Share
) -> None:
    deciding.submit(library.version(2), ANA)
    log_in(tab, services)
    tab._begin("approve")
    write_prompt(library.library, ID, 2, description="Something else entirely.")
    tab.decide.confirm.click()
    assert "was changed since you looked at it" in tab.decide.banner.text and library.prompt.labels == {}


def test_a_tampered_decision_is_one_entry_and_says_what_to_do(
    tab: ReviewTab, services: Services, library: Share
) -> None:
    library.approve(2)
    file = library.file(2)
    file.chmod(0o644)
    file.write_text(file.read_text("utf-8").replace("Ben Ruiz", "Eve Mallory"), "utf-8")
    log_in(tab, services, CARA)
    assert titles(tab)[0] == ("Answer an invoice question", "Conflict")
    assert "The signature does not fit" in tab._standing.text and "nobody can use the prompt" in tab._standing.text
    assert tab.history.entries[0].chip == "Does not count"
    decide(tab, "approve")
    assert library.standing(2).state == "approved"


def test_a_version_changed_after_its_approval_waits(tab: ReviewTab, services: Services, library: Share) -> None:
    library.approve(2)
    write_prompt(library.library, ID, 2, description="Somebody changed this.")
    log_in(tab, services)
    assert titles(tab)[0][1] == "Changed" and "Its file was changed after Ben Ruiz approved" in tab._standing.text


def test_a_prompt_that_is_due_can_be_prolonged(tab: ReviewTab, services: Services, library: Share) -> None:
    deciding.submit(library.version(2), ANA, now=at("2025-01-02T09:00"))
    deciding.approve(library.version(2), BEN, review_by=date(2025, 6, 1), now=at("2025-01-03T09:00"))
    log_in(tab, services, CARA)
    assert titles(tab)[0][1] == "Due for review" and tab._decisions["approve"].text() == "Prolong"
    decide(tab, "approve")
    assert library.standing(2).state == "approved"


def test_without_a_keyring_everything_can_be_read_and_nothing_decided(
    tab: ReviewTab, services: Services, library: Share
) -> None:
    deciding.submit(library.version(2), ANA)
    services.learner.save_profile(replace(NOBODY, name="Ben Ruiz"))
    services.learner.use_vault(Vault(None, "This computer has no system keyring."))
    tab.show()
    assert "This computer has no system keyring." in tab._banner.text
    assert "Question: " in tab._text.toPlainText()
    decide(tab, "approve")
    assert "there is none" in tab.decide.banner.text and library.prompt.history.last == 1


def test_a_missing_name_is_asked_for_in_place(tab: ReviewTab, services: Services, library: Share) -> None:
    (library.library / "curators.yml").unlink()
    deciding.submit(library.version(2), ANA)
    log_in(tab, services, BEN, name="")
    tab._begin("approve")
    assert tab.decide.name.isVisible()
    tab.decide.confirm.click()
    assert "carries your name" in tab.decide.banner.text
    tab.decide.name.setText("Ben Ruiz")
    tab.decide.confirm.click()
    profile = services.learner.profile()
    assert profile is not None and profile.name == "Ben Ruiz"
    assert library.standing(2).state == "approved"


def test_escape_gives_up_and_a_wrong_date_is_named(
    tab: ReviewTab, services: Services, library: Share, qtbot: QtBot
) -> None:
    deciding.submit(library.version(2), ANA)
    log_in(tab, services)
    tab._begin("approve")
    tab.decide.review_by.set_value("next year")
    tab.decide.confirm.click()
    assert "Write it as 2027-05-31" in tab.decide.banner.text
    qtbot.keyClick(tab.decide, Qt.Key.Key_Escape)
    assert tab.decide.isHidden() and tab._bar.isVisible()


def test_one_folder_can_be_shown_alone(tab: ReviewTab, services: Services, library: Share, tmp_path: Path) -> None:
    other = share(tmp_path / "profile" / "library", curators="")
    (other.folder).rename(other.library / "another-one")
    deciding.submit(library.version(2), ANA)
    prompt, _ = read_prompt(other.library / "another-one")
    assert prompt is not None
    deciding.submit(prompt.newest, ANA)
    log_in(tab, services)
    assert len(tab.queue.entries) == 2 and tab.libraries.isVisible()
    tab._model.show_library(library.library)
    assert [one.key.id for one in tab.queue.entries] == [ID]
