"""What administrators load into their tools: ADMX and ADML, a mobileconfig, the schema, all from the app's policy keys.

Used by packaging/dist.py.
"""
