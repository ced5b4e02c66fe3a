"""What is checked of a distribution in clean systems: a function for each row of the table that verify_dist.py prints.

Each module calls `row` for its functions, in the order in which they run.
"""
