"""The window. Qt lives here and nowhere else: theme, jobs, main window, and one folder per page.

A page is a state (frozen dataclass), a model that decides and a view that draws.
"""
