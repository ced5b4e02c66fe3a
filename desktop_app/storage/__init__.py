"""Files and databases: where they are, how they open and migrate, what is encrypted, which settings apply.

Every path of the system comes from locations.py, every sealed text from vault.py.
"""
