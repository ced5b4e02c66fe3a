"""The same input to several prompts, models, parameters or seeds, side by side, with blind votes and over tables of inputs.

comparison.py says what a comparison is.
"""
