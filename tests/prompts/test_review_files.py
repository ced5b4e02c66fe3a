"""The files of decisions and curators: whatever is in them, reading names it; and nothing but what was signed counts."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.prompts import deciding
from desktop_app.prompts.curators import read_curators
from desktop_app.prompts.decision import Decision
from desktop_app.prompts.decision_files import read_files, signed_text
from desktop_app.prompts.library import read_prompt
from desktop_app.storage.yaml_text import load_yaml
from desktop_app.storage.yaml_writing import to_yaml
from tests.helpers.deciding import ANA, BEN, ID, Share, curators_text, share

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "resources" / "schemas"
DECISION = Decision(
    1, 2, "ab" * 32, "approve", BEN.name, BEN.key, datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "Short:\nand kind.",
    {"approved": 2, "team.north": 1}, "", date(2027, 5, 31),
)  # fmt: skip


def faults(name: str, text: str) -> list[str]:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(json.dumps(load_yaml(text, Path("x.yml")), default=str))
    assert set(data) == set(schema["properties"]), "the example shows every field"
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(data)]


def test_schemas_are_valid_and_take_what_is_written() -> None:
    assert faults("decision", signed_text(ID, DECISION, BEN.vault)) == []
    assert faults("curators", curators_text(ANA, BEN, everyone=["submit"], until=date(2027, 1, 1))) == []


def test_the_examples_in_the_docs_keep_to_the_schemas() -> None:
    page = (ROOT / "docs" / "formats" / "approvals.md").read_text("utf-8")
    decision, curators = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert faults("decision", decision) == [] and faults("curators", curators) == []


def test_a_written_decision_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "approvals").mkdir()
    (tmp_path / "approvals" / "0001.yml").write_text(signed_text(ID, DECISION, BEN.vault))
    [file], strays = read_files(tmp_path)
    assert file.said is not None and not strays
    assert (file.said.prompt_id, file.said.decision, file.said.signature_holds) == (ID, DECISION, True)


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Share:
    """Version 1 approved, version 2 a draft that nobody approved."""
    made = share(tmp_path_factory.mktemp("library"))
    made.approve(1)
    return made


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_a_decision_approves_anything(approved: Share, data: st.DataObject) -> None:
    file = approved.file(data.draw(st.integers(1, 2)))
    original = file.read_bytes()
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    if bytes(changed) == original:
        return
    file.write_bytes(changed)
    try:
        prompt, problems = read_prompt(approved.folder)
    finally:
        file.write_bytes(original)
    assert prompt is not None
    assert prompt.standing(2).state == "draft"
    meaning = [load_yaml_or_none(content, file) for content in (bytes(changed), original)]
    if meaning[0] != meaning[1]:
        assert problems and not prompt.standing(1).usable
        assert all(problem.path.parent == file.parent or problem.path.name == "labels.yml" for problem in problems)


def load_yaml_or_none(content: bytes, file: Path) -> Any:
    try:
        return load_yaml(content.decode("utf-8-sig"), file)
    except (ContentError, UnicodeDecodeError):
        return None


LINES = st.sampled_from(curators_text(ANA, BEN, everyone=["submit"], until=date(2027, 1, 1)).splitlines())
JUNK = st.sampled_from(
    ["", "-", "  - name: X", "key: 3", "may: [all]", "curators: {}", "&a", "\t", "until: 2027-02-30", "0: 0"]
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES | JUNK, max_size=12))
def test_whatever_is_in_curators_yml_it_is_read_or_named(tmp_path: Path, lines: list[str]) -> None:
    file = tmp_path / "curators.yml"
    file.unlink(missing_ok=True)
    file.write_text("\n".join(lines), "utf-8")
    found = read_curators(tmp_path)
    assert found.is_curated
    if found.problem is not None:
        assert found.problem.path == file and not found.by_key and not found.everyone


def test_a_link_that_leads_nowhere_is_no_missing_file(tmp_path: Path) -> None:
    assert not read_curators(tmp_path).is_curated
    (tmp_path / "curators.yml").symlink_to(tmp_path / "gone.yml")
    assert read_curators(tmp_path).is_curated and read_curators(tmp_path).problem is not None


def test_a_list_that_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "curators.yml"
    for people in ((ANA,), (ANA, BEN), (BEN,)):
        scratch = tmp_path / f"{random.Random(len(people)).random()}"
        scratch.write_text(curators_text(*people), "utf-8")
        scratch.replace(file)
        assert set(read_curators(tmp_path).by_key) == {one.key for one in people}


@pytest.mark.parametrize("kind", ["nowhere", "circle", "file"])
def test_decisions_that_cannot_be_reached_are_not_no_decisions(tmp_path: Path, kind: str) -> None:
    made = share(tmp_path, curators="")
    made.approve()
    (made.folder / "approvals").rename(made.folder / "away")
    if kind == "file":
        (made.folder / "approvals").write_text("")
    else:
        (made.folder / "approvals").symlink_to("nowhere" if kind == "nowhere" else "approvals")
    prompt, problems = read_prompt(made.folder)
    assert prompt is None and "ecisions" in str(problems[-1])


def test_more_labels_than_a_decision_can_say_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    made = share(tmp_path, curators="")
    labels = to_yaml({f"label-{number}": 1 for number in range(101)})
    (made.folder / "labels.yml").write_text(labels)
    with pytest.raises(deciding.DecisionError, match="101 labels; 100 are the most"):
        deciding.submit(made.version(), ANA)
    assert made.standing().usable and not (made.folder / "approvals").exists()


def test_a_reason_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    made = share(tmp_path, curators="")
    assert deciding.submit(made.version(), ANA, reason="\x1b[2Jwell\x00").reason == "[2Jwell"
    decision = Decision(
        1, 1, "a" * 64, "submit", ANA.name, ANA.key, datetime(2026, 1, 2, tzinfo=UTC), "\x1b[2J", {}, ""
    )
    file = made.file(1)
    file.write_text(signed_text(ID, decision, ANA.vault))
    (read,), _ = read_files(made.folder)
    assert read.said is None and "cannot be shown" in str(read.problem)
