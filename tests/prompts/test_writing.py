"""A prompt's data becomes a file that reads back as the same prompt."""

from __future__ import annotations

from pathlib import Path

from desktop_app.prompts.loading import read_version
from desktop_app.prompts.prompt import PromptId
from desktop_app.prompts.writing import FIELDS, write_prompt
from desktop_app.storage.yaml_text import load_yaml
from tests.helpers.prompt_files import GOOD


def test_a_written_prompt_is_read_as_the_same_prompt(tmp_path: Path) -> None:
    file = tmp_path / "1.prompt.yml"
    file.write_text(write_prompt(GOOD), "utf-8")
    version = read_version(file, PromptId("answer-invoice"), 1)
    assert (version.name, version.messages[1].content) == (GOOD["name"], GOOD["messages"][1]["content"])
    assert load_yaml(file.read_text("utf-8"), file) == GOOD


def test_fields_stand_in_the_order_people_know() -> None:
    data = {"extra": 1, **{field: "x" for field in reversed(FIELDS)}}
    assert list(load_yaml(write_prompt(data), Path("p.yml"))) == [*FIELDS, "extra"]


def test_every_field_of_the_schema_has_its_place() -> None:
    from desktop_app.prompts.schema import validator

    assert set(validator("prompt").schema["properties"]) == set(FIELDS)
