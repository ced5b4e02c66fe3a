"""Signs the prompt library that ships: every version labelled approved is submitted and approved, with keys used only once.

`make sign-library`, before a release. Two keys are made, entered into curators.yml with today as their last day, and
forgotten when this ends: nobody can approve anything later in the name of a release. Tests and lint must be green before.
"""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from desktop_app.prompts import deciding  # noqa: E402  # the checkout it belongs to, installed or not
from desktop_app.prompts.curators import FILE, read_curators  # noqa: E402
from desktop_app.prompts.library import PromptLibrary  # noqa: E402
from desktop_app.prompts.loading import read_labels  # noqa: E402
from desktop_app.prompts.prompt import Prompt  # noqa: E402
from desktop_app.records.proof import did_of  # noqa: E402
from desktop_app.storage.files import write_atomically  # noqa: E402
from desktop_app.storage.vault import Vault  # noqa: E402
from desktop_app.storage.yaml_writing import to_yaml  # noqa: E402

AUTHORS, REVIEWERS = "Greenroom content team", "Greenroom release review"
HEAD = """# Who approved the prompts of this library. Each release is signed with two keys that are made for it and not kept,
# by packaging/sign_library.py; "until" is the day of the release. Your own library has people here: docs/curator.md.
"""


def main(library: Path) -> int:
    """Sign what needs it; return how many versions were approved."""
    prompts = [prompt for prompt in PromptLibrary([library]).prompts() if _needs_it(prompt, library)]
    if not prompts:
        return 0
    author, reviewer = Vault(secrets.token_bytes(32)), Vault(secrets.token_bytes(32))
    _enter(library, author, reviewer)
    submitting = deciding.signer(author, AUTHORS, library)
    approving = deciding.signer(reviewer, REVIEWERS, library)
    for prompt in prompts:
        version = prompt.numbered(_wanted(prompt, library))
        deciding.submit(version, submitting, reason="Tests green on the bundled model at three seeds.")
        deciding.approve(version, approving, review_by=version.review_by)
    return len(prompts)


def _needs_it(prompt: Prompt, library: Path) -> bool:
    wanted = _wanted(prompt, library)
    if not wanted:
        return False
    standing = prompt.standing(wanted)
    moved = prompt.labels.get("approved") != wanted
    return (
        moved
        or standing.decision is None
        or standing.decision.action not in ("approve", "label")
        or not standing.usable
    )


def _wanted(prompt: Prompt, library: Path) -> int:
    """The version that labels.yml calls approved, 0 if none: before it is signed the last decision still says another."""
    numbers = {version.version for version in prompt.versions}
    return read_labels(library / prompt.id / "labels.yml", numbers).get("approved", 0)


def _enter(library: Path, author: Vault, reviewer: Vault) -> None:
    today: date = datetime.now(UTC).date()
    known = [
        {"name": one.name, "key": one.key, "may": sorted(one.may), **({"until": one.until} if one.until else {})}
        for one in read_curators(library).by_key.values()
    ]
    new = [
        {"name": name, "key": did_of(vault.public_key), "may": may, "until": today}
        for name, vault, may in (
            (AUTHORS, author, ["submit"]),
            (REVIEWERS, reviewer, ["approve", "label"]),
        )
    ]
    write_atomically(library / FILE, (HEAD + to_yaml({"curators": [*known, *new]})).encode(), mode=0o644)


if __name__ == "__main__":
    print(f"{main(ROOT / 'prompt_library')} versions approved")
