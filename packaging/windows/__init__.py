"""Windows installers: MSI and NSIS, their signatures, and what of them can be checked on Linux.

Scripted; the frozen app itself needs a Windows machine.
"""
