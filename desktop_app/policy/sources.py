"""Where policies are read from: files below /etc/greenroom/policies, the registry on Windows, managed preferences on macOS.

The registry and the managed preferences follow Microsoft's and Apple's descriptions; the code was tested here with a
stand-in for the one and files for the other, and has not run on those systems yet.
"""

from __future__ import annotations

import json
import os
import plistlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from desktop_app.policy.keys import KEYS, WrongError, check_values

MANAGED_PREFERENCES = Path("/Library/Managed Preferences/app.greenroom.desktop.plist")
REGISTRY_KEY = r"Software\Policies\Greenroom"
_MOST_BYTES = 1_000_000
_MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Source:
    """One place that may set values. Those of a locked one hold whatever people choose; others are IT's defaults.

    read returns checked values by key, {} if nothing is set there; raises OSError or WrongError.
    """

    name: Path | str
    locked: bool
    read: Callable[[], dict[str, Any]]


def sources(system: str, folder: Path, *, owner: int, preferences: Path, registry: Any) -> Iterator[Source]:
    """The places of a system (as sys.platform names it), weakest first; registry is the winreg module or its like."""
    if system == "win32":
        yield from _of_registry(registry)
        return
    yield from _of_folder(folder / "recommended", False, owner)
    yield from _of_folder(folder / "managed", True, owner)
    if system == "darwin":
        yield Source(preferences, True, partial(_read_preferences, preferences, owner))


def read_file(path: Path) -> dict[str, Any]:
    """The values of a JSON file; raises OSError or WrongError. Who owns it is not asked."""
    content = _bytes(path)
    try:
        data = json.loads(content, object_pairs_hook=_once)
        json.dumps(data, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no character
    except (ValueError, RecursionError) as exc:
        raise exc if isinstance(exc, WrongError) else WrongError("it is not JSON") from None
    return check_values(data)


# -- files ----------------------------------------------------------------------------------------------------------------


def _of_folder(folder: Path, locked: bool, owner: int) -> Iterator[Source]:
    """A source for each file in order of name; one that says what is wrong with the folder, if anything is."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".json" and not path.name.startswith("."))
        if files:
            _trust(folder, owner)
    except FileNotFoundError:
        return
    except (OSError, WrongError) as exc:
        yield Source(folder, locked, partial(_refuse, exc))
        return
    for path in files:
        yield Source(path, locked, partial(_read_trusted, path, owner))


def _refuse(why: Exception) -> dict[str, Any]:
    raise why


def _read_trusted(path: Path, owner: int) -> dict[str, Any]:
    _trust(path, owner)
    return read_file(path)


def _trust(path: Path, owner: int) -> None:
    """Raise WrongError if anybody but the administrator could have written it."""
    if os.name != "posix":
        return
    status = path.stat()
    if status.st_uid != owner:
        raise WrongError("it does not belong to the administrator")
    if status.st_mode & 0o022:
        raise WrongError("others than the administrator may write to it")


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise WrongError("it is no file")
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise WrongError(f"it has more than {_MOST_BYTES:,} bytes")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise WrongError(f"{key[:60]!r} stands there twice")
        found[key] = value
    return found


# -- macOS ----------------------------------------------------------------------------------------------------------------


def _read_preferences(path: Path, owner: int) -> dict[str, Any]:
    """What device management set for the whole machine; keys of the payload itself (Payload…) are passed over."""
    if not path.exists():
        return {}
    _trust(path.parent, owner)
    _trust(path, owner)
    try:
        data = plistlib.loads(_bytes(path))
    except WrongError:
        raise
    except Exception:  # plistlib lets a dozen kinds of error out of a file that is none
        raise WrongError("it is no property list") from None
    if not isinstance(data, dict):
        raise WrongError("it is no dictionary")
    return check_values({name: value for name, value in data.items() if not str(name).startswith("Payload")})


# -- Windows --------------------------------------------------------------------------------------------------------------


def _of_registry(registry: Any) -> Iterator[Source]:
    for name, locked in ((rf"{REGISTRY_KEY}\Recommended", False), (REGISTRY_KEY, True)):
        yield Source(rf"HKEY_LOCAL_MACHINE\{name}", locked, partial(_read_registry, registry, name))


def _read_registry(registry: Any, name: str) -> dict[str, Any]:
    """Numbers and paths are values; a list is a subkey whose values are its texts, in order of their names."""
    values = {found.lower(): _converted(registry, found.lower(), *rest) for found, *rest in _values(registry, name)}
    for subkey in _subkeys(registry, name):
        key = KEYS.get(subkey.lower())
        if subkey.lower() == "recommended":
            continue
        if key is None or key.type != "texts":
            raise WrongError(f"{subkey[:60]!r} is not a key it may hold ({', '.join(KEYS)})")
        entries = sorted(_values(registry, rf"{name}\{subkey}"), key=lambda entry: (len(entry[0]), entry[0]))
        if entries:  # Windows leaves an empty key behind when a policy is taken back
            values[key.name] = [text for _, text, _ in entries]
    return check_values(values)


def _converted(registry: Any, name: str, value: Any, kind: int) -> Any:
    key = KEYS.get(name)
    if key is not None and key.type == "flag" and kind == registry.REG_DWORD and value in (0, 1):
        return bool(value)
    if kind == registry.REG_EXPAND_SZ and isinstance(value, str):
        return registry.ExpandEnvironmentStrings(value)
    return value


def _values(registry: Any, name: str) -> list[tuple[str, Any, int]]:
    return _all(registry, name, registry.EnumValue)


def _subkeys(registry: Any, name: str) -> list[str]:
    return _all(registry, name, registry.EnumKey)


def _all(registry: Any, name: str, one: Callable[[Any, int], Any]) -> list[Any]:
    """Everything that one lists below a key of the machine's 64-bit registry; [] if the key is not there."""
    found: list[Any] = []
    try:
        opened = registry.OpenKey(registry.HKEY_LOCAL_MACHINE, name, 0, registry.KEY_READ | registry.KEY_WOW64_64KEY)
    except FileNotFoundError:
        return found
    with opened as key:
        while len(found) < _MOST_ENTRIES:
            try:
                found.append(one(key, len(found)))
            except OSError:  # winreg's way to say that there are no more
                return found
    raise WrongError(f"it has more than {_MOST_ENTRIES:,} entries")
