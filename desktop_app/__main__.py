"""greenroom: no arguments opens the window, otherwise a command. The process denies itself the internet first."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; the process's exit code is the contract's."""
    from desktop_app.sandbox.lockdown import deny_internet

    offline = deny_internet()  # before any other thread lives, so that it holds for all of them
    os.umask(0o077)  # whatever is written is for this person only
    from desktop_app.cli.root import root

    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a narrow terminal encoding must not end a listing
    try:
        root(standalone_mode=True, obj=offline)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
