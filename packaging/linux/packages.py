"""Debian and RPM packages of the frozen app and of the model, made by nfpm and rpmbuild from one description each.

Every file belongs to root, has the mode that fits what it is and the time of the commit, so two builds are the same bytes.
Installing beside a running app replaces files by renaming, as dpkg and rpm do: the running one keeps what it has loaded, and
says by itself what it can no longer load; it should be closed and opened again. Nothing of a person's is ever touched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from names import HOMEPAGE, MAINTAINER, MODEL_PACKAGE, MODEL_VERSION

from linux import rpmbuild, xz_deb
from linux.dependencies import needs
from linux.desktop import SHARE, app_documents, model_documents, shared_files
from linux.tools import Problem, need, nfpm, package_version, run

INSTALLED = "/usr/lib/greenroom"
MODELS = "/usr/share/greenroom/models"
POLICIES = (
    "/etc/greenroom",
    "/etc/greenroom/policies",
    "/etc/greenroom/policies/managed",
    "/etc/greenroom/policies/recommended",
)
KEYRINGS = "gnome-keyring | kwalletmanager | keepassxc"
FORMATS = ("deb", "rpm")

_APP = """Learn generative AI for your role and practise it safely
Greenroom teaches people at work what generative AI is, what it is good for and
what never to paste into it. Lessons of a few minutes, questions and exercises
stand next to a language model that runs on this machine, in a process that can
reach neither the network nor people's files.
.
IT decides by policy files in /etc/greenroom/policies what people may do."""
_MODEL = """Small language model for Greenroom (SmolLM2 135M Instruct)
The model that Greenroom's exercises run on unless IT installs another: weights
of SmolLM2-135M-Instruct, quantised to four bits. It works on any processor and
needs neither the network nor a graphics card."""


def build_app(payload: Path, out: Path, *, version: str, epoch: int, kind: str, tight: bool = True) -> Path:
    """Make the deb or rpm of the frozen app in payload, return its path; raises Problem.

    tight takes a minute to make it as small as a release should be; otherwise it is packed quickly, for trying.
    """
    need(payload / "greenroom", "Freeze the app first: `make dist` does.")
    contents = [*_payload(payload, epoch), *(_folder(path, epoch) for path in (*POLICIES, "/usr/share/doc/greenroom"))]
    contents.append(_entry("/usr/bin/greenroom", epoch, mode=0o777, src="../lib/greenroom/greenroom", type="symlink"))
    packaged = package_version(version)
    files = {f"/usr/share/{path}": data for path, data in shared_files(version, epoch).items()}
    documents = app_documents("greenroom", packaged, epoch, debian=kind == "deb")
    files |= {f"/usr/share/doc/greenroom/{name}": data for name, data in documents.items()}
    wanted = needs(payload)
    config = _config("greenroom", packaged, _APP, kind, epoch, tight) | {"arch": "amd64"}
    # No scripts beside preinst: menus, icons, MIME types and manual pages are indexed by the triggers of the packages that index.
    if kind == "deb":
        config |= {"depends": [*wanted.debian, f"{MODEL_PACKAGE} | greenroom-model"], "recommends": [KEYRINGS]}
        files["preinst"] = (SHARE / "preinst").read_bytes().replace(b"@VERSION@", packaged.encode())
        files |= _overrides("greenroom")
    else:
        config |= {"depends": [*wanted.rpm, "greenroom-model"], "recommends": ["gnome-keyring"]}
    return _build(config, contents, files, out / _name("greenroom", packaged, "amd64", kind), kind, epoch)


def build_model(model: Path, licence: Path, out: Path, *, epoch: int, kind: str) -> Path:
    """Make the deb or rpm of the model file, return its path; raises Problem."""
    need(model, "`make setup` fetches the model; `make dist` copies it there.")
    need(licence, "`make dist` writes it beside the model.")
    contents = [
        *(_folder(path, epoch) for path in ("/usr/share/greenroom", MODELS, f"/usr/share/doc/{MODEL_PACKAGE}")),
        _entry(f"{MODELS}/{model.name}", epoch, src=str(model), mode=0o644),
    ]
    documents = model_documents(licence, epoch, debian=kind == "deb")
    files = {f"/usr/share/doc/{MODEL_PACKAGE}/{name}": data for name, data in documents.items()}
    config = _config(MODEL_PACKAGE, MODEL_VERSION, _MODEL, kind, epoch, False) | {
        "arch": "all",
        "provides": ["greenroom-model"],
    }
    config |= {"deb": config["deb"] | {"fields": {"Enhances": "greenroom"}}} if kind == "deb" else {}
    files |= _overrides(MODEL_PACKAGE) if kind == "deb" else {}
    return _build(config, contents, files, out / _name(MODEL_PACKAGE, MODEL_VERSION, "all", kind), kind, epoch)


def build_all(payload: Path, model: Path, licence: Path, out: Path, *, version: str, epoch: int) -> list[Path]:
    """Both packages in both formats."""
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for kind in FORMATS:
        made.append(build_app(payload, out, version=version, epoch=epoch, kind=kind))
        made.append(build_model(model, licence, out, epoch=epoch, kind=kind))
    return made


def payload_modes(payload: Path) -> Iterator[tuple[Path, int]]:
    """Everything below payload in order, with the mode it is installed with."""
    for path in sorted(payload.rglob("*")):
        if path.is_symlink():
            yield path, 0o777
        elif path.is_dir():
            yield path, 0o755
        else:  # programs are what stands at the top; libraries are loaded, not run
            runs = path.parent == payload and os.access(path, os.X_OK)
            yield path, 0o755 if runs else 0o644


def _payload(payload: Path, epoch: int) -> Iterator[dict[str, Any]]:
    yield _folder(INSTALLED, epoch)
    for path, mode in payload_modes(payload):
        target = f"{INSTALLED}/{path.relative_to(payload).as_posix()}"
        if path.is_symlink():
            if path.readlink().is_absolute() or not path.resolve().is_relative_to(payload.resolve()):
                raise Problem(f"{path} is a link that leads out of the app. Freeze it again: `make dist`.")
            yield _entry(target, epoch, mode=mode, src=str(path.readlink()), type="symlink")
        elif path.is_dir():
            yield _folder(target, epoch)
        else:
            yield _entry(target, epoch, src=str(path), mode=mode)


def _folder(path: str, epoch: int) -> dict[str, Any]:
    return _entry(path, epoch, type="dir", mode=0o755)


def _entry(target: str, epoch: int, *, mode: int, **rest: str) -> dict[str, Any]:
    return {"dst": target, "file_info": {"mtime": _day(epoch), "owner": "root", "group": "root", "mode": mode}, **rest}


def _config(name: str, version: str, description: str, kind: str, epoch: int, tight: bool) -> dict[str, Any]:
    rpm = {"summary": description.partition("\n")[0], "group": "Applications/Education"}
    return {
        "name": name, "platform": "linux", "version": version, "version_schema": "none", "section": "education",
        "priority": "optional", "maintainer": MAINTAINER, "vendor": "The Greenroom authors", "homepage": HOMEPAGE,
        "license": "Apache-2.0", "mtime": _day(epoch), "umask": 0o022, "deb": {"compression": "none" if tight else "gzip"},
        "description": description if kind == "deb" else description.partition("\n")[2].replace("\n.\n", "\n\n"),
        "rpm": rpm, **({"release": "1"} if kind == "rpm" else {}),
    }  # fmt: skip


def _build(
    config: dict[str, Any],
    contents: list[dict[str, Any]],
    files: Mapping[str, bytes],
    target: Path,
    kind: str,
    epoch: int,
) -> Path:
    with tempfile.TemporaryDirectory() as scratch:
        for at, (path, data) in enumerate(sorted(files.items())):
            made = Path(scratch) / f"{at:03}"
            made.write_bytes(data)
            if path == "preinst":
                config |= {"scripts": {"preinstall": str(made)}}
            else:
                contents.append(_entry(path, epoch, src=str(made), mode=0o644))
        config["contents"] = _sorted(contents, kind)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if kind == "rpm":
            rpmbuild.build(
                config, config["contents"], target, epoch=epoch, tight=config["deb"]["compression"] == "none"
            )
            return target
        described = Path(scratch) / "nfpm.yaml"
        described.write_text(yaml.safe_dump(config, sort_keys=True), "utf-8")
        command = [nfpm(), "package", "--config", described, "--packager", kind, "--target", target]
        run(command, env={"SOURCE_DATE_EPOCH": str(epoch)})
    if kind == "deb" and config["deb"]["compression"] == "none":
        xz_deb.repack(target, epoch)
    return target


def _sorted(contents: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    for entry in contents:
        if (
            kind == "rpm"
            and entry.get("type") != "dir"
            and entry["dst"].startswith(("/usr/share/doc/", "/usr/share/man/"))
        ):
            entry["type"] = "doc"
    return sorted(contents, key=lambda entry: entry["dst"])


def _overrides(package: str) -> dict[str, bytes]:
    """What lintian finds and we mean, each with its reason."""
    path = Path(__file__).parent / "lintian-overrides" / package
    return {f"/usr/share/lintian/overrides/{package}": path.read_bytes()} if path.is_file() else {}


def _name(package: str, version: str, arch: str, kind: str) -> str:
    if kind == "deb":
        return f"{package}_{version}_{arch}.deb"
    return f"{package}-{version}-1.{ {'amd64': 'x86_64', 'all': 'noarch'}[arch] }.rpm"


def _day(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
