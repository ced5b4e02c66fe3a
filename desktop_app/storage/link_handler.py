"""Tells the desktop that greenroom:// links open with this app, for this person only, and takes that back.

Linux: a desktop entry and mimeapps.list, as freedesktop.org's Desktop Entry and MIME applications specifications have
them. Windows: the person's own branch of the registry; written after Microsoft's description, not run by our tests.
macOS knows only what the installed application's Info.plist says (packaging/macos/Info.plist).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from desktop_app.errors import StoreError
from desktop_app.storage.files import write_atomically
from desktop_app.storage.locations import Locations

ENTRY = "greenroom-links.desktop"
_TYPE = "x-scheme-handler/greenroom"
_SECTIONS = ("[Default Applications]", "[Added Associations]")
_WINDOWS_KEY = r"Software\Classes\greenroom"


class LinkHandler:
    """Registration of one person's greenroom:// links."""

    def __init__(
        self, locations: Locations, program: Sequence[str] | None = None, platform: str = sys.platform
    ) -> None:
        """program is the command that starts this app, by default the one that runs now."""
        self._locations, self._platform = locations, platform
        self._program = tuple(program or _this_program(locations))

    @property
    def is_possible(self) -> bool:
        """Whether links can be registered by the app itself on this system."""
        return self._platform in ("linux", "win32")

    @property
    def is_registered(self) -> bool:
        """True if links open with this installation and this profile."""
        if self._platform == "win32":
            return _windows_command() == self._windows_line()
        if self._platform != "linux":
            return False
        try:
            entry, associations = self._entry_path.read_bytes(), _read(self._mime_path)
        except OSError:
            return False
        return entry == self._entry() and _first(associations, _SECTIONS[0]) == ENTRY

    def register(self) -> tuple[Path, ...]:
        """Have links open with this app and return the files written; raises StoreError."""
        if self._platform == "win32":
            _register_on_windows(self._windows_line())
            return ()
        self._refuse_elsewhere()
        self._write(self._entry_path, self._entry())
        self._change(_added)
        return self._entry_path, self._mime_path

    def unregister(self) -> tuple[Path, ...]:
        """Take it back and return the files changed or removed; others' entries stay. Raises StoreError."""
        if self._platform == "win32":
            _unregister_on_windows()
            return ()
        self._refuse_elsewhere()
        changed = self._change(_removed)
        try:
            self._entry_path.unlink()
        except FileNotFoundError:
            return changed
        except OSError as exc:
            raise StoreError(f"{self._entry_path} cannot be deleted ({exc.strerror}). Delete it yourself.") from exc
        return (self._entry_path, *changed)

    @property
    def _entry_path(self) -> Path:
        return self._locations.applications / ENTRY

    @property
    def _mime_path(self) -> Path:
        return self._locations.mime_applications

    def _refuse_elsewhere(self) -> None:
        if self._platform != "linux":
            raise StoreError(
                "On this system links are registered by the installed application, not by a command. See docs/it/commands.md."
            )

    def _entry(self) -> bytes:
        command = " ".join([*map(_exec_quoted, self._program), "open", "%u"])
        lines = (
            "[Desktop Entry]", "Type=Application", "Name=Greenroom links",
            "Comment=Opens greenroom:// links in Greenroom", f"Exec={_string_escaped(command)}", "Terminal=false",
            "NoDisplay=true", f"MimeType={_TYPE};", "",
        )  # fmt: skip
        return "\n".join(lines).encode()

    def _windows_line(self) -> str:
        # "%1" is one argument whatever the link holds: parse_link refuses the quotation mark that could end it
        return " ".join([*(f'"{part}"' for part in self._program), "open", '"%1"'])

    def _change(self, change: Callable[[list[str], str], list[str]]) -> tuple[Path, ...]:
        try:
            before = _read(self._mime_path)
        except OSError as exc:
            raise StoreError(f"{self._mime_path} cannot be read ({exc.strerror}). Check your rights.") from exc
        lines = _lines(before)
        for section in _SECTIONS:
            lines = change(lines, section)
        after = "".join(lines)
        if after == before:
            return ()
        self._write(self._mime_path, after.encode("utf-8", "surrogateescape"))
        return (self._mime_path,)

    def _write(self, path: Path, data: bytes) -> None:
        try:
            target = path.resolve()  # whoever links this file to their dotfiles keeps the link
        except (OSError, RuntimeError) as exc:
            raise StoreError(f"{path} is a link that leads in a circle. Remove it, then try again.") from exc
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        except OSError as exc:
            raise StoreError(f"{target.parent} cannot be made ({exc.strerror}). Check your rights.") from exc
        write_atomically(target, data, mode=mode)


def _this_program(locations: Locations) -> tuple[str, ...]:
    """The command line that starts this installation with this profile."""
    script = Path(sys.argv[0])
    if getattr(sys, "frozen", False):
        program: tuple[str, ...] = (sys.executable,)
    elif script.stem == "greenroom" and script.exists():
        program = (str(script.absolute()),)
    else:
        program = (sys.executable, "-m", "desktop_app")
    return program if locations.is_default else (*program, "--profile", str(locations.profile))


# -- mimeapps.list: other programs' file, so every line that is not ours stays as it is, byte by byte ---------------------


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


def _lines(text: str) -> list[str]:
    """text cut after each line feed and nowhere else."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _bounds(lines: list[str], section: str) -> tuple[int, int]:
    """Where a section's lines begin and end; (-1, -1) if there is none."""
    heads = [at for at, line in enumerate(lines) if line.startswith("[")]
    for at, following in pairwise([*heads, len(lines)]):
        if lines[at].strip() == section:
            return at + 1, following
    return -1, -1


def _place(lines: list[str], section: str) -> int:
    """The line that names who opens our links in a section, -1 if none does."""
    for at in range(*_bounds(lines, section)):
        if lines[at].partition("=")[0].strip() == _TYPE:
            return at
    return -1


def _names(line: str) -> list[str]:
    return [name.strip() for name in line.partition("=")[2].split(";") if name.strip()]


def _first(text: str, section: str) -> str:
    lines = _lines(text)
    at = _place(lines, section)
    names = _names(lines[at]) if at >= 0 else []
    return names[0] if names else ""


def _line(names: Sequence[str]) -> str:
    return f"{_TYPE}={';'.join(names)};\n"


def _added(lines: list[str], section: str) -> list[str]:
    at = _place(lines, section)
    if at >= 0:
        names = _names(lines[at])
        line = _line([ENTRY, *(name for name in names if name != ENTRY)])
        return lines if names[:1] == [ENTRY] else [*lines[:at], line, *lines[at + 1 :]]
    start = _bounds(lines, section)[0]
    if start >= 0:
        return [*lines[: start - 1], _ended(lines[start - 1]), _line([ENTRY]), *lines[start:]]
    before = [*lines[:-1], _ended(lines[-1]), "\n"] if lines else []
    return [*before, f"{section}\n", _line([ENTRY])]


def _removed(lines: list[str], section: str) -> list[str]:
    at = _place(lines, section)
    if at < 0 or ENTRY not in _names(lines[at]):
        return lines
    rest = [name for name in _names(lines[at]) if name != ENTRY]
    return [*lines[:at], *([_line(rest)] if rest else []), *lines[at + 1 :]]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n"


def _exec_quoted(argument: str) -> str:
    """An argument of Exec: reserved characters need quotation marks, and within them \\", \\`, \\$ and \\\\; % is doubled."""
    doubled = argument.replace("%", "%%")
    if re.fullmatch(r"[A-Za-z0-9_./%:+,@=-]+", doubled):
        return doubled
    return '"' + re.sub(r'(["`$\\])', r"\\\1", doubled) + '"'


def _string_escaped(text: str) -> str:
    """A value of type string: the backslash and what would end the line."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


# -- Windows: not run by our tests ---------------------------------------------------------------------------------------


def _windows_command() -> str:
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, rf"{_WINDOWS_KEY}\shell\open\command") as key:  # type: ignore[attr-defined]
            return str(winreg.QueryValueEx(key, "")[0])  # type: ignore[attr-defined]
    except OSError:
        return ""


def _register_on_windows(command: str) -> None:
    import winreg

    values = {
        _WINDOWS_KEY: {"": "URL:Greenroom", "URL Protocol": ""},
        rf"{_WINDOWS_KEY}\shell\open\command": {"": command},
    }
    try:
        for name, entries in values.items():
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, name) as key:  # type: ignore[attr-defined]
                for entry, value in entries.items():
                    winreg.SetValueEx(key, entry, 0, winreg.REG_SZ, value)  # type: ignore[attr-defined]
    except OSError as exc:
        raise StoreError(f"The registry cannot be written ({exc.strerror}). Ask IT to allow it.") from exc


def _unregister_on_windows() -> None:
    import winreg

    for name in (r"\shell\open\command", r"\shell\open", r"\shell", ""):  # a key goes only once it is empty
        try:
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, _WINDOWS_KEY + name)  # type: ignore[attr-defined]
        except FileNotFoundError:
            continue
        except OSError as exc:
            raise StoreError(f"The registry cannot be written ({exc.strerror}). Ask IT to allow it.") from exc
