"""Practice, Models: which models there are, using one, adding and removing files, adapters.

model.py decides, tab.py draws; detail.py, facts.py and candidate_view.py are its right side.
"""
