"""Whose turn it is with the model."""

from __future__ import annotations

import threading

from desktop_app.sandbox.turns import TurnTaking

SOON_S, PATIENCE_S = 0.01, 10.0


def nobody() -> None:
    raise AssertionError("nobody else wanted the turn")


def test_one_at_a_time() -> None:
    turns = TurnTaking()
    assert turns.take(SOON_S) and not turns.take(SOON_S)
    turns.release()
    assert turns.take(SOON_S)


def test_who_prepares_is_asked_once_to_give_way() -> None:
    turns, asked = TurnTaking(), []
    assert turns.take_to_prepare(lambda: asked.append(1), SOON_S)
    assert not turns.take(SOON_S) and not turns.take(SOON_S)
    assert asked == [1]
    turns.release()
    assert turns.take(SOON_S)


def test_who_prepares_asks_nobody_to_give_way_and_comes_after_who_waits() -> None:
    turns, order = TurnTaking(), []
    assert turns.take(SOON_S)
    assert not turns.take_to_prepare(nobody, SOON_S)

    def ask() -> None:
        assert turns.take(PATIENCE_S)
        order.append("asked")
        turns.release()

    def prepare() -> None:
        assert turns.take_to_prepare(lambda: None, PATIENCE_S)
        order.append("prepared")
        turns.release()

    threads = [threading.Thread(target=prepare), threading.Thread(target=ask)]
    for thread in threads:
        thread.start()
    while not turns.wanted:
        pass
    turns.release()
    for thread in threads:
        thread.join()
    assert order == ["asked", "prepared"]
