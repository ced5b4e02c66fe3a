"""greenroom: no arguments opens the window, otherwise a command. The process denies itself the internet first."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; the process's exit code is the contract's."""
    from desktop_app.sandbox.lockdown import deny_internet

    deny_internet()  # before any other thread lives, so that it holds for all of them
    from desktop_app.cli.root import root

    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a narrow terminal encoding must not end a listing
    try:
        root(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
