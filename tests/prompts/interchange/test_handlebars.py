"""Handlebars and Mustache templates: what is read, what is named instead of run, and what is written means the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.handlebars import read_template, write_template
from desktop_app.prompts.interchange.variables import Names, Slot, from_template, to_template
from tests.helpers.interchange import pieces


def read(text: str, *, escapes: bool = True) -> tuple[str, list[str]]:
    """The template as ours, and the notes."""
    notes = Notes()
    found = read_template(text, notes, 10, escapes=escapes)
    return to_template(found, Names(Notes())), [str(note) for note in notes.sorted()]


def rendered(text: str) -> str:
    """The template with <name> for each name, by the rules of Handlebars' own scanner (its INITIAL, emu and mu states)."""
    out, at, escaped = "", 0, False
    while (start := text.find("{{", at + (2 if escaped else 0))) >= 0:
        literal = text[at:start]
        slashes = len(literal) - len(literal.rstrip("\\"))
        if escaped and slashes:
            literal_end = start - (2 if literal.endswith("\\\\") else 1)
            out, at, escaped = out + text[at:literal_end], literal_end, False
            continue
        escaped = False
        if slashes == 1:
            out, at, escaped = out + literal[:-1], start, True
            continue
        out += literal[:-1] if slashes > 1 else literal
        tag = re.compile(r"\{\{(!)?(~?)(\w*)(~?)\}\}").match(text, start)
        assert tag is not None and not (not tag[1] and text.startswith("}", tag.end())), (
            f"Handlebars refuses {text[start:]!r}"
        )
        if tag[2]:
            out = out.rstrip()
        out += f"<{tag[3]}>" if tag[3] else ""
        at = tag.end()
    return out + text[at:]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("Hi {{name}}.", "Hi {{name}}."), ("{{{name}}}", "{{name}}"), ("{{user.first}}", "{{user_first}}"), ("{{&name}}", "{{name}}"),
     (r"\{{name}}", "{{two_braces}}name}}"), (r"a\\{{name}}", r"a\{{name}}"), ("a {{~name~}} b", "a{{name}}b"),
     ("{ {{~name}}", "{{{name}}"), ("{{{{raw}}}}{{x}}{{{{/raw}}}}", "{{two_braces}}x}}")],
)  # fmt: skip
def test_plain_variables_and_escapes_come_over(theirs: str, ours: str) -> None:
    assert read(theirs)[0] == ours


def test_mustache_has_no_escape() -> None:
    assert read(r"\{{name}}", escapes=False) == (r"\{{name}}", [])


@pytest.mark.parametrize(
    ("theirs", "ours", "note"),
    [("{{#if a}}x{{else}}y{{/if}}", "xy", "10: left out: {{#if a}} is code; the text inside stays, whatever holds, and once."),
     ("a\n{{#each list}}\n- {{name}}\n{{/each}}\nb", "a\n- {{name}}\nb", "11: left out: {{#each list}} is code"),
     ("{{> header}}", "", "10: left out: The partial {{> header}} is in another file."),
     ("{{!-- a --}}b", "b", "10: left out: The comment {{!-- a --}}."),
     ("{{lookup a b}}", "", "10: left out: {{lookup a b}} is code."), ("{{@index}}", "", "10: left out: {{@index}} is code."),
     ("{{this}}", "", "10: left out: {{this}} is code."), ("a {{ b", "a {{ b", '10: changed: "{{" does not start a tag here')],
)  # fmt: skip
def test_code_is_left_out_and_named_with_its_line(theirs: str, ours: str, note: str) -> None:
    made, notes = read(theirs)
    assert made == ours
    assert notes and notes[0].startswith(note)


@given(pieces)
def test_what_is_written_means_the_same(made: list[str | Slot]) -> None:
    made = list(from_template(to_template(made, Names(Notes()))))
    written = write_template(made)
    assert rendered(written) == "".join(piece if isinstance(piece, str) else f"<{piece.name}>" for piece in made)
    notes = Notes()
    assert to_template(read_template(written, notes), Names(notes)) == to_template(made, Names(Notes()))
    assert notes.sorted() == ()


@given(
    st.lists(st.sampled_from(["{{", "}}", "{{{", "\\", "#", "/", "!", ">", "x", " ", "\n", "~", "else", "--"])).map(
        "".join
    )
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    read(text)
