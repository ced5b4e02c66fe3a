"""The templates administrators load: what each says of every policy key, that it is well made, and that broken ones are noticed."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from names import ROOT
from policy import admx, admx_check, apple, german, refresh, schema, templates

from desktop_app.policy.keys import KEYS
from desktop_app.policy.policy import check_policy_file, read_policy

NS = {"p": admx.NAMESPACE}


def test_the_schema_that_ships_is_the_one_that_is_made() -> None:
    shipped = (ROOT / "resources" / "schemas" / "policy.schema.json").read_text("utf-8")
    assert shipped == schema.json_schema(), "run: PYTHONPATH=packaging .venv/bin/python -m policy.refresh"
    jsonschema.Draft202012Validator.check_schema(json.loads(shipped))
    jsonschema.validate(json.loads(schema.example()), json.loads(shipped))


def test_the_page_has_the_table_that_is_made_and_the_example() -> None:
    page = refresh.PAGE.read_text("utf-8")
    assert page == refresh.refreshed(page), "run: PYTHONPATH=packaging .venv/bin/python -m policy.refresh"
    assert schema.table() in page
    assert all(key.example for key in KEYS.values())


def test_every_file_is_written_and_the_example_can_be_rolled_out(tmp_path: Path) -> None:
    written = templates.write(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == list(templates.files())
    assert check_policy_file(tmp_path / "linux" / "greenroom.json") == ""
    assert templates.write(tmp_path) == written, "once more over the old ones"


@pytest.mark.parametrize("language", admx.LANGUAGES)
def test_a_policy_editor_can_use_the_windows_templates(language: str) -> None:
    assert admx_check.problems(admx.admx(), admx.adml(language)) == []


def test_every_key_is_there_managed_and_recommended_with_its_value() -> None:
    root = ElementTree.fromstring(admx.admx())
    found = {policy.get("name"): policy for policy in root.iterfind(".//p:policy", NS)}
    assert set(found) == set(KEYS) | {f"{name}_recommended" for name in KEYS}
    for name, key in KEYS.items():
        policy = found[f"{name}_recommended"]
        assert policy.get("key", "").endswith(r"Greenroom\Recommended")
        element = policy.find("p:elements/*", NS)
        kind = None if element is None else element.tag.rpartition("}")[2]
        assert kind == {"flag": None, "days": "decimal", "path": "text", "texts": "list"}[key.type]
        if element is not None and key.type == "days":
            assert (element.get("minValue"), element.get("maxValue")) == (str(key.least), str(key.most))


def test_german_says_every_key_in_german() -> None:
    assert german.KEYS.keys() == KEYS.keys()
    for name, key in KEYS.items():
        assert key.title not in german.KEYS[name] and key.help not in german.KEYS[name]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("</policyDefinitions>", "", "not well-formed"),
        ("policyDefinitions>", "definitions>", "not well-formed"),
        ("2006/07/PolicyDefinitions", "1999/PolicyDefinitions", "not policyDefinitions in Microsoft's namespace"),
        ('revision="1.0" ', "", "has no revision"),
        ('name="canaries"', 'name="retention_days"', "retention_days stands there twice"),
        ('name="canaries"', 'name="2 canaries"', "is no name"),
        ("$(string.canaries_help)", "$(string.canary)", "$(string.canary) is not in the language's texts"),
        ("$(presentation.canaries)", "$(presentation.prices)", "has no listBox for canaries"),
        ('<parentCategory ref="Greenroom"', '<parentCategory ref="Other"', "Other is referred to and not there"),
        ("<supportedOn ref=", "<supportedOn what=", "None is referred to and not there"),
        ('class="Machine"', 'class="Computer"', "for no class of policy"),
        ('<list id="canaries"', '<text id="canaries"', "has no textBox for canaries"),
        ('<list id="canaries"', '<matrix id="canaries"', "an element matrix that is not known"),
        ('valueName="sources_required"', "", "sources_required writes no value"),
        ("<enabledValue>", "<disabledValue>", "not well-formed"),
        ('minValue="1"', 'minValue="4000"', "allows no number"),
        ('valueName="model_folder"', 'valueName="price_sheet"', "is written by two policies"),
    ],
)
def test_a_template_that_is_wrong_is_noticed(old: str, new: str, says: str) -> None:
    text = admx.admx()
    broken = (
        text.replace(old, new, 1)
        if not old.startswith("<list")
        else text.replace(old, new, 1).replace(
            r'canaries" valuePrefix=""', r'canaries" valueName="x" valuePrefix=""', 1
        )
    )
    assert broken != text
    assert any(says in problem for problem in admx_check.problems(broken, admx.adml("en-US"))), admx_check.problems(
        broken, admx.adml("en-US")
    )


def test_texts_that_lack_one_are_noticed() -> None:
    texts = admx.adml("de-DE").replace('id="canaries_help"', 'id="canary_help"')
    assert "$(string.canaries_help) is not in the language's texts" in admx_check.problems(admx.admx(), texts)


def test_macos_takes_the_profile_and_the_app_its_values(tmp_path: Path) -> None:
    profile = plistlib.loads(apple.mobileconfig())
    [payload] = profile["PayloadContent"]
    for each in (profile, payload):
        assert {
            "PayloadType",
            "PayloadIdentifier",
            "PayloadUUID",
            "PayloadVersion",
            "PayloadDisplayName",
        } <= each.keys()
    assert profile["PayloadType"] == "Configuration" and payload["PayloadType"] == "app.greenroom.desktop"
    assert profile["PayloadUUID"] != payload["PayloadUUID"]
    assert {name for name in payload if not name.startswith("Payload")} == set(KEYS)
    installed = tmp_path / "app.greenroom.desktop.plist"  # what macOS makes of it for the app
    installed.write_bytes(plistlib.dumps(payload))
    installed.chmod(0o644)
    owner = installed.stat().st_uid
    policy = read_policy(tmp_path / "none", owner=owner, system="darwin", preferences=installed)
    assert policy.problems == () and policy.locked == set(KEYS) and policy.retention_days == 90


def test_the_manifest_says_what_each_key_takes() -> None:
    manifest = plistlib.loads(apple.manifest())
    assert [key["pfm_name"] for key in manifest["pfm_subkeys"]] == list(KEYS)
    kinds = {key["pfm_name"]: key["pfm_type"] for key in manifest["pfm_subkeys"]}
    assert (
        kinds["retention_days"] == "integer"
        and kinds["canaries"] == "array"
        and kinds["check_before_copy"] == "boolean"
    )


def test_two_builds_of_one_commit_make_the_same_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    assert templates.files() == templates.files()
