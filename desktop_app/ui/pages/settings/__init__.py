"""Settings: Profile, look, sandbox, privacy, about.

model.py decides what is shown, page.py draws it.
"""
