"""Scorecards as files, and as what people read of them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders_of_scorecards import RESOURCES, SETS, a_card
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.practice.scorecard.cards import as_json, cards, read_card, save_card
from desktop_app.practice.scorecard.report import as_csv, as_lines, as_markdown, compared_as_markdown, compared_lines
from desktop_app.practice.scorecard.scorecard import STANDARDS, Scorecard
from desktop_app.practice.scorecard.words import changes, in_words, interval, limits
from desktop_app.prompts.schema import validator
from desktop_app.storage.locations import Locations

CARD = a_card()
GIVEN = as_json(CARD)


def profile_of(tmp_path: Path) -> Locations:
    locations = replace(Locations.find(tmp_path / "profile"), resources=tmp_path)  # no cards that ship
    locations.make_profile()
    return locations


def test_a_card_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    path = save_card(tmp_path / "scorecards", CARD)
    assert read_card(path) == CARD
    assert path.stat().st_mode & 0o077 == 0


def test_a_card_keeps_to_its_schema_and_tells_no_name_of_the_machine(tmp_path: Path) -> None:
    assert not list(validator("scorecard").iter_errors(json.loads(json.dumps(GIVEN))))


def test_the_newest_ten_cards_of_a_model_stay_and_those_of_others(tmp_path: Path) -> None:
    small = replace(CARD, tries=())
    folder = tmp_path / "scorecards"
    save_card(folder, replace(small, model_id="other"))
    for day in range(25):
        save_card(folder, replace(small, at=CARD.at + timedelta(days=day)))
    kept = sorted(path.name for path in folder.glob("small-*.json"))
    assert len(kept) == 10 and kept[-1] == "small-20261214T093000.json"
    assert len(list(folder.glob("other-*.json"))) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", ".hidden", "", "x" * 300, "ä b"])
def test_a_card_never_leaves_its_folder_whatever_the_model_is_called(tmp_path: Path, name: str) -> None:
    path = save_card(tmp_path / "cards", replace(CARD, model_id=name, tries=()))
    assert path.parent == tmp_path / "cards" and len(path.name) < 120 and not path.name.startswith(".")


def test_cards_are_those_of_one_file_newest_first_and_damaged_ones_are_left_out(tmp_path: Path) -> None:
    locations, small = profile_of(tmp_path), replace(CARD, tries=())
    for day in (1, 3, 2):
        save_card(locations.scorecards, replace(small, at=CARD.at + timedelta(days=day)))
    save_card(locations.scorecards, replace(small, model_id="other", model_sha256="b" * 64))
    (locations.scorecards / "broken.json").write_text("{", "utf-8")
    found = cards(locations, CARD.model_sha256)
    assert [card.at - CARD.at for card in found] == [timedelta(days=day) for day in (3, 2, 1)]
    assert len(cards(locations)) == 4


@pytest.mark.parametrize(
    ("text", "words"), [("{", "not valid JSON"), ("[]", "must"), ("{}", "required|missing|needs"), ('"x"', "must")]
)
def test_what_is_no_card_is_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "card.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ContentError):
        read_card(path)


@given(
    st.sampled_from(sorted(GIVEN)),
    st.none()
    | st.integers()
    | st.text(max_size=4)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.none(), max_size=2)
    | st.floats(),
)
def test_a_card_with_any_field_altered_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    path = tmp_path_factory.mktemp("cards") / "card.json"
    path.write_text(json.dumps(GIVEN | {"tries": [], field: value}), "utf-8")
    try:
        read = read_card(path)
    except ContentError:
        return
    assert isinstance(read, Scorecard) and as_markdown(read) and list(as_lines(read))


@pytest.mark.parametrize(
    ("field", "value"),
    [("at", "9999-12-31T23:59:59+00:00"), ("cores", 0), ("busy", float("nan")),
     ("measures", [GIVEN["measures"][0] | {"value": 1e300}]), ("measures", [GIVEN["measures"][0] | {"low": -1}])],
)  # fmt: skip
def test_a_card_with_absurd_figures_is_refused(tmp_path: Path, field: str, value: Any) -> None:
    path = tmp_path / "card.json"
    path.write_text(json.dumps(GIVEN | {field: value}), "utf-8")
    with pytest.raises(ContentError):
        read_card(path)


def test_what_nobody_can_see_is_made_visible_and_acts_on_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text(json.dumps(GIVEN | {"model_name": "a\x1b[2Jb\ud800", "machine": "\x9b31m"}), "utf-8")
    read = read_card(path)
    text = as_markdown(read) + "\n".join(as_lines(read)) + as_csv([read])
    assert "\x1b" not in text and "\x9b" not in text and text.encode() and "a\ufffd" in read.model_name


def test_the_card_that_ships_is_of_the_sets_that_ship() -> None:
    """Otherwise measure the bundled model anew: docs/scorecards/README.md says how."""
    shipped = [read_card(path) for path in (RESOURCES / "scorecard" / "cards").glob("*.json")]
    assert [card.sets for card in shipped] == [tuple((each.id, each.sha256) for each in SETS)]
    assert not shipped[0].quick and len(shipped[0].tries) == 6 * sum(len(each.tasks) for each in SETS)
    page = RESOURCES.parent / "docs" / "scorecards" / f"{shipped[0].model_id}.md"
    assert page.read_text("utf-8") == as_markdown(shipped[0])


# -- what people read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(0.564, "share", "56\N{NO-BREAK SPACE}%"), (312.4, "ms", "0.31 s"), (12_345.0, "ms", "12 s"), (52.4, "tokens/s", "52 tokens/s"),
     (229e6, "bytes", "229 MB"), (12.3e9, "bytes", "12.3 GB"), (78.7, "tokens", "79 tokens")],
)  # fmt: skip
def test_figures_have_their_unit(value: float, unit: str, words: str) -> None:
    assert in_words(value, unit) == words


def test_an_interval_says_its_unit_once() -> None:
    card = a_card()
    assert interval(card.measure("rewriting.worked")) == "25 to 75\N{NO-BREAK SPACE}%"  # type: ignore[arg-type]
    assert interval(card.measure("speed-p50")).endswith("tokens/s")  # type: ignore[arg-type]
    assert interval(card.measure("load")) == ""  # type: ignore[arg-type]


def test_the_limits_fit_the_card() -> None:
    full = " ".join(limits(CARD))
    assert "12 tasks" in full and "40 points" in full and "short run" not in full and "busy" not in full
    hurried = " ".join(limits(a_card(quick=True, busy=7.2, seeds=(1,))))
    assert "short run" in hurried and "load 7.2 on 2 cores" in hurried and "asked once" in hurried
    assert "not known on this system" in " ".join(limits(a_card(busy=0.0)))


def test_markdown_holds_every_figure_with_its_sentence_and_the_hash_of_every_set() -> None:
    page = as_markdown(CARD)
    for title in STANDARDS.values():
        assert f"## {title}" in page
    for each in CARD.measures:
        assert each.says.replace("_", "\\_").replace("*", "\\*") in page.replace("\\!", "!")
    assert all(sha256 in page for _, sha256 in CARD.sets) and CARD.model_sha256 in page


def test_a_models_words_stay_words_in_markdown_and_csv() -> None:
    nasty = "<img src=x> | [here](http://x.example) `x`\n# Title"
    tries = (replace(CARD.tries[0], text=nasty), *CARD.tries[1:])
    page = as_markdown(replace(CARD, tries=tries, model_name=nasty, machine=nasty))
    assert "<img" not in page.replace("\\<", "") and "\n# Title" not in page and "](http" not in page.replace("\\]", "")
    rows = list(csv.reader(io.StringIO(as_csv([replace(CARD, model_id='=cmd("x")')]))))
    assert rows[1][0] == '\'=cmd("x")' and len(rows) == len(CARD.measures) + 1 and len({len(row) for row in rows}) == 1


def test_small_differences_are_called_chance_and_large_ones_are_not() -> None:
    near = {each.one.id: each for each in changes(a_card(0.5), a_card(0.58))}
    assert near["rewriting.worked"].words == "may be chance" and "with 95 %" in near["rewriting.worked"].why
    far = {each.one.id: each for each in changes(a_card(0.1), a_card(0.9))}
    assert far["rewriting.worked"].words == "better" and far["rewriting.worked"].by == "+75 points"
    back = {each.one.id: each for each in changes(a_card(0.9), a_card(0.1))}
    assert back["effectiveness"].words == "worse"


def test_times_of_other_machines_and_figures_of_other_sets_are_not_compared() -> None:
    other = a_card(0.9, machine="Linux x86_64, Another, 8 cores")
    by_id = {each.one.id: each for each in changes(a_card(0.1), other)}
    assert by_id["first-token-p50"].words == by_id["efficiency"].words == "not comparable"
    assert by_id["effectiveness"].words == by_id["tokens-per-solved"].words == "better"  # the same wherever it runs
    older = replace(other, sets=(("rewriting", "0" * 64),))
    assert {each.one.id: each for each in changes(a_card(0.1), older)}["effectiveness"].judgement == "unlike"


def test_less_time_is_better_and_a_tenth_is_noise() -> None:
    slower = {each.one.id: each for each in changes(a_card(first_token_ms=300), a_card(first_token_ms=900))}
    assert slower["first-token-p50"].words == "worse" and slower["first-token-p50"].by == "+200\N{NO-BREAK SPACE}%"
    alike = {each.one.id: each for each in changes(a_card(first_token_ms=300), a_card(first_token_ms=310))}
    assert alike["first-token-p50"].words == "about the same"


def test_two_cards_stand_side_by_side() -> None:
    one, other = CARD, a_card(0.58, model="large", at=datetime(2026, 11, 21, tzinfo=UTC))
    page, lines = compared_as_markdown(one, other), list(compared_lines(one, other))
    assert "Small model" in page and "Large model" in page and "may be chance" in page
    assert len(lines) == len(changes(one, other)) + 3
