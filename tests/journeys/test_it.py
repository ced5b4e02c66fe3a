"""The IT administrator's journey: is this installation sound, is it really offline, can the records be trusted?"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest


def greenroom(
    profile: Path, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desktop_app", "--profile", str(profile), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | (environment or {}))


@pytest.mark.model
def test_doctor_selftest_run_and_a_tampered_record(tmp_path: Path, file_keyring: dict[str, str]) -> None:
    profile = tmp_path / "profile"
    doctor = greenroom(profile, "doctor", "--json", environment=file_keyring)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    found = {row["id"]: row["state"] for row in json.loads(doctor.stdout)}
    assert "fail" not in found.values()
    assert {id for id, state in found.items() if state == "warn"} <= {"display", "links", "processor"}, doctor.stdout

    proof = json.loads(greenroom(profile, "sandbox", "selftest", "--json").stdout)
    assert proof["total"] >= 12 and proof["refused"] == proof["total"] and proof["proven"]

    run = greenroom(
        profile, "sandbox", "run", "Say hello.", "--seed", "7", "--max-tokens", "12", environment=file_keyring
    )
    assert run.returncode == 0 and run.stdout.strip()
    assert greenroom(profile, "records", "verify", environment=file_keyring).returncode == 0

    with sqlite3.connect(profile / "learner.db") as db:
        db.execute("UPDATE audit_events SET data = replace(data, '7', '8')")
    db.close()
    tampered = greenroom(profile, "records", "verify", environment=file_keyring)
    assert tampered.returncode == 1
    assert "altered" in tampered.stderr and "Traceback" not in tampered.stderr


@pytest.mark.model
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_no_internet_socket_is_ever_opened(tmp_path: Path) -> None:
    """The self-test tries on purpose; the system must answer every try with EPERM, and nothing may connect."""
    trace = tmp_path / "trace"
    command = [
        sys.executable,
        "-m",
        "desktop_app",
        "--profile",
        str(tmp_path / "p"),
        "sandbox",
        "run",
        "Hello",
        "--max-tokens",
        "4",
    ]
    done = subprocess.run(
        ["strace", "-f", "-e", "trace=network", "-o", str(trace), *command], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = trace.read_text(errors="replace").splitlines()
    opened = [
        line for line in lines if "socket(AF_INET" in line or "socket(AF_NETLINK" in line or "socket(AF_PACKET" in line
    ]
    assert opened, "the self-test tried"
    assert [line for line in opened if "EPERM" not in line] == []
    assert [line for line in lines if "connect(" in line and "AF_INET" in line and "EPERM" not in line] == []
