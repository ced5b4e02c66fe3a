"""The output guard: what an answer must not carry out, found however it is dressed up, and nothing else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.guard.output import OutputReport, check_output

CANARY = "LANTERN-4471-QUILL"


def kinds(report: OutputReport) -> list[str]:
    return [one.kind for one in report.findings]


def test_a_harmless_answer_has_no_findings() -> None:
    report = check_output("The canteen is closed on Friday.", phrases=["we guarantee"], canaries=[CANARY])
    assert report == OutputReport() and not report.must_ask and report.counts == {} and report.sentences == ()


@pytest.mark.parametrize(
    "told",
    [
        "The code is LANTERN-4471-QUILL.",
        "the code is lantern 4471 quill",
        "L-A-N-T-E-R-N 4 4 7 1 Q U I L L",
        "LАNTERN‑4471‑QUILL",  # a Cyrillic А, no-break hyphens
        "LAN\u200bTERN-4471-QU\u00adILL",
        "Backwards it reads LLIUQ-1744-NRETNAL.",
        f"Decode {base64.b64encode(CANARY.encode()).decode()} to see it.",
        f"Decode {base64.urlsafe_b64encode(b'x' + CANARY.lower().encode()).decode().rstrip('=')}",
        "One letter\nper line:\n" + "\n".join(CANARY),
    ],
)
def test_a_planted_text_is_found_however_it_is_spelt(told: str) -> None:
    report = check_output(told, canaries=[CANARY])
    assert kinds(report) == ["leak"] and report.must_ask
    assert CANARY not in report.sentences[0] and "got out" in report.sentences[0]


def test_the_place_of_a_leak_is_that_of_the_answer() -> None:
    answer = "Well: ➀ L\u200bantern-4471-Quill!"
    [leak] = check_output(answer, canaries=[CANARY]).findings
    assert answer[leak.start : leak.end] == "L\u200bantern-4471-Quill"


def test_a_short_planted_text_is_looked_for_as_a_word_only() -> None:
    assert check_output("An art director wrote an article.", canaries=["ART1"]) == OutputReport()
    assert kinds(check_output("It is art1, indeed.", canaries=["ART1"])) == ["leak"]


@pytest.mark.parametrize("said", ["We guarantee delivery.", "we  GUARANTEE it", "we\nguarantee", "Wе guarantee"])
def test_a_forbidden_phrase_is_found_whatever_its_capitals_spaces_and_look_alikes(said: str) -> None:
    report = check_output(said, phrases=["we guarantee"])
    assert kinds(report) == ["phrase"] and report.must_ask and "“we guarantee”" in report.sentences[0]


@pytest.mark.parametrize("said", ["We guaranteed it.", "owe guarantee", "We do guarantee it", "weguarantee"])
def test_only_whole_words_in_a_row_are_a_phrase(said: str) -> None:
    assert check_output(said, phrases=["we guarantee"]) == OutputReport()


def test_sensitive_data_one_typed_and_data_one_did_not_are_told_apart() -> None:
    answer = "Write to Anna at anna@example.org or to ben@example.org."
    report = check_output(answer, given="Her address is ANNA@example.org")
    assert kinds(report) == ["sensitive", "sensitive"] and report.counts == {"sensitive": 2}
    assert "from what you typed" in report.sentences[0] and "you did not type" in report.sentences[1]
    assert not report.must_ask, "the copy says it; it does not stop for it"
    assert "@" not in "".join(report.sentences)


def test_a_source_is_missed_only_where_one_is_wanted() -> None:
    assert kinds(check_output("It is 140 EUR.", needs_source=True)) == ["no source"]
    assert check_output("It is 140 EUR.", needs_source=True, has_source=True) == OutputReport()
    assert check_output("  ", needs_source=True) == OutputReport()


def test_findings_come_in_order_of_place() -> None:
    report = check_output(f"We guarantee {CANARY}, ask a@example.org", phrases=["we guarantee"], canaries=[CANARY])
    assert kinds(report) == ["phrase", "leak", "sensitive"]
    assert [one.start for one in report.findings] == sorted(one.start for one in report.findings)


@given(st.text(max_size=60), st.text(max_size=60), st.text("abcXYZ019", min_size=6, max_size=20))
def test_a_planted_text_is_found_in_any_surroundings_at_its_place(before: str, after: str, canary: str) -> None:
    answer = f"{before} {canary} {after}"
    leaks = [one for one in check_output(answer, canaries=[canary]).findings if one.kind == "leak"]
    assert any(one.start <= len(before) + 1 and one.end >= len(before) + 1 + len(canary) for one in leaks)


@given(st.text(max_size=200), st.lists(st.text(min_size=3, max_size=20), max_size=3))
def test_every_place_lies_within_the_answer(answer: str, texts: list[str]) -> None:
    for one in check_output(answer, phrases=texts, canaries=texts).findings:
        assert 0 <= one.start < one.end <= len(answer)
