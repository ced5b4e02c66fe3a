"""Practice: the ways to use the local model, a tab each: ask/, compare/, models/.

opening.py puts them together.
"""
