"""Library: Search, versions and use of prompts.

model.py decides what is shown, page.py draws it.
"""
