"""Prompts of other tools for tests: read, put into a library as an import does, and templates of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.notes import Notes
from desktop_app.prompts.interchange.dialects import Dialect
from desktop_app.prompts.interchange.imported import Imported
from desktop_app.prompts.interchange.variables import Names, Slot, to_template
from desktop_app.prompts.loading import read_version
from desktop_app.prompts.prompt import PromptId, PromptVersion
from desktop_app.prompts.writing import write_prompt
from tests.helpers.prompt_files import GOOD

# Text with everything that means something in one dialect or another.
AWKWARD = st.text(st.sampled_from("ab{}$\"'`#[]<>%!:.,;\\|~-_=\n é9"), max_size=25)
TEXTS = AWKWARD | st.sampled_from(
    ["{{name}}", "${name}", "$name", "$$", "{{two_braces}}", "{{ input }}", "{{name}", "}}", "```"]
)
NAMES = st.sampled_from(["input", "name", "tone", "name_2"])
PIECES = st.lists(TEXTS | NAMES.map(Slot), min_size=1, max_size=6)


def template_of(pieces: Sequence[str | Slot]) -> str:
    """Pieces as one of our templates."""
    return to_template(pieces, Names(Notes()))


def inputs_of(*templates: str) -> list[dict[str, Any]]:
    """Plain inputs for all placeholders of our templates, as an import would state them."""
    from desktop_app.prompts.interchange.variables import BRACES, BRACES_INPUT
    from desktop_app.prompts.loading import PLACEHOLDER

    names = dict.fromkeys(name for template in templates for name in PLACEHOLDER.findall(template))
    return [dict(BRACES_INPUT) if name == BRACES else {"name": name, "label": name.title()} for name in names]


def prompt_with(folder: Path, messages: Sequence[tuple[str, str]], **fields: Any) -> PromptVersion:
    """A version with these messages, its inputs declared."""
    data = GOOD | {
        "messages": [{"role": role, "content": content} for role, content in messages],
        "inputs": inputs_of(*(content for _, content in messages)),
    }
    return saved(folder, "a-prompt", data | fields)


def saved(folder: Path, prompt_id: str, data: Any) -> PromptVersion:
    """The version that these fields make, written and read as the library does: it fails for anything not valid."""
    file = folder / prompt_id / "1.prompt.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(write_prompt(data), "utf-8")
    return read_version(file, PromptId(prompt_id), 1)


def all_read(dialect: Dialect, path: Path) -> list[Imported]:
    """Every prompt in the file or folder, none of which may be broken."""
    found = list(dialect.read(path))
    assert not [str(one) for one in found if isinstance(one, ContentError)]
    return [one for one in found if isinstance(one, Imported)]


def one_read(dialect: Dialect, path: Path) -> Imported:
    """The only prompt in it."""
    (found,) = all_read(dialect, path)
    return found


def written(dialect: Dialect, version: PromptVersion, folder: Path) -> Path:
    """The version exported below folder; the first file of it."""
    package = dialect.write(version)
    for name, data in package.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / next(iter(package.files))


def texts(version: PromptVersion) -> list[tuple[str, str]]:
    """The messages as pairs."""
    return [(message.role, message.content) for message in version.messages]


def said(found: Imported) -> list[str]:
    """The notes as lines."""
    return [str(note) for note in found.notes]
