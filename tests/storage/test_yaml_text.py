"""Reading UTF-8 and YAML: what comes back, where it stood, and one sentence for everything refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.storage import yaml_text
from desktop_app.storage.yaml_text import MAX_BYTES, load_yaml, load_yaml_with_lines, read_utf8

HERE = Path("x.yml")


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers must agree: a PyYAML without the C one still works."""
    monkeypatch.setattr(yaml_text, "_LOADER", getattr(yaml, request.param))


def refused(text: str, first_line: int = 1) -> ContentError:
    with pytest.raises(ContentError) as caught:
        load_yaml(text, HERE, first_line)
    return caught.value


def test_values_follow_the_core_schema() -> None:
    text = 'a: 1\nb: 1.5\nc: true\nd: no\ne: 2026-01-31\nf: ~\ng: "1"\nh: 0049\ni: 12:30\nj:\nk: [x, -2, 1e3]\nl: 1.2.3'
    assert load_yaml(text, HERE) == {
        "a": 1, "b": 1.5, "c": True, "d": "no", "e": date(2026, 1, 31), "f": None, "g": "1", "h": "0049",
        "i": "12:30", "j": None, "k": ["x", -2, 1000.0], "l": "1.2.3",
    }  # fmt: skip


def test_keys_are_text() -> None:
    assert load_yaml("1: a\ntrue: b\n2026-01-31: c", HERE) == {"1": "a", "true": "b", "2026-01-31": "c"}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_document_is_none(text: str) -> None:
    value, lines = load_yaml_with_lines(text, HERE, 3)
    assert value is None
    assert lines == {(): (3, 1)}


def test_lines_count_from_the_first_line_given() -> None:
    text = "title: Ünïcode\ninputs:\n  - name: a\n    label: b\n  - {name: c}\n"
    _, lines = load_yaml_with_lines(text, HERE, 10)
    assert lines == {
        (): (10, 1), ("title",): (10, 1), ("inputs",): (11, 1), ("inputs", 0): (12, 5), ("inputs", 0, "name"): (12, 5),
        ("inputs", 0, "label"): (13, 5), ("inputs", 1): (14, 5), ("inputs", 1, "name"): (14, 6),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: 1\nb: [1, 2\nc: 3", 3, 2, "not valid YAML"),
        ("a: 1\n\tb: 2", 2, 1, "not valid YAML"),
        ("a: 'never closed", 1, None, "not valid YAML"),
        ("a: b: c", 1, 5, "not valid YAML"),
        ("a: 1\nb: 2\na: 3", 3, 1, '"a" stands here a second time (first in line 5)'),
        ("a: &x 1", 1, 4, "Anchors and aliases"),
        ("&x a: 1", 1, None, "Anchors and aliases"),
        ("a: *x", 1, 4, "Anchors and aliases"),
        ("*x : 1", 1, 1, "A key must be plain text"),
        ("a: !!python/object/apply:os.system [ls]", 1, 4, "Tags"),
        ("!!str a: 1", 1, None, "Tags"),
        ("? [a]\n: 1", 1, 3, "A key must be plain text"),
        ("a: 1\n---\nb: 2", 2, 1, "second document"),
        ("a: 2026-02-30", 1, 4, "not a day of the calendar"),
        ("a: 1\nb: \x00", 2, 4, "U+0000"),
        ("b: \ud800", 1, 4, "U+D800"),
        ("[" * 1000, 1, 21, "nested deeper than 20"),
        ("- " * 1000, 1, 41, "nested deeper than 20"),
    ],
)
def test_refused_with_the_place(text: str, line: int, column: int | None, words: str) -> None:
    error = refused(text, first_line=5)
    assert words in error.message
    assert error.line == line + 4
    if column is not None:
        assert error.column == column
    assert str(error).startswith("x.yml:")


def test_an_end_that_comes_too_early_is_on_the_last_line() -> None:
    assert refused("a: 1\n[b] c").line == 2


def test_too_large_counts_bytes() -> None:
    assert "larger than 1 MB" in refused("é" * (MAX_BYTES // 2 + 1)).message


def test_entity_expansion_is_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefg", "bcdefgh", strict=True))
    assert refused(bomb).line == 1


def test_read_utf8_drops_the_mark_and_unifies_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_utf8(file) == "a\nb\nc\n"


def test_read_utf8_names_the_line_of_a_bad_byte(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes("one\ntwo\nä".encode() + b"\xe9 three")
    with pytest.raises(ContentError, match="not UTF-8") as caught:
        read_utf8(file)
    assert (caught.value.line, caught.value.column, caught.value.path) == (3, 2, file)


def test_read_utf8_refuses_what_is_too_large_missing_or_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(ContentError, match="larger than 1 MB"):
        read_utf8(file)
    with pytest.raises(ContentError, match="cannot be read"):
        read_utf8(tmp_path / "b.md")
    with pytest.raises(ContentError, match="cannot be read"):
        read_utf8(tmp_path)


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(), st.text(alphabet="ab:-[]{},'\"#|>&*!%@`? \n\t0.1")))
def test_any_text_is_a_value_or_a_content_error(text: str) -> None:
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml_text, "_LOADER", loader)
            try:
                _, lines = load_yaml_with_lines(text, HERE)
            except ContentError as error:
                assert error.line is not None
                assert 1 <= error.line <= len(text.splitlines()) + 1
            else:
                assert () in lines
                assert all(1 <= line <= len(text.splitlines()) + 1 for line, _ in lines.values())


PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(10**17), 10**17), st.dates(), st.text(alphabet="abc é:#-'\"\n01x")
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abc -:", max_size=4), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=150)
@given(PLAIN)
def test_round_trip_through_pyyaml(value: Any) -> None:
    class Plain(yaml.SafeDumper):
        """Without aliases for equal objects."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    assert load_yaml(yaml.dump(value, Dumper=Plain, allow_unicode=True), HERE) == value


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(), st.text(alphabet="ab:-[]{},'\"#|>&*!%@`? \n\t0.1"), PLAIN.map(yaml.safe_dump)))
def test_reading_without_places_gives_the_same_value(text: str) -> None:
    try:
        value, places = load_yaml_with_lines(text, HERE)
    except ContentError:
        return
    noted, lines = yaml_text._value_and_places(text, HERE, 1)
    assert repr(value) == repr(noted) and dict(places) == dict(lines)
