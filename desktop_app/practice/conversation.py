"""What makes a conversation out of turns: its title, and the questions with their answers. Its data is records/turns.py."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.records.turns import Conversation, Turn

__all__ = ["Conversation", "Turn", "pairs", "title_of"]


def pairs(turns: tuple[Turn, ...]) -> Iterator[tuple[Turn, Turn]]:
    """Questions with their answers, oldest first; what has no answer, or an empty one, is left out."""
    for question, answer in zip(turns[::2], turns[1::2], strict=False):
        if question.text is not None and answer.text:
            yield question, answer


def title_of(question: str, longest: int = 60) -> str:
    """A title made of the first question: its beginning on one line, cut at a word."""
    line = " ".join(question[: 20 * longest].split())
    if not any(map(str.isalnum, line)):
        return "Without words"
    if len(line) <= longest:
        return line
    cut = line[:longest].rsplit(" ", 1)[0]
    return f"{(cut if len(cut) > longest // 2 else line[:longest]).rstrip(' ,;:.–-')}…"
