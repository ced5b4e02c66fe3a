"""Ask: a prompt, the local model, a conversation with its branches.

state.py is what is shown; inputs_model.py, answers_model.py and model.py decide; tab.py puts the panes together.
"""
