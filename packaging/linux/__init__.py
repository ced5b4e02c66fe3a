"""Debian and RPM packages of the frozen app and of the model, the portable archive, the signed repositories.

Used by packaging/dist.py and packaging/verify_dist.py.
"""
