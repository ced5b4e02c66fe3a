"""The model's own process: __main__.py locks it down and answers, engine.py is llama.cpp, inbox.py hears a cancel at once.

Started as `python -I -m desktop_app.sandbox.worker`. Nothing here may be imported by the app.
"""
