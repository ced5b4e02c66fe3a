"""Figures per version from what people did and said, which prompts to mend first, and the file it is handed on in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.prompts.feedback import Given, figures, own, read_file, read_files, write_file
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.usage import REASONS, Feedback, GoalMet
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault

TODAY = date(2026, 11, 22)
ROOT = Path(__file__).parents[2]


def said(goal_met: GoalMet, prompt_id: str = "a", version: int = 1, **fields: Any) -> Feedback:
    return replace(Feedback(prompt_id, version, "ab" * 32, goal_met), **fields)


def from_one(uses: int, *feedback: Feedback, source: str = "0" * 16, exported: date | None = TODAY) -> Given:
    return Given(source, {("a", 1): uses}, feedback, exported)


@pytest.fixture
def learner(profile: Path) -> Iterator[LearnerRepository]:
    made = LearnerRepository(Locations.find(profile), lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))
    made.use_vault(Vault(bytes(32)))
    yield made
    made.close()


def test_a_version_is_summed_over_people() -> None:
    [found] = figures(
        [
            from_one(6, said("yes", rating=5, minutes_saved=10), said("no", rating=2, reason="tone", comment="stiff")),
            from_one(3, said("yes", minutes_saved=-2), source="1" * 16),
            from_one(1, said("partly", reason="tone", comment="nearly"), source="2" * 16),
        ]
    )
    assert (found.uses, found.people, found.answers) == (10, 3, 4)
    assert found.met == {"yes": 2, "no": 1, "partly": 1} and found.success == 0.5
    assert (found.rating, found.minutes_saved, found.reasons) == (3.5, 8, {"tone": 2})
    assert [one.comment for one in found.comments] == ["nearly", "stiff"]


def test_nobody_said_anything_is_not_a_success_of_nought() -> None:
    [found] = figures([from_one(4)])
    assert (found.success, found.rating, found.minutes_saved, found.need) == (None, None, None, 0.0)


def test_many_people_failed_come_before_one_complaint() -> None:
    often = Given("0" * 16, {("often", 1): 100}, tuple(said("no" if n < 5 else "yes", "often") for n in range(10)))
    rarely = Given("1" * 16, {("rarely", 1): 2}, (said("no", "rarely"),))
    never = Given("2" * 16, {("loved", 1): 500}, (said("yes", "loved"),) * 9)
    assert [one.prompt_id for one in figures([never, rarely, often])] == ["often", "rarely", "loved"]


def test_the_worth_of_mending_is_the_documented_formula() -> None:
    [found] = figures([from_one(12, said("no"), said("partly"), said("yes"), said("yes"))])
    assert found.need == pytest.approx(12 * (1 + 0.5 + 1) / (4 + 2))


def test_of_two_files_from_one_person_the_later_counts() -> None:
    earlier, later = from_one(3, said("no"), exported=date(2026, 10, 1)), from_one(5, said("yes"))
    for order in ([earlier, later], [later, earlier]):
        [found] = figures(order)
        assert (found.uses, found.met) == (5, {"yes": 1})


def test_feedback_without_a_counted_use_is_a_use() -> None:
    [found] = figures([Given("0" * 16, {}, (said("yes"), said("yes")))])
    assert (found.uses, found.people) == (2, 1)


def test_the_file_holds_comments_only_if_the_person_agreed(learner: LearnerRepository, tmp_path: Path) -> None:
    learner.usage.add_use("a", 1, "ab" * 32, "run")
    learner.usage.save_feedback(said("partly", rating=3, reason="tone", minutes_saved=2.5, comment="a private word"))
    silent, full = tmp_path / "silent.json", tmp_path / "full.json"
    write_file(silent, own(learner), TODAY, comments=False)
    write_file(full, own(learner), TODAY, comments=True)
    assert b"private" not in silent.read_bytes()
    assert [one.comment for one in read_file(full).feedback] == ["a private word"]
    assert figures([read_file(silent)])[0].need == figures([own(learner)])[0].need
    assert learner.vault_account[0].encode() not in full.read_bytes(), "the profile's id opens its keyring entry"


def test_the_documented_example_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "formats" / "feedback.md").read_text("utf-8")
    (tmp_path / "f.json").write_text(page.split("```json\n")[1].split("```")[0])
    found = read_file(tmp_path / "f.json")
    assert (found.uses, found.feedback[0].rating) == ({("offer-facts", 2): 14}, 4)
    assert all(f"`{name}`" in page for name in REASONS)


@pytest.mark.parametrize(
    ("text", "named"),
    [("", "not JSON"), ("{", "not JSON"), ("[" * 100_000, "not JSON"), ("[]", "format"), ('{"format": "x"}', "format"),
     ('{"format": "greenroom-feedback", "version": 1}', "was changed")],
)  # fmt: skip
def test_another_file_is_named_and_the_rest_counts(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "broken.json").write_text(text)
    write_file(tmp_path / "good.json", from_one(2), TODAY, comments=True)
    found, [problem] = read_files([tmp_path])
    assert len(found) == 1 and named in str(problem) and "broken.json" in str(problem)


@pytest.mark.parametrize(
    "change",
    [{"exported": "2026-13-01"}, {"source": "me"}, {"uses": [{"prompt": "a", "version": 1, "count": -4}]},
     {"feedback": [{"prompt": "a", "version": 1, "goal_met": "maybe"}]}, {"more": 1},
     {"feedback": [{"prompt": "a", "version": 1, "goal_met": "yes", "day": "2026-02-30"}]}],
)  # fmt: skip
def test_a_changed_file_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "f.json"
    write_file(path, from_one(2, said("yes")), TODAY, comments=True)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ContentError, match="was changed"):
        read_file(path)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_bytes(b" " * 5_000_001)
    with pytest.raises(ContentError, match="larger than 5 MB"):
        read_file(path)


_SAID = st.builds(
    Feedback, st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), st.integers(1, 99), st.just("ab" * 32),
    st.sampled_from(["yes", "partly", "no"]), st.none() | st.integers(1, 5), st.sampled_from(["", *REASONS]),
    st.none() | st.floats(-10_000, 10_000), st.text(st.characters(codec="utf-8"), max_size=50), st.none(),
)  # fmt: skip


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_SAID, max_size=5),
    st.dictionaries(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), st.integers(1, 99)),
)
def test_what_is_written_is_read_back(
    tmp_path: Path, feedback: list[Feedback], uses: dict[tuple[str, int], int]
) -> None:
    handed = Given("0" * 16, uses, tuple(feedback), TODAY)
    write_file(tmp_path / "f.json", handed, TODAY, comments=True)
    assert read_file(tmp_path / "f.json") == handed


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_none_is_no_feedback(tmp_path: Path, number: str) -> None:
    file = tmp_path / "given.json"
    write_file(file, Given("a" * 16, {}, (said("yes", minutes_saved=5.0),)), TODAY, comments=False)
    file.write_text(file.read_text("utf-8").replace("5.0", number), "utf-8")
    with pytest.raises(ContentError, match="no feedback file"):
        read_file(file)


def test_a_pipe_among_the_files_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "given.json")
    given, problems = read_files([tmp_path])
    assert not given and "pipe" in str(problems[0])
