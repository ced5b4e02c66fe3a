"""Makes an rpm with rpmbuild from the description that nfpm gets for a deb: nfpm cannot pack an rpm as tightly."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linux.tools import run, tool

# Two threads whatever the machine has: the bytes must be the same, and xz cuts its input into blocks when there is more than one.
_TIGHT, _QUICK = "w6T2.xzdio", "w1.zstdio"
_MACROS = {
    "__os_install_post": "%{nil}", "__spec_install_post": "%{___build_post}", "debug_package": "%{nil}", "_build_id_links": "none",
    "_missing_build_ids_terminate_build": "0", "_binary_filedigest_algorithm": "8", "_buildhost": "localhost",
    "use_source_date_epoch_as_buildtime": "1", "clamp_mtime_to_source_date_epoch": "1", "source_date_epoch_from_changelog": "0",
    "_build_name_fmt": "built.rpm",
}  # fmt: skip


def build(
    config: Mapping[str, Any], contents: Iterable[Mapping[str, Any]], target: Path, *, epoch: int, tight: bool
) -> None:
    """Write the rpm to target; config and contents are nfpm's, with type, mode and src of each entry. Raises Problem."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        entries = list(contents)
        _stage(entries, scratch / "stage", epoch)
        spec = scratch / "package.spec"
        spec.write_text(_spec(config, entries, scratch / "stage", epoch), "utf-8")
        macros = _MACROS | {
            "_topdir": str(scratch),
            "_dbpath": str(scratch),
            "_rpmdir": str(scratch),
            "_tmppath": str(scratch),
        }
        macros |= {"_binary_payload": _TIGHT if tight else _QUICK}
        defines = [part for name, value in macros.items() for part in ("--define", f"{name} {value}")]
        architecture = "x86_64" if config["arch"] == "amd64" else "noarch"
        command = [tool("rpmbuild", "rpm"), "-bb", "--quiet", "--target", f"{architecture}-linux", *defines, spec]
        run(command, env={"SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C.UTF-8"})
        shutil.move(scratch / "built.rpm", target)


def _stage(entries: Iterable[Mapping[str, Any]], stage: Path, epoch: int) -> None:
    """Lay the files out as they are installed, with their times; modes and owners stand in the spec."""
    for entry in entries:
        path = stage / entry["dst"].lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.get("type") == "dir":
            path.mkdir(exist_ok=True)
        elif entry.get("type") == "symlink":
            path.symlink_to(entry["src"])
        else:
            shutil.copyfile(entry["src"], path)
    for path in (stage, *stage.rglob("*")):
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def _spec(config: Mapping[str, Any], entries: Iterable[Mapping[str, Any]], stage: Path, epoch: int) -> str:
    day = datetime.fromtimestamp(epoch, UTC)
    lines = [
        f"Name: {config['name']}", f"Version: {config['version']}", f"Release: {config['release']}", f"Summary: {config['rpm']['summary']}",
        f"License: {config['license']}", f"URL: {config['homepage']}", f"Group: {config['rpm']['group']}", f"Vendor: {config['vendor']}",
        f"Packager: {config['maintainer']}", "AutoReqProv: no",
        *(f"Requires: {what}" for what in config.get("depends", ())),
        *(f"Recommends: {what}" for what in config.get("recommends", ())),
        *(f"Provides: {what}" for what in config.get("provides", ())),
        "", "%description", config["description"], "", "%install", f'cp -a "{stage}/." "%{{buildroot}}/"', "", "%files",
        *map(_line, entries), "", "%changelog",
        f"* {day.strftime('%a %b %d %Y')} {config['maintainer']} - {config['version']}-{config['release']}",
        "- See changelog.gz in the documentation.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _line(entry: Mapping[str, Any]) -> str:
    kind = {"dir": "%dir ", "doc": "%doc "}.get(entry.get("type", ""), "")
    mode = "-" if entry.get("type") == "symlink" else f"{entry['file_info']['mode']:04o}"
    return f'{kind}%attr({mode},root,root) "{entry["dst"].replace("%", "%%")}"'
