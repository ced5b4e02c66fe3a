"""A prompt's data → the text of a .prompt.yml file. The format is docs/formats/prompt.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.storage.yaml_writing import to_yaml

FIELDS = (
    "name", "description", "model", "modelParameters", "responseFormat", "jsonSchema", "messages", "inputs", "roles",
    "task", "tags", "data_class", "owner", "author", "changelog", "review_by", "larger_model", "origin", "defaultTest",
    "tests", "testData", "evaluators",
)  # fmt: skip


def write_prompt(data: Mapping[str, Any]) -> str:
    """The file for these fields, in the order people know them by; any other field comes last. Nothing is checked.

    Raises ValueError for a value that YAML cannot say.
    """
    known = [field for field in FIELDS if field in data]
    return to_yaml({field: data[field] for field in [*known, *(field for field in data if field not in FIELDS)]})
