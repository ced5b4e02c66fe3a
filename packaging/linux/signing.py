"""Signing with GnuPG: the key that IT trusts, or one made for a single run."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from names import BUILD

from linux.tools import Problem, run, tool

_LOUD = """
!! No signing key is named: a THROWAWAY KEY in {} signs. Nobody should trust what it signs; do not hand it out.
!! For a release, set GREENROOM_GPG_KEY to a key id (and GNUPGHOME to its keyring), then build again.
"""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret key: the folder of its keyring ("" for the person's own) and its id."""

    home: str
    key_id: str

    @classmethod
    def find(cls, otherwise: Path = BUILD / "throwaway-gnupg") -> SigningKey:
        """The key that GREENROOM_GPG_KEY (and GNUPGHOME) names; if none is named, a throwaway one, and that is said loudly.

        Raises Problem if the keyring has no secret key of that name.
        """
        key_id = os.environ.get("GREENROOM_GPG_KEY", "")
        if not key_id:
            print(_LOUD.format(otherwise), file=sys.stderr, flush=True)
            return cls.throwaway(otherwise)
        key = cls(os.environ.get("GNUPGHOME", ""), key_id)
        try:
            key.gpg("--list-secret-keys", key_id)
        except Problem as exc:
            raise Problem(f"The keyring has no secret key {key_id}. Check GREENROOM_GPG_KEY and GNUPGHOME.") from exc
        return key

    @classmethod
    def throwaway(cls, home: Path, name: str = "Greenroom throwaway key") -> SigningKey:
        """A key that nobody should trust, valid for a week, in the keyring home; the one that is there already if any."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        address = "throwaway@greenroom.invalid"
        empty = cls(str(home), address)
        if "sec:" not in empty.gpg("--list-secret-keys", "--with-colons"):
            empty.gpg("--passphrase", "", "--quick-generate-key", f"{name} <{address}>", "rsa3072", "sign", "1w")
        for line in empty.gpg("--list-secret-keys", "--with-colons").splitlines():
            if line.startswith("fpr:"):
                return cls(str(home), line.split(":")[9])
        raise Problem(f"gpg made no key in {home}. Delete that folder and try again.")

    def gpg(self, *arguments: str | Path) -> str:
        """Run gpg on this keyring and return its output."""
        home = {"GNUPGHOME": self.home} if self.home else {}
        return run([tool("gpg", "gnupg"), "--batch", "--yes", "--pinentry-mode", "loopback", *arguments], env=home)

    def public(self, target: Path) -> Path:
        """Write the public key as ASCII to target and return it."""
        self.gpg("--armor", "--output", target, "--export", self.key_id)
        return target

    def detach(self, file: Path) -> Path:
        """Write file's signature beside it as <file>.asc and return that."""
        signature = file.with_name(f"{file.name}.asc")
        self.gpg("--local-user", self.key_id, "--armor", "--output", signature, "--detach-sign", file)
        return signature

    def clear(self, file: Path, target: Path) -> Path:
        """Write file with the signature around its text to target and return it."""
        self.gpg("--local-user", self.key_id, "--output", target, "--clear-sign", file)
        return target

    def sign_rpms(self, packages: Sequence[Path]) -> None:
        """Put the signature into each rpm that has not got this key's already; another's is replaced."""
        query = ["--query", "--package", "--queryformat", "%{RSAHEADER:pgpsig}"]
        with tempfile.TemporaryDirectory() as database:  # rpm makes one wherever it is told to look
            asked = [tool("rpm"), "--define", f"_dbpath {database}", *query]
            unsigned = [path for path in packages if self.key_id[-16:].lower() not in run([*asked, path])]
        if not unsigned:
            return
        home = ["--define", f"_gpg_path {self.home}"] if self.home else []
        options = ["--define", f"_gpg_name {self.key_id}", "--define", f"__gpg {tool('gpg', 'gnupg')}", *home]
        run([tool("rpmsign", "rpm"), *options, "--addsign", *unsigned])
