"""Ask: a prompt, the local model, its answer.

tab.py draws what ui/run_model.py decides.
"""
