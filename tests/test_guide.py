"""The administrator's guide: its links lead somewhere, and what it tells people to type exists."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from desktop_app.cli.root import root

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted((DOCS / "it").glob("*.md"))
MADE_LATER = {"verification.md"}  # make verify-dist writes it


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", [*PAGES, DOCS / "README.md"], ids=lambda page: page.name)
def test_links_lead_to_pages_and_headings_that_are_there(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if "://" in link or target.name in MADE_LATER:
            continue
        assert target.exists(), link
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), link


def commands(page: Path) -> list[list[str]]:
    """The words of each greenroom command in the page's code, up to a pipe or the next command."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"```(?:console|text)\n(.*?)```", text, re.DOTALL)
    lines = [
        line.removeprefix("$ ")
        for block in blocks
        for line in block.splitlines()
        if re.match(r"(\$ )?greenroom ", line)
    ]
    inline = re.findall(r"`(greenroom [^`]+)`", text)
    return [re.split(r" ?[|;&>]|\$\(", one)[0].split()[1:] for one in lines + inline]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_their_options_exist(page: Path) -> None:
    for words in commands(page):
        command: click.Command = root
        while words:
            word = words.pop(0)
            known = {
                option: one
                for one in command.params
                for option in (*one.opts, *one.secondary_opts)
                if isinstance(one, click.Option)
            }
            if word == "--help":  # every command has it
                continue
            if word.startswith("--"):
                assert word in known, f"{command.name} has no {word}"
                if not known[word].is_flag:
                    words[:1] = []
            elif isinstance(command, click.Group):
                found = command.get_command(click.Context(command), word)
                assert found is not None, f"{command.name} has no {word}"
                command = found
