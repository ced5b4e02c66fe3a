"""The life of a version: what each decision makes of it, and what the reader is told."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import ContentError, StoreError
from desktop_app.prompts import deciding
from desktop_app.prompts.curators import read_curators
from desktop_app.prompts.deciding import DecisionError, Signer
from desktop_app.prompts.library import NotUsableError, PromptLibrary, read_prompt
from desktop_app.prompts.review import read_history
from desktop_app.storage.vault import Vault
from desktop_app.storage.yaml_text import load_yaml
from tests.helpers.deciding import ANA, BEN, CARA, EVE, ID, Share, at, curators_text, person, share
from tests.helpers.prompt_files import write_prompt

TODAY = datetime.now(UTC).date()


@pytest.fixture
def shared(tmp_path: Path) -> Share:
    return share(tmp_path / "library")


def refused(act: Any, *arguments: Any, **how: Any) -> str:
    with pytest.raises(DecisionError) as caught:
        act(*arguments, **how)
    return str(caught.value)


# -- the states ------------------------------------------------------------------------------------------------------------


def test_a_version_goes_from_draft_over_review_to_approved(shared: Share) -> None:
    states = [shared.standing().state]
    for act, who in ((deciding.submit, ANA), (deciding.take, BEN), (deciding.approve, BEN)):
        act(shared.version(), who)
        states.append(shared.standing().state)
    assert states == ["draft", "submitted", "in review", "approved"]
    assert shared.prompt.labels == {"approved": 1} and shared.problems() == []
    assert shared.standing().reason == "" and shared.standing().decision is not None
    assert (shared.folder / "labels.yml").read_text().endswith("approved: 1\n")


def test_the_files_can_be_read_by_a_person_and_name_each_other(shared: Share) -> None:
    decision = shared.approve(reason="Short, and names nobody.", review_by=date(2099, 5, 31))
    text = shared.file(2).read_text("utf-8")
    assert text.startswith("prompt: answer-invoice\nnumber: 2\nversion: 1\n")
    for line in ("action: approve", "by: Ben Ruiz", "reason: Short, and names nobody.", "review_by: 2099-05-31"):
        assert f"\n{line}\n" in text
    assert load_yaml(shared.file(1).read_text(), shared.file(1))["after"] == ""
    assert decision.after and decision.path == shared.file(2)
    assert decision.content_hash == shared.version().content_hash


def test_rejected_says_why_and_can_be_submitted_again(shared: Share) -> None:
    deciding.submit(shared.version(), ANA)
    deciding.reject(shared.version(), BEN, reason="It names a customer.")
    standing = shared.standing()
    assert (standing.state, standing.usable) == ("rejected", True)
    assert re.fullmatch(r"Rejected by Ben Ruiz on \d+ \w+ \d+: It names a customer\.", standing.reason)
    assert "Ben Ruiz rejected version 1" in refused(deciding.approve, shared.version(), CARA)
    deciding.submit(shared.version(), ANA)
    assert shared.standing().state == "submitted"


def test_a_version_approved_earlier_is_replaced_when_the_label_moves_on(shared: Share) -> None:
    shared.approve(1)
    shared.approve(2)
    assert (shared.standing(1).state, shared.standing(1).reason) == ("replaced", "Version 2 is approved now.")
    assert shared.standing(1).usable and shared.prompt.offered.version == 2
    deciding.label(shared.version(1), BEN, "approved")
    assert (shared.standing(1).state, shared.standing(2).state) == ("approved", "replaced")


def test_deprecated_stays_usable_with_the_reason(shared: Share) -> None:
    shared.approve()
    deciding.deprecate(shared.version(), BEN, reason="Use polite-invoice instead")
    standing = shared.standing()
    assert (standing.state, standing.usable) == ("deprecated", True)
    assert standing.reason.endswith(": Use polite-invoice instead.")


def test_withdrawn_is_readable_but_not_usable_and_nothing_takes_its_place(shared: Share) -> None:
    shared.approve()
    deciding.withdraw(shared.version(), CARA, reason="It made the model invent prices.")
    library = PromptLibrary([shared.library])
    assert library.resolve(ID).version == 1
    for reference in (ID, f"{ID}@1", f"{ID}@approved"):
        with pytest.raises(NotUsableError, match=r"Withdrawn by Cara Obi on .*: It made the model invent prices"):
            library.usable(reference)
    for act in (deciding.submit, deciding.take, deciding.approve):
        assert "that is final. Make a new version." in refused(act, shared.version(), BEN)


def test_due_for_review_once_the_approvals_day_is_past(shared: Share) -> None:
    earlier = at("2026-01-10T09:00")
    deciding.submit(shared.version(), ANA, now=earlier)
    deciding.approve(shared.version(), BEN, review_by=date(2026, 2, 1), now=earlier)
    labels = {"approved": 1}
    read = [
        read_history(shared.folder, shared.prompt.versions, labels, day).statuses[1]
        for day in (date(2026, 2, 1), date(2026, 2, 2))
    ]
    assert [one.state for one in read] == ["approved", "due for review"] and read[1].usable
    assert read[1].reason == "It was due for review by 1 February 2026."
    deciding.approve(shared.version(), BEN, review_by=TODAY + timedelta(days=90))
    assert shared.standing().state == "approved"


def test_without_a_day_in_the_approval_the_versions_own_holds(tmp_path: Path) -> None:
    shared = share(tmp_path)
    write_prompt(tmp_path, ID, 3, review_by=date(2020, 1, 1))
    shared.approve(3)
    assert shared.standing(3).state == "due for review"


def test_a_changed_file_invalidates_its_approval_visibly(shared: Share) -> None:
    shared.approve()
    file = shared.version().path
    original = file.read_bytes()
    file.write_bytes(original + b"# one more line\n")
    standing = shared.standing()
    assert (standing.state, standing.usable) == ("changed", False)
    assert "was changed after Ben Ruiz approved version 1 on" in standing.reason
    with pytest.raises(NotUsableError, match="changed after Ben Ruiz approved"):
        PromptLibrary([shared.library]).usable(ID)
    assert "changed after Ben Ruiz approved" in refused(deciding.approve, shared.version(), CARA)
    deciding.submit(shared.version(), ANA)
    assert (shared.standing().state, shared.standing().usable) == ("submitted", False)
    deciding.approve(shared.version(), BEN)
    assert shared.standing().state == "approved"
    file.write_bytes(original)
    assert shared.standing().state == "changed"


def test_changed_after_submission_must_be_submitted_again(shared: Share) -> None:
    deciding.submit(shared.version(), ANA)
    with shared.version().path.open("a") as file:
        file.write("# later\n")
    assert "must be submitted again" in shared.standing().reason
    assert "changed after Ana Lind submitted version 1" in refused(deciding.approve, shared.version(), BEN)
    deciding.submit(shared.version(), ANA)
    deciding.approve(shared.version(), BEN)


# -- who may -----------------------------------------------------------------------------------------------------------------


def test_author_and_approver_differ_in_key_and_in_name(shared: Share) -> None:
    deciding.submit(shared.version(), ANA)
    assert "with the same key or name" in refused(deciding.approve, shared.version(), ANA)
    assert "with the same key or name" in refused(deciding.take, shared.version(), ANA)
    (shared.library / "curators.yml").unlink()  # without it names are free, but not to approve oneself
    for twin in (Signer("Somebody Else", ANA.key, ANA.vault), Signer(" ana  LIND", EVE.key, EVE.vault)):
        assert "with the same key or name" in refused(deciding.approve, shared.version(), twin)


def test_whoever_wrote_it_does_not_approve_it(tmp_path: Path) -> None:
    shared = share(tmp_path)
    write_prompt(tmp_path, ID, 3, author="Ben Ruiz")
    deciding.submit(shared.version(3), ANA)
    assert "Ben Ruiz wrote it" in refused(deciding.approve, shared.version(3), BEN)
    deciding.approve(shared.version(3), CARA)


def test_references_name_only_labels_that_hold(tmp_path: Path) -> None:
    shared = share(tmp_path)
    shared.approve()
    deciding.label(shared.version(2), CARA, "pilot")
    library = PromptLibrary([tmp_path])
    plain = {ID, f"{ID}@latest", f"{ID}@1", f"{ID}@2"}
    assert library.references() == plain | {f"{ID}@approved", f"{ID}@pilot"}
    assert all(library.resolve(reference) for reference in library.references())
    shared.file(2).write_text(shared.file(2).read_text().replace("approved: 1", "approved: 2"))
    assert library.references() == plain  # neither what was altered nor what follows it
    assert library.get(ID).labels == {}


def test_a_label_moved_by_its_author_is_no_reference(tmp_path: Path) -> None:
    shared = share(tmp_path)
    shared.approve()
    write_prompt(tmp_path, ID, 2, author="Somebody Else")
    shared.approve(2)
    assert PromptLibrary([tmp_path]).resolve(f"{ID}@approved").version == 2
    write_prompt(tmp_path, ID, 2, author=BEN.name)
    library = PromptLibrary([tmp_path])
    assert library.resolve(f"{ID}@approved").version == 1 and f"{ID}@approved" in library.references()


@pytest.mark.parametrize(
    ("may", "act", "why"),
    [
        (["submit"], "approve", 'the right "approve"'),
        (["approve"], "withdraw", 'the right "withdraw"'),
        (["approve"], "deprecate", 'the right "withdraw"'),
        (["submit"], "take", 'the right "approve"'),
        (["submit"], "label", 'the right "label"'),
    ],
)
def test_everybody_does_only_what_curators_yml_says(tmp_path: Path, may: list[str], act: str, why: str) -> None:
    shared = share(tmp_path, curators=curators_text(ANA, (BEN, may)))
    deciding.submit(shared.version(), ANA)
    how: dict[str, Any] = {"reason": "because"} if act in ("withdraw", "deprecate") else {}
    extra = ["pilot"] if act == "label" else []
    assert f"curators.yml does not give Ben Ruiz {why}. Ask somebody who may." in refused(
        getattr(deciding, act), shared.version(), BEN, *extra, **how
    )


def test_moving_the_label_approved_needs_the_right_to_approve(tmp_path: Path) -> None:
    shared = share(tmp_path, curators=curators_text(ANA, BEN, (CARA, ["label"])))
    shared.approve(1)
    shared.approve(2)
    assert 'the right "approve"' in refused(deciding.label, shared.version(1), CARA, "approved")
    deciding.label(shared.version(1), CARA, "pilot")


def test_a_stranger_may_do_what_everyone_may(tmp_path: Path) -> None:
    shared = share(tmp_path, curators=curators_text(BEN, everyone=["submit"]))
    deciding.submit(shared.version(), EVE)
    assert f"the key {EVE.key} is not in curators.yml" in refused(deciding.reject, shared.version(), EVE, reason="no")
    deciding.approve(shared.version(), BEN)


def test_decisions_of_somebody_who_left_stay_but_new_ones_do_not_count(tmp_path: Path) -> None:
    shared = share(tmp_path, curators=curators_text(ANA, BEN, until=date(2026, 6, 30)))
    before, later = at("2026-06-30T23:00"), at("2026-07-01T08:00")
    deciding.submit(shared.version(), ANA, now=before)
    deciding.approve(shared.version(), BEN, now=before)
    assert shared.standing().state == "approved"
    said = refused(deciding.withdraw, shared.version(), BEN, reason="x", now=later)
    assert "Ben Ruiz could decide until 30 June 2026" in said


def test_a_name_belongs_to_its_key(shared: Share) -> None:
    other = Signer("Ben Ruiz", ANA.key, ANA.vault)
    assert "the key is Ana Lind's according to curators.yml, not Ben Ruiz's" in refused(
        deciding.submit, shared.version(), other
    )


# -- labels and folders without curators -------------------------------------------------------------------------------------


def test_without_curators_labels_yml_alone_counts_and_says_so(tmp_path: Path) -> None:
    shared = share(tmp_path, curators="")
    (shared.folder / "labels.yml").write_text("approved: 2\n")
    assert (shared.standing(2).state, shared.standing(2).reason) == ("approved", "Not signed: only labels.yml says so.")
    assert shared.prompt.history.labels is None


def test_without_curators_an_approval_says_that_nobody_vouches_for_the_key(tmp_path: Path) -> None:
    shared = share(tmp_path, curators="")
    shared.approve()
    assert shared.standing().reason == "There is no curators.yml that says whose key Ben Ruiz's is."


def test_with_curators_a_label_alone_approves_nothing(shared: Share) -> None:
    (shared.folder / "labels.yml").write_text("approved: 2\n")
    standing = shared.standing(2)
    assert (standing.state, standing.usable) == ("draft", False)
    assert standing.reason == "It is labelled approved, but nobody in curators.yml approved it."
    assert shared.prompt.offered.version == 2  # never quietly another one
    deciding.submit(shared.version(2), ANA)
    assert not shared.standing(2).usable
    deciding.approve(shared.version(2), BEN)
    assert shared.standing(2).state == "approved"


def test_labels_edited_by_hand_do_not_count_after_a_decision(shared: Share) -> None:
    shared.approve()
    (shared.folder / "labels.yml").write_text("approved: 2\nbeta: 1\n")
    assert shared.prompt.labels == {"approved": 1}
    [said] = shared.problems()
    assert said.startswith("answer-invoice/labels.yml:1:1: labels.yml says approved: 2, beta: 1, but the last decision")
    assert said.endswith("says approved: 1, and that holds. Write it so; the next decision does it too.")
    deciding.label(shared.version(2), BEN, "pilot")
    assert shared.problems() == [] and shared.prompt.labels == {"approved": 1, "pilot": 2}


def test_several_labels_may_name_one_version_and_be_taken_away(shared: Share) -> None:
    deciding.label(shared.version(2), BEN, "pilot")
    deciding.label(shared.version(2), BEN, "team.north")
    assert shared.prompt.labels == {"pilot": 2, "team.north": 2} and shared.problems() == []
    deciding.label(shared.version(2), BEN, "pilot", remove=True)
    assert shared.prompt.labels == {"team.north": 2}
    assert 'no label "pilot" that could be taken away' in refused(
        deciding.label, shared.version(2), BEN, "pilot", remove=True
    )


@pytest.mark.parametrize("name", ["latest", "12", "With Space", "", "é", "x" * 37])
def test_what_can_be_no_label(shared: Share, name: str) -> None:
    assert "cannot be a label" in refused(deciding.label, shared.version(), BEN, name)


def test_the_label_approved_goes_only_where_somebody_approved(shared: Share) -> None:
    assert "nobody approved what is in its file" in refused(deciding.label, shared.version(2), BEN, "approved")
    shared.approve(1)
    deciding.label(shared.version(1), BEN, "approved", remove=True)
    assert (shared.standing().state, shared.standing().reason) == ("replaced", "The label approved was taken away.")


def test_a_label_to_a_version_that_is_gone_is_named(shared: Share) -> None:
    shared.approve(2)
    shared.version(2).path.unlink()
    prompt, problems = read_prompt(shared.folder)
    assert prompt is None
    assert any("approved names version 2" in str(problem) for problem in problems)


# -- curators.yml ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("curators: [", "curators.yml:1:"),
        ("people: []", '"curators" is missing'),
        (curators_text((ANA, ["rule"])), "'rule' is not one of submit, approve, label, withdraw"),
        (curators_text(ANA, Signer("Twin", ANA.key, ANA.vault)), "stands here already, as Ana Lind's"),
        (curators_text(ANA).replace(ANA.key, "did:key:z" + "2" * 46), "The key of Ana Lind cannot be used"),
        (curators_text(ANA).replace(ANA.key, "ssh-ed25519 AAAA"), "characters that are not allowed"),
        (curators_text(ANA, until="soon"), "'soon' is not a date"),
    ],
)
def test_a_broken_list_lets_nobody_decide_and_approves_nothing(shared: Share, text: str, said: str) -> None:
    shared.approve()
    (shared.library / "curators.yml").write_text(text, "utf-8")
    with pytest.raises(ContentError) as caught:
        deciding.withdraw(shared.version(), BEN, reason="x")
    assert said in str(caught.value) and "curators.yml:" in str(caught.value)
    assert not shared.standing().usable
    assert shared.standing().reason == (
        "It is labelled approved, but curators.yml cannot be read, so nobody knows who may approve."
    )


def test_an_approval_counts_only_while_its_key_is_listed(shared: Share) -> None:
    shared.approve()
    (shared.library / "curators.yml").write_text(curators_text(ANA, CARA), "utf-8")
    assert not shared.standing().usable
    assert any("is not in curators.yml" in said for said in shared.problems())
    (shared.library / "curators.yml").write_text(curators_text(ANA, BEN), "utf-8")
    assert shared.standing().state == "approved"


def test_the_example_in_the_docs_is_valid(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats" / "approvals.md").read_text("utf-8")
    [text] = re.findall(r"```yaml\n(curators:.*?)```", page, re.DOTALL)
    (tmp_path / "curators.yml").write_text(text, "utf-8")
    read = read_curators(tmp_path)
    assert read.problem is None and len(read.by_key) == 2


def test_people_who_are_asked_to_sign_need_a_key_and_a_name(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no system keyring.*Unlock or set up the keyring"):
        deciding.signer(Vault(None, "This computer has no system keyring."), "Ana", tmp_path)
    with pytest.raises(DecisionError, match="--by"):
        deciding.signer(ANA.vault, "  ", tmp_path)
    with pytest.raises(DecisionError, match="can be seen"):
        deciding.signer(ANA.vault, "Ana\u202e", tmp_path)
    shared = share(tmp_path / "library")
    assert deciding.signer(BEN.vault, "", shared.library) == BEN
    assert person("Ana Lind") == ANA
