"""What a conversation keeps of an answer from documents: no text of theirs, and everything to show it again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.guard.support import Fact, Support
from desktop_app.jobs import finish
from desktop_app.practice.grounding.index import DocumentIndex
from desktop_app.practice.grounding.keeping import KEY, as_kept, fill_in, from_kept, sources
from desktop_app.practice.grounding.passage import GroundedAnswer, Mark, Passage

TEXT = "Everybody has 28 days [1]. Marta Lind approves it in 14 days."
PASSAGE = Passage("a1", "leave.md", 3, "Everybody has 28 days of leave.", 2, "Leave > Days", 40, 71)
MISSING = (Fact("name", "Marta Lind", 0, 10), Fact("number", "14", 26, 28))
ANSWER = GroundedAnswer(
    TEXT, True, (PASSAGE,),
    (
        Mark(0, 26, "supported", (0,), Support((), (), (0, 31), is_quotation=False)),
        Mark(27, 61, "partly", (), Support((), MISSING, None, is_quotation=False), (MISSING[1],)),
    ),
    ("leave", "days"), ("boat",), problem="One page was not read.",
)  # fmt: skip


def again(answer: GroundedAnswer) -> GroundedAnswer:
    kept = json.loads(json.dumps({KEY: as_kept(answer)}))
    made = from_kept(answer.text, kept)
    assert made is not None
    return made


def test_an_answer_comes_back_without_the_text_of_its_passages() -> None:
    made = again(ANSWER)
    assert made.passages == (replace(PASSAGE, text="", start=0, end=0),)
    assert [(one.start, one.end, one.verdict, one.passages, one.apart) for one in made.marks] == [
        (one.start, one.end, one.verdict, one.passages, one.apart) for one in ANSWER.marks
    ]
    assert made.marks[1].support.missing == MISSING
    assert (made.looked_for, made.missing, made.problem) == (ANSWER.looked_for, ANSWER.missing, ANSWER.problem)


def test_no_text_of_a_document_is_kept() -> None:
    kept = json.dumps(as_kept(ANSWER))
    assert "Everybody" not in kept and "Marta" not in kept


def test_its_sources_are_what_supports_it() -> None:
    assert sources(ANSWER) == [["a1", 3]]
    assert sources(replace(ANSWER, found=False)) == []


def test_another_answer_has_none() -> None:
    assert from_kept("Hello.", {}) is None
    assert from_kept("Hello.", {KEY: "nonsense"}) is None


def test_marks_beyond_a_text_that_was_cut_are_left_out() -> None:
    made = from_kept(TEXT[:30], {KEY: as_kept(ANSWER)})
    assert made is not None and len(made.marks) == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 99) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(as_kept(ANSWER))), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON, st.sampled_from([*as_kept(ANSWER), "everything"]))
def test_whatever_is_kept_opens_or_counts_as_no_answer(odd: object, key: str) -> None:
    """A file that another version wrote must not keep a conversation from opening."""
    kept = odd if key == "everything" else as_kept(ANSWER) | {key: odd}
    made = from_kept(TEXT, {KEY: kept})
    assert made is None or made.text == TEXT


def test_passages_are_filled_in_and_documents_that_are_gone_are_named(tmp_path: Path) -> None:
    index = DocumentIndex(tmp_path / "index.db")
    for name in ("leave.md", "travel.txt"):
        (tmp_path / name).write_text(f"Everybody may read {name}.\n", "utf-8")
    leave, travel = (finish(index.add(tmp_path / name)) for name in ("leave.md", "travel.txt"))
    passages = (*index.passages(leave.id), *index.passages(travel.id))
    made = again(GroundedAnswer("Text.", True, passages, ()))
    index.remove(travel.id)
    filled, gone = finish(fill_in(index, made))
    index.close()
    assert filled.passages[0].text == "Everybody may read leave.md."
    assert (filled.passages[1].text, filled.passages[1].document_name) == ("", "travel.txt")
    assert gone == {travel.id}
