"""The command line: one module per noun, the same Qt-free functions the window uses.

Exit codes are a contract: 0 done, 1 problems or an error to act on, 2 wrong usage, 130 interrupted.
"""
