"""Review: A short daily session of questions that are about to be forgotten, and how much is remembered over time.

model.py decides what is shown, page.py draws it; retention_plot.py is for other pages too.
"""
