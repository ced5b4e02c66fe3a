"""Learning paths: content/paths/<id>.yml (schema: resources/schemas/path.schema.json, docs/formats/path.md)."""

from __future__ import annotations

from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.lessons.fields import ID, ID_SAYS, Codes, Fields
from desktop_app.lessons.lesson import LearningPath, LessonId
from desktop_app.lessons.problem import Problem, Problems
from desktop_app.storage.yaml_text import KeyPath, Place, load_yaml_with_lines, read_utf8

_CODES = Codes("L502", "L503", "L504")


def read_path(path: Path) -> LearningPath:
    """The learning path in a file; raises ContentError for the first thing wrong with it."""
    learning_path, problems, _ = parse_path(read_utf8(path), path)
    for problem in problems:
        raise problem.as_error()
    if learning_path is None:
        raise ContentError("The file holds no learning path. Start it with id: and title:.", path, 1)
    return learning_path


def parse_path(text: str, path: Path) -> tuple[LearningPath | None, tuple[Problem, ...], dict[KeyPath, Place]]:
    """The learning path in text, everything wrong with it, and where its keys stand; path is only named."""
    problems = Problems(path)
    try:
        value, lines = load_yaml_with_lines(text, path)
    except ContentError as error:
        problems.add_error("L501", error)
        return None, problems.sorted(), {}
    if not isinstance(value, dict):
        problems.add("L501", "The file has no fields. Write each as name: value.", 1)
        return None, problems.sorted(), {}
    fields = Fields(value, lines, problems, _CODES)
    learning_path = LearningPath(
        id=fields.text("id", required=True, pattern=ID, says=ID_SAYS),
        title=fields.text("title", required=True, longest=120),
        description=fields.text("description", required=True, longest=1000),
        roles=fields.texts("roles", required=True, pattern=ID, says=ID_SAYS),
        lessons=tuple(map(LessonId, fields.texts("lessons", required=True, pattern=ID, says=ID_SAYS))),
        within_days=fields.integer("within_days", 1, 3650, 0) or None,
        after=fields.texts("after", pattern=ID, says=ID_SAYS),
    )
    fields.finish()
    if learning_path.id and learning_path.id != path.stem:
        fields.wrong(f'The id is "{learning_path.id}" but the file is "{path.name}". Give both the same name.', "id")
    return learning_path, problems.sorted(), dict(lines)
