"""Messages survive the trip, and a damaged line is always a ProtocolError."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.sandbox import protocol
from desktop_app.sandbox.protocol import (
    SEED_MAX,
    Cancel,
    Channel,
    Done,
    Generate,
    GenerationParameters,
    Load,
    ProtocolError,
    Ready,
    Report,
    Timings,
    Tokens,
    decode,
    encode,
)

texts = st.text(st.characters(codec="utf-8"))
ids = st.integers(0, 2**53)
times = st.floats(0, 1e12)
parameters = st.builds(
    GenerationParameters,
    temperature=st.floats(0, 2),
    top_p=st.floats(0, 1, exclude_min=True),
    repeat_penalty=st.floats(0.5, 2),
    max_tokens=st.integers(1, 4096),
    stop=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200), max_size=8).map(tuple),
)
turns = st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), texts), min_size=1, max_size=5).map(tuple)
timings = st.builds(Timings, ids, ids, ids, times, times, times, times, ids, st.integers(0, SEED_MAX))
channels = st.lists(st.builds(Channel, texts, st.booleans(), texts), max_size=5).map(tuple)
rates = st.lists(st.tuples(st.integers(1, 256), st.floats(0, 1e9)), max_size=16).map(tuple)
messages = st.one_of(
    st.builds(Load, texts, st.integers(1, 2**53), st.integers(128, 1_048_576), st.none() | st.integers(1, 256)),
    st.builds(Generate, ids, turns, parameters, st.integers(0, SEED_MAX)),
    st.builds(protocol.CountTokens, ids, turns),
    st.builds(protocol.Prepare, ids, turns, st.integers(1, 400)),
    st.builds(protocol.Save, ids, turns, st.integers(1, 400)),
    st.builds(protocol.Restore, st.integers(1, protocol.STATE_BYTES)),
    st.builds(protocol.Saved, ids, st.integers(0, protocol.STATE_BYTES)),
    st.builds(Cancel, ids),
    st.builds(protocol.SelfTest, ids),
    st.just(protocol.Shutdown()),
    st.builds(Report, ids, channels, st.booleans(), ids, st.booleans(), st.booleans(), texts),
    st.builds(Ready, st.integers(1, 2**53), st.integers(1, 256), times, rates),
    st.builds(protocol.Reading, ids, ids, ids),
    st.builds(Tokens, ids, texts, ids),
    st.builds(Done, ids, st.sampled_from(["end", "length", "stop", "cancelled"]), timings),
    st.builds(protocol.Counted, ids, ids),
    st.builds(protocol.Error, ids, st.sampled_from(["context", "lockdown", "load", "request", "generate"]), texts, ids),
)


@settings(deadline=None)
@given(messages)
def test_every_message_comes_back_as_it_was_sent_on_one_line(message: protocol.Message) -> None:
    line = encode(message)
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert decode(line) == message


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_protocol_error(line: bytes) -> None:
    try:
        decode(line)
    except ProtocolError as problem:
        assert str(problem)


@settings(deadline=None)
@given(messages, st.data())
def test_a_message_with_one_value_exchanged_is_valid_or_a_protocol_error(
    message: protocol.Message, data: st.DataObject
) -> None:
    value = json.loads(encode(message))
    key = data.draw(st.sampled_from(sorted(value)))
    value[key] = data.draw(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
        )
    )
    try:
        decode(json.dumps(value).encode())
    except ProtocolError as problem:
        assert str(problem)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"type":"cancel","id":' + b"9" * 5000 + b"}", "not JSON"),
        (b'"text"', "not a JSON object"),
        (b'{"id":1}', "no known type"),
        (b'{"type":["cancel"],"id":1}', "no known type"),
        (b'{"type":"cancel"}', "missing or unknown fields: id"),
        (b'{"type":"cancel","id":1,"more":2}', "missing or unknown fields: more"),
        (b'{"type":"cancel","id":-1}', "cancel.id is not within"),
        (b'{"type":"cancel","id":true}', "cancel.id is not a whole number"),
        (b'{"type":"ready","context_tokens":1,"threads":1,"load_ms":NaN,"rates":[]}', "not JSON"),
        (b'{"type":"count_tokens","id":1,"messages":[],"texts":[]}', "not a list of 1 to 400"),
        (b'{"type":"count_tokens","id":1,"messages":[["robot","x"]],"texts":[]}', "not a role and a text"),
    ],
)
def test_a_damaged_line_says_what_is_wrong(line: bytes, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        decode(line)


@pytest.mark.parametrize(
    "wrong",
    [
        GenerationParameters(temperature=2.1),
        GenerationParameters(temperature=float("nan")),
        GenerationParameters(top_p=0.0),
        GenerationParameters(max_tokens=0),
        GenerationParameters(stop=("",)),
        GenerationParameters(stop=("x",) * 9),
    ],
)
def test_settings_the_worker_would_refuse_are_not_sent(wrong: GenerationParameters) -> None:
    with pytest.raises(ProtocolError, match=r"generate\.parameters"):
        encode(Generate(1, (("user", "x"),), wrong, 1))


def test_a_text_that_is_too_long_or_no_text_is_not_sent() -> None:
    with pytest.raises(ProtocolError, match="longer than"):
        encode(Tokens(1, "x" * (protocol.TEXT_CHARS + 1), 1))
    with pytest.raises(ProtocolError, match="surrogate"):
        encode(Tokens(1, "\ud83d", 1))


def test_a_line_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(ProtocolError, match="longer than"):
        decode(b" " * (protocol.LINE_BYTES + 1))
