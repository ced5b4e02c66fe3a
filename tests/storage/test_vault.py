"""Texts are sealed for one place with one key; without the right key nothing is opened, sealed anew or replaced."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.storage.vault import Vault, open_vault

VAULT = Vault(bytes(range(32)))
PLACE = "drafts/text_sealed/practice/free"
ANY_TEXT = st.text(st.characters())  # with half surrogate pairs, which a paste can bring along


def keyring_file() -> Path:
    return Path(os.environ["GREENROOM_TEST_KEYRING"])


def change_keyring(secret: str | None) -> None:
    """Put another secret in place of the only one, or take it away."""
    kept = json.loads(keyring_file().read_text())
    [account] = kept
    keyring_file().write_text(json.dumps({} if secret is None else {account: secret}))


# -- sealing -------------------------------------------------------------------------------------------------------------


@given(ANY_TEXT, st.text())
def test_what_is_sealed_comes_back_as_it_was(text: str, place: str) -> None:
    sealed = VAULT.seal(text, place=place)
    assert sealed is not None
    assert VAULT.open(sealed, place=place) == text
    assert len(text) < 8 or text.encode("utf-8", "surrogatepass") not in sealed


def test_the_same_text_is_never_sealed_the_same_way() -> None:
    assert len({VAULT.seal("again", place=PLACE) for _ in range(100)}) == 100


@given(st.text(), st.text())
def test_a_sealed_text_opens_in_no_other_place(place: str, other: str) -> None:
    sealed = VAULT.seal("text", place=place)
    assert sealed is not None
    if place != other:
        with pytest.raises(StoreError, match="was changed or belongs to another key"):
            VAULT.open(sealed, place=other)


@given(st.data())
def test_no_altered_byte_goes_unnoticed(data: st.DataObject) -> None:
    sealed = VAULT.seal(data.draw(st.text(max_size=20)), place=PLACE)
    assert sealed is not None
    at = data.draw(st.integers(0, len(sealed) - 1))
    altered = bytearray(sealed)
    altered[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(StoreError, match=r"drafts/text_sealed/practice/free.* was changed"):
        VAULT.open(bytes(altered), place=PLACE)


@given(st.binary(max_size=60))
def test_no_other_bytes_are_taken_for_a_sealed_text(data: bytes) -> None:
    with pytest.raises(StoreError):
        VAULT.open(data, place=PLACE)


def test_another_key_opens_nothing() -> None:
    sealed = VAULT.seal("text", place=PLACE)
    assert sealed is not None
    with pytest.raises(StoreError, match="another key"):
        Vault(bytes(32)).open(sealed, place=PLACE)


def test_without_a_key_nothing_is_sealed_opened_or_signed() -> None:
    closed = Vault(None, "There is no keyring.")
    assert not closed.is_open
    assert closed.seal("text", place=PLACE) is None
    assert closed.sign(b"data") == closed.key_id == ""
    with pytest.raises(StoreError, match=r"cannot be opened now\. There is no keyring\."):
        closed.open(b"sealed", place=PLACE)


def test_names_and_signatures_give_the_key_away_to_nobody() -> None:
    assert VAULT.key is not None
    told = VAULT.key_id + VAULT.sign(b"data")
    assert VAULT.key.hex()[:8] not in told
    assert VAULT.sign(b"data") == Vault(bytes(range(32))).sign(b"data") != Vault(bytes(32)).sign(b"data")


# -- the keyring ---------------------------------------------------------------------------------------------------------


def test_the_first_use_makes_a_key_and_the_next_finds_it(file_keyring: dict[str, str]) -> None:
    first = open_vault("p", known_key_id="")
    again = open_vault("p", known_key_id=first.key_id)
    assert first.is_open and first.key == again.key and len(first.key or b"") == 32
    assert open_vault("other", known_key_id="").key != first.key, "each profile has its own"


def test_no_keyring_is_said() -> None:
    vault = open_vault("p", known_key_id="")
    assert vault.key is None
    assert (
        vault.reason == "This computer has no system keyring, so texts stay in memory and are gone when the app closes."
    )


def test_a_locked_keyring_is_said_and_left_alone(file_keyring: dict[str, str]) -> None:
    keyring_file().write_text('{"locked": true}')
    vault = open_vault("p", known_key_id="")
    assert vault.key is None and "locked; unlock it" in vault.reason
    assert keyring_file().read_text() == '{"locked": true}'


def test_a_key_that_is_gone_is_never_replaced(file_keyring: dict[str, str]) -> None:
    known = open_vault("p", known_key_id="").key_id
    change_keyring(None)
    vault = open_vault("p", known_key_id=known)
    assert vault.key is None and "is gone; restore it from a backup" in vault.reason
    assert keyring_file().read_text() == "{}"


@pytest.mark.parametrize(
    "secret", [base64.b64encode(bytes(32)).decode(), base64.b64encode(bytes(16)).decode(), "", "ü", "no base64!"]
)
def test_a_key_that_was_changed_is_neither_used_nor_replaced(file_keyring: dict[str, str], secret: str) -> None:
    known = open_vault("p", known_key_id="").key_id
    change_keyring(secret)
    vault = open_vault("p", known_key_id=known)
    assert vault.key is None and vault.reason.startswith("The key in the system keyring is not")
    assert list(json.loads(keyring_file().read_text()).values()) == [secret]


def test_a_keyring_that_keeps_nothing_is_said(file_keyring: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_TEST_KEYRING", "/dev/null/nowhere")
    assert "does not answer (PasswordSetError)" in open_vault("p", known_key_id="").reason
    import keyring

    monkeypatch.setattr(keyring.get_keyring(), "set_password", lambda *_: None)
    assert "did not keep the key" in open_vault("p", known_key_id="").reason


def test_a_keyring_that_breaks_in_its_own_way_is_no_keyring(
    file_keyring: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring

    def fail(*_: object) -> NoReturn:
        raise ConnectionRefusedError("the bus is gone")

    monkeypatch.setattr(keyring.get_keyring(), "get_password", fail)
    vault = open_vault("p", known_key_id="")
    assert vault.key is None and "does not answer (ConnectionRefusedError)" in vault.reason
