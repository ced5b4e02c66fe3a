"""Every path the app reads or writes. Nothing else asks the system where things are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import StoreError

_ROOT = Path(__file__).resolve().parent.parent.parent  # the checkout, or the installed application's folder


@dataclass(frozen=True, slots=True)
class Locations:
    """Where this run finds content and keeps the profile; bundled folders come first."""

    profile: Path
    content: tuple[Path, ...]
    libraries: tuple[Path, ...]
    resources: Path

    @classmethod
    def find(
        cls, profile: Path | None = None, content: Iterable[Path] = (), libraries: Iterable[Path] = ()
    ) -> Locations:
        """Locations for --profile, --content and --library; without a profile GREENROOM_PROFILE, then the system's.

        Raises StoreError if the profile is below a home folder that does not exist.
        """
        chosen = profile or _default_profile()
        try:
            folder = chosen.expanduser().absolute()
        except RuntimeError as exc:  # "~name" of somebody who does not exist, or no home folder at all
            raise StoreError(
                f"The profile folder {chosen} is below a home folder that does not exist. Choose another with --profile."
            ) from exc
        return cls(
            folder,
            (_ROOT / "content", *content),
            (_ROOT / "prompt_library", *libraries),
            _ROOT / "resources",
        )

    @property
    def learner_db(self) -> Path:
        """What this person did."""
        return self.profile / "learner.db"

    @property
    def index_db(self) -> Path:
        """The search index; may be deleted at any time."""
        return self.profile / "index.db"

    @property
    def lint_cache(self) -> Path:
        """What lint said of each file; may be deleted at any time."""
        return self.profile / "lint-cache.json"

    @property
    def results_db(self) -> Path:
        """Results of prompt tests; may be deleted at any time, tests then run again."""
        return self.profile / "results.db"

    @property
    def states(self) -> Path:
        """What the model had read of prompts that come again, sealed; may be deleted at any time."""
        return self.profile / "states"

    @property
    def scorecards(self) -> Path:
        """What was measured of models, a file each; may be deleted at any time."""
        return self.profile / "scorecards"

    @property
    def bundled_library(self) -> Path:
        """The prompts that come with the app; its next version replaces them."""
        return self.resources.parent / "prompt_library"

    @property
    def own_library(self) -> Path:
        """The person's own prompt library, where imports land unless another folder is named; not there before the first."""
        return self.profile / "library"

    @property
    def own_models(self) -> Path:
        """Models the person added, with the catalogue of them; not there before the first."""
        return self.profile / "models"

    @property
    def machine_models(self) -> tuple[Path, ...]:
        """Where IT puts models for everybody on this machine; often none of these is there."""
        if os.name == "nt":
            return (Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / "Greenroom" / "models",)
        if sys.platform == "darwin":
            return (Path("/Library/Application Support/Greenroom/models"),)
        return (Path("/usr/share/greenroom/models"), Path("/var/lib/greenroom/models"))

    @property
    def bundled_models(self) -> tuple[Path, ...]:
        """Where an installation keeps the model that ships: beside its program, or where its own package puts it."""
        return (Path(sys.executable).parent / "models", *self.machine_models)

    @property
    def settings_file(self) -> Path:
        """Choices made in Settings and the window's shape."""
        return self.profile / "settings.json"

    @property
    def builds_file(self) -> Path:
        """Which builds of llama.cpp run on this machine."""
        return self.profile / "builds.json"

    @property
    def audit_head(self) -> Path:
        """The last audit entry, kept outside the database so that a cut tail is noticed."""
        return self.profile / "audit-head.json"

    @property
    def log_file(self) -> Path:
        """Faults of the app; never a text somebody typed."""
        return self.profile / "greenroom.log"

    @property
    def last_backup(self) -> Path:
        """When the last backup of this profile was made, and where it lies."""
        return self.profile / "last-backup.json"

    @property
    def lock_file(self) -> Path:
        """Held by the window that uses this profile."""
        return self.profile / "greenroom.lock"

    @property
    def is_default(self) -> bool:
        """True if this is the profile that the app uses when none is named, not even by a variable."""
        return self.profile == _system_profile()

    @property
    def applications(self) -> Path:
        """Where a person's own desktop entries are (freedesktop.org's base directories)."""
        return _xdg("XDG_DATA_HOME", ".local/share") / "applications"

    @property
    def mime_applications(self) -> Path:
        """Where a person's choice of programs for types and links is kept."""
        return _xdg("XDG_CONFIG_HOME", ".config") / "mimeapps.list"

    @property
    def policies(self) -> Path:
        """What IT decided for this machine; its folder managed/ holds the files. Only administrators may write there."""
        if os.name == "nt":
            return Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / "Greenroom" / "policies"
        return Path("/etc/greenroom/policies")

    def make_profile(self) -> None:
        """Create the profile folder for this user only; raises StoreError if it cannot be written."""
        try:
            self.profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        except (FileExistsError, NotADirectoryError) as exc:
            file = next(path for path in (self.profile, *self.profile.parents) if path.exists())
            raise StoreError(
                f"{file} is a file, so it cannot hold your profile. Move it or choose another with --profile."
            ) from exc
        except OSError as exc:
            raise StoreError(_cannot_write(self.profile, exc)) from exc
        if not os.access(self.profile, os.W_OK | os.X_OK):
            raise StoreError(
                f"The profile folder {self.profile} is read-only. Make it writable or choose another with --profile."
            )


def _xdg(variable: str, otherwise: str) -> Path:
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home() / otherwise  # a relative one is to be ignored, says XDG


def _default_profile() -> Path:
    named = os.environ.get("GREENROOM_PROFILE")
    return Path(named) if named else _system_profile()


def _system_profile() -> Path:
    import platformdirs  # only needed when no profile is named

    return platformdirs.user_data_path("greenroom", appauthor=False)


def _cannot_write(path: Path, error: OSError) -> str:
    return f"The profile folder {path} cannot be made ({error.strerror}). Free space, check your rights, or choose another with --profile."
