"""Write what administrators roll policies out with: schema, example, Windows templates, macOS profile and manifest."""

from __future__ import annotations

from pathlib import Path

from names import APPLICATION_ID

from policy import admx, apple, schema


def files() -> dict[str, bytes]:
    """Each file's contents by its path below the folder of templates."""
    return {
        "policy.schema.json": schema.json_schema().encode(),
        "linux/greenroom.json": schema.example().encode(),
        "windows/greenroom.admx": admx.admx().encode(),
        **{f"windows/{language}/greenroom.adml": admx.adml(language).encode() for language in admx.LANGUAGES},
        f"macos/{APPLICATION_ID}.mobileconfig": apple.mobileconfig(),
        f"macos/{APPLICATION_ID}.plist": apple.manifest(),
    }


def write(folder: Path) -> list[Path]:
    """Write every file below folder and return their paths; what lies there already under another name stays."""
    written = []
    for name, contents in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
        written.append(path)
    return written
