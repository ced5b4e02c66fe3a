"""Write what PyInstaller puts into the programs on Windows: the icon and the version that Explorer shows.

    build\\python\\Scripts\\python.exe packaging\\windows\\resources.py

Prints the two lines GREENROOM_ICON=… and GREENROOM_VERSION_FILE=… that packaging/freeze/greenroom.spec reads.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from names import BUILD, MAINTAINER, version

from windows.icons import write_ico
from windows.msi import msi_version

_VERSION = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "{publisher}"),
      StringStruct("FileDescription", "Greenroom"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("LegalCopyright", "{publisher}, Apache-2.0"),
      StringStruct("ProductName", "Greenroom"),
      StringStruct("ProductVersion", "{version}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [1033, 1200])]),
  ],
)
"""


def version_file(number: str) -> str:
    """PyInstaller's description of a program's version resource."""
    numbers = tuple(map(int, f"{msi_version(number)}.0".split(".")))
    return _VERSION.format(numbers=numbers, version=number, publisher=MAINTAINER.partition(" <")[0])


def main() -> int:
    """Write both files; return the exit code."""
    folder = BUILD / "windows"
    folder.mkdir(parents=True, exist_ok=True)
    write_ico(folder / "greenroom.ico")
    (folder / "version.txt").write_text(version_file(version()), "utf-8")
    print(f"GREENROOM_ICON={folder / 'greenroom.ico'}")
    print(f"GREENROOM_VERSION_FILE={folder / 'version.txt'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
