"""The drafts tab: writing, what is kept, what is wrong, what people will get, publishing, submitting and importing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from deciding import ANA, BEN, ID, Share, curators_text, share
from hypothesis import given
from hypothesis import strategies as st
from prompt_files import prompt_text
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from desktop_app.jobs import finish
from desktop_app.prompts import deciding
from desktop_app.prompts.drafting import load_personal_draft
from desktop_app.prompts.loading import PROMPT_ID
from desktop_app.records.learning import NOBODY
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.curate.drafts_model import DraftsModel
from desktop_app.ui.pages.curate.drafts_tab import DraftsTab
from desktop_app.ui.pages.curate.drafts_text import SNIPPETS, check, id_for, new_text, with_snippet
from desktop_app.ui.pages.curate.signing import Desk
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme

PLACE = Path("draft.prompt.yml")


@pytest.fixture
def library(tmp_path: Path) -> Share:
    made = share(tmp_path / "shared", curators=curators_text(ANA, BEN))
    made.approve(1, by=BEN, submitter=ANA)
    return made


@pytest.fixture
def services(tmp_path: Path, library: Share) -> Iterator[Services]:
    made = Services(replace(Locations.find(tmp_path / "profile"), libraries=(library.library,)))
    made.learner.save_profile(replace(NOBODY, name=ANA.name))
    made.learner.use_vault(ANA.vault)
    yield made
    made.close()


@pytest.fixture
def model(services: Services) -> Iterator[DraftsModel]:
    made = DraftsModel(services, InlineJobs(), Desk(services))
    yield made
    made.close()


@pytest.fixture
def tab(qtbot: QtBot, theme: Theme, services: Services, model: DraftsModel) -> DraftsTab:
    made = DraftsTab(theme, model, SandboxModel(services, InlineJobs()), InlineJobs(), services.prompts.ids)
    qtbot.addWidget(made)
    made.resize(1100, 640)
    made.show()
    return made


def typed(tab: DraftsTab, old: str, new: str) -> None:
    tab.editor.text.replace_text(tab.editor.text.text.replace(old, new))


def names(tab: DraftsTab) -> list[tuple[str, str]]:
    return [(one.title, one.chip) for one in tab.list.entries]


# -- the text --------------------------------------------------------------------------------------------------------------


@given(name=st.text(max_size=80), owner=st.text(max_size=30))
def test_a_new_prompt_can_be_read_whatever_its_name(name: str, owner: str) -> None:
    checked = finish(check(new_text(name, owner), "new-prompt", 1, PLACE))
    assert checked.version is not None and not checked.problems
    assert not name.isprintable() or checked.version.name == (" ".join(name.split()) or "New prompt")


@given(name=st.text(max_size=80))
def test_an_id_can_be_made_of_any_name(name: str) -> None:
    assert PROMPT_ID.fullmatch(id_for(name, ()))
    assert id_for(name, {id_for(name, ())}) != id_for(name, ())


@pytest.mark.parametrize("name", SNIPPETS)
@pytest.mark.parametrize("text", [new_text("A", "B"), prompt_text(), prompt_text(inputs=None)])
def test_what_is_added_at_a_click_lands_in_its_list(name: str, text: str) -> None:
    longer, line = with_snippet(text, name)
    snippet = SNIPPETS[name][2].splitlines()[0].strip()
    assert longer.splitlines()[line - 1].strip() == snippet
    assert "YAML" not in " ".join(one.message for one in finish(check(longer, "a-b", 1, PLACE)).problems)


def test_a_mistake_is_named_with_its_line() -> None:
    checked = finish(check(prompt_text(roles=["nobody"]), "a-b", 1, PLACE))
    [problem] = checked.problems
    assert checked.version is None and problem.line > 1 and "nobody" in problem.message


def test_a_mistake_in_a_test_does_not_hide_the_form() -> None:
    checked = finish(check(prompt_text(tests=[{"assert": [{"type": "nonsense"}]}]), "a-b", 1, PLACE))
    assert checked.version is not None and checked.problems[0].severity == "warning"


# -- writing ---------------------------------------------------------------------------------------------------------------


def test_a_new_prompt_begins_with_its_name_and_a_form(tab: DraftsTab, qtbot: QtBot) -> None:
    tab.new.click()
    qtbot.keyClicks(tab.field, "Reply to a complaint")
    qtbot.keyClick(tab.field, Qt.Key.Key_Return)
    assert names(tab)[0] == ("Reply to a complaint", "Only you")
    assert tab.editor.text.text.startswith("name: Reply to a complaint\n")
    assert tab.preview.form.has_fields and tab.publish.isEnabled()


def test_what_is_typed_is_kept_while_typing_goes_on(
    tab: DraftsTab, model: DraftsModel, services: Services, qtbot: QtBot
) -> None:
    model.begin("Kept")
    typed(tab, "First version.", "Second thoughts.")
    qtbot.waitUntil(lambda: "Second thoughts." in load_personal_draft(services.learner, "kept").text, timeout=2000)


def test_the_form_follows_the_text_and_stays_while_there_is_a_mistake(
    tab: DraftsTab, model: DraftsModel, qtbot: QtBot
) -> None:
    model.begin("Form")
    typed(tab, "label: The text", "label: The whole mail")
    qtbot.waitUntil(lambda: model.latest is not None and model.latest.version is not None
                    and model.latest.version.inputs[0].label == "The whole mail")  # fmt: skip
    typed(tab, "{{text}}", "{{txt}}")
    qtbot.waitUntil(lambda: "Did you mean" in tab.editor.banner.text or "txt" in tab.editor.banner.text)
    assert tab.preview.form.has_fields and "before the mistake" in tab.preview._stale.text
    assert not tab.publish.isEnabled()
    tab.editor.text.go_to(1)
    tab.editor.banner.button.click()
    assert tab.editor.text.line > 1


def test_the_messages_show_what_is_typed_into_the_form(tab: DraftsTab, model: DraftsModel) -> None:
    model.begin("Messages")
    assert "{{text}}" in tab.preview.messages.toPlainText()
    tab.preview.example.click()
    assert "The canteen stays closed on Friday." in tab.preview.messages.toPlainText()


def test_an_added_input_is_one_undo_away(tab: DraftsTab, model: DraftsModel) -> None:
    model.begin("Undo")
    before = tab.editor.text.text
    tab.editor.adds[0].click()
    assert "new_input" in tab.editor.text.text
    tab.editor.text.undo()
    assert tab.editor.text.text == before


def test_an_earlier_version_becomes_the_next_draft(tab: DraftsTab, model: DraftsModel) -> None:
    tab.begin_version(ID, 1)
    assert "Back to version 1" in tab.editor.text.text and names(tab)[0][1] == "Only you"


def test_a_draft_that_is_there_already_is_not_lost(tab: DraftsTab, model: DraftsModel) -> None:
    tab.begin_version(ID, 2)
    typed(tab, "Say what is better", "My own words")
    tab.begin_version(ID, 1)
    assert "Back to version 1" in tab.editor.text.text and "Ctrl+Z" in tab._banner.text
    tab.editor.text.undo()
    assert "My own words" in tab.editor.text.text


def test_a_deleted_draft_can_be_brought_back(tab: DraftsTab, model: DraftsModel) -> None:
    model.begin("Gone")
    text = tab.editor.text.text
    tab._delete.trigger()
    assert ("Gone", "Only you") not in names(tab) and model.state.chosen is None
    tab._banner.button.click()
    assert tab.editor.text.text == text


def test_a_copy_is_a_prompt_of_its_own(tab: DraftsTab, model: DraftsModel) -> None:
    model.begin("One")
    tab._duplicate.trigger()
    assert {one.id for one in model.state.own} == {"one", "one-copy"}


# -- library folders -------------------------------------------------------------------------------------------------------


def test_publishing_and_submitting(tab: DraftsTab, model: DraftsModel, library: Share) -> None:
    model.begin("Shared soon")
    tab.publish.click()
    assert str(library.library.parent) in tab.targets.actions()[0].text()
    tab.targets.close()
    model.publish(library.library)
    file = library.library / "shared-soon" / "1.prompt.yml"
    assert file.read_text("utf-8") == tab.editor.text.text and not model.state.own
    assert tab.submit.isVisible() and tab.submit.isEnabled()
    tab.submit.click()
    assert "waits for review" in tab._banner.text and model.state.chosen is None
    assert (library.library / "shared-soon" / "approvals" / "0001.yml").is_file()


def test_what_cannot_be_published_anywhere_says_who_can_change_that(
    tab: DraftsTab, model: DraftsModel, library: Share
) -> None:
    model.begin("Mine alone")
    model.publish(model.own_library)
    assert "Only you" in tab._where.text()
    library.library.rename(library.library.with_name("gone"))
    tab.publish.click()
    assert "Ask IT" in tab._banner.text and tab.targets.isEmpty()


def test_a_version_nobody_submitted_is_edited_in_its_file(tab: DraftsTab, model: DraftsModel, library: Share) -> None:
    assert names(tab) == [("Answer an invoice question", "Draft · v2")]
    model.open(model.state.shared[0])
    typed(tab, "Says it more kindly.", "Says it kindly.")
    assert not tab.submit.isEnabled() and "changed" in tab._where.text()
    tab.save.click()
    assert library.version(2).changelog == "Says it kindly." and tab.submit.isEnabled()


def test_unsaved_changes_to_a_file_come_back(tab: DraftsTab, model: DraftsModel, library: Share) -> None:
    model.open(model.state.shared[0])
    typed(tab, "Says it more kindly.", "Half typed")
    model.close_draft()
    model.open(model.state.shared[0])
    assert "Half typed" in tab.editor.text.text and "is here again" in tab._banner.text
    assert library.version(2).changelog == "Says it more kindly."


def test_a_file_somebody_else_changed_is_not_overwritten(tab: DraftsTab, model: DraftsModel, library: Share) -> None:
    model.open(model.state.shared[0])
    typed(tab, "Says it more kindly.", "Mine")
    file = library.version(2).path
    file.write_text(file.read_text("utf-8").replace("more kindly", "best"), "utf-8")
    tab.save.click()
    assert "was changed since you opened it" in tab._banner.text and "Mine" in tab.editor.text.text
    tab._as_new.trigger()
    assert library.version(3).changelog == "Mine" and library.version(2).changelog == "Says it best."


def test_a_rejected_version_is_listed_with_its_state(tab: DraftsTab, model: DraftsModel, library: Share) -> None:
    deciding.submit(library.version(2), ANA)
    deciding.reject(library.version(2), BEN, reason="Too long")
    model.reload()
    assert names(tab) == [("Answer an invoice question", "Rejected · v2")]


def test_a_library_that_cannot_be_written_is_no_target(model: DraftsModel, services: Services) -> None:
    assert services.locations.own_library in model.targets()
    assert all(one.exists() or one == services.locations.own_library for one in model.targets())


# -- importing -------------------------------------------------------------------------------------------------------------


def test_dropped_files_become_drafts_with_a_report(
    tab: DraftsTab, model: DraftsModel, services: Services, tmp_path: Path
) -> None:
    good = tmp_path / "mail.prompt.yml"
    good.write_text("name: Mail\nmessages:\n  - role: user\n    content: Answer {{mail}}\n", "utf-8")
    (tmp_path / "broken.prompt.yml").write_text("messages: [", "utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (good, tmp_path / "broken.prompt.yml")])
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tab.dropEvent(QDropEvent(QPointF(5, 5), action, data, button, keys))
    words = tab.report.toPlainText()
    assert (
        tab._summary.text() == "1 imported, 1 left out" and "broken.prompt.yml" in words and "mail.prompt.yml" in words
    )
    assert any(one.library == services.locations.own_library for one in model.state.shared)
    tab._model.close_report()
    assert tab._side.currentIndex() == 0


def test_an_imported_draft_moves_to_the_library_it_is_published_in(
    tab: DraftsTab, model: DraftsModel, services: Services, library: Share, tmp_path: Path
) -> None:
    file = tmp_path / "mail.prompt.yml"
    file.write_text("name: Mail\nmessages:\n  - role: user\n    content: Answer {{mail}}\n", "utf-8")
    model.import_files([file])
    model.open(next(one for one in model.state.shared if one.library == services.locations.own_library))
    assert tab.publish.isVisible() and not tab.submit.isVisible()
    assert model.targets() == (library.library,)
    model.publish(library.library)
    assert (library.library / "mail" / "1.prompt.yml").is_file()
    assert list(services.locations.own_library.glob("mail*")) == [] and tab.submit.isVisible()
