"""Reads one document in a process of its own that is locked down like the model's: documents are other people's data.

__main__.py is that process; client.py starts it; blocks.py is what passes between them.
"""
