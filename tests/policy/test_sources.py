"""Where policies come from on other systems: the registry by a stand-in, managed preferences by files."""

from __future__ import annotations

import os
import plistlib
from pathlib import Path
from typing import Any

import pytest

from desktop_app.policy.policy import Policy, read_policy

KEY = r"Software\Policies\Greenroom"


class Registry:
    """Speaks as the module winreg does; holds values as {key: {name: (value, type)}}."""

    HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_64KEY = "HKLM", 1, 256
    REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD = 1, 2, 3, 4

    def __init__(self, held: dict[str, dict[str, tuple[Any, int]]], denied: bool = False) -> None:
        self.held, self.denied = held, denied

    def OpenKey(self, root: str, name: str, reserved: int, access: int) -> Registry:
        assert root == "HKLM" and access & self.KEY_WOW64_64KEY
        if self.denied:
            raise PermissionError(13, "Access is denied")
        if not any(key == name or key.startswith(name + "\\") for key in self.held):
            raise FileNotFoundError(name)
        self.name = name
        return self

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def EnumValue(self, key: Registry, at: int) -> tuple[str, Any, int]:
        return self.at([(name, *value) for name, value in self.held.get(self.name, {}).items()], at)

    def EnumKey(self, key: Registry, at: int) -> str:
        below = [key[len(self.name) + 1 :] for key in self.held if key.startswith(self.name + "\\")]
        return self.at(list(dict.fromkeys(name.split("\\")[0] for name in below)), at)

    def ExpandEnvironmentStrings(self, text: str) -> str:
        return text.replace("%SHARE%", "/srv")

    @staticmethod
    def at(entries: list[Any], at: int) -> Any:
        if at >= len(entries):
            raise OSError("no more data")
        return entries[at]


def of_registry(held: dict[str, dict[str, tuple[Any, int]]], *, denied: bool = False) -> Policy:
    return read_policy(Path("/not/there"), system="win32", registry=Registry(held, denied))


def test_group_policy_sets_every_kind_of_value() -> None:
    policy = of_registry(
        {
            KEY: {"Retention_Days": (30, 4), "check_before_copy": (1, 4), "model_folder": ("%SHARE%/models", 2)},
            rf"{KEY}\canaries": {"10": ("LANTERN-10", 1), "2": ("LANTERN-2", 1)},
            rf"{KEY}\forbidden_phrases": {},
            rf"{KEY}\Recommended": {"retention_days": (90, 4), "sources_required": (1, 4)},
        }
    )
    assert policy.problems == ()
    assert (policy.retention_days, policy.check_before_copy, policy.sources_required) == (30, True, True)
    assert policy.model_folder == Path("/srv/models") and policy.canaries == ("LANTERN-2", "LANTERN-10")
    assert policy.forbidden_phrases == (), "Windows leaves an empty key behind when a policy is taken back"
    assert policy.locked == {"retention_days", "check_before_copy", "model_folder", "canaries"}
    assert policy.set_by["sources_required"] == rf"HKEY_LOCAL_MACHINE\{KEY}\Recommended"


def test_without_a_key_nobody_decided_anything() -> None:
    assert of_registry({}) == Policy()


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ({KEY: {"retain": (1, 4)}}, "'retain' is not a key it may hold"),
        ({KEY: {"check_before_copy": (2, 4)}}, "check_before_copy must be true or false"),
        ({KEY: {"check_before_copy": ("1", 1)}}, "check_before_copy must be true or false"),
        ({KEY: {"retention_days": (9999, 4)}}, "retention_days must be a whole number"),
        ({KEY: {"price_sheet": (b"/x", 3)}}, "price_sheet must be a path"),
        ({rf"{KEY}\retention_days": {"1": (3, 4)}}, "'retention_days' is not a key it may hold"),
        ({rf"{KEY}\canaries": {"1": ("ab", 1)}}, "canaries must hold texts of 3 to 200 characters"),
        ({rf"{KEY}\canaries": {"1": (7, 4)}}, "canaries must hold texts"),
        ({KEY: {str(number): (1, 4) for number in range(2000)}}, "more than 1,000 entries"),
    ],
)
def test_a_wrong_registry_is_named_and_the_strictest_rules_hold(held: dict[str, Any], says: str) -> None:
    policy = of_registry(held)
    assert says in policy.problems[0] and KEY in policy.problems[0]
    assert policy.check_before_copy and policy.sources_required and policy.retention_days is None


def test_a_registry_that_may_not_be_read_means_the_strictest_rules() -> None:
    policy = of_registry({KEY: {}}, denied=True)
    assert len(policy.problems) == 2 and "Access is denied" in policy.problems[0] and policy.check_before_copy


def of_macos(folder: Path, content: bytes, mode: int = 0o644) -> Policy:
    file = folder / "app.greenroom.desktop.plist"
    file.write_bytes(content)
    file.chmod(mode)
    return read_policy(folder / "none", owner=os.getuid(), system="darwin", preferences=file)


def test_device_management_sets_values_on_macos(tmp_path: Path) -> None:
    held = {"retention_days": 30, "canaries": ["LANTERN-1"], "check_before_copy": True, "PayloadUUID": "x"}
    for form in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        policy = of_macos(tmp_path, plistlib.dumps(held, fmt=form))
        assert policy.problems == () and policy.retention_days == 30 and policy.canaries == ("LANTERN-1",)
        assert policy.locked == {"retention_days", "canaries", "check_before_copy"}


def test_managed_preferences_beat_files(tmp_path: Path) -> None:
    (tmp_path / "managed").mkdir(mode=0o755)
    (tmp_path / "managed" / "a.json").write_text('{"retention_days": 5, "sources_required": true}')
    preferences = tmp_path / "app.greenroom.desktop.plist"
    preferences.write_bytes(plistlib.dumps({"retention_days": 30}))
    policy = read_policy(tmp_path, owner=os.getuid(), system="darwin", preferences=preferences)
    assert policy.retention_days == 30 and policy.sources_required
    assert read_policy(tmp_path, owner=os.getuid(), system="linux", preferences=preferences).retention_days == 5


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is no property list"),
        (b"bplist00" + b"\xff" * 60, "it is no property list"),
        (b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "b">]><plist><string>&a;</string></plist>', "it is no"),
        (plistlib.dumps(["retention_days"]), "it is no dictionary"),
        (plistlib.dumps({"retention_days": "30"}), "retention_days must be a whole number"),
        (plistlib.dumps({"retain": 1}), "'retain' is not a key"),
    ],
)
def test_wrong_preferences_are_named(tmp_path: Path, content: bytes, says: str) -> None:
    policy = of_macos(tmp_path, content)
    assert says in policy.problems[0] and policy.check_before_copy


def test_preferences_that_others_may_write_are_no_policy(tmp_path: Path) -> None:
    policy = of_macos(tmp_path, plistlib.dumps({"retention_days": 1}), 0o666)
    assert "others than the administrator may write to it" in policy.problems[0] and policy.retention_days is None
