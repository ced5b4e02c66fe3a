"""What the window loads in the background once it stands, as jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.jobs import Job, Progress

if TYPE_CHECKING:
    from desktop_app.storage.vault import Vault


def warm_guard() -> Job[None]:
    """Load what the guard's first scan needs, before the first letter is typed."""
    from desktop_app.guard.scan import warm_up

    yield Progress(0)
    warm_up()


def unlock(profile_id: str, known_key_id: str) -> Job[Vault]:
    """The profile's vault; may wait for the person to unlock the keyring."""
    from desktop_app.storage.vault import open_vault

    yield Progress(0)
    return open_vault(profile_id, known_key_id=known_key_id)
