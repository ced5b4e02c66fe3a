"""Install the Debian packages that building and checking a distribution takes, or say the command that does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# Command that is looked for → Debian package that holds it.
TOOLS = {
    "strip": "binutils",
    "dpkg-deb": "dpkg-dev",
    "fakeroot": "fakeroot",
    "xz": "xz-utils",
    "gpg": "gnupg",
    "apt-ftparchive": "apt-utils",
    "rpmsign": "rpm",
    "createrepo_c": "createrepo-c",
    "lintian": "lintian",
    "rpmlint": "rpmlint",
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
    "xmllint": "libxml2-utils",
    "shellcheck": "shellcheck",
    "mmdebstrap": "mmdebstrap",
    "dnf": "dnf",
    "Xvfb": "xvfb",
    "wixl": "wixl",
    "msibuild": "msitools",
    "makensis": "nsis",
    "openssl": "openssl",
    "osslsigncode": "osslsigncode",
    "wine": "wine",
    "qemu-x86_64-static": "qemu-user-static",
}


def main() -> int:
    """Install what is missing; return the exit code."""
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    if not missing:
        return 0
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print(f"Tools are missing. As root: {' '.join(command)}", file=sys.stderr)
        return 1
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
