"""The glossary: its file, what lint says about it, links to it, and the words that ship."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import AppError
from desktop_app.lessons.as_text import lesson_as_text
from desktop_app.lessons.content_folder import kind_of
from desktop_app.lessons.glossary import (
    LONGEST_TEXT,
    MOST_ENTRIES,
    Entry,
    Glossary,
    GlossaryLibrary,
    explained,
    folded,
    glossary_ids,
    is_glossary,
    linked_ids,
    lint_glossary,
    parse_glossary,
    used_in,
    without_links,
    words_of,
)
from desktop_app.lessons.known import Known, known_in
from desktop_app.lessons.library import LessonLibrary
from desktop_app.lessons.lint import content_files, lint_text
from desktop_app.lessons.lint_cache import LintCache
from desktop_app.lessons.lint_words import parse_terms, readability
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.preview import Preview
from desktop_app.lessons.render import is_link, plain_text, render_html
from tests.lessons.builders import QUIZ, WORDS, lesson_text, write_lesson

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
FULL: dict[str, Any] = {
    "language": "en",
    "entries": [{"id": "token", "term": "Token", "text": "A piece of a *word*.", "also": ["piece"], "see": ["model"], "x-own": 1},
                {"id": "model", "term": "Model", "text": "Many numbers."}],
    "x-own": 1,
}  # fmt: skip


def entries(**more: Any) -> dict[str, Any]:
    """FULL with some fields of the first entry set, or left out where they are None."""
    first = {name: value for name, value in {**FULL["entries"][0], **more}.items() if value is not None}
    return {**FULL, "entries": [first, FULL["entries"][1]]}


def write(folder: Path, value: object, name: str = "glossary.yml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    return file


def codes(value: object, name: str = "glossary.yml") -> list[str]:
    return [problem.code for problem in parse_glossary(yaml.safe_dump(value), Path(name))[1]]


# -- the file ------------------------------------------------------------------------------------------------------------


def test_a_whole_file() -> None:
    found, problems = parse_glossary(yaml.safe_dump(FULL), Path("glossary.yml"))
    assert problems == ()
    assert found[0] == Entry("token", "Token", "A piece of a *word*.", ("piece",), ("model",))
    assert found[1] == Entry("model", "Model", "Many numbers.")


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ({"id": None}, "L801", '"id" is missing'), ({"id": "Two Words"}, "L801", "lower-case"), ({"term": " "}, "L801", "empty"),
        ({"text": None}, "L801", '"text" is missing'), ({"text": "x" * (LONGEST_TEXT + 1)}, "L801", "401 characters"),
        ({"text": "See [this](https://example.org)."}, "L801", "holds a link"), ({"text": "<b>x</b>"}, "L801", "HTML"),
        ({"sea": []}, "L801", 'Did you mean "see"?'), ({"also": "x"}, "L801", "list"), ({"id": "model", "see": None}, "L802", "twice"),
        ({"see": ["modle"]}, "L803", '"modle"'), ({"see": ["token"]}, "L803", "names itself"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_once_with_its_place(more: dict[str, Any], code: str, says: str) -> None:
    (problem,) = parse_glossary(yaml.safe_dump(entries(**more), sort_keys=False), Path("glossary.yml"))[1]
    assert problem.code == code
    assert says in problem.message
    assert problem.line > 2


def test_what_can_be_read_is_read() -> None:
    found, problems = parse_glossary(yaml.safe_dump(entries(text="")), Path("glossary.yml"))
    assert [entry.id for entry in found] == ["model"]
    assert [problem.code for problem in problems] == ["L801"], "an entry that is wrong can still be seen"


@pytest.mark.parametrize("text", ["", "- a\n", "entries: {}\nlanguage: en\n", "language: [\n", "language: EN\n"])
def test_no_glossary_at_all(text: str) -> None:
    found, problems = parse_glossary(text, Path("glossary.yml"))
    assert found == ()
    assert {problem.code for problem in problems} == {"L801"}


@settings(deadline=None)
@given(st.text())
def test_any_file_is_read(text: str) -> None:
    for name in ("glossary.yml", "glossary.de.yml"):
        found, problems = parse_glossary(text, Path(name))
        assert all(entry.id and entry.term and entry.text for entry in found)
        assert all(problem.code in ("L801", "L802", "L803", "L804") for problem in problems)


WRONG = st.sampled_from(
    [None, "", " ", "x", "UPPER", "a b", 0, 1.5, True, [], ["x"], ["x", "x"], [1], {}, {"k": "v"}, "x" * 61, "x" * 401, "[a](b)", "a < b",
     "de", "pt-BR", "model", ["model"], [" "], [{}], [{"id": "a", "term": "T", "text": "x"}], [{"id": "a", "term": "T", "text": "[x]: y"}]]
)  # fmt: skip


class Plain(yaml.SafeDumper):
    """Writes equal values out each time instead of as aliases, which content may not have."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@settings(deadline=None, max_examples=300)
@given(
    st.booleans(),
    st.sampled_from(["language", "entries", "id", "term", "text", "also", "see", "unknown", "x-y"]),
    WRONG,
)
def test_schema_and_parser_agree(is_there: bool, key: str, wrong: Any) -> None:
    top = key in ("language", "entries")
    changed = dict(FULL) if top else dict(FULL["entries"][0])
    changed.pop(key, None)
    if is_there:
        changed[key] = wrong
    value = changed if top else {**FULL, "entries": [changed, FULL["entries"][1]]}
    schema = json.loads((ROOT / "resources" / "schemas" / "glossary.schema.json").read_text("utf-8"))
    wrong_by_schema = [*jsonschema.Draft202012Validator(schema).iter_errors(value)]
    problems = parse_glossary(yaml.dump(value, Dumper=Plain), Path("glossary.yml"))[1]
    assert bool([one for one in problems if one.code == "L801"]) == bool(wrong_by_schema), value


# -- translations --------------------------------------------------------------------------------------------------------

GERMAN = {
    "language": "de",
    "entries": [{"id": "token", "term": "Token", "text": "Ein Wortstück."}, {"id": "model", "term": "Modell", "text": "Zahlen."}],
}  # fmt: skip


def lint_german(folder: Path, value: object) -> list[str]:
    file = write(folder, value, "glossary.de.yml")
    return [f"{one.code} {one.message}" for one in lint_glossary(file.read_text("utf-8"), file)]


def test_a_huge_file_is_read_at_once_as_far_as_it_goes() -> None:
    begun = time.perf_counter()
    many = "".join(f"  - {{id: w{at}, term: Word {at}, text: Means {at}.}}\n" for at in range(MOST_ENTRIES + 500))
    read, problems = parse_glossary(f"language: en\nentries:\n{many}", Path("glossary.yml"))
    assert [entry.id for entry in read] == [f"w{at}" for at in range(MOST_ENTRIES)]
    [problem] = problems
    assert (problem.code, problem.line) == (
        "L801",
        3 + MOST_ENTRIES,
    ) and "1500 entries; at most 1000" in problem.message
    also = ", ".join(f"word-{at}" for at in range(60_000))
    long = f"language: en\nentries:\n  - {{id: a, term: A, text: T}}\n  - {{id: b, term: B, text: T, also: [{also}]}}\n"
    read, problems = parse_glossary(long, Path("glossary.yml"))
    assert [entry.id for entry in read] == ["a", "b"] and read[1].also == ()
    assert [(problem.code, problem.line) for problem in problems] == [("L801", 4)]
    assert time.perf_counter() - begun < 3.0


def test_what_is_wrong_with_a_file_is_named_and_the_rest_is_there(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    good = "language: en\nentries:\n  - {id: token, term: Token, text: A piece.}\n"
    (tmp_path / "glossary.yml").write_text(f"{good}  - {{id: Bad, term: B, text: C.}}\n", encoding="utf-8")
    (tmp_path / "own" / "glossary.yml").write_text("language: en\nentries: [\n", encoding="utf-8")
    library = GlossaryLibrary((tmp_path / "own", tmp_path))
    assert [entry.id for entry in library.in_language("").entries] == ["token"]
    said = [(error.path.parent.name, error.line) for error in library.problems()]
    assert said == [("own", 3), (tmp_path.name, 4)]
    (tmp_path / "own" / "glossary.yml").write_text(good, encoding="utf-8")
    assert len(library.problems()) == 1


def test_a_translation_is_held_against_its_original(tmp_path: Path) -> None:
    write(tmp_path, FULL)
    assert lint_german(tmp_path, GERMAN) == []
    (missing,) = lint_german(tmp_path, {**GERMAN, "entries": GERMAN["entries"][:1]})
    assert missing.startswith("L804") and '"model"' in missing
    other = {"id": "modle", "term": "Modell", "text": "Zahlen."}
    assert len(lint_german(tmp_path, {**GERMAN, "entries": [*GERMAN["entries"], other]})) == 1
    (language,) = lint_german(tmp_path, {**GERMAN, "language": "fr"})
    assert '"fr"' in language
    (see,) = lint_german(tmp_path, {**GERMAN, "entries": [{**GERMAN["entries"][0], "see": []}, GERMAN["entries"][1]]})
    assert see.startswith("L801"), "see is the original's"


def test_a_translation_needs_an_original(tmp_path: Path) -> None:
    (said,) = lint_german(tmp_path, GERMAN)
    assert said.startswith("L804") and "no readable glossary.yml" in said


# -- all of them ---------------------------------------------------------------------------------------------------------


def test_a_library_reads_several_folders_in_a_language(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    write(own, {"language": "en", "entries": [{"id": "token", "term": "Our token", "text": "Ours.", "see": ["model"]}]})
    write(shipped, FULL)
    write(shipped, {**GERMAN, "entries": GERMAN["entries"][1:]}, "glossary.de.yml")
    library = GlossaryLibrary([own, shipped, tmp_path / "nowhere"])
    english, german = library.in_language("en"), library.in_language("de")
    assert [entry.term for entry in english.entries] == ["Model", "Our token"]
    assert [entry.term for entry in german.entries] == ["Modell", "Our token"], "what is not translated stays"
    assert english.see(english.get("token")) == (english.get("model"),)
    assert library.in_language("de") is german
    assert library.in_language("../x").entries == english.entries
    write(own, {"language": "en", "entries": []})
    assert [entry.term for entry in library.in_language("en").entries] == ["Model", "Token"], "read again"
    assert glossary_ids([own, shipped]) == {"token", "model"}


def test_words_are_found_by_id_term_and_other_words() -> None:
    glossary = Glossary(parse_glossary(yaml.safe_dump(FULL), Path("glossary.yml"))[0])
    assert glossary.get("token") is glossary.get(" TOKEN ") is glossary.get("Piece")
    with pytest.raises(AppError, match="Did you mean token"):
        glossary.get("tokem")
    with pytest.raises(AppError, match="lesson glossary"):
        glossary.get("qqqq")
    assert [entry.id for entry in glossary.search("")] == ["model", "token"]
    assert [entry.id for entry in glossary.search("pie")] == ["token"]
    assert [entry.id for entry in glossary.search("NUMB")] == ["model"]
    assert glossary.search("qqqq") == ()


def test_entries_stand_in_order_whatever_their_accents() -> None:
    terms = [Entry(str(n), term, "x") for n, term in enumerate(["Zeit", "Öffentlich", "API", "Offen", "agent"])]
    assert [one.term for one in Glossary(terms).entries] == ["agent", "API", "Offen", "Öffentlich", "Zeit"]
    assert folded("  Über \t ALLES ") == "uber alles"


# -- links ---------------------------------------------------------------------------------------------------------------

LINKED = "A [token](glossary:token), [models](glossary:model) and a [token](glossary:token)."


def test_links_to_the_glossary_stay() -> None:
    assert is_link("glossary:context-window")
    assert not is_link("glossary:Two Words") and not is_link("glossary:a#b")
    assert 'href="glossary:token"' in render_html(LINKED)
    assert linked_ids(LINKED) == ("token", "model")
    assert without_links(LINKED) == "A token, models and a token."
    assert without_links("[a](lesson:b)") == "[a](lesson:b)"


@settings(deadline=None)
@given(st.text())
def test_any_text_loses_no_word(text: str) -> None:
    assert without_links(text) == text or "](" in text


def found(text: str, known: Known) -> list[str]:
    problems = lint_text(lesson_text(text), Path("sample/lesson.md"), known, date(2026, 5, 2))
    return [f"{one.code} {one.message}" for one in problems if one.code in ("L401", "L404")]


def test_a_link_to_no_entry_is_an_error() -> None:
    body = f"## Start\n\n{WORDS} [a](glossary:token) and [b](glossary:tokem).\n\n{QUIZ}"
    (said,) = found(body, Known(glossary={"token"}))
    assert said == 'L404 There is no "tokem" in the glossary. Correct the id or add the entry.'
    assert found(body, Known()) == [], "nobody knows"


def test_lint_knows_the_glossary_beside_the_lessons(tmp_path: Path) -> None:
    file = write_lesson(tmp_path / "lessons", lesson_text(f"## Start\n\n{WORDS} [a](glossary:token)\n\n{QUIZ}"))
    without = known_in([], (), (), [file])
    glossary = write(tmp_path, FULL)
    known = known_in([], (), (), [file])
    assert known.glossary == {"token", "model"}
    assert known.stamp != without.stamp, "a result that was kept does not count any more"
    assert glossary in content_files([tmp_path])
    assert kind_of(glossary) == kind_of(tmp_path / "glossary.de.yml") == "list"
    assert not is_glossary(Path("paths/glossary.yml")) and not is_glossary(Path("glossary.old.txt"))


def run(cache: LintCache, file: Path) -> list[str]:
    job = cache.lint_all([file])
    try:
        while True:
            next(job)
    except StopIteration as end:
        return [one.code for one in end.value]


def test_a_kept_result_of_a_translation_falls_with_its_original(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    write(tmp_path / "c", FULL)
    german = write(tmp_path / "c", GERMAN, "glossary.de.yml")
    known = Known(stamp="x")
    assert run(LintCache(kept, known), german) == []
    write(tmp_path / "c", {**FULL, "entries": [*FULL["entries"], {"id": "seed", "term": "Seed", "text": "A number."}]})
    assert run(LintCache(kept, known), german) == ["L804"]


def test_where_words_are_used(tmp_path: Path) -> None:
    practice = "```practice\nid: p\ntitle: P\ntask: See [models](glossary:model).\nstart: Go.\n```\n"
    lesson, problems = parse_lesson(
        lesson_text(f"## Start\n\nA [token](glossary:token).\n\n{QUIZ}\n{practice}"), tmp_path / "sample" / "lesson.md"
    )
    assert lesson is not None, problems
    assert words_of(lesson) == ("token", "model")
    assert used_in([lesson]) == {"token": (lesson,), "model": (lesson,)}
    assert "glossary:" not in lesson_as_text(lesson)
    assert "A token." in lesson_as_text(lesson)
    glossary = Glossary(parse_glossary(yaml.safe_dump(FULL), Path("glossary.yml"))[0])
    html = "".join(piece.html for piece in Preview().pieces(lesson, glossary))
    assert 'href="glossary:token" title="Token: A piece of a word."' in html


def test_a_title_tells_what_a_word_means_and_breaks_out_of_nothing() -> None:
    glossary = Glossary([Entry("a", 'A "b"', 'x "y" & z')])
    assert explained('<a href="glossary:a">', glossary) == (
        '<a href="glossary:a" title="A &quot;b&quot;: x &quot;y&quot; &amp; z">'
    )
    assert "no such entry" in explained('<a href="glossary:b">', glossary)
    assert explained('<a href="lesson:b">', glossary) == '<a href="lesson:b">'


# -- what ships ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> dict[str, tuple[Entry, ...]]:
    read = {}
    for language, name in (("en", "glossary.yml"), ("de", "glossary.de.yml")):
        file = CONTENT / name
        text = file.read_text("utf-8")
        assert lint_glossary(text, file) == ()
        read[language] = parse_glossary(text, file)[0]
    return read


def test_both_languages_have_the_same_entries(shipped: dict[str, tuple[Entry, ...]]) -> None:
    assert len(shipped["en"]) >= 50
    assert [entry.id for entry in shipped["en"]] == [entry.id for entry in shipped["de"]]


def test_every_entry_is_used_or_seen_from_another(shipped: dict[str, tuple[Entry, ...]]) -> None:
    used = used_in(LessonLibrary([CONTENT / "lessons"]).lessons())
    seen = {one for entry in shipped["en"] for one in entry.see}
    assert {entry.id for entry in shipped["en"]} <= seen | set(used)
    assert set(used) <= {entry.id for entry in shipped["en"]}
    assert all(entry.id not in entry.see and entry.see for entry in shipped["en"])


@pytest.mark.parametrize("language", ["en", "de"])
def test_entries_define_briefly_and_say_each_thing_once(shipped: dict[str, tuple[Entry, ...]], language: str) -> None:
    words: dict[str, str] = {}
    for entry in shipped[language]:
        said = plain_text(entry.text)
        assert 2 <= len(re.findall(r"(?<!\d)\. |[:;?] ", said)) + 1 <= 5, entry.id
        assert said.endswith((".", "?")) and "!" not in said, entry.id
        for word in (entry.term, *entry.also):
            assert words.setdefault(folded(word), entry.id) == entry.id, f"{word} stands for two entries"
    assert len({plain_text(entry.text) for entry in shipped[language]}) == len(shipped[language])


def test_entries_are_easy_to_read_and_avoid_what_lessons_avoid(shipped: dict[str, tuple[Entry, ...]]) -> None:
    terms, _ = parse_terms((CONTENT / "terms.yml").read_text("utf-8"), CONTENT / "terms.yml")
    text = "\n\n".join(entry.text for entry in shipped["en"])
    assert readability(text)[0] < 45
    assert [term.avoid for term in terms if term.avoid.casefold() in text.casefold()] == []


def test_facts_about_law_carry_their_day(shipped: dict[str, tuple[Entry, ...]]) -> None:
    by_id = {entry.id: entry.text for entry in shipped["en"]}
    assert all("20" in by_id[one] for one in ("ai-act", "gdpr", "copyright", "prompt-injection"))
