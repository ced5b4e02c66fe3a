"""Practice: A prompt, the local model, its answer.

model.py decides what is shown, page.py draws it.
"""
