"""Lessons to and from other tools' formats (docs/formats/interchange.md): one module per format, report.py for what is lost."""
