import logging
import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from desktop_app.guard import detectors
from desktop_app.guard.detectors.finance import IBAN_LENGTHS, luhn_fits
from desktop_app.guard.finding import finding, line_and_column, masked, utf16_spans
from desktop_app.guard.kinds import KINDS, SEVERITIES
from desktop_app.guard.scan import GuardError, scan
from desktop_app.guard.summary import consequence, summary

PIECES = st.sampled_from(
    (
        "anna@example.org",
        "a [at] b (dot) org",
        "4111 1111 1111 1111",
        "DE89370400440532013000",
        "+49 30 1234567",
        "password: hunter2",
        "https://a:b@c.org",
        "-----BEGIN PRIVATE KEY-----",
        "eyJhbGciOiJub25lIn0.e30.",
        "10.0.0.1",
        "fe80::1",
        "123-45-6789",
        "\u200b",
        "\u0301",
        "ﷺ",
        "\ud800",
        "🙂",
        "\n",
        "::",
        "@",
        " ",
        "-",
        "0",
        "SSN ",
        "Tel. ",
    )
)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=120)
TEXTS = st.lists(st.one_of(PIECES, ANY_TEXT), max_size=12).map("".join)


def found(text: str) -> list[tuple[str, str]]:
    return [(item.kind, text[item.start : item.end]) for item in scan(text)]


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_any_text_is_scanned_and_spans_are_in_order_and_within_it(text: str) -> None:
    place = 0
    for item in scan(text):
        assert place <= item.start < item.end <= len(text)
        place = item.end


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("write to anna.berg@example.org.", "email", "anna.berg@example.org"),
        ("müller@exämple.de", "email", "müller@exämple.de"),
        ("anna [at] example (dot) org", "email", "anna [at] example (dot) org"),
        ("🙂 a\u200bnna@exa\u200dmple.org!", "email", "a\u200bnna@exa\u200dmple.org"),
        ("card ４１１１-1111-1111-1111 12/28", "card", "４１１１-1111-1111-1111"),
        ("Amex 3782 822463 10005", "card", "3782 822463 10005"),
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "iban", "DE89 3704 0044 0532 0130 00"),
        ("SSN: 123 45 6789", "ssn", "123 45 6789"),
        ("085-23-6389", "ssn", "085-23-6389"),
        ("Handy 0171/2345678", "phone", "0171/2345678"),
        ("(415) 555-2671", "phone", "(415) 555-2671"),
        ("ping 8.8.8.8", "ip", "8.8.8.8"),
        ("on 192.168.1.20:8080", "internal-ip", "192.168.1.20"),
        ("2a00:1450:4001:81b::200e", "ip", "2a00:1450:4001:81b::200e"),
        ("password: hunter2", "password", "hunter2"),
        ("Das Passwort lautet „Sommer2024“.", "password", "Sommer2024"),
        ("postgres://app:s3c@ret@db/x", "url-login", "app:s3c@ret"),
        ("curl -u admin:hunter2 https://example.org", "password", "hunter2"),
        ("AKIAIOSFODNN7EXAMPLE", "aws-key", "AKIAIOSFODNN7EXAMPLE"),
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.abc", "jwt", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.abc"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHc", "private-key", "-----BEGIN EC PRIVATE KEY-----\nMHc"),
    ],
)
def test_each_family_is_found_where_it_stands(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "version 10.0.19.3",
        "127.0.0.1 and 255.255.255.0",
        "at 12:30:45, see std::face::add",
        "git clone git@github.com:team/app.git",
        "4111 1111 1111 1112",
        "DE88 3704 0044 0532 0130 00",
        "000-12-3456",
        "eyJhbGci.eyJzdWIi.abc",
        "password = get_password()",
        "The password is expired.",
        "http://host:8080/a@b",
        "Order 0815-4711-23 of 2024-11-22",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_overlapping_findings_become_one_of_the_most_severe_kind_that_covers_all() -> None:
    text = "password: anna@example.org and https://user:key@mail.example.org/"
    assert found(text) == [("password", "anna@example.org"), ("url-login", "user:key@mail.example.org")]


def test_a_failing_detector_holds_the_text_back_and_says_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(data: bytes) -> list[tuple[str, int, int]]:
        raise ValueError(data.decode())

    text = " ".join(("my", "private", "words"))  # put together, because a traceback quotes source lines
    monkeypatch.setitem(detectors.DETECTORS, "passwords", broken)
    with pytest.raises(GuardError, match="check for passwords failed") as caught:
        scan(text)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    logging.getLogger("test").warning("shown", exc_info=caught.value)
    assert text not in caplog.text
    caplog.clear()


@pytest.mark.parametrize("hit", [("email", 3, 3), ("email", -1, 2), ("email", 0, 99), ("unknown", 0, 1)])
def test_a_detector_that_answers_nonsense_has_failed(
    monkeypatch: pytest.MonkeyPatch, hit: tuple[str, int, int]
) -> None:
    monkeypatch.setitem(detectors.DETECTORS, "passwords", lambda _data: [hit])
    with pytest.raises(GuardError):
        scan("some text")


def test_a_megabyte_is_scanned_whole() -> None:
    filler = "Order 0815, 12.50 EUR, v1.2.3\n" * 35_000
    assert found(filler + "anna@example.org") == [("email", "anna@example.org")]


def test_many_phone_numbers_are_all_reported_though_not_all_are_checked() -> None:
    numbers = [f"+49 30 {number}" for number in range(2_000_000, 2_002_000)]
    assert len(scan("\n".join(numbers))) == len(numbers)


@given(st.text("0123456789", min_size=1, max_size=24))
def test_luhn_agrees_with_stdnum(digits: str) -> None:
    assert luhn_fits(digits.encode()) == luhn.is_valid(digits)


def test_iban_lengths_agree_with_the_registry_in_stdnum() -> None:
    registry = files("stdnum").joinpath("iban.dat").read_text("utf-8")
    rows = [line for line in registry.splitlines() if " bban=" in line]
    lengths = {row[:2].encode(): 4 + sum(int(part.split("!")[0]) for part in _fields(row)) for row in rows}
    assert lengths == IBAN_LENGTHS


def _fields(row: str) -> list[str]:
    """The fields of bban="4!n4!n12!c", one by one."""
    return row.split('bban="')[1].rstrip('"\n').replace("!n", "!n ").replace("!a", "!a ").replace("!c", "!c ").split()


def test_importing_the_guard_loads_neither_re2_nor_phonenumbers() -> None:
    code = (
        "import sys, desktop_app.guard.scan, desktop_app.guard.redact, desktop_app.guard.summary; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"re2", "phonenumbers", "stdnum", "PySide6"} & set(loaded)


def test_every_kind_has_words_and_a_severity() -> None:
    for kind, known in KINDS.items():
        assert known.severity in SEVERITIES, kind
        assert known.reason.endswith("."), kind
        assert known.placeholder.isalpha() and known.placeholder.isupper(), kind


def test_masks_show_nothing_of_a_secret_and_little_of_the_rest() -> None:
    text = "anna@example.org hunter2"
    assert masked(text, finding("email", 0, 16)) == "a••••••g (16 characters)"
    assert masked(text, finding("password", 17, 24)) == "•••••• (7 characters)"
    assert "anna" not in repr(scan(text))


def test_lines_columns_and_utf16_offsets() -> None:
    text = "🙂 a@example.org\n\n  b@example.org"
    findings = scan(text)
    assert [(line, column) for _, line, column in line_and_column(text, findings)] == [(1, 3), (3, 3)]
    assert utf16_spans(text, findings) == [(3, 13), (20, 13)]


def test_the_summary_counts_in_words_with_the_most_severe_first() -> None:
    findings = [finding("email", 0, 1), finding("card", 1, 2), finding("card", 2, 3), finding("password", 3, 4)]
    assert summary(findings) == "One password, one e-mail address and two payment card numbers"
    assert summary(findings[:2]) == "One e-mail address and one payment card number"
    assert summary([]) == "Nothing sensitive found"
    assert summary([finding("ip", 0, 1)] * 13) == "13 public IP addresses"
    assert consequence(findings[:1]).startswith("It would not have left this machine here")
    assert consequence(findings).startswith("They would not")
    assert consequence([]) == ""
