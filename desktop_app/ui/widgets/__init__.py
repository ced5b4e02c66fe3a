"""Widgets that more than one page uses: labels, buttons, cards, prose, guarded text fields, the run pane.

They draw and signal; what to show is decided by the pages' models.
"""
