"""Answers from documents: reading and splitting them, finding passages, citing, marking what no passage supports.

passage.py says what a document and a passage are; index.py finds them.
"""
