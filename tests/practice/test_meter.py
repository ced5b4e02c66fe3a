"""The meter: what runs took and would have cost, by a price sheet that says when and where each price was read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.practice.meter import ServicePrice, figures, money, read_price_sheet
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Spent
from desktop_app.storage.locations import Locations
from tests.helpers.records import a_run

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "resources" / "prices.json"
SCHEMA = json.loads((ROOT / "resources" / "schemas" / "prices.schema.json").read_text("utf-8"))
PRICE = ServicePrice("one", "One", 2.0, 10.0, date(2026, 6, 1), "a page")


def test_tokens_sent_and_received_cost_differently() -> None:
    assert PRICE.cost(Spent(1, 1_000_000, 0, 1.0)) == 2.0
    assert PRICE.cost(Spent(2, 500_000, 100_000, 1.0)) == 2.0
    assert PRICE.cost(Spent(0, 0, 0, 0.0)) == 0.0


def test_a_price_is_old_after_half_a_year() -> None:
    assert not PRICE.is_old(date(2026, 11, 30)) and PRICE.is_old(date(2026, 12, 2))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0.0, "USD 0"),
        (0.00041, "USD 0.00041"),
        (0.000412, "USD 0.00041"),
        (0.0123, "USD 0.012"),
        (0.5, "USD 0.50"),
        (1.0, "USD 1.00"),
        (1234.5, "USD 1,234.50"),
    ],
)
def test_an_amount_shows_the_digits_that_count(amount: float, words: str) -> None:
    assert money(amount, "USD") == words


@given(st.floats(1e-6, 1e9))
def test_what_costs_something_never_reads_as_nothing(amount: float) -> None:
    assert re.search(r"[1-9]", money(amount, "EUR"))


def test_the_shipped_sheet_says_when_and_where_each_price_was_read() -> None:
    jsonschema.validate(json.loads(SHIPPED.read_text("utf-8")), SCHEMA)
    sheet = read_price_sheet(SHIPPED)
    assert sheet.currency == "USD" and len(sheet.services) >= 3 and "discounts" in sheet.note
    for one in sheet.services:
        assert 0 < one.input < one.output and one.as_of <= date(2026, 11, 22) and one.source.startswith("https://")


def test_the_example_on_the_page_is_a_price_sheet(tmp_path: Path) -> None:
    found = re.search(r"```json\n(.*?)```", (ROOT / "docs" / "formats" / "prices.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    (tmp_path / "ours.json").write_text(found[1], "utf-8")
    assert read_price_sheet(tmp_path / "ours.json").services[0].name == "Our assistant"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"currency": "euro"}, "currency"),
        ({"services": []}, "services"),
        ({"services": [{"id": "a"}]}, "services"),
        (
            {"services": [{"id": "a", "name": "A", "input": "2", "output": 3, "as_of": "2026-01-01", "source": "b"}]},
            "input",
        ),
    ],
)
def test_a_wrong_sheet_is_named(tmp_path: Path, change: dict[str, object], says: str) -> None:
    data = json.loads(SHIPPED.read_text("utf-8")) | change
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ContentError, match=says) as caught:
        read_price_sheet(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("day", ["2026-02-31", "2026-13-01"])
def test_a_day_that_is_none_and_an_id_twice_are_refused(tmp_path: Path, day: str) -> None:
    data = json.loads(SHIPPED.read_text("utf-8"))
    path = tmp_path / "ours.json"
    data["services"][0]["as_of"] = day
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ContentError, match="as_of must be a day"):
        read_price_sheet(path)
    data["services"] = [json.loads(SHIPPED.read_text("utf-8"))["services"][0]] * 2
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ContentError, match="same id"):
        read_price_sheet(path)


@given(st.binary(max_size=120) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_a_sheet_or_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("prices") / "ours.json"
    path.write_bytes(content)
    with pytest.raises(ContentError, match=r"ours\.json"):
        read_price_sheet(path)


def test_records_add_up_what_runs_took(tmp_path: Path) -> None:
    learner = LearnerRepository(Locations.find(tmp_path))
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    run = replace(
        a_run(), prompt_tokens=100, completion_tokens=51, first_token_ms=500.0, tokens_per_second=50.0, prompt_id="mail"
    )
    learner.save_run(replace(run, id="1", at=now - timedelta(days=9)))
    learner.save_run(replace(run, id="2", at=now))
    learner.save_run(replace(run, id="3", at=now, prompt_id="", completion_tokens=0, tokens_per_second=0.0))
    assert learner.spent() == Spent(3, 300, 102, 3.5)
    assert learner.spent(since=now - timedelta(days=7)) == Spent(2, 200, 51, 2.0)
    assert learner.spent(prompt_id="mail") == Spent(2, 200, 102, 3.0)
    assert learner.spent(prompt_id="", since=now) == Spent(1, 100, 0, 0.5)
    assert learner.spent(prompt_id="none") == Spent(0, 0, 0, 0.0)
    learner.close()


def test_the_figures_of_a_run_say_what_it_took_and_would_have_cost(tmp_path: Path) -> None:
    learner = LearnerRepository(Locations.find(tmp_path))
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    run = replace(
        a_run(), at=now, prompt_tokens=1000, completion_tokens=101, first_token_ms=500.0, tokens_per_second=50.0
    )
    learner.save_run(replace(run, id="old", at=now - timedelta(days=30)))
    learner.save_run(run)
    made = figures(learner, run, read_price_sheet(SHIPPED), case_name="Answer an invoice", now=now)
    assert made.headline == "1,000 tokens in, 101 out · 2.5 s · about USD 0.0030 on GPT-6.1 Sol (OpenAI)"
    assert (made.week.runs, made.case.runs, made.case.prompt_tokens) == (1, 2, 2000)
    assert "order of magnitude" in made.notes[0]
    [old] = [note for note in made.notes if "out of date" in note]
    assert old.startswith("Claude Sonnet 4.6 (Anthropic): read on 30 April 2026, so it may be out of date.")
    problem = ContentError("The price sheet is not JSON.", "ours.json")
    without = figures(learner, run, problem, case_name="Free prompts", now=now)
    assert without.headline == "1,000 tokens in, 101 out · 2.5 s" and without.notes == (str(problem),)
    learner.close()
