"""The forge's workflows: they parse, name only what exists, and ask for no more rights or time than they need."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
WRITES = {"release.yml": {"publish": {"contents", "id-token", "attestations"}}}
_MAKE = re.compile(r"(?m)(?:^|&&|;|\bsudo)\s*make(?:\s+\w+=\S+)*\s+([a-z][\w-]*)")
_PATH = re.compile(r"(?<![\w/.$-])(?:\./)?((?:packaging|\.github|docs|tests|desktop_app)/[\w./-]+\.\w+)")


def jobs(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text("utf-8"))["jobs"]


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(path).values() for step in job.get("steps", [])]


each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def test_both_workflows_are_there() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


@each_workflow
def test_every_job_has_rights_and_a_time_limit(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {}
    for name, job in jobs(path).items():
        allowed = WRITES.get(path.name, {}).get(name, set())
        assert isinstance(job["permissions"], dict)
        assert {right for right, level in job["permissions"].items() if level != "read"} == allowed, name
        if "uses" not in job:  # a called workflow has limits of its own
            assert 0 < job["timeout-minutes"] <= 90, name


@each_workflow
def test_steps_name_only_targets_and_files_that_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for step in steps(path):
        run = step.get("run", "")
        for target in _MAKE.findall(run):
            assert target in targets, run
        for name in _PATH.findall(run):
            assert (ROOT / name).is_file(), name
        if "hashFiles" in str(step):
            assert all((ROOT / name).is_file() for name in re.findall(r"'([^']+)'", step["with"]["key"]))


@each_workflow
def test_needs_and_artifacts_fit_together(path: Path) -> None:
    found = jobs(path)
    uploaded, wanted = set(), set()
    for name, job in found.items():
        needed = job.get("needs", [])
        assert set([needed] if isinstance(needed, str) else needed) <= set(found), name
        for step in job.get("steps", []):
            if "upload-artifact" in step.get("uses", ""):
                uploaded.add(step["with"]["name"])
            if "download-artifact" in step.get("uses", ""):
                wanted.add(step["with"].get("name", "dist-linux"))
    assert wanted <= uploaded


@each_workflow
def test_actions_are_the_forges_own_and_pinned(path: Path) -> None:
    for step in steps(path):
        if used := step.get("uses"):
            assert re.fullmatch(r"actions/[\w-]+@(v\d+|[0-9a-f]{40})", used), used
            if used.startswith("actions/checkout"):
                assert step["with"]["persist-credentials"] is False
    assert "pin each to the full commit" in path.read_text("utf-8")


@each_workflow
def test_secrets_reach_a_step_only_through_its_environment_and_are_not_shown(path: Path) -> None:
    for step in steps(path):
        run = step.get("run", "")
        assert "${{" not in run, "an expression in a script can be code somebody else wrote"
        secret = [name for name, value in step.get("env", {}).items() if "secrets." in str(value)]
        for name in secret:
            assert not re.search(rf"\b(echo|cat|printenv)\b[^|>\n]*\$\{{?{name}\b", run), name
        assert not secret or "set -x" not in run
    assert "secrets: inherit" not in path.read_text("utf-8")


@each_workflow
def test_it_says_that_it_has_not_run(path: Path) -> None:
    """To be taken out, with the sentence, by whoever has seen it run."""
    assert "Scripted, not yet run" in path.read_text("utf-8")


def test_a_release_is_drafted_only_after_every_trial() -> None:
    found = jobs(FOLDER / "workflows" / "release.yml")
    trials = {name for name in found if name.startswith("try-")}
    assert trials == {"try-deb", "try-rpm", "try-windows", "try-macos"}
    assert trials <= set(found["publish"]["needs"])
    assert "--draft" in str(found["publish"]["steps"])


def test_versions_of_systems_stand_still() -> None:
    images = [job.get("container", "") for path in WORKFLOWS for job in jobs(path).values()]
    assert not [image for image in images if str(image).endswith("latest")]


@pytest.mark.parametrize("script", sorted((FOLDER / "scripts").glob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_clean(script: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not here")
    done = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "set -euo pipefail" in script.read_text("utf-8") and script.stat().st_mode & 0o111
