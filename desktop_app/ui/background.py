"""What the window loads in the background once it stands, as jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.jobs import Job, Progress

if TYPE_CHECKING:
    from desktop_app.storage.vault import Vault


def warm_up() -> Job[None]:
    """Load what the guard's first scan and the first signed prompt need, before a letter is typed or a prompt is opened."""
    from desktop_app.guard import scan
    from desktop_app.storage.vault import signature_holds

    yield Progress(0)
    signature_holds(b"", b"", b"")  # loads cryptography: 40 ms, which the window should not stand still for
    yield Progress(0)
    scan.warm_up()


def unlock(profile_id: str, known_key_id: str) -> Job[Vault]:
    """The profile's vault; may wait for the person to unlock the keyring."""
    from desktop_app.storage.vault import open_vault

    yield Progress(0)
    return open_vault(profile_id, known_key_id=known_key_id)
