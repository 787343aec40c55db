from __future__ import annotations

import re

import pytest

from playground.page.routes import STATIC

CSS = (STATIC / "page.css").read_text()
COLOURS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", CSS)
}
TEXT = [
    ("text", "bg"),
    ("text", "soft"),
    ("text", "warn-soft"),
    ("quiet", "bg"),
    ("quiet", "soft"),
    ("quiet", "raised"),
    ("quiet", "accent-soft"),
    ("accent", "bg"),
    ("accent", "soft"),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
    ("on-danger", "danger"),
    ("danger", "raised"),
    ("code", "soft"),
    ("side-text", "side"),
    ("side-quiet", "side"),
    ("side-quiet", "side-hover"),
]
EDGES = [("line-strong", "bg"), ("line-strong", "soft"), ("accent", "bg")]


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of `#rrggbb`."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "needed"),
    [*((*pair, 4.5) for pair in TEXT), *((*pair, 3.0) for pair in EDGES)],
)
def test_text_and_edges_stand_out_as_wcag_aa_wants(
    front: str, back: str, needed: float, theme: str
):
    assert contrast(COLOURS[front][theme], COLOURS[back][theme]) >= needed


def test_letters_on_faces_stand_out_too():
    faces = re.findall(r"\.hue-\d \{ background: (#\w+)", CSS)
    assert len(faces) == 8
    assert min(contrast("#ffffff", face) for face in faces) >= 4.5
