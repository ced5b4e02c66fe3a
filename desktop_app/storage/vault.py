"""Encryption of what people type, with a key in the system's keyring. The one place that talks to the keyring.

AES-256-GCM, a fresh 96-bit nonce for every text (NIST SP 800-38D). The associated data names table, column and row, so
a sealed text cannot be moved elsewhere. Without a keyring nothing is sealed: texts stay in memory and `reason` says why.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.errors import StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SERVICE = "greenroom"
_FORMAT = b"\x01"
_NONCE_BYTES = 12
_PASTED = "surrogatepass"  # a paste can bring along half a surrogate pair; it comes back as it was


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens texts. key is None when there is no keyring; reason then says why in one sentence."""

    key: bytes | None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """True if texts can be kept."""
        return self.key is not None

    @property
    def key_id(self) -> str:
        """A short name of the key that gives nothing of it away; "" without a key."""
        return hashlib.sha256(b"greenroom key id" + self.key).hexdigest()[:16] if self.key else ""

    def seal(self, text: str, *, place: str) -> bytes | None:
        """The encrypted text for the place it will be stored at ("table/column/row"), or None without a key."""
        return self.seal_bytes(text.encode("utf-8", _PASTED), place=place)

    def seal_bytes(self, data: bytes, *, place: str) -> bytes | None:
        """The same for bytes, up to 2 GB."""
        if self.key is None:
            return None
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # 30 ms to import, so only when needed

        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + AESGCM(self.key).encrypt(nonce, data, place.encode())

    def open(self, sealed: bytes, *, place: str) -> str:
        """The text sealed for the same place; raises StoreError if the key is missing or the bytes were changed."""
        data = self.open_bytes(sealed, place=place)
        try:
            return data.decode("utf-8", _PASTED)
        except ValueError as exc:
            raise _changed(place) from exc

    def open_bytes(self, sealed: bytes, *, place: str) -> bytes:
        """The bytes sealed for the same place; raises StoreError like open."""
        if self.key is None:
            raise StoreError(f"Texts kept earlier cannot be opened now. {self.reason}")
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _FORMAT:
                raise ValueError("another format")
            return AESGCM(self.key).decrypt(nonce, body, place.encode())
        except (InvalidTag, ValueError) as exc:
            raise _changed(place) from exc

    def sign(self, data: bytes) -> str:
        """HMAC-SHA256 in hex with a key derived from the vault's; "" without a key."""
        if self.key is None:
            return ""
        return hmac.new(hashlib.sha256(b"greenroom audit" + self.key).digest(), data, "sha256").hexdigest()

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the Ed25519 key that anybody may check sign_publicly with; b"" without a key."""
        return self._signing_key().public_key().public_bytes_raw() if self.key is not None else b""

    def sign_publicly(self, data: bytes) -> bytes:
        """An Ed25519 signature (64 bytes) with a key derived from the vault's; b"" without a key."""
        return self._signing_key().sign(data) if self.key is not None else b""

    def _signing_key(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        assert self.key is not None
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"greenroom certificates" + self.key).digest())


def _changed(place: str) -> StoreError:
    return StoreError(f"A stored text ({place}) was changed or belongs to another key. It was left as it is.")


def signature_holds(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """True if signature is public_key's Ed25519 signature of data; bytes of any length are allowed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def open_vault(profile_id: str, *, known_key_id: str) -> Vault:
    """The vault of a profile; makes its key on first use. May wait for the keyring, so never call it on the GUI thread.

    known_key_id is the key earlier texts were sealed with, "" if there are none: a missing key is then never replaced.
    """
    import keyring
    from keyring.errors import KeyringError

    account = f"vault:{profile_id}"
    try:
        stored = keyring.get_password(SERVICE, account)
        if stored is None:
            if known_key_id:
                return Vault(None, "The key in the system keyring is gone; restore it from a backup of the keyring.")
            stored = base64.b64encode(secrets.token_bytes(32)).decode()
            keyring.set_password(SERVICE, account, stored)
            if keyring.get_password(SERVICE, account) != stored:
                return Vault(None, "The system keyring did not keep the key, so texts stay in memory only.")
    except KeyringError as exc:
        return Vault(None, _why(exc))
    except Exception as exc:  # a backend's own failure (D-Bus gone, …) must not stop the app: it means no keyring
        return Vault(None, _why(exc))
    try:
        vault = Vault(base64.b64decode(stored, validate=True))
    except ValueError:
        return Vault(None, "The key in the system keyring is not valid, so texts stay in memory only.")
    if len(vault.key or b"") != 32 or (known_key_id and vault.key_id != known_key_id):
        return Vault(None, "The key in the system keyring is not the one earlier texts were sealed with.")
    return vault


def _why(exc: Exception) -> str:
    name = type(exc).__name__
    if name == "NoKeyringError":
        return "This computer has no system keyring, so texts stay in memory and are gone when the app closes."
    if name == "KeyringLocked":
        return "The system keyring is locked; unlock it and start again to keep texts."
    return f"The system keyring does not answer ({name}), so texts stay in memory and are gone when the app closes."
