"""What the frozen app needs of the system: read from its own binaries, named as Debian and as RPM name it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bootstrap import SYSTEM_LIBRARIES

from linux.tools import Problem, run, tool

# Library → Debian package, besides those that bootstrap.py names because Qt loads them.
DEBIAN = SYSTEM_LIBRARIES | {
    "ld-linux-x86-64.so.2": "libc6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libc.so.6": "libc6",
    "libdl.so.2": "libc6",
    "libm.so.6": "libc6",
    "libpthread.so.0": "libc6",
    "libresolv.so.2": "libc6",
    "librt.so.1": "libc6",
    "libutil.so.1": "libc6",
    "libdrm.so.2": "libdrm2",
    "libexpat.so.1": "libexpat1",
    "libffi.so.8": "libffi8",
    "libfreetype.so.6": "libfreetype6",
    "libgbm.so.1": "libgbm1",
    "libgcc_s.so.1": "libgcc-s1",
    "libgio-2.0.so.0": "libglib2.0-0",
    "libgmodule-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libstdc++.so.6": "libstdc++6",
    "libudev.so.1": "libudev1",
    "libuuid.so.1": "libuuid1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinput.so.0": "libxcb-xinput0",
    "libz.so.1": "zlib1g",
}

_LIBC = re.compile(r"GLIBC_(\d+(?:\.\d+)+)$")
_MAGIC = b"\x7fELF"


@dataclass(frozen=True, slots=True)
class Needs:
    """Libraries that the payload needs and does not hold, by soname, and the oldest glibc that has every symbol."""

    libraries: tuple[str, ...]
    glibc: str

    @property
    def debian(self) -> list[str]:
        """The packages for a control file's Depends; raises Problem for a library without a known package."""
        unknown = [library for library in self.libraries if library not in DEBIAN]
        if unknown:
            raise Problem(
                f"No Debian package is known for {', '.join(unknown)}, which the frozen app needs. "
                "Bundle it, or add it to DEBIAN in packaging/linux/dependencies.py."
            )
        packages = {DEBIAN[library] for library in self.libraries} - {"libc6"}
        return [*([f"libc6 (>= {self.glibc})"] if self.glibc else []), *sorted(packages)]

    @property
    def rpm(self) -> list[str]:
        """The same as capabilities that rpm's own generator writes, so they hold whatever a distribution calls its packages."""
        libraries = [library for library in self.libraries if DEBIAN.get(library) != "libc6"]
        glibc = [f"libc.so.6(GLIBC_{self.glibc})(64bit)"] if self.glibc else []
        return [*glibc, *(f"{library}()(64bit)" for library in libraries)]


def needs(payload: Path) -> Needs:
    """What the binaries below payload ask the system for."""
    binaries = list(elf_files(payload))
    inside = {path.name for path in payload.rglob("*")}
    wanted: set[str] = set()
    glibc: set[tuple[int, ...]] = set()
    for start in range(0, len(binaries), 100):
        wanted_here, glibc_here = _read(binaries[start : start + 100])
        wanted |= wanted_here
        glibc |= glibc_here
    return Needs(tuple(sorted(wanted - inside)), ".".join(map(str, max(glibc))) if glibc else "")


def elf_files(folder: Path) -> Iterator[Path]:
    """The programs and shared libraries below folder, in order; links are left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _MAGIC:
                    yield path


def _read(binaries: list[Path]) -> tuple[set[str], set[tuple[int, ...]]]:
    libraries, glibc = set(), set()
    for line in run([tool("objdump", "binutils"), "-p", *binaries], env={"LC_ALL": "C"}).splitlines():
        words = line.split()
        if words[:1] == ["NEEDED"]:
            libraries.add(words[1])
        elif words and (found := _LIBC.match(words[-1])):
            glibc.add(tuple(map(int, found[1].split("."))))
    return libraries, glibc
