"""A lesson as plain text for a terminal; right answers, feedback and solutions are left out."""

from __future__ import annotations

from desktop_app.lessons.glossary import without_links
from desktop_app.lessons.lesson import GAP, Block, Claims, Decision, Lesson, Practice, Prose, Quiz, Redact
from desktop_app.lessons.render import plain_text
from desktop_app.policy.vocabulary import ROLES

_MARKS = {"single": "( )", "multiple": "[ ]"}
_HOW = {
    "single": "choose one",
    "multiple": "choose all that apply",
    "text": "write the answer",
    "gaps": "fill in the gaps",
    "matrix": "choose in each row",
    "ordering": "put in order",
}


def lesson_as_text(lesson: Lesson) -> str:
    """The whole lesson as a learner meets it, lines not wrapped."""
    roles = ", ".join(ROLES.get(role, role) for role in lesson.roles)
    about = f"{lesson.level} · {lesson.duration_minutes} minutes · version {lesson.version} · {roles}"
    objectives = "\n".join(f"  - {plain_text(objective)}" for objective in lesson.objectives)
    parts = [_underlined(lesson.title, "="), about, plain_text(lesson.summary), f"You will be able to:\n{objectives}"]
    for number, step in enumerate(lesson.steps, 1):
        parts.append(_underlined(f"{number}. {step.title}", "-"))
        parts += [block_as_text(block) for block in step.blocks]
    return "\n\n".join(parts) + "\n"


def block_as_text(block: Block) -> str:
    """One block; prose stays Markdown, which reads well in a terminal, but for links to the glossary."""
    return without_links(_block_as_text(block))


def _block_as_text(block: Block) -> str:
    if isinstance(block, Prose):
        return block.markdown
    if isinstance(block, Quiz):
        return _quiz_as_text(block)
    if isinstance(block, Practice):
        return _practice_as_text(block)
    if isinstance(block, Decision):
        options = "\n".join(f"    ( ) {plain_text(option.text)}" for option in block.options)
        return f"> Decide: {block.title}\n{block.task}\n{options}\n{block.defend}"
    kind = {Claims: "Check the claims", Redact: "Redact"}[type(block)]
    return f"> {kind}: {block.title}\n{block.task}"


def _quiz_as_text(quiz: Quiz) -> str:
    lines = [f"? {plain_text(quiz.question)} ({_HOW[quiz.kind]})"]
    if quiz.kind == "ordering":  # in alphabetical order, so as not to give the answer away
        lines += [f"    {text}" for text in sorted(plain_text(choice.text) for choice in quiz.choices)]
    elif quiz.kind == "matrix":
        lines.append("    " + " | ".join(map(plain_text, quiz.columns)))
        lines += [f"    {plain_text(row.text)}" for row in quiz.rows]
    elif quiz.kind == "gaps":
        lines.append("    " + plain_text(quiz.body.replace(GAP, "____")))
        lines += [f"    ({', '.join(option.text for option in gap.options)})" for gap in quiz.gaps if gap.options]
    else:
        lines += [f"    {_MARKS[quiz.kind]} {plain_text(choice.text)}" for choice in quiz.choices]
    return "\n".join(lines)


def _practice_as_text(practice: Practice) -> str:
    lines = [f"> Practice: {practice.title}", practice.task]
    if practice.prompt:
        lines.append(f"Prompt: {practice.prompt}")
        lines += [f"    {name}: {value}" for name, value in practice.values.items()]
    else:
        lines.append(f"Start from: {practice.start}")
    lines += [f"    checked: {expectation.says}" for expectation in practice.expect]
    return "\n".join(lines)


def _underlined(title: str, mark: str) -> str:
    return f"{title}\n{mark * len(title)}"
