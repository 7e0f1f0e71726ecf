import re

import pytest

from tests.conftest import ROOT
from viewer.display import colours
from viewer.display.colours import BY_LANE, FAINT, GROUND, TEXT, Colour

PALETTE = {name: value for name, value in vars(colours).items() if isinstance(value, Colour)}
TEXT_COLOURS = {**BY_LANE, "text": TEXT, "faint": FAINT}


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("name", TEXT_COLOURS)
def test_text_in_every_colour_has_enough_contrast(name):
    colour = TEXT_COLOURS[name]
    assert contrast(colour.light, GROUND.light) >= 4.5
    assert contrast(colour.dark, GROUND.dark) >= 4.5


def test_every_colour_of_the_palette_is_a_custom_property():
    variables = colours.css_variables(".sheet")
    assert variables.startswith(".sheet {")
    for name, colour in PALETTE.items():
        assert f": light-dark({colour.light}, {colour.dark})" in variables, name


def test_no_colour_of_the_palette_is_written_anywhere_else():
    written = "|".join({shade for colour in PALETTE.values() for shade in colour})
    # With two more digits, a colour is transparent.
    pattern = re.compile(rf"({written})([0-9a-f]{{2}})?\b", re.IGNORECASE)
    sources = [
        path
        for kind in ("*.py", "*.js", "*.css")
        for path in (ROOT / "viewer").rglob(kind)
        if path.name != "colours.py"
    ]
    assert len(sources) > 200
    found = [(path.name, match[0]) for path in sources for match in pattern.finditer(path.read_text(encoding="utf-8"))]
    assert found == []


def test_stylesheets_have_no_colour_pairs_of_their_own():
    sources = [*(ROOT / "viewer").rglob("*.css"), *(ROOT / "viewer").rglob("*.js")]
    pairs = [match[0] for path in sources for match in re.finditer(r"light-dark\(\s*#[^)]*\)", path.read_text())]
    # Only a neutral shade, for the words that differ within a line of a diff.
    assert set(pairs) <= {"light-dark(#0003, #fff3)"}
