"""A JSON Schema as a grammar that the model cannot leave while it writes: schema.py, with numbers.py and patterns.py.

Pure Python without imports of weight: the app checks a schema with it before a run, the worker converts with it.
"""
