"""What IT decided is said on the Settings page, and a policy that cannot be used in a banner over every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_app.policy.policy import Policy
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.pages.settings.model import SettingsModel
from desktop_app.ui.pages.settings.page import SettingsPage
from desktop_app.ui.theme import Theme


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = Services(Locations.find(tmp_path))
    yield services
    services.close()


def words(qtbot: QtBot, services: Services, policy: Policy) -> str:
    """Everything the page says with a policy."""
    services.__dict__["policy"] = policy
    page = SettingsPage(Theme(services.locations.resources), SettingsModel(services))
    qtbot.addWidget(page)
    return "\n".join(one.text() for one in page.findChildren(QLabel))


def test_what_is_set_stands_there_with_its_file(qtbot: QtBot, services: Services) -> None:
    file = Path("/etc/greenroom/policies/managed/ours.json")
    said = words(qtbot, services, Policy(retention_days=30, set_by={"retention_days": file}))
    assert "Your organisation" in said and "deleted after 30 days" in said and f"Set in {file}" in said


def test_without_a_policy_the_person_decides(qtbot: QtBot, services: Services) -> None:
    assert "Nothing is set for this computer. You decide." in words(qtbot, services, Policy())


def test_a_policy_that_cannot_be_used_is_said(qtbot: QtBot, services: Services) -> None:
    policy = Policy(check_before_copy=True, problems=("The policy x.json cannot be used: it is not JSON.",))
    said = words(qtbot, services, policy)
    assert "x.json cannot be used" in said and "you say that you checked it" in said
