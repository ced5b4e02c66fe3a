"""What IT decides: which files count, what a wrong one does, and that documentation, schema and code say the same."""

from __future__ import annotations

import json
import os
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.policy.keys import KEYS
from desktop_app.policy.policy import Policy, check_policy_file, policy_in_words, read_policy

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "resources" / "schemas" / "policy.schema.json").read_text("utf-8"))
EXAMPLE = re.search(r"```json\n(.*?)```", (ROOT / "docs" / "formats" / "policy.md").read_text("utf-8"), re.DOTALL)


def policy_of(folder: Path, **files: Any) -> Policy:
    """The policy of files by name, owned by whoever runs the tests."""
    managed = folder / "managed"
    managed.mkdir(mode=0o755)
    for name, content in files.items():
        path = managed / f"{name}.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        path.chmod(0o644)
    return read_policy(folder, owner=os.getuid())


def test_without_a_file_nobody_decided_anything(tmp_path: Path) -> None:
    assert read_policy(tmp_path / "gone") == Policy() == policy_of(tmp_path)


def test_later_files_win_and_each_value_names_its_file(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path, a={"retention_days": 90, "check_before_copy": True}, b={"retention_days": 30, "canaries": [" KEY-7 "]}
    )
    assert (policy.retention_days, policy.check_before_copy, policy.canaries) == (30, True, ("KEY-7",))
    assert {key: path.stem for key, path in policy.set_by.items()} == {
        "retention_days": "b", "check_before_copy": "a", "canaries": "b",
    }  # fmt: skip
    assert policy.problems == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is not a JSON object"),
        ('{"retention_days": 90, "retention_days": 1}', "'retention_days' stands there twice"),
        ('{"canaries": ["\\ud800abc"]}', "it is not JSON"),
        ({"retain": 3}, "'retain' is not a key it may hold (retention_days, "),
        ({"retention_days": True}, "retention_days must be a whole number of days from 1 to 3650, or null"),
        ({"retention_days": 0}, "retention_days must be a whole number"),
        ({"model_folder": "models"}, "model_folder must be a path from the root on"),
        ({"model_folder": "/a\0b"}, "model_folder must be a path from the root on"),
        ({"sources_required": 1}, "sources_required must be true or false"),
        ({"forbidden_phrases": "never"}, "forbidden_phrases must be a list of at most 500 texts"),
        ({"forbidden_phrases": ["no"]}, "forbidden_phrases must hold texts of 3 to 200 characters"),
    ],
)
def test_a_wrong_file_is_named_and_the_strictest_rules_hold(tmp_path: Path, content: Any, says: str) -> None:
    policy = policy_of(tmp_path, a={"retention_days": 5, "forbidden_phrases": ["for free"]}, b=content)
    assert len(policy.problems) == 1 and says in policy.problems[0] and "b.json cannot be used" in policy.problems[0]
    assert policy.check_before_copy and policy.sources_required
    assert policy.retention_days is None, "nothing is deleted because of a file that is wrong"
    assert policy.forbidden_phrases == ("for free",), "what is right still holds"
    assert check_policy_file(tmp_path / "managed" / "b.json") == policy.problems[0]


def test_a_file_too_large_or_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "managed" / "c.json").mkdir(parents=True)
    assert "it is no file" in read_policy(tmp_path, owner=os.getuid()).problems[0]
    (tmp_path / "managed" / "c.json").rmdir()
    (tmp_path / "managed" / "c.json").write_text(" " * 1_000_001)
    assert "more than 1,000,000 bytes" in read_policy(tmp_path, owner=os.getuid()).problems[0]


@pytest.mark.parametrize("which", ["managed", "managed/a.json"])
def test_what_others_may_write_is_no_policy(tmp_path: Path, which: str) -> None:
    policy_of(tmp_path, a={"retention_days": 90})
    (tmp_path / which).chmod(0o777)
    policy = read_policy(tmp_path, owner=os.getuid())
    assert policy.retention_days is None and "others than the administrator may write to it" in policy.problems[0]
    (tmp_path / which).chmod(0o755)
    policy = read_policy(tmp_path, owner=os.getuid() + 1)
    assert "does not belong to the administrator" in policy.problems[0] and policy.check_before_copy


def test_the_page_the_schema_and_the_code_know_the_same_keys(tmp_path: Path) -> None:
    assert EXAMPLE is not None
    example = json.loads(EXAMPLE[1])
    jsonschema.validate(example, SCHEMA)
    assert policy_of(tmp_path, example=EXAMPLE[1]).problems == ()
    named = {each.name for each in fields(Policy)} - {"set_by", "locked", "problems"}
    assert example.keys() == SCHEMA["properties"].keys() == KEYS.keys() == named


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "other"]), _JSON | st.integers(0, 4000), max_size=4))
def test_what_the_schema_refuses_the_code_refuses_too(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("policy") / "one.json"
    path.write_text(json.dumps(values), "utf-8")
    if not jsonschema.Draft202012Validator(SCHEMA).is_valid(values):
        assert "cannot be used" in check_policy_file(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("policy") / "one.json"
    path.write_bytes(content)
    assert check_policy_file(path) == "" or "cannot be used" in check_policy_file(path)


def test_what_is_set_is_said_in_words_and_nothing_else(tmp_path: Path) -> None:
    assert policy_in_words(Policy()) == ()
    assert EXAMPLE is not None
    said = policy_in_words(policy_of(tmp_path, example=EXAMPLE[1]))
    assert len(said) == len(SCHEMA["properties"]), "one sentence a value"
    assert said[0] == "Conversations and the texts of runs are deleted after 90 days."
    assert "2 phrases" in said[3] and "1 text planted" in said[4]
    assert not any("LANTERN" in words for words in said), "what was planted is not given away"


def test_a_recommended_value_is_a_default_that_a_managed_one_beats(tmp_path: Path) -> None:
    recommended = tmp_path / "recommended"
    recommended.mkdir(mode=0o755)
    (recommended / "z.json").write_text('{"retention_days": 10, "sources_required": true}')
    policy = policy_of(tmp_path, a={"retention_days": 90})
    assert (policy.retention_days, policy.sources_required) == (90, True)
    assert policy.locked == {"retention_days"} and policy.set_by["sources_required"] == recommended / "z.json"
    (recommended / "z.json").write_text("{")
    broken = read_policy(tmp_path, owner=os.getuid())
    assert "z.json cannot be used" in broken.problems[0] and broken.check_before_copy and broken.retention_days is None
    assert broken.made_strict == {"retention_days", "sources_required", "check_before_copy"}
