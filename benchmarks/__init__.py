"""Measurements against named baselines taken in the same run; `make bench` prints them all.

Each module has main() and prints a table of what, measured, baseline, ratio and goal.
"""
