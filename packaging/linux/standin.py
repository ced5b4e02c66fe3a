"""A payload that only pretends to be the frozen app: for trying the packaging without freezing, and for tests."""

from __future__ import annotations

from pathlib import Path

_PROGRAM = """#!/bin/sh
# Stands in for the frozen app while packaging is tried.
here=$(dirname "$(readlink -f "$0")")
profile=${GREENROOM_PROFILE:-${XDG_DATA_HOME:-$HOME/.local/share}/greenroom}
case "${1:-}" in
    --version) echo "greenroom, version $(cat "$here/_internal/VERSION")" ;;
    --smoke) mkdir -p "$profile" && echo smoke >"$profile/smoke.txt" && echo "window shown" && echo "all steps passed" ;;
    "") exec sleep 60 ;;
    *) echo "This stands in for Greenroom." >&2; exit 2 ;;
esac
"""


def make_payload(folder: Path, version: str) -> Path:
    """Write the payload into folder and return it."""
    inside = folder / "_internal" / "resources"
    inside.mkdir(parents=True)
    (folder / "licences").mkdir()
    for name in ("greenroom", "greenroom-worker", "greenroom-reader"):
        (folder / name).write_text(_PROGRAM, "utf-8")
        (folder / name).chmod(0o755)
    (folder / "_internal" / "VERSION").write_text(f"{version}\n", "utf-8")
    (inside / "words.json").write_text("{}\n", "utf-8")
    (inside / "words.json").chmod(0o600)  # as an umask of 077 leaves it; the package must not
    (inside / "same.json").symlink_to("words.json")
    (folder / "licences" / "LICENSE.txt").write_text("Apache-2.0\n", "utf-8")
    (folder / "greenroom.cdx.json").write_text("{}\n", "utf-8")
    return folder


def make_model(folder: Path) -> tuple[Path, Path]:
    """Write something with a model's first bytes and a licence into folder; return both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    model, licence = folder / "SmolLM2-135M-Instruct.Q4_1.gguf", folder / "LICENSE-SmolLM2.txt"
    model.write_bytes(b"GGUF" + bytes(4096))
    licence.write_text("Apache License, Version 2.0\n", "utf-8")
    return model, licence
