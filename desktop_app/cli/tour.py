"""`greenroom tour`: the main job in a terminal with the real model, for machines without a display and for a first look."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from desktop_app.cli.sandbox import stream
from desktop_app.errors import AppError
from desktop_app.guard.finding import masked
from desktop_app.guard.redact import redact
from desktop_app.guard.scan import scan
from desktop_app.guard.summary import consequence, summary
from desktop_app.jobs import finish
from desktop_app.lessons.lesson import Answer, Lesson, Prose, Quiz, Step
from desktop_app.lessons.render import plain_text
from desktop_app.lessons.scoring import check_answer, score
from desktop_app.prompts.run import from_prompt, record
from desktop_app.prompts.run import run as run_prompt
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

_SEED = 7
_MESSAGE = "Please call me back about order 48213. Ines Falk, ines.falk@norwind.example, card 4111 1111 1111 1111."


@click.command()
@click.option(
    "--seed", default=_SEED, show_default=True, type=click.IntRange(0, 2**32 - 2), help="Same seed, same answer."
)
@click.pass_obj
def tour(services: Services, seed: int) -> None:
    """Walk one lesson step, a quiz, a library prompt, the guard and a run on the model; nothing is kept afterwards."""
    with tempfile.TemporaryDirectory(prefix="greenroom-tour-") as folder:
        places = services.locations
        visit = Services(Locations(Path(folder), places.content, places.libraries, places.resources))
        try:
            _walk(visit, seed)
        finally:
            visit.close()


def _walk(services: Services, seed: int) -> None:
    click.echo("Greenroom: learn generative AI for your role and practise it on your own machine.")
    _sandbox(services)
    path = services.lessons.path_for("everyone")
    if path is None:
        raise AppError("There is no learning path. Add content with --content FOLDER.")
    lesson = services.lessons.get(path.lessons[0])
    step = next(step for step in lesson.steps if step.questions)
    _lesson(services, lesson, step)
    _guard()
    _practice(services, lesson, seed)
    _recorded(services)


def _sandbox(services: Services) -> None:
    _heading("1", "The sandbox proves that it is offline")
    report = finish(services.model.start())
    proven = "proven by its own test at this start" if report.proven else report.reason
    click.echo(f"{services.model.model.name}: {report.refused} of {report.total} ways out refused, {proven}.")


def _lesson(services: Services, lesson: Lesson, step: Step) -> None:
    _heading("2", f"A step of the lesson “{lesson.title}”")
    click.echo(step.title)
    for block in step.blocks:
        if isinstance(block, Prose):
            for paragraph in block.markdown.split("\n\n"):
                click.echo(click.wrap_text(plain_text(paragraph), 100) + "\n")
    services.learner.open_step(lesson.id, lesson.version, step.key)
    quiz = step.questions[0]
    _heading("3", "Its question, answered wrongly first, then rightly")
    click.echo(plain_text(quiz.question))
    for index, choice in enumerate(quiz.choices, 1):
        click.echo(f"  {index}. {plain_text(choice.text)}")
    right = tuple(index for index, choice in enumerate(quiz.choices) if choice.right)
    wrong = tuple(index for index in range(len(quiz.choices)) if index not in right)[:1]
    for given in (wrong, right):
        _answer(services, lesson, quiz, Answer(given))
    services.learner.finish_step(lesson.id, step.key)


def _answer(services: Services, lesson: Lesson, quiz: Quiz, answer: Answer) -> None:
    result = score(quiz, answer)
    services.learner.save_attempt(lesson.id, lesson.version, quiz.id, score=result.value, chosen=answer.chosen)
    said = " ".join(plain_text(one.text) for one in result.feedback)
    click.echo(
        f"→ {', '.join(str(index + 1) for index in answer.chosen)}: {'right' if result.right else 'not right'}. {said}"
    )


def _guard() -> None:
    _heading("4", "The guard reads what you type before anything is sent")
    found = scan(_MESSAGE)
    for one in found:
        click.echo(f"  {one.label}: {masked(_MESSAGE, one)}")
    click.echo(f"{summary(found)}. {consequence(found)}\nReplaced: {redact(_MESSAGE, found).text}")


def _practice(services: Services, lesson: Lesson, seed: int) -> None:
    practice = next(one for one in lesson.practices if one.prompt)
    version = services.prompts.usable(practice.prompt)
    _heading("5", f"The library prompt “{version.name}”, version {version.version}, filled and run")
    for name, value in practice.values.items():
        click.echo(click.wrap_text(f"{name}: {value.strip()}", 100, subsequent_indent="  "))
    request = from_prompt(version, practice.values, seed=seed, max_tokens=practice.max_tokens)
    click.echo("\nAnswer: ", nl=False)
    answer = stream(run_prompt(services.model, request))
    click.echo(
        f"\n\n{answer.timings.completion_tokens} tokens at {answer.timings.tokens_per_second:.0f} tokens/s, seed {seed}"
    )
    for check in check_answer(practice.expect, answer.text):
        click.echo(f"  {'✓' if check.met else '✗'} {check.expectation.says}")
    if practice.look_for:
        click.echo(click.wrap_text(f"What to look for: {plain_text(practice.look_for)}", 100))
    run = record(request, answer, model_id=services.model.model.id)
    services.learner.judge_run(services.learner.save_run(run).id, "after a fix")


def _recorded(services: Services) -> None:
    _heading("6", "What was recorded")
    learner = services.learner
    vault = services.unlock_vault()
    report = finish(learner.audit.verify(vault))
    for progress in learner.all_progress().values():
        click.echo(f"  {progress.lesson_id}: {len(progress.steps_done)} step done")
    click.echo(f"  {learner.answer_count()} answers, {learner.run_count()} run, {report.events} audit entries")
    click.echo(f"  The audit chain is {'whole' if report.is_whole else 'broken: ' + report.problem}.")
    click.echo(f"  Texts: {'encrypted with a key in the system keyring' if vault.is_open else vault.reason}")
    if not report.is_whole:
        raise AppError(report.problem)
    click.echo(
        "\nTour done. Everything above ran on this machine; its records are deleted now. `greenroom` opens the window."
    )


def _heading(number: str, text: str) -> None:
    click.echo(f"\n── {number}. {text} " + "─" * max(2, 78 - len(text)))
