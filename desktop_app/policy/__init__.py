"""What the organisation decides: so far the roles people have and the classes data falls into.

Imported by every noun; imports none.
"""
