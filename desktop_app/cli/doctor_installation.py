"""Doctor's checks of what was installed: version, files, display, content, links."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import sqlite3
import sys
from pathlib import Path

from desktop_app import __version__
from desktop_app.cli.doctor_finding import Check, Finding, fail, good, many, warn
from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.services import Services

FILES = "files.sha256"
# Library that the window needs and no Qt package brings → Debian package that holds it.
DISPLAY_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def frozen_folder() -> Path | None:
    """The folder of the frozen app's own files (_internal), None where Python runs the sources."""
    return Path(sys._MEIPASS) if getattr(sys, "frozen", False) else None  # type: ignore[attr-defined]


def _version(services: Services) -> Finding:
    return good(
        f"Greenroom {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.platform()}"
    )


def _installation(services: Services) -> Finding:
    internal = frozen_folder()
    if internal is None:
        root = services.locations.resources.parent
        return good(f"{'Checkout' if (root / 'pyproject.toml').is_file() else 'Python package'} in {root}")
    folder = internal.parent
    installed = folder == Path("/usr/lib/greenroom") or any(
        folder.is_relative_to(place) for place in (os.environ.get("PROGRAMFILES"), "/Applications") if place
    )
    kind = f"{'Package' if installed else 'Portable'} in {folder}"
    try:
        lines = (internal / FILES).read_text("utf-8").splitlines()
    except OSError:
        if sys.platform == "darwin":  # signing changes the files, and the signature lists them again
            return good(f"{kind}; macOS checks its signature: codesign --verify --deep --strict")
        return fail(f"{kind}; the list of its files is not there, so nobody can say whether they are whole")
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    wrong = [name for name, digest in listed.items() if _sha256(folder / name) != digest]
    if wrong:
        return fail(f"{kind}; {many(len(wrong), 'file')} of {len(listed):,} altered or missing, such as {wrong[0]}")
    known = {*listed, f"{internal.name}/{FILES}"}
    foreign = sorted(
        name for path in internal.rglob("*") if path.is_file() and (name := path.relative_to(folder).as_posix()) not in known
        and not path.is_symlink()
    )  # fmt: skip
    if foreign:
        return fail(f"{kind}; {many(len(foreign), 'file')} not part of it, such as {foreign[0]}")
    return good(f"{kind}; {len(listed):,} files, each as it was built")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _display(services: Services) -> Finding:
    if sys.platform != "linux":
        return good("The system's own")
    missing = [name for name in DISPLAY_LIBRARIES if not _loads(name)]
    if missing:
        packages = " ".join(DISPLAY_LIBRARIES[name] for name in missing)
        return fail(
            f"The window cannot open without {', '.join(missing)}", f"Install them; on Debian: apt install {packages}"
        )
    if wayland := os.environ.get("WAYLAND_DISPLAY"):
        return good(f"Wayland display {wayland}")
    display = os.environ.get("DISPLAY", "")
    if not display:
        return warn(
            "This session has no display, so only commands work here",
            "Run it in the person's desktop session to open the window; commands need none.",
        )
    if not display.startswith((":", "unix:", "unix/", "/")):
        return warn(
            f"The display {display} is reached over the network, which the app denies itself",
            "Use a display of this machine, such as a remote desktop session that runs on it.",
        )
    return good(f"X display {display}; every library that the window needs is there")


def _loads(name: str) -> bool:
    internal = frozen_folder()
    own = internal / name if internal else None
    try:
        ctypes.CDLL(str(own) if own and own.exists() else name)
    except OSError:
        return False
    return True


def _lessons(services: Services) -> Finding:
    count = len(services.lessons.lessons())
    problems = services.lessons.problems + services.glossary.problems()
    if problems:
        return fail(str(problems[0]))
    return good(f"{many(count, 'lesson')}, {many(len(services.lessons.paths()), 'path')}")


def _prompts(services: Services) -> Finding:
    try:
        index = finish(services.updated_index())
    except StoreError:  # said where the profile and the index are checked
        count = many(len(services.prompts.ids()), "folder")
        return warn(f"{count} of prompts; the index that knows them cannot be made", "Mend the profile, see below.")
    try:
        count, problems = index.count(), index.problems(limit=1)
    finally:
        index.close()
    return fail(str(problems[0])) if problems else good(many(count, "prompt"))


def _links(services: Services) -> Finding:
    from desktop_app.storage.link_handler import LinkHandler

    handler = LinkHandler(services.locations)
    if not handler.is_possible:
        return good("The installed application opens greenroom:// links on this system")
    if handler.is_registered:
        return good("greenroom:// links open with this installation, for this person")
    if entry := system_entry():
        return good(f"greenroom:// links are offered by {entry}")
    return warn("greenroom:// links open with nothing, or with another installation")


def system_entry() -> Path | None:
    """The machine's own desktop entry that opens links with Greenroom, as a package installs it."""
    from desktop_app.storage.link_handler import ENTRY

    named = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for folder in filter(None, named.split(":")):
        entry = Path(folder) / "applications" / ENTRY
        try:
            if "x-scheme-handler/greenroom" in entry.read_text("utf-8", "replace"):
                return entry
        except OSError:
            continue
    return None


_AGAIN = "Install Greenroom again from a package whose signature you verified."
CHECKS = (
    Check("version", "Version", _version, _AGAIN),
    Check("installation", "Installation", _installation, _AGAIN),
    Check("display", "Display", _display, _AGAIN),
    Check("lessons", "Lessons", _lessons, "Mend the file that is named (greenroom lesson lint), or install again."),
    Check("prompts", "Prompts", _prompts, "Mend the file that is named (greenroom prompt lint), or install again."),
    Check("links", "Links", _links, "greenroom link register, for each person who wants it."),
)
