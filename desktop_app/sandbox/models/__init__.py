"""Which models there are and whether a file is one of them, sound and unaltered.

Start at catalogue.py; gguf.py reads headers with limits, checking.py compares bytes.
"""
