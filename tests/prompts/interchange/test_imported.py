"""What every dialect gives back: complete, valid, and within the limits of the format."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.notes import Notes
from desktop_app.prompts.interchange.imported import Found, first_sentence, make, slug, source_of, tags_of
from desktop_app.prompts.interchange.schemas import input_fields
from desktop_app.prompts.interchange.sources import inside
from desktop_app.prompts.interchange.sources import settings as taken_settings
from tests.helpers.interchange import landed, said

PATH = Path("/somewhere/prompts/hello.prompt")


def found(*messages: tuple[str, str], **fields: object) -> Found:
    """A prompt as a dialect reads it."""
    return Found("test: hello", **{"name": "Hello", "messages": messages or (("user", "Hi {{x}}"),), **fields})  # type: ignore[arg-type]


def test_what_a_dialect_lacks_is_filled_in(tmp_path: Path) -> None:
    made = make(PATH, found(description="Says hello."), Notes())
    assert made.notes == () and made.id == "hello"
    version = landed(made, tmp_path)
    assert (version.roles, version.task, version.data_class) == (("everyone",), "imported", "internal")
    assert (version.owner, version.changelog) == ("Not yet assigned", "Imported from test: hello.")
    assert [(item.name, item.label) for item in version.inputs] == [("x", "X")]


@pytest.mark.parametrize(
    ("name", "id"),
    [("Linux Terminal", "linux-terminal"), ("Übersetzer", "ubersetzer"), ("7 habits", "prompt-7-habits"), ("名", "prompt"),
     ("x", "x-prompt"), ("a" * 90, "a" * 60), ("--", "prompt")],
)  # fmt: skip
def test_a_name_becomes_an_id(name: str, id: str) -> None:
    assert slug(name) == id


def test_long_words_are_cut_with_a_note(tmp_path: Path) -> None:
    made = make(PATH, found(name="n" * 100, description="d" * 400), Notes())
    assert said(made) == [
        "1: changed: The name has 100 characters; 80 fit, so its end is gone.",
        "1: changed: The description has 400 characters; 300 fit, so its end is gone.",
    ]
    landed(made, tmp_path)


def test_the_last_message_is_the_users() -> None:
    made = make(PATH, found(("system", "a"), ("user", "b"), ("assistant", "c"), description="d"), Notes())
    assert [message["role"] for message in made.data["messages"]] == ["system", "user"]
    alone = make(PATH, found(("system", "a"), description="d"), Notes())
    assert [message["role"] for message in alone.data["messages"]] == ["user"] and "sent as the user's" in said(alone)[
        0
    ]


@pytest.mark.parametrize(
    ("messages", "words"),
    [([("user", "  \n")], "no text"), ([("assistant", "a")], "no message of the user"), ([("user", "a")] * 41, "41 messages; 40 fit"),
     ([("user", "x" * 300_001)], "longer than 300,000"),
     ([("user", "".join(f"{{{{v{number}}}}}" for number in range(21)))], "21 placeholders; 20 fit")],
)  # fmt: skip
def test_what_does_not_fit_is_an_error_with_its_line(messages: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(ContentError, match=words) as error:
        make(PATH, found(*messages, line=7), Notes())
    assert error.value.line == 7


def test_characters_that_cannot_be_shown_are_removed(tmp_path: Path) -> None:
    made = make(PATH, found(("user", "a\0b\r\nc\x1b"), name="N\0", description="D\x07"), Notes())
    version = landed(made, tmp_path)
    assert (version.name, version.description, version.messages[0].content) == ("N", "D", "ab\nc")


def test_an_origin_names_the_file_and_its_folder() -> None:
    assert source_of("fabric", PATH) == "fabric: prompts/hello.prompt"
    assert source_of("csv", PATH, "Row 3", folders=0) == "csv: hello.prompt # Row 3"
    assert len(source_of("csv", PATH, "x" * 999)) == 300


def test_tags_become_ours() -> None:
    notes = Notes()
    assert tags_of(["A B", "a-b", "名", "ä" * 40], notes, 3) == ["a-b", "a" * 30]
    assert [str(note) for note in notes.sorted()] == ["3: left out: The tag '名' has no letters a-z."]


def test_files_inside_a_folder(tmp_path: Path) -> None:
    assert inside(tmp_path, "a/b.txt") == (tmp_path / "a" / "b.txt").resolve()
    for name in ("../a", "/etc/passwd", "a/../../b", "\0"):
        assert inside(tmp_path, name) is None


def test_settings_out_of_range_are_named() -> None:
    notes = Notes()
    names = {"temperature": "temperature", "top_p": "topP", "max_tokens": "maxTokens", "stop": "stop", "seed": "seed"}
    stated = {"temperature": 3, "top_p": True, "max_tokens": 99_999, "stop": "END", "seed": -1, "other": 1}
    assert taken_settings(stated, names, notes, lambda _: 2) == {"maxTokens": 4096, "stop": ["END"]}
    assert [note.severity for note in notes.sorted()] == [
        "left out",
        "left out",
        "changed",
        "changed",
        "left out",
        "left out",
    ]


def test_a_sentence() -> None:
    assert first_sentence("It is. Do this.") == "It is." and first_sentence("It is") == "It is."


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_KEYS = (
    "type",
    "kind",
    "enum",
    "enumValues",
    "minimum",
    "maximum",
    "description",
    "required",
    "default",
    "sample",
    "example",
)


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from(_KEYS), _ANYTHING, max_size=6), st.text(max_size=120), st.text(max_size=400), st.text(max_size=60)
)  # fmt: skip
def test_whatever_a_dialect_states_the_prompt_is_valid(
    stated: dict[str, object], name: str, description: str, text: str
) -> None:
    notes = Notes()
    inputs = {"x": input_fields(stated, notes, 1, "x")}
    made = make(PATH, found(("user", f"a{text}{{{{x}}}}"), name=name, description=description, inputs=inputs), notes)
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,59}", made.id)
    with tempfile.TemporaryDirectory() as folder:
        landed(made, Path(folder))
