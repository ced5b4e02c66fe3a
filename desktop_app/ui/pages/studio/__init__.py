"""Studio: trainers write, check and try lessons here.

folder_model.py and file_model.py decide what is shown, page.py draws it. Nothing of it is loaded before it is opened.
"""
