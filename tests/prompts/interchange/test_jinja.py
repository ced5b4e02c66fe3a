"""Jinja and Nunjucks templates: what is read, what is named instead of run, and that the real engine agrees with what is written."""

from __future__ import annotations

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.jinja import read_template, write_template
from desktop_app.prompts.interchange.variables import Names, Slot, from_template, to_template
from tests.helpers.interchange import NAMES, pieces


def read(text: str) -> tuple[str, list[str]]:
    """The template as ours, and the notes."""
    notes = Notes()
    found = read_template(text, notes, 10)
    return to_template(found, Names(Notes())), [str(note) for note in notes.sorted()]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("Hi {{name}}.", "Hi {{name}}."), ("{{ user.first }}", "{{user_first}}"), ("{{ user['first'] }}", "{{user_first}}"),
     ("{{ 'a' }}b", "ab"), ('{{ "{{name}}" }}', "{{two_braces}}name}}"), ("{% raw %}{{x}}{% endraw %}", "{{two_braces}}x}}"),
     ("a  {{- name -}}  b", "a{{name}}b"), ("{{ '}}' }}", "}}"), ("{'json': 1}", "{'json': 1}"),
     ("{% verbatim %}{%if%}{% endverbatim %}", "{%if%}"), (r"{{ 'it\'s' }}", "it's")],
)  # fmt: skip
def test_plain_variables_and_quoted_text_come_over(theirs: str, ours: str) -> None:
    assert read(theirs) == (ours, [])


@pytest.mark.parametrize(
    ("theirs", "ours", "note"),
    [("{{ name | upper }}", "{{name}}", '10: left out: The filter "upper" after name.'),
     ("a{{ 1 + 1 }}b", "ab", "10: left out: {{ 1 + 1 }} is code."),
     ("{{ f(x) }}", "", "10: left out: {{ f(x) }} is code."),
     ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "", "is code."),
     ("{{ loop.index }}", "", "10: left out: {{ loop.index }} is code."),
     ("a\n{% set x = 1 %}\nb", "a\nb", "11: left out: {% set x = 1 %} is code."),
     ("{% include 'other.j2' %}", "", "10: left out: {% include 'other.j2' %} is code."),
     ("{# secret #}x", "x", "10: left out: The comment {# secret #}."),
     ("a {{ b", "a {{ b", '10: changed: "{{" is not closed; it stays as text.'),
     ("{% if x %}y{% endif %}", "y", "10: left out: {% if x %} is code; the text inside stays, whatever holds, and once.")],
)  # fmt: skip
def test_code_is_left_out_and_named_with_its_line(theirs: str, ours: str, note: str) -> None:
    made, notes = read(theirs)
    assert made == ours
    assert notes and note in notes[0]


def test_a_default_becomes_the_inputs_default() -> None:
    assert read_template("{{ tone | default('kind') }}", Notes()) == (Slot("tone", 1, "kind"),)


@given(pieces)
def test_the_real_engine_gives_the_same_text(made: list[str | Slot]) -> None:
    made = list(from_template(to_template(made, Names(Notes()))))
    written = write_template(made)
    engine = jinja2.Environment(keep_trailing_newline=True)
    rendered = engine.from_string(written).render({name: f"<{name}>" for name in NAMES})
    assert rendered == "".join(piece if isinstance(piece, str) else f"<{piece.name}>" for piece in made)
    notes = Notes()
    assert to_template(read_template(written, notes), Names(notes)) == to_template(made, Names(Notes()))
    assert notes.sorted() == ()


@given(
    st.lists(st.sampled_from(["{{", "}}", "{%", "%}", "{#", "#}", "'", "x", " ", "\n", "raw", "if", "|", "-"])).map(
        "".join
    )
)
def test_any_text_is_read_without_an_error(text: str) -> None:
    read(text)
