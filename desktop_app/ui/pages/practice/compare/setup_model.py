"""What is to be compared: the columns, the input or the table, kept while half-done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.guard.summary import summary
from desktop_app.jobs import Job, Progress
from desktop_app.practice.compare.columns import resolve, shared_inputs
from desktop_app.practice.compare.comparison import MOST_COLUMNS, Column
from desktop_app.practice.compare.presets import careful_and_varied, three_seeds, two_models, two_versions
from desktop_app.practice.compare.table import InputTable, guard_rows, read_table
from desktop_app.prompts.prompt import Input, Prompt, PromptVersion
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.compare.state import CompareState
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.timers import single_shot

_DRAFT = "practice/compare"
_DRAFT_PAUSE_MS = 800
_MOST_PROMPTS = 1000


class SetupModel(QObject):
    """The part of CompareModel that is about what goes in. Signals: changed(CompareState), after every change."""

    changed = Signal(object)

    def __init__(self, services: Services, sandbox: SandboxModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._sandbox, self._jobs = services, sandbox, jobs
        self.state = CompareState(sandbox=sandbox.state)
        self.values: dict[str, str] = {}
        self._reading, self._listing = Event(), Event()
        self._is_touched = False  # nothing of this session has to be kept yet
        self._draft_timer = single_shot(self, _DRAFT_PAUSE_MS, self.save_draft)
        sandbox.changed.connect(lambda state: self._show(sandbox=state))

    # -- columns -----------------------------------------------------------------------------------------------------

    def choose(self, at: int) -> None:
        """Edit this column."""
        if at < len(self.state.columns):
            self._show(chosen=at, versions_of=self._versions_of(self.state.columns[at]))

    def change(self, **changes: object) -> None:
        """Change the chosen column; another prompt begins with its offered version."""
        columns, at = list(self.state.columns), self.state.chosen
        if "prompt_id" in changes:
            changes |= {"prompt_version": 0, "text": "", "name": ""}
        if {"prompt_id", "prompt_version"} & changes.keys():
            changes["content_hash"] = ""
        columns[at] = replace(columns[at], **changes)  # type: ignore[arg-type]
        self._take(columns, at)

    def duplicate(self, at: int) -> None:
        """Put a copy of a column beside it, with the next seed: two equal columns would say the same."""
        columns = list(self.state.columns)
        if len(columns) < MOST_COLUMNS:
            seeds = [column.seed or 0 for column in columns]
            columns.insert(at + 1, replace(columns[at], seed=max(seeds) + 1))
            self._take(columns, at + 1)

    def add(self) -> None:
        """Put a copy of the last column at the end."""
        self.duplicate(len(self.state.columns) - 1)

    def remove(self, at: int) -> None:
        """Take a column away."""
        columns = list(self.state.columns)
        if self.state.can_remove:
            del columns[at]
            self._take(columns, min(self.state.chosen, len(columns) - 1))

    def swap(self, at: int) -> None:
        """Exchange a column with the one to its right, the last with the first."""
        columns, other = list(self.state.columns), (at + 1) % len(self.state.columns)
        columns[at], columns[other] = columns[other], columns[at]
        self._take(
            columns, other if self.state.chosen == at else at if self.state.chosen == other else self.state.chosen
        )

    def use_preset(self, preset: str) -> None:
        """Make the columns of a preset from the chosen one; says why if that cannot be."""
        column = self.state.columns[self.state.chosen]
        try:
            match preset:
                case "seeds":
                    columns = three_seeds(column)
                case "versions":
                    columns = two_versions(column, self._prompt(column))
                case "styles":
                    columns = careful_and_varied(column)
                case _:
                    columns = two_models(
                        replace(column, model_id=column.model_id or self._model_id()), list(self.state.models)
                    )
        except AppError as error:
            self._show(problem=str(error))
            return
        self._take(columns, 0)

    def start_columns(self, columns: tuple[Column, ...], values: Mapping[str, str]) -> None:
        """Set these columns and values up, as somebody brought them from elsewhere."""
        self.values = dict(values)
        self._show(page="setup", as_table=False, said="", undo="")
        self._take(columns, 0)

    # -- values and tables -------------------------------------------------------------------------------------------

    def set_value(self, name: str, text: str) -> None:
        """Take what was typed into a field."""
        if self.values.get(name) != text:
            self.values[name] = text
            self._touch()
            if self.state.field_problems or self.state.problem:
                self._show(field_problems=None, problem="")

    def set_blind(self, blind: bool) -> None:
        """Shuffle the sides of the next comparison, or not."""
        self._show(blind=blind)
        self._touch()

    def set_as_table(self, as_table: bool) -> None:
        """Run on a table of inputs, or on the one that is typed."""
        self._show(as_table=as_table, problem="", field_problems=None)
        self._touch()

    def open_table(self, file: Path) -> None:
        """Read a CSV file of inputs and let the guard read it."""
        self._reading.set()
        self._show(as_table=True, table=None, table_file=file, table_found="", problem="")
        job = _read(file, self.state.inputs)
        self._reading = self._jobs.start(job, self._on_table_read, self._on_table_failed)

    def _on_table_read(self, found: tuple[InputTable, str]) -> None:
        self._show(table=found[0], table_found=found[1])

    def _on_table_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(table=None, table_file=None, problem=str(error))

    # -- what there is -----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read which prompts and models there are, and what was compared before."""
        self._listing.set()
        self._listing = self._jobs.start(self._list(), self._on_listed, self._on_list_failed)
        self.reload_history()

    def reload_history(self) -> None:
        """Read what was compared before."""
        with suppress(AppError):
            self._show(history=self._services.learner.comparisons.listed())

    def reload_draft(self) -> None:
        """Bring back what was set up the last time, once texts can be opened; what was set up meanwhile wins."""
        if self._is_touched:
            return
        kept = self._services.learner.draft(_DRAFT)
        columns = three_seeds(Column())
        if kept:
            with suppress(ValueError, TypeError, KeyError):  # an older app's draft
                data = json.loads(kept)
                columns = tuple(Column(**column) for column in data["columns"])[:MOST_COLUMNS]
                self.values = {str(name): str(text) for name, text in data["values"].items()}
                self._show(blind=bool(data["blind"]), as_table=bool(data["as_table"]))
        self._take(columns, 0)
        self._is_touched = False
        self._draft_timer.stop()

    def _touch(self) -> None:
        self._is_touched = True
        self._draft_timer.start()

    def save_draft(self) -> None:
        """Keep what is set up (sealed); fields that are sensitive are not."""
        self._draft_timer.stop()
        state = self.state
        hidden = {item.name for item in state.inputs if item.sensitive}
        data = {
            "columns": [asdict(column) for column in state.columns], "blind": state.blind, "as_table": state.as_table,
            "values": {name: text for name, text in self.values.items() if name not in hidden},
        }  # fmt: skip
        with suppress(AppError):  # only a convenience
            self._services.learner.save_draft(_DRAFT, json.dumps(data))

    def _list(self) -> Job[tuple[tuple[tuple[str, str], ...], dict[str, str]]]:
        yield Progress(0)
        if len(self._services.models.all()) == 1:  # nobody has looked into the folders yet
            yield from self._services.models.scan()
        models = {model.id: model.name for model in self._services.models.all()}
        models.setdefault(self._services.model.model.id, self._services.model.model.name)
        hits = self._services.index.search("", limit=_MOST_PROMPTS)
        return tuple(sorted(((hit.id, hit.name) for hit in hits), key=lambda one: one[1].casefold())), models

    def _on_listed(self, found: tuple[tuple[tuple[str, str], ...], dict[str, str]]) -> None:
        self._show(prompts=found[0], models=found[1])

    def _on_list_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(problem=str(error))

    def _model_id(self) -> str:
        return self._services.model.model.id

    def _prompt(self, column: Column) -> Prompt | None:
        return self._services.prompts.get(column.prompt_id) if column.prompt_id else None

    def _versions_of(self, column: Column) -> Mapping[int, str]:
        try:
            prompt = self._prompt(column)
        except AppError:
            return {}
        if prompt is None:
            return {}
        return {one.version: prompt.status(one.version) for one in reversed(prompt.versions)}

    def _take(self, columns: list[Column] | tuple[Column, ...], chosen: int) -> None:
        """Show these columns with what each stands for."""
        made: list[Column] = []
        versions: list[PromptVersion | None] = []
        problems: list[str] = []
        for column in columns:
            try:
                found, version = resolve(column, self._services.prompts)
                # the prompt's own seed stays unsaid, so that another version's own counts too
                found = replace(found, seed=column.seed, content_hash="")
            except AppError as error:
                found, version = column, None
                problems.append(str(error))
            else:
                problems.append("")
            made.append(found)
            versions.append(version)
        inputs = shared_inputs([version for version in versions if version is not None])
        other_inputs = inputs != self.state.inputs
        self._fill(inputs)
        self._show(
            columns=tuple(made), chosen=chosen, versions=tuple(versions), column_problems=tuple(problems), inputs=inputs,
            versions_of=self._versions_of(made[chosen]), problem="", field_problems=None,
        )  # fmt: skip
        self._touch()
        if other_inputs and self.state.table_file is not None and self.state.as_table:
            self.open_table(self.state.table_file)

    def _fill(self, inputs: tuple[Input, ...]) -> None:
        for item in inputs:
            if item.default:
                self.values.setdefault(item.name, item.default)

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _read(file: Path, inputs: tuple[Input, ...]) -> Job[tuple[InputTable, str]]:
    table = yield from read_table(file, inputs)
    if table.problems:
        return table, ""
    findings, affected = yield from guard_rows(table.rows)
    rows = "row" if affected == 1 else "rows"
    return table, f"{summary(findings)} in {affected:,} {rows}." if findings else ""
