"""Progress: What was learned and practised.

model.py decides what is shown, page.py draws it.
"""
