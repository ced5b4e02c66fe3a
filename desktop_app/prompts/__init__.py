"""The prompt library: prompt files, versions and labels, search, rendering, comparing, running.

A prompt is a folder with one immutable file per version; start at prompt.py and library.py.
"""
