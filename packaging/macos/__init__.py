"""The macOS bundle and installer package: property lists, entitlements, signing and notarisation.

Scripted; runs on a Mac only.
"""
