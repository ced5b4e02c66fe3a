"""Prompt tests: what an answer should be like, run on the local model; start at suite.py, then matrix.py and report.py.

A suite is cases (values for the inputs) with assertions; a matrix runs versions × models × seeds × cases, keeps the
answers, and tells what got better or worse. The format is docs/formats/prompt-tests.md.
"""
