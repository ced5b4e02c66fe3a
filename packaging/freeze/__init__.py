"""From a checkout to one folder that runs by itself: PyInstaller, pruned and stripped, with its licences and bill of materials.

Used by packaging/dist.py; nothing here is shipped.
"""
