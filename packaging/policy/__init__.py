"""The policy keys of desktop_app/policy/keys.py as other systems want them: JSON Schema, ADMX and ADML, mobileconfig."""
