"""The two colour sets are readable: WCAG 2.2 contrast for every pair that is drawn on each other."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo

from desktop_app.services import Services
from desktop_app.ui.theme import DARK, LIGHT, SIZES, Theme, Tokens, indicator_files

TEXT_ON = [
    ("text", "window"), ("text", "surface"), ("text", "sunken"), ("text", "accent_soft"), ("text", "caution_soft"),
    ("text", "danger_soft"), ("muted", "window"), ("muted", "surface"), ("muted", "sunken"), ("accent", "surface"),
    ("accent", "window"), ("accent", "accent_soft"), ("on_accent", "accent"), ("caution", "surface"),
    ("caution", "caution_soft"), ("danger", "surface"), ("danger", "danger_soft"), ("good", "surface"), ("info", "surface"),
]  # fmt: skip
EDGES_ON = [("edge", "surface"), ("edge", "window"), ("accent", "surface"), ("accent", "window"), ("accent", "sunken")]


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2, definitions)."""
    channels = [part / 255 for part in QColor(color).getRgb()[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), TEXT_ON)
def test_text_has_at_least_four_and_a_half_to_one(tokens: Tokens, front: str, ground: str) -> None:
    assert contrast(getattr(tokens, front), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), EDGES_ON)
def test_control_edges_and_focus_rings_have_at_least_three_to_one(tokens: Tokens, front: str, ground: str) -> None:
    assert contrast(getattr(tokens, front), getattr(tokens, ground)) >= 3.0


def test_the_bundled_font_is_used_at_every_weight(theme: Theme) -> None:
    assert "Inter" in QFontDatabase.families()
    for weight in (400, 500, 600):
        assert QFontInfo(theme.font("body", weight)).family() == "Inter"


def test_the_indicator_images_have_the_tokens_colours(services: Services) -> None:
    """After a change of tokens, packaging/indicators.py writes them anew."""
    for path, data in indicator_files(services.locations.resources).items():
        assert path.read_bytes() == data, path


@pytest.mark.parametrize("scale", [90, 100, 200])
def test_all_sizes_scale_together(theme: Theme, scale: int) -> None:
    theme.apply("light", scale)
    assert [theme.font(role).pixelSize() for role in SIZES] == [round(size * scale / 100) for size in SIZES.values()]


def test_an_explicit_choice_wins_over_the_system(theme: Theme) -> None:
    theme.apply("dark", 100)
    assert theme.is_dark
    theme.apply("light", 100)
    assert not theme.is_dark
