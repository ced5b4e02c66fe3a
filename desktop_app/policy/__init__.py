"""What the organisation decides: roles, data classes, and what IT set for this machine (policy.py).

Imported by every noun; imports only storage.
"""
