"""Write resources/themes/ anew after a colour token or an indicator icon changed."""

from __future__ import annotations

from pathlib import Path

from desktop_app.ui.theme import indicator_files

for path, data in indicator_files(Path(__file__).resolve().parent.parent / "resources").items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
