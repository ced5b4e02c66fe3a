"""Greenroom: lessons, a prompt library and an offline sandbox for learning generative AI at work.

One folder per noun; `ui` and `cli` use them, all use `storage`. See docs/architecture.md.
"""

__version__ = "0.2.0"
