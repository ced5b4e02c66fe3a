"""Windows installers: MSI and NSIS, their signatures, and what of them can be checked on Linux.

Scripted; freezing the app itself needs a Windows machine.
"""
