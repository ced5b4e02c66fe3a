"""A keyring in a file, for tests: this process and its children share it, and a test can lock it or take a key away.

Chosen with PYTHON_KEYRING_BACKEND=file_keyring.FileKeyring; GREENROOM_TEST_KEYRING names the file. A file that holds
{"locked": true} is a locked keyring, one that cannot be written refuses new secrets.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError

FILE = "GREENROOM_TEST_KEYRING"


def environment(file: Path) -> dict[str, str]:
    """The variables that make a process use the keyring in file."""
    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
        "PYTHONPATH": os.pathsep.join(paths),
        FILE: str(file),
    }


class FileKeyring(KeyringBackend):
    """Secrets as JSON in the file the environment names; asked anew each time."""

    priority = 0.1  # never chosen unless it is asked for

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        secrets = self._read() | {f"{service}/{username}": password}
        try:
            self._file.write_text(json.dumps(secrets))
        except OSError as exc:
            raise PasswordSetError(str(exc)) from exc

    def delete_password(self, service: str, username: str) -> None:
        secrets = self._read()
        if secrets.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError(username)
        self._file.write_text(json.dumps(secrets))

    @property
    def _file(self) -> Path:
        return Path(os.environ[FILE])

    def _read(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        secrets = json.loads(self._file.read_text())
        if secrets.get("locked"):
            raise KeyringLocked("scripted")
        return secrets
