"""What dialects that hold a text or two have in common: the turns of a conversation made one text, and no place for tests."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.carried import left_behind, note_tests
from desktop_app.prompts.interchange.variables import label_of
from desktop_app.prompts.prompt import Message, PromptVersion

_SPEAKERS = {"system": "System", "user": "User", "assistant": "Assistant"}


def system_and_user(messages: Sequence[Message], notes: Notes) -> tuple[str, str]:
    """Templates of ours for the system ("" if there is none) and the user; further turns become text of the user's."""
    first = 0
    while first < len(messages) - 1 and messages[first].role == "system":
        first += 1
    system = "\n\n".join(message.content for message in messages[:first])
    if first > 1:
        notes.changed(1, f"The {first} system messages are written as one.")
    turns = messages[first:]
    if len(turns) == 1:
        return system, turns[0].content
    notes.changed(1, f"The {len(turns)} turns of the conversation are written as one text.")
    return system, "\n\n".join(f"{_SPEAKERS[turn.role]}: {turn.content}" for turn in turns)


def one_text(messages: Sequence[Message], notes: Notes) -> str:
    """A template of ours with everything that is said, for a format that knows no roles."""
    system, user = system_and_user(messages, notes)
    if not system:
        return user
    notes.changed(1, "The system message is written before the user's, in one text.")
    return f"{system}\n\n{user}"


def note_losses(version: PromptVersion, notes: Notes, keeps: Collection[str] = ()) -> None:
    """Note everything the version has that is not in keeps, its tests and the form of its answer too."""
    if "name" not in keeps and version.name != label_of(version.id):
        notes.changed(1, f'The name "{version.name}" has no place; the file is called after the id.')
    left_behind(version, notes, keeps)
    note_tests(version, notes)
    if any(version.extra.get(key) and key not in keeps for key in ("responseFormat", "jsonSchema")):
        notes.left_out(1, "There is no place for the form of the answer.")


def note_ends(messages: Sequence[Message], notes: Notes) -> None:
    """Note that space around a message is lost, if one has any."""
    if any(message.content != message.content.strip() for message in messages):
        notes.changed(1, "Spaces and line ends at the start or end of a message are gone.")
