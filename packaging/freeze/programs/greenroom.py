"""The app's program."""

from desktop_app.__main__ import main

main()
