"""The checks of a prompt: how often they are right on prompts they were not made with, and what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.lessons.lesson import PromptCheck
from desktop_app.lessons.prompt_checks import NAMES, check_prompt

from .prompt_corpus.development import DEVELOPMENT
from .prompt_corpus.held_out import HELD_OUT
from .prompt_corpus.labelled import JUDGED, quality
from .prompt_corpus.second import SECOND
from .prompt_corpus.third import THIRD

# Precision and recall as measured on HELD_OUT when it was written (docs/formats/practice.md names them).
MEASURED: dict[PromptCheck, tuple[float, float]] = {
    "task": (1.0, 0.88), "context": (0.83, 0.7), "format": (1.0, 0.76), "material": (1.0, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("check", JUDGED)
def test_on_prompts_it_was_not_made_with(check: PromptCheck) -> None:
    held_out = quality(check, HELD_OUT)
    precision, recall = MEASURED[check]
    assert held_out.precision >= precision, held_out.wrong
    assert held_out.recall >= recall, held_out.wrong


@pytest.mark.parametrize("check", JUDGED)
def test_on_prompts_it_was_made_with(check: PromptCheck) -> None:
    known = quality(check, (*DEVELOPMENT, *SECOND, *THIRD))
    assert min(known.precision, known.recall) >= 0.95, known.wrong


def test_the_corpora_share_no_prompt() -> None:
    texts = [one.text for one in (*DEVELOPMENT, *SECOND, *THIRD, *HELD_OUT)]
    assert len(set(texts)) == len(texts) >= 60


def one(text: str, check: PromptCheck) -> tuple[bool, tuple[str, ...], str]:
    [result] = check_prompt(text, (check,))
    return result.met, result.found, result.says


def test_a_met_check_shows_the_words_that_met_it() -> None:
    assert one("Shorten the notice to one sentence for customers.", "task")[1] == ("Shorten",)
    assert one("Shorten the notice to one sentence for customers.", "format")[1] == ("one sentence",)
    assert one("Shorten the notice to one sentence for customers.", "context")[1] == ("for customers",)
    assert one('Shorten it.\n\nNote:\n"""\nThe gate is shut.\n"""', "material")[1] == ('""" … """',)


@pytest.mark.parametrize("check", JUDGED)
def test_an_unmet_check_says_how_with_an_example(check: PromptCheck) -> None:
    met, found, says = one("meeting summary", check)
    assert not met
    assert found == ()
    assert "“" in says or '"""' in says


def test_a_verb_without_a_result_is_no_task_and_is_named() -> None:
    met, _, says = one("Write something about our meeting.", "task")
    assert not met
    assert "“Write something” leaves open what" in says


def test_what_is_pasted_is_no_request() -> None:
    text = 'The note:\n"""\nShorten the rope by two lines for our customers.\n"""'
    assert [result.met for result in check_prompt(text, ("task", "context", "format", "material"))] == [
        False, False, False, True,
    ]  # fmt: skip


def test_sensitive_is_what_the_guard_finds() -> None:
    assert one("Write to the landlord about the heating.", "sensitive")[0]
    met, found, says = one("Write to ines.falk@norwind.example about the heating.", "sensitive")
    assert not met
    assert "ines.falk" not in says + "".join(found), "what was found is not repeated"
    assert says.startswith("One e-mail address in it.")


@pytest.mark.parametrize(
    ("text", "met", "word"),
    [("Sum up", False, "Only 2 words"), ("Sum up the minutes in two sentences.", True, "7 words"),
     ("word " * 200, False, "200 words of request"), ('Shorten the text in the fence. """' + "word " * 900 + '"""', False, "words are more")],
)  # fmt: skip
def test_length_counts_the_request_and_the_whole(text: str, met: bool, word: str) -> None:
    found = one(text, "length")
    assert found[0] == met
    assert word in found[2]


@given(st.text(alphabet=st.sampled_from("abc ZÄ.\"'“”„<>[]/#-=*:?\n1`~{}"), max_size=200) | st.text(max_size=80))
def test_any_text_gets_an_answer_to_every_check(text: str) -> None:
    results = check_prompt(text, NAMES)
    assert [result.check for result in results] == list(NAMES)
    assert all(result.says for result in results)
    for result in results:
        assert result.met or not result.found


def test_a_very_long_text_is_read_in_time() -> None:
    for piece in ("Write a b c, ", "Note:\n", "<a> ", "“", '"""', "# \n", "for our ", "1 "):
        check_prompt(piece * 200_000, ("task", "context", "format", "material"))
