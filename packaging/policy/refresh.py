"""Write the policy schema and the table of docs/formats/policy.md anew after keys.py changed.

Run as: PYTHONPATH=packaging .venv/bin/python -m policy.refresh
"""

from __future__ import annotations

import re

from names import ROOT

from policy import schema

PAGE = ROOT / "docs" / "formats" / "policy.md"
SCHEMA = ROOT / "resources" / "schemas" / "policy.schema.json"
_MARKED = re.compile(r"(<!-- keys: made by packaging/policy/refresh.py -->\n).*?(<!-- end of keys -->)", re.DOTALL)


def refreshed(page: str) -> str:
    """The page with its table made anew."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{schema.table()}\n{found[2]}", page)


if __name__ == "__main__":
    SCHEMA.write_text(schema.json_schema(), "utf-8")
    PAGE.write_text(refreshed(PAGE.read_text("utf-8")), "utf-8")
