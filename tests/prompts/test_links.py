"""greenroom:// links: what is one, what is not, and what one may fill into a form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prompts.links import (
    MOST_CHARS,
    MOST_VALUE_CHARS,
    MOST_VALUES,
    Link,
    LinkError,
    fitting_values,
    parse_link,
)
from tests.prompts.test_render import text_input, version

IDS = st.from_regex(r"[a-z][a-z0-9-]{1,38}", fullmatch=True)
AT = st.just("") | st.from_regex(r"[a-z0-9_.-]{1,36}", fullmatch=True)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)
SEEN = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]) | st.sampled_from("\n\t"), max_size=40)


@given(st.builds(Link, st.just("prompt"), IDS, AT, st.dictionaries(NAMES, SEEN, max_size=5)))
def test_what_is_written_is_read_back(link: Link) -> None:
    assert parse_link(str(link)) == link


@given(IDS)
def test_a_lesson_has_its_id_only(lesson_id: str) -> None:
    assert parse_link(f"greenroom://lesson/{lesson_id}") == Link("lesson", lesson_id)


@given(st.text() | st.text(alphabet="greenroom:/prompt@?&=%20ab").map(lambda end: f"greenroom://{end}"))
def test_any_other_text_is_refused_in_one_clean_sentence(text: str) -> None:
    try:
        link = parse_link(text)
    except LinkError as error:
        assert len(str(error)) < 260
        assert "\n" not in str(error)
    else:
        assert parse_link(str(link)) == link


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("greenroom://prompt/shorten-notice", "shorten-notice"),
        ("GreenRoom://prompt/shorten-notice", "shorten-notice"),
        ("greenroom://prompt/shorten-notice@2", "shorten-notice@2"),
        ("greenroom://prompt/shorten-notice@approved?notice=", "shorten-notice@approved"),
        ("greenroom://prompt/shorten-notice?", "shorten-notice"),
    ],
)
def test_links_name_what_the_library_resolves(text: str, reference: str) -> None:
    assert parse_link(text).reference == reference


def test_values_are_utf_8_in_percent_form() -> None:
    link = parse_link("greenroom://prompt/ab?a=Gr%C3%BC%C3%9Fe%20%26%20mehr&b=1+1=2")
    assert link.values == {"a": "Grüße & mehr", "b": "1+1=2"}


@pytest.mark.parametrize(
    "text",
    [
        "", "greenroom:", "greenroom://", "greenroom:prompt/ab", "greenroom:///prompt/ab", "greenroom://prompt", "greenroom://prompt/",
        "greenroom://user@prompt/ab", "greenroom://prompt:80/ab", "greenroom://prompt/ab/", "greenroom://prompt/ab/cd",
        "greenroom://prompt/../../etc/passwd", "greenroom://prompt/AB", "greenroom://prompt/ab@", "greenroom://prompt/ab@1@2",
        "greenroom://prompt/ab#x", "greenroom://prompt/ab?x", "greenroom://prompt/ab?x=1&x=2", "greenroom://prompt/ab?X=1",
        "greenroom://prompt/ab?x=%ff", "greenroom://prompt/ab?x=%", "greenroom://prompt/ab?x=%0", "greenroom://prompt/ab?x=%zz",
        "greenroom://prompt/ab?x=%00", "greenroom://prompt/ab?x=%1b%5b2J", "greenroom://prompt/ab?x=%E2%80%AE", "greenroom://prompt/ab?x=%EF%BB%BF",
        "greenroom://prompt/ab?x=ü", "greenroom://prompt/ab?x=a b", "greenroom://prompt/ab ", " greenroom://prompt/ab", "greenroom://prompt/ab\n",
        "greenroom://lesson/ab@2", "greenroom://lesson/ab?x=1", "greenroom://run/ab", "https://prompt/ab", "file:///etc/passwd",
        "greenroom://prompt/ab?" + "&".join(f"a{n}=1" for n in range(MOST_VALUES + 1)),
        "greenroom://prompt/ab?x=" + "a" * (MOST_VALUE_CHARS + 1), "greenroom://prompt/" + "a" * MOST_CHARS,
    ],
)  # fmt: skip
def test_hostile_and_broken_links_are_refused(text: str) -> None:
    with pytest.raises(LinkError):
        parse_link(text)


# -- filling -------------------------------------------------------------------------------------------------------------

FORM = version(
    "{{name}}{{tone}}{{count}}{{secret}}",
    inputs=(
        text_input("name", max_length=5), text_input("tone", type="choice", choices=("kind", "short")),
        text_input("count", type="number", maximum=9), text_input("secret", sensitive=True),
    ),
)  # fmt: skip


def test_values_that_fit_are_taken() -> None:
    assert fitting_values(FORM, {"tone": "kind", "count": "7,5"}) == ({"tone": "kind", "count": "7,5"}, ())


def test_an_empty_value_fills_nothing() -> None:
    assert fitting_values(FORM, {"name": "", "tone": " "}) == ({}, ())


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("name", "longer", "6 characters"), ("tone", "rude", "choose one of"), ("count", "ten", "not a number"),
        ("count", "10", "at most 9"), ("secret", "x", "only ever filled by you"), ("other", "x", "no field other"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_left_out_and_named(name: str, value: str, why: str) -> None:
    taken, refused = fitting_values(FORM, {name: value})
    assert taken == {}
    assert len(refused) == 1 and why in refused[0]
