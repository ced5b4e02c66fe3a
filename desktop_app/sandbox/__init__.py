"""The local model in its own locked-down process: catalogue, protocol, lock-down, worker and the client that drives it.

Start at client.py for how the app asks, worker/ for what answers.
"""
