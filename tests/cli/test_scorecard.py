"""greenroom model scorecard, with a worker that answers by script."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from builders_of_scorecards import a_card
from click.testing import CliRunner, Result

from desktop_app.cli.model import model
from desktop_app.practice.scorecard import running
from desktop_app.practice.scorecard.cards import read_card, save_card
from desktop_app.practice.scorecard.running import Extent
from desktop_app.prompts.schema import validator
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import ModelFile, bundled_model
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

FAKE = Path(__file__).parents[1] / "helpers" / "fake_model.py"


@pytest.fixture
def services(profile: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A profile of its own; one task of each set is asked, of a worker with a script."""
    script = json.dumps({"answers": [[{"say": "The text "}, {"say": "does not say."}]]})

    def client(file: ModelFile) -> ModelClient:
        return ModelClient(file, command=[sys.executable, str(FAKE), script])

    monkeypatch.setattr(running.make_card, "__kwdefaults__", {"client": client})
    monkeypatch.setattr(Extent, "full", classmethod(lambda cls, seeds: cls(tuple(range(1, seeds + 1)), 1, 2)))
    return Services(Locations.find(profile))


def run(services: Services, *arguments: str) -> Result:
    return CliRunner().invoke(model, ["scorecard", *arguments], obj=services)


def test_the_model_in_use_is_measured_and_its_card_kept(services: Services) -> None:
    result = run(services, "--seeds", "2")
    assert result.exit_code == 0, result.output
    assert bundled_model().name in result.stdout
    for title in ("Reliability", "Efficiency", "Effectiveness", "Security", "Fit for purpose"):
        assert title in result.stdout
    assert "may differ by chance" in result.stdout
    (kept,) = services.locations.scorecards.glob("*.json")
    assert read_card(kept).seeds == (1, 2)


def test_json_is_one_document_by_the_schema(services: Services) -> None:
    result = run(services, bundled_model().id, "--seeds", "1", "--json")
    found = json.loads(result.stdout)
    assert not list(validator("scorecard").iter_errors(found)) and found["model_id"] == bundled_model().id


@pytest.mark.parametrize(("name", "start"), [("card.md", "# Scorecard of"), ("card.json", "{"), ("card.csv", "model,")])
def test_the_last_card_is_written_without_measuring(services: Services, tmp_path: Path, name: str, start: str) -> None:
    file = tmp_path / name
    result = run(services, "--last", "--out", str(file))
    assert result.exit_code == 0 and result.stdout == ""
    assert file.read_text("utf-8").startswith(start)
    assert not services.locations.scorecards.exists()  # the card that ships was taken


def test_two_cards_are_compared(services: Services, tmp_path: Path) -> None:
    other = save_card(tmp_path / "cards", a_card(0.9, model="larger"))
    result = run(services, "--last", "--compare", str(other))
    assert "Larger model" in result.stdout and "better" in result.stdout and "not comparable" in result.stdout
    page = tmp_path / "both.md"
    assert run(services, "--last", "--compare", str(other), "--out", str(page)).exit_code == 0
    assert "Larger model" in page.read_text("utf-8")
    both = json.loads(run(services, "--last", "--compare", str(other), "--json").stdout)
    assert [card["model_id"] for card in both] == [bundled_model().id, "larger"]


def test_a_full_card_is_taken_before_a_newer_short_one(services: Services) -> None:
    services.locations.make_profile()
    short = replace(a_card(quick=True), model_sha256=bundled_model().sha256, model_name="The short one")
    save_card(services.locations.scorecards, short)
    assert "The short one" not in run(services, "--last").stdout


def test_a_model_that_was_not_measured_is_named_with_the_way_out(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "other.gguf"
    file.write_bytes(bundled_model().path.read_bytes()[:200_000])
    result = run(services, "--last", "--compare", str(file))
    assert result.exit_code == 1
    assert "greenroom:" in result.stderr


@pytest.mark.parametrize(
    "arguments", [("--quick", "--seeds", "2"), ("--last", "--quick"), ("--out", "card.pdf"), ("--seeds", "0")]
)
def test_what_makes_no_sense_is_refused(services: Services, arguments: tuple[str, ...]) -> None:
    assert run(services, *arguments).exit_code == 2


def test_an_unknown_model_or_card_is_told(services: Services, tmp_path: Path) -> None:
    assert "There is no model nothing" in run(services, "nothing").stderr
    assert run(services, "--last", "--compare", str(tmp_path / "gone.json")).exit_code == 1
