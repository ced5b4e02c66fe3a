"""Plain words and numbers say the same, and what a conversation kept is taken only where it fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.practice.parameters import LENGTHS, STYLES, as_kept, from_kept, in_style, length_of, style_of, words_of
from desktop_app.prompts.prompt import ModelParameters

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def test_each_style_and_length_is_recognised_again() -> None:
    for style in STYLES:
        assert style_of(in_style(ModelParameters(), style)) == style
    for length, (_, tokens) in LENGTHS.items():
        assert length_of(ModelParameters(max_tokens=tokens)) == length
    assert style_of(ModelParameters(temperature=0.77)) == "" and length_of(ModelParameters(max_tokens=77)) == ""


def test_a_token_is_about_three_quarters_of_a_word() -> None:
    assert words_of(256) == 190 and words_of(40) == 30


def test_parameters_come_back_as_they_were_kept() -> None:
    chosen = ModelParameters(0.9, 0.5, 1.3, 77, ("END", "\n\n"))
    assert from_kept(as_kept(chosen), ModelParameters()) == chosen


@given(
    st.dictionaries(st.sampled_from(["temperature", "top_p", "repeat_penalty", "max_tokens", "stop", "x"]), JSON) | JSON
)
def test_whatever_was_kept_the_parameters_are_ones_the_model_takes(kept: object) -> None:
    made = from_kept(kept, ModelParameters())
    assert 0 <= made.temperature <= 2 and 0 < made.top_p <= 1 and 0.5 <= made.repeat_penalty <= 2
    assert isinstance(made.max_tokens, int) and 1 <= made.max_tokens <= 4096
    assert all(isinstance(one, str) and one for one in made.stop)
