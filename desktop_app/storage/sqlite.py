"""sqlite-utils, imported without NumPy.

sqlite-utils imports NumPy where it finds it, only to know its number types as column types. Greenroom stores none of
them, and NumPy would cost every start 60 ms and 20 MB.
"""

from __future__ import annotations

import sys

_numpy = sys.modules.get("numpy")
sys.modules["numpy"] = None  # type: ignore[assignment]  # makes "import numpy" an ImportError, which sqlite-utils expects
try:
    from sqlite_utils import Database, Migrations
finally:
    if _numpy is None:
        del sys.modules["numpy"]
    else:
        sys.modules["numpy"] = _numpy

__all__ = ["Database", "Migrations"]
