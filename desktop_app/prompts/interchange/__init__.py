"""Prompts to and from other tools' files (docs/formats/prompt-interchange.md): one module per dialect, read and write in each.

A dialect module has NAME, is_one(path), read(path) and write(version); imported.py holds what all of them give back.
"""
