"""Home: What to do next.

model.py decides what is shown, page.py draws it.
"""
