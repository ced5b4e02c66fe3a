"""Curate: what waits for review, drafts, prompt tests and feedback, a tab each; page.py holds them together.

Nothing of it is loaded before it is opened.
"""
