"""What a person did and can show for it: progress, attempts, runs, and the audit chain over all of it.

Start at learning.py for the data, learner.py for the repository, audit.py for the chain.
"""
