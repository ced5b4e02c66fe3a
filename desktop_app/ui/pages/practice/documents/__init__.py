"""Documents to answer from: the list beside the conversation, and a document opened at a passage.

model.py decides what panel.py draws; reader_model.py what reader.py draws.
"""
