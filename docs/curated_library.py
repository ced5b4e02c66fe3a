"""A small curated library for pictures: an approved version, one that waits, one whose file was changed; decided by the app's own acts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from desktop_app.prompts import deciding
from desktop_app.prompts.curators import curator_lines
from desktop_app.prompts.deciding import Signer
from desktop_app.prompts.library import read_prompt
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.records.proof import did_of
from desktop_app.storage.vault import Vault

_TEXT = """name: {name}
description: A first answer to a customer whose parcel has not come. Check the date against the tracking page.
messages:
  - role: system
    content: |
      {how}
      Name the new date if there is one.
      Promise no refund.
  - role: user
    content: "Message: {{{{message}}}}"
inputs:
  - name: message
    label: Customer message
    type: long_text
    example: My parcel was due on Friday and has not come.
roles: [support]
task: answer
tags: [delivery]
data_class: confidential
owner: Support team
changelog: {changelog}
"""


def _person(name: str) -> Signer:
    vault = Vault(name.encode().ljust(32, b".")[:32])
    return Signer(name, did_of(vault.public_key), vault)


ANA, BEN = _person("Ana Lind"), _person("Ben Ruiz")


def make(folder: Path, curator: Signer) -> Path:
    """Write the library into folder, with curator as one of those who may decide."""
    folder.mkdir(parents=True)
    lines = [curator_lines(one.name, one.key).partition("\n")[2] for one in (ANA, BEN, curator)]
    (folder / "curators.yml").write_text("curators:\n" + "".join(lines), "utf-8")
    late, name = folder / "late-delivery", "Answer about a late delivery"
    first = _write(
        late, 1, name=name, how="Apologise at length and explain what went wrong.", changelog="First version."
    )
    deciding.submit(first, ANA)
    deciding.approve(first, BEN, reason="Checked with ten real questions", review_by=date(2027, 11, 1))
    changelog = "Half as long; no apology for what is not our fault."
    second = _write(late, 2, name=name, how="Apologise once, in one sentence.", changelog=changelog)
    deciding.submit(second, ANA, reason="Please look before Friday's mailing")
    lost = folder / "lost-parcel"
    sent = _write(lost, 1, name="Answer about a lost parcel", how="Stay calm.", changelog="First version.")
    deciding.submit(sent, BEN)
    deciding.approve(sent, ANA)
    _write(lost, 1, name="Answer about a lost parcel", how="Promise a voucher.", changelog="First version.")
    _write(
        folder / "parcel-claim",
        1,
        name="File a parcel claim",
        how="List what the carrier asks for.",
        changelog="Draft.",
    )
    return folder


def _write(folder: Path, number: int, **fields: str) -> PromptVersion:
    folder.mkdir(exist_ok=True)
    (folder / f"{number}.prompt.yml").write_text(_TEXT.format(**fields), "utf-8")
    prompt, problems = read_prompt(folder)
    if prompt is None:
        raise problems[0]
    return prompt.numbered(number)
