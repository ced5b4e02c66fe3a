import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.guard.finding import finding
from desktop_app.guard.redact import redact, restore
from desktop_app.guard.scan import scan
from tests.guard.test_scan import TEXTS

PLACEHOLDERS = st.sampled_from(("[EMAIL-1]", "[EMAIL-2]", "[", "]", "[EMAIL-", "1]", "[SECRET-1]", "EMAIL-1"))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(TEXTS, PLACEHOLDERS), max_size=6).map("".join))
def test_restore_is_the_exact_inverse(text: str) -> None:
    result = redact(text)
    assert restore(result.text, result.replacements) == text
    assert all(placeholder not in text for placeholder in result.replacements)


@settings(deadline=None)
@given(st.text("[]EMAIL-12x", max_size=40), st.sets(st.integers(0, 39), max_size=12))
def test_restore_is_the_inverse_for_any_findings(text: str, cuts: set[int]) -> None:
    places = sorted(cut for cut in cuts if cut <= len(text))
    findings = [finding("email", start, end) for start, end in zip(places[::2], places[1::2], strict=False)]
    result = redact(text, findings)
    assert restore(result.text, result.replacements) == text


def test_equal_values_get_equal_placeholders_and_none_that_occurs_already() -> None:
    result = redact("[EMAIL-1] anna@example.org, tom@example.org, anna@example.org; password: hunter2")
    assert result.text == "[EMAIL-1] [EMAIL-2], [EMAIL-3], [EMAIL-2]; password: [SECRET-1]"
    assert result.replacements["[EMAIL-3]"] == "tom@example.org"


def test_offsets_hold_for_disguised_values() -> None:
    text = "🙂 ａnna\u200b@example.org e\u0301nd"
    result = redact(text)
    assert result.text == "🙂 [EMAIL-1] e\u0301nd"
    assert scan(result.text) == ()


def test_an_answer_with_placeholders_is_restored_and_unknown_ones_stay() -> None:
    assert restore("Dear [EMAIL-1], [EMAIL-9]", {"[EMAIL-1]": "[EMAIL-9]"}) == "Dear [EMAIL-9], [EMAIL-9]"


@pytest.mark.parametrize("spans", [[(0, 3), (2, 5)], [(3, 3)], [(0, 99)], [(-1, 2)]])
def test_findings_that_do_not_fit_the_text_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="outside the text"):
        redact("some text", [finding("email", start, end) for start, end in spans])


def test_what_was_hidden_is_not_in_the_repr() -> None:
    assert "anna" not in repr(redact("anna@example.org"))
