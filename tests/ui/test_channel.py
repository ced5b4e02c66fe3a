"""What a second start may say to the window that is open, and what becomes of everything else."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QDir
from pytestqt.qtbot import QtBot

from desktop_app.prompts.links import MOST_CHARS
from desktop_app.ui import calling
from desktop_app.ui import channel as channel_module
from desktop_app.ui.calling import MOST_BYTES, Request, activation_token, parse_request, send, server_name, socket_path
from desktop_app.ui.channel import Channel

LINKS = st.from_regex(r"greenroom://[!-~]{1,200}", fullmatch=True)
TOKENS = st.just("") | st.from_regex(r"[!-~]{1,256}", fullmatch=True)
REQUESTS = st.builds(Request, st.sampled_from(["show", "quick"]), st.just(""), TOKENS) | st.builds(
    Request, st.just("open"), LINKS, TOKENS
)


@given(REQUESTS)
def test_what_is_sent_is_understood(request_: Request) -> None:
    assert parse_request(str(request_).encode()) == request_


@given(st.binary() | st.text(alphabet="openshwquick tk=\n\r\0:/ü").map(str.encode))
def test_any_other_line_is_nothing_or_says_the_same(line: bytes) -> None:
    request = parse_request(line)
    assert request is None or str(request).encode() == line


@pytest.mark.parametrize(
    "line",
    [b"", b"SHOW", b"show ", b"open", b"open ", b"open a b", b"show token=", b"quit", b"open " + b"a" * MOST_BYTES],
)
def test_nearly_right_is_wrong(line: bytes) -> None:
    assert parse_request(line) is None


def test_only_a_clean_token_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKTOP_STARTUP_ID", raising=False)
    for value, token in (("abc_TIME1", "abc_TIME1"), ("a b", ""), ("a\nshow", ""), ("a" * 257, ""), ("", "")):
        monkeypatch.setenv("XDG_ACTIVATION_TOKEN", value)
        assert activation_token() == token


def test_every_link_that_may_be_followed_fits_into_a_line() -> None:
    longest = Request("open", "greenroom://prompt/ab?" + "a" * (MOST_CHARS - 22), "t" * 256)
    assert parse_request(str(longest).encode()) == longest


def test_both_sides_look_in_the_same_place() -> None:
    assert socket_path("x") == Path(QDir.tempPath(), "x")


# -- the socket ----------------------------------------------------------------------------------------------------------


class Heard(list[Request]):
    """The requests that reached the window."""


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def listening(qapp: object, profile: Path, heard: Heard) -> Iterator[Channel]:
    made = Channel(profile, heard.append)
    yield made
    made.close()


def connected(profile: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(5)
    made.connect(str(socket_path(server_name(profile))))
    made.setblocking(False)
    return made


def ask(qtbot: QtBot, profile: Path, request: Request) -> bytes:
    """What `send` does, beside the event loop of the one that listens; send itself is met in test_application.py."""
    with connected(profile) as caller:
        caller.send(f"{request}\n".encode())
        answer: list[bytes] = []

        def answered() -> bool:
            with contextlib.suppress(BlockingIOError):
                answer.append(caller.recv(100))
            return bool(answer)

        qtbot.waitUntil(answered)
    return answer[0]


@pytest.mark.parametrize(
    "request_", [Request(), Request("quick", token="t1"), Request("open", "greenroom://prompt/ab?x=1", "t2")], ids=str
)
def test_a_request_arrives_and_is_answered(
    listening: Channel, profile: Path, heard: Heard, qtbot: QtBot, request_: Request
) -> None:
    assert ask(qtbot, profile, request_) == b"done\n"
    assert heard == [request_]


def test_without_a_window_nobody_answers(qapp: object, profile: Path) -> None:
    assert not send(profile, Request())


def test_a_socket_that_somebody_else_put_there_is_not_spoken_to(
    listening: Channel, profile: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling.os, "geteuid", lambda: os.getuid() + 1)
    assert not send(profile, Request())
    assert heard == []


def test_only_this_person_may_connect(listening: Channel, profile: Path) -> None:
    mode = socket_path(server_name(profile)).stat().st_mode
    assert stat.S_ISSOCK(mode) and mode & 0o077 == 0


def hung_up(caller: socket.socket) -> bool:
    """Whether the other side has closed, with nothing said but perhaps that it refuses."""
    try:
        said = caller.recv(100)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    return said == b"" or hung_up(caller)


@pytest.mark.parametrize(
    "data",
    [b"garbage\n", b"\n", b"\0\xff\xfe\n", b"a" * 300_000, b"show\r\n", b"open javascript:alert(1) x y\n"],
    ids=range(6),
)
def test_garbage_is_dropped_and_the_next_caller_is_served(
    listening: Channel, profile: Path, heard: Heard, qtbot: QtBot, data: bytes
) -> None:
    with connected(profile) as caller:
        caller.send(data)
        qtbot.waitUntil(lambda: hung_up(caller))
    assert heard == []
    assert ask(qtbot, profile, Request("quick")) == b"done\n"
    assert heard == [Request("quick")]


def test_of_several_lines_only_the_first_counts(listening: Channel, profile: Path, heard: Heard, qtbot: QtBot) -> None:
    with connected(profile) as caller:
        caller.send(b"quick\nshow\nshow\n")
        qtbot.waitUntil(lambda: bool(heard))
        qtbot.waitUntil(lambda: hung_up(caller))
    assert heard == [Request("quick")]


def test_a_line_may_come_in_pieces(listening: Channel, profile: Path, heard: Heard, qtbot: QtBot) -> None:
    with connected(profile) as caller:
        for piece in (b"op", b"en greenroom://pro", b"mpt/ab\n"):
            caller.send(piece)
            qtbot.wait(5)
        qtbot.waitUntil(lambda: bool(heard))
    assert heard == [Request("open", "greenroom://prompt/ab")]


def test_silent_callers_are_let_go_and_too_many_are_turned_away(
    profile: Path, heard: Heard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, "_PATIENCE_MS", 200)
    listening = Channel(profile, heard.append)
    callers = [connected(profile) for _ in range(20)]
    qtbot.waitUntil(lambda: all(map(hung_up, callers)))
    for caller in callers:
        caller.close()
    assert ask(qtbot, profile, Request()) == b"done\n"
    assert heard == [Request()]
    listening.close()
