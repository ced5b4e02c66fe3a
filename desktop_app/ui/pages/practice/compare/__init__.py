"""The Compare tab: columns side by side on the same input, blind votes, tables of inputs, and what was compared before.

model.py decides, setup_view.py is what goes in, results_view.py what came out; tab.py holds both.
"""
