"""What of an answer stands in the passages it cites, sentence by sentence, found without a model."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.practice.grounding.passage import Mark, Passage


def mark(answer: str, passages: Sequence[Passage]) -> tuple[Mark, ...]:
    """A mark for each sentence of an answer, in order; [n] in it means passages[n - 1]."""
    raise NotImplementedError
