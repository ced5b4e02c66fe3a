"""A small payload in the shape PyInstaller gives a frozen app on macOS, to lay out as a bundle on Linux.

Its programs and libraries begin as Mach-O files do and are none; nothing of it runs.
"""

from __future__ import annotations

import shutil
from pathlib import Path

_CODE = bytes.fromhex("cffaedfe0c000001") + bytes(56)  # a 64-bit Mach-O header for arm64
_PARTS = (
    "greenroom", "greenroom-worker", "greenroom-reader",
    "_internal/Python.framework/Versions/3.11/Python",
    "_internal/python3.11/lib-dynload/_ssl.cpython-311-darwin.so",
    "_internal/llama_cpp/lib/libllama.dylib", "_internal/PySide6/QtCore.abi3.so",
    "_internal/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore",
)  # fmt: skip
_TEXTS = (
    "licences/LICENSE.txt", "greenroom.cdx.json", "_internal/content/learn/first-steps/lesson.md", "_internal/base_library.zip",
    "_internal/resources/models.json", "_internal/keyring-25.7.0.dist-info/METADATA", "_internal/llama_cpp/notes.txt",
    "_internal/PySide6/Qt/lib/QtCore.framework/Versions/A/Resources/Info.plist", "_internal/files.sha256",
)  # fmt: skip
_LINKS = {
    "_internal/Python": "Python.framework/Versions/3.11/Python",
    "_internal/QtCore": "PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore",
    "_internal/PySide6/Qt/lib/QtCore.framework/QtCore": "Versions/A/QtCore",
}


def make_payload(folder: Path) -> Path:
    """Write the stand-in and return its folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in _PARTS:
        _path(folder, name).write_bytes(_CODE)
    for name in _TEXTS:
        _path(folder, name).write_text("stand-in\n")
    for name, target in _LINKS.items():
        _path(folder, name).symlink_to(target)
    return folder


def _path(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
