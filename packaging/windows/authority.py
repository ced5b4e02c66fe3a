"""A certificate authority for one run: it signs what a check builds and is thrown away. No key of it is ever committed.

Made with openssl, used with osslsigncode: a root, a code signer and a time stamper below it.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from windows.problem import PackagingError

_NAME, _DAYS = "Greenroom THROWAWAY test authority", "2"
_USES = {"signer": "codeSigning", "stamper": "critical,timeStamping"}


@dataclass(frozen=True, slots=True)
class Authority:
    """Keys and certificates in a folder; name is the common name of the root."""

    folder: Path
    name: str = _NAME

    @classmethod
    def make(cls, folder: Path, name: str = _NAME) -> Authority:
        """Make the keys afresh; raises PackagingError if openssl fails."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = cls(folder, name)
        own._openssl(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
            "-days",
            _DAYS,
            "-subj",
            f"/CN={name}",
        )
        for part, use in _USES.items():
            (folder / f"{part}.ext").write_text(
                f"extendedKeyUsage={use}\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n"
            )
            own._openssl(
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                f"{part}.key",
                "-out",
                f"{part}.csr",
                "-subj",
                f"/CN={name}, {part}",
            )
            own._openssl(
                "x509", "-req", "-in", f"{part}.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
                "-days", _DAYS, "-extfile", f"{part}.ext", "-out", f"{part}.pem",
            )  # fmt: skip
        return own

    @property
    def sign_command(self) -> str:
        """What SIGN_CMD is set to, to sign with this authority."""
        return f'"{sys.executable}" "{Path(__file__).resolve()}" "{self.folder}" "{{file}}"'

    def sign(self, path: Path) -> None:
        """Sign the file in place, with a time stamp of its own stamper: no network is needed. Raises PackagingError."""
        signed = path.with_name(f"{path.name}.signed")
        _run(
            "osslsigncode", "sign", "-nolegacy", "-certs", str(self.folder / "signer.pem"), "-key", str(self.folder / "signer.key"),
            "-h", "sha256", "-n", "Greenroom", "-TSA-certs", str(self.folder / "stamper.pem"), "-TSA-key", str(self.folder / "stamper.key"),
            "-in", str(path), "-out", str(signed),
        )  # fmt: skip
        signed.replace(path)

    def verify(self, path: Path) -> bool:
        """True if the file carries a whole signature below this root."""
        root = str(self.folder / "root.pem")
        command = ["osslsigncode", "verify", "-CAfile", root, "-TSA-CAfile", root, "-ignore-cdp", "-in", str(path)]
        return subprocess.run(command, capture_output=True).returncode == 0

    def _openssl(self, *arguments: str) -> None:
        _run("openssl", *arguments, folder=self.folder)


def _run(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise PackagingError(f"{command[0]} {command[1]} failed: {(done.stderr or done.stdout).strip()[-500:]}")


if __name__ == "__main__":
    try:
        Authority(Path(sys.argv[1])).sign(Path(sys.argv[2]))
    except PackagingError as problem:
        sys.exit(str(problem))
