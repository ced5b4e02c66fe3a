"""How the processes that are locked down are started: from a checkout as modules, from an installation as programs beside the app's."""

from __future__ import annotations

import sys
from pathlib import Path

IS_FROZEN = bool(getattr(sys, "frozen", False))


def program(name: str) -> tuple[str, ...]:
    """The command of the process "worker" or "reader"; nothing the environment or a person's site-packages say reaches it."""
    if IS_FROZEN:  # its program was built with the same switches (packaging/freeze/greenroom.spec)
        own = Path(sys.executable)
        return (str(own.with_name(f"greenroom-{name}{own.suffix}")),)
    return (sys.executable, "-I", "-B", "-X", "utf8", "-m", f"desktop_app.sandbox.{name}")


def own_files() -> tuple[Path, ...]:
    """What this process is made of besides Python's standard folders: where it is frozen, its program and the folder beside it."""
    return (Path(sys.executable), Path(sys._MEIPASS)) if IS_FROZEN else ()  # type: ignore[attr-defined]
