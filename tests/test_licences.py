"""The third-party document is what its script makes of the pinned requirements, and a new licence needs a decision."""

from __future__ import annotations

import importlib.util
import sys
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def load() -> ModuleType:
    # by path: a package called packaging is on the import path as well
    spec = importlib.util.spec_from_file_location("greenroom_licences", ROOT / "packaging" / "licences.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


licences = load()


def said(**fields: str) -> Message:
    made = Message()
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    return made


def test_the_document_is_up_to_date() -> None:
    assert licences.DOCUMENT.read_text("utf-8") == licences.document()


def test_what_is_pinned_for_every_system_is_read_with_its_marker() -> None:
    text = "# why\nqt==6.1 \\\n    --hash=sha256:00\nzipp==4 ; python_full_version < '3.12' \\\nCffi==2 ; platform_python_implementation != 'PyPy'\n"
    found = [(package.name, package.version, package.needed_on) for package in licences.pinned(text)]
    assert found == [("qt", "6.1", ""), ("zipp", "4", "Python 3.11"), ("cffi", "2", "")]


def test_a_marker_without_words_is_a_problem() -> None:
    with pytest.raises(licences.LicenceError, match="no words"):
        licences.pinned("a==1 ; sys_platform == 'os2'\n")


def test_a_licence_comes_from_the_expression_then_from_words_that_leave_no_doubt() -> None:
    assert licences.licence("a", said(License_Expression="MIT OR Apache-2.0", License="BSD")) == "MIT OR Apache-2.0"
    assert licences.licence("a", said(License="MIT")) == "MIT"
    assert licences.licence("a", said(Classifier="License :: OSI Approved :: MIT License")) == "MIT"


@pytest.mark.parametrize("fields", [{}, {"License": "BSD"}, {"Classifier": "License :: OSI Approved :: BSD License"}])
def test_a_licence_that_leaves_a_doubt_needs_a_person(fields: dict[str, str]) -> None:
    with pytest.raises(licences.LicenceError, match="Read its licence file"):
        licences.licence("new-package", said(**fields))


def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(licences.LicenceError, match="new-package is not installed"):
        licences.licence("new-package", None)


@pytest.mark.parametrize("name", sorted(licences._ELSEWHERE))
def test_the_table_for_other_machines_agrees_with_what_is_installed_here(name: str) -> None:
    try:
        installed = metadata(name)
    except PackageNotFoundError:
        pytest.skip("belongs to another system or Python version")
    assert licences.licence(name, installed) == licences._ELSEWHERE[name]
