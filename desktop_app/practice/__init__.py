"""Practising with the local model: conversations, documents to answer from, comparisons, scorecards, what it would cost.

conversation.py is a chat with its branches; grounding/, compare/ and scorecard/ are the other three ways to use the model.
"""
