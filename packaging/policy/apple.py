"""Policies for macOS: a configuration profile with every key set to its example, and a preference manifest for editors.

The profile's payload has the app's own preference domain as its type (Apple, "Device Management", custom settings). The
manifest follows the community's ProfileManifests format (keys beginning with pfm_), which profile editors read.
"""

from __future__ import annotations

import plistlib
import uuid
from datetime import UTC, datetime
from typing import Any

from names import APPLICATION_ID, epoch

from desktop_app.policy.keys import KEYS, PolicyKey

_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "greenroom.example")  # the same profile at each build replaces the one before


def mobileconfig() -> bytes:
    """A configuration profile for the whole machine; an administrator edits the values and takes out what is not wanted."""
    payload = {key.name: _on_macos(key) for key in KEYS.values()} | {
        "PayloadType": APPLICATION_ID,
        "PayloadIdentifier": f"{APPLICATION_ID}.policy.settings",
        "PayloadUUID": str(uuid.uuid5(_SPACE, "settings")).upper(),
        "PayloadVersion": 1,
        "PayloadDisplayName": "Greenroom policy",
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadIdentifier": f"{APPLICATION_ID}.policy",
        "PayloadUUID": str(uuid.uuid5(_SPACE, "profile")).upper(),
        "PayloadVersion": 1,
        "PayloadScope": "System",
        "PayloadDisplayName": "Greenroom",
        "PayloadDescription": "What IT decides for Greenroom. An example: set your own values, take out what you do not want.",
        "PayloadRemovalDisallowed": True,
        "PayloadContent": [payload],
    }
    return plistlib.dumps(profile, sort_keys=False)


def manifest() -> bytes:
    """What profile editors show for each key."""
    subkeys = [
        {
            "pfm_name": key.name,
            "pfm_title": key.title,
            "pfm_description": key.help,
            **_type(key),
        }
        for key in KEYS.values()
    ]
    return plistlib.dumps(
        {
            "pfm_domain": APPLICATION_ID,
            "pfm_title": "Greenroom",
            "pfm_description": "What IT decides for Greenroom",
            "pfm_format_version": 1,
            "pfm_version": 1,
            "pfm_last_modified": datetime.fromtimestamp(epoch(), UTC).replace(tzinfo=None),
            "pfm_platforms": ["macOS"],
            "pfm_targets": ["system"],
            "pfm_unique": True,
            "pfm_subkeys": subkeys,
        },
        sort_keys=False,
    )


def _type(key: PolicyKey) -> dict[str, Any]:
    if key.type == "days":
        return {"pfm_type": "integer", "pfm_range_min": key.least, "pfm_range_max": key.most}
    if key.type == "texts":
        return {"pfm_type": "array", "pfm_subkeys": [{"pfm_type": "string"}]}
    return {"pfm_type": "boolean" if key.type == "flag" else "string"}


def _on_macos(key: PolicyKey) -> Any:
    return f"/Library/Application Support/Greenroom/{key.name}" if key.type == "path" else key.example
