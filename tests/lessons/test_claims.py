"""Answers cut into claims, where their key comes from, and what verdicts are worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.lessons.claims import CutClaim, Key, cut, live_keys, score_claims, shipped_keys
from desktop_app.lessons.lesson import Claim, ClaimRule, Claims, Expectation

SOURCE = (
    "Hotel stays are paid up to 140 EUR per night. Receipts are needed for anything above 25 EUR. Ms Okafor approves "
    "exceptions within two days."
)
OUTPUT = "Hotels are paid up to 140 EUR. Receipts are needed above 140 EUR."


def claims_exercise(**fields: object) -> Claims:
    given_fields: dict[str, object] = {
        "id": "c", "title": "C", "task": "T", "source": SOURCE, "document": "", "output": OUTPUT,
        "claims": (
            Claim("Hotels are paid up to 140 EUR.", True, "Hotel stays are paid up to 140 EUR per night.", "It says so."),
            Claim("Receipts are needed above 140 EUR.", False, "Receipts are needed for anything above 25 EUR.", "It is 25."),
        ),
        "prompt": "", "values": {}, "rules": (), "max_tokens": 80, "seed": 7, "line": 1,
    }  # fmt: skip
    return Claims(**(given_fields | fields))  # type: ignore[arg-type]


def rule(kind: str, value: str, supported: bool) -> ClaimRule:
    return ClaimRule(Expectation(kind, value, "rule"), supported, "Ms Okafor approves exceptions", "The rule says.")


def test_an_answer_is_cut_into_what_it_states() -> None:
    text = "Sure, here it is:\n\nDear team,\n- The gate is shut on 3. Mai; use gate 7.\n- Dr. Beck pays 3.5 EUR. Any questions?"
    assert [claim.text for claim in cut(text)] == [
        "The gate is shut on 3. Mai;", "use gate 7.", "Dr. Beck pays 3.5 EUR.",
    ]  # fmt: skip


PIECES = st.sampled_from(["The gate is shut. ", "Mira: Tuesday", "\n", "\n\n", "- ", "1. ", "3. Mai ", "z. B. ", "; ", "Why? ", "“So.” ", "Here:", "Dear team,\n", "3.5 ", "ä", " "])  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text())
def test_claims_and_the_gaps_between_them_give_the_text(text: str) -> None:
    pieces, at = [], 0
    for claim in cut(text):
        assert at <= claim.start < claim.end
        pieces += [text[at : claim.start], claim.text]
        at = claim.end
    assert "".join([*pieces, text[at:]]) == text


def test_the_shipped_answer_has_its_own_key_with_places() -> None:
    keys = shipped_keys(claims_exercise(), SOURCE)
    assert [key.supported for key in keys] == [True, False]
    assert [OUTPUT[key.claim.start : key.claim.end] for key in keys] == [key.claim.text for key in keys]
    assert keys[1].passage is not None
    assert SOURCE[slice(*keys[1].passage)] == "Receipts are needed for anything above 25 EUR."
    assert {key.by for key in keys} == {"trainer"}


def test_a_passage_the_document_no_longer_has_is_no_place() -> None:
    assert shipped_keys(claims_exercise(), "Another text.")[0].passage is None


LIVE = "Hotel stays are paid up to 140 EUR per night. Ask Ms Beck. Receipts are needed above 140 EUR. Exceptions take two days."


def test_a_live_claim_is_judged_by_the_first_rule_that_fits_then_by_looking_it_up() -> None:
    rules = (rule("icontains", "receipts", False), rule("icontains", "exceptions", True), rule("regex", ".", False))
    with_rules = live_keys(claims_exercise(rules=rules[:2]), LIVE, SOURCE)
    assert [(key.supported, key.by) for key in with_rules] == [
        (True, "guard"), (False, "guard"), (False, "trainer"), (True, "trainer"),
    ]  # fmt: skip
    assert {key.by for key in live_keys(claims_exercise(rules=rules), LIVE, SOURCE)} == {"trainer"}
    assert "Beck" in with_rules[1].why


def test_what_nobody_knows_is_not_scored_and_says_so() -> None:
    [key] = live_keys(claims_exercise(), "Receipts are needed above 140 EUR.", SOURCE)
    assert (key.supported, key.by) == (None, "nobody")
    assert key.why.startswith("There is no key for this one: judge for yourself.")
    assert key.passage is not None
    [single] = live_keys(claims_exercise(), "Lodgings are paid up to 140 EUR.", SOURCE)
    assert single.supported is None, "one word that is not there may have a synonym"


def key(supported: bool | None) -> Key:
    return Key(CutClaim("x", 0, 1), supported, None, "why", "trainer")


@pytest.mark.parametrize(
    ("truth", "said", "value", "believed", "distrusted"),
    [
        ((True, False), (True, False), 1.0, (), ()),
        ((True, False), (True, True), 0.5, (1,), ()),
        ((True, False), (False, True), 0.0, (1,), (0,)),
        ((None, False, True), (True, False, False), 0.5, (), (2,)),
        ((None, None), (True, False), 0.0, (), ()),
        ((), (), 0.0, (), ()),
    ],
)
def test_both_kinds_of_error_are_told_apart(
    truth: tuple[bool | None, ...],
    said: tuple[bool, ...],
    value: float,
    believed: tuple[int, ...],
    distrusted: tuple[int, ...],
) -> None:
    score = score_claims([key(one) for one in truth], said)
    assert (score.value, score.believed, score.distrusted) == (value, believed, distrusted)
    assert score.right + len(believed) + len(distrusted) == score.scored == sum(one is not None for one in truth)


def test_verdicts_that_do_not_fit_are_a_bug() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score_claims([key(True)], [])
