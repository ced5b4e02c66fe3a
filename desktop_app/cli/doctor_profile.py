"""Doctor's checks of a person's profile: folder, disk, index, keyring, records, log."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

from desktop_app.cli.doctor_finding import Check, Finding, fail, finish_within, good, many, warn
from desktop_app.clock import utc_now
from desktop_app.services import Services

MOUNTS = Path("/proc/self/mounts")
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ncpfs"}
TOO_LITTLE_BYTES, LITTLE_BYTES = 50_000_000, 500_000_000
LARGE_LOG_BYTES = 10_000_000
FRESH_DAYS, OLD_BACKUP_DAYS = 7, 30
KEYRING_S = 10.0
RECORDS_S = 60.0


def _profile(services: Services) -> Finding:
    services.locations.make_profile()
    folder = services.locations.profile
    if services.settings.problem:
        return warn(services.settings.problem, f"Delete {services.locations.settings_file}; it is made anew.")
    status = folder.stat()
    if os.name == "posix" and status.st_uid != os.geteuid():
        return warn(f"{folder} belongs to somebody else", "Run doctor as the person whose profile it is.")
    if os.name == "posix" and status.st_mode & 0o077:
        return warn(f"{folder} can be read by other people on this machine", f"chmod 700 {folder}")
    system, options = mount_of(folder)
    if system in NETWORK_FILE_SYSTEMS:
        return warn(
            f"{folder} lies on a network file system ({system}), where databases can break",
            "Put the profile on a local disk: set GREENROOM_PROFILE, or let the share be copied at log-in and log-out.",
        )
    noexec = "; mounted noexec, which does no harm: nothing in it is run" if "noexec" in options else ""
    return good(f"{folder}{noexec}")


def mount_of(folder: Path) -> tuple[str, tuple[str, ...]]:
    """The file system that holds the folder and the options it is mounted with; ("", ()) where the system does not say."""
    try:
        lines = MOUNTS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return "", ()
    real, found = folder.resolve(), ("", "", ())
    for fields in (line.split() for line in lines):
        if len(fields) < 4:
            continue
        place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        if real.is_relative_to(place) and len(place) >= len(found[0]):
            found = (place, fields[2], tuple(fields[3].split(",")))
    return found[1], found[2]


def _disk(services: Services) -> Finding:
    folder = next(path for path in (services.locations.profile, *services.locations.profile.parents) if path.is_dir())
    free = shutil.disk_usage(folder).free
    words = f"{free / 1e9:.1f} GB free where the profile is"
    if free < TOO_LITTLE_BYTES:
        return fail(f"{words}: too little to write records")
    return warn(words) if free < LITTLE_BYTES else good(words)


def _index(services: Services) -> Finding:
    services.open_index().close()
    return good(str(services.locations.index_db))


def _keyring(services: Services) -> Finding:
    from desktop_app.storage.vault import Vault, open_vault

    profile_id, key_id = services.learner.vault_account
    asked: list[Vault] = []

    def ask() -> None:  # may wait for somebody to unlock the keyring, for ever where nobody sits
        asked.append(open_vault(profile_id, known_key_id=key_id))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(KEYRING_S)
    if not asked:
        return warn(
            f"The system keyring did not answer within {KEYRING_S:.0f} seconds", "Unlock it in the desktop session."
        )
    services.learner.use_vault(asked[0])
    return (
        good("Texts are kept encrypted; the key is in the system keyring")
        if asked[0].is_open
        else warn(asked[0].reason)
    )


def _records(services: Services) -> Finding:
    report = finish_within(services.learner.audit.verify(services.learner.vault), RECORDS_S, "Reading the records")
    if not report.is_whole:
        return fail(report.problem)
    return good(f"{report.events:,} audit entries, the chain is whole")


def _backup(services: Services) -> Finding:
    try:
        kept = json.loads(services.locations.last_backup.read_text("utf-8"))
        at, file = datetime.fromisoformat(kept["at"]), Path(kept["file"])
        days = (utc_now() - at).days
    except FileNotFoundError:
        return good("None was made with greenroom backup; other backups are not seen from here")
    except (OSError, ValueError, KeyError, TypeError):
        return warn("When the last backup was made cannot be read")
    if not file.is_file():
        return warn(f"The last backup, of {at:%Y-%m-%d}, is not at {file} any more")
    return (
        warn(f"The last backup is {many(days, 'day')} old")
        if days > OLD_BACKUP_DAYS
        else good(f"{at:%Y-%m-%d}, {file}")
    )


def _log(services: Services) -> Finding:
    log = services.locations.log_file
    try:
        status = log.stat()
    except FileNotFoundError:
        return good("No fault was ever logged")
    except OSError as exc:
        return warn(f"{log} cannot be read ({exc.strerror})", "Check the rights of the profile folder.")
    last = datetime.fromtimestamp(status.st_mtime, UTC)
    words = f"{status.st_size / 1000:,.0f} kB in {log}, last fault on {last:%Y-%m-%d}"
    if status.st_size > LARGE_LOG_BYTES:
        return warn(words, f"Keep a copy for whoever looks after Greenroom, then delete {log}.")
    days = (utc_now() - last).days
    return warn(f"A fault in the last {many(FRESH_DAYS, 'day')}: {words}") if days < FRESH_DAYS else good(words)


CHECKS = (
    Check("profile", "Profile", _profile, "Make the folder writable for the person, or name another with --profile."),
    Check("disk", "Disk", _disk, "Free some space on that disk, or move the profile (GREENROOM_PROFILE)."),
    Check(
        "index", "Search index", _index, "Close Greenroom and delete index.db in the profile; it is made anew, documents are added again."
    ),
    Check(
        "keyring", "Keyring", _keyring,
        "Install and unlock a keyring for the desktop session (gnome-keyring or KWallet) to keep texts; everything else works without.",
    ),
    Check("records", "Records", _records, "Keep the profile as it is, copy it, and follow the page on incidents; restore a backup."),
    Check("backup", "Backup", _backup, "greenroom backup create FOLDER, on another disk; back up the keyring too."),
    Check("log", "Log", _log, "Send the log to whoever looks after Greenroom: it holds kinds of faults and line numbers, no texts."),
)  # fmt: skip
