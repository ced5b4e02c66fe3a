"""The roles and data classes that lessons, prompts and profiles refer to by id."""

from __future__ import annotations

ROLES: dict[str, str] = {
    "everyone": "Everyone",
    "sales": "Sales",
    "support": "Customer support",
    "marketing": "Marketing",
    "people": "People and HR",
    "finance": "Finance",
    "engineering": "Software engineering",
    "it-operations": "IT operations",
    "legal": "Legal and compliance",
    "leaders": "Leaders",
}

# Least to most sensitive.
DATA_CLASSES: dict[str, str] = {
    "public": "Public",
    "internal": "Internal",
    "confidential": "Confidential",
    "restricted": "Restricted",
}
