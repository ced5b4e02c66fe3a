"""The Versions tab of the library: a timeline of who decided what, and what differs between any two versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from deciding import ANA, BEN, Share, share
from prompt_files import write_prompt
from pytestqt.qtbot import QtBot

from desktop_app.prompts import deciding
from desktop_app.prompts.diff import Change, PartDiff, side_by_side, word_diff
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.library.versions import VersionsTab
from desktop_app.ui.pages.library.versions_model import VersionsModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.comparison import INLINE, SIDE_BY_SIDE, Comparison, folded_pairs


@pytest.fixture
def library(tmp_path: Path) -> Share:
    made = share(tmp_path / "library")
    made.approve(1, by=BEN, submitter=ANA, reason="Reads well")
    text = "\n".join(f"Rule {number}." for number in range(60))
    for number in (3, 4):
        messages = [{"role": "user", "content": f"{text}\nTell {number}: {{{{question}}}} {{{{tone}}}}"}]
        write_prompt(made.library, version=number, messages=messages, changelog=f"Rules, number {number}.")
    return made


@pytest.fixture
def kept() -> list[str]:
    return []


@pytest.fixture
def tab(qtbot: QtBot, theme: Theme, library: Share, kept: list[str]) -> Iterator[VersionsTab]:
    model = VersionsModel(InlineJobs())
    made = VersionsTab(theme, model, INLINE, kept.append)
    qtbot.addWidget(made)
    made.resize(420, 700)
    made.show()
    model.show_version(library.prompt, library.version(4))
    yield made


def test_the_newest_version_is_on_top_with_state_and_changelog(tab: VersionsTab) -> None:
    entries = tab.timeline.entries
    assert [one.title for one in entries] == ["Version 4", "Version 3", "Version 2", "Version 1"]
    assert entries[0].chip == "Draft" and entries[0].text == "Rules, number 4."
    assert entries[3].chip == "Approved" and entries[3].meta == "Ben Ruiz, just now"


def test_who_when_and_why_stand_in_the_tip(tab: VersionsTab) -> None:
    assert "Ben Ruiz approved version 1 on " in tab.timeline.entries[3].tip
    assert tab.timeline.entries[3].tip.endswith(": Reads well")


def test_a_version_is_compared_with_the_one_before_and_what_stayed_is_folded(tab: VersionsTab) -> None:
    words = tab.comparison.text.toPlainText()
    assert "Tell 34: " in words and "lines the same" in words and "Rule 5." not in words
    assert "The same in both: Name, Description, " in words
    tab.comparison.whole.click()
    assert "Rule 5." in tab.comparison.text.toPlainText()


def test_any_two_can_be_compared(tab: VersionsTab) -> None:
    tab.before.setCurrentIndex(tab.before.findData(1))
    tab.before.activated.emit(0)
    assert (tab._model.state.before, tab._model.state.after) == (1, 4)
    assert "Answer" not in tab.comparison.text.toPlainText().split("Message 1")[0]


def test_side_by_side_is_remembered(tab: VersionsTab, kept: list[str]) -> None:
    tab.comparison.beside.click()
    assert kept == [SIDE_BY_SIDE] and "<table" in tab.comparison.text.toHtml()
    assert "Version 3" in tab.comparison.text.toPlainText()


def test_the_first_version_has_nothing_to_compare_with(tab: VersionsTab, library: Share) -> None:
    tab._model.show_version(library.prompt, library.version(1))
    assert tab._first.isVisible() and not tab.comparison.isVisible()


def test_choosing_an_entry_asks_for_that_version(tab: VersionsTab, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tab.version_chosen) as chosen:
        tab.timeline.setCurrentIndex(tab.timeline.model().index(2, 0))
    assert chosen.args == [2]


def test_a_version_can_become_a_draft_again_and_be_decided_about(tab: VersionsTab, qtbot: QtBot) -> None:
    with qtbot.waitSignals([tab.restore_asked, tab.review_asked]):
        tab.restore.click()
        tab.review.click()


def test_a_withdrawn_version_stays_readable_with_the_reason(tab: VersionsTab, library: Share) -> None:
    deciding.withdraw(library.version(1), BEN, reason="It promises too much")
    tab._model.show_version(library.prompt, library.version(1))
    assert "It promises too much." in tab._standing.text
    assert tab.timeline.entries[3].chip == "Withdrawn"


def test_nothing_is_compared_while_nobody_looks(tab: VersionsTab, library: Share) -> None:
    tab.hide()
    tab._model.show_version(library.prompt, library.version(3))
    assert tab._model.state.parts is None
    tab.show()
    assert tab._model.state.parts is not None


def test_only_lines_near_a_change_are_shown() -> None:
    old = "\n".join(map(str, range(100)))
    pairs = list(folded_pairs(side_by_side(word_diff(old, old.replace("\n50\n", "\nfifty\n")))))
    assert pairs[0] == 48 and pairs[-1] == 47 and len(pairs) == 7


def test_what_came_and_went_is_marked_without_colour_too(qtbot: QtBot, theme: Theme) -> None:
    made = Comparison(theme, SIDE_BY_SIDE)
    qtbot.addWidget(made)
    made.show_parts([PartDiff("Name", (Change("removed", "<b>old</b>"), Change("added", "new")))], "1", "2")
    html = made.text.toHtml()
    assert "line-through" in html and "underline" in html and "&lt;b&gt;old" in html


def test_a_version_is_exported_and_nothing_is_overwritten(tab: VersionsTab, library: Share, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    tab._model.export("github", folder)
    [file] = folder.iterdir()
    assert f"{file.name} is written." in tab._exported.text
    tab._model.export("github", folder)
    assert "nothing is overwritten" in tab._exported.text
    deciding.withdraw(library.version(1), BEN, reason="Gone")
    tab._model.show_version(library.prompt, library.version(1))
    assert not tab.export.isEnabled() and tab._exported.text == ""
