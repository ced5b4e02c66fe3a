"""What is in the frozen app: its bill of materials (CycloneDX 1.6) and the licence of every part."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from names import BUILD, HOMEPAGE, MODEL, MODEL_LICENCE, ROOT, epoch, version

TOOLS = BUILD / "tools"
_TEXTS = Path(__file__).parent / "texts"
_LICENCE_NAME = re.compile(r"(?i)(^|/)(licen[cs]es?/.+|licen[cs]e[\w.-]*|copying[\w.-]*|notice[\w.-]*|authors[\w.-]*)$")
# In the environment to compile, to install or to freeze; nothing of them is shipped but PyInstaller's loader, whose licence
# says that programs it makes are free of conditions.
_NOT_SHIPPED = {
    "altgraph", "pyinstaller", "pyinstaller-hooks-contrib", "pip", "setuptools", "wheel", "cmake", "ninja", "scikit-build-core",
    "pathspec", "packaging",
}  # fmt: skip


def distributions_shipped(python: Path) -> list[Distribution]:
    """The Python packages in an environment that the frozen app carries, by name."""
    site = next(python.parent.parent.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"))
    found = (each for each in distributions(path=[str(site)]) if _normal(each.name) not in _NOT_SHIPPED)
    return sorted(found, key=lambda each: _normal(each.name))


def write_bill(app: Path, python: Path) -> Path:
    """Write greenroom.cdx.json into the frozen app and return it.

    Python packages as cyclonedx-py finds them in the environment that was frozen; by hand what it cannot know: the model,
    llama.cpp inside its binding, Qt inside PySide6, Python itself and the system's libraries. Equal builds give equal bytes.
    """
    tool = TOOLS / ("Scripts" if os.name == "nt" else "bin") / "cyclonedx-py"
    command = [str(tool), "environment", "--output-reproducible", "--of", "JSON", "--sv", "1.6", str(python)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch())}
    bill = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)
    kept = [each for each in bill["components"] if _normal(each["name"]) not in _NOT_SHIPPED]
    for component in kept:  # where it lay while it was built says nothing to anybody
        component.pop("externalReferences", None)
        component.pop("properties", None)
    added = [*_by_hand({_normal(each["name"]): each["version"] for each in kept}), *system_libraries(app)]
    bill["components"] = sorted([*kept, *added], key=lambda each: each["bom-ref"])
    refs = {each["bom-ref"] for each in bill["components"]}
    root = {
        "type": "application", "bom-ref": "greenroom", "name": "greenroom", "version": version(),
        "licenses": [{"license": {"id": "Apache-2.0"}}], "externalReferences": [{"type": "website", "url": HOMEPAGE}],
    }  # fmt: skip
    bill["metadata"] = bill.get("metadata", {}) | {"component": root}
    bill["dependencies"] = [
        each | {"dependsOn": [ref for ref in each.get("dependsOn", []) if ref in refs]}
        for each in bill.get("dependencies", [])
        if each["ref"] in refs
    ] + [{"ref": "greenroom", "dependsOn": sorted(refs)}]
    text = json.dumps(bill | {"serialNumber": ""}, indent=1, ensure_ascii=False, sort_keys=True)
    bill["serialNumber"] = (
        f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, HOMEPAGE + hashlib.sha256(text.encode()).hexdigest())}"
    )
    target = app / "greenroom.cdx.json"
    target.write_text(json.dumps(bill, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    return target


def _by_hand(versions: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    [model] = json.loads((ROOT / "resources" / "models.json").read_text("utf-8"))["models"]
    yield {
        "type": "machine-learning-model", "bom-ref": f"model:{model['id']}", "name": model["name"], "version": model["quantisation"],
        "publisher": model["publisher"], "description": model["source"], "licenses": [{"license": {"id": model["license"]}}],
        "hashes": [{"alg": "SHA-256", "content": model["sha256"]}],
    }  # fmt: skip
    parts = (
        (
            "llama.cpp",
            f"as in llama-cpp-python {versions['llama-cpp-python']}",
            "MIT",
            "https://github.com/ggml-org/llama.cpp",
        ),
        ("qt", versions["pyside6-essentials"], "LGPL-3.0-only", "https://code.qt.io/"),
        ("cpython", ".".join(map(str, sys.version_info[:3])), "PSF-2.0", "https://www.python.org/"),
    )
    for name, number, licence, site in parts:
        yield {
            "type": "library", "bom-ref": f"part:{name}", "name": name, "version": number,
            "licenses": [{"license": {"id": licence}}], "externalReferences": [{"type": "website", "url": site}],
        }  # fmt: skip


def system_libraries(app: Path) -> list[dict[str, Any]]:
    """The system's libraries that lie in the app, each with the Debian package it was copied from; [] elsewhere than on Debian."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((app / "_internal").glob("lib*.so*")):
        is_python = path.name.startswith("libpython")  # not the system's: the one that runs this
        package = None if path.is_symlink() or is_python else debian_package(path.name)
        if package is not None:
            name, number = package
            entry = found.setdefault(
                name,
                {
                    "type": "library", "bom-ref": f"deb:{name}", "name": name, "version": number,
                    "purl": f"pkg:deb/debian/{name}@{number.replace('+', '%2B').replace(':', '%3A')}", "description": "",
                },
            )  # fmt: skip
            entry["description"] = f"{entry['description']} {path.name}".strip()
    return [found[name] for name in sorted(found)]


def debian_package(library: str) -> tuple[str, str] | None:
    """The package and version of a library of this system; None where dpkg does not know it."""
    if shutil.which("dpkg-query") is None:
        return None
    pattern = re.compile(rf"^([^:, ]+)(?::\w+)?: /(?:usr/)?lib/[\w-]*/?{re.escape(library)}$", re.MULTILINE)
    said = subprocess.run(["dpkg-query", "-S", f"*/{library}"], capture_output=True, text=True).stdout
    match = pattern.search(said)
    if match is None:
        return None
    command = ["dpkg-query", "-W", "-f", "${Version}\n", match[1]]
    number = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    return (match[1], number[0]) if number else None


def write_licences(app: Path, python: Path) -> Path:
    """Write the folder licences/ into the frozen app, one folder a part."""
    target = app / "licences"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(ROOT / name, target / f"{name}-Greenroom.txt")
    for path in sorted(_TEXTS.iterdir()):  # Qt's wheels bring no text
        shutil.copyfile(path, target / path.name)
    shutil.copyfile(ROOT / "docs" / "third-party-licences.md", target / "README.md")
    for each in distributions_shipped(python):
        for file in each.files or ():
            if ".dist-info/" in str(file) and _LICENCE_NAME.search(str(file).split(".dist-info/")[1]):
                inside = str(file).split(".dist-info/")[1].removeprefix("licenses/").replace("/", "-")
                _copy(Path(str(each.locate_file(file))), target / _normal(each.name) / inside)
    for entry in system_libraries(app):
        _copy(Path("/usr/share/doc") / entry["name"] / "copyright", target / "system" / f"{entry['name']}.txt")
    return target


def write_model_licence() -> None:
    """Write the text that goes with the model wherever it goes."""
    said = (ROOT / "LICENSE").read_text("utf-8")
    [model] = json.loads((ROOT / "resources" / "models.json").read_text("utf-8"))["models"]
    MODEL_LICENCE.parent.mkdir(parents=True, exist_ok=True)
    MODEL_LICENCE.write_text(f"{model['name']}, {MODEL.name}\n{model['source']}\n\n{said}", "utf-8")


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
