from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.guard.normalise import normalise

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@settings(deadline=None)
@given(ANY_TEXT)
def test_offsets_are_monotone_and_every_character_maps_back_into_the_text(text: str) -> None:
    view = normalise(text)
    assert len(view.data) == len(view.text)
    if view.offsets is None:
        assert len(view.text) == len(text)
        return
    assert len(view.offsets) == len(view.text) + 1
    assert list(view.offsets) == sorted(view.offsets)
    assert view.offsets[-1] == len(text)
    for place in range(len(view.text)):
        start, end = view.original(place, place + 1)
        assert 0 <= start < end <= len(text)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_ascii_stays_as_it_is(text: str) -> None:
    view = normalise(text)
    assert (view.text, view.data, view.offsets) == (text, text.encode(), None)


def test_look_alikes_become_plain_and_invisible_characters_vanish() -> None:
    assert normalise("４１\u200b１１\u2013٣\u00a0\u202eа＠x\u00ad\u3002y“").text == '4111-3 a@x.y"'


def test_a_span_leads_back_over_removed_and_expanded_characters() -> None:
    text = "\u200bﬁx\u200b4"
    view = normalise(text)
    assert view.text == "fix4"
    assert text[slice(*view.original(0, 2))] == "ﬁ"
    assert text[slice(*view.original(2, 4))] == "x\u200b4"
