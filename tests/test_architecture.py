"""The rules of the house, proven on every module: who may import whom, what only one place may use, what is written down."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import click
import pytest

from desktop_app.cli.root import root

ROOT = Path(__file__).parents[1]
APP = ROOT / "desktop_app"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in APP.rglob("*.py")
}
PACKAGES = sorted(path.parent.name for path in APP.glob("*/__init__.py"))

# What each folder may import besides itself, errors.py, jobs.py, clock.py and notes.py, which import nothing of ours.
EVERYONE_MAY = {"storage", "records", "policy"}
MAY_IMPORT = {
    "storage": set(),
    "policy": {"storage"},
    "records": {"storage"},
    "guard": EVERYONE_MAY,
    "sandbox": EVERYONE_MAY,
    "prompts": EVERYONE_MAY | {"sandbox", "guard"},
    "practice": EVERYONE_MAY | {"prompts", "sandbox", "guard"},
    "lessons": EVERYONE_MAY | {"prompts", "sandbox", "guard"},
    "cli": EVERYONE_MAY | {"lessons", "practice", "prompts", "sandbox", "guard", "services"},
    "ui": EVERYONE_MAY | {"lessons", "practice", "prompts", "sandbox", "guard", "services"},
    "services": EVERYONE_MAY | {"lessons", "practice", "prompts", "sandbox", "guard"},
    "__main__": {"cli", "sandbox"},
}
# The ways up: a command opens the window or speaks to the one that is open, and Qt lays out the pages of a PDF.
EXCEPTIONS = {
    ("desktop_app.cli.root", "desktop_app.ui.calling"),
    ("desktop_app.cli.root", "desktop_app.ui.application"),
    ("desktop_app.cli.root", "desktop_app.ui.smoke"),
    ("desktop_app.cli.lesson_export", "desktop_app.ui.printing.lesson_pdf"),
}

QT_FREE = [name for name in PACKAGES if name != "ui"]
WITHOUT_A_DATABASE = ["guard", "lessons", "policy", "sandbox"]

# What only these modules may import.
ONLY_IN = {
    "PySide6": "desktop_app.ui",
    "llama_cpp": "desktop_app.sandbox.worker.engine",
    "keyring": "desktop_app.storage.vault",
    "cryptography": "desktop_app.storage.vault",
    "sqlite_utils": "desktop_app.storage.sqlite",
    "platformdirs": "desktop_app.storage.locations",
    "yaml": "desktop_app.storage.yaml_text",
    "click": "desktop_app.cli",
    "subprocess": "desktop_app.sandbox.process",
}
NOWHERE = {"requests", "httpx", "urllib.request", "http.client", "jinja2", "pickle", "PySide6.QtWebEngineWidgets"}
MAY_HOLD_SQL = {
    "desktop_app.storage.database", "desktop_app.storage.migrations", "desktop_app.records.learner",
    "desktop_app.records.audit", "desktop_app.records.conversations", "desktop_app.records.reviews", "desktop_app.records.comparisons",
    "desktop_app.records.certificates", "desktop_app.records.usage", "desktop_app.prompts.search",
    "desktop_app.prompts.index_tables", "desktop_app.prompts.indexing",
    "desktop_app.prompts.evaluate.results", "desktop_app.practice.grounding.index",
}  # fmt: skip
_SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE (TABLE|INDEX|VIRTUAL)|PRAGMA|BEGIN IMMEDIATE|VACUUM)\b")

# Spelt in two parts, because it must stand in no file, not even in this one.
REGISTRIES = [first + second for first, second in (
    ("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org"), ("npmjs", ".com"), ("crates", ".io"), ("rubygems", ".org"),
    ("proxy.golang", ".org"), ("nuget", ".org"), ("repo.maven", ".apache"), ("hub.docker", ".com"),
)]  # fmt: skip


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def imports(module: str, nodes: Iterator[ast.AST] | None = None) -> Iterator[str]:
    """Every name a module imports, wherever in it; `from a import b` gives a.b if that is a module, else a."""
    for node in nodes or ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{module} imports relatively"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES or not node.module.startswith("desktop_app") else node.module


def folder(module: str) -> str:
    return [*module.split("."), "__init__"][1]


def below(module: str, name: str) -> bool:
    return module == name or module.startswith(f"{name}.")


# -- who imports whom ----------------------------------------------------------------------------------------------------


def test_every_folder_has_its_rule() -> None:
    assert set(PACKAGES) | {"services", "__main__"} == set(MAY_IMPORT)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_one_way(module: str) -> None:
    here = folder(module)
    allowed = MAY_IMPORT.get(here, set()) | {here, "errors", "jobs", "clock", "notes", "__init__"}
    wrong = [
        name for name in imports(module)
        if below(name, "desktop_app") and folder(name) not in allowed and (module, name) not in EXCEPTIONS
    ]  # fmt: skip
    assert not wrong, f"{module} may not import {wrong}"


def test_the_modules_everyone_imports_import_none_of_ours() -> None:
    for module in ("desktop_app", "desktop_app.errors", "desktop_app.jobs", "desktop_app.clock", "desktop_app.notes"):
        assert not [name for name in imports(module) if below(name, "desktop_app")], module


def test_no_module_needs_itself() -> None:
    """Only what is imported when a module loads: TYPE_CHECKING and functions may look back."""

    def at_load(body: list[ast.stmt]) -> Iterator[ast.AST]:
        for node in body:
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                continue
            if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                continue
            yield node
            for inner in ("body", "orelse", "finalbody", "handlers"):
                yield from at_load(getattr(node, inner, []))

    graph = {
        module: {name for name in imports(module, at_load(tree(module).body)) if name in MODULES} for module in MODULES
    }
    list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the modules


@pytest.mark.parametrize("module", sorted(MODULES))
def test_what_has_one_place_is_used_in_no_other(module: str) -> None:
    for name in imports(module):
        assert not any(below(name, banned) for banned in NOWHERE), f"{module} imports {name}"
        for library, place in ONLY_IN.items():
            assert not below(name, library) or below(module, place), f"{module} imports {name}; only {place} may"


@pytest.mark.parametrize("module", sorted(set(MODULES) - MAY_HOLD_SQL))
def test_sql_stays_in_repositories_and_migrations(module: str) -> None:
    texts = [
        node.value for node in ast.walk(tree(module)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [text for text in texts if _SQL.match(text)]


# -- what a fresh interpreter loads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", QT_FREE)
def test_a_qt_free_package_loads_no_qt(package: str) -> None:
    names = [module for module in sorted(MODULES) if below(module, f"desktop_app.{package}")]
    unwanted = ["PySide6", "llama_cpp", "keyring", "cryptography"] + (
        ["sqlite_utils", "numpy"] if package in WITHOUT_A_DATABASE else []
    )
    code = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"print([name for name in {unwanted!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n", done.stdout + done.stderr


# -- what is written down ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_module_says_what_it_is(module: str) -> None:
    assert ast.get_docstring(tree(module)), MODULES[module]


def test_every_folder_of_modules_is_a_package() -> None:
    for path in MODULES.values():
        assert (path.parent / "__init__.py").is_file(), path.parent


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_function_is_annotated_and_public_things_say_what_they_do(module: str) -> None:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            bare = [arg.arg for arg in given if arg.annotation is None and arg.arg not in ("self", "cls")]
            assert not bare and node.returns is not None, f"{module}.{node.name} line {node.lineno}: {bare or 'result'}"
    for node in tree(module).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{module}.{node.name}"


def tracked() -> list[Path]:
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout: git does not list its files")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the machine's business: pip's own settings say it."""
    assert REGISTRIES[0] == "".join(("py", "pi", ".org"))
    found = [
        (str(path.relative_to(ROOT)), name)
        for path in tracked()
        for name in REGISTRIES
        if name.encode() in path.read_bytes()
    ]
    assert not found


def commands(group: click.Group, path: str) -> Iterator[str]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_command_is_in_the_docs() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(page.read_text("utf-8") for page in pages if page.exists())
    missing = [command for command in commands(root, "greenroom") if command not in text]
    assert not missing
