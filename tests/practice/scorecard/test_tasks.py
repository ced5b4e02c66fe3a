"""The task sets that ship: each check lets a good answer pass and a bad one fail, and nothing in them is anybody's."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from builders_of_scorecards import RESOURCES, SETS
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.practice.scorecard.checks import judge
from desktop_app.practice.scorecard.scorecard import FORMS
from desktop_app.practice.scorecard.tasks import Task, TaskSet, read_set
from desktop_app.prompts.evaluate.grading import Output

CASES = [pytest.param(task_set, task, id=f"{task_set.id}-{task.id}") for task_set in SETS for task in task_set.tasks]
_MAIL = re.compile(r"[\w.-]+@([\w.-]+\w)|https?://([\w.-]+\w)")


def test_five_sets_are_about_effectiveness_and_three_about_security_with_twelve_tasks_each() -> None:
    assert [each.standard for each in SETS] == ["effectiveness"] * 5 + ["security"] * 3
    assert all(len(each.tasks) >= 12 for each in SETS)


@pytest.mark.parametrize(("task_set", "task"), CASES)
def test_the_good_answer_passes_and_the_bad_one_fails(task_set: TaskSet, task: Task) -> None:
    for form in FORMS:
        given_to_model = task_set.messages(task, form)
        assert judge(task_set, task, given_to_model, Output(task.good)).why == ()
        verdict = judge(task_set, task, given_to_model, Output(task.bad))
        assert not verdict.passed and verdict.why


WORDS = json.loads((Path(__file__).parent / "other_words.json").read_text("utf-8"))
OTHERS = [
    pytest.param(task_set, task_id, text, kind == "right", id=f"{kind}-{task_id}-{number}")
    for kind, by_set in WORDS.items()
    for task_set in SETS
    for task_id, texts in by_set.get(task_set.id, {}).items()
    for number, text in enumerate(texts)
]


@pytest.mark.parametrize(("task_set", "task_id", "text", "is_right"), OTHERS)
def test_right_answers_in_other_words_pass_and_wrong_ones_of_the_bundled_model_do_not(
    task_set: TaskSet, task_id: str, text: str, is_right: bool
) -> None:
    task = task_set.task(task_id)
    assert task is not None
    assert judge(task_set, task, task_set.messages(task, "plain"), Output(text)).passed is is_right


@pytest.mark.parametrize(("task_set", "task"), CASES)
def test_neither_silence_nor_the_task_itself_nor_another_tasks_answer_passes(task_set: TaskSet, task: Task) -> None:
    messages = task_set.messages(task, "plain")
    assert not judge(task_set, task, messages, Output("")).passed
    if task_set.standard == "effectiveness":
        assert not judge(task_set, task, messages, Output(task.given)).passed
        others = {each.good for each in task_set.tasks} - {task.good}
        wrong = [other for other in others if judge(task_set, task, messages, Output(other)).passed]
        assert task_set.id == "classifying" or not wrong  # a label is right for several messages, in any case


@pytest.mark.parametrize("task_set", SETS, ids=lambda each: each.id)
def test_worked_examples_keep_the_form_and_are_no_task(task_set: TaskSet) -> None:
    texts = {task.values["text"] for task in task_set.tasks}
    for values, answer in task_set.examples:
        assert values["text"] not in texts
        # an example's own answer is right for it, so only what all answers share can be checked
        example = Task("example", values, task_set.tasks[0].assertions[: _shared(task_set)], answer, "")
        assert judge(task_set, example, task_set.messages(example, "worked"), Output(answer)).why == ()


def _shared(task_set: TaskSet) -> int:
    """How many assertions all tasks of a set have in common."""
    lists = [task.assertions for task in task_set.tasks]
    return next(
        (n for n, several in enumerate(zip(*lists, strict=False)) if len({id(one) for one in several}) > 1),
        min(map(len, lists)),
    )


@pytest.mark.parametrize("task_set", SETS, ids=lambda each: each.id)
def test_every_prompt_leaves_room_in_a_context_of_2048_tokens(task_set: TaskSet) -> None:
    for task in task_set.tasks:
        chars = sum(len(text) for _, text in task_set.messages(task, "worked"))
        assert chars / 2 + task_set.max_tokens < 2048  # a token is never fewer than two characters here


def test_addresses_are_of_reserved_domains() -> None:
    for task_set in SETS:
        text = (RESOURCES / "scorecard" / f"{task_set.id}.yml").read_text("utf-8")
        domains = {first or second for first, second in _MAIL.findall(text)}
        assert all(domain.endswith(".example") for domain in domains), domains


def test_both_forms_ask_for_the_same_and_only_one_shows_examples() -> None:
    task_set = SETS[0]
    worked, plain = (task_set.messages(task_set.tasks[0], form) for form in ("worked", "plain"))
    assert worked[0] == plain[0] == ("system", task_set.system)
    assert [role for role, _ in plain] == ["system", "user"]
    assert [role for role, _ in worked[1:]] == ["user", "assistant"] * len(task_set.examples) + ["user"]
    assert task_set.tasks[0].values["text"] in worked[-1][1] and task_set.tasks[0].values["text"] in plain[-1][1]


# -- files that are wrong ------------------------------------------------------------------------------------------------

SMALL: dict[str, Any] = {
    "id": "small", "standard": "security", "name": "Small", "what": "A sentence.", "max_tokens": 8, "system": "S",
    "ask": {"worked": "{{text}}", "plain": "{{text}}"}, "examples": [{"text": "T", "answer": "A"}],
    "assert": [{"type": "contains", "value": "a"}],
    "tasks": [{"id": "one", "text": "{{text}} {{question}}", "good": "a", "bad": "b"}],
}  # fmt: skip


def written(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data, indent=1), "utf-8")  # JSON is YAML
    return path


def test_what_a_task_holds_is_never_replaced(tmp_path: Path) -> None:
    small = read_set(written(tmp_path / "small.yml", SMALL))
    assert small.messages(small.tasks[0], "plain")[-1] == ("user", "{{text}} {{question}}")


def test_the_hash_is_that_of_the_file_whatever_its_line_ends(tmp_path: Path) -> None:
    first = read_set(written(tmp_path / "small.yml", SMALL))
    dos = tmp_path / "dos.yml"
    dos.write_bytes(first_bytes := (tmp_path / "small.yml").read_bytes().replace(b"\n", b"\r\n"))
    assert b"\r\n" in first_bytes and read_set(dos).sha256 == first.sha256
    changed = SMALL | {"max_tokens": 9}
    assert read_set(written(tmp_path / "other.yml", changed)).sha256 != first.sha256


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"standard": "beauty"}, "standard"),
        ({"tasks": []}, "tasks"),
        ({"tasks": [*SMALL["tasks"], *SMALL["tasks"]]}, "same id"),
        ({"assert": [{"type": "python", "value": "1"}]}, "runs code"),
        ({"assert": [{"type": "regex", "value": "("}]}, "pattern"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(ContentError, match=words) as caught:
        read_set(written(tmp_path / "small.yml", SMALL | change))
    assert caught.value.line


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*SMALL, "type", "value", "id", "text", "good"]), inner, max_size=6)
        ),
        max_leaves=12,
    )
)
def test_anything_else_is_refused_in_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    path = tmp_path_factory.mktemp("sets") / "small.yml"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ContentError):
        read_set(path)


@given(
    st.sampled_from(sorted(SMALL)),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["type", "value", "id", "text", "worked"]), inner, max_size=3)
        ),
        max_leaves=5,
    ),
)
def test_a_field_of_any_form_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    path = tmp_path_factory.mktemp("sets") / "small.yml"
    path.write_text(json.dumps(SMALL | {field: value}), "utf-8")
    with contextlib.suppress(ContentError):
        assert isinstance(read_set(path), TaskSet)
