"""The quick window: find a prompt, fill it, copy it, back to work.

model.py decides what is shown, window.py draws it.
"""
