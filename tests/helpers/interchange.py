"""Prompts of other tools in tests: one file read, put into a library, and versions made up at random."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.prompts.evaluate.suite import suite_problems
from desktop_app.prompts.interchange.dialects import Dialect
from desktop_app.prompts.interchange.imported import Imported
from desktop_app.prompts.interchange.variables import Names, Piece, Slot, to_template
from desktop_app.prompts.library import read_prompt
from desktop_app.prompts.prompt import Input, Message, ModelParameters, PromptId, PromptVersion
from desktop_app.prompts.writing import write_prompt

DATA = Path(__file__).parents[1] / "prompts" / "interchange" / "data"


def read_text(dialect: Dialect, path: Path, text: str | bytes) -> list[Imported | ContentError]:
    """What the dialect makes of a file with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(dialect.read(path))


def the_one(found: list[Imported | ContentError]) -> Imported:
    """The only prompt of a file that has no problems."""
    assert len(found) == 1 and isinstance(found[0], Imported), found
    return found[0]


def landed(imported: Imported, library: Path) -> PromptVersion:
    """The prompt as the library reads it, after checking that neither it nor its tests have a problem."""
    folder = library / imported.id
    folder.mkdir(parents=True)
    (folder / "1.prompt.yml").write_text(write_prompt(imported.data), encoding="utf-8")
    prompt, problems = read_prompt(folder)
    assert prompt is not None and not problems, problems
    assert not suite_problems(prompt.newest)
    return prompt.newest


def said(imported: Imported) -> list[str]:
    """The notes as lines."""
    return [str(note) for note in imported.notes]


def contents(version: PromptVersion) -> list[tuple[str, str]]:
    """Role and template of each message."""
    return [(message.role, message.content) for message in version.messages]


# What template languages stumble over, in all combinations; no role line of Prompty's and no image.
_NASTY = st.lists(
    st.sampled_from(
        ["{", "}", "{{", "}}", "{%", "%}", "{#", "#}", "\\", "#", "%", " ", "\n", "a", "name", "!", "~", "-", "'", '"', "|",
         "raw", "/", "&", "<", "[", "ä", "x.y", ":", "---", "$"]
    ),
    max_size=8,
).map("".join)  # fmt: skip
NAMES = ("first", "second", "third_1")
pieces = st.lists(_NASTY | st.sampled_from([Slot(name) for name in NAMES]), min_size=1, max_size=6)


def template(made: list[Piece]) -> str:
    """Pieces as one of our templates."""
    from desktop_app.notes import Notes

    return to_template(made, Names(Notes()))


def _content(made: list[Piece]) -> str:
    return template(["a", *made, "z"])


@st.composite
def versions(draw: Any, **fields: Any) -> PromptVersion:
    """A version with one to four messages of nasty text, and the inputs that it uses."""
    count = draw(st.integers(0, 1))
    turns = [("system", draw(pieces))] * count
    for _ in range(draw(st.integers(0, 1))):
        turns += [("user", draw(pieces)), ("assistant", draw(pieces))]
    turns.append(("user", draw(pieces)))
    messages = tuple(Message(role, _content(made)) for role, made in turns)
    text = "".join(message.content for message in messages)
    inputs = [Input(name, name.title(), default=draw(st.sampled_from(["", "x", "3 {{a}}"]))) for name in NAMES]
    braces = Input("two_braces", "Two braces", required=False, default="{{")
    used = tuple(item for item in (*inputs, braces) if f"{{{{{item.name}}}}}" in text)
    parameters = ModelParameters(
        temperature=draw(st.sampled_from([0.0, 0.2, 1.5])), max_tokens=draw(st.integers(1, 4096)),
        stop=draw(st.sampled_from([(), ("END",), ("\n\n", "#")])), seed=draw(st.none() | st.integers(0, 99)),
    )  # fmt: skip
    made = {
        "id": PromptId("a-prompt"), "version": 3, "name": "A prompt: one", "description": "Does # something.",
        "messages": messages, "inputs": used, "parameters": parameters, "roles": ("everyone",), "task": "write",
        "tags": ("one",), "data_class": "internal", "owner": "Tests", "changelog": "First.", "review_by": None,
        "path": Path("3.prompt.yml"), "content_hash": "", "author": "Ida", "extra": {},
    }  # fmt: skip
    return PromptVersion(**(made | fields))
