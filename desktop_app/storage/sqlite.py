"""sqlite-utils, imported without NumPy and dateutil.

sqlite-utils imports NumPy where it finds it, only to know its number types as column types, and its "recipes", which need
dateutil, only for the snippets of code that its command line takes. Greenroom uses neither; every start would pay 60 ms and
20 MB for the one, 15 ms and 2 MB for the other.
"""

from __future__ import annotations

import sys
from types import ModuleType

# None makes "import numpy" an ImportError, which sqlite-utils expects.
_LEFT_OUT = {"numpy": None, "sqlite_utils.recipes": ModuleType("sqlite_utils.recipes")}
_before = {name: sys.modules[name] for name in _LEFT_OUT if name in sys.modules}
sys.modules.update(_LEFT_OUT)  # type: ignore[arg-type]
try:
    from sqlite_utils import Database, Migrations
finally:
    for name in _LEFT_OUT:
        del sys.modules[name]
    sys.modules.update(_before)

__all__ = ["Database", "Migrations"]
