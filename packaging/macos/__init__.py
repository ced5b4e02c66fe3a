"""macOS: application bundle, signing, package and notarisation.

Scripted, not yet run: only what Linux can check of it has been checked (packaging/macos/verify.py).
"""
